"""What people added to their requests and nobody has read yet."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from caseintake.models import AccessEvent, ActorKind, PayloadKind, ReadingResult, SealedPayload, Submission


def unread_additions(submissions: Iterable[Submission]) -> dict[UUID, int]:
    """How many additions to each of these are unread, by its id; those without any are left out.

    A case that somebody has is unread until that person opens it: a lead who looks in does not answer it.
    """
    readings = AccessEvent.objects.filter(
        submission=OuterRef("submission"), result=ReadingResult.OPENED, actor_kind=ActorKind.STAFF
    ).order_by()
    # Who opens a case opens all there is, in the order of the sequence, which has no gaps.
    read = (
        readings.filter(Q(actor=OuterRef("submission__assignee")) | Q(submission__assignee__isnull=True))
        .values("submission")
        .annotate(last=Max("payloads"))
        .values("last")
    )
    unread = SealedPayload.objects.filter(
        submission__in=list(submissions), kind=PayloadKind.AMENDMENT, sequence__gt=Coalesce(Subquery(read), 0)
    )
    return dict(unread.order_by().values_list("submission").annotate(Count("id")))
