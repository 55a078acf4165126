"""When a signature is withdrawn because readers must not see the words any longer."""

from __future__ import annotations

from django.db import connection, transaction

from articles.models import (
    Article,
    PublishedPage,
    Revision,
    RevisionStatus,
    Severity,
    Significance,
    SignOff,
    SignOffWithdrawal,
    TakedownKind,
)
from articles.publishing.schedule import cancel_schedules
from articles.publishing.takedown import take_from_readers
from articles.review import signing
from articles.review.coverage import TAKEN_OUT, reviewed_on, unsigned_blocks
from articles.review.freshness import set_dates
from mesoinfo import audit
from mesoinfo.models import User


@transaction.atomic
def withdraw_for_safety(sign_off: SignOff, *, reason: str, by: User) -> SignOffWithdrawal:
    """Withdraw the signature, with all others on the same words, and show at once the newest earlier revision whose
    every signature holds.

    Never one behind a safety correction, whose predecessor was replaced because it was dangerous, nor one that was
    taken from readers or holds what was hidden from them: if there is no other, the page is taken down. What is
    scheduled for the page is taken back. Raises as `signing.withdraw`.
    """
    article = Article.objects.locked(sign_off.article_id)
    on_no_block = not sign_off.revision.blocks.filter(digest=sign_off.digest).exists()
    lacked = _lacking(article, but_for_taken_out=on_no_block)
    withdrawal = signing.withdraw(sign_off, reason=reason, by=by, severity=Severity.SAFETY)
    cancel_schedules(article, because="A signature was withdrawn for safety.")
    # What the live page lacked before was not taken back because it could do harm, unless it is these words.
    if _lacking(article) - (lacked - {sign_off.digest}):
        fall_back(article, reason=reason, by=by)
    return withdrawal


def _lacking(article: Article, *, but_for_taken_out: bool = False) -> set[str]:
    """Digests of what the live page shows, or takes out, without every signature."""
    if article.live is None:
        return set()
    unsigned = [block for block in unsigned_blocks(article.live.revision) if block.digest not in article.live.hidden]
    return {block.digest for block in unsigned if not (but_for_taken_out and block.key == TAKEN_OUT)}


def fall_back(article: Article, *, reason: str, by: User) -> PublishedPage | None:
    """Show the newest earlier revision that is signed throughout; take the page down if there is none."""
    assert article.live is not None
    now = article.live.revision
    earlier = _newest_valid_before(now)
    if earlier is None:
        take_from_readers(article, TakedownKind.TAKEN_DOWN, reason=reason, reader_note="", by=by)
        return None
    page = earlier.published_pages.filter(hidden=[]).latest("pk").frozen_again(by=by)
    now.move_to(RevisionStatus.SUPERSEDED, by=by)
    earlier.move_to(RevisionStatus.PUBLISHED, by=by)
    reviewed = reviewed_on(earlier)
    assert reviewed is not None  # it is signed throughout
    article.live = page
    set_dates(article, reviewed)
    article.save(update_fields=["live", "last_reviewed", "next_due"])
    audit.record(by, "page.fell_back", page, revision=earlier.pk, instead_of=now.pk)
    return page


def _newest_valid_before(now: Revision) -> Revision | None:
    if now.significance == Significance.SAFETY_CORRECTION:
        return None
    once_live = Revision.objects.filter(
        article=now.article, number__lt=now.number, status=RevisionStatus.SUPERSEDED
    ).order_by("-number")
    for earlier in once_live:
        if not unsigned_blocks(earlier) and _can_be_shown_again(earlier):
            return earlier
        if earlier.significance == Significance.SAFETY_CORRECTION:
            return None
    return None


def _can_be_shown_again(revision: Revision) -> bool:
    """Whether it was not taken from readers, nor part of it hidden from them, for something else in its place."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT articles_can_be_shown_again(%s)", [revision.pk])
        return bool(cursor.fetchone()[0])
