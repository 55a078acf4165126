"""The bench of search at a small size: it finds what it should, and PostgreSQL needs no more than indexes for it."""

from __future__ import annotations

import pytest
from django.db import connection

from articles.models import SearchEntry
from bench import search

pytestmark = pytest.mark.whole

PAGES = 1_100


@pytest.fixture
def answers(db: None) -> dict[str, search.Answer]:
    """Every question of the bench, asked once among made-up pages."""
    search.fill(PAGES)
    with connection.cursor() as cursor:
        # So few pages are read through faster than looked up: where an index can be used, it is used now.
        cursor.execute("SET LOCAL enable_seqscan = off")
    return {answer.name: answer for answer in search.ask(1)}


def test_every_question_is_answered_from_indexes_alone(answers: dict[str, search.Answer]) -> None:
    assert SearchEntry.objects.count() == PAGES > search.BIG
    assert {name: answer.read_through for name, answer in answers.items() if answer.read_through} == {}
    found = {name: answer.found for name, answer in answers.items()}
    assert set(found) == {*search.QUESTIONS, *search.TYPED, *search.LOST}
    assert found["a word on every page"] == "1000 and more"
    assert found["a misspelt word"] == found["a word on every page"]
    assert found["nothing at all"] == "0"
    assert found["a rare word"] == found["a rare word and a frequent one"] == "1"
    few = [name for name, count in found.items() if count == "0"]
    # Few pages may lack two words that stand side by side.
    allowed = {"nothing at all", "a phrase of three words", "two words typed", "nothing begins so", *search.LOST}
    assert set(few) <= allowed
    assert [answer.took for answer in answers.values() if len(answer.took) != 1] == []

    # A table that is read through would be noticed.
    def count_all() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM articles_publishedpage WHERE lede LIKE '%x%'")

    assert search.tables_read_through(count_all) == {"articles_publishedpage"}


def test_made_up_pages_are_the_same_each_time() -> None:
    assert search.Writer().page() == search.Writer().page()
    page = search.Writer().page()
    assert "mesothelioma" in page["plain_text"].lower()
    assert page["headings_text"].split("\n")[0] == page["title"] == page["plain_text"].split("\n")[0]


def test_the_report_names_the_slowest_and_what_was_read_through() -> None:
    answer = search.Answer("a word", "pain", "3", [float(n) for n in range(1, 101)], {"a_table"})
    section = search.report(100_000, 600, [answer], [("search_entry_terms", 300 * 2**20)])
    assert section.startswith("## Search\n")
    assert "100,000 made-up pages" in section
    assert "The slowest p95 is 95 ms" in section
    assert "end: a_table" in section
    assert "| a word | `pain` | 3 | 50 | 95 | a_table |" in section
    assert "| `search_entry_terms` | 300 |" in section
