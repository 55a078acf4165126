"""What every sample page tells machines: all of it can be seen on the page."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.size import sized

from .seen import seen, structured
from .test_structured_data import ORIGIN, STAGE_4, compare, of_kind

pytestmark = [pytest.mark.proof, pytest.mark.django_db, pytest.mark.usefixtures("sample_pages")]


def test_every_sample_page_tells_what_it_shows(client: Client) -> None:
    locations = re.findall(r"<loc>(.*?)</loc>", client.get("/sitemap.xml").content.decode())
    told = {}
    for location in sized(locations, [at for at in locations if "/glossary/" not in at]):
        page = seen(client.get(location.removeprefix(ORIGIN)).content.decode())
        if structured(page) and page.all("nav", class_="breadcrumb"):
            told[location.removeprefix(ORIGIN)] = compare(page)
    assert {"/mesothelioma/", STAGE_4, "/mesothelioma/remission/", "/people/sample-author/", "/about/"} <= set(told)
    assert len(of_kind(told[STAGE_4], "MedicalWebPage")["citation"]) > 10
    assert of_kind(told["/mesothelioma/remission/"], "FAQPage")
    for nodes in told.values():
        if nodes[0]["@type"] not in ("BreadcrumbList", "CollectionPage"):
            assert nodes[0]["creativeWorkStatus"] == "Sample content"
            assert "reviewedBy" not in nodes[0]
