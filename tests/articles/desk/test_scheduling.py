"""Scheduling on the desk: a time in one's own zone, taken back with a reason, and a calendar of what is to come."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from articles.models import PublishedPage, Revision, Schedule
from mesoinfo.models import User
from tests.desk_answers import told

pytestmark = pytest.mark.usefixtures("in_review_once")

CALENDAR = "/admin/articles/revision/calendar/"
A_DAY = {"day": "2099-07-01", "time": "09:30", "zone": "America/New_York"}


@pytest.fixture
def at_the_desk(client: Client, publisher: User) -> Client:
    client.force_login(publisher)
    return client


def later(revision: Revision) -> str:
    return f"/admin/articles/revision/{revision.pk}/publish/later/"


def test_a_publisher_chooses_a_time_in_their_own_zone(at_the_desk: Client, approved: Revision) -> None:
    answer = at_the_desk.post(later(approved), A_DAY, follow=True)
    made = Schedule.objects.get()
    assert made.publish_at == datetime.datetime(2099, 7, 1, 13, 30, tzinfo=datetime.UTC)
    assert "It will be published on 1 July 2099 at 09:30 EDT" in told(answer)
    assert "Scheduled by The publisher for 1 July 2099 at 09:30 EDT." in told(answer)
    assert "Publish later" not in told(answer)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"day": ""}, "Give the day."),
        ({"time": "25:00"}, "Give the time."),
        ({"day": "2020-01-01"}, "That time has passed."),
        ({"day": "2099-03-08", "time": "02:30"}, "The clocks are changed at that time."),
        ({"day": "2099-11-01", "time": "01:30"}, "The clocks are changed at that time."),
        ({"day": "9999-12-31", "time": "23:30"}, "That day is too far off."),
        ({"zone": "Mars"}, "Select a valid choice."),
    ],
)
def test_a_time_that_cannot_be_is_told_and_kept(
    at_the_desk: Client, approved: Revision, given: dict[str, str], sentence: str
) -> None:
    answer = at_the_desk.post(later(approved), A_DAY | given)
    assert answer.status_code == 400
    assert sentence in told(answer)
    assert 'value="09:30"' in answer.content.decode() or given.get("time")
    assert not Schedule.objects.exists()


def test_what_is_not_ready_is_not_scheduled(at_the_desk: Client, in_review: Revision) -> None:
    answer = at_the_desk.post(later(in_review), A_DAY)
    assert answer.status_code == 400
    assert "This revision cannot be published yet. The revision is in review." in told(answer)


def test_a_schedule_is_taken_back_with_a_reason(at_the_desk: Client, approved: Revision) -> None:
    at_the_desk.post(later(approved), A_DAY)
    take_back = f"/admin/articles/revision/schedule/{Schedule.objects.get().pk}/take-back/"
    assert "Say why, in a sentence." in told(at_the_desk.post(take_back, {"reason": ""}))
    at_the_desk.post(take_back, {"reason": "After the holidays."})
    shown = told(at_the_desk.get(f"/admin/articles/revision/{approved.pk}/publish/"))
    assert "Cancelled: it was to be published on 1 July 2099 at 09:30 EDT" in shown
    assert "After the holidays." in shown


def test_the_calendar_shows_pages_that_are_to_be_read_again(at_the_desk: Client, published: PublishedPage) -> None:
    due = published.article.next_due
    assert due is not None
    assert "mesothelioma/stage-4 is to be read again, medium" in told(at_the_desk.get(f"{CALENDAR}?month={due:%Y-%m}"))


def test_the_calendar_shows_schedules_and_reviews_on_their_days(at_the_desk: Client, approved: Revision) -> None:
    at_the_desk.post(later(approved), A_DAY)
    shown = told(at_the_desk.get(f"{CALENDAR}?month=2099-07"))
    assert "Wednesday, 1 July" in shown
    assert "mesothelioma/stage-4 is published on 1 July 2099 at 09:30 EDT, scheduled by The publisher" in shown


def test_the_calendar_goes_by_the_day_of_whoever_chose_the_time(at_the_desk: Client, approved: Revision) -> None:
    """Late on the last day of July in Honolulu it is August in UTC."""
    at_the_desk.post(later(approved), {"day": "2099-07-31", "time": "23:00", "zone": "Pacific/Honolulu"})
    july, august = (told(at_the_desk.get(f"{CALENDAR}?month=2099-0{month}")) for month in (7, 8))
    assert "Friday, 31 July" in july
    assert "is published on 31 July 2099 at 23:00 HST" in july
    assert "is published" not in august


def test_the_calendar_shows_reviews_that_are_due(at_the_desk: Client, in_review: Revision) -> None:
    due = in_review.review_request.due_on
    assert "review of revision 1 is due" in told(at_the_desk.get(f"{CALENDAR}?month={due:%Y-%m}"))


def test_what_is_overdue_is_not_forgotten(at_the_desk: Client, in_review: Revision) -> None:
    request = in_review.review_request
    request.due_on = timezone.now().date() - datetime.timedelta(days=40)
    request.save()
    assert "From before this month: 1 overdue review of revisions" in told(at_the_desk.get(CALENDAR))


@pytest.mark.parametrize("month", ["", "2026-13", "0000-01", "x", "2026-1", "9999-12", "0001-01"])
def test_any_month_is_answered(at_the_desk: Client, month: str) -> None:
    assert at_the_desk.get(CALENDAR, {"month": month}).status_code == 200


def test_the_page_of_the_article_says_when_it_goes_out(at_the_desk: Client, approved: Revision) -> None:
    page = f"/admin/articles/article/{approved.article_id}/change/"
    assert "a publisher can publish it." in told(at_the_desk.get(page))
    at_the_desk.post(later(approved), A_DAY)
    shown = told(at_the_desk.get(page))
    assert "It will be published on 1 July 2099 at 09:30 EDT." in shown
    assert "a publisher can publish it." not in shown
