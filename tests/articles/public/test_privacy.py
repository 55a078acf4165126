"""No spying: no cookie, nothing that differs between visitors, nothing from elsewhere; cheap to ask again."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from articles.models import PublishedPage
from mesoinfo.models import SiteSettings, User

PAGES = ["/", "/mesothelioma/", "/mesothelioma/stage-4/", "/search/?q=breath", "/people/an-author/", "/nowhere/"]

pytestmark = pytest.mark.usefixtures("published_once")


@pytest.mark.parametrize("address", PAGES)
def test_pages_set_no_cookie_and_do_not_vary_by_one(client: Client, published: PublishedPage, address: str) -> None:
    response = client.get(address)
    assert not response.cookies
    assert "cookie" not in response.get("Vary", "").lower()


@pytest.mark.parametrize("address", PAGES)
def test_members_of_staff_read_the_same_bytes_as_everyone(
    client: Client, published: PublishedPage, writer: User, address: str
) -> None:
    anybody = client.get(address).content
    client.force_login(writer)
    assert client.get(address).content == anybody


@pytest.mark.parametrize("address", PAGES)
def test_nothing_is_loaded_from_elsewhere(
    client: Client, published: PublishedPage, site_settings: SiteSettings, address: str
) -> None:
    page = client.get(address).content.decode()
    loaded = re.findall(r'<(?:script|img|iframe|source)[^>]+src="([^"]+)"', page)
    loaded += re.findall(r'<link[^>]+rel="(?:stylesheet|icon|preload)"[^>]*>', page)
    assert not [part for part in loaded if "//" in part]
    assert not re.search(r"<script(?![^>]*(?: src=| type=\"application/ld\+json\"))", page)
    assert not re.search(r"\sstyle=|\son\w+=|<style", page)


@pytest.mark.parametrize("address", PAGES)
def test_the_headers_keep_the_page_to_itself(client: Client, published: PublishedPage, address: str) -> None:
    headers = client.get(address).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_page_is_asked_for_each_time_and_sent_only_when_changed(client: Client, published: PublishedPage) -> None:
    first = client.get("/mesothelioma/stage-4/")
    assert first["Cache-Control"] == "no-cache"
    again = client.get("/mesothelioma/stage-4/", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert not again.content


def test_a_changed_badge_changes_the_etag(client: Client, published: PublishedPage) -> None:
    before = client.get("/mesothelioma/stage-4/")["ETag"]
    published.article.is_sample = True
    published.article.save(update_fields=["is_sample"])
    assert client.get("/mesothelioma/stage-4/")["ETag"] != before


@pytest.mark.parametrize("address", PAGES)
def test_heads_are_answered_like_pages(client: Client, published: PublishedPage, address: str) -> None:
    whole, head = client.get(address), client.head(address)
    assert head.status_code == whole.status_code
    assert not head.content


def test_the_desk_does_not_read_the_settings_of_the_site(client: Client, django_assert_num_queries, db: None) -> None:
    with django_assert_num_queries(0):
        assert client.get("/admin/login/").status_code == 200
