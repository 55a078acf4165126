"""Checked, still right: a reviewer reads in full what readers see, or saw last, and says so, without a revision."""

from __future__ import annotations

import datetime

from django.core import signing
from django.db import IntegrityError, transaction
from django.utils import timezone

from articles.models import Article, PageState, PublishedPage, Reaffirmation, RiskClass
from articles.models.freshness import TOGETHER
from articles.review.coverage import contributors, reviewed_on, unsigned_blocks
from articles.review.eligibility import credential_of, not_qualified, own_words
from articles.review.freshness import set_dates, settle_by_reading
from articles.review.signing import TOKEN_LIFETIME, NotWhatWasShown, SignOffRefused
from mesoinfo import audit, roles
from mesoinfo.models import User

SALT = "articles.review.reaffirming"
NOTHING_TO_READ = "Only a live page is read again, or one that was taken down."


def why_not(user: User, article: Article) -> str:
    """Why this person may not say that the page is still right, as a sentence; empty when they may."""
    if not roles.holds(user, "articles.sign_block"):
        return "Saying that a page is still right needs the medical reviewer role."
    page = page_to_read(article)
    if page is None:
        return NOTHING_TO_READ
    if page.hidden:
        return "Blocks of this page are hidden from readers: it needs a new revision."
    if unsigned_blocks(page.revision):
        return "A signature on this page was withdrawn, or too few people have signed it: it needs a new revision."
    if user.pk in contributors(page.revision):
        return "You helped write this page as it stands, or are named on it, so somebody else reads it."
    if page.revision.blocks.filter(digest__in=own_words(user, article)).exists():
        return "You wrote or suggested words of this page, so somebody else reads it."
    if waits_for_another(user, page):
        return "You have found this page right. Somebody else reads it too, within 30 days of you."
    return not_qualified(user, article)


def page_to_read(article: Article) -> PublishedPage | None:
    """What a reviewer reads again: what readers see, or what they saw last if it was taken down; else None."""
    return article.shown_last if article.page_state in (PageState.LIVE, PageState.TAKEN_DOWN) else None


def is_whole(page: PublishedPage) -> bool:
    """Whether every block of the page is shown and signed: else it needs a new revision, not another reading."""
    return not page.hidden and not unsigned_blocks(page.revision)


def waits_for_another(user: User, page: PublishedPage) -> bool:
    """Whether this person has read a page of high risk and a second one is still to do so."""
    theirs = Reaffirmation.objects.filter(
        page=page, reviewer=user, at__gt=timezone.now() - datetime.timedelta(days=TOGETHER)
    )
    last = theirs.first()
    return (
        page.article.risk_class == RiskClass.HIGH
        and last is not None
        and not Reaffirmation.objects.filter(page=page, completes=True, at__gte=last.at).exists()
        and not page.article.early_reviews.unsettled().filter(at__gt=last.at).exists()
    )


def issue_token(user: User, page: PublishedPage) -> str:
    """What the screen hands to one person with one page and what called it in, and takes back when they say yes."""
    return signing.dumps([user.pk, page.pk, _called_in_by(page.article)], salt=SALT)


def _called_in_by(article: Article) -> list[int]:
    return list(article.early_reviews.unsettled().order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def reaffirm(article: Article, *, token: str, by: User) -> Reaffirmation:
    """Note that `by` has read the page the token was issued for, and found it still right.

    When enough people have, the page counts as reviewed today, and what called it in is settled; the words and the day
    they were updated stay. Raises NotWhatWasShown when the page or what called it in is not what was shown,
    SignOffRefused with a sentence otherwise.
    """
    page_id, called_in_by = _what_was_shown(token, by)
    locked = Article.objects.select_related("live__revision").locked(article.pk)
    page = page_to_read(locked)
    if page is None:
        raise SignOffRefused(NOTHING_TO_READ)
    if page.pk != page_id:
        raise NotWhatWasShown("This page has changed since you opened it. Read it as it is now.")
    if not set(_called_in_by(locked)) <= set(called_in_by):
        raise NotWhatWasShown("Something has called this page in since you opened it. See what, then decide.")
    if refusal := why_not(by, locked):
        raise SignOffRefused(refusal)
    credential = credential_of(by)
    assert credential is not None  # why_not has just looked
    try:
        with transaction.atomic():
            made = Reaffirmation.objects.create(
                article=locked, page_id=page_id, reviewer=by, credential=credential, credential_then=str(credential)
            )
    except IntegrityError as error:
        raise SignOffRefused(f"It was refused: {str(error).splitlines()[0]}.") from error
    made.refresh_from_db()
    if made.completes:
        reviewed = reviewed_on(page.revision)
        assert reviewed is not None  # it is signed throughout
        settle_by_reading(locked, by=by)
        set_dates(locked, reviewed)
        locked.save(update_fields=["last_reviewed", "next_due"])
    audit.record(by, "page.reaffirmed", made, page=page_id, completes=made.completes)
    article.refresh_from_db()
    return made


def _what_was_shown(token: str, by: User) -> tuple[int, list[int]]:
    """The page, and what had called it in, that the token says this person was shown."""
    try:
        user_id, page_id, called_in_by = signing.loads(token, salt=SALT, max_age=TOKEN_LIFETIME)
    except signing.SignatureExpired:
        raise NotWhatWasShown("This screen has been open too long. Read the page again, then decide.") from None
    except signing.BadSignature:
        raise NotWhatWasShown("Only a page you were shown can be found right. Open it again.") from None
    if user_id != by.pk:
        raise NotWhatWasShown("This page was shown to somebody else. Open it yourself, then decide.")
    return page_id, called_in_by
