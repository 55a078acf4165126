"""Files from elsewhere: hard-wrapped or a paragraph on each line, with none of our page language."""

from __future__ import annotations

import pytest

from articles.markup import Finding, Library
from articles.markup.foreign import embeds_of, lint_file

RECORDS: list[dict[str, object]] = [
    {
        "id": "doe2020",
        "type": "article-journal",
        "title": "A case report",
        "issued": {"date-parts": [[2020, 5]]},
        "custom": {"study_type": "case report"},
    },
    {"id": "roe2019", "type": "article-journal", "title": "A trial", "issued": {"raw": "2019-03"}, "genre": "cohort"},
    {"id": "", "title": "Nameless"},
    {"title": "Keyless"},
]
LIBRARY = Library(sources=embeds_of(RECORDS))


def linted(text: str, **facts: object) -> list[Finding]:
    return list(lint_file(text, LIBRARY, **facts))  # type: ignore[arg-type]


def rules(text: str) -> set[str]:
    return {finding.rule for finding in linted(text)}


def test_what_this_site_holds_is_not_asked_of_a_file() -> None:
    text = (
        "# A title\n\nThe lede.\n\n::offer nothing\n\n::image nothing\n\n[A page](/not/here/) and "
        '[a word](/glossary/none/).\n\n:::story none\nShe was well.\n:::\n\n:::quote person="nobody"\nWords.\n:::\n'
    )
    assert linted(text) == []


def test_our_page_language_is_advice_and_told_once() -> None:
    findings = linted("Some <b>bold</b> words.\n\nMore <i>words</i>.\n\n::nothing\n")
    assert {finding.severity for finding in findings} == {"warning"}
    (html,) = (finding for finding in findings if finding.rule == "raw-html")
    assert html.line == 1
    assert html.message.endswith("(3 more of this in the file.)")


def test_a_page_of_ours_in_a_file_keeps_its_errors() -> None:
    findings = linted('+++\naddress = "about"\n+++\n\nNo title.\n')
    assert [(finding.rule, finding.severity) for finding in findings] == [("missing-title", "error")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_those_of_the_file(end: str) -> None:
    long = (
        "These are words that nobody would ever wrap, as they stand on a line of their own, and go on until they end. "
        * 2
    )
    lines = ["# Title", long, long + "It is a miracle.", "", long, "Short.", long + "You will recover."]
    found = [(finding.rule, finding.line) for finding in linted(end.join(lines)) if finding.rule == "promise-wording"]
    assert found == [("promise-wording", 3), ("promise-wording", 7)]


def test_a_paragraph_on_each_line_is_a_paragraph() -> None:
    cited = "It came back in some of those who had been treated in one of the many ways that are known to doctors, " * 2
    text = f"{cited}78% of them\n{cited}as in [@roe2019]\n"
    assert "uncited-statistic" in rules(text)


def test_hard_wrapped_words_are_one_sentence() -> None:
    text = (
        "# T\n\nThe lede.\n\nHe was treated in 2012, and almost 10 years\nlater, in 2019, it came back\n[@roe2019].\n"
    )
    assert [(finding.rule, finding.line, finding.column) for finding in linted(text)] == [("duration-mismatch", 5, 29)]


def test_code_and_tables_keep_their_lines_together() -> None:
    row = "| " + "words " * 30 + "|"
    text = f"# T\n\nThe lede.\n\n{row}\n|---|\n{row}\n\n```\n{'a ' * 80}\n{'b ' * 80}\n```\n"
    assert linted(text) == []


def test_settings_of_other_systems_are_no_words() -> None:
    assert linted("---\ntitle: The miracle cure\nauthor:\n---\n\n# T\n\nThe lede.\n") == []


def test_a_source_that_is_listed_and_never_cited_is_found() -> None:
    (finding,) = linted("# T\n\nThe lede.\n\nIt is so [@roe2019].\n", listed=["doe2020", "roe2019"])
    assert (finding.rule, finding.excerpt, finding.line) == ("orphan-source", "doe2020", 1)


def test_the_settings_of_a_page_may_list_its_sources() -> None:
    text = '+++\nsources = ["doe2020", "roe2019"]\n+++\n\n# T\n\nThe lede.\n\nIt is so [@roe2019].\n'
    assert [finding.excerpt for finding in linted(text)] == ["doe2020"]


@pytest.mark.parametrize("front", ["sources = 3", "sources = [1, 2]", "sources = [", "= ="])
def test_settings_that_cannot_be_read_list_nothing(front: str) -> None:
    assert linted(f"+++\n{front}\n+++\n\n# T\n\nThe lede.\n") == []


def test_the_rules_know_the_sources_of_a_bibliography() -> None:
    text = "# T\n\nThe lede.\n\nIn 33% of people it goes away [@doe2020]. A 2022 study says so [@roe2019].\n"
    assert [finding.rule for finding in linted(text)] == ["case-report-percentage", "year-mismatch"]


def test_a_record_needs_a_key_and_nothing_else() -> None:
    odd: list[dict[str, object]] = [
        {"id": 7, "issued": {"date-parts": []}, "title": None, "custom": [], "author": "Doe"},
        {"id": "b", "issued": "2019", "custom": {"study_type": 3}},
        {"id": "c", "issued": {"literal": "long ago"}},
    ]
    found = embeds_of(odd)
    assert {key: source.year for key, source in found.items()} == {"7": None, "b": None, "c": None}
    text = "# T\n\nThe lede.\n\nIt is so, say Doe et al. [@7; @b; @c].\n"
    assert lint_file(text, Library(sources=found)) == ()


@pytest.mark.parametrize("text", ["", "\n", "+++", "---", "---\n---", "\ufeff", "```", "a\x0bb\x0cc\u2028d"])
def test_any_text_can_be_linted(text: str) -> None:
    linted(text)
