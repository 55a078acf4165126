"""Questions and answers: each pair is a block, a disclosure on the page, and data for search engines."""

from __future__ import annotations

from articles.markup import compile_page

from .sample_library import LIBRARY, compile_body, rules

FAQ = ":::faq\n### Can it come back?\nYes [@alpha].\n\nMore words.\n\n### Is *remission* a cure?\nNo.\n:::\n"


def test_each_pair_is_a_disclosure_with_a_heading_one_level_down() -> None:
    page = compile_body(FAQ)
    assert page.findings == ()
    assert '<div class="faq">\n<details class="faq-item"><summary><h3>Can it come back?</h3></summary>' in page.html
    assert "<h3>Is <em>remission</em> a cure?</h3></summary>" in page.html


def test_a_link_to_a_question_leads_into_its_answer_so_that_the_browser_opens_it() -> None:
    page = compile_body(FAQ)
    assert '</summary>\n<div class="faq-answer" id="is-remission-a-cure">\n<p>No.</p>\n</div></details>' in page.html


def test_questions_stand_one_level_below_the_heading_they_follow() -> None:
    page = compile_page(f"# T\n\nL.\n\n## A\n\n### B\n\n{FAQ}", LIBRARY)
    assert "<h4>Can it come back?</h4>" in page.html
    page = compile_page(f"# T\n\nL.\n\n{FAQ}", LIBRARY)
    assert "<h2>Can it come back?</h2>" in page.html


def test_each_pair_is_a_block_named_after_its_question() -> None:
    page = compile_body(FAQ)
    pairs = [block for block in page.blocks if block.kind == "question"]
    assert [block.key for block in pairs] == ["first-part/can-it-come-back", "first-part/is-remission-a-cure"]
    assert [block.line for block in pairs] == [8, 13]
    assert pairs[0].embeds == (("source", "alpha", "digest-of-alpha"),)
    assert pairs[1].embeds == ()


def test_the_answers_as_data_hold_no_reference_numbers() -> None:
    first, second = compile_body(FAQ).questions
    assert (first.question, first.anchor) == ("Can it come back?", "can-it-come-back")
    assert first.answer_html == "<p>Yes.</p>\n<p>More words.</p>"
    assert second.question == "Is remission a cure?"


def test_a_question_without_an_answer_is_found() -> None:
    page = compile_body(":::faq\n### One?\n\n### Two?\nYes.\n\n### Three?\n:::\n")
    assert [(f.rule, f.line) for f in page.findings] == [("faq-unanswered", 8), ("faq-unanswered", 13)]
    assert "One?" in page.html


def test_an_answer_without_a_question_is_found_and_shown() -> None:
    page = compile_body(":::faq\nAn answer.\n\n### Two?\nYes.\n:::\n")
    assert [(f.rule, f.line) for f in page.findings] == [("faq-unanswered", 8)]
    assert "<p>An answer.</p>" in page.html
    assert [block.kind for block in page.blocks[3:]] == ["paragraph", "question"]


def test_a_question_without_words_is_found() -> None:
    assert rules(compile_body(":::faq\n###\nAn answer.\n:::\n")) == ["faq-unanswered"]


def test_the_same_question_twice_gets_two_addresses() -> None:
    page = compile_body(":::faq\n### Why?\nA.\n\n### Why?\nB.\n:::\n")
    assert [pair.anchor for pair in page.questions] == ["why", "why-2"]
    assert len({block.key for block in page.blocks}) == len(page.blocks)
