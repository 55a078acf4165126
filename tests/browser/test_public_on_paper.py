"""The public pages on paper: what somebody takes along to the doctor."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visit
from tests.browser.public import ARTICLES, PAGES, SET_STYLE, SIZES_OF_TEXT

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

# What leads elsewhere or asks for something: no use on paper. What to do in an emergency the foot says too.
FURNITURE = """nav, form, button, .skip-link, .offer, .back-links, .related, .resources-link, .back-to-top,
    .page-tools ul, .save-references, .note, .after-page .case-review, .pagination, .ask-emergency"""


def words(page: Page, hidden: str) -> Counter[str]:
    """The words that are shown, without `hidden` and without what is only read out."""
    page.evaluate(SET_STYLE, f"{hidden}, .visually-hidden {{ display: none !important }}")
    return Counter(page.inner_text("body").split())


def test_on_paper_no_word_is_lost_and_no_furniture_kept(visit: Visit) -> None:
    page = visit(width=700)
    for address in PAGES:
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
        on_screen = words(page, FURNITURE)
        page.evaluate("document.querySelectorAll('details').forEach(e => e.open = false)")
        page.emulate_media(media="print")
        on_paper = words(page, "nothing")
        assert on_screen - on_paper == Counter(), address
        kept = [part.inner_text() for part in page.locator(FURNITURE).all() if part.is_visible()]
        assert kept == [], address
        sizes = page.evaluate(SIZES_OF_TEXT)
        assert {text: size for text, size in sizes.items() if size < 11 * 96 / 72 - 0.1 and not text.isdigit()} == {}, (
            address
        )
        page.emulate_media(media="screen")


@pytest.mark.parametrize("address", ARTICLES)
def test_a_printed_article_says_where_it_is_from_and_spares_paper(visit: Visit, address: str) -> None:
    page = visit(width=700)
    page.goto(address)
    page.locator("main img").last.scroll_into_view_if_needed()
    printed = page.pdf(format="Letter")
    page.emulate_media(media="print")
    text = page.inner_text("body")
    assert f"This page is at {page.url}" in text
    assert "Next review due" in text
    sheets = len(re.findall(rb"/Type\s*/Page\b", printed))
    assert 1000 * sheets / len(text.split()) <= 3.3
