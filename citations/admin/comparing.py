"""A record that somebody brought, beside the source that it may tell of: what a person sees before they decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import Truncator

from citations import csl, duplicates, importing, provenance, style
from citations.duplicates import Match
from citations.models import ImportedRecord, Outcome, Source
from citations.receiving import NEW

LONGEST_LINE = 160
MOST_NAMES = 2


@dataclass(frozen=True)
class Row:
    """One field: what our source says and what the record says, "" for nothing."""

    name: str
    ours: str
    theirs: str
    differs: bool
    is_locked: bool

    @property
    def fills_a_gap(self) -> bool:
        """Whether it may be taken over without contradicting anybody."""
        return self.differs and not self.ours and not self.is_locked


@dataclass(frozen=True)
class Seen:
    """What a person sees of one record: the sources that it is like as things stand now, and `source`, the one that it
    is compared with. `stamp` changes when any of them does.
    """

    matches: tuple[Match, ...]
    source: Source | None
    rows: tuple[Row, ...]
    stamp: str

    @property
    def match(self) -> Match | None:
        """What the record is to the source that it is compared with, if anything."""
        return next((match for match in self.matches if match.source == self.source), None)

    @property
    def others(self) -> list[Match]:
        """The other sources that it is like."""
        return [match for match in self.matches if match.source != self.source]

    @property
    def identifier_is_taken_by(self) -> Source | None:
        """The source that has an identifier of the record, if one does: the record cannot be added beside it."""
        return next((match.source for match in self.matches if match.by_identifier), None)

    @property
    def offered(self) -> frozenset[str]:
        """The fields that the source could take over."""
        return frozenset(row.name for row in self.rows if row.differs)

    @property
    def gaps(self) -> frozenset[str]:
        """Those of them that contradict nothing."""
        return frozenset(row.name for row in self.rows if row.fills_a_gap)


def look(kept: ImportedRecord, named: Source | None = None) -> Seen:
    """The record beside the bibliography as it is now. `named` is the source a person asked to compare it with; else it
    is the one that the record is like, or the one it was looked up for.
    """
    matches: list[Match] = []
    source = named
    if kept.outcome == Outcome.WAITING:
        matches = duplicates.matches(kept.record, key=kept.record.get("id"))
        asked_for = kept.batch.source.survivor if kept.batch.source else None
        source = named or asked_for or next((match.source for match in matches if match.verdict not in NEW), None)
    known = [[match.source.key, match.verdict, match.source.updated_at.isoformat()] for match in matches]
    compared = [source.key, source.updated_at.isoformat()] if source else []
    return Seen(tuple(matches), source, tuple(_rows(kept, source)), importing.sha256([known, compared]))


def _rows(kept: ImportedRecord, source: Source | None) -> list[Row]:
    ours = importing.own_fields(source) if source else {}
    theirs = importing.read({**kept.record, "custom": kept.said}).fields
    locked = source.locked_fields if source else []
    return [
        Row(
            name,
            provenance.shown(ours.get(name)),
            provenance.shown(theirs.get(name)),
            name in theirs and theirs[name] != ours.get(name),
            name in locked,
        )
        for name in csl.in_reading_order({*ours, *theirs})
    ]


def as_printed(record: Mapping[str, Any]) -> str:
    """The record as a reference list would print it: safe HTML."""
    return style.format_entries([{**record, "id": "record"}])["record"]


def in_a_line(record: Mapping[str, Any]) -> str:
    """Names, year and title of a record, whatever it holds, as one short line of text; "" when it has none of them."""
    names = _names(record.get("author") or record.get("editor"))
    year = csl.year_of(record)
    title = " ".join(str(record.get("title") or "").split())
    begin = " ".join(part for part in (names, f"({year})" if year else "") if part)
    return Truncator(": ".join(part for part in (begin, title) if part)).chars(LONGEST_LINE)


def _names(people: Any) -> str:
    if not isinstance(people, list):
        return ""
    named = [str(one.get("family") or one.get("literal") or one.get("given") or "") for one in people if _is_named(one)]
    return " and ".join(named) if len(named) <= MOST_NAMES else f"{named[0]} et al."


def _is_named(person: Any) -> bool:
    return isinstance(person, Mapping) and any(person.get(part) for part in ("family", "literal", "given"))
