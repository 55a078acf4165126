"""What a reader typed, understood: words, phrases, words left out, other names."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Synonym
from articles.search.asked import pieces_of, understand


def matches(question: str, text: str) -> bool:
    """Whether a page that says just this has what was asked for. The index of terms may not miss it."""
    asked = understand(question)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT articles_terms(words) @@ %s::tsquery, words @@ %s::tsquery"
            " FROM setweight(articles_vector(%s), 'D') AS words",
            [asked.terms(), asked.words(), text],
        )
        by_terms, by_words = cursor.fetchone()
    assert by_terms or not by_words
    return bool(by_words if asked.is_phrased else by_terms)


@pytest.mark.parametrize(
    ("question", "text", "found"),
    [
        ("pain", "Pains in the chest.", True),
        ("chest pain", "Pain is felt in the chest.", True),
        ("chest pain", "Pain is felt in the back.", False),
        ('"chest pain"', "The chest pain comes and goes.", True),
        ('"chest pain"', "The chest has no pain.", False),
        ('"pain in the chest"', "Pain in the chest comes and goes.", True),
        ("pain -chest", "Pain is felt in the back.", True),
        ("pain -chest", "Pain is felt in the chest.", False),
        ('pain -"chest wall"', "Pain in the chest, not in its wall.", True),
        ('pain -"chest wall"', "Pain in the chest wall.", False),
        ("pain or cough", "A cough.", True),
        ("pain OR cough", "Pain.", True),
        ("pain or cough", "A fever.", False),
        ("chest pain or dry cough", "A dry cough.", True),
        ("chest pain or dry cough", "A dry chest.", False),
        ("“chest pain”", "The chest has no pain.", False),
        ("stage 4", "In stage-4 cancer", True),
        ("stage-4", "Stage 4 is the last.", True),
        ('"stage 4"', "Stage-4 mesothelioma", True),
        ("non-small-cell", "A non small cell cancer", True),
        ("café", "The cafe is open.", True),
        ("cafe", "The café is open.", True),
        ("PAIN", "pain", True),
        ('"unclosed phrase', "An unclosed phrase", True),
        ('"unclosed phrase', "A phrase is unclosed", False),
    ],
)
def test_what_a_question_asks_for(db: None, question: str, text: str, found: bool) -> None:
    assert matches(question, text) is found


@pytest.mark.parametrize(
    ("question", "text", "found"),
    [
        ("asbestos cancer", "Mesothelioma is rare.", True),
        ("mesothelioma", "Asbestos cancer is rare.", True),
        ("asbestos cancer", "Cancer that asbestos causes.", True),
        ("mesothelioma", "Cancer that asbestos causes.", False),
        ("fluid in the lungs", "A pleural effusion was drained.", True),
        ("Fluid in Lung", "A pleural effusion was drained.", True),
        ("pleural effusions", "There was fluid in a lung.", True),
        ("draining fluid in the lung", "A pleural effusion was drained.", True),
        ("draining fluid in the lung", "A pleural effusion was seen.", False),
        ("effusion", "There was fluid in a lung.", False),
        ('"asbestos cancer"', "Mesothelioma is rare.", False),
        ('"fluid in the lung"', "A pleural effusion was drained.", False),
        ("lung -chemo", "Chemotherapy for the lung", True),
        ("chemo or surgery", "Chemotherapy", True),
        ("chemo pain", "Chemotherapy can ease pain", True),
    ],
)
def test_other_names_are_taken_for_what_was_typed_but_not_in_quotation_marks(
    synonyms: None, question: str, text: str, found: bool
) -> None:
    assert matches(question, text) is found


@pytest.mark.parametrize(
    ("question", "text", "found"),
    [
        ("is my husband going to cough", "A cough.", True),
        ("what does pleura mean?", "The pleura is a lining.", True),
        ("I’m going to cough", "A cough.", True),
        ("my husband", "A husband and wife.", True),  # nothing else is asked for
        ("my husband", "A cough.", False),
        ("cough -husband", "A husband's cough.", False),
        ('"husband cough"', "A cough.", False),
    ],
)
def test_the_words_around_what_is_asked_for_are_left_out(db: None, question: str, text: str, found: bool) -> None:
    assert matches(question, text) is found


@pytest.mark.parametrize(
    ("question", "text", "found"),
    [
        ("stage4", "At stage 4, it has spread.", True),
        ("stage4", "The first stage. A dose of 4.", False),
        ("brca1", "A protein called BRCA1.", True),
    ],
)
def test_letters_joined_with_digits_are_read_as_two_words_as_well(
    db: None, question: str, text: str, found: bool
) -> None:
    assert matches(question, text) is found


@pytest.mark.parametrize(
    ("question", "text", "found"),
    [
        ("how long have we got", "The outlook.", True),
        ("How long, does my wife have?", "The outlook.", True),
        ("a long scar", "The outlook.", False),
        ("outlook", "A long scar.", False),
    ],
)
def test_a_name_of_which_search_knows_one_word_is_taken_only_as_it_was_said(
    db: None, question: str, text: str, found: bool
) -> None:
    Synonym.objects.create(lay="how long", clinical="outlook")
    assert matches(question, text) is found


def test_who_asks_about_dying_is_shown_the_outlook_and_not_the_other_way_round(db: None) -> None:
    Synonym.objects.create(lay="dying", clinical="outlook")
    assert matches("my husband is dying", "The outlook.")
    assert not matches("my husband is dying", "Many people died.")
    assert not matches("outlook", "Many people died.")
    assert matches("my husband died", "Many people died.")
    assert not matches("my husband died", "The outlook.")


def test_a_question_is_read_with_two_queries_however_long(synonyms: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        understand("pain " * 30 + '"a phrase" or another -without')
    assert len(queries) == 2


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ('a "b c" -d', [("a", False, False), ("b c", True, False), ("d", False, True)]),
        ('-"b c"', [("b c", True, True)]),
        ("a - b", [("a", False, False), ("-", False, False), ("b", False, False)]),
        ('a"b', [("a", False, False), ("b", True, False)]),
        ('""', [("", True, False)]),
        ("−surgery –pain", [("surgery", False, True), ("pain", False, True)]),
    ],
)
def test_pieces(text: str, pieces: list[tuple[str, bool, bool]]) -> None:
    found = pieces_of(text)
    assert [(piece.text, piece.in_quotes, piece.left_out) for piece in found] == pieces
    assert all(text[piece.start : piece.end] == piece.text for piece in found)


@pytest.mark.parametrize("question", ["", "the", "of the", "-", '""', "!!", "-surgery", '-"chest pain"', "or", "or or"])
def test_where_nothing_is_asked_for_there_is_nothing_to_look_for(db: None, question: str) -> None:
    asked = understand(question)
    assert asked.sides == ()
    assert asked.only_without is ("surgery" in question or "chest" in question)


def test_fewer_and_fewer_of_the_words_will_do(db: None) -> None:
    counts = [{len(side.parts) for side in some.sides} for some in understand("one two three four five").with_some()]
    assert counts == [{4}, {3}, {1}]
    assert list(understand("pain").with_some()) == []
    assert [len(some.sides) for some in understand("pain cough").with_some()] == [2]
