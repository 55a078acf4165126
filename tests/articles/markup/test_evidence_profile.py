"""What a page rests on: every statement once, by the strongest kind of source that it cites."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.markup import Library, compile_page
from articles.markup.evidence import EvidenceProfile
from citations.study_designs import EvidenceKind, kind_of

from .sample_library import LIBRARY, OPENING, compile_body, source

DESIGNS = {
    "sum2024": ("systematic review", 2024),
    "lots2020": ("randomized controlled trial", 2020),
    "arm2021": ("phase 2 trial", 2021),
    "cohort2016": ("retrospective cohort", 2016),
    "one2009": ("case report", 2009),
    "told": ("patient story", None),
    "odd2011": ("my own words", 2011),
}
SOURCES = {key: source(key, study_design=design, year=year) for key, (design, year) in DESIGNS.items()}
OURS = replace(LIBRARY, sources=SOURCES)
LEDE = 1  # the statements of OPENING: its lede


def profile_of(body: str, library: Library = OURS) -> EvidenceProfile:
    return compile_body(body, library).evidence


@pytest.mark.parametrize(
    ("body", "statements"),
    [
        ("One sentence. And another one.", 2),
        ("- A cough\n- Pain. It may come and go.", 3),
        ("## A heading\n\nWords.", 1),
        ("Is this a question? It was.", 1),
        ("Cachexia\n: You lose weight.\n: And strength.", 2),
        ("| Drug | Share |\n| --- | --- |\n| Talc | Most |\n| Water | |", 1),
        (":::faq\n### Does it hurt?\nNot often.\n:::", 1),
        (":::warning Before you take herbs\nTell your team.\n:::", 1),
        (":::emergency Call now if:\n- you faint\n:::", 0),
        (":::urgent\nA fever.\n:::", 0),
        (":::faq\n### When do I call?\n:::urgent\n- a fever\n:::\nOtherwise wait.\n:::", 1),
        ("::offer case-review", 0),
        ("::image types-of-remission", 0),
        ("---\n\n…", 0),
    ],
)
def test_what_readers_take_as_fact_is_a_statement(body: str, statements: int) -> None:
    assert profile_of(body).statements - LEDE == statements


@pytest.mark.parametrize(
    ("body", "kinds"),
    [
        ("A [@one2009].", {"case_report": 1}),
        ("A [@told; @one2009; @arm2021].", {"trial": 1}),
        (
            "One [@lots2020]. Two [@arm2021]. Three [@sum2024].",
            {"systematic_review": 1, "randomized_trial": 1, "trial": 1},
        ),
        ("One [@cohort2016], or not [@one2009]. Two. Three [@cohort2016].", {"cohort": 2}),
        ("- One. Two [@told].\n- Three.", {"story": 2}),
        ("| Drug | Share |\n| --- | --- |\n| Talc [@cohort2016] | Most [@one2009] |", {"cohort": 1, "case_report": 1}),
        ("A [@odd2011].", {"not_stated": 1}),
        ("A [@nobody-knows].", {}),
    ],
)
def test_a_statement_counts_once_for_its_strongest_source(body: str, kinds: dict[str, int]) -> None:
    profile = profile_of(body)
    assert list(profile.kinds.items()) == [(EvidenceKind(kind), count) for kind, count in kinds.items()]


@pytest.mark.parametrize(
    "body",
    [
        "## A heading [@told]\n\nWords.",
        "Is it so [@told]?",
        "A term [@told]\n: What it means.",
        "| Drug [@told] | Share |\n| --- | --- |\n| Talc | Most |",
        ":::urgent\n- a fever [@told]\n:::",
    ],
)
def test_whatever_cites_is_counted_wherever_it_stands(body: str) -> None:
    assert profile_of(body).kinds == {EvidenceKind.STORY: 1}


def test_those_that_cite_nothing_are_counted_and_of_them_those_with_a_figure() -> None:
    profile = profile_of("Doctors differ. Of these people 40% had pain. In 7 of 9 it went away [@one2009].")
    assert (profile.nothing - LEDE, profile.bare_figures, profile.cited) == (2, 1, 1)


def test_a_figure_in_what_is_no_statement_is_none_without_a_source() -> None:
    assert profile_of("## In 40% of people\n\nWords.").bare_figures == 0


def test_without_a_design_the_type_of_the_record_tells() -> None:
    sources = {"acs": source("acs", record={"type": "entry-dictionary"})}
    assert profile_of("A [@acs].", Library(sources=sources)).kinds == {EvidenceKind.REFERENCE: 1}


def test_the_years_stand_in_the_order_of_the_list() -> None:
    page = compile_body("One [@one2009; @told]. Two [@sum2024]. Three [@one2009].", OURS)
    assert page.evidence.years == (2009, None, 2024)
    assert page.evidence.sources == len(page.references)


def test_a_page_that_says_nothing_rests_on_nothing() -> None:
    profile = compile_page("", Library()).evidence
    assert profile == EvidenceProfile({}, 0, 0, ())
    assert (profile.statements, profile.half_since, profile.median_age(2026)) == (0, None, None)


CITED = ("Words [@one2009]", "More of them [@told; @sum2024].", "So[@arm2021]?")
PIECES = (*CITED, "Words", ". ", "? ", "\n- ", "\n\n## ", "\n\n", "\n| a | b |\n|---|---|\n| ", " | ", "\n: ", " ")


@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_every_source_that_is_listed_is_cited_by_a_statement(pieces: list[str]) -> None:
    page = compile_page(OPENING + "".join(pieces), OURS)
    profile = page.evidence
    assert profile.years == tuple(SOURCES[reference.key].year for reference in page.references)
    assert bool(profile.cited) == bool(page.references)
    designs = {SOURCES[use.key].study_design for use in page.citations}
    assert set(profile.kinds) <= {kind_of(design) for design in designs}
    assert EvidenceProfile.from_json(json.loads(json.dumps(profile.as_json()))) == profile


YEARS = st.lists(st.none() | st.integers(1950, 2030), max_size=12).map(tuple)


@given(YEARS)
def test_half_of_the_dated_sources_are_no_older_than_is_said(years: tuple[int | None, ...]) -> None:
    profile = EvidenceProfile({}, 1, 0, years)
    dated = [year for year in years if year is not None]
    since = profile.half_since
    if since is None:
        assert not dated
    else:
        assert since in dated
        assert 2 * sum(year >= since for year in dated) >= len(dated)
        assert 2 * sum(year > since for year in dated) < len(dated)


@pytest.mark.parametrize(
    ("years", "age"), [((2016,), 10), ((2016, 2021), 7.5), ((2016, None, 2021, 2025), 5), ((2027,), 0), ((None,), None)]
)
def test_the_median_age_is_that_of_the_sources_that_give_a_year(years: tuple[int | None, ...], age: float) -> None:
    assert EvidenceProfile({}, 1, 0, years).median_age(2026) == age


def test_pages_from_before_have_no_profile() -> None:
    assert EvidenceProfile.from_json({}) is None
