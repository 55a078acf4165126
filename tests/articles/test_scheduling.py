"""Publishing at a time to come: every condition is asked again then, once is enough, and late is better than never."""

from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from articles.models import (
    Credential,
    PublishedPage,
    Revision,
    RevisionStatus,
    Schedule,
    ScheduleOutcome,
    TransitionRefused,
)
from articles.publishing import schedule as scheduling
from articles.publishing.publish import PublishingRefused, publish
from articles.review import commenting, drafting, signing
from citations.models import Notice, NoticeKind
from mesoinfo import roles
from mesoinfo.models import AuditEntry, OutboxMessage
from tests.conftest import without_triggers
from tests.refusing import refused

pytestmark = pytest.mark.usefixtures("in_review_once")
SOON = datetime.timedelta(minutes=5)


def scheduled(revision: Revision, publisher) -> Schedule:
    return scheduling.schedule(revision, publish_at=timezone.now() + SOON, zone="UTC", by=publisher)


def let_its_time_come(made: Schedule, *, late: datetime.timedelta = datetime.timedelta()) -> None:
    """Its time has come: rows of schedules do not change, so their trigger sleeps meanwhile."""
    past = timezone.now() - late - datetime.timedelta(seconds=1)
    with without_triggers("articles_schedule"):
        Schedule.objects.filter(pk=made.pk).update(made_at=past - SOON, publish_at=past)


def test_it_goes_out_when_its_time_has_come_and_not_before(approved, publisher):
    made = scheduled(approved, publisher)
    assert scheduling.publish_due() == 0
    let_its_time_come(made)
    assert scheduling.publish_due() == 1
    made.refresh_from_db()
    approved.refresh_from_db()
    assert (made.outcome, approved.status) == (ScheduleOutcome.PUBLISHED, RevisionStatus.PUBLISHED)
    assert approved.article.published_pages.get().published_by == publisher


def test_a_worker_that_was_down_for_hours_publishes_late_and_once(approved, publisher):
    let_its_time_come(scheduled(approved, publisher), late=datetime.timedelta(hours=7))
    assert [scheduling.publish_due() for _ in range(3)] == [1, 0, 0]
    assert PublishedPage.objects.count() == 1


def expire(approved, reviewer, writer, source):
    with without_triggers("articles_credential"):
        Credential.objects.filter(person__user=reviewer).update(valid_until=datetime.date(2020, 1, 1))


def revoke(approved, reviewer, writer, source):
    Credential.objects.get(person__user=reviewer).revoke(because="Struck off.", by=writer)


def retract(approved, reviewer, writer, source):
    Notice.objects.create(source=source, kind=NoticeKind.RETRACTED, on=timezone.now().date())


def change_offer(approved, reviewer, writer, source):
    from articles.models import Offer

    Offer.objects.update(heading="Something nobody signed")


def withdraw(approved, reviewer, writer, source):
    signing.withdraw(approved.sign_offs.latest("pk"), reason="I misread it.", by=reviewer)


def block_by_comment(approved, reviewer, writer, source):
    commenting.comment(approved, block=approved.blocks.get(key="title"), text="Stop.", blocking=True, by=reviewer)


@pytest.mark.parametrize(
    ("spoil", "gate"),
    [
        (expire, "credentials"),
        (revoke, "credentials"),
        (retract, "sources"),
        (change_offer, "embedded"),
        (withdraw, "coverage"),
        (block_by_comment, "comments"),
    ],
)
def test_a_condition_that_no_longer_holds_stops_it_and_the_live_page_stays(
    approved, publisher, reviewer, writer, source, spoil, gate
):
    made = scheduled(approved, publisher)
    spoil(approved, reviewer, writer, source)
    let_its_time_come(made)
    assert [scheduling.publish_due() for _ in range(2)] == [0, 0]
    made.refresh_from_db()
    assert made.outcome == ScheduleOutcome.STOPPED
    assert made.evidence.startswith("This revision cannot be published yet.")
    assert not PublishedPage.objects.exists()
    assert gate in AuditEntry.objects.filter(action="schedule.stopped").get().facts["gates"]
    told = OutboxMessage.objects.filter(kind="schedule-stopped")
    assert {message.recipient for message in told} == {publisher, writer}


def test_whoever_scheduled_it_must_be_a_publisher_still(approved, publisher, medical_lead):
    made = scheduled(approved, publisher)
    roles.dismiss(publisher, "publisher", by=medical_lead)
    let_its_time_come(made)
    assert scheduling.publish_due() == 0
    made.refresh_from_db()
    assert (made.outcome, made.evidence) == (ScheduleOutcome.STOPPED, "Publishing needs the publisher role.")


