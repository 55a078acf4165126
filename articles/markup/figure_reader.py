"""The first figure of a sentence that needs a source: a number, and what around it makes it one.

A number in digits is a figure unless it names, dates or orders something, or counts what the reader can count too
("3 kinds", "2 lungs"). A number in words is one only with what makes it a measure: percent, a unit, people, a bound
("at least two"), "three times more". Which is which, and why, is told in tests/articles/markup/labelled/README.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from .amounts import Amount, Token, TokenKind, amount_at, text_at, tokens_of, words
from .quantity_reader import is_year
from .quantity_words import (
    AGE_DECADES,
    BEFORE,
    FACTORS,
    FRACTIONS,
    LIKELY,
    LONGEST_BEFORE,
    MONTH_NAMES,
    NO_ADJECTIVE,
    NUMBERED,
    OF_PEOPLE,
    OR_LESS,
    OR_MORE,
    PEOPLE,
    PERIODS,
    RATIOS,
    UNITS,
)


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


NUMBER_WORDS = frozenset(
    words("""
        one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
        eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion dozen
    """)
)
_MANY = frozenset(words("dozens hundreds thousands millions billions decades"))
_BIG = frozenset(words("dozen hundred thousand million billion"))
_ORDINALS = frozenset(words("first second third fourth fifth sixth seventh eighth ninth tenth"))
_ENDS_OF_ORDINALS = frozenset(words("st nd rd th"))
_RANKED = frozenset(words("most leading largest biggest highest lowest greatest commonest deadliest"))

_COUNTED_PEOPLE = PEOPLE | frozenset(
    words("case cases death deaths birth births babies baby newborns girls boys students family families")
)
_CHANCES = frozenset(words("chance risk them these those"))
_MEASURES = frozenset(UNITS) | frozenset(
    words("""
        degrees inch inches feet foot miles pounds ounces gallons pints cups glasses calories dollars euros cycles doses
        sessions infusions injections shots tablets pills drinks servings percentiles
    """)
)
_SPANS = frozenset(PERIODS) | {"seconds"}
_BEFORE_UNITS = frozenset(words("- full whole more consecutive additional straight calendar working business"))
_SHARE_SIGNS = frozenset(words("% ‰ percent percentage"))
_BETWEEN_AMOUNTS = frozenset(words("- to or and"))
_EACH = frozenset(words("a an per each every"))

# What the reader can count, as it is named there, and what anatomy and inheritance have counted for good.
_NAMED_OR_KNOWN = frozenset(
    words("""
        type types kind kinds form forms way ways part parts step steps stage stages reason reasons question questions
        system systems group groups category categories class classes method methods option options different
        kidney kidneys lung lungs lobe lobes ovary ovaries testicle testicles eye eyes ear ears breast breasts arm arms
        leg legs hand hands foot layer layers side sides bone bones chamber chambers valve valves sex sexes parent
        parents gene genes copy copies chromosome chromosomes pair pairs
    """)
)
_ORGANS = frozenset(words("body brain face head tongue mouth throat chest heart lung liver colon stomach spine"))
# A number after one of these is its name.
_LABELS = NUMBERED | frozenset(
    words("alpha beta gamma delta omega interleukin trisomy exon exons codon position building box line lines rule")
)
_NEVER_SHARES = frozenset(words("a an - life hour way day sister brother"))
_ONE_OF_TWO_HALVES = frozenset(words("first second other latter lower upper top bottom left right -"))
_HIS = frozenset(words("his her their your"))
_NO_ADJECTIVES = NO_ADJECTIVE | frozenset(words("should can may will would if when times"))
_AGES = frozenset(words("age ages aged"))
_AGED = frozenset(words("older over above younger under up"))
_CHOSEN = frozenset(words("treatments therapies drugs medicines medications doctors specialists methods ways"))
_TYPICAL = frozenset(words("median average"))

# Bounds of more than a word: "over two areas" and "under three headings" are places.
_BOUNDS = frozenset(phrase for phrase, (operator, _) in BEFORE.items() if len(phrase) > 1 and operator != "~") | {
    ("as", "little", "as"),
    ("as", "few", "as"),
    ("as", "early", "as"),
}
_ABOUT = frozenset(BEFORE) | _BOUNDS | {("within",), ("by",)}

SEEDS = (
    NUMBER_WORDS | _MANY | _ORDINALS | frozenset(FRACTIONS) | frozenset(FACTORS) | frozenset(AGE_DECADES)
    | _SPANS | frozenset(words("once hundredfold"))
)  # fmt: skip


def figures(text: str) -> Iterator[Figure]:
    """Yield the figures of ``text``, from left to right."""
    reader = _Reader(text)
    index = 0
    while index < len(reader.tokens):
        token = reader.tokens[index]
        if token.kind is TokenKind.SIGN or (token.kind is TokenKind.WORD and token.text not in SEEDS):
            index += 1
            continue
        # "A hundred" begins with a word that begins much else.
        begins_before = token.text in _BIG and text_at(reader.tokens, index - 1) == "a"
        amount = amount_at(reader.tokens, index - begins_before)
        if amount is None:
            found = reader.in_words(index)
            index += 1
        else:
            past = reader.past_labels(amount)
            found = None if past else reader.number(amount)
            index = past or amount.end
        if found:
            yield found


class _Reader:
    """Looks around a place in the tokens of a text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens_of(text)

    def _word(self, index: int) -> str:
        return text_at(self.tokens, index)

    def _figure(self, kind: Kind, begin: int, end: int, *, likely: bool = False) -> Figure:
        end = min(end, len(self.tokens))
        return Figure(kind, self.tokens[begin].start, self.tokens[end - 1].end, likely or self._has_people(end))

    def _has_people(self, index: int) -> bool:
        """Whether people, or their chances, are counted before ``index`` or follow: "20% of the older patients"."""
        if self._word(index - 1) in _COUNTED_PEOPLE:
            return True
        while self._word(index) in ("of", "in", "the", "all"):
            index += 1
        return bool(self._noun_at(index, _COUNTED_PEOPLE | _CHANCES))

    # Numbers

    def past_labels(self, amount: Amount) -> int:
        """Return where to go on if ``amount`` is the 4 of "stage 4" or the 2016 of a date, or 0 if it measures."""
        before = self._word(amount.begin - 1)
        if before == "-":
            before = self._word(amount.begin - 2)
        if self._in_digits(amount.begin) and is_year(self.tokens, amount.begin):
            return self._past_range(amount) if self._word(amount.end) == "-" else amount.end
        if before in MONTH_NAMES and self.tokens[amount.begin - 1].written[0].isupper() and amount.value < 32:
            return self._past_range(amount)
        if self._word(amount.end) in MONTH_NAMES and self.tokens[amount.end].written[0].isupper():
            return amount.end + 1
        if before not in _LABELS or self._share_or_span(amount.end):
            return 0
        if before in ("group", "groups", "score", "number", "arm") and self._noun_at(amount.end, _COUNTED_PEOPLE):
            return 0
        # "Stages 1 to 3", "types 16, 18, and 33"
        past = amount.end
        while True:
            index = past
            while self._word(index) in (",", "-", "/", "to", "or", "and"):
                index += 1
            following = amount_at(self.tokens, index) if past < index <= past + 2 else None
            if following is None or self._share_or_span(following.end):
                return past
            past = following.end

    def number(self, amount: Amount) -> Figure | None:
        """Return the figure that ``amount`` is, or None if nothing makes it one."""
        if self._is_glued(amount.begin):
            return None
        begin, past = amount.begin, self._past_range(amount)
        several = amount.value != 1
        if end := self._share_end(amount, past):
            return self._figure(Kind.SHARE, begin, end)
        if end := self._multiple_end(past):
            return self._figure(Kind.SHARE, begin, end, likely=self._word(end - 1) in LIKELY)
        if end := self._span_end(past):
            return None if past == amount.end and self._is_one_day(amount, end) else self._figure(Kind.SPAN, begin, end)
        if several and (end := self._noun_at(past, _COUNTED_PEOPLE)):
            return self._figure(Kind.COUNT, begin, end)
        if self._rank_end(amount.end, begin):
            return self._figure(Kind.VALUE, begin, amount.end + 1)
        if several and (self._measured_at(past) or self._is_bounded(begin, past) or self._is_age(begin)):
            return self._figure(Kind.VALUE, begin, past)
        if several and self._is_typical(begin):
            return self._figure(Kind.VALUE, begin, past)
        if several and self._in_digits(begin) and not (self._is_name(amount) or self._noun_at(past, _NAMED_OR_KNOWN)):
            return self._figure(Kind.VALUE, begin, past)
        return None

    def _in_digits(self, index: int) -> bool:
        return index < len(self.tokens) and self.tokens[index].kind is TokenKind.NUMBER

    def _past_range(self, amount: Amount) -> int:
        """Return the token after "12 to 21", "five or six" and the like."""
        if self._word(amount.end) in _BETWEEN_AMOUNTS:
            second = amount_at(self.tokens, amount.end + 1)
            if second:
                return second.end
        return amount.end

    def _share_or_span(self, index: int) -> int:
        return self._percent_end(index) or self._span_end(index)

    def _percent_end(self, index: int) -> int:
        if self._word(index) in _SHARE_SIGNS:
            return index + 1
        return index + 2 if self._word(index) == "per" and self._word(index + 1) == "cent" else 0

    def _share_end(self, amount: Amount, past: int) -> int:
        """Return the token after "%", "in 100", "of 35", "of them", "thirds"; or 0."""
        if end := self._percent_end(past) or self._percent_end(amount.end):
            return end
        dash = self._word(amount.end) == "-"
        end = amount.end + dash + 1
        if self._word(end - 1) in FRACTIONS and self._word(end) != "party" and not self._is_of_a_body(end):
            return end
        index = amount.end + dash  # "a one-in-four chance"
        after = self._word(index)
        if after not in ("in", "out", "of"):
            return 0
        index += 1 + (dash or (after == "out" and self._word(index + 1) == "of"))
        while self._word(index) in ("every", "the", "all"):
            index += 1
        whole = amount_at(self.tokens, index)
        if whole is None:
            in_digits = self._in_digits(amount.begin) and amount.value > 1
            return index + 1 if after == "of" and in_digits and self._word(index) in ("them", "these", "those") else 0
        if whole.value < max(amount.value, 2) or is_year(self.tokens, index) or self._share_or_span(whole.end):
            return 0
        if after == "of" and (amount.value == 1 or not (self._in_digits(amount.begin) or self._in_digits(index))):
            return 0
        return whole.end

    def _multiple_end(self, past: int) -> int:
        """Return the token after "times more", "times a day", "-fold"; or 0."""
        following = self._word(past + 1)
        if self._word(past) == "or" and following in OR_MORE:
            past, following = past + 2, self._word(past + 3)
        if self._word(past) == "times" and (following in LIKELY or following in _EACH):
            return past + 2
        past += self._word(past) == "-"
        return past + 1 if self._word(past) == "fold" else 0

    def _span_end(self, past: int) -> int:
        """Return the token after "months", "-year", "or more full days"; or 0."""
        past += 2 * self._or_more(past)
        past += self._word(past) in _BEFORE_UNITS
        return past + 1 if self._word(past) in _SPANS else 0

    def _is_one_day(self, amount: Amount, end: int) -> bool:
        """Whether it is the "one day" of "one day she felt better"."""
        return amount.value == 1 and not self._in_digits(amount.begin) and self._word(end - 1) in ("day", "night")

    def _noun_at(self, index: int, nouns: frozenset[str]) -> int:
        """Return the token after one of ``nouns`` that is counted, as in "19 node-negative patients"; or 0."""
        for _ in range(3):
            word = self._word(index)
            if word in nouns:
                return index + 1
            if not word.isalpha() or word in _NO_ADJECTIVES:
                return 0
            index += 3 if self._word(index + 1) == "-" else 1
        return 0

    def _measured_at(self, index: int) -> bool:
        return self._word(index + (self._word(index) == "-")) in _MEASURES

    def _is_bounded(self, begin: int, past: int) -> bool:
        """Whether the number is a bound: "fewer than two", "at least two", "two or more", "60 and over"."""
        if self._or_more(past):
            # "Two or more treatments" says no more than "several".
            return not any(self._word(at) in _CHOSEN for at in range(past + 2, past + 5))
        return self._follows(begin, _BOUNDS)

    def _or_more(self, index: int) -> bool:
        joint, following = self._word(index), self._word(index + 1)
        return (joint == "or" and following in OR_MORE | OR_LESS) or (joint == "and" and following in _AGED)

    def _follows(self, index: int, phrases: frozenset[tuple[str, ...]]) -> bool:
        return any(
            tuple(self._word(at) for at in range(index - length, index)) in phrases
            for length in range(1, LONGEST_BEFORE + 1)
        )

    def _is_age(self, begin: int) -> bool:
        return self._word(begin - 1) in _AGES or (self._word(begin - 1) == "of" and self._word(begin - 2) in _AGES)

    def _is_typical(self, begin: int) -> bool:
        return any(
            self._word(at) in _TYPICAL or (self._word(at) == "mean" and self._word(at - 1) in ("the", "a"))
            for at in range(begin - 10, begin)
        )

    def _is_glued(self, index: int) -> bool:
        """Whether a number is the end of a name, as in T1, COVID-19 and file_7, or the mark of a note."""
        if not self._in_digits(index):
            return False
        start = self.tokens[index].start
        before, last = self.text[max(0, start - 2) : max(0, start - 1)], self.text[max(0, start - 1) : start]
        if last in ("-", "‑", "/"):
            return before.isalpha() and self._word(index - 2) not in ("mid", "under", "over")
        # The number of a note stands close to the stop before it.
        return last.isalpha() or last == "_" or (last in (".", ",") and not before.isspace())

    def _is_name(self, amount: Amount) -> bool:
        """Whether a number in digits is part of a name or a place in a row: HPV 16, 5-FU, del(5q), (2), [12], 5th."""
        token, following, after = (self._token(at) for at in (amount.begin, amount.end, amount.end + 1))
        previous = self._token(amount.begin - 1)
        if token and following and following.start == token.end:
            opened = previous.text if previous and previous.end == token.start else ""
            if opened + following.text == "[]" or (opened + following.text == "()" and amount.value < 10):
                return True
            if following.text in _ENDS_OF_ORDINALS or following.text == "_":
                return True
            if following.kind is TokenKind.WORD and len(following.text) == 1 and following.text != "s":
                return following.text not in UNITS
            if following.text == "-" and after and after.start == following.end and after.written.isupper():
                return True
        if previous is None or previous.kind is not TokenKind.WORD:
            return False
        if following is None and previous.text not in _NO_ADJECTIVES and not self._follows(amount.begin, _ABOUT):
            return True  # a heading, as "Protocol 12"
        if len(previous.text) == 1 or not previous.written.isupper():
            return False
        return previous.text not in RATIOS and previous.text != "ci"

    def _token(self, index: int) -> Token | None:
        return self.tokens[index] if 0 <= index < len(self.tokens) else None

    # Words

    def in_words(self, index: int) -> Figure | None:
        """Return the figure that the word at ``index`` begins, or None."""
        word, following = self._word(index), self._word(index + 1)
        if word in _MANY:
            return self._figure(Kind.COUNT, index, index + 2) if following == "of" else None
        if word in _BIG:
            return self._figure(Kind.COUNT, index, index + 1) if self._word(index - 1) == "several" else None
        if word in _SPANS:
            # "Less than a year"; but "twice a year" is told by its first word.
            bounded = self._word(index - 1) in ("a", "an") and self._follows(index - 1, _ABOUT)
            return self._figure(Kind.SPAN, index - 1, index + 1) if bounded else None
        if word in AGE_DECADES:
            return self._figure(Kind.VALUE, index, index + 1) if self._is_whose(index) else None
        if word in ("once", "twice"):
            return self._once_or_twice(index)
        if word in FACTORS or word == "hundredfold":
            plain = word in ("double", "triple", "quadruple", "halve", "halves")
            changes = not plain or following in _HIS or following in ("the", "that")
            return self._figure(Kind.SHARE, index, index + 1) if changes else None
        if word == "half":
            return self._half(index)
        if word in _ORDINALS and (rank := self._rank_end(index + 1, index) or self._ordinal_span_end(index + 1)):
            return self._figure(Kind.VALUE, index, rank)
        if word in FRACTIONS and self._word(index - 1) in ("a", "an"):
            told = following == "of" or following in OF_PEOPLE or self._follows(index - 1, _ABOUT)
            return self._figure(Kind.SHARE, index - 1, index + 1) if told else None
        return None

    def _is_whose(self, index: int) -> bool:
        near = {self._word(at) for at in range(index - 4, index)}
        return not near.isdisjoint(_HIS) and "in" in near | {self._word(index - 5)}

    def _once_or_twice(self, index: int) -> Figure | None:
        following = self._word(index + 1)
        is_rate = following in _EACH and self._word(index + 2) in _SPANS
        is_daily = following in ("daily", "weekly", "monthly", "yearly")
        if is_rate or is_daily:
            return self._figure(Kind.VALUE, index, index + 3)
        if self._word(index) == "twice" and (following in LIKELY or self._follows(index, _BOUNDS)):
            return self._figure(Kind.SHARE, index, index + 1, likely=True)
        return None

    def _half(self, index: int) -> Figure | None:
        before, following = self._word(index - 1), self._word(index + 1)
        if following in ("a", "an") and self._word(index + 2) in _SPANS:
            return self._figure(Kind.SPAN, index, index + 3)
        if following in _NEVER_SHARES or before in _ONE_OF_TWO_HALVES or self._is_of_a_body(index + 1):
            return None
        return self._figure(Kind.SHARE, index, index + 1)

    def _is_of_a_body(self, index: int) -> bool:
        """Whether "of the tongue" or the like stands at ``index``: its front two-thirds are a place in it."""
        return self._word(index) == "of" and any(self._word(at) in _ORGANS for at in (index + 1, index + 2))

    def _rank_end(self, index: int, begin: int) -> int:
        """Return the token after "most" in "third most common" and "3rd most common", or 0."""
        if self._in_digits(begin):
            if self._word(index) not in _ENDS_OF_ORDINALS:
                return 0
            index += 1
        elif self._word(begin) not in _ORDINALS or self._word(begin) == "first":
            return 0
        index += self._word(index) == "-"
        return index + 1 if self._word(index) in _RANKED else 0

    def _ordinal_span_end(self, index: int) -> int:
        """Return the token after "first year of", or 0: "the first day of school" only orders."""
        index += self._word(index) == "few"
        if self._word(index) not in _SPANS or self._word(index + 1) not in ("of", "after", "following"):
            return 0
        is_day = self._word(index) in ("day", "night") and self._word(index + 2) != "life"
        return 0 if is_day else index + 2
