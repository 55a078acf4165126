"""Asking Crossref and PubMed for a work by its identifier. What they say waits for a person, as a file's records do."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from time import monotonic

from django.db.models import QuerySet
from django.utils import timezone
from django_q.tasks import async_task

from citations import csl, receiving, retractions
from citations.duplicates import Verdict
from citations.fetching import NoAnswer
from citations.formats import Reading
from citations.models import Import, ImportKind, ImportState, Origin, Source
from citations.registers import crossref, pubmed
from mesoinfo import schedule
from mesoinfo.models import User

logger = logging.getLogger(__name__)

REGISTERS: dict[str, tuple[Origin, str, Callable[[str], Reading | None]]] = {
    "DOI": (Origin.CROSSREF, "Crossref", lambda doi: crossref.look_up(doi)),
    "PMID": (Origin.PUBMED, "PubMed", lambda pmid: pubmed.look_up(pmid)),
}
# So long an answer is good: asked again within it, the same answer is shown.
KEPT_FOR = timedelta(days=30)
LONGEST = 200  # characters of an identifier


def ask(field: str, value: str, *, by: User | None, source: Source | None = None) -> Import:
    """Have a DOI or PMID looked up by the fetch worker. One of the same that waits, or that brought an answer in the
    last 30 days and was not for a source, is given instead.

    `source` is the one whose record is to be held against the answer. Raises ValueError, with a sentence, for what is
    no such identifier.
    """
    if field not in REGISTERS:
        raise ValueError(f"We look up: {', '.join(REGISTERS)}.")
    record = csl.normalised({field: value})
    problems = list(csl.problems_with_identifiers(record))
    if problems or field not in record:
        raise ValueError(problems[0] if problems else f"Give a {field}.")
    if len(record[field]) > LONGEST:
        raise ValueError(f"This {field} is longer than {LONGEST} characters. Look whether it is copied well.")
    asked = Import.objects.filter(kind=ImportKind.LOOKUP, format=field, name__iexact=record[field])
    waiting = asked.filter(state=ImportState.WAITING).first()
    answered = asked.filter(state=ImportState.READ, asked_at__gte=timezone.now() - KEPT_FOR).first()
    known = waiting or (answered if source is None else None)
    if known is not None:
        return known
    batch = Import.objects.create(kind=ImportKind.LOOKUP, format=field, name=record[field], asked_by=by, source=source)
    async_task("citations.lookups.sweep", cluster=schedule.FETCHING)
    return batch


def waiting() -> QuerySet[Import]:
    """The lookups that nobody has come to yet, the oldest first."""
    return Import.objects.filter(kind=ImportKind.LOOKUP, state=ImportState.WAITING).order_by("pk")


def sweep() -> None:
    """Look up what waits, one after the other, as far as time allows; the rest the next time."""
    deadline = monotonic() + receiving.PATIENCE
    for batch in waiting():
        look_up(batch)
        if monotonic() > deadline:
            return


def look_up(batch: Import) -> None:
    """Ask the register that knows the identifier, then the other one where the answer names the work there too.

    What each said becomes a record of the batch. Where the first has no answer, the batch failed and says why.
    """
    with receiving.alone(batch) as nobody_else:
        if not nobody_else or batch.state != ImportState.WAITING:
            return
        problem = ""
        try:
            for place, (origin, reading) in enumerate(_answers(batch.format, batch.name), start=1):
                kept = receiving.keep(batch, place, reading, origin)
                # That a work was retracted waits for nobody, also where its record does.
                ours = kept.source or (kept.match if kept.verdict == Verdict.SAME else None)
                if ours is not None:
                    retractions.note_what_was_said(ours, origin, kept.said, by=batch.asked_by)
        except NoAnswer as error:
            # What the first register said is no worse for the second's silence.
            problem = "" if batch.records.exists() else str(error)
        except Exception:
            # One work must not hold up those behind it, nor the checks that wait until nobody waits.
            logger.exception("The lookup %s cannot be kept.", batch.pk)
            problem = receiving.FAULT
        else:
            name = REGISTERS[batch.format][1]
            problem = "" if batch.records.exists() else f"{name} knows no work with the {batch.format} {batch.name}."
        batch.state = ImportState.FAILED if problem else ImportState.READ
        batch.problem = problem[:600]
        batch.read_at = timezone.now()
        batch.save()


def _answers(field: str, value: str) -> Iterator[tuple[Origin, Reading]]:
    origin, _, first = REGISTERS[field]
    reading = first(value)
    if reading is None:
        return
    yield origin, reading
    for other, (origin, _, look) in REGISTERS.items():
        named = reading.record.get(other)
        if other != field and isinstance(named, str):
            second = look(named)
            if second is not None:
                yield origin, replace(second, line=1)
