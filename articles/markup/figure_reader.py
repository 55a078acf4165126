"""The first figure of a sentence that needs a source: a number, and what around it makes it one.

A number in digits is a figure unless it names, dates or orders something, or counts what the reader can count too
("3 kinds", "2 lungs"). A number in words is one only with what makes it a measure: percent, a unit, people, a bound
("at least two"), "three times more". Which is which, and why, is told in tests/articles/markup/labelled/README.md.
"""

from __future__ import annotations

from collections.abc import Iterator

from .amounts import BIG_NUMBERS, Tokens, amount_at, tokens_of
from .figure_numbers import Figure, Kind, figure, is_of_a_body, number, past_labels, past_rank
from .figure_words import ABOUT, BOUNDS, MANY, NEVER_SHARES, ONE_OF_TWO_HALVES, ORDINALS, SEEDS, SPANS
from .quantities.surroundings import phrase_before
from .quantities.vocabulary import AGE_DECADES, EACH, FACTORS, FRACTIONS, HIS, LIKELY, OF_PEOPLE


def figures(text: str) -> Iterator[Figure]:
    """Yield the figures of ``text``, from left to right."""
    tokens = tokens_of(text)
    index = 0
    while word := tokens.word(index):
        if word not in SEEDS and not tokens.is_number(index):
            index += 1
            continue
        # "A hundred" begins with a word that begins much else.
        begins_before = word in BIG_NUMBERS and tokens.word(index - 1) == "a"
        amount = amount_at(tokens, index - begins_before)
        if amount is None:
            found = _in_words(tokens, index)
            index += 1
        else:
            past = past_labels(tokens, amount)
            found = None if past else number(tokens, amount)
            index = past or amount.end
        if found:
            yield found


def _in_words(tokens: Tokens, index: int) -> Figure | None:
    """Return the figure that the word at ``index`` begins, or None."""
    word, following = tokens.word(index), tokens.word(index + 1)
    if word in MANY:
        return figure(tokens, Kind.COUNT, index, index + 2) if following == "of" else None
    if word in BIG_NUMBERS:
        return figure(tokens, Kind.COUNT, index, index + 1) if tokens.word(index - 1) == "several" else None
    if word in SPANS:
        # "Less than a year"; but "twice a year" is told by its first word.
        bounded = tokens.word(index - 1) in ("a", "an") and phrase_before(tokens, index - 1, ABOUT)
        return figure(tokens, Kind.SPAN, index - 1, index + 1) if bounded else None
    if word in AGE_DECADES:
        return figure(tokens, Kind.VALUE, index, index + 1) if _is_whose(tokens, index) else None
    if word in ("once", "twice"):
        return _once_or_twice(tokens, index)
    if word in FACTORS or word == "hundredfold":
        plain = word in ("double", "triple", "quadruple", "halve", "halves")
        changes = not plain or following in HIS or following in ("the", "that")
        return figure(tokens, Kind.SHARE, index, index + 1) if changes else None
    if word == "half":
        return _half(tokens, index)
    if word in ORDINALS and (rank := past_rank(tokens, index + 1, index) or _past_ordinal_span(tokens, index + 1)):
        return figure(tokens, Kind.VALUE, index, rank)
    if word in FRACTIONS and tokens.word(index - 1) in ("a", "an"):
        told = following == "of" or following in OF_PEOPLE or phrase_before(tokens, index - 1, ABOUT)
        return figure(tokens, Kind.SHARE, index - 1, index + 1) if told else None
    return None


def _is_whose(tokens: Tokens, index: int) -> bool:
    """Whether "in her" or "in his early" stands before a decade of life."""
    return not HIS.isdisjoint(tokens.words(index - 4, index)) and "in" in tokens.words(index - 5, index)


def _once_or_twice(tokens: Tokens, index: int) -> Figure | None:
    following = tokens.word(index + 1)
    is_rate = following in EACH and tokens.word(index + 2) in SPANS
    is_daily = following in ("daily", "weekly", "monthly", "yearly")
    if is_rate or is_daily:
        return figure(tokens, Kind.VALUE, index, index + 3)
    if tokens.word(index) == "twice" and (following in LIKELY or phrase_before(tokens, index, BOUNDS)):
        return figure(tokens, Kind.SHARE, index, index + 1, likely=True)
    return None


def _half(tokens: Tokens, index: int) -> Figure | None:
    before, following = tokens.word(index - 1), tokens.word(index + 1)
    if following in ("a", "an") and tokens.word(index + 2) in SPANS:
        return figure(tokens, Kind.SPAN, index, index + 3)
    if following in NEVER_SHARES or before in ONE_OF_TWO_HALVES or is_of_a_body(tokens, index + 1):
        return None
    return figure(tokens, Kind.SHARE, index, index + 1)


def _past_ordinal_span(tokens: Tokens, index: int) -> int:
    """Return the token after "first year of", or 0: "the first day of school" only orders."""
    index += tokens.word(index) == "few"
    if tokens.word(index) not in SPANS or tokens.word(index + 1) not in ("of", "after", "following"):
        return 0
    is_day = tokens.word(index) in ("day", "night") and tokens.word(index + 2) != "life"
    return 0 if is_day else index + 2
