"""When something is wrong: plain pages that answer even while the database is away."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from articles.models import PublishedPage
from mesoinfo.models import SiteSettings

LONG_WRONG_ADDRESS = "/no/such/page/at/all/"


def test_a_wrong_address_is_answered_while_the_database_is_away(
    client: Client, published: PublishedPage, site_settings: SiteSettings, database_away
) -> None:
    client.get("/")
    with database_away():
        response = client.get(LONG_WRONG_ADDRESS)
    page = response.content.decode()
    assert response.status_code == 404
    assert "We cannot find that page" in page
    assert "1-800-555-0100" in page  # as last known


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/mesothelioma/",
        "/mesothelioma/stage-4/",
        "/search/?q=breath",
        "/people/an-author/",
        "/sitemap.xml",
        "/feed/",
    ],
)
def test_while_the_database_is_away_readers_are_asked_to_come_back(
    client: Client, published: PublishedPage, site_settings: SiteSettings, database_away, address: str
) -> None:
    client.get("/")
    with database_away():
        response = client.get(address)
    page = response.content.decode()
    assert response.status_code == 503
    assert response["Retry-After"] == "60"
    assert "We cannot show this page just now" in page
    assert 'href="tel:18005550100"' in page  # as last known
    assert 'href="tel:911"' in page
    assert "OperationalError" not in page
    assert client.get(address).status_code == 200


def test_a_page_that_cannot_be_made_is_answered_plainly(
    client: Client, published: PublishedPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.raise_request_exception = False
    monkeypatch.setattr("articles.public.views.trust_in", lambda page: 1 / 0)
    response = client.get("/mesothelioma/stage-4/")
    page = response.content.decode()
    assert response.status_code == 500
    assert "Something went wrong on our side" in page
    assert 'href="tel:911"' in page
    assert "ZeroDivisionError" not in page


def test_the_plain_page_needs_nothing_to_be_made() -> None:
    source = (Path(settings.BASE_DIR) / "templates" / "500.html").read_text()
    assert "{%" not in source
    assert "{{" not in source


@pytest.mark.parametrize(
    "address",
    ["/", "/mesothelioma/", "/mesothelioma/stage-4/", "/search/", "/people/an-author/", "/robots.txt"],
)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_pages_to_read_refuse_other_methods(
    client: Client, published: PublishedPage, address: str, method: str
) -> None:
    response = getattr(client, method)(address)
    assert response.status_code == 405
    assert set(response["Allow"].split(", ")) == {"GET", "HEAD"}


@pytest.mark.parametrize(
    "address", ["/%00/", "/%ff/", "/mesothelioma/%00/", "/people/%2e%2e/", "/" + "a" * 3000 + "/", "/a/b/c", "/..//"]
)
def test_hostile_addresses_are_just_not_found(client: Client, published: PublishedPage, address: str) -> None:
    assert client.get(address).status_code == 404
