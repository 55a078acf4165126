"""A key for a source that came without one: whoever is named first, the year, a telling word of the title."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from citations import csl
from citations.duplicates import plain
from citations.models import Source

_LONGEST_PART = 30
# Too common to tell titles apart.
_SMALL = (
    "a about after all an and are as at be by can do does during for from how in into is its new of on one or study"
    " than that the their this three to toward towards two using versus vs was were what when which who why with"
)


def propose(record: Mapping[str, Any]) -> str:
    """A free key such as fennell2021mist1 for this record; a letter is added where the plain one is taken."""
    stem = _stem(record)
    taken = set(Source.objects.filter(key__startswith=stem).values_list("key", flat=True))
    if stem not in taken:
        return stem
    return next(key for key in _with_letters(stem) if key not in taken)


def _stem(record: Mapping[str, Any]) -> str:
    name = _letters(_first_named(record)) or "source"
    year = csl.year_of(record)
    words = [_letters(word) for word in plain(record.get("title")).split() if word not in _SMALL.split()]
    telling = next((word for word in words if len(word) > 2), "")
    stem = f"{name[:_LONGEST_PART]}{'' if year is None else f'{year:04}'}{telling[:_LONGEST_PART]}"
    return stem if csl.is_key(stem) else f"s{stem}"


def _first_named(record: Mapping[str, Any]) -> str:
    for role in ("author", "editor", "director"):
        people = record.get(role)
        if isinstance(people, list) and people and isinstance(people[0], Mapping):
            return str(people[0].get("family") or people[0].get("literal") or "")
    return str(record.get("publisher") or record.get("container-title") or "")


def _letters(text: str) -> str:
    return re.sub("[^a-z0-9]", "", plain(text))


def _with_letters(stem: str) -> Iterator[str]:
    letters = "abcdefghijklmnopqrstuvwxyz"
    yield from (f"{stem}_{letter}" for letter in letters)
    number = 2
    while True:
        yield f"{stem}_{number}"
        number += 1
