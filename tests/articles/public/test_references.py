"""References to save: what a live page cites, as it was published, for reference managers."""

from __future__ import annotations

import json
import re

import bibtexparser
import pytest
import rispy
from django.test import Client

from articles.models import Kind, PublishedPage
from articles.publishing.addresses import move
from articles.publishing.takedown import take_down
from citations.importing import import_csl
from citations.models import Source
from mesoinfo.models import User
from tests.conftest import member

from .conftest import PublishPage, Read

AT = "/mesothelioma/stage-4/references"
TWO = "# Two\n\nA lede.\n\n## One\n\nFirst [@other2021]. Then [@trial2020]. And [@other2021].\n"

pytestmark = pytest.mark.usefixtures("published_once")


@pytest.fixture
def other(source: Source, writer: User) -> Source:
    record = {
        "id": "other2021",
        "type": "webpage",
        "title": "Another page",
        "author": [{"literal": "An organization"}],
        "URL": "https://example.org/page",
        "note": "Private note",
        "custom": {"notes": "Private note"},
    }
    import_csl([record], by=writer)
    return Source.objects.get(key="other2021")


@pytest.mark.parametrize(
    ("extension", "media_type"),
    [
        ("json", "application/vnd.citationstyles.csl+json; charset=utf-8"),
        ("ris", "application/x-research-info-systems; charset=utf-8"),
        ("bib", "application/x-bibtex; charset=utf-8"),
    ],
)
def test_each_format_comes_as_a_file_with_a_name(
    client: Client, published: PublishedPage, extension: str, media_type: str
) -> None:
    answer = client.get(f"{AT}.{extension}")
    assert answer.status_code == 200
    assert answer["Content-Type"] == media_type
    assert answer["Content-Disposition"] == f'attachment; filename="stage-4-references.{extension}"'
    assert answer["X-Robots-Tag"] == "noindex"
    assert "Two drugs for mesothelioma: a trial" in answer.content.decode()
    assert client.get(f"{AT}.{extension}", headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_the_files_are_in_the_order_of_the_numbers(client: Client, publish_page: PublishPage, other: Source) -> None:
    publish_page("mesothelioma/two", TWO)
    keys = ["other2021", "trial2020"]
    at = "/mesothelioma/two/references"
    shown = client.get("/mesothelioma/two/").content.decode()
    assert re.findall(r'id="ref-([^"]+)"', shown) == keys
    assert [record["id"] for record in client.get(f"{at}.json").json()] == keys
    assert [record["id"] for record in rispy.loads(client.get(f"{at}.ris").content.decode())] == keys
    library = bibtexparser.parse_string(client.get(f"{at}.bib").content.decode())
    assert [entry.key for entry in library.entries] == keys


def test_our_notes_stay_here(client: Client, publish_page: PublishPage, other: Source) -> None:
    page = publish_page("mesothelioma/two", TWO)
    assert "Private note" not in json.dumps(page.cited_sources)
    for extension in ("json", "ris", "bib"):
        assert "Private note" not in client.get(f"/mesothelioma/two/references.{extension}").content.decode()


def test_the_files_say_what_the_page_cited_whatever_the_record_says_now(
    client: Client, published: PublishedPage, source: Source
) -> None:
    before = {extension: client.get(f"{AT}.{extension}").content for extension in ("json", "ris", "bib")}
    source.csl = {**source.csl, "volume": "99", "author": [{"family": "Somebody else"}]}
    source.save()
    assert {extension: client.get(f"{AT}.{extension}").content for extension in before} == before


def test_the_list_leads_to_the_files(read: Read, published: PublishedPage) -> None:
    page = read("/mesothelioma/stage-4/")
    links = re.findall(r'<a href="(/mesothelioma/stage-4/references\.\w+)">([^<]+)</a>', page)
    assert links == [
        (f"{AT}.ris", "for Zotero, EndNote or Mendeley (RIS)"),
        (f"{AT}.bib", "for LaTeX (BibTeX)"),
        (f"{AT}.json", "as data (CSL-JSON)"),
    ]
    assert page.index('class="references"') < page.index("Save these references")


def test_a_page_that_cites_nothing_has_no_files(client: Client, read: Read, publish_page: PublishPage) -> None:
    publish_page("mesothelioma/cough", "# Cough\n\nWhat helps.\n\n## Tea\n\nWarm.\n")
    assert "Save these references" not in read("/mesothelioma/cough/")
    assert client.get("/mesothelioma/cough/references.json").status_code == 404


def test_pages_of_every_kind_have_them(client: Client, publish_page: PublishPage, source: Source) -> None:
    text = "# What it is\n\nA lede.\n\n## One\n\nA trial [@trial2020].\n"
    publish_page("mesothelioma", text, kind=Kind.TOPIC_INTRODUCTION)
    publish_page("resources", text, kind=Kind.PAGE)
    for address in ("mesothelioma", "resources"):
        answer = client.get(f"/{address}/references.bib")
        assert answer["Content-Disposition"] == f'attachment; filename="{address}-references.bib"'


def test_nothing_of_what_was_live_is_given(client: Client, published: PublishedPage) -> None:
    take_down(published.article, reason="It is wrong.", by=member("publisher"))
    assert client.get(f"{AT}.json").status_code == 410


@pytest.mark.parametrize("address", [f"{AT}.xml", f"{AT}", f"{AT}.json/", "/a/b/c/references.json", "/references.json"])
def test_there_are_no_other_files(client: Client, published: PublishedPage, address: str) -> None:
    assert client.get(address).status_code == 404


def test_the_files_move_with_the_page(client: Client, published: PublishedPage, publisher: User) -> None:
    article = published.article
    assert article.topic is not None
    move(article, topic=article.topic, name="four", reason="Plainer.", by=publisher)
    answer = client.get(f"{AT}.ris")
    assert (answer.status_code, answer["Location"]) == (301, "/mesothelioma/four/references.ris")
    assert client.get(answer["Location"])["Content-Disposition"].endswith('"four-references.ris"')
