"""Shares in numbers: "57.7%", "12%–15%", "7 in 100", "one in five", "19 of 35 patients", "0.3 per 100,000"."""

from __future__ import annotations

from dataclasses import replace

from ..amounts import Amount, Tokens, amount_at
from .counts import noun_at
from .making import Found, Numbers, made, made_of, made_of_one
from .periods import past_percent_or_period
from .quantity import SPOKEN_STEP, Dimension
from .surroundings import is_after_a_change, is_year, past_percent
from .vocabulary import LIKELIER, PEOPLE

_ABOUT = frozenset({"about", "around", "nearly", "almost", "over", "roughly"})


def percentage(tokens: Tokens, numbers: Numbers) -> Found | None:
    """Read "57.7%", "12 to 15%" and "12%–15%"."""
    first, end = numbers.first, past_percent(tokens, numbers.end)
    if not end:
        return None
    if tokens.word(end) in ("points", "point"):
        return made_of(tokens, Dimension.MEASURE, numbers, end + 1, noun="percentage points")
    scale = 0.001 if tokens.word(numbers.end) == "‰" else 0.01
    if not numbers.is_range:
        numbers, end = _with_second_percentage(tokens, first, end)
    found = made_of(tokens, Dimension.SHARE, numbers, end, scale=scale)
    begin = first.begin - (tokens.word(first.begin - 1) in _ABOUT)
    is_by = "by" in (tokens.word(first.begin - 1), tokens.word(begin - 1))
    found.changes = is_by or tokens.word(end) in LIKELIER
    return found


def _with_second_percentage(tokens: Tokens, first: Amount, end: int) -> tuple[Numbers, int]:
    """Return "12%–15%", of which ``first`` is the 12, as numbers and the token after them; or ``first`` alone."""
    alone = Numbers(first, first, first.end), end
    joint = tokens.word(end)
    between = tokens.word(first.begin - 1) == "between"
    if joint not in ("-", "to") and not (joint == "and" and between):
        return alone
    second = amount_at(tokens, end + 1)
    closing = past_percent(tokens, second.end) if second else 0
    if not second or not closing or second.value <= first.value or is_after_a_change(tokens, first.begin):
        return alone
    return Numbers(first, second, second.end), closing


def so_many_in(tokens: Tokens, numbers: Numbers) -> Found | None:
    """Read "7 in 100", "one in five", "3 out of 10", "19 of 35 patients", "19/35", "0.3 per 100,000"."""
    first = numbers.first
    joint, whole = _whole(tokens, first)
    if whole is None or whole.value < max(first.value, 2) or past_percent_or_period(tokens, whole.end):
        return None
    if whole.value < 1_000 if joint == "per" else not first.value.is_integer():
        return None
    noun, end = noun_at(tokens, whole.end) or ("", whole.end)
    in_digits = tokens.is_number(first.begin) and tokens.is_number(whole.begin)
    if joint == "of" and not in_digits and noun not in ("people", "case", "tumor"):
        return None
    if joint == "/" and tokens.word(whole.end) not in ("(", ")", *PEOPLE):
        return None
    is_rate = joint not in ("of", "/") and (whole.value <= 10 or whole.value in (100, 1_000, 10_000, 100_000))
    step = SPOKEN_STEP if is_rate and whole.value <= 10 else min(0.01, first.step / whole.value)
    found = made_of_one(tokens, Dimension.SHARE, Amount(first.value / whole.value, step, first.begin, end))
    found.taken = (found.quantity.start, tokens[whole.end - 1].end)
    if not is_rate:
        found.quantity = replace(found.quantity, of=(first.value, whole.value))
    return found


def _whole(tokens: Tokens, first: Amount) -> tuple[str, Amount | None]:
    """Return the word that joins ``first`` to what it is a part of, and that whole; or None for the whole."""
    joint, past = tokens.word(first.end), first.end + 1
    if tokens.words(first.end, first.end + 2) == ("out", "of"):
        past += 1
    elif joint not in ("in", "of", "/", "per"):
        return joint, None
    while tokens.word(past) in ("every", "the", "all", "these", "those"):
        past += 1
    return joint, None if is_year(tokens, past) else amount_at(tokens, past)


def bounds_of_an_interval(tokens: Tokens, index: int) -> Found | None:
    """Read "as low as 37% or as high as 77%"."""
    if tokens.words(index, index + 3) != ("as", "low", "as"):
        return None
    low = _plain_percentage(tokens, index + 3)
    for ahead in range(low.end, low.end + 4) if low else ():
        if tokens.words(ahead, ahead + 3) == ("as", "high", "as"):
            high = _plain_percentage(tokens, ahead + 3)
            if low and high:
                share = Dimension.SHARE
                return made(tokens, share, low.value / 100, high.value / 100, "range", index, high.end, step=0.01)
    return None


def _plain_percentage(tokens: Tokens, index: int) -> Amount | None:
    """Return the amount of "about 37%" at ``index``, with its unit."""
    index += tokens.word(index) in _ABOUT
    amount = amount_at(tokens, index)
    end = past_percent(tokens, amount.end) if amount else 0
    return replace(amount, end=end) if amount and end else None
