"""Making a quantity of a number or two: the words that bound them ("about", "at least", "or more") are read here."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..amounts import Amount, Tokens
from .quantity import Dimension, Leaning, Operator, Quantity
from .surroundings import phrase_before
from .vocabulary import BEFORE, OR_LESS, OR_MORE


@dataclass(slots=True)
class Found:
    """A quantity, the scale of its unit, and which part of the sentence it takes away from what it is about."""

    quantity: Quantity
    scale: float
    taken: tuple[int, int]
    end: int  # the token after it
    adjective: bool = False
    denominator: bool = False
    changes: bool = False
    adverb: bool = False


@dataclass(frozen=True, slots=True)
class Numbers:
    """A number, or the two of "12 to 21", and the token after them."""

    first: Amount
    last: Amount
    end: int

    @property
    def is_range(self) -> bool:
        return self.first is not self.last


def made(
    tokens: Tokens,
    dimension: Dimension,
    low: float | None,
    high: float | None,
    operator: Operator,
    begin: int,
    end: int,
    *,
    step: float,
    scale: float = 1.0,
) -> Found:
    """Return a quantity that takes the tokens from ``begin`` up to ``end``; its bounds are in its own unit."""
    start, stop = tokens[begin].start, tokens[end - 1].end
    low = low if low is None else round(low, 9)
    high = high if high is None else round(high, 9)
    return Found(Quantity(dimension, low, high, operator, start, stop, step), scale, (start, stop), end)


def made_of_one(tokens: Tokens, dimension: Dimension, amount: Amount, *, scale: float = 1.0, noun: str = "") -> Found:
    """Return the quantity that ``amount`` (with its unit, of ``scale``) is, bounded by the words around it."""
    begin, operator, leaning = bound_before(tokens, amount.begin)
    end = amount.end
    joint, following = tokens.word(end), tokens.word(end + 1)
    is_unbound = begin == amount.begin
    if joint in ("or", "and") and following in OR_MORE and is_unbound:
        operator, end = ">=", end + 2
    elif joint in ("or", "and") and following in OR_LESS and is_unbound:
        operator, end = "<=", end + 2
    elif joint == "+":
        operator, end = ">=", end + 1
    value = amount.value * scale
    low = None if operator in ("<", "<=") else value
    high = None if operator in (">", ">=") else value
    found = made(tokens, dimension, low, high, operator, begin, end, step=amount.step * scale, scale=scale)
    found.quantity = replace(found.quantity, approximate=operator == "~", leaning=leaning, noun=noun)
    return found


def made_of(
    tokens: Tokens, dimension: Dimension, numbers: Numbers, end: int, *, scale: float = 1.0, noun: str = ""
) -> Found:
    """Return the quantity that a number or a range is whose unit, of ``scale``, ends before ``end``."""
    first, last = numbers.first, numbers.last
    if not numbers.is_range:
        amount = Amount(first.value, first.step, first.begin, end)
        return made_of_one(tokens, dimension, amount, scale=scale, noun=noun)
    begin, operator, _ = bound_before(tokens, first.begin)
    low, high, step = first.value * scale, last.value * scale, min(first.step, last.step) * scale
    found = made(tokens, dimension, low, high, "range", begin, end, step=step, scale=scale)
    found.quantity = replace(found.quantity, approximate=operator == "~", noun=noun)
    if tokens.word(end) == "or" and tokens.word(end + 1) in OR_MORE:
        found.quantity = replace(found.quantity, high=None, operator=">=", end=tokens[end + 1].end)
    return found


def bound_before(tokens: Tokens, index: int) -> tuple[int, Operator, Leaning]:
    """Return where the words that bound a number at ``index`` begin, and what they make of it."""
    begin, operator, leaning = _bound_right_before(tokens, index)
    if begin < index and operator == "~":
        outer, bound, _ = _bound_right_before(tokens, begin)
        if outer < begin and bound != "~":
            return outer, bound, ""
    elif begin == index and tokens.word(index - 1) in ("a", "an"):
        outer, bound, lean = _bound_right_before(tokens, index - 1)
        if outer < index - 1 and bound in ("<", ">", "~") and tokens.word(index - 2) != "over":
            return outer, bound, lean
    return begin, operator, leaning


def _bound_right_before(tokens: Tokens, index: int) -> tuple[int, Operator, Leaning]:
    phrase = phrase_before(tokens, index, BEFORE)
    operator, leaning = BEFORE.get(phrase, ("=", ""))
    return index - len(phrase), operator, leaning
