"""Reading what readers wrote. The only place that opens it: the record of an opening is committed before the opening.

And getting rid of it: dealt with, erased by hand, erased on time.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from articles.models import Article, FeedbackMessage, TransitionRefused, Trigger
from articles.review.freshness import due_now
from mesoinfo import audit, roles, vault
from mesoinfo.models import User
from mesoinfo.repeats import forget_keys

READ_FEEDBACK = "articles.read_feedback"
PER_OPENING = 20
KEPT = datetime.timedelta(days=180)


class OpeningFailed(Exception):
    """The words could not be opened; the text says why."""


@dataclass(frozen=True, repr=False)
class Opened:
    """One message as it was written, or the sentence that says why it does not open."""

    message: FeedbackMessage
    words: str
    problem: str = ""


@dataclass(frozen=True, repr=False)
class Opening:
    """Some messages about one article, and which part of the list they are."""

    messages: list[Opened]
    part: Page[FeedbackMessage]


@sensitive_variables()
def open_messages(article: Article, *, by: User, dealt_with: bool = False, part: str | int | None = 1) -> Opening:
    """Open what readers wrote about the article, the oldest first, twenty at a time: what waits, or what is dealt with.

    An AuditEntry is committed before anything is decrypted; if it cannot be written, nothing is opened. Raises
    TransitionRefused for somebody without the role, superusers too, and OpeningFailed when the desk has no key.
    """
    _require(by)
    # Durable: inside another transaction, the record could still be rolled back after the words were shown.
    with transaction.atomic(durable=True):
        kept = FeedbackMessage.objects.about(article)
        found = (kept.dealt_with() if dealt_with else kept.waiting()).oldest_first()
        page = Paginator(found.select_related("feedback__page", "dealt_with_by"), PER_OPENING).get_page(part)
        messages = list(page.object_list)
        audit.record(by, "feedback.opened", article, messages=len(messages))
    try:
        vault.read_private_key(settings.DESK_PRIVATE_KEY)
    except vault.VaultRefused as failure:
        # Told once for all: without it none of them opens.
        raise OpeningFailed(str(failure)) from None
    return Opening([_opened(message) for message in messages], page)


@sensitive_variables()
def _opened(message: FeedbackMessage) -> Opened:
    try:
        key = vault.read_private_key_for(message.sealed, settings.DESK_PRIVATE_KEY)
        words = vault.open_sealed(message.sealed, place=message.place, key=key)
        # Whoever took the public site over may seal anything: no bytes must keep an editor from the other messages.
        return Opened(message, words.decode(errors="replace"))
    except vault.VaultRefused as failure:
        return Opened(message, "", str(failure))


@transaction.atomic
def deal_with(article: Article, ids: Iterable[uuid.UUID], *, by: User) -> int:
    """Note that these messages have been dealt with. Returns how many were waiting until now."""
    _require(by)
    waiting = FeedbackMessage.objects.about(article).waiting().filter(pk__in=list(ids))
    done = waiting.update(dealt_with_by=by, dealt_with_at=timezone.now())
    if done:
        audit.record(by, "feedback.dealt-with", article, messages=done)
    return done


@transaction.atomic
def report_harm(article: Article, message_id: uuid.UUID, *, by: User) -> bool:
    """Call the page in to be read at once, because a message says that it could do harm. The words stay sealed.

    Returns whether this was news. Raises TransitionRefused for a message that is none of this page's, or a page that
    readers do not see.
    """
    _require(by)
    if not FeedbackMessage.objects.about(article).filter(pk=message_id).exists():
        raise TransitionRefused("This message is no longer there.")
    return due_now(article, Trigger.HARM, subject=str(message_id), by=by)


@transaction.atomic
def erase(article: Article, message_id: uuid.UUID, *, by: User) -> bool:
    """Destroy the words of one message and the key that opens them, now. The yes or no stays counted.

    Returns whether they were still there.
    """
    _require(by)
    erased, _ = FeedbackMessage.objects.about(article).filter(pk=message_id).delete()
    if erased:
        audit.record(by, "feedback.erased", article, message=str(message_id))
    return bool(erased)


@transaction.atomic
def erase_old() -> int:
    """Destroy words that were kept for 180 days, and what would show that they came twice. A sweep.

    Returns how many messages went.
    """
    now = timezone.now()
    today = now.astimezone(datetime.UTC).date()
    forget_keys(now)
    FeedbackMessage.objects.filter(
        fingerprint__isnull=False, feedback__day__lt=today - datetime.timedelta(days=1)
    ).update(fingerprint=None)
    erased, _ = FeedbackMessage.objects.filter(feedback__day__lte=today - KEPT).delete()
    if erased:
        audit.record(None, "feedback.erased-on-time", messages=erased)
    return erased


def _require(user: User) -> None:
    if not roles.holds(user, READ_FEEDBACK):
        raise TransitionRefused("Opening what readers wrote needs the editor role.")
