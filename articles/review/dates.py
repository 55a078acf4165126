"""Months on the calendar."""

from __future__ import annotations

import datetime


def months_after(day: datetime.date, months: int) -> datetime.date:
    """The same day so many months later, or the last day of that month: 31 January and one month is 28 February."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for last in (31, 30, 29):
        try:
            return datetime.date(year, month, min(day.day, last))
        except ValueError:
            continue
    return datetime.date(year, month, 28)
