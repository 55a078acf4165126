"""Whether the figures of a statement follow from quotes of its source.

Each figure of the statement is held against the figures of the quotes that speak of the same thing. It follows if it
says no more than the quote; it is contradicted if both cannot be true; near it, or only possible, it is partly borne
out. What "about" allows, and how figures round, is in docs/evidence.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import inf

from .measures import (
    CHANGE,
    COMPLETE,
    DISEASE_CONTROL,
    MEDIAN_OF_NOTHING,
    PARTIAL,
    RESPONSE,
    STABLE,
    TOOK_PART,
    groups_in,
    narrow_groups,
    of_different_groups,
    population,
    subgroups,
)
from .quantities import (
    LONGEST_TEXT,
    ONE_PERSON,
    ONE_STUDY,
    SPOKEN_STEP,
    TYPICAL,
    Dimension,
    Operator,
    Quantity,
    quantities,
    years,
)
from .sentences import sentences


class Verdict(StrEnum):
    SUPPORTS = "supports"
    PARTLY = "partly"
    CONTRADICTS = "contradicts"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of one figure of the statement, and the quote and its figure that decided it."""

    quantity: Quantity
    verdict: Verdict
    quote: int | None  # its place among the quotes
    compared_with: Quantity | None
    sentence: str  # for the desk


@dataclass(frozen=True, slots=True)
class Proof:
    """What the quotes say to a statement, figure by figure."""

    verdict: Verdict
    comparisons: tuple[Comparison, ...]
    missing_qualifier: tuple[str, ...]  # whom or when the quote's figure holds for, if the statement leaves it out
    notes: tuple[str, ...]


# An approximate figure may be off by this share of itself, or by half of its last place that is not a nought, which
# is at most the second share. A duration or a measure never rounds by more than the second share either.
ABOUT = 0.05
ROUND_FIGURE = 0.10
# A passage has fewer figures; more of them are not compared, so that nothing takes long.
MOST_FIGURES = 100
_TOO_LONG = "The statement is too long to be compared as a whole. Split it."
_CLOSE = 1e-9
# Of these kinds, the only figure in the statement is compared with the only one in the quote, whatever their words.
_COMPARED_IF_ALONE = frozenset(
    {Dimension.SHARE, Dimension.FACTOR, Dimension.MEASURE, Dimension.RATIO, Dimension.AGE, Dimension.P_VALUE}
)
_KIND_OF_RESPONSE = frozenset({COMPLETE, PARTIAL})
# Two figures that share these words alone speak of no common subject.
_NO_SUBJECT = frozenset({"median", "mean", ONE_PERSON, ONE_STUDY, TYPICAL, TOOK_PART, *_KIND_OF_RESPONSE})


def prove(statement: str, quotes: Sequence[str]) -> Proof:
    """Return whether the figures of ``statement`` follow from ``quotes``, and what was compared with what."""
    every = quantities(statement)
    stated = every[:MOST_FIGURES]
    read = [_Quote(place, quote) for place, quote in enumerate(quotes)]
    judged = [_judge(statement, quantity, stated, read) for quantity in stated]
    firm = [each for each in judged if each.verdict is not Verdict.NOT_FOUND or not _says_only_some(each.quantity)]
    comparisons = tuple(firm or judged)
    verdict = _together(each.verdict for each in comparisons)
    too_long = len(statement) > LONGEST_TEXT or len(every) > MOST_FIGURES
    if too_long and verdict is Verdict.SUPPORTS:
        verdict = Verdict.PARTLY
    return Proof(
        verdict,
        comparisons,
        tuple(dict.fromkeys(_left_out(statement, stated, comparisons, read))),
        (*_notes(statement, comparisons, quotes), *([_TOO_LONG] if too_long else [])),
    )


def comparable(one: Quantity, other: Quantity) -> bool:
    """Say whether two figures of different sentences are surely figures of the same thing.

    They are told of people in general, not of one person or one study, whose figures may well differ; of the same
    people, by stage, form of the disease and treatment; and if they are durations, both say what is usual.
    """
    about = one.about | other.about
    if ONE_PERSON in about or ONE_STUDY in about or one.is_time_point or other.is_time_point:
        return False
    if one.in_words or other.in_words or (one.dimension is Dimension.COUNT and not one.per):
        return False
    if one.dimension is Dimension.DURATION and TYPICAL not in one.about & other.about:
        return False
    same_people = population(one.about) == population(other.about)
    return same_people and _same_measure(one, other) and _could_be_the_same(one, other)


