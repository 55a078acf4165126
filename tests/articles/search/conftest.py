"""A few pages, some synonyms, and the words to ask for them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from articles.models import Kind, PublishedPage, Synonym
from articles.search.asked import understand
from articles.search.finding import find
from tests.conftest import publish_one

Find = Callable[[str], list[str]]


def page(title: str, lede: str, heading: str = "More", text: str = "Nothing else.") -> str:
    return f"# {title}\n\n{lede}\n\n## {heading}\n\n{text}\n"


@pytest.fixture
def found(db: None) -> Find:
    """The addresses of the pages that answer a question, best first."""

    def addresses(question: str) -> list[str]:
        pages = PublishedPage.objects.select_related("article").in_bulk(ids := find(understand(question)).pages)
        return [pages[pk].article.address for pk in ids]

    return addresses


def make_term(slug: str, title: str, definition: str) -> PublishedPage:
    """Publishes a term of the glossary."""
    return publish_one(f"glossary/{slug}", page(title, definition), kind=Kind.GLOSSARY_TERM)


@pytest.fixture
def term(db: None) -> Callable[[str, str, str], PublishedPage]:
    """The function that makes one, in a database of the test."""
    return make_term


def make_synonyms() -> None:
    for lay, clinical in {
        "asbestos cancer": "mesothelioma",
        "fluid in the lung": "pleural effusion",
        "chemo": "chemotherapy",
    }.items():
        Synonym.objects.create(lay=lay, clinical=clinical)


@pytest.fixture
def synonyms(db: None) -> None:
    make_synonyms()
