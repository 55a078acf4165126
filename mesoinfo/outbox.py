"""Sending what the outbox holds. A sweep: run it as often as you like, each message goes out once."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from mesoinfo.models import OutboxMessage, User

LONGEST_WAIT = timedelta(hours=1)


class NobodyToTell(Exception):
    """The role a message is for has no active member. It waits until somebody is appointed."""


def deliver_due(limit: int = 100) -> int:
    """Send every message that is due, oldest first, and return how many went out.

    A message that cannot be sent waits longer after each try, up to an hour, and is never given up.
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
        _send(message)
    except (OSError, NobodyToTell) as error:
        message.error = type(error).__name__
        message.available_at = timezone.now() + min(timedelta(minutes=1) * 2 ** min(message.attempts, 10), LONGEST_WAIT)
    else:
        message.sent_at = timezone.now()
        message.error = ""
    message.save(update_fields=["attempts", "error", "available_at", "sent_at"])
    return message.sent_at is not None


def _send(message: OutboxMessage) -> None:
    recipients = list(
        User.objects.filter(is_active=True, groups__name=message.role).values_list("email", flat=True).distinct()
    )
    if not recipients:
        raise NobodyToTell(f"Nobody active has the role {message.role}.")
    text = render_to_string(f"mail/{message.kind}.txt", {"reference": message.reference})
    subject, _, body = text.partition("\n")
    host = urlsplit(settings.PUBLIC_ORIGIN).hostname or "localhost"
    EmailMessage(
        subject=subject.strip(),
        body=body.lstrip("\n"),
        to=[settings.DEFAULT_FROM_EMAIL],
        bcc=recipients,
        headers={"Message-ID": f"<outbox-{message.pk}@{host}>"},
    ).send()
