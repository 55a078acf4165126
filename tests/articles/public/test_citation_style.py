"""The citation style of the site: readers see it at once, nothing is written anew, and no page waits for the engine."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client

from articles.models import PublishedPage
from citations import style
from citations.models import Source
from mesoinfo.citation_styles import CitationStyle
from mesoinfo.models import SiteSettings
from tests.conftest import without_triggers

from .conftest import Read

AT = "/mesothelioma/stage-4/"
AS_SET = {
    CitationStyle.APA: "Writer, A. (2020). Two drugs for mesothelioma: a trial. <i>A Journal</i>.",
    CitationStyle.AMA: "Writer A. Two drugs for mesothelioma: a trial. <i>A Journal</i>.",
    CitationStyle.NLM: "Writer A. Two drugs for mesothelioma: a trial. A Journal. 2020",
}

pytestmark = pytest.mark.usefixtures("published_once", "site_settings")


@pytest.fixture(autouse=True)
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(style, "_Engine", lambda *args: pytest.fail("a page waited for the engine"))


def choose(chosen: CitationStyle) -> None:
    SiteSettings.objects.update(citation_style=chosen)


def stored() -> list[object]:
    """All that pages and sources hold."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT md5(string_agg(p::text, '' ORDER BY p.id)) FROM articles_publishedpage p")
        pages = cursor.fetchone()
        cursor.execute("SELECT md5(string_agg(b::text, '' ORDER BY b.id)) FROM articles_block b")
        return [pages, cursor.fetchone(), list(Source.objects.order_by("pk").values())]


@pytest.mark.parametrize("chosen", CitationStyle)
def test_readers_see_the_list_in_the_style_of_the_site(
    read: Read, published: PublishedPage, chosen: CitationStyle
) -> None:
    choose(chosen)
    shown = read(AT)
    assert AS_SET[chosen] in shown
    assert not any(entry in shown for other, entry in AS_SET.items() if other != chosen)


def test_numbers_and_anchors_are_the_same_in_every_style(read: Read, published: PublishedPage) -> None:
    anchors = []
    for chosen in CitationStyle:
        choose(chosen)
        anchors.append(re.findall(r'(?:id|href)="(#?(?:cite|ref)-[^"]+)"', read(AT)))
    assert anchors[0]
    assert all(each == anchors[0] for each in anchors)


def test_switching_the_style_changes_nothing_that_is_stored(read: Read, published: PublishedPage) -> None:
    before = stored()
    for chosen in CitationStyle:
        choose(chosen)
        read(AT)
    assert stored() == before


def test_a_browser_that_kept_the_page_gets_the_new_list(client: Client, published: PublishedPage) -> None:
    choose(CitationStyle.APA)
    kept = client.get(AT)["ETag"]
    assert client.get(AT, headers={"If-None-Match": kept}).status_code == 304
    choose(CitationStyle.AMA)
    assert client.get(AT, headers={"If-None-Match": kept}).status_code == 200


@pytest.mark.parametrize("frozen_with", [[CitationStyle.APA], [CitationStyle.AMA, CitationStyle.APA]])
def test_a_page_frozen_before_there_was_the_style_keeps_the_first_list_it_has(
    read: Read, published: PublishedPage, frozen_with: list[CitationStyle]
) -> None:
    lists = {chosen.value: published.references_html[chosen] for chosen in frozen_with}
    with without_triggers("articles_publishedpage"):
        PublishedPage.objects.filter(pk=published.pk).update(references_html=lists)
    choose(CitationStyle.NLM)
    assert AS_SET[CitationStyle.APA] in read(AT)
