"""The receipt by email, for whoever wants a reply by email: the reference and our phone number, and nothing else.

Others may read the mail of a household. The address is sealed with the request, so the worker opens that to send it;
each such opening is on record as one by the system.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.views.decorators.debug import sensitive_variables

from caseintake import reading
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


@outbox.composes(KIND)
def phone(message: OutboxMessage) -> dict[str, str]:
    """What the mail says beside the reference."""
    site = current_site()
    return {"phone": site.phone, "hours": site.phone_hours}


@outbox.addresses(KIND)
@sensitive_variables()
def address(message: OutboxMessage) -> str:
    """Where the person wants their receipt; empty when they want none by email, or nothing from us any more, and where
    there is no address in what was sealed that a mail could go to.

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
    email = answers.get("email", "")
    return email if "email" in answers.get("reply_by", []) and _can_be_written_to(email) else ""


@sensitive_variables()
def _can_be_written_to(email: str) -> bool:
    """Whether it is one address and nothing else. Our form asks for less; for anything else no mail can be made."""
    try:
        validate_email(email)
    except ValidationError:
        return False
    return True


def _agrees(payload: SealedPayload) -> bool:
    consents = ConsentEvent.objects.filter(submission=payload.submission, kind=ConsentKind.USE_TO_REPLY)
    return consents.order_by("id").values_list("action", flat=True).last() == ConsentAction.GRANTED
