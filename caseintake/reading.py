"""Reading what people wrote. The only place that decrypts; the record of a reading is committed before the reading."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.views.decorators.debug import sensitive_variables

from caseintake import consent, contents, erasing, triage
from caseintake.models import (
    AccessEvent,
    ActorKind,
    ConsentKind,
    ErasureCause,
    PayloadKind,
    Purpose,
    ReadingResult,
    SealedPayload,
    State,
    Submission,
)
from caseintake.zones import stamp_in_words
from mesoinfo import vault
from mesoinfo.models import User

logger = logging.getLogger(__name__)

NOT_YOURS_TO_PROVE = "Only an advocate lead or the privacy officer proves consents."
Rule = Callable[[Submission, User, Purpose], str]


class ReadingRefused(Exception):
    """These words are not this person's to read; the text says why."""


class ReadingFailed(Exception):
    """They were theirs to read, and could not be opened; the text says why."""


class ReadingMalformed(ReadingFailed):
    """It opened, and holds what no form of ours writes. No key and no backup makes it readable."""


@dataclass(frozen=True, repr=False)
class Words:
    """What was sealed, opened: the answers of the form, or the text of a note. Where it does not open, `problem` says
    why, and there is nothing else.
    """

    kind: PayloadKind
    at: datetime
    author: User | None
    answers: dict[str, Any] = field(default_factory=dict)
    page: str = ""
    check: tuple[str, ...] = ()
    note: str = ""
    problem: str = ""


@sensitive_variables()
def open_case(submission: Submission, *, by: User, purpose: Purpose) -> list[Words]:
    """The request and its notes, in order, for the advocate who has the case or a lead who says why.

    An AccessEvent is committed before anything is decrypted; if it cannot be written, nothing is opened. What does not
    open hides nothing of the rest: it is on record, and there with its `problem`. Raises ReadingRefused (recorded as
    well), or ReadingFailed when none opens. Being superuser opens nothing, and what was erased nobody opens.
    """
    return _open(submission, by, purpose, submission.payloads.order_by("sequence"), _why_not_the_case)


@sensitive_variables()
def open_page(submission: Submission, *, by: User) -> str:
    """The page a request was sent from, empty if that is not known, for whoever answers for consents.

    It is sealed with the request, so this is a reading like any other: as `open_case`.
    """
    [request] = _open(
        submission,
        by,
        Purpose.CONSENT_PROOF,
        submission.payloads.filter(kind=PayloadKind.ORIGINAL),
        lambda row, user, purpose: "" if triage.may_answer_for_consent(user) else NOT_YOURS_TO_PROVE,
    )
    return request.page


@sensitive_variables()
def _open(
    submission: Submission, by: User, purpose: Purpose, texts: QuerySet[SealedPayload], why_not: Rule
) -> list[Words]:
    """These texts of a request, opened, with the record before; `why_not` tells why they are not theirs to read."""
    # Durable: inside another transaction, the record could still be rolled back after the words were shown.
    with transaction.atomic(durable=True):
        # Locked: a case cannot pass into other hands between this check and its record.
        row = Submission.objects.select_for_update().get(pk=submission.pk)
        payloads = list(texts.select_related("data_key", "author"))
        refusal = _why_nobody(row) or why_not(row, by, purpose)
        _record(row, by, purpose, payloads, ReadingResult.REFUSED if refusal else ReadingResult.OPENED)
    if refusal:
        raise ReadingRefused(refusal)
    words = []
    failed = defaultdict(list)
    for payload in payloads:
        try:
            words.append(_opened(payload))
        except vault.VaultRefused as failure:
            words.append(_unopened(payload, failure))
            failed[failure.code].append(payload)
    for cause, those in failed.items():
        _record(row, by, purpose, those, ReadingResult.FAILED, cause=cause)
    if failed and all(piece.problem for piece in words):
        raise ReadingFailed(words[0].problem)
    return words


@sensitive_variables()
def open_by_system(payload: SealedPayload, *, purpose: Purpose) -> Words:
    """One sealed text, for work that no member of staff sees. On record first, as one by the system.

    Raises ReadingFailed, and of those ReadingMalformed for what will never be readable.
    """
    if refusal := _why_nobody(payload.submission):
        raise ReadingFailed(refusal)
    with transaction.atomic(durable=True):
        _record(payload.submission, None, purpose, [payload], ReadingResult.OPENED)
    try:
        return _opened(payload)
    except vault.VaultRefused as failure:
        _record(payload.submission, None, purpose, [payload], ReadingResult.FAILED, cause=failure.code)
        kind = ReadingMalformed if failure.code == contents.MALFORMED else ReadingFailed
        raise kind(str(failure)) from None


def _why_nobody(submission: Submission) -> str:
    """Empty when there is something to open."""
    if submission.state == State.DISPOSED:
        return erased(submission)
    try:
        if erasing.lists(submission):
            return "The person erased this request, and a backup brought it back. Tell the operators to erase it again."
    except erasing.LedgerUnreadable as damage:
        # The start-up check refuses this. Who waits for an answer is not to wait until the file is mended.
        logger.error("%s Until then the desk would open what a restored backup brought back.", damage)
    return ""


def erased(submission: Submission) -> str:
    """What to say of a request that was erased."""
    at = stamp_in_words(submission.erasure.at)
    if submission.erasure.cause == ErasureCause.RESTORED:
        return f"The person had erased this request. It was erased again on {at}, after a restore."
    return f"The person erased this request on {at}. Nobody can open it any more."


def _why_not_the_case(submission: Submission, by: User, purpose: Purpose) -> str:
    """Empty when they may read it."""
    if submission.is_held and submission.assignee_id == by.pk and triage.may_work(by):
        return ""
    if not triage.may_lead(by):
        if submission.is_held:
            return f"{submission.assignee} has this case. Only they, or a lead, can open it."
        return "Claim this case first. Only the advocate who has it, or a lead, can open it."
    if purpose == Purpose.WORKING:
        return "You do not have this case. Choose why you open it."
    if purpose != Purpose.PERSON_ASKED and not consent.agrees_to(submission, ConsentKind.USE_TO_REPLY):
        return "The person took back that we may use this. It is opened only because they ask for it."
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


@sensitive_variables()
def _opened(payload: SealedPayload) -> Words:
    key = vault.read_private_key_for(payload.sealed, settings.DESK_PRIVATE_KEY)
    opened = vault.open_sealed(payload.sealed, place=payload.place, key=key)
    kind = PayloadKind(payload.kind)
    if kind == PayloadKind.NOTE:
        return Words(kind, payload.at, payload.author, note=contents.read_note(opened))
    content = contents.read(opened)
    return Words(kind, payload.at, payload.author, content.answers, content.page, content.check)


def _unopened(payload: SealedPayload, failure: vault.VaultRefused) -> Words:
    return Words(PayloadKind(payload.kind), payload.at, payload.author, problem=str(failure))
