"""Was this page helpful? In a real browser: by keyboard, without JavaScript, on a small screen; and at the desk."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from articles.feedback.taking import take
from articles.models import Feedback, FeedbackMessage, PublishedPage
from mesoinfo.models import AuditEntry, User
from tests.browser.axe import AT_THE_DESK, violations
from tests.browser.conftest import sign_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("transactional_db", "keys"),
]

SMALL = {"width": 320, "height": 640}
WORDS = "Where can I find a doctor?"
NewPage = Callable[..., Page]


@pytest.fixture
def article(live_site: str, published: PublishedPage) -> PublishedPage:
    """A page to read, on the live site."""
    return published


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the focus is on the element with this id; each stop on the way is passed as a person would."""
    for _ in range(120):
        if page.evaluate("document.activeElement.id") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach #{name}")


def assert_it_is_sound(page: Page) -> None:
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("window.innerWidth")


def test_an_answer_is_sent_by_keyboard_alone_without_javascript(article: PublishedPage, new_page: NewPage) -> None:
    page = new_page(java_script_enabled=False, viewport=SMALL)
    page.goto("/mesothelioma/stage-4/")
    tab_to(page, "feedback-helpful-yes")
    page.keyboard.press("ArrowRight")  # from yes to no, as in any group of radio buttons
    expect(page.locator("#feedback-helpful-no")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.type(WORDS)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Send my answer")).to_be_focused()
    page.keyboard.press("Enter")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Thank you")
    expect(heading).to_be_focused()
    assert page.context.cookies() == []
    assert Feedback.objects.get().helpful is False
    assert FeedbackMessage.objects.count() == 1
    page.reload()
    assert Feedback.objects.count() == 1
    page.get_by_role("link", name="Back to Stage 4 mesothelioma").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Stage 4 mesothelioma")


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.whole
def test_a_slip_is_shown_at_once_and_nothing_typed_is_lost(
    article: PublishedPage, new_page: NewPage, javascript: bool
) -> None:
    page = new_page(java_script_enabled=javascript, viewport=SMALL)
    page.goto("/mesothelioma/stage-4/")
    page.get_by_label(re.compile("What were you looking for")).fill(WORDS)
    page.get_by_role("button", name="Send my answer").click()
    expect(page).to_have_title(re.compile("^Error: "))
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_be_in_viewport()
    summary.get_by_role("link", name="Choose yes or no.").click()
    expect(page.locator("#feedback-helpful-yes")).to_be_focused()
    expect(page.get_by_label(re.compile("What were you looking for"))).to_have_value(WORDS)
    page.keyboard.press("Space")
    page.get_by_role("button", name="Send my answer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert Feedback.objects.get().helpful is True


@pytest.mark.whole
def test_the_same_words_sent_again_count_once(article: PublishedPage, new_page: NewPage) -> None:
    page = new_page()
    for _ in range(2):
        page.goto("/mesothelioma/stage-4/")
        page.locator("#feedback-helpful-no").check()
        page.get_by_label(re.compile("What were you looking for")).fill(WORDS)
        page.get_by_role("button", name="Send my answer").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert Feedback.objects.count() == 1


@pytest.mark.whole
@pytest.mark.parametrize("width", [320, 1280])
def test_each_of_its_pages_is_sound(article: PublishedPage, new_page: NewPage, width: int) -> None:
    page = new_page(viewport={"width": width, "height": 800})
    page.goto("/mesothelioma/stage-4/")
    assert_it_is_sound(page)
    page.get_by_role("button", name="Send my answer").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_it_is_sound(page)
    page.locator("#feedback-helpful-no").check()
    page.get_by_role("button", name="Send my answer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert_it_is_sound(page)
    page.goto("/mesothelioma/stage-4/")
    page.locator("#feedback-helpful-no").check()
    page.get_by_label(re.compile("What were you looking for")).fill("I do not want to live")
    page.get_by_role("button", name="Send my answer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You can talk to somebody now")
    expect(page.locator("main").get_by_role("link", name=re.compile("^988"))).to_be_in_viewport()
    assert_it_is_sound(page)


@pytest.mark.whole
def test_it_is_quieter_than_the_form_that_asks_for_help(article: PublishedPage, new_page: NewPage) -> None:
    page = new_page()
    page.goto("/mesothelioma/stage-4/")

    def ground(button: str) -> Any:
        return page.get_by_role("button", name=button).evaluate("e => getComputedStyle(e).backgroundColor")

    def size(heading: str) -> float:
        return page.get_by_role("heading", name=heading).evaluate("e => parseFloat(getComputedStyle(e).fontSize)")

    assert ground("Send my answer") == "rgba(0, 0, 0, 0)" != ground("Send my request")
    assert size("Was this page helpful?") < size("Ask for a free case review")
    small = """() => [...document.querySelectorAll('.feedback :is(button, textarea, .choice label)')]
        .filter(e => e.getBoundingClientRect().height < 43.5).map(e => e.textContent.trim())"""
    assert page.evaluate(small) == []


@pytest.mark.whole
def test_an_editor_opens_deals_with_and_erases_by_keyboard_without_javascript(
    article: PublishedPage, new_page: NewPage, editor: User
) -> None:
    take(article, helpful=False, words=WORDS)
    take(article, helpful=False, words="My name is Canary.")
    page = new_page(java_script_enabled=False)
    sign_in(page, editor)
    page.goto("/admin/")
    press(page, page.get_by_role("link", name="mesothelioma/stage-4").first)
    expect(page.get_by_text("2 messages waiting, 0 dealt with.")).to_be_visible()
    expect(page.get_by_text(WORDS)).to_have_count(0)
    press(page, page.get_by_role("button", name="Open the messages that wait"))
    expect(page.get_by_text(WORDS)).to_be_visible()
    assert AuditEntry.objects.filter(action="feedback.opened").count() == 1
    named = page.get_by_role("listitem").filter(has_text="My name is Canary.")
    press(page, named.get_by_role("button", name="Erase these words for good"))
    expect(page.get_by_text("The words are erased for good.")).to_be_visible()
    expect(page.get_by_text("My name is Canary.")).to_have_count(0)
    expect(page.get_by_text(WORDS)).to_be_visible()
    press(page, page.get_by_role("button", name="All of these are dealt with"))
    expect(page.get_by_text("0 messages waiting, 1 dealt with.")).to_be_visible()
    assert (Feedback.objects.count(), FeedbackMessage.objects.count()) == (2, 1)


@pytest.mark.whole
def test_the_desk_is_accessible(article: PublishedPage, new_page: NewPage, editor: User) -> None:
    take(article, helpful=False, words=WORDS)
    page = new_page()
    sign_in(page, editor)
    for address in ("/admin/articles/feedback/", f"/admin/articles/feedback/{article.article_id}/"):
        page.goto(address)
        assert violations(page, AT_THE_DESK) == []
    page.get_by_role("button", name="Open the messages that wait").click()
    expect(page.get_by_text(WORDS)).to_be_visible()
    assert violations(page, AT_THE_DESK) == []


def press(page: Page, target: Any) -> None:
    target.focus()
    expect(target).to_be_focused()
    page.keyboard.press("Enter")