def contradict(one: Quantity, other: Quantity) -> bool:
    """Say whether two figures speak of the same thing and cannot both be true."""
    if not comparable(one, other):
        return False
    return _relation(one, other) is _relation(other, one) is Verdict.CONTRADICTS


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of a quote: the groups of people it names, how many they were, and the times it speaks of."""

    start: int
    end: int
    subgroups: list[str]
    groups: list[Quantity]
    times: list[Quantity]


class _Quote:
    """A quote, its figures, and those that its figures add up to."""

    def __init__(self, place: int, text: str) -> None:
        self.place = place
        self.text = text
        self.stated = quantities(text)
        self.figures = [*self.stated, *_counts_of_shares(self.stated)]
        self.figures += _sums(self.figures)
        self.figures += _shares_of_counts(self.figures)
        del self.figures[MOST_FIGURES:]
        self.groups = frozenset(groups_in(text))
        self.sentences = [self._sentence(start, end) for start, end in sentences(text)]

    def _sentence(self, start: int, end: int) -> _Sentence:
        inside = [each for each in self.stated[:MOST_FIGURES] if start <= each.start < end]
        return _Sentence(
            start,
            end,
            subgroups(frozenset(groups_in(self.text[start:end]))),
            [each for each in inside if each.dimension is Dimension.COUNT and TOOK_PART in each.about],
            [each for each in inside if each.is_time_point],
        )

    def sentence_of(self, figure: Quantity) -> _Sentence:
        return next((each for each in self.sentences if each.end > figure.start), self.sentences[-1])


def _counts_of_shares(stated: Iterable[Quantity]) -> Iterator[Quantity]:
    """Yield the 19 and the 35 of "19 of 35", and nobody of "none of the patients"."""
    for quantity in stated:
        if quantity.in_words and quantity.high == 0.0:
            yield replace(quantity, dimension=Dimension.COUNT, noun="people", step=1.0)
        if quantity.of:
            part, whole = quantity.of
            count = replace(quantity, dimension=Dimension.COUNT, noun="people", operator="=", step=1.0, of=None)
            yield replace(count, low=part, high=part)
            yield replace(count, low=whole, high=whole, about=frozenset({TOOK_PART}), denied=False)


def _sums(figures: list[Quantity]) -> list[Quantity]:
    """Return the responses, complete and partial, and with stable disease all disease control."""
    sums = []
    for dimension in (Dimension.COUNT, Dimension.SHARE):
        points = [each for each in figures if each.dimension is dimension and _is_point(each) and not each.denied]
        complete = [each for each in points if {RESPONSE, COMPLETE} <= each.about]
        partial = [each for each in points if {RESPONSE, PARTIAL} <= each.about]
        stable = [each for each in points if STABLE in each.about]
        responses = [each for each in points if RESPONSE in each.about and not each.about & _KIND_OF_RESPONSE]
        if len(complete) == len(partial) == 1 and not responses:
            responses = [_sum(complete[0], partial[0], RESPONSE)]
            sums += responses
        if len(responses) == len(stable) == 1:
            sums.append(_sum(responses[0], stable[0], DISEASE_CONTROL))
    return sums


def _sum(one: Quantity, other: Quantity, measure: str) -> Quantity:
    total = (one.low or 0.0) + (other.low or 0.0)
    about = (one.about - one.measures - _KIND_OF_RESPONSE) | {measure}
    span = (min(one.start, other.start), max(one.end, other.end))
    return replace(one, low=total, high=total, start=span[0], end=span[1], about=about, of=None, interval=None)


def _shares_of_counts(figures: list[Quantity]) -> list[Quantity]:
    """Return the counts as shares of those who took part; or only as "some", if the quote does not say of how many."""
    people = [each for each in figures if each.dimension is Dimension.COUNT and each.noun == "people"]
    wholes = {each.low for each in people if TOOK_PART in each.about and each.low and _is_point(each)}
    whole = wholes.pop() if len(wholes) == 1 else None
    shares = []
    for each in people:
        if not (each.measures and each.low) or TOOK_PART in each.about or each.per:
            continue
        share = replace(each, dimension=Dimension.SHARE, noun="", of=None)
        if whole is None:
            shares.append(replace(share, low=0.0, high=None, operator=">", in_words=True))
        elif each.low <= whole and _is_point(each):
            shares.append(replace(share, low=each.low / whole, high=each.low / whole, step=1 / whole))
    return shares


def _judge(statement: str, stated: Quantity, all_stated: Sequence[Quantity], read: list[_Quote]) -> Comparison:
    found = [_supporting_parts(stated, read), *_verdicts(stated, all_stated, read)]
    judged = [each for each in found if each is not None]
    ours = statement[stated.start : stated.end]
    if not judged:
        sentence = f"“{ours}”: no quote has a figure to compare it with. Pin the passage that states it."
        return Comparison(stated, Verdict.NOT_FOUND, None, None, sentence)
    # That a quote says "some" outweighs nothing.
    best = min(judged, key=lambda each: len(_RANK) if each.is_vague else _RANK[each.verdict])
    says = f"“{ours}”: the quote says {best.quote.text[best.figure.start : best.figure.end]}"
    if best.verdict is not Verdict.PARTLY:
        sentence = f"{says}."
    elif best.of_something_else:
        sentence = f"{says}, but perhaps of something else. Use the words of the quote, or pin another."
    else:
        sentence = f"{says}, which is not quite the same. Say what the quote says, or pin another."
    return Comparison(stated, best.verdict, best.quote.place, best.figure, sentence)


_RANK = {Verdict.SUPPORTS: 0, Verdict.PARTLY: 1, Verdict.CONTRADICTS: 2}


@dataclass(frozen=True, slots=True)
class _Judged:
    """What a figure of a quote says to one of the statement."""

    verdict: Verdict
    quote: _Quote
    figure: Quantity
    of_something_else: bool = False

    @property
    def is_vague(self) -> bool:
        return self.verdict is Verdict.PARTLY and _says_only_some(self.figure)


def _verdicts(stated: Quantity, all_stated: Sequence[Quantity], read: list[_Quote]) -> Iterator[_Judged]:
    narrow = narrow_groups(stated.about)
    for quote in read:
        for figure in quote.figures:
            if not _could_be_the_same(stated, figure):
                continue
            surely = _surely_the_same(stated, figure) and narrow <= quote.groups
            alike = surely or _words_agree(stated, figure)
            alone = _is_alone(stated, all_stated) and _is_alone(figure, quote.figures)
            in_words = stated.in_words or figure.in_words
            if not alike and (in_words or not alone or not _measures_agree(stated, figure)):
                continue
            verdict = _relation(stated, figure)
            if alike and verdict is Verdict.SUPPORTS:
                yield _Judged(verdict, quote, figure)
                return
            # Unless surely of the same thing, or alone, a figure that differs is just another.
            if surely or alone:
                of_something_else = (
                    not alike
                    and verdict is Verdict.SUPPORTS
                    and stated.dimension in (Dimension.SHARE, Dimension.FACTOR)
                )
                yield _Judged(Verdict.PARTLY if of_something_else else verdict, quote, figure, of_something_else)


def _supporting_parts(stated: Quantity, read: list[_Quote]) -> _Judged | None:
    """Find "18 of 35" in a quote that counts the 18 in one place and the 35 in another."""
    if stated.of is None:
        return None
    part, whole = stated.of
    for quote in read:
        counts = [each for each in quote.figures if each.dimension is Dimension.COUNT and each.noun == "people"]
        parts = [each for each in counts if each.low == each.high == part and _measures_agree(stated, each)]
        if parts and any(each.low == each.high == whole for each in counts):
            return _Judged(Verdict.SUPPORTS, quote, parts[0])
    return None


def _together(verdicts: Iterable[Verdict]) -> Verdict:
    reached = set(verdicts)
    if Verdict.CONTRADICTS in reached:
        return Verdict.CONTRADICTS
    if not reached:
        return Verdict.NOT_FOUND
    return reached.pop() if len(reached) == 1 else Verdict.PARTLY


# Whether two figures speak of the same thing


def _could_be_the_same(one: Quantity, other: Quantity) -> bool:
    """Whether nothing tells two figures apart: kind, unit, group, time, or the kind of response."""
    return (
        one.dimension is other.dimension
        and (one.noun == other.noun or (one.per != "" and {one.noun, other.noun} == {"people", "case"}))
        and one.per == other.per
        and (one.at is None or other.at is None or abs(one.at - other.at) <= ROUND_FIGURE * max(one.at, other.at))
        and (one.is_time_point or not other.is_time_point)
        and (CHANGE in one.about) == (CHANGE in other.about)
        and ((ONE_PERSON in one.about) == (ONE_PERSON in other.about) or not _is_average(one) | _is_average(other))
        and not (one.measures & other.measures and one.about & _KIND_OF_RESPONSE != other.about & _KIND_OF_RESPONSE)
        and not (one.dimension is Dimension.COUNT and one.denied != other.denied)
        and not of_different_groups(one.about, other.about)
    )


def _is_average(quantity: Quantity) -> bool:
    return not quantity.about.isdisjoint(("median", "mean"))


def _same_measure(one: Quantity, other: Quantity) -> bool:
    if one.dimension is Dimension.AGE:
        return True
    return bool((one.measures & other.measures) - {CHANGE})


def _measures_agree(one: Quantity, other: Quantity) -> bool:
    """Whether the outcomes that two figures name do not differ; one of them may name none."""
    return _same_measure(one, other) or not (one.measures and other.measures)


def _surely_the_same(stated: Quantity, figure: Quantity) -> bool:
    if stated.is_time_point or figure.is_time_point or ONE_PERSON in stated.about ^ figure.about:
        return False
    return _same_measure(stated, figure)


def _is_alone(quantity: Quantity, among: Sequence[Quantity]) -> bool:
    """Whether it is the only one of its kind, and of a kind of which that tells something."""
    if quantity.dimension not in _COMPARED_IF_ALONE:
        return False
    return sum(each.dimension is quantity.dimension and each.noun == quantity.noun for each in among) == 1


def _words_agree(stated: Quantity, figure: Quantity) -> bool:
    """Whether figures that name no outcome in common may be held for the same: their other words agree."""
    if not _measures_agree(stated, figure):
        return stated.is_time_point and figure.is_time_point
    if stated.dimension is Dimension.COUNT or stated.is_time_point or _is_its_interval(stated, figure):
        return True
    ours, theirs = stated.about - _NO_SUBJECT, figure.about - _NO_SUBJECT
    if MEDIAN_OF_NOTHING in ours and "median" in figure.about:
        return True
    in_words = stated.in_words or figure.in_words
    return bool(ours & theirs) or (not in_words and not (ours and theirs))


def _is_its_interval(stated: Quantity, figure: Quantity) -> bool:
    """Whether "as low as 37% or as high as 77%" tells the interval of the quote's estimate."""
    if stated.operator != "range" or figure.interval is None or stated.low is None or stated.high is None:
        return False
    low, high = figure.interval
    return max(abs(stated.low - low), abs(stated.high - high)) <= _tolerance(stated) + _CLOSE


