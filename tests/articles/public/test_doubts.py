"""A source is retracted: readers are told at once, at each sentence that rests on it, and no signed word changes."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client

from articles.models import PublishedPage
from articles.public.doubts import doubts_about
from citations import merging
from citations.models import Notice, NoticeKind, Source
from mesoinfo.models import User

from .conftest import PublishPage, Read

AT = "/mesothelioma/stage-4/"
THREE = """# Three

A lede.

## One

First [@trial2020]. Second [@other2021]. Both agree [@other2021; @trial2020, p. 3].

- A point [@trial2020].
"""

pytestmark = pytest.mark.usefixtures("published_once", "site_settings")


@pytest.fixture
def other(source: Source) -> Source:
    record = {"id": "other2021", "type": "webpage", "title": "Another page", "URL": "https://example.org/page"}
    return Source.objects.create(key="other2021", csl=record)


def said(source: Source, kind: NoticeKind, *, on: date = date(2026, 3, 1), reference: str = "") -> Notice:
    return Notice.objects.create(source=source, kind=kind, on=on, reference=reference)


def marks(page: str) -> list[str]:
    """The words before each mark, and the mark."""
    return [
        " ".join(re.sub(r"<sup.*?</sup>|<[^>]+>", "", found).split())
        for found in re.findall(r"<(?:p|li)>((?:(?!</(?:p|li)>).)*?class=\"doubt\".*?)</(?:p|li)>", page, re.DOTALL)
    ]


def test_each_sentence_that_rests_on_it_is_marked_and_no_other(
    read: Read, publish_page: PublishPage, source: Source, other: Source
) -> None:
    publish_page("mesothelioma/three", THREE)
    said(source, NoticeKind.RETRACTED)
    shown = read("/mesothelioma/three/")
    assert marks(shown)[:2] == [
        "First [source 1 was retracted]. Second. Both agree [source 1 was retracted].",
        "A point [source 1 was retracted].",
    ]
    assert shown.count('<span class="doubt">[<a href="#ref-trial2020">source 1 was retracted</a>]</span>') == 3


def test_the_list_says_when_and_where_it_was_announced(read: Read, published: PublishedPage, source: Source) -> None:
    said(source, NoticeKind.RETRACTED, reference="10.1234/Retraction(1)")
    entry = re.search(r'<li id="ref-trial2020">.*?</li>', read(AT), re.DOTALL)
    assert entry is not None
    assert (
        '<strong class="doubt">Retracted on March 1, 2026.</strong> '
        '<a href="https://doi.org/10.1234/Retraction(1)" rel="noopener">Read why</a>'
    ) in entry[0]


def test_a_notice_above_the_page_says_so_and_what_we_do(read: Read, published: PublishedPage, source: Source) -> None:
    before = read(AT)
    assert "was retracted" not in before
    said(source, NoticeKind.RETRACTED)
    words = " ".join(re.sub("<[^>]+>", "", read(AT)).split())
    assert (
        "A source of this page was retracted. What rests on it is marked, and we are reading this page again." in words
    )


def test_a_published_concern_is_told_as_one(read: Read, published: PublishedPage, source: Source) -> None:
    said(source, NoticeKind.CONCERN)
    shown = read(AT)
    assert "source 1 is in doubt" in shown
    assert "A doubt about it was published on March 1, 2026." in shown
    assert "was retracted" not in shown


@pytest.mark.parametrize("kind", [NoticeKind.CORRECTED, NoticeKind.REINSTATED])
def test_what_puts_nothing_in_doubt_marks_nothing(
    read: Read, published: PublishedPage, source: Source, kind: NoticeKind
) -> None:
    before = read(AT)
    said(source, kind)
    assert read(AT) == before


def test_a_work_that_was_reinstated_is_marked_no_more(read: Read, published: PublishedPage, source: Source) -> None:
    before = read(AT)
    said(source, NoticeKind.RETRACTED)
    assert read(AT) != before
    said(source, NoticeKind.REINSTATED, on=date(2026, 4, 1))
    assert read(AT) == before


def test_what_is_said_of_the_source_that_a_cited_one_was_merged_into_is_said_of_it(
    read: Read, published: PublishedPage, source: Source, other: Source, editor: User
) -> None:
    merging.merge(source, other, take=frozenset(), stamp=merging.preview(source, other).stamp, by=editor)
    assert "was retracted" not in read(AT)
    said(other, NoticeKind.RETRACTED)
    shown = read(AT)
    assert '<a href="#ref-trial2020">source 1 was retracted</a>' in shown
    assert '<strong class="doubt">Retracted on March 1, 2026.</strong>' in shown


def test_nothing_that_was_signed_changes(published: PublishedPage, source: Source) -> None:
    frozen = PublishedPage.objects.filter(pk=published.pk).values()
    before = list(frozen)
    said(source, NoticeKind.RETRACTED)
    assert list(frozen.all()) == before


def test_a_browser_that_kept_the_page_is_told_too(client: Client, published: PublishedPage, source: Source) -> None:
    kept = client.get(AT)["ETag"]
    said(source, NoticeKind.RETRACTED)
    assert client.get(AT, headers={"If-None-Match": kept}).status_code == 200


def test_a_key_that_begins_like_another_marks_only_its_own(published: PublishedPage, source: Source) -> None:
    said(source, NoticeKind.RETRACTED)
    doubts = doubts_about(published)
    html = '<sup class="cite"><a href="#ref-trial2020b" id="cite-trial2020b-1">2</a></sup>'
    assert doubts.mark(html) == html


@pytest.mark.parametrize("reference", ["http://example.org/notice", ""])
def test_an_address_that_is_not_safe_is_no_link(
    read: Read, published: PublishedPage, source: Source, reference: str
) -> None:
    said(source, NoticeKind.RETRACTED, reference=reference)
    shown = read(AT)
    assert "Retracted on March 1, 2026." in shown
    assert "Read why" not in shown
