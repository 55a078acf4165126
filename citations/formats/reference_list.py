"""A list of references as people paste it: numbered, bulleted, one to a line or one to a paragraph.

Each entry is taken apart (`reference_entry`) and comes with what it seems to have got wrong (`proposals`). Nothing
is re-cased, completed or repaired on the way: what a list does not say, a person adds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from citations.formats import proposals, reference_entry
from citations.formats.reading import Reading, one_line, readable, unreadable, with_plain_line_ends

LONGEST = 100_000
_NUMBER = re.compile(r"^\s*(?:\[[0-9]{1,4}\]|\([0-9]{1,4}\)|[0-9]{1,4}[.)])\s+(?=\S)")
_BULLET = re.compile(r"^\s*[-*•·–]\s+(?=\S)")
_HEADING = re.compile(
    r"[\s#*]*(?:references?|bibliography|sources|works cited|literature|reference list|further reading)[\s:*]*", re.I
)
_SIGN = re.compile(
    r"\((?:1[89]|20)[0-9]{2}[a-z]?\b[^()]*\)|\(n\.\s?d\.[^()]*\)|\b(?:1[89]|20)[0-9]{2}\b[^;]{0,20};\s?[0-9]|doi\.org/10\."
    r"|\bdoi:\s?10\.|\bPMID\b|\bRetrieved\b.{0,30}\bfrom\b|\bAccessed\b.{0,30}\b20[0-9]{2}\b|;\s?(?:1[89]|20)[0-9]{2}\.?$",
    re.I | re.MULTILINE,
)


def read(text: str) -> Iterator[Reading]:
    """Each entry of a reference list."""
    for line, raw in _entries(with_plain_line_ends(text)):
        if len(raw) > LONGEST:
            yield unreadable(
                line, raw, "This is too long to be one reference. Put each reference on a line of its own."
            )
            continue
        entry = reference_entry.taken_apart(one_line(raw))
        if entry is None:
            problem = (
                "This does not read as a reference: no author, year and title can be told apart. Write it in a form"
                " such as “Doe, J. (2020). A trial. A Journal, 3(1), 5–9.”"
            )
            yield unreadable(line, raw, problem)
        else:
            yield readable(line, raw, entry.record, entry.said, tuple(proposals.for_entry(entry)))


def is_one(text: str) -> bool:
    """Whether a text seems to be a list of references."""
    return bool(_SIGN.search(text))


def _entries(text: str) -> Iterator[tuple[int, str]]:
    """The text of each entry, without its number or bullet, and the line it begins on."""
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if not _HEADING.fullmatch(line)]
    marker = _marker(lines)
    parts_paragraphs = marker is None and _is_in_paragraphs(lines)
    begin, entry = 0, ""
    for number, line in lines:
        begins = bool(marker.match(line)) if marker else not parts_paragraphs or not entry
        if not line.strip():
            if parts_paragraphs and entry:
                yield begin, entry
                entry = ""
            continue
        if begins:
            if entry:
                yield begin, entry
            begin, entry = number, (marker.sub("", line, count=1) if marker else line).strip()
        elif entry:
            entry += " " + line.strip()
        else:
            begin, entry = number, line.strip()
    if entry:
        yield begin, entry


def _marker(lines: list[tuple[int, str]]) -> re.Pattern[str] | None:
    """What entries are marked with: the first line says it."""
    first = next((line for _, line in lines if line.strip()), "")
    return next((marker for marker in (_NUMBER, _BULLET) if marker.match(first)), None)


def _is_in_paragraphs(lines: list[tuple[int, str]]) -> bool:
    """Whether entries run over several lines, with an empty one between them."""
    shape = "".join("x" if line.strip() else " " for _, line in lines).strip()
    return "xx" in shape and " " in shape
