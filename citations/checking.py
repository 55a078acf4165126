"""Asking Crossref and PubMed again what was later said of the works we have, by a sweep of the fetch worker.

Only notices come of it. That a register's record differs from ours is for a person to see, who looks the work up.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from citations import lookups, receiving, retractions
from citations.fetching import NoAnswer
from citations.models import Origin, RegisterCheck, Source

logger = logging.getLogger(__name__)

ASKED_EVERY = timedelta(days=30)
# Who did not answer is asked again a day later.
SILENT_ASKED_EVERY = timedelta(days=1)


def sweep() -> None:
    """Ask what is due, the longest due first, as far as time allows and nobody waits for a lookup."""
    deadline = monotonic() + receiving.PATIENCE
    for field, (register, _, _) in lookups.REGISTERS.items():
        # Who does not answer for one work will not for the next: the others are asked at another sweep.
        while check_next(field, register) and monotonic() < deadline and not lookups.waiting().exists():
            pass


def check_next(field: str, register: Origin) -> bool:
    """Ask a register of the source that is due the longest there. Whether there was one, and it answered."""
    source = due(field, register, timezone.now()).first()
    return source is not None and check(source, field, register)


def due(field: str, register: Origin, now: datetime) -> QuerySet[Source]:
    """The sources with this identifier that the register is to be asked of, the longest due first."""
    # What it was asked for under another identifier does not count.
    last = RegisterCheck.objects.filter(source=OuterRef("pk"), register=register, identifier=OuterRef(field.lower()))
    return (
        Source.objects.in_use()
        .filter(**{f"{field.lower()}__isnull": False})
        .annotate(asked_at=Subquery(last.values("asked_at")), silence=Subquery(last.values("problem")))
        .filter(
            Q(asked_at__isnull=True)
            | Q(asked_at__lte=now - ASKED_EVERY)
            | (~Q(silence="") & Q(asked_at__lte=now - SILENT_ASKED_EVERY))
        )
        .order_by(F("asked_at").asc(nulls_first=True), "pk")
    )


def check(source: Source, field: str, register: Origin) -> bool:
    """Ask a register of a source, and keep what it says was later published about it. Whether it answered."""
    try:
        reading = lookups.REGISTERS[field][2](source.csl[field])
    except NoAnswer as error:
        keep(source, field, register, problem=str(error))
        return False
    try:
        with transaction.atomic():
            keep(source, field, register, knows_it=reading is not None)
            if reading is not None:
                retractions.note_what_was_said(source, register, reading.said, by=None)
    except Exception:
        # One work must not hold up those behind it.
        logger.exception("What %s says of %s cannot be kept.", register, source.key)
        keep(source, field, register, problem=receiving.FAULT)
    return True


def keep(source: Source, field: str, register: Origin, *, knows_it: bool | None = None, problem: str = "") -> None:
    """Keep that a register was asked of a source now: whether it knows the work, or why it did not answer."""
    identifier = getattr(source, field.lower())
    of_source = RegisterCheck.objects.filter(source=source, register=register)
    of_source.exclude(identifier=identifier).delete()
    now = timezone.now()
    told: dict[str, Any] = {"asked_at": now, "problem": problem[:300]}
    if not problem:
        told |= {"answered_at": now, "knows_it": knows_it}
    RegisterCheck.objects.update_or_create(source=source, register=register, identifier=identifier, defaults=told)


def as_of(source: Source) -> Iterator[str]:
    """What the registers that should know a source were last asked, a sentence each. Never that it is clean."""
    checks = {check.register: check for check in source.checks.all()}
    for field, (register, name, _) in lookups.REGISTERS.items():
        if not source.csl.get(field):
            continue
        check = checks.get(register)
        if check is None or check.identifier != getattr(source, field.lower()):
            yield f"{name} has not been asked yet: not known."
        elif check.problem:
            before = f" Its last answer is of {check.answered_at:%-d %B %Y}." if check.answered_at else ""
            yield f"{name} gave no answer on {check.asked_at:%-d %B %Y}, so it is not known: {check.problem}{before}"
        elif not check.knows_it:
            yield (
                f"{name}, asked on {check.asked_at:%-d %B %Y}, knows no work with this {field}. Compare it with the "
                "original."
            )
        elif source.notices.filter(dataset=register).exists():
            yield f"{name}, asked on {check.asked_at:%-d %B %Y}, tells of what stands above."
        else:
            yield f"{name}, asked on {check.asked_at:%-d %B %Y}, tells of nothing later."
