"""A published page moves to another address, and its old addresses lead to it for ever."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from articles.markup.library import for_text
from articles.models import (
    Article,
    Kind,
    Person,
    PublishedPage,
    Redirect,
    Topic,
    TransitionRefused,
)
from articles.publishing.addresses import MoveRefused, move
from articles.publishing.takedown import take_down
from mesoinfo.models import AuditEntry, User

from .test_promises import raw, refused

OLD = "/mesothelioma/stage-4/"

pytestmark = pytest.mark.usefixtures("published_once")


@pytest.fixture
def lungs(db: None) -> Topic:
    return Topic.objects.create(slug="lung-cancer", name="Lung cancer", summary="About that cancer.")


@pytest.fixture
def moved(published: PublishedPage, topic: Topic, publisher: User) -> Article:
    """The published page, moved from mesothelioma/stage-4 to mesothelioma/fourth-stage."""
    article = published.article
    move(article, topic=topic, name="fourth-stage", reason="Readers say it so.", by=publisher)
    return article


# The step


def test_a_page_moves_with_who_and_why(moved: Article, publisher: User) -> None:
    moved.refresh_from_db()
    assert moved.address == "mesothelioma/fourth-stage"
    redirect = moved.redirects.get()
    assert (redirect.address, redirect.moved_by, redirect.reason) == (
        "mesothelioma/stage-4",
        publisher,
        "Readers say it so.",
    )
    entry = AuditEntry.objects.get(action="article.moved")
    assert (entry.actor, entry.target_id) == (publisher, str(moved.pk))
    assert entry.facts == {"left": "mesothelioma/stage-4", "now_at": "mesothelioma/fourth-stage"}


def test_a_page_moves_to_another_topic(published: PublishedPage, lungs: Topic, publisher: User) -> None:
    move(published.article, topic=lungs, name="stage-4", reason="It is about that.", by=publisher)
    article = Article.objects.get()
    assert (article.address, article.topic) == ("lung-cancer/stage-4", lungs)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Stage 5", "small letters, figures and single hyphens"),
        ("a/b", "small letters, figures and single hyphens"),
        ("stage-4", "stands at /mesothelioma/stage-4/ already"),
        ("other", "Another page stands at /mesothelioma/other/"),
        ("x" * 140, "longer than 140 characters"),
    ],
)
def test_an_address_that_cannot_be_is_told(
    published: PublishedPage, topic: Topic, publisher: User, name: str, sentence: str
) -> None:
    Article.objects.create(address="mesothelioma/other", topic=topic)
    with pytest.raises(MoveRefused, match=sentence):
        move(published.article, topic=topic, name=name, reason="So.", by=publisher)
    assert Article.objects.filter(address="mesothelioma/stage-4").exists()


def test_an_address_that_leads_to_another_page_is_told(
    moved: Article, topic: Topic, author: Person, publisher: User, writer: User, reviewer: User
) -> None:
    other = Article.objects.create(address="mesothelioma/other", topic=topic)
    Article.objects.filter(pk=other.pk).update(first_published_at=moved.first_published_at)
    with pytest.raises(MoveRefused, match="/mesothelioma/stage-4/ leads to /mesothelioma/fourth-stage/"):
        move(other, topic=topic, name="stage-4", reason="So.", by=publisher)


def test_only_publishers_move_pages(published: PublishedPage, topic: Topic, editor: User) -> None:
    with pytest.raises(TransitionRefused, match="needs the publisher role"):
        move(published.article, topic=topic, name="other", reason="So.", by=editor)


def test_a_page_nobody_has_seen_is_changed_on_its_own_page(topic: Topic, publisher: User) -> None:
    article = Article.objects.create(address="mesothelioma/unseen", topic=topic)
    with pytest.raises(MoveRefused, match="never published"):
        move(article, topic=topic, name="other", reason="So.", by=publisher)
    Article.objects.filter(pk=article.pk).update(address="mesothelioma/other")
    assert not Redirect.objects.exists()


@pytest.mark.parametrize(
    ("kind", "address"),
    [(Kind.PAGE, "about"), (Kind.TOPIC_INTRODUCTION, "mesothelioma"), (Kind.GLOSSARY_TERM, "glossary/cough")],
)
def test_pages_of_other_kinds_keep_their_address(
    published: PublishedPage, topic: Topic, publisher: User, kind: Kind, address: str
) -> None:
    page = Article.objects.create(address=address, kind=kind, topic=topic if address == topic.slug else None)
    Article.objects.filter(pk=page.pk).update(first_published_at=published.published_at)
    with pytest.raises(MoveRefused, match="keeps its address"):
        move(page, topic=topic, name="other", reason="So.", by=publisher)


# What the database holds, past the ORM


def test_every_change_of_a_published_address_leaves_a_redirect(published: PublishedPage) -> None:
    raw("UPDATE articles_article SET address = 'mesothelioma/a' WHERE id = %s", published.article_id)
    raw("UPDATE articles_article SET address = 'mesothelioma/b' WHERE id = %s", published.article_id)
    addresses = Redirect.objects.order_by("address").values_list("address", "article__address")
    assert list(addresses) == [("mesothelioma/a", "mesothelioma/b"), ("mesothelioma/stage-4", "mesothelioma/b")]


def test_a_page_that_comes_back_is_led_nowhere(published: PublishedPage) -> None:
    for address in ("mesothelioma/a", "mesothelioma/stage-4"):
        raw("UPDATE articles_article SET address = %s WHERE id = %s", address, published.article_id)
    assert list(Redirect.objects.values_list("address", flat=True)) == ["mesothelioma/a"]


def test_nothing_takes_an_address_that_leads_to_another_page(moved: Article, topic: Topic) -> None:
    with refused("this address leads to another page"):
        Article.objects.bulk_create([Article(address="mesothelioma/stage-4", topic=topic)])
    other = Article.objects.create(address="mesothelioma/other", topic=topic)
    with refused("this address leads to another page"):
        raw("UPDATE articles_article SET address = 'mesothelioma/stage-4' WHERE id = %s", other.pk)


def test_no_redirect_stands_where_a_page_stands(moved: Article) -> None:
    with refused("an address where a page stands does not lead elsewhere"):
        Redirect.objects.bulk_create([Redirect(address="mesothelioma/fourth-stage", article=moved)])


def test_old_addresses_are_not_taken_away_or_turned(moved: Article, topic: Topic, writer: User) -> None:
    with refused("an old address leads to its page for ever"):
        raw("DELETE FROM articles_redirect")
    other = Article.objects.create(address="mesothelioma/other", topic=topic)
    for change in ({"article": other}, {"address": "mesothelioma/else"}, {"reason": "Other."}, {"moved_by": writer}):
        with refused("a redirect does not change, once it says who moved the page and why"):
            Redirect.objects.update(**change)
    raw("UPDATE articles_article SET address = 'mesothelioma/b' WHERE id = %s", moved.pk)
    with refused("a redirect does not change"):
        Redirect.objects.filter(address="mesothelioma/fourth-stage").update(article=other)


def test_a_move_says_who_and_why(moved: Article, writer: User) -> None:
    raw("UPDATE articles_article SET address = 'mesothelioma/b' WHERE id = %s", moved.pk)
    for half in ({"moved_by": writer}, {"reason": "So."}):
        with refused("a_move_says_who_and_why"):
            Redirect.objects.filter(address="mesothelioma/fourth-stage").update(**half)


def test_only_pages_below_a_topic_move(published: PublishedPage) -> None:
    with refused("only_pages_below_a_topic_move"):
        Redirect.objects.bulk_create([Redirect(address="lungs", article=published.article)])


def test_a_published_term_keeps_its_address(published: PublishedPage) -> None:
    term = Article.objects.create(address="glossary/cough", kind=Kind.GLOSSARY_TERM)
    Article.objects.filter(pk=term.pk).update(address="glossary/coughing")
    Article.objects.filter(pk=term.pk).update(first_published_at=published.published_at)
    with refused("a published term keeps its address"):
        Article.objects.filter(pk=term.pk).update(address="glossary/cough")


def test_a_page_with_old_addresses_is_not_deleted(topic: Topic) -> None:
    other = Article.objects.create(address="mesothelioma/other", topic=topic)
    Redirect.objects.create(address="mesothelioma/older", article=other)
    with pytest.raises(IntegrityError), transaction.atomic():
        raw("DELETE FROM articles_article WHERE id = %s", other.pk)
        raw("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_address_of_a_person_stays(author: Person) -> None:
    with refused("the address of a person does not change"):
        Person.objects.filter(pk=author.pk).update(slug="somebody-else")


# What visitors get


@pytest.mark.parametrize(
    "asked",
    [
        OLD,
        "/mesothelioma/stage-4",
        "/Mesothelioma/Stage-4/",
        "/MESOTHELIOMA/STAGE-4",
        f"{OLD}?utm_source=letter",
        "/mesothelioma/stage-4?page=2",
    ],
)
def test_an_old_address_leads_on_in_one_step(client: Client, moved: Article, asked: str) -> None:
    answer = client.get(asked)
    assert (answer.status_code, answer["Location"]) == (301, "/mesothelioma/fourth-stage/")
    assert client.get(answer["Location"]).status_code == 200
    assert client.head(asked).status_code == 301


def test_after_two_moves_each_old_address_still_takes_one_step(
    client: Client, moved: Article, lungs: Topic, publisher: User
) -> None:
    move(moved, topic=lungs, name="four", reason="Again.", by=publisher)
    for asked in (OLD, "/mesothelioma/fourth-stage/"):
        assert client.get(asked)["Location"] == "/lung-cancer/four/"


def test_a_page_that_came_back_is_read_at_its_first_address(
    client: Client, moved: Article, topic: Topic, publisher: User
) -> None:
    move(moved, topic=topic, name="stage-4", reason="Back.", by=publisher)
    assert client.get(OLD).status_code == 200
    assert client.get("/mesothelioma/fourth-stage/")["Location"] == OLD


def test_a_live_address_in_capitals_leads_to_the_page(client: Client, published: PublishedPage) -> None:
    assert client.get("/Mesothelioma/STAGE-4")["Location"] == OLD


def test_an_old_address_leads_on_to_where_it_is_said_that_the_page_was_taken_down(
    client: Client, moved: Article, publisher: User
) -> None:
    take_down(moved, reason="It is wrong.", by=publisher)
    assert client.get(OLD, follow=True).status_code == 410


def test_an_address_in_capitals_leads_to_no_page_that_was_never_published(client: Client, topic: Topic) -> None:
    Article.objects.create(address="mesothelioma/later", topic=topic)
    assert client.get("/Mesothelioma/LATER/").status_code == 404


def test_browsers_ask_again_before_they_follow(client: Client, moved: Article) -> None:
    # A page may come back to its old address: a redirect kept for good would then lead in a circle.
    assert client.get(OLD)["Cache-Control"] == "no-cache"


# What writers are told


def test_drafts_learn_where_a_page_has_gone(moved: Article) -> None:
    library = for_text(f"[old]({OLD})")
    assert library.moved == {OLD: "/mesothelioma/fourth-stage/"}
    assert OLD not in library.addresses
