"""Files of other programs: read record by record, held against the bibliography, taken in twice without harm."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django_q.models import OrmQ

from citations import formats, keys, receiving
from citations.models import Import, ImportedRecord, Outcome, Relation, Source
from citations.receiving import DecisionRefused
from mesoinfo.models import User
from tests.citations.conftest import a_record, a_source
from tests.refusing import refused

pytestmark = pytest.mark.django_db

RIS = """TY  - JOUR
AU  - Doe, Jane
TI  - Two drugs for mesothelioma: a trial
JO  - A Journal
PY  - 2020
DO  - 10.1234/Trial.2020
ER  - 

TY  - JOUR
AU  - Roe, Richard
TI  - What talc does to the pleura
JO  - A Journal
PY  - 2019
"""  # a line of RIS ends with a blank


def brought(*records: dict[str, Any], by: User | None = None) -> Import:
    """A file with these records, read."""
    batch = receiving.receive(json.dumps(records), name="library.json", by=by)
    receiving.read_file(batch)
    return batch


def only(batch: Import) -> ImportedRecord:
    return batch.records.get()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "library.ris"
    path.write_text(RIS)
    return path


def run(path: Path, **options: str) -> list[str]:
    out = io.StringIO()
    call_command("import_sources", str(path), stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue().splitlines()


def test_one_bad_record_is_told_with_its_line_and_stops_no_other(file):
    lines = run(file)
    assert lines[0] == "2 records: 1 added, 0 changed, 0 unchanged, 1 refused, 0 waiting for a person."
    assert lines[1].startswith("line 9: ")
    assert "ER" in lines[1]
    assert Source.objects.get().key == "doe2020drugs"


def test_the_same_file_twice_brings_nothing_in_twice(file):
    run(file)
    before = list(Source.objects.values())
    assert run(file)[0] == "2 records: 0 added, 0 changed, 1 unchanged, 1 refused, 0 waiting for a person."
    assert list(Source.objects.values()) == before


@pytest.mark.whole
def test_the_sample_bibliography_goes_out_and_comes_back(tmp_path, records, capsys):
    (tmp_path / "in.json").write_text(json.dumps(records))
    assert run(tmp_path / "in.json")[0].startswith("33 records: 33 added")
    kept = {source.key: source.csl for source in Source.objects.all()}
    for style in formats.WRITABLE:
        call_command("export_sources", style=style)
        path = tmp_path / f"out.{style}"
        path.write_text(capsys.readouterr().out)
        assert "33 records: 0 added, 0 changed" in run(path, format=style)[0]
    assert {source.key: source.csl for source in Source.objects.all()} == kept


def test_a_file_that_tells_more_brings_the_source_up_to_date(tmp_path):
    path = tmp_path / "library.json"
    path.write_text(json.dumps([a_record()]))
    run(path)
    Source.objects.update(locked_fields=["volume"])
    path.write_text(json.dumps([a_record(page="1-9", volume="7")]))
    assert run(path) == [
        "1 records: 0 added, 1 changed, 0 unchanged, 0 refused, 0 waiting for a person.",
        "line 1: doe2020trial: somebody here has changed or locked volume: that stays as it is.",
    ]
    source = Source.objects.get()
    assert (source.csl["page"], "volume" in source.csl) == ("1-9", False)


def test_what_is_like_a_source_of_ours_waits_for_a_person(tmp_path):
    a_source(DOI=None)
    path = tmp_path / "library.json"
    path.write_text(json.dumps([a_record(id="twin")]))
    lines = run(path)
    assert lines[0].endswith("1 waiting for a person.")
    assert lines[1] == (
        "line 1: perhaps doe2020trial: The title is the same. The first name agrees. The year agrees. The kind of work "
        "agrees."
    )
    assert Source.objects.count() == 1


def test_two_records_of_one_work_in_one_file_come_in_once(tmp_path):
    path = tmp_path / "library.json"
    path.write_text(json.dumps([a_record(id="one"), a_record(id="two")]))
    assert run(path)[0] == "2 records: 1 added, 0 changed, 0 unchanged, 0 refused, 1 waiting for a person."


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "There is no record in it."),
        (b"  \n", "There is no record in it."),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "none of the formats we read"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_a_sentence(tmp_path, content, sentence):
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=sentence):
        run(path)
    assert not Source.objects.exists()


def test_a_file_that_is_not_there_is_told_in_a_sentence(tmp_path):
    with pytest.raises(CommandError, match=r"nowhere\.ris cannot be read: No such file or directory"):
        run(tmp_path / "nowhere.ris")


# As the desk goes about it


def test_a_file_is_read_by_the_worker_where_an_interrupted_run_left_off(writer, monkeypatch):
    records = [a_record(id=f"record_{n}", DOI=None, title=f"Title {'x' * n}") for n in range(1, 6)]
    batch = receiving.receive(json.dumps(records), name="library.json", by=writer)
    assert OrmQ.objects.count() == 1
    receiving.read_file(batch, deadline=0.0)
    assert (batch.records.count(), batch.state) == (1, "waiting")
    first = batch.records.get()
    receiving.sweep()
    batch.refresh_from_db()
    assert (batch.state, batch.content, batch.records.first()) == ("read", "", first)
    assert [record.record["id"] for record in batch.records.all()] == [record["id"] for record in records]
    assert not Source.objects.exists()


def test_a_file_that_another_worker_has_read_meanwhile_stays_read(writer):
    batch = receiving.receive(RIS, name="library.ris", by=writer)
    seen_waiting = Import.objects.get()
    receiving.read_file(batch)
    receiving.read_file(seen_waiting)
    seen_waiting.refresh_from_db()
    assert (seen_waiting.state, seen_waiting.problem, batch.records.count()) == ("read", "", 2)


@pytest.mark.parametrize("field", ["id", "type", "DOI", "PMID", "ISBN", "URL"])
@pytest.mark.parametrize("letter", ["\0", "\ud800"])
def test_what_cannot_be_stored_is_told_and_stops_no_other_record_or_file(writer, field, letter):
    bad, good = a_record(**{field: letter}), a_record(id="roe", DOI=None, title="What talc does to the pleura")
    receiving.receive(json.dumps([bad, good]), name="bad.json", by=writer)
    receiving.receive(RIS, name="library.ris", by=writer)
    receiving.sweep()
    assert [batch.state for batch in Import.objects.all()] == ["read", "read"]
    first, second = ImportedRecord.objects.filter(batch__name="bad.json")
    assert (first.outcome, second.outcome) == ("refused", "")
    assert first.problem


def test_a_file_that_we_stumble_over_stops_no_other(writer, monkeypatch, caplog):
    bad = receiving.receive(RIS, name="bad.ris", by=writer)
    receiving.receive(RIS, name="good.ris", by=writer)
    read = formats.read
    stumbles = iter([ValueError("A fault.")])

    def read_or_stumble(text, name):
        for fault in stumbles:
            raise fault
        return read(text, name)

    monkeypatch.setattr(formats, "read", read_or_stumble)
    receiving.sweep()
    assert [batch.state for batch in Import.objects.order_by("pk")] == ["failed", "read"]
    bad.refresh_from_db()
    assert bad.problem.startswith("A fault of ours stopped this.")
    assert f"The import {bad.pk} cannot be read." in caplog.text


def test_a_file_that_was_begun_comes_after_those_that_were_not(writer, monkeypatch):
    records = [a_record(id=f"record_{n}", DOI=None, title=f"Title {'x' * n}") for n in range(3)]
    long = receiving.receive(json.dumps(records), name="long.json", by=writer)
    receiving.read_file(long, deadline=0.0)
    receiving.receive(RIS, name="short.ris", by=writer)
    read: list[str] = []
    monkeypatch.setattr(receiving, "read_file", lambda batch, deadline: read.append(batch.name))
    receiving.sweep()
    assert read == ["short.ris", "long.json"]


def test_a_decision_made_while_all_that_is_new_is_added_stands(writer):
    records = (a_record(id=f"of_{about}", DOI=None, title=f"What {about} does") for about in ("asbestos", "talc"))
    batch = brought(*records, by=writer)
    Import.objects.update(add_all_by=writer)
    batch.refresh_from_db()
    second = batch.records.get(place=2)
    receiving.add_all_new(batch, progress=lambda done: receiving.leave_out(second, by=writer) if done == 1 else None)
    assert [record.outcome for record in batch.records.all()] == ["added", "left_out"]


def test_all_that_is_new_is_added_when_a_person_says_so(writer):
    a_source()
    batch = brought(a_record(id="twin"), a_record(id="roe", DOI=None, title="What talc does to the pleura"), by=writer)
    Import.objects.update(add_all_by=writer)
    receiving.sweep()
    batch.refresh_from_db()
    assert [record.outcome for record in batch.records.all()] == ["", "added"]
    assert Source.objects.get(key="roe").created_by == writer
    assert batch.add_all_by is None


def test_a_person_says_that_a_candidate_is_another_work(writer):
    doe = a_source(DOI=None)
    kept = only(brought(a_record(id="twin")))
    with pytest.raises(DecisionRefused, match="It is like doe2020trial: The title is the same"):
        receiving.add(kept, by=writer)
    source = receiving.add(kept, by=writer, is_another_work=True)
    relation = Relation.objects.get()
    assert (relation.source, relation.other, relation.noted_by) == (source, doe, writer)


def test_a_taken_identifier_cannot_be_added_a_second_time(writer):
    a_source(title="Smoking in France since the war")
    kept = only(brought(a_record(id="twin")))
    assert kept.verdict == "conflict"
    with pytest.raises(DecisionRefused, match=r"The DOI 10\.1234/Trial\.2020 already belongs to doe2020trial"):
        receiving.add(kept, by=writer, is_another_work=True)
    kept.refresh_from_db()
    assert kept.outcome == Outcome.WAITING


def test_a_person_takes_over_field_by_field(writer):
    doe = a_source()
    kept = only(brought(a_record(id="twin", page="1-9", volume="7", title="Two drugs for mesothelioma: a Trial")))
    receiving.take_into(kept, doe, take=frozenset(["page"]), by=writer)
    doe.refresh_from_db()
    assert (doe.csl["page"], doe.title, "volume" in doe.csl) == ("1-9", "Two drugs for mesothelioma: a trial", False)
    assert doe.accounts.get().record["volume"] == "7"
    kept.refresh_from_db()
    assert (kept.outcome, kept.source, kept.settled_by) == ("changed", doe, writer)
    # The same file again says nothing new, though not all of it was taken over.
    again = brought(a_record(id="twin", page="1-9", volume="7", title="Two drugs for mesothelioma: a Trial"))
    assert only(again).outcome == Outcome.UNCHANGED


def test_a_record_is_settled_once(writer, editor):
    kept = only(brought(a_record()))
    receiving.leave_out(kept, by=writer)
    for decide in (
        lambda: receiving.add(kept, by=editor),
        lambda: receiving.leave_out(kept, by=editor),
        lambda: receiving.take_into(kept, a_source(id="x", DOI=None), take=frozenset(), by=editor),
    ):
        with pytest.raises(DecisionRefused, match="A colleague decided on it meanwhile: left out"):
            decide()


@pytest.mark.parametrize("own", ["Doe2020", "doe 2020", "", None, "doe2020trial", "a" * 121, "2020doe"])
def test_a_key_that_pages_cannot_cite_or_that_is_taken_gives_way_to_one_of_ours(own):
    a_source(DOI=None, title="Another work altogether")
    record = a_record(id=own) if own is not None else {**a_record(id="x")}
    if own is None:
        del record["id"]
    source = receiving.add(only(brought(record)), by=None)
    assert source.key == "doe2020drugs"


def test_keys_of_ours_are_told_apart_by_letters():
    for n, letters in enumerate(["", "_a", "_b"]):
        record = a_record(DOI=None, title=f"Two drugs {'again ' * n}for mesothelioma, part {n}")
        del record["id"]
        assert receiving.add(only(brought(record)), by=None, is_another_work=True).key == f"doe2020drugs{letters}"


@pytest.mark.parametrize(
    ("record", "key"),
    [
        ({"author": [{"literal": "Wörld Health Org."}], "title": "The asbestos report"}, "worldhealthorgasbestos"),
        (
            {"editor": [{"family": "O’Brien-Smith"}], "issued": {"date-parts": [[99]]}, "title": "It"},
            "obriensmith0099",
        ),
        ({"title": "胸膜间皮瘤"}, "source"),
        ({"publisher": "3M", "title": "Masks"}, "s3mmasks"),
    ],
)
def test_a_key_is_made_of_name_year_and_a_telling_word(record, key):
    assert keys.propose(record) == key


# Promises


def test_what_an_import_promises(writer):
    Import.objects.create(kind="file", name="x", format="ris")
    for name, fields in {
        "an_import_has_a_known_kind": {"kind": "rumor"},
        "an_import_has_a_known_state": {"state": "lost", "read_at": "2026-01-01T00:00Z"},
        "an_import_that_was_read_says_when": {"state": "read"},
        "an_import_that_failed_says_why": {"state": "failed", "read_at": "2026-01-01T00:00Z"},
    }.items():
        with refused(name):
            Import.objects.create(**{"kind": "file", "name": "x", "format": "ris"} | fields)


def test_what_a_record_of_an_import_promises(writer):
    batch = Import.objects.create(kind="file", name="x", format="ris")
    for name, fields in {
        "a_record_has_a_known_outcome": {"outcome": "eaten", "settled_at": "2026-01-01T00:00Z"},
        "a_decision_on_a_record_says_when": {"outcome": "added"},
        "what_cannot_be_read_is_refused": {"problem": "No title."},
    }.items():
        with refused(name):
            ImportedRecord.objects.create(**{"batch": batch, "place": 1, "origin": "file"} | fields)
    ImportedRecord.objects.create(batch=batch, place=1, origin="file")
    with refused("one_record_per_place_of_an_import"):
        ImportedRecord.objects.create(batch=batch, place=1, origin="file")
