"""Sending what the outbox holds. A sweep: run it as often as you like, each message goes out once.

A message for a role is handed out first: it becomes one for each person in it, each sent by itself. So a mail server
that refuses one address keeps nothing from the others, and nobody gets a mail again because of a colleague.
"""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

from mesoinfo.models import OutboxMessage, User

# Seconds after which a sweep begins no other mail. With the longest wait for an answer (EMAIL_TIMEOUT) it ends before
# the worker would stop it.
PATIENCE = 30.0
# How long a message waits at most between two tries; and where the server has said that it is to be tried again.
LONGEST_WAIT = timedelta(hours=1)
LONGEST_WAIT_WHEN_PUT_OFF = timedelta(minutes=5)
# More tries are not counted: a message may wait for years.
MOST_ATTEMPTS = 1000

# Stands in `error` of what was settled without a mail, since nobody wanted it any more or nothing was left to tell.
NO_MAIL = "no-mail"

Composer = Callable[[OutboxMessage], dict[str, Any] | None]
_composers: dict[str, Composer] = {}
Finder = Callable[[OutboxMessage], str]
_finders: dict[str, Finder] = {}
logger = logging.getLogger(__name__)


def composes(kind: str) -> Callable[[Composer], Composer]:
    """Register what the template mail/<kind>.txt is given besides the reference: a function of the message.

    Where it gives None there is nothing left to tell, and no mail goes out.
    """

    def register(composer: Composer) -> Composer:
        _composers[kind] = composer
        return composer

    return register


def addresses(kind: str) -> Callable[[Finder], Finder]:
    """Register who knows where messages of this kind go whose address is sealed: a function of the message.

    Where it gives "" nobody wants the mail, and none goes out.
    """

    def register(finder: Finder) -> Finder:
        _finders[kind] = finder
        return finder

    return register


def deliver_due(limit: int = 100) -> int:
    """Send what is due, and return how many mails went out; those never tried first, then those for staff, the oldest.

    While the mail server cannot be reached nothing counts as tried, and all of it goes out once it is back. A message
    it does not take waits longer after each try and is never given up; nor does it hold others up, even when our own
    code is at fault. The Message-ID is the same at each try, so a mail that was taken twice shows once.
    """
    deadline = monotonic() + PATIENCE
    _hand_out(limit)
    waiting = _due().filter(role="").order_by("attempts", "address_is_sealed", "available_at")
    line = get_connection()
    sent = 0
    try:
        for pk in list(waiting.values_list("pk", flat=True)[:limit]):
            if monotonic() > deadline or not _reaches(line):
                break
            sent += _deliver(pk, line)
    finally:
        _hang_up(line)
    return sent


def _due() -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(sent_at__isnull=True, available_at__lte=timezone.now())


@transaction.atomic
def _hand_out(limit: int) -> None:
    """Of what is for a role, make one message for each person in it. Without anybody it waits for an appointment."""
    held = User.objects.filter(is_active=True).values("groups__name")
    # Two workers may sweep at once: the second passes over what the first has in hand.
    for message in _due().filter(role__in=held).select_for_update(skip_locked=True)[:limit]:
        OutboxMessage.objects.bulk_create(
            (
                OutboxMessage(
                    kind=message.kind,
                    dedupe_key=f"{message.pk}:to:{user.pk}",
                    recipient=user,
                    reference=message.reference,
                    created_at=message.created_at,
                    available_at=message.available_at,
                )
                for user in User.objects.filter(is_active=True, groups__name=message.role)
            ),
            ignore_conflicts=True,
        )
        message.sent_at = timezone.now()
        message.save(update_fields=["sent_at"])


def _reaches(line: BaseEmailBackend) -> bool:
    """Whether the line to the mail server stands, or could be opened."""
    try:
        line.open()
    except OSError as error:
        logger.warning("The mail server cannot be reached (%s). Mail to staff waits.", type(error).__name__)
        return False
    return True


def _hang_up(line: BaseEmailBackend) -> None:
    # A line that broke cannot be closed politely.
    with suppress(OSError):
        line.close()


def _deliver(pk: int, line: BaseEmailBackend) -> bool:
    message = _take(pk)
    if message is None:
        return False
    try:
        mail = _compose(message)
        sent = line.send_messages([mail]) if mail else 0
    except Exception as error:
        _hang_up(line)
        _put_off(message, error)
        return False
    message.sent_at = timezone.now()
    message.error = "" if mail else NO_MAIL
    message.save(update_fields=["sent_at", "error"])
    return bool(sent)


@transaction.atomic
def _take(pk: int) -> OutboxMessage | None:
    """The message, counted as tried and not due again while we send it: None if another worker has it."""
    message = _due().select_for_update(skip_locked=True).filter(pk=pk).first()
    if message is not None:
        message.attempts = min(message.attempts + 1, MOST_ATTEMPTS)
        message.available_at = timezone.now() + _wait(message.attempts, LONGEST_WAIT)
        message.save(update_fields=["attempts", "available_at"])
    return message


def _put_off(message: OutboxMessage, error: Exception) -> None:
    """Let it wait for another try."""
    if isinstance(error, OSError):
        answer = _answer(error) or type(error).__name__
        logger.warning("The mail server did not take message %s of the outbox (%s).", message.pk, answer)
    else:
        logger.exception("The message %s of the outbox (%s) could not be made.", message.pk, message.kind)
    # Only what was put off is known not to have been taken: after a line that broke, each try may be one mail more.
    longest = LONGEST_WAIT_WHEN_PUT_OFF if 400 <= _answer(error) < 500 else LONGEST_WAIT
    message.error = type(error).__name__
    message.available_at = timezone.now() + _wait(message.attempts, longest)
    message.save(update_fields=["error", "available_at"])


def _answer(error: Exception) -> int:
    """The code by which the mail server refused a mail, such as 451; 0 for any other error."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next(code for code, _ in error.recipients.values())
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0


def _wait(attempts: int, longest: timedelta) -> timedelta:
    return min(timedelta(minutes=2 ** min(attempts, 10)), longest)


def _compose(message: OutboxMessage) -> EmailMessage | None:
    """The mail to its one recipient: None if they have left, or if there is nothing left to tell."""
    more = _composers[message.kind](message) if message.kind in _composers else {}
    address = _address(message) if more is not None else ""
    if more is None or not address:
        return None
    text = render_to_string(f"mail/{message.kind}.txt", {"reference": message.reference, **more})
    subject, _, body = text.partition("\n")
    host = urlsplit(settings.PUBLIC_ORIGIN).hostname or "localhost"
    return EmailMessage(
        subject=subject.strip(),
        body=body.lstrip("\n"),
        to=[address],
        headers={"Message-ID": f"<outbox-{message.pk}@{host}>"},
    )


def _address(message: OutboxMessage) -> str:
    if message.recipient is None:
        return _finders[message.kind](message)
    return message.recipient.email if message.recipient.is_active else ""
