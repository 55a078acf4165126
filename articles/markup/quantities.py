"""The quantities of an English medical sentence: how much, of what kind, and what it is a figure of.

Shares, durations, counts, factors, ages, doses, hazard ratios and p values are read, with "about", "at least" and
ranges; "all", "most" and "never" are shares too. An interval of confidence belongs to the estimate before it.
Stages, dates, calendar years, telephone numbers, numbers of trials and citations are no quantities.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from .amounts import Amount, Token, TokenKind, amount_at, text_at, tokens_of
from .measures import CASES, CHANGE, MEASURES, SURVIVAL, TOOK_PART, Subject, subject_of
from .sentences import sentences


ONE_PERSON = "one person"
SPOKEN_STEP = 0.02  # "a third", "one in five": within a percentage point


class Dimension(StrEnum):
    SHARE = "share"  # of 1: 57.7% is 0.577
    DURATION = "duration"  # in months
    COUNT = "count"  # of what `noun` says
    FACTOR = "factor"  # twice is 2
    AGE = "age"  # in years
    MEASURE = "measure"  # in the unit that `noun` says
    RATIO = "ratio"  # of the kind that `noun` says, as "hazard ratio"
    P_VALUE = "p value"


Operator = Literal["=", "<", "<=", ">", ">=", "~", "range"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity stated in a sentence, in the unit of its dimension, and what it is a figure of."""

    dimension: Dimension
    low: float | None  # None: open below
    high: float | None  # None: open above
    operator: Operator
    start: int
    end: int
    step: float  # the worth of the last place given: 0.001 in "57.7%"
    approximate: bool = False
    leaning: Literal["below", "", "above"] = ""  # "nearly" leans below the number, "just over" above it
    noun: str = ""
    per: str = ""  # "year" in "3,000 cases a year"
    in_words: bool = False  # "all", "most", "none", "always"
    of: tuple[float, float] | None = None  # 19 and 35 in "19 of 35"
    interval: tuple[float, float] | None = None  # of confidence, or the spread around an average
    at: float | None = None  # months after which a share or count was taken
    is_time_point: bool = False  # the "12 weeks" of "at 12 weeks, 57.7% had it"
    denied: bool = False  # "did not come back in 22%"
    about: frozenset[str] = frozenset()

    @property
    def measures(self) -> frozenset[str]:
        """The outcomes it speaks of."""
        return self.about & MEASURES


def quantities(sentence: str) -> tuple[Quantity, ...]:
    """Return the quantities of ``sentence`` (or of a few sentences) in the order in which they stand."""
    if len(sentence) > LONGEST_TEXT:
        sentence = sentence[:LONGEST_TEXT]
    text = _NO_QUANTITY.sub(lambda found: "\u2063" * len(found[0]), sentence)
    reader = _Reader(text)
    reader.read()
    return tuple(_with_subjects(text, reader.found))


def years(sentence: str) -> tuple[int, ...]:
    """Return the years of the calendar that ``sentence`` names, in order."""
    tokens = tokens_of(sentence[:LONGEST_TEXT])
    return tuple(int(token.text) for index, token in enumerate(tokens) if _is_year(tokens, index))


# A page has less; what comes after it is not read, so that no text takes long.
LONGEST_TEXT = 20_000

MONTHS = {
    "hour": 1 / 730.5,
    "day": 1 / 30.4375,
    "night": 1 / 30.4375,
    "week": 7 / 30.4375,
    "month": 1.0,
    "year": 12.0,
    "yr": 12.0,
    "decade": 120.0,
}
_PERIODS = {**MONTHS, **{f"{name}s": worth for name, worth in MONTHS.items()}}
_YEARS = frozenset({"year", "years", "yr", "yrs"})
_PER = {"annually": "year", "yearly": "year", "monthly": "month", "weekly": "week", "daily": "day"}

_PEOPLE = frozenset(
    "patient patients person persons people man men woman women adult adults child children participant participants "
    "volunteer volunteers survivor survivors worker workers veteran veterans sufferers individuals subjects infants "
    "americans siblings relatives smokers".split()
)
_OUTCOMES = frozenset(
    "response responses remission remissions recurrence recurrences relapse relapses death deaths progression "
    "progressions responders survivors disease".split()
)
_THINGS = {
    **dict.fromkeys(("case", "cases"), "case"),
    **dict.fromkeys(("study", "studies"), "study"),
    **dict.fromkeys(("tumor", "tumors", "tumour", "tumours"), "tumor"),
    **dict.fromkeys(("center", "centers", "centre", "centres"), "center"),
    **dict.fromkeys(("country", "countries"), "country"),
    **{
        word: word.rstrip("s")
        for name in "trial hospital nodule cycle dose session infusion injection operation lesion node".split()
        for word in (name, f"{name}s")
    },
}
_NO_ADJECTIVE = frozenset(
    "of for in to and or with that the from by on at as is are was were had has have than who whose which not a an "
    "more less each every per did died lived in out after before between about".split()
)
_OF_PEOPLE = frozenset(
    "had have were was did died responded progressed relapsed developed showed remained achieved survived lived "
    "experienced received".split()
)

# Name of the unit, and how many of the one it is told in.
_UNITS: dict[str, tuple[str, float]] = {
    **dict.fromkeys(("g", "gram", "grams"), ("g", 1.0)),
    **dict.fromkeys(("mg", "milligram", "milligrams"), ("g", 1e-3)),
    **dict.fromkeys(("mcg", "µg", "μg", "microgram", "micrograms"), ("g", 1e-6)),
    **dict.fromkeys(("kg", "kilogram", "kilograms"), ("g", 1e3)),
    **dict.fromkeys(("mm", "millimeter", "millimeters", "millimetre", "millimetres"), ("cm", 0.1)),
    **dict.fromkeys(("cm", "centimeter", "centimeters", "centimetre", "centimetres"), ("cm", 1.0)),
    **dict.fromkeys(("ml", "milliliter", "milliliters", "millilitre", "millilitres"), ("l", 1e-3)),
    **dict.fromkeys(("l", "liter", "liters", "litre", "litres"), ("l", 1.0)),
    **dict.fromkeys(("gy",), ("Gy", 1.0)),
    **dict.fromkeys(("cgy",), ("Gy", 0.01)),
    **dict.fromkeys(("dollars",), ("$", 1.0)),
}
_BY = {"m": " by body surface", "square": " by body surface", "kg": " by weight", "kilogram": " by weight"}

