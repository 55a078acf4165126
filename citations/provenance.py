"""Field by field, what each origin said of a source, beside what we print."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from citations import csl
from citations.importing import own_fields, read
from citations.models import Account, Origin, Source
from mesoinfo.models import User


@dataclass(frozen=True)
class Told:
    """One origin's value of a field; `value` is empty where it says that the field is to be left out."""

    origin: str
    name: str
    by: User | None
    at: datetime.datetime
    value: str
    agrees: bool


@dataclass(frozen=True)
class Field:
    """A field of the record: what we print ("" for nothing), whether it is locked, and who said what, newest first."""

    name: str
    value: str
    is_locked: bool
    told: tuple[Told, ...]

    @property
    def is_disputed(self) -> bool:
        """Whether the newest account of some origin differs from what we print."""
        return any(not told.agrees for told in self.told)


def fields_of(source: Source, beside: Iterable[str] = ()) -> list[Field]:
    """Every field that the record has or that an origin spoke of, and those named in `beside`, in the order in which
    people look for them.
    """
    ours = own_fields(source)
    told: dict[str, dict[str, Told]] = {}
    for account in source.accounts.select_related("by"):
        for name, value in _fields_in(account).items():
            # They come newest first, and of each origin the newest counts.
            told.setdefault(name, {}).setdefault(account.origin, _told(account, value, ours.get(name)))
    names = csl.in_reading_order({*ours, *told, *beside})
    return [
        Field(
            name,
            shown(ours.get(name)),
            name in source.locked_fields,
            tuple(told.get(name, {}).values()),
        )
        for name in names
    ]


def _fields_in(account: Account) -> dict[str, Any]:
    """What an account tells of: a person's is of single fields, any other of a whole record and what is said beside."""
    if account.origin == Origin.PERSON:
        return dict(account.record)
    return read({**account.record, "custom": account.said}).fields


def _told(account: Account, value: Any, ours: Any) -> Told:
    return Told(account.get_origin_display(), account.name, account.by, account.at, shown(value), value == ours)


def shown(value: Any) -> str:
    """A value of a record as people read it: names, a date, or text."""
    if isinstance(value, Mapping):
        return csl.date_in_words(value)
    if isinstance(value, list):
        return "; ".join(_name(part) if isinstance(part, Mapping) else str(part) for part in value)
    return "" if value is None else str(value)


def _name(person: Mapping[str, Any]) -> str:
    if person.get("literal"):
        return str(person["literal"])
    parts = ("dropping-particle", "non-dropping-particle", "family")
    surname = " ".join(str(person[part]) for part in parts if person.get(part))
    return ", ".join(str(part) for part in (surname, person.get("given"), person.get("suffix")) if part)
