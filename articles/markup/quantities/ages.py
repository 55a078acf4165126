"""Ages: "aged 40 to 60", "a 76-year-old man", "a man of 76", "were over 65", "in her thirties"."""

from __future__ import annotations

from ..amounts import Tokens
from .counts import noun_at
from .making import Found, Numbers, bound_before, made, made_of
from .periods import period_at
from .quantity import Dimension
from .surroundings import past_percent
from .vocabulary import AGE_DECADES, AGES, HIS, YEARS

_BEFORE_AGES = frozenset({"of", "was", "is", "at", "diagnosis", "about", "between", "from", "the", "median", "mean"})
_OLDER = frozenset({"older", "younger"})


def age(tokens: Tokens, numbers: Numbers) -> Found | None:
    """Read an age in years."""
    first, past = numbers.first, numbers.end
    dashed = tokens.past_dash(past)
    in_years = tokens.word(dashed) in YEARS
    if in_years and (end := _past_old(tokens, dashed + 1)):
        return made_of(tokens, Dimension.AGE, numbers, end)
    begin, operator, _ = bound_before(tokens, first.begin)
    is_bounded = operator in ("<", ">") and begin < first.begin
    is_bare = _is_bare(tokens, numbers, begin, is_bounded=is_bounded)
    of_somebody = tokens.word(begin - 1) == "of" and tokens.word(begin - 2) in ("man", "woman", "person", "patient")
    is_age = _is_named(tokens, begin) or tokens.word(begin) in _OLDER or (of_somebody and not in_years) or is_bare
    if not is_age or past_percent(tokens, past) or not 0 < first.value < 120:
        return None
    if in_years:
        return made_of(tokens, Dimension.AGE, numbers, dashed + 1)
    if period_at(tokens, past) or (noun_at(tokens, past) and not is_bare):
        return None
    return made_of(tokens, Dimension.AGE, numbers, past)


def _past_old(tokens: Tokens, index: int) -> int:
    """Return the token after the "old" or "of age" that follows years, or 0."""
    index = tokens.past_dash(index)
    if tokens.word(index) == "old":
        return index + 1
    return index + 2 if tokens.words(index, index + 2) == ("of", "age") else 0


def _is_named(tokens: Tokens, begin: int) -> bool:
    """Whether the word "age" stands before ``begin``, as in "the median age at diagnosis was"."""
    for word in reversed(tokens.words(begin - 5, begin)):
        if word in AGES:
            return True
        if word not in _BEFORE_AGES:
            return False
    return False


def _is_bare(tokens: Tokens, numbers: Numbers, begin: int, *, is_bounded: bool) -> bool:
    """Whether this is the 65 of "were over 65": a bound by itself, at the end of what is said."""
    if not 18 <= numbers.last.value <= 110:
        return False
    following, after = tokens.word(numbers.end), tokens.word(numbers.end + 1)
    if following in ("and", "or") and after in _OLDER:
        return True
    before = tokens.word(begin - 1)
    of_people = before in ("were", "are", "was", "is", "people", "patients", "those", "anyone")
    is_told = of_people or before in AGES or tokens.word(begin) in _OLDER
    ends = following in ("", ".", ",", ";", ")", "and", "or", "when", "at")
    return is_bounded and is_told and ends and tokens.is_number(numbers.first.begin)


def age_in_decades(tokens: Tokens, index: int) -> Found | None:
    """Read "in her thirties"."""
    youngest = AGE_DECADES.get(tokens.word(index))
    if youngest is None or HIS.isdisjoint(tokens.words(index - 2, index)):
        return None
    return made(tokens, Dimension.AGE, youngest, youngest + 9, "range", index, index + 1, step=1.0)
