"""The tables of search say what is live, whoever changed it and however: PostgreSQL keeps them."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection, transaction

from articles.models import Article, PublishedPage, SearchEntry, SearchName, SearchWord, Topic
from articles.publishing.takedown import take_down
from tests.conftest import PublishPage, member

from .conftest import page

FIRST = page("Zebra drains", "Words.", text="A zebra breathes.")
SECOND = page("Okapi drains", "Words.", text="An okapi breathes.")


def pages_with(word: str) -> int:
    return SearchWord.objects.filter(word=word).values_list("pages", flat=True).first() or 0


def names() -> set[str]:
    return set(SearchName.objects.values_list("begins", flat=True))


def test_what_goes_live_is_there_at_once(publish_page: PublishPage) -> None:
    live = publish_page("mesothelioma/one", FIRST)
    entry = SearchEntry.objects.get()
    article = live.article
    article.refresh_from_db()
    assert (entry.page_id, entry.topic_id, entry.kind, entry.lapses_on, entry.title_words) == (
        live.pk,
        article.topic_id,
        "article",
        article.lapses_on,
        2,
    )
    assert names() == {"zebra drains", "drains"}
    assert pages_with("zebra") == pages_with("breathes") == 1


def test_a_new_version_takes_the_place_of_the_old(publish_page: PublishPage) -> None:
    publish_page("mesothelioma/one", FIRST)
    live = publish_page("mesothelioma/one", SECOND)
    assert SearchEntry.objects.get().page_id == live.pk
    assert names() == {"okapi drains", "drains"}
    assert (pages_with("zebra"), pages_with("okapi"), pages_with("breathes")) == (0, 1, 1)
    assert not SearchWord.objects.filter(word="zebra").exists()


def test_words_are_counted_by_page(publish_page: PublishPage) -> None:
    publish_page("mesothelioma/one", FIRST)
    publish_page("mesothelioma/two", SECOND)
    assert (pages_with("zebra"), pages_with("breathes")) == (1, 2)
    assert pages_with("the") == 0  # too small to search for, so nothing to mend


def test_a_page_that_is_no_longer_live_is_gone(published: PublishedPage) -> None:
    assert SearchEntry.objects.exists()
    take_down(published.article, reason="It is wrong.", by=member("publisher"))
    assert not SearchEntry.objects.exists()
    assert not SearchName.objects.exists()
    assert not SearchWord.objects.exists()


def test_an_article_that_is_deleted_leaves_nothing(published: PublishedPage) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("DELETE FROM articles_article")
        assert not SearchEntry.objects.exists()
        assert not SearchWord.objects.exists()
        transaction.set_rollback(True)  # its pages are still there, which ends this transaction


@pytest.mark.parametrize("column", ["next_due", "risk_class", "topic", "address"])
def test_what_is_said_of_a_page_follows_its_article(published: PublishedPage, column: str) -> None:
    before = SearchEntry.objects.get().words
    if column == "next_due":
        Article.objects.update(next_due=datetime.date(2090, 1, 31))
        assert SearchEntry.objects.get().lapses_on == datetime.date(2090, 5, 1)
    elif column == "risk_class":
        later = SearchEntry.objects.get().lapses_on
        Article.objects.update(risk_class="high")
        assert SearchEntry.objects.get().lapses_on == later - datetime.timedelta(days=60)
    elif column == "topic":
        other = Topic.objects.create(slug="other", name="Other", summary="Another.")
        Article.objects.update(topic=other, address="other/stage-4")
        assert SearchEntry.objects.get().topic == other
    else:
        Article.objects.update(address="mesothelioma/moved")
        assert set(SearchName.objects.values_list("address", flat=True)) == {"/mesothelioma/moved/"}
    assert SearchEntry.objects.get().words == before


def test_what_is_rolled_back_was_never_there(publish_page: PublishPage) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        publish_page("mesothelioma/one", FIRST)
        assert SearchEntry.objects.exists()
        raise RuntimeError
    assert not SearchEntry.objects.exists()
    assert pages_with("zebra") == 0


def test_a_term_is_named_twice(effusion: PublishedPage) -> None:
    whole = SearchName.objects.filter(is_whole=True).order_by("name")
    assert [(name.name, name.is_term, name.address) for name in whole] == [
        ("Fluid around the lung", True, "/glossary/pleural-effusion/"),
        ("Pleural effusion", True, "/glossary/pleural-effusion/"),
    ]
    assert {"fluid around the lung", "lung", "pleural effusion", "effusion"} <= names()
    assert "the lung" not in names()  # nobody looks for a name by its small words


def test_making_the_tables_anew_mends_what_was_wrong(published: PublishedPage, effusion: PublishedPage) -> None:
    def rows() -> list[list[tuple[object, ...]]]:
        return [
            list(SearchEntry.objects.order_by("article").values_list()),
            list(SearchWord.objects.order_by("word").values_list()),
            list(SearchName.objects.order_by("begins", "name").values_list("article", "name", "stems", "begins")),
        ]

    before = rows()
    SearchEntry.objects.update(title_words=99, words="nonsense")
    SearchWord.objects.update(pages=7)
    SearchWord.objects.filter(word="breath").delete()
    SearchName.objects.update(begins="nonsense")
    assert rows() != before
    with connection.cursor() as cursor:
        cursor.execute("SELECT articles_rebuild_search()")
    assert rows() == before


@pytest.mark.parametrize(
    "text",
    ["word " * 40_000, "".join(f"w{n}x{n}y " for n in range(20_000)), "日本語" * 40_000, "x" * 3000, "ſ’ـ " * 9000],
    ids=["long", "many words", "three bytes a letter", "one long word", "odd letters"],
)
def test_no_text_is_too_much_for_the_index(db: None, text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT length(articles_terms(setweight(articles_vector(%s), 'A')))", [text])
        cursor.execute("SELECT count(*) FROM articles_spellings(%s)", [text])
