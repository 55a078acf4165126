"""Taking in what a reader says about a page: counted, and the words sealed before anything is written."""

from __future__ import annotations

import datetime
import uuid
from enum import Enum

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from articles.models import Feedback, FeedbackMessage, PublishedPage
from mesoinfo import vault
from mesoinfo.repeats import WINDOW, fingerprints

# Of one page. More than anybody reads, so whoever sends more only drowns the others; their yes or no still counts.
MOST_MESSAGES_A_DAY = 50
# Of one page. More than any page of ours gets from people: what a program sends beyond it would only fill the disk, in
# rows that nothing may delete.
MOST_ANSWERS_A_DAY = 1000


class Taken(Enum):
    """What became of an answer."""

    COUNTED = "counted"  # with its words, if there were any
    REPEATED = "repeated"  # the same words came a moment ago: counted then, not again
    BEYOND_COUNTING = "beyond-counting"  # the page has had its answers for today
    WITHOUT_WORDS = "without-words"  # counted, but the page has had its messages for today


class NotSaved(Exception):
    """Nothing of the answer was kept. The text is a code for the log."""


@sensitive_variables()
def take(page: PublishedPage, *, helpful: bool, words: str) -> Taken:
    """Count one answer about `page`, and keep its words under seal. Raises NotSaved; then nothing was stored.

    The same words about the same page, sent again within 15 minutes, count once. An answer without words has nothing
    that could tell it from another person's: sent twice, it counts twice.
    """
    now = timezone.now()
    feedback = Feedback(id=uuid.uuid4(), page=page, helpful=helpful, day=now.astimezone(datetime.UTC).date())
    try:
        if _had_its_answers(page, feedback.day):
            return Taken.BEYOND_COUNTING
        if not words:
            feedback.save(force_insert=True)
            return Taken.COUNTED
        prints = _prints({"page": page.pk, "helpful": helpful, "words": words}, now)
        if prints and FeedbackMessage.objects.filter(fingerprint__in=prints).exists():
            return Taken.REPEATED
        if _had_its_messages(page, feedback.day):
            feedback.save(force_insert=True)
            return Taken.WITHOUT_WORDS
        message = FeedbackMessage.seal(words, feedback=feedback, key=vault.read_public_key(settings.DESK_PUBLIC_KEY))
        message.fingerprint = prints[0] if prints else None
        return _store(feedback, message)
    except vault.VaultRefused as refusal:
        raise NotSaved(refusal.code) from None
    except DatabaseError as error:
        # Not chained: what a database says of a row it refused may quote the row.
        raise NotSaved(type(error).__name__) from None


def _store(feedback: Feedback, message: FeedbackMessage) -> Taken:
    try:
        with transaction.atomic():
            feedback.save(force_insert=True)
            message.save(force_insert=True)
    except IntegrityError as error:
        # Two clicks at the same moment: neither saw the other, and the second is refused here.
        if "the_same_words_count_once" in str(error):
            return Taken.REPEATED
        raise
    return Taken.COUNTED


def _prints(content: dict[str, object], now: datetime.datetime) -> list[bytes]:
    """Fingerprints of the content in this quarter of an hour and the one before; the first is to be stored.

    Rows have a day and no time, so the time is part of what is hashed.
    """
    quarter = int(now.timestamp() // WINDOW.total_seconds())
    return [digest for number in (quarter, quarter - 1) for digest in fingerprints(content | {"quarter": number}, now)]


def _had_its_answers(page: PublishedPage, day: datetime.date) -> bool:
    return Feedback.objects.filter(day=day, page__article=page.article_id).count() >= MOST_ANSWERS_A_DAY


def _had_its_messages(page: PublishedPage, day: datetime.date) -> bool:
    today = FeedbackMessage.objects.filter(feedback__day=day, feedback__page__article=page.article_id)
    return today.count() >= MOST_MESSAGES_A_DAY
