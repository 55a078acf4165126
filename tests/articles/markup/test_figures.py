"""Statements with a figure: found sentence by sentence, and each needs its source."""

from __future__ import annotations

import pytest

from articles.markup.figures import find_figure
from articles.markup.sentences import sentences
from tests.hanging import must_end
from tests.size import SIZE

from .sample_library import compile_body, rules


@pytest.mark.parametrize(
    "sentence",
    [
        "The disease came back in 78% of them.",
        "About 33 percent had a complete response.",
        "Roughly 7 in 100 people had no cancer left.",
        "One in five patients has it.",
        "Of the patients, 19 of 35 were well.",
        "It makes up around a fifth of cases.",
        "Two-thirds of them were men.",
        "Half of the patients lived longer.",
        "Nearly half had a relapse.",
        "It more than doubles life expectancy.",
        "The risk is twice as high.",
        "The risk is 2.5 times higher.",
        "A tenfold rise was seen.",
        "They lived for 12 to 21 months.",
        "He had a two-year remission.",
        "They looked at a 14-year series.",
        "Survival is usually under one year.",
        "She lived less than a year.",
        "They lived fifteen years or more.",
        "Median survival of 7.3 years was seen.",
        "The median survival was 7.3 in that group.",
        "There are 3,000 new cases each year.",
        "In 25 of them the disease was stable.",
        "Two patients died.",
        "They were given 400 mg.",
        "Tumors of 6 cm were removed.",
        "The hazard ratio was 0.7.",
        "The difference was small (p = 0.03).",
        "A man of 76 had a remission.",
        "She was found to have it in her thirties.",
        "Most are over 65 when it is found.",
        "Hundreds of people took part.",
        "It costs $5,000.",
        "The share lies between 36.9-76.7.",
        "We saw that patients lived 12 months with us.",
        "You may live 12 months.",
        # Numbers in digits, whatever they count
        "The ratio of men to women is 3/1.",
        "It fell 7 points.",
        "Of 30 eyes, 12 were well.",
        "An adult has 32 teeth.",
        "The score rose to 7 in type 2 diabetes.",
        "An A1C of 6.5 or above means diabetes.",
        "In 2010, 50 patients died.",
        "In that class 12 patients died.",
        "A level of 12",
        "Scores above 12",
        # Shares and multiples
        "The rate fell by one half.",
        "Cases fell by a third.",
        "Only one third survive.",
        "Each child has a one-in-four chance.",
        "A hundred people took part.",
        "Boys get it four times as often as girls.",
        # Ranks, ages, spans
        "It is the second leading cause of death.",
        "It is the 3rd most common cancer.",
        "It appears by the third year of life.",
        "It strikes people in their late twenties.",
        "They are in their mid-40s.",
        "Children under the age of two can die of it.",
        "In as little as a year it spreads.",
        # Bounds that decide what a case is
        "A person with two or more seizures has it.",
        "Cancer has spread to more than three lymph nodes.",
        "A patient must have at least two of these signs.",
        # Doses and how often, told as facts
        "The drug is given twice a day.",
        # Bounds for you are facts, and so are shares of people in advice
        "Your risk is greater if you are older than 45.",
        "If you smoke, your risk is 10 times higher.",
        "Ask your doctor: 40% of patients relapse.",
        # A verb of advice that is none
        "Use of tobacco raises the risk to 5%.",
        "Rest was best in 5%.",
        "Those who should have been treated died within 5 years.",
    ],
)
def test_a_figure_is_seen(sentence: str) -> None:
    assert find_figure(sentence) is not None


@pytest.mark.parametrize(
    "sentence",
    [
        "Stage 4 is the last stage.",
        "Stages 1 to 3 and stage IV differ.",
        "Stage four disease has spread.",
        "A 2016 study looked at this.",
        "It was found between 2010 and 2015.",
        "On 16 November 2022 it was read again.",
        "This was last read on November 16, 2022.",
        "If you are 65 or older, ask about Medicare.",
        "Ask about it if you are over 65.",
        "Call 800-555-0199 or +1 800 555 0199.",
        "Call (800) 555-0199.",
        "Call 911.",
        "We answer 24 hours a day, 7 days a week.",
        "We are there from 9 a.m. to 5 p.m.",
        "We answer within one working day.",
        "We keep your request for 30 days.",
        "Doctors use three staging systems.",
        "There are two main types.",
        "One patient was well.",
        "One day she felt better.",
        "It is a phase 2 trial, NCT03654833.",
        "PD-1 and CTLA-4 are targets.",
        "It is T1 N2 M0.",
        "See page 3.",
        "A third scan followed.",
        "She had double vision.",
        "Nobody knows.",
        "",
        # Advice, to the reader and to anybody
        "Have an A1C test at least twice a year.",
        "Twice a year, get your teeth checked.",
        "If you smoke 20 cigarettes a day, talk to your doctor.",
        "If you are younger than 64, ask about a vaccine.",
        "Lose 5% of your weight.",
        "Remember: stay 10 feet away.",
        "Adults should be tested every 3 years.",
        "Two hours after a meal, your level should be less than 180.",
        "People with diabetes should have a test 4 times a year.",
        "Screening is recommended every 3 years.",
        "You may need to take it two times a day.",
        "Limit alcohol to 2 drinks a day for men.",
        # What the reader can count, and what anatomy has counted
        "There are 3 main types.",
        "People have 23 pairs of chromosomes.",
        "The body has two kidneys.",
        "The front two-thirds of the tongue move.",
        # Names
        "HPV types 16 and 18 cause it, and so does HPV 33.",
        "Vitamin B12, 5-FU, del(5q) and 3-D pictures.",
        "COVID-19 patients stayed.",
        "Stage 3 and 4 patients.",
        "Protocol 12",
        # Places in a row, and notes
        "At first there is no pain.",
        "The 5th finger, (2) and [12].",
        "It has ended.12 Then it began.",
        # No more than "some"
        "More than one factor plays a role.",
        "One or both parents carry it.",
        "Many plans join two or more treatments.",
        # Offices
        "Write to 31 Center Drive, Bethesda, MD 20892.",
        "The 24-hour hotline is free.",
        "Last reviewed on 10/12/2015, and on May 5-7.",
        "It was rare in 2010-15.",
        "Dial 911 or 988",
    ],
)
def test_what_is_no_figure_is_left_alone(sentence: str) -> None:
    assert find_figure(sentence) is None


