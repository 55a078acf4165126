"""The reference list: what is cited, with when it was retrieved and the ways back to each use."""

from __future__ import annotations

from articles.markup import Library, compile_page

from .sample_library import compile_body, source


def test_only_cited_sources_are_listed_in_the_order_of_their_numbers() -> None:
    page = compile_body("B [@beta]. A [@alpha]. B [@beta].\n")
    assert [(reference.number, reference.key) for reference in page.references] == [(1, "beta"), (2, "alpha")]
    assert page.references_html["apa"].index('id="ref-beta"') < page.references_html["apa"].index('id="ref-alpha"')
    assert "gamma" not in page.references_html["apa"]


def test_a_page_without_citations_has_no_list() -> None:
    page = compile_body("Words.\n")
    assert page.references == ()
    assert page.references_html == {}


def test_a_source_used_once_has_one_way_back() -> None:
    page = compile_body("Words [@alpha].\n")
    assert page.references[0].back_links == (("a", "cite-alpha-1"),)
    assert page.references_html["apa"] == (
        '<ol class="references" role="list">\n'
        '<li id="ref-alpha"><span class="reference-entry">Author, A. <i>alpha</i>.</span> '
        '<span class="back-links"><a href="#cite-alpha-1" role="doc-backlink" '
        'aria-label="Back to use of reference 1">↩</a></span></li>\n</ol>\n'
    )


def test_a_source_used_often_has_a_letter_for_each_use() -> None:
    page = compile_body("A [@alpha]. B [@alpha].\n")
    assert page.references[0].back_links == (("a", "cite-alpha-1"), ("b", "cite-alpha-2"))
    assert 'aria-label="Back to use b of reference 1">b</a>' in page.references_html["apa"]
    assert page.references_html["apa"].count("↩") == 1


def test_the_twenty_seventh_use_is_aa() -> None:
    page = compile_body("A [@alpha].\n" * 28)
    assert [letter for letter, _ in page.references[0].back_links][25:] == ["z", "aa", "ab"]


def test_retrieved_is_said_where_there_is_an_address_and_a_day() -> None:
    page = compile_body("D [@delta]. A [@alpha].\n")
    assert page.references_html["apa"].count("Retrieved") == 1
    assert '<span class="reference-retrieved">Retrieved November 16, 2022.</span>' in page.references_html["apa"]


def test_there_is_a_list_in_each_style_that_sources_have_an_entry_in() -> None:
    styles = {"apa": "Author, A. (2020).", "nlm": "Author A. 2020."}
    page = compile_page("# T\n\nL [@alpha].\n", Library(sources={"alpha": source("alpha", entries=styles)}))
    assert page.references_html.keys() == styles.keys()
    assert page.references_html["nlm"] == page.references_html["apa"].replace(styles["apa"], styles["nlm"])


def test_entries_from_the_library_are_made_harmless() -> None:
    evil = source("alpha", entries={"apa": '<b>A</b><script>alert(1)</script><a href="javascript:x" onclick="y">z</a>'})
    page = compile_page("# T\n\nL [@alpha].\n", Library(sources={"alpha": evil}))
    assert '<b>A</b><a rel="noopener">z</a>' in page.references_html["apa"]
    assert "alert" not in page.references_html["apa"]


def test_research_articles_are_counted_once_each() -> None:
    page = compile_body("A [@alpha]. B [@alpha; @beta]. C [@acs2015palliative].\n")
    assert page.research_count == 2


def test_keys_that_no_anchor_can_hold_still_link_there_and_back() -> None:
    key = "doi:10.1/a(b)"
    page = compile_page(f"# T\n\nL [@{key}].\n", Library(sources={key: source(key)}))
    assert 'href="#ref-doi_3a10.1_2fa_28b_29"' in page.lede_html
    assert 'id="ref-doi_3a10.1_2fa_28b_29"' in page.references_html["apa"]
