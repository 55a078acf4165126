"""Readers can follow every page: eight years of school are enough, and no section asks for more than nine."""

from __future__ import annotations

import pytest

from tests.sample_content.conftest import Page
from tests.sample_content.reading_grade import grade, page_grade, plain_blocks, sections, syllables


def test_a_page_asks_for_eight_years_of_school_at_most(page: Page):
    assert page_grade(page.text) <= 8


def test_no_section_asks_for_more_than_nine(page: Page):
    harder = {section.heading: round(section.grade, 1) for section in sections(page.text) if section.grade > 9}
    assert not harder


def test_no_paragraph_is_much_harder_than_its_page(page: Page):
    # A short block, such as the name of an operation, has no meaningful grade.
    blocks = [block for block in plain_blocks(page.body) if not block.startswith("#") and len(block.split()) >= 30]
    assert [block for block in blocks if grade([block]) > 12] == []


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("cancer", 2),
        ("disease", 2),
        ("people", 2),
        ("treatment", 2),
        ("removed", 2),
        ("needed", 2),
        ("median", 3),
        ("radiation", 4),
        ("diagnosis", 4),
        ("peritoneal", 5),
        ("chemotherapy", 5),
        ("mesothelioma", 6),
        ("12", 1),
    ],
)
def test_syllables_are_counted_as_they_are_said(word: str, count: int):
    assert syllables(word) == count


def test_a_known_text_gets_its_known_grade():
    # 6 words, 1 sentence, 6 syllables: 0.39 * 6 + 11.8 * 1 - 15.59
    assert grade(["The cat sat on the mat."]) == pytest.approx(-1.45, abs=0.01)


def test_citations_directives_and_link_targets_are_not_read_as_words():
    text = "## Head\n\n::offer case-review\n\nSee [the page](/a/b/) now [@key2020; @other].\n"
    assert plain_blocks(text) == ["## Head", "See the page now."]


def test_no_words_have_no_grade():
    with pytest.raises(ValueError, match="no words"):
        grade([])