def test_a_figure_in_one_item_of_a_list_run_into_the_line_is_no_advice_of_another() -> None:
    assert find_figure("What to do: - Drink 8 glasses of water. - Rest.") is None
    assert find_figure("Each day you should have: - 8 glasses of water - 5 - 10 minutes of rest") is None
    assert find_figure("What to do: - Rest. - In winter, 8 liters are lost.") == (33, 34)


@pytest.mark.proof
@pytest.mark.parametrize(
    "piece",
    ["9", "9 ", "12-", "a ", "a hundred ", "stage 1, ", "you should 5 mg and ", "if you, ", "2 - ", "two or ",
     "once a ", "half of ", "9 Ab ", "the mean ", ": ", "+1 ", "call 9 ", "99 cited ", "age ", "[9] "],
)  # fmt: skip
def test_hostile_text_keeps_nobody_busy(piece: str) -> None:
    with must_end():
        find_figure(piece * ((60_000 if SIZE else 5_000) // len(piece)) + " should cite references; we 5")


def test_sentences_end_at_their_stops_and_not_at_shortened_words() -> None:
    text = "Dr. Smith said so. It took 7.3 years, i.e. long… or so? “Yes.” See p. 3 by A. Lee et al. in print! End"
    assert [text[start:end] for start, end in sentences(text)] == [
        "Dr. Smith said so.",
        "It took 7.3 years, i.e. long… or so?",
        "“Yes.”",
        "See p. 3 by A. Lee et al. in print!",
        "End",
    ]


def test_a_figure_needs_a_citation_in_its_own_sentence() -> None:
    page = compile_body("It came back in 78% of them. A study says so [@alpha]. In 12% it grew [@beta].\n")
    assert [(f.rule, f.line, f.column) for f in page.findings] == [("uncited-statistic", 7, 17)]
    assert page.findings[0].excerpt == "It came back in 78% of them."
    assert [(s.line, s.cited) for s in page.figures] == [(7, False), (7, True)]


def test_a_citation_after_the_full_stop_belongs_to_the_sentence_before() -> None:
    page = compile_body("In 78% it came back. [@alpha] In 12% it grew.[@beta] In 3% it shrank.\n")
    assert [s.cited for s in page.figures] == [True, True, False]


def test_a_sentence_is_found_on_the_line_where_it_stands() -> None:
    page = compile_body("Words that run\nover lines. Then\n*some* say 78% of them\nhad it.\n")
    assert [(f.line, f.column) for f in page.findings] == [(9, 12)]
    assert page.figures[0].line == 8
    assert page.figures[0].sentence == "Then some say 78% of them had it."


def test_a_citation_anywhere_in_an_item_a_cell_or_a_definition_covers_it() -> None:
    page = compile_body(
        "- In 78% it came back. A study says so [@alpha].\n- In 12% it grew.\n\n"
        "| A | B |\n|---|---|\n| 78% of them. Yes [@alpha]. | 12% |\n\n"
        ":::terms\nTerm\n: In 78% of them. Yes [@alpha].\n\nOther\n: In 12% of them.\n:::\n"
    )
    assert [(f.rule, f.line) for f in page.findings] == [
        ("uncited-statistic", 8),
        ("uncited-statistic", 12),
        ("uncited-statistic", 19),
    ]
    assert page.findings[1].column == 32


def test_an_inner_list_answers_for_itself() -> None:
    page = compile_body("- Outer [@alpha]\n  - In 78% it came back\n")
    assert rules(page) == ["uncited-statistic"]


def test_a_cell_of_nothing_but_a_number_is_a_figure_unless_its_column_counts() -> None:
    page = compile_body("| Stage | Months |\n|---|---|\n| 4 | 12 |\n")
    assert [(f.rule, f.line, f.column) for f in page.findings] == [("uncited-statistic", 9, 7)]


def test_callouts_stories_quotations_answers_and_the_lede_are_read_too() -> None:
    page = compile_body(
        ':::quick-fact 78% of them\nIn 12% of them.\n:::\n\n:::quote person="a-nurse"\nI lived 10 years.\n:::\n\n'
        ":::faq\n### Do 5% live longer?\nYes, 5% do.\n:::\n"
    )
    assert [f.line for f in page.findings] == [7, 8, 12, 17]


def test_code_holds_no_statements() -> None:
    assert compile_body("```\n78% of them\n```\n").figures == ()


@pytest.mark.parametrize(
    "words",
    [
        "This page features 11 cited research articles.",
        "It has 17 references.",
        "It rests on eleven scientific references.",
        "This page cites 12 sources.",
        "Read all 16 citations.",
    ],
)
def test_a_typed_count_of_references_is_found(words: str) -> None:
    assert rules(compile_body(f"{words}\n")) == ["typed-count"]


def test_other_counts_of_studies_are_no_typed_counts() -> None:
    assert rules(compile_body("Eight studies with 40 people agree [@alpha].\n")) == []
