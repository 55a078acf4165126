"""Taking a page from readers in one step, having it confirmed by somebody else, and putting it back."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from articles.models import Article, PageState, PublishedPage, Takedown, TakedownKind, TransitionRefused
from articles.publishing.publish import publish
from articles.publishing.schedule import cancel_schedules
from articles.review import notices
from articles.review.eligibility import require
from mesoinfo import audit
from mesoinfo.models import User

NEEDS_ROLE = "Taking a page down needs the role of publisher, medical reviewer, medical lead or safety officer."


@transaction.atomic
def take_down(article: Article, *, reason: str, by: User, reader_note: str = "") -> Takedown:
    """Answer 410 at the page's address from now on. Somebody else confirms it within 72 hours.

    No approval is needed. Raises TransitionRefused with a sentence when there is nothing to take down.
    """
    require(by, "articles.take_down", NEEDS_ROLE)
    return take_from_readers(article, TakedownKind.TAKEN_DOWN, reason=reason, reader_note=reader_note, by=by)


@transaction.atomic
def withdraw_page(article: Article, *, reason: str, reader_note: str, by: User) -> Takedown:
    """Keep the page for whoever follows a link, under a notice that says why, and take it from every list."""
    require(by, "articles.withdraw_page", "Withdrawing a page needs the publisher role.")
    if not reader_note.strip():
        raise TransitionRefused("Say in a plain sentence what readers should know. It stands on top of the page.")
    return take_from_readers(article, TakedownKind.WITHDRAWN, reason=reason, reader_note=reader_note, by=by)


def take_from_readers(article: Article, kind: TakedownKind, *, reason: str, reader_note: str, by: User) -> Takedown:
    """Write down who took it and why, then take it. A page that was withdrawn can still be taken down."""
    if not reason.strip():
        raise TransitionRefused("Say in a sentence why. Your colleagues read it.")
    locked = Article.objects.locked(article.pk)
    standing = locked.takedowns.standing().first()
    if locked.live is None or (standing is not None and kind == TakedownKind.WITHDRAWN):
        raise TransitionRefused("There is nothing to take from readers: the page is not live.")
    page: PublishedPage = locked.live
    if standing is not None:
        _lift(standing, by=by)
    made = Takedown.objects.create(
        article=locked, page=page, kind=kind, by=by, reason=reason.strip(), reader_note=reader_note.strip()
    )
    if kind == TakedownKind.TAKEN_DOWN:
        locked.page_state, locked.live = PageState.TAKEN_DOWN, None
        cancel_schedules(locked, because="The page was taken down.")
        notices.taken_down(made)
    else:
        locked.page_state = PageState.WITHDRAWN
    locked.save(update_fields=["page_state", "live"])
    audit.record(by, f"page.{kind}", made, page=page.pk)
    article.refresh_from_db()
    return made


@transaction.atomic
def confirm(takedown: Takedown, *, by: User) -> None:
    """Say yes to what somebody else took down."""
    require(by, "articles.take_down", NEEDS_ROLE)
    Article.objects.locked(takedown.article_id)
    standing = Takedown.objects.unconfirmed().select_for_update().filter(pk=takedown.pk).first()
    if standing is None:
        raise TransitionRefused("There is nothing to confirm: it was confirmed or lifted already.")
    if standing.by == by:
        raise TransitionRefused("Somebody else confirms what you took down.")
    standing.confirmed_by, standing.confirmed_at = by, timezone.now()
    standing.save(update_fields=["confirmed_by", "confirmed_at"])
    audit.record(by, "takedown.confirmed", standing)


@transaction.atomic
def lift(takedown: Takedown, *, by: User) -> PublishedPage:
    """Put the page back before readers: for a publisher who did not take it down, through every gate.

    Raises PublishingRefused with the gates that are shut, TransitionRefused with a sentence.
    """
    require(by, "articles.publish_revision", "Putting a page back needs the publisher role.")
    article = Article.objects.locked(takedown.article_id)
    standing = article.takedowns.standing().select_related("page__revision__article").filter(pk=takedown.pk).first()
    if standing is None:
        raise TransitionRefused("It is before readers again already.")
    if standing.kind == TakedownKind.WITHDRAWN:
        _lift(standing, by=by)
        article.page_state = PageState.LIVE
        article.save(update_fields=["page_state"])
        assert article.live is not None  # a withdrawn page keeps it
        return article.live
    return publish(standing.page.revision, by=by)


def _lift(takedown: Takedown, *, by: User) -> None:
    takedown.lifted_by, takedown.lifted_at = by, timezone.now()
    takedown.save(update_fields=["lifted_by", "lifted_at"])
    audit.record(by, "takedown.lifted", takedown)


def remind_to_confirm() -> int:
    """Remind of what was taken down and not confirmed: after one, two and three days, then every day. A sweep."""
    reminded = 0
    for standing in Takedown.objects.unconfirmed().select_related("article"):
        days = (timezone.now() - standing.at).days
        reminded += notices.takedown_unconfirmed(standing, days=days) if days else 0
    return reminded
