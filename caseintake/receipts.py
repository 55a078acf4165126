"""The receipt by email, for whoever wants a reply by email: the reference and our phone number, and nothing else.

Others may read the mail of a household, and an address may be a stranger's: it gets one receipt a day, however many
requests name it. The address is sealed with the request, so the worker opens that to send it;
each such opening is on record as one by the system.
"""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from caseintake import finding, reading
from caseintake.models import (
    ConsentAction,
    ConsentEvent,
    ConsentKind,
    PayloadKind,
    Purpose,
    SealedPayload,
    State,
)
from mesoinfo import outbox
from mesoinfo.context import current_site
from mesoinfo.models import OutboxMessage

KIND = "case-receipt"
ONE_IN = timedelta(days=1)  # to one address


@outbox.composes(KIND)
def phone(message: OutboxMessage) -> dict[str, str]:
    """What the mail says beside the reference."""
    site = current_site()
    return {"phone": site.phone, "hours": site.phone_hours}


@outbox.addresses(KIND)
@sensitive_variables()
def address(message: OutboxMessage) -> str:
    """Where the person wants their receipt; empty when they want none by email, or nothing from us any more, or when
    what they gave is not one address that every mail server takes, or had one within a day.

    Raises ReadingFailed when the request does not open: then the message waits, and the log says so.
    """
    payload = (
        SealedPayload.objects.select_related("submission", "data_key")
        .filter(submission__ref=message.reference, kind=PayloadKind.ORIGINAL)
        .exclude(submission__state__in=[State.DISPOSED, State.QUARANTINED])
        .first()
    )
    if payload is None or not _agrees(payload):
        return ""
    try:
        answers = reading.open_by_system(payload, purpose=Purpose.RECEIPT).answers
    except reading.ReadingMalformed:
        # Readable at no later try either.
        return ""
    email: str = answers.get("email", "") if "email" in answers.get("reply_by", []) else ""
    return email if _is_one_mailbox(email) and not _had_one_lately(payload) else ""


def _had_one_lately(payload: SealedPayload) -> bool:
    """Whether a receipt for another request went to the same address within a day."""
    others = finding.others_with_the_email_of(payload)
    receipts = OutboxMessage.objects.filter(dedupe_key__in=others.values(key=Concat(Value(f"{KIND}:"), "ref")))
    return receipts.filter(sent_at__gt=timezone.now() - ONE_IN).exclude(error=outbox.NO_MAIL).exists()


@sensitive_variables()
def _is_one_mailbox(email: str) -> bool:
    """Whether it is one address that needs no reading. The form takes more, since an advocate can often read it."""
    try:
        validate_email(email)
    except ValidationError:
        return False
    # Quotes, and words in another encoding, may hold a second address, or none.
    return not ('"' in email or "=?" in email)


def _agrees(payload: SealedPayload) -> bool:
    consents = ConsentEvent.objects.filter(submission=payload.submission, kind=ConsentKind.USE_TO_REPLY)
    return consents.order_by("id").values_list("action", flat=True).last() == ConsentAction.GRANTED
