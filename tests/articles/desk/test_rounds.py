"""Rounds of review on the desk: due dates, who has it, declining, handing over, being away, significance."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Absence, Article, Priority, ReviewRequest, Revision
from articles.review import claiming, drafting
from mesoinfo import roles
from mesoinfo.models import User
from tests.articles.desk.test_reviewing import screen_of
from tests.conftest import PAGE
from tests.desk_answers import told

pytestmark = pytest.mark.usefixtures("draft_once")

QUEUE = "/admin/articles/revision/for-review/"
AWAY = "/admin/articles/revision/away/"


def days(count: int) -> datetime.date:
    return timezone.now().date() + datetime.timedelta(days=count)


@pytest.fixture
def at_the_desk(client: Client, reviewer: User) -> Client:
    client.force_login(reviewer)
    return client


@pytest.fixture
def asked(in_review: Revision) -> ReviewRequest:
    return in_review.review_request


def test_a_reviewer_takes_it_and_gives_it_back(at_the_desk, in_review):
    assert "Nobody has taken it yet." in told(at_the_desk.get(screen_of(in_review)))
    shown = told(at_the_desk.post(screen_of(in_review, "claim"), follow=True))
    assert "It is yours until" in shown
    assert "Being reviewed by reviewer until" in shown
    assert "Being reviewed by reviewer." in told(at_the_desk.get(QUEUE))
    at_the_desk.post(screen_of(in_review, "give-back"))
    assert "Nobody has taken it yet." in told(at_the_desk.get(screen_of(in_review)))


def test_the_page_of_the_article_says_when_it_is_due_and_who_has_it(at_the_desk, in_review, asked, writer):
    page = f"/admin/articles/article/{in_review.article_id}/change/"
    assert f"Due {asked.due_on:%-d %B %Y}. Nobody has taken it yet." in told(at_the_desk.get(page))
    at_the_desk.post(screen_of(in_review, "claim"))
    ReviewRequest.objects.filter(pk=asked.pk).update(due_on=days(-2))
    assert f"Overdue since {days(-2):%-d %B %Y}. Being reviewed by reviewer." in told(at_the_desk.get(page))


def test_colleagues_read_who_handed_it_over_to_whom_and_why(
    at_the_desk, client, in_review, asked, reviewer, second_reviewer, writer, medical_lead
):
    claiming.arrange(asked, due_on=asked.due_on, priority=Priority.NORMAL, assigned_to=reviewer, by=medical_lead)
    at_the_desk.post(screen_of(in_review, "hand-over"), {"to": second_reviewer.pk, "reason": "Too close to me."})
    today = f"{days(0):%-d %B %Y}"
    sentence = f"reviewer handed this review over to second.reviewer on {today}: Too close to me."
    client.force_login(second_reviewer)
    for screen in (screen_of(in_review), QUEUE, f"/admin/articles/article/{in_review.article_id}/change/"):
        assert sentence in told(client.get(screen))


def test_who_let_it_lapse_can_decline_it_still(at_the_desk, in_review, asked, reviewer):
    claiming.claim(asked, by=reviewer)
    long_ago = timezone.now() - datetime.timedelta(days=9)
    asked.claims.update(claimed_at=long_ago, lease_until=long_ago + datetime.timedelta(days=3))
    decline = screen_of(in_review, "decline")
    assert decline in at_the_desk.get(screen_of(in_review)).content.decode()
    at_the_desk.post(decline, {"reason": "No time."})
    assert asked.claims.get().reason == "No time."


@pytest.mark.parametrize("step", ["decline", "hand-over", "recall"])
def test_a_reason_too_long_is_told_in_a_sentence(at_the_desk, in_review, reviewer, second_reviewer, step):
    roles.appoint(reviewer, "writer", by=None)
    sent = {"reason": "x" * 2001, "to": second_reviewer.pk}
    answer = told(at_the_desk.post(screen_of(in_review, step), sent))
    assert "The reason is longer than 2,000 characters. Make it shorter." in answer
    assert "x" * 2001 in answer


def test_a_declined_review_shows_its_reason_to_writers_and_the_lead(
    at_the_desk, in_review, asked, reviewer, writer, medical_lead
):
    claiming.arrange(asked, due_on=asked.due_on, priority=Priority.NORMAL, assigned_to=reviewer, by=medical_lead)
    assert "Decline" in told(at_the_desk.get(screen_of(in_review)))
    empty = at_the_desk.post(screen_of(in_review, "decline"), {"reason": ""})
    assert empty.status_code == 400
    assert "Say why, in a sentence." in told(empty)
    at_the_desk.post(screen_of(in_review, "decline"), {"reason": "I know the author well."})
    for user in (writer, medical_lead):
        at_the_desk.force_login(user)
        for address in (f"/admin/articles/article/{in_review.article_id}/change/", screen_of(in_review)):
            assert "reviewer declined this review on" in told(at_the_desk.get(address))
            assert "I know the author well." in told(at_the_desk.get(address))
    assert "Reviews that do not move 1 mesothelioma/stage-4 declined, and nobody else is asked" in told(
        at_the_desk.get("/admin/")
    )


def test_it_is_handed_to_a_colleague_who_may_sign(at_the_desk, in_review, second_reviewer, medical_lead):
    at_the_desk.post(screen_of(in_review, "claim"))
    form = at_the_desk.get(screen_of(in_review, "hand-over")).content.decode()
    assert "second.reviewer" in form
    assert "The medical lead</option>" not in form
    wrong = at_the_desk.post(screen_of(in_review, "hand-over"), {"to": str(medical_lead.pk), "reason": "Away soon."})
    assert wrong.status_code == 400
    assert "Away soon." in told(wrong)
    at_the_desk.post(screen_of(in_review, "hand-over"), {"to": str(second_reviewer.pk), "reason": ""})
    assert "second.reviewer is asked for it." in told(at_the_desk.get(screen_of(in_review)))


def test_the_lead_arranges_a_review(at_the_desk, in_review, asked, reviewer, medical_lead):
    at_the_desk.force_login(medical_lead)
    arrange = screen_of(in_review, "arrange")
    assert f'value="{asked.due_on.isoformat()}"' in at_the_desk.get(arrange).content.decode()
    given = {"due_on": "the 3rd", "priority": "urgent", "assigned_to": str(reviewer.pk)}
    wrong = at_the_desk.post(arrange, given)
    assert "Give a day as year, month and day" in told(wrong)
    assert "the 3rd" in wrong.content.decode()
    past = at_the_desk.post(arrange, {**given, "due_on": days(-1).isoformat()})
    assert past.status_code == 400
    assert "That day is past." in told(past)
    at_the_desk.post(arrange, {**given, "due_on": days(1).isoformat()})
    asked.refresh_from_db()
    assert (asked.due_on, asked.priority, asked.assigned_to) == (days(1), Priority.URGENT, reviewer)
    at_the_desk.force_login(reviewer)
    shown = told(at_the_desk.get(QUEUE))
    assert "Asked of you mesothelioma/stage-4 Due" in shown
    assert "Urgent." in shown
    assert "urgent, asked of you" in told(at_the_desk.get("/admin/"))


def test_the_queue_takes_as_many_queries_for_many_as_for_one(at_the_desk, in_review, writer, topic):
    with CaptureQueriesContext(connection) as short:
        at_the_desk.get(QUEUE)
    with CaptureQueriesContext(connection) as short_front:
        at_the_desk.get("/admin/")
    for number in range(4):
        article = Article.objects.create(address=f"mesothelioma/more-{number}", topic=topic)
        drafting.submit(drafting.start_draft(article, by=writer), change_note="New.", by=writer)
    with CaptureQueriesContext(connection) as long:
        assert "mesothelioma/more-3" in told(at_the_desk.get(QUEUE))
    with CaptureQueriesContext(connection) as long_front:
        assert "mesothelioma/more-3" in told(at_the_desk.get("/admin/"))
    assert (len(long), len(long_front)) == (len(short), len(short_front))


def test_being_away_hands_over_at_once_and_can_be_taken_back(at_the_desk, in_review, asked, second_reviewer):
    at_the_desk.post(screen_of(in_review, "claim"))
    given = {"first_day": days(0).isoformat(), "last_day": days(6).isoformat(), "stand_in": str(second_reviewer.pk)}
    shown = told(at_the_desk.post(AWAY, given, follow=True))
    assert "second.reviewer stands in for you. 1 review was handed over." in shown
    asked.refresh_from_db()
    assert asked.assigned_to == second_reviewer
    absence = Absence.objects.get()
    at_the_desk.force_login(second_reviewer)
    assert at_the_desk.post(f"{AWAY}{absence.pk}/back/").status_code == 409
    at_the_desk.force_login(absence.user)
    assert "Welcome back." in told(at_the_desk.post(f"{AWAY}{absence.pk}/back/", follow=True))
    assert not Absence.objects.exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"first_day": ""}, "Give the first day."),
        ({"last_day": "soon"}, "Give a day as year, month and day"),
        ({"last_day": "2020-01-01"}, "The last day comes before the first."),
        ({"first_day": "2020-01-01", "last_day": "2020-01-02"}, "These days are past."),
        ({"stand_in": ""}, "Choose a colleague."),
    ],
)
def test_days_away_that_cannot_be_are_told_and_come_back(at_the_desk, second_reviewer, change, sentence):
    given = {"first_day": days(0).isoformat(), "last_day": days(6).isoformat(), "stand_in": str(second_reviewer.pk)}
    answer = at_the_desk.post(AWAY, {**given, **change})
    assert answer.status_code == 400
    assert sentence in told(answer)
    assert not Absence.objects.exists()


def test_the_writer_says_how_much_it_changes(client, draft, writer, reviewer):
    client.force_login(writer)
    write = f"/admin/articles/revision/{draft.pk}/write/"
    sent = {
        "text": PAGE,
        "version": str(draft.version),
        "change_note": "",
        "significance": "safety_correction",
        "submit": "",
    }
    shown = client.post(write, sent)
    assert shown.status_code == 400
    assert '<option value="safety_correction" selected>' in shown.content.decode()
    wrong = client.post(write, {**sent, "significance": "huge"})
    assert "Choose from the list how much the change means." in told(wrong)
    draft.refresh_from_db()
    client.post(write, {**sent, "version": str(draft.version), "change_note": "The dose."})
    draft.refresh_from_db()
    assert (draft.status, draft.significance) == ("in_review", "safety_correction")
    client.force_login(reviewer)
    assert "Safety correction" in told(client.get(screen_of(draft)))
