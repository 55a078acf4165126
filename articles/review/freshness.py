"""When a page has to be read again: its dates, what calls it in early, and who is told. A sweep, run every minute."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from articles.models import (
    Article,
    EarlyReview,
    Freshness,
    PageState,
    Revision,
    Settlement,
    StepTold,
    TransitionRefused,
    Trigger,
)
from articles.models.freshness import TOGETHER
from articles.review import notices
from articles.review.dates import months_after
from articles.review.eligibility import require
from citations.models import NoticeKind, Source
from mesoinfo import audit
from mesoinfo.models import User

STEPS = (Freshness.DUE_SOON, Freshness.OVERDUE, Freshness.LAPSED)
# Pages of each kind that one tick sees to: it holds the ledger while it writes, and the worker stops what takes long.
AT_ONCE = 1000

CalledIn = tuple[int, str, str, str]  # article, trigger, subject, detail


def next_due(article: Article, reviewed: datetime.date) -> datetime.date:
    """The day of the next review of a page that was reviewed on this day: 12, 24 or 36 months later, by risk class."""
    return months_after(reviewed, article.review_interval)


def set_dates(article: Article, reviewed: datetime.date) -> None:
    """Set, without saving, when it was reviewed and when it is next due: at once, while something calls it in early."""
    due = next_due(article, reviewed)
    called_in = article.early_reviews.unsettled().aggregate(Min("due_on"))["due_on__min"]
    article.last_reviewed = reviewed
    article.next_due = due if called_in is None else max(reviewed, min(due, called_in))


# What calls a page in before its time


@transaction.atomic
def due_now(article: Article, trigger: Trigger, *, subject: str, detail: str = "", by: User | None = None) -> bool:
    """Call a live page in: it is due today, until somebody has read it. Returns whether this was news.

    `subject` is what it is about (a key, an address, an id), `detail` a sentence for colleagues. `by` is None for a
    sweep. Raises TransitionRefused for a page that readers cannot see.
    """
    locked = Article.objects.locked(article.pk)
    if locked.page_state != PageState.LIVE:
        raise TransitionRefused("Readers do not see this page, so it is not called in.")
    made, is_new = EarlyReview.objects.get_or_create(
        article=locked,
        trigger=trigger,
        subject=subject,
        settled_at=None,
        defaults={"detail": detail, "noted_by": by},
    )
    if is_new:
        audit.record(by, "page.called_in", made, article=locked.pk, trigger=trigger)
        article.refresh_from_db()
    return is_new


@transaction.atomic
def dismiss(early: EarlyReview, *, reason: str, by: User) -> None:
    """Say that it calls for no reading. The page is due when it was before, unless something else calls it in."""
    require(by, "articles.dismiss_earlyreview", "Dismissing it needs the medical lead role.")
    if not reason.strip():
        raise TransitionRefused("Say in a sentence why nobody needs to read the page for this.")
    article = Article.objects.locked(early.article_id)
    found = article.early_reviews.unsettled().filter(pk=early.pk).first()
    if found is None:
        raise TransitionRefused("It is settled already.")
    found.settlement, found.reason = Settlement.DISMISSED, reason.strip()
    found.settled_by, found.settled_at = by, timezone.now()
    found.save(update_fields=["settlement", "reason", "settled_by", "settled_at"])
    if article.last_reviewed is not None:
        set_dates(article, article.last_reviewed)
        article.save(update_fields=["next_due"])
    audit.record(by, "early_review.dismissed", found, article=article.pk)


def settle_by_reading(article: Article, *, by: User) -> int:
    """Settle all that called the page in, since it has been read in full. Returns how much that was."""
    return _settle(article, Settlement.REAFFIRMED, Q(), by=by)


def settle_by_publishing(revision: Revision, *, by: User) -> int:
    """Settle what called the page in before this revision of it, which has just gone live, was submitted.

    But not that it rests on a revoked credential, where it still does. Returns how much was settled.
    """
    still = Q(trigger=Trigger.REVOKED, subject__in=_resting_on_revoked(revision.article))
    return _settle(revision.article, Settlement.PUBLISHED, Q(at__lt=revision.submitted_at) & ~still, by=by)


def _settle(article: Article, how: Settlement, which: Q, *, by: User) -> int:
    return (
        article.early_reviews.unsettled().filter(which).update(settlement=how, settled_by=by, settled_at=timezone.now())
    )


# The sweep


@dataclass(frozen=True)
class Ticked:
    """What a tick found: pages called in early, pages that came to each step of the ladder, mails that were due."""

    called_in: int
    reached: dict[str, int]
    mails: int

    @property
    def found_something(self) -> bool:
        return bool(self.called_in or any(self.reached.values()))


@transaction.atomic
def tick(now: datetime.datetime | None = None) -> Ticked:
    """Note what calls pages in early, and tell staff of pages that came to a step of the ladder and of what is overdue.

    Does what is to be done by `now` and has not been, of each kind for a thousand pages at once: run it as often as you
    like, each step of a page is told once, and a reminder goes out once a week.
    """
    today = (now or timezone.now()).astimezone(datetime.UTC).date()
    with connection.cursor() as cursor:
        # Two workers may sweep at once: the second finds nothing left.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('articles_freshness'))")
    called_in = [*_call_in(_citing_what_was_said_of(), today), *_call_in(_newly_resting_on_revoked(), today)]
    told = {step.value: _told_of(step, today) for step in STEPS}
    reminded = sum(notices.pages_reached(step, pages[0].at) for step, pages in told.items() if pages)
    if Article.objects.live().filter(next_due__lte=today).exists():
        reminded += notices.pages_overdue(today)
    # The ledger last: its lock is held to the end.
    audit.record_each(
        None,
        "page.called_in",
        [(early, {"article": early.article_id, "trigger": early.trigger}) for early in called_in],
    )
    for step, pages in told.items():
        audit.record_each(None, f"page.{step}", [(page.article, {"due": page.due_on.isoformat()}) for page in pages])
    return Ticked(len(called_in), {step: len(pages) for step, pages in told.items()}, reminded)


def _told_of(step: Freshness, today: datetime.date) -> list[StepTold]:
    """Write down which live pages have come to this step, of those that staff have not been told of."""
    already = StepTold.objects.filter(article=OuterRef("pk"), step=step.value, due_on=OuterRef("next_due"))
    found = (
        Article.objects.that_are(step, on=today)
        .filter(~Exists(already))
        .order_by("pk")
        .only("address", "next_due")[:AT_ONCE]
    )
    at = timezone.now()
    return StepTold.objects.bulk_create(
        [
            StepTold(article=article, step=step.value, due_on=due, at=at)
            for article, due in ((article, article.next_due) for article in found)
            if due is not None  # a CHECK of live articles
        ]
    )


def _call_in(found: Sequence[CalledIn], today: datetime.date) -> list[EarlyReview]:
    live = set(
        Article.objects.live()
        .select_for_update(of=("self",))
        .filter(pk__in={article for article, *_ in found})
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    return EarlyReview.objects.bulk_create(
        [
            EarlyReview(article_id=article, trigger=trigger, subject=subject, detail=detail[:300], due_on=today)
            for article, trigger, subject, detail in found
            if article in live
        ]
    )


# What stands unsettled is not noted again, nor what somebody has looked at since it was said. What was settled by a
# revision that readers see no longer is.
NEWS = """
    NOT EXISTS (SELECT 1 FROM articles_earlyreview e
                WHERE e.article_id = a.id AND e.trigger = {trigger} AND e.subject = {subject}
                  AND (e.settled_at IS NULL OR (e.settlement <> 'published' AND e.at > {said})))
