"""Dates as files tell them, and as CSL keeps them."""

from __future__ import annotations

import re
from typing import Any

from citations import csl

MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905  # reads better
MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)"
)


def csl_date(*parts: int) -> dict[str, Any]:
    """A CSL date of year, month and day as far as they make one; empty when not even the year does."""
    for count in (3, 2, 1):
        if len(parts) >= count and csl.date_from_parts(list(parts[:count])):
            return {"date-parts": [list(parts[:count])]}
    return {}


def from_numbers(text: str) -> dict[str, Any]:
    """A date such as 2021/01/27, 2021/01/27/, 2021-01 or 2021, and nothing else around it; empty for any other."""
    told = re.fullmatch(r"\s*([0-9]{4})(?:[/-]([0-9]{1,2})(?:[/-]([0-9]{1,2}))?)?[/\s]*", text)
    return csl_date(*(int(part) for part in told.groups() if part)) if told else {}


def from_words(text: str) -> dict[str, Any]:
    """A date such as 2021 Jan 27, May 28, 2019, 28 May 2019, 2016 May-Jun or 2019; empty for any other.

    A span of months is told with its beginning and its end.
    """
    text = " ".join(text.replace(",", " ").replace(".", " ").split())
    year_first = re.fullmatch(rf"([0-9]{{4}})(?: ({MONTH})(?: ([0-9]{{1,2}}))?)?", text, re.I)
    if year_first:
        year, month, day = year_first.groups()
    elif month_first := re.fullmatch(rf"({MONTH})(?: ([0-9]{{1,2}}))? ([0-9]{{4}})", text, re.I):
        month, day, year = month_first.groups()
    elif day_first := re.fullmatch(rf"([0-9]{{1,2}}) ({MONTH}) ([0-9]{{4}})", text, re.I):
        day, month, year = day_first.groups()
    elif span := re.fullmatch(rf"([0-9]{{4}}) ({MONTH})[-–/](?:([0-9]{{4}}) )?({MONTH})", text, re.I):
        begin, first, end, last = span.groups()
        return {"date-parts": [[int(begin), month_number(first)], [int(end or begin), month_number(last)]]}
    else:
        return {}
    return csl_date(*(int(part) for part in (year, month and month_number(month), day) if part))


def month_number(text: str) -> int:
    """1 for “January”, “jan” or “01”; 0 for what is no month."""
    word = text.strip().lower()
    if re.fullmatch("0?[1-9]|1[0-2]", word):
        return int(word)
    # The abbreviation of a month begins no other word that stands for one.
    return MONTHS.index(word[:3]) + 1 if word[:3] in MONTHS and re.fullmatch(MONTH, word, re.I) else 0
