"""orphan-source: a list of references typed by hand, or a source that is listed and never cited.

A hand-typed list is what stands below "References", "Sources" or the like and looks like references: with years,
addresses or numbers. A page lists what its text cites, so the list belongs to the system. Not caught: a list under
another heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ..outline import Segment, words_of
from .flaw import Flaw, Text
from .phrases import any_of

_HEADING = any_of(
    r"(?:\d+\.? )?(?:(?:(?:article|page|medical|scientific|cited) )?(?:references|sources|citations)|bibliography"
    r"|works|literature|(?:references|sources) (?:and|&) (?:references|sources|further reading)|reference list"
    r"|list of (?:references|sources)|footnotes|end ?notes)(?: cited)?[:.]?(?: \(\d+\))?"
)
_REFERENCE = any_of(
    r"\b(?:19|20)\d\d\b",
    r"\bn\.d\.|\bet al\b|\bdoi\b|\bPMID\b|https?://",
    r"\b(?:retrieved|accessed)\b|\bavailable (?:at|from)\b",
)
_KEY = re.compile(r"\[[^\[\]\n]{0,200}@")


def typed_list(segments: Sequence[Segment]) -> list[Segment]:
    """Return the heading of the list of references that was typed by hand, and its blocks; nothing if there is none."""
    for place, segment in enumerate(segments):
        if segment.kind not in ("heading", "paragraph") or not _HEADING.fullmatch(_first_line(segment)):
            continue
        inside = [segment]
        for after in segments[place + 1 :]:
            if after.kind == "heading" and (segment.kind == "paragraph" or after.level <= segment.level):
                break
            inside.append(after)
        words = "\n".join(_words(block) for block in inside)
        if _REFERENCE.search(words) and not _KEY.search(words):
            return inside
    return []


def entries_of(blocks: Iterable[Segment]) -> int:
    """Return how many references a list has that was typed by hand."""
    entries = 0
    for block in blocks:
        items = sum(token.type == "list_item_open" and token.level == 1 for token in block.tokens)
        lines = [line for line in _words(block).split("\n") if _REFERENCE.search(line)]
        entries += items or len(lines)
    return entries


def typed_reference_list(text: Text) -> Iterator[Flaw]:
    """Find the list of references that somebody typed."""
    if text.typed_list:
        heading = text.typed_list[0]
        entries = entries_of(text.typed_list)
        counted = f"{entries} entries" if entries != 1 else "1 entry"
        message = (
            f"This list of references is typed by hand ({counted}), and no statement cites what it lists. Cite each "
            "source where it is used, [@key]; the system makes the list."
        )
        yield Flaw("orphan-source", (heading.first + 1, 1), message, _first_line(heading))


def never_cited(listed: Iterable[str], cited: Iterable[str], line: int = 1) -> Iterator[Flaw]:
    """Find the sources that are ``listed`` and not ``cited``."""
    for key in sorted({*listed} - {*cited}):
        message = (
            f"The source “{key}” is listed and no statement cites it. Cite it where it is used, [@{key}], or take it "
            "off the list."
        )
        yield Flaw("orphan-source", (line, 1), message, key)


def _first_line(segment: Segment) -> str:
    if segment.kind == "heading":
        return words_of(segment.tokens[1])
    return segment.tokens[1].content.split("\n", 1)[0].strip("*_ ")


def _words(segment: Segment) -> str:
    return "\n".join(token.content for token in segment.tokens if token.type == "inline")
