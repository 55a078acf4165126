"""The public pages on paper: what somebody takes along to the doctor."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.public import ARTICLES, MAIN, SET_STYLE, SIZES_OF_TEXT
from tests.size import sized

pytestmark = [pytest.mark.proof, pytest.mark.browser, pytest.mark.django_db]

# What leads elsewhere, asks for something or speaks of the site on the screen: no use on paper.
FURNITURE = """nav, form, button, .skip-link, .offer, .back-links, .related, .resources-link, .back-to-top,
    .page-tools ul, .save-references, .note, .after-page .case-review, .pagination,
    .masthead form, .masthead nav, .masthead svg, .footer, .footer *"""


def words(page: Page, hidden: str) -> Counter[str]:
    """The words that are shown, without `hidden` and without what is only read out."""
    page.evaluate(SET_STYLE, f"{hidden}, .visually-hidden {{ display: none !important }}")
    return Counter(page.inner_text("body").split())


@pytest.mark.proof
def test_on_paper_no_word_is_lost_and_no_furniture_kept(visit: Visit) -> None:
    page = visit(width=700)
    for address in sized(MAIN, MAIN[:1]):
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
        on_screen = words(page, FURNITURE)
        page.evaluate("document.querySelectorAll('details').forEach(e => e.open = false)")
        page.emulate_media(media="print")
        on_paper = words(page, "nothing")
        assert on_screen - on_paper == Counter(), address
        kept = [part.text_content() for part in page.locator(FURNITURE).all() if part.is_visible()]
        assert kept == [], address
        # Whose page it is and whom to call.
        assert re.fullmatch(r"mesoinfo\s+[\d-]{12}", page.locator(".masthead").inner_text().strip()), address
        sizes = page.evaluate(SIZES_OF_TEXT)
        assert {text: size for text, size in sizes.items() if size < 11 * 96 / 72 - 0.1 and not text.isdigit()} == {}, (
            address
        )
        page.emulate_media(media="screen")


# The links of the text that lead to another page, as one reads them: the words and what the style sheet adds.
LEADING_ELSEWHERE = """.numbered a[href]:not(.cite a, .term, .offer *, [href^="#"], [href^="tel:"], [href^="sms:"],
    [href^="mailto:"])"""


def letters_at_links(page: Page) -> list[tuple[str, str]]:
    """The href of each link that the style sheet puts something after, and what: only a snapshot tells the count."""
    client = page.context.new_cdp_session(page)
    snapshot = client.send("DOMSnapshot.captureSnapshot", {"computedStyles": []})
    strings, document = snapshot["strings"], snapshot["documents"][0]
    nodes, layout = document["nodes"], document["layout"]
    pseudo = {node for node, kind in zip(*nodes["pseudoType"].values(), strict=True) if strings[kind] == "after"}
    found = []
    for node, words in zip(layout["nodeIndex"], layout["text"], strict=True):
        above = nodes["parentIndex"][node]
        said = strings[words].strip("\u2060") if words >= 0 else ""  # what keeps it on the line is a text of its own
        if said and node in pseudo and strings[nodes["nodeName"][above]] == "A":
            attributes = [strings[place] for place in nodes["attributes"][above]]
            href = dict(zip(attributes[::2], attributes[1::2], strict=True))["href"]
            found.append((href, said))
    return found


@pytest.mark.parametrize("address", ARTICLES)
@pytest.mark.whole
def test_the_addresses_of_the_links_are_footnotes_with_their_letters_at_the_links(visit: Visit, address: str) -> None:
    page = visit(width=700)
    page.goto(address)
    hrefs = page.locator(LEADING_ELSEWHERE).evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert len(hrefs) >= 3
    notes = page.locator(".addresses")
    expect(notes).not_to_be_visible()
    assert letters_at_links(page) == []
    page.emulate_media(media="print")
    expect(notes).to_be_visible()
    letters = letters_at_links(page)
    assert letters == list(zip(hrefs, "abcdefghijklmnopqrstuvwxyz", strict=False))
    printed = [
        f"{', '.join(letter for href, letter in letters if href == one)} {urljoin(page.url, one)}"
        for one in dict.fromkeys(hrefs)
    ]
    assert notes.inner_text().split("\n\n")[1:] == printed


@pytest.mark.whole
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
