"""Uncited figures are found as well as was measured on the labeled texts, and the measuring is sound.

The even texts were read while the rules were made, the odd ones were not.
"""

from __future__ import annotations

import pytest

from .labels import Label, texts
from .scoring import Score, score, scores, share, told, totals

EVEN = ("02", "04", "06", "08", "10")
ODD = ("01", "03", "05", "07", "09")


def counts(scored: Score) -> tuple[int, int, int]:
    """How many figures were found, how many were missed, and how many findings were wrong."""
    return len(scored.found), len(scored.missed), len(scored.wrong)


def label(line: int, sentence: str) -> Label:
    return Label("a text", line, sentence, (), "figure")


LINES = [
    "# source: about 5% of texts",
    "## What is it?",
    "It comes back in 78%. Nobody knows why. It is a disease of",
    "12 people - It has three kinds - About 5 percent die.",
]


def test_a_finding_is_right_if_it_points_into_a_labeled_sentence() -> None:
    scored = score("a text", LINES, [label(3, "It comes back in 78%.")])
    assert [finding.line for finding in scored.right] == [3]
    assert [finding.line for finding in scored.wrong] == [1, 4]
    assert (scored.recall, scored.precision) == (1.0, pytest.approx(1 / 3))


def test_a_right_finding_covers_every_figure_of_its_sentence() -> None:
    figures = [label(4, "12 people"), label(4, "About 5 percent die.")]
    scored = score("a text", LINES, figures)
    assert scored.found == tuple(figures)
    assert counts(score("a text", LINES, figures[1:])) == (0, 1, 3)


def test_the_same_words_twice_are_two_figures() -> None:
    lines = ["In 5% it grew. Nobody knows. In 5% it grew."]
    once = label(1, "In 5% it grew.")
    assert counts(score("a text", lines, [once, once])) == (2, 0, 0)
    assert counts(score("a text", lines, [once])) == (1, 0, 1)


def test_what_was_missed_and_falsely_found_is_told() -> None:
    missed = label(3, "Nobody knows why.")
    assert told(score("a text", LINES[2:3], [Label("a text", 1, missed.sentence, (), "figure")])).splitlines() == [
        "a text: recall 0.00 (0 of 1), precision 0.00 (0 of 1)",
        "  missed, line 1: Nobody knows why.",
        "  wrong, line 1: It comes back in 78%.",
    ]


def test_of_nothing_all_is_found() -> None:
    assert share(0, 0) == 1.0
    assert counts(totals([])) == (0, 0, 0)


def test_texts_are_chosen_by_their_numbers() -> None:
    assert [scored.text[:2] for scored in scores(EVEN)] == list(EVEN)
    assert len(texts()) == 2 * len(EVEN)


def test_on_the_texts_that_the_rules_were_made_with() -> None:
    assert counts(totals(scores(EVEN))) == (41, 1, 0)


def test_on_the_texts_that_were_scored_once_when_the_rules_were_done() -> None:
    assert counts(totals(scores(ODD))) == (26, 0, 2)
