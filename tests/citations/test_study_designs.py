"""Study designs: the words of a source tell its kind of evidence, or nothing does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citations.importing import read
from citations.models import Source
from citations.study_designs import (
    BY_TYPE,
    DESIGNS,
    NAMES,
    PHRASES,
    PLAIN,
    PUBLICATION_TYPES,
    TELLING,
    EvidenceKind,
    design_of,
    kind_of,
)
from tests.citations.conftest import a_source, sample_records
from tests.citations.test_source_desk import change

GUIDE = Path(__file__).parents[2] / "docs" / "evidence.md"

SAMPLES = {
    "phase 2 single-arm trial": "trial",
    "phase 2 trial": "trial",
    "randomised controlled trial": "randomized_trial",
    "registry cohort": "cohort",
    "retrospective cohort": "cohort",
    "single-centre cohort": "cohort",
    "case report": "case_report",
    "consensus staging proposal": "guideline",
    "narrative review": "narrative_review",
    "organization page": "reference",
    "patient guide": "reference",
    "dictionary entry": "reference",
    "book": "reference",
    "magazine/patient story": "story",
    "patient story": "story",
    "patient video": "story",
}
OTHERS = {
    "Systematic review and meta-analysis": "systematic_review",
    "meta-analysis of randomised trials": "systematic_review",
    "Meta-analyses": "systematic_review",
    "Cochrane review": "systematic_review",
    "RCT": "randomized_trial",
    "Randomized, double-blind, placebo-controlled trial": "randomized_trial",
    "randomised phase III study": "randomized_trial",
    "cluster-randomized trial": "randomized_trial",
    "non-randomized trial": "trial",
    "Phase I/II, open-label, single-arm study": "trial",
    "phase 1b/2 trial": "trial",
    "phase 3 trial": "trial",
    "clinical trials": "trial",
    "prospective cohort study": "cohort",
    "Case–control study": "cohort",
    "retrospective, multi-institutional study": "cohort",
    "population-based registry analysis": "cohort",
    "cross-sectional survey": "cohort",
    "retrospective study": "cohort",
    "observational study": "cohort",
    "single-arm study": "trial",
    "animal study": "laboratory",
    "retrospective analysis of a phase 2 trial": "cohort",
    "case series": "case_report",
    "Case report and review of the literature": "case_report",
    "Clinical Practice Guidelines": "guideline",
    "expert consensus statement": "guideline",
    "review": "narrative_review",
    "Editorial": "narrative_review",
    "in-vitro study": "laboratory",
    "randomized animal trial": "laboratory",
    "systematic review of studies in mice": "laboratory",
    "organisation page": "reference",
    "News": "reference",
    "survivor stories": "story",
}
NOT_STATED = [
    "study",
    "prospective study",
    "randomized",
    "phase",
    "new trial",
    "protocol of a randomized trial",
    "secondary analysis of a randomized trial",
    "retrospective phase 2 study",
    "quasi-randomized study",
    "letter",
    "trial (n = 30)",
    "of trials",
    "my own words",
    "🦠",
]


def test_the_sample_bibliography_is_known() -> None:
    assert {record["custom"]["study_type"] for record in sample_records()} == set(SAMPLES)


@pytest.mark.parametrize(("design", "kind"), [*SAMPLES.items(), *OTHERS.items()])
def test_a_design_tells_its_kind(design: str, kind: str) -> None:
    assert kind_of(design) == kind_of(f"  {design.upper()}\n") == kind


@pytest.mark.parametrize("design", NOT_STATED)
def test_what_is_not_understood_is_not_stated(design: str) -> None:
    assert kind_of(design) is EvidenceKind.NOT_STATED


@given(st.text(max_size=60))
def test_any_words_have_a_kind(design: str) -> None:
    assert kind_of(design) in EvidenceKind


WORDS = [phrase for listed in [*PHRASES.values(), *TELLING.values(), PLAIN] for phrase in listed.split(", ")]


@given(st.lists(st.sampled_from(WORDS), max_size=4).map(lambda phrases: " ".join([*phrases, "protocol"])))
def test_no_kind_is_guessed_from_a_part_of_the_words(design: str) -> None:
    assert kind_of(design) is EvidenceKind.NOT_STATED


@pytest.mark.parametrize(("kind", "phrase"), [(kind, one) for kind in PHRASES for one in PHRASES[kind].split(", ")])
def test_each_phrase_alone_is_of_its_kind(kind: EvidenceKind, phrase: str) -> None:
    assert kind_of(phrase) is kind


def test_what_the_desk_proposes_is_understood() -> None:
    assert {kind_of(design) for design in DESIGNS} == {*EvidenceKind} - {EvidenceKind.NOT_STATED}


def test_every_kind_has_a_name() -> None:
    assert set(NAMES) == set(EvidenceKind)


def test_without_a_design_the_type_may_tell() -> None:
    assert kind_of("", "entry-dictionary") is EvidenceKind.REFERENCE
    assert kind_of("patient story", "book") is EvidenceKind.STORY
    # An article may be anything, and a web page may tell a story.
    for unknown in ("article-journal", "webpage", ""):
        assert unknown not in BY_TYPE
        assert kind_of(" ", unknown) is EvidenceKind.NOT_STATED


def test_every_design_that_pubmed_states_is_understood() -> None:
    assert EvidenceKind.NOT_STATED not in map(kind_of, PUBLICATION_TYPES.values())
    types = ["Journal Article", "Review", "Randomized Controlled Trial", "Multicenter Study"]
    assert design_of(types) == "randomized controlled trial"
    assert design_of(["Journal Article", {"no": "name"}]) == design_of("Meta-Analysis") == design_of(None) == ""


def test_a_record_from_pubmed_states_its_design_unless_its_file_does() -> None:
    record = {"id": "a", "type": "article-journal", "title": "A", "custom": {"publication_types": ["Case Reports"]}}
    assert read(record).study_design == read(record).fields["study design"] == "case report"
    record["custom"] = {"publication_types": ["Case Reports"], "study_type": "case series"}
    assert read(record).study_design == "case series"


def test_the_desk_says_what_a_source_counts_as(db: None, desk) -> None:
    source = a_source()
    assert NAMES[EvidenceKind.TRIAL] in desk.get(change(source)).content.decode()
    Source.objects.filter(pk=source.pk).update(study_design="big numbers")
    page = desk.get(change(source)).content.decode()
    assert NAMES[EvidenceKind.NOT_STATED] in page
    assert "The study design “big numbers” is not understood" in page


def test_the_guide_has_the_whole_table() -> None:
    table = GUIDE.read_text(encoding="utf-8").partition("## What a page rests on")[2]
    rows = re.findall(r"^\| ([^|`]+) \| (`[^|]+`) \|", table, re.MULTILINE)
    told = {name: re.findall("`([^`]+)`", listed) for name, listed in rows}
    phrases = {NAMES[kind]: listed.split(", ") for kind, listed in PHRASES.items()}
    assert told == phrases