def test_a_revision_taken_back_is_no_longer_scheduled_and_nobody_is_bothered(approved, publisher, writer):
    made = scheduled(approved, publisher)
    drafting.recall(approved, reason="Not ready.", by=writer)
    assert not Schedule.objects.standing().exists()
    let_its_time_come(made)
    assert scheduling.publish_due() == 0
    made.refresh_from_db()
    assert made.outcome == ScheduleOutcome.CANCELLED
    assert not OutboxMessage.objects.filter(kind="schedule-stopped").exists()


def test_one_published_by_hand_does_not_go_out_again(approved, publisher):
    made = scheduled(approved, publisher)
    publish(approved, by=publisher)
    let_its_time_come(made)
    assert scheduling.publish_due() == 0
    made.refresh_from_db()
    assert (made.outcome, PublishedPage.objects.count()) == (ScheduleOutcome.PUBLISHED, 1)


def test_scheduling_asks_every_condition_already(in_review, publisher):
    with pytest.raises(PublishingRefused, match="The revision is in review"):
        scheduled(in_review, publisher)


def test_only_publishers_schedule_and_only_ahead(approved, writer, publisher):
    with pytest.raises(TransitionRefused, match="publisher role"):
        scheduled(approved, writer)
    with pytest.raises(TransitionRefused, match="That time has passed"):
        scheduling.schedule(approved, publish_at=timezone.now(), zone="UTC", by=publisher)
    scheduled(approved, publisher)
    with pytest.raises(TransitionRefused, match="is scheduled already"):
        scheduled(approved, publisher)


def test_a_schedule_is_taken_back_with_a_reason_and_can_be_made_again(approved, publisher):
    made = scheduled(approved, publisher)
    with pytest.raises(TransitionRefused, match="Say in a sentence why"):
        scheduling.unschedule(made, reason=" ", by=publisher)
    scheduling.unschedule(made, reason="After the holidays.", by=publisher)
    with pytest.raises(TransitionRefused, match="come to its end"):
        scheduling.unschedule(made, reason="Again.", by=publisher)
    scheduled(approved, publisher)
    approved.refresh_from_db()
    assert approved.status == RevisionStatus.APPROVED


def test_the_database_keeps_schedules_as_they_were_made(approved, publisher):
    made = scheduled(approved, publisher)
    ahead = timezone.now() + SOON
    rule = "a schedule stays as it was made"
    with refused(rule):
        Schedule.objects.filter(pk=made.pk).update(publish_at=ahead + SOON)
    with refused(rule):
        Schedule.objects.filter(pk=made.pk).delete()
    with refused("one_waiting_schedule_per_revision"):
        Schedule.objects.bulk_create([Schedule(revision=approved, publish_at=ahead, zone="UTC", made_by=publisher)])
    with refused("an_ended_schedule_says_how_and_when"):
        Schedule.objects.filter(pk=made.pk).update(ended_at=ahead)
    with refused("a_stopped_schedule_says_why"):
        Schedule.objects.filter(pk=made.pk).update(ended_at=ahead, outcome="stopped")
    Schedule.objects.filter(pk=made.pk).update(ended_at=ahead, outcome="cancelled")
    with refused(rule):
        Schedule.objects.filter(pk=made.pk).update(outcome="published")
    with refused("a_schedule_is_for_a_time_to_come"):
        Schedule.objects.bulk_create(
            [Schedule(revision=approved, publish_at=timezone.now() - SOON, zone="UTC", made_by=publisher)]
        )


def test_the_database_schedules_only_what_is_approved(in_review, publisher):
    row = Schedule(revision=in_review, publish_at=timezone.now() + SOON, zone="UTC", made_by=publisher)
    with pytest.raises(IntegrityError, match="only an approved revision is scheduled"), transaction.atomic():
        Schedule.objects.bulk_create([row])


def test_one_that_fails_by_a_fault_of_ours_is_tried_again(approved, publisher, monkeypatch, log):
    made = scheduled(approved, publisher)
    let_its_time_come(made)
    tried: list[int] = []

    def fails(revision, *, by):
        tried.append(revision.pk)
        raise ValueError("a fault of ours")

    with monkeypatch.context() as patched:
        patched.setattr(scheduling, "publish", fails)
        assert scheduling.publish_due() == 0
    assert tried == [approved.pk]
    made.refresh_from_db()
    assert made.ended_at is None
    assert f"What schedule {made.pk} holds could not be published." in log.getvalue()
    assert scheduling.publish_due() == 1
