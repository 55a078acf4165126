"""The badge: shown only while every block carries a valid signature and the next review is not due."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from articles.models import Article, Person, PublishedPage, SignOff
from articles.review import signing
from mesoinfo.models import User

from .conftest import PublishPage, Read

STAGE_4 = "/mesothelioma/stage-4/"
BADGE = 'class="badge badge-reviewed"'
SAMPLE = "Sample review: nobody qualified has checked this page"
WAITING = "Part of this page is waiting to be checked again by a medical reviewer."
OVERDUE = "The next review of this page is overdue."

pytestmark = pytest.mark.usefixtures("published_once")


def test_a_page_signed_in_full_is_medically_reviewed(read: Read, published: PublishedPage) -> None:
    page = read(STAGE_4)
    assert BADGE in page
    assert WAITING not in page
    assert OVERDUE not in page


def test_a_withdrawn_signature_takes_the_badge_away_at_once(
    read: Read, published: PublishedPage, reviewer: User
) -> None:
    sign_off = SignOff.objects.filter(article=published.article).first()
    assert sign_off is not None
    signing.withdraw(sign_off, reason="I misread the figure.", by=reviewer)
    page = read(STAGE_4)
    assert BADGE not in page
    assert WAITING in page


def test_without_full_cover_nobody_is_named_as_reviewer_of_the_page(
    read: Read, published: PublishedPage, reviewer: User
) -> None:
    sign_off = SignOff.objects.filter(article=published.article).first()
    assert sign_off is not None
    signing.withdraw(sign_off, reason="I misread the figure.", by=reviewer)
    page = read(STAGE_4)
    assert "Medically reviewed by" not in page
    assert "Reviewed part of this page" in page


@pytest.mark.parametrize(("days", "badge"), [(1, True), (0, False), (-1, False)])
def test_the_badge_goes_on_the_day_the_next_review_is_due(
    read: Read, published: PublishedPage, days: int, badge: bool
) -> None:
    today = timezone.now().date()
    Article.objects.filter(pk=published.article_id).update(
        last_reviewed=today - datetime.timedelta(days=700), next_due=today + datetime.timedelta(days=days)
    )
    page = read(STAGE_4)
    assert (BADGE in page) is badge
    assert (OVERDUE in page) is not badge


def test_a_page_long_overdue_says_so_more_plainly(read: Read, published: PublishedPage) -> None:
    today = timezone.now().date()
    Article.objects.filter(pk=published.article_id).update(
        last_reviewed=today - datetime.timedelta(days=1000), next_due=today - datetime.timedelta(days=90)
    )
    page = read(STAGE_4)
    assert BADGE not in page
    assert "The review of this page is long overdue." in page


@pytest.mark.parametrize("late", [10, 90])
def test_the_notice_says_when_the_page_was_checked_and_when_it_was_to_be(
    read: Read, published: PublishedPage, late: int
) -> None:
    due = timezone.now().date() - datetime.timedelta(days=late)
    Article.objects.update(last_reviewed=datetime.date(2024, 5, 3), next_due=due)
    said = f"It was last checked on May 3, 2024, and was to be checked again by {date_format(due, 'F j, Y')}."
    assert said in read(STAGE_4)


@pytest.mark.parametrize(
    ("days", "freshness"), [(61, "current"), (60, "due_soon"), (0, "overdue"), (-89, "overdue"), (-90, "lapsed")]
)
def test_a_page_goes_from_current_to_lapsed(days: int, freshness: str) -> None:
    assert Article(next_due=timezone.now().date() + datetime.timedelta(days=days)).freshness.value == freshness


def test_sample_content_says_that_nobody_qualified_has_checked_it(read: Read, publish_page: PublishPage) -> None:
    publish_page("mesothelioma/cough", "# Cough\n\nWhat helps.\n\n## Tea\n\nWarm.\n", is_sample=True)
    page = read("/mesothelioma/cough/")
    assert f"<span>{SAMPLE}</span>" in page
    assert BADGE not in page


def test_a_made_up_reviewer_never_gives_a_real_badge(read: Read, published: PublishedPage, reviewer: User) -> None:
    Person.objects.filter(user=reviewer).update(is_sample=True)
    page = read(STAGE_4)
    assert SAMPLE in page
    assert BADGE not in page


def test_a_page_that_now_needs_two_reviewers_waits_for_the_second(read: Read, published: PublishedPage) -> None:
    Article.objects.filter(pk=published.article_id).update(risk_class="high")
    assert WAITING in read(STAGE_4)
