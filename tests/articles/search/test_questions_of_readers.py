"""Questions as people type them, asked of the sample pages: what they should read first."""

from __future__ import annotations

import re

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_pages")]

OUTLOOK = "/glossary/prognosis/"
STAGE_4 = "/mesothelioma/stage-4/"
RESOURCES = "/resources/"


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("is my husband going to die", OUTLOOK),
        ("my husband is dying", OUTLOOK),
        ("dying", OUTLOOK),
        ("how long have we got", OUTLOOK),
        ("how long does he have", OUTLOOK),
        ("how long do I have to live", OUTLOOK),
        ("how much time is left", OUTLOOK),
        ("survival", OUTLOOK),
        ("what is mesothelioma", "/glossary/mesothelioma/"),
        ("mesotheliona", "/glossary/mesothelioma/"),
        ("mesothelioma stage4", STAGE_4),
        ("chest pane", STAGE_4),
        ("appetite", STAGE_4),
        ("loss of appetite", STAGE_4),
        ("terminal", STAGE_4),
        ("keytruda", "/glossary/immunotherapy/"),
        ("hospis care", RESOURCES),
        ("veteran benefits", RESOURCES),
        ("carer", RESOURCES),
        ("phone number", RESOURCES),
        ("contact", RESOURCES),
        ("español", RESOURCES),
    ],
)
def test_what_is_read_first(client: Client, question: str, first: str) -> None:
    results = client.get("/search/", {"q": question}).content.decode().partition('class="search-results"')[2]
    found = re.search(r'<h3>\s*<a href="([^"]+)"', results)
    assert found and found[1] == first


@pytest.mark.parametrize("question", ["is my husband going to die", "outlook", "hospice", "diet", "hospis"])
def test_nobody_reads_of_death_who_did_not_ask_for_it(client: Client, question: str) -> None:
    page = client.get("/search/", {"q": question}).content.decode()
    assert not re.search(r"<mark>(dead|death|died|dies)</mark>|<strong>died", page)
