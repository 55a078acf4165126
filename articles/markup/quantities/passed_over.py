"""Numbers that measure nothing: of stages, pages and figures, of dates and years, and those in names."""

from __future__ import annotations

from ..amounts import Tokens, amount_at
from .counts import noun_at
from .periods import past_percent_or_period
from .surroundings import ends_a_name, is_month, is_year
from .vocabulary import ALSO_COUNTED, NUMBERED


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
