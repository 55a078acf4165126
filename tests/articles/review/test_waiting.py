"""What waits for whom: the queue in one order for each person, and a digest on Mondays."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article, Priority, ReviewRequest, ReviewScope, Topic
from articles.review import claiming, digest, drafting, eligibility, signing
from articles.review.waiting import as_waiting, reviews_for, stuck
from mesoinfo import outbox, roles, schedule
from mesoinfo.models import OutboxMessage, User

Waits = Callable[..., ReviewRequest]


@pytest.fixture
def waits(topic: Topic, writer: User) -> Waits:
    """Submits a page of this name, due in so many days."""

    def submit(name: str, *, due: int = 5, by: User = writer, on: Topic = topic, **fields: object) -> ReviewRequest:
        article = Article.objects.create(address=f"{on.slug}/{name}", topic=on)
        revision = drafting.start_draft(article, by=by)
        asked = drafting.submit(revision, change_note="New.", by=by)
        day = timezone.now().date() + datetime.timedelta(days=due)
        ReviewRequest.objects.filter(pk=asked.pk).update(due_on=day, **fields)
        asked.refresh_from_db()
        return asked

    return submit


def names(found) -> list[str]:
    return [request.revision.article.address.split("/")[1] for request in found]


def test_asked_of_me_first_then_overdue_then_urgent_then_by_day_and_what_i_may_not_sign_last(
    waits, reviewer, writer, topic
):
    roles.appoint(reviewer, "writer", by=writer)
    waits("helped", by=reviewer, due=-9)
    waits("later", due=9)
    waits("soon", due=2)
    waits("urgent", due=8, priority=Priority.URGENT)
    waits("overdue", due=-2)
    waits("asked", due=20, assigned_to=reviewer)
    claiming.claim(waits("taken", due=21), by=reviewer)
    assert names(reviews_for(reviewer)) == ["asked", "taken", "overdue", "urgent", "soon", "later", "helped"]


def test_each_row_says_why_not_as_the_review_screen_does(waits, reviewer, writer, medical_lead):
    roles.appoint(reviewer, "writer", by=writer)
    elsewhere = Topic.objects.create(slug="elsewhere", name="Elsewhere", summary="Other.")
    ReviewScope.objects.filter(person=reviewer.person).update(
        topic=waits("one").revision.article.topic, granted_at=timezone.now()
    )
    waits("helped", by=reviewer)
    waits("outside", on=elsewhere)
    for user in (reviewer, medical_lead):
        rows = as_waiting(reviews_for(user), user)
        assert [row.why_not for row in rows] == [eligibility.why_not(user, row.revision) for row in rows]
        assert len({row.why_not for row in rows}) == (3 if user == reviewer else 1)


def test_a_long_queue_takes_as_many_queries_as_a_short_one(waits, reviewer):
    waits("first")
    with CaptureQueriesContext(connection) as short:
        as_waiting(reviews_for(reviewer), reviewer)
    for number in range(5):
        claiming.claim(waits(f"more-{number}"), by=reviewer)
    with CaptureQueriesContext(connection) as long:
        rows = as_waiting(reviews_for(reviewer), reviewer)
    assert len(rows) == 6
    assert len(long) == len(short)


def test_rows_count_blocks_and_name_who_has_it_and_who_declined(waits, reviewer, second_reviewer, medical_lead):
    asked = waits("one", assigned_to=second_reviewer)
    claiming.decline(asked, reason="No time.", by=second_reviewer)
    claiming.claim(asked, by=reviewer)
    (row,) = as_waiting(reviews_for(reviewer), reviewer)
    assert row.blocks == row.unsigned == asked.revision.blocks.count()
    assert [claim.reviewer for claim in row.held_by] == [reviewer]
    assert [(claim.reviewer, claim.reason) for claim in row.passed_on] == [(second_reviewer, "No time.")]


def test_what_does_not_move_is_overdue_or_declined_with_nobody_else_asked(waits, reviewer, second_reviewer):
    waits("on-its-way")
    waits("late", due=-1)
    declined = waits("declined", assigned_to=reviewer)
    claiming.decline(declined, reason="No time.", by=reviewer)
    assert names(stuck()) == ["late", "declined"]
    claiming.claim(declined, by=second_reviewer)
    assert names(stuck()) == ["late"]


# The digest


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """Moves the clock to this day of the week in which the tests are run: Monday is 0."""
    now = timezone.now

    def move(weekday: int) -> None:
        monkeypatch.setattr(timezone, "now", lambda: now() + datetime.timedelta(days=7 + weekday - now().weekday()))

    yield move


def told() -> set[User | None]:
    return {message.recipient for message in OutboxMessage.objects.filter(kind=digest.KIND)}


def test_on_mondays_everybody_with_something_due_gets_one_mail(
    waits, on, reviewer, second_reviewer, writer, editor, publisher, medical_lead, mailoutbox
):
    on(0)
    waits("asked", assigned_to=reviewer)
    late = waits("late", due=-3)
    back = waits("sent-back")
    signing.request_changes(back.revision, reason="Say who.", by=second_reviewer)
    OutboxMessage.objects.all().delete()
    assert digest.write_weekly() == 5
    assert digest.write_weekly() == 0
    assert told() == {reviewer, second_reviewer, writer, editor, medical_lead}
    outbox.deliver_due()
    body = {mail.to[0]: mail.body for mail in mailoutbox}
    assert "mesothelioma/asked, due" in body[reviewer.email]
    assert "mesothelioma/late, due" in body[reviewer.email]
    assert "asked" not in body[second_reviewer.email].replace("are asked for", "")
    assert "mesothelioma/late, due" in body[medical_lead.email]
    assert "mesothelioma/late, due" in body[editor.email]
    assert "mesothelioma/sent-back" in body[writer.email]
    assert "mesothelioma/late" not in body[writer.email]
    assert late.revision.change_note not in "".join(body.values())


def test_who_has_nothing_due_gets_nothing(waits, on, reviewer, writer, medical_lead):
    on(0)
    waits("not-due-yet")
    assert digest.write_weekly() == 0


@pytest.mark.parametrize("weekday", range(1, 7))
def test_on_other_days_nobody_does(waits, on, reviewer, weekday):
    on(weekday)
    waits("asked", assigned_to=reviewer)
    assert digest.write_weekly() == 0


def test_what_was_done_before_the_mail_goes_out_is_not_in_it(waits, on, reviewer, writer, mailoutbox):
    on(0)
    asked = waits("asked", assigned_to=reviewer)
    OutboxMessage.objects.all().delete()
    digest.write_weekly()
    drafting.abandon(asked.revision, reason="Not needed.", by=writer)
    outbox.deliver_due()
    assert not mailoutbox
    assert not OutboxMessage.objects.filter(sent_at=None).exists()


def test_what_i_declined_or_may_not_sign_is_not_held_against_me(waits, on, reviewer, second_reviewer):
    on(0)
    late = waits("late", due=-3, assigned_to=reviewer)
    claiming.decline(late, reason="No time.", by=reviewer)
    ReviewScope.objects.filter(person=second_reviewer.person).update(
        ends_on=datetime.date(2020, 1, 1), granted_at=timezone.now()
    )
    digest.write_weekly()
    assert not told() & {reviewer, second_reviewer}


def test_the_worker_writes_it() -> None:
    assert "articles.review.digest.write_weekly" in schedule.SWEEPS.values()
