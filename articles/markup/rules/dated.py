"""dated-wording: words that were true on the day they were written, such as "recently", and do not say which day.

A year in the same sentence gives the day. Words about the reader or a patient ("if you recently had surgery",
"people who currently smoke") are left alone, and so are "now", "new" of anything but research, "up to date", and
"soon" of what happens in the body. Not caught: "modern", "advances", "these days" of a person, and whatever ages
without a word of time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..amounts import word_set
from .flaw import Flaw, Text
from .phrases import any_of

_HINTS = word_set("""
    recently recent currently new newer newest latest soon date nowadays lately alive present now upcoming until
    till time today moment year years month months weeks decades spring summer fall autumn winter
""")
_RESEARCH = r"(?:stud(?:y|ies)|trials?|research|findings?|evidence|reports?|data|results|discover(?:y|ies)|guidelines?)"
_PERIOD = r"(?:years?|months?|weeks?|decades?)"
_SEASON = r"(?:year|month|spring|summer|fall|autumn|winter)"
_OF_PATIENTS = (
    r"(?:diagnosed|exposed|treated|infected|had|given|started|moved|traveled|recovered|vaccinated|born|pregnant)"
)
_DATED = any_of(
    rf"\b(?:more |very |only |until |most )?recently\b(?!(?: been)? {_OF_PATIENTS})(?!-)",
    rf"\b(?:in|over|during|for|within) (?:the )?(?:more |most )?recent {_PERIOD}\b",
    rf"\b(?:more |most )?recent (?:[\w-]{{1,20}} )?{_RESEARCH}\b",
    rf"\b(?:new|newer|newest|latest) (?:(?:clinical|medical|small|large|phase \w+|scientific) )?{_RESEARCH}\b",
    r"\bcurrently\b(?! (?:used|accepted|recommended|(?:being )?treated|taking|smoke|have|has|on\b))",
    r"\bat (?:present|the moment|this time)\b",
    r"\bnowadays\b|\b(?:un)?til now\b|\bto this day\b|\blately\b|(?:^|[;,] )today,",
    r"\b(?:in|over|during|for|within) the (?:last|past) (?:few|several|couple of|two|three|five|ten|\d{1,2}) "
    rf"{_PERIOD}\b",
    rf"(?<!the )(?<!her )(?<!his )(?<!their )\b(?:last|this|next) {_SEASON}\b(?![’'])",
    r"\bto date\b(?! (?:back|from|it|a|the|of|with)\b)(?<!up to date)(?<!out to date)",
    r"\b(?:will|is expected to|are expected to|should|may|might) soon\b"
    r"(?! (?:feel|be able|get|go|pass|need|come|know|see|learn|tell)\b)",
    r"\b(?:available|approved|possible|published|tested|coming) soon\b",
    r"\bsoon (?:be )?(?:available|approved|possible|published|tested)\b",
    r"\b(?:is|are|was|were|has|have) now (?:(?:been|being|widely|often|also) )?"
    r"(?:approved|available|standard|recommended|tested|studied|used|under way)\b",
    r"\bnow (?:approved|available|recommended)\b",
    r"\b(?:still )?alive (?:today|now)\b|\b(?:is|are) still alive\b|\balive and well\b(?! (?:after|at|for|\d))",
    r"\bupcoming (?:study|studies|trials?|drugs?|treatments?)\b",
)
_OF_A_PERSON = any_of(
    r"\b(?:you|your|you['’]ve|who|patient|child|people|person|he|she|they|anyone|someone)"
    r"(?: (?:have|has|are|is|were|was|had))? $"
)
_YOU = any_of(r"\byou(?:r|['’]\w+)?\b")
_ABOUT_RESEARCH = any_of(r"stud|trial|research|evidence|findings")
_DATE = re.compile(r"(?<![\d.,$£€])(?:19|20)\d\d(?![\d%]|[.,]\d)")
_MOST = 2_000


def dated_wording(text: Text) -> Iterator[Flaw]:
    """Find words of time that say nothing to somebody who reads them later."""
    for statement in text.statements:
        words = statement.text[:_MOST]
        if _HINTS.isdisjoint(statement.words) or statement.is_question or _DATE.search(words):
            continue
        for found in _DATED.finditer(words):
            if _is_of_the_reader(words, found):
                continue
            told = " ".join(found[0].split())
            message = (
                f"“{told}” was true on the day it was written. Say when: “in 2025”, “as of May 2025”, or leave it out."
            )
            yield text.flaw("dated-wording", statement, found.start(), message)
            break


def _is_of_the_reader(words: str, found: re.Match[str]) -> bool:
    told = found[0].lower()
    if told.endswith(("currently", "recently")):
        before = words[: found.start()]
        return bool(_OF_A_PERSON.search(before)) or bool(_YOU.search(before))
    return "alive" not in told and bool(_YOU.search(words)) and not _ABOUT_RESEARCH.search(told)
