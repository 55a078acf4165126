"""Wrong input on the desk gets a plain sentence, and keeps what was typed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from articles.admin.sentences import CONSTRAINTS
from articles.models import Article, Disclosure, Offer, Person, PublishedPage, Redirect, Story, Topic
from mesoinfo.models import AuditEntry, User
from tests.desk_answers import Answer, told

BYLINES = {"bylines-TOTAL_FORMS": "0", "bylines-INITIAL_FORMS": "0"}
ARTICLE = {"address": "mesothelioma/diet", "kind": "article", "position": "0", "risk_class": "low", **BYLINES}
OFFER = {
    "key": "help",
    "kind": "support",
    "heading": "My own heading",
    "action_label": "Go",
    "action_address": "/resources/",
}
STORY = {"key": "one", "kind": "personal", "heading": "My own heading", "typicality": "Rare.", "consent_on": ""}
TOPIC = {"slug": "lungs", "name": "My own name", "summary": "About lungs.", "position": "0"}
PERSON = {"slug": "somebody", "name": "My own name", "job_title": "Nurse", "employer": "A ward", "bio": "Works."}
DISCLOSURE = {"key": "ad", "text": "My own words", "responsible_party": "A firm", "address": "A street"}


@pytest.fixture
def at_the_desk(client: Client, editor: User) -> Client:
    client.force_login(editor)
    return client


def add(client: Client, model: str, form: dict[str, Any]) -> Answer:
    return client.post(f"/admin/articles/{model}/add/", form)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"address": "mesothelioma/stage-4"}, "Article with this Address already exists."),
        ({"address": "diet"}, "The address of an article is its topic, a slash, and small letters and figures."),
        ({"address": "mesothelioma/Diet!"}, "The address of an article is its topic, a slash"),
        ({"address": "other/diet"}, "The address of an article is its topic, a slash"),
        ({"kind": "topic_introduction"}, "The introduction of a topic stands at the address of the topic."),
        ({"topic": ""}, "An article and a topic introduction have a topic. A page of the site has none"),
        ({"kind": "page", "topic": "", "address": "nowhere"}, "stands at one of: about, disclaimer"),
        ({"kind": "page"}, "A page of the site has none"),
        ({"kind": "poem"}, "Select a valid choice."),
        ({"risk_class": ""}, "This field is required."),
        ({"address": "mesothelioma/older"}, "This address leads to another page, because people have linked to it."),
        ({"address": "mesothelioma/" + "x" * 140}, "Ensure this value has at most 140 characters"),
        ({"address": "mesothelioma/d\x00iet"}, "Null characters are not allowed."),
    ],
)
def test_an_article_that_cannot_be(
    at_the_desk: Client, article: Article, topic: Topic, changes: dict[str, str], sentence: str
) -> None:
    Redirect.objects.create(address="mesothelioma/older", article=article)
    form = {**ARTICLE, "topic": str(topic.pk), **changes}
    answer = add(at_the_desk, "article", form)
    assert answer.status_code == 200
    assert sentence in told(answer)
    assert f'value="{form["address"]}"' in answer.content.decode().replace("\x00", "\x00")
    assert Article.objects.count() == 1


def test_a_sentence_of_the_database_stands_beside_its_field(at_the_desk: Client, topic: Topic) -> None:
    page = add(at_the_desk, "article", {**ARTICLE, "topic": str(topic.pk), "address": "diet"}).content.decode()
    row = re.search(r'<div class="form-row[^"]*errors field-address">(.*?)name="address"', page, re.DOTALL)
    assert row is not None
    assert "The address of an article is its topic" in row[1]


def test_an_article_that_can_be_leads_to_its_page_and_the_ledger(at_the_desk: Client, topic: Topic) -> None:
    answer = at_the_desk.post("/admin/articles/article/add/", {**ARTICLE, "topic": str(topic.pk)}, follow=True)
    article = Article.objects.get()
    assert "The page mesothelioma/diet is there. Next: start its first draft." in told(answer)
    assert "Start a draft" in told(answer)
    assert AuditEntry.objects.filter(action="article.added", target_id=str(article.pk)).exists()


def test_a_byline_named_twice_is_told(at_the_desk: Client, article: Article, author: Person) -> None:
    byline = article.bylines.get()
    form = {
        **ARTICLE,
        "address": article.address,
        "topic": str(article.topic_id),
        "bylines-TOTAL_FORMS": "2",
        "bylines-INITIAL_FORMS": "1",
        "bylines-0-id": str(byline.pk),
        "bylines-0-article": str(article.pk),
        "bylines-0-person": str(author.pk),
        "bylines-0-role": "author",
        "bylines-0-position": "0",
        "bylines-1-article": str(article.pk),
        "bylines-1-person": str(author.pk),
        "bylines-1-role": "author",
        "bylines-1-position": "1",
    }
    answer = at_the_desk.post(f"/admin/articles/article/{article.pk}/change/", form)
    assert answer.status_code == 200
    assert "Please correct the duplicate" in told(answer)


@pytest.mark.whole
def test_a_live_page_keeps_an_author_though_another_may_take_their_place(
    at_the_desk: Client, published: PublishedPage, author: Person
) -> None:
    article = published.article
    byline = article.bylines.get(role="author")
    other = Person.objects.create(slug="another", name="Another author")
    form = {
        **ARTICLE,
        "address": article.address,
        "topic": str(article.topic_id),
        "position": "9",
        "bylines-TOTAL_FORMS": "1",
        "bylines-INITIAL_FORMS": "1",
        "bylines-0-id": str(byline.pk),
        "bylines-0-article": str(article.pk),
        "bylines-0-person": str(author.pk),
        "bylines-0-role": "author",
        "bylines-0-position": "0",
        "bylines-0-DELETE": "on",
    }
    address = f"/admin/articles/article/{article.pk}/change/"
    answer = at_the_desk.post(address, form)
    assert answer.status_code == 200
    assert "A page that readers see names its author: name another before this one goes." in told(answer)
    assert 'name="position" value="9"' in answer.content.decode()
    assert article.bylines.get(role="author") == byline
    in_their_place = {
        "bylines-TOTAL_FORMS": "2",
        "bylines-1-article": str(article.pk),
        "bylines-1-person": str(other.pk),
        "bylines-1-role": "author",
        "bylines-1-position": "0",
    }
    assert at_the_desk.post(address, form | in_their_place).status_code == 302
    assert article.bylines.get(role="author").person == other


def test_quoting_somebody_without_the_day_they_agreed_is_told(
    at_the_desk: Client, article: Article, author: Person
) -> None:
    form = {
        **ARTICLE,
        "address": article.address,
        "topic": str(article.topic_id),
        "bylines-TOTAL_FORMS": "1",
        "bylines-INITIAL_FORMS": "0",
        "bylines-0-article": str(article.pk),
        "bylines-0-person": str(author.pk),
        "bylines-0-role": "quoted",
        "bylines-0-agreed_on": "",
        "bylines-0-position": "1",
    }
    address = f"/admin/articles/article/{article.pk}/change/"
    assert "Agreed to be quoted on" in told(at_the_desk.get(address))
    answer = at_the_desk.post(address, form)
    assert answer.status_code == 200
    assert "Give the day this person agreed to be quoted with their name." in told(answer)
    assert at_the_desk.post(address, form | {"bylines-0-agreed_on": "2026-11-02"}).status_code == 302
    assert article.bylines.get(role="quoted").person == author


@pytest.mark.parametrize(
    ("model", "form", "sentence"),
    [
        ("offer", {**OFFER, "kind": "legal"}, "An offer of legal help needs its disclosure"),
        ("offer", {**OFFER, "key": "Not plain"}, "Use small letters, figures and single hyphens only"),
        ("offer", {**OFFER, "action_address": "javascript:alert(1)"}, "an address that starts with https://"),
        ("offer", {**OFFER, "points": "short\n" + "x" * 201}, "Point 2 is longer than 200 characters."),
        ("offer", {**OFFER, "action_label": ""}, "This field is required."),
        ("story", STORY, "A case report needs its source. A personal story needs the day"),
        ("story", {**STORY, "consent_on": "yesterday"}, "Enter a valid date."),
        ("topic", {**TOPIC, "slug": "admin"}, "The site itself answers at this address. Choose another."),
        ("topic", {**TOPIC, "slug": "Lungs and more"}, "Use small letters, figures and single hyphens only"),
        ("topic", {**TOPIC, "slug": "mesothelioma"}, "Topic with this Address already exists."),
        ("topic", {**TOPIC, "position": "-1"}, "Ensure this value is greater than or equal to 0."),
        ("person", {**PERSON, "slug": "Not plain"}, "Use small letters, figures and single hyphens only"),
        ("disclosure", {**DISCLOSURE, "key": "A Key"}, "Use small letters, figures and single hyphens only"),
        ("disclosure", {**DISCLOSURE, "address": ""}, "This field is required."),
    ],
)
def test_a_record_that_cannot_be(
    at_the_desk: Client, topic: Topic, model: str, form: dict[str, str], sentence: str
) -> None:
    answer = add(at_the_desk, model, form)
    assert answer.status_code == 200
    assert sentence in told(answer)
    assert any(mine in answer.content.decode() for mine in ("My own heading", "My own name", "My own words"))
    assert not any(m.objects.exists() for m in (Offer, Story, Person, Disclosure))
    assert Topic.objects.count() == 1


def test_offers_are_typed_with_a_line_for_each_point(at_the_desk: Client) -> None:
    add(at_the_desk, "offer", {**OFFER, "points": "One point\r\n\r\n Another point \r\n"})
    offer = Offer.objects.get()
    assert offer.points == ["One point", "Another point"]
    page = at_the_desk.get(f"/admin/articles/offer/{offer.pk}/change/").content.decode()
    assert "One point\nAnother point" in page


def test_saving_an_offer_as_it_is_changes_nothing_that_is_signed(at_the_desk: Client, offer: Offer) -> None:
    change = f"/admin/articles/offer/{offer.pk}/change/"
    page = at_the_desk.get(change).content.decode()
    points = re.search(r'<textarea name="points"[^>]*>\s*(.*?)</textarea>', page, re.DOTALL)
    assert points is not None
    before = offer.digest
    form = {**OFFER, "kind": offer.kind, "heading": offer.heading, "action_label": offer.action_label}
    form |= {"action_address": offer.action_address, "disclosure": str(offer.disclosure_id), "points": points[1]}
    at_the_desk.post(change, form)
    assert Offer.objects.get().digest == before


def test_a_topic_keeps_its_address(at_the_desk: Client, topic: Topic) -> None:
    answer = at_the_desk.post(f"/admin/articles/topic/{topic.pk}/change/", {**TOPIC, "slug": "meso"})
    assert "The address of a topic does not change, because people have linked to it." in told(answer)
    assert "My own name" in answer.content.decode()


def test_a_topic_under_itself_is_told(at_the_desk: Client, topic: Topic) -> None:
    form = {**TOPIC, "slug": topic.slug, "parent": str(topic.pk)}
    answer = at_the_desk.post(f"/admin/articles/topic/{topic.pk}/change/", form)
    assert "A topic cannot stand under itself." in told(answer)


def test_a_topic_under_a_topic_of_its_own_is_told_beside_the_field(at_the_desk: Client, topic: Topic) -> None:
    below = Topic.objects.create(slug="below", name="Below", summary="S", parent=topic)
    form = {**TOPIC, "slug": topic.slug, "parent": str(below.pk)}
    page = at_the_desk.post(f"/admin/articles/topic/{topic.pk}/change/", form).content.decode()
    row = re.search(r'<div class="form-row[^"]*errors field-parent">(.*?)name="parent"', page, re.DOTALL)
    assert row is not None
    assert "A topic cannot stand under one of its own topics." in row[1]
    assert TOPIC["name"] in page


def test_an_offer_says_where_it_is_shown_and_keeps_its_key(
    at_the_desk: Client, published: PublishedPage, offer: Offer
) -> None:
    page = at_the_desk.get(f"/admin/articles/offer/{offer.pk}/change/")
    assert "mesothelioma/stage-4 (published)" in told(page)
    assert 'name="key"' not in page.content.decode()


def test_every_constraint_a_form_can_meet_has_its_sentence() -> None:
    """A new constraint on a record of the desk needs words for those who fill in its form."""
    from django.apps import apps

    filled_in = {
        "articles": ["article", "byline", "topic", "person", "interest", "reviewscope", "disclosure", "offer", "story"],
        "mesoinfo": ["sitesettings"],
    }
    # Fields that no form holds, or that Django's own words cover.
    elsewhere = {"a_live_article_has_a_page_and_its_dates"}
    names = {
        constraint.name
        for app, models in filled_in.items()
        for model in models
        for constraint in apps.get_model(app, model)._meta.constraints
    }
    assert names - elsewhere <= set(CONSTRAINTS), names - elsewhere - set(CONSTRAINTS)


def test_no_sentence_speaks_of_a_constraint_that_is_gone(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint UNION SELECT relname FROM pg_class WHERE relkind = 'i'")
        there = {row[0] for row in cursor.fetchall()}
    assert set(CONSTRAINTS) <= there, set(CONSTRAINTS) - there
