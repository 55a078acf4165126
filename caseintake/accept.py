"""Taking a request in: sealed before anything is written, stored in one transaction, and only then acknowledged."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection, transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from caseintake import repeats, urgency
from caseintake.form import to_check
from caseintake.models import (
    CaseEvent,
    ConsentAction,
    ConsentEvent,
    ConsentKind,
    ConsentText,
    PayloadKind,
    Reason,
    SealedPayload,
    State,
    Submission,
)
from caseintake.references import new_reference
from mesoinfo import vault
from mesoinfo.models import OutboxMessage
from mesoinfo.repeats import fingerprints


class NotSaved(Exception):
    """The request could not be stored. Nothing of it was kept, and nobody was told that we have it."""


@dataclass(frozen=True)
class Accepted:
    """What may be told to the person: we have it, under this reference."""

    reference: str
    due_at: datetime | None
    repeated: bool


@sensitive_variables()
def accept(answers: Mapping[str, Any], *, page: str = "", suspicions: tuple[str, ...] = ()) -> Accepted:
    """Store one request and return its reference; on disk by then.

    `answers` is the cleaned data of the form, `page` the path it was sent from, `suspicions` codes for why it may not
    come from a person: with any of these it goes to quarantine instead of the queue. The same answers within 15
    minutes give the reference they already have. Raises NotSaved when the database or the public key is away.
    """
    now = timezone.now()
    judged = urgency.judge(need=answers["need"], message=answers["message"])
    submission = Submission(
        id=uuid.uuid4(),
        ref=new_reference(),
        received_at=now,
        need=answers["need"],
        priority=judged.priority,
        priority_reasons=list(judged.reasons),
        suspicions=list(suspicions),
        due_at=judged.due_at(now),
    )
    words = json.dumps({"answers": dict(answers), "page": page, "check": to_check(dict(answers))}, ensure_ascii=False)
    prints = fingerprints(answers, now)
    submission.fingerprint = prints[0] if prints else None
    try:
        payload, data_key = SealedPayload.seal(
            words.encode(),
            submission_id=submission.id,
            sequence=1,
            kind=PayloadKind.ORIGINAL,
            key=vault.read_public_key(settings.DESK_PUBLIC_KEY),
        )
        return _store(submission, payload, data_key, consent_sha256=answers["consent_use"], prints=prints)
    except vault.VaultRefused as refusal:
        raise NotSaved(refusal.code) from refusal
    except ConsentText.DoesNotExist:
        raise NotSaved("no-consent-text") from None
    except DatabaseError as error:
        # Not chained: what a database says of a row it refused may quote the row.
        raise NotSaved(type(error).__name__) from None


@transaction.atomic(durable=True)
def _store(
    submission: Submission,
    payload: SealedPayload,
    data_key: Any,
    *,
    consent_sha256: str,
    prints: list[bytes],
) -> Accepted:
    with connection.cursor() as cursor:
        # Whatever the role or the server is set to: on disk before we say that we have it.
        cursor.execute("SET LOCAL synchronous_commit = on")
    repeat = repeats.find_repeat(prints, submission.received_at)
    if repeat is not None:
        return Accepted(repeat.ref, repeat.due_at, repeated=True)
    submission.save(force_insert=True)
    payload.save(force_insert=True)
    data_key.save(force_insert=True)
    text = ConsentText.objects.filter(kind=ConsentKind.USE_TO_REPLY, sha256=consent_sha256).latest("version")
    ConsentEvent.objects.create(
        submission=submission,
        kind=text.kind,
        action=ConsentAction.GRANTED,
        text=text,
        shown_sha256=consent_sha256,
        unticked_when_shown=True,
    )
    CaseEvent.objects.create(
        submission=submission, version=1, from_state="", to_state=State.RECEIVED, reason=Reason.ACCEPTED
    )
    if submission.suspicions:
        submission.move_to(State.QUARANTINED, by=None, reason=Reason.SUSPICIOUS)
    else:
        submission.move_to(State.QUEUED, by=None, reason=Reason.ACCEPTED)
    OutboxMessage.objects.create(
        kind="case-received",
        dedupe_key=f"case-received:{submission.ref}",
        role="advocate",
        reference=submission.ref,
    )
    return Accepted(submission.ref, submission.due_at, repeated=False)
