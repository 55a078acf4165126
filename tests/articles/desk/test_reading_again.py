"""The desk: pages to be read again, the live page with one button, what called it in, harm that readers report."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.feedback import taking
from articles.models import Article, EarlyReview, FeedbackMessage, PublishedPage, Revision, SignOff, Topic, Trigger
from articles.review import freshness
from articles.review.dates import months_after
from citations.models import Notice, Source
from mesoinfo.models import AuditEntry, User
from tests.conftest import a_reviewer, publish_one, sign_all
from tests.desk_answers import told

pytestmark = pytest.mark.usefixtures("in_review_once")

LIST = "/admin/articles/article/due/"
BUTTON = "I have read it: still right"
GONE = "https://journal.example/gone"


@pytest.fixture
def due(published: PublishedPage) -> Article:
    """The page, overdue for ten days."""
    today = timezone.now().date()
    Article.objects.filter(pk=published.article_id).update(
        next_due=today - datetime.timedelta(days=10), last_reviewed=today - datetime.timedelta(days=740)
    )
    return Article.objects.get(pk=published.article_id)


def screen(article: Article) -> str:
    return f"/admin/articles/article/{article.pk}/read-again/"


def press(client: Client, article: Article) -> Any:
    """Read the page on the screen, and press the button there."""
    page = client.get(screen(article)).content.decode()
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token
    return client.post(f"/admin/articles/article/{article.pk}/still-right/", {"token": token[1]}, follow=True)


def test_a_reviewer_reads_the_page_as_readers_do_and_finds_it_right(
    client: Client, due: Article, reviewer: User
) -> None:
    client.force_login(reviewer)
    front = told(client.get("/admin/"))
    assert re.search(r"To be read again 1 mesothelioma/stage-4 due \d+ \w+ \d{4}", front)
    page = told(client.get(screen(due)))
    for words in ("Overdue: readers are told.", "Most people cough.", "Two drugs for mesothelioma", BUTTON):
        assert words in page
    assert "Thank you. Reviewed today" in told(press(client, due))
    due.refresh_from_db()
    assert due.last_reviewed == timezone.now().date()
    assert "No page is due." in told(client.get("/admin/"))


def test_the_screen_says_what_called_the_page_in_and_what_was_said_of_its_sources(
    client: Client, published: PublishedPage, reviewer: User
) -> None:
    Notice.objects.create(source=Source.objects.get(), kind="retracted", on=timezone.now().date(), note="Made up.")
    freshness.tick()
    client.force_login(reviewer)
    page = told(client.get(screen(published.article)))
    assert "A source it cites was retracted: trial2020" in page
    assert "Made up." in page
    assert "Dismiss it" not in page


def test_whoever_may_not_say_so_is_told_why_and_gets_no_button(
    client: Client, due: Article, writer: User, medical_lead: User
) -> None:
    client.force_login(writer)
    page = told(client.get(screen(due)))
    assert BUTTON not in page
    assert "Saying that a page is still right needs the medical reviewer role." in page
    assert "Start a draft" in page
    unscoped = a_reviewer("other@example.org", verified_by=medical_lead, scope=Topic.objects.create(slug="x", name="X"))
    client.force_login(unscoped)
    assert "Your review scope does not cover this page." in told(client.get(screen(due)))
    assert "No page is due." in told(client.get("/admin/"))


def test_a_page_that_changed_meanwhile_is_shown_again(
    client: Client,
    published: PublishedPage,
    reviewer: User,
) -> None:
    client.force_login(reviewer)
    token = re.search(r'name="token" value="([^"]+)"', client.get(screen(published.article)).content.decode())
    assert token
    freshness.due_now(published.article, Trigger.DEAD_LINK, subject=GONE, detail=GONE)
    at = f"/admin/articles/article/{published.article_id}/still-right/"
    answer = client.post(at, {"token": token[1]})
    assert answer.status_code == 409
    assert "Something has called this page in since you opened it." in told(answer)
    assert GONE in told(answer)
    assert client.post(at).status_code == 409
    assert "Reviewed today" in told(press(client, published.article))


def test_a_page_that_readers_never_saw_cannot_be_read_again(client: Client, approved: Revision, reviewer: User) -> None:
    client.force_login(reviewer)
    answer = client.get(screen(approved.article))
    assert answer.status_code == 409
    assert "Only a live page is read again, or one that was taken down." in told(answer)


@pytest.mark.whole
def test_of_a_page_of_high_risk_the_first_is_told_that_a_second_reads_it(
    client: Client, in_review: Revision, reviewer: User, second_reviewer: User, publisher: User
) -> None:
    from articles.publishing.publish import publish

    Article.objects.update(risk_class="high")
    sign_all(in_review, reviewer)
    sign_all(in_review, second_reviewer)
    in_review.refresh_from_db()
    publish(in_review, by=publisher)
    client.force_login(second_reviewer)
    assert "it is reviewed when the other has" in told(press(client, in_review.article))
    assert "Somebody else reads it too" in told(client.get(screen(in_review.article)))
    client.force_login(reviewer)
    assert "second.reviewer, a specialist, found it right" in told(client.get(screen(in_review.article)))
    assert "Reviewed today" in told(press(client, in_review.article))


# The list


@pytest.fixture
def shelf(due: Article) -> dict[str, Article]:
    """Pages at each step."""
    today = timezone.now().date()
    made = {"overdue": due}
    for name, due_in, risk in (("soon", 20, "low"), ("lapsed", -200, "medium"), ("fresh", 300, "low")):
        article = publish_one(f"mesothelioma/{name}", f"# {name}\n\nA lede.\n\n## One\n\nWords.\n").article
        Article.objects.filter(pk=article.pk).update(
            next_due=today + datetime.timedelta(days=due_in),
            last_reviewed=today - datetime.timedelta(days=900),
            risk_class=risk,
        )
        made[name] = article
    freshness.due_now(Article.objects.get(pk=made["lapsed"].pk), Trigger.DEAD_LINK, subject=GONE)
    return made


def listed(client: Client, query: str = "") -> list[str]:
    return re.findall(r'read-again/">([^<]+)</a></th>', client.get(f"{LIST}{query}").content.decode())


def test_the_list_has_what_is_due_soon_or_was_due_the_longest_first(
    client: Client, shelf: dict[str, Article], reviewer: User
) -> None:
    client.force_login(reviewer)
    names = ["mesothelioma/lapsed", "mesothelioma/stage-4", "mesothelioma/soon"]
    assert listed(client) == names
    assert "A link on it is dead" in told(client.get(LIST))


@pytest.mark.whole
def test_the_list_can_be_narrowed(client: Client, shelf: dict[str, Article], reviewer: User) -> None:
    client.force_login(reviewer)
    found = {
        "?standing=overdue": ["stage-4"],
        "?standing=lapsed": ["lapsed"],
        "?risk=low": ["soon"],
        "?why=dead_link": ["lapsed"],
        "?why=dead_link&standing=due_soon": [],
        "?risk=unheard-of&page=many": ["lapsed", "stage-4", "soon"],
    }
    for query, names in found.items():
        assert listed(client, query) == [f"mesothelioma/{name}" for name in names], query


@pytest.mark.whole
def test_a_long_list_comes_in_parts_and_costs_the_same(
    client: Client, shelf: dict[str, Article], reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from articles.admin import freshness as desk

    client.force_login(reviewer)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(LIST)
        return len(asked)

    monkeypatch.setattr(desk, "PER_PAGE", 1)
    few = queries()
    assert listed(client, "?page=2") == ["mesothelioma/stage-4"]
    assert "Page 2 of 3" in told(client.get(f"{LIST}?page=2"))
    monkeypatch.setattr(desk, "PER_PAGE", 50)
    assert queries() == few


# What called a page in


def test_the_medical_lead_dismisses_it_from_the_page_of_the_article(
    client: Client, published: PublishedPage, medical_lead: User
) -> None:
    freshness.due_now(published.article, Trigger.DEAD_LINK, subject=GONE, detail=GONE)
    early = EarlyReview.objects.get()
    client.force_login(medical_lead)
    page = client.get(f"/admin/articles/article/{published.article_id}/change/").content.decode()
    address = f"/admin/articles/earlyreview/{early.pk}/dismiss/"
    assert address in page
    assert client.post(address, {"reason": ""}).status_code == 400
    assert "Dismissed." in told(client.post(address, {"reason": "It is up again."}, follow=True))
    assert "settled already" in told(client.post(address, {"reason": "Again."}))
    assert "Why it has to be read now" not in told(client.get(screen(published.article)))


def test_an_editor_reports_harm_without_a_word_leaving_the_seal(
    client: Client, published: PublishedPage, editor: User, reviewer: User, keys: object
) -> None:
    taking.take(published, helpful=False, words="I took the dose you name, and fell ill.")
    message = FeedbackMessage.objects.get()
    at = f"/admin/articles/feedback/{published.article_id}/messages/"
    client.force_login(editor)
    assert "It could do harm" in told(client.post(at))
    answer = told(client.post(at, {"harm": str(message.pk)}))
    assert "Called in: the page is due to be read again today." in answer
    assert "Reported as harm: the page was called in." in answer
    early = EarlyReview.objects.get()
    assert (early.trigger, early.subject, early.detail, early.noted_by) == (
        "reader_report",
        str(message.pk),
        "",
        editor,
    )
    message.refresh_from_db()
    assert message.dealt_with_at is None
    assert Article.objects.get(pk=published.article_id).next_due == timezone.now().date()
    facts = AuditEntry.objects.get(action="page.called_in").facts
    assert facts == {"article": published.article_id, "trigger": "reader_report"}
    client.force_login(reviewer)
    page = told(client.get(screen(published.article)))
    assert "A reader says that it could do harm" in page
    assert "fell ill" not in page


def test_harm_is_reported_of_a_message_of_this_page_that_readers_see(
    client: Client, published: PublishedPage, editor: User, keys: object, publish_page: Callable[..., PublishedPage]
) -> None:
    other = publish_page("mesothelioma/cough", "# Cough\n\nAbout it.\n").article
    taking.take(published, helpful=False, words="It is wrong.")
    message = FeedbackMessage.objects.get()
    client.force_login(editor)
    answer = client.post(f"/admin/articles/feedback/{other.pk}/messages/", {"harm": str(message.pk)})
    assert answer.status_code == 409
    assert "This message is no longer there." in told(answer)
    assert not EarlyReview.objects.exists()


def test_reviewers_who_found_it_right_stand_on_the_page_and_have_their_own(
    client: Client, published: PublishedPage, second_reviewer: User
) -> None:
    assert client.get("/people/second-reviewer/").status_code == 404
    client.force_login(second_reviewer)
    press(client, published.article)
    client.logout()
    page = told(client.get("/mesothelioma/stage-4/"))
    assert page.index("second.reviewer") < page.index("reviewer , Licensed")
    assert "stage-4" in client.get("/people/second-reviewer/").content.decode()
    assert "second.reviewer" in told(client.get("/people/"))
    assert "/people/second-reviewer/" in client.get("/sitemap.xml").content.decode()
    assert SignOff.objects.filter(reviewer=second_reviewer).count() == 0


def test_a_page_whose_risk_class_is_changed_is_due_by_the_new_one(client, published, medical_lead):
    article = published.article
    client.force_login(medical_lead)
    form = {"risk_class": "high", "bylines-TOTAL_FORMS": "0", "bylines-INITIAL_FORMS": "0"}
    for risk, months in (("high", 12), ("low", 36)):
        client.post(f"/admin/articles/article/{article.pk}/change/", {**form, "risk_class": risk})
        article.refresh_from_db()
        assert (article.risk_class, article.next_due) == (risk, months_after(article.last_reviewed, months))
