"""Who has a review: asked, taken, declined, handed over. Nothing here locks anybody out; it says who is at work."""

from __future__ import annotations

import datetime

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
from articles.review.standing import why_not
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
        assigned_to=_whom_to_ask(revision, reviewer_before(revision)),
    )
    if request.assigned_to is not None:
        notices.review_asked(request)
    return request


def reviewer_before(revision: Revision) -> User | None:
    """Who sent the revision back in the round before, or had claimed that round last."""
    parent = revision.parent
    request = ReviewRequest.objects.filter(revision=parent).select_related("closed_by").first() if parent else None
    if request is None:
        return None
    if request.outcome == Outcome.CHANGES_REQUESTED:
        return request.closed_by
    claim = request.claims.select_related("reviewer").last()
    return claim.reviewer if claim else None


def _whom_to_ask(revision: Revision, user: User | None) -> User | None:
    """This person, or who stands in for them today; nobody if they may not sign it."""
    if user is None:
        return None
    asked = stand_in_for(user) or user
    return asked if not why_not(asked, revision) else None


def stand_in_for(user: User) -> User | None:
    """Who stands in for somebody who is away today; None when they are here."""
    today = timezone.now().date()
    away = Absence.objects.filter(user=user, first_day__lte=today, last_day__gte=today)
    found = away.select_related("stand_in").order_by("-last_day").first()
    return found.stand_in if found else None


@transaction.atomic
def claim(request: ReviewRequest, *, by: User) -> ReviewClaim:
    """Take the review, or hold it for as long again. Raises TransitionRefused for who may not sign it."""
    _require_open(request)
    if refusal := why_not(by, request.revision):
        raise TransitionRefused(refusal)
    lease_until = timezone.now() + LEASE
    held, is_new = ReviewClaim.objects.get_or_create(
        request=request, reviewer=by, ended_at=None, defaults={"lease_until": lease_until}
    )
    if not is_new:
        held.lease_until = lease_until
        held.save(update_fields=["lease_until"])
    else:
        audit.record(by, "review.claimed", request)
    return held


@transaction.atomic
def give_back(request: ReviewRequest, *, by: User) -> None:
    """Let go of a review one had taken: anybody may take it."""
    _end(request, by, ClaimEnding.RELEASED)
    audit.record(by, "review.given_back", request)


@transaction.atomic
def decline(request: ReviewRequest, *, reason: str, by: User) -> None:
    """Say why one will not review it. It is open to everybody again, and who submitted it is told."""
    _require_open(request)
    if not reason.strip():
        raise TransitionRefused("Say in a sentence why you decline, so that the right colleague can be asked.")
    if request.assigned_to != by and not request.claims.filter(reviewer=by, ended_at=None).exists():
        raise TransitionRefused("Nobody has asked you for this review, and you have not taken it.")
    # A request that was not taken up is kept in the same place as one that was.
    now = timezone.now()
    held, _ = ReviewClaim.objects.get_or_create(
        request=request, reviewer=by, ended_at=None, defaults={"claimed_at": now, "lease_until": now + LEASE}
    )
    _finish(held, ClaimEnding.DECLINED, reason=reason.strip())
    if request.assigned_to == by:
        request.assigned_to = None
        request.save(update_fields=["assigned_to"])
    audit.record(by, "review.declined", request)
    notices.review_declined(request, by=by)


@transaction.atomic
def hand_over(request: ReviewRequest, *, to: User, reason: str, by: User) -> None:
    """Ask a colleague in one's place."""
    _require_open(request)
    if request.assigned_to != by and not request.claims.filter(reviewer=by, ended_at=None).exists():
        raise TransitionRefused("You do not have this review, so you cannot hand it over.")
    if to == by:
        raise TransitionRefused("Choose a colleague.")
    if refusal := why_not(to, request.revision):
        raise TransitionRefused(f"{to} may not sign this page: {refusal}")
    for held in request.claims.filter(reviewer=by, ended_at=None):
        _finish(held, ClaimEnding.HANDED_OVER, reason=reason.strip(), to=to)
    request.assigned_to = to
    request.save(update_fields=["assigned_to"])
    audit.record(by, "review.handed_over", request, to=to.pk)
    notices.review_asked(request)


@transaction.atomic
def arrange(
    request: ReviewRequest, *, due_on: datetime.date, priority: Priority, assigned_to: User | None, by: User
) -> None:
    """Set when a review is due, how urgent it is and who is asked: for the medical lead and editors."""
    if not roles.holds(by, "articles.manage_reviews"):
        raise TransitionRefused("Arranging reviews needs the medical lead or editor role.")
    _require_open(request)
    if assigned_to is not None and (refusal := why_not(assigned_to, request.revision)):
        raise TransitionRefused(f"{assigned_to} may not sign this page: {refusal}")
    newly_asked = assigned_to is not None and assigned_to != request.assigned_to
    request.due_on, request.priority, request.assigned_to = due_on, priority, assigned_to
    request.save(update_fields=["due_on", "priority", "assigned_to"])
    audit.record(by, "review.arranged", request, due_on=due_on.isoformat(), priority=str(priority))
    if newly_asked:
        notices.review_asked(request)


@transaction.atomic
def go_away(user: User, *, first_day: datetime.date, last_day: datetime.date, stand_in: User) -> Absence:
    """Be away on these days. What one has on the first of them, if that is today or past, goes to the stand-in at once.

    Raises TransitionRefused when the days are in the wrong order or past, or nobody else stands in.
    """
    if last_day < first_day or last_day < timezone.now().date():
        raise TransitionRefused("The last day comes after the first, and is not past.")
    if stand_in == user:
        raise TransitionRefused("Choose a colleague who stands in for you.")
    absence = Absence.objects.create(user=user, first_day=first_day, last_day=last_day, stand_in=stand_in)
    audit.record(user, "reviewer.away", user, stand_in=stand_in.pk)
    return absence


def hand_over_what_the_absent_have() -> int:
    """Hand open reviews of everybody who is away today to who stands in, and return how many. A sweep."""
    moved = 0
    today = timezone.now().date()
    for absence in Absence.objects.filter(first_day__lte=today, last_day__gte=today).select_related("user", "stand_in"):
        asked = ReviewRequest.objects.filter(outcome="", assigned_to=absence.user)
        claimed = ReviewRequest.objects.filter(
            outcome="", pk__in=ReviewClaim.objects.held().filter(reviewer=absence.user).values("request")
        )
        for request in (asked | claimed).distinct().select_related("revision__article"):
            try:
                hand_over(request, to=absence.stand_in, reason="Away.", by=absence.user)
                moved += 1
            except TransitionRefused:
                # The stand-in may not sign this one: it stays where it is, and its due date stands.
                continue
    return moved


def _require_open(request: ReviewRequest) -> None:
    request.refresh_from_db()
    if request.outcome:
        raise TransitionRefused(f"This review is over: {request.get_outcome_display().lower()}.")


def _end(request: ReviewRequest, user: User, ending: ClaimEnding) -> None:
    _require_open(request)
    held = request.claims.filter(reviewer=user, ended_at=None).first()
    if held is None:
        raise TransitionRefused("You have not taken this review.")
    _finish(held, ending)


def _finish(held: ReviewClaim, ending: ClaimEnding, *, reason: str = "", to: User | None = None) -> None:
    held.ended_at, held.ending, held.reason, held.handed_to = timezone.now(), ending, reason, to
    held.save(update_fields=["ended_at", "ending", "reason", "handed_to"])
