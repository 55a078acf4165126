"""What each quantity of a sentence is a figure of, and when it was taken: read from the words of its clause."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..measures import CASES, CHANGE, MEASURES, SURVIVAL, TOOK_PART, Subject, subject_of
from ..sentences import sentences
from .making import Found
from .quantity import ONE_PERSON, ONE_STUDY, TYPICAL, Dimension, Quantity

_ALWAYS_PARTS = re.compile(
    r";|\b(?:but|while|whereas|compared (?:with|to)|versus|vs|of (?:whom|which))\b", re.IGNORECASE
)
_MAY_PART = re.compile(r",|\band\b", re.IGNORECASE)
_TIME_POINT = re.compile(r"\b(?:at|after|within|by|first)(?: the first)?\s*$", re.IGNORECASE)
_RATE = re.compile(
    r"[\s-](?:(?:relative|overall|disease|progression)[\s-](?:free[\s-])?)?(?:survival|mortality|rate|control)",
    re.IGNORECASE,
)
_DENIED = re.compile(r"(?:\bnot|n['’]t)(?: \w{1,12}){0,2} $", re.IGNORECASE)
_OF_ALL = re.compile(r"(?:^|[.;(] ?)Of (?:the |these )?$")
_OWN_PREDICATE = re.compile(
    r"\s{0,3}(?:of (?:\w{1,12} )?)?(?:patients |people |them )?"
    r"(?:had|have|has|were|was|are|is|reported|developed|felt)\b",
    re.IGNORECASE,
)
_LIVED = re.compile(r"\b(?:lived?|survived?|alive)(?: for)?\s*$", re.IGNORECASE)
_BRACKETED = re.compile(r"^[^()]*\)|\([^()]*\)|^[^\[\]]*\]|\[[^\[\]]*\]")
_ONE_PERSON = re.compile(
    r"\b(?:he|she|his|her|him|(?<!not )one (?:man|woman|patient|person)|the patient(?! (?:group|population))|"
    r"an? (?:single |\d{1,3}-year-old |elderly )?(?:man|woman|patient))\b",
    re.IGNORECASE,
)
_MARKS = {
    ONE_PERSON: _ONE_PERSON,
    ONE_STUDY: re.compile(
        r"\b(?:stud(?:y|ies)|trials?|reports?|reviews?|team|series|registry|(?:sub)?groups?|their|them|these|those|Medicare)\b"
        r"|\bn ?=",
        re.IGNORECASE,
    ),
    TYPICAL: re.compile(r"\b(?:median|mean|average|life expectancy|usual(?:ly)?|typical(?:ly)?)\b", re.IGNORECASE),
}
_AMONG = re.compile(r"\b(?:in|of|among|for|from|on|to|with)(?: the| these| all){0,2}\s*$", re.IGNORECASE)
# Measures that only say whom or what a share or a duration is taken of, if an outcome is named too.
_ONLY_OF_WHOM = frozenset({TOOK_PART, CASES, "men", "women"})


@dataclass(slots=True)
class _Clause:
    """A part of a sentence whose words speak of the quantities in it."""

    start: int
    end: int
    members: list[Found]
    sentence: tuple[int, int]


def with_subjects(text: str, found: list[Found]) -> Iterator[Quantity]:
    """Yield the quantities ``found`` in ``text``, each with what it is about."""
    inherited: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()
    sentence = (0, 0)
    time: float | None = None
    for clause in _clauses(text, found):
        subject = subject_of(_words_about(text, clause))
        if clause.sentence != sentence:
            sentence = clause.sentence
            marks = frozenset(name for name, pattern in _MARKS.items() if pattern.search(text, *sentence))
        if subject.measures - _ONLY_OF_WHOM:
            inherited, time = subject.about & (MEASURES | {"complete", "partial", "median", "mean"}), None
        elif inherited and any(_says_nothing_of_its_own(text, member.quantity) for member in clause.members):
            subject = Subject(subject.about | inherited, subject.denied)
        for quantity in _members(text, clause, subject, time):
            time = time if quantity.at is None else quantity.at
            if not (quantity.in_words and ONE_PERSON in marks):
                counted = {ONE_PERSON} if quantity.dimension is Dimension.COUNT else set()
                yield replace(quantity, about=quantity.about | (marks - counted))


def _says_nothing_of_its_own(text: str, quantity: Quantity) -> bool:
    """Whether a quantity may be a figure of what the clause before it named: "and 27%", but not "and 27% had pain"."""
    if quantity.dimension is Dimension.COUNT or quantity.in_words:
        return False
    return quantity.dimension is not Dimension.SHARE or not _OWN_PREDICATE.match(text, quantity.end)


def _clauses(text: str, found: list[Found]) -> Iterator[_Clause]:
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


def _parting(between: str, left: Found, right: Found, measured: bool) -> int | None:
    """Return where in the words between two quantities a new clause begins, or None if both stand in one."""
    between = _BRACKETED.sub(lambda found: " " * len(found[0]), between)
    if "(" in between:
        return None
    always = list(_ALWAYS_PARTS.finditer(between))
    if always:
        return always[-1].start()
    parts = list(_MAY_PART.finditer(between))
    if not parts:
        return None
    first = parts[0].start()
    if left.quantity.dimension is right.quantity.dimension or measured or _has_measure(between[:first]):
        return parts[-1].start()
    return parts[-1].start() if _has_measure(between[: parts[-1].start()]) else None


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


def _members(text: str, clause: _Clause, subject: Subject, time: float | None) -> Iterator[Quantity]:
    """Yield the quantities of a clause: what each is about, and when it was taken (if not said: at ``time``).

    The "all" of "in all patients, median survival was 3 years" only says whose survival it was: it is left out.
    """
    kinds = [member.quantity.dimension for member in clause.members]
    has_rate = Dimension.SHARE in kinds or Dimension.COUNT in kinds
    has_share = any(
        member.quantity.dimension is Dimension.SHARE and not member.quantity.in_words for member in clause.members
    )
    times = [member for member in clause.members if has_rate and _is_time_point(text, member, has_share)]
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
        in_brackets = following is not None and text[quantity.end : following.start].strip() == "("
        denominator = member.denominator or (among and not in_brackets) or bool(_OF_ALL.search(before))
        about = _about(quantity.dimension, subject.about, has_duration, denominator)
        rate = quantity.dimension in (Dimension.SHARE, Dimension.COUNT)
        denied = subject.denied and rate and bool(about & MEASURES - _ONLY_OF_WHOM)
        yield replace(
            quantity,
            about=about | {CHANGE} if member.changes else about,
            at=(_nearest(times, member) or time) if rate else None,
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
    if dimension in (Dimension.AGE, Dimension.MEASURE, Dimension.P_VALUE):
        return about - MEASURES
    if about & MEASURES - _ONLY_OF_WHOM:
        return about - _ONLY_OF_WHOM
    return about - {TOOK_PART}


def _is_time_point(text: str, member: Found, has_share: bool) -> bool:
    """Whether a duration says when others were counted: "at 12 weeks", "two-year survival", "40% lived five years"."""
    quantity = member.quantity
    if quantity.dimension is not Dimension.DURATION:
        return False
    before = text[max(0, quantity.start - 20) : quantity.start]
    if (has_share and _LIVED.search(before)) or _RATE.match(text, quantity.end):
        return True
    return not member.adjective and bool(_TIME_POINT.search(before))


def _nearest(times: list[Found], member: Found) -> float | None:
    if not times:
        return None
    nearest = min(times, key=lambda time: abs(time.taken[0] - member.taken[0]))
    return nearest.quantity.low if nearest.quantity.low is not None else nearest.quantity.high
