"""The weekly digest: on Mondays one mail to each person for whom something is due, and none to others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from articles.models import Contribution, ReviewClaim, ReviewRequest, Revision
from articles.review.waiting import open_reviews, overdue, reviews_for, sent_back, sent_back_to
from mesoinfo import outbox, roles
from mesoinfo.models import OutboxMessage, User

KIND = "weekly-due"
REVIEWS, ARRANGES = "articles.sign_block", "articles.manage_reviews"
MONDAY = 0


@dataclass(frozen=True)
class Due:
    """What one person can act on. `overdue` are reviews nobody asked them for: they may sign or arrange them."""

    asked: Sequence[ReviewRequest]
    overdue: Sequence[ReviewRequest]
    sent_back: Sequence[Revision]

    def __bool__(self) -> bool:
        return bool(self.asked or self.overdue or self.sent_back)


def due_for(user: User) -> Due:
    """What is due for this person today."""
    asked: list[ReviewRequest] = []
    late: list[ReviewRequest] = []
    if roles.holds(user, REVIEWS):
        mine = reviews_for(user).filter(may_sign=True)
        asked = list(mine.filter(is_mine=True))
        late = list(mine.filter(overdue=True, is_mine=False, has_declined=False))
    if roles.holds(user, ARRANGES):
        late = list(overdue().exclude(pk__in=[request.pk for request in asked]))
    back = list(sent_back_to(user)) if roles.holds(user, "articles.write_revision") else []
    return Due(asked, late, back)


def write_weekly() -> int:
    """On a Monday (UTC): a message for everybody who has something due and none yet. Returns how many. A sweep."""
    today = timezone.now().date()
    if today.weekday() != MONDAY:
        return 0
    week = f"{KIND}:{today:%G-W%V}:"
    told = OutboxMessage.objects.filter(dedupe_key__startswith=week).values("recipient")
    candidates = [user for user in _candidates().exclude(pk__in=told) if due_for(user)]
    OutboxMessage.objects.bulk_create(
        [OutboxMessage(kind=KIND, dedupe_key=f"{week}{user.pk}", recipient=user) for user in candidates],
        ignore_conflicts=True,
    )
    return len(candidates)


def _candidates() -> QuerySet[User]:
    """Colleagues for whom something may be due: so few that each can be asked about every minute."""
    likely = (
        Q(pk__in=open_reviews().values("assigned_to"))
        | Q(pk__in=ReviewClaim.objects.held().filter(request__outcome="").values("reviewer"))
        | Q(pk__in=Contribution.objects.filter(revision__in=sent_back().values("pk")).values("user"))
    )
    if overdue().exists():
        likely |= Q(pk__in=roles.holders(REVIEWS, ARRANGES).values("pk"))
    return User.objects.filter(likely, is_active=True)


@outbox.composes(KIND)
def compose(message: OutboxMessage) -> dict[str, Any] | None:
    """What is due when the mail goes out; None when by then nothing is."""
    assert message.recipient is not None
    due = due_for(message.recipient)
    return {"due": due} if due else None
