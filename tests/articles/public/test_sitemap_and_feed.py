"""The list of pages for search engines, and the feed for readers: everything live, nothing lapsed, in date order."""

from __future__ import annotations

import datetime
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article, Kind, Person, PublishedPage
from articles.public import feed as feed_module
from articles.public import sitemaps
from articles.publishing.addresses import move
from articles.publishing.takedown import take_down
from mesoinfo.models import SiteSettings, User
from tests.conftest import member, without_triggers

from .conftest import PublishPage

ORIGIN = "http://testserver"
COUGH = "# Cough\n\nWhat helps.\n\n## Tea\n\nWarm.\n"
ATOM = "{http://www.w3.org/2005/Atom}"
NINE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"

pytestmark = pytest.mark.usefixtures("published_once")


def listed(client: Client, address: str = "/sitemap.xml") -> dict[str, str | None]:
    """Each address of a sitemap with its date."""
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/xml"
    found = ElementTree.fromstring(answer.content).findall(f"{NINE}url")
    return {
        (place.findtext(f"{NINE}loc") or "").removeprefix(ORIGIN): place.findtext(f"{NINE}lastmod") for place in found
    }


def lapse(article: Article) -> None:
    today = timezone.now().date()
    Article.objects.filter(pk=article.pk).update(
        last_reviewed=today - datetime.timedelta(days=1000), next_due=today - datetime.timedelta(days=90)
    )


# The sitemap


def test_everything_there_is_to_read_is_listed_and_answers(
    client: Client, published: PublishedPage, publish_page: PublishPage
) -> None:
    publish_page("about", "# About us\n\nWho we are.\n\n## People\n\nUs.\n", kind=Kind.PAGE)
    addresses = listed(client)
    assert set(addresses) >= {
        "/",
        "/mesothelioma/",
        "/mesothelioma/stage-4/",
        "/about/",
        "/people/an-author/",
        "/people/reviewer/",
        "/free-case-review/",
        "/glossary/",
        "/people/",
        "/advocates/",
        "/site-map/",
    }
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert 'content="noindex"' not in answer.content.decode(), address


def test_an_introduction_is_listed_once_as_its_topic(
    client: Client, published: PublishedPage, publish_page: PublishPage
) -> None:
    publish_page("mesothelioma", "# What it is\n\nA cancer.\n\n## One\n\nW.\n", kind=Kind.TOPIC_INTRODUCTION)
    content = client.get("/sitemap.xml").content.decode()
    assert content.count(f"<loc>{ORIGIN}/mesothelioma/</loc>") == 1


def test_what_has_lapsed_is_left_out(client: Client, published: PublishedPage, publish_page: PublishPage) -> None:
    page = publish_page("mesothelioma", "# What it is\n\nA cancer.\n\n## One\n\nW.\n", kind=Kind.TOPIC_INTRODUCTION)
    lapse(published.article)
    assert "/mesothelioma/stage-4/" not in listed(client)
    assert "/mesothelioma/" in listed(client)
    lapse(page.article)
    assert "/mesothelioma/" not in listed(client)
    assert "/people/an-author/" not in listed(client)


@pytest.mark.parametrize(("reviewed", "expected"), [(-10, -5), (-1, -1)])
def test_its_date_is_the_later_of_publishing_and_review(
    client: Client, published: PublishedPage, reviewed: int, expected: int
) -> None:
    now = timezone.now()
    with without_triggers("articles_publishedpage"):
        PublishedPage.objects.update(published_at=now - datetime.timedelta(days=5))
    Article.objects.update(last_reviewed=(now + datetime.timedelta(days=reviewed)).date())
    day = (now + datetime.timedelta(days=expected)).date().isoformat()
    addresses = listed(client)
    assert addresses["/mesothelioma/stage-4/"] == addresses["/mesothelioma/"] == addresses["/"] == day
    assert addresses["/free-case-review/"] is None


