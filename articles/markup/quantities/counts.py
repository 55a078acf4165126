"""Counts: of people, cases, studies, cycles; how often they are told "a year"; and people without a word for them."""

from __future__ import annotations

from dataclasses import replace

from ..amounts import Tokens, amount_at
from .making import Found, Numbers, made_of
from .quantity import Dimension
from .surroundings import past_percent
from .vocabulary import ABBREVIATED, EACH, MONTHS, NO_ADJECTIVE, OF_PEOPLE, OUTCOMES, PEOPLE, PER, THEM, THINGS

_AFTER_PEOPLE = ("", ".", ",", ";", ")", "and", "it", "the")


def counted(tokens: Tokens, numbers: Numbers) -> Found | None:
    """Read "19 node-negative patients", "3,000 new cases a year", "six cycles", "25 of them"."""
    value = numbers.first.value
    if not value.is_integer():
        return None
    noun = noun_at(tokens, numbers.end) or _people_unnamed(tokens, numbers)
    if noun is None:
        return None
    name, end = noun
    if name != "people" and value == 1 and not numbers.is_range:
        return None
    per, past_per = _per(tokens, end)
    found = made_of(tokens, Dimension.COUNT, numbers, max(end, past_per), noun=name)
    found.quantity = replace(found.quantity, per=per)
    found.taken = (found.quantity.start, tokens[numbers.end - 1].end)
    return found


def noun_at(tokens: Tokens, index: int) -> tuple[str, int] | None:
    """Return what is counted by a number before ``index``, and the token after the noun."""
    for ahead in range(index, min(index + 6, len(tokens))):
        word, following = tokens.word(ahead), tokens.word(ahead + 1)
        if following == "-":
            continue
        if word in PEOPLE:
            return "people", ahead + 1
        if word in OUTCOMES and (word != "disease" or tokens.word(ahead - 1) in ("stable", "progressive")):
            return "people", index
        if word in THINGS:
            if following in PEOPLE:
                continue
            return THINGS[word], ahead + 1
        if word in NO_ADJECTIVE or not (word.isalpha() or word == "-"):
            return None
    return None


def _people_unnamed(tokens: Tokens, numbers: Numbers) -> tuple[str, int] | None:
    """Read the 25 of "in 25 of them" and of "25 had a response"."""
    begin, past = numbers.first.begin, numbers.end
    before, following = tokens.word(begin - 1), tokens.word(past)
    if _is_abbreviated(tokens, begin - 1) or _is_abbreviated(tokens, past):
        return "people", past
    several = numbers.first.value > 1
    if several and following == "of" and tokens.word(past + 1) in THEM | {"whom"}:
        return "people", past + 2
    is_of_people = (
        (following == "(" and _is_percentage(tokens, past + 1))
        or (following in OF_PEOPLE and (several or following in ("had", "died", "responded", "survived")))
        or (before in ("in", "among", "other", "remaining") and following in _AFTER_PEOPLE)
        or tokens.words(begin - 2, begin) in (("among", "the"), ("of", "the"))
    )
    return ("people", past) if is_of_people else None


def _is_abbreviated(tokens: Tokens, index: int) -> bool:
    token = tokens.token(index)
    return token is not None and token.written in ABBREVIATED


def _is_percentage(tokens: Tokens, index: int) -> bool:
    amount = amount_at(tokens, index)
    return amount is not None and bool(past_percent(tokens, amount.end))


def _per(tokens: Tokens, index: int) -> tuple[str, int]:
    """Return the "year" of "3,000 cases a year", and the token after it if it follows at once, else ``index``."""
    for ahead in range(index, index + 7):
        word = tokens.word(ahead)
        # Only words that follow at once are left out of what the count is about.
        if word in PER:
            return PER[word], ahead + 1 if ahead == index else index
        if word in EACH and (period := tokens.word(ahead + 1)) in MONTHS:
            return period, ahead + 2 if ahead == index else index
        if word in (".", ";", ","):
            break
    return "", index
