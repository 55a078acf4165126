"""References: random, fit to be read out, and a slip is noticed."""

import re

import pytest

from caseintake.references import ALPHABET, PATTERN, new_reference, read_reference


def test_a_reference_has_the_agreed_form():
    assert all(re.match(PATTERN, new_reference()) for _ in range(200))


def test_references_do_not_repeat():
    assert len({new_reference() for _ in range(5000)}) == 5000


def test_what_people_write_is_read():
    ref = new_reference()
    bare = ref.replace("-", "")
    for typed in (ref, ref.lower(), bare, bare[2:], f"  {ref} ", ref.replace("-", " "), ref.replace("1", "l")):
        assert read_reference(typed) == ref
    assert read_reference(ref.replace("0", "o").replace("1", "i")) == ref


def test_every_wrong_character_is_noticed():
    ref = new_reference().replace("-", "")[2:]
    for place in range(10):
        for letter in ALPHABET:
            if letter != ref[place]:
                assert read_reference(ref[:place] + letter + ref[place + 1 :]) is None


def test_every_two_swapped_characters_are_noticed():
    for _ in range(50):
        ref = new_reference().replace("-", "")[2:]
        for a in range(10):
            for b in range(a + 1, 10):
                if ref[a] != ref[b]:
                    swapped = list(ref)
                    swapped[a], swapped[b] = swapped[b], swapped[a]
                    assert read_reference("".join(swapped)) is None


@pytest.mark.parametrize("typed", ["", "CR-", "hello", "CR-12345-6789", "CR-12345-67890-1", "Ü" * 10, "U" * 10])
def test_what_cannot_be_a_reference_is_none(typed):
    assert read_reference(typed) is None
