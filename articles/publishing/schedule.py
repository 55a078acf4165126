"""Publishing at a time to come: set, taken back, and fired by the worker's sweep."""

from __future__ import annotations

import datetime
import logging

from django.db import transaction
from django.utils import timezone

from articles.models import Article, Revision, RevisionStatus, Schedule, ScheduleOutcome, TransitionRefused
from articles.models.revision import UNDER_REVIEW
from articles.publishing.gates import gates
from articles.publishing.publish import PublishingRefused, publish
from articles.review import notices
from articles.review.eligibility import require
from mesoinfo import audit
from mesoinfo.models import User

NEEDS_ROLE = "Scheduling needs the publisher role."
logger = logging.getLogger(__name__)


@transaction.atomic
def schedule(revision: Revision, *, publish_at: datetime.datetime, zone: str, by: User) -> Schedule:
    """Publish this approved revision at that time, if every condition still holds then.

    Raises PublishingRefused with the gates that are shut now, TransitionRefused with a sentence.
    """
    require(by, "articles.publish_revision", NEEDS_ROLE)
    Article.objects.locked(revision.article_id)
    locked = Revision.objects.select_for_update(of=("self",)).select_related("article").get(pk=revision.pk)
    if publish_at <= timezone.now():
        raise TransitionRefused("That time has passed. Choose one that lies ahead, or publish now.")
    if locked.schedules.waiting().exists():
        raise TransitionRefused("This revision is scheduled already. Take that back first.")
    shut = [gate for gate in gates(locked) if not gate.ok]
    if shut:
        raise PublishingRefused(shut)
    made = Schedule.objects.create(revision=locked, publish_at=publish_at, zone=zone, made_by=by)
    audit.record(by, "revision.scheduled", locked, schedule=made.pk)
    return made


@transaction.atomic
def unschedule(made: Schedule, *, reason: str, by: User) -> None:
    """Take a schedule back. The revision stays approved."""
    require(by, "articles.publish_revision", NEEDS_ROLE)
    if not reason.strip():
        raise TransitionRefused("Say in a sentence why it is not to be published then.")
    Article.objects.locked(made.revision.article_id)
    waiting = Schedule.objects.waiting().select_for_update().filter(pk=made.pk).first()
    if waiting is None:
        raise TransitionRefused("This schedule has come to its end already.")
    _end(waiting, ScheduleOutcome.CANCELLED, reason.strip())
    audit.record(by, "revision.unscheduled", made.revision, schedule=made.pk)


def publish_due() -> int:
    """Publish what is due, and return how many pages went out. A sweep: late is better than never, and once is enough.

    Every condition is asked again. If one does not hold, the page stays as it is, and whoever scheduled and submitted
    it is told once. One that cannot be published by a fault of our own is tried again, and holds no other up.
    """
    published = 0
    due = Schedule.objects.waiting().filter(publish_at__lte=timezone.now())
    for pk, article in list(due.values_list("pk", "revision__article")):
        try:
            published += _fire(pk, article)
        except Exception:
            logger.exception("What schedule %s holds could not be published.", pk)
    return published


@transaction.atomic
def _fire(pk: int, article: int) -> bool:
    # Two workers may sweep at once: the page is held until it is out, and the second finds nothing to do.
    Article.objects.locked(article)
    found = Schedule.objects.waiting().select_for_update(of=("self",)).filter(pk=pk)
    due = found.select_related("revision__article", "made_by").first()
    if due is None:
        return False
    revision = due.revision
    if revision.status not in UNDER_REVIEW:
        done = revision.status == RevisionStatus.PUBLISHED
        _end(due, ScheduleOutcome.PUBLISHED if done else ScheduleOutcome.CANCELLED, f"It is {revision.status} already.")
        return False
    try:
        with transaction.atomic():
            publish(revision, by=due.made_by)
    except TransitionRefused as refusal:
        _end(due, ScheduleOutcome.STOPPED, str(refusal))
        codes = ", ".join(gate.code for gate in refusal.gates) if isinstance(refusal, PublishingRefused) else "role"
        audit.record(None, "schedule.stopped", revision, schedule=due.pk, gates=codes)
        notices.schedule_stopped(due)
        return False
    _end(due, ScheduleOutcome.PUBLISHED)
    return True


def cancel_schedules(article: Article, *, because: str) -> None:
    """Take back what is scheduled for a page that must not go out now."""
    for waiting in Schedule.objects.waiting().select_for_update().filter(revision__article=article):
        _end(waiting, ScheduleOutcome.CANCELLED, because)


def _end(made: Schedule, outcome: ScheduleOutcome, evidence: str = "") -> None:
    made.ended_at, made.outcome, made.evidence = timezone.now(), outcome, evidence
    made.save(update_fields=["ended_at", "outcome", "evidence"])