# Whether one figure follows from another


@dataclass(frozen=True, slots=True)
class _Reach:
    """The values that a figure allows, and whether its bounds are themselves left out."""

    low: float
    high: float
    low_open: bool = False
    high_open: bool = False

    def holds(self, other: _Reach) -> bool:
        above = self.low < other.low - _CLOSE or (
            abs(self.low - other.low) <= _CLOSE and self.low_open <= other.low_open
        )
        below = self.high > other.high + _CLOSE or (
            abs(self.high - other.high) <= _CLOSE and self.high_open <= other.high_open
        )
        return (above or self.low == other.low == -inf) and (below or self.high == other.high == inf)

    def misses(self, other: _Reach) -> bool:
        return _ends_before(self, other) or _ends_before(other, self)


def _ends_before(one: _Reach, other: _Reach) -> bool:
    if abs(one.high - other.low) <= _CLOSE:
        return one.high_open or other.low_open
    return one.high < other.low


def _relation(stated: Quantity, figure: Quantity) -> Verdict:
    """Return whether ``stated`` follows from ``figure`` (supports), is excluded by it (contradicts), or neither."""
    if stated.denied != figure.denied:
        if stated.dimension is not Dimension.SHARE:
            same = _relation(replace(stated, denied=figure.denied), figure) is Verdict.SUPPORTS
            return Verdict.CONTRADICTS if same else Verdict.PARTLY
        figure = _the_rest(figure)
    if stated.is_time_point and figure.is_time_point:
        # Those who "lived longer than 18 months" are those "alive at 18 months".
        stated, figure = _at(stated), _at(figure)
    if _is_open(stated) or _is_open(figure):
        # What is said to lie beyond a bound is held against the number itself, with no slack.
        told = near = _reach(stated, _tolerance(stated) if stated.operator in ("<=", ">=") else 0.0)
        theirs = _reach(figure, 0.0)
    else:
        told = _allowed(stated)
        near = told if stated.leaning else _reach(stated, max(_slack(stated), _tolerance(stated)))
        unsure = max(_tolerance(figure), _slack(figure) if figure.approximate else 0.0)
        theirs = _reach(figure, 0.0 if stated.leaning else unsure)
    # A range does not tell which point in it is true.
    if told.holds(_reach(figure, 0.0)) and (_is_point(figure) or not _is_point(stated)):
        return Verdict.SUPPORTS
    return Verdict.CONTRADICTS if near.misses(theirs) else Verdict.PARTLY


