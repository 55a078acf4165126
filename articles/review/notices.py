"""Who is told by email of what happens in a review. Mails name the page and quote nobody: the words are on the desk."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q
from django.utils import timezone

from articles.models import (
    Article,
    Comment,
    EmergencyEdit,
    ReviewClaim,
    ReviewRequest,
    Revision,
    Schedule,
    SignOff,
    StepTold,
    Suggestion,
    Takedown,
)
from articles.review.coverage import contributors
from mesoinfo import outbox
from mesoinfo.models import OutboxMessage, User


def review_asked(request: ReviewRequest) -> None:
    """Whoever is asked for a review."""
    if request.assigned_to is not None:
        # Each time somebody is asked is a message of its own.
        _tell([request.assigned_to], "review-asked", request.revision, again=timezone.now().isoformat())


def review_declined(claim: ReviewClaim) -> None:
    """Whoever submitted what a reviewer declined."""
    revision = claim.request.revision
    if revision.submitted_by is not None:
        _tell([revision.submitted_by], "review-declined", revision, again=str(claim.pk))


def changes_requested(revision: Revision, *, by: User) -> None:
    """Everyone who contributed, and everyone who ever signed something of it; not whoever asked for the changes."""
    signed = SignOff.objects.filter(
        Q(revision=revision) | Q(digest__in=revision.blocks.values("digest")), article=revision.article
    )
    ids = contributors(revision) | set(signed.values_list("reviewer_id", flat=True))
    _tell(User.objects.filter(pk__in=ids - {by.pk}, is_active=True), "changes-requested", revision)


def mentioned(comment: Comment, users: Iterable[User]) -> None:
    """Whoever a comment names."""
    _tell(users, "mentioned", comment.revision, again=str(comment.pk))


def schedule_stopped(schedule: Schedule) -> None:
    """Whoever scheduled and whoever submitted a revision that could not go out at its time."""
    people = {user.pk: user for user in (schedule.made_by, schedule.revision.submitted_by) if user is not None}
    _tell(people.values(), "schedule-stopped", schedule.revision, again=str(schedule.pk))


def taken_down(takedown: Takedown) -> None:
    """The medical lead and the publishers, at once."""
    _tell_roles("taken-down", takedown.page.revision, again=str(takedown.pk))


def takedown_unconfirmed(takedown: Takedown, *, days: int) -> int:
    """The same people, once for each day that nobody has confirmed it. Returns how many roles were told."""
    return _tell_roles("takedown-unconfirmed", takedown.page.revision, again=f"{takedown.pk}:{days}")


def edit_unreviewed(edit: EmergencyEdit, *, days: int) -> int:
    """The medical lead, once for each day that nobody has looked at what was hidden. Returns 1, or 0 if they know."""
    return _tell_roles("edit-unreviewed", edit.page.revision, again=f"{edit.pk}:{days}", roles=("medical lead",))


def _tell_roles(
    kind: str, revision: Revision, *, again: str, roles: Iterable[str] = ("medical lead", "publisher")
) -> int:
    told = 0
    for role in roles:
        key = f"{kind}:{revision.pk}:{role}:{again}"
        _, is_new = OutboxMessage.objects.get_or_create(
            dedupe_key=key, defaults={"kind": kind, "role": role, "reference": str(revision.pk)}
        )
        told += is_new
    return told


def suggestion_decided(suggestion: Suggestion) -> None:
    """Whoever suggested a wording; not of what they decided themselves."""
    if suggestion.suggested_by != suggestion.decided_by:
        kind = "suggestion-accepted" if suggestion.accepted else "suggestion-declined"
        _tell([suggestion.suggested_by], kind, suggestion.revision, again=str(suggestion.pk))


def _tell(users: Iterable[User], kind: str, revision: Revision, *, again: str = "") -> None:
    OutboxMessage.objects.bulk_create(
        [
            OutboxMessage(
                kind=kind, dedupe_key=f"{kind}:{revision.pk}:{user.pk}:{again}", recipient=user, reference=revision.pk
            )
            for user in users
        ],
        ignore_conflicts=True,
    )


def _about_revision(message: OutboxMessage) -> dict[str, Any]:
    revision = Revision.objects.select_related("article").get(pk=message.reference)
    # None for a draft, on which a colleague can be mentioned too.
    request = ReviewRequest.objects.filter(revision=revision).first()
    return {"address": revision.article.address, "due_on": request and request.due_on}


KINDS = (
    "review-asked",
    "review-declined",
    "changes-requested",
    "mentioned",
    "suggestion-accepted",
    "suggestion-declined",
    "schedule-stopped",
    "taken-down",
    "takedown-unconfirmed",
    "edit-unreviewed",
)
for kind in KINDS:
    outbox.composes(kind)(_about_revision)


AN_HOUR = datetime.timedelta(hours=1)
FRESHNESS_ROLES = ("medical lead", "editor")


def pages_reached(step: str, at: datetime.datetime) -> int:
    """Medical lead and editors, when the hour is over: pages have come to a step of the ladder in it."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    return _tell_of_pages("pages-reached", f"{step} {hour.isoformat()}", available_at=hour + AN_HOUR)


def pages_overdue(day: datetime.date) -> int:
    """The same people, once in each week in which a page is overdue. Returns how many roles were told."""
    year, week, _ = day.isocalendar()
    return _tell_of_pages("pages-overdue", day.isoformat(), again=f"{year}-{week}")


def _tell_of_pages(kind: str, reference: str, *, again: str = "", available_at: datetime.datetime | None = None) -> int:
    told = 0
    for role in FRESHNESS_ROLES:
        _, is_new = OutboxMessage.objects.get_or_create(
            dedupe_key=f"{kind}:{role}:{again or reference}",
            defaults={
                "kind": kind,
                "role": role,
                "reference": reference,
                "available_at": available_at or timezone.now(),
            },
        )
        told += is_new
    return told


NAMED_IN_A_MAIL = 20


@outbox.composes("pages-reached")
def _pages_reached(message: OutboxMessage) -> dict[str, Any]:
    step, _, hour = message.reference.partition(" ")
    since = datetime.datetime.fromisoformat(hour)
    told = StepTold.objects.filter(step=step, at__gte=since, at__lt=since + AN_HOUR).select_related("article")
    return {"step": step, **_named([(one.article.address, one.due_on) for one in told.order_by("due_on", "pk")])}


@outbox.composes("pages-overdue")
def _pages_overdue(message: OutboxMessage) -> dict[str, Any]:
    overdue = Article.objects.live().filter(next_due__lte=message.reference)
    return _named(list(overdue.order_by("next_due", "pk").values_list("address", "next_due")))


def _named(pages: Sequence[tuple[str, datetime.date | None]]) -> dict[str, Any]:
    """What a mail says of these pages: the first by name, the others by their number."""
    named = pages[:NAMED_IN_A_MAIL]
    return {"count": len(pages), "pages": named, "more": len(pages) - len(named)}
