"""Citations: pandoc's brackets become numbers, by first appearance, with ways there and back."""

from __future__ import annotations

import re

import pytest

from articles.markup import CompiledPage, compile_page

from .sample_library import LIBRARY, compile_body, rules


def shown(page: CompiledPage) -> list[str]:
    """What a reader sees of each citation cluster."""
    clusters = re.findall(r'<sup class="cite">(.*?)</sup>', page.lede_html + page.html)
    return [re.sub(r'<span class="cite-folded">.*?</span>|<[^>]+>', "", cluster) for cluster in clusters]


def test_sources_are_numbered_in_the_order_they_first_appear() -> None:
    page = compile_page("# T\n\nLede [@beta].\n\nOne [@alpha]. Two [@beta].\n\n- Three [@gamma]\n", LIBRARY)
    assert shown(page) == ["1", "2", "1", "3"]
    assert [(use.key, use.number, use.occurrence) for use in page.citations] == [
        ("beta", 1, 1),
        ("alpha", 2, 1),
        ("beta", 1, 2),
        ("gamma", 3, 1),
    ]
    assert [use.block_key for use in page.citations] == ["lede", "opening/p-1", "opening/p-1", "opening/list-1"]


def test_a_citation_is_a_link_to_its_reference_with_a_name_and_an_anchor() -> None:
    page = compile_body("One [@alpha].\n")
    assert (
        '<p>One<sup class="cite"><a href="#ref-alpha" id="cite-alpha-1" aria-label="Reference 1" '
        'role="doc-noteref">1</a></sup>.</p>' in page.html
    )


def test_a_cluster_is_shown_in_ascending_order() -> None:
    page = compile_body("A [@alpha]. B [@beta]. C [@beta; @alpha].\n")
    assert shown(page) == ["1", "2", "1,2"]
    assert [use.key for use in page.citations] == ["alpha", "beta", "beta", "alpha"]


def test_three_numbers_in_a_row_fold_and_each_stays_within_reach() -> None:
    page = compile_body("A [@alpha; @beta; @gamma; @delta].\n")
    assert shown(page) == ["1–4"]
    assert re.findall(r'id="(cite-[^"]+)"', page.html) == [
        "cite-alpha-1",
        "cite-beta-1",
        "cite-gamma-1",
        "cite-delta-1",
    ]


def test_two_numbers_in_a_row_do_not_fold_nor_do_those_with_a_place() -> None:
    assert shown(compile_body("A [@alpha; @beta].\n")) == ["1,2"]
    assert shown(compile_body("A [@alpha; @beta, p. 2; @gamma].\n")) == ["1,2(p. 2),3"]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("p. 3", "p. 3"),
        ("p 3", "p. 3"),
        ("pp. 75-78", "pp. 75–78"),
        ("75-78", "pp. 75–78"),
        ("12", "p. 12"),
        ("pp. 3, 5 - 7", "pp. 3, 5–7"),
        ("chap. 2", "chap. 2"),
        ("section 4.1", "sec. 4.1"),
        ("fig. 2a", "fig. 2a"),
        ("tbl. 1", "table 1"),
        ("para. 9", "para. 9"),
        ("app. B", "app. B"),
        ("t 12:30", "at 12:30"),
    ],
)
def test_a_place_in_the_source_is_shown_after_the_number(written: str, said: str) -> None:
    page = compile_body(f"Words [@alpha, {written}].\n")
    assert page.findings == ()
    assert page.citations[0].locator == said
    assert shown(page) == [f"1({said})"]


def test_words_before_the_key_are_shown_before_the_number() -> None:
    assert shown(compile_body("Words [see also @alpha, p. 3; @beta].\n")) == ["see also 1(p. 3),2"]


