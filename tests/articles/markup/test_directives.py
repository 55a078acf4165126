"""Blocks: each is rendered as what it is; nothing unknown, unclosed or misplaced passes silently."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

import pytest
from django.conf import settings

from articles.markup import Library, OfferEmbed, compile_page
from articles.markup.directives import CALLOUTS
from articles.markup.render import OFFER_KINDS
from articles.models import OfferKind

from .sample_library import LIBRARY, compile_body, rules


@pytest.mark.parametrize("name", CALLOUTS)
def test_a_callout_is_an_aside_with_a_heading(name: str) -> None:
    page = compile_body(f":::{name}\nWords.\n:::\n")
    assert page.findings == ()
    assert (
        f'<aside class="callout callout-{name}" role="note" aria-labelledby="{name}-label">\n'
        f'<h3 class="callout-heading" id="{name}-label">' in page.html
    )
    assert f"{CALLOUTS[name].heading}</h3>\n<p>Words.</p>\n</aside>" in page.html


@pytest.mark.parametrize("name", CALLOUTS)
@pytest.mark.parametrize("heading", ["", " Words of its own"])
def test_what_kind_of_callout_it_is_can_be_heard_as_well_as_seen(name: str, heading: str) -> None:
    page = compile_body(f":::{name}{heading}\nWords.\n:::\n")
    heard = page.html.partition('class="callout-heading"')[2].partition("</h3>")[0]
    assert heard.count(CALLOUTS[name].said) == 1


@pytest.mark.parametrize("name", CALLOUTS)
def test_a_callout_has_a_look_of_its_own(name: str) -> None:
    assert f".callout-{name} {{" in (settings.BASE_DIR / "static/css/site.css").read_text()


def test_a_callout_may_bring_its_own_heading() -> None:
    page = compile_body(":::warning Call *at once* & ask\nWords.\n:::\n")
    assert (
        '<h3 class="callout-heading" id="warning-label"><span class="visually-hidden">Important: </span>'
        "Call <em>at once</em> &amp; ask</h3>" in page.html
    )


def test_the_heading_of_a_callout_stands_one_level_below_what_it_belongs_to() -> None:
    callout = ":::urgent\nCall.\n:::\n\n"
    page = compile_page(
        f"# A\n\nL.\n\n{callout}## B\n\n{callout}### C\n\n{callout}:::faq\n### Q?\n\n{callout}:::\n", LIBRARY
    )
    assert re.findall(r'<h(\d) class="callout-heading"', page.html) == ["2", "3", "4", "5"]
    assert [entry.text for entry in page.contents] == ["B", "C"]


def test_that_it_is_a_heading_costs_no_signature() -> None:
    block = compile_body(":::urgent\nCall.\n:::\n").blocks[-1]
    signed = block.html.replace("<h3 ", "<p ").replace("</h3>", "</p>")
    assert block.html_hash == hashlib.sha256(signed.encode()).hexdigest()


def test_two_callouts_have_labels_of_their_own() -> None:
    page = compile_body(":::warning\nA.\n:::\n\n:::warning\nB.\n:::\n")
    assert 'aria-labelledby="warning-label-2"' in page.html
    assert page.blocks[-1].html_hash != page.blocks[-2].html_hash


def test_a_quotation_names_the_speaker_and_what_qualifies_them() -> None:
    page = compile_body(":::quote person=“a-nurse”\nWords.\n:::\n")
    assert page.findings == ()
    assert (
        '<figure class="quotation"><blockquote>\n<p>Words.</p>\n</blockquote><figcaption>'
        '<span class="quotation-by">A. Nurse</span>, '
        '<span class="quotation-credential">Sample &lt;credential&gt;</span></figcaption></figure>' in page.html
    )


@pytest.mark.parametrize(
    "line",
    [
        ":::quote",
        ':::quote person=""',
        ':::quote person="a-nurse" colour="red"',
        ':::quote person="a-nurse" stray',
        ':::quote person="a-nurse" person="b"',
    ],
)
def test_a_quotation_without_a_speaker_or_with_odd_attributes_is_found(line: str) -> None:
    assert rules(compile_body(f"{line}\nWords.\n:::\n")) == ["bad-argument"]


def test_a_speaker_typed_in_free_text_is_found() -> None:
    page = compile_body(':::quote by="A. Nurse" credential="A degree"\nWords.\n:::\n')
    assert set(rules(page)) == {"bad-argument"}
    assert "There is no by= here; there is person." in [finding.message for finding in page.findings]
    assert "quotation" not in page.html


def test_nobody_is_quoted_whom_no_byline_names_as_quoted() -> None:
    page = compile_body(':::quote person="somebody"\nWords.\n:::\n')
    assert [(f.rule, f.line, f.column) for f in page.findings] == [("unknown-person", 7, 10)]
    assert "An editor adds one on the page of the article, with the day this person agreed" in page.findings[0].message
    assert (
        '<div class="markup-problem"><p>:::quote person=&quot;somebody&quot;</p>\n<p>Words.</p>' in page.html
        or '<div class="markup-problem"><p>:::quote person="somebody"</p>\n<p>Words.</p>' in page.html
    )


def test_a_quotation_is_signed_with_the_record_of_who_is_quoted() -> None:
    text = ':::quote person="a-nurse"\nWords.\n:::\n\nMore words.\n'
    before = compile_body(text)
    renamed = replace(LIBRARY.quoted["a-nurse"], digest="another", name="B. Nurse")
    after = compile_body(text, replace(LIBRARY, quoted={"a-nurse": renamed}))
    assert before.blocks[-2].embeds == (("quoted", "a-nurse", "digest-of-a-nurse"),)
    assert before.blocks[-2].digest != after.blocks[-2].digest
    assert before.blocks[-1].digest == after.blocks[-1].digest
    assert "B. Nurse" in after.plain_text


def test_a_story_says_what_it_is_and_how_typical() -> None:
    page = compile_body(":::story takanen-four-years\nTold [@takanenndlongterm].\n:::\n")
    assert page.findings == ()
    assert '<section class="story" aria-labelledby="story-takanen-four-years-label">' in page.html
    assert '<p class="story-label">Published case report</p>' in page.html
    assert '<p class="story-heading" id="story-takanen-four-years-label">Four years in remission</p>' in page.html
    assert '<p class="story-typicality">This happened to one person. For most people it does not.</p>' in page.html


def test_a_story_must_cite_and_cite_its_own_source() -> None:
    assert rules(compile_body(":::story takanen-four-years\nTold.\n:::\n")) == ["story-without-source"]
    assert rules(compile_body(":::story takanen-four-years\nTold [@alpha].\n:::\n")) == ["story-without-source"]


def test_an_unknown_story_is_found_and_its_words_are_shown_in_a_box() -> None:
    page = compile_body(":::story nobody\nTold [@alpha].\n:::\n")
    assert [(f.rule, f.line, f.column) for f in page.findings] == [("unknown-story", 7, 10)]
    assert '<div class="markup-problem"><p>:::story nobody</p>\n<p>Told' in page.html


def test_terms_are_a_definition_list() -> None:
    page = compile_body(":::terms\nThoracentesis\n: A needle.\n\nPleurodesis\n: Glue.\n: More glue.\n:::\n")
    assert page.findings == ()
    assert page.html.count("<dl") == 1
    assert '<dl class="terms">' in page.html
    assert page.html.count("<dd>") == 3
    assert "<dt>Thoracentesis</dt>" in page.html


def test_definition_lists_work_outside_a_term_block_too() -> None:
    page = compile_body("Term\n: Meaning.\n")
    assert "<dl>" in page.html
    assert page.blocks[-1].kind == "definitions"


def test_a_checklist_is_a_list() -> None:
    page = compile_body(":::checklist\n- One\n  - Inner\n- Two\n:::\n")
    assert page.html.count('<ul class="checklist">') == 1
    assert page.html.count("<ul") == 2


@pytest.mark.parametrize("name", ["quick-fact", "terms", "checklist", "trial", "faq", 'quote person="a-nurse"'])
def test_an_empty_block_is_found(name: str) -> None:
    assert rules(compile_body(f":::{name}\n\n:::\n")) == ["empty-block"]


@pytest.mark.parametrize("name", ["terms", "checklist"])
def test_a_list_block_without_its_list_is_found(name: str) -> None:
    page = compile_body(f":::{name}\nOnly words.\n:::\n")
    assert rules(page) == ["empty-block"]
    assert "<p>Only words.</p>" in page.html


@pytest.mark.parametrize("name", ["terms", "checklist", "faq"])
def test_words_where_none_belong_are_found(name: str) -> None:
    inside = {"terms": "A\n: B", "checklist": "- A", "faq": "### A?\nB."}[name]
    page = compile_body(f":::{name} stray\n{inside}\n:::\n")
    assert [(f.rule, f.column) for f in page.findings] == [("bad-argument", len(name) + 5)]


def test_a_trial_links_to_its_page_in_the_registry() -> None:
    page = compile_body(":::trial NCT03654833\nAsk.\n:::\n")
    assert '<aside class="trial" role="note" aria-labelledby="trial-label">' in page.html
    assert '<a href="https://clinicaltrials.gov/study/NCT03654833" rel="noopener">' in page.html


@pytest.mark.parametrize(
    ("number", "found"), [("", []), ("NCT123", ["bad-argument"]), ("nct03654833", ["bad-argument"])]
)
def test_a_trial_without_a_good_number_links_to_the_search(number: str, found: list[str]) -> None:
    page = compile_body(f":::trial {number}\nAsk.\n:::\n")
    assert rules(page) == found
    assert '<a href="https://clinicaltrials.gov/" rel="noopener">' in page.html


def test_an_image_without_alternative_text_is_found_unless_it_is_decorative() -> None:
    assert rules(compile_body("::image wordless\n")) == ["missing-alt"]
    page = compile_body("::image ornament\n")
    assert page.findings == ()
    assert 'alt=""' in page.html


def test_an_offer_is_an_aside_with_all_its_parts() -> None:
    page = compile_body("::offer case-review\n")
    assert page.html.endswith(
        '<aside class="offer offer-legal" aria-labelledby="offer-case-review-label">\n'
        '<p class="offer-kind">Legal service</p>\n'
        '<p class="offer-heading" id="offer-case-review-label">Free case review</p>\n'
        '<ul class="offer-points">\n<li>No cost</li>\n<li>No duty</li>\n</ul>\n'
        '<p><a class="offer-action" href="/free-case-review/">Start</a></p>\n'
        '<p class="offer-disclosure">Attorney advertising. <em>Sample firm</em> pays for this.</p>\n</aside>\n'
    )


@pytest.mark.parametrize("kind", OfferKind.values)
def test_every_kind_of_offer_is_named_to_readers(kind: str) -> None:
    offer = OfferEmbed("o", "d", kind, "An offer", action_label="Go", action_address="/about/")
    page = compile_body("::offer o\n", Library(offers={"o": offer}, addresses=frozenset({"/about/"})))
    assert f'<p class="offer-kind">{OFFER_KINDS[kind]}</p>' in page.html


def test_an_offer_shown_again_is_a_landmark_of_another_name() -> None:
    page = compile_page("# T\n\nL.\n\n::offer case-review\n\n## A\n\n::offer case-review\n", LIBRARY)
    assert 'aria-labelledby="offer-case-review-label"' in (page.hero or "")
    assert '<aside class="offer offer-legal" aria-label="Free case review (2)">' in page.html
    again = compile_page("# T\n\nL.\n\n## A\n\n::offer case-review\n", LIBRARY)
    assert again.blocks[-1].html_hash == page.blocks[-1].html_hash


@pytest.mark.parametrize(
    ("line", "rule", "column"),
    [
        ("::offer gone", "unknown-offer", 9),
        ("::offer", "unknown-offer", 8),
        ("::image gone", "unknown-image", 9),
        ("::panel x", "unknown-block", 1),
        ("::", "unknown-block", 1),
        ("::123", "unknown-block", 1),
        ("::quick-fact", "unknown-block", 1),
        (":::offer case-review", "unknown-block", 1),
        (":::", "unclosed-block", 1),
    ],
)
def test_a_line_that_means_nothing_is_found_and_shown_in_a_box(line: str, rule: str, column: int) -> None:
    page = compile_body(f"{line}\n")
    assert [(f.rule, f.line, f.column) for f in page.findings] == [(rule, 7, column)]
    assert f'<div class="markup-problem"><p>{line}</p></div>' in page.html


def test_an_unknown_container_is_found_and_its_words_are_shown_in_a_box() -> None:
    page = compile_body(":::sidebar\nWords with *stress* [@alpha].\n:::\n")
    assert rules(page) == ["unknown-block"]
    assert '<div class="markup-problem"><p>:::sidebar</p>\n<p>Words with <em>stress</em>' in page.html
    assert [use.key for use in page.citations] == ["alpha"]


def test_an_unclosed_block_is_found_where_it_opens_and_ends_at_the_next_section() -> None:
    page = compile_body("\n:::warning\nWords.\n\n## Next part\n\nMore.\n")
    assert [(f.rule, f.line) for f in page.findings] == [("unclosed-block", 8)]
    assert [entry.text for entry in page.contents] == ["First part", "Next part"]
    assert page.html.index("</aside>") < page.html.index("Next part")


def test_an_unclosed_block_inside_a_closed_one_takes_the_first_closing_line() -> None:
    page = compile_body(":::faq\n### Why?\n:::warning\nWords.\n:::\n")
    assert [(f.rule, f.line) for f in page.findings] == [("unclosed-block", 7)]


def test_blocks_nest_where_that_makes_sense() -> None:
    page = compile_body(":::faq\n### Why?\nSo.\n\n:::warning\nTake care.\n:::\n\n::image types-of-remission\n:::\n")
    assert page.findings == ()
    inside = page.html[page.html.index("<details") : page.html.index("</details>")]
    assert "<aside" in inside
    assert "<img" in inside


def test_blocks_that_may_not_stand_inside_others_are_found_and_shown() -> None:
    page = compile_body(":::warning\nA.\n\n:::faq\n### Why?\nSo.\n:::\n:::\n")
    assert set(rules(page)) == {"misplaced-block"}
    assert "Why?" in page.html
    assert rules(compile_body(":::terms\nA\n: B\n\n::offer case-review\n:::\n")) == ["misplaced-block"]


@pytest.mark.parametrize("text", ["- Item\n\n  :::warning\n  Words.\n  :::", "> :::warning\n> Words.\n> :::"])
def test_a_block_inside_a_list_or_a_quotation_is_found_and_its_words_are_shown(text: str) -> None:
    page = compile_body(f"{text}\n")
    assert "misplaced-block" in rules(page)
    assert "Words." in page.html


def test_a_heading_inside_a_block_is_found_and_shown() -> None:
    page = compile_body(":::warning\n### Heading\n\nWords.\n:::\n")
    assert rules(page) == ["misplaced-block"]
    assert '<p class="markup-problem">Heading</p>' in page.html


def test_colons_in_code_open_nothing() -> None:
    page = compile_body("```\n:::warning\n```\n\nWords :: more.\n\n    :::faq\n")
    assert page.findings == ()


def test_a_block_interrupts_a_paragraph_and_a_list() -> None:
    page = compile_body("Words\n:::warning\nCare.\n:::\n\n- Item\n::offer case-review\n")
    assert page.findings == ()
    assert [block.kind for block in page.blocks[3:]] == ["paragraph", "warning", "list", "offer"]


def test_deep_nesting_is_found_and_its_words_are_shown() -> None:
    page = compile_body(">" * 60 + " the bottom\n")
    assert rules(page) == ["nested-too-deep"]
    assert "the bottom" in page.html
