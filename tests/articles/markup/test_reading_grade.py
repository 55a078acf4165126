"""The reading grade: counted as published, told to the nearest half year, and shown where it is too high."""

from __future__ import annotations

import pytest

from articles.markup import CompiledPage
from articles.markup.reading_grade import AIM, MOST_WORDS, flesch_kincaid, grade, syllables, words_in

from .sample_library import OPENING, compile_body, rules

# Abraham Lincoln, 1863 (the Bliss copy).
GETTYSBURG = """\
Four score and seven years ago our fathers brought forth on this continent, a new nation, conceived in Liberty, and \
dedicated to the proposition that all men are created equal. Now we are engaged in a great civil war, testing whether \
that nation, or any nation so conceived and so dedicated, can long endure. We are met on a great battle-field of that \
war. We have come to dedicate a portion of that field, as a final resting place for those who here gave their lives \
that that nation might live. It is altogether fitting and proper that we should do this. But, in a larger sense, we \
can not dedicate—we can not consecrate—we can not hallow—this ground. The brave men, living and dead, who struggled \
here, have consecrated it, far above our poor power to add or detract. The world will little note, nor long remember \
what we say here, but it can never forget what they did here. It is for us the living, rather, to be dedicated here \
to the unfinished work which they who fought here have thus far so nobly advanced. It is rather for us to be here \
dedicated to the great task remaining before us—that from these honored dead we take increased devotion to that cause \
for which they gave the last full measure of devotion—that we here highly resolve that these dead shall not have died \
in vain—that this nation, under God, shall have a new birth of freedom—and that government of the people, by the \
people, for the people, shall not perish from the earth."""

# As dictionaries divide them.
SYLLABLES = {
    1: "a tongue smile while whole friend cough scan tube health breathe lived shaped eased choice through 7.3",
    2: "fatigue muscle science patient quiet value cancer disease people treatment removed needed tissue ago often",
    3: "area nausea trachea oxygen's median hospital surgery however happily asbestos exercise infection abdomen idea",
    4: "convenient radiation diagnosis information operation palliative especially experience biology available",
    5: "peritoneal chemotherapy pericardial epithelial university examination",
    6: "mesothelioma immunotherapy responsibility",
}
HARD = "Multimodality interventions incorporating cytoreductive operations necessitate considerable deliberation. "
LONG = "One and two and three and four and five and six and seven and eight and nine and ten and eleven and more."


def known() -> list[tuple[str, int]]:
    return [(word, count) for count, words in SYLLABLES.items() for word in words.split()]


def test_the_formula_gives_the_published_grades():
    # The lowest there can be; Dr. Seuss's "Green Eggs and Ham": 5.7 words to a sentence, 1.02 syllables to a word.
    assert flesch_kincaid(words=1, sentences=1, syllables=1) == pytest.approx(-3.40)
    assert flesch_kincaid(words=570, sentences=100, syllables=581) == pytest.approx(-1.3, abs=0.05)
    # 6 words, 1 sentence, 6 syllables.
    assert grade(["The cat sat on the mat."]) == pytest.approx(-1.45, abs=0.01)


def test_a_known_text_gets_its_known_grade_to_half_a_year():
    # Microsoft Word counts 271 words in 10 sentences, a reading ease of 65 and so a grade of 10.9.
    assert len(words_in(GETTYSBURG)) == pytest.approx(271, abs=1)
    assert grade([GETTYSBURG]) == pytest.approx(10.9, abs=0.5)


@pytest.mark.parametrize(("word", "count"), known())
def test_syllables_are_counted_as_they_are_said(word: str, count: int):
    assert syllables(word) == count


def test_a_rule_of_thumb_is_wrong_about_some_words_and_seldom_by_more_than_one():
    wrong = {"every": 2, "business": 2, "reacted": 3, "poem": 2, "cooperate": 4, "pleural": 2, "naïve": 2, "Aïda": 3}
    assert all(abs(syllables(word) - count) <= 1 for word, count in wrong.items())


def test_no_words_have_no_grade():
    with pytest.raises(ValueError, match="no words"):
        grade([])


def page_of(section: str) -> CompiledPage:
    return compile_body(f"{section}\n\n## Second part\n\n{'You can ask us. ' * 60}\n")


def test_a_hard_section_is_named_with_its_longest_sentences():
    hardest = "Immunotherapeutic interventions necessitate " + "considerable multidisciplinary " * 8 + "deliberation."
    page = page_of(f"{HARD * 15}\n\nShort words.\n{hardest}")
    (section,) = page.reading.hard_sections
    assert (section.heading, section.line) == ("First part", 5)
    assert section.grade > AIM
    assert [sentence.words for sentence in section.longest] == [20, 8, 8]
    assert (section.longest[0].line, section.longest[0].column) == (10, 1)
    assert section.longest[0].text == hardest
    (finding,) = [finding for finding in page.findings if "section" in finding.message]
    assert (finding.rule, finding.severity, finding.line) == ("reading-grade", "warning", 5)
    assert f"This section asks for {section.grade} years of school." in finding.message


def test_a_page_above_the_aim_is_told_at_its_title():
    page = compile_body(HARD * 40)
    assert page.reading.grade is not None
    assert page.reading.grade > AIM
    assert [(f.rule, f.line) for f in page.findings] == [("reading-grade", 1), ("reading-grade", 5)]


def test_a_page_in_plain_words_has_a_grade_and_no_findings():
    page = page_of("You may feel short of breath. " * 20)
    assert page.reading.grade is not None
    assert page.reading.grade < 4
    assert page.reading.hard_sections == ()
    assert page.findings == ()


def test_few_words_have_no_grade():
    page = compile_body(HARD * 5)
    assert page.reading.grade is None
    assert page.findings == ()


def test_headings_terms_questions_and_tables_are_no_sentences():
    page = compile_body(
        f"## {HARD}\n\n:::terms\n{HARD}\n: Short words.\n:::\n\n| {HARD} |\n| --- |\n| {HARD} |\n\n"
        f":::warning {HARD}\nCall us.\n:::\n\n:::faq\n### {HARD}?\nYes.\n:::\n\n{'You can ask us. ' * 60}\n"
    )
    assert page.reading.grade is not None
    assert page.reading.grade < 1


@pytest.mark.parametrize("before", ["", "- ", "> ", "Term\n: ", ":::warning\n"])
def test_a_long_sentence_is_found_where_it_stands(before: str):
    page = compile_body(f"{before}Short. **So** says [@alpha]. {LONG}\n{':::' * before.startswith(':')}\n")
    words = len(words_in(LONG))
    assert words == MOST_WORDS - 2
    assert rules(page) == []
    longer = LONG.replace("more.", "then *some* more still.")
    page = compile_body(f"{before}Short. **So** says [@alpha]. {longer}\n{':::' * before.startswith(':')}\n")
    (finding,) = page.findings
    assert (finding.rule, finding.severity) == ("long-sentence", "warning")
    assert "This sentence has 26 words." in finding.message
    text = f"{OPENING}{before}Short. **So** says [@alpha]. {longer}".split("\n")
    assert text[finding.line - 1][finding.column - 1 :].startswith("One and two")
