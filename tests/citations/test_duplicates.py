"""Doubles: one identifier is one work; a title that reads alike is a candidate, with reasons; people decide."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from citations.duplicates import Verdict, matches, matches_of
from citations.models import Relation, RelationKind, Source
from tests.citations.conftest import a_record, a_source

pytestmark = pytest.mark.django_db

TITLE = "Two drugs for mesothelioma: a trial"


def found(**fields: Any) -> list[tuple[str, str]]:
    """What another record, without an identifier unless one is given, matches."""
    record = a_record(**{"id": "other", "DOI": None} | fields)
    return [(match.source.key, match.verdict) for match in matches(record)]


@pytest.mark.parametrize(
    ("field", "here", "there"),
    [
        ("DOI", "10.1234/ABC", "10.1234/abc"),
        ("PMID", "33515503", "33515503"),
        ("PMCID", "PMC2637280", "PMC2637280"),
        ("ISBN", "9781597450225", "9781597450225"),
    ],
)
def test_one_identifier_is_one_work(field, here, there):
    a_source(**{"DOI": None, "type": "book", field: here})
    (match,) = matches(a_record(**{"id": "other", "DOI": None, "type": "book", field: there}))
    assert (match.source.key, match.verdict) == ("doe2020trial", Verdict.SAME)
    assert match.reasons == (f"The {field} is the same: {there}.",)


def test_one_identifier_with_the_title_of_another_work_is_a_conflict():
    a_source()
    (match,) = matches(a_record(id="other", title="Smoking in France since the war"))
    assert match.verdict == Verdict.CONFLICT
    assert match.reasons == (
        "The DOI is the same: 10.1234/Trial.2020.",
        f"The titles are of different works: “Smoking in France since the war” and “{TITLE}”.",
        "One of the two has a wrong identifier.",
    )


def test_a_file_that_was_written_here_calls_a_source_as_we_do():
    a_source(DOI=None, author=None, issued=None)
    record = a_record(DOI=None, author=None, issued=None)
    (match,) = matches(record, key="doe2020trial")
    assert (match.verdict, match.reasons) == ("same", ("It has the key doe2020trial, and the same title.",))
    assert matches(a_record(DOI=None, title="Another work"), key="doe2020trial") == []
    assert [match.verdict for match in matches(record, key="other")] == ["look-alike"]


def test_a_chapter_is_not_the_book_it_is_in():
    a_source(type="book", ISBN="9781597450225", DOI=None, title="Asbestos and its diseases")
    assert found(type="chapter", ISBN="9781597450225") == []


@pytest.mark.parametrize(
    "title",
    [
        TITLE.upper(),
        "A trial: two drugs for mesothelioma",
        "Two drugs for <i>mesothelioma</i>: a trial.",
        "Two drugs for mésothelioma – a trial",
        "Two drugs for mesotheliomas: a trial",
    ],
)
def test_alike_in_title_name_year_and_kind_is_a_candidate(title):
    a_source()
    assert found(title=title, issued={"date-parts": [[2021]]}, type="article") == [("doe2020trial", Verdict.CANDIDATE)]


def test_a_candidate_comes_with_its_reasons():
    a_source()
    (match,) = matches(a_record(id="other", DOI=None, title=TITLE + "s"))
    assert match.reasons == (
        "The titles are alike (99 of 100).",
        "The first name agrees.",
        "The year agrees.",
        "The kind of work agrees.",
    )


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"author": [{"family": "Roe"}]}, "The first names differ."),
        ({"issued": {"date-parts": [[2022]]}}, "The years are more than one apart, or one is not known."),
        ({"issued": None}, "The years are more than one apart, or one is not known."),
        ({"type": "webpage"}, "The kinds of work differ."),
    ],
)
def test_alike_in_title_alone_is_only_a_look_alike(fields, reason):
    a_source()
    (match,) = matches(a_record(**{"id": "other", "DOI": None} | fields))
    assert match.verdict == Verdict.LOOK_ALIKE
    assert match.reasons[-1] == reason


@pytest.mark.whole
def test_two_editions_and_two_publishers_are_no_candidates(records):
    """The two pairs of the sample bibliography whose titles read alike: neither is one work twice."""
    by_key = {record["id"]: record for record in records}
    for record in records:
        Source.objects.create(
            key=record["id"], csl={k: v for k, v in record.items() if k not in ("custom", "accessed")}
        )
    verdicts = {
        (key, match.source.key, match.verdict) for key in by_key for match in matches_of(Source.objects.get(key=key))
    }
    assert {verdict for *_, verdict in verdicts} == {Verdict.LOOK_ALIKE}
    assert len(verdicts) == 4


def test_a_title_of_one_word_is_like_no_longer_one():
    a_source(title="Mesothelioma")
    assert found(title="Malignant mesothelioma of the pleura") == []


@pytest.mark.parametrize("kind", RelationKind.values)
def test_what_a_person_said_is_remembered_both_ways(kind):
    doe, other = a_source(), a_source(id="other", DOI=None)
    assert [match.source for match in matches_of(doe)] == [other]
    Relation.objects.create(source=other, kind=kind, other=doe)
    assert matches_of(doe) == []
    assert matches_of(other) == []


def test_a_source_merged_into_another_is_no_double(editor):
    doe, roe = a_source(), a_source(id="roe", DOI=None)
    Source.objects.filter(pk=roe.pk).update(merged_into=doe, merged_by=editor, merged_at=timezone.now())
    assert found(title=TITLE) == [("doe2020trial", Verdict.CANDIDATE)]


@pytest.mark.parametrize("title", ["", "?!", "<i></i>", "%", "’; DROP TABLE", "𝔘𝔫𝔦", "a" * 2000, "胸膜间皮瘤"])
def test_any_title_can_be_asked_for(title):
    a_source()
    assert found(title=title) == []


def test_accents_and_markup_cost_a_title_nothing():
    a_source(title="Étude à propos du <i>mésothéliome</i> pleural: résultats à long terme, dépôts et fibres")
    title = "Etude a propos du mesotheliome pleural – resultats a long terme, depots et fibres"
    assert found(title=title) == [("doe2020trial", Verdict.CANDIDATE)]


def test_a_short_title_full_of_markup_is_found_by_its_words():
    a_source(DOI=None, title="<i>BAP1</i> in <i>H<sub>2</sub></i>: a <b>test</b>")
    assert found(title="BAP1 in H2: a test") == [("doe2020trial", "candidate")]
