"""What waits for each person on the desk's front page, by their roles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from articles.admin.access import PUBLISH, SIGN, WRITE
from articles.admin.feedback import about_at
from articles.admin.freshness import in_scope_of, reread_at, to_be_read_again, why_due
from articles.admin.reviewing import waiting_for
from articles.feedback.reading import READ_FEEDBACK
from articles.models import Contribution, FeedbackMessage, Revision, RevisionStatus
from articles.review.coverage import unsigned_blocks
from articles.review.standing import why_not
from mesoinfo import desk, roles
from mesoinfo.desk import Card, Line
from mesoinfo.models import User


@desk.offers_cards
def cards(request: HttpRequest) -> Iterator[Card]:
    """What waits: drafts and what was sent back for writers, what readers wrote for editors, the queue and
    pages to be read again for reviewers, the approved for publishers.
    """
    user: Any = request.user
    if roles.holds(user, WRITE):
        yield sent_back_to(user)
        yield drafts_of(user)
    if roles.holds(user, READ_FEEDBACK):
        yield readers_wrote()
    if roles.holds(user, SIGN):
        yield for_review_by(user)
        yield to_read_again(user)
    if roles.holds(user, PUBLISH):
        yield ready_to_publish()


def _screen(name: str, revision: Revision) -> str:
    return reverse(f"admin:articles_revision_{name}", args=[revision.pk])


def _lines(revisions: Iterable[Revision], screen: str, note: Any) -> tuple[Line, ...]:
    return tuple(Line(str(revision.article), _screen(screen, revision), note(revision)) for revision in revisions)


def sent_back_to(user: User) -> Card:
    """Revisions with changes requested that nobody has taken up since, and that this person helped write."""
    later = Revision.objects.filter(article=OuterRef("article"), number__gt=OuterRef("number"))
    helped = Contribution.objects.filter(revision=OuterRef("pk"), user=user)
    found = (
        Revision.objects.filter(~Exists(later), status=RevisionStatus.CHANGES_REQUESTED)
        .filter(Exists(helped))
        .select_related("article", "review_request__closed_by")
        .order_by("review_request__closed_at")
    )
    shown = found[: desk.SHOWN]
    return Card(
        heading="Sent back to you",
        lines=tuple(
            Line(
                str(revision.article),
                reverse("admin:articles_article_change", args=[revision.article_id]),
                f"{revision.review_request.closed_by}: {revision.review_request.reason}",
            )
            for revision in shown
        ),
        nothing="Nothing was sent back.",
        total=found.count(),
    )


def drafts_of(user: User) -> Card:
    """Drafts this person started or saved last."""
    found = _drafts().filter(Q(created_by=user) | Q(saved_by=user))
    return Card(
        heading="Your drafts",
        lines=_lines(found[: desk.SHOWN], "write", lambda draft: f"saved {draft.saved_at:%d %B, %H:%M} UTC"),
        nothing="You have no drafts. Open a page and start one.",
        all_at=reverse("admin:articles_article_changelist") + f"?open={RevisionStatus.DRAFT}",
        total=found.count(),
    )


def _drafts() -> QuerySet[Revision]:
    return Revision.objects.drafts().select_related("article").order_by("-saved_at")


def readers_wrote() -> Card:
    """Pages whose readers wrote something that nobody has dealt with, the most first."""
    found = FeedbackMessage.objects.waiting().per_article().order_by("-waiting", "address")
    return Card(
        heading="What readers wrote",
        lines=tuple(
            Line(row["address"], about_at(row["article"]), f"{_messages(row['waiting'])} waiting")
            for row in found[: desk.SHOWN]
        ),
        nothing="Nothing waits to be read.",
        all_at=reverse("admin:articles_feedback_changelist"),
        total=found.count(),
    )


def _messages(count: int) -> str:
    return "1 message" if count == 1 else f"{count} messages"


def for_review_by(user: User) -> Card:
    """Revisions in review that this person may sign, the longest waiting first."""
    mine = [revision for revision in waiting_for(user)[:100] if not why_not(user, revision)]
    return Card(
        heading="For your review",
        lines=_lines(
            mine[: desk.SHOWN], "review", lambda revision: f"{_blocks(len(unsigned_blocks(revision)))} to sign"
        ),
        nothing="Nothing waits for your signature.",
        all_at=reverse("admin:articles_revision_queue"),
        total=len(mine),
    )


def _blocks(count: int) -> str:
    return "1 block" if count == 1 else f"{count} blocks"


def to_read_again(user: User) -> Card:
    """Live pages in this person's scope whose next review is due or soon will be, the longest due first."""
    found = to_be_read_again().filter(in_scope_of(user))
    return Card(
        heading="To be read again",
        lines=tuple(
            Line(str(article), reread_at(article), f"due {article.next_due:%d %B %Y}. {why_due(article)}")
            for article in found[: desk.SHOWN]
        ),
        nothing="No page is due.",
        all_at=reverse("admin:articles_article_due"),
        total=found.count(),
    )


def ready_to_publish() -> Card:
    """Approved revisions."""
    found = (
        Revision.objects.filter(status=RevisionStatus.APPROVED)
        .select_related("article", "submitted_by")
        .order_by("submitted_at")
    )
    return Card(
        heading="Approved, to be published",
        lines=_lines(found[: desk.SHOWN], "publish", lambda revision: str(revision.change_note)),
        nothing="Nothing waits to be published.",
        all_at=reverse("admin:articles_article_changelist") + f"?open={RevisionStatus.APPROVED}",
        total=found.count(),
    )
