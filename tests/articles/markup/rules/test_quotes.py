"""Figures against the quotes pinned to what a statement cites."""

from __future__ import annotations

from dataclasses import replace

import pytest

from articles.markup import CompiledPage, QuoteEmbed
from articles.markup.proof import Verdict

from ..sample_library import LIBRARY, compile_body, source

RELAPSE = "Recurrence was seen in 78% of patients."
OTHER = "Recurrence was seen in 45% of patients."
QUOTED = replace(
    LIBRARY,
    sources={
        **LIBRARY.sources,
        "quoted": source("quoted", quotes=(QuoteEmbed(RELAPSE),)),
        "other": source("other", quotes=(QuoteEmbed(OTHER),)),
        "placed": source("placed", quotes=(QuoteEmbed(RELAPSE, "p. 3"), QuoteEmbed(OTHER, "page 7"))),
        "silent": source("silent", quotes=(QuoteEmbed("The authors thank their nurses."),)),
    },
    severities={"quote-missing": "warning"},
)


def compiled(text: str) -> CompiledPage:
    return compile_body(text + "\n", QUOTED)


def found(text: str) -> list[str]:
    return [one.rule for one in compiled(text).findings]


@pytest.mark.parametrize(
    "text",
    [
        "The cancer came back in 45% of patients [@quoted].",
        "The cancer came back in 78% of patients [@placed, p. 7].",
        "The cancer came back in 45% of patients [@placed, p. 3].",
        "The cancer came back in 20% of patients [@quoted; @other].",
        "- The cancer came back in 45% of patients. This was old [@quoted].",
        "| Patients | Recurrence |\n|---|---|\n| All | Recurrence was seen in 45% of patients [@quoted] |",
        "Words [@alpha]. The cancer came back in 45% of patients.[@quoted]",
    ],
)
def test_a_figure_that_its_quote_contradicts_is_an_error(text: str) -> None:
    (finding,) = compiled(text).findings
    assert (finding.rule, finding.severity) == ("quote-contradicts", "error")
    assert "the quote says" in finding.message


@pytest.mark.parametrize(
    "text",
    [
        "The cancer came back in 78% of patients [@quoted].",
        "The cancer came back in 78% of patients [@placed, p. 3].",
        "The cancer came back in 45% of patients [@placed, p. 7].",
        "The cancer came back in 45% of patients [@placed].",
        "The cancer came back in 45% of patients [@placed, p. 9].",
        "The cancer came back in 78% of patients [@quoted; @other].",
        "The cancer came back in 45% of patients [@quoted; @other].",
        "The cancer can come back [@quoted].",
    ],
)
def test_a_figure_that_a_quote_bears_out_is_no_finding(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "The cancer came back in 45% of patients [@alpha].",
        "The cancer came back in 45% of patients [@silent].",
        "- In 45% of patients [@alpha].",
        "People lived for 12 months [@quoted].",
        "The cancer came back in 45% of patients [@alpha; @silent].",
        "There were 3,000 new cases a year [@quoted].",
    ],
)
def test_a_figure_that_no_quote_has_may_be_advice(text: str) -> None:
    assert found(text) == ["quote-missing"]


def test_without_a_figure_or_a_source_nothing_is_missing() -> None:
    assert found("The cancer can come back [@alpha].\n\nNobody knows when.") == []


def test_a_statement_keeps_its_sources_and_its_verdict() -> None:
    page = compiled(
        "In 78% it came back [@quoted]. In 12% it did not [@alpha; @nosuch].\n\n"
        "People lived for 12 months.\n\nThe cancer came back in 45% of patients [@quoted].\n"
    )
    assert [(figure.sources, figure.verdict) for figure in page.figures] == [
        (("quoted",), Verdict.SUPPORTS),
        (("alpha",), None),
        ((), None),
        (("quoted",), Verdict.CONTRADICTS),
    ]


def test_same_words_on_one_line_keep_sources_of_their_own() -> None:
    page = compiled("| A | B |\n|---|---|\n| In 78% of them [@quoted] | In 78% of them [@alpha] |")
    assert [figure.sources for figure in page.figures] == [("quoted",), ("alpha",)]
