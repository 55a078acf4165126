"""Proof: whether the figures of a statement follow from quotes of its source."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from articles.markup.proof import MOST_FIGURES, Verdict, comparable, contradict, prove
from articles.markup.quantities import Quantity, quantities

from .proof_cases import CASES, LIGHT, MIST, NIVOLUMAB
from .proof_cases_second import SECOND
from .proof_cases_set_aside import SET_ASIDE
from .proof_cases_third import THIRD

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "evidence.md"
EXAMPLES = re.findall(r"^\| (.+?) \| (.+?) \| `(\w+)` \|$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize(("statement", "quotes", "verdict", "why"), [*CASES, *SET_ASIDE, *SECOND, *THIRD])
def test_what_the_quotes_say(statement: str, quotes: list[str], verdict: str, why: str) -> None:
    assert prove(statement, quotes).verdict == Verdict(verdict), why


def test_the_guide_has_examples() -> None:
    assert len(EXAMPLES) == 20


@pytest.mark.parametrize(("statement", "quote", "verdict"), EXAMPLES)
def test_the_examples_of_the_guide(statement: str, quote: str, verdict: str) -> None:
    assert prove(statement, [quote]).verdict == Verdict(verdict)


def test_the_desk_is_told_what_was_compared_with_what() -> None:
    (comparison,) = prove("All patients had disease control.", ["Nothing here.", MIST]).comparisons
    assert comparison.sentence == "“All patients”: the quote says 57.7%."
    assert comparison.quote == 1
    assert comparison.compared_with is not None
    assert comparison.compared_with.low == pytest.approx(0.577)


def test_the_desk_is_told_what_to_do() -> None:
    near, missing = prove("60% had disease control, and median survival was 9 months.", [MIST]).comparisons
    assert near.sentence == (
        "“60%”: the quote says 57.7%, which is not quite the same. Say what the quote says, or pin another."
    )
    assert missing.sentence == ("“9 months”: no quote has a figure to compare it with. Pin the passage that states it.")


def test_a_sum_names_what_it_adds() -> None:
    (comparison,) = prove("Seven people responded.", [NIVOLUMAB]).comparisons
    assert comparison.sentence == "“Seven people”: the quote says one had a complete response, six."


@pytest.mark.parametrize(
    ("statement", "quote", "missing"),
    [
        ("Median survival was 7.3 years.", LIGHT, ("node-negative", "n = 19")),
        ("In 19 people whose nodes were clear, median survival was 7.3 years.", LIGHT, ()),
        ("The cancer came back in 78%.", "After surgery, the cancer came back in 78%.", ("after surgery",)),
        ("After an operation, the cancer came back in 78%.", "After surgery, the cancer came back in 78%.", ()),
        ("57.7% had disease control.", MIST, ("at 12 weeks",)),
        ("At 12 weeks, 57.7% had disease control.", MIST, ()),
        ("The response rate was 20%.", "The response rate was 20% (n = 35).", ("n = 35",)),
        ("Median survival was 9 months.", "In stage IV disease, median survival was 9 months.", ("stage IV",)),
    ],
)
def test_whom_the_figure_holds_for_is_told_if_left_out(statement: str, quote: str, missing: tuple[str, ...]) -> None:
    proof = prove(statement, [quote])
    assert (proof.verdict, proof.missing_qualifier) == (Verdict.SUPPORTS, missing)


@pytest.mark.parametrize(
    ("statement", "quote", "verdict", "missing", "notes"),
    [
        (
            "In a 2021 study of rucaparib every treated person is said to have had remission or stable disease.",
            MIST,
            Verdict.CONTRADICTS,
            (),
            ("The year 2021 is in no quote. Check it against the source.",),
        ),
        (
            "Nivolumab after post-surgical recurrence: 25 people had remission or stability, 8 progressed "
            "(said to be a 2022 trial).",
            NIVOLUMAB,
            Verdict.SUPPORTS,
            (),
            ("The year 2022 is in no quote. Check it against the source.",),
        ),
        (
            "With light-based therapy, people had a median survival of 7.3 years.",
            LIGHT,
            Verdict.SUPPORTS,
            ("node-negative", "n = 19"),
            (),
        ),
        (
            "Chemotherapy more than doubles life expectancy, and adding surgery lengthens it further.",
            "Overall median survival was 8 months.",
            Verdict.NOT_FOUND,
            (),
            (),
        ),
    ],
)
def test_what_is_known_of_the_reference_pages(
    statement: str, quote: str, verdict: Verdict, missing: tuple[str, ...], notes: tuple[str, ...]
) -> None:
    proof = prove(statement, [quote])
    assert (proof.verdict, proof.missing_qualifier, proof.notes) == (verdict, missing, notes)


def test_a_year_in_no_quote_is_noted() -> None:
    proof = prove("In a 2022 trial, 18 people had stable disease.", [NIVOLUMAB])
    assert proof.verdict is Verdict.SUPPORTS
    assert proof.notes == ("The year 2022 is in no quote. Check it against the source.",)


def test_an_about_that_was_left_out_is_noted() -> None:
    proof = prove("Median survival was 12 months.", ["Median survival was about one year."])
    assert proof.verdict is Verdict.SUPPORTS
    assert proof.notes == ("“12 months”: the quote says only about how much. Say “about” too.",)


def test_what_is_too_long_to_compare_is_never_supported() -> None:
    statement = "A response was seen in 40%. " * (MOST_FIGURES + 1)
    proof = prove(statement, ["A response was seen in 40%."])
    assert proof.verdict is Verdict.PARTLY
    assert proof.notes == ("The statement is too long to be compared as a whole. Split it.",)


def figure(sentence: str) -> Quantity:
    (found,) = quantities(sentence)
    return found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Stage 4 life expectancy is usually under one year.", "Median survival in stage 4 is about 12 months."),
        ("Stage 4 life expectancy is less than a year.", "In stage 4, people usually live about 12 months."),
        ("The cancer comes back in 78% of people.", "Recurrence is seen in 45% of patients."),
        ("The cancer comes back in 78% of people.", "In 78% of people the cancer does not come back."),
        ("There are 3,000 new cases a year.", "There are about 2,000 new cases a year."),
    ],
)
def test_figures_that_cannot_both_be_true(one: str, other: str) -> None:
    assert contradict(figure(one), figure(other))
    assert contradict(figure(other), figure(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("For most the median survival is under two years.", "Average life expectancy is 12 to 21 months."),
        ("Median survival is under two years.", "Median survival is 12 to 21 months."),
        ("A woman lived for 15 years.", "A man lived for 4 years."),
        ("She has lived for over 15 years.", "Median survival is 12 months."),
        ("Median survival is 12 months.", "Mean survival is 16 months."),
        ("The response rate was 20%.", "Recurrence was seen in 45%."),
        ("In pleural disease people live 18 months.", "In peritoneal disease people live 40 months."),
        ("The cancer came back in about 78%.", "Recurrence was seen in 77.6%."),
        ("In stage 4 people live 12 months.", "In stage 1 people live 40 months."),
        ("Progression-free survival was 6 months.", "Median survival was 12 months."),
        ("Median survival is under two years.", "Some people have lived 15 years or longer."),
        ("Median survival is about one year.", "With light treatment, median survival was 3 years."),
        ("Median survival is about one year.", "In a group of 19 people, median survival was 7.3 years."),
        ("Of the 26 people who took part, 15 had a response.", "Of the 35 people who took part, 7 had a response."),
        ("The cancer comes back in 78% of people.", "Nobody can say who will have a recurrence."),
        ("For some people, treatment shrinks the cancer.", "Very rarely, a cancer shrinks and nobody can say why."),
    ],
)
def test_figures_that_can_both_be_true(one: str, other: str) -> None:
    for first in quantities(one):
        for second in quantities(other):
            assert not contradict(first, second)


def test_figures_of_different_kinds_are_not_comparable() -> None:
    assert comparable(figure("Median survival was 12 months."), figure("People usually live for 3 years."))
    assert not comparable(figure("Median survival was 12 months."), figure("12% were alive."))
    assert not comparable(figure("The dose was 12 mg."), figure("The tumor was 12 mm wide."))
