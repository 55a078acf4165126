"""Where citeproc-py errs and we put it right: one test for each correction."""

from __future__ import annotations

from typing import Any

import pytest
from citeproc.string import MixedString, NoCase, String

from citations import corrections
from citations.style import DEFAULT_STYLE, format_entries

AMA, NLM = "american-medical-association", "nlm-citation-sequence"


def entry(style: str = DEFAULT_STYLE, locale: str = "en-US", **fields: Any) -> str:
    record = {"id": "x", "type": "book", "title": "Dust", "issued": {"date-parts": [[2001]]}}
    fields = {name.replace("_", "-"): value for name, value in fields.items()}
    return format_entries([record | fields], style, locale)["x"]


DOE = [{"family": "Doe", "given": "Jane"}]


def test_editors_who_stand_in_for_authors_are_named_once():
    assert entry(editor=DOE) == "Doe, J. (Ed.). (2001). <i>Dust</i>."


def test_a_title_that_stands_in_for_an_author_is_printed_once():
    assert entry() == "<i>Dust</i>. (2001)."


def test_what_stands_in_for_an_author_is_still_there_to_ask_about():
    printed = entry(type="paper-conference", author=DOE, editor=DOE, container_title="Whole", page="7", publisher="P")
    assert printed == "Doe, J. (2001). Dust. In J. Doe (Ed.), <i>Whole</i> (p. 7). P."


def test_a_title_that_stands_in_is_no_missing_title():
    printed = entry(type="article-newspaper", section="Health", container_title="Daily")
    assert printed == "Dust. (2001). <i>Daily</i>."


def test_people_who_stand_in_by_choice_are_labeled_too():
    printed = entry(type="speech", author=DOE, chair=DOE, container_title="Whole", event_title="Meeting")
    assert "In J. Doe (Chair), <i>Whole</i>" in printed


def test_roles_with_a_hyphen_are_printed():
    printed = entry(type="chapter", author=DOE, container_title="Whole", container_author=[{"literal": "An Office"}])
    assert printed == "Doe, J. (2001). Dust. In An Office, <i>Whole</i>."


def test_roles_the_engine_does_not_list_are_people():
    assert entry(type="motion_picture", director=DOE) == "Doe, J. (Director). (2001). <i>Dust</i> [Video recording]."


def test_labels_take_the_case_the_style_asks_for():
    assert "(Eds.)" in entry(editor=DOE + DOE)


def test_numbers_of_pages_have_their_label():
    assert entry(NLM, author=DOE, number_of_pages="345") == "Doe J. Dust. 2001. 345 p."
    assert entry(NLM, author=DOE, number_of_pages="some").endswith("2001. some.")


def test_several_volumes_have_their_label():
    assert entry(author=DOE, number_of_volumes="3") == "Doe, J. (2001). <i>Dust</i> (Vols. 1–3)."


@pytest.mark.parametrize(
    ("pages", "labeled"),
    [("7", "p. 7"), ("iv-xii", "pp. iv–xii"), ("e12-e15", "pp. e12–e15"), ("3, 9", "pp. 3, 9"), ("S7", "p. S7")],
)
def test_several_pages_are_pages_with_digits_or_without(pages, labeled):
    assert f"({labeled})" in entry(type="chapter", author=DOE, container_title="Whole", page=pages)


@pytest.mark.parametrize(
    ("edition", "printed"),
    [("2", "2nd ed"), ("2-3", "2nd–3rd eds"), ("Rev. ed.", "Rev. ed")],
)
def test_several_numbers_are_numbers_too(edition, printed):
    assert entry(AMA, author=DOE, edition=edition) == f"Doe J. <i>Dust</i>. {printed}. 2001."


def test_pages_have_a_first_one():
    assert entry(type="legislation", page="12-19") == "Dust, 12 (2001)."


def test_names_a_style_wants_in_full_are_not_shortened():
    assert "(testimony of Jane Doe)" in entry(type="hearing", author=DOE)


def test_a_term_without_a_short_verb_gets_its_verb():
    printed = entry(type="review-book", author=DOE, reviewed_title="A Book", reviewed_author=DOE)
    assert "[Review of the book <i>A Book</i>, by J. Doe]" in printed


def test_a_group_without_its_number_says_nothing():
    assert entry(type="thesis", author=DOE, genre="Doctoral dissertation") == (
        "Doe, J. (2001). <i>Dust</i> [Doctoral dissertation]."
    )


def test_a_macro_that_says_something_keeps_its_group():
    assert entry(type="dataset", version="2") == "<i>Dust</i> (Version 2). (2001). [Dataset]."


def test_dates_have_the_delimiter_of_their_locale():
    assert "2021 Jan 27." in entry(NLM, type="article-journal", issued={"date-parts": [[2021, 1, 27]]})


