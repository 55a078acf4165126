"""Reading quantities off the tokens of a text, from left to right: how much, in what unit, and where it stands.

What each is a figure of is read from the words around it, in quantities.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from .amounts import Amount, Token, TokenKind, amount_at, text_at, tokens_of
from .quantity import SPOKEN_STEP, Dimension, Leaning, Operator, Quantity
from .quantity_words import (
    ABBREVIATED,
    AGE_DECADES,
    ALSO_COUNTED,
    BEFORE,
    BY,
    FACTORS,
    FRACTIONS,
    INTERVAL,
    LIKELIER,
    LIKELY,
    LONGEST_BEFORE,
    MONTH_NAMES,
    MONTHS,
    NO_ADJECTIVE,
    NUMBERED,
    OF_PEOPLE,
    OR_LESS,
    OR_MORE,
    OUTCOME_VERBS,
    OUTCOMES,
    PEOPLE,
    PER,
    PERIODS,
    QUANTIFIERS,
    RATIOS,
    RISING,
    THINGS,
    UNITS,
    WHOLE_PHRASES,
    YEARS,
)


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


class Reader:
    """Reads the quantities off a text, from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens_of(text)
        self.found: list[Found] = []
        self.at = 0

    def read(self) -> None:
        readers: tuple[Callable[[int], Found | None], ...] = (
            self._bounds_of_an_interval,
            self._quantifier,
            self._factor_in_words,
            self._fraction_in_words,
            self._half_a_period,
            self._a_period,
            self._age_in_decades,
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
        is_label = token.text in NUMBERED or (token.text == "no" and text_at(self.tokens, index + 1) == ".")
        if is_label and (past := self._numbers_after(index + 1, token.text in ALSO_COUNTED)):
            return past
        if self._is_month(index) and self._is_digits(index + 1):
            past = index + 2
            return past + 2 if self._is_digits(past + 1) and text_at(self.tokens, past) == "," else past
        if token.kind is not TokenKind.NUMBER:
            return 0
        dated = self._is_month(index + 1) or self._is_month(index - 1) or is_year(self.tokens, index)
        return index + 1 if dated or self._is_part_of_a_name(token) else 0

    def _is_month(self, index: int) -> bool:
        named = text_at(self.tokens, index) in MONTH_NAMES
        return named and self.tokens[index].written[0].isupper()

    def _is_part_of_a_name(self, token: Token) -> bool:
        """Whether a number is the 1 of "BRCA1" or the 19 of "COVID-19"."""
        before = self.text[max(0, token.start - 2) : token.start]
        return before[-1:].isalpha() or before[-1:] == "_" or (before[-1:] == "-" and before[:1].isalpha())

    def _numbers_after(self, index: int, may_count: bool) -> int:
        """Return the token after the numbers at ``index`` that name stages and the like, or 0 if none do."""
        past = 0
        if text_at(self.tokens, index) in (".", "-"):
            index += 1
        while (amount := amount_at(self.tokens, index)) is not None:
            if self._share_unit(amount.end) or self._period_at(amount.end)[1]:
                return past
            if may_count and self._noun_at(amount.end):
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
        if word == "±" and self.found and (margin := amount_at(self.tokens, index + 1)):
            _attach_margin(self.found[-1], margin)
            return self._past_unit(margin.end)
        opened = text_at(self.tokens, index - 1) in ("(", "[", ",", ";")
        named = word in INTERVAL or (opened and word in ("range", "iqr", "interquartile"))
        if not (named or self._level(index) or self._bare_interval(index)):
            return 0
        bounds = self._two_amounts(index)
        if bounds is None:
            return self._level(index)
        if self.found:
            last = self.found[-1]
            interval = (bounds[0].value * last.scale, bounds[1].value * last.scale)
            last.quantity = replace(last.quantity, interval=interval)
        return self._past_unit(bounds[1].end)

    def _level(self, index: int) -> int:
        """Return the token after the "95%" of "95% CI" at ``index``, or 0."""
        amount = amount_at(self.tokens, index)
        past = self._share_unit(amount.end) if amount and 80 <= amount.value < 100 else 0
        names = [text_at(self.tokens, past), text_at(self.tokens, past - 3), text_at(self.tokens, index - 1)]
        return past if past and not INTERVAL.isdisjoint(names) else 0

    def _two_amounts(self, index: int) -> tuple[Amount, Amount] | None:
        """Return the two bounds of an interval that is named at ``index``."""
        first: Amount | None = None
        until = min(index + 18, len(self.tokens))
        while index < until and text_at(self.tokens, index) not in (")", ";", "."):
            amount = amount_at(self.tokens, index)
            if level := self._level(index):
                index = level
            elif amount is None:
                index += 1
            elif first is None:
                first, index = amount, amount.end
            else:
                return first, amount
        return None

    def _bare_interval(self, index: int) -> bool:
        """Whether a range without a word stands at ``index``, as in "(23%; 9-44)" and "18.1 months [12.4-16.2]"."""
        opening = text_at(self.tokens, index - 1)
        if opening not in ("(", "[", ";", ",") or not self.found or self.found[-1].end != index - 1:
            return False
        if opening == "(" and self.found[-1].quantity.dimension is Dimension.COUNT:
            return False
        low = amount_at(self.tokens, index)
        high = amount_at(self.tokens, low.end + 1) if low and text_at(self.tokens, low.end) in ("-", "to") else None
        return high is not None and text_at(self.tokens, self._past_unit(high.end)) in (")", "]")

    def _past_unit(self, index: int) -> int:
        past = self._share_unit(index) or self._period_at(index)[1]
        return past or index

    def _bounds_of_an_interval(self, index: int) -> Found | None:
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

    def _quantifier(self, index: int) -> Found | None:
        word = text_at(self.tokens, index)
        denied = text_at(self.tokens, index - 1) in ("not", "n't") or text_at(self.tokens, index - 1).endswith("n't")
        begin = index - 1 if denied else index
        if word in WHOLE_PHRASES or (word == "no" and text_at(self.tokens, index + 1) == "one"):
            low, _ = WHOLE_PHRASES.get(word, (0.0, 0.0))
            end = index + 1 + (word == "no")
            if word not in ("always", "never") and text_at(self.tokens, end) not in OUTCOME_VERBS:
                return None
            return self._share_in_words(low, low, "=", begin, end, denied, adverb=word in ("always", "never"))
        if word == "not" and text_at(self.tokens, index + 1) == "one" and self._past_people(index + 2, "no"):
            return self._share_in_words(0.0, 0.0, "=", index, index + 2, False)
        if word not in QUANTIFIERS:
            return None
        low_, high, operator = QUANTIFIERS[word]
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
        if found and self.tokens[end - 1].text in ("them", "these", "those"):
            found.adverb = True
        if found and self.tokens[end - 1].text not in OF_PEOPLE and amount_at(self.tokens, end - 2) is None:
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
        if following in OF_PEOPLE and word != "no":
            return index
        index += following in ("the", "these", "those", "treated")
        amount = amount_at(self.tokens, index)
        index = amount.end if amount else index
        for ahead in range(index, index + 5):
            noun = text_at(self.tokens, ahead)
            if noun in PEOPLE or noun in ("case", "cases", "tumor", "tumors", "tumours"):
                return ahead + 1
            if word == "no" and noun in OUTCOMES and not self._has_figure_near(ahead):
                return ahead + 1
            if noun in NO_ADJECTIVE or not (noun.isalpha() or noun == "-"):
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
    ) -> Found | None:
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

    def _factor_in_words(self, index: int) -> Found | None:
        word = text_at(self.tokens, index)
        if word not in FACTORS:
            return None
        following = text_at(self.tokens, index + 1)
        if word == "twice" and following not in LIKELY:
            return None
        if word in ("double", "triple", "halves") and following in ("blind", "-", "dose", "lung"):
            return None
        return self._with_operator(Dimension.FACTOR, FACTORS[word], 0.5, index, index + 1)

    def _fraction_in_words(self, index: int) -> Found | None:
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
        if fraction not in FRACTIONS or fraction == "half" or not (single or amount):
            return None
        times = amount.value if amount else 1.0
        value = times * FRACTIONS[fraction]
        after = text_at(self.tokens, past + 1)
        if (
            value >= 1
            or fraction.endswith("s") == single
            or (single and after not in (OF_PEOPLE | {"of", "", ".", ","}))
        ):
            return None
        return self._with_operator(Dimension.SHARE, value, SPOKEN_STEP, index, past + 1)

    def _half_a_period(self, index: int) -> Found | None:
        """Read "half a year" and "a year and a half"."""
        words = [text_at(self.tokens, index + ahead) for ahead in range(5)]
        if words[0] == "half" and words[1] in ("a", "an") and words[2] in MONTHS:
            return self._with_operator(Dimension.DURATION, 0.5, 0.5, index, index + 3, MONTHS[words[2]])
        if words[0] in ("a", "one") and words[1] in MONTHS and words[2:] == ["and", "a", "half"]:
            return self._with_operator(Dimension.DURATION, 1.5, 0.5, index, index + 5, MONTHS[words[1]])
        return None

    def _a_period(self, index: int) -> Found | None:
        """Read the "a year" of "less than a year", but not that of "twice a year"."""
        period = text_at(self.tokens, index + 1)
        if text_at(self.tokens, index) not in ("a", "an") or period not in MONTHS or period in ("night", "yr"):
            return None
        before = text_at(self.tokens, index - 1)
        first, operator, _ = self._before(index)
        if first == index and operator == "=" and before not in ("for", "after", "of", "within", "by", "lasted", "at"):
            return None
        return self._with_operator(Dimension.DURATION, 1.0, 1.0, index, index + 2, MONTHS[period])

    def _age_in_decades(self, index: int) -> Found | None:
        """Read "in her thirties"."""
        word = text_at(self.tokens, index)
        whose = {text_at(self.tokens, index - 1), text_at(self.tokens, index - 2)}
        if word not in AGE_DECADES or whose.isdisjoint(("his", "her", "their")):
            return None
        youngest = AGE_DECADES[word]
        return self._make(Dimension.AGE, youngest, youngest + 9, index, index + 1, step=1.0, operator="range")

    # Numbers

    def _number(self, index: int) -> Found | None:
        first = amount_at(self.tokens, index)
        if first is None:
            return None
        named = self._ratio_or_p(first)
        if named:
            return named
        last, past = self._second_bound(first)
        margin = amount_at(self.tokens, past + 1) if text_at(self.tokens, past) == "±" else None
        if margin:
            past = margin.end
        found = (
            self._percentage(first, last, past)
            or self._so_many_in(first)
            or self._age(first, last, past)
            or self._duration(first, last, past)
            or self._times(first, last, past)
            or self._measured(first, last, past)
            or self._counted(first, last, past)
            or self._unit_of_a_later_number(first)
        )
        if found and margin:
            _attach_margin(found, margin)
        return found

    def _second_bound(self, first: Amount) -> tuple[Amount, int]:
        """Return the upper bound and the token after it: of "12 to 21" 21, of a single number that number."""
        past = self._share_unit(first.end) or first.end
        joint = text_at(self.tokens, past)
        before = text_at(self.tokens, first.begin - 1)
        if joint in ("-", "to", "or") or (joint == "and" and before == "between"):
            second = amount_at(self.tokens, past + 1)
            rising = before == "from" and any(
                text_at(self.tokens, back) in RISING for back in range(first.begin - 5, first.begin)
            )
            if second and second.value > first.value and not rising:
                return second, second.end
        return first, first.end

    def _percentage(self, first: Amount, last: Amount, past: int) -> Found | None:
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
                rising = {text_at(self.tokens, back) for back in range(first.begin - 5, first.begin)} & RISING
                if not rising:
                    last, end = second, closing
        found = self._bounded(Dimension.SHARE, first, last, end, scale)
        before = {text_at(self.tokens, back) for back in (first.begin - 1, _past_about(self.tokens, first.begin))}
        found.changes = "by" in before or text_at(self.tokens, end) in LIKELIER
        return found

    def _share_unit(self, index: int) -> int:
        """Return the token after "%", "per cent" and the like at ``index``, or 0."""
        word = text_at(self.tokens, index)
        if word in ("%", "‰", "percent", "percentage"):
            return index + 1
        return index + 2 if word == "per" and text_at(self.tokens, index + 1) == "cent" else 0

    def _so_many_in(self, first: Amount) -> Found | None:
        """Read "7 in 100", "one in five", "3 out of 10", "19 of 35 patients", "19/35", "0.3 per 100,000"."""
        past = first.end
        joint = text_at(self.tokens, past)
        if joint == "out" and text_at(self.tokens, past + 1) == "of":
            past += 1
        elif joint not in ("in", "of", "/", "per"):
            return None
        past += 1
        while text_at(self.tokens, past) in ("every", "the", "all", "these", "those"):
            past += 1
        whole = amount_at(self.tokens, past)
        if whole is None or whole.value < max(first.value, 2) or is_year(self.tokens, past):
            return None
        if self._period_at(whole.end)[1] or self._share_unit(whole.end):
            return None
        if whole.value < 1_000 if joint == "per" else not _is_whole(first.value):
            return None
        people = self._noun_at(whole.end)
        digits = self._is_digits(first.begin) and self._is_digits(whole.begin)
        if joint == "of" and not (people and people[0] in ("people", "case", "tumor")) and not digits:
            return None
        if joint == "/" and text_at(self.tokens, whole.end) not in ("(", ")", *PEOPLE):
            return None
        is_rate = joint not in ("of", "/") and (whole.value <= 10 or whole.value in (100, 1_000, 10_000, 100_000))
        step = SPOKEN_STEP if is_rate and whole.value <= 10 else min(0.01, first.step / whole.value)
        end = people[1] if people else whole.end
        found = self._with_operator(Dimension.SHARE, first.value / whole.value, step, first.begin, end)
        found.taken = (found.quantity.start, self.tokens[whole.end - 1].end)
        if not is_rate:
            found.quantity = replace(found.quantity, of=(first.value, whole.value))
        return found

    def _age(self, first: Amount, last: Amount, past: int) -> Found | None:
        end = past
        dashed = end + (text_at(self.tokens, end) == "-")
        period = text_at(self.tokens, dashed) in YEARS
        if period:
            after = dashed + 1 + (text_at(self.tokens, dashed + 1) == "-")
            old = text_at(self.tokens, after) == "old"
            of_age = text_at(self.tokens, after) == "of" and text_at(self.tokens, after + 1) == "age"
            if old or of_age:
                return self._bounded(Dimension.AGE, first, last, after + (1 if old else 2), 1.0)
        begin, _, _ = self._before(first.begin)
        back = [text_at(self.tokens, begin - before) for before in (1, 2, 3, 4, 5)]
        named = self._age_named(back) or text_at(self.tokens, begin) in ("older", "younger")
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
        """Return the months of a period at ``index``, the token after it (0: none), and whether a dash joins it."""
        dashed = text_at(self.tokens, index) == "-"
        ahead = index + dashed
        if not dashed and text_at(self.tokens, ahead) in ("full", "whole", "more", "additional", "consecutive"):
            ahead += 1
        word = text_at(self.tokens, ahead)
        return (PERIODS[word], ahead + 1, dashed) if word in PERIODS else (1.0, 0, False)

    def _duration(self, first: Amount, last: Amount, past: int) -> Found | None:
        months, end, dashed = self._period_at(past)
        if not end or text_at(self.tokens, first.begin - 1) in ("every", "each"):
            return None
        if first is last and text_at(self.tokens, end) in ("to", "-"):
            second = amount_at(self.tokens, end + 1)
            other, closing, _ = self._period_at(second.end) if second else (1.0, 0, False)
            rising = {text_at(self.tokens, back) for back in range(first.begin - 5, first.begin)} & RISING
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

    def _times(self, first: Amount, last: Amount, past: int) -> Found | None:
        end = past + (text_at(self.tokens, past) == "-")
        if text_at(self.tokens, end) == "fold":
            return self._bounded(Dimension.FACTOR, first, last, end + 1, 1.0)
        if text_at(self.tokens, end) in ("times", "time") and text_at(self.tokens, end + 1) in LIKELY:
            return self._bounded(Dimension.FACTOR, first, last, end + 1, 1.0)
        return None

    def _measured(self, first: Amount, last: Amount, past: int) -> Found | None:
        if text_at(self.tokens, first.begin - 1) in ("$", "£", "€"):
            return self._bounded(Dimension.MEASURE, first, last, past, 1.0, noun=text_at(self.tokens, first.begin - 1))
        unit = past + (text_at(self.tokens, past) == "-")
        if text_at(self.tokens, unit) not in UNITS:
            return None
        name, worth = UNITS[text_at(self.tokens, unit)]
        end = unit + 1
        if text_at(self.tokens, end) in ("/", "per") and text_at(self.tokens, end + 1) in BY:
            name += BY[text_at(self.tokens, end + 1)]
            end += 2
            end += text_at(self.tokens, end) in ("2", "meter", "metre", "²")
        return self._bounded(Dimension.MEASURE, first, last, end, worth, noun=name)

    def _ratio_or_p(self, amount: Amount) -> Found | None:
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
            if word in RATIOS and token.written.isupper():
                return self._ratio(amount, RATIOS[word])
        return None

    def _ratio(self, amount: Amount, noun: str) -> Found:
        found = self._with_operator(Dimension.RATIO, amount.value, amount.step, amount.begin, amount.end)
        found.quantity = replace(found.quantity, noun=noun)
        return found

    def _noun_at(self, index: int) -> tuple[str, int] | None:
        """Return what is counted by a number before ``index``, and the token after the noun."""
        for ahead in range(index, min(index + 6, len(self.tokens))):
            word = self.tokens[ahead].text
            if text_at(self.tokens, ahead + 1) == "-":
                continue
            if word in PEOPLE:
                return "people", ahead + 1
            if word in OUTCOMES and (word != "disease" or text_at(self.tokens, ahead - 1) in ("stable", "progressive")):
                return "people", index
            if word in THINGS:
                if text_at(self.tokens, ahead + 1) in PEOPLE:
                    continue
                return THINGS[word], ahead + 1
            if word in NO_ADJECTIVE or not (word.isalpha() or word == "-"):
                return None
        return None

    def _counted(self, first: Amount, last: Amount, past: int) -> Found | None:
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
        written = [
            self.tokens[near].written if 0 <= near < len(self.tokens) else "" for near in (first.begin - 1, past)
        ]
        if not ABBREVIATED.isdisjoint(written) or (following == "(" and self._bracketed_share(past + 1)):
            return "people", past
        if (
            following == "of"
            and text_at(self.tokens, past + 1) in ("them", "these", "those", "whom")
            and first.value > 1
        ):
            return "people", past + 2
        if following in OF_PEOPLE and (first.value > 1 or following in ("had", "died", "responded", "survived")):
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
        return ("people", past) if back in (["the", "among"], ["the", "of"]) else None

    def _bracketed_share(self, index: int) -> bool:
        amount = amount_at(self.tokens, index)
        return amount is not None and bool(self._share_unit(amount.end))

    def _per(self, index: int) -> tuple[str, int]:
        for ahead in range(index, min(index + 7, len(self.tokens))):
            word = self.tokens[ahead].text
            if word in PER:
                return PER[word], ahead + 1 if ahead == index else index
            if word in ("a", "per", "each", "every") and text_at(self.tokens, ahead + 1) in MONTHS:
                # Only words that follow at once are left out of what the count is about.
                return text_at(self.tokens, ahead + 1), ahead + 2 if ahead == index else index
            if word in (".", ";", ","):
                break
        return "", index

    def _unit_of_a_later_number(self, first: Amount) -> Found | None:
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

    def _before(self, index: int) -> tuple[int, Operator, Leaning]:
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

    def _words_before(self, index: int) -> tuple[int, Operator, Leaning]:
        for length in range(LONGEST_BEFORE, 0, -1):
            words = tuple(text_at(self.tokens, index - back) for back in range(length, 0, -1))
            if words in BEFORE:
                operator, leaning = BEFORE[words]
                return index - length, operator, leaning
        return index, "=", ""

    def _bounded(
        self, dimension: Dimension, first: Amount, last: Amount, end: int, scale: float, *, noun: str = ""
    ) -> Found:
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
            if text_at(self.tokens, end) == "or" and text_at(self.tokens, end + 1) in OR_MORE:
                found.quantity = replace(found.quantity, high=None, operator=">=", end=self.tokens[end + 1].end)
        found.quantity = replace(found.quantity, noun=noun)
        return found

    def _with_operator(
        self, dimension: Dimension, value: float, step: float, begin: int, end: int, scale: float = 1.0
    ) -> Found:
        first, operator, leaning = self._before(begin)
        joint = text_at(self.tokens, end)
        following = text_at(self.tokens, end + 1)
        if joint in ("or", "and") and following in OR_MORE and first == begin:
            operator, end = ">=", end + 2
        elif joint in ("or", "and") and following in OR_LESS and first == begin:
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
    ) -> Found:
        start, stop = self.tokens[begin].start, self.tokens[end - 1].end
        low = low if low is None else round(low, 9)
        high = high if high is None else round(high, 9)
        quantity = Quantity(dimension, low, high, operator, start, stop, step)
        return Found(quantity, scale, (start, stop), end)


def _past_about(tokens: list[Token], index: int) -> int:
    """Return the place before a word like "about" that stands before ``index``."""
    return (
        index - 2
        if text_at(tokens, index - 1) in ("about", "around", "nearly", "almost", "over", "roughly")
        else index - 1
    )


def _attach_margin(found: Found, margin: Amount) -> None:
    middle = found.quantity.low
    if middle is not None:
        width = margin.value * found.scale
        found.quantity = replace(found.quantity, interval=(middle - width, middle + width))


def _is_whole(value: float) -> bool:
    return value == int(value)


def is_year(tokens: list[Token], index: int) -> bool:
    text = tokens[index].text
    if not (len(text) == 4 and text.isdecimal() and 1900 <= int(text) <= 2099):
        return False
    after = text_at(tokens, index + 1)
    counts = after in PEOPLE or after in ("cases", "deaths", "tumors", "%", "percent", "per", "new")
    return not (counts or after in UNITS or after in PERIODS) or text_at(tokens, index - 1) in (
        "in",
        "since",
        "until",
    )
