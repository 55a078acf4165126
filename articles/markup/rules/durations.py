"""duration-mismatch: years and a length of time in one sentence that cannot both be right.

Read are "from 2010 to 2014, six years", "over six years (2010 to 2014)", "for six years, from 2010 to 2014", "in
2012 ... almost ten years later, in 2019", "in 2012 ... for ten years until ... 2019" and "in 2019, ten years after
... in 2012". Not caught: months, ages, sums over several sentences, and any other way to put it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from ..amounts import word_set
from ..amounts import words as listed
from .flaw import Flaw, Text

_HINTS = word_set("year years decade decades")
_ONES = "one two three four five six seven eight nine ten eleven twelve"
_TEENS = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_NUMBERS = {
    **{word: number for number, word in enumerate(listed(f"{_ONES} {_TEENS}"), start=1)},
    **{word: 10 * tens for tens, word in enumerate(listed("twenty thirty forty fifty sixty"), start=2)},
}
_MONTH = (
    r"(?:(?:January|February|March|April|May|June|July|August|September|October|November|December|early|mid|late)[ -])?"
)
_YEAR = rf"{_MONTH}(?:19|20)\d\d"
_RANGE = rf"{_YEAR} ?(?:to|and|until|through|till|-|–|—) ?{_YEAR}"
_CALENDAR = re.compile(r"(?<![\d.,$£€])(?:19|20)\d\d(?![\d%]|[.,]\d| (?:people|patients|cases|men|women))")
_DURATION = re.compile(
    r"(?:(?P<about>almost|nearly|just under|less than|under|up to|at most|within|more than|over|longer than|at least|"
    r"just over|about|around|roughly|some|approximately)[ ])?"
    rf"\b(?P<number>\d{{1,2}}(?:\.\d)?|{'|'.join(_NUMBERS)}|an?)(?:[ -](?:full|whole|long))?[ -]"
    r"(?P<unit>years?|decades?)\b",
    re.IGNORECASE,
)
_AFTER_RANGE = re.compile(
    rf"\b(?:from|between) {_RANGE} ?[,(–—:] ?(?:or |that is,? |a (?:period|span|total) of |over |for )?$", re.IGNORECASE
)
_ENDS = re.compile(r" ?(?:[,.;:)–—]|$)|[ -](?:long|in all|in total|period|span)\b", re.IGNORECASE)
_OVER = re.compile(r"\b(?:over|during)(?: (?:a|the|these|those|all|this))?(?: period of)? $", re.IGNORECASE)
_OF_RANGE = re.compile(
    rf"(?:[ -](?:period|span|stretch|series|study))? ?(?:,|\(|–|—)? ?(?:from |between )?{_RANGE}", re.IGNORECASE
)
_FOR = re.compile(r"\bfor $", re.IGNORECASE)
_SET_OFF_RANGE = re.compile(rf"(?:, | \(| – |—)(?:from )?{_RANGE}", re.IGNORECASE)
_SPAN = re.compile(r"[ -](?:period|span|stretch|series)\b", re.IGNORECASE)
_LATER = re.compile(rf" later,? (?:(?:when|as) [^.;,]{{0,60}}?)?(?:in|by) {_MONTH}$", re.IGNORECASE)
_SAID_LATER = re.compile(r" later\b", re.IGNORECASE)
_UNTIL = re.compile(r"[^.;]{0,30}\b(?:until|till)\b[^.;]{0,60}$", re.IGNORECASE)
_SINCE = re.compile(rf" (?:after|since)\b[^.;,]{{0,60}}?\bin {_MONTH}$", re.IGNORECASE)
_MARKS = " ,:–—("
_MOST = 600  # letters; a sentence with more is no sentence


def duration_mismatch(text: Text) -> Iterator[Flaw]:
    """Find lengths of time that the years beside them do not bear out."""
    for before, statement in pairwise([None, *text.statements]):
        assert statement is not None
        if _HINTS.isdisjoint(statement.words) or len(statement.text) > _MOST:
            continue
        earlier = before.text[-_MOST:] if before is not None and before.segment is statement.segment else ""
        for found in _DURATION.finditer(statement.text):
            years = _years_around(earlier, statement.text, found)
            if years is not None and not _fits(found, abs(years[1] - years[0])):
                first, last = sorted(years)
                told = " ".join(found[0].split())
                message = (
                    f"From {first} to {last} is {_spoken(last - first)}, not {told}. Correct the years or the time."
                )
                yield text.flaw("duration-mismatch", statement, found.start(), message)


def _years_around(earlier: str, text: str, found: re.Match[str]) -> tuple[int, int] | None:
    """Return the two years that a length of time is surely the distance of, or None."""
    before, after = text[: found.start()], text[found.end() :]
    years_before = list(_CALENDAR.finditer(before))
    years_after = list(_CALENDAR.finditer(after))
    if len(years_before) >= 2 and _AFTER_RANGE.search(before[-90:]) and _ENDS.match(after):
        return int(years_before[-2][0]), int(years_before[-1][0])
    is_span = _SPAN.match(after) or _OVER.search(before) or (found["about"] or "").lower() == "over"
    if len(years_after) >= 2 and is_span and _OF_RANGE.match(after):
        return int(years_after[0][0]), int(years_after[1][0])
    if len(years_after) >= 2 and _FOR.search(before) and _SET_OFF_RANGE.match(after):
        return int(years_after[0][0]), int(years_after[1][0])
    follows = bool(years_before) and not before[years_before[-1].end() :].strip(_MARKS)
    if follows and _SAID_LATER.match(after):
        known = years_before[-2:-1] or list(_CALENDAR.finditer(earlier))[-1:]
        return (int(known[0][0]), int(years_before[-1][0])) if known else None
    if not years_after:
        return None
    between = after[: years_after[0].start()]
    last = int(years_after[0][0])
    if _LATER.match(between):
        known = years_before or list(_CALENDAR.finditer(earlier))
        return (int(known[-1][0]), last) if known else None
    if not years_before:
        return None
    if _UNTIL.match(between):
        return int(years_before[-1][0]), last
    if follows and _SINCE.match(between):
        return int(years_before[-1][0]), last
    return None


def _fits(found: re.Match[str], distance: int) -> bool:
    """Whether a length of time can lie between two days of years so far apart."""
    word = found["number"].lower()
    number = 1.0 if word in ("a", "an") else float(_NUMBERS.get(word) or word)
    about = (found["about"] or "").lower()
    if found["unit"].lower().startswith("decade"):
        number, about = 10 * number, about or "about"
    if about == "over" and _OF_RANGE.match(found.string, found.end()):
        about = ""  # during
    if about in ("more than", "over", "longer than", "at least", "just over"):
        return distance + 1 > number
    if about in ("less than", "under", "up to", "at most", "within"):
        return distance - 1 < number
    if about in ("almost", "nearly", "just under"):
        return distance - 1 < number and distance + 1 > 0.85 * number
    slack = 1 + 0.1 * number if about else 1.0
    return abs(number - distance) <= slack


def _spoken(years: int) -> str:
    return "1 year" if years == 1 else f"{years} years"