def _at(time: Quantity) -> Quantity:
    months = time.low if time.low is not None else time.high
    return replace(time, low=months, high=months, operator="=")


def _is_open(quantity: Quantity) -> bool:
    return quantity.low is None or quantity.high is None


_OPPOSITE: dict[Operator, Operator] = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


def _the_rest(share: Quantity) -> Quantity:
    """Return the share of all the others: 78% came back if 22% did not."""
    return replace(
        share,
        low=None if share.high is None else 1 - share.high,
        high=None if share.low is None else 1 - share.low,
        operator=_OPPOSITE.get(share.operator, share.operator),
        denied=not share.denied,
    )


def _reach(quantity: Quantity, slack: float) -> _Reach:
    low = -inf if quantity.low is None else quantity.low - slack
    high = inf if quantity.high is None else quantity.high + slack
    return _Reach(low, high, quantity.operator == ">" and slack == 0, quantity.operator == "<" and slack == 0)


def _allowed(quantity: Quantity) -> _Reach:
    """The values from which a point or a range may be told: by rounding, or by what "about" allows."""
    slack = max(_slack(quantity), _tolerance(quantity)) if quantity.approximate else _tolerance(quantity)
    reach = _reach(quantity, slack)
    if quantity.leaning == "below":
        return replace(reach, high=quantity.high or 0.0)
    if quantity.leaning == "above":
        return replace(reach, low=quantity.low or 0.0)
    return reach


