"""What is to come, day by day: pages that will be published, reviews that are due, pages that are to be read again."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Q

from articles.models import Article, ReviewRequest, Schedule
from articles.review.dates import months_after


@dataclass
class Day:
    """What falls on one day."""

    date: datetime.date
    schedules: list[Schedule] = field(default_factory=list)
    requests: list[ReviewRequest] = field(default_factory=list)
    pages: list[Article] = field(default_factory=list)


@dataclass(frozen=True)
class Overdue:
    """How much was due before, and is not done."""

    requests: int
    pages: int


def days_of(first: datetime.date) -> list[Day]:
    """The days of the month that begins on `first` on which anything falls, in three queries."""
    end = months_after(first, 1)
    days: defaultdict[datetime.date, Day] = defaultdict(lambda: Day(first))
    for date, kind, item in _between(first, end):
        days[date].date = date
        getattr(days[date], kind).append(item)
    return [days[date] for date in sorted(days)]


def _between(
    first: datetime.date, end: datetime.date
) -> Iterator[tuple[datetime.date, str, Schedule | ReviewRequest | Article]]:
    # No zone is further from UTC than a day.
    start, stop = (datetime.datetime.combine(day, datetime.time(), datetime.UTC) for day in (first, end))
    around = (start - datetime.timedelta(days=1), stop + datetime.timedelta(days=1))
    for schedule in (
        Schedule.objects.standing().filter(publish_at__range=around).select_related("revision__article", "made_by")
    ):
        if first <= schedule.local.date() < end:
            yield schedule.local.date(), "schedules", schedule
    requests = ReviewRequest.objects.filter(outcome="", due_on__gte=first, due_on__lt=end)
    for request in requests.select_related("revision__article", "assigned_to").order_by("due_on"):
        yield request.due_on, "requests", request
    for article in Article.objects.live().filter(next_due__gte=first, next_due__lt=end):
        assert article.next_due is not None  # a CHECK of live articles
        yield article.next_due, "pages", article


def overdue_before(day: datetime.date) -> Overdue:
    """What was due before this day and is not done."""
    late = Q(due_on__lt=day)
    return Overdue(
        requests=ReviewRequest.objects.filter(late, outcome="").count(),
        pages=Article.objects.live().filter(next_due__lt=day).count(),
    )
