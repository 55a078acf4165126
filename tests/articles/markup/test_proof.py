"""Proof: whether the figures of a statement follow from quotes of its source."""

from __future__ import annotations

import pytest

from articles.markup.proof import Verdict, prove

from .proof_cases import CASES


@pytest.mark.parametrize(("statement", "quotes", "verdict", "why"), CASES, ids=[case[0] for case in CASES])
def test_what_the_quotes_say(statement: str, quotes: list[str], verdict: str, why: str) -> None:
    assert prove(statement, quotes).verdict == Verdict(verdict), why
