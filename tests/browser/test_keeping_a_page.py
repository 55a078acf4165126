"""To keep a page or pass it on: print it, send its address by email, copy it. Nobody else is told."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

ADDRESS = "/mesothelioma/stage-4/"


@pytest.mark.whole
def test_the_print_button_prints(visit) -> None:
    page = visit(own=True)
    page.add_init_script("window.printed = 0; window.print = () => { window.printed += 1; };")
    page.goto(ADDRESS)
    page.get_by_role("button", name="Print this page").click()
    assert page.evaluate("printed") == 1


def test_copy_link_copies_the_address_and_says_so(visit, site: str) -> None:
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{ADDRESS}#what-are-the-symptoms")
    said = page.locator(".page-tools").get_by_role("status")
    expect(said).to_have_text("")
    page.get_by_role("button", name="Copy link").click()
    expect(said).to_have_text("Link copied")
    assert page.evaluate("navigator.clipboard.readText()") == f"{site}{ADDRESS}"


@pytest.mark.whole
def test_a_browser_that_refuses_to_copy_is_no_dead_end(visit, site: str) -> None:
    page = visit(own=True)
    page.add_init_script("navigator.clipboard.writeText = () => Promise.reject(new Error('no'));")
    page.goto(ADDRESS)
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator(".page-tools").get_by_role("status")).to_contain_text("did not let us copy")
    expect(page.get_by_role("link", name=f"{site}{ADDRESS}")).to_have_attribute("href", f"{site}{ADDRESS}")


def test_an_email_carries_the_title_and_the_address(visit, site: str) -> None:
    page = visit()
    page.goto(ADDRESS)
    letter = urlsplit(page.get_by_role("link", name="Send by email").get_attribute("href"))
    assert letter.scheme == "mailto" and letter.path == ""
    title = page.get_by_role("heading", level=1).inner_text().replace("\xa0", " ")
    assert parse_qs(letter.query) == {"subject": [title], "body": [f"{title}\r\n{site}{ADDRESS}"]}


def test_without_javascript_there_is_no_button_that_does_nothing(visit, site: str) -> None:
    page = visit(java_script_enabled=False)
    page.goto(ADDRESS)
    assert not any(button.is_visible() for button in page.locator(".page-tools button").all())
    expect(page.get_by_role("link", name="Send by email")).to_be_visible()
    expect(page.get_by_role("link", name=f"{site}{ADDRESS}")).to_be_visible()


@pytest.mark.whole
def test_where_nothing_can_be_copied_no_button_offers_it(visit) -> None:
    page = visit(own=True)
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined });")
    page.goto(ADDRESS)
    expect(page.get_by_role("button", name="Print this page")).to_be_visible()
    expect(page.get_by_role("button", name="Copy link")).to_be_hidden()


@pytest.mark.whole
def test_paper_has_the_address_and_nothing_to_press(visit, site: str) -> None:
    page = visit()
    page.goto(ADDRESS)
    page.emulate_media(media="print")
    expect(page.get_by_text("This page is at")).to_be_visible()
    expect(page.locator(".page-address")).to_be_visible()
    expect(page.locator(".page-tools ul")).to_be_hidden()


@pytest.mark.parametrize("address", ["/", ADDRESS, "/mesothelioma/remission/", "/search/?q=chemotherapy"])
@pytest.mark.whole
def test_nothing_moves_when_the_script_runs(visit, address: str) -> None:
    page = visit(own=True, width=320)
    page.add_init_script(
        """window.shift = 0; new PerformanceObserver(list => list.getEntries().forEach(
            entry => { window.shift += entry.value; })).observe({type: 'layout-shift', buffered: true});"""
    )
    held = []
    page.route("**/js/site.js", lambda route: held.append(route))
    page.goto(address, wait_until="commit")
    page.locator(".footer").wait_for()
    expect(page.locator("body")).to_have_css("margin-top", "0px")  # the style sheet is there
    where = """() => { window.all ??= [...document.querySelectorAll('body *')];
        return all.map(e => Math.round(e.getBoundingClientRect().top)); }"""
    before = page.evaluate(where)
    assert not page.locator("[role=combobox]").count(), "the script has already run"
    held[0].continue_()
    page.locator("[role=combobox]").first.wait_for(state="attached")
    assert page.evaluate(where) == before
    assert page.evaluate("shift") == 0
