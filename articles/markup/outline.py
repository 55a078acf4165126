"""The outline of a page: its title, lede and hero, then its blocks in order, each with a key and a path."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType

from markdown_it.token import Token

from .directives import CONTAINERS, Directive
from .embeds import Library
from .findings import Findings
from .links import PAGE_ANCHORS

_NOT_A_WORD = re.compile(r"[\W_]+")
# Anchors with these beginnings are given to citations and their references, to terms and their definitions.
_TAKEN_BEGINNINGS = ("ref-", "cite-", "use-", "word-")
_LONGEST_SLUG = 60

_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "paragraph_open": "paragraph",
        "heading_open": "heading",
        "bullet_list_open": "list",
        "ordered_list_open": "list",
        "table_open": "table",
        "dl_open": "definitions",
        "blockquote_open": "blockquote",
        "fence": "code",
        "code_block": "code",
        "hr": "rule",
    }
)


@dataclass(slots=True)
class Segment:
    """A block in the making: its tokens, the source lines it covers, and where it belongs."""

    kind: str
    tokens: list[Token]
    first: int
    last: int
    key: str = ""
    heading_path: tuple[str, ...] = ()
    section: int = 0
    level: int = 1
    question: str = ""
    anchor: str = ""


@dataclass(slots=True)
class Part:
    """What is shown together: one block, or the pairs of one FAQ."""

    segments: list[Segment]
    is_faq: bool = False


@dataclass(slots=True)
class Outline:
    """The parts of a page, in order."""

    title: Segment | None = None
    lede: Segment | None = None
    hero: Segment | None = None
    body: list[Part] = field(default_factory=list)

    def segments(self) -> Iterator[Segment]:
        """All blocks, from the title on."""
        for segment in (self.title, self.lede, self.hero):
            if segment is not None:
                yield segment
        for part in self.body:
            yield from part.segments


class Anchors:
    """Gives out ids: readable, and each once on the page."""

    def __init__(self) -> None:
        self._taken: set[str] = set(PAGE_ANCHORS)
        self._next: dict[str, int] = {}

    def give(self, base: str) -> str:
        """Return ``base``, or with -2, -3 … behind it if it is taken."""
        anchor, number = base, self._next.get(base, 2)
        while anchor in self._taken:
            anchor = f"{base}-{number}"
            number += 1
        self._next[base] = number
        self._taken.add(anchor)
        return anchor

    def given(self) -> frozenset[str]:
        """All ids so far."""
        return frozenset(self._taken)


def slug(words: str) -> str:
    """Return ``words`` as part of an address: small letters and hyphens, accents dropped."""
    plain = unicodedata.normalize("NFKD", words[:200])
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter)).lower()
    made = _NOT_A_WORD.sub("-", plain).strip("-")
    if len(made) > _LONGEST_SLUG:
        made = made[:_LONGEST_SLUG].rpartition("-")[0] or made[:_LONGEST_SLUG]
    made = made or "section"
    return f"section-{made}" if made.startswith(_TAKEN_BEGINNINGS) else made


def words_of(inline: Token) -> str:
    """Return the words of inline content, without citations, blanks collapsed."""
    parts = []
    for child in inline.children or ():
        if child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif child.type != "citation":
            parts.append(child.content)
    return " ".join("".join(parts).split())


def nodes(tokens: list[Token]) -> Iterator[list[Token]]:
    """Cut a run of tokens into its outermost nodes; definitions of abbreviations are none."""
    start = 0
    depth = 0
    for place, token in enumerate(tokens):
        depth += token.nesting
        if depth == 0:
            node = tokens[start : place + 1]
            start = place + 1
            if node[0].type != "abbreviation_definition":
                yield node


def kind_of(node: list[Token]) -> str:
    """Return the kind of block a node is."""
    first = node[0]
    if first.type in ("directive", "directive_open"):
        directive: Directive = first.meta["directive"]
        known = directive.name in CONTAINERS if first.type == "directive_open" else True
        return directive.name if known else "problem"
    return _KINDS.get(first.type, "problem")


def _level(heading: Token) -> int:
    return int(heading.tag[1])


class OutlineBuilder:
    """Builds the outline of one page: keys, paths, anchors, and the findings of its headings."""

    def __init__(self, library: Library, findings: Findings) -> None:
        self._library = library
        self._findings = findings
        self.anchors = Anchors()
        self._outline = Outline()
        self._headings: list[tuple[int, str, str]] = []
        self._level_before = 1
        self._section = 0
        self._keys: set[str] = set()
        self._counts: dict[str, int] = {}

    def build(self, tokens: list[Token]) -> Outline:
        """Return the outline of a page's tokens."""
        rest = list(nodes(tokens))
        outline = self._outline
        if rest and self._is_title(rest[0]):
            node = rest.pop(0)
            outline.title = self._segment("title", node, key="title")
            if not words_of(node[1]):
                self._missing_title(node)
        else:
            self._missing_title(rest[0] if rest else None)
        if rest and rest[0][0].type == "paragraph_open":
            outline.lede = self._segment("lede", rest.pop(0), key="lede")
        else:
            line = rest[0][0].map[0] + 1 if rest and rest[0][0].map else 1
            self._findings.add(
                "missing-lede",
                (line, 1),
                "After the title comes one paragraph that says what the page is about: the lede.",
            )
        if outline.lede is not None and rest and self._is_known_offer(rest[0]):
            outline.hero = self._segment("offer", rest.pop(0), key="hero")
        for node in rest:
            self._add(node)
        return outline

    def _is_title(self, node: list[Token]) -> bool:
        return node[0].type == "heading_open" and _level(node[0]) == 1

    def _is_known_offer(self, node: list[Token]) -> bool:
        if node[0].type != "directive":
            return False
        directive: Directive = node[0].meta["directive"]
        return directive.name == "offer" and directive.argument in self._library.offers

    def _missing_title(self, node: list[Token] | None) -> None:
        line = node[0].map[0] + 1 if node and node[0].map else 1
        self._findings.add("missing-title", (line, 1), "A page begins with its title: # and the words of the title.")

    def _add(self, node: list[Token]) -> None:
        kind = kind_of(node)
        if kind == "heading":
            self._add_heading(node)
        elif kind == "faq":
            self._add_faq(node)
        else:
            self._outline.body.append(Part([self._segment(kind, node)]))

    def _add_heading(self, node: list[Token]) -> None:
        opening, inline = node[0], node[1]
        words, level = words_of(inline), _level(opening)
        line = (opening.map[0] if opening.map else 0) + 1
        if level == 1:
            self._findings.add(
                "heading-skip",
                (line, 1),
                "A page has one title (#). Its sections begin with ##.",
                inline.content,
            )
            level = 2
        elif level > self._level_before + 1:
            self._findings.add(
                "heading-skip",
                (line, 1),
                f"This heading skips a level: after {'#' * self._level_before} comes "
                f"{'#' * (self._level_before + 1)}, not {'#' * level}.",
                inline.content,
            )
        if not words:
            self._findings.add("empty-block", (line, 1), "This heading has no words.")
        while self._headings and self._headings[-1][0] >= level:
            self._headings.pop()
        self._level_before = level
        if level == 2:
            self._section += 1
        base = slug(words)
        anchor = self.anchors.give(base)
        opening.meta.update(level=level, anchor=anchor, base=base)
        node[2].meta = opening.meta
        path = self._path()
        self._headings.append((level, words, anchor))
        segment = self._segment("heading", node, key=f"{self._prefix()}/heading", path=path)
        segment.anchor, segment.level = anchor, level
        self._outline.body.append(Part([segment]))

    def _add_faq(self, node: list[Token]) -> None:
        opening, inside = node[0], list(nodes(node[1:-1]))
        part = Part([], is_faq=True)
        end: int = opening.meta["content_end"]
        starts = [n for n, inner in enumerate(inside) if inner[0].type == "heading_open"]
        first_question = starts[0] if starts else len(inside)
        for inner in inside[:first_question]:
            line = (inner[0].map[0] if inner[0].map else 0) + 1
            self._findings.add(
                "faq-unanswered",
                (line, 1),
                "This answer has no question. Write the question above it: ### Question?",
            )
            part.segments.append(self._segment(kind_of(inner), inner))
        for start, following in pairwise([*starts, len(inside)]):
            after = inside[following][0].map if following < len(inside) else None
            part.segments.append(self._pair(inside[start:following], after[0] if after else end))
        if not inside:
            directive: Directive = opening.meta["directive"]
            self._findings.add("empty-block", opening.meta["at"], "This FAQ holds no question.", directive.written)
        self._outline.body.append(part)

    def _pair(self, pair: list[list[Token]], end: int) -> Segment:
        opening, inline = pair[0][0], pair[0][1]
        words = words_of(inline)
        line = (opening.map[0] if opening.map else 0) + 1
        if not words:
            self._findings.add("faq-unanswered", (line, 1), "This question has no words.")
        if len(pair) == 1:
            self._findings.add("faq-unanswered", (line, 1), "This question has no answer.", inline.content)
        base = slug(words)
        anchor = self.anchors.give(base)
        opening.meta.update(question=True, anchor=anchor, base=base, level=min(self._current_level() + 1, 6))
        tokens = [token for inner in pair for token in inner]
        segment = self._segment("question", tokens, key=f"{self._prefix()}/{anchor}", last=end)
        segment.question, segment.anchor = words, anchor
        return segment

    def _current_level(self) -> int:
        return self._headings[-1][0] if self._headings else 1

    def _path(self) -> tuple[str, ...]:
        return tuple(words for _, words, _ in self._headings)

    def _prefix(self) -> str:
        return "/".join(anchor for _, _, anchor in self._headings) or "opening"

    def _segment(
        self,
        kind: str,
        tokens: list[Token],
        *,
        key: str = "",
        path: tuple[str, ...] | None = None,
        last: int | None = None,
    ) -> Segment:
        lines = tokens[0].map or [0, 1]
        if not key:
            stem = f"{self._prefix()}/{'p' if kind == 'paragraph' else kind}"
            self._counts[stem] = self._counts.get(stem, 0) + 1
            key = f"{stem}-{self._counts[stem]}"
        unique, number = key, 2
        while unique in self._keys:
            unique = f"{key}-{number}"
            number += 1
        self._keys.add(unique)
        return Segment(
            kind=kind,
            tokens=tokens,
            first=lines[0],
            last=lines[1] if last is None else last,
            key=unique,
            heading_path=self._path() if path is None else path,
            section=self._section,
            level=self._current_level(),
        )
