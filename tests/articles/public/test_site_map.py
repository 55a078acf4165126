"""The site map: everything visitors can read, along the tree of topics, in a handful of queries."""

from __future__ import annotations

import re

import pytest

from articles.models import Kind, PublishedPage, Revision, Topic
from articles.public import site_map

from .conftest import PublishPage, Read
from .test_finding_the_way import linked


def tea(title: str) -> str:
    return f"# {title}\n\nWhat helps.\n\n## Tea\n\nWarm.\n"


@pytest.fixture
def tree(publish_page: PublishPage, topic: Topic) -> None:
    """Cancers › Mesothelioma › Treatment, with pages on the lower two."""
    above = Topic.objects.create(slug="cancers", name="Cancers", summary="All.")
    Topic.objects.filter(pk=topic.pk).update(parent=above)
    below = Topic.objects.create(slug="treatment", name="Treatment", summary="What helps.", parent=topic)
    Topic.objects.create(slug="empty", name="Empty", summary="Nothing here.", parent=topic)
    publish_page("mesothelioma/cough", tea("Cough"))
    publish_page("treatment/tea", tea("Tea"), topic=below)


def test_every_page_a_visitor_can_read_is_on_the_map(
    read: Read, tree: None, effusion: PublishedPage, publish_page: PublishPage
) -> None:
    publish_page("about", tea("About us"), kind=Kind.PAGE)
    publish_page("mesothelioma", tea("What it is"), kind=Kind.TOPIC_INTRODUCTION)
    addresses = set(linked(read("/site-map/")))
    live = {page.get_absolute_url() for page in PublishedPage.objects.live().select_related("article")}
    assert live <= addresses
    people = set(linked(read("/people/"))) | set(linked(read("/advocates/")))
    assert {address for address in people if re.fullmatch("/people/.+/", address)} <= addresses
    assert "/people/reviewer/" in addresses
    assert {"/", "/search/", "/glossary/", "/people/", "/advocates/", "/free-case-review/", "/cancers/"} <= addresses
    for address in addresses:
        read(address)


def test_topics_stand_within_topics_as_deep_as_they_go(read: Read, tree: None) -> None:
    page = read("/site-map/")
    depth = 0
    found: dict[str, int] = {}
    for part in re.findall(r'<ul|</ul>|<a href="(?:/cancers/|/mesothelioma/|/treatment/|/treatment/tea/)"', page):
        depth += {"<ul": 1, "</ul>": -1}.get(part, 0)
        if part.startswith("<a"):
            found.setdefault(part[9:-1], depth)
    lowest = found["/cancers/"]
    assert [found[a] - lowest for a in ("/mesothelioma/", "/treatment/", "/treatment/tea/")] == [1, 2, 3]
    assert "/empty/" not in linked(page)


@pytest.mark.whole
def test_a_long_topic_and_a_long_glossary_lead_on_to_their_own_lists(
    read: Read, publish_page: PublishPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_map, "PER_TOPIC", 2)
    for number in range(3):
        publish_page(f"mesothelioma/p{number}", tea(f"Page {number}"))
        publish_page(f"glossary/w{number}", tea(f"Word {number}"), kind=Kind.GLOSSARY_TERM)
    page = read("/site-map/")
    assert "All 3 pages on Mesothelioma" in page
    assert "All 3 words" in page
    assert "/mesothelioma/p2/" not in linked(page)
    assert "/glossary/w2/" not in linked(page)


def test_a_draft_is_not_on_the_map(read: Read, draft: Revision) -> None:
    page = read("/site-map/")
    assert "/mesothelioma/" not in linked(page)
    assert "Nothing has been published yet." in page
