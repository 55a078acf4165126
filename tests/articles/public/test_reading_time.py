"""Reading time: the words of a page, counted by PostgreSQL when it is published, at the pace of slow readers."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.models import PublishedPage

from .conftest import PublishPage, Read


def a_page(words: int) -> str:
    """A page of so many words: five in its title, lede and heading, the rest in paragraphs."""
    assert words >= 5
    return f"# Cough\n\nWhat helps you.\n\n## Tea\n\n{'word ' * (words - 5)}"


@pytest.mark.parametrize(
    ("words", "minutes"), [(10, "1 minute"), (262, "1 minute"), (263, "2 minutes"), (1750, "10 minutes")]
)
def test_a_page_says_how_long_it_takes_to_the_nearest_minute(
    read: Read, publish_page: PublishPage, words: int, minutes: str
) -> None:
    page = publish_page("mesothelioma/cough", a_page(words))
    page.refresh_from_db()
    assert page.word_count == words
    assert re.search(rf"about {minutes} to read", read("/mesothelioma/cough/"))


def test_what_is_counted_is_what_readers_read(publish_page: PublishPage) -> None:
    page = publish_page(
        "mesothelioma/cough",
        "# Cough\n\nWhat helps.\n\n## Tea or not\n\n- One  two\n- Three\n\n| Cups | Why |\n| --- | --- |\n| A | B |\n\n"
        ":::faq\n### Why?\nNobody knows.\n:::\n",
    )
    page.refresh_from_db()
    assert page.word_count == 16  # Cough What helps. Tea or not One two Three Cups Why A B Why? Nobody knows.


def test_showing_it_never_loads_the_text(client: Client, published: PublishedPage) -> None:
    with CaptureQueriesContext(connection) as queries:
        client.get(published.get_absolute_url())
    assert any('"word_count"' in query["sql"] for query in queries)
    assert not any('"plain_text"' in query["sql"] for query in queries)
