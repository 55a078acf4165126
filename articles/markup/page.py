"""What a compiled page consists of: frozen records, ready to be stored, shown and signed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .evidence import EvidenceProfile
from .findings import Finding
from .proof import Verdict
from .reading_grade import ReadingGrade


@dataclass(frozen=True, slots=True)
class ContentsEntry:
    """A line of the contents list: a section (level 2) or a sub-section (level 3)."""

    level: int
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class QuestionAnswer:
    """A question and its answer; the answer's HTML carries no reference numbers."""

    question: str
    answer_html: str
    anchor: str


@dataclass(frozen=True, slots=True)
class CitationUse:
    """One use of a source: which number it got, which use of that source it is, and where it stands."""

    key: str
    number: int
    occurrence: int
    locator: str
    block_key: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Reference:
    """An entry of the reference list; ``back_links`` pair a letter with the anchor of each use."""

    number: int
    key: str
    back_links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Word:
    """A glossary term that the page uses; ``back_links`` pair a letter with the anchor of each marked use."""

    key: str
    name: str
    clinical: str
    definition: str
    back_links: tuple[tuple[str, str], ...]


_IN_WORDS = {
    Verdict.SUPPORTS: "follows from what is quoted",
    Verdict.PARTLY: "follows in part from what is quoted",
    Verdict.CONTRADICTS: "the quote says otherwise",
    Verdict.NOT_FOUND: "not in what is quoted",
}


@dataclass(frozen=True, slots=True)
class FigureStatement:
    """A statement with a figure, the line it starts on, and whether a citation goes with it.

    ``sources`` are the keys that it cites; ``verdict`` says whether its figures follow from what is quoted of them, and
    is None if nothing is; ``reasons`` are the sentences that tell it, one for each figure.
    """

    line: int
    sentence: str
    cited: bool
    sources: tuple[str, ...] = ()
    verdict: Verdict | None = None
    reasons: tuple[str, ...] = ()

    @property
    def in_words(self) -> str:
        """What the quotes say to it, for the desk."""
        if self.verdict is not None:
            return _IN_WORDS[self.verdict]
        return "no quote is pinned" if self.sources else "cites nothing"


@dataclass(frozen=True, slots=True)
class CompiledBlock:
    """The unit of review. ``digest`` is the SHA-256 of ``canonical``; ``html_hash`` ignores numbering.

    ``line`` and ``last_line`` are the first and the last line of the text that it is written in.
    """

    key: str
    kind: str
    heading_path: tuple[str, ...]
    canonical: str
    digest: str
    html: str
    html_hash: str
    line: int
    last_line: int
    embeds: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class CompiledPage:
    """A page in all its parts. ``title_html`` and ``lede_html`` are inline HTML without their element.

    ``references_html`` is the reference list in each citation style: which one readers see is a setting of the site.
    ``unresolved`` are the identifiers, such as ``doi:10.1000/x``, that stand where the key of a source should and that
    no source of the library has.
    """

    title: str
    title_html: str
    lede: str
    lede_html: str
    hero: str | None
    html: str
    contents: tuple[ContentsEntry, ...]
    questions: tuple[QuestionAnswer, ...]
    citations: tuple[CitationUse, ...]
    unresolved: tuple[str, ...]
    references: tuple[Reference, ...]
    references_html: Mapping[str, str]
    words: tuple[Word, ...]
    words_html: str
    research_count: int
    figures: tuple[FigureStatement, ...]
    blocks: tuple[CompiledBlock, ...]
    findings: tuple[Finding, ...]
    reading: ReadingGrade
    evidence: EvidenceProfile
    plain_text: str
    headings_text: str
