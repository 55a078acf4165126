"""Related pages: those that rest on the same sources first, then the others of the topic."""

from __future__ import annotations

import re

import pytest

from articles.models import Kind, PublishedPage, Topic
from articles.public import related
from articles.public.related import related_to
from citations.importing import import_csl
from mesoinfo.models import User

from .conftest import PublishPage, Read


@pytest.fixture
def elsewhere(db: None) -> Topic:
    return Topic.objects.create(slug="asbestos", name="Asbestos", summary="The mineral.")


@pytest.fixture(autouse=True)
def sources(writer: User) -> None:
    """Four sources, named a to d."""
    import_csl(
        [
            {"id": key, "type": "article-journal", "title": f"Study {key}", "issued": {"date-parts": [[2020]]}}
            for key in "abcd"
        ],
        by=writer,
    )


def citing(title: str, keys: str) -> str:
    cited = f" [{'; '.join(f'@{key}' for key in keys)}]" if keys else ""
    return f"# {title}\n\nWhat helps.\n\n## Tea\n\nA study looked at it{cited}.\n"


@pytest.fixture
def page(publish_page: PublishPage) -> PublishedPage:
    return publish_page("mesothelioma/own", citing("Own", "abc"))


def shown(read: Read, address: str = "/mesothelioma/own/") -> list[str]:
    """The titles of the related pages."""
    section = read(address).partition("Related pages</h2>")[2].partition("</section>")[0]
    return re.findall(r"<li>\s*<a [^>]*>([^<]*)</a>", section)


@pytest.mark.whole
def test_shared_sources_count_first_then_the_topic_then_its_order(
    read: Read, page: PublishedPage, publish_page: PublishPage, elsewhere: Topic
) -> None:
    publish_page("mesothelioma/last", citing("Last", ""), position=9)
    publish_page("mesothelioma/first", citing("First", "d"), position=1)
    publish_page("asbestos/two", citing("Two", "cb"), topic=elsewhere)
    publish_page("asbestos/one", citing("One elsewhere", "a"), topic=elsewhere)
    publish_page("mesothelioma/one", citing("One here", "a"), position=5)
    publish_page("asbestos/none", citing("None", "d"), topic=elsewhere)
    assert shown(read) == ["Two", "One here", "One elsewhere", "First", "Last"]


@pytest.mark.whole
def test_what_a_page_cited_before_no_longer_counts(
    read: Read, page: PublishedPage, publish_page: PublishPage, elsewhere: Topic
) -> None:
    publish_page("asbestos/two", citing("Two", "ab"), topic=elsewhere)
    publish_page("asbestos/two", citing("Two", "bd"))
    assert shown(read) == ["Two"]
    publish_page("asbestos/two", citing("Two", "d"))
    assert shown(read) == []


@pytest.mark.whole
def test_the_best_few_are_shown(read: Read, page: PublishedPage, publish_page: PublishPage) -> None:
    for number in range(related.MOST):
        publish_page(f"mesothelioma/p{number}", citing(f"P{number}", ""))
    publish_page("mesothelioma/z", citing("Z", "a"))
    assert shown(read) == ["Z", *(f"P{number}" for number in range(related.MOST - 1))]


def test_a_page_without_sources_has_its_topic(read: Read, page: PublishedPage, publish_page: PublishPage) -> None:
    publish_page("mesothelioma/plain", citing("Plain", ""))
    assert shown(read, "/mesothelioma/plain/") == ["Own"]


@pytest.mark.whole
def test_terms_introductions_and_pages_of_the_site_are_not_related(
    read: Read, page: PublishedPage, publish_page: PublishPage
) -> None:
    publish_page("glossary/tea", citing("Tea", "a"), kind=Kind.GLOSSARY_TERM)
    publish_page("about", citing("About", "a"), kind=Kind.PAGE)
    publish_page("mesothelioma", citing("Mesothelioma", "a"), kind=Kind.TOPIC_INTRODUCTION)
    assert shown(read) == []
    assert "Related pages" not in read("/mesothelioma/own/")


@pytest.mark.whole
def test_two_queries_find_them_whatever_they_share(
    page: PublishedPage, publish_page: PublishPage, django_assert_num_queries
) -> None:
    for number in range(3):
        publish_page(f"mesothelioma/p{number}", citing(f"P{number}", "ab"[:number]))
    page = PublishedPage.objects.live().with_shell().get(pk=page.pk)
    with django_assert_num_queries(2):
        assert len(related_to(page)) == 3
