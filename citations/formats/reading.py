"""What a reader of a format hands on: one `Reading` for each record of a file, readable or not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from citations import csl

LONGEST_TEXT = 4_000  # of a raw record: enough to recognise it by


@dataclass(frozen=True)
class Correction:
    """What a list seems to have got wrong in one field.

    `proposed` is the value it would have instead, empty where something is only pointed at. Where `applied`, the
    record has it already, because nobody could want it otherwise; all others wait for a person.
    """

    field: str
    found: str
    proposed: str
    reason: str
    applied: bool = False


@dataclass(frozen=True)
class Reading:
    """One record of a file.

    `line` is where it begins, from 1; `text` its raw text, clipped; `key` the file's own key. `record` is CSL-JSON
    with the file's key as its `id`, if there is one. `said` is what CSL has no field for and where a record comes
    from. A record that cannot be read is empty, and `problem` says why and how to mend it.
    """

    line: int
    text: str
    record: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    said: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""
    corrections: tuple[Correction, ...] = ()


def unreadable(line: int, text: str, problem: str, key: str = "") -> Reading:
    """A record that cannot be read, and why."""
    return Reading(line, clipped(text), key=key, problem=problem)


def readable(
    line: int,
    text: str,
    record: Mapping[str, Any],
    said: Mapping[str, Any],
    corrections: tuple[Correction, ...] = (),
) -> Reading:
    """A record as read, normalised, nothing empty in it. An access date without an address is only said. Where nothing
    is left of it, it is told as one that cannot be read.
    """
    kept = csl.normalised(record)
    provenance = {name: value for name, value in said.items() if value not in ("", [], {}, None)}
    if "accessed" in kept and "URL" not in kept:
        provenance["accessed"] = kept.pop("accessed")
    if not kept:
        return unreadable(line, text, "No field of this is one of a source. Look whether the whole record is there.")
    key = kept.get("id")
    return Reading(line, clipped(text), kept, key if isinstance(key, str) else "", provenance, "", corrections)


def clipped(text: str, length: int = LONGEST_TEXT) -> str:
    """The text, ended by … where it is too long to show."""
    text = text.strip()
    return text if len(text) <= length else text[: length - 1] + "…"


def shown(text: str) -> str:
    """A word of a file in quotation marks, as a sentence may hold it: one line, printable, short."""
    words = " ".join(text.split()).encode("utf-8", "replace").decode()
    return f"“{clipped(''.join(letter for letter in words if letter.isprintable()), 60)}”"


def with_plain_line_ends(text: str) -> str:
    """The text as every reader takes it: lines end with \\n, no byte order mark. The count of lines stays."""
    return re.sub("\r\n?", "\n", text.removeprefix("\ufeff"))


def one_line(text: str) -> str:
    """The text with each run of white space as one blank."""
    return " ".join(text.split())