def _tolerance(quantity: Quantity) -> float:
    """How far a figure may be off by rounding: half of the last place that it gives."""
    if quantity.in_words or quantity.dimension is Dimension.COUNT:
        return 0.0
    half = quantity.step / 2
    if quantity.dimension in (Dimension.DURATION, Dimension.MEASURE):
        return min(half, ROUND_FIGURE * _size(quantity))
    return half


def _slack(quantity: Quantity) -> float:
    """How far "about" lets a figure be off."""
    size = _size(quantity)
    if quantity.dimension is Dimension.COUNT and not quantity.approximate:
        return 0.0 if size % 10 else ABOUT * size
    place = 0.1 if quantity.step == SPOKEN_STEP or quantity.in_words else quantity.step
    whole = round(size / place)
    while whole and whole % 10 == 0:
        whole, place = whole // 10, place * 10
    return max(ABOUT * size, min(ROUND_FIGURE * size, place / 2))


def _size(quantity: Quantity) -> float:
    return abs(quantity.low if quantity.low is not None else quantity.high or 0.0)


def _is_point(quantity: Quantity) -> bool:
    return quantity.low is not None and quantity.low == quantity.high


def _says_only_some(quantity: Quantity) -> bool:
    return quantity.in_words and quantity.low == 0.0 and quantity.high is None


# What the desk should look at besides


def _left_out(
    statement: str, stated: Sequence[Quantity], comparisons: Iterable[Comparison], read: list[_Quote]
) -> Iterator[str]:
    """Yield for whom or when the quote's figures hold, where the statement does not say so."""
    ours = set(groups_in(statement))
    counts = {number for each in stated for number in (each.low, *(each.of or ()))}
    for comparison in comparisons:
        if comparison.verdict is not Verdict.SUPPORTS or comparison.compared_with is None or comparison.quote is None:
            continue
        quote, figure = read[comparison.quote], comparison.compared_with
        around = quote.sentence_of(figure)
        yield from (name for name in around.subgroups if name not in ours)
        if comparison.quantity.dimension is not Dimension.COUNT:
            yield from (f"n = {each.low:g}" for each in around.groups if each.low and each.low not in counts)
        if figure.at is not None and comparison.quantity.at is None:
            yield from (f"at {quote.text[each.start : each.end]}" for each in around.times if each.low == figure.at)


def _notes(statement: str, comparisons: Iterable[Comparison], quotes: Sequence[str]) -> Iterator[str]:
    for comparison in comparisons:
        figure = comparison.compared_with
        if (
            comparison.verdict is Verdict.SUPPORTS
            and figure
            and figure.approximate
            and comparison.quantity.operator == "="
        ):
            words = statement[comparison.quantity.start : comparison.quantity.end]
            yield f"“{words}”: the quote says only about how much. Say “about” too."
    known = {year for quote in quotes for year in years(quote)}
    for year in dict.fromkeys(years(statement)):
        if year not in known:
            yield f"The year {year} is in no quote. Check it against the source."