@pytest.mark.parametrize(
    ("begin", "end", "apa", "ama", "nlm"),
    [
        ([2019, 5, 3], [2019, 7, 8], "2019, May 3–July 8", "May 3–July 8, 2019", "2019 May 3–Jul 8"),
        ([2019, 5, 3], [2019, 5, 8], "2019, May 3–8", "May 3–8, 2019", "2019 May 3–8"),
        ([2019, 5], [2019, 7], "2019, May–July", "May–July 2019", "2019 May–Jul"),
        ([2019, 5, 3], [2019, 5, 3], "2019, May 3", "May 3, 2019", "2019 May 3"),
        ([2019], [2021], "2019–2021", "2019–2021", "2019–2021"),
    ],
)
def test_a_range_says_once_what_both_ends_share(begin, end, apa, ama, nlm):
    days = {"date-parts": [begin, end]}
    assert entry(type="webpage", author=DOE, issued=days) == f"Doe, J. ({apa}). <i>Dust</i>."
    assert entry(AMA, type="webpage", author=DOE, issued=days) == f"Doe J. Dust. {ama}."
    assert entry(NLM, type="article-newspaper", author=DOE, issued=days) == f"Doe J. Dust. {nlm}."


def test_a_range_over_new_year_has_both_years():
    days = {"date-parts": [[2019, 12, 30], [2020, 1, 2]]}
    assert entry(AMA, type="webpage", issued=days) == "Dust. December 30, 2019–January 2, 2020."
    assert entry(AMA, "en-GB", type="webpage", issued=days) == "Dust. 30 December 2019–2 January 2020."


def test_a_season_stands_where_the_month_would():
    spring = {"date-parts": [[2019]], "season": 1}
    assert entry(AMA, type="webpage", issued=spring) == "Dust. Spring 2019."
    assert entry(NLM, type="article-magazine", issued=spring) == "Dust. 2019 Spring."


def test_a_date_in_words_is_printed_once():
    assert entry(type="webpage", author=DOE, issued={"literal": "in press"}) == "Doe, J. (in press). <i>Dust</i>."


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("the lung (and its pleura)", "The Lung (and Its Pleura)"),
        ("surgery (extrapleural pneumonectomy)", "Surgery (Extrapleural Pneumonectomy)"),
        ("“wait and see” in practice", "“Wait and See” in Practice"),
        (
            "<i>in vitro</i> and <i>in vivo</i> tests of H<sub>n</sub>",
            "<i>In Vitro</i> and <i>in Vivo</i> Tests of H<sub>n</sub>",
        ),
        ("what it is made of", "What It Is Made Of"),
        ("dust: a reader", "Dust: A Reader"),
        ("surgery vs. chemotherapy", "Surgery vs. Chemotherapy"),
        ("fibers over 5 µm", "Fibers over 5 µm"),
        ("a follow-up of BAP1-deficient mice", "A Follow-up of BAP1-deficient Mice"),
        ("e-health for all", "E-health for All"),
        ("", ""),
    ],
)
def test_title_case_reaches_every_word(typed, printed):
    assert str(corrections.in_title_case(String(typed))) == printed


def test_titles_in_ama_have_title_case():
    assert entry(AMA, author=DOE, title="Surgery (extrapleural)") == "Doe J. <i>Surgery (Extrapleural)</i>. 2001."


def test_title_case_leaves_protected_words_alone():
    title = MixedString([NoCase("mRNA and pH"), String(" in a cell"), NoCase(" (in vitro)")])
    assert str(corrections.in_title_case(title)) == "mRNA and pH in a Cell (in vitro)"
    assert (
        entry(AMA, title='A <span class="nocase">lung on a chip</span> for all')
        == "<i>A lung on a chip for All</i>. 2001."
    )


@pytest.mark.parametrize("title", ["How is it staged?", "Hope at last!"])
def test_a_question_or_a_cry_ends_its_own_sentence(title):
    assert entry(author=DOE, title=title) == f"Doe, J. (2001). <i>{title}</i>"


def test_nothing_follows_a_sentence_that_has_ended_but_its_next():
    assert entry(AMA, author=DOE, title="Notes.") == "Doe J. <i>Notes.</i> 2001."
    assert corrections.without_double_stop("Why not?: The dust") == "Why not? The dust"


def test_the_stop_stands_within_the_quotation_where_the_locale_wants_it():
    fields: dict[str, Any] = {"type": "webpage", "author": DOE, "title": 'Call it "it"'}
    assert entry(AMA, **fields) == "Doe J. Call it “it.” 2001."
    assert entry(AMA, "en-GB", **fields) == "Doe J. Call it “it”. 2001."
    assert entry(AMA, **fields | {"title": 'Is it "it?"'}) == "Doe J. Is it “it?” 2001."


def test_three_dots_stay_three():
    assert corrections.without_double_stop("Why?</i>... and") == "Why?</i>... and"


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Dell'Amore", "Dell’Amore"),
        ("patients' views", "patients’ views"),
        ('the "quiet" illness', "the “quiet” illness"),
        ("('seen')", "(‘seen’)"),
        ("fibers of the '90s", "fibers of the ’90s"),
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
