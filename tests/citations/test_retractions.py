"""What was later said of a work: told by a dataset or a register, kept as events, never a verdict that it is clean."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from citations import retractions
from citations.models import DatasetRead, Notice, Source
from mesoinfo.models import AuditEntry
from tests.citations.conftest import a_source
from tests.refusing import refused

pytestmark = pytest.mark.django_db

HEADER = [
    *(
        "Record ID",
        "Title",
        "Subject",
        "Institution",
        "Journal",
        "Publisher",
        "Country",
        "Author",
        "URLS",
        "ArticleType",
    ),
    *("RetractionDate", "RetractionDOI", "RetractionPubMedID", "OriginalPaperDate", "OriginalPaperDOI"),
    *("OriginalPaperPubMedID", "RetractionNature", "Reason", "Paywalled", "Notes"),
]
ROW = {
    "Record ID": "101",
    "Title": "Two drugs, and a comma",
    "RetractionDate": "5/1/2023 0:00",
    "RetractionDOI": "10.1234/Retraction",
    "OriginalPaperDOI": "10.1234/TRIAL.2020",
    "OriginalPaperPubMedID": "0",
    "RetractionNature": "Retraction",
    "Reason": "+Concerns about data;",
}


@pytest.fixture
def dataset(tmp_path: Path) -> Any:
    """Writes a file of these rows, each a change to a row that retracts our source."""

    def written(*rows: dict[str, str]) -> Path:
        text = io.StringIO()
        writer = csv.DictWriter(text, HEADER, restval="")
        writer.writeheader()
        writer.writerows(ROW | row for row in rows)
        path = tmp_path / "retraction_watch.csv"
        path.write_text(text.getvalue(), encoding="utf-8")
        return path

    return written


def run(path: Path) -> list[str]:
    out = io.StringIO()
    call_command("check_retractions", csv=str(path), stdout=out, stderr=io.StringIO())
    return out.getvalue().splitlines()


def told(source: Source) -> list[tuple[str, date, str]]:
    return list(source.notices.order_by("on").values_list("kind", "on", "reference"))


def test_a_retracted_source_is_found_by_its_doi_whatever_the_case(dataset):
    source = a_source()
    assert run(dataset({}, {"Record ID": "102", "OriginalPaperDOI": "10.1/of-others"})) == [
        "2 rows, 1 of them on works that we have, 0 damaged.",
        "1 notices are new.",
        "Retracted: doe2020trial (used nowhere).",
    ]
    assert told(source) == [("retracted", date(2023, 5, 1), "10.1234/Retraction")]
    assert source.is_retracted
    assert AuditEntry.objects.get(action="notice.added").facts == {"dataset": "retraction-watch"}


def test_and_by_its_pubmed_number(dataset):
    source = a_source(DOI=None, PMID="33515503")
    run(
        dataset(
            {"OriginalPaperDOI": "unavailable", "OriginalPaperPubMedID": "33515503", "RetractionDOI": "Unavailable"}
        )
    )
    assert told(source) == [("retracted", date(2023, 5, 1), "")]


@pytest.mark.parametrize("cell", ["", "0", "unavailable", "Unavailable"])
def test_a_work_without_a_number_is_no_other_work_without_one(dataset, cell):
    a_source(DOI=None)
    run(dataset({"OriginalPaperDOI": cell, "OriginalPaperPubMedID": cell}))
    assert not Notice.objects.exists()


def test_a_second_run_writes_nothing(dataset):
    a_source()
    path = dataset({})
    run(path)
    before = list(Notice.objects.values()), list(DatasetRead.objects.values()), AuditEntry.objects.count()
    assert run(path)[0] == (
        "retraction_watch.csv was read before, and the bibliography has not changed since: nothing to record."
    )
    assert (list(Notice.objects.values()), list(DatasetRead.objects.values()), AuditEntry.objects.count()) == before


def test_a_source_that_came_in_later_is_found_in_the_same_edition(dataset):
    path = dataset({})
    run(path)
    source = a_source()
    assert retractions.as_of(source) == ["Retraction Watch has not been read since this source came in: not known."]
    run(path)
    assert source.is_retracted


def test_a_work_that_was_reinstated_is_not_retracted(dataset):
    source = a_source()
    run(dataset({}, {"Record ID": "150", "RetractionNature": "Reinstatement", "RetractionDate": "2/9/2024 0:00"}))
    assert [kind for kind, *_ in told(source)] == ["retracted", "reinstated"]
    assert not source.is_retracted


def test_each_nature_is_its_own_kind_of_notice(dataset):
    source = a_source()
    natures = ["Expression of concern", "Correction", "Retraction", "Reinstatement"]
    run(dataset(*({"Record ID": str(n), "RetractionNature": nature} for n, nature in enumerate(natures))))
    assert set(source.notices.values_list("kind", flat=True)) == {"concern", "corrected", "retracted", "reinstated"}


def test_citing_the_notice_itself_is_fine(dataset):
    notice = a_source(DOI="10.1234/Retraction", title="Retraction: two drugs")
    run(dataset({"OriginalPaperDOI": "10.1/of-others"}))
    assert told(notice) == []


def test_a_damaged_row_is_counted_and_stops_no_other(dataset):
    source = a_source()
    path = dataset(
        {"Record ID": "1", "RetractionNature": "Rumor"},
        {"Record ID": "2", "RetractionDate": "13/45/2023 0:00"},
        {"Record ID": "", "Title": "no number"},
        {},
    )
    path.write_bytes(path.read_bytes().replace(b"no number", b"\xff\xfe\x00"))
    assert run(path)[0] == "4 rows, 4 of them on works that we have, 3 damaged."
    assert len(told(source)) == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This is not the Retraction Watch dataset: the column Record ID is missing."),
        (b"a,b\n1,2\n", "This is not the Retraction Watch dataset: the column Record ID is missing."),
        (b"\x89PNG\r\n", "This is not the Retraction Watch dataset"),
        (",".join(HEADER).encode() + b'\n1,"' + b"x" * 1_000_001, "cannot be read: field larger than field limit"),
    ],
)
def test_a_file_that_is_no_such_dataset_is_told_in_a_sentence(tmp_path, content, sentence):
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=sentence):
        run(path)
    assert not DatasetRead.objects.exists()


def test_a_file_that_is_not_there_is_told_in_a_sentence(tmp_path):
    with pytest.raises(CommandError, match=r"nowhere\.csv cannot be read: No such file or directory"):
        run(tmp_path / "nowhere.csv")


def test_that_nothing_was_found_is_said_with_the_day_and_never_that_it_is_clean(dataset):
    source, without = a_source(), a_source(id="b", DOI=None)
    run(dataset({"OriginalPaperDOI": "10.1/of-others"}))
    today = timezone.now().date()
    assert retractions.as_of(source) == [
        f"Not found in Retraction Watch, read on {today:%-d %B %Y}, which reaches to 1 May 2023."
    ]
    assert retractions.as_of(without) == ["It has neither DOI nor PMID, so no dataset can be asked for it."]


def test_a_source_that_was_merged_is_not_looked_for(dataset, editor):
    twin, doe = a_source(), a_source(id="doe", DOI=None)
    Source.objects.filter(pk=twin.pk).update(merged_into=doe, merged_by=editor, merged_at=timezone.now())
    run(dataset({}))
    assert not Notice.objects.exists()


# What registers say


def test_what_crossref_says_of_a_work_becomes_notices_once():
    source = a_source()
    said = {
        "updated_by": [
            {"type": "retraction", "DOI": "10.1234/r", "on": "2023-05-01", "source": "publisher"},
            {"type": "erratum", "on": "2022", "source": "retraction-watch", "record": "77"},
            {"type": "new_version", "DOI": "10.1/v2", "on": "2022-01-01"},
        ],
        "update_to": [{"type": "retraction", "DOI": "10.1/another", "on": "2023-05-01"}],
    }
    assert retractions.note_what_was_said(source, "crossref", said, by=None) == 2
    assert told(source) == [("corrected", date(2022, 1, 1), ""), ("retracted", date(2023, 5, 1), "10.1234/r")]
    assert retractions.note_what_was_said(source, "crossref", said, by=None) == 0


def test_what_pubmed_says_of_a_work_becomes_notices_once():
    source = a_source()
    said = {
        "publication_types": ["Journal Article", "Retracted Publication"],
        "notices": {
            "RIN": ["Lancet Respir Med. 2023 May 2;11(5):400. doi: 10.1016/S0000(23)1. PMID: 36000001"],
            "EIN": ["J Ex. 2021;9(7):e70. PMID: 34000000"],
            "CIN": ["J Ex. 2021 Aug. PMID: 35000000"],
        },
    }
    assert retractions.note_what_was_said(source, "pubmed", said, by=None) == 2
    assert told(source) == [("corrected", date(2021, 1, 1), ""), ("retracted", date(2023, 5, 2), "10.1016/S0000(23)1")]
    assert retractions.note_what_was_said(source, "pubmed", said, by=None) == 0


def test_a_work_that_pubmed_calls_retracted_without_saying_where_is_retracted():
    source = a_source()
    retractions.note_what_was_said(source, "pubmed", {"publication_types": ["Retracted Publication"]}, by=None)
    assert source.is_retracted
    assert source.notices.get().note == "PubMed does not say when."


def test_a_notice_of_a_retraction_is_itself_not_retracted():
    source = a_source()
    said = {"publication_types": ["Retraction of Publication"], "notices": {"ROF": ["J Ex. 2020. PMID: 1"]}}
    assert retractions.note_what_was_said(source, "pubmed", said, by=None) == 0


def test_a_day_that_has_not_come_is_not_recorded_as_such():
    source = a_source()
    later = timezone.now().date() + timedelta(days=400)
    said = {"updated_by": [{"type": "retraction", "on": later.isoformat()}]}
    retractions.note_what_was_said(source, "crossref", said, by=None)
    assert source.notices.get().on == timezone.now().date()


@pytest.mark.parametrize("line", ["0000", "2020-13-01", "2021-02-30", "J Ex. 2021 Feb 30;9. PMID: " + "9" * 300])
def test_a_day_or_number_that_cannot_be_stops_no_notice(line):
    source = a_source()
    assert retractions.note_what_was_said(source, "pubmed", {"notices": {"RIN": [line]}}, by=None) == 1
    assert source.is_retracted


# Promises


def test_a_record_of_a_dataset_is_one_notice():
    source = a_source()
    event = {"source": source, "kind": "retracted", "on": date(2023, 5, 1)}
    Notice.objects.create(**event, dataset="retraction-watch", record_id="1")
    with refused("one_notice_per_record_of_a_dataset"):
        Notice.objects.create(**event, dataset="retraction-watch", record_id="1")
    for half in ({"dataset": "crossref"}, {"record_id": "1"}):
        with refused("a_notice_of_a_dataset_names_its_record"):
            Notice.objects.create(**event, **half)


def test_a_reading_counts_rows_it_had_and_stands():
    with refused("a_reading_counts_rows_it_had"):
        DatasetRead.objects.create(dataset="x", digest="y", rows=1, damaged=2, matched=0)
    read = DatasetRead.objects.create(dataset="x", digest="y", rows=1, damaged=0, matched=0)
    with refused("a reading of a dataset stands as it was recorded"):
        DatasetRead.objects.filter(pk=read.pk).delete()
