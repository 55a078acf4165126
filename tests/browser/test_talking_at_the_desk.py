"""Talk beside the words in a real browser: marked words, and a writer who answers by keyboard or without JavaScript."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from articles.models import Comment, Revision
from articles.review import commenting, drafting, signing, suggesting
from mesoinfo.models import User
from tests.browser.conftest import sign_in
from tests.browser.keyboard import Keyboard

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BETTER = "Many people cough, and some lose weight."


@pytest.fixture
def answering(in_review: Revision, reviewer: User, writer: User) -> Revision:
    """A draft that answers a comment and a suggestion."""
    block = in_review.blocks.get(key="symptoms/p-2")
    commenting.comment(in_review, block=block, words="Most people", text="Who are they?", by=reviewer)
    suggesting.suggest(in_review, block=block, wording=BETTER, reason="It says who.", by=reviewer)
    signing.request_changes(in_review, reason="See what I said.", by=reviewer)
    return drafting.start_draft(in_review.article, by=writer)


@pytest.mark.whole
def test_words_marked_in_a_block_are_what_its_comment_is_on(page: Page, in_review: Revision, reviewer: User) -> None:
    sign_in(page, reviewer)
    page.goto(f"/admin/articles/revision/{in_review.pk}/review/")
    page.evaluate(
        """() => {
            const text = [...document.querySelectorAll("[data-block] p")]
                .find((p) => p.textContent.includes("Most people cough")).firstChild;
            document.getSelection().setBaseAndExtent(text, 5, text, 11);
        }"""
    )
    block = page.get_by_role("article").filter(has_text="Most people cough.").last
    block.get_by_text("Comment on block").click()
    expect(block.get_by_label("On these words")).to_have_value("people")
    block.get_by_label("Comment. @name tells a colleague").fill("Who are they?")
    block.get_by_role("button", name="Comment", exact=True).click()
    expect(page.get_by_text("Your comment is there.")).to_be_visible()
    made = Comment.objects.get()
    assert (made.prefix, made.quote, made.suffix) == ("Most ", "people", " cough.")


def test_a_writer_answers_and_takes_over_by_keyboard_and_loses_nothing_typed(
    page: Page, answering: Revision, writer: User
) -> None:
    sign_in(page, writer)
    page.goto(f"/admin/articles/revision/{answering.pk}/write/")
    text = page.get_by_label("Text of the page")
    text.press("Control+End")
    text.press_sequentially("\n\nA new paragraph.\n")
    keyboard = Keyboard(page)
    keyboard.open("Answer or resolve")
    keyboard.write("Your answer", "Those in the trial.")
    keyboard.press("Answer")
    expect(page.get_by_text("Your answer is there.")).to_be_visible()
    expect(page.get_by_text("Those in the trial.")).to_be_visible()
    expect(text).to_contain_text("A new paragraph.")
    keyboard.press("Put it into the draft")
    expect(page.get_by_text("The suggested wording is in the draft.")).to_be_visible()
    expect(text).to_contain_text(BETTER)
    expect(text).to_contain_text("A new paragraph.")


@pytest.mark.whole
def test_it_all_works_without_javascript(new_page: Callable[..., Page], answering: Revision, writer: User) -> None:
    page = new_page(java_script_enabled=False)
    sign_in(page, writer)
    page.goto(f"/admin/articles/revision/{answering.pk}/write/")
    text = page.get_by_label("Text of the page")
    text.fill(f"{text.input_value()}\nA new paragraph.\n")
    page.get_by_role("button", name="Put it into the draft").click()
    expect(text).to_contain_text(BETTER)
    expect(text).to_contain_text("A new paragraph.")
    page.get_by_text("Answer or resolve").click()
    page.get_by_role("button", name="Resolve").click()
    expect(page.get_by_text("Resolved.")).to_be_visible()
    expect(page.get_by_text("Who are they?")).to_have_count(0)
    # Enter in the change note saves the draft and presses none of those buttons.
    page.get_by_label("Change note").fill("As asked.")
    page.get_by_label("Change note").press("Enter")
    expect(page.get_by_text("Saved.")).to_be_visible()
