"""When a page has to be read again: its dates."""

from __future__ import annotations

import datetime

from articles.models import Article


def next_due(article: Article, reviewed: datetime.date) -> datetime.date:
    """The day of the next review of a page that was reviewed on this day: 12, 24 or 36 months later, by risk class."""
    return months_after(reviewed, article.review_interval)


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
