"""Figures that begin with a number: shares, lengths of time, counts of people, values; and what numbers only name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from .amounts import Amount, TokenKind, Tokens, amount_at
from .figure_words import (
    ABOUT,
    AGED,
    BEFORE_SPANS,
    BETWEEN_AMOUNTS,
    BOUNDS,
    CHANCES,
    CHOSEN,
    COUNTED_PEOPLE,
    ENDS_OF_ORDINALS,
    LABELS,
    MEASURED_IN,
    NAMED_OR_KNOWN,
    NO_ADJECTIVES,
    ORDINALS,
    ORGANS,
    RANKED,
    SPANS,
    TYPICAL,
)
from .quantities.surroundings import ends_a_name, is_month, is_year, past_percent, phrase_before
from .quantities.vocabulary import AGES, ALSO_COUNTED, EACH, FRACTIONS, LIKELY, OR_LESS, OR_MORE, RATIOS, THEM, UNITS


class Kind(Enum):
    SHARE = auto()  # percent, odds, fractions and multiples
    SPAN = auto()  # a length of time
    COUNT = auto()  # of people and cases
    VALUE = auto()  # anything else


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, where in the text it stands, and whether it is a share or a count of people."""

    kind: Kind
    start: int
    end: int
    of_people: bool = False


def figure(tokens: Tokens, kind: Kind, begin: int, end: int, *, likely: bool = False) -> Figure:
    """Return the figure that takes the tokens from ``begin`` up to ``end``; a ``likely`` one is of people for sure."""
    end = min(end, len(tokens))
    return Figure(kind, tokens[begin].start, tokens[end - 1].end, likely or _has_people(tokens, end))


def _has_people(tokens: Tokens, index: int) -> bool:
    """Whether people, or their chances, are counted before ``index`` or follow: "20% of the older patients"."""
    if tokens.word(index - 1) in COUNTED_PEOPLE:
        return True
    while tokens.word(index) in ("of", "in", "the", "all"):
        index += 1
    return bool(_past_noun(tokens, index, COUNTED_PEOPLE | CHANCES))


def past_labels(tokens: Tokens, amount: Amount) -> int:
    """Return where to go on if ``amount`` is the 4 of "stage 4" or the 2016 of a date, or 0 if it measures."""
    before = tokens.word(amount.begin - 1)
    if before == "-":
        before = tokens.word(amount.begin - 2)
    if tokens.is_number(amount.begin) and is_year(tokens, amount.begin):
        return _past_range(tokens, amount) if tokens.word(amount.end) == "-" else amount.end
    if is_month(tokens, amount.begin - 1) and amount.value < 32:
        return _past_range(tokens, amount)
    if is_month(tokens, amount.end):
        return amount.end + 1
    if before not in LABELS or _share_or_span(tokens, amount.end):
        return 0
    if before in ALSO_COUNTED and _past_noun(tokens, amount.end, COUNTED_PEOPLE):
        return 0
    # "Stages 1 to 3", "types 16, 18, and 33"
    past = amount.end
    while True:
        index = past
        while tokens.word(index) in (",", "-", "/", "to", "or", "and"):
            index += 1
        following = amount_at(tokens, index) if past < index <= past + 2 else None
        if following is None or _share_or_span(tokens, following.end):
            return past
        past = following.end


