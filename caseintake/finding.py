"""Finding the requests of a person by who they are, without opening any.

Someone who calls has no reference at hand; someone who has the right to be forgotten has lost their code; someone who
wrote last week writes again. So the worker opens each request once and keeps keyed hashes of it: HMAC-SHA-256, cut to
16 bytes, under a key derived from the desk's private key. Whoever has the database alone can try out no number; they
see at most that two requests have one in common. A request that was erased is not found.
"""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.views.decorators.debug import sensitive_variables

from caseintake import reading
from caseintake.form import digits_of
from caseintake.models import ANSWERED, BlindIndex, DataKey, PayloadKind, Purpose, SealedPayload, State, Submission
from caseintake.models.sealed import INDEX_BYTES, INDEXED
from mesoinfo import vault

BATCH = 500  # A run of the sweep takes seconds.
SHORTEST_PHONE = 7  # digits, as the form takes them
# Characters of an answer, more than the form takes: what was sealed past it could keep the worker busy for minutes.
LONGEST = 400
IN_WORDS = {"phone": "the phone number", "email": "the email address", "name_and_state": "the name and the state"}


@dataclass(frozen=True)
class Found:
    """A request, and what it was found by, in words."""

    submission: Submission
    by: tuple[str, ...]


@sensitive_variables()
def normal(answers: Mapping[str, Any]) -> dict[str, str]:
    """What the answers of a request are found by: however they were written, the same text for the same person. What
    was not given is not there.
    """
    phone, email, name, state = (answers.get(field, "")[:LONGEST] for field in ("phone", "email", "name", "state"))
    digits = digits_of(phone)
    if len(digits) == 11 and digits[0] == "1":
        digits = digits[1:]
    words = "".join(c if c.isalnum() else " " for c in _plain(name)).split()
    texts = {
        "phone": digits if len(digits) >= SHORTEST_PHONE else "",
        "email": unicodedata.normalize("NFKC", email).strip().casefold(),
        # Surname first or last.
        "name_and_state": f"{' '.join(sorted(words))}, {state}" if words and state else "",
    }
    return {name: text for name, text in texts.items() if text}


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name).casefold()
    return "".join(c for c in decomposed if not unicodedata.combining(c) and c not in "'\u2018\u2019")


def index_new() -> int:
    """Keep the hashes of the requests that have none yet, or only those of a desk key that is no longer in use.

    A sweep; returns how many requests it went through. One that does not open, or holds what no form of ours writes, is
    kept as found by nothing. Raises VaultRefused when there is no desk key.
    """
    key = vault.read_private_key(settings.DESK_PRIVATE_KEY)
    payloads = _not_findable(key.public.id).select_related("submission", "data_key").order_by("at")[:BATCH]
    for payload in payloads:
        _index(payload, key)
    return len(payloads)


def not_findable_yet() -> int:
    """How many requests the worker has still to go through. Raises VaultRefused when there is no desk key."""
    return _not_findable(vault.read_private_key(settings.DESK_PRIVATE_KEY).public.id).count()


def _not_findable(desk_key_id: str) -> QuerySet[SealedPayload]:
    # What is wrapped for another key waits for rotate_keys, or for that key to be put back.
    return SealedPayload.objects.filter(kind=PayloadKind.ORIGINAL, data_key__desk_key_id=desk_key_id).exclude(
        data_key__blind_index__desk_key_id=desk_key_id
    )


@sensitive_variables()
def _index(payload: SealedPayload, key: vault.PrivateKey) -> None:
    try:
        answers = reading.open_by_system(payload, purpose=Purpose.INDEXING).answers
    except reading.ReadingFailed:
        # It is on record that it does not open, and it will not next time: it is kept as found by nothing.
        answers = {}
    with transaction.atomic():
        # Erased meanwhile: then nothing is kept of it.
        if DataKey.objects.select_for_update().filter(payload=payload).exists():
            found_by = dict.fromkeys(INDEXED) | _hashes(answers, key)
            BlindIndex.objects.update_or_create(
                data_key_id=payload.pk, defaults={"desk_key_id": key.public.id, **found_by}
            )


@sensitive_variables()
def _hashes(answers: Mapping[str, Any], key: vault.PrivateKey) -> dict[str, bytes]:
    secret = vault.derive(key, "blind index")
    return {
        name: hmac.digest(secret, f"{name} {text}".encode(), "sha256")[:INDEX_BYTES]
        for name, text in normal(answers).items()
    }


@sensitive_variables()
def find(answers: Mapping[str, Any]) -> list[Found]:
    """The requests that have any of these in common: `phone`, `email`, `name` with `state`. The latest first.

    Raises VaultRefused when there is no desk key.
    """
    key = vault.read_private_key(settings.DESK_PRIVATE_KEY)
    return _found(key.public.id, _hashes(answers, key))


def from_the_same(submission: Submission) -> list[Found]:
    """The other requests that have the phone number or the email address of this one. The latest first."""
    index = BlindIndex.objects.filter(data_key__payload__submission=submission).first()
    if index is None:
        return []
    hashes = {name: bytes(value) for name in ("phone", "email") if (value := getattr(index, name)) is not None}
    return [one for one in _found(index.desk_key_id, hashes) if one.submission.pk != submission.pk]


def is_handled_with_another(submission: Submission) -> bool:
    """Whether another request with the phone number or email address of this one is being worked on, or was answered
    after this one came. To be called in the transaction that closes this one: two are not closed for each other.
    """
    others = [one.submission.pk for one in from_the_same(submission)]
    both = Submission.objects.select_for_update().filter(pk__in=[submission.pk, *others]).order_by("pk")
    return any(
        one.is_held
        or one.state == State.QUEUED
        or (one.outcome in ANSWERED and one.closed_at is not None and one.closed_at >= submission.received_at)
        for one in both
        if one.pk != submission.pk
    )


def others_with_the_email_of(payload: SealedPayload) -> QuerySet[Submission]:
    """The other requests that gave the email address of this request. If the sweep has not come to it yet, it is made
    findable first.

    Raises VaultRefused when there is no desk key.
    """
    key = vault.read_private_key(settings.DESK_PRIVATE_KEY)
    of_this = BlindIndex.objects.filter(data_key_id=payload.pk, desk_key_id=key.public.id)
    if not of_this.exists():
        _index(payload, key)
    same = BlindIndex.objects.filter(desk_key_id=key.public.id, email__in=of_this.values("email"))
    return Submission.objects.filter(payloads__data_key__blind_index__in=same).exclude(pk=payload.submission_id)


def _found(desk_key_id: str, hashes: Mapping[str, bytes]) -> list[Found]:
    if not hashes:
        return []
    any_of = Q()
    for name, value in hashes.items():
        any_of |= Q(**{name: value})
    indexes = BlindIndex.objects.filter(any_of, desk_key_id=desk_key_id).select_related(
        "data_key__payload__submission__assignee"
    )
    found = [
        Found(
            index.data_key.payload.submission,
            tuple(IN_WORDS[name] for name, value in hashes.items() if bytes(getattr(index, name) or b"") == value),
        )
        for index in indexes
    ]
    return sorted(found, key=lambda one: one.submission.received_at, reverse=True)
