"""Asking for help and answering, in a real browser: without JavaScript, on a small screen, by keyboard alone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Dialog, Locator, Page, Route, expect

from caseintake import triage
from caseintake.models import AccessEvent, Submission
from mesoinfo.models import User
from tests.browser.asking import SMALL, URL, assert_it_fits, fill, make_site
from tests.browser.axe import AT_THE_DESK, violations
from tests.caseintake.conftest import REQUEST, member, new_request

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def site(live_site, settings, tmp_path) -> None:
    """A site with a phone number, and keys of this test alone."""
    make_site(settings, tmp_path / "keys")


@pytest.fixture
def advocate(transactional_db) -> User:
    return member("ada", "advocate")


def signed_in(page: Page, user: User) -> Page:
    page.goto("/admin/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill("a long enough password")
    page.get_by_role("button", name="Log in").click()
    return page


@pytest.mark.parametrize("javascript", [True, False])
def test_a_request_is_sent_with_and_without_javascript(new_page, javascript):
    page = new_page(java_script_enabled=javascript, viewport=SMALL)
    page.goto(URL)
    fill(page)
    page.get_by_role("button", name="Send my request").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("We have your request")
    expect(heading).to_be_focused()
    expect(page.get_by_text(Submission.objects.get().ref)).to_be_visible()
    assert Submission.objects.get().state == "queued"
    assert page.context.cookies() == []


def test_who_is_in_despair_has_the_numbers_at_hand_before_and_after_sending(new_page):
    page = new_page(viewport=SMALL)
    page.goto(URL)
    fill(page, name=True)
    page.get_by_label("What would help you most?").fill("I can’t go on")
    page.get_by_role("button", name="Send my request").click()
    assert_the_numbers_are_at_hand(page, page.get_by_role("alert"))
    page.get_by_label("Your name").fill("Pat")
    page.get_by_role("button", name="Send my request").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("You can talk to somebody now")
    expect(heading).to_be_focused()
    assert_the_numbers_are_at_hand(page, page.get_by_role("main"))
    expect(page.get_by_role("button", name="Print this page")).to_be_visible()


def assert_the_numbers_are_at_hand(page: Page, part: Locator) -> None:
    first = part.locator(".numbers").get_by_role("link")
    expect(first).to_have_count(3)
    assert [link.get_attribute("href") for link in first.all()] == ["tel:988", "sms:988", "tel:911"]
    expect(first.first).to_be_in_viewport()
    assert all(box["height"] >= 44 for link in first.all() if (box := link.bounding_box()))
    assert_it_fits(page)
    assert violations(page) == []


@pytest.mark.whole
def test_without_javascript_there_is_no_button_that_does_nothing(new_page):
    page = new_page(java_script_enabled=False, viewport=SMALL)
    page.goto(URL)
    fill(page)
    page.get_by_role("button", name="Send my request").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your request")
    expect(page.get_by_role("button", name="Print this page")).to_be_hidden()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_slip_is_shown_at_once_and_its_link_leads_to_the_field(new_page, javascript):
    page = new_page(java_script_enabled=javascript, viewport=SMALL)
    page.goto(URL)
    fill(page, name=True)
    page.get_by_role("button", name="Send my request").click()
    expect(page).to_have_title(re.compile("^Error: "))
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_be_in_viewport()
    summary.get_by_role("link", name="Tell us what to call you.").click()
    expect(page.get_by_label("Your name")).to_be_focused()
    expect(page.get_by_label("What would help you most?")).to_have_value(str(REQUEST["message"]))
    page.get_by_label("Your name").fill("Pat")
    page.get_by_role("button", name="Send my request").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your request")


@pytest.mark.whole
def test_going_back_and_sending_again_makes_no_second_request(new_page):
    page = new_page()
    page.goto(URL)
    fill(page)
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your request")
    first = page.locator(".reference strong").inner_text()
    page.go_back()
    expect(page.get_by_label("Your name")).to_have_value(str(REQUEST["name"]))
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("We already have this request")
    expect(page.locator(".reference strong")).to_have_text(first)
    assert Submission.objects.count() == 1


@pytest.mark.whole
def test_a_double_click_on_a_slow_line_makes_one_request(new_page):
    page = new_page(viewport=SMALL)
    page.goto(URL)
    fill(page)
    slow = {"offline": False, "latency": 300, "downloadThroughput": 50_000, "uploadThroughput": 20_000}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slow)
    page.get_by_role("button", name="Send my request").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("We (already )?have"))
    assert Submission.objects.count() == 1
    expect(page.locator(".reference strong")).to_have_text(Submission.objects.get().ref)


def test_what_was_saved_before_the_line_broke_is_the_same_request_a_day_later(new_page, monkeypatch):
    page = new_page()
    page.goto(URL)
    assert key_of(page) == ""
    fill(page)
    drawn = key_of(page)
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", drawn)

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort("aborted")

    page.route(f"**{URL}", lose_the_answer, times=1)
    with page.expect_event("requestfailed"):
        send(page)
    assert Submission.objects.count() == 1
    tomorrow = timezone.now() + timedelta(days=1)
    monkeypatch.setattr("caseintake.accept.timezone.now", lambda: tomorrow)
    assert key_of(page) == drawn
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("We already have this request")
    assert Submission.objects.count() == 1
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]


def send(page: Page) -> None:
    page.get_by_role("button", name="Send my request").click()


def key_of(page: Page) -> str:
    """What the script drew for this visitor."""
    return page.locator("[name=request_key]").input_value()


@pytest.mark.whole
def test_form_errors_and_confirmation_are_accessible_and_fit_a_phone(new_page):
    page = new_page(viewport=SMALL)
    page.goto(URL)
    assert violations(page) == []
    assert_it_fits(page)
    page.get_by_role("button", name="Send my request").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert violations(page) == []
    assert_it_fits(page)
    page.goto(URL)
    fill(page)
    page.get_by_role("button", name="Send my request").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your request")
    assert violations(page) == []
    assert_it_fits(page)


def test_an_advocate_works_a_case_by_keyboard_without_javascript(new_page, advocate):
    submission = new_request()
    page = signed_in(new_page(java_script_enabled=False), advocate)
    page.goto("/admin/caseintake/submission/")
    press(page, page.get_by_role("link", name=submission.ref))
    press(page, page.get_by_role("button", name="Claim this case"))
    press(page, page.get_by_role("button", name="Open the request"))
    expect(page.get_by_text(str(REQUEST["message"]))).to_be_visible()
    assert AccessEvent.objects.get().result == "opened"
    page.get_by_label(re.compile("Your note")).focus()
    page.keyboard.type("Likes mornings.")
    press(page, page.get_by_role("button", name="Seal and save the note"))
    expect(page.get_by_text("your note is sealed and saved")).to_be_visible()
    page.get_by_role("radio", name="Call", exact=True).focus()
    page.keyboard.press("Space")
    page.get_by_role("radio", name="Reached them").focus()
    page.keyboard.press("Space")
    press(page, page.get_by_role("button", name="Record the contact"))
    page.get_by_label("How did it end?").select_option("Helped with information")
    press(page, page.get_by_role("button", name="Close the case"))
    expect(page.get_by_text("Ada closed it: Helped with information.")).to_be_visible()


@pytest.mark.whole
def test_a_note_that_was_begun_is_lost_only_after_a_question(new_page, advocate):
    submission = new_request()
    triage.claim(submission, by=advocate)
    page = signed_in(new_page(), advocate)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.goto(f"/admin/caseintake/submission/{submission.ref}/")
    page.get_by_label(re.compile("Your note")).fill("Likes mornings.")
    page.get_by_role("link", name="My cases").click()
    page.get_by_role("button", name="Open the request").click()
    expect(page.get_by_label(re.compile("Your note"))).to_have_value("Likes mornings.")
    assert asked == ["beforeunload"] * 2 and not AccessEvent.objects.exists()
    page.get_by_role("button", name="Seal and save the note").click()
    expect(page.get_by_text("your note is sealed and saved")).to_be_visible()
    page.get_by_role("link", name="My cases").click()
    expect(page).to_have_url(re.compile("/mine/"))
    assert len(asked) == 2


@pytest.mark.whole
def test_the_queue_fits_a_phone(new_page, advocate):
    new_request(message="She is in hospice.")
    page = signed_in(new_page(viewport=SMALL), advocate)
    page.goto("/admin/caseintake/submission/")
    assert_it_fits(page)
    for cell in page.locator(".cases-list td").all():
        box = cell.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= SMALL["width"]


def press(page: Page, target) -> None:
    target.focus()
    expect(target).to_be_focused()
    page.keyboard.press("Enter")


@pytest.mark.whole
def test_the_desk_is_accessible(new_page, advocate):
    submission = new_request(message="She is in hospice.")
    new_request(message="another")
    new_request(message="from a program", suspicions=("no-browser-headers",))
    page = signed_in(new_page(), advocate)
    page.goto("/admin/caseintake/submission/")
    assert violations(page, AT_THE_DESK) == []
    triage.claim(submission, by=advocate)
    page.goto(f"/admin/caseintake/submission/{submission.ref}/")
    page.get_by_role("button", name="Open the request").click()
    expect(page.get_by_text("She is in hospice.")).to_be_visible()
    page.get_by_text("They told us that they take something back").click()
    expect(page.get_by_text("What do they take back?")).to_be_visible()
    assert violations(page, AT_THE_DESK) == []
    page.get_by_role("button", name="Seal and save the note").evaluate("button => button.form.noValidate = true")
    page.get_by_role("button", name="Seal and save the note").click()
    expect(page.get_by_role("alert")).to_contain_text("Write the note first.")
    assert violations(page, AT_THE_DESK) == []
