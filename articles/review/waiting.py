"""What waits for whom: reviews, the overdue ones first, and what was sent back to its writers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL
from django.utils import timezone

from articles.models import Contribution, Priority, ReviewClaim, ReviewRequest, ReviewScope, Revision, RevisionStatus
from articles.models.review import ClaimEnding
from articles.review.coverage import TAKEN_OUT, blocks_and_unsigned
from articles.review.eligibility import HELPED_WRITE, NEEDS_SCOPE, lacks
from mesoinfo.models import User

# Of ReviewRequest, with columns that are named where they are annotated: mypy knows only those of the model.
Reviews = QuerySet[Any]


@dataclass(frozen=True)
class Waiting:
    """One review, as it stands for one person."""

    request: ReviewRequest
    blocks: int
    unsigned: int  # of the blocks; if this person may sign, without those that they have signed, or ever wrote
    takes_out: bool  # what was taken out or moved is to be signed; if this person may sign, by them
    why_not: str  # why this person may not sign it, empty when they may
    is_mine: bool  # they are asked for it, or have taken it
    held_by: tuple[ReviewClaim, ...]
    passed_on: tuple[ReviewClaim, ...]

    @property
    def revision(self) -> Revision:
        return self.request.revision

    @property
    def is_for_them(self) -> bool:
        """Whether there is anything left for this person to sign."""
        return not self.why_not and bool(self.unsigned or self.takes_out)


def open_reviews() -> Reviews:
    """Every review that is not over, the overdue ones first, then the urgent ones, then by the day they are due."""
    return (
        ReviewRequest.objects.filter(outcome="", revision__status=RevisionStatus.IN_REVIEW)
        .select_related("revision__article__topic", "revision__submitted_by", "assigned_to")
        .annotate(overdue=_true_if(due_on__lt=timezone.now().date()), urgent=_true_if(priority=Priority.URGENT))
        .order_by("-overdue", "-urgent", "due_on", "opened_at", "pk")
    )


def overdue() -> Reviews:
    """Open reviews whose day is past."""
    return open_reviews().filter(overdue=True)


def stuck() -> Reviews:
    """Open reviews that are overdue, or that somebody declined and nobody else has or is asked for."""
    claims = ReviewClaim.objects.filter(request=OuterRef("pk"))
    left = Q(Exists(claims.filter(ending=ClaimEnding.DECLINED)), ~Exists(claims.held()), assigned_to=None)
    return open_reviews().filter(Q(overdue=True) | left)


def reviews_for(user: User) -> Reviews:
    """Every open review: what this person may not sign last, what they are asked for or have taken first."""
    today = timezone.now().date()
    scopes = ReviewScope.objects.filter(
        Q(topic=None) | Q(topic=OuterRef("revision__article__topic")),
        Q(ends_on=None) | Q(ends_on__gte=today),
        person__user=user,
    )
    theirs = ReviewClaim.objects.filter(request=OuterRef("pk"), reviewer=user)
    helped = RawSQL(
        "%s IN (SELECT articles_contributors(articles_reviewrequest.revision_id))", [user.pk], BooleanField()
    )
    fit = Value(not lacks(user))
    reviews: Reviews = (
        open_reviews()
        .annotate(helped_write=helped, in_scope=Exists(scopes), has_it=Exists(theirs.held()))
        .annotate(
            may_sign=Case(When(helped_write=False, in_scope=True, then=fit), default=Value(False)),
            is_mine=Case(When(Q(assigned_to=user) | Q(has_it=True), then=Value(True)), default=Value(False)),
            has_declined=Exists(theirs.filter(ending=ClaimEnding.DECLINED)),
        )
        .order_by("-may_sign", "-is_mine", *open_reviews().query.order_by)
    )
    return reviews


def as_waiting(requests: Iterable[Any], user: User) -> list[Waiting]:
    """These rows of `reviews_for`, with all that a list says of them. The number of queries does not grow with them."""
    found = list(requests)
    counts = blocks_and_unsigned([request.revision_id for request in found], by=user)
    claims: dict[int, list[ReviewClaim]] = {}
    for claim in ReviewClaim.objects.filter(request__in=found).select_related("reviewer", "handed_to"):
        claims.setdefault(claim.request_id, []).append(claim)
    lacking = lacks(user)
    waiting = []
    for request in found:
        why_not = _why_not(request, lacking)
        blocks, unsigned = counts[request.revision_id]
        to_sign = {key for key, is_theirs in unsigned.items() if is_theirs or why_not}
        theirs = claims.get(request.pk, ())
        waiting.append(
            Waiting(
                request,
                blocks,
                unsigned=len(to_sign - {TAKEN_OUT}),
                takes_out=TAKEN_OUT in to_sign,
                why_not=why_not,
                is_mine=request.is_mine,
                held_by=tuple(c for c in theirs if c.is_held),
                passed_on=tuple(c for c in theirs if c.is_passed_on),
            )
        )
    return waiting


def _why_not(request: Any, lacking: str) -> str:
    if request.helped_write:
        return HELPED_WRITE
    return lacking or ("" if request.in_scope else NEEDS_SCOPE)


def sent_back_to(user: User) -> QuerySet[Revision]:
    """Revisions with changes requested that nobody has taken up since, and that this person helped write."""
    return sent_back().filter(Exists(Contribution.objects.filter(revision=OuterRef("pk"), user=user)))


def sent_back() -> QuerySet[Revision]:
    """Revisions with changes requested that nobody has taken up since, the longest waiting first."""
    later = Revision.objects.filter(article=OuterRef("article"), number__gt=OuterRef("number"))
    return (
        Revision.objects.filter(~Exists(later), status=RevisionStatus.CHANGES_REQUESTED)
        .select_related("article", "review_request__closed_by")
        .order_by("review_request__closed_at")
    )


def _true_if(**conditions: object) -> Case:
    return Case(When(**conditions, then=Value(True)), default=Value(False))
