"""How reviewing goes: what one person did, what is late, how long things take, how fresh the pages are.

Everything is counted in PostgreSQL. Nothing here compares one colleague with another.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Aggregate,
    Case,
    CharField,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Max,
    Prefetch,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Now
from django.utils import timezone

from articles.models import (
    Article,
    Freshness,
    Kind,
    PublishedPage,
    ReviewClaim,
    ReviewRequest,
    RiskClass,
    SignOff,
    SignOffWithdrawal,
)
from articles.models.article import DUE_SOON
from articles.models.review import ClaimEnding, Outcome
from mesoinfo.models import User

# The last whole day of each span of time; what took longer stands in one more.
DAYS = (0, 1, 2, 4, 7, 14, 28)
TOOK = F("closed_at") - F("opened_at")
RISKS = (RiskClass.HIGH, RiskClass.MEDIUM, RiskClass.LOW)


class Percentile(Aggregate):
    """The value that this share of the values do not exceed, between two of them where it falls there."""

    function = "percentile_cont"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"

    def __init__(self, expression: Any, share: float, **extra: Any) -> None:
        super().__init__(expression, share=float(share), output_field=DurationField(), **extra)


@dataclass(frozen=True)
class MyReviews:
    """What one person did. `typical` is the median time from a request to their last signature on it."""

    blocks: int
    pages: int
    reviews: int
    typical: datetime.timedelta | None
    withdrew: int
    declined: int


@dataclass(frozen=True)
class Timing:
    """How long approved reviews took. `risk` is None for all of them together."""

    risk: RiskClass | None
    approved: int
    median: datetime.timedelta | None
    ninetieth: datetime.timedelta | None


@dataclass(frozen=True)
class TimeToSignOff:
    """All risk classes together first, and beside them what ended in another way or has not ended."""

    timings: tuple[Timing, ...]
    changes_requested: int
    recalled: int
    still_open: int


@dataclass(frozen=True)
class Late:
    """How much is past its day."""

    reviews: int
    pages: int


Matrix = dict[RiskClass, dict[Freshness, int]]


# My reviews


def my_reviews(user: User, since: datetime.datetime | None) -> MyReviews:
    """What this person has done since then, or ever."""
    signed = SignOff.objects.filter(reviewer=user, **_after("signed_at", since))
    counted = signed.aggregate(blocks=Count("pk"), pages=Count("article", distinct=True))
    timed = reviews_of(user, since).aggregate(reviews=Count("revision"), typical=Percentile(F("took"), 0.5))
    withdrew = SignOffWithdrawal.objects.filter(by=user, **_after("at", since))
    return MyReviews(
        blocks=counted["blocks"],
        pages=counted["pages"],
        reviews=timed["reviews"],
        typical=timed["typical"],
        withdrew=withdrew.count(),
        declined=declined_by(user, since).count(),
    )


def reviews_of(user: User, since: datetime.datetime | None) -> QuerySet[SignOff, Any]:
    """The revisions on which this person signed, the last first: what they signed of each, and how long it took.

    Rows have: revision, number, address, opened_at, blocks, withdrawn, last, took.
    """
    signed = SignOff.objects.filter(reviewer=user, **_after("signed_at", since)).order_by()
    return signed.values(
        "revision",
        number=F("revision__number"),
        address=F("revision__article__address"),
        opened_at=F("revision__review_request__opened_at"),
    ).annotate(
        blocks=Count("pk"),
        withdrawn=Count("withdrawal"),
        last=Max("signed_at"),
        took=ExpressionWrapper(F("last") - F("opened_at"), output_field=DurationField()),
    ).order_by("-last", "revision")  # fmt: skip


def declined_by(user: User, since: datetime.datetime | None) -> QuerySet[ReviewClaim]:
    """The reviews that this person declined, the last first."""
    declined = ReviewClaim.objects.filter(reviewer=user, ending=ClaimEnding.DECLINED, **_after("ended_at", since))
    return declined.select_related("request__revision__article").order_by("-ended_at", "pk")


# What is late


def late() -> Late:
    """How many open reviews are past their due date, and how many live pages past the date of their next review."""
    return Late(overdue_reviews().count(), overdue_pages().count())


def overdue_reviews() -> QuerySet[ReviewRequest]:
    """Open reviews past their due date, the longest overdue first."""
    return _with_whoever_has_it(_open().filter(due_on__lt=_today())).order_by("due_on", "pk")


def overdue_pages() -> QuerySet[Article]:
    """Live pages whose next review was due, of high risk first, then the longest overdue."""
    by_risk = Case(*(When(risk_class=risk, then=Value(place)) for place, risk in enumerate(RISKS)))
    return Article.objects.live().filter(next_due__lte=_today()).order_by(by_risk, "next_due", "pk")


# What pages rest on


def live_pages() -> QuerySet[PublishedPage]:
    """Live pages, the longest first, with what they rest on; but for those of the site itself that cite nothing."""
    of_the_site = PublishedPage.objects.filter(article__kind=Kind.PAGE, source_keys=[])
    live = PublishedPage.objects.live().select_related("article").only("article__address", "evidence")
    return live.exclude(pk__in=of_the_site.values("pk")).order_by("-word_count", "article__address")


# What waits


def queue() -> QuerySet[ReviewRequest]:
    """Open reviews, the longest waiting first."""
    return _with_whoever_has_it(_open()).order_by("opened_at", "pk")


def queue_by_days() -> tuple[int, ...]:
    """How many open reviews have waited how long, in the spans of `DAYS`."""
    return _histogram(_open(), Now() - F("opened_at"))


def _open() -> QuerySet[ReviewRequest]:
    return ReviewRequest.objects.filter(outcome="")


def _with_whoever_has_it(requests: QuerySet[ReviewRequest]) -> QuerySet[ReviewRequest]:
    held = ReviewClaim.objects.held().select_related("reviewer")
    return requests.select_related("revision__article", "assigned_to").prefetch_related(
        Prefetch("claims", held, to_attr="held")
    )


# Time to sign-off


def time_to_sign_off(since: datetime.datetime | None) -> TimeToSignOff:
    """How long it took from submission to approval, of the reviews that ended since then, or of all."""
    ended = _ended(since)
    approved = ended.filter(outcome=Outcome.APPROVED)
    figures = {"n": Count("pk"), "median": Percentile(TOOK, 0.5), "ninetieth": Percentile(TOOK, 0.9)}
    by_risk = {row["risk"]: row for row in approved.values(risk=F("revision__article__risk_class")).annotate(**figures)}
    ways = dict(ended.values_list("outcome").annotate(Count("pk")))
    return TimeToSignOff(
        timings=(
            _timing(None, approved.aggregate(**figures)),
            *(_timing(risk, by_risk[risk]) for risk in RISKS if risk in by_risk),
        ),
        changes_requested=ways.get(Outcome.CHANGES_REQUESTED, 0),
        recalled=ways.get(Outcome.RECALLED, 0),
        still_open=_open().count(),
    )


def time_by_days(since: datetime.datetime | None) -> tuple[int, ...]:
    """How many reviews were approved after how long, in the spans of `DAYS`."""
    return _histogram(_ended(since).filter(outcome=Outcome.APPROVED), TOOK)


def _ended(since: datetime.datetime | None) -> QuerySet[ReviewRequest]:
    return ReviewRequest.objects.exclude(outcome="").filter(**_after("closed_at", since)).order_by()


def _timing(risk: RiskClass | None, row: Any) -> Timing:
    return Timing(risk, row["n"], row["median"], row["ninetieth"])


def _histogram(requests: QuerySet[ReviewRequest], took: Any) -> tuple[int, ...]:
    """How many of them took how many whole days, in the spans of `DAYS`."""
    shorter = [When(took__lt=datetime.timedelta(days=last + 1), then=Value(place)) for place, last in enumerate(DAYS)]
    spans = (
        requests.order_by()
        .annotate(took=ExpressionWrapper(took, output_field=DurationField()))
        .annotate(span=Case(*shorter, default=Value(len(DAYS))))
    )
    counted = dict(spans.values_list("span").annotate(Count("pk")))
    return tuple(counted.get(place, 0) for place in range(len(DAYS) + 1))


# Pages by risk and freshness


def risk_and_freshness() -> Matrix:
    """How many live pages there are of each risk class and each freshness, as of today."""
    today = _today()
    freshness = Case(
        When(lapses_on__lte=today, then=Value(Freshness.LAPSED.value)),
        When(next_due__lte=today, then=Value(Freshness.OVERDUE.value)),
        When(next_due__lte=today + DUE_SOON, then=Value(Freshness.DUE_SOON.value)),
        default=Value(Freshness.CURRENT.value),
        output_field=CharField(),
    )
    live = Article.objects.live().order_by().values("risk_class", standing=freshness).annotate(pages=Count("pk"))
    counted = {(row["risk_class"], row["standing"]): row["pages"] for row in live}
    return {risk: {each: counted.get((risk, each.value), 0) for each in Freshness} for risk in RISKS}


def _after(field: str, since: datetime.datetime | None) -> dict[str, datetime.datetime]:
    return {f"{field}__gte": since} if since else {}


def _today() -> datetime.date:
    return timezone.now().date()
