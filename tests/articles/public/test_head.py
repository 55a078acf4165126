"""What a page says of itself to search engines and to previews of its link; the icons it names."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.utils import timezone
from PIL import Image

from articles.models import Article, Kind, PublishedPage, Topic
from articles.public import people, share_image, site_files, views
from mesoinfo.context import origin
from mesoinfo.models import SiteSettings

from .conftest import PublishPage, Read
from .seen import meta, seen

ORIGIN = "http://testserver"
COUGH = "# Cough\n\nWhat helps.\n\n## Tea\n\nWarm.\n"
STAGE_4 = "/mesothelioma/stage-4/"
CSS = (settings.BASE_DIR / "static" / "css" / "site.css").read_text(encoding="utf-8")

pytestmark = pytest.mark.usefixtures("published_once")


def head_of(read: Read, address: str) -> dict[str, str]:
    page = seen(read(address))
    return meta(page) | {"title": page.one("title").text, "canonical": page.one("link", rel="canonical")["href"]}


def test_a_page_tells_its_address_and_what_it_is_about(
    read: Read, published: PublishedPage, site_settings: SiteSettings
) -> None:
    head = head_of(read, STAGE_4)
    assert head["canonical"] == head["og:url"] == f"{ORIGIN}{STAGE_4}"
    assert head["title"] == "Stage 4 mesothelioma - Meso pages"
    assert head["og:title"] == "Stage 4 mesothelioma"
    assert head["og:site_name"] == "Meso pages"
    assert head["description"] == head["og:description"] == "What stage 4 means, and what can help."
    assert head["og:type"] == "article"
    assert head["article:modified_time"] == published.published_at.isoformat()
    assert head["twitter:card"] == "summary_large_image"
    assert "robots" not in head


def test_the_picture_of_a_page_is_there_and_described(client: Client, read: Read, published: PublishedPage) -> None:
    head = head_of(read, STAGE_4)
    assert head["og:image"] == f"{ORIGIN}/images/share/mesothelioma/stage-4.png"
    assert head["og:image:alt"] == "Stage 4 mesothelioma. mesoinfo"
    assert (head["og:image:width"], head["og:image:height"]) == tuple(map(str, share_image.SIZE))
    for address in (STAGE_4, "/", "/people/an-author/"):
        picture = head_of(read, address)["og:image"].removeprefix(ORIGIN)
        assert client.get(picture)["Content-Type"] == "image/png"


def test_every_page_has_a_title_and_a_description_of_its_own(
    read: Read, published: PublishedPage, publish_page: PublishPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for lists in (views, people):
        monkeypatch.setattr(lists, "PER_PAGE", 2)
    publish_page("mesothelioma/cough", COUGH)
    publish_page("about", "# About us\n\nWho we are.\n\n## People\n\nUs.\n", kind=Kind.PAGE)
    for number in range(2):
        publish_page(f"mesothelioma/p{number}", f"# Page {number}\n\nWhat helps in t{number}.\n\n## Tea\n\nWarm.\n")
    addresses = [
        "/",
        "/mesothelioma/",
        "/mesothelioma/?page=2",
        STAGE_4,
        "/mesothelioma/cough/",
        "/about/",
        "/people/an-author/",
        "/people/an-author/?page=2",
        "/people/reviewer/",
        "/free-case-review/",
        "/glossary/",
        "/people/",
        "/advocates/",
        "/site-map/",
    ]
    heads = [head_of(read, address) for address in addresses]
    assert [head["canonical"] for head in heads] == [f"{ORIGIN}{address}" for address in addresses]
    for what in ("title", "description"):
        told = [head[what] for head in heads]
        assert len(set(told)) == len(told), what
        assert all(10 < len(text) <= 320 for text in told)


@pytest.mark.parametrize("address", ["/mesothelioma/?page=9", "/mesothelioma/?page=1", "/mesothelioma/?utm_source=x"])
def test_one_page_has_one_address_whatever_was_asked(read: Read, published: PublishedPage, address: str) -> None:
    assert head_of(read, address)["canonical"] == f"{ORIGIN}/mesothelioma/"


def test_the_introduction_of_a_topic_speaks_for_the_topic(
    read: Read, published: PublishedPage, publish_page: PublishPage
) -> None:
    text = "# What mesothelioma is\n\nA cancer of thin linings.\n\n## Causes\n\nAsbestos.\n"
    publish_page("mesothelioma", text, kind=Kind.TOPIC_INTRODUCTION)
    head = head_of(read, "/mesothelioma/")
    assert head["title"] == "What mesothelioma is - mesoinfo"
    assert head["og:image"] == f"{ORIGIN}/images/share/mesothelioma.png"


def test_a_page_whose_review_has_lapsed_is_left_to_be_forgotten(read: Read, published: PublishedPage) -> None:
    today = timezone.now().date()
    Article.objects.update(last_reviewed=today - timedelta(days=1000), next_due=today - timedelta(days=90))
    assert head_of(read, STAGE_4)["robots"] == "noindex"


@pytest.mark.parametrize("address", ["/search/", "/search/?q=cough", "/nowhere/", "/feedback/thank-you/"])
def test_what_is_no_page_to_find_says_so(client: Client, published: PublishedPage, address: str) -> None:
    page = seen(client.get(address).content.decode())
    assert meta(page)["robots"] == "noindex"
    assert not page.all("link", rel="canonical")


def test_nothing_typed_into_a_title_breaks_the_head(read: Read, topic: Topic, published: PublishedPage) -> None:
    Topic.objects.update(name='"><script>alert(1)</script>', summary='A "quoted" <b>summary</b> & more.')
    head = head_of(read, "/mesothelioma/")
    assert head["og:title"] == '"><script>alert(1)</script>'
    assert head["description"] == 'A "quoted" <b>summary</b> & more.'


# Which host


@pytest.mark.parametrize("asked", ["www.example.org", "www.example.org:8443", "WWW.example.org.", "example.org"])
def test_pages_have_one_origin_whichever_name_or_port_was_asked(rf: RequestFactory, settings: Any, asked: str) -> None:
    settings.PUBLIC_ORIGIN = "https://www.example.org"
    settings.ALLOWED_HOSTS = ["www.example.org", "example.org"]
    assert origin(rf.get("/", headers={"host": asked})) == "https://www.example.org"


def test_on_a_developers_machine_they_have_the_one_that_was_asked(rf: RequestFactory, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    assert origin(rf.get("/", headers={"host": "127.0.0.1:8000"})) == "http://127.0.0.1:8000"


# Icons and colors


def test_the_icons_are_what_they_say() -> None:
    folder: Path = settings.BASE_DIR / "static" / "img"
    for name, size in (("apple-touch-icon.png", 180), ("icon-192.png", 192), ("icon-512.png", 512)):
        with Image.open(folder / name) as icon:
            assert icon.size == (size, size)
            # To the edge: what rounds the corners is the telephone.
            assert icon.convert("RGB").getpixel((0, 0)) == (12, 79, 71)
    with Image.open(folder / "favicon.ico") as icon:
        assert icon.format == "ICO"
        assert icon.info["sizes"] == {(16, 16), (32, 32), (48, 48)}


def test_the_page_names_them(read: Read, published: PublishedPage) -> None:
    page = seen(read("/"))
    assert page.one("link", rel="icon")["href"] == "/static/img/favicon.svg"
    assert page.one("link", rel="manifest")["href"] == "/manifest.webmanifest"
    feed = page.one("link", rel="alternate")
    assert (feed["type"], feed["href"]) == ("application/atom+xml", "/feed/")


def colors(name: str) -> list[str]:
    """The values of a custom property of the stylesheet: light, then dark."""
    return re.findall(rf"--{name}: (#[0-9a-f]{{6}});", CSS)[:2]


def test_the_colors_are_those_of_the_stylesheet(read: Read, db: None) -> None:
    shown = {element["media"]: element["content"] for element in seen(read("/")).all("meta", name="theme-color")}
    light, dark = colors("band")
    assert shown == {"(prefers-color-scheme: light)": light, "(prefers-color-scheme: dark)": dark}
    assert (light, colors("paper")[0]) == (site_files.BAND, site_files.PAPER)
    assert (light, colors("on-band")[0]) == (share_image.GROUND, share_image.INK)
    assert colors("pine")[1] == share_image.ACCENT
