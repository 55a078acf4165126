"""What may be meant while it is typed: names from any of their words on, synonyms, frequent words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.models import PublishedPage
from articles.public import search
from articles.search.suggestions import MOST, nearest_names, suggestions_for
from tests.conftest import PublishPage, publish_one

from .conftest import make_synonyms, make_term, page

ADDRESS = "/search/suggestions/"


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pages")]


@pytest.fixture(scope="module")
def pages(module_db: None) -> None:
    make_synonyms()
    make_term("pleural-effusion", "Fluid around the lung (pleural effusion)", "Fluid between two linings.")
    publish_one("mesothelioma/pleural", page("Malignant pleural mesothelioma", "Words.", text="Plenty of pleura."))
    publish_one("mesothelioma/drains", page("Drains", "Words.", text="Drains and plenty of fluid. Café."))


def told(typed: str) -> list[tuple[str, str]]:
    return [(suggestion.text, suggestion.address) for suggestion in suggestions_for(typed)]


def test_terms_come_first_then_synonyms_titles_and_words() -> None:
    assert told("pleu") == [
        ("Pleural effusion", "/glossary/pleural-effusion/"),
        ("Malignant pleural mesothelioma", "/mesothelioma/pleural/"),
        ("Pleural", ""),
        ("Pleura", ""),
    ]


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("effu", "Pleural effusion"),
        ("fluid ar", "Fluid around the lung"),
        ("Fluid  AROUND—the l", "Fluid around the lung"),
        ("asb", "Asbestos cancer"),
        ("cancer", "Asbestos cancer"),
        ("mesoth", "Mesothelioma"),
        ("malig", "Malignant pleural mesothelioma"),
        ("caf", "Cafe"),
        ("plent", "Plenty"),
        ("fluid in the l", "Fluid in the lung"),
        ("pleu%", "Pleura"),
    ],
)
def test_a_name_is_found_from_any_of_its_words_on(typed: str, text: str) -> None:
    assert text in [suggestion[0] for suggestion in told(typed)]


@pytest.mark.parametrize("typed", ["", " ", "p", "xqz", "%", "_", "\\", "''", "!!", "a" * 81, "pleu\x00ral", "😀😀"])
def test_where_nothing_fits_nothing_is_suggested(client: Client, typed: str) -> None:
    response = client.get(ADDRESS, {"q": typed})
    assert response.status_code == 200
    assert response.json() == {"suggestions": []}


@pytest.mark.whole
def test_a_name_that_begins_so_comes_before_one_that_ends_so(
    publish_page: PublishPage, term: Callable[..., PublishedPage]
) -> None:
    term("late-remission", "Late remission", "It comes late.")
    term("remission", "Remission", "Signs have gone.")
    term("early-remission", "Early remission", "It comes early.")
    assert told("remis")[0] == ("Remission", "/glossary/remission/")


def test_letters_joined_with_digits_are_read_as_two_words_as_well(publish_page: PublishPage) -> None:
    publish_page("mesothelioma/stage-4", page("Stage 4 mesothelioma", "Words."))
    assert told("stage4") == [("Stage 4 mesothelioma", "/mesothelioma/stage-4/")]


def test_the_word_on_most_pages_comes_first(publish_page: PublishPage) -> None:
    assert [text for text, address in told("ple") if not address] == ["Plenty", "Pleural", "Pleura"]


@pytest.mark.parametrize("typed", ["plenty", " Plenty  "])
def test_what_was_typed_is_not_said_again(typed: str) -> None:
    assert told(typed) == []


def test_a_page_that_is_named_as_it_was_typed_is_suggested_all_the_same() -> None:
    assert told("drains")[0] == ("Drains", "/mesothelioma/drains/")


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("efusion", ("Pleural effusion", "/glossary/pleural-effusion/")),
        ("plural effusion", ("Pleural effusion", "/glossary/pleural-effusion/")),
        ("drians", ("Drains", "/mesothelioma/drains/")),
        ("efusion drians", ("Effusion drains", "")),
    ],
)
def test_a_misspelt_word_is_mended_as_in_a_search(typed: str, first: tuple[str, str]) -> None:
    assert told(typed)[0] == first


def test_there_are_never_more_than_eight_and_each_once(publish_page: PublishPage) -> None:
    words = " ".join(f"dra{letter}in" for letter in "abcdefghijklm")
    publish_page("mesothelioma/words", page("Drain", "Words.", text=f"{words} drain"))
    texts = [text.lower() for text, _ in told("dra")]
    assert len(texts) == len(set(texts)) == MOST


def test_it_costs_one_query(client: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        client.get(ADDRESS, {"q": "pleu"})
    assert len([query for query in queries if "articles_searchname" in query["sql"]]) == 1
    assert len([query for query in queries if query["sql"].startswith(("SELECT", "(SELECT", "\n"))]) == 2


def test_the_answer_is_the_same_for_everyone_and_kept_for_a_moment(client: Client) -> None:
    response = client.get(ADDRESS, {"q": "pleu"})
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "private, max-age=5"
    assert not response.cookies
    assert "cookie" not in response.get("Vary", "").lower()
    assert response.json()["suggestions"][0] == {
        "text": "Pleural effusion",
        "address": "/glossary/pleural-effusion/",
    }


def test_without_a_database_nothing_is_suggested_and_nothing_kept(client: Client, monkeypatch) -> None:
    def away(*args: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    monkeypatch.setattr(search, "suggestions_for", away)
    response = client.get(ADDRESS, {"q": "pleu"})
    assert response.json() == {"suggestions": []}
    assert response["Cache-Control"] == "no-cache"


def test_it_is_asked_by_get_alone(client: Client) -> None:
    assert client.post(ADDRESS).status_code == 405


def test_a_name_that_is_nearly_right_is_found(publish_page: PublishPage) -> None:
    publish_page("mesothelioma/titled", page("Plural effusions", "A page, not a term."))
    names = [(near.text, near.address) for near in nearest_names("plural efusion")]
    assert names == [("Pleural effusion", "/glossary/pleural-effusion/")]  # once, though it is a synonym as well
    assert nearest_names("giraffe") == []
