"""Where a source is used: on its page of the desk, each page and story with the words that rest on it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from articles.admin.where_used import uses_of
from articles.models import PublishedPage, Revision, Story
from articles.publishing.takedown import withdraw_page
from citations.merging import merge, preview
from citations.models import Source
from mesoinfo.models import User
from tests.conftest import member
from tests.desk_answers import told

SECTION = "\n## More\n\nMore [@trial2020].\n\n- One point [@trial2020; @trial2020, p. 3]\n"


def page_of(source: Source, client: Client, user: User) -> str:
    client.force_login(user)
    return told(client.get(f"/admin/citations/source/{source.pk}/change/"))


def test_a_live_page_is_listed_with_the_words_that_rest_on_it(
    client: Client, published: PublishedPage, source: Source, writer: User
) -> None:
    shown = page_of(source, client, writer)
    assert "/mesothelioma/stage-4/ live One study described a trial of two drugs" in shown


def test_what_is_being_written_is_listed_too_and_what_readers_had_is_not(
    published: PublishedPage, next_revision: Callable[[str], Revision], source: Source
) -> None:
    draft = next_revision(published.revision.text + SECTION)
    uses = uses_of(source)
    assert [(use.revision, use.standing) for use in uses] == [(published.revision, "live"), (draft, "in review")]
    assert [words[:10] for words in uses[1].words] == ["One study ", "More.", "One point"]


def test_a_withdrawn_page_is_called_what_it_is(published: PublishedPage, source: Source) -> None:
    withdraw_page(published.article, reason="Checked.", reader_note="We check it.", by=member("publisher"))
    assert [use.standing for use in uses_of(source)] == ["withdrawn"]


def test_a_live_page_that_cites_what_was_merged_into_it_is_listed(
    client: Client, published: PublishedPage, source: Source, editor: User
) -> None:
    middle, last = (
        Source.objects.create(key=key, csl=source.csl | {"id": key, "DOI": f"10.1234/{key}"}) for key in "ab"
    )
    for one, other in ((source, middle), (middle, last)):
        merge(one, other, take=frozenset(), stamp=preview(one, other).stamp, by=editor)
    shown = page_of(last, client, editor)
    assert "Merged into a" in told(client.get("/admin/citations/source/"))
    assert f"/mesothelioma/stage-4/ live citing {source.key}, which was merged into this One study" in shown


def test_a_story_told_from_it_is_listed(client: Client, source: Source, writer: User) -> None:
    Story.objects.create(key="a-story", kind="case_report", heading="One of many", typicality="Rare.", source=source)
    assert "The story a-story : One of many" in page_of(source, client, writer)


def test_a_source_that_nothing_rests_on_says_so(client: Client, source: Source, writer: User) -> None:
    assert "Nowhere: no page that readers have or that is being written cites it" in page_of(source, client, writer)


@pytest.mark.parametrize("times", [1, 20])
def test_it_takes_the_same_few_queries_however_often_it_is_used(
    published: PublishedPage,
    next_revision: Callable[[str], Revision],
    source: Source,
    times: int,
    django_assert_num_queries: Callable[[int], object],
) -> None:
    next_revision(published.revision.text + SECTION * times)
    with django_assert_num_queries(3):  # type: ignore[attr-defined]  # a context manager
        uses_of(source)
