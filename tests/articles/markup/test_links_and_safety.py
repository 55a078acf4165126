"""Links lead where they may; raw HTML, scripts and foreign pictures never reach the page."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from articles.markup import ImageEmbed, Library, OfferEmbed, compile_page, sanitise

from .sample_library import LIBRARY, compile_body, rules


@pytest.mark.parametrize(
    "address",
    ["/about/", "/about/?a=1#b", "#first-part", "#top", "#references", "mailto:a@example.org", "tel:+15550100", "/"],
)
def test_links_to_this_site_and_to_people_are_plain(address: str) -> None:
    page = compile_body(f"[words]({address})\n")
    assert page.findings == ()
    assert f'<a href="{address}">words</a>' in page.html


@pytest.mark.parametrize("address", ["https://www.example.org/a?b=1", "HTTP://example.org"])
def test_links_to_other_sites_do_not_open_a_door_back(address: str) -> None:
    page = compile_body(f"[words]({address})\n")
    assert page.findings == ()
    assert f'<a href="{address}" rel="noopener">words</a>' in page.html


@pytest.mark.parametrize(
    ("address", "rule"),
    [
        ("/gone/", "unknown-link"),
        ("/about", "unknown-link"),
        ("#gone", "unknown-anchor"),
        ("about/", "unknown-link"),
        ("//example.org/", "unknown-link"),
        ("javascript:alert(1)", "unknown-link"),
        ("JaVaScRiPt:alert(1)", "unknown-link"),
        ("data:text/html,x", "unknown-link"),
        ("file:///etc/passwd", "unknown-link"),
        ("ftp://example.org/", "unknown-link"),
        ("https://", "unknown-link"),
        ("tel:", "unknown-link"),
        ("", "unknown-link"),
        ("java&#10;script:alert(1)", "unknown-link"),
    ],
)
def test_other_links_are_found_with_their_place(address: str, rule: str) -> None:
    page = compile_body(f"See [words]({address}).\n")
    assert [(f.rule, f.line, f.column) for f in page.findings] == [(rule, 7, 5)]
    assert "script:" not in page.html
    assert "words" in page.html


def test_a_missing_slash_is_told() -> None:
    assert compile_body("[a](/about)\n").findings[0].message == "Addresses of this site end with a slash: /about/"


@pytest.mark.parametrize(
    "written", ["/mesothelioma/fourth-stage/", "/mesothelioma/fourth-stage", "/mesothelioma/fourth-stage/#a"]
)
def test_a_link_to_an_old_address_is_told_the_new_one_and_still_works(written: str) -> None:
    page = compile_body(f"See [words]({written}).\n")
    (finding,) = page.findings
    assert (finding.rule, finding.severity) == ("moved-link", "warning")
    assert finding.message == "This page has moved. Its address is now /mesothelioma/stage-4/"
    assert f'<a href="{written}">words</a>' in page.html


@pytest.mark.parametrize(
    ("address", "rule", "message"),
    [
        (
            "https://society.example/gone#help",
            "dead-link",
            "This link is dead. The site says that nothing is at this address (404).",
        ),
        (
            "https://society.example/old",
            "moved-link",
            "This page has moved. Its address is now https://society.example/new",
        ),
    ],
)
def test_a_link_to_another_site_that_is_dead_or_moved_is_told_and_still_a_link(
    address: str, rule: str, message: str
) -> None:
    page = compile_body(f"See [words]({address}).\n")
    (finding,) = page.findings
    assert (finding.rule, finding.severity, finding.message) == (rule, "warning", message)
    assert f'<a href="{address}" rel="noopener">words</a>' in page.html
    without = compile_body(f"See [words]({address}).\n", replace(LIBRARY, dead={}, moved={}))
    assert [block.html_hash for block in page.blocks] == [block.html_hash for block in without.blocks]


def test_addresses_in_angle_brackets_are_links_and_are_checked() -> None:
    assert '<a href="https://example.org/" rel="noopener">' in compile_body("<https://example.org/>\n").html
    assert rules(compile_body("<javascript:alert(1)>\n")) == ["unknown-link"]


def test_lists_of_addresses_are_not_read_and_said_so() -> None:
    page = compile_body("[words][one]\n\n[one]: https://example.org/\n")
    assert rules(page) == ["unknown-link"]
    assert "[one]: https://example.org/" in page.html


@pytest.mark.parametrize(
    "html",
    [
        "<b>",
        "</b>",
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<!-- note -->",
        "<a href='x'>",
        "<br/>",
    ],
)
def test_raw_html_is_found_and_shown_as_text(html: str) -> None:
    page = compile_body(f"Some {html} words.\n\n{html}\n\n- {html}\n")
    assert set(rules(page)) - {"missing-alt"} == {"raw-html"}
    assert {f.line for f in page.findings} == {7, 9, 11}
    assert page.findings[0].column == 6
    assert "&lt;" in page.html
    assert "<script" not in page.html


@pytest.mark.parametrize("text", ["p < 0.05 [@alpha]", "a <5 cm [@alpha]", r"\<b>", "`<b>`", "a<b", "<3"])
def test_lesser_than_is_no_html(text: str) -> None:
    assert compile_body(f"{text}\n").findings == ()


def test_pictures_from_elsewhere_are_found_and_not_shown() -> None:
    page = compile_body("Words ![scan](https://example.org/x.png).\n")
    assert [(f.rule, f.column) for f in page.findings] == [("unknown-image", 7)]
    assert "<img" not in page.html


def test_what_the_library_holds_is_escaped_or_cleaned() -> None:
    evil = '"><script>alert(1)</script>'
    library = Library(
        offers={"o": OfferEmbed("o", "d", evil, evil, (evil,), evil, "javascript:alert(1)", f"<b>x</b>{evil}")},
        images={"i": ImageEmbed("i", "d", "javascript:x", 1, 1, evil, False, evil, evil)},
    )
    page = compile_page("# T\n\nL.\n\n::offer o\n\n::image i\n", library)
    for html in (page.hero or "", page.html):
        assert "<script" not in html
        assert "javascript:" not in html


def test_tables_scroll_on_their_own_and_each_cell_knows_the_head_of_its_column() -> None:
    page = compile_body("| Stage | Care & *hope* |\n|:--|--:|\n| 4 | a \\| b |\n")
    assert (
        '<div class="table-scroll" role="region" tabindex="0" aria-label="Table: Stage, Care &amp; hope">' in page.html
    )
    assert '<th scope="col" class="align-left">Stage</th>' in page.html
    assert '<th scope="row" class="align-left">4</th>' in page.html
    assert '<td class="align-right"><span class="cell-head">Care &amp; hope:</span> a | b</td>' in page.html
    assert "style=" not in page.html


def test_a_row_without_a_name_and_the_hash_of_a_table_are_as_they_were() -> None:
    block = compile_body("| Stage | Care |\n|--|--|\n| | Rest |\n| 4 | Tea |\n").blocks[-1]
    assert '<td><span class="cell-head">Stage:</span> </td>' in block.html
    row = '<td><span class="cell-head">Stage</span> 4</td>'
    signed = block.html.replace('<th scope="row">4</th>', row).replace(":</span>", "</span>")
    assert block.html_hash == hashlib.sha256(signed.encode()).hexdigest()


def test_a_number_in_a_heading_stays_beside_its_word() -> None:
    page = compile_body(
        "### About stage 4 and 12 more\n\nIn stage 4.\n\n:::faq\n### Is stage 4 the last?\n\nYes.\n:::\n"
    )
    assert '<h3 id="about-stage-4-and-12-more">About stage&nbsp;4 and&nbsp;12 more</h3>' in page.html
    assert "Is stage&nbsp;4 the last?</h4>" in page.html
    assert "<p>In stage 4.</p>" in page.html
    assert page.questions[0].question == "Is stage 4 the last?"


def test_two_tables_with_the_same_heads_are_told_apart() -> None:
    table = "| Stage | Care |\n|--|--|\n| 4 | Rest |\n"
    page = compile_body(f"{table}\nWords.\n\n{table}")
    assert page.html.count('aria-label="Table: Stage, Care"') == 1
    assert page.html.count('aria-label="Table: Stage, Care (2)"') == 1


def test_the_output_is_what_the_sanitiser_lets_through() -> None:
    page = compile_page(
        "# T\n\nL [@alpha].\n\n::offer case-review\n\n## A\n\n::image types-of-remission\n\n::offer guide\n\n"
        ":::quick-fact\nA [@alpha; @beta; @gamma, p. 2].\n:::\n\n:::faq\n### Q?\nA.\n:::\n\n:::trial\nAsk.\n:::\n\n"
        "3. a\n4. b\n\n> said\n\n---\n\n```\ncode\n```\n\n| a |\n|:-:|\n| b |\n\n<b>\n\nHard\\\nbreak\n",
        LIBRARY,
    )
    for html in (page.title_html, page.lede_html, page.hero or "", page.html, page.references_html.get("apa", "")):
        assert sanitise.page_html(html) == html
    # Nothing of what the renderer writes is lost to the list of what may pass.
    for needed in ('start="3"', "<hr>", "<br>", "align-center", 'role="region"', 'tabindex="0"', 'loading="lazy"'):
        assert needed in page.html


def test_the_list_of_what_may_pass_lets_nothing_else_pass() -> None:
    assert sanitise.page_html('<p class="evil lede" style="x" onclick="y" id="a">b<iframe></iframe></p>') == (
        '<p class="lede" id="a">b</p>'
    )
    assert sanitise.page_html('<a href="javascript:x" role="button" rel="opener">b</a>') == "<a>b</a>"
