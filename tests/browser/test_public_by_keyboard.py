"""The public pages by keyboard alone, and without JavaScript: every stop is reached and seen, every word is there."""

from __future__ import annotations

from collections import Counter

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.public import MAIN

pytestmark = [pytest.mark.proof, pytest.mark.browser, pytest.mark.django_db]

STOPS = """() => {
    const groups = new Set();
    return [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
        .filter(e => e.tabIndex >= 0 && e.type !== 'hidden' && e.checkVisibility())
        .filter(e => e.type !== 'radio' || !groups.has(e.name) && groups.add(e.name))
        .map((e, place) => e.dataset.stop = place).length; }"""
# Where the keyboard is, whether that shows, and whether something lies over it.
STOP = """() => {
    const e = document.activeElement, style = getComputedStyle(e), box = e.getClientRects()[0];
    if (e === document.body || !box) return null;
    const middle = document.elementFromPoint(box.left + Math.min(box.width, 8) / 2, box.top + box.height / 2);
    const shows = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    const free = middle !== null && (e.contains(middle) || middle.contains(e));
    return [e.dataset.stop, shows && free ? '' : (e.textContent.trim() || e.name).slice(0, 40)]; }"""


@pytest.mark.whole
@pytest.mark.parametrize("width", [375, 1280])
def test_the_keyboard_reaches_every_stop_and_each_is_seen(visit: Visit, width: int) -> None:
    page = visit(width=width)
    for address in MAIN:
        page.goto(address)
        stops = page.evaluate(STOPS)
        met, hidden = set(), []
        for _ in range(stops):
            page.keyboard.press("Tab")
            stop = page.evaluate(STOP)
            assert stop is not None, f"{address}: the keyboard leaves the page early"
            met.add(stop[0])
            hidden += [stop[1]] if stop[1] else []
        assert met == {str(place) for place in range(stops)}, address
        assert hidden == [], address


def test_the_first_stop_skips_to_the_text(visit: Visit) -> None:
    page = visit(width=1280)
    for address in MAIN:
        page.goto(address)
        page.keyboard.press("Tab")
        skip = page.locator(":focus")
        assert skip.inner_text() == "Skip to main content"
        assert skip.bounding_box()["y"] >= 0  # type: ignore[index]  # it is on the page
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null"), address


def test_without_javascript_every_word_is_there(visit: Visit) -> None:
    """Only the buttons that print and copy need it, and are not shown without."""
    missing = []
    with_it, without = visit(), visit(java_script_enabled=False)
    for address in MAIN:
        texts = []
        for page in (with_it, without):
            page.goto(address)
            text = page.inner_text("body").replace("Print this page", "").replace("Copy link", "")
            texts.append(Counter(text.split()))
        missing += [(address, texts[0] - texts[1])] if texts[0] - texts[1] else []
    assert missing == []


@pytest.mark.whole
def test_without_javascript_the_search_works_and_questions_open(visit: Visit) -> None:
    page = visit(java_script_enabled=False)
    page.goto("/mesothelioma/remission/")
    question = page.get_by_text("Is remission the same as a cure?")
    answer = page.locator(".faq-answer").first
    expect(answer).not_to_be_visible()
    question.click()
    expect(answer).to_be_visible()
    page.get_by_role("searchbox").first.fill("chemotherapy")
    page.get_by_role("button", name="Search").first.click()
    expect(page.get_by_role("heading", name="Search", level=1)).to_be_visible()
    assert page.locator(".search-results a").count() > 1


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.whole
def test_a_link_to_a_question_opens_it_and_shows_both(visit: Visit, javascript: bool) -> None:
    page = visit(java_script_enabled=javascript)
    page.goto("/mesothelioma/remission/")
    anchor = page.locator(".faq-answer").nth(1).get_attribute("id")
    page.goto("about:blank")
    page.goto(f"/mesothelioma/remission/#{anchor}")
    expect(page.locator(f"#{anchor}")).to_be_in_viewport()
    expect(page.locator(f".faq-item:has(#{anchor}) summary")).to_be_in_viewport()
