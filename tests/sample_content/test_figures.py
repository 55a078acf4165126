"""A sentence with a figure names its source in that same sentence."""

from __future__ import annotations

import re

from tests.sample_content.conftest import PAGES, Page

# Numbers that measure nothing: names, telephone numbers, the stage itself, how long we keep something.
NO_FIGURE = re.compile(
    r"\bstage (?:4|IV)\b|\b(?:911|988|211)\b|\b1-8\d\d-\d{3}-\d{4}\b|\bNCT\d{8}\b|\bMiST1\b|\bBAP1\b|\bBRCA1\b"
    r"|\bpress 1\b|\bwe erase your words after 180 days\b",
    re.IGNORECASE,
)
FIGURE = re.compile(
    r"\d|\bper ?cent\b|\b(?:half|one|two|three|four|five|six|seven|eight|nine|ten|a|several) (?:or more )?"
    r"(?:years?|months?|weeks?)\b(?! (?:or months )?later)|\bin (?:ten|a hundred)\b",
    re.IGNORECASE,
)
# "How many in a year" asks; it states nothing.
QUESTION = re.compile(r"\?\s*(?:\([^)]*\))?$")


def sentences(page: Page) -> list[str]:
    """The sentences of the text a reader sees; each list item, term or cell stands for itself."""
    found: list[str] = []
    for line in page.body.splitlines():
        stripped = line.strip()
        if not stripped or stripped.startswith(("#", "::", "*[")):
            continue
        stripped = re.sub(r"^(?:[-*]|:|\d+\.) ", "", stripped)
        stripped = re.sub(r"\]\([^)]*\)", "]", stripped)
        found += re.split(r"(?<=[.!?])\s+(?=[A-Z(“\"])", stripped)
    return found


def states_a_figure(sentence: str) -> bool:
    without_keys = re.sub(r"\[[^\]]*@[^\]]*\]", "", sentence)
    return bool(FIGURE.search(NO_FIGURE.sub("", without_keys))) and not QUESTION.search(sentence)


def test_every_statement_with_a_figure_is_cited(page: Page):
    uncited = [s for s in sentences(page) if states_a_figure(s) and "[@" not in s]
    assert uncited == []


def test_the_pages_do_state_figures():
    """Guards the test above: it must have something to look at."""
    stated = [s for page in PAGES for s in sentences(page) if states_a_figure(s)]
    assert len(stated) >= 15


def test_the_figures_are_those_of_the_studies(remission: Page, stage_4: Page):
    told = {
        "lau2017pcr": ["about 7 in 100"],
        "fennell2021mist1": ["57.7%", "95% confidence interval 36.9 to 76.7", "26 people", "12 weeks"],
        "nakamura2020nivolumab": ["35 people", "In 25 of them", "in 8 it grew", "1 complete", "6 partial", "18 people"],
        "kostron2016relapse": ["14 years of records", "78%"],
        "raphael2015spontaneous": ["a man of 76", "2 years"],
        "takanenndlongterm": ["after 4 years"],
        "higashiyama2009disappearance": ["29 months"],
        "moore2008orphanet": ["about one year"],
        "friedberg2017pdt": ["73 people", "3 years", "19 people", "7.3 years"],
        "beebedimmer2016seer": ["67%", "1,625 people", "8 months"],
    }
    everything = sentences(remission) + sentences(stage_4)
    for key, figures in told.items():
        cited = " ".join(sentence for sentence in everything if f"@{key}" in sentence)
        missing = [figure for figure in figures if figure not in cited]
        assert not missing, f"{missing} not cited to {key}"


def test_no_percentage_rests_on_the_course_of_one_patient(page: Page, sources):
    reports = {key for key, item in sources.items() if item["custom"]["study_type"] == "case report"}
    for sentence in sentences(page):
        if "%" in sentence or re.search(r"\d in \d", sentence):
            assert not reports & set(re.findall(r"@(\w+)", sentence)), sentence


def test_nobody_types_how_many_sources_a_page_cites(page: Page):
    assert not re.search(r"\d+ (?:cited|references|sources|research articles)", page.body)
