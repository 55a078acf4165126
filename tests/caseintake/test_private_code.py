"""The private code: twelve words that are easy to read out, and that open one copy."""

import json
from math import log2
from pathlib import Path

import pytest

from caseintake.private_code import DRAWN, LENGTH, UNKIND, WORDS, CodeRefused, PrivateCode, new_code, read_code

KNOWN = PrivateCode(
    ("abandon", "ability", "able", "about", "above", "absent", "zoo", "zone", "zero", "zebra", "youth", "you")
)
ANSWER = json.loads((Path(__file__).parent / "private_code_answer.json").read_text("utf-8"))


def test_the_list_has_2048_words_that_their_first_four_letters_tell_apart():
    assert len(WORDS) == 2048
    assert len({word[:4] for word in WORDS}) == 2048
    assert all(word.isascii() and word.islower() and 3 <= len(word) <= 8 for word in WORDS)


def test_a_new_code_is_twelve_words_and_never_the_same():
    codes = {str(new_code()) for _ in range(50)}
    assert len(codes) == 50
    assert all(len(code.split()) == 12 and set(code.split()) <= set(DRAWN) for code in codes)


def test_no_unkind_word_is_drawn_and_a_code_is_still_beyond_guessing():
    assert set(WORDS) >= UNKIND and not UNKIND & set(DRAWN)
    assert {"grief", "gasp", "demise", "lawsuit", "tobacco"} <= UNKIND
    assert LENGTH * log2(len(DRAWN)) >= 130
    # Codes that were given out before are read.
    assert read_code(" ".join(sorted(UNKIND)[:LENGTH]))


@pytest.mark.parametrize(
    "typed",
    [
        str(KNOWN),
        str(KNOWN).upper(),
        "  " + str(KNOWN).replace(" ", ",\n ") + ". ",
        " ".join(f"{number}. {word}" for number, word in enumerate(KNOWN.words, start=1)),
        " ".join(word[:4] for word in KNOWN.words),
        "-".join(KNOWN.words),
    ],
)
def test_it_is_read_however_it_was_written_down(typed):
    assert read_code(typed) == KNOWN


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "It has 12 words"),
        ("12 34", "It has 12 words"),
        (" ".join(KNOWN.words[:11]), "We read 11"),
        (f"{KNOWN} zoo", "We read 13"),
        (str(KNOWN).replace("able", "hallo"), "Check word 3 of your code, “hallo”"),
        ("x" * 100_000, "Check word 1"),
    ],
)
def test_what_is_no_code_is_told_with_its_place(typed, says):
    with pytest.raises(CodeRefused, match=says):
        read_code(typed)


def test_what_is_derived_from_a_code_stays_so_for_ever():
    assert {"lookup": KNOWN.lookup.hex(), "lookup_hash": KNOWN.lookup_hash.hex(), "key": KNOWN.key.hex()} == ANSWER


def test_neither_half_gives_the_other_away():
    assert len({KNOWN.lookup, KNOWN.key, KNOWN.lookup_hash}) == 3
    other = PrivateCode((*KNOWN.words[:11], "zoo"))
    assert not {other.lookup, other.key} & {KNOWN.lookup, KNOWN.key}


def test_a_code_does_not_print_itself():
    assert "abandon" not in f"{KNOWN!r} {[KNOWN]}"
