"""The sentences of inline content, and where in the source each stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from markdown_it.token import Token

from .citations_rule import Cluster

# A sentence ends at its stop, unless the stop belongs to a shortened word or an initial.
_STOP = re.compile(r"(?<![.!?…])[.!?…]{1,50}[\"'”’)\]]{0,3}(?=\s|$)")
_SHORTENED = re.compile(
    r"(?:\b(?:Dr|Mr|Mrs|Ms|Prof|St|e\.g|i\.e|al|Fig|fig|pp?|U\.S|U\.K)|(?:^|\b(?:by|and|Dr)\s|\b[A-Z]\.\s?)[A-Z])$"
)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each sentence of ``text``."""
    start = 0
    for stop in _STOP.finditer(text):
        end = stop.end()
        following = text[end : end + 12].lstrip()
        goes_on = following[:1].islower() and stop[0][0] in ".…"
        if goes_on or (stop[0] == "." and _SHORTENED.search(text, max(start, stop.start() - 8), stop.start())):
            continue
        yield start, end
        start = end + len(text[end : end + 200]) - len(text[end : end + 200].lstrip())
    if text[start:].strip():
        yield start, len(text)


@dataclass(slots=True)
class Piece:
    """The text of one run of inline content, where in it citations stand, and how to find it in the source."""

    inline: Token
    text: str = ""
    citations: list[int] = field(default_factory=list)
    clusters: list[Cluster] = field(default_factory=list)  # what each of the citations names
    marks: list[tuple[int, int]] = field(default_factory=list)  # offset in the text, offset in the content
    _spans: list[tuple[int, int]] | None = None

    def sentences(self) -> list[tuple[int, int]]:
        """Return the start and end of each sentence of the text."""
        if self._spans is None:
            self._spans = list(sentences(self.text))
        return self._spans

    def source_offset(self, offset: int) -> int:
        """Return the offset in the inline content that belongs to an offset in the text."""
        at = 0
        for text_offset, content_offset in self.marks:
            if text_offset > offset:
                break
            at = content_offset + offset - text_offset
        return at


def piece_of(inline: Token) -> Piece:
    """Return the words of inline content, without its citations; once its abbreviations and citations are read."""
    known = inline.meta.get("piece")
    if isinstance(known, Piece):
        return known
    piece = inline.meta["piece"] = Piece(inline)
    parts: list[str] = []
    length = 0
    for child in inline.children or ():
        if child.type == "citation":
            piece.citations.append(length)
            piece.clusters.append(child.meta["cluster"])
            continue
        words = " " if child.type in ("softbreak", "hardbreak") else child.content
        if words:
            piece.marks.append((length, child.meta.get("at", 0)))
            parts.append(words)
            length += len(words)
    piece.text = "".join(parts)
    return piece