@pytest.mark.parametrize(
    ("written", "column"),
    [
        ("[@alpha page]", 14),
        ("[@alpha, verse 3]", 14),
        ("[@alpha,]", 14),
        ("[@alpha; beta]", 15),
        ("[@alpha @beta]", 14),
        ("[@]", 8),
        ("[@ alpha]", 8),
        ("[@alpha;]", 15),
        ("[@{alpha]", 9),
        ("[@{}]", 9),
    ],
)
def test_what_cannot_be_read_is_shown_as_written_and_found_with_its_column(written: str, column: int) -> None:
    page = compile_body(f"Words {written}.\n")
    assert [(f.rule, f.line, f.column) for f in page.findings] == [("bad-citation", 7, column)]
    assert f'<span class="markup-problem">{written}</span>' in page.html
    assert page.citations == ()


def test_an_unknown_key_is_found_and_marked_while_its_neighbours_are_cited() -> None:
    page = compile_body("Words [@alpha; @nobody2020].\n")
    assert [(f.rule, f.line, f.column) for f in page.findings] == [("unknown-key", 7, 16)]
    assert '<span class="markup-problem">[@nobody2020]</span>' in page.html
    assert shown(page) == ["1"]


@pytest.mark.parametrize(
    "text",
    [
        r"A \[@alpha].",
        "A `[@alpha]`.",
        "A\n\n```\n[@alpha]\n```",
        "A\n\n    [@alpha]",
        "Write to [me@alpha.org].",
        "[@]{}",
    ],
)
def test_code_escapes_and_addresses_are_no_citations(text: str) -> None:
    page = compile_body(f"{text}\n")
    assert page.citations == ()
    assert 'class="cite"' not in page.html


def test_a_citation_may_run_over_the_end_of_a_line() -> None:
    page = compile_body("Words [@alpha;\n@beta, p. 3] and\n[@gamma].\n")
    assert shown(page) == ["1,2(p. 3)", "3"]
    assert page.findings == ()


def test_a_bracket_before_a_link_target_is_a_link_and_otherwise_a_citation() -> None:
    assert compile_body("[@alpha](/about/)\n").citations == ()
    page = compile_body("Words [@alpha](as we shall see).\n")
    assert [use.key for use in page.citations] == ["alpha"]


def test_a_citation_inside_a_link_is_a_finding() -> None:
    page = compile_body("[Words [@alpha]](/about/)\n")
    assert rules(page) == ["bad-citation"]
    assert page.html.count("<a ") == 1


def test_neighbouring_brackets_and_colons_do_not_hide_a_citation() -> None:
    assert shown(compile_body("As [@alpha][@beta] and [@gamma]: words.\n")) == ["1", "2", "3"]


def test_a_doi_as_key_is_named_in_full_when_it_is_unknown() -> None:
    page = compile_body("Words [@doi:10.1016/S2213-2600(20)30390-8, p. 3].\n")
    assert page.findings[0].message.startswith("“doi:10.1016/S2213-2600(20)30390-8” is an identifier, not a key.")


def test_braces_hold_what_would_end_a_key() -> None:
    old = "doi:10.1002/(SICI)1097(1997)80:8<1343::AID>3.0.CO;2-P"
    page = compile_body(f"Words [see @{{{old}}}, p. 3; @{{alpha}}, p. 4].\n")
    assert page.unresolved == (old,)
    assert [(cited.key, cited.locator) for cited in page.citations] == [("alpha", "p. 4")]
    bare = compile_body(f"Words [@{old}].\n")
    assert bare.findings[0].message.startswith(
        "A semicolon parts two sources. If it belongs to the DOI, put braces around"
    )


def test_citations_work_in_every_place_that_holds_text() -> None:
    page = compile_body(
        "### Heading [@alpha]\n\n- Item [@alpha]\n\n| Head [@alpha] |\n|---|\n| Cell [@alpha] |\n\n"
        ":::quick-fact Heading [@alpha]\nText [@alpha]\n:::\n\n:::terms\nTerm [@alpha]\n: Meaning [@alpha]\n:::\n\n"
        ":::faq\n### Why [@alpha]?\nSo [@alpha].\n:::\n\n> Said [@alpha]\n"
    )
    assert [use.occurrence for use in page.citations] == list(range(1, 12))
    assert page.findings == ()
