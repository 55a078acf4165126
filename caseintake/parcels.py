"""A parcel: all that is stored of one sending, sealed and ready, whether it goes to the database or into the spool.

It is JSON text, as `intake.sql` reads it; bytes in it are in base64. What can be read in it is what may be read in the
database: need, urgency, when it came, which words of consent. The rest is sealed for the desk, and locked with the
private code for the person.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.views.decorators.debug import sensitive_variables

from caseintake import doors, urgency
from caseintake.form import to_check
from caseintake.models import PayloadKind, PersonCopy, SealedPayload
from caseintake.models.sealed import SCHEMA
from caseintake.private_code import PrivateCode
from caseintake.references import new_reference, reference_from
from caseintake.urgency import WORKING_HOURS, Urgency
from mesoinfo import vault
from mesoinfo.repeats import WINDOW

REQUEST, AMENDMENT = "request", "amendment"
OTHERWISE = "otherwise"


@dataclass(frozen=True, repr=False)
class Parcel:
    """One sending: a request or an amendment, its id, when it came, and the text that is stored of it."""

    kind: str
    id: uuid.UUID
    received_at: datetime
    text: str

    def or_else(self, anew: Parcel) -> Parcel:
        """This one together with another, to be stored in its place if the request it repeats is closed or erased."""
        return replace(self, text=json.dumps({**json.loads(self.text), OTHERWISE: json.loads(anew.text)}))


@dataclass(frozen=True)
class Identity:
    """What a request is known by before it is stored anywhere."""

    id: uuid.UUID
    reference: str


@sensitive_variables()
def request_parcel(
    answers: Mapping[str, Any],
    *,
    page: str,
    suspicions: tuple[str, ...],
    prints: list[bytes],
    identity: Identity,
    code: PrivateCode,
    now: datetime,
) -> tuple[Parcel, datetime]:
    """A request made ready, and by when somebody should have tried to reach the person.

    `answers` is the cleaned data of the form, `page` the path it was sent from, `prints` what a second click is known
    by (`mesoinfo.repeats`). Raises VaultRefused.
    """
    words = {"answers": dict(answers), "page": page, "check": to_check(dict(answers))}
    judged = urgency.judge(need=answers["need"], message=answers["message"])
    due_at = judged.due_at(now)
    content = {
        "id": str(identity.id),
        "ref": identity.reference,
        "received_at": now.isoformat(),
        "need": answers["need"],
        "priority": judged.priority,
        "priority_reasons": list(judged.reasons),
        "suspicions": list(suspicions),
        "due_at": due_at.isoformat(),
        "fingerprints": [_text(one) for one in prints],
        "consents": [
            {"kind": kind, "sha256": answers[name]}
            for name, kind in (("consent_use", "use_to_reply"), ("consent_auto", "auto_call_text"))
            if answers.get(name)
        ],
        "payload": _payload(words, PayloadKind.ORIGINAL, identity.id),
        "copy": _copy({"kind": REQUEST, "at": now.isoformat(), **words}, code),
    }
    return Parcel(REQUEST, identity.id, now, json.dumps(content)), due_at


@sensitive_variables()
def amendment_parcel(answers: Mapping[str, Any], *, code: PrivateCode, now: datetime, said: int = 0) -> Parcel:
    """What the person adds, made ready. `answers` is the cleaned data of its form. Raises VaultRefused.

    The same answers with the same code have one id in each quarter of an hour, and the parcel says which they have in
    those beside it: so a second click adds nothing. `said` is how often they were said before and are news all the
    same; the ids that they have by that count are in the parcel too. Who lacks the code can test nothing with these.
    """
    judged = urgency.judge_addition(answers)
    # Which request it belongs to is looked up as it is stored; it is bound to its own row.
    rows = {
        count: [_row_of(answers, code, at, count) for at in (now, now - WINDOW, now + WINDOW)]
        for count in range(doors.ADDITIONS_IN_A_DAY)
    }
    row, *beside = rows.pop(said)
    payload = _payload({"answers": dict(answers)}, PayloadKind.AMENDMENT, uuid.UUID(int=0), row=row)
    content = {
        "received_at": now.isoformat(),
        "priority": judged.priority,
        "priority_reasons": list(judged.reasons),
        "due_at_level": [Urgency(level, ()).due_at(now).isoformat() for level in WORKING_HOURS],
        "same": [str(one) for one in beside],
        "again": [str(one) for those in rows.values() for one in those],
        "payload": payload,
        "copy": _copy({"kind": AMENDMENT, "at": now.isoformat(), "answers": dict(answers)}, code),
    }
    return Parcel(AMENDMENT, uuid.UUID(payload["id"]), now, json.dumps(content))


def identity_of(answers: Mapping[str, Any], *, key: str, prints: list[bytes], now: datetime) -> Identity:
    """The id and reference of a request, the same for the same sending, though nothing can be looked up.

    `key` is what the page drew for this visitor, if a script ran there: with it, the same answers have the same id
    always. Without, they have for about a quarter of an hour, from the same browser, on this machine (`prints`); and
    where no key can be kept, never. Nobody who lacks the key can test from an id what was sent.
    """
    if key:
        content = json.dumps({"key": key, "answers": answers}, sort_keys=True, ensure_ascii=False).encode()
        return _identity(content)
    if prints:
        return _identity(prints[0] + str(now.timestamp() // WINDOW.total_seconds()).encode())
    return new_identity()


def _row_of(answers: Mapping[str, Any], code: PrivateCode, now: datetime, said: int) -> uuid.UUID:
    quarter = now.timestamp() // WINDOW.total_seconds()
    content = json.dumps([quarter, said, answers], sort_keys=True, ensure_ascii=False)
    return uuid.UUID(bytes=hmac.digest(code.key, b"addition " + content.encode(), "sha256")[:16], version=4)


def new_identity() -> Identity:
    """One that nobody has."""
    return Identity(uuid.uuid4(), new_reference())


def _identity(content: bytes) -> Identity:
    digest = hashlib.sha256(b"mesoinfo request" + content).digest()
    return Identity(uuid.UUID(bytes=digest[:16], version=4), reference_from(digest[16:]))


def _payload(
    words: Mapping[str, Any], kind: PayloadKind, request: uuid.UUID, *, row: uuid.UUID | None = None
) -> dict[str, Any]:
    payload, data_key = SealedPayload.seal(
        json.dumps(words, ensure_ascii=False).encode(),
        submission_id=request,
        sequence=1,
        kind=kind,
        key=vault.read_public_key(settings.DESK_PUBLIC_KEY),
        row=row,
    )
    return {
        "id": str(payload.id),
        "schema": payload.schema,
        "ciphertext": _text(payload.ciphertext),
        "wrapped_for_desk": _text(data_key.wrapped_for_desk),
    }


def _copy(words: Mapping[str, Any], code: PrivateCode) -> dict[str, Any]:
    copy = PersonCopy(id=uuid.uuid4(), schema=SCHEMA)
    envelope = vault.lock(json.dumps(words, ensure_ascii=False).encode(), place=copy.place, key=code.key)
    return {
        "id": str(copy.id),
        "schema": copy.schema,
        "lookup_hash": _text(code.lookup_hash),
        "ciphertext": _text(envelope),
    }


def _text(content: bytes | memoryview) -> str:
    return b64encode(content).decode("ascii")
