"""Bringing sources in at the desk: a file, a text or an identifier, and then a decision on each record."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ
from lxml.html import HtmlElement, document_fromstring

from citations import formats, lookups, receiving
from citations.admin import comparing
from citations.admin import importing as bringing
from citations.models import Import, ImportedRecord, ImportKind, Origin, Outcome, Relation, Source
from mesoinfo import roles
from mesoinfo.models import User
from tests.citations.conftest import a_record, a_source, signed_in
from tests.citations.test_importing_files import RIS, brought, only
from tests.citations.test_source_desk import LIST, change
from tests.conftest import a_user
from tests.desk_answers import told

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"
BRING = reverse("admin:citations_source_import")
LIBRARIANS = {"writer", "editor", "superuser"}


def at(batch: Import, step: str = "one") -> str:
    return reverse(f"admin:citations_source_import_{step}", args=[batch.pk])


def record_at(kept: ImportedRecord, compared: str = "") -> str:
    address = reverse("admin:citations_source_import_record", args=[kept.batch_id, kept.place])
    return f"{address}?with={compared}" if compared else address


def tree(answer: Any) -> HtmlElement:
    return document_fromstring(answer.content.decode())


def decide(desk: Client, kept: ImportedRecord, decision: str, *take: str, compared: str = "") -> Any:
    """Open the record as a person does, then press one of its buttons."""
    address = record_at(kept, compared)
    return desk.post(address, stamped(desk, address) | {"decision": decision, "take": take})


def stamped(desk: Client, address: str) -> dict[str, Any]:
    (stamp,) = tree(desk.get(address)).xpath('//input[@name="stamp"]/@value')
    return {"stamp": stamp}


def others(count: int) -> list[dict[str, Any]]:
    """Records of works that are like no other."""
    words = ["asbestos", "pleura", "talc", "lung", "surgery", "trial", "cohort", "survival", "biopsy", "imaging"]
    return [
        a_record(
            id=f"work{n}", DOI=f"10.1234/work.{n}", title=f"{words[n % 10]} {words[n // 10 % 10]} {n:04} {'x' * n}"
        )
        for n in range(count)
    ]


@pytest.fixture
def twin(db: None) -> ImportedRecord:
    """A record of the work that doe2020trial is: a page more, another title."""
    a_source()
    return only(brought(a_record(id="twin", page="1-9", title="Two drugs for mesothelioma: a Trial")))


# Who may


@pytest.fixture
def everyone(db: None) -> dict[str, User | None]:
    people: dict[str, User | None] = {role: a_user(role) for role in roles.ROLES}
    root = User.objects.create_superuser("root@example.org", "a long enough password", name="The superuser")
    return people | {"superuser": root, "no role": a_user(), "anonymous": None}


def test_those_who_may_add_sources_reach_these_screens_and_nobody_else(everyone, twin):
    failed = Import.objects.create(
        kind="lookup", name="10.1234/x", format="DOI", state="failed", problem="No answer.", read_at=timezone.now()
    )
    source = Source.objects.get()
    addresses: list[tuple[str, str]] = [
        ("get", BRING),
        ("post", BRING),
        ("get", at(twin.batch)),
        ("post", at(twin.batch, "add_all")),
        ("post", at(failed, "again")),
        ("get", record_at(twin)),
        ("post", record_at(twin)),
        ("post", reverse("admin:citations_source_import_look_up", args=[source.pk])),
    ]
    wrong = []
    for role, user in everyone.items():
        client = signed_in(user) if user else Client()
        for method, address in addresses:
            answer = getattr(client, method)(address)
            refused = answer.status_code == 403 or "/login/" in answer.get("Location", "")
            if answer.status_code >= 500 or refused == (role in LIBRARIANS):
                wrong.append(f"{role}: {method} {address} answered {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_the_list_of_sources_leads_there_only_those_who_may(desk, reviewer):
    assert f'href="{BRING}"' in desk.get(LIST).content.decode()
    assert f'href="{BRING}"' not in signed_in(reviewer).get(LIST).content.decode()


# Bringing in


def test_a_file_is_kept_for_the_worker(desk, writer):
    answer = desk.post(BRING, {"bring": "file", "file": SimpleUploadedFile("library.ris", RIS.encode())})
    batch = Import.objects.get()
    assert answer["Location"] == at(batch)
    assert (batch.name, batch.format, batch.asked_by) == ("library.ris", "ris", writer)
    assert OrmQ.objects.count() == 1


def test_a_file_that_is_not_in_utf_8_is_read_and_told_so(desk):
    file = SimpleUploadedFile("library.ris", RIS.replace("Doe", "Müller").encode("cp1252"))
    answer = desk.post(BRING, {"bring": "file", "file": file}, follow=True)
    assert "This file is not written in UTF-8" in told(answer)
    assert "Müller" in Import.objects.get().content


def test_the_format_is_guessed_unless_somebody_says_it(desk):
    text = "Doe J. Two drugs for mesothelioma. A Journal. 2020;1:1-9."
    desk.post(BRING, {"bring": "text", "text": text, "text_format": "reference-list"})
    assert Import.objects.get().format == "reference-list"
    assert set(bringing.FORMATS) == set(formats.READABLE)


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("10.1234/Trial.2020", ("DOI", "10.1234/Trial.2020")),
        (" https://doi.org/10.1234/x ", ("DOI", "10.1234/x")),
        ("https://doi.org/10.1234/(SICI)1:2%3C3::A%3E4.CO%3B2-P", ("DOI", "10.1234/(SICI)1:2<3::A>4.CO;2-P")),
        ("doi:10.1234/(SICI)1:2<3::A>4.CO;2-P", ("DOI", "10.1234/(SICI)1:2<3::A>4.CO;2-P")),
        ("10.1234/a%3Cb", ("DOI", "10.1234/a%3Cb")),
        ("33515503", ("PMID", "33515503")),
        ("PMID: 33515503", ("PMID", "33515503")),
        ("https://pubmed.ncbi.nlm.nih.gov/33515503/", ("PMID", "33515503")),
    ],
)
def test_an_identifier_is_looked_up(desk, writer, typed, asked):
    answer = desk.post(BRING, {"bring": "identifier", "identifier": typed})
    batch = Import.objects.get()
    assert answer["Location"] == at(batch)
    assert (batch.format, batch.name) == asked
    assert (batch.kind, batch.asked_by) == (ImportKind.LOOKUP, writer)


@pytest.mark.parametrize(
    ("bring", "typed", "sentence"),
    [
        ("file", {}, "Choose a file."),
        ("file", {"file": SimpleUploadedFile("empty.ris", b"")}, "This file is empty."),
        ("file", {"file": SimpleUploadedFile("a.png", b"\x89PNG\r\n\0\1")}, "This is none of the formats we read"),
        ("text", {"text": ""}, "Paste the text first."),
        ("text", {"text": " \n "}, "There is no record in it."),
        ("text", {"text": "{{ nothing }} of the kind"}, "This is none of the formats we read"),
        ("identifier", {"identifier": ""}, "Give a DOI or a PMID."),
        ("identifier", {"identifier": "doi 10"}, "The DOI “doi 10” cannot be right."),
        ("identifier", {"identifier": "0000"}, "The PMID “0000” cannot be right."),
    ],
)
def test_what_cannot_be_brought_in_is_told_at_its_field_and_what_was_typed_stays(desk, bring, typed, sentence):
    answer = desk.post(BRING, {"bring": bring} | typed)
    assert answer.status_code == 200
    (error,) = tree(answer).xpath('//ul[contains(@class, "errorlist")]')
    assert error.get("id") == f"id_{bring}_error"
    assert sentence in error.text_content()
    if bring != "file":
        assert answer.context["forms"][bring][bring].value() == typed[bring]
    assert not Import.objects.exists()


def test_what_is_too_large_is_told(desk, monkeypatch):
    monkeypatch.setattr(bringing, "LARGEST_FILE", 10)
    answer = desk.post(BRING, {"bring": "file", "file": SimpleUploadedFile("library.ris", RIS.encode())})
    assert "This file is larger than 10 MB. Split it." in told(answer)
    text = "x" * (bringing.LONGEST_TEXT + 1)
    answer = desk.post(BRING, {"bring": "text", "text": text})
    assert "This is longer than 400,000 characters. Save it as a file" in told(answer)
    assert text in answer.content.decode()
    assert "maxlength" not in answer.content.decode()


def test_what_is_longer_than_a_request_may_be_is_told_in_a_sentence(writer):
    client = Client(enforce_csrf_checks=True)
    client.force_login(writer, backend="django.contrib.auth.backends.ModelBackend")
    text = "x" * 3_000_000
    for typed in ({"data": {"text": text}}, {"data": f"text={text}", "content_type": FORM}):
        answer = client.post(BRING, **typed)
        assert answer.status_code == 413
        assert "Go back in your browser, which still holds what you typed" in told(answer)
        assert "Bring a long list of sources as a file." in told(answer)


def test_what_was_pasted_comes_back_when_the_page_is_older_than_the_sign_in(writer):
    client = Client(enforce_csrf_checks=True)
    client.force_login(writer, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(BRING, {"bring": "text", "text": RIS})
    assert answer.status_code == 403
    assert "What talc does to the pleura" in answer.content.decode()


def test_the_imports_so_far_are_listed_page_by_page(desk, writer):
    brought(*others(3), by=writer)
    for n in range(bringing.IMPORTS_PER_PAGE):
        Import.objects.create(kind="file", name=f"file {n}", format="ris", asked_by=writer)
    assert "Page 1 of 2" in told(desk.get(BRING))
    (row,) = tree(desk.get(BRING, {"page": 2})).xpath("//tbody/tr")
    assert [" ".join(cell.text_content().split()) for cell in row][2:] == ["Read", "3", "0", "0"]


# One import


def test_a_file_that_waits_is_looked_at_again_by_itself(desk, writer):
    batch = receiving.receive(RIS, name="library.ris", by=writer)
    answer = desk.get(at(batch))
    assert tree(answer).xpath('//meta[@http-equiv="refresh"]/@content') == ["3"]
    assert "Read so far: 0 records." in told(answer)
    assert "more than two minutes" not in told(answer)
    assert not tree(desk.get(at(batch), {"still": ""})).xpath('//meta[@http-equiv="refresh"]')
    Import.objects.update(asked_at=timezone.now() - timedelta(minutes=3))
    assert "It has waited for more than two minutes." in told(desk.get(at(batch)))
    receiving.read_file(batch)
    assert not tree(desk.get(at(batch))).xpath('//meta[@http-equiv="refresh"]')


def test_records_are_listed_with_what_they_are_those_first_that_a_person_has_to_look_at(desk):
    a_source(DOI=None)
    batch = brought(others(1)[0], {"id": "broken", "title": "No type"}, a_record(id="twin"))
    rows = [" ".join(row.text_content().split()) for row in tree(desk.get(at(batch))).xpath("//tbody/tr")]
    assert rows[0].startswith(
        "Doe (2020): Two drugs for mesothelioma: a trial Line 1 Perhaps the same work: doe2020trial"
    )
    assert "The title is the same. The first name agrees." in rows[0]
    assert " New " in rows[1]
    assert "The type (none given) is none that CSL knows." in rows[2]
    assert "Cannot be read" in rows[2]


@pytest.mark.parametrize(("show", "titles"), [("look", 1), ("new", 2), ("refused", 1), ("added", 0), ("nonsense", 4)])
def test_the_list_can_be_narrowed_down(desk, show, titles):
    a_source(DOI=None)
    batch = brought(*others(2), {"id": "broken", "title": "No type"}, a_record(id="twin"))
    assert len(tree(desk.get(at(batch), {"show": show})).xpath("//tbody/tr")) == titles


def test_a_long_file_is_shown_page_by_page_with_a_constant_number_of_queries(desk, monkeypatch):
    monkeypatch.setattr(bringing, "RECORDS_PER_PAGE", 5)
    a_source(DOI=None)
    counts = []
    for batch in (brought(others(1)[0], a_record(id="twin")), brought(*others(12), a_record(id="twin"))):
        desk.get(at(batch))
        with CaptureQueriesContext(connection) as queries:
            answer = desk.get(at(batch), {"show": "new"})
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert "Page 1 of 3" in told(answer)
    (address,) = tree(answer).xpath('//a[@rel="next"]/@href')
    assert len(tree(desk.get(at(batch) + address)).xpath("//tbody/tr")) == 5


def test_all_that_is_new_is_added_by_one_button(desk, writer):
    a_source(DOI=None)
    batch = brought(*others(3), a_record(id="twin"))
    assert "Add all 3 that are new" in told(desk.get(at(batch)))
    OrmQ.objects.all().delete()
    answer = desk.post(at(batch, "add_all"), follow=True)
    batch.refresh_from_db()
    assert (batch.add_all_by, OrmQ.objects.count()) == (writer, 1)
    assert "Added so far: 0. Still to come: 3." in told(answer)
    assert tree(answer).xpath('//meta[@http-equiv="refresh"]')
    receiving.sweep()
    assert Source.objects.filter(created_by=writer).count() == 3
    answer = desk.get(at(batch))
    assert "Added: 3" in told(answer)
    assert not tree(answer).xpath('//meta[@http-equiv="refresh"]')


def test_what_is_still_being_read_cannot_be_added_yet(desk, writer):
    batch = receiving.receive(RIS, name="library.ris", by=writer)
    assert desk.post(at(batch, "add_all")).status_code == 404


def test_a_lookup_that_failed_says_why_and_is_asked_again(desk, writer):
    source = a_source()
    batch = lookups.ask("DOI", "10.1234/Trial.2020", by=writer, source=source)
    Import.objects.update(state="failed", problem="Crossref does not know this DOI.", read_at=timezone.now())
    assert "Crossref does not know this DOI." in told(desk.get(at(batch)))
    answer = desk.post(at(batch, "again"))
    asked = Import.objects.exclude(pk=batch.pk).get()
    assert answer["Location"] == at(asked)
    assert (asked.name, asked.source, asked.state) == (batch.name, source, "waiting")


# One record


def test_a_new_record_is_shown_and_added(desk, writer):
    kept = only(brought(others(1)[0]))
    page = told(desk.get(record_at(kept)))
    assert "A Journal" in page
    assert "It is another work" not in page
    answer = decide(desk, kept, "add")
    assert answer["Location"] == at(kept.batch)
    source = Source.objects.get()
    assert (source.key, source.created_by) == ("work0", writer)
    assert "Record 1 was added as work0." in told(desk.get(at(kept.batch)))


def test_gaps_are_ticked_and_contradictions_and_locked_fields_are_not(desk, twin):
    Source.objects.update(locked_fields=["volume"])
    record = a_record(id="twin", page="1-9", volume="7", title="Two drugs for mesothelioma: a Trial")
    kept = only(brought(record))
    boxes = tree(desk.get(record_at(kept))).xpath('//input[@name="take"]')
    assert {box.get("value"): box.get("checked") is not None for box in boxes} == {
        "title": False,
        "page": True,
        "volume": False,
    }
    rows = {
        row[0].text: " ".join(row[1].text_content().split()) for row in tree(desk.get(record_at(kept))).xpath("//tr")
    }
    assert rows["volume"] == "nothing Locked"
    assert rows["DOI"] == "10.1234/Trial.2020"


def test_ticked_fields_are_taken_over(desk, twin):
    answer = decide(desk, twin, "take", "page", "nonsense")
    doe = Source.objects.get()
    assert (doe.csl["page"], doe.title) == ("1-9", "Two drugs for mesothelioma: a trial")
    assert "The source doe2020trial took over from record 1: page." in told(desk.get(answer["Location"]))
    twin.refresh_from_db()
    assert (twin.outcome, twin.source) == ("changed", doe)


def test_a_record_that_is_like_another_may_be_another_work(desk, writer):
    doe = a_source(DOI=None)
    kept = only(brought(a_record(id="twin")))
    assert "It is another work: add it" in told(desk.get(record_at(kept)))
    decide(desk, kept, "add-another")
    relation = Relation.objects.get()
    assert (relation.source.key, relation.other, relation.noted_by) == ("twin", doe, writer)


def test_a_record_is_left_out(desk, writer, twin):
    decide(desk, twin, "leave-out")
    twin.refresh_from_db()
    assert (twin.outcome, twin.settled_by) == ("left_out", writer)
    assert "Left out" in told(desk.get(record_at(twin)))
    assert not tree(desk.get(record_at(twin))).xpath('//button[@name="decision"]')


def test_a_record_is_compared_with_a_source_that_somebody_names(desk):
    a_source(id="roe2019talc", DOI=None, title="What talc does to the pleura")
    kept = only(brought(others(1)[0]))
    assert "Ours: roe2019talc" in told(desk.get(record_at(kept, "roe2019talc")))
    decide(desk, kept, "take", "DOI", compared="roe2019talc")
    assert Source.objects.get().csl["DOI"] == "10.1234/work.0"


@pytest.mark.parametrize("key", ["nobody", "merged"])
def test_a_source_that_is_not_in_use_cannot_be_compared(desk, editor, key):
    doe = a_source()
    Source.objects.create(
        key="merged", csl=a_record(id="merged"), merged_into=doe, merged_by=editor, merged_at=timezone.now()
    )
    kept = only(brought(others(1)[0]))
    answer = desk.get(record_at(kept, key))
    assert "No source in use has this key." in told(answer)
    assert f'value="{key}"' in answer.content.decode()


def test_a_record_that_was_looked_up_is_held_against_the_source_it_was_asked_for(desk, writer):
    doe = a_source()
    batch = lookups.ask("DOI", doe.csl["DOI"], by=writer, source=doe)
    kept = receiving.keep(
        batch, 1, next(formats.read('[{"type": "book", "title": "Else"}]', "csl-json")), Origin.CROSSREF
    )
    assert "Ours: doe2020trial" in told(desk.get(record_at(kept)))
    assert "What Crossref says" in told(desk.get(record_at(kept)))


def test_after_a_decision_comes_the_next_that_waits_for_one_of_the_same_kind(desk):
    a_source()
    batch = brought(a_record(id="one", page="1"), others(1)[0], a_record(id="two", page="2"))
    first, new, last = batch.records.order_by("place")
    assert "The next that waits (1 left)" in told(desk.get(record_at(last)))
    assert decide(desk, last, "leave-out")["Location"] == record_at(first)
    assert decide(desk, first, "leave-out")["Location"] == at(batch)
    assert decide(desk, new, "leave-out")["Location"] == at(batch)


# Meanwhile


@pytest.mark.parametrize("decision", ["take", "add-another", "leave-out"])
def test_a_decision_after_a_colleagues_is_refused_and_shows_how_it_stands(desk, editor, twin, decision):
    sent = stamped(desk, record_at(twin))
    receiving.leave_out(twin, by=editor)
    answer = desk.post(record_at(twin), sent | {"decision": decision, "take": ["page"]})
    assert answer.status_code == 409
    assert "A colleague decided on it meanwhile: left out." in told(answer)
    assert f"Left out, {timezone.now():%-d %B %Y}" in told(answer)
    twin.refresh_from_db()
    assert twin.settled_by == editor


def change_the_source(twin: ImportedRecord) -> None:
    source = Source.objects.get(key="doe2020trial")
    source.csl["volume"] = "9"
    source.save()


def add_another_like_it(twin: ImportedRecord) -> None:
    a_source(id="third", DOI=None)


@pytest.mark.parametrize("meanwhile", [change_the_source, add_another_like_it])
def test_when_the_bibliography_changed_meanwhile_a_person_looks_again_and_keeps_the_ticks(
    desk, twin, meanwhile: Callable[[ImportedRecord], None]
):
    sent = stamped(desk, record_at(twin))
    meanwhile(twin)
    answer = desk.post(record_at(twin), sent | {"decision": "take", "take": ["title"]})
    assert answer.status_code == 409
    assert "The bibliography changed after you opened this page." in told(answer)
    assert tree(answer).xpath('//input[@name="take"][@checked]/@value') == ["title"]
    assert Source.objects.get(key="doe2020trial").title == "Two drugs for mesothelioma: a trial"


def test_what_was_new_when_the_file_was_read_is_shown_beside_what_came_since(desk):
    kept = only(brought(a_record(id="twin")))
    sent = stamped(desk, record_at(kept))
    a_source()
    answer = desk.post(record_at(kept), sent | {"decision": "add"})
    assert answer.status_code == 409
    assert "Ours: doe2020trial" in told(answer)
    assert Source.objects.count() == 1


def test_a_decision_nobody_knows_is_refused(desk, twin):
    answer = decide(desk, twin, "eat")
    assert answer.status_code == 409
    assert "Choose what is to become of this record." in told(answer)


def test_an_identifier_that_is_taken_is_told(desk):
    a_source(title="Smoking in France since the war")
    kept = only(brought(a_record(id="twin")))
    shown = told(desk.get(record_at(kept)))
    assert "It is another work: add it" not in shown
    assert "If it is another work than doe2020trial, one of the two has a wrong identifier." in shown
    answer = decide(desk, kept, "add-another")
    assert answer.status_code == 409
    assert "The DOI 10.1234/Trial.2020 already belongs to doe2020trial" in told(answer)


# The page of a source


def test_a_source_is_looked_up_where_its_identifiers_lead(desk, writer):
    source = a_source(PMID="33515503")
    page = told(desk.get(change(source)))
    assert "Look up at Crossref" in page
    assert "Look up at PubMed" in page
    address = reverse("admin:citations_source_import_look_up", args=[source.pk])
    answer = desk.post(address, {"field": "PMID"})
    batch = Import.objects.get()
    assert answer["Location"] == at(batch)
    assert (batch.format, batch.name, batch.source, batch.asked_by) == ("PMID", "33515503", source, writer)
    assert "for doe2020trial ." in told(desk.get(at(batch)))


def test_a_source_without_identifiers_cannot_be_looked_up(desk, reviewer):
    source = a_source(DOI=None)
    assert "Look up at" not in told(desk.get(change(source)))
    address = reverse("admin:citations_source_import_look_up", args=[source.pk])
    assert "Give a DOI." in told(desk.post(address, {"field": "DOI"}, follow=True))
    assert "We look up: DOI, PMID." in told(desk.post(address, {"field": "ISBN"}, follow=True))
    assert "Look up at" not in told(signed_in(reviewer).get(change(a_source(id="other"))))


# Hostile words

PAYLOAD = '<script>alert(1)</script><img src=x onerror="alert(1)">'


def test_what_a_record_says_is_shown_as_text(desk):
    a_source(page="1-9")
    hostile = a_record(
        id="twin",
        title=f"Two drugs for mesothelioma: a trial {PAYLOAD}",
        author=[{"family": PAYLOAD, "given": PAYLOAD}],
        publisher=PAYLOAD,
    )
    batch = brought(hostile, {"id": PAYLOAD, "title": PAYLOAD, "author": PAYLOAD, "issued": PAYLOAD})
    Import.objects.update(name=PAYLOAD)
    ImportedRecord.objects.update(
        corrections=[{"field": PAYLOAD, "found": PAYLOAD, "proposed": PAYLOAD, "reason": PAYLOAD, "applied": False}]
    )
    first, refused = batch.records.order_by("place")
    assert (first.outcome, refused.outcome) == (Outcome.WAITING, Outcome.REFUSED)
    for address in (BRING, at(batch), record_at(first), record_at(refused)):
        page = desk.get(address).content.decode()
        assert "alert(1)" in page
        assert not re.search(r"<script>alert|<img src=x", page)


@pytest.mark.parametrize(
    ("record", "line"),
    [
        (a_record(), "Doe (2020): Two drugs for mesothelioma: a trial"),
        ({"author": [{"literal": "WHO"}, {"family": "Roe"}], "title": "Asbestos"}, "WHO and Roe: Asbestos"),
        ({"editor": [{"family": name} for name in "ABC"], "issued": {"date-parts": [["1999"]]}}, "A et al. (1999)"),
        ({"title": "x" * 200}, "x" * 159 + "…"),
        ({"author": "Doe", "issued": [], "title": ["a", "list"]}, "['a', 'list']"),
        ({"author": [None, {}, "Doe"], "issued": {"date-parts": "x"}}, ""),
        ({}, ""),
    ],
)
def test_a_record_is_told_in_a_short_line_whatever_it_holds(record, line):
    assert comparing.in_a_line(record) == line


OF_PUBMED = """PMID- 33515503
DP  - 2021 Mar
TI  - Talc and the lung: a randomized trial.
PT  - Retracted Publication
RIN - J Pleura. 2022 May 3;5:1. PMID: 33515504
"""


def test_what_a_file_of_pubmed_says_was_retracted_is_retracted_once_it_is_added(desk):
    batch = receiving.receive(OF_PUBMED, name="retracted.nbib", by=None)
    receiving.read_file(batch)
    assert "Later said of this work: retracted, 3 May 2022. As PubMed has it." in told(desk.get(record_at(only(batch))))
    decide(desk, only(batch), "add")
    assert Source.objects.get().is_retracted


def test_a_file_of_pubmed_retracts_no_source_that_is_here_but_says_what_to_do(desk):
    ours = a_source(PMID="33515503", title="Talc and the lung: a randomized trial")
    batch = receiving.receive(OF_PUBMED, name="retracted.nbib", by=None)
    receiving.read_file(batch)
    assert f"look {ours.key} up, or have an editor record it under Notices" in told(desk.get(record_at(only(batch))))
    decide(desk, only(batch), "take")
    assert not ours.notices.exists()


def test_a_record_that_cannot_be_read_is_called_so_whatever_it_holds(desk):
    batch = receiving.receive("TY  - JOUR\nTI  - A title\nAU  - Roe, R\n", name="broken.ris", by=None)
    receiving.read_file(batch)
    assert "A record that cannot be read" in told(desk.get(at(batch)))


def test_a_lookup_without_an_answer_speaks_of_no_records(desk, writer):
    batch = lookups.ask("DOI", "10.1234/gone", by=writer)
    Import.objects.filter(pk=batch.pk).update(state="failed", problem="There is no network.", read_at=timezone.now())
    answer = told(desk.get(at(batch)))
    assert "There is no network." in answer
    assert "No records here." not in answer
