"""What stands at a place in a text, or before it, that tells what a number there is: small looks, each in one place.

A look that returns a place returns 0 if what it looks for is not there.
"""

from __future__ import annotations

from collections.abc import Container

from ..amounts import Tokens
from .vocabulary import IS_COUNTED, LONGEST_BEFORE, MONTH_NAMES, PERCENT, PERIODS, RISING, UNITS

# The plain hyphen and the one that breaks no line; a longer dash joins no name.
_HYPHENS = frozenset("-‑")


def is_month(tokens: Tokens, index: int) -> bool:
    """Say whether the name of a month stands at ``index``: "May", but not "may"."""
    return tokens.word(index) in MONTH_NAMES and tokens[index].written[0].isupper()


def is_year(tokens: Tokens, index: int) -> bool:
    """Say whether the number at ``index`` is a year of the calendar."""
    text = tokens.word(index)
    if not (len(text) == 4 and text.isdecimal() and 1900 <= int(text) <= 2099):
        return False
    after = tokens.word(index + 1)
    is_amount = after in IS_COUNTED or after in UNITS or after in PERIODS
    return not is_amount or tokens.word(index - 1) in ("in", "since", "until")


def ends_a_name(tokens: Tokens, index: int) -> bool:
    """Say whether the number at ``index`` is the 1 of "BRCA1" or the 19 of "COVID-19"."""
    start = tokens[index].start
    last, before = tokens.text[max(0, start - 1) : start], tokens.text[max(0, start - 2) : max(0, start - 1)]
    return last.isalpha() or last == "_" or (last in _HYPHENS and before.isalpha())


def is_after_a_change(tokens: Tokens, index: int) -> bool:
    """Say whether the two numbers from ``index`` on are no range, as in "rose from 5 to 9"."""
    return not RISING.isdisjoint(tokens.words(index - 5, index))


def past_percent(tokens: Tokens, index: int) -> int:
    """Return the token after "%", "per cent" and the like at ``index``."""
    if tokens.word(index) in PERCENT:
        return index + 1
    return index + 2 if tokens.words(index, index + 2) == ("per", "cent") else 0


def phrase_before(tokens: Tokens, index: int, phrases: Container[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the longest of ``phrases`` that stands right before ``index``, or nothing."""
    for length in range(min(LONGEST_BEFORE, index), 0, -1):
        phrase = tokens.words(index - length, index)
        if phrase in phrases:
            return phrase
    return ()
