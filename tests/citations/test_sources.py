"""A source: its record, its entry, its digest, and what is missing from it."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from citations import csl, style
from citations.models import Origin, Source
from tests.citations.conftest import a_record, a_source

pytestmark = pytest.mark.django_db


def test_identifiers_are_kept_in_their_bare_form():
    source = a_source(DOI=" https://doi.org/10.1234/Trial.2020 ", PMID=33515503, PMCID="2637280", volume=9, note="")
    kept = source.csl
    assert (kept["DOI"], kept["PMID"], kept["PMCID"], kept["volume"]) == (
        "10.1234/Trial.2020", "33515503", "PMC2637280", "9",
    )  # fmt: skip
    assert "note" not in kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("978-1-59745-022-5", "9781597450225"),
        ("ISBN 1-59745-022-7 (hardback)", "9781597450225"),
        ("080442957X", "9780804429573"),
        ("1-111-11111-2; 978-1-59745-022-5", "9781597450225"),
    ],
)
def test_an_isbn_gets_its_thirteen_digits(typed, kept):
    assert csl.normalised({"ISBN": typed})["ISBN"] == kept


@pytest.mark.parametrize("typed", ["978-1-59745-022-6", "1-59745-022-8", "978159745022", "see the cover"])
def test_an_isbn_with_a_wrong_digit_is_left_as_it_is_and_refused(typed):
    record = csl.normalised(a_record(type="book", ISBN=typed))
    assert record["ISBN"] == typed
    assert csl.problems(record) == [
        f"The ISBN “{typed}” cannot be right: a digit is wrong or missing. Copy it again, or leave it out."
    ]


def test_an_odd_doi_is_not_repaired():
    assert csl.normalised({"DOI": "doi: 10.1200/JCO.20005.14.589"})["DOI"] == "10.1200/JCO.20005.14.589"


def test_saving_sets_the_entry_so_that_pages_never_wait_for_the_engine(monkeypatch):
    key = a_source().key
    monkeypatch.setattr("citations.style.format_entries", lambda *args: pytest.fail("a page waited for the engine"))
    assert Source.objects.get(key=key).entry_html.startswith("Doe, J. (2020). Two drugs for mesothelioma: a trial.")


def test_a_source_has_an_entry_in_each_style_we_have():
    assert a_source().entry_in == {
        name: style.format_entries([a_record()], name)["doe2020trial"] for name in style.STYLES
    }


def test_an_entry_is_never_stale():
    source = a_source()
    Source.objects.update(csl=a_record(title="Changed past the model"))
    source.refresh_from_db()
    assert "Changed past the model" in source.entry_html


def test_a_new_version_of_the_style_sets_the_entry_anew(monkeypatch):
    source = a_source()
    old = {name: entry | {"html": "old"} for name, entry in source.entries.items()}
    Source.objects.update(entries=old)
    source.refresh_from_db()
    assert source.entry_html == "old"
    monkeypatch.setattr("citations.style.CORRECTIONS", 99)
    assert source.entry_html.startswith("Doe, J.")


def test_a_command_sets_the_entries_of_an_older_version(monkeypatch, capsys):
    source = a_source()
    changed_at = source.updated_at
    old = {name: entry | {"html": "old"} for name, entry in source.entries.items()}
    Source.objects.update(entries=old)
    call_command("set_entries")
    assert Source.objects.get().entries == old
    monkeypatch.setattr("citations.style.CORRECTIONS", 99)
    call_command("set_entries")
    source.refresh_from_db()
    assert source.entries_are_current
    assert source.entry_html.startswith("Doe, J.")
    assert source.updated_at == changed_at
    assert capsys.readouterr().out.splitlines() == [
        "The entries of 0 of 1 sources were set anew.",
        "The entries of 1 of 1 sources were set anew.",
    ]


def test_saving_one_field_keeps_the_entry_true():
    source = a_source()
    source.csl["title"] = "Renamed"
    source.save(update_fields=["csl"])
    assert all("Renamed" in entry["html"] for entry in Source.objects.get().entries.values())


def test_after_saving_the_columns_are_those_of_the_new_record():
    source = a_source()
    source.csl["title"] = "Renamed"
    source.save()
    assert source.title == "Renamed"


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Another"}, {"issued": {"date-parts": [[2021]]}}, {"type": "chapter"},
        {"study_design": "case report"}, {"population_size": 25},
    ],
)  # fmt: skip
def test_the_digest_covers_what_a_reviewer_judged(change):
    source = a_source()
    before = source.digest
    for name, value in change.items():
        if name in ("study_design", "population_size"):
            setattr(source, name, value)
        else:
            source.csl[name] = value
    source.save()
    assert source.digest != before


@pytest.mark.parametrize(
    "change",
    [
        {"author": [{"family": "Roe"}]}, {"page": "1-2"}, {"DOI": "10.1234/other"},
        {"issued": {"date-parts": [[2020]]}},
        {"URL": "https://example.org/", "accessed": {"date-parts": [[2022, 11, 16]]}},
    ],
)  # fmt: skip
def test_the_digest_leaves_out_names_pages_and_access_date(change):
    source = a_source()
    before = source.digest
    source.csl.update(change)
    source.unverified = ["page"]
    source.save()
    assert source.digest == before


def test_articles_in_journals_are_research_and_other_kinds_are_not():
    assert a_source().is_research
    assert not a_source(id="page", type="webpage", DOI=None).is_research


def test_the_day_of_access_is_a_whole_date_or_nothing():
    visited = {"URL": "https://example.org/", "accessed": {"date-parts": [[2022, 11, 16]]}}
    assert a_source(**visited).accessed_on == date(2022, 11, 16)
    assert a_source(id="b", DOI=None, **visited | {"accessed": {"date-parts": [[2022, 11]]}}).accessed_on is None
    assert a_source(id="c", DOI=None).accessed_on is None


def test_nothing_is_found_missing_from_a_full_record():
    assert a_source().findings() == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"issued": None}, "A journal article has a year; this one gives none."),
        ({"container_title": None}, "The journal is not named."),
        ({"DOI": None}, "There is no DOI, PMID or PMCID to look it up by."),
        ({"author": None}, "Nobody is named as its author or publisher."),
        ({"study_design": ""}, "The study design is not stated."),
        ({"type": "webpage", "DOI": None}, "There is no URL, so nobody can visit the page."),
        ({"type": "chapter", "container_title": None}, "The book this chapter is in is not named."),
    ],
)
def test_what_is_missing_is_said_plainly(fields, sentence):
    assert a_source(**fields).findings() == [sentence]


def test_doubts_about_a_record_are_said_plainly():
    source = a_source()
    source.unverified = ["DOI", "PMID"]
    said = {"authors_complete": False, "accessed": {"date-parts": [[2022, 11, 16]]}}
    source.accounts.create(origin=Origin.FILE, record=source.csl, said=said)
    assert source.findings() == [
        "The list of authors is not complete.",
        "An access date came without a URL. It is kept with the origin of the record, and not shown.",
        "Not compared with the original: DOI, PMID.",
    ]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"id": "Doe 2020"}, "The key “Doe 2020” cannot be used."),
        ({"type": "journal"}, "The type “journal” is none that CSL knows."),
        ({"title": "  "}, "The title is missing."),
        ({"DOI": "12345"}, "The DOI “12345” cannot be right."),
        ({"DOI": "10.1234/x\n"}, None),
        ({"PMID": "abc"}, "The PMID “abc” cannot be right."),
        ({"PMCID": "x"}, "The PMCID “x” cannot be right."),
        ({"URL": "example.org"}, "The URL “example.org” cannot be right. An address starts with https:// or http://."),
        ({"accessed": {"date-parts": [[2022]]}}, "There is an access date but no URL."),
        ({"author": "Doe, J."}, "“author” is a list of people"),
        ({"author": [{"family": "Doe"}, {"family": "et al."}]}, "Name 2 in “author” is “et al.”, which is nobody."),
        ({"author": [{}]}, "Name 1 in “author” is empty."),
        (
            {"author": [{"family": "Doe", "name": "Doe"}]},
            "Name 1 in “author” has a part “name”, which CSL does not know.",
        ),
        ({"author": [{"literal": "WHO", "family": "Doe"}]}, "Name 1 in “author” has both “literal” and “family”."),
        ({"issued": "2020"}, "“issued” is a date, such as"),
        ({"issued": {"date-parts": [[2020, 2, 30]]}}, "“issued” has “[2020, 2, 30]”, which is no date."),
        ({"issued": {"circa": True}}, "“issued” says no date."),
        ({"volume": ["9"]}, '“volume” is “["9"]”. Write it as text between quotation marks.'),
        ({"titel": "x"}, "“titel” is not a CSL field."),
        ({"title": "x" * 2001}, "“title” is longer than 2,000 characters."),
        ({"publisher": "a\0b"}, "a character that cannot be stored"),
        ({"publisher": "a\ud800b"}, "a character that cannot be stored"),
    ],
)
def test_a_record_that_may_not_be_kept_gets_a_sentence(fields, sentence):
    found = csl.problems(csl.normalised(a_record(**fields)))
    if sentence is None:
        assert found == []
    else:
        assert len(found) == 1
        assert sentence in found[0]


def test_a_key_of_120_characters_is_the_longest():
    assert csl.problems(a_record(id="k" * 120)) == []
    assert csl.problems(a_record(id="k" * 121)) == ["The key is longer than 120 characters."]


def test_an_identifier_in_use_is_refused_with_the_source_that_has_it():
    a_source(PMID="12")
    with pytest.raises(ValidationError) as refusal:
        Source(key="other", csl=a_record(id="other", DOI="10.1234/TRIAL.2020", PMID="12")).clean()
    assert refusal.value.messages == [
        "The DOI 10.1234/TRIAL.2020 already belongs to doe2020trial (Two drugs for mesothelioma: a trial).",
        "The PMID 12 already belongs to doe2020trial (Two drugs for mesothelioma: a trial).",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"title": "x",}', "This is not valid JSON: line 1, column 1"),
        ("[]", "This list holds 0 records. Paste one record here."),
        ('"x"', 'A source is a JSON object: it starts with "{"'),
        ('{"volume": NaN}', "NaN is not a value JSON knows."),
        ("[" * 100_000, "nested too deeply"),
        ('{"volume": ' + "9" * 5_000 + "}", "a number that is too long"),
    ],
)
def test_text_that_is_no_record_is_refused_with_the_place(text, sentence):
    with pytest.raises(csl.Unreadable, match=sentence.replace("(", r"\(")):
        csl.read_record(text)
