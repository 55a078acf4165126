"""Quantities and proof on any text whatever: what must hold for every number, and that nothing hangs or raises."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.markup.proof import Verdict, comparable, contradict, prove
from articles.markup.quantities import quantities
from tests.hanging import must_end
from tests.size import SIZE, examples

pytestmark = pytest.mark.proof
quick = settings(max_examples=examples(200), derandomize=True, deadline=None, database=None)

tenths = st.integers(min_value=1, max_value=999)
_PIECES = [
    "57.7%", "12", "21", "12–21 months", "two", "half", "a year", "a", "of", "in", "n = 35", "95% CI", "36.9-77",
    "(", ")", ",", ";", ".", " and ", "to", "between", "about", "nearly", "more than", "not", "no", "all", "patients",
    "none", "most", "survival", "response", "recurrence", "hundred", "million", "½", "2½", "1,625", "HR", "p <", "±",
    "range", "as low as", "as high as", "aged", "man of", "mg", "/m2", "times", "fold", "stage", "2012", "-", "[@a",
    "]", "\u00a0", "\ud800", "\u202e", "\u0000", "\n", "e\u0301", "１２", "٣", "²", "999999999999999999999", "0", "00",
]  # fmt: skip
any_text = st.one_of(
    st.text(max_size=120),
    st.lists(st.sampled_from(_PIECES), max_size=30).map(" ".join),
    st.lists(st.sampled_from(_PIECES), max_size=30).map("".join),
)


@quick
@given(any_text, any_text)
def test_no_text_raises_and_every_quantity_stands_where_it_says(statement: str, quote: str) -> None:
    proof = prove(statement, [quote, statement])
    for comparison in proof.comparisons:
        assert comparison.sentence.startswith("“")
    found = quantities(statement)
    for quantity in found:
        assert 0 <= quantity.start < quantity.end <= len(statement)
        assert quantity.low is None or quantity.high is None or quantity.low <= quantity.high
    for one in found:
        for other in quantities(quote):
            assert contradict(one, other) == contradict(other, one)
            assert comparable(one, other) == comparable(other, one)


outcomes = st.sampled_from(
    ["had a response", "had a complete response", "relapsed", "were alive", "had stable disease", "died"]
)
shares = st.one_of(
    tenths.map(lambda number: f"{number / 10:.1f}%"),
    st.integers(1, 99).map(lambda number: f"About {number} in 100"),
    st.sampled_from(["Half", "Two-thirds", "Most", "All", "None", "One in five", "More than half", "Nearly all"]),
)
durations = st.sampled_from(["12 months", "2.5 years", "12 to 21 months", "less than a year", "about 7.3 years"])


@quick
@given(shares, outcomes, durations)
def test_a_statement_follows_from_itself(share: str, outcome: str, duration: str) -> None:
    for statement in (f"{share} of the patients {outcome}.", f"The patients lived for {duration}."):
        assert prove(statement, [statement]).verdict is Verdict.SUPPORTS, statement


@quick
@given(tenths)
def test_a_rounded_share_is_supported(number: int) -> None:
    quote = f"A response was seen in {number / 10:.1f}%."
    rounded = int(number / 10 + 0.5)
    for words in (f"{rounded}%", f"about {rounded}%", f"about {rounded} in 100"):
        statement = f"A response was seen in {words}."
        if rounded < 100 and rounded > 0:
            assert prove(statement, [quote]).verdict is Verdict.SUPPORTS, (statement, quote)


@quick
@given(tenths, st.integers(1, 99))
def test_a_share_off_by_more_than_the_slack_is_contradicted(number: int, stated: int) -> None:
    quote = f"A response was seen in {number / 10:.1f}%."
    distance = abs(number / 10 - stated)
    if distance > max(0.12 * stated, 0.7):
        for words in (f"{stated}%", f"about {stated}%", f"nearly {stated}%"):
            assert prove(f"A response was seen in {words}.", [quote]).verdict is Verdict.CONTRADICTS, (words, quote)


@quick
@given(st.integers(1, 40))
def test_units_can_be_exchanged(number: int) -> None:
    for one, other in (
        (f"Median survival was {number} years.", f"Median survival was {12 * number} months."),
        (f"The tumor measured {number} cm.", f"The tumor measured {10 * number} mm."),
        (f"The dose was {number} g.", f"The dose was {1000 * number:,} mg."),
    ):
        assert prove(one, [other]).verdict is Verdict.SUPPORTS
        assert prove(other, [one]).verdict is Verdict.SUPPORTS


@quick
@given(st.integers(1, 30), st.integers(1, 30))
def test_of_two_bounds_the_wider_follows(one: int, other: int) -> None:
    statement, quote = f"Survival was more than {one} months.", f"Survival was more than {other} months."
    assert (prove(statement, [quote]).verdict is Verdict.SUPPORTS) == (one <= other)


@pytest.mark.proof
@pytest.mark.parametrize(
    "piece",
    ["9", "9 ", "1,", "a ", "one hundred and ", "hundred ", "million ", "12-", "5 in ", "[", "[@", "57.7% (95% CI ",
     "about ", "not ", "no more than ", "all ", "5 mg and 3 days and ", "x", "(", "range ", "survival ", "12 months, ",
     "no living ", "after ", "as low as 5% ", "9 node", "é", "1 to ", "HR ", "stage 1, ", "http://", "2 times a ",
     "12 months. ", "platin", "+1 "],
)  # fmt: skip
def test_hostile_texts_keep_nobody_busy(piece: str) -> None:
    text = piece * ((60_000 if SIZE else 2_000) // len(piece))
    with must_end():
        quantities(text)
        prove(text, [text])
