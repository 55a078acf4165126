"""From what somebody brought to decisions: a file is read record by record, and each is held against the bibliography.

Nothing that is like a source we have goes in by itself. What is new may be added in one step; what is a double, or may
be one, is shown side by side, and a person decides field by field.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from time import monotonic
from typing import Any

import pghistory
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import Count
from django.utils import timezone
from django_q.tasks import async_task

from citations import csl, duplicates, formats, keys, retractions
from citations.duplicates import Match, Verdict
from citations.formats import Reading
from citations.importing import Told, compare, own_fields, read, take_over
from citations.models import (
    Account,
    Import,
    ImportedRecord,
    ImportKind,
    ImportState,
    Origin,
    Outcome,
    Relation,
    RelationKind,
    Source,
)
from mesoinfo import audit
from mesoinfo.models import User

logger = logging.getLogger(__name__)

LARGEST = 10_000_000  # characters of a file
# Seconds that a sweep works before it gives way: the worker stops what takes a minute.
PATIENCE = 40.0
# What may be added without a person looking at it: nothing here is like it but perhaps its title.
NEW = ("", Verdict.LOOK_ALIKE)

UNKNOWN_FORMAT = (
    "This is none of the formats we read: CSL-JSON, RIS, BibTeX, nbib (PubMed), or a list of references as text. "
    "Export it from your reference manager once more."
)
TOO_LARGE = "This is longer than 10 million characters. Split it."
NOTHING_IN_IT = "There is no record in it."
FAULT = "A fault of ours stopped this. Try once more; if it comes again, tell whoever looks after the site."
UNSTORABLE = "It holds something that cannot be stored: a null character, or nesting."

Progress = Callable[[int], None]


class DecisionRefused(Exception):
    """The record cannot be settled so; the text says why and what to do."""


def receive(content: str, *, name: str, by: User | None, named: str = "") -> Import:
    """Keep what somebody brought, and wake the worker to read it. `named` is its format, if they said.

    Raises ValueError, with a sentence, for what no worker could read.
    """
    if len(content) > LARGEST:
        raise ValueError(TOO_LARGE)
    if not content.strip():
        raise ValueError(NOTHING_IN_IT)
    chosen = named or formats.guess(content, name) or ""
    if chosen not in formats.READABLE:
        raise ValueError(UNKNOWN_FORMAT)
    batch = Import.objects.create(
        kind=ImportKind.FILE,
        name=name[:200] or "pasted text",
        format=chosen,
        content=_storable(content),
        asked_by=by,
    )
    async_task("citations.receiving.sweep")
    return batch


def sweep() -> None:
    """Read the files that wait, and add what somebody asked to add; as far as time allows, the rest the next time."""
    deadline = monotonic() + PATIENCE
    waits = Import.objects.filter(kind=ImportKind.FILE, state=ImportState.WAITING)
    # Whoever brings a short file does not wait for a colleague's of a hundred thousand records.
    for batch in waits.alias(done=Count("records")).order_by("done", "pk"):
        try:
            read_file(batch, deadline=deadline)
        except Exception:
            # One file must not hold up those behind it.
            logger.exception("The import %s cannot be read.", batch.pk)
            Import.objects.filter(pk=batch.pk, state=ImportState.WAITING).update(
                state=ImportState.FAILED, problem=FAULT, read_at=timezone.now()
            )
    for asked in Import.objects.filter(add_all_by__isnull=False).order_by("pk"):
        add_all_new(asked, deadline=deadline)


def read_file(batch: Import, *, deadline: float = float("inf"), progress: Progress = lambda done: None) -> None:
    """Read a file that waits, from where an interrupted run left off, until the deadline on the monotonic clock."""
    with alone(batch) as nobody_else:
        # Another worker may have read it since this one looked which files wait.
        if not nobody_else or batch.state != ImportState.WAITING:
            return
        place, done = 0, batch.records.count()
        for place, reading in enumerate(formats.read(batch.content, batch.format), start=1):
            if place > done:
                keep(batch, place, reading, Origin.FILE)
                progress(place)
                if monotonic() > deadline:
                    return
        batch.state = ImportState.READ if place else ImportState.FAILED
        batch.problem = "" if place else NOTHING_IN_IT
        batch.read_at = timezone.now()
        batch.content = ""
        batch.save()


def keep(batch: Import, place: int, reading: Reading, origin: Origin) -> ImportedRecord:
    """Keep one record of an import, with what it is to the bibliography. It is settled if it says nothing new."""
    told = read({**reading.record, "custom": dict(reading.said)})
    kept = ImportedRecord(
        batch=batch,
        place=place,
        line=reading.line,
        origin=origin,
        text=_storable(reading.text),
        record=told.record,
        said=told.said,
        corrections=[asdict(correction) for correction in reading.corrections],
        problem=reading.problem or " ".join(_problems(told.record)),
    )
    try:
        with transaction.atomic():
            if kept.problem:
                _settle(kept, Outcome.REFUSED, by=None)
            else:
                _look_for_doubles(kept)
            kept.save()
    except (DataError, ValueError, RecursionError):
        # A null character or half of a surrogate pair is refused by PostgreSQL or, before it, by what leads there.
        kept.record, kept.said, kept.corrections, kept.problem = {}, {}, [], UNSTORABLE
        _settle(kept, Outcome.REFUSED, by=None)
        kept.save()
    return kept


def add_all_new(batch: Import, *, deadline: float = float("inf"), progress: Progress = lambda done: None) -> None:
    """Add every record of the batch that nothing in the bibliography is like, for whoever asked for that."""
    by = batch.add_all_by
    with alone(batch) as nobody_else:
        if not nobody_else:
            return
        new = batch.records.filter(outcome=Outcome.WAITING, verdict__in=NEW)
        for done, kept in enumerate(new.iterator(chunk_size=100), start=1):
            try:
                add(kept, by=by)
            except DecisionRefused:
                _look_again(kept)
            progress(done)
            if monotonic() > deadline:
                return
        Import.objects.filter(pk=batch.pk).update(add_all_by=None)


@transaction.atomic
def _look_again(kept: ImportedRecord) -> None:
    """Hold a record that was to be added, and was not, against the bibliography once more, unless it is settled."""
    with suppress(DecisionRefused):
        # It came to be like another meanwhile, perhaps one of the same file: now it waits for a person.
        kept = waiting(kept)
        _look_for_doubles(kept)
        kept.save()


@transaction.atomic
def add(kept: ImportedRecord, *, by: User | None, is_another_work: bool = False) -> Source:
    """Add the record as a source of its own. Raises DecisionRefused for a double, unless a person says it is none, and
    for an identifier that is taken.
    """
    kept = waiting(kept)
    like = [match for match in _matches(kept) if match.verdict not in NEW]
    if like and not is_another_work:
        raise DecisionRefused(f"It is like {like[0].source.key}: {' '.join(like[0].reasons)}")
    told = _told(kept)
    source = Source(key=_key_for(kept.record), created_by=by)
    source.csl = {"id": source.key}
    take_over(source, told.fields)
    try:
        source.full_clean(validate_constraints=False)
        with pghistory.context(by=by.pk if by else None, how="import"), transaction.atomic():
            source.save()
    except ValidationError as error:
        raise DecisionRefused(" ".join(error.messages)) from error
    except IntegrityError as error:
        raise DecisionRefused("Somebody added the same source a moment ago. Compare the two.") from error
    for match in like:
        Relation.objects.create(
            source=source, kind=RelationKind.NOT_DUPLICATE_OF, other=match.source, noted_by=by, note="Said on import."
        )
    _take_account(kept, source, by=by)
    # No page rests on it yet, so what a file of PubMed's says of it is noted by whoever may add it.
    retractions.note_what_was_said(source, who_speaks(kept), kept.said, by=by)
    _settle(kept, Outcome.ADDED, by=by, source=source)
    kept.save()
    audit.record(by, "source.added", source)
    return source


@transaction.atomic
def take_into(kept: ImportedRecord, source: Source, *, take: frozenset[str], by: User) -> None:
    """Settle that the record tells of `source`, which takes over the fields named in `take`; what it says is kept as an
    account. Raises DecisionRefused when the record that would come of it cannot be kept.
    """
    kept = waiting(kept)
    source = Source.objects.select_for_update(of=("self",)).get(pk=source.pk)
    if source.merged_into_id is not None:
        raise DecisionRefused(f"{source.key} was merged into {source.survivor.key}. Compare with that one.")
    fields = {name: value for name, value in _told(kept).fields.items() if name in take}
    _change(source, fields, by=by)
    _take_account(kept, source, by=by)
    _settle(kept, Outcome.CHANGED if fields else Outcome.UNCHANGED, by=by, source=source)
    kept.save()
    audit.record(by, "source.changed" if fields else "source.compared", source)


@transaction.atomic
def bring_up_to_date(kept: ImportedRecord, *, by: User | None) -> list[str]:
    """Take over what the same file tells differently now, except what somebody here has changed or locked: those
    fields are returned. Raises DecisionRefused when this file told nothing of the source before. Another file, in
    another format, may only know less: that is for a person to see.
    """
    kept = waiting(kept)
    source = kept.match
    told_before = Account.objects.filter(source=source, origin=kept.origin, name=kept.batch.name)
    before = told_before.first() if kept.verdict == Verdict.SAME else None
    if source is None or before is None:
        raise DecisionRefused("A person has to look at it first.")
    earlier = read({**before.record, "custom": before.said}).fields
    taken, stays = compare(own_fields(source), earlier, _told(kept).fields, source.locked_fields)
    _change(source, taken, by=by)
    _take_account(kept, source, by=by)
    _settle(kept, Outcome.CHANGED if taken else Outcome.UNCHANGED, by=by, source=source)
    kept.save()
    if taken:
        audit.record(by, "source.changed", source)
    return stays


@transaction.atomic
def leave_out(kept: ImportedRecord, *, by: User) -> None:
    """Settle that the record is not wanted."""
    kept = waiting(kept)
    _settle(kept, Outcome.LEFT_OUT, by=by)
    kept.save()
    audit.record(by, "importedrecord.left_out", kept)


def waiting(kept: ImportedRecord) -> ImportedRecord:
    """The record, locked until the transaction ends. Raises DecisionRefused when it waits for no decision any more."""
    locked = ImportedRecord.objects.select_for_update(of=("self",)).get(pk=kept.pk)
    if locked.outcome != Outcome.WAITING:
        raise DecisionRefused(f"A colleague decided on it meanwhile: {locked.get_outcome_display()}.")
    return locked


def who_speaks(kept: ImportedRecord) -> Origin:
    """Whose words on a work a record holds: a file in PubMed's own format has those of PubMed."""
    return Origin.PUBMED if kept.batch.format == "nbib" else Origin(kept.origin)


