"""The sample glossary: short, plain, kind, and marked where a reader of the long pages would stumble."""

from __future__ import annotations

import re

import pytest

from articles.markup import Library, compile_page
from articles.markup.reading_grade import grade
from articles.markup.sentences import sentences
from tests.sample_content.conftest import PAGES, Page, page_name

TERMS = [page for page in PAGES if page.is_term]
LONG_PAGES = [page for page in PAGES if page.front["kind"] in {"article", "topic_introduction"}]
MARK = re.compile(r"\[([^\]]+)\]\(/glossary/([a-z-]+)/\)")


@pytest.fixture(params=TERMS, ids=page_name)
def term(request: pytest.FixtureRequest) -> Page:
    return request.param


def paragraphs(term: Page) -> list[str]:
    return term.body.strip().split("\n\n")


def test_there_are_words_enough_to_be_of_use():
    assert len(TERMS) >= 24


def test_a_word_asks_for_six_years_of_school_at_most(term: Page):
    _, *paragraphs = compile_page(term.text, Library()).plain_text.splitlines()
    assert grade(paragraphs) <= 6


def test_a_word_is_told_in_a_few_short_sentences_and_leads_on(term: Page):
    _, definition, more, also = paragraphs(term)
    assert 1 <= len(list(sentences(definition))) <= 3
    assert 2 <= len(list(sentences(definition))) + len(list(sentences(more))) <= 7
    assert also.startswith("See also: [")


def test_a_definition_needs_no_source_because_it_stands_on_other_pages_too(term: Page):
    assert "[@" not in paragraphs(term)[1]


def test_a_word_does_not_lead_to_itself(term: Page):
    assert f"({term.address})" not in term.body


def test_the_long_pages_mark_words_and_those_that_are_there():
    known = {term.front["address"].removeprefix("glossary/") for term in TERMS}
    marked = [key for page in LONG_PAGES for _, key in MARK.findall(page.body)]
    assert set(marked) <= known
    assert len(set(marked)) >= 16


@pytest.mark.parametrize("page", LONG_PAGES, ids=page_name)
def test_no_section_marks_a_word_twice(page: Page):
    """Only the first would lead anywhere."""
    for section in re.split(r"^## ", page.body, flags=re.MULTILINE):
        keys = [key for _, key in MARK.findall(section)]
        assert len(keys) == len(set(keys)), section.splitlines()[0]


def test_symptoms_carry_the_names_that_stand_in_medical_notes(stage_4: Page):
    symptoms = stage_4.body.split("## What are the symptoms?")[1].split("\n## ")[0]
    assert {"dyspnea", "pleural effusion", "dysphagia", "ascites"} <= {words for words, _ in MARK.findall(symptoms)}
