"""A whole round of a high-risk page, by keyboard alone: written, sent back, suggested to, signed by two people of whom
one is a specialist, scheduled, published by the worker, taken down, and confirmed by somebody else.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from articles.models import Article, Block, Comment, PublishedPage, Revision, Schedule, SignOff, Suggestion, Takedown
from articles.publishing.publish import publish
from articles.publishing.schedule import publish_due
from mesoinfo.models import User
from tests.articles.test_scheduling import let_its_time_come
from tests.browser.keyboard import Keyboard
from tests.conftest import PASSWORD, STAGE_4, a_reviewer, sign_all

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BEFORE = "Most people cough."
WRITTEN = "All people cough."
SUGGESTED = "Many people cough."
ADDED = "Some lose weight."

At = Callable[[User], Keyboard]


@pytest.fixture
def high_risk(
    article: Article, in_review: Revision, reviewer: User, second_reviewer: User, publisher: User
) -> PublishedPage:
    """A live page of high risk, signed by two."""
    Article.objects.filter(pk=article.pk).update(risk_class="high")
    for signer in (reviewer, second_reviewer):
        sign_all(in_review, signer)
    in_review.refresh_from_db()
    return publish(in_review, by=publisher)


@pytest.fixture
def third_reviewer(medical_lead: User) -> User:
    return a_reviewer("third.reviewer@example.org", verified_by=medical_lead)


@pytest.fixture
def at_the_desk(new_page: Callable[..., Page]) -> At:
    """Whoever it is called for signs in by keyboard, and is at the front page of the desk."""

    def at_the_desk(user: User) -> Keyboard:
        page = new_page(viewport={"width": 1024, "height": 768})
        page.goto("/admin/")
        keyboard = Keyboard(page)
        keyboard.write("Email", user.email)
        keyboard.write("Password", PASSWORD)
        keyboard.go_on("Enter")
        expect(page.get_by_role("heading", name="Your work")).to_be_visible()
        return keyboard

    return at_the_desk


@pytest.mark.whole
def test_a_round_of_review_by_keyboard(
    high_risk: PublishedPage,
    at_the_desk: At,
    new_page: Callable[..., Page],
    writer: User,
    reviewer: User,
    second_reviewer: User,
    third_reviewer: User,
    publisher: User,
    medical_lead: User,
) -> None:
    write(at_the_desk(writer))
    comment_suggest_and_send_back(at_the_desk(reviewer))
    take_over_and_submit_again(at_the_desk(writer))
    resolve_and_sign_all_but_own_words(at_the_desk(reviewer))
    sign_both(at_the_desk(third_reviewer), then="One more person must sign: of the two, one is a specialist.")
    sign_both(at_the_desk(second_reviewer), then="There is nothing left for you to sign.")
    digest = Block.objects.get(revision__number=3, html__contains=SUGGESTED).digest
    signers = SignOff.objects.filter(digest=digest).values_list("reviewer", flat=True)
    assert set(signers) == {second_reviewer.pk, third_reviewer.pk}

    schedule(at_the_desk(publisher))
    visitor = new_page()
    read(visitor, BEFORE)
    let_its_time_come(Schedule.objects.get())
    assert publish_due() == 1
    read(visitor, SUGGESTED)

    take_down(at_the_desk(reviewer))
    visitor.goto(f"/{STAGE_4}/")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("We took this page down")
    confirm(at_the_desk(medical_lead))
    taken = Takedown.objects.get()
    assert (taken.by, taken.confirmed_by) == (reviewer, medical_lead)


def write(keyboard: Keyboard) -> None:
    """One word changed, one paragraph added."""
    page = keyboard.page
    keyboard.press("Articles")
    keyboard.press(STAGE_4)
    keyboard.press("Start a draft")
    keyboard.to("Text of the page")
    text = Revision.objects.get(number=2).text
    keyboard.page.keyboard.press("Control+a")
    keyboard.page.keyboard.insert_text(text.replace(BEFORE, f"{WRITTEN}\n\n{ADDED}"))
    expect(page.locator(".markdownx-preview").get_by_text(ADDED)).to_be_visible()
    keyboard.write("Change note", "What we hear from those we asked.")
    keyboard.press("Save and submit for review")
    expect(page.get_by_text("In review: revision 2")).to_be_visible()


def come_to_the_review(keyboard: Keyboard) -> None:
    keyboard.press(STAGE_4)
    expect(keyboard.page.get_by_role("heading", name=re.compile("^Review"), level=1)).to_be_visible()


def comment_suggest_and_send_back(keyboard: Keyboard) -> None:
    page = keyboard.page
    come_to_the_review(keyboard)
    keyboard.press("Take this review")
    expect(page.get_by_text("Being reviewed by")).to_be_visible()

    page.keyboard.press("n")
    expect(page.locator(":focus")).to_contain_text(WRITTEN)
    page.keyboard.press("c")
    page.keyboard.type("All of them? That frightens people.")
    keyboard.tick("The page must not be approved before this is resolved")
    keyboard.press("Comment")
    expect(page.get_by_text("Your comment is there.")).to_be_visible()
    assert Comment.objects.get().blocking

    page.keyboard.press("n")
    expect(page.locator(":focus")).to_contain_text(ADDED)
    page.keyboard.press("p")
    keyboard.open("Suggest a wording")
    keyboard.write("The whole block, as it should be", SUGGESTED)
    keyboard.write("Why", "The trial says many.")
    keyboard.press("Suggest")
    expect(page.get_by_text("Your wording is with the writers.")).to_be_visible()

    keyboard.write("What must change", "See the sentence about coughing.")
    keyboard.press("Send back to the writers")
    assert Suggestion.objects.get().suggested_by.email == "reviewer@example.org"


def take_over_and_submit_again(keyboard: Keyboard) -> None:
    page = keyboard.page
    keyboard.press(STAGE_4)
    expect(page.get_by_text("See the sentence about coughing.")).to_be_visible()
    keyboard.press("Start a draft")
    keyboard.press("Put it into the draft")
    expect(page.get_by_text("The suggested wording is in the draft.")).to_be_visible()
    keyboard.open("Answer the comment")
    keyboard.write("Your answer", "You are right, it was too much.")
    keyboard.press("Answer")
    expect(page.get_by_text("Your answer is there.")).to_be_visible()
    keyboard.write("Change note", "As the reviewer suggests.")
    keyboard.press("Save and submit for review")
    expect(page.get_by_text("In review: revision 3")).to_be_visible()


def resolve_and_sign_all_but_own_words(keyboard: Keyboard) -> None:
    page = keyboard.page
    come_to_the_review(keyboard)
    expect(page.get_by_text("You are right, it was too much.")).to_be_visible()
    keyboard.open("Answer or resolve")
    keyboard.press("Resolve")
    expect(page.get_by_text("Resolved.")).to_be_visible()
    expect(
        page.get_by_text("These are words that you wrote or suggested, so somebody else signs them.")
    ).to_be_visible()
    page.keyboard.press("n")
    page.keyboard.press("n")
    keyboard.go_on("s")
    expect(page.get_by_text("There is nothing left for you to sign.")).to_be_visible()


def sign_both(keyboard: Keyboard, *, then: str) -> None:
    page = keyboard.page
    come_to_the_review(keyboard)
    page.keyboard.press("n")
    keyboard.go_on("s")
    keyboard.go_on("s")
    expect(page.get_by_text(then).first).to_be_visible()


def schedule(keyboard: Keyboard) -> None:
    page = keyboard.page
    keyboard.press(STAGE_4)
    keyboard.press("Publish later")
    keyboard.choose("Day", "07012099")
    keyboard.choose("Time", "0930AM")
    keyboard.choose("Time zone", "Central")
    keyboard.press("Schedule")
    expect(page.get_by_text("It will be published on 1 July 2099 at 09:30 CDT")).to_be_visible()


def read(visitor: Page, words: str) -> None:
    visitor.goto(f"/{STAGE_4}/")
    expect(visitor.get_by_text(words)).to_be_visible()


def take_down(keyboard: Keyboard) -> None:
    page = keyboard.page
    keyboard.press("Articles")
    keyboard.press(STAGE_4)
    keyboard.press("Take it down")
    keyboard.write("Why", "A colleague doubts the trial.")
    keyboard.press("Take it down now")
    expect(page.get_by_text("Somebody else confirms it by")).to_be_visible()


def confirm(keyboard: Keyboard) -> None:
    page = keyboard.page
    keyboard.press(STAGE_4)
    keyboard.press("Confirm it")
    expect(page.get_by_text("Confirmed by")).to_be_visible()
