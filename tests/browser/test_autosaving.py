"""Autosave in a real browser: what is typed is kept by itself; what cannot be kept is said, and stays on the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Dialog, Locator, Page, Route, expect

from articles.admin.preview import LONGEST_TEXT
from articles.models import Revision
from articles.review import drafting
from mesoinfo.models import User
from tests.browser.test_desk_editor import sign_in
from tests.conftest import PAGE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SAVES = "**/autosave/"
WHERE_THEY_ARE = ZoneInfo("America/New_York")
PAUSE, LONGEST, FIRST_NEXT_TRY = 3_000, 20_000, 5_000  # milliseconds, as in static/js/autosave.js


@pytest.fixture
def editing(new_page: Callable[..., Page], draft: Revision, writer: User) -> Page:
    """The editor of a draft, where time stands still until a test lets it pass."""
    page = new_page(timezone_id=WHERE_THEY_ARE.key)
    sign_in(page, writer)
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    page.goto(f"/admin/articles/revision/{draft.pk}/write/")
    return page


def text_of(page: Page) -> Locator:
    return page.get_by_label("Text of the page")


def state_of(page: Page) -> Locator:
    return page.locator(".desk-save-state")


def add(page: Page, words: str) -> None:
    text_of(page).press("Control+End")
    text_of(page).press_sequentially(words)


def questions(page: Page, *, stays: bool) -> list[str]:
    """Fills when the browser asks whether to leave; the writer stays, or goes."""
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        if stays:
            dialog.dismiss()
        else:
            dialog.accept()

    page.on("dialog", answer)
    return asked


def pause(page: Page) -> None:
    """The writer stops to think, and the draft is saved, or not."""
    with page.expect_response(SAVES):
        page.clock.run_for(PAUSE)


def saved(draft: Revision) -> str:
    draft.refresh_from_db()
    return draft.text


@contextmanager
def nothing_is_sent(page: Page) -> Iterator[None]:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    yield
    assert not [address for address in sent if address.endswith("/autosave/")]


def test_a_pause_in_typing_saves(editing: Page, draft: Revision) -> None:
    add(editing, "More.")
    with nothing_is_sent(editing):
        editing.clock.run_for(PAUSE - 1)
    pause(editing)
    assert saved(draft) == PAGE + "More."
    expect(state_of(editing)).to_have_text(f"Saved {draft.saved_at.astimezone(WHERE_THEY_ARE):%H:%M}")
    with nothing_is_sent(editing):
        editing.clock.run_for(10 * LONGEST)


@pytest.mark.whole
def test_who_never_pauses_is_saved_all_the_same(editing: Page, draft: Revision) -> None:
    letters = "abcdefghijk"
    with editing.expect_response(SAVES):
        for letter in letters:
            add(editing, letter)
            editing.clock.run_for(LONGEST // (len(letters) - 1))
    assert saved(draft).removeprefix(PAGE) in (letters, letters[:-1])


@pytest.mark.whole
def test_the_change_note_is_kept_with_the_draft(editing: Page, draft: Revision) -> None:
    editing.get_by_label("Change note").press_sequentially("Because")
    pause(editing)
    assert saved(draft) == PAGE
    assert draft.change_note == "Because"
    editing.reload()
    expect(editing.get_by_label("Change note")).to_have_value("Because")


@pytest.mark.whole
def test_each_save_goes_on_from_the_one_before(editing: Page, draft: Revision) -> None:
    for words in ("One.", " Two."):
        add(editing, words)
        pause(editing)
    assert saved(draft).endswith("One. Two.")
    editing.get_by_role("button", name="Save draft").click()
    expect(editing.get_by_text("Saved.", exact=True)).to_be_visible()
    assert saved(draft).endswith("One. Two.")


@pytest.mark.whole
def test_a_screen_reader_hears_it_once(editing: Page) -> None:
    editing.evaluate(
        """() => {
            window.heard = [];
            const status = document.querySelector(".desk-save-state [role=status]");
            new MutationObserver(() => window.heard.push(status.textContent))
                .observe(status, { childList: true, characterData: true, subtree: true });
        }"""
    )
    for words in ("One.", " Two.", " Three."):
        add(editing, words)
        pause(editing)
        expect(state_of(editing)).to_contain_text("Saved")
    assert editing.evaluate("window.heard") == ["Saved"]


@pytest.mark.whole
def test_a_page_that_is_hidden_is_saved_at_once(editing: Page, draft: Revision) -> None:
    add(editing, "More.")
    with editing.expect_response(SAVES):
        editing.evaluate(
            """() => {
                Object.defineProperty(document, "visibilityState", { value: "hidden" });
                document.dispatchEvent(new Event("visibilitychange"));
            }"""
        )
    assert saved(draft).endswith("More.")


@pytest.mark.whole
def test_a_page_that_is_left_is_saved_though_it_is_gone(
    editing: Page, draft: Revision, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived = Event()  # since nobody is there any more to see the answer
    autosave = drafting.autosave

    def tell(*given: Any, **named: Any) -> None:
        autosave(*given, **named)
        arrived.set()

    monkeypatch.setattr(drafting, "autosave", tell)
    add(editing, "More.")
    questions(editing, stays=False)
    editing.get_by_role("link", name="Your work").click()
    expect(editing.get_by_role("heading", name="Your work")).to_be_visible()
    assert arrived.wait(10)
    assert saved(draft).endswith("More.")
    editing.go_back()
    expect(text_of(editing)).to_have_value(PAGE + "More.")
    add(editing, " And more.")
    pause(editing)
    assert saved(draft).endswith("More. And more.")


@pytest.mark.whole
def test_who_leaves_with_nothing_unsaved_is_not_asked(editing: Page) -> None:
    asked = questions(editing, stays=False)
    add(editing, "More.")
    pause(editing)
    expect(state_of(editing)).to_contain_text("Saved")
    editing.get_by_role("link", name="Your work").click()
    expect(editing.get_by_role("heading", name="Your work")).to_be_visible()
    assert asked == []


def test_what_somebody_else_saved_is_never_overwritten(editing: Page, draft: Revision, editor: User) -> None:
    drafting.save_draft(draft, text=PAGE + "\nTheirs.\n", version=draft.version, by=editor)
    add(editing, "Mine.")
    pause(editing)
    expect(state_of(editing)).to_contain_text("Not saved. The editor saved this draft at")
    expect(state_of(editing)).to_contain_text("Press “Save draft” to see both texts.")
    with nothing_is_sent(editing):
        add(editing, " Still mine.")
        editing.clock.run_for(10 * LONGEST)
    assert saved(draft).endswith("Theirs.\n")
    editing.get_by_role("button", name="Save draft").click()
    expect(editing.get_by_label("Your text.")).to_have_value(PAGE + "Mine. Still mine.")
    expect(editing.get_by_label("Saved by The editor")).to_have_value(PAGE + "\nTheirs.\n")


@pytest.mark.whole
def test_a_second_window_of_the_same_person_does_not_overwrite_the_first(
    editing: Page, draft: Revision, writer: User
) -> None:
    second = editing.context.new_page()
    second.goto(editing.url)
    add(second, "From the second.")
    with second.expect_response(SAVES):
        second.evaluate("window.dispatchEvent(new Event('online'))")  # saves at once
    add(editing, "From the first.")
    pause(editing)
    expect(state_of(editing)).to_contain_text("Not saved. You saved this draft in another window at")
    assert saved(draft).endswith("From the second.")


@pytest.mark.whole
def test_somebody_who_is_signed_out_is_told_and_keeps_the_words(editing: Page, draft: Revision) -> None:
    editing.context.clear_cookies()
    add(editing, "More.")
    pause(editing)
    expect(state_of(editing)).to_contain_text("Not saved. Sign in as a writer or an editor. Keep this page open")
    assert text_of(editing).input_value().endswith("More.")
    assert saved(draft) == PAGE


@pytest.mark.whole
def test_a_text_that_is_too_long_is_told_until_it_is_shorter(editing: Page, draft: Revision) -> None:
    text_of(editing).fill(PAGE + "x" * LONGEST_TEXT)
    pause(editing)
    expect(state_of(editing)).to_contain_text("Not saved. The text is longer than 200,000 characters. Split the page.")
    with nothing_is_sent(editing):
        editing.clock.run_for(10 * LONGEST)
    text_of(editing).fill(PAGE + "Shorter.")
    pause(editing)
    expect(state_of(editing)).to_contain_text("Saved")
    assert saved(draft) == PAGE + "Shorter."


@pytest.mark.whole
def test_a_site_out_of_reach_is_tried_again(editing: Page, draft: Revision) -> None:
    editing.context.set_offline(True)
    add(editing, "More.")
    with editing.expect_event("requestfailed", lambda request: request.url.endswith("/autosave/")):
        editing.clock.run_for(PAUSE)
    expect(state_of(editing)).to_contain_text("Not saved. The site does not answer. Check your connection.")
    # Nor does the button leave the page, which the browser would put its own in place of.
    with editing.expect_event("requestfailed", lambda request: request.url.endswith("/autosave/")):
        editing.get_by_role("button", name="Save draft").click()
    expect(text_of(editing)).to_have_value(PAGE + "More.")
    with editing.expect_response(SAVES):
        editing.context.set_offline(False)  # the browser says so, before the next try is due
    expect(state_of(editing)).to_contain_text("Saved")
    assert saved(draft).endswith("More.")


@pytest.mark.whole
def test_a_site_with_a_problem_is_tried_again(editing: Page, draft: Revision) -> None:
    editing.route(SAVES, lambda route: route.fulfill(status=503, body="<h1>We are mending this</h1>"))
    add(editing, "More.")
    pause(editing)
    expect(state_of(editing)).to_contain_text("Not saved. The site has a problem. Your words are still here")
    editing.unroute(SAVES)
    with editing.expect_response(SAVES):
        editing.clock.run_for(FIRST_NEXT_TRY)
    expect(state_of(editing)).to_contain_text("Saved")
    assert saved(draft).endswith("More.")


@pytest.mark.whole
def test_a_save_on_its_way_is_not_taken_for_another_window(editing: Page, draft: Revision) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        if held:
            route.continue_()
        held.append(route)

    editing.route(SAVES, hold)
    add(editing, "More.")
    with editing.expect_request(SAVES):
        editing.clock.run_for(PAUSE)
    add(editing, " And more.")
    editing.get_by_role("button", name="Save draft").click()
    held[0].continue_()
    expect(editing.get_by_text("Saved.", exact=True)).to_be_visible()
    assert saved(draft).endswith("More. And more.")


@pytest.mark.whole
def test_what_a_refused_form_holds_is_not_taken_for_saved(editing: Page, draft: Revision) -> None:
    text_of(editing).fill(PAGE + "x" * LONGEST_TEXT)
    editing.get_by_role("button", name="Save draft").click()
    expect(editing.get_by_role("alert")).to_contain_text("The text is longer than 200,000 characters.")
    asked = questions(editing, stays=True)
    text_of(editing).press("End")
    editing.get_by_role("link", name="Your work").click()
    expect(text_of(editing)).to_be_visible()
    assert asked == ["beforeunload"]
