"""The one script of the public site: small, loaded once, and able to keep or tell nothing."""

from __future__ import annotations

import re
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.test import Client

from articles.models import PublishedPage

SCRIPT = Path(settings.BASE_DIR) / "static" / "js" / "site.js"

pytestmark = pytest.mark.usefixtures("published_once")


def test_it_weighs_half_of_what_it_may() -> None:
    promised = 8 * 1024  # compressed, and all that is ever added to it
    assert len(brotli.compress(SCRIPT.read_bytes())) <= promised / 2


@pytest.mark.parametrize("address", ["/", "/mesothelioma/stage-4/", "/search/", "/free-case-review/", "/nowhere/"])
def test_every_public_page_loads_it_once_and_after_its_words(
    client: Client, published: PublishedPage, address: str
) -> None:
    scripts = re.findall(r"<script\b[^>]*>", client.get(address).content.decode())
    assert [script for script in scripts if "application/ld+json" not in script] == [
        '<script src="/static/js/site.js" defer>'
    ]


def test_the_desk_does_not_load_it(client: Client, db: None) -> None:
    assert b"site.js" not in client.get("/admin/login/").content


def test_it_keeps_nothing_and_asks_for_suggestions_only() -> None:
    script = SCRIPT.read_text()
    for way in (
        "localStorage",
        "sessionStorage",
        "indexedDB",
        "cookie",
        "sendBeacon",
        "XMLHttpRequest",
        "import(",
        "//www",
        "eval(",
    ):
        assert way not in script
    assert script.count("fetch(") == 1
