"""The public pages in a real browser: for every width, scheme and way of reading."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

PAGES = [
    "/",
    "/mesothelioma/",
    "/mesothelioma/stage-4/",
    "/mesothelioma/remission/",
    "/people/sample-medical-reviewer/",
    "/search/?q=chemotherapy",
    "/search/?q=giraffe",
    "/resources/",
    "/free-case-review/",
    "/no/such/page/",
]
RULES = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SPACING = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
        word-spacing: .16em !important } p { margin-bottom: 2em !important }`);
    document.adoptedStyleSheets = [sheet];
}"""
WIDER_THAN_THE_SCREEN = "document.documentElement.scrollWidth > window.innerWidth"


@pytest.fixture(scope="module")
def site(sample_pages: Path) -> Iterator[str]:
    """The sample pages, live."""
    server = LiveServer("localhost")
    yield server.url
    server.stop()


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator:
    """A page of a browser with these properties: `visit(width=320, color_scheme="dark")`."""
    contexts = []

    def visit(*, width: int = 375, height: int = 800, **properties: Any) -> Page:
        context = browser.new_context(
            base_url=site, viewport={"width": width, "height": height}, reduced_motion="reduce", **properties
        )
        contexts.append(context)
        return context.new_page()

    yield visit
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_axe_finds_nothing_on_a_phone_or_a_wide_screen(visit, width: int, scheme: str) -> None:
    found = []
    page = visit(width=width, color_scheme=scheme)
    for address in PAGES:
        page.goto(address)
        answer = Axe().run(page, options={"runOnly": RULES})
        found += [(address, violation["id"]) for violation in answer.response["violations"]]
    assert found == []


def test_nothing_is_wider_than_the_screen_however_it_is_set(visit) -> None:
    wide = []
    for width, setting in (
        (320, ""),
        (320, SPACING),
        (375, "() => {document.documentElement.style.fontSize = '200%'}"),
    ):
        page = visit(width=width)
        for address in PAGES:
            page.goto(address)
            if setting:
                page.evaluate(setting)
            if page.evaluate(WIDER_THAN_THE_SCREEN):
                wide.append((width, setting[:20], address))
    assert wide == []


def test_without_javascript_the_words_are_there_and_the_search_works(visit) -> None:
    page = visit(java_script_enabled=False)
    page.goto("/mesothelioma/remission/")
    assert page.get_by_text("Is remission the same as a cure?").is_visible()
    page.get_by_role("searchbox").first.fill("chemotherapy")
    page.get_by_role("button", name="Search").first.click()
    assert page.get_by_role("heading", name="Search", level=1).is_visible()
    assert page.locator(".search-results a").count() > 1


def test_the_keyboard_reaches_the_text_at_once_and_shows_where_it_is(visit) -> None:
    page = visit(width=1280)
    page.goto("/mesothelioma/stage-4/")
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert skip.inner_text() == "Skip to main content"
    assert skip.bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Home"
    hidden = []
    for _ in range(60):
        stop = page.evaluate(
            """() => { const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
                const middle = document.elementFromPoint(r.left + Math.min(r.width, 8) / 2, r.top + r.height / 2);
                return [e.textContent.trim().slice(0, 40), s.outlineStyle != 'none' && parseFloat(s.outlineWidth) >= 2,
                        e.contains(middle) || (middle !== null && middle.contains(e))]; }"""
        )
        if not (stop[1] and stop[2]):
            hidden.append(stop)
        page.keyboard.press("Tab")
    assert hidden == []


def test_things_to_press_are_large_enough_for_a_thumb(visit) -> None:
    small = """() => [...document.querySelectorAll('a[href], button, select, textarea, summary, input, .choice label')]
        .filter(e => e.checkVisibility() && !e.closest('.visually-hidden, .skip-link, .cite'))
        .filter(e => !e.matches('p a, .prose li a, .prose dd a, .references a, .choice input, [type=hidden]'))
        .filter(e => e.getBoundingClientRect().height < 43.5)
        .map(e => e.textContent.trim().slice(0, 40))"""
    page = visit(width=375, has_touch=True)
    for address in PAGES:
        page.goto(address)
        assert page.evaluate(small) == [], address


def test_a_citation_is_easier_to_hit_than_it_looks(visit) -> None:
    page = visit(width=375, has_touch=True)
    page.goto("/mesothelioma/stage-4/")
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('.cite a')].map(e => {
            const r = e.getBoundingClientRect(), s = getComputedStyle(e, '::after');
            return [r.width - parseFloat(s.left) - parseFloat(s.right), parseFloat(s.height)]; })"""
    )
    assert min(min(size) for size in sizes) >= 17
    assert min(size[1] for size in sizes) >= 24


def test_printed_pages_keep_every_word_and_lose_the_furniture(visit) -> None:
    page = visit(width=700)
    page.goto("/mesothelioma/remission/")
    page.emulate_media(media="print")
    closed = page.locator(".faq-item:not([open]) p")
    assert closed.count() >= 4
    assert all(answer.bounding_box()["height"] > 10 for answer in closed.all())
    for furniture in (".masthead nav", ".search-form", ".contents", ".offer", "form", ".back-to-top"):
        assert not any(part.is_visible() for part in page.locator(furniture).all()), furniture


def test_colours_chosen_by_the_reader_leave_every_box_its_edge(visit) -> None:
    page = visit(width=375, forced_colors="active")
    page.goto("/mesothelioma/remission/")
    for box in (".callout", ".story", ".trial", ".offer", ".notice", ".ask"):
        width = page.locator(box).first.evaluate("e => parseFloat(getComputedStyle(e).borderTopWidth)")
        assert width >= 1, box


def test_pictures_keep_their_place_while_they_load(visit) -> None:
    page = visit(width=375)
    page.goto("/mesothelioma/stage-4/")
    pictures = page.locator("main img")
    assert pictures.count() >= 3
    for picture in pictures.all():
        assert picture.get_attribute("width") and picture.get_attribute("height")
        assert picture.get_attribute("alt") is not None
