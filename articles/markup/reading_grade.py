"""How many years of school the words of a page ask of its reader, and which sentences ask too much.

The Flesch-Kincaid grade: 0.39 x words per sentence + 11.8 x syllables per word - 15.59 (Kincaid, Fishburne, Rogers
and Chissom 1975, *Derivation of new readability formulas*, Research Branch Report 8-75, Naval Technical Training).
Syllables are counted by rule, not from a dictionary, so a grade is right to within half a year. It sees long
words and long sentences and nothing else: a page that passes may still be hard, a page that fails nearly always is.

Read are paragraphs, list items and definitions. Headings, names of terms and the cells of tables are no sentences,
and would make any page look easier than it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from .findings import Findings
from .outline import Segment, words_of
from .positions import SourceLines
from .sentences import Piece, piece_of, sentences

# Patient pages of the National Cancer Institute ask for 8.7 years (median of MedQuAD's copies).
AIM = 8
# GOV.UK's limit, "Sentence length: why 25 words is our limit" (2014): from 25 words on, sentences are difficult.
MOST_WORDS = 25
# The formula was fitted to passages, not to lines. Rudolf Flesch counted samples of a hundred words.
ENOUGH_WORDS = 100
SHOWN = 3  # of the longest sentences of a section

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_NUMBER = re.compile(r"\d[\d,.]*\d|\d")
_VOWELS = re.compile(r"[aeiouy]+")
# Two vowels that are said apart: "oma" in "mesothelioma", "ia" in "anemia", "eo" in "video", "ea" in "area".
_SAID_APART = re.compile(
    r"io(?!n|us)|(?<![ct])ia|(?<![ct])ien(?!d)|^scien|iet|(?<!q)ua(?=[lt])|eo(?!n\b|p)|iu|oneal|(?<=[aeiouy]\w)ea$"
    r"|(?<=[aeiouy]\w\w)ea$"
)
# An e at the end that is not said: "life", "while", "fatigue", but not "table" or "tissue".
_SILENT_E = re.compile(r"(?:[^aeiouyl]|[aeiouy]l|[gq]u)e$")
_OPENS = ("heading_open", "callout_heading_open", "table_open", "dt_open")
_CLOSES = ("heading_close", "callout_heading_close", "table_close", "dt_close")


@dataclass(frozen=True, slots=True)
class LongSentence:
    """A sentence and where it begins in the text of the page."""

    line: int
    column: int
    words: int
    text: str


@dataclass(frozen=True, slots=True)
class HardSection:
    """A section above the aim, with the longest of its sentences."""

    heading: str
    line: int
    grade: float
    longest: tuple[LongSentence, ...]


@dataclass(frozen=True, slots=True)
class ReadingGrade:
    """The grade of a page, None when it has too few words for one, and its sections above the aim."""

    grade: float | None
    hard_sections: tuple[HardSection, ...]


def flesch_kincaid(*, words: int, sentences: int, syllables: int) -> float:
    """Return the grade from the three counts. Raises ZeroDivisionError without words or sentences."""
    return 0.39 * words / sentences + 11.8 * syllables / words - 15.59


def grade(texts: Iterable[str]) -> float:
    """Return the grade of these texts together; each is one sentence or more. Raises ValueError without a word."""
    read = [_read(text[start:end]) for text in texts for start, end in sentences(text)]
    found = _grade(read)
    if found is None:
        raise ValueError("There are no words to grade.")
    return found


def syllables(word: str) -> int:
    """Return how many syllables an English word has, by the usual rules of thumb; a number counts as one."""
    if not word.isascii():
        word = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    return _syllables(word.lower())


@lru_cache(maxsize=8192)
def _syllables(word: str) -> int:
    if not word[:1].isalpha():
        return 1
    count = len(_VOWELS.findall(word))
    if _SILENT_E.search(word) and count > 1:
        count -= 1
    if word.endswith("es") and not word.endswith(("ses", "zes", "ces", "ges", "xes", "shes", "ches")) and count > 1:
        count -= 1
    if word.endswith("ed") and not word.endswith(("ted", "ded")) and count > 1:
        count -= 1
    return max(1, count + len(_SAID_APART.findall(word)))


def words_in(text: str) -> list[str]:
    """Return the words and the numbers of a text."""
    return _WORD.findall(text) + _NUMBER.findall(text)


def _read(sentence: str) -> tuple[int, int]:
    words = words_in(sentence)
    return len(words), sum(syllables(word) for word in words)


def _grade(read: list[tuple[int, int]]) -> float | None:
    words = sum(count for count, _ in read)
    spoken = sum(said for _, said in read)
    number = sum(count > 0 for count, _ in read)
    return flesch_kincaid(words=words, sentences=number, syllables=spoken) if words else None


@dataclass(slots=True)
class _Sentence:
    piece: Piece
    start: int
    end: int
    read: tuple[int, int]

    def placed(self, source: SourceLines) -> LongSentence:
        line, column = source.position(self.piece.inline, self.piece.source_offset(self.start))
        return LongSentence(line, column, self.read[0], " ".join(self.piece.text[self.start : self.end].split()))


@dataclass(slots=True)
class _Section:
    heading: str
    line: int
    sentences: list[_Sentence]


def review_reading(segments: list[Segment], source: SourceLines, findings: Findings) -> ReadingGrade:
    """Return how hard the page is to read; sections above the aim and long sentences are findings."""
    sections = _sections(segments)
    for section in sections:
        for sentence in section.sentences:
            if sentence.read[0] > MOST_WORDS:
                long = sentence.placed(source)
                findings.add(
                    "long-sentence",
                    (long.line, long.column),
                    f"This sentence has {long.words} words. Aim for {MOST_WORDS} or fewer: make two of it, or a list.",
                    long.text,
                )
    hard = []
    for section in sections:
        found = _grade_of(section.sentences)
        if found is not None and found > AIM:
            _too_hard(findings, "section", section.line, found, section.heading)
            longest = sorted(section.sentences, key=lambda sentence: -sentence.read[0])[:SHOWN]
            hard.append(HardSection(section.heading, section.line, found, tuple(s.placed(source) for s in longest)))
    whole = _grade_of([sentence for section in sections for sentence in section.sentences])
    if whole is not None and whole > AIM:
        _too_hard(findings, "page", sections[0].line, whole, sections[0].heading)
    return ReadingGrade(whole, tuple(hard))


def _too_hard(findings: Findings, what: str, line: int, found: float, heading: str) -> None:
    findings.add(
        "reading-grade",
        (line, 1),
        f"This {what} asks for {found} years of school. Aim for {AIM} or fewer: shorter sentences, plainer words.",
        heading,
    )


def _grade_of(read: list[_Sentence]) -> float | None:
    """The grade as it is shown, to one decimal, so that nobody is told that 8.0 is more than 8."""
    if sum(sentence.read[0] for sentence in read) < ENOUGH_WORDS:
        return None
    found = _grade([sentence.read for sentence in read])
    return None if found is None else round(found, 1)


def _sections(segments: list[Segment]) -> list[_Section]:
    sections = [_Section("", 1, [])]
    for segment in segments:
        if segment.kind == "title" or (segment.kind == "heading" and segment.level == 2):
            named = _Section(words_of(segment.tokens[1]), segment.first + 1, [])
            sections = [named] if segment.kind == "title" else [*sections, named]
        sections[-1].sentences += _sentences(segment)
    return sections


def _sentences(segment: Segment) -> Iterator[_Sentence]:
    outside = 0
    for token in segment.tokens:
        if token.type in _OPENS:
            outside += 1
        elif token.type in _CLOSES:
            outside -= 1
        elif token.type == "inline" and not outside:
            piece = piece_of(token)
            for start, end in piece.sentences():
                yield _Sentence(piece, start, end, _read(piece.text[start:end]))
