"""The desk for sources: found, added, corrected; mistakes get a sentence and nothing typed is lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml.html import document_fromstring

from articles.models import Story
from citations.importing import import_csl
from citations.models import Source, SourceEvent
from mesoinfo.models import User
from tests.citations.conftest import a_record, a_source, signed_in
from tests.desk_answers import told

pytestmark = pytest.mark.django_db

LIST = reverse("admin:citations_source_changelist")
ADD = reverse("admin:citations_source_add")


INLINES = ("quotes", "notices", "relations")
NOTHING_ADDED = {f"{rows}-{count}_FORMS": "0" for rows in INLINES for count in ("TOTAL", "INITIAL")}


def change(source: Source) -> str:
    return reverse("admin:citations_source_change", args=[source.pk])


def typed(record: Any, key: str | None = None, **fields: str) -> dict[str, str]:
    """What a browser sends."""
    text = record if isinstance(record, str) else json.dumps(record)
    blank = {
        "study_design": "",
        "population_size": "",
        "peer_reviewed": "unknown",
        "unverified": "",
        "locked_fields": "",
    }
    named = {"key": key} if key is not None else {}
    return {"record": text} | blank | NOTHING_ADDED | named | fields


def bare(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in a_record(**fields).items() if name != "id"}


def test_a_writer_adds_a_source(desk, writer):
    answer = desk.post(ADD, typed(bare(), key="doe2020trial", study_design="phase 2 trial", unverified="DOI, page"))
    assert answer.status_code == 302
    source = Source.objects.get()
    assert (source.key, source.doi, source.unverified) == ("doe2020trial", "10.1234/trial.2020", ["DOI", "page"])
    assert source.created_by == writer
    assert SourceEvent.objects.get().pgh_context["by"] == writer.pk


def test_the_blank_form_is_a_record_to_fill_in(desk):
    page = desk.get(ADD).content.decode()
    assert "&quot;type&quot;: &quot;article-journal&quot;" in page
    record = json.loads(desk.get(ADD).context["adminform"].form["record"].value())
    record["title"] = "Only a title"
    assert desk.post(ADD, typed(record, key="only")).status_code == 302
    assert Source.objects.get().csl == {"id": "only", "type": "article-journal", "title": "Only a title"}


def test_a_record_is_shown_as_librarians_read_it(desk):
    source = a_source()
    text = desk.get(change(source)).context["adminform"].form["record"].value()
    assert text == (
        "{\n"
        '  "type": "article-journal",\n'
        '  "title": "Two drugs for mesothelioma: a trial",\n'
        '  "author": [\n'
        '    {"family": "Doe", "given": "Jane"}\n'
        "  ],\n"
        '  "container-title": "A Journal",\n'
        '  "issued": {"date-parts": [[2020, 5, 1]]},\n'
        '  "DOI": "10.1234/Trial.2020"\n'
        "}"
    )


def test_what_a_file_says_of_itself_is_understood_when_pasted(desk):
    record = bare() | {"custom": {"study_type": "case report", "ids_source": {"DOI": "unverified"}, "notes": "Seen"}}
    desk.post(ADD, typed([record], key="doe2020trial"))
    source = Source.objects.get()
    assert (source.study_design, source.unverified) == ("case report", ["DOI"])
    assert source.accounts.get().said["notes"] == "Seen"


def test_what_a_person_changes_is_told_as_theirs_and_locked(desk, writer):
    source = a_source()
    corrected = typed(bare(title="Corrected", page="1-9", DOI=None), study_design="cohort")
    desk.post(change(source), corrected)
    source.refresh_from_db()
    assert source.locked_fields == ["DOI", "page", "study design", "title"]
    account = source.accounts.get()
    assert (account.origin, account.by) == ("person", writer)
    assert account.record == {"DOI": None, "page": "1-9", "study design": "cohort", "title": "Corrected"}
    desk.post(change(source), corrected)
    assert source.accounts.count() == 1


def test_the_list_takes_the_same_queries_however_long_it_is(desk):
    def queries_with(sources: range) -> int:
        for number in sources:
            a_source(id=f"source{number}", DOI=f"10.1234/{number}").notices.create(kind="corrected", on="2021-01-01")
        with CaptureQueriesContext(connection) as asked:
            desk.get(LIST)
        return len(asked)

    assert queries_with(range(1)) == queries_with(range(1, 12))


def test_who_records_no_notices_sees_their_place_only_where_there_are_some(desk, editor):
    source = a_source()
    said = "Notices: what was later said about this source."
    assert said not in told(desk.get(change(source)))
    assert said in told(signed_in(editor).get(change(source)))
    source.notices.create(kind="corrected", on="2021-01-01", recorded_by=editor)
    assert said in told(desk.get(change(source)))


def test_a_field_is_unlocked_by_taking_it_off_the_list(desk):
    source = a_source()
    Source.objects.update(locked_fields=["page", "title"])
    desk.post(change(source), typed(bare(), study_design="phase 2 trial", locked_fields="page"))
    source.refresh_from_db()
    assert source.locked_fields == ["page"]


def test_the_desk_shows_field_by_field_who_said_what(desk, writer):
    import_csl([a_record(page="1-9")], by=writer, name="library.json")
    source = Source.objects.get()
    desk.post(change(source), typed(bare(page="1-99")))
    rows = document_fromstring(desk.get(change(source)).content).xpath('//table[contains(@class, "provenance")]//tr')
    fields = {row[0].text_content(): [" ".join(cell.text_content().split()) for cell in row] for row in rows}
    assert fields["page"][1] == "1-99 Locked"
    said_here, said_by_file = fields["page"][2].split(" Differs: ")
    assert said_here.startswith(f"Same: a person, {writer}, ")
    assert said_by_file.startswith(f"1-9, a file (library.json), {writer}, ")
    assert fields["author"][1] == "Doe, Jane"
    assert fields["issued"][1] == "2020-05-01"


@pytest.mark.parametrize(
    ("record", "sentence"),
    [
        ('{"title": "mine"', "This is not valid JSON: line 1, column 17"),
        ([bare(), bare()], "This list holds 2 records. Paste one record here."),
        (bare(type="mine"), "The type “mine” is none that CSL knows."),
        (bare(title=""), "The title is missing."),
        (bare(DOI="mine"), "The DOI “mine” cannot be right."),
        (bare(author=[{"family": "et al."}]), "Name 1 in “author” is “et al.”, which is nobody."),
        (bare(accessed={"date-parts": [[2022]]}), "There is an access date but no URL."),
        (bare(titel="mine"), "“titel” is not a CSL field."),
        (bare(DOI="10.1234/TAKEN"), "The DOI 10.1234/TAKEN already belongs to taken ("),
        ("", "This field is required."),
    ],
)
def test_a_mistake_gets_one_sentence_and_what_was_typed_comes_back(desk, record, sentence):
    a_source(id="taken", DOI="10.1234/taken")
    sent = typed(record, key="doe2020trial", study_design="my own words")
    answer = desk.post(ADD, sent)
    form = answer.context["adminform"].form
    told = [text for texts in form.errors.values() for text in texts]
    assert len(told) == 1
    assert told[0].startswith(sentence)
    assert (form["record"].value(), form["study_design"].value()) == (sent["record"], "my own words")
    assert Source.objects.count() == 1


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("Doe 2020", "A key starts with a small letter"),
        ("taken", "Source with this Key already exists."),
        ("", "This field is required."),
    ],
)
def test_a_key_that_cannot_be_used_is_refused_at_the_key(desk, key, sentence):
    a_source(id="taken", DOI=None)
    form = desk.post(ADD, typed(bare(), key=key)).context["adminform"].form
    assert form.errors["key"][0].startswith(sentence)


def test_a_day_without_a_month_does_not_become_a_month(desk):
    record = bare(issued={"date-parts": [["2020", "", "5"]]})
    form = desk.post(ADD, typed(record, key="doe2020trial")).context["adminform"].form
    assert form.non_field_errors()[0].startswith('“issued” has “["2020", "", "5"]”, which is no date.')
    record = bare(issued={"date-parts": [["2020", "5", ""]]})
    assert desk.post(ADD, typed(record, key="doe2020trial")).status_code == 302
    assert Source.objects.get().csl["issued"] == {"date-parts": [["2020", "5"]]}


def test_a_bad_key_and_a_bad_record_are_told_together(desk):
    form = desk.post(ADD, typed('{"title": "x",}', key="Doe 2020")).context["adminform"].form
    assert set(form.errors) == {"key", "record"}


def test_a_writer_corrects_a_source_and_its_key_stays(desk):
    source = a_source()
    page = desk.get(change(source)).content.decode()
    assert 'name="key"' not in page
    assert desk.post(change(source), typed(bare(title="Corrected"), key="other")).status_code == 302
    source.refresh_from_db()
    assert (source.key, source.title) == ("doe2020trial", "Corrected")
    form = desk.post(change(source), typed(bare() | {"id": "other"})).context["adminform"].form
    assert form.errors["record"] == [
        "The record names another key, but this source is doe2020trial, and keys never change."
    ]


def test_the_second_of_two_librarians_is_told_and_keeps_what_they_typed(desk, editor):
    source = a_source()
    opened = desk.get(change(source)).context["adminform"].form["opened_at"].value()
    other = signed_in(editor)
    assert other.post(change(source), typed(bare(title="Theirs"), opened_at=opened)).status_code == 302
    form = desk.post(change(source), typed(bare(title="Mine"), opened_at=opened)).context["adminform"].form
    assert "Somebody saved this source after you opened it." in form.non_field_errors()[0]
    assert "Mine" in form["record"].value()
    source.refresh_from_db()
    assert source.title == "Theirs"


def test_a_source_shows_its_entry_and_what_is_missing(desk):
    source = a_source(title="<script>alert(1)</script>", DOI=None)
    page = desk.get(change(source)).content.decode()
    assert "Doe, J. (2020). &lt;script&gt;alert(1)&lt;/script&gt;. <i>A Journal</i>." in page
    assert "<p>There is no DOI, PMID or PMCID to look it up by.</p>" in page
    assert "Nowhere: no page" in page
    assert "<script>alert(1)" not in page


def test_somebody_who_may_only_look_is_shown_the_record(publisher):
    source = a_source()
    client = signed_in(publisher)
    page = client.get(change(source)).content.decode()
    assert "&quot;title&quot;: &quot;Two drugs for mesothelioma: a trial&quot;" in page
    assert "<textarea" not in page
    assert client.post(change(source), typed(bare(title="Mine"))).status_code == 403
    assert client.get(ADD).status_code == 403


def test_no_role_deletes_sources(desk):
    source = a_source()
    assert desk.post(reverse("admin:citations_source_delete", args=[source.pk]), {"post": "yes"}).status_code == 403


def test_not_even_a_superuser_deletes_a_source_in_use():
    boss = User.objects.create_superuser("boss@example.org", "a long enough password", name="Boss")
    used, unused = a_source(), a_source(id="unused", DOI=None)
    Story.objects.create(key="a-story", kind="case_report", heading="A story", typicality="Rare.", source=used)
    client = signed_in(boss)
    assert "The story" in client.get(change(used)).content.decode()
    for source, status in ((used, 403), (unused, 302)):
        answer = client.post(reverse("admin:citations_source_delete", args=[source.pk]), {"post": "yes"})
        assert answer.status_code == status
    assert list(Source.objects.all()) == [used]


def test_the_list_says_which_source_was_retracted(desk):
    source = a_source()
    source.notices.create(kind="retracted", on="2026-10-01")
    assert "Retracted, 1 October 2026" in told(desk.get(LIST))
