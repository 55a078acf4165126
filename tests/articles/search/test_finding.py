"""Which pages are found, and in what order."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.utils import timezone

from articles.models import Article, PublishedPage, RiskClass
from articles.models.article import LAPSES_AFTER
from articles.search import finding
from articles.search.asked import understand
from articles.search.finding import count_by_topic, find
from tests.conftest import PublishPage

from .conftest import Find, page


@pytest.fixture
def four_places(publish_page: PublishPage) -> None:
    """One word in four places, and in a fifth page that is full of it."""
    publish_page("mesothelioma/body", page("One", "Words.", text="A biopsy and a biopsy, biopsy upon biopsy."))
    publish_page("mesothelioma/heading", page("Two", "Words.", heading="The biopsy"))
    publish_page("mesothelioma/lede", page("Three", "What a biopsy is."))
    publish_page("mesothelioma/long-title", page("Before and after a biopsy of the lung", "Words."))
    publish_page("mesothelioma/title", page("Biopsy", "Words."))


def test_title_comes_before_lede_and_headings_and_these_before_the_text(found: Find, four_places: None) -> None:
    assert found("biopsy") == [f"mesothelioma/{place}" for place in ("title", "long-title", "lede", "heading", "body")]


def test_the_words_as_they_were_typed_come_before_the_same_words_apart(found: Find, publish_page: PublishPage) -> None:
    publish_page(
        "mesothelioma/apart",
        page(
            "One",
            "Words.",
            text="Pain upon pain. It is felt in the chest, and the chest hurts, with more pain and more pain.",
        ),
    )
    publish_page("mesothelioma/together", page("Two", "Words.", text="Some people have chest pain. Others have none."))
    assert found("chest pain") == ["mesothelioma/together", "mesothelioma/apart"]


@pytest.mark.whole
def test_pages_whose_review_lapsed_come_last_whatever_their_rank(found: Find, four_places: None) -> None:
    lapsed = timezone.now().date() - datetime.timedelta(days=LAPSES_AFTER[RiskClass.MEDIUM])
    reviewed = lapsed - datetime.timedelta(days=700)
    Article.objects.filter(address="mesothelioma/title").update(next_due=lapsed, last_reviewed=reviewed)
    Article.objects.filter(address="mesothelioma/lede").update(
        next_due=lapsed + datetime.timedelta(days=1), last_reviewed=reviewed
    )
    assert found("biopsy")[-1] == "mesothelioma/title"
    assert found("biopsy").index("mesothelioma/lede") == 1
    assert Article.objects.get(address="mesothelioma/title").freshness.value == "lapsed"


@pytest.mark.parametrize(
    "question", ["pleural effusion", "Pleural Effusions", "fluid around the lung", "fluid in the lung"]
)
def test_a_term_is_found_first_by_each_of_its_names(
    found: Find, synonyms: None, publish_page: PublishPage, term: Callable[..., PublishedPage], question: str
) -> None:
    publish_page("mesothelioma/effusion", page("Pleural effusion", "Fluid around the lung, fluid in the lung."))
    effusion = term("pleural-effusion", "Fluid around the lung (pleural effusion)", "Fluid between two linings.")
    answer = find(understand(question))
    assert answer.pages[0] == effusion.pk
    assert answer.named == {effusion.pk}
    assert len(answer.pages) == 2


def test_a_term_is_not_first_for_a_part_of_its_name(found: Find, term, publish_page: PublishPage) -> None:
    publish_page("mesothelioma/lung", page("Lung", "About it."))
    term("pleural-effusion", "Fluid around the lung (pleural effusion)", "Fluid between two linings.")
    assert found("lung") == ["mesothelioma/lung", "glossary/pleural-effusion"]
    assert find(understand("lung")).named == frozenset()


@pytest.mark.whole
def test_no_more_are_ranked_than_the_bound_and_the_best_are_among_them(
    found: Find, four_places: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "MOST", 2)
    answer = find(understand("biopsy"))
    assert answer.more
    assert found("biopsy") == ["mesothelioma/title", "mesothelioma/long-title"]
    monkeypatch.setattr(finding, "MOST", 3)
    assert found("biopsy")[:2] == ["mesothelioma/title", "mesothelioma/long-title"]
    monkeypatch.setattr(finding, "MOST", 5)
    assert not find(understand("biopsy")).more


@pytest.mark.whole
def test_results_are_counted_by_topic(publish_page: PublishPage, four_places: None) -> None:
    publish_page("resources", page("Resources", "Where to have a biopsy."), kind="page", topic=None)
    asked = understand("biopsy")
    topic = Article.objects.get(address="mesothelioma/title").topic_id
    assert find(asked).by_topic == {topic: 5, None: 1}
    assert count_by_topic(asked) == {topic: 5, None: 1}
    assert len(find(asked, topic=topic).pages) == 5


@pytest.mark.whole
def test_too_many_to_count_are_not_counted(four_places: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "MOST", 4)
    assert count_by_topic(understand("biopsy")) is None


def test_a_phrase_of_three_words_is_found_in_one_piece(found: Find, publish_page: PublishPage) -> None:
    publish_page("mesothelioma/pieces", page("One", "Words.", text="A small cell is here. This cell lung is small."))
    publish_page("mesothelioma/whole", page("Two", "Words.", text="A small cell lung cancer."))
    assert found('"small cell lung"') == ["mesothelioma/whole"]
    assert set(found("small cell lung")) == {"mesothelioma/whole", "mesothelioma/pieces"}


@pytest.mark.whole
def test_what_is_left_out_does_not_take_the_room_of_what_is_found(
    found: Find, publish_page: PublishPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages that the exclusion leaves out come first in the index, more of them than are ranked."""
    publish_page("mesothelioma/found", page("A tumor in a very much longer title", "Words."))
    for number in range(3):
        publish_page(f"mesothelioma/p{number}", page("Tumor", "Words.", text="With chest pain at night."))
    monkeypatch.setattr(finding, "MOST", 2)
    assert found('tumor -"chest pain at night"') == ["mesothelioma/found"]
