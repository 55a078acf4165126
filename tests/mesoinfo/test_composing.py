"""Composed Unicode: one form for what looks the same, and no text that keeps the machine busy."""

from __future__ import annotations

import pytest

from mesoinfo.composing import compose
from mesoinfo.public_forms import PlainText
from tests.hanging import must_end


def test_letters_and_their_marks_become_one() -> None:
    assert compose("Zoe\u0308") == "Zo\u00eb"
    assert compose("\u1112\u1161\u11ab") == "\ud55c"
    assert compose("") == ""


@pytest.mark.parametrize("pair", ["\u0301\u0316", "\u0316\u0301"])
def test_marks_piled_up_take_no_time(pair: str) -> None:
    """In one piece, half a million of them would keep Python busy for minutes, and every visitor waiting."""
    with must_end():
        PlainText(lines=True).to_python("a" + pair * 250_000)


def test_names_with_many_marks_stay_whole() -> None:
    many = "a" + "\u0301\u0316" * 10
    assert PlainText().to_python(many) == compose(many)
