"""When something is wrong: plain pages that answer even while the database is away."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.models import Article, Kind, PublishedPage, Topic
from articles.public import views
from mesoinfo.models import SiteSettings
from tests.conftest import publish_one

LONG_WRONG_ADDRESS = "/no/such/page/at/all/"


@pytest.fixture(scope="module")
def published(module_db: None) -> PublishedPage:
    """One of a few pages that are live."""
    publish_one("mesothelioma", "# Mesothelioma\n\nWords.\n\n## One\n\nWords.\n", kind=Kind.TOPIC_INTRODUCTION)
    publish_one("mesothelioma/drugs", "# Nivolumab and other drugs\n\nWords.\n\n## One\n\nWords.\n")
    publish_one("glossary/ascites", "# Fluid in the belly (ascites)\n\nIt may swell.\n", kind=Kind.GLOSSARY_TERM)
    publish_one("resources", "# Where to ask\n\nWords.\n\n## One\n\nWords.\n", kind=Kind.PAGE)
    return publish_one("mesothelioma/stage-4", "# Stage 4 mesothelioma\n\nWords.\n\n## One\n\nWords.\n")


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


@pytest.fixture
def meant(client: Client, published: PublishedPage, db: None) -> Callable[[str], list[str]]:
    """The pages that a wrong address is answered with, where a few are live."""

    def named_at(address: str) -> list[str]:
        response = client.get(address)
        assert response.status_code == 404, address  # nobody is sent on to a guess
        said = response.content.decode().partition("Did you mean")[2].partition("</p>")[0]
        return re.findall(r'href="([^"]+)"', said)

    return named_at


@pytest.mark.parametrize(
    ("address", "pages"),
    [
        ("/mesothelioma/stage4/", ["/mesothelioma/stage-4/"]),
        ("/stage-4/", ["/mesothelioma/stage-4/"]),
        ("/mesothelioma/stage-4/index.html", ["/mesothelioma/stage-4/"]),
        ("/mesothelioma/stage-4.html", ["/mesothelioma/stage-4/"]),
        ("/mesothelioma/stage-4/)", ["/mesothelioma/stage-4/"]),
        ("/mesothelioma/stage-4/2/", ["/mesothelioma/stage-4/"]),
        ("/mesotheliona/", ["/mesothelioma/"]),
        ("/mesothelioma/nivolumab-other-drugs/", ["/mesothelioma/drugs/"]),  # by its title
        ("/glossary/asites/", ["/glossary/ascites/"]),
        ("/contact/", ["/advocates/", "/resources/"]),
        ("/phone/", ["/advocates/", "/resources/"]),
        ("/help/", ["/resources/"]),
        ("/poeple/", ["/people/"]),
        ("/sitemap/", ["/site-map/"]),
        ("/giraffe/", []),
        ("/wp-login.php", []),
        ("/mesothelioma/stage-4.png", []),  # a file, which no reader asks for
        ("/%00/stage-4/%00", ["/mesothelioma/stage-4/"]),
        ("/');DROP TABLE articles_article;--/", []),
        ("/" + "stage-4-" * 500 + "/", ["/mesothelioma/stage-4/"]),
        ("/%25s/%25(last)s/", []),
    ],
)
def test_a_wrong_address_names_the_page_that_may_be_meant(
    meant: Callable[[str], list[str]], address: str, pages: list[str]
) -> None:
    assert meant(address) == pages


def test_a_page_that_is_not_live_is_never_named(client: Client, topic: Topic, db: None) -> None:
    Article.objects.create(address="mesothelioma/tests-for-it", topic=topic)
    assert "Did you mean" not in client.get("/mesothelioma/tests-for-itx/").content.decode()


def test_what_may_be_meant_costs_one_query_that_is_stopped_when_it_takes_long(
    client: Client, published: PublishedPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert b"Did you mean" in client.get("/stage-4/").content
    assert len([query for query in queries if "articles_searchname" in query["sql"]]) == 1

    def take_long(path: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(60)")

    monkeypatch.setattr(views, "nearest_pages", take_long)
    monkeypatch.setattr(views, "PATIENCE_ON_THE_WAY", 20)
    response = client.get("/stage-4/")
    assert response.status_code == 404
    assert b"We cannot find that page" in response.content


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
