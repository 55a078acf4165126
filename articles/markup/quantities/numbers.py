"""Numbers in digits and words, with what they are numbers of: shares, ages, lengths of time, factors, doses, counts."""

from __future__ import annotations

from dataclasses import replace

from ..amounts import Amount, TokenKind, Tokens, amount_at
from .ages import age
from .counts import counted
from .intervals import attach_margin, margin_at
from .making import Found, Numbers, made_of, made_of_one
from .periods import duration, past_percent_or_period, period_at
from .quantity import Dimension
from .shares import percentage, so_many_in
from .surroundings import is_after_a_change, past_percent
from .vocabulary import BY, LIKELY, RATIOS, UNITS

_SIGNS = frozenset("=<>≤≥")
_MONEY = frozenset("$£€")


def number(tokens: Tokens, index: int) -> Found | None:
    """Return the quantity that begins with the number at ``index``, or None if nothing tells what it is of."""
    first = amount_at(tokens, index)
    if first is None:
        return None
    if found := _ratio_or_p(tokens, first):
        return found
    numbers = _numbers_from(tokens, first)
    margin = margin_at(tokens, numbers.end)
    if margin:
        numbers = replace(numbers, end=margin.end)
    found = (
        percentage(tokens, numbers)
        or so_many_in(tokens, numbers)
        or age(tokens, numbers)
        or duration(tokens, numbers)
        or _times(tokens, numbers)
        or _measured(tokens, numbers)
        or counted(tokens, numbers)
        or _of_a_later_unit(tokens, first)
    )
    if found and margin:
        attach_margin(found, margin)
    return found


def _numbers_from(tokens: Tokens, first: Amount) -> Numbers:
    """Return ``first`` and the upper bound after it, if it is the 12 of "12 to 21"."""
    past = past_percent(tokens, first.end) or first.end
    joint, before = tokens.word(past), tokens.word(first.begin - 1)
    if joint in ("-", "to", "or") or (joint == "and" and before == "between"):
        second = amount_at(tokens, past + 1)
        is_change = before == "from" and is_after_a_change(tokens, first.begin)
        if second and second.value > first.value and not is_change:
            return Numbers(first, second, second.end)
    return Numbers(first, first, first.end)


def _times(tokens: Tokens, numbers: Numbers) -> Found | None:
    """Read "10 times higher" and "2.5-fold"."""
    end = tokens.past_dash(numbers.end)
    unit, following = tokens.word(end), tokens.word(end + 1)
    if unit == "fold" or (unit in ("times", "time") and following in LIKELY):
        return made_of(tokens, Dimension.FACTOR, numbers, end + 1)
    return None


def _measured(tokens: Tokens, numbers: Numbers) -> Found | None:
    """Read "400 mg", "75 mg/m2", "6-cm" and "$5,000"."""
    before = tokens.word(numbers.first.begin - 1)
    if before in _MONEY:
        return made_of(tokens, Dimension.MEASURE, numbers, numbers.end, noun=before)
    unit = tokens.past_dash(numbers.end)
    if tokens.word(unit) not in UNITS:
        return None
    noun, worth = UNITS[tokens.word(unit)]
    end = unit + 1
    if tokens.word(end) in ("/", "per") and (by := BY.get(tokens.word(end + 1))):
        noun += by
        end += 2
        end += tokens.word(end) in ("2", "meter", "metre", "²")
    return made_of(tokens, Dimension.MEASURE, numbers, end, scale=worth, noun=noun)


def _ratio_or_p(tokens: Tokens, amount: Amount) -> Found | None:
    """Read "HR, 0.74", "the hazard ratio for death was 0.74", "p < .001" and "n = 26"."""
    before = amount.begin - 1
    sign = tokens.word(before)
    if sign in _SIGNS and tokens.word(before - 1) == "p":
        return made_of_one(tokens, Dimension.P_VALUE, amount)
    if sign == "=" and tokens.word(before - 1) == "n":
        found = made_of_one(tokens, Dimension.COUNT, replace(amount, step=1.0), noun="people")
        found.denominator = True
        return found
    if past_percent_or_period(tokens, amount.end):
        return None
    for index in range(before, max(before - 7, -1), -1):
        token = tokens[index]
        if token.kind is TokenKind.NUMBER or token.text in (".", ";", ")"):
            return None
        kind = tokens.word(index - 1)
        if token.text == "ratio" and kind in ("hazard", "odds", "risk"):
            return made_of_one(tokens, Dimension.RATIO, amount, noun=f"{kind} ratio")
        if token.text == "risk" and kind == "relative":
            return made_of_one(tokens, Dimension.RATIO, amount, noun="risk ratio")
        if token.text in RATIOS and token.written.isupper():
            return made_of_one(tokens, Dimension.RATIO, amount, noun=RATIOS[token.text])
    return None


def _of_a_later_unit(tokens: Tokens, first: Amount) -> Found | None:
    """Read the 16 of "16 and 14 months"."""
    past = first.end
    for _ in range(3):
        following = amount_at(tokens, past + 1) if tokens.word(past) in ("and", "or", "vs", "versus", ",") else None
        if following is None:
            return None
        past = following.end
        if past_percent(tokens, past):
            return made_of_one(tokens, Dimension.SHARE, first, scale=0.01)
        if period := period_at(tokens, past):
            return made_of_one(tokens, Dimension.DURATION, first, scale=period.months)
    return None