_FRACTIONS = {
    "half": 1 / 2, "halves": 1 / 2, "third": 1 / 3, "thirds": 1 / 3, "quarter": 1 / 4, "quarters": 1 / 4,
    "fifth": 1 / 5, "fifths": 1 / 5, "sixth": 1 / 6, "sixths": 1 / 6, "eighth": 1 / 8, "eighths": 1 / 8,
    "tenth": 1 / 10, "tenths": 1 / 10,
}  # fmt: skip
_FACTORS = {
    **dict.fromkeys(("double", "doubles", "doubled", "doubling", "twice", "twofold"), 2.0),
    **dict.fromkeys(("triple", "triples", "tripled", "tripling", "threefold"), 3.0),
    **dict.fromkeys(("quadruple", "quadruples", "quadrupled", "quadrupling", "fourfold"), 4.0),
    **dict.fromkeys(("halve", "halves", "halved", "halving"), 0.5),
    "fivefold": 5.0, "sixfold": 6.0, "sevenfold": 7.0, "eightfold": 8.0, "ninefold": 9.0, "tenfold": 10.0,
}  # fmt: skip

# What may stand before a number: the operator it makes, and where "nearly" and "just over" lean.
_Before = tuple[Operator, Literal["below", "", "above"]]
_BEFORE: dict[tuple[str, ...], _Before] = {
    **{
        tuple(words.split()): ("~", "")
        for words in ("about", "around", "approximately", "roughly", "circa", "some", "~", "≈", "close to", "an estimated")
    },
    **{
        tuple(words.split()): ("~", "below")
        for words in ("nearly", "almost", "just under", "just below", "slightly less than", "a little less than",
                      "not quite", "a little under")
    },
    **{
        tuple(words.split()): ("~", "above")
        for words in ("just over", "just above", "slightly more than", "a little more than", "a little over",
                      "slightly over")
    },
    **{
        tuple(words.split()): (">", "")
        for words in ("over", "more than", "above", "greater than", "longer than", "older than", "higher than",
                      "exceeded", "exceeds", "exceeding", "beyond", ">", "better than", "well over", "far more than")
    },
    **{
        tuple(words.split()): ("<", "")
        for words in ("under", "less than", "below", "fewer than", "shorter than", "younger than", "lower than", "<",
                      "well under", "far less than")
    },
    **{
        tuple(words.split()): (">=", "")
        for words in ("at least", "no less than", "not less than", "no fewer than", "not fewer than", "a minimum of",
                      "≥", "> =")
    },
    **{
        tuple(words.split()): ("<=", "")
        for words in ("up to", "at most", "no more than", "not more than", "no longer than", "not longer than",
                      "a maximum of", "as long as", "as many as", "as much as", "≤", "< =")
    },
}  # fmt: skip
_LONGEST_BEFORE = max(map(len, _BEFORE))
_OR_MORE = frozenset("more longer older over above higher greater".split())
_OR_LESS = frozenset("less fewer shorter younger under below lower".split())

_QUANTIFIERS: dict[str, tuple[float | None, float | None, Operator]] = {
    "all": (1.0, 1.0, "="),
    "every": (1.0, 1.0, "="),
    "each": (1.0, 1.0, "="),
    "no": (0.0, 0.0, "="),
    "none": (0.0, 0.0, "="),
    "any": (1.0, 1.0, "="),
    "most": (0.5, None, ">"),
    "majority": (0.5, None, ">"),
    "minority": (None, 0.5, "<"),
    "some": (0.0, None, ">"),
    "few": (0.0, None, ">"),
    "several": (0.0, None, ">"),
    "many": (0.0, None, ">"),
}
_WHOLE_PHRASES: dict[str, tuple[float, float]] = {
    "everyone": (1.0, 1.0), "everybody": (1.0, 1.0), "nobody": (0.0, 0.0), "always": (1.0, 1.0), "never": (0.0, 0.0),
}  # fmt: skip

_NUMBERED = frozenset(
    "stage stages phase phases grade grades type types level levels step steps part parts page pages chapter chapters "
    "section sections figure figures fig table tables question questions number numbers no option options class "
    "classes factor vitamin chromosome chromosomes room suite cycle version ref refs pp p arm group groups score ecog "
    "pmid isbn doi issn volume vol issue item".split()
)
_MONTH_NAMES = frozenset(
    "january february march april may june july august september october november december jan feb mar apr jun jul aug "
    "sep sept oct nov dec".split()
)
_RISING = frozenset(
    "rose fell rise increase increased decrease decreased improved grew went dropped changed reduced".split()
)
_RATIOS = {"hr": "hazard ratio", "or": "odds ratio", "rr": "risk ratio"}
_LIKELY = frozenset(
    "as more less higher lower greater that the longer better worse larger likely increased what".split()
)
_LIKELIER = frozenset("more less higher lower greater longer shorter reduction increase decrease rise fall".split())

