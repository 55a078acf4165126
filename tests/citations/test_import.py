"""Import: every record on its own, and the same file twice without harm."""

from __future__ import annotations

import pytest
from django.utils import timezone

from citations.importing import import_csl
from citations.models import Source, SourceEvent
from tests.citations.conftest import a_record, a_source

pytestmark = pytest.mark.django_db


def test_one_bad_record_refuses_only_itself():
    report = import_csl(
        [
            a_record(id="good"),
            a_record(id="nobody", DOI=None, author=[{"family": "et al."}]),
            "not a record",
            a_record(id=None, DOI=None),
            a_record(id="untitled", title=" ", DOI="10.1/x"),
            a_record(id="twin"),
            a_record(id="odd", DOI=None, custom={"notes": "a\0b"}),
            a_record(id="also_good", DOI=None),
        ],
        by=None,
    )
    assert report.added == ["good", "also_good"]
    refused = dict(report.refused)
    assert refused["nobody"] == (
        "Name 1 in “author” is “et al.”, which is nobody. List the authors, or leave that entry out."
    )
    assert refused["record 3"] == 'This is not a record: a source is a JSON object, which starts with "{".'
    assert refused["record 4"].startswith("The key (none given) cannot be used.")
    assert refused["untitled"].startswith("The title is missing. The DOI “10.1/x” cannot be right.")
    assert refused["twin"].startswith("The DOI 10.1234/Trial.2020 already belongs to good (")
    assert refused["odd"] == "It holds something that cannot be stored: a null character, or nesting."


def test_fields_csl_does_not_know_are_kept_and_not_shown():
    import_csl([a_record(reference_count=31, shortTitle="Two drugs")], by=None)
    source = Source.objects.get()
    assert source.accounts.get().said["other_fields"] == {"reference-count": 31}
    assert source.csl["title-short"] == "Two drugs"


def test_a_file_that_tells_more_brings_the_source_up_to_date():
    import_csl([a_record(DOI=None)], by=None)
    report = import_csl([a_record(page="1-9")], by=None)
    assert report.changed == ["doe2020trial"]
    source = Source.objects.get()
    assert (source.doi, source.csl["page"]) == ("10.1234/trial.2020", "1-9")
    assert "1–9" in source.entry_html


def test_what_somebody_corrected_here_is_never_overwritten():
    import_csl([a_record()], by=None)
    source = Source.objects.get()
    source.csl["title"] = "Corrected by a librarian"
    source.save()
    assert import_csl([a_record()], by=None).unchanged == ["doe2020trial"]
    report = import_csl([a_record(page="1-9", title="Two drugs: a trial")], by=None)
    assert report.changed == ["doe2020trial"]
    assert report.kept == [("doe2020trial", "Somebody here has changed or locked title: that stays as it is.")]
    source = Source.objects.get()
    assert (source.title, source.csl["page"]) == ("Corrected by a librarian", "1-9")
    # The next file that says the same of the title has nothing new to say.
    assert import_csl([a_record(title="Two drugs: a trial")], by=None).changed == ["doe2020trial"]
    assert "page" not in Source.objects.get().csl


def test_a_locked_field_stays_whatever_a_file_says():
    import_csl([a_record()], by=None)
    Source.objects.update(locked_fields=["page", "study design"])
    record = a_record(page="1-9", volume="7", custom={"study_type": "case report"})
    report = import_csl([record], by=None)
    sentence = "Somebody here has changed or locked page, study design: that stays as it is."
    assert report.kept == [("doe2020trial", sentence)]
    source = Source.objects.get()
    assert (source.csl["volume"], "page" in source.csl, source.study_design) == ("7", False, "")


def test_each_time_a_file_says_something_new_it_is_kept_as_an_account(writer):
    import_csl([a_record()], by=writer, name="first.json")
    import_csl([a_record()], by=writer, name="again.json")
    import_csl([a_record(page="1-9")], by=None, name="second.json")
    accounts = Source.objects.get().accounts.values_list("origin", "name", "by", "record__page")
    assert list(accounts) == [("file", "second.json", None, "1-9"), ("file", "first.json", writer.pk, None)]


def test_a_source_merged_into_another_is_not_brought_up_to_date(writer):
    import_csl([a_record(), a_record(id="roe2020", DOI=None)], by=None)
    doe, roe = Source.objects.all()
    Source.objects.filter(pk=doe.pk).update(merged_into=roe, merged_by=writer, merged_at=timezone.now())
    report = import_csl([a_record(page="1-9")], by=None)
    assert report.refused == [("doe2020trial", "This source was merged into roe2020. Cite that one.")]


def test_a_source_entered_by_hand_is_never_overwritten():
    a_source()
    assert [key for key, _ in import_csl([a_record(page="1-9")], by=None).kept] == ["doe2020trial"]
    assert "page" not in Source.objects.get().csl


def test_the_history_says_who_imported(writer):
    import_csl([a_record()], by=writer)
    assert SourceEvent.objects.get().pgh_context == {"by": writer.pk, "how": "import"}
