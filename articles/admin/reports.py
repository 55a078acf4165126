"""Reports for whoever may read pages: what one did oneself, what is late, how long things take, how fresh pages
are, what they rest on.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles.admin import evidence
from articles.admin.access import READ, desk_view
from articles.admin.charts import Bar, Chart
from articles.admin.csv_download import csv_download
from articles.markup.evidence import EvidenceProfile
from articles.models import Article, Freshness, PublishedPage, ReviewClaim, ReviewRequest, RiskClass
from articles.review import reporting
from articles.review.reporting import DAYS, RISKS
from citations.study_designs import EvidenceKind
from mesoinfo.desk import staff
from mesoinfo.models import User

PERIODS = {"30": "Last 30 days", "90": "Last 90 days", "365": "Last 365 days", "all": "All"}
USUAL = "90"
SHOWN = 10  # rows of each table on the page with all reports
PER_PAGE = 50
READ_AT_ONCE = 500  # rows, while a file goes out
FRESHNESS = {
    Freshness.CURRENT: "Current",
    Freshness.DUE_SOON: "Due soon",
    Freshness.OVERDUE: "Overdue",
    Freshness.LAPSED: "Lapsed",
}
TONES = {Freshness.OVERDUE: "wait", Freshness.LAPSED: "bad"}


@dataclass(frozen=True)
class Linked:
    """A cell that leads somewhere. In a file it is its words."""

    words: str
    address: str

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True)
class Table:
    """One table of a report: what it counts, its columns, and how a record becomes a row."""

    heading: str
    counts: str
    columns: Sequence[str]
    records: QuerySet[Any] | Sequence[Any]
    row: Callable[[Any], Sequence[Any]]
    nothing: str = ""
    chart: Chart | None = None

    def rows(self, records: Iterable[Any]) -> list[Sequence[Any]]:
        return [self.row(record) for record in records]

    def whole(self) -> Iterator[Sequence[Any]]:
        """Every row, read piece by piece."""
        records = self.records
        return map(self.row, records.iterator(READ_AT_ONCE) if isinstance(records, QuerySet) else iter(records))


@dataclass(frozen=True)
class Asked:
    """Who asks, and about which time: `since` is None for all of it."""

    user: User
    period: str

    @property
    def since(self) -> datetime.datetime | None:
        return None if self.period == "all" else timezone.now() - datetime.timedelta(days=int(self.period))

    @property
    def in_words(self) -> str:
        return "ever" if self.period == "all" else f"in the last {self.period} days"


def my_reviews(asked: Asked) -> Table:
    mine = reporting.my_reviews(asked.user, asked.since)
    figures = [
        ("Blocks signed", mine.blocks, "Each signature of yours on one block, those withdrawn since too."),
        ("Pages", mine.pages, "Pages of which you signed at least one block."),
        ("Reviews", mine.reviews, "Revisions on which you signed at least one block."),
        (
            "Typical time",
            duration(mine.typical),
            f"Median over these {mine.reviews} reviews, from the request to your last signature on it.",
        ),
        ("Signatures withdrawn", mine.withdrew, "By you, your own or a colleague’s."),
        ("Reviews declined", mine.declined, "By you, with a reason."),
    ]
    return Table(
        "My reviews",
        f"What you did {asked.in_words}. Nobody else sees this, and nobody is compared.",
        ("Figure", "How many", "What is counted"),
        figures,
        tuple,
    )


def my_signatures(asked: Asked) -> Table:
    return Table(
        "What I signed",
        f"Revisions of which you signed a block {asked.in_words}, the last first. Time: from the request to your last "
        "signature.",
        ("Page", "Revision", "Blocks signed", "Withdrawn since", "Asked on", "Last signature", "Time"),
        reporting.reviews_of(asked.user, asked.since),
        lambda row: (
            _revision(row["address"], row["revision"]),
            row["number"],
            row["blocks"],
            row["withdrawn"],
            day(row["opened_at"]),
            day(row["last"]),
            duration(row["took"]),
        ),
        nothing=f"You signed nothing {asked.in_words}.",
    )


def my_declines(asked: Asked) -> Table:
    def row(claim: ReviewClaim) -> Sequence[Any]:
        revision = claim.request.revision
        return (_revision(revision.article.address, revision.pk), revision.number, day(claim.ended_at), claim.reason)

    return Table(
        "What I declined",
        f"Reviews that you declined {asked.in_words}, the last first.",
        ("Page", "Revision", "Declined on", "Reason"),
        reporting.declined_by(asked.user, asked.since),
        row,
        nothing=f"You declined nothing {asked.in_words}.",
    )


def overdue_reviews(asked: Asked) -> Table:
    return Table(
        "Overdue reviews",
        "Open reviews past their due date today, the longest overdue first.",
        ("Page", "Risk", "Due on", "Days overdue", "Who has it"),
        reporting.overdue_reviews(),
        lambda request: (
            _review(request),
            risk(request.revision.article),
            day(request.due_on),
            _days_since(request.due_on),
            who_has(request),
        ),
        nothing="No review is overdue.",
    )


def overdue_pages(asked: Asked) -> Table:
    return Table(
        "Pages to be read again",
        "Live pages whose next review was due today or before, of high risk first, then the longest overdue. Readers "
        "of these pages see no badge.",
        ("Page", "Risk", "Last reviewed", "Due on", "Days overdue", "State"),
        reporting.overdue_pages(),
        lambda article: (
            Linked(article.address, reverse("admin:articles_article_change", args=[article.pk])),
            risk(article),
            day(article.last_reviewed),
            day(article.next_due),
            _days_since(article.next_due),
            FRESHNESS[article.freshness],
        ),
        nothing="Every live page was reviewed in time.",
    )


def oldest(asked: Asked) -> Table:
    return Table(
        "Oldest in the queue",
        "Revisions in review now, the longest waiting first. Days: whole days since they were submitted.",
        ("Page", "Risk", "Submitted", "Days", "Due on", "Who has it"),
        reporting.queue(),
        lambda request: (
            _review(request),
            risk(request.revision.article),
            day(request.opened_at),
            (timezone.now() - request.opened_at).days,
            day(request.due_on),
            who_has(request),
        ),
        nothing="Nothing waits for review.",
    )


def time_to_sign_off(asked: Asked) -> Table:
    found = reporting.time_to_sign_off(asked.since)
    approved = found.timings[0].approved
    return Table(
        "Time to sign-off",
        f"From submission to approval, of {counted(approved, 'review')} approved {asked.in_words}, by the risk class "
        f"that the page has today. Not counted: {counted(found.changes_requested, 'review')} sent back for changes and "
        f"{found.recalled} recalled in that time, and {found.still_open} still open.",
        ("Risk", "Reviews approved", "Median", "90th percentile"),
        found.timings if approved else (),
        lambda timing: (
            RISK_NAMES[timing.risk] if timing.risk else "All",
            timing.approved,
            duration(timing.median),
            duration(timing.ninetieth),
        ),
        nothing=f"No review was approved {asked.in_words}.",
    )


def _by_days(heading: str, counts: str, column: str, numbers: Sequence[int], *, key: str, nothing: str) -> Table:
    """A histogram: a table and a chart of the same figures."""
    rows = tuple(zip(SPANS, numbers, strict=True))
    description = "A bar for each span of days, as long as its number of reviews. The same figures stand in the table."
    return Table(
        heading,
        counts,
        ("Days", column),
        rows if any(numbers) else (),
        tuple,
        nothing=nothing,
        chart=Chart(f"chart-{key}", heading, description, [Bar(*row) for row in rows]),
    )


def queue_by_days(asked: Asked) -> Table:
    waiting = reporting.queue_by_days()
    return _by_days(
        "How long reviews have waited",
        f"The {counted(sum(waiting), 'open review')}, by whole days since submission.",
        "Open reviews",
        waiting,
        key="waiting",
        nothing="Nothing waits for review.",
    )


def time_by_days(asked: Asked) -> Table:
    took = reporting.time_by_days(asked.since)
    return _by_days(
        "Time to sign-off by days",
        f"The {counted(sum(took), 'review')} approved {asked.in_words}, by whole days from submission to approval.",
        "Reviews approved",
        took,
        key="time",
        nothing=f"No review was approved {asked.in_words}.",
    )


def risk_and_freshness(asked: Asked) -> Table:
    matrix = reporting.risk_and_freshness()
    pages = sum(sum(row.values()) for row in matrix.values())
    return Table(
        "Pages by risk and freshness",
        f"The {counted(pages, 'live page')}, as of today. Due soon: within 60 days. Overdue: readers see no badge. "
        "Lapsed: overdue for half a year, so search engines are told to leave it.",
        ("Risk", *FRESHNESS.values(), "All"),
        tuple(matrix.items()) if pages else (),
        lambda item: (RISK_NAMES[item[0]], *(item[1][each] for each in FRESHNESS), sum(item[1].values())),
        nothing="No page is live yet.",
        chart=Chart(
            "chart-freshness",
            "Live pages by risk class and freshness",
            "For each risk class a bar for each state of freshness, as long as its number of pages. The same figures "
            "stand in the table.",
            [
                Bar(name, matrix[each][state], TONES.get(state, "plain"), RISK_NAMES[each] if not place else "")
                for each in RISKS
                for place, (state, name) in enumerate(FRESHNESS.items())
            ],
        ),
    )


RESTS_ON = {
    "Systematic review": [EvidenceKind.SYSTEMATIC_REVIEW],
    "Trial": [EvidenceKind.RANDOMIZED_TRIAL, EvidenceKind.TRIAL],
    "Cohort": [EvidenceKind.COHORT],
    "Case report": [EvidenceKind.CASE_REPORT],
    "Guideline or overview": [EvidenceKind.GUIDELINE, EvidenceKind.NARRATIVE_REVIEW],
    "Story": [EvidenceKind.STORY],
    "Other source": [EvidenceKind.LABORATORY, EvidenceKind.REFERENCE, EvidenceKind.NOT_STATED],
}


def what_pages_rest_on(asked: Asked) -> Table:
    year = timezone.now().year
    columns = ("Page", "Statements", *RESTS_ON, evidence.NOTHING, "Sources", "Median age in years")

    def row(page: PublishedPage) -> Sequence[Any]:
        at = Linked(page.article.address, reverse("admin:articles_article_change", args=[page.article_id]))
        profile = EvidenceProfile.from_json(page.evidence)
        if profile is None:
            return (at, *["–"] * (len(columns) - 1))
        return (
            at,
            profile.statements,
            *evidence.shares(profile, RESTS_ON),
            evidence.share(profile.nothing, profile.statements),
            profile.sources,
            evidence.age(profile, year),
        )

    return Table(
        "What pages rest on",
        "Of each live page, the longest first, the share of its statements by the strongest kind of source that they "
        "cite, and the median age of its sources. “Other source” is a page of an organization, a book, news, work in a "
        "laboratory, or one whose study design is not stated. A dash: it was published before this was counted.",
        columns,
        reporting.live_pages(),
        row,
        nothing="No page with statements is live yet.",
    )


REPORTS: dict[str, Callable[[Asked], Table]] = {
    "my-reviews": my_reviews,
    "what-i-signed": my_signatures,
    "what-i-declined": my_declines,
    "overdue-reviews": overdue_reviews,
    "pages-to-be-read-again": overdue_pages,
    "oldest-in-the-queue": oldest,
    "how-long-reviews-waited": queue_by_days,
    "time-to-sign-off": time_to_sign_off,
    "time-to-sign-off-by-days": time_by_days,
    "risk-and-freshness": risk_and_freshness,
    "what-pages-rest-on": what_pages_rest_on,
}
OVER_TIME = {"my-reviews", "what-i-signed", "what-i-declined", "time-to-sign-off", "time-to-sign-off-by-days"}


@require_safe
@desk_view(reading=READ)
def reports(request: HttpRequest) -> HttpResponseBase:
    """All reports on one page, each with its first rows."""
    asked = Asked(staff(request), _period(request))
    shown = []
    for name, make in REPORTS.items():
        table = make(asked)
        page = Paginator(table.records, SHOWN).get_page(1)
        shown.append({"name": name, "table": table, "rows": table.rows(page), "page": page})
    context = {**_frame(request, asked), "title": "Reports", "reports": shown, "over_time": True}
    return TemplateResponse(request, "admin/articles/reports.html", context)


@require_safe
@desk_view(reading=READ)
def report(request: HttpRequest, name: str) -> HttpResponseBase:
    """One report, page by page, or all of it as a CSV file."""
    if name not in REPORTS:
        raise Http404("No report has this name.")
    asked = Asked(staff(request), _period(request))
    table = REPORTS[name](asked)
    if request.GET.get("format") == "csv":
        return csv_download(f"mesoinfo-{name}-{timezone.now():%Y-%m-%d}", table.columns, table.whole())
    page = Paginator(table.records, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **_frame(request, asked),
        "title": table.heading,
        "reports": [{"name": name, "table": table, "rows": table.rows(page), "page": page}],
        "over_time": name in OVER_TIME,
        "alone": True,
    }
    return TemplateResponse(request, "admin/articles/reports.html", context)


def _frame(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    return {**admin.site.each_context(request), "periods": PERIODS.items(), "period": asked.period}


def _period(request: HttpRequest) -> str:
    named = request.GET.get("period", "")
    return named if named in PERIODS else USUAL


# How figures read

RISK_NAMES = {each: str(each.label).partition(":")[0] for each in RiskClass}
SPANS = (
    "Less than a day",
    "1 day",
    "2 days",
    *(f"{before + 1} to {last} days" for before, last in pairwise(DAYS[2:])),
    f"More than {DAYS[-1]} days",
)


def duration(took: datetime.timedelta | None) -> str:
    """Such as: 3.5 days; below a day in hours, below an hour in minutes; a dash for none."""
    if took is None:
        return "–"
    minutes = took.total_seconds() / 60
    if minutes < 60:
        return counted(round(minutes), "minute")
    if minutes < 24 * 60:
        return f"{minutes / 60:.1f} hours"
    return f"{minutes / 60 / 24:.1f} days"


def counted(number: int, thing: str) -> str:
    """Such as: 1 review, 2 reviews."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def day(moment: datetime.date | None) -> str:
    """A day as files and tables both can hold it: 2026-11-22."""
    return f"{moment:%Y-%m-%d}" if moment else ""


def risk(article: Article) -> str:
    return RISK_NAMES[RiskClass(article.risk_class)]


def who_has(request: ReviewRequest) -> str:
    """Who is reviewing it, else who is asked, else nobody."""
    names = [str(claim.reviewer) for claim in request.held]  # type: ignore[attr-defined]  # prefetched under this name
    if names:
        return f"Being reviewed by {', '.join(names)}"
    return f"{request.assigned_to} is asked" if request.assigned_to else "Nobody yet"


def _days_since(due: datetime.date | None) -> int:
    assert due is not None  # what has no date is not overdue
    return (timezone.now().date() - due).days


def _revision(address: str, pk: int) -> Linked:
    return Linked(address, reverse("admin:articles_revision_read", args=[pk]))


def _review(request: ReviewRequest) -> Linked:
    address = reverse("admin:articles_revision_review", args=[request.revision_id])
    return Linked(request.revision.article.address, address)
