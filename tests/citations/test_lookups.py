"""Lookups at Crossref and PubMed, against a site on loopback that answers well and badly."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from citations import fetching, lookups
from citations.models import Import, Outcome
from mesoinfo.schedule import FETCH_SWEEPS
from tests.citations.conftest import a_source
from tests.citations.stub_site import Reply, StubSite, pauses, stub

__all__ = ["pauses", "stub"]
pytestmark = pytest.mark.django_db

DOI = "10.1016/S2213-2600(20)30390-8"
WORK: dict[str, Any] = {
    "DOI": DOI.lower(),
    "type": "journal-article",
    "title": ["Two drugs in <i>BAP1</i>-deficient mesothelioma (MiST1)"],
    "subtitle": ["a phase 2 trial &amp;amp; more"],
    "container-title": ["The Journal of Examples"],
    "short-container-title": ["J Ex"],
    "author": [
        {"given": "Jane", "family": "Doe", "sequence": "first", "ORCID": "x", "affiliation": []},
        {"name": "The Example Group", "sequence": "additional"},
        {"sequence": "additional"},
    ],
    "issued": {"date-parts": [[2021, 6]]},
    "published-online": {"date-parts": [[2021, 1, 27]]},
    "published-print": {"date-parts": [[2021, 6]]},
    "volume": "9",
    "issue": "6",
    "page": "593-600",
    "publisher": "Example Press",
    "ISSN": ["2213-2600", "2213-2619"],
    "abstract": "<jats:p>Somebody’s copyright.</jats:p>",
    "reference-count": 31,
}
MEDLINE = """
PMID- 33515503
TI  - Two drugs in BAP1-deficient mesothelioma (MiST1): a phase 2 trial.
FAU - Doe, Jane
DP  - 2021 Jun
JT  - The Journal of examples
LID - 10.1016/S2213-2600(20)30390-8 [doi]
PT  - Journal Article
PT  - Clinical Trial, Phase II
"""


@pytest.fixture
def registers(stub: StubSite, pauses: list[float], settings: Any) -> StubSite:
    """Crossref and PubMed, both at the stub."""
    settings.CROSSREF_URL = settings.PUBMED_URL = stub.url
    return stub


def crossref_says(stub: StubSite, *replies: Reply, doi: str = DOI) -> None:
    stub.says(f"/works/{quote(doi, safe='')}", *replies)


def a_work(**fields: Any) -> Reply:
    return Reply(body=json.dumps({"status": "ok", "message": WORK | fields}).encode())


def pubmed_says(stub: StubSite, *replies: Reply, pmid: str = "33515503") -> None:
    query = f"db=pubmed&id={pmid}&rettype=medline&retmode=text&tool=mesoinfo"
    stub.says(f"/entrez/eutils/efetch.fcgi?{query}", *replies)


def asked(field: str = "DOI", value: str = DOI, **options: Any) -> Import:
    """A lookup, and what came of it."""
    batch = lookups.ask(field, value, by=None, **options)
    lookups.sweep()
    batch.refresh_from_db()
    return batch


def test_crossref_tells_of_a_work(registers):
    crossref_says(registers, a_work())
    batch = asked()
    assert (batch.state, batch.problem) == ("read", "")
    (kept,) = batch.records.all()
    assert (kept.origin, kept.outcome, kept.verdict) == ("crossref", Outcome.WAITING, "")
    assert kept.record == {
        "type": "article-journal",
        "title": "Two drugs in <i>BAP1</i>-deficient mesothelioma (MiST1): a phase 2 trial & more",
        "container-title": "The Journal of Examples",
        "container-title-short": "J Ex",
        "author": [{"family": "Doe", "given": "Jane"}, {"literal": "The Example Group"}],
        "issued": {"date-parts": [[2021, 6]]},
        "available-date": {"date-parts": [[2021, 1, 27]]},
        "volume": "9",
        "issue": "6",
        "page": "593-600",
        "ISSN": "2213-2600",
        "DOI": DOI.lower(),
    }
    assert "copyright" not in json.dumps(kept.said)


def test_pubmed_tells_of_a_work_and_then_crossref_of_its_doi(registers):
    pubmed_says(registers, Reply(body=MEDLINE.encode()))
    crossref_says(registers, a_work())
    batch = asked("PMID", "33515503")
    assert [kept.origin for kept in batch.records.all()] == ["pubmed", "crossref"]
    first = batch.records.first()
    assert first is not None
    assert first.record["PMID"] == "33515503"
    assert first.said["publication_types"] == ["Journal Article", "Clinical Trial, Phase II"]


def test_what_was_later_said_of_a_work_comes_with_it(registers):
    updates = [
        {"type": "retraction", "DOI": "10.1/r", "updated": {"date-parts": [[2023, 5, 1]]}, "source": "publisher"},
        {"type": "retraction", "record-id": 77, "source": "retraction-watch", "updated": {"date-parts": [[2023]]}},
        "nonsense",
    ]
    crossref_says(registers, a_work(**{"updated-by": updates, "relation": {"is-preprint-of": [{"id": "10.2/p"}]}}))
    said = asked().records.get().said
    assert said["updated_by"] == [
        {"type": "retraction", "DOI": "10.1/r", "on": "2023-05-01", "source": "publisher"},
        {"type": "retraction", "on": "2023", "source": "retraction-watch", "record": "77"},
    ]
    assert said["relations"] == {"is-preprint-of": ["10.2/p"]}


def test_a_source_we_have_is_held_against_the_answer(registers):
    source = a_source(DOI=DOI, title="Two drugs in BAP1-deficient mesothelioma")
    crossref_says(registers, a_work())
    batch = asked(source=source)
    kept = batch.records.get()
    assert (kept.verdict, kept.match, batch.source) == ("same", source, source)


def test_each_register_is_told_whom_to_write_to(registers, settings):
    settings.REGISTERS_CONTACT = "library@example.org"
    asked()
    asked("PMID", "7")
    assert [request.path.partition("?")[2] for request in registers.asked] == [
        "mailto=library%40example.org",
        "db=pubmed&id=7&rettype=medline&retmode=text&tool=mesoinfo&email=library%40example.org",
    ]


@pytest.mark.parametrize(
    ("replies", "sentence"),
    [
        ([Reply(404)], f"Crossref knows no work with the DOI {DOI}."),
        ([Reply(429)], "Crossref cannot be asked at the moment (it answers 429). Try again later."),
        ([Reply(500)], "Crossref cannot be asked at the moment (it answers 500). Try again later."),
        ([Reply(body=b'{"message": {"DOI": "10.10')], "Crossref answered, but what it said cannot be read."),
        ([Reply(body=b"<html>Not found</html>")], "Crossref answered, but what it said cannot be read."),
        ([Reply(body=b"[" * 100_000)], "Crossref answered, but what it said cannot be read."),
        ([Reply(body=b'{"message": []}')], "Crossref answered, but what it said cannot be read."),
        ([a_work(volume="9\0")], "Crossref answered, but what it said cannot be read."),
        ([a_work(relation={"\ud800": []})], "Crossref answered, but what it said cannot be read."),
        ([a_work(DOI="10.1/of-another-work")], "Crossref answered, but what it said cannot be read."),
        ([Reply(body=b'{"message": 1}', cut_after=5)], "stub.example cannot be reached."),
        ([Reply(302, headers={"Location": f"/works/{quote(DOI, safe='')}"})], "leads from one address to the next"),
    ],
)
def test_a_bad_answer_is_a_plain_sentence(registers, replies, sentence):
    crossref_says(registers, *replies)
    batch = asked()
    assert batch.state == "failed"
    assert sentence in batch.problem
    assert not batch.records.exists()


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (Reply(400, b"ID list is empty!"), "PubMed knows no work with the PMID 33515503."),
        (Reply(body=b"\n"), "PubMed knows no work with the PMID 33515503."),
        (Reply(503), "PubMed cannot be asked at the moment (it answers 503)."),
        (Reply(body="PMID- 44\nTI  - A\u2028PMID- 33515503\n".encode()), "what it said cannot be read. Try"),
        (Reply(body=b"<html><body>Down for maintenance"), "PubMed answered, but what it said cannot be read."),
        (
            Reply(body=MEDLINE.replace("TI  -", "XX  -").encode()),
            "PubMed answered, but what it said cannot be read: This",
        ),
    ],
)
def test_a_bad_answer_of_pubmed_is_one_too(registers, reply, sentence):
    pubmed_says(registers, reply)
    assert sentence in asked("PMID", "33515503").problem


def test_who_is_busy_is_asked_again(registers, pauses):
    crossref_says(registers, Reply(500), a_work())
    assert asked().state == "read"
    assert fetching.FIRST_PAUSE in pauses


def test_what_one_register_said_is_kept_when_the_other_is_silent(registers):
    pubmed_says(registers, Reply(body=MEDLINE.encode()))
    crossref_says(registers, Reply(500))
    batch = asked("PMID", "33515503")
    assert (batch.state, [kept.origin for kept in batch.records.all()]) == ("read", ["pubmed"])


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("DOI", "33515503", "A DOI looks like 10.1016/j.lungcan.2006.01.002."),
        ("DOI", "", "Give a DOI."),
        ("DOI", "10.1234/" + "x" * 300, "This DOI is longer than 200 characters."),
        ("PMID", "abc", "A PMID is a number of up to nine digits."),
        ("PMCID", "PMC1", "We look up: DOI, PMID."),
    ],
)
def test_what_is_no_identifier_is_told_before_anybody_is_asked(field, value, sentence):
    with pytest.raises(ValueError, match=sentence):
        lookups.ask(field, value, by=None)
    assert not Import.objects.exists()


def test_an_identifier_may_be_pasted_as_an_address(registers):
    assert lookups.ask("DOI", f" https://doi.org/{DOI} ", by=None).name == DOI


def test_the_same_is_not_asked_twice_within_a_month(registers):
    crossref_says(registers, a_work())
    waiting = lookups.ask("DOI", DOI, by=None)
    assert lookups.ask("DOI", DOI.lower(), by=None) == waiting
    lookups.sweep()
    assert lookups.ask("DOI", DOI, by=None) == waiting
    Import.objects.update(asked_at=timezone.now() - timedelta(days=31))
    assert lookups.ask("DOI", DOI, by=None) != waiting


def test_a_failed_lookup_is_asked_again_when_a_person_wants(registers):
    crossref_says(registers, Reply(500), Reply(500), Reply(500), a_work())
    assert asked().state == "failed"
    assert asked().state == "read"


def test_for_a_source_it_is_always_asked_anew(registers):
    crossref_says(registers, a_work())
    first = asked()
    assert asked(source=a_source(DOI=DOI)) != first


def test_the_fetch_worker_alone_goes_out():
    lookups.ask("DOI", DOI, by=None)
    assert OrmQ.objects.get().key == "fetch"
    assert "citations.lookups.sweep" in FETCH_SWEEPS.values()
