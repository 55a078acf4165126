"""Reading what people wrote. The only place that decrypts; the record of a reading is committed before the reading."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from caseintake import triage
from caseintake.models import AccessEvent, ActorKind, PayloadKind, Purpose, ReadingResult, SealedPayload, Submission
from mesoinfo import vault
from mesoinfo.models import User


class ReadingRefused(Exception):
    """These words are not this person's to read; the text says why."""


class ReadingFailed(Exception):
    """They were theirs to read, and could not be opened; the text says why."""


@dataclass(frozen=True, repr=False)
class Words:
    """What was sealed, opened: the answers of the form, or the text of a note."""

    kind: PayloadKind
    at: datetime
    author: User | None
    answers: dict[str, Any]
    page: str
    check: tuple[str, ...]
    note: str


@sensitive_variables()
def open_case(submission: Submission, *, by: User, purpose: Purpose) -> list[Words]:
    """The request and its notes, in order, for the advocate who has the case or a lead who says why.

    An AccessEvent is committed before anything is decrypted; if it cannot be written, nothing is opened. Raises
    ReadingRefused (recorded as well) or ReadingFailed. Being superuser opens nothing.
    """
    # Durable: inside another transaction, the record could still be rolled back after the words were shown.
    with transaction.atomic(durable=True):
        # Locked: a case cannot pass into other hands between this check and its record.
        row = Submission.objects.select_for_update().get(pk=submission.pk)
        payloads = list(row.payloads.select_related("data_key", "author").order_by("sequence"))
        refusal = _why_not(row, by, purpose)
        _record(row, by, purpose, payloads, ReadingResult.REFUSED if refusal else ReadingResult.OPENED)
    if refusal:
        raise ReadingRefused(refusal)
    try:
        return [_opened(payload) for payload in payloads]
    except vault.VaultRefused as failure:
        _record(row, by, purpose, payloads, ReadingResult.FAILED, cause=failure.code)
        raise ReadingFailed(str(failure)) from None


@sensitive_variables()
def open_by_system(payload: SealedPayload, *, purpose: Purpose) -> Words:
    """One sealed text, for work that no member of staff sees. On record first, as one by the system.

    Raises ReadingFailed.
    """
    with transaction.atomic(durable=True):
        _record(payload.submission, None, purpose, [payload], ReadingResult.OPENED)
    try:
        return _opened(payload)
    except vault.VaultRefused as failure:
        _record(payload.submission, None, purpose, [payload], ReadingResult.FAILED, cause=failure.code)
        raise ReadingFailed(str(failure)) from None


def _why_not(submission: Submission, by: User, purpose: Purpose) -> str:
    """Empty when they may read it."""
    if submission.is_held and submission.assignee_id == by.pk and triage.may_work(by):
        return ""
    if not triage.may_lead(by):
        if submission.is_held:
            return f"{submission.assignee} has this case. Only they, or a lead, can open it."
        return "Claim this case first. Only the advocate who has it, or a lead, can open it."
    if purpose == Purpose.WORKING:
        return "You do not have this case. Choose why you open it."
    return ""


def _record(
    submission: Submission,
    by: User | None,
    purpose: Purpose,
    payloads: list[SealedPayload],
    result: ReadingResult,
    cause: str = "",
) -> None:
    AccessEvent.objects.create(
        actor=by,
        actor_kind=ActorKind.STAFF if by else ActorKind.SYSTEM,
        role=_role(by) if by else "system",
        submission=submission,
        payloads=len(payloads),
        purpose=purpose,
        result=result,
        cause=cause,
    )


def _role(user: User) -> str:
    """The role people read cases in, or the first they have."""
    names = list(user.groups.order_by("name").values_list("name", flat=True))
    for name in ("advocate lead", "advocate"):
        if name in names:
            return name
    return names[0] if names else "none"


def _opened(payload: SealedPayload) -> Words:
    key = vault.read_private_key_for(payload.sealed, settings.DESK_PRIVATE_KEY)
    text = vault.open_sealed(payload.sealed, place=payload.place, key=key).decode()
    is_note = payload.kind == PayloadKind.NOTE
    content = {} if is_note else json.loads(text)
    return Words(
        kind=PayloadKind(payload.kind),
        at=payload.at,
        author=payload.author,
        answers=content.get("answers", {}),
        page=content.get("page", ""),
        check=tuple(content.get("check", [])),
        note=text if is_note else "",
    )
