"""Who has a review: asked, taken, declined, handed over. Nothing here locks anybody out; it says who is at work."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from django.db import transaction
from django.utils import timezone

from articles.models import (
    Absence,
    Priority,
    ReviewClaim,
    ReviewRequest,
    Revision,
    RiskClass,
    Significance,
    TransitionRefused,
)
from articles.models.review import DUE_WITHIN, LEASE, URGENT_WITHIN, ClaimEnding, Outcome
from articles.review import notices
from articles.review.coverage import blocks_and_unsigned
from articles.review.eligibility import require, why_not
from mesoinfo import audit, roles
from mesoinfo.models import User


def open_request(revision: Revision) -> ReviewRequest:
    """Ask for the review of a revision that was just submitted: first whoever reviewed it in the round before."""
    urgent = revision.significance == Significance.SAFETY_CORRECTION
    days = URGENT_WITHIN if urgent else DUE_WITHIN[RiskClass(revision.article.risk_class)]
    request = ReviewRequest.objects.create(
        revision=revision,
        due_on=timezone.now().date() + datetime.timedelta(days=days),
        priority=Priority.URGENT if urgent else Priority.NORMAL,
        assigned_to=_whom_to_ask(revision),
    )
    notices.review_asked(request)
    return request


def close_request(revision: Revision, outcome: Outcome, *, by: User | None, reason: str = "") -> None:
    """Write down how the review of this revision ended."""
    ReviewRequest.objects.filter(revision=revision).update(
        outcome=outcome, reason=reason, closed_by=by, closed_at=timezone.now()
    )


def _whom_to_ask(revision: Revision) -> User | None:
    """Of those who had the round before, the first who is here, or their stand-in, and has something to sign in this
    one, and may.
    """
    for reviewer in reviewers_before(revision):
        asked = who_is_here(reviewer)
        if asked is None or why_not(asked, revision):
            continue
        _, unsigned = blocks_and_unsigned([revision.pk], by=asked)[revision.pk]
        if any(unsigned.values()):
            return asked
    return None


def reviewers_before(revision: Revision) -> Iterator[User]:
    """Who sent the revision back in the round before, who had taken that round, the last one first, who was asked."""
    request = (
        ReviewRequest.objects.select_related("closed_by", "assigned_to").filter(revision=revision.parent_id).first()
    )
    if request is None:
        return
    if request.outcome == Outcome.CHANGES_REQUESTED and request.closed_by is not None:
        yield request.closed_by
    for held in request.claims.filter(ended_at=None).select_related("reviewer").order_by("-claimed_at"):
        yield held.reviewer
    if request.assigned_to is not None:
        yield request.assigned_to


def who_is_here(user: User) -> User | None:
    """This person, or whoever stands in for them today; None when those are away as well."""
    today = timezone.now().date()
    away = Absence.objects.filter(first_day__lte=today, last_day__gte=today).select_related("stand_in").order_by("pk")
    stand_ins = {absence.user_id: absence.stand_in for absence in away}
    passed: set[int] = set()
    while user.pk in stand_ins and user.pk not in passed:
        passed.add(user.pk)
        user = stand_ins[user.pk]
    return None if user.pk in stand_ins else user


@transaction.atomic
def claim(request: ReviewRequest, *, by: User) -> ReviewClaim:
    """Take the review, or hold it for as long again. Raises TransitionRefused for who may not sign it."""
    _require_open(request)
    if refusal := why_not(by, request.revision):
        raise TransitionRefused(refusal)
    now = timezone.now()
    held, is_new = ReviewClaim.objects.get_or_create(
        request=request, reviewer=by, ended_at=None, defaults={"claimed_at": now, "lease_until": now + LEASE}
    )
    had_lapsed = held.lease_until <= now
    if not is_new:
        held.lease_until = now + LEASE
        held.save(update_fields=["lease_until"])
    if is_new or had_lapsed:
        audit.record(by, "review.claimed", request)
    return held


@transaction.atomic
def give_back(request: ReviewRequest, *, by: User) -> None:
    """Let go of a review one had taken: anybody may take it."""
    _require_open(request)
    if _claim_of(request, by) is None:
        raise TransitionRefused("You have not taken this review.")
    _end(request, by, ClaimEnding.RELEASED)
    audit.record(by, "review.given_back", request)


@transaction.atomic
def decline(request: ReviewRequest, *, reason: str, by: User) -> None:
    """Say why one will not review it. It is open to everybody again, and who submitted it is told."""
    _require_open(request)
    if not reason.strip():
        raise TransitionRefused("Say in a sentence why you decline, so that the right colleague can be asked.")
    if request.assigned_to != by and _claim_of(request, by) is None:
        raise TransitionRefused("Nobody has asked you for this review, and you have not taken it.")
    declined = _end(request, by, ClaimEnding.DECLINED, reason=reason.strip())
    if request.assigned_to == by:
        _ask(request, None)
    notices.review_declined(declined)
    audit.record(by, "review.declined", request)


@transaction.atomic
def hand_over(request: ReviewRequest, *, to: User, reason: str, by: User) -> None:
    """Ask a colleague in one's place."""
    _require_open(request)
    if request.assigned_to != by and _claim_of(request, by) is None:
        raise TransitionRefused("You do not have this review, so you cannot hand it over.")
    if request.assigned_to not in (None, by):
        raise TransitionRefused(f"{request.assigned_to} is asked for this review as well. Give it back instead.")
    if to == by:
        raise TransitionRefused("Choose a colleague.")
    if refusal := why_not(to, request.revision):
        raise TransitionRefused(f"{to} may not sign this page: {refusal}")
    _pass_on(request, of=by, to=to, reason=reason.strip())
    audit.record(by, "review.handed_over", request, to=to.pk)