def number(tokens: Tokens, amount: Amount) -> Figure | None:
    """Return the figure that ``amount`` is, or None if nothing makes it one."""
    if _is_glued(tokens, amount.begin):
        return None
    begin, past = amount.begin, _past_range(tokens, amount)
    several = amount.value != 1
    if end := _past_share(tokens, amount, past):
        return figure(tokens, Kind.SHARE, begin, end)
    if end := _past_multiple(tokens, past):
        return figure(tokens, Kind.SHARE, begin, end, likely=tokens.word(end - 1) in LIKELY)
    if end := _past_span(tokens, past):
        is_one_day = past == amount.end and _is_one_day(tokens, amount, end)
        return None if is_one_day else figure(tokens, Kind.SPAN, begin, end)
    if several and (end := _past_noun(tokens, past, COUNTED_PEOPLE)):
        return figure(tokens, Kind.COUNT, begin, end)
    if past_rank(tokens, amount.end, begin):
        return figure(tokens, Kind.VALUE, begin, amount.end + 1)
    is_value = several and (
        _measured_at(tokens, past)
        or _is_bounded(tokens, begin, past)
        or _is_age(tokens, begin)
        or _is_typical(tokens, begin)
        or (tokens.is_number(begin) and not (_is_name(tokens, amount) or _past_noun(tokens, past, NAMED_OR_KNOWN)))
    )
    return figure(tokens, Kind.VALUE, begin, past) if is_value else None


def _past_range(tokens: Tokens, amount: Amount) -> int:
    """Return the token after "12 to 21", "five or six" and the like."""
    if tokens.word(amount.end) in BETWEEN_AMOUNTS:
        second = amount_at(tokens, amount.end + 1)
        if second:
            return second.end
    return amount.end


def _share_or_span(tokens: Tokens, index: int) -> int:
    return past_percent(tokens, index) or _past_span(tokens, index)


def _past_share(tokens: Tokens, amount: Amount, past: int) -> int:
    """Return the token after "%", "in 100", "of 35", "of them", "thirds"; or 0."""
    if end := past_percent(tokens, past) or past_percent(tokens, amount.end):
        return end
    index = tokens.past_dash(amount.end)
    after = tokens.word(index)
    if after in FRACTIONS and tokens.word(index + 1) != "party" and not is_of_a_body(tokens, index + 1):
        return index + 1
    if after not in ("in", "out", "of"):
        return 0
    dashed = index > amount.end  # "a one-in-four chance"
    index += 1 + (dashed or (after == "out" and tokens.word(index + 1) == "of"))
    while tokens.word(index) in ("every", "the", "all"):
        index += 1
    whole = amount_at(tokens, index)
    if whole is None:
        in_digits = tokens.is_number(amount.begin) and amount.value > 1
        return index + 1 if after == "of" and in_digits and tokens.word(index) in THEM else 0
    if whole.value < max(amount.value, 2) or is_year(tokens, index) or _share_or_span(tokens, whole.end):
        return 0
    if after == "of" and (amount.value == 1 or not (tokens.is_number(amount.begin) or tokens.is_number(index))):
        return 0
    return whole.end


def _past_multiple(tokens: Tokens, past: int) -> int:
    """Return the token after "times more", "times a day", "-fold"; or 0."""
    following = tokens.word(past + 1)
    if tokens.word(past) == "or" and following in OR_MORE:
        past, following = past + 2, tokens.word(past + 3)
    if tokens.word(past) == "times" and (following in LIKELY or following in EACH):
        return past + 2
    past = tokens.past_dash(past)
    return past + 1 if tokens.word(past) == "fold" else 0


def _past_span(tokens: Tokens, past: int) -> int:
    """Return the token after "months", "-year", "or more full days"; or 0."""
    past += 2 * _or_more(tokens, past)
    past += tokens.word(past) in BEFORE_SPANS
    return past + 1 if tokens.word(past) in SPANS else 0


def _is_one_day(tokens: Tokens, amount: Amount, end: int) -> bool:
    """Whether it is the "one day" of "one day she felt better"."""
    return amount.value == 1 and not tokens.is_number(amount.begin) and tokens.word(end - 1) in ("day", "night")


def _past_noun(tokens: Tokens, index: int, nouns: frozenset[str]) -> int:
    """Return the token after one of ``nouns`` that is counted, as in "19 node-negative patients"; or 0."""
    for _ in range(3):
        word = tokens.word(index)
        if word in nouns:
            return index + 1
        if not word.isalpha() or word in NO_ADJECTIVES:
            return 0
        index += 3 if tokens.word(index + 1) == "-" else 1
    return 0