"""
CITING = f"""
    SELECT DISTINCT a.id, said.trigger, said.key, said.detail
    FROM unnest(%s::text[], %s::text[], %s::text[], %s::timestamptz[]) AS said(trigger, key, detail, at)
    JOIN articles_publishedpage p ON p.source_keys ? said.key
    JOIN articles_article a ON a.live_id = p.id AND a.page_state = 'live'
    JOIN articles_revision r ON r.id = p.revision_id
    WHERE r.submitted_at < said.at
      AND {NEWS.format(trigger="said.trigger", subject="said.key", said="said.at")}
    ORDER BY 1 LIMIT {AT_ONCE}
"""


def _citing_what_was_said_of() -> list[CalledIn]:
    """Live pages submitted before a source they cite was retracted or superseded, where that is news."""
    said = []
    merged = list(Source.objects.merged())
    for trigger, sources, kind in (
        (Trigger.RETRACTION, Source.objects.retracted(), NoticeKind.RETRACTED),
        (Trigger.SUPERSEDED, Source.objects.superseded(), NoticeKind.SUPERSEDED),
    ):
        # With a column named here: mypy knows only those of the model.
        found: QuerySet[Any] = sources.annotate(said_at=Max("notices__recorded_at", filter=Q(notices__kind=kind)))
        said_at: dict[int, tuple[Source, datetime.datetime]] = {one.pk: (one, one.said_at) for one in found}
        for source in merged:
            # What is said of a work is said of the source that stands for it, and news when the two came to be one.
            survivor = said_at.get(source.survivor.pk)
            if survivor is not None and source.merged_at is not None:
                said_at.setdefault(source.pk, (source, max(survivor[1], source.merged_at)))
        said += [(str(trigger), source.key, f"{source.key}: {source.title}", at) for source, at in said_at.values()]
    return _rows(CITING, [list(column) for column in zip(*said, strict=True)]) if said else []


# A signature that counts: not withdrawn, and not by somebody whom a byline names.
COUNTS = """
    NOT EXISTS (SELECT 1 FROM articles_signoffwithdrawal w WHERE w.sign_off_id = {sign_off}.id)
    AND NOT EXISTS (SELECT 1 FROM articles_byline n JOIN articles_person m ON m.id = n.person_id
                    WHERE n.article_id = a.id AND m.user_id = {sign_off}.reviewer_id)
