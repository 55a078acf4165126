"""Lengths of time: "12 to 21 months", "18 months to 3 years", "a two-year remission", "half a year", "under a year"."""

from __future__ import annotations

from dataclasses import dataclass

from ..amounts import AND_A_HALF, Amount, Tokens, amount_at
from .making import Found, Numbers, bound_before, made, made_of, made_of_one
from .quantity import Dimension
from .surroundings import is_after_a_change, past_percent
from .vocabulary import BEFORE_PERIODS, MONTHS, PERIODS


@dataclass(frozen=True, slots=True)
class Period:
    """The word for a period after a number: its months, the token after it, and whether a dash joins it."""

    months: float
    end: int
    dashed: bool


def period_at(tokens: Tokens, index: int) -> Period | None:
    """Return the period at ``index``, as in "12 full months" and "two-year"."""
    ahead = tokens.past_dash(index)
    dashed = ahead > index
    if not dashed and tokens.word(ahead) in BEFORE_PERIODS:
        ahead += 1
    months = PERIODS.get(tokens.word(ahead))
    return Period(months, ahead + 1, dashed) if months else None


def past_percent_or_period(tokens: Tokens, index: int) -> int:
    """Return the token after "%", "months" and the like at ``index``, or 0."""
    if past := past_percent(tokens, index):
        return past
    period = period_at(tokens, index)
    return period.end if period else 0


def duration(tokens: Tokens, numbers: Numbers) -> Found | None:
    """Read "12 to 21 months", "18 months to 3 years", "a two-year remission"."""
    first = numbers.first
    period = period_at(tokens, numbers.end)
    if period is None or tokens.word(first.begin - 1) in ("every", "each"):
        return None
    if not numbers.is_range and (found := _of_two_periods(tokens, first, period)):
        return found
    if tokens.words(period.end, period.end + 3) == AND_A_HALF:
        longer = Amount(first.value + 0.5, 0.5, first.begin, period.end + 3)
        return made_of_one(tokens, Dimension.DURATION, longer, scale=period.months)
    found = made_of(tokens, Dimension.DURATION, numbers, period.end, scale=period.months)
    found.adjective = period.dashed
    return found


def _of_two_periods(tokens: Tokens, first: Amount, period: Period) -> Found | None:
    """Read "18 months to 3 years"."""
    second = amount_at(tokens, period.end + 1) if tokens.word(period.end) in ("to", "-") else None
    closing = period_at(tokens, second.end) if second else None
    if second is None or closing is None or is_after_a_change(tokens, first.begin):
        return None
    low, high = first.value * period.months, second.value * closing.months
    if high <= low:
        return None
    step = min(first.step * period.months, second.step * closing.months)
    begin, _, _ = bound_before(tokens, first.begin)
    return made(tokens, Dimension.DURATION, low, high, "range", begin, closing.end, step=step, scale=closing.months)


def half_a_period(tokens: Tokens, index: int) -> Found | None:
    """Read "half a year" and "a year and a half"."""
    word, following = tokens.word(index), tokens.word(index + 1)
    if word == "half" and following in ("a", "an") and (months := MONTHS.get(tokens.word(index + 2))):
        return made_of_one(tokens, Dimension.DURATION, Amount(0.5, 0.5, index, index + 3), scale=months)
    if word in ("a", "one") and following in MONTHS and tokens.words(index + 2, index + 5) == AND_A_HALF:
        return made_of_one(tokens, Dimension.DURATION, Amount(1.5, 0.5, index, index + 5), scale=MONTHS[following])
    return None


def a_period(tokens: Tokens, index: int) -> Found | None:
    """Read the "a year" of "less than a year", but not that of "twice a year"."""
    period = tokens.word(index + 1)
    if tokens.word(index) not in ("a", "an") or period not in MONTHS or period in ("night", "yr"):
        return None
    begin, _, _ = bound_before(tokens, index)
    is_length = tokens.word(index - 1) in ("for", "after", "of", "within", "by", "lasted", "at")
    if begin == index and not is_length:
        return None
    return made_of_one(tokens, Dimension.DURATION, Amount(1.0, 1.0, index, index + 2), scale=MONTHS[period])
