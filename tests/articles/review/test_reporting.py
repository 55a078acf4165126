"""Each figure of the reports is what counting by hand gives, on reviews at random."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from statistics import median

import pytest
from django.db import transaction
from django.utils import timezone

from articles.models import (
    Article,
    Credential,
    Freshness,
    PageState,
    ReviewClaim,
    ReviewRequest,
    SignOff,
    SignOffWithdrawal,
)
from articles.review import reporting
from articles.review.reporting import DAYS, RISKS
from mesoinfo.models import User
from tests.articles.review.rows import fill
from tests.conftest import a_reviewer, a_user, member, the_reviewer
from tests.size import examples

pytestmark = [pytest.mark.proof, pytest.mark.django_db]
SEEDS = range(examples(20))
A_YEAR = datetime.timedelta(days=365)


@pytest.fixture(scope="module")
def people(module_db: None) -> list[User]:
    lead = member("medical lead")
    second = a_reviewer("second.reviewer@example.org", verified_by=lead, is_specialist=True)
    return [the_reviewer(), second, lead, a_user("medical reviewer", email="third@example.org")]


@pytest.fixture(scope="module", params=SEEDS)
def reviews(request: pytest.FixtureRequest, people: list[User]) -> Iterator[None]:
    """Made once for each seed: the tests only read."""
    with transaction.atomic():
        fill(request.param, people, Credential.objects.all()[0])
        yield
        transaction.set_rollback(True)


@pytest.fixture(params=[30, 365, None])
def since(request: pytest.FixtureRequest) -> datetime.datetime | None:
    return timezone.now() - datetime.timedelta(days=request.param) if request.param else None


def middle(values: Iterable[datetime.timedelta]) -> datetime.timedelta | None:
    found = [value.total_seconds() for value in values]
    return datetime.timedelta(seconds=median(found)) if found else None


def ninetieth(values: Iterable[datetime.timedelta]) -> datetime.timedelta:
    """Between two values, as much of the way as the rank says."""
    found = sorted(value.total_seconds() for value in values)
    rank = 0.9 * (len(found) - 1)
    below = int(rank)
    above = min(below + 1, len(found) - 1)
    return datetime.timedelta(seconds=found[below] + (found[above] - found[below]) * (rank - below))


def alike(one: datetime.timedelta | None, other: datetime.timedelta | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) < datetime.timedelta(milliseconds=1)


def span_of(took: datetime.timedelta) -> int:
    return next((place for place, last in enumerate(DAYS) if took.days <= last), len(DAYS))


def after(moment: datetime.datetime | None, since: datetime.datetime | None) -> bool:
    return moment is not None and (since is None or moment >= since)


def test_without_any_review_every_figure_is_nothing(people: list[User]) -> None:
    assert reporting.my_reviews(people[0], None) == reporting.MyReviews(0, 0, 0, None, 0, 0)
    assert reporting.late() == reporting.Late(0, 0)
    (everything,) = reporting.time_to_sign_off(None).timings
    assert everything == reporting.Timing(None, 0, None, None)
    assert not any(reporting.queue_by_days())


def test_what_one_person_did(reviews: None, people: list[User], since: datetime.datetime | None) -> None:
    for user in people:
        signed = [s for s in SignOff.objects.select_related("revision__review_request") if s.reviewer_id == user.pk]
        signed = [s for s in signed if after(s.signed_at, since)]
        last: dict[int, datetime.datetime] = {}
        asked = {s.revision_id: s.revision.review_request.opened_at for s in signed}
        for s in signed:
            last[s.revision_id] = max(s.signed_at, last.get(s.revision_id, s.signed_at))
        found = reporting.my_reviews(user, since)
        assert found.blocks == len(signed)
        assert found.pages == len({s.article_id for s in signed})
        assert found.reviews == len(last)
        assert alike(found.typical, middle(last[pk] - asked[pk] for pk in last))
        withdrawals = [w for w in SignOffWithdrawal.objects.all() if w.by_id == user.pk and after(w.at, since)]
        assert found.withdrew == len(withdrawals)
        declined = [
            claim
            for claim in ReviewClaim.objects.all()
            if claim.reviewer_id == user.pk and claim.ending == "declined" and after(claim.ended_at, since)
        ]
        assert found.declined == len(declined)
        assert set(reporting.declined_by(user, since)) == set(declined)
        rows = list(reporting.reviews_of(user, since))
        blocks = Counter(s.revision_id for s in signed)
        taken_back = Counter(s.revision_id for s in signed if hasattr(s, "withdrawal"))
        assert [row["last"] for row in rows] == sorted(last.values(), reverse=True)
        for row in rows:
            pk = row["revision"]
            assert (row["blocks"], row["withdrawn"], row["last"]) == (blocks[pk], taken_back[pk], last[pk])
            assert row["took"] == last[pk] - asked[pk]


def test_what_is_late(reviews: None) -> None:
    today = timezone.now().date()
    live = [article for article in Article.objects.all() if article.page_state == PageState.LIVE]
    stale = [a for a in live if a.freshness in (Freshness.OVERDUE, Freshness.LAPSED)]
    order = {risk: place for place, risk in enumerate(("high", "medium", "low"))}
    assert list(reporting.overdue_pages()) == sorted(stale, key=lambda a: (order[a.risk_class], a.next_due, a.pk))
    open_ = [request for request in ReviewRequest.objects.all() if not request.outcome]
    overdue = [request for request in open_ if request.due_on < today]
    assert overdue == [r for r in open_ if r.is_overdue]
    assert list(reporting.overdue_reviews()) == sorted(overdue, key=lambda r: (r.due_on, r.pk))
    assert reporting.late() == reporting.Late(len(overdue), len(stale))


def test_what_waits(reviews: None) -> None:
    open_ = [request for request in ReviewRequest.objects.all() if not request.outcome]
    found = list(reporting.queue())
    assert found == sorted(open_, key=lambda r: (r.opened_at, r.pk))
    for request in found:
        held = [c for c in request.claims.all() if c.ended_at is None and c.lease_until > timezone.now()]
        assert request.held == held  # type: ignore[attr-defined]  # prefetched under this name
    spans = Counter(span_of(timezone.now() - request.opened_at) for request in open_)
    assert reporting.queue_by_days() == tuple(spans[place] for place in range(len(DAYS) + 1))


def test_time_to_sign_off(reviews: None, since: datetime.datetime | None) -> None:
    ended = [r for r in ReviewRequest.objects.select_related("revision__article") if after(r.closed_at, since)]
    took = defaultdict(list)
    for request in ended:
        assert request.closed_at is not None
        if request.outcome == "approved":
            for risk in (None, request.revision.article.risk_class):
                took[risk].append(request.closed_at - request.opened_at)
    found = reporting.time_to_sign_off(since)
    assert [timing.risk for timing in found.timings] == [None, *(risk for risk in RISKS if risk in took)]
    for timing in found.timings:
        values = took[timing.risk]
        assert timing.approved == len(values)
        assert alike(timing.median, middle(values))
        assert alike(timing.ninetieth, ninetieth(values) if values else None)
    ways = Counter(request.outcome for request in ended)
    assert (found.changes_requested, found.recalled) == (ways["changes_requested"], ways["recalled"])
    assert found.still_open == sum(not request.outcome for request in ReviewRequest.objects.all())
    spans = Counter(span_of(value) for value in took[None])
    assert reporting.time_by_days(since) == tuple(spans[place] for place in range(len(DAYS) + 1))


def test_pages_by_risk_and_freshness(reviews: None) -> None:
    counted = Counter((a.risk_class, a.freshness) for a in Article.objects.all() if a.page_state == PageState.LIVE)
    found = reporting.risk_and_freshness()
    assert {(risk, each): n for risk, row in found.items() for each, n in row.items() if n} == counted
