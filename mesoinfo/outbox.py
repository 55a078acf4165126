"""Sending what the outbox holds. A sweep: run it as often as you like, each message goes out once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from mesoinfo.models import OutboxMessage, User

LONGEST_WAIT = timedelta(hours=1)

Composer = Callable[[OutboxMessage], dict[str, Any] | None]
_composers: dict[str, Composer] = {}
logger = logging.getLogger(__name__)


def composes(kind: str) -> Callable[[Composer], Composer]:
    """Register what the template mail/<kind>.txt is given besides the reference: a function of the message.

    Where it gives None there is nothing left to tell, and no mail goes out.
    """

    def register(composer: Composer) -> Composer:
        _composers[kind] = composer
        return composer

    return register


class NobodyToTell(Exception):
    """The role a message is for has no active member. It waits until somebody is appointed."""


def deliver_due(limit: int = 100) -> int:
    """Send every message that is due, oldest first, and return how many went out.

    A message that cannot be sent waits longer after each try, up to an hour, and is never given up; nor does it hold
    others up, even when our own code is at fault.
    The Message-ID is the same at each try, so a mail server that took it twice shows it once.
    """
    sent = 0
    for pk in (
        OutboxMessage.objects.filter(sent_at__isnull=True, available_at__lte=timezone.now())
        .order_by("available_at")
        .values_list("pk", flat=True)[:limit]
    ):
        sent += _deliver(pk)
    return sent


@transaction.atomic
def _deliver(pk: int) -> bool:
    # Two workers may sweep at once: the row is held while it is sent.
    message = OutboxMessage.objects.select_for_update(skip_locked=True).filter(pk=pk, sent_at__isnull=True).first()
    if message is None:
        return False
    message.attempts += 1
    try:
        with transaction.atomic():
            _send(message)
    except Exception as error:
        if not isinstance(error, OSError | NobodyToTell):
            logger.exception("The message %s of the outbox (%s) could not be made.", message.pk, message.kind)
        message.error = type(error).__name__
        message.available_at = timezone.now() + min(timedelta(minutes=1) * 2 ** min(message.attempts, 10), LONGEST_WAIT)
    else:
        message.sent_at = timezone.now()
        message.error = ""
    message.save(update_fields=["attempts", "error", "available_at", "sent_at"])
    return message.sent_at is not None


def _send(message: OutboxMessage) -> None:
    recipients = _recipients(message)
    if not recipients:
        return
    more = _composers[message.kind](message) if message.kind in _composers else {}
    if more is None:
        return
    text = render_to_string(f"mail/{message.kind}.txt", {"reference": message.reference, **more})
    subject, _, body = text.partition("\n")
    host = urlsplit(settings.PUBLIC_ORIGIN).hostname or "localhost"
    EmailMessage(
        subject=subject.strip(),
        body=body.lstrip("\n"),
        to=[settings.DEFAULT_FROM_EMAIL],
        bcc=recipients,
        headers={"Message-ID": f"<outbox-{message.pk}@{host}>"},
    ).send()


def _recipients(message: OutboxMessage) -> list[str]:
    """Addresses of everyone in the role, or of the one person: none if they have left, since nobody waits for it."""
    if message.recipient is not None:
        return [message.recipient.email] if message.recipient.is_active else []
    in_role = User.objects.filter(is_active=True, groups__name=message.role)
    emails = list(in_role.values_list("email", flat=True).distinct())
    if not emails:
        raise NobodyToTell(f"Nobody active has the role {message.role}.")
    return emails
