"""What the pages must never say, and what they must always say."""

from __future__ import annotations

import re

import pytest

from articles.feedback.reading import KEPT
from tests.sample_content.conftest import PAGES, Page

PROMISES = [
    r"\bcures?\b(?!d)(?! cancer)",
    r"\bguarantee",
    r"\bbeat(?:s|ing)? (?:the|this|your) (?:cancer|disease)",
    r"\bmiracle",
    r"\bbreakthrough",
    r"\bwill (?:extend|lengthen|improve|save|help you live)",
    r"\bproven to\b",
    r"\bbest (?:doctors?|treatment|hope)",
    r"\btop (?:doctors?|mesothelioma)",
    r"\bjustice\b",
]
AGEING = [
    r"still alive",
    r"\btoday,",
    r"\bcurrently\b",
    r"\brecently\b",
    r"\bas of now\b",
    r"\bthis year\b",
    r"\blast year\b",
]


@pytest.mark.parametrize("pattern", AGEING)
def test_no_wording_goes_stale(page: Page, pattern: str):
    assert not re.search(pattern, page.body, re.IGNORECASE)


@pytest.mark.parametrize("pattern", PROMISES)
def test_no_wording_promises_a_result(page: Page, pattern: str):
    said = [line for line in page.body.splitlines() if re.search(pattern, line, re.IGNORECASE)]
    # "Remission is not the same as a cure" denies a promise, and may be said.
    assert [line for line in said if not re.search(r"not the same as a cure|the same as a cure\?", line)] == []


@pytest.mark.parametrize(
    "claim",
    [
        "more than doubles",  # the abstract does not have it, and a register cannot show a cause
        "15 years",  # no source in the list
        "20 years",
        "12 to 21 months",
        "33%",  # pooled figures, known only second-hand from a case report
        "12%",
        "100%",
        "every person",
        "all patients",
        "20%",
        "fifth of",
        "known to lengthen",
        "known to improve survival",
    ],
)
def test_statements_without_a_sound_source_are_left_out(remission: Page, stage_4: Page, claim: str):
    assert claim not in remission.body
    assert claim not in stage_4.body


def test_a_subgroup_is_told_as_a_subgroup(stage_4: Page):
    (sentence,) = re.findall(r"[^.]*7\.3 years[^.]*", stage_4.body)
    assert "smaller group of 19 people" in sentence
    assert "whose lymph nodes were clear" in sentence


def test_a_look_back_is_not_called_a_trial(remission: Page):
    assert "This was not a trial." in remission.body


def test_one_patients_course_is_told_as_one_patients(remission: Page, records):
    for key in re.findall(r"^:::story (\S+)$", remission.body, re.MULTILINE):
        story = records["stories"][key]
        assert story["kind"] == "case_report"
        assert "one patient" in story["typicality"]
        told = remission.body.split(f":::story {key}\n")[1].split("\n:::")[0]
        assert f"@{story['source']}" in told


def test_the_quotation_is_marked_as_a_sample(stage_4: Page, records):
    (slug,) = re.findall(r'^:::quote person="(.+)"$', stage_4.body, re.MULTILINE)
    assert records["people"][slug]["name"].startswith("Sample ")
    assert "no real body" in records["people"][slug]["credentials"][0]["title"]


def test_the_stage_4_page_says_what_is_not_known(stage_4: Page):
    assert "Our sources have no sound figure for stage 4 alone." in stage_4.body


def test_each_treatment_section_names_a_risk_or_limit(stage_4: Page, remission: Page):
    for page, headings in (
        (stage_4, ["Palliative surgery", "Chemotherapy", "Radiation", "Immunotherapy and clinical trials"]),
        (remission, ["Surgery", "More than one treatment", "Clinical trials"]),
    ):
        for heading in headings:
            section = page.body.split(f"### {heading}\n")[1].split("\n#")[0]
            assert re.search(r"risk|harm|bleeding|sore|hurt|tired|infection|side effect", section, re.IGNORECASE), (
                heading
            )


def test_everyone_named_is_a_sample(records):
    for person in records["people"].values():
        assert person["name"].startswith("Sample ")
        assert person["is_sample"] is True
    for disclosure in records["disclosures"].values():
        assert "not a real" in disclosure["responsible_party"]


def test_the_telephone_number_is_one_kept_for_fiction(records):
    assert re.fullmatch(r"\d{3}-555-01\d\d", records["site"]["phone"])
    assert "Sample" in records["site"]["phone_hours"]


def test_the_privacy_page_says_how_long_readers_words_are_kept():
    (privacy,) = (page for page in PAGES if page.path.name == "privacy.md")
    assert f"We erase your words after {KEPT.days} days." in privacy.body