"""
# By blocks, and not page by page through the functions that ask it of one revision: people sign thousands of pages.
RESTING_ON_REVOKED = f"""
    SELECT a.id, c.id, c.revoked_at
    FROM articles_credential c
    JOIN articles_signoff s ON s.credential_id = c.id
    JOIN articles_article a ON a.id = s.article_id AND a.page_state = 'live'
    JOIN articles_publishedpage p ON p.id = a.live_id
    JOIN articles_block b ON b.revision_id = p.revision_id AND b.digest = s.digest
    WHERE c.revoked_at IS NOT NULL AND {COUNTS.format(sign_off="s")}
      AND NOT EXISTS (SELECT 1 FROM articles_signoff o JOIN articles_credential k ON k.id = o.credential_id
                      WHERE o.article_id = a.id AND o.digest = s.digest AND k.revoked_at IS NULL
                        AND {COUNTS.format(sign_off="o")})
      AND NOT EXISTS (SELECT 1 FROM articles_reaffirmation o JOIN articles_credential k ON k.id = o.credential_id
                      JOIN articles_publishedpage q ON q.id = o.page_id
                      JOIN articles_block h ON h.revision_id = q.revision_id AND h.digest = s.digest
                      WHERE o.article_id = a.id AND o.completes AND k.revoked_at IS NULL)
    UNION
    -- Or the last to find it right: then nobody has, since the reading before.
    SELECT a.id, c.id, c.revoked_at
    FROM articles_credential c
    JOIN articles_reaffirmation s ON s.credential_id = c.id
    JOIN articles_article a ON a.id = s.article_id AND a.page_state = 'live'
    WHERE c.revoked_at IS NOT NULL
      AND s.at > (SELECT max(l.at) FROM articles_reaffirmation l WHERE l.article_id = a.id AND l.completes)
                 - interval '{TOGETHER} days'
"""
NEWLY_RESTING_ON_REVOKED = f"""
    SELECT a.id, 'reviewer_revoked', a.credential::text, p.name || ': ' || c.title || ', ' || c.issuer
    FROM ({RESTING_ON_REVOKED}) AS a(id, credential, revoked_at)
    JOIN articles_credential c ON c.id = a.credential
    JOIN articles_person p ON p.id = c.person_id
    WHERE {NEWS.format(trigger="'reviewer_revoked'", subject="a.credential::text", said="a.revoked_at")}
    ORDER BY 1 LIMIT {AT_ONCE}
"""


def _newly_resting_on_revoked() -> list[CalledIn]:
    return _rows(NEWLY_RESTING_ON_REVOKED, [])


def _resting_on_revoked(article: Article) -> set[str]:
    """Ids of the revoked credentials that the live page of this article rests on."""
    found = _rows(
        f"SELECT a.credential::text FROM ({RESTING_ON_REVOKED}) AS a(id, credential) WHERE a.id = %s", [article.pk]
    )
    return {credential for (credential,) in found}


def _rows(query: str, given: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        rows: list[Any] = cursor.fetchall()
    return rows
