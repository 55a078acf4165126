"""Shares and factors in words: "all", "none of the patients", "most", "never", "two-thirds", "half", "twice"."""

from __future__ import annotations

import re
from dataclasses import replace

from ..amounts import Amount, Tokens, amount_at
from .making import Found, bound_before, made, made_of_one
from .quantity import SPOKEN_STEP, Dimension
from .vocabulary import (
    ALL,
    FACTORS,
    FRACTIONS,
    LIKELY,
    MOST,
    NO_ADJECTIVE,
    NONE,
    OF_PEOPLE,
    OUTCOME_VERBS,
    OUTCOMES,
    PEOPLE_AND_CASES,
    QUANTIFIERS,
    THEM,
    WHOLE_PHRASES,
    Share,
)

_STOP = re.compile(r"[.;,]")
_AFTER_A_FRACTION = ("of", "", ".", ",")
# What is left of a share that is denied.
_DENIED: dict[Share, Share] = {ALL: (None, 1.0, "<"), NONE: (0.0, None, ">"), MOST: (None, 0.5, "<=")}


def quantifier(tokens: Tokens, index: int, last: Found | None) -> Found | None:
    """Read "all patients", "none of the 44", "not everyone responded", "most of them" and the like.

    A "no recurrence" after the quantity found ``last`` only denies, and is none.
    """
    word, following = tokens.word(index), tokens.word(index + 1)
    denied = _is_not(tokens.word(index - 1))
    begin = index - 1 if denied else index
    if word in WHOLE_PHRASES:
        adverb = word in ("always", "never")
        if not adverb and following not in OUTCOME_VERBS:
            return None
        return _share(tokens, WHOLE_PHRASES[word], begin, index + 1, denied=denied, adverb=adverb)
    if word == "no" and following == "one":
        is_of_people = tokens.word(index + 2) in OUTCOME_VERBS
        return _share(tokens, NONE, begin, index + 2, denied=denied) if is_of_people else None
    if word == "not" and following == "one" and _past_people(tokens, index + 2, "no", last):
        return _share(tokens, NONE, index, index + 2)
    end = _past_people(tokens, index + 1, word, last) if word in QUANTIFIERS else 0
    if not end or (word == "most" and tokens.word(index - 1) in ("at", "the")):
        return None
    if word == "any":
        # "Not in any patient" is said of all, and the "not" stands with what did not happen.
        is_denied = any(_is_not(near) or near in ("never", "without") for near in tokens.words(index - 8, index))
        return _share(tokens, QUANTIFIERS[word], index, index + 1) if is_denied else None
    found = _share(tokens, QUANTIFIERS[word], begin, index + 1, denied=denied)
    if found:
        noun = tokens.word(end - 1)
        found.adverb = noun in THEM
        if noun not in OF_PEOPLE and amount_at(tokens, end - 2) is None:
            found.quantity = replace(found.quantity, end=tokens[end - 1].end)
    return found


def _is_not(word: str) -> bool:
    return word == "not" or word.endswith("n't")


def _past_people(tokens: Tokens, index: int, quantifier: str, last: Found | None) -> int:
    """Return the token after "(of the) (44 treated) patients" at ``index``, or 0 if it speaks of no people."""
    index += tokens.word(index) == "of"
    following = tokens.word(index)
    if following in THEM and tokens.word(index - 1) == "of":
        return index + 1
    if following in OF_PEOPLE and quantifier != "no":
        return index
    index += following in ("the", "these", "those", "treated")
    amount = amount_at(tokens, index)
    index = amount.end if amount else index
    for ahead in range(index, index + 5):
        noun = tokens.word(ahead)
        if noun in PEOPLE_AND_CASES or (quantifier == "no" and noun in OUTCOMES and not _is_near(tokens, ahead, last)):
            return ahead + 1
        if noun in NO_ADJECTIVE or not (noun.isalpha() or noun == "-"):
            return 0
    return 0


def _is_near(tokens: Tokens, index: int, last: Found | None) -> bool:
    """Whether ``last`` and ``index`` are in one clause: then "no recurrence" denies there, and counts nothing."""
    return last is not None and not _STOP.search(tokens.text, last.quantity.end, tokens[index].start)


def _share(
    tokens: Tokens, share: Share, begin: int, end: int, *, denied: bool = False, adverb: bool = False
) -> Found | None:
    """Return a share in words, if it is one: "not all" is less than all, but "not some" is nothing known."""
    if denied and share not in _DENIED:
        return None
    low, high, operator = _DENIED[share] if denied else share
    first, before, leaning = bound_before(tokens, begin)
    is_approximate = before == "~" and low == high
    if is_approximate:
        begin, operator = first, "~"
    found = made(tokens, Dimension.SHARE, low, high, operator, begin, end, step=SPOKEN_STEP)
    found.quantity = replace(
        found.quantity, in_words=True, approximate=is_approximate, leaning=leaning if is_approximate else ""
    )
    found.adverb = adverb
    return found


def factor_in_words(tokens: Tokens, index: int) -> Found | None:
    """Read "twice as high", "more than doubles", "a threefold rise"."""
    word, following = tokens.word(index), tokens.word(index + 1)
    if word not in FACTORS or (word == "twice" and following not in LIKELY):
        return None
    if word in ("double", "triple", "halves") and following in ("blind", "-", "dose", "lung"):
        return None
    return made_of_one(tokens, Dimension.FACTOR, Amount(FACTORS[word], 0.5, index, index + 1))


def fraction_in_words(tokens: Tokens, index: int) -> Found | None:
    """Read "half of them", "half as likely", "a third of patients", "two-thirds"."""
    word, following = tokens.word(index), tokens.word(index + 1)
    if word == "half" and following == "as":
        return made_of_one(tokens, Dimension.FACTOR, Amount(0.5, 0.5, index, index + 1))
    if word == "half" and following not in ("a", "an", "-", "life", "year", "hour"):
        return made_of_one(tokens, Dimension.SHARE, Amount(0.5, SPOKEN_STEP, index, index + 1))
    amount = amount_at(tokens, index)
    if amount is None and word not in ("a", "an"):
        return None
    times = amount.value if amount else 1.0
    past = tokens.past_dash(amount.end if amount else index + 1)
    fraction = tokens.word(past)
    if fraction not in FRACTIONS or fraction == "half":
        return None
    value = times * FRACTIONS[fraction]
    is_one = times == 1 or word in ("a", "an")
    if value >= 1 or fraction.endswith("s") == is_one:
        return None
    if is_one and (after := tokens.word(past + 1)) not in _AFTER_A_FRACTION and after not in OF_PEOPLE:
        return None
    return made_of_one(tokens, Dimension.SHARE, Amount(value, SPOKEN_STEP, index, past + 1))
