"""Where citeproc-py errs and we put it right: one test for each correction."""

from __future__ import annotations

from typing import Any

import pytest

from citations import corrections
from citations.style import format_entries


def entry(**fields: Any) -> str:
    record = {"id": "x", "type": "book", "title": "Dust", "issued": {"date-parts": [[2001]]}}
    return format_entries([record | {name.replace("_", "-"): value for name, value in fields.items()}])["x"]


DOE = [{"family": "Doe", "given": "Jane"}]


def test_editors_who_stand_in_for_authors_are_named_once():
    assert entry(editor=DOE) == "Doe, J. (Ed.). (2001). <i>Dust</i>."


def test_a_title_that_stands_in_for_an_author_is_printed_once():
    assert entry() == "<i>Dust</i>. (2001)."


def test_roles_with_a_hyphen_are_printed():
    printed = entry(type="chapter", author=DOE, container_title="Whole", container_author=[{"literal": "An Office"}])
    assert printed == "Doe, J. (2001). Dust. In An Office, <i>Whole</i>."


def test_roles_the_engine_does_not_list_are_people():
    assert entry(type="motion_picture", director=DOE) == "Doe, J. (Director). (2001). <i>Dust</i> [Video recording]."


def test_labels_take_the_case_the_style_asks_for():
    assert "(Eds.)" in entry(editor=DOE + DOE)


def test_a_term_without_a_short_verb_gets_its_verb():
    printed = entry(type="review-book", author=DOE, reviewed_title="A Book", reviewed_author=DOE)
    assert "[Review of the book <i>A Book</i>, by J. Doe]" in printed


def test_a_group_without_its_number_says_nothing():
    assert entry(type="thesis", author=DOE, genre="Doctoral dissertation") == (
        "Doe, J. (2001). <i>Dust</i> [Doctoral dissertation]."
    )


def test_a_range_within_a_year_keeps_the_year():
    days = {"date-parts": [[2019, 5, 3], [2019, 7, 8]]}
    assert entry(type="webpage", author=DOE, issued=days) == "Doe, J. (2019, May 3–July 8). <i>Dust</i>."


@pytest.mark.parametrize("title", ["How is it staged?", "Hope at last!"])
def test_a_question_or_a_cry_ends_its_own_sentence(title):
    assert entry(author=DOE, title=title) == f"Doe, J. (2001). <i>{title}</i>"


def test_three_dots_stay_three():
    assert corrections.without_double_stop("Why?</i>... and") == "Why?</i>... and"


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Dell'Amore", "Dell’Amore"),
        ("patients' views", "patients’ views"),
        ('the "quiet" illness', "the “quiet” illness"),
        ("('seen')", "(‘seen’)"),
    ],
)
def test_quotation_marks_are_typographic(typed, printed):
    assert corrections.typographic(typed) == printed


@pytest.mark.parametrize(
    ("typed", "printed"),
    [("321-30", "321-330"), ("593-600", "593-600"), ("e12", "e12"), ("10-9, 21-2", "10-19, 21-22")],
)
def test_page_ranges_are_given_in_full(typed, printed):
    assert corrections.whole_page_range(typed) == printed


def test_names_without_small_letters_are_not_abbreviated():
    assert entry(author=[{"family": "李", "given": "明"}]).startswith("李明. (2001)")


def test_a_person_with_one_name_keeps_it():
    assert entry(author=[{"given": "Plato"}]).startswith("Plato. (2001)")
