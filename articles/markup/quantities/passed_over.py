"""Numbers that measure nothing: of stages, pages and figures, of dates, times and years, and those in names."""

from __future__ import annotations

import re

from ..amounts import Tokens, amount_at
from .counts import noun_at
from .periods import past_percent_or_period
from .surroundings import ends_a_name, is_month, is_year
from .vocabulary import ALSO_COUNTED, NUMBERED

NAMES_AND_TIMES = (
    # Telephone numbers
    r"\+\d[\d \u00a0().-]{6,20}\d",
    r"(?<![\w.,])(?:1[-. ])?\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}\b",
    r"\b(?:call|dial|text|phone|ring)[ \u00a0](?:or text[ \u00a0])?[\d(][\d \u00a0().-]{0,20}\d\b",
    # Hours of service, times of day, dates
    r"\b(?:24|twenty-four) hours (?:a|per) day\b|\b(?:7|seven) days (?:a|per) week\b|\b24/7\b",
    r"\b\d{1,2}(?::\d\d)? ?[ap](?:\.m\.?|m)(?!\w)",
    r"\b\d{4}-\d\d-\d\d\b|\b\d{1,2}/\d{1,2}/\d{2,4}\b",
    # Trials, places on the web
    r"\b(?:NCT|ISRCTN)\d{4,12}\b|https?://\S{1,500}",
)


def blotted(pattern: re.Pattern[str], text: str) -> str:
    """Return ``text`` with all that ``pattern`` finds made unreadable; the rest stays in its place."""
    return pattern.sub(lambda found: "\u2063" * len(found[0]), text)


def past_numbering(tokens: Tokens, index: int) -> int:
    """Return where to go on after the number of a stage, a date or a year, or 0 if there is none at ``index``."""
    word = tokens.word(index)
    is_label = word in NUMBERED or (word == "no" and tokens.word(index + 1) == ".")
    if is_label and (past := _past_numbers(tokens, index + 1, may_count=word in ALSO_COUNTED)):
        return past
    if is_month(tokens, index) and tokens.is_number(index + 1):
        has_year = tokens.word(index + 2) == "," and tokens.is_number(index + 3)
        return index + 4 if has_year else index + 2
    if not tokens.is_number(index):
        return 0
    is_date = is_month(tokens, index + 1) or is_month(tokens, index - 1) or is_year(tokens, index)
    return index + 1 if is_date or ends_a_name(tokens, index) else 0


def _past_numbers(tokens: Tokens, index: int, *, may_count: bool) -> int:
    """Return the token after the numbers at ``index`` that name stages and the like, or 0 if none do."""
    past = 0
    if tokens.word(index) in (".", "-"):
        index += 1
    while amount := amount_at(tokens, index):
        if past_percent_or_period(tokens, amount.end) or (may_count and noun_at(tokens, amount.end)):
            return past
        past = amount.end
        if tokens.word(past) in ("a", "b", "c") and tokens[past].start == tokens[past - 1].end:
            past += 1
        index = past + (tokens.word(past) in (",", "-", "/", "to", "or", "and"))
        if index == past or not tokens.is_number(index):
            return past
    return past