@pytest.mark.whole
def test_too_many_addresses_for_one_file_come_in_several(
    client: Client, published: PublishedPage, publish_page: PublishPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        publish_page(f"mesothelioma/p{number}", COUGH)
    at_once = listed(client)
    monkeypatch.setattr(sitemaps, "MOST", 2)
    monkeypatch.setattr(sitemaps.Section, "limit", 2)
    index = ElementTree.fromstring(client.get("/sitemap.xml").content)
    assert index.tag == f"{NINE}sitemapindex"
    files = [element.text or "" for element in index.iter(f"{NINE}loc")]
    assert f"{ORIGIN}/sitemap-pages.xml?p=2" in files
    in_parts: dict[str, str | None] = {}
    for file in files:
        part = listed(client, file.removeprefix(ORIGIN))
        assert len(part) <= 2
        in_parts |= part
    assert in_parts == at_once


@pytest.mark.parametrize("address", ["/sitemap-none.xml", "/sitemap-pages.xml?p=9", "/sitemap-pages.xml?p=x"])
def test_there_are_no_other_parts(client: Client, published: PublishedPage, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.whole
def test_the_list_costs_the_same_queries_however_long_it_is(
    client: Client, published: PublishedPage, publish_page: PublishPage
) -> None:
    def queries_of(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    few = [queries_of(address) for address in ("/sitemap.xml", "/feed/")]
    for number in range(4):
        publish_page(f"mesothelioma/p{number}", COUGH)
    assert [queries_of(address) for address in ("/sitemap.xml", "/feed/")] == few


@pytest.mark.parametrize("address", ["/sitemap.xml", "/feed/"])
def test_they_are_kept_for_a_while_and_sent_only_when_changed(
    client: Client, published: PublishedPage, address: str
) -> None:
    answer = client.get(address)
    assert answer["Cache-Control"] == "public, max-age=600"
    assert not answer.cookies
    assert "cookie" not in answer["Vary"].lower()
    assert client.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304


# The feed


def entries(client: Client) -> list[ElementTree.Element]:
    answer = client.get("/feed/")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(answer.content).findall(f"{ATOM}entry")


def told(entry: ElementTree.Element, name: str) -> str:
    return entry.findtext(f"{ATOM}{name}") or ""


def test_the_feed_tells_what_it_is(client: Client, published: PublishedPage, site_settings: SiteSettings) -> None:
    feed = ElementTree.fromstring(client.get("/feed/").content)
    assert told(feed, "title") == "Meso pages"
    assert told(feed, "id") == f"{ORIGIN}/feed/"
    assert {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")} == {
        "alternate": f"{ORIGIN}/",
        "self": f"{ORIGIN}/feed/",
    }
    assert told(feed, "updated") == published.published_at.isoformat()
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "A publisher"


def test_each_page_is_told_with_its_dates(client: Client, published: PublishedPage) -> None:
    (entry,) = entries(client)
    assert told(entry, "title") == "Stage 4 mesothelioma"
    assert told(entry, "summary") == "What stage 4 means, and what can help."
    link = entry.find(f"{ATOM}link")
    assert link is not None and link.get("href") == f"{ORIGIN}/mesothelioma/stage-4/"
    assert told(entry, "published") == told(entry, "updated") == published.published_at.isoformat()
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "An author"


def test_a_page_that_was_reviewed_again_comes_first_with_that_day(
    client: Client, published: PublishedPage, publish_page: PublishPage
) -> None:
    publish_page("mesothelioma/cough", COUGH)
    assert [told(entry, "title") for entry in entries(client)] == ["Cough", "Stage 4 mesothelioma"]
    ahead = timezone.now().date() + datetime.timedelta(days=1)
    Article.objects.filter(pk=published.article_id).update(last_reviewed=ahead)
    first = entries(client)[0]
    assert told(first, "title") == "Stage 4 mesothelioma"
    assert told(first, "updated") == f"{ahead}T00:00:00+00:00"
    assert told(first, "published") == published.published_at.isoformat()


def test_the_id_of_a_page_stays_when_it_moves(
    client: Client, published: PublishedPage, publisher: User, publish_page: PublishPage
) -> None:
    publish_page("mesothelioma/cough", COUGH)
    before = {told(entry, "title"): told(entry, "id") for entry in entries(client)}
    article = published.article
    day = published.published_at.date()
    assert before["Stage 4 mesothelioma"] == f"tag:testserver,{day}:article/{article.pk}"
    assert len(set(before.values())) == 2
    assert article.topic is not None
    move(article, topic=article.topic, name="four", reason="Plainer.", by=publisher)
    assert {told(entry, "title"): told(entry, "id") for entry in entries(client)} == before


def test_only_what_can_be_read_and_has_not_lapsed_is_told(
    client: Client, published: PublishedPage, publish_page: PublishPage
) -> None:
    cough = publish_page("mesothelioma/cough", COUGH)
    lapse(published.article)
    assert [told(entry, "title") for entry in entries(client)] == ["Cough"]
    take_down(cough.article, reason="It is wrong.", by=member("publisher"))
    assert entries(client) == []


def test_the_feed_tells_the_latest_only(
    client: Client, publish_page: PublishPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_module, "LATEST", 2)
    for number in range(3):
        publish_page(f"mesothelioma/p{number}", f"# Page {number}\n\nWhat helps.\n")
    assert [told(entry, "title") for entry in entries(client)] == ["Page 2", "Page 1"]


def test_no_text_breaks_the_feed(client: Client, published: PublishedPage) -> None:
    with without_triggers("articles_publishedpage"):
        PublishedPage.objects.update(title="A < B & \x07 C", lede="<b>Bold</b> & \x1b more")
    Person.objects.update(name="A\x0bB")
    SiteSettings.objects.update_or_create(pk=1, defaults={"site_name": "\x1fName", "publisher_name": "\ufffeP"})
    (entry,) = entries(client)
    assert told(entry, "title") == "A < B &  C"
    assert told(entry, "summary") == "&lt;b&gt;Bold&lt;/b&gt; &amp;  more"


def test_in_production_all_addresses_are_of_the_sites_own_host(
    client: Client, published: PublishedPage, settings: Any
) -> None:
    settings.PUBLIC_ORIGIN = "https://www.example.org"
    for address in ("/sitemap.xml", "/feed/", "/robots.txt", "/mesothelioma/stage-4/"):
        content = client.get(address).content.decode()
        assert "https://www.example.org/" in content
        assert not re.search(r"http://testserver|https://testserver", content)
