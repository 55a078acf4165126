"""What people added to their requests and nobody has read yet."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from caseintake.models import AccessEvent, ActorKind, PayloadKind, ReadingResult, SealedPayload, State, Submission


def unread_additions(submissions: Iterable[Submission]) -> dict[UUID, int]:
    """How many additions to each of these are unread, by its id; those without any are left out, and so is
    what is closed or erased.

    A case that somebody has is unread until that person opens it: a lead who looks in does not answer it. When nothing
    could be opened, nothing was read.
    """
    nothing_opened = _readings(ReadingResult.FAILED, of=OuterRef("submission")).filter(
        actor=OuterRef("actor"), sequence__gt=OuterRef("sequence"), payloads__gte=OuterRef("payloads")
    )
    read = _readings(ReadingResult.OPENED, of=OuterRef("submission")).filter(
        ~Exists(nothing_opened),
        Q(actor=OuterRef("submission__assignee")) | Q(submission__assignee__isnull=True),
    )
    unread = _additions_after(read).filter(submission__in=list(submissions))
    at_work = unread.exclude(submission__state__in=[State.CLOSED, State.DISPOSED])
    return dict(at_work.order_by().values_list("submission").annotate(Count("id")))


def unopened_additions(submission: Submission) -> int:
    """How many additions nobody has opened. What does not open counts as opened: nobody can do more about it."""
    opened = _readings(ReadingResult.OPENED, of=OuterRef("submission"))
    return _additions_after(opened).filter(submission=submission).count()


def _readings(result: ReadingResult, *, of: OuterRef) -> QuerySet[AccessEvent]:
    return AccessEvent.objects.filter(submission=of, result=result, actor_kind=ActorKind.STAFF).order_by()


def _additions_after(readings: QuerySet[AccessEvent]) -> QuerySet[SealedPayload]:
    # Who opens a case opens all there is, in the order of the sequence, which has no gaps.
    last = readings.values("submission").annotate(last=Max("payloads")).values("last")
    return SealedPayload.objects.filter(kind=PayloadKind.AMENDMENT, sequence__gt=Coalesce(Subquery(last), 0))
