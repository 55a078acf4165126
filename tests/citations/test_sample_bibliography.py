"""The bibliography of the sample pages: it comes in whole, with all that its file says, and the desk finds it."""

from __future__ import annotations

from datetime import date

import pytest

from citations.importing import ImportReport, import_csl
from citations.models import Relation, Source, SourceEvent
from tests.citations.conftest import a_source, sample_records
from tests.citations.test_source_desk import LIST, NOTHING_ADDED, change
from tests.conftest import member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bibliography")]


@pytest.fixture(scope="module")
def bibliography(module_db: None) -> ImportReport:
    """The bibliography, brought in by the writer."""
    return import_csl(sample_records(), by=member("writer"))


def test_the_sample_bibliography_comes_in_whole(bibliography, writer):
    report = bibliography
    assert (len(report.added), report.changed, report.unchanged, report.kept, report.refused) == (33, [], [], [], [])
    assert Source.objects.count() == 33
    assert Source.objects.filter(csl_type="article-journal").count() == 17
    assert Source.objects.filter(doi__isnull=False).count() == 8
    assert set(Source.objects.values_list("created_by", flat=True)) == {writer.pk}


def test_a_second_run_changes_nothing(records, writer):
    before = list(Source.objects.values()), SourceEvent.objects.count()
    report = import_csl(records, by=writer)
    assert (report.added, report.changed, len(report.unchanged), report.refused) == ([], [], 33, [])
    assert (list(Source.objects.values()), SourceEvent.objects.count()) == before
    assert str(report) == "0 added, 0 changed, 33 unchanged, 0 kept as changed here, 0 refused"


def test_what_the_file_says_of_itself_is_kept_beside_the_record():
    source = Source.objects.get(key="fennell2021mist1")
    assert source.study_design == "phase 2 single-arm trial"
    assert source.unverified == ["DOI", "PMID", "volume", "page"]
    assert source.accounts.get().said["ids_source"]["authors"] == "seen: mesothelioma-line.com"
    assert source.accounts.get().said["number"] == 4
    assert source.accounts.get().said["printed_title"].startswith("... mesothelioma (mist1)")
    assert "custom" not in source.csl
    assert "The list of authors is not complete." in Source.objects.get(key="kostron2016relapse").findings()


def test_an_access_date_without_a_url_is_kept_aside_and_found():
    source = Source.objects.get(key="fennell2021mist1")
    assert "accessed" not in source.csl
    assert source.accounts.get().said["accessed"] == {"date-parts": [[2022, 11, 16]]}
    assert any(sentence.startswith("An access date came without a URL.") for sentence in source.findings())
    assert Source.objects.get(key="acsndmeso").accessed_on == date(2022, 11, 16)


def test_the_undated_article_is_found():
    assert Source.objects.get(key="takanenndlongterm").findings()[0].startswith("A journal article has a year")


def test_two_editions_of_one_page_stay_two_sources():
    titles = Source.objects.filter(title="Treatment of mesothelioma based on the extent of the cancer")
    assert {source.key for source in titles} == {"acs2019extent", "acs2015extent"}


@pytest.mark.whole
def test_saving_a_source_as_it_was_opened_changes_nothing(desk, records):
    varied = ("acsndmeso", "fennell2021mist1", "kostron2016relapse", "marf2020mesotv", "pass2005book")
    before = Source.objects.filter(key__in=varied).in_bulk()
    for source in before.values():
        form = desk.get(change(source)).context["adminform"].form
        sent = {name: form[name].value() for name in form.fields}
        sent = {name: "" if value is None else str(value) for name, value in sent.items()} | {
            "peer_reviewed": "unknown"
        }
        sent |= NOTHING_ADDED
        assert desk.post(change(source), sent).status_code == 302
        after = Source.objects.get(pk=source.pk)
        for name in ("csl", "study_design", "unverified", "locked_fields", "entries"):
            assert getattr(after, name) == getattr(source, name)
    assert SourceEvent.objects.filter(pgh_label="update").count() == 0
    assert len(import_csl(records, by=None).unchanged) == 33


@pytest.mark.parametrize("query", ["fennell2021mist1", "rucaparib", "Wells-Jordan", "33515503", "S2213-2600(20)"])
def test_a_source_is_found_by_key_title_people_and_identifiers(desk, query):
    found = desk.get(LIST, {"q": query}).context["cl"].result_list
    assert [source.key for source in found] == ["fennell2021mist1"]


def test_a_title_that_two_sources_share_is_listed_until_somebody_says_what_they_are(desk, editor):
    def shared() -> list[str]:
        return [source.key for source in desk.get(LIST, {"title": "shared"}).context["cl"].result_list]

    of_two_publishers = shared()
    one = a_source(id="one", DOI=None, title="<i>A</i> plain <b>tit</b>le")
    two = a_source(id="two", DOI=None, title="A plain title!")
    assert {*shared()} == {*of_two_publishers, "one", "two"}
    Relation.objects.create(source=two, kind="not_duplicate_of", other=one, noted_by=editor)
    assert shared() == of_two_publishers


def test_the_list_says_plainly_what_is_unverified(desk):
    page = desk.get(LIST).content.decode()
    assert "Unverified: DOI, PMID, volume, page" in page
    assert "PMID 33515503" in page
    unverified = desk.get(LIST, {"checking": "unverified"}).context["cl"].result_count
    rest = desk.get(LIST, {"checking": "rest"}).context["cl"].result_count
    assert (unverified, unverified + rest) == (8, 33)
