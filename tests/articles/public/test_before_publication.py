"""Before a page is published nobody finds any of it, wherever they look."""

from __future__ import annotations

from django.test import Client

from articles.models import Person, Revision, Topic

from .conftest import PublishPage, Read
from .test_finding_the_way import linked
from .test_sitemap_and_feed import listed

STAGE_4 = "/mesothelioma/stage-4/"


def test_a_visitor_never_sees_a_draft(client: Client, draft: Revision) -> None:
    assert client.get(STAGE_4).status_code == 404


def test_a_visitor_never_sees_a_page_under_review(client: Client, in_review: Revision) -> None:
    assert client.get(STAGE_4).status_code == 404


def test_an_approved_page_waits_for_its_publisher(client: Client, approved: Revision) -> None:
    assert client.get(STAGE_4).status_code == 404


def test_home_stands_before_anything_is_published(read: Read, db: None) -> None:
    assert "Nothing has been published yet." in read("/")


def test_home_names_no_draft_and_no_empty_topic(read: Read, draft: Revision) -> None:
    page = read("/")
    assert "Stage 4" not in page
    assert "/mesothelioma/" not in linked(page)


def test_a_topic_with_nothing_published_is_not_there(client: Client, draft: Revision) -> None:
    assert client.get("/mesothelioma/").status_code == 404


def test_a_person_leads_to_no_draft(read: Read, draft: Revision, author: Person) -> None:
    Person.objects.update(is_advocate=True)  # named on no page yet, they would have none either
    assert "/mesothelioma/stage-4/" not in linked(read("/people/an-author/"))


def test_the_sitemap_lists_nothing_that_cannot_be_read(
    client: Client, draft: Revision, author: Person, publish_page: PublishPage
) -> None:
    Topic.objects.create(slug="empty", name="Empty", summary="Nothing here.")
    Person.objects.create(slug="nobody", name="Nobody", job_title="J", employer="E", bio="B")
    addresses = listed(client)
    assert not set(addresses) & {"/mesothelioma/stage-4/", "/empty/", "/people/nobody/", "/search/", "/admin/"}


def test_there_is_no_picture_of_it(client: Client, approved: Revision) -> None:
    assert client.get("/images/share/mesothelioma/stage-4.png").status_code == 404


def test_there_are_no_references_to_save(client: Client, approved: Revision) -> None:
    assert client.get(f"{STAGE_4}references.json").status_code == 404
