"""Reading the quantities of a text from left to right: what is read at each place, and what is passed over."""

from __future__ import annotations

import re

from ..amounts import Tokens, amount_at, tokens_of
from .ages import age_in_decades
from .in_words import factor_in_words, fraction_in_words, quantifier
from .intervals import past_spread
from .making import Found
from .numbers import number
from .passed_over import NAMES_AND_TIMES, blotted, past_numbering
from .periods import a_period, half_a_period
from .quantity import Quantity
from .shares import bounds_of_an_interval
from .subjects import with_subjects
from .surroundings import is_year

# A paragraph has less; what comes after it is not read, so that no text takes long.
LONGEST_TEXT = 8_000

_NO_QUANTITY = re.compile(
    "|".join(
        (
            r"\[[^\[\]\n]{0,300}@[^\[\]\n]{0,300}\]",
            r"\[\d{1,3}(?:[-–,] ?\d{1,3}){0,20}\](?=[\s.,;:]|$)",
            *NAMES_AND_TIMES,
            r"\b10\.\d{4,9}/\S{1,200}|\b\d{1,2}:\d\d\b|\b\d{1,3}(?:st|nd|rd|th)\b",
            r"\b(?:one|two|three|\d) times (?:a|per|each|every) \w{3,5}\b",
            r"\b(?:once|twice) (?:a|per|each|every) \w{3,5}\b|\b(?:once|twice) (?:dai|week|month|year)ly\b",
        )
    ),
    re.IGNORECASE,
)


def quantities(sentence: str) -> tuple[Quantity, ...]:
    """Return the quantities of ``sentence`` (or of a few sentences) in the order in which they stand."""
    text = blotted(_NO_QUANTITY, sentence[:LONGEST_TEXT])
    return tuple(with_subjects(text, _found_in(tokens_of(text))))


def years(sentence: str) -> tuple[int, ...]:
    """Return the years of the calendar that ``sentence`` names, in order."""
    tokens = tokens_of(sentence[:LONGEST_TEXT])
    return tuple(int(token.text) for index, token in enumerate(tokens.listed) if is_year(tokens, index))


def _found_in(tokens: Tokens) -> list[Found]:
    """Return the quantities of a text, each with the words that it is not about."""
    found: list[Found] = []
    index = 0
    while index < len(tokens.listed):
        last = found[-1] if found else None
        if past := past_spread(tokens, index, last) or past_numbering(tokens, index):
            index = past
        elif quantity := _quantity_at(tokens, index, last):
            found.append(quantity)
            index = quantity.end
        else:
            # A number that is no quantity is passed as a whole.
            amount = amount_at(tokens, index)
            index = amount.end if amount else index + 1
    return found


def _quantity_at(tokens: Tokens, index: int, last: Found | None) -> Found | None:
    """Return the quantity that begins at ``index``, after the one found ``last``; or None."""
    return (
        bounds_of_an_interval(tokens, index)
        or quantifier(tokens, index, last)
        or factor_in_words(tokens, index)
        or fraction_in_words(tokens, index)
        or half_a_period(tokens, index)
        or a_period(tokens, index)
        or age_in_decades(tokens, index)
        or number(tokens, index)
    )
