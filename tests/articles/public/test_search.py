"""Search: over what visitors can read, by words, phrases and exclusion; helpful when it finds nothing."""

from __future__ import annotations

import logging
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import PublishedPage, Revision
from articles.public.search import PER_PAGE
from articles.search.excerpts import highlighted

from .conftest import PublishPage, Read


def found_at(html: str) -> list[str]:
    results = html.partition('class="search-results"')[2].partition("</ol>")[0]
    return re.findall(r'<a href="([^"]+)"', results)


@pytest.fixture
def pages(publish_page: PublishPage) -> None:
    publish_page(
        "mesothelioma/breath",
        "# Short of breath\n\nWhat helps you breathe.\n\n## Drains\n\nA drain removes fluid from the chest.\n",
    )
    publish_page(
        "mesothelioma/pain",
        "# Pain\n\nWhat eases pain.\n\n## Chest pain\n\nFluid from a swollen joint is something else, pH < 7 & rare.\n",
    )


def test_pages_are_found_by_their_words(read: Read, pages: None) -> None:
    assert found_at(read("/search/?q=drain")) == ["/mesothelioma/breath/"]


def test_another_form_of_the_word_will_do(read: Read, pages: None) -> None:
    assert found_at(read("/search/?q=breathing")) == ["/mesothelioma/breath/"]
    assert found_at(read("/search/?q=pains")) == ["/mesothelioma/pain/"]


def test_a_phrase_is_found_as_it_stands(read: Read, pages: None) -> None:
    assert len(found_at(read("/search/?q=fluid+chest"))) == 2
    assert found_at(read("/search/?q=%22fluid+from+the+chest%22")) == ["/mesothelioma/breath/"]


def test_a_word_can_be_excluded(read: Read, pages: None) -> None:
    assert found_at(read("/search/?q=fluid+-joint")) == ["/mesothelioma/breath/"]


def test_a_word_in_the_title_counts_for_more(read: Read, publish_page: PublishPage, pages: None) -> None:
    publish_page("mesothelioma/aaa", "# All sorts\n\nMany things.\n\n## More\n\nPain, and pain again, and more pain.\n")
    assert found_at(read("/search/?q=pain"))[0] == "/mesothelioma/pain/"


def test_drafts_are_never_found(read: Read, draft: Revision) -> None:
    assert found_at(read("/search/?q=breath")) == []


def test_only_the_page_as_it_is_live_is_found(read: Read, publish_page: PublishPage) -> None:
    publish_page("mesothelioma/pain", "# Pain\n\nOnce it said zebra.\n\n## Chest\n\nWords.\n")
    publish_page("mesothelioma/pain", "# Pain\n\nNow it does not.\n\n## Chest\n\nWords.\n")
    assert found_at(read("/search/?q=zebra")) == []
    assert found_at(read("/search/?q=pain")) == ["/mesothelioma/pain/"]


def test_the_excerpt_marks_what_was_found_and_escapes_the_rest(read: Read, pages: None) -> None:
    page = read("/search/?q=joint")
    assert "<mark>joint</mark> is something else, pH &lt; 7 &amp; rare" in page, page[page.index("excerpt") :][:300]


def test_an_excerpt_cannot_bring_markup_of_its_own() -> None:
    made = highlighted("<script>\ue000x\ue001</script>\ue001\ue000")
    assert made == "&lt;script&gt;<mark>x</mark>&lt;/script&gt; …"


def test_an_excerpt_from_further_on_starts_with_an_ellipsis() -> None:
    assert highlighted("second part", opening="first part") == "… second part …"
    assert highlighted("\ue000first\ue001 part", opening="first part") == "<mark>first</mark> part …"


def test_results_are_counted_in_words(read: Read, pages: None) -> None:
    assert re.search(r"1 page\s+for <strong>drain</strong>", read("/search/?q=drain"))
    assert re.search(r"2 pages\s+for <strong>fluid</strong>", read("/search/?q=fluid"))


def test_long_lists_are_cut_into_pages_by_the_database(read: Read, published: PublishedPage, publish_page) -> None:
    for number in range(PER_PAGE + 1):
        publish_page(f"mesothelioma/p{number}", f"# Page {number:02}\n\nAbout zebras.\n\n## One\n\nWords.\n")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        first = read("/search/?q=zebras")
    assert any(f"LIMIT {PER_PAGE}" in query["sql"] for query in queries)
    second = read("/search/?q=zebras&page=2")
    assert len(found_at(first)) == PER_PAGE
    assert len(found_at(second)) == 1
    assert 'href="?q=zebras&amp;page=2"' in first
    assert "Page 1 of 2" in first
    assert not set(found_at(first)) & set(found_at(second))


@pytest.mark.parametrize("page", ["0", "-1", "two", "99999999999999999999", "999", "²", "1.5", ""])
def test_a_page_number_that_is_none_gives_a_page_all_the_same(read: Read, pages: None, page: str) -> None:
    assert found_at(read(f"/search/?q=drain&page={page}")) == ["/mesothelioma/breath/"]


def test_nothing_found_is_said_and_helped(read: Read, pages: None, site_settings) -> None:
    page = read("/search/?q=giraffe")
    assert "No page has all of these words:</strong>" in page
    assert "What you can try" in page
    assert "1-800-555-0100" in page
    assert 'href="/mesothelioma/"' in page


def test_an_empty_search_invites_one(read: Read, pages: None) -> None:
    for address in ("/search/", "/search/?q=", "/search/?q=%20%09%0A"):
        page = read(address)
        assert "Type a word or two" in page
        assert found_at(page) == []


def test_a_question_too_long_is_said_in_a_sentence_and_kept_in_the_box(read: Read, pages: None) -> None:
    page = read("/search/?q=" + "pain+" * 60)
    assert "That is longer than 200 characters." in page
    assert 'value="pain pain' in page
    assert found_at(page) == []


@pytest.mark.parametrize(
    "q",
    [
        "%00",
        "drain%00",
        "';DROP TABLE articles_article;--",
        '"',
        '"unclosed',
        "-",
        "--",
        "- -",
        "or",
        "or or",
        "the",
        "a & b | c ! d <-> e:*",
        "%EE%80%80drain%EE%80%81",
        "%ED%A0%80",
        "%FF%FE",
        "<script>alert(1)</script>",
        "\\",
        "%5C%27",
        "%s %(q)s {}",
        "😀",
        "\u202eniard",
        "StartSel=x",
    ],
)
def test_no_question_breaks_the_search(read: Read, pages: None, q: str) -> None:
    page = read(f"/search/?q={q}")
    assert "<script>" not in page
    assert "<h1>Search</h1>" in page


def test_the_question_stays_in_the_box(read: Read, pages: None) -> None:
    assert 'value="&quot;chest pain&quot;"' in read("/search/?q=%22chest+pain%22")


def test_a_repeated_question_counts_once(read: Read, pages: None) -> None:
    assert found_at(read("/search/?q=zebra&q=drain")) == ["/mesothelioma/breath/"]


def test_what_is_searched_for_is_not_logged(read: Read, pages: None, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        read("/search/?q=my+private+worry")
    assert "worry" not in caplog.text


def test_search_pages_stay_out_of_search_engines(read: Read, pages: None) -> None:
    assert '<meta name="robots" content="noindex">' in read("/search/?q=drain")
