"""Where a finding points, what it says, and what the rules share."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from articles.markup import Finding, compile_page

from ..sample_library import LIBRARY, compile_body, source


def only(text: str) -> Finding:
    (finding,) = compile_body(text + "\n").findings
    return finding


@pytest.mark.parametrize(
    ("text", "rule", "line", "column"),
    [
        ("Words here. This was a miracle.", "promise-wording", 7, 24),
        ("Words here,\nand it was a miracle.", "promise-wording", 8, 14),
        ("- One\n- Ask about Opdivo.", "brand-without-generic", 8, 13),
        ("| A | B |\n|---|---|\n| x | Ask about Opdivo. |", "brand-without-generic", 9, 17),
        (":::warning\nAsk about *EPP* now.\n:::", "abbreviation-undefined", 8, 12),
        ("It was so [@alpha]. Surgery improves survival.", "efficacy-without-source", 7, 29),
        ("Words.\n\nWritten by:", "empty-byline", 9, 1),
        ("Words.\n\n### Why?", "faq-unanswered", 9, 1),
    ],
)
def test_a_finding_points_at_its_words(text: str, rule: str, line: int, column: int) -> None:
    finding = only(text)
    assert (finding.rule, finding.line, finding.column) == (rule, line, column)


def test_figures_that_conflict_name_each_other() -> None:
    finding = only("Recurrence is seen in 78% of people [@alpha].\n\nThe cancer comes back in 45% of people [@beta].")
    assert finding.line == 9
    assert "“45%” here and “78%” in “Recurrence is seen in 78% of people.”" in finding.message


def test_a_brand_and_an_abbreviation_are_told_once() -> None:
    page = compile_body("Ask about Opdivo. Opdivo is a drug.\n\nEPP is large. EPP is rare.\n")
    assert [one.rule for one in page.findings] == ["brand-without-generic", "abbreviation-undefined"]


def test_the_true_number_of_references_is_told() -> None:
    page = compile_body("It is so [@alpha; @beta]. Others say so too [@acs2015palliative].\n\nWe have 11 references.\n")
    (finding,) = page.findings
    assert finding.message == (
        "The number of references is counted by the system: 2 research articles, 3 sources. Leave it out here."
    )


def test_a_typed_list_of_references_is_counted_and_no_more_read() -> None:
    text = "## References\n\n1. Miracle J. EPP cures cancer, 2019.\n2. Doe J. No risk. Retrieved from\n"
    (finding,) = compile_body(text).findings
    assert (finding.rule, finding.line) == ("orphan-source", 7)
    assert "(2 entries)" in finding.message


MERGED = replace(LIBRARY, retired={"twin": "alpha", "twin2019b": "alpha", "doi:10.1/x": "beta"})


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("It came back [@twin].", 15),
        ("It came back [@twin, p. 3].", 15),
        ("It came back [@alpha; @twin].", 23),
        ("It came back [see @twin2019b].", 19),
        ("- It came back [@twin]", 17),
        ("It came back [@doi:10.1/x].", 15),
    ],
)
def test_a_merged_source_names_the_one_that_stands_for_it(text: str, column: int) -> None:
    (finding,) = compile_body(text + "\n", MERGED).findings
    assert (finding.rule, finding.severity, finding.column) == ("retired-key", "error", column)
    assert re.fullmatch(r"The source “\S+” was merged into “(\w+)”. Write \[@\1\].", finding.message)


@pytest.mark.parametrize(
    "text",
    [
        "It came back [@alpha].",
        "It came back [@alpha; @beta].",
        "Its twin came back.",
        "`[@twin]` is how it was written.",
        "Write to a@twin.example.",
        "\\[@twin] is how it was written.",
    ],
)
def test_other_keys_are_not_merged(text: str) -> None:
    assert compile_body(text + "\n", MERGED).findings == ()


def test_the_key_of_a_merged_source_is_no_reference() -> None:
    library = replace(LIBRARY, retired={"twin": "alpha"})
    page = compile_body("It came back [@twin].\n\nIt did [@alpha].\n", library)
    assert [reference.key for reference in page.references] == ["alpha"]


def test_the_title_and_the_lede_are_read_too() -> None:
    page = compile_page("# The miracle cure\n\nYou will recover.\n", LIBRARY)
    assert [(one.rule, one.line) for one in page.findings] == [("promise-wording", 1), ("promise-wording", 3)]


def test_words_of_code_and_addresses_are_no_statements() -> None:
    page = compile_body("```\nYou will recover with EPP.\n```\n\nSee [the site](https://www.example.org/OPDIVO).\n")
    assert page.findings == ()


def test_a_source_may_be_of_another_spelling_than_its_neighbors() -> None:
    library = replace(LIBRARY, sources={"a": source("a", title="KRas and KRAS in mice")})
    assert compile_body("KRAS is a gene [@a]. So is TP53.\n\n*[KRAS]: a gene\n", library).findings == ()
