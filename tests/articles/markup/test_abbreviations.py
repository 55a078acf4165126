"""Abbreviations: explained at first use in each section, and part of the blocks that use them."""

from __future__ import annotations

import pytest

from articles.markup import compile_page

from .sample_library import LIBRARY, compile_body, rules

EPP = "EPP (extrapleural pneumonectomy)"
MEANING = "\n*[EPP]: extrapleural pneumonectomy\n"


def test_the_first_use_in_each_section_is_explained() -> None:
    page = compile_page(
        f"# EPP\n\nL.\n\n## One\n\nEPP and EPP.\n\n### Sub\n\nEPP.\n\n## Two about EPP\n\nEPP.\n{MEANING}", LIBRARY
    )
    assert page.html.count(EPP) == 2
    assert f"<p>{EPP} and EPP.</p>" in page.html
    assert '<h2 id="two-about-epp">Two about EPP</h2>' in page.html


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("EPP is large.", f"{EPP} is large."),
        ("Extrapleural pneumonectomy (EPP) is large.", "Extrapleural pneumonectomy (EPP) is large."),
        ("A large operation (EPP).", "A large operation (EPP, extrapleural pneumonectomy)."),
        ("Its long name is extrapleural pneumonectomy.\n\nEPP is large.", "<p>EPP is large.</p>"),
        ("EPP’s risks", "EPP’s (extrapleural pneumonectomy) risks"),
        ("**EPP** is large.", "<strong>EPP (extrapleural pneumonectomy)</strong> is large."),
        ("EPP", f"<p>{EPP}</p>"),
    ],
)
def test_the_meaning_stands_in_words_once_where_the_writer_has_not_put_it(written: str, shown: str) -> None:
    assert shown in compile_body(f"{written}\n{MEANING}").html


def test_a_meaning_that_is_shown_is_none_of_the_words_that_were_written() -> None:
    page = compile_body(f"EPP is large.\n{MEANING}")
    assert "pneumonectomy" in page.html
    assert "pneumonectomy" not in page.plain_text


def test_definitions_are_not_shown_and_are_no_blocks() -> None:
    page = compile_body(f"Words.\n{MEANING}*[TNM]: tumor, node, metastasis\n")
    assert "*[" not in page.html
    assert [block.key for block in page.blocks] == ["title", "lede", "first-part/heading", "first-part/p-1"]


def test_only_whole_words_are_taken() -> None:
    page = compile_body(f"EPPs, preEPP and EPP-like.\n{MEANING}")
    assert page.html.count("(extrapleural") == 1
    assert "EPPs, preEPP and EPP-like (extrapleural pneumonectomy)." in page.html


def test_the_longest_abbreviation_wins() -> None:
    page = compile_body("P/D, P and P/D/X.\n\n*[P]: short\n*[P/D]: pleurectomy and decortication\n")
    assert "P/D (pleurectomy and decortication), P (short)" in page.html


def test_code_is_left_alone() -> None:
    assert "(extrapleural" not in compile_body(f"`EPP`\n\n```\nEPP\n```\n{MEANING}").html


def test_a_changed_meaning_changes_the_blocks_that_use_it_and_no_others() -> None:
    before = compile_body("EPP here.\n\nNothing here.\n\n*[EPP]: one\n")
    after = compile_body("EPP here.\n\nNothing here.\n\n*[EPP]: two\n")
    changed = [a.key for a, b in zip(before.blocks, after.blocks, strict=True) if a.digest != b.digest]
    assert changed == ["first-part/p-1"]
    assert before.blocks[3].embeds[0][:2] == ("abbreviation", "EPP")


def test_an_earlier_use_leaves_the_hash_of_a_later_block_alone() -> None:
    before = compile_body("Words.\n\nEPP here.\n\n*[EPP]: one\n").blocks[-1]
    after = compile_body("EPP now.\n\nEPP here.\n\n*[EPP]: one\n").blocks[-1]
    assert (before.digest, before.html_hash) == (after.digest, after.html_hash)
    assert before.html != after.html


def test_two_meanings_are_a_finding_and_the_same_one_twice_is_none() -> None:
    assert rules(compile_body("EPP.\n\n*[EPP]: one\n*[EPP]: two\n")) == ["abbreviation-redefined"]
    assert rules(compile_body("EPP.\n\n*[EPP]: one\n*[EPP]: one\n")) == []


def test_a_definition_without_a_meaning_is_a_finding() -> None:
    assert rules(compile_body("EPP.\n\n*[EPP]:\n")) == ["abbreviation-undefined", "bad-argument"]


def test_meanings_are_escaped() -> None:
    page = compile_body('X.\n\n*[X]: "<script>"\n')
    assert 'X ("&lt;script&gt;")' in page.html
