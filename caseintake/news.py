"""What people added to their requests and nobody has read yet."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from caseintake.models import AccessEvent, ActorKind, PayloadKind, ReadingResult, SealedPayload, State, Submission
from mesoinfo.models import User
from mesoinfo.vault import FOR_WANT_OF_THE_KEY


def unread_additions(submissions: Iterable[Submission], *, by: User | None = None) -> dict[UUID, int]:
    """How many additions to each of these are unread, by its id; those without any are left out, and so is
    what is closed or erased.

    A case that somebody has is unread until that person opens it: a lead who looks in does not answer it. What `by` has
    opened, who is about to act on it, is read as well. When nothing could be opened for want of the key, nothing
    was read; nobody can do more about what is damaged.
    """
    opened_since = _readings(ReadingResult.OPENED, of=OuterRef("submission")).filter(
        actor=OuterRef("actor"), sequence__lt=OuterRef("sequence"), sequence__gt=OuterRef(OuterRef("sequence"))
    )
    nothing_opened = _readings(ReadingResult.FAILED, of=OuterRef("submission")).filter(
        ~Exists(opened_since),
        actor=OuterRef("actor"),
        sequence__gt=OuterRef("sequence"),
        payloads__gte=OuterRef("payloads"),
        cause__in=FOR_WANT_OF_THE_KEY,
    )
    read = _readings(ReadingResult.OPENED, of=OuterRef("submission")).filter(
        ~Exists(nothing_opened),
        Q(actor=OuterRef("submission__assignee")) | Q(submission__assignee__isnull=True) | Q(actor=by),
    )
    # Who opens a case opens all there is, in the order of the sequence, which has no gaps.
    last_read = read.values("submission").annotate(last=Max("payloads")).values("last")
    unread = SealedPayload.objects.filter(
        kind=PayloadKind.AMENDMENT, sequence__gt=Coalesce(Subquery(last_read), 0), submission__in=list(submissions)
    ).exclude(submission__state__in=[State.CLOSED, State.DISPOSED])
    return dict(unread.order_by().values_list("submission").annotate(Count("id")))


def _readings(result: ReadingResult, *, of: OuterRef) -> QuerySet[AccessEvent]:
    return AccessEvent.objects.filter(submission=of, result=result, actor_kind=ActorKind.STAFF).order_by()