def _pass_on(request: ReviewRequest, *, of: User, to: User, reason: str) -> None:
    _end(request, of, ClaimEnding.HANDED_OVER, reason=reason, to=to)
    _ask(request, to)


@transaction.atomic
def arrange(
    request: ReviewRequest, *, due_on: datetime.date, priority: Priority, assigned_to: User | None, by: User
) -> None:
    """Set when a review is due, how urgent it is and who is asked: for the medical lead and editors."""
    require(by, "articles.manage_reviews", "Arranging reviews needs the medical lead or editor role.")
    _require_open(request)
    if due_on != request.due_on and due_on < timezone.now().date():
        raise TransitionRefused("That day is past. Give today or a later day.")
    if assigned_to is not None and (refusal := why_not(assigned_to, request.revision)):
        raise TransitionRefused(f"{assigned_to} may not sign this page: {refusal}")
    request.due_on, request.priority = due_on, priority
    request.save(update_fields=["due_on", "priority"])
    if assigned_to != request.assigned_to:
        _ask(request, assigned_to)
    asked = assigned_to.pk if assigned_to else None
    audit.record(by, "review.arranged", request, due_on=due_on.isoformat(), priority=str(priority), assigned_to=asked)


@transaction.atomic
def go_away(user: User, *, first_day: datetime.date, last_day: datetime.date, stand_in: User) -> Absence:
    """Be away on these days. What one has by then goes to the stand-in on the first of them.

    Raises TransitionRefused when the days are in the wrong order or past, or nobody else stands in.
    """
    if last_day < first_day:
        raise TransitionRefused("The last day comes before the first. Change one of them.")
    if last_day < timezone.now().date():
        raise TransitionRefused("These days are past. Give days that are still to come.")
    if stand_in == user or not roles.holds(stand_in, "articles.sign_block"):
        raise TransitionRefused("Choose a colleague who reviews.")
    absence = Absence.objects.create(user=user, first_day=first_day, last_day=last_day, stand_in=stand_in)
    audit.record(user, "reviewer.away", user, stand_in=stand_in.pk)
    return absence


@transaction.atomic
def come_back(absence: Absence, *, by: User) -> None:
    """Be there after all. What the stand-in has by now stays with them."""
    if absence.user != by:
        raise TransitionRefused("Only whoever is away says that they are back.")
    absence.delete()
    audit.record(by, "reviewer.back", by)


def hand_over_what_the_absent_have() -> int:
    """Hand open reviews of everybody who is away today to who stands in, and return how many. A sweep.

    What the stand-in may not sign stays where it is, and its due date stands.
    """
    today = timezone.now().date()
    absent = Absence.objects.filter(first_day__lte=today, last_day__gte=today).values("user")
    held = ReviewClaim.objects.held().filter(reviewer__in=absent).values_list("request_id", "reviewer_id")
    asked = ReviewRequest.objects.filter(outcome="", assigned_to__in=absent).values_list("pk", "assigned_to_id")
    return sum(_hand_over_for(*pair) for pair in sorted({*held, *asked}))


@transaction.atomic
def _hand_over_for(request_id: int, user_id: int) -> bool:
    # Two workers may sweep at once: whoever comes second finds that somebody else is asked by now.
    request = (
        ReviewRequest.objects.select_for_update(of=("self",)).select_related("revision__article").get(pk=request_id)
    )
    user = User.objects.get(pk=user_id)
    if request.outcome or (request.assigned_to_id != user_id and _claim_of(request, user) is None):
        return False
    stand_in = who_is_here(user)
    if stand_in is None or request.assigned_to_id not in (None, user_id) or why_not(stand_in, request.revision):
        return False
    _pass_on(request, of=user, to=stand_in, reason="Away")
    audit.record(None, "review.handed_over", request, of=user_id, to=stand_in.pk)
    return True


def _require_open(request: ReviewRequest) -> None:
    # Locked: two reviewers may press their buttons at the same moment.
    now = ReviewRequest.objects.select_for_update(of=("self",)).select_related("assigned_to").get(pk=request.pk)
    if now.outcome:
        raise TransitionRefused(f"This review is over: {now.get_outcome_display().lower()}.")
    request.assigned_to, request.due_on, request.priority = now.assigned_to, now.due_on, now.priority


def _ask(request: ReviewRequest, user: User | None) -> None:
    request.assigned_to = user
    request.save(update_fields=["assigned_to"])
    notices.review_asked(request)


def _claim_of(request: ReviewRequest, user: User) -> ReviewClaim | None:
    return request.claims.filter(reviewer=user, ended_at=None).first()


def _end(
    request: ReviewRequest, user: User, ending: ClaimEnding, *, reason: str = "", to: User | None = None
) -> ReviewClaim:
    # What they were asked for and never took is kept in the same place as what they took.
    now = timezone.now()
    ended = _claim_of(request, user) or ReviewClaim(
        request=request, reviewer=user, claimed_at=now, lease_until=now + LEASE
    )
    ended.ended_at, ended.ending, ended.reason, ended.handed_to = now, ending, reason, to
    ended.save()
    return ended