def _measured_at(tokens: Tokens, index: int) -> bool:
    return tokens.word(tokens.past_dash(index)) in MEASURED_IN


def _is_bounded(tokens: Tokens, begin: int, past: int) -> bool:
    """Whether the number is a bound: "fewer than two", "at least two", "two or more", "60 and over"."""
    if _or_more(tokens, past):
        # "Two or more treatments" says no more than "several".
        return CHOSEN.isdisjoint(tokens.words(past + 2, past + 5))
    return bool(phrase_before(tokens, begin, BOUNDS))


def _or_more(tokens: Tokens, index: int) -> bool:
    joint, following = tokens.word(index), tokens.word(index + 1)
    return (joint == "or" and following in OR_MORE | OR_LESS) or (joint == "and" and following in AGED)


def _is_age(tokens: Tokens, begin: int) -> bool:
    return tokens.word(begin - 1) in AGES or (tokens.word(begin - 1) == "of" and tokens.word(begin - 2) in AGES)


def _is_typical(tokens: Tokens, begin: int) -> bool:
    return any(
        tokens.word(at) in TYPICAL or (tokens.word(at) == "mean" and tokens.word(at - 1) in ("the", "a"))
        for at in range(begin - 10, begin)
    )


def _is_glued(tokens: Tokens, index: int) -> bool:
    """Whether a number is the end of a name, as in T1, COVID-19 and file_7, or the mark of a note."""
    if not tokens.is_number(index):
        return False
    if tokens.word(index - 1) in ("-", "/") and tokens.word(index - 2) in ("mid", "under", "over"):
        return False
    start = tokens[index].start
    before, last = tokens.text[max(0, start - 2) : max(0, start - 1)], tokens.text[max(0, start - 1) : start]
    # The number of a note stands close to the stop before it.
    is_note = last in (".", ",") and not before.isspace()
    return ends_a_name(tokens, index) or is_note or (last == "/" and before.isalpha())


def _is_name(tokens: Tokens, amount: Amount) -> bool:
    """Whether a number in digits is part of a name or a place in a row: HPV 16, 5-FU, del(5q), (2), [12], 5th."""
    token, following, after = (tokens.token(at) for at in (amount.begin, amount.end, amount.end + 1))
    previous = tokens.token(amount.begin - 1)
    if token and following and following.start == token.end:
        opened = previous.text if previous and previous.end == token.start else ""
        if opened + following.text == "[]" or (opened + following.text == "()" and amount.value < 10):
            return True
        if following.text in ENDS_OF_ORDINALS or following.text == "_":
            return True
        if following.kind is TokenKind.WORD and len(following.text) == 1 and following.text != "s":
            return following.text not in UNITS
        if following.text == "-" and after and after.start == following.end and after.written.isupper():
            return True
    if previous is None or previous.kind is not TokenKind.WORD:
        return False
    if following is None and previous.text not in NO_ADJECTIVES and not phrase_before(tokens, amount.begin, ABOUT):
        return True  # a heading, as "Protocol 12"
    if len(previous.text) == 1 or not previous.written.isupper():
        return False
    return previous.text not in RATIOS and previous.text != "ci"


def is_of_a_body(tokens: Tokens, index: int) -> bool:
    """Whether "of the tongue" or the like stands at ``index``: its front two-thirds are a place in it."""
    return tokens.word(index) == "of" and any(tokens.word(at) in ORGANS for at in (index + 1, index + 2))


def past_rank(tokens: Tokens, index: int, begin: int) -> int:
    """Return the token after "most" in "third most common" and "3rd most common", or 0."""
    if tokens.is_number(begin):
        if tokens.word(index) not in ENDS_OF_ORDINALS:
            return 0
        index += 1
    elif tokens.word(begin) not in ORDINALS or tokens.word(begin) == "first":
        return 0
    index = tokens.past_dash(index)
    return index + 1 if tokens.word(index) in RANKED else 0
