"""Readers can follow every page: eight years of school are enough, for the page and for each section of it."""

from __future__ import annotations

import pytest

from articles.markup import CompiledPage, Library, compile_page
from articles.markup.reading_grade import grade
from tests.sample_content.conftest import Page


@pytest.fixture
def compiled(page: Page) -> CompiledPage:
    return compile_page(page.text, Library())


def test_a_page_asks_for_eight_years_of_school_at_most(page: Page, compiled: CompiledPage):
    # Words of the glossary are too short for the compiler to grade: test_glossary.py grades them.
    assert (compiled.reading.grade is None) == page.is_term
    assert compiled.reading.grade is None or compiled.reading.grade <= 8


def test_no_section_asks_for_more(compiled: CompiledPage):
    assert compiled.reading.hard_sections == ()


def test_no_paragraph_is_much_harder_than_its_page(compiled: CompiledPage):
    # A short one, such as the name of an operation, has no meaningful grade.
    paragraphs = [line for line in compiled.plain_text.splitlines() if len(line.split()) >= 30]
    assert [line for line in paragraphs if grade([line]) > 12] == []
