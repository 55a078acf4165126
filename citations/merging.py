"""Making one of two sources that tell of one work: what each has beyond the other is brought together, by a person.

The key of the one that goes is retired: no page can be published that still cites it. Pages that readers have keep the
list that was frozen with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pghistory
from django.db import transaction
from django.db.models.functions import Now

from citations import provenance
from citations.duplicates import read_as_one_work
from citations.importing import own_fields, sha256, take_over
from citations.models import Notice, Quote, Source
from mesoinfo import audit
from mesoinfo.models import User


class MergeRefused(Exception):
    """The two cannot be merged; the text says why and what to do."""


@dataclass(frozen=True)
class Choice:
    """A field that the two tell differently: what stays, what goes unless it is chosen ("" for nothing)."""

    name: str
    kept: str
    offered: str

    @property
    def fills_a_gap(self) -> bool:
        """Whether the one that stays says nothing here."""
        return not self.kept


@dataclass(frozen=True)
class Preview:
    """What merging `source` into `other` would do. `stamp` changes when either does.

    Where the titles do not read as of one work, `is_unlikely`.
    """

    source: Source
    other: Source
    choices: tuple[Choice, ...]
    quotes: tuple[Quote, ...]
    notices: tuple[Notice, ...]
    stamp: str
    is_unlikely: bool


def preview(source: Source, other: Source) -> Preview:
    """What would become of the two. Raises MergeRefused when they cannot be merged."""
    _check(source, other)
    ours, theirs = own_fields(other), own_fields(source)
    choices = [
        Choice(field.name, field.value, provenance.shown(theirs[field.name]))
        for field in provenance.fields_of(other, beside=theirs)
        if field.name in theirs and theirs[field.name] != ours.get(field.name)
    ]
    words = {(quote.text, quote.locator) for quote in other.quotes.pinned()}
    known = {(notice.kind, notice.on, notice.successor_id) for notice in other.notices.all()}
    return Preview(
        source,
        other,
        tuple(choices),
        tuple(quote for quote in source.quotes.pinned() if (quote.text, quote.locator) not in words),
        tuple(
            notice
            for notice in source.notices.all()
            if (notice.kind, notice.on, notice.successor_id) not in known and notice.successor_id != other.pk
        ),
        sha256([[one.key, one.updated_at.isoformat(), one.digest] for one in (source, other)]),
        not read_as_one_work(source.title, other.title),
    )


@transaction.atomic
def merge(source: Source, other: Source, *, take: frozenset[str], stamp: str, by: User) -> None:
    """Merge `source` into `other`, which takes over the fields named in `take`, and all quotes and notices.

    `stamp` is that of the preview a person saw. Raises MergeRefused when either has changed since, or when the two
    cannot be merged; ValidationError when the record that would come of it cannot be kept.
    """
    # In the order of their ids, so that two people who merge crosswise do not wait for each other.
    both = Source.objects.select_for_update(of=("self",)).filter(pk__in=[source.pk, other.pk]).order_by("pk")
    locked = {one.pk: one for one in both}
    if len(locked) != 2:
        raise MergeRefused("One of the two was deleted meanwhile.")
    source, other = locked[source.pk], locked[other.pk]
    seen = preview(source, other)
    if seen.stamp != stamp:
        raise MergeRefused("One of the two changed after you opened this page. Look at them again, then decide.")
    theirs = own_fields(source)
    with pghistory.context(by=by.pk, how="merger"):
        # First it goes, so that the other may have its identifiers.
        Source.objects.filter(pk=source.pk).update(merged_into=other, merged_by=by, merged_at=Now())
        _carry_over(seen, {name: theirs[name] for name in take if name in theirs}, by=by)
    audit.record(by, "source.merged", source, into=other.pk)


def _carry_over(seen: Preview, fields: Mapping[str, Any], *, by: User) -> None:
    other = seen.other
    if fields:
        take_over(other, fields)
        other.locked_fields = [*dict.fromkeys([*other.locked_fields, *fields])]
        other.full_clean(validate_constraints=False)
        other.save()
    for quote in seen.quotes:
        other.quotes.create(text=quote.text, locator=quote.locator, added_by=by)
    for notice in seen.notices:
        other.notices.create(
            kind=notice.kind,
            on=notice.on,
            reference=notice.reference,
            successor=notice.successor,
            note=notice.note,
            recorded_by=by,
        )


@transaction.atomic
def part(source: Source, *, by: User) -> None:
    """Undo that `source` was merged: its key can be cited again. What the other took over stays with it.

    Raises MergeRefused when the other now has an identifier of this one.
    """
    locked = Source.objects.select_for_update(of=("self",)).get(pk=source.pk)
    clashes = locked.clashes()
    if clashes:
        raise MergeRefused(f"{' '.join(clashes)} Take it out there first, then part the two.")
    with pghistory.context(by=by.pk, how="merger"):
        Source.objects.filter(pk=source.pk).update(merged_into=None, merged_by=None, merged_at=None)
    audit.record(by, "source.parted", source)


def _check(source: Source, other: Source) -> None:
    if source.pk == other.pk:
        raise MergeRefused("A source cannot be merged into itself. Give the key of the other one.")
    for one in (source, other):
        if one.merged_into_id is not None:
            raise MergeRefused(f"{one.key} was merged into {one.survivor.key} already.")
