"""Where the words of a comment stand in a later text: kept, found again, or given up when nobody can tell."""

from __future__ import annotations

import pytest

from articles.markup import compile_page
from articles.review.anchoring import Found, Quote, places_of, quote_in, text_of, words_of
from articles.review.comparing import AnyBlock
from tests.articles.markup.sample_library import LIBRARY

ANCHORED, MOVED, ORPHANED = Found.ANCHORED, Found.MOVED, Found.ORPHANED
SIGNS = "Many people cough, and some of them lose weight."
CARE = "A nurse can help you to breathe more easily at home."


def page(*paragraphs: str) -> str:
    return "\n\n".join(["# Title", "The lede.", *paragraphs])


def quoted(block: AnyBlock, words: str, *, prefix: str = "") -> Quote:
    quote = quote_in(block, words, prefix=prefix)
    assert quote is not None
    return quote


@pytest.mark.parametrize(
    ("words", "before", "after", "found", "around"),
    [
        ("cough", [SIGNS, CARE], [CARE, SIGNS], ANCHORED, SIGNS),
        ("people cough", [SIGNS], ["Few people cough, and it is worse in the morning."], ANCHORED, "Few people"),
        ("some of them lose weight", [SIGNS], ["In time some of them lose weight quickly."], ANCHORED, "In time"),
        ("lose weight", [SIGNS, CARE], [f"{CARE} Many cough, and some of them lose weight."], MOVED, CARE),
        ("cough", [SIGNS], ["Many people wheeze, and some of them lose weight."], ORPHANED, ""),
        ("people cough", [SIGNS], ["Many people often cough, and some of them lose weight."], ORPHANED, ""),
        # One word with new ones on both sides may be another.
        ("cough", [SIGNS, CARE], ["A dry cough is common, others of them lose weight.", CARE], ORPHANED, ""),
        # The same words stood elsewhere before.
        ("in the belly", ["Fluid in the belly is drained.", "You feel it in the belly first."],
         ["You feel it in the belly first."], ORPHANED, ""),
        ("weight", [SIGNS, "Eat well to keep your weight."], ["Eat well to keep your weight."], ORPHANED, ""),
        ("about pain", ["Ask your nurse about pain in the morning.", "Ask your nurse about pain in the evening."],
         ["Ask your nurse about pain in the evening."], ORPHANED, ""),
        # Two copies, and neither in its place.
        ("Ask your nurse", ["Ask your nurse about pain. It helps.", CARE, SIGNS],
         [f"{CARE} Ask your nurse about pain.", f"{SIGNS} Ask your nurse about pain."], ORPHANED, ""),
        # A copy elsewhere, and the block itself as it was.
        ("lose weight", [SIGNS, CARE], [f"{SIGNS} Later too.", CARE, f"Once more: {SIGNS}"], ANCHORED, "Many people"),
        ("lose weight", [SIGNS, CARE], [SIGNS, CARE, f"Once more: {SIGNS}"], ANCHORED, "Many people"),
    ],
)  # fmt: skip
def test_words_are_found_or_given_up(words, before, after, found, around):
    old, new = (compile_page(page(*paragraphs), LIBRARY).blocks for paragraphs in (before, after))
    on = next(block for block in old if words in words_of(block))
    quote = quoted(on, words)
    (place,) = places_of([(quote, on)], old, new)
    assert place.found is found
    if place.block is None:
        return
    assert words_of(place.block).startswith(around)
    assert words_of(place.block)[place.start :].startswith(words)


def test_of_two_in_one_block_the_one_that_was_meant_is_followed():
    text = "A cough is dry at first. Later the cough is wet."
    old = compile_page(page(text), LIBRARY).blocks
    quote = quoted(old[2], "cough", prefix="Later the")
    new = compile_page(page("It starts slowly. Later the cough is wet."), LIBRARY).blocks
    (place,) = places_of([(quote, old[2])], old, new)
    assert (place.found, words_of(new[2])[place.start - 10 : place.start]) == (ANCHORED, "Later the ")
    new = compile_page(page("A cough is dry at first. Then it is wet."), LIBRARY).blocks
    (place,) = places_of([(quote, old[2])], old, new)
    assert place.found is ORPHANED


def test_the_text_of_a_block_is_what_readers_read_on_one_line():
    table = "| Drug | Dose |\n|---|---|\n| One | 5 mg [@alpha] |"
    for text, read in (
        ("**Ask** for\n[help](/about/) [@alpha].", "Ask for help."),
        ("- one\n- two", "one two"),
        (table, "Drug Dose One 5 mg"),
    ):
        (block,) = compile_page(page(text), LIBRARY).blocks[2:]
        assert text_of(block.html) == read


def test_a_block_without_words_is_named_by_how_it_is_written():
    (block,) = compile_page(page("---"), LIBRARY).blocks[2:]
    assert quoted(block, "").words == "rule"
