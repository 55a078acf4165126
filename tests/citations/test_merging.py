"""Merging: two records of one work become one, as a person chose, and the key of the other is retired."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from citations import csl, merging
from citations.merging import MergeRefused
from citations.models import Notice, NoticeKind, Quote, Relation, RelationKind, Source
from mesoinfo.models import AuditEntry
from tests.citations.conftest import a_source, signed_in
from tests.citations.test_quotes_on_the_desk import rows, sent
from tests.citations.test_source_desk import change
from tests.desk_answers import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def doe(db: None) -> Source:
    """The one that stays."""
    return a_source(page="1-9")


@pytest.fixture
def twin(db: None) -> Source:
    """The same work, entered a second time without its DOI."""
    return a_source(id="twin", DOI=None, PMID="33515503", title="Two drugs for mesothelioma: A trial", study_design="")


@pytest.fixture
def librarian(editor) -> Client:
    return signed_in(editor)


def merge(source: Source, other: Source, *take: str, by: Any) -> None:
    seen = merging.preview(source, other)
    merging.merge(source, other, take=frozenset(take), stamp=seen.stamp, by=by)


def test_the_preview_lists_what_the_two_say_differently(doe, twin):
    choices = merging.preview(twin, doe).choices
    shown = {choice.name: (choice.kept, choice.offered, choice.fills_a_gap) for choice in choices}
    assert shown == {
        "PMID": ("", "33515503", True),
        "title": ("Two drugs for mesothelioma: a trial", "Two drugs for mesothelioma: A trial", False),
    }


def test_what_was_chosen_is_taken_over_and_locked(doe, twin, editor):
    merge(twin, doe, "PMID", by=editor)
    doe.refresh_from_db()
    assert (doe.pmid, doe.title, doe.csl["page"]) == ("33515503", "Two drugs for mesothelioma: a trial", "1-9")
    assert doe.locked_fields == ["PMID"]


def test_what_goes_stays_as_it_was_and_leads_to_the_one_that_stays(doe, twin, editor):
    before = twin.csl
    merge(twin, doe, by=editor)
    twin.refresh_from_db()
    assert (twin.csl, twin.merged_into, twin.survivor, twin.merged_by) == (before, doe, doe, editor)
    assert not Source.objects.in_use().filter(key="twin").exists()
    assert AuditEntry.objects.get(action="source.merged").facts == {"into": doe.pk}


def test_quotes_and_notices_go_over_once(doe, twin, editor):
    both = {"kind": NoticeKind.CORRECTED, "on": date(2024, 3, 1)}
    Notice.objects.create(source=doe, **both)
    Notice.objects.create(source=twin, **both)
    Notice.objects.create(source=twin, kind=NoticeKind.RETRACTED, on=date(2024, 5, 1), note="Said so")
    for source, text in ((doe, "Both have this."), (twin, "Both have this."), (twin, "Half of them were alive.")):
        Quote.objects.create(source=source, text=text, locator="p. 3", added_by=editor)
    Quote.objects.create(source=twin, text="Wrong words.", added_by=editor).retire(by=editor)
    merge(twin, doe, by=editor)
    assert list(doe.quotes.values_list("text", "added_by")) == [
        ("Both have this.", editor.pk),
        ("Half of them were alive.", editor.pk),
    ]
    assert {notice.kind for notice in doe.notices.all()} == {"corrected", "retracted"}
    assert doe.is_retracted


def test_a_merger_does_not_make_a_source_its_own_successor(doe, twin, editor):
    Notice.objects.create(source=twin, kind=NoticeKind.SUPERSEDED, on=date(2024, 3, 1), successor=doe)
    merge(twin, doe, by=editor)
    assert not doe.notices.exists()


def test_what_changed_since_it_was_looked_at_is_not_merged(doe, twin, editor):
    stamp = merging.preview(twin, doe).stamp
    Quote.objects.create(source=twin, text="Half of them were alive.", added_by=editor)
    with pytest.raises(MergeRefused, match="changed after you opened this page"):
        merging.merge(twin, doe, take=frozenset(), stamp=stamp, by=editor)
    assert Source.objects.in_use().count() == 2


def test_neither_itself_nor_what_was_merged_before_can_be_merged(doe, twin, editor):
    with pytest.raises(MergeRefused, match="cannot be merged into itself"):
        merging.preview(doe, doe)
    merge(twin, doe, by=editor)
    twin.refresh_from_db()
    for source, other in ((twin, doe), (doe, twin)):
        with pytest.raises(MergeRefused, match="twin was merged into doe2020trial already"):
            merging.preview(source, other)


def test_a_merger_is_undone_unless_an_identifier_went_over(doe, twin, editor):
    merge(twin, doe, by=editor)
    twin.refresh_from_db()
    merging.part(twin, by=editor)
    twin.refresh_from_db()
    assert twin.merged_into is None
    merge(twin, doe, "PMID", by=editor)
    twin.refresh_from_db()
    with pytest.raises(MergeRefused, match="The PMID 33515503 already belongs to doe2020trial"):
        merging.part(twin, by=editor)


# On the desk


def address(source: Source, step: str = "merge") -> str:
    return reverse(f"admin:citations_source_{step}", args=[source.pk])


def test_an_editor_compares_and_merges(librarian, doe, twin):
    page = librarian.get(change(twin)).content.decode()
    assert f'href="{address(twin)}?into=doe2020trial"' in page
    assert "The first name agrees." in page
    at = f"{address(twin)}?into=doe2020trial"
    seen = librarian.get(at)
    assert "[@twin] has to cite [@doe2020trial]" in seen.content.decode()
    answer = librarian.post(at, {"stamp": seen.context["seen"].stamp, "take": ["PMID"]}, follow=True)
    assert "The source twin was merged into doe2020trial." in told(answer)
    page = librarian.get(change(twin)).content.decode()
    assert "no page can be published that cites it" in page
    assert 'name="record"' not in page


def test_titles_of_two_works_are_pointed_at(librarian, doe, twin):
    at, warning = f"{address(twin)}?into=doe2020trial", "The titles read like two works."
    assert warning not in told(librarian.get(at))
    twin.csl["title"] = "Smoking in France since the war"
    twin.save()
    assert warning in told(librarian.get(at))


def test_what_fills_a_gap_is_ticked_and_what_contradicts_is_not(librarian, doe, twin):
    page = " ".join(librarian.get(f"{address(twin)}?into=doe2020trial").content.decode().split())
    assert 'value="PMID" checked>' in page
    assert 'value="title" >' in page or 'value="title">' in page


@pytest.mark.parametrize(
    ("into", "sentence"),
    [
        ("", "Give the key of the source that stays."),
        ("nobody", "No source in use has this key."),
        ("twin", "A source cannot be merged into itself."),
    ],
)
def test_another_source_has_to_be_named(librarian, doe, twin, into, sentence):
    assert sentence in librarian.get(address(twin), {"into": into}).content.decode()


def test_a_stale_screen_is_told_and_shows_the_two_again(librarian, doe, twin):
    answer = librarian.post(f"{address(twin)}?into=doe2020trial", {"stamp": "old", "take": ["PMID"]})
    assert answer.status_code == 409
    assert "One of the two changed after you opened this page." in answer.content.decode()
    assert Source.objects.in_use().count() == 2


def test_an_editor_undoes_a_merger(librarian, doe, twin, editor):
    merge(twin, doe, by=editor)
    assert f'action="{address(twin, "part")}"' in librarian.get(change(twin)).content.decode()
    assert "The source twin stands for itself again" in told(librarian.post(address(twin, "part"), follow=True))
    assert Source.objects.in_use().count() == 2


def test_writers_see_what_may_be_a_double_and_merge_nothing(desk, doe, twin):
    page = desk.get(change(twin)).content.decode()
    assert "Perhaps the same work" in page
    assert "Compare and merge" not in page
    assert desk.get(address(twin)).status_code == 403
    assert desk.post(address(twin, "part")).status_code == 403


def related(**row: Any) -> dict[str, str]:
    return sent(rows("relations", {"kind": "version_of", "note": ""} | row))


def test_a_writer_says_that_two_are_no_doubles_and_is_not_asked_again(desk, doe, twin, writer):
    answer = desk.post(
        change(doe), related(kind="not_duplicate_of", other="twin", note="Another trial") | {"record": record_of(doe)}
    )
    assert answer.status_code == 302
    relation = Relation.objects.get()
    assert (relation.source, relation.other, relation.noted_by) == (doe, twin, writer)
    for source in (doe, twin):
        assert "Perhaps the same work" not in desk.get(change(source)).content.decode()
    assert "doe2020trial is no duplicate of twin (Another trial)." in desk.get(change(twin)).content.decode()


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ("nobody", "No source in use has this key."),
        ("doe2020trial", "A source is not related to itself."),
        ("twin", "These two are related already."),
    ],
)
def test_a_relation_that_cannot_be_is_told_and_what_was_typed_stays(desk, doe, twin, other, sentence):
    Relation.objects.create(source=twin, kind=RelationKind.PREPRINT_OF, other=doe)
    answer = desk.post(change(doe), related(other=other) | {"record": record_of(doe)})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert sentence in page
    assert f'value="{other}"' in page


def test_a_relation_is_changed_and_taken_out(desk, doe, twin):
    relation = Relation.objects.create(source=doe, kind=RelationKind.PREPRINT_OF, other=twin)
    row = {"id": relation.pk, "source": doe.pk, "kind": "version_of", "other": "twin", "note": ""}
    for extra in ({}, {"DELETE": "on"}):
        there = rows("relations", row | extra, there=1)
        assert desk.post(change(doe), sent(there) | {"record": record_of(doe)}).status_code == 302
        relation = Relation.objects.first() or relation
    assert relation.kind == "version_of"
    assert not Relation.objects.exists()
    assert AuditEntry.objects.filter(action__in=["relation.changed", "relation.taken_out"]).count() == 2


def record_of(source: Source) -> str:
    return csl.as_text({name: value for name, value in source.csl.items() if name != "id"})