def _change(source: Source, fields: Mapping[str, Any], *, by: User | None) -> None:
    if not fields:
        return
    take_over(source, fields)
    try:
        source.full_clean(validate_constraints=False)
        with pghistory.context(by=by.pk if by else None, how="import"), transaction.atomic():
            source.save()
    except ValidationError as error:
        raise DecisionRefused(" ".join(error.messages)) from error
    except IntegrityError as error:
        raise DecisionRefused("Another source came to have the same identifier a moment ago.") from error


def _take_account(kept: ImportedRecord, source: Source, *, by: User | None) -> None:
    told = _told(kept)
    Account.objects.create(
        source=source,
        origin=kept.origin,
        name=kept.batch.name,
        record=told.record,
        said=told.said,
        digest=told.digest,
        by=by,
    )
    retractions.note_what_was_said(source, kept.origin, told.said, by=by)


def _look_for_doubles(kept: ImportedRecord) -> None:
    told = _told(kept)
    known = Account.objects.filter(digest=told.digest, origin=kept.origin).select_related("source").first()
    if known is not None:
        _settle(kept, Outcome.UNCHANGED, by=None, source=known.source)
        return
    found = _matches(kept)
    best = found[0] if found else None
    kept.verdict = best.verdict if best else ""
    kept.match = best.source if best else None
    kept.reasons = list(best.reasons) if best else []


