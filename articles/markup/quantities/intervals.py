"""Intervals of confidence, ranges and spreads: they belong to the estimate before them and are no quantities."""

from __future__ import annotations

from dataclasses import replace

from ..amounts import Amount, Tokens, amount_at
from .making import Found
from .periods import past_percent_or_period
from .quantity import Dimension
from .surroundings import past_percent
from .vocabulary import INTERVAL, SPREAD


def past_spread(tokens: Tokens, index: int, last: Found | None) -> int:
    """Return the token after an interval at ``index``, or 0; it is attached to the quantity found ``last``."""
    if last and (margin := margin_at(tokens, index)):
        attach_margin(last, margin)
        return past_percent_or_period(tokens, margin.end) or margin.end
    if not (_is_named(tokens, index) or _past_level(tokens, index) or _is_bare(tokens, index, last)):
        return 0
    bounds = _bounds_after(tokens, index)
    if bounds is None:
        return _past_level(tokens, index)
    low, high = bounds
    if last:
        last.quantity = replace(last.quantity, interval=(low.value * last.scale, high.value * last.scale))
    return past_percent_or_period(tokens, high.end) or high.end


def margin_at(tokens: Tokens, index: int) -> Amount | None:
    """Return the 3 of "± 3" at ``index``."""
    return amount_at(tokens, index + 1) if tokens.word(index) == "±" else None


def attach_margin(found: Found, margin: Amount) -> None:
    """Make ``margin`` the spread around a quantity."""
    middle = found.quantity.low
    if middle is not None:
        width = margin.value * found.scale
        found.quantity = replace(found.quantity, interval=(middle - width, middle + width))


def _is_named(tokens: Tokens, index: int) -> bool:
    word = tokens.word(index)
    return word in INTERVAL or (word in SPREAD and tokens.word(index - 1) in ("(", "[", ",", ";"))


def _past_level(tokens: Tokens, index: int) -> int:
    """Return the token after the "95%" of "95% CI" at ``index``, or 0."""
    amount = amount_at(tokens, index)
    if amount is None or not 80 <= amount.value < 100:
        return 0
    past = past_percent(tokens, amount.end)
    near = (tokens.word(past), tokens.word(past - 3), tokens.word(index - 1))
    return past if past and not INTERVAL.isdisjoint(near) else 0


def _is_bare(tokens: Tokens, index: int, last: Found | None) -> bool:
    """Whether a range without a word stands at ``index``, as in "(23%; 9-44)" and "18.1 months [12.4-16.2]"."""
    opening = tokens.word(index - 1)
    if opening not in ("(", "[", ";", ",") or last is None or last.end != index - 1:
        return False
    if opening == "(" and last.quantity.dimension is Dimension.COUNT:
        return False
    low = amount_at(tokens, index)
    high = amount_at(tokens, low.end + 1) if low and tokens.word(low.end) in ("-", "to") else None
    return high is not None and tokens.word(past_percent_or_period(tokens, high.end) or high.end) in (")", "]")


def _bounds_after(tokens: Tokens, index: int) -> tuple[Amount, Amount] | None:
    """Return the two bounds of an interval that is named at ``index``."""
    first: Amount | None = None
    until = min(index + 18, len(tokens))
    while index < until and tokens.word(index) not in (")", ";", "."):
        amount = amount_at(tokens, index)
        if level := _past_level(tokens, index):
            index = level
        elif amount is None:
            index += 1
        elif first is None:
            first, index = amount, amount.end
        else:
            return first, amount
    return None