_NO_QUANTITY = re.compile(
    "|".join(
        (
            r"\[[^\[\]\n]{0,300}@[^\[\]\n]{0,300}\]",
            r"\[\d{1,3}(?:[-–,] ?\d{1,3}){0,20}\](?=[\s.,;:]|$)",
            r"https?://\S{1,500}|\b10\.\d{4,9}/\S{1,200}|\b(?:NCT|ISRCTN)\d{4,12}\b",
            # Telephone numbers, hours of service, times of day
            r"\+\d[\d \u00a0().-]{6,20}\d",
            r"(?<![\w.,])(?:1[-. ])?\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}\b",
            r"\b(?:call|dial|text|phone|ring)[ \u00a0](?:or text[ \u00a0])?[\d(][\d \u00a0().-]{0,20}\d\b",
            r"\b(?:24|twenty-four) hours (?:a|per) day\b|\b(?:7|seven) days (?:a|per) week\b|\b24/7\b",
            r"\b\d{1,2}(?::\d\d)? ?[ap](?:\.m\.?|m)(?!\w)|\b\d{1,2}:\d\d\b",
            r"\b\d{4}-\d\d-\d\d\b|\b\d{1,2}/\d{1,2}/\d{2,4}\b|\b\d{1,3}(?:st|nd|rd|th)\b",
            r"\b(?:one|two|three|\d) times (?:a|per|each|every) \w{3,5}\b",
            r"\b(?:once|twice) (?:a|per|each|every) \w{3,5}\b|\b(?:once|twice) (?:dai|week|month|year)ly\b",
        )
    ),
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Found:
    """A quantity, the scale of its unit, and which part of the sentence it takes away from what it is about."""

    quantity: Quantity
    scale: float
    taken: tuple[int, int]
    end: int  # the token after it
    adjective: bool = False
    denominator: bool = False
    changes: bool = False
    adverb: bool = False


class _Reader:
    """Reads the quantities off a text, from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens_of(text)
        self.found: list[_Found] = []
        self.at = 0

    def read(self) -> None:
        readers: tuple[Callable[[int], _Found | None], ...] = (
            self._bounds_of_an_interval,
            self._quantifier,
            self._factor_in_words,
            self._fraction_in_words,
            self._half_a_period,
            self._a_period,
            self._number,
        )
        while self.at < len(self.tokens):
            if past := self._spread(self.at) or self._numbering(self.at):
                self.at = past
                continue
            for reader in readers:
                found = reader(self.at)
                if found:
                    self.found.append(found)
                    self.at = found.end
                    break
            else:
                # A number that is no quantity is passed as a whole.
                passed = amount_at(self.tokens, self.at)
                self.at = passed.end if passed else self.at + 1

    # What is no quantity

    def _numbering(self, index: int) -> int:
        """Return where to go on after the number of a stage, a date or a year, or 0 if there is none at ``index``."""
        token = self.tokens[index]
        if token.text in _NUMBERED and (past := self._numbers_after(index + 1)):
            return past
        if token.text in _MONTH_NAMES and self._is_digits(index + 1):
            past = index + 2
            return past + 2 if self._is_digits(past + 1) and text_at(self.tokens, past) == "," else past
        if token.kind is not TokenKind.NUMBER:
            return 0
        before = self.text[token.start - 1 : token.start]
        glued = (
            before.isalpha()
            or before == "_"
            or (before == "-" and self.text[token.start - 2 : token.start - 1].isalpha())
        )
        if (
            glued
            or text_at(self.tokens, index + 1) in _MONTH_NAMES
            or _is_year(self.tokens, index)
            or (text_at(self.tokens, index - 1) in _MONTH_NAMES and self.tokens[index - 1].written[0].isupper())
        ):
            return index + 1
        return 0

    def _numbers_after(self, index: int) -> int:
        past = 0
        if text_at(self.tokens, index) in (".", "-"):
            index += 1
        while (amount := amount_at(self.tokens, index)) is not None:
            if self._share_unit(amount.end) or self._period_at(amount.end)[1]:
                return past
            past = amount.end
            letter = text_at(self.tokens, past)
            past += len(letter) == 1 and letter in "abc" and self.tokens[past].start == self.tokens[past - 1].end
            joined = text_at(self.tokens, past) in (",", "-", "/", "to", "or", "and")
            index = past + joined
            if not joined or not self._is_digits(index):
                return past
        return past

    def _is_digits(self, index: int) -> bool:
        return index < len(self.tokens) and self.tokens[index].kind is TokenKind.NUMBER

    # Intervals of confidence and the like: no quantities of their own

    def _spread(self, index: int) -> int:
        """Attach an interval at ``index`` to the estimate before it; return the token after it, or 0."""
        word = text_at(self.tokens, index)
        level = self._is_digits(index) and any(
            text_at(self.tokens, index + ahead) in ("ci", "confidence", "cri", "credible") for ahead in (1, 2, 3)
        )
        around = word in ("range", "iqr", "interquartile", "sd") and text_at(self.tokens, index - 1) in (
            "(",
            "[",
            ",",
            ";",
        )
        if not (level or around or word in ("ci", "confidence")):
            if word == "±" and (margin := amount_at(self.tokens, index + 1)) and self.found:
                last = self.found[-1]
                if (middle := last.quantity.low) is not None:
                    width = margin.value * last.scale
                    last.quantity = replace(last.quantity, interval=(middle - width, middle + width))
                return self._past_unit(margin.end)
            return 0
        values: list[Amount] = []
        ahead = index
        while ahead < min(index + 18, len(self.tokens)) and text_at(self.tokens, ahead) not in (")", ";"):
            amount = amount_at(self.tokens, ahead)
            if amount is None:
                ahead += 1
                continue
            ahead = amount.end
            is_level = not values and self._share_unit(ahead) and not around and 80 <= amount.value < 100
            nearby = [text_at(self.tokens, near) for near in range(amount.begin - 2, amount.end + 4)]
            if is_level and not {"ci", "confidence", "cri", "credible"}.isdisjoint(nearby):
                continue
            values.append(amount)
            if len(values) == 2:
                break
        if len(values) < 2:
            return ahead if level else 0
        if self.found:
            last = self.found[-1]
            bounds = (values[0].value * last.scale, values[1].value * last.scale)
            last.quantity = replace(last.quantity, interval=bounds)
        return self._past_unit(values[1].end)

    def _past_unit(self, index: int) -> int:
        past = self._share_unit(index) or self._period_at(index)[1]
        return past or index

    def _bounds_of_an_interval(self, index: int) -> _Found | None:
        """Read "as low as 37% or as high as 77%"."""
        if [text_at(self.tokens, index + ahead) for ahead in range(3)] != ["as", "low", "as"]:
            return None
        lower = self._plain_share(index + 3)
        for ahead in range(lower[1], lower[1] + 4) if lower else ():
            if [text_at(self.tokens, ahead + more) for more in range(3)] == ["as", "high", "as"]:
                upper = self._plain_share(ahead + 3)
                if upper and lower:
                    return self._make(
                        Dimension.SHARE, lower[0] / 100, upper[0] / 100, index, upper[1], step=0.01, operator="range"
                    )
        return None

    def _plain_share(self, index: int) -> tuple[float, int] | None:
        index += text_at(self.tokens, index) in ("about", "around", "roughly")
        amount = amount_at(self.tokens, index)
        past = self._share_unit(amount.end) if amount else 0
        return (amount.value, past) if amount and past else None

    # Words

    def _quantifier(self, index: int) -> _Found | None:
        word = text_at(self.tokens, index)
        denied = text_at(self.tokens, index - 1) in ("not", "n't") or text_at(self.tokens, index - 1).endswith("n't")
        begin = index - 1 if denied else index
        if word in _WHOLE_PHRASES or (word == "no" and text_at(self.tokens, index + 1) == "one"):
            low, _ = _WHOLE_PHRASES.get(word, (0.0, 0.0))
            end = index + 1 + (word == "no")
            return self._share_in_words(low, low, "=", begin, end, denied, adverb=word in ("always", "never"))
        if word not in _QUANTIFIERS:
            return None
        low_, high, operator = _QUANTIFIERS[word]
        end = self._past_people(index + 1, word)
        if not end or (word == "most" and text_at(self.tokens, index - 1) in ("at", "the")):
            return None
        if word == "any":
            # "Not in any patient" is said of all, and the "not" stands with what did not happen.
            return (
                self._share_in_words(low_, high, operator, index, index + 1, False)
                if self._denied_before(index)
                else None
            )
        found = self._share_in_words(low_, high, operator, begin, index + 1, denied)
        if found and self.tokens[end - 1].text not in _OF_PEOPLE and amount_at(self.tokens, end - 2) is None:
            found.quantity = replace(found.quantity, end=self.tokens[end - 1].end)
        return found

    def _denied_before(self, index: int) -> bool:
        return any(self.tokens[before].text in ("not", "never", "without") or self.tokens[before].text.endswith("n't")
                   for before in range(max(0, index - 8), index))  # fmt: skip

    def _past_people(self, index: int, word: str) -> int:
        """Return the token after "(of the) (44 treated) patients" at ``index``, or 0 if it speaks of no people."""
        if text_at(self.tokens, index) == "of":
            index += 1
        following = text_at(self.tokens, index)
        if following in ("them", "these", "those") and text_at(self.tokens, index - 1) == "of":
            return index + 1
        if following in _OF_PEOPLE and word != "no":
            return index
        index += following in ("the", "these", "those", "treated")
        amount = amount_at(self.tokens, index)
        index = amount.end if amount else index
        for ahead in range(index, index + 5):
            noun = text_at(self.tokens, ahead)
            if noun in _PEOPLE or noun in ("case", "cases", "tumor", "tumors", "tumours"):
                return ahead + 1
            if word == "no" and noun in _OUTCOMES and not self._has_figure_near(ahead):
                return ahead + 1
            if noun in _NO_ADJECTIVE or not (noun.isalpha() or noun == "-"):
                return 0
        return 0

    def _has_figure_near(self, index: int) -> bool:
        """Whether a figure stands before ``index`` in its sentence: then "no recurrence" denies, and counts nothing."""
        if not self.found:
            return False
        between = self.text[self.found[-1].quantity.end : self.tokens[index].start]
        return not re.search(r"[.;,]", between)

    def _share_in_words(
        self,
        low: float | None,
        high: float | None,
        operator: Operator,
        begin: int,
        end: int,
        denied: bool,
        *,
        adverb: bool = False,
    ) -> _Found | None:
        if denied and low == high == 1.0:
            low, high, operator = None, 1.0, "<"
        elif denied and low == high == 0.0:
            low, high, operator = 0.0, None, ">"
        elif denied and low == 0.5:
            low, high, operator = None, 0.5, "<="
        elif denied:
            return None
        first, before, leaning = self._before(begin)
        approximate = before == "~" and low == high
        found = self._make(
            Dimension.SHARE,
            low,
            high,
            first if approximate else begin,
            end,
            step=SPOKEN_STEP,
            operator="~" if approximate else operator,
        )
        found.quantity = replace(
            found.quantity, in_words=True, approximate=approximate, leaning=leaning if approximate else ""
        )
        found.adverb = adverb
        return found

    def _factor_in_words(self, index: int) -> _Found | None:
        word = text_at(self.tokens, index)
        if word not in _FACTORS:
            return None
        following = text_at(self.tokens, index + 1)
        if word == "twice" and following not in _LIKELY:
            return None
        if word in ("double", "triple", "halves") and following in ("blind", "-", "dose", "lung"):
            return None
        return self._with_operator(Dimension.FACTOR, _FACTORS[word], 0.5, index, index + 1)

    def _fraction_in_words(self, index: int) -> _Found | None:
        word = text_at(self.tokens, index)
        following = text_at(self.tokens, index + 1)
        if word == "half" and following not in ("a", "an", "-", "life", "year", "hour"):
            if following in ("as",):
                return self._with_operator(Dimension.FACTOR, 0.5, 0.5, index, index + 1)
            return self._with_operator(Dimension.SHARE, 0.5, SPOKEN_STEP, index, index + 1)
        amount = amount_at(self.tokens, index)
        single = word in ("a", "an") or (amount is not None and amount.value == 1)
        past = amount.end if amount else index + 1
        past += text_at(self.tokens, past) == "-"
        fraction = text_at(self.tokens, past)
        if fraction not in _FRACTIONS or fraction == "half" or not (single or amount):
            return None
        times = amount.value if amount else 1.0
        value = times * _FRACTIONS[fraction]
        after = text_at(self.tokens, past + 1)
        if (
            value >= 1
            or fraction.endswith("s") == single
            or (single and after not in (_OF_PEOPLE | {"of", "", ".", ","}))
        ):
            return None
        return self._with_operator(Dimension.SHARE, value, SPOKEN_STEP, index, past + 1)

    def _half_a_period(self, index: int) -> _Found | None:
        """Read "half a year" and "a year and a half"."""
        words = [text_at(self.tokens, index + ahead) for ahead in range(5)]
        if words[0] == "half" and words[1] in ("a", "an") and words[2] in MONTHS:
            return self._with_operator(Dimension.DURATION, 0.5, 0.5, index, index + 3, MONTHS[words[2]])
        if words[0] in ("a", "one") and words[1] in MONTHS and words[2:] == ["and", "a", "half"]:
            return self._with_operator(Dimension.DURATION, 1.5, 0.5, index, index + 5, MONTHS[words[1]])
        return None

    def _a_period(self, index: int) -> _Found | None:
        """Read the "a year" of "less than a year", but not that of "twice a year"."""
        period = text_at(self.tokens, index + 1)
        if text_at(self.tokens, index) not in ("a", "an") or period not in MONTHS or period in ("night", "yr"):
            return None
        before = text_at(self.tokens, index - 1)
        first, operator, _ = self._before(index)
        if first == index and operator == "=" and before not in ("for", "after", "of", "within", "by", "lasted", "at"):
            return None
        return self._with_operator(Dimension.DURATION, 1.0, 1.0, index, index + 2, MONTHS[period])

    # Numbers

    def _number(self, index: int) -> _Found | None:
        first = amount_at(self.tokens, index)
        if first is None:
            return None
        named = self._ratio_or_p(first)
        if named:
            return named
        last, past = self._second_bound(first)
        return (
            self._percentage(first, last, past)
            or self._so_many_in(first)
            or self._age(first, last, past)
            or self._duration(first, last, past)
            or self._times(first, last, past)
            or self._measured(first, last, past)
            or self._counted(first, last, past)
            or self._unit_of_a_later_number(first)
        )

    def _second_bound(self, first: Amount) -> tuple[Amount, int]:
        """Return the upper bound and the token after it: of "12 to 21" 21, of a single number that number."""
        past = self._share_unit(first.end) or first.end
        joint = text_at(self.tokens, past)
        before = text_at(self.tokens, first.begin - 1)
        if joint in ("-", "to", "or") or (joint == "and" and before == "between"):
            second = amount_at(self.tokens, past + 1)
            rising = before == "from" and any(
                text_at(self.tokens, back) in _RISING for back in range(first.begin - 5, first.begin)
            )
            if second and second.value > first.value and not rising:
                return second, second.end
        return first, first.end

    def _percentage(self, first: Amount, last: Amount, past: int) -> _Found | None:
        end = self._share_unit(past)
        if not end:
            return None
        if text_at(self.tokens, end) in ("points", "point"):
            return self._bounded(Dimension.MEASURE, first, last, end + 1, 1.0, noun="percentage points")
        scale = 0.001 if text_at(self.tokens, past) == "‰" else 0.01
        if first is last and (joint := text_at(self.tokens, end)) in ("-", "to", "and"):
            second = amount_at(self.tokens, end + 1)
            between = joint != "and" or text_at(self.tokens, first.begin - 1) == "between"
            if second and between and second.value > first.value and (closing := self._share_unit(second.end)):
                rising = {text_at(self.tokens, back) for back in range(first.begin - 5, first.begin)} & _RISING
                if not rising:
                    last, end = second, closing
        found = self._bounded(Dimension.SHARE, first, last, end, scale)
        before = {text_at(self.tokens, back) for back in (first.begin - 1, _past_about(self.tokens, first.begin))}
        found.changes = "by" in before or text_at(self.tokens, end) in _LIKELIER
        return found

    def _share_unit(self, index: int) -> int:
        """Return the token after "%", "per cent" and the like at ``index``, or 0."""
        word = text_at(self.tokens, index)
        if word in ("%", "‰", "percent", "percentage"):
            return index + 1
        return index + 2 if word == "per" and text_at(self.tokens, index + 1) == "cent" else 0

    def _so_many_in(self, first: Amount) -> _Found | None:
        """Read "7 in 100", "one in five", "3 out of 10", "19 of 35 patients", "19/35"."""
        past = first.end
        joint = text_at(self.tokens, past)
        if joint == "out" and text_at(self.tokens, past + 1) == "of":
            past += 1
        elif joint not in ("in", "of", "/"):
            return None
        past += 1
        while text_at(self.tokens, past) in ("every", "the", "all", "these", "those"):
            past += 1
        whole = amount_at(self.tokens, past)
        if (
            whole is None
            or whole.value < max(first.value, 2)
            or not _is_whole(first.value)
            or _is_year(self.tokens, past)
        ):
            return None
        if self._period_at(whole.end)[1] or self._share_unit(whole.end):
            return None
        people = self._noun_at(whole.end)
        digits = self._is_digits(first.begin) and self._is_digits(whole.begin)
        if joint == "of" and not (people and people[0] in ("people", "case", "tumor")) and not digits:
            return None
        if joint == "/" and text_at(self.tokens, whole.end) not in ("(", ")", *_PEOPLE):
            return None
        counted = joint in ("of", "/") or joint == "out" or whole.value not in (2, 3, 4, 5, 6, 7, 8, 9, 10, 100, 1000)
        step = min(0.01, 1 / whole.value) if counted or whole.value > 20 else SPOKEN_STEP
        end = people[1] if people else whole.end
        found = self._with_operator(Dimension.SHARE, first.value / whole.value, step, first.begin, end)
        if counted:
            found.quantity = replace(found.quantity, of=(first.value, whole.value))
        return found

    def _age(self, first: Amount, last: Amount, past: int) -> _Found | None:
        end = past
        dashed = end + (text_at(self.tokens, end) == "-")
        period = text_at(self.tokens, dashed) in _YEARS
        if period:
            after = dashed + 1 + (text_at(self.tokens, dashed + 1) == "-")
            old = text_at(self.tokens, after) == "old"
            of_age = text_at(self.tokens, after) == "of" and text_at(self.tokens, after + 1) == "age"
            if old or of_age:
                return self._bounded(Dimension.AGE, first, last, after + (1 if old else 2), 1.0)
        begin, _, _ = self._before(first.begin)
        back = [text_at(self.tokens, begin - before) for before in (1, 2, 3, 4, 5)]
        named = self._age_named(back)
        person = back[0] == "of" and back[1] in ("man", "woman", "person", "patient") and not period
        bare = self._bare_age(first, last, past)
        if not (named or person or bare) or self._share_unit(past) or not 0 < first.value < 120:
            return None
        if not period and (self._period_at(past)[1] or (self._noun_at(past) and not bare)):
            return None
        return self._bounded(Dimension.AGE, first, last, dashed + 1 if period else past, 1.0)

    def _age_named(self, back: list[str]) -> bool:
        for word in back:
            if word in ("age", "aged", "ages"):
                return True
            if word not in ("of", "was", "is", "at", "diagnosis", "about", "between", "from", "the", "median", "mean"):
                return False
        return False

    def _bare_age(self, first: Amount, last: Amount, past: int) -> bool:
        """Whether this is the 65 of "were over 65": a bound by itself, at the end of what is said."""
        begin, operator, _ = self._before(first.begin)
        older = text_at(self.tokens, begin) in ("older", "younger") or text_at(self.tokens, begin - 1) in (
            "aged",
            "age",
        )
        said = text_at(self.tokens, begin - 1) in ("were", "are", "was", "is", "people", "patients", "those", "anyone")
        ends = text_at(self.tokens, past) in ("", ".", ",", ";", ")", "and", "or", "when", "at")
        words = text_at(self.tokens, past) in ("and", "or") and text_at(self.tokens, past + 1) in ("older", "younger")
        bounded = operator in ("<", ">") and begin < first.begin and (older or said) and self._is_digits(first.begin)
        return (words or (bounded and ends)) and 18 <= last.value <= 110

    def _period_at(self, index: int) -> tuple[float, int, bool]:
        """Return the months of the period named at ``index``, the token after it (or 0), and whether a dash joins it."""
        dashed = text_at(self.tokens, index) == "-"
        ahead = index + dashed
        if not dashed and text_at(self.tokens, ahead) in ("full", "whole", "more", "additional", "consecutive"):
            ahead += 1
        word = text_at(self.tokens, ahead)
        return (_PERIODS[word], ahead + 1, dashed) if word in _PERIODS else (1.0, 0, False)

    def _duration(self, first: Amount, last: Amount, past: int) -> _Found | None:
        months, end, dashed = self._period_at(past)
        if not end:
            return None
        if first is last and text_at(self.tokens, end) in ("to", "-"):
            second = amount_at(self.tokens, end + 1)
            other, closing, _ = self._period_at(second.end) if second else (1.0, 0, False)
            rising = {text_at(self.tokens, back) for back in range(first.begin - 5, first.begin)} & _RISING
            if second and closing and second.value * other > first.value * months and not rising:
                return self._make(
                    Dimension.DURATION,
                    first.value * months,
                    second.value * other,
                    self._before(first.begin)[0],
                    closing,
                    step=min(first.step * months, second.step * other),
                    operator="range",
                    scale=other,
                )
        if text_at(self.tokens, end) == "and" and [text_at(self.tokens, end + 1), text_at(self.tokens, end + 2)] == [
            "a",
            "half",
        ]:
            return self._with_operator(Dimension.DURATION, first.value + 0.5, 0.5, first.begin, end + 3, months)
        found = self._bounded(Dimension.DURATION, first, last, end, months)
        found.adjective = dashed
        return found

    def _times(self, first: Amount, last: Amount, past: int) -> _Found | None:
        end = past + (text_at(self.tokens, past) == "-")
        if text_at(self.tokens, end) == "fold":
            return self._bounded(Dimension.FACTOR, first, last, end + 1, 1.0)
        if text_at(self.tokens, end) in ("times", "time") and text_at(self.tokens, end + 1) in _LIKELY:
            return self._bounded(Dimension.FACTOR, first, last, end + 1, 1.0)
        return None

    def _measured(self, first: Amount, last: Amount, past: int) -> _Found | None:
        if text_at(self.tokens, first.begin - 1) in ("$", "£", "€"):
            return self._bounded(Dimension.MEASURE, first, last, past, 1.0, noun=text_at(self.tokens, first.begin - 1))
        unit = past + (text_at(self.tokens, past) == "-")
        if text_at(self.tokens, unit) not in _UNITS:
            return None
        name, worth = _UNITS[text_at(self.tokens, unit)]
        end = unit + 1
        if text_at(self.tokens, end) in ("/", "per") and text_at(self.tokens, end + 1) in _BY:
            name += _BY[text_at(self.tokens, end + 1)]
            end += 2
            end += text_at(self.tokens, end) in ("2", "meter", "metre", "²")
        return self._bounded(Dimension.MEASURE, first, last, end, worth, noun=name)

    def _ratio_or_p(self, amount: Amount) -> _Found | None:
        words = [text_at(self.tokens, amount.begin - back) for back in range(1, 8)]
        sign = words[0] if words[0] in ("=", "<", ">", "≤", "≥") else ""
        if words[0 if not sign else 1] == "p" and sign:
            return self._with_operator(Dimension.P_VALUE, amount.value, amount.step, amount.begin, amount.end)
        if words[0] == "=" and words[1] == "n":
            found = self._with_operator(Dimension.COUNT, amount.value, 1.0, amount.begin, amount.end)
            found.quantity = replace(found.quantity, noun="people")
            found.denominator = True
            return found
        if self._share_unit(amount.end) or self._period_at(amount.end)[1]:
            return None
        for back, word in enumerate(words):
            token = self.tokens[amount.begin - back - 1] if amount.begin - back - 1 >= 0 else None
            if token is None or token.kind is TokenKind.NUMBER or word in (".", ";", ")"):
                return None
            if word == "ratio" and (kind := text_at(self.tokens, amount.begin - back - 2)) in (
                "hazard",
                "odds",
                "risk",
            ):
                return self._ratio(amount, f"{kind} ratio")
            if word == "risk" and text_at(self.tokens, amount.begin - back - 2) == "relative":
                return self._ratio(amount, "risk ratio")
            if word in _RATIOS and token.written.isupper():
                return self._ratio(amount, _RATIOS[word])
        return None

    def _ratio(self, amount: Amount, noun: str) -> _Found:
        found = self._with_operator(Dimension.RATIO, amount.value, amount.step, amount.begin, amount.end)
        found.quantity = replace(found.quantity, noun=noun)
        return found

    def _noun_at(self, index: int) -> tuple[str, int] | None:
        """Return what is counted by a number before ``index``, and the token after the noun."""
        for ahead in range(index, min(index + 6, len(self.tokens))):
            word = self.tokens[ahead].text
            if word in _PEOPLE:
                return "people", ahead + 1
            if word in _OUTCOMES and (
                word != "disease" or text_at(self.tokens, ahead - 1) in ("stable", "progressive")
            ):
                return "people", index
            if word in _THINGS:
                if text_at(self.tokens, ahead + 1) in _PEOPLE:
                    continue
                return _THINGS[word], ahead + 1
            if word in _NO_ADJECTIVE or not (word.isalpha() or word == "-"):
                return None
        return None

    def _counted(self, first: Amount, last: Amount, past: int) -> _Found | None:
        if not _is_whole(first.value):
            return None
        noun = self._noun_at(past) or self._people_unnamed(first, past)
        if noun is None or (noun[0] != "people" and first is last and first.value == 1):
            return None
        name, end = noun
        per, past_per = self._per(end)
        found = self._bounded(Dimension.COUNT, first, last, max(end, past_per), 1.0, noun=name)
        found.quantity = replace(found.quantity, per=per)
        found.taken = (found.quantity.start, self.tokens[past - 1].end)
        return found

    def _people_unnamed(self, first: Amount, past: int) -> tuple[str, int] | None:
        """Read the 25 of "in 25 of them" and of "25 had a response"."""
        before = text_at(self.tokens, first.begin - 1)
        following = text_at(self.tokens, past)
        if following == "of" and text_at(self.tokens, past + 1) in ("them", "these", "those", "whom"):
            return "people", past + 2
        if following in _OF_PEOPLE and (first.value > 1 or following in ("had", "died", "responded", "survived")):
            return "people", past
        if before in ("in", "among", "other", "remaining") and following in (
            "",
            ".",
            ",",
            ";",
            ")",
            "and",
            "it",
            "the",
        ):
            return "people", past
        back = [text_at(self.tokens, first.begin - 1), text_at(self.tokens, first.begin - 2)]
        if back == ["the", "among"] or back == ["the", "of"]:
            return "people", past
        abbreviated = self.tokens[first.begin - 1].written if first.begin else ""
        return ("people", past) if abbreviated in ("CR", "PR", "SD", "PD") else None

    def _per(self, index: int) -> tuple[str, int]:
        for ahead in range(index, min(index + 7, len(self.tokens))):
            word = self.tokens[ahead].text
            if word in _PER:
                return _PER[word], ahead + 1 if ahead == index else index
            if word in ("a", "per", "each", "every") and text_at(self.tokens, ahead + 1) in MONTHS:
                # Only words that follow at once are left out of what the count is about.
                return text_at(self.tokens, ahead + 1), ahead + 2 if ahead == index else index
            if word in (".", ";", ","):
                break
        return "", index

    def _unit_of_a_later_number(self, first: Amount) -> _Found | None:
        """Read the 16 of "16 and 14 months"."""
        past = first.end
        for _ in range(3):
            if text_at(self.tokens, past) not in ("and", "or", "vs", "versus", ","):
                return None
            following = amount_at(self.tokens, past + 1)
            if following is None:
                return None
            past = following.end
            if self._share_unit(past):
                return self._with_operator(Dimension.SHARE, first.value, first.step, first.begin, first.end, 0.01)
            months, end, _ = self._period_at(past)
            if end:
                return self._with_operator(Dimension.DURATION, first.value, first.step, first.begin, first.end, months)
        return None

    # Making them

    def _before(self, index: int) -> tuple[int, Operator, Literal["below", "", "above"]]:
        """Return where the words that bound a number at ``index`` begin, and what they make of it."""
        begin, operator, leaning = self._words_before(index)
        if begin < index and operator == "~":
            outer, bound, _ = self._words_before(begin)
            if outer < begin and bound != "~":
                return outer, bound, ""
        elif begin == index and text_at(self.tokens, index - 1) in ("a", "an"):
            outer, bound, lean = self._words_before(index - 1)
            if outer < index - 1 and bound in ("<", ">", "~") and text_at(self.tokens, index - 2) != "over":
                return outer, bound, lean
        return begin, operator, leaning

    def _words_before(self, index: int) -> tuple[int, Operator, Literal["below", "", "above"]]:
        for length in range(_LONGEST_BEFORE, 0, -1):
            words = tuple(text_at(self.tokens, index - back) for back in range(length, 0, -1))
            if words in _BEFORE:
                operator, leaning = _BEFORE[words]
                return index - length, operator, leaning
        return index, "=", ""

    def _bounded(
        self, dimension: Dimension, first: Amount, last: Amount, end: int, scale: float, *, noun: str = ""
    ) -> _Found:
        step = min(first.step, last.step)
        if first is last:
            found = self._with_operator(dimension, first.value, step, first.begin, end, scale)
        else:
            begin, operator, _ = self._before(first.begin)
            found = self._make(
                dimension,
                first.value * scale,
                last.value * scale,
                begin,
                end,
                step=step * scale,
                operator="range",
                scale=scale,
            )
            found.quantity = replace(found.quantity, approximate=operator == "~")
        found.quantity = replace(found.quantity, noun=noun)
        return found

    def _with_operator(
        self, dimension: Dimension, value: float, step: float, begin: int, end: int, scale: float = 1.0
    ) -> _Found:
        first, operator, leaning = self._before(begin)
        joint = text_at(self.tokens, end)
        following = text_at(self.tokens, end + 1)
        if joint in ("or", "and") and following in _OR_MORE and first == begin:
            operator, end = ">=", end + 2
        elif joint in ("or", "and") and following in _OR_LESS and first == begin:
            operator, end = "<=", end + 2
        elif joint == "+":
            operator, end = ">=", end + 1
        value, step = value * scale, step * scale
        low = None if operator in ("<", "<=") else value
        high = None if operator in (">", ">=") else value
        found = self._make(dimension, low, high, first, end, step=step, operator=operator, scale=scale)
        found.quantity = replace(found.quantity, approximate=operator == "~", leaning=leaning)
        return found

    def _make(
        self,
        dimension: Dimension,
        low: float | None,
        high: float | None,
        begin: int,
        end: int,
        *,
        step: float,
        operator: Operator,
        scale: float = 1.0,
    ) -> _Found:
        start, stop = self.tokens[begin].start, self.tokens[end - 1].end
        low = low if low is None else round(low, 9)
        high = high if high is None else round(high, 9)
        quantity = Quantity(dimension, low, high, operator, start, stop, step)
        return _Found(quantity, scale, (start, stop), end)


def _past_about(tokens: list[Token], index: int) -> int:
    """Return the place before a word like "about" that stands before ``index``."""
    return (
        index - 2
        if text_at(tokens, index - 1) in ("about", "around", "nearly", "almost", "over", "roughly")
        else index - 1
    )


def _is_whole(value: float) -> bool:
    return value == int(value)


def _is_year(tokens: list[Token], index: int) -> bool:
    text = tokens[index].text
    if not (len(text) == 4 and text.isdecimal() and 1900 <= int(text) <= 2099):
        return False
    after = text_at(tokens, index + 1)
    counts = after in _PEOPLE or after in _THINGS or after in ("%", "percent", "per", "new")
    return not (counts or after in _UNITS or after in _PERIODS) or text_at(tokens, index - 1) in (
        "in",
        "since",
        "until",
    )


# What each quantity is about

_ALWAYS_PARTS = re.compile(r";|\b(?:but|while|whereas|compared (?:with|to)|versus|vs)\b", re.IGNORECASE)
_MAY_PART = re.compile(r",|\band\b", re.IGNORECASE)
_TIME_POINT = re.compile(r"\b(?:at|after|within|by|first)(?: the first)?\s*$", re.IGNORECASE)
_RATE = re.compile(
    r"[\s-]{0,2}(?:\w{1,12}[\s-]){0,2}(?:survival|mortality|rate|disease|relative|overall)", re.IGNORECASE
)
_DENIED = re.compile(r"(?:\bnot|n['’]t)(?: \w{1,12}){0,2} $", re.IGNORECASE)
_OF_ALL = re.compile(r"(?:^|[.;(] ?)Of (?:the |these )?$")
_LIVED = re.compile(r"\b(?:lived|survived|alive)(?: for)?\s*$", re.IGNORECASE)
_ONE_PERSON = re.compile(
    r"\b(?:he|she|his|her|him|one (?:man|woman|patient|person)|an? (?:single |\d{1,3}-year-old |elderly )?(?:man|woman|patient))\b",
    re.IGNORECASE,
)
_AMONG = re.compile(r"\b(?:in|of|among|for|from|on|to|with)(?: the| these| all){0,2}\s*$", re.IGNORECASE)
# Measures that only say whom or what a share or a duration is taken of, if an outcome is named too.
_ONLY_OF_WHOM = frozenset({TOOK_PART, CASES, "men", "women"})


@dataclass(slots=True)
class _Clause:
    """A part of a sentence whose words speak of the quantities in it."""

    start: int
    end: int
    members: list[_Found]
    sentence: tuple[int, int]


def _with_subjects(text: str, found: list[_Found]) -> Iterator[Quantity]:
    inherited: frozenset[str] = frozenset()
    for clause in _clauses(text, found):
        subject = subject_of(_words_about(text, clause))
        if _ONE_PERSON.search(text, *clause.sentence):
            subject = Subject(subject.about | {ONE_PERSON}, subject.denied)
        if subject.measures:
            inherited = subject.about & (MEASURES | {"complete", "partial", "median", "mean"})
        elif inherited and any(member.quantity.dimension is not Dimension.COUNT for member in clause.members):
            subject = Subject(subject.about | inherited, subject.denied)
        yield from _members(text, clause, subject)


def _clauses(text: str, found: list[_Found]) -> Iterator[_Clause]:
    spans = [*sentences(text), (len(text), len(text))]
    place = 0
    clause: _Clause | None = None
    measured = False  # whether the words of the clause so far name an outcome
    for member in found:
        start = member.taken[0]
        while spans[place][1] <= start and place < len(spans) - 1:
            place += 1
        if clause is None or clause.sentence != spans[place]:
            if clause:
                yield clause
            clause = _Clause(*spans[place], [member], spans[place])
            measured = _has_measure(text[clause.start : start])
            continue
        begin = clause.members[-1].taken[1]
        between = text[begin:start]
        parting = _parting(between, clause.members[-1], member, measured)
        if parting is None:
            clause.members.append(member)
            measured = measured or _has_measure(between)
        else:
            clause.end = begin + parting
            yield clause
            clause = _Clause(clause.end, spans[place][1], [member], spans[place])
            measured = _has_measure(between[parting:])
    if clause:
        yield clause


def _parting(between: str, left: _Found, right: _Found, measured: bool) -> int | None:
    """Return where in the words between two quantities a new clause begins, or None if both stand in one."""
    if between.rfind("(") > between.rfind(")"):
        return None
    parts = list(_ALWAYS_PARTS.finditer(between))
    if parts:
        return parts[-1].start()
    parts = list(_MAY_PART.finditer(between))
    if not parts:
        return None
    alike = left.quantity.dimension is right.quantity.dimension
    for part in reversed(parts):
        if alike or measured or _has_measure(between[: part.start()]):
            # "The cancer shrank, and was stable, in 8": the last of several, unless it only joins an "and".
            return part.start() if part[0] != "," or not between[: part.start()].rstrip().endswith("and") else None
    return None


def _has_measure(words: str) -> bool:
    return bool(subject_of(words).measures)


def _words_about(text: str, clause: _Clause) -> str:
    parts = []
    at = clause.start
    for member in clause.members:
        start, end = member.taken
        parts.append(text[at : max(at, start)])
        at = max(at, end)
    parts.append(text[at : max(at, clause.end)])
    return " ".join(" ".join(part.split()) for part in parts)


def _members(text: str, clause: _Clause, subject: Subject) -> Iterator[Quantity]:
    """Yield the quantities of a clause: what each is about, and when it was taken; without whom they were taken of."""
    kinds = [member.quantity.dimension for member in clause.members]
    has_rate = Dimension.SHARE in kinds or Dimension.COUNT in kinds
    times = [member for member in clause.members if has_rate and _is_time_point(text, member)]
    has_duration = any(
        member.quantity.dimension is Dimension.DURATION and member not in times for member in clause.members
    )
    for place, member in enumerate(clause.members):
        quantity = member.quantity
        before = text[max(clause.sentence[0], quantity.start - 30) : quantity.start]
        others = has_duration or any(kind is Dimension.SHARE for index, kind in enumerate(kinds) if index != place)
        among = others and bool(_AMONG.search(before))
        if (quantity.in_words and among) or (member.adverb and not subject.measures):
            continue
        following = clause.members[place + 1].quantity if place + 1 < len(clause.members) else None
        in_brackets = following is not None and "(" in text[quantity.end : following.start]
        denominator = member.denominator or (among and not in_brackets) or bool(_OF_ALL.search(before))
        about = _about(quantity.dimension, subject.about, has_duration, denominator)
        rate = quantity.dimension in (Dimension.SHARE, Dimension.COUNT)
        denied = subject.denied and rate and bool(about & MEASURES - _ONLY_OF_WHOM)
        yield replace(
            quantity,
            about=about | {CHANGE} if member.changes else about,
            at=_nearest(times, member) if rate else None,
            is_time_point=member in times,
            denied=denied or (not rate and bool(_DENIED.search(before))),
        )


def _about(dimension: Dimension, about: frozenset[str], has_duration: bool, denominator: bool) -> frozenset[str]:
    if dimension is Dimension.COUNT:
        if denominator:
            return (about - MEASURES - {"complete", "partial"}) | {TOOK_PART}
        if has_duration:
            about -= {SURVIVAL}
        return about - _ONLY_OF_WHOM if about & MEASURES - _ONLY_OF_WHOM else about
    if about & MEASURES - _ONLY_OF_WHOM:
        return about - _ONLY_OF_WHOM
    return about - {TOOK_PART}


def _is_time_point(text: str, member: _Found) -> bool:
    quantity = member.quantity
    if quantity.dimension is not Dimension.DURATION:
        return False
    if quantity.operator in (">", ">=") and _LIVED.search(text[max(0, quantity.start - 20) : quantity.start]):
        return True
    if member.adjective or _RATE.match(text, quantity.end):
        return bool(_RATE.match(text, quantity.end))
    return bool(_TIME_POINT.search(text[max(0, quantity.start - 20) : quantity.start]))


def _nearest(times: list[_Found], member: _Found) -> float | None:
    if not times:
        return None
    nearest = min(times, key=lambda time: abs(time.taken[0] - member.taken[0]))
    return nearest.quantity.low if nearest.quantity.low is not None else nearest.quantity.high