def _matches(kept: ImportedRecord) -> list[Match]:
    return duplicates.matches(kept.record, key=kept.record.get("id"))


def _settle(kept: ImportedRecord, outcome: Outcome, *, by: User | None, source: Source | None = None) -> None:
    kept.outcome, kept.settled_by, kept.settled_at, kept.source = outcome, by, timezone.now(), source


def _told(kept: ImportedRecord) -> Told:
    return read({**kept.record, "custom": kept.said})


def _problems(record: Mapping[str, Any]) -> list[str]:
    """What is wrong with the record, whatever the file calls it: we give it a key of our own if need be."""
    return csl.problems({**record, "id": "record"})


def _key_for(record: Mapping[str, Any]) -> str:
    """The file's own key, if pages can cite by it and nobody has it, else one of ours."""
    own = record.get("id")
    if isinstance(own, str) and csl.is_key(own) and len(own) <= 120 and not Source.objects.filter(key=own).exists():
        return own
    return keys.propose(record)


def _storable(text: str) -> str:
    """The text without what PostgreSQL cannot hold; the readers of formats drop it too."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


@contextmanager
def alone(batch: Import) -> Iterator[bool]:
    """Whether nobody else works on this import; nobody else begins while the block lasts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext('citations_import'), %s)", [batch.pk])
        (nobody_else,) = cursor.fetchone()
        try:
            batch.refresh_from_db()
            yield nobody_else
        finally:
            if nobody_else:
                cursor.execute("SELECT pg_advisory_unlock(hashtext('citations_import'), %s)", [batch.pk])
