"""The functions in PostgreSQL by which the public site reaches requests for help: put in place, and called.

They are in `intake.sql`. Whoever calls them needs no right on the tables behind.
"""

from __future__ import annotations

import json
from base64 import b64decode
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import AppConfig
from django.db import connection, connections, transaction

FUNCTIONS = Path(__file__).parent / "intake.sql"
# An answer that takes longer is none: the request goes to the spool, and the person does not wait.
PATIENCE = "4s"


@dataclass(frozen=True)
class Stored:
    """What may be told to the person: we have it, under this reference."""

    reference: str
    due_at: datetime | None
    repeated: bool


@dataclass(frozen=True)
class ConsentWords:
    """Words of consent that were published once; in force or not any more."""

    kind: str
    body: str
    sha256: str
    in_force: bool


def after_migrating(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """The functions as this version has them. Not when migrated backwards: then their tables are gone."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regclass('caseintake_erasure') IS NOT NULL")
        if cursor.fetchone() == (True,):
            # No parameters: a percent sign in it is one.
            cursor.execute(FUNCTIONS.read_text("utf-8"))


def consent_words() -> list[ConsentWords]:
    """All that were ever published, newest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, body, sha256, retired_at IS NULL FROM intake_consent_texts()")
        return [ConsentWords(*row) for row in cursor.fetchall()]


def accept(parcel: str, *, spooled: bool = False) -> Stored | None:
    """Store a request (the text of its parcel), on disk when this returns. The same again gives what it already has.

    None when the same request is closed or erased by now: it has to be sealed anew under another id. Raises what the
    database raises; then nothing was stored, or (the line broke) it is found stored when tried again.
    """
    found = _call("SELECT ref, due_at, repeated FROM intake_accept(%s, %s)", parcel, spooled)
    return Stored(*found[0]) if found else None


ADDITIONS_IN_A_DAY = 20  # as in `intake_amend`


class TooManyAdditions(Exception):
    """As much was added to this request today as is taken. Nothing was stored."""


class SaidBefore(Exception):
    """The same was added before, and is news now: it has to be sealed under another id. Nothing was stored."""


@dataclass(frozen=True)
class Added:
    """What the database says of an addition: to which request, and whether we may reply to that."""

    reference: str
    may_be_answered: bool


def amend(parcel: str, *, spooled: bool = False) -> Added | None:
    """Add what the person wrote later, on disk when this returns. None for a code nobody has.

    Raises TooManyAdditions, SaidBefore, or what the database raises.
    """
    found = _call("SELECT ref, may_be_answered FROM intake_amend(%s, %s)", parcel, spooled)
    if not found:
        return None
    reference, may_be_answered = found[0]
    if reference is None:
        raise TooManyAdditions
    if may_be_answered is None:
        raise SaidBefore
    return Added(reference, may_be_answered)


def knock() -> None:
    """Raise what the database raises while it is away, or lacks these functions. Connects anew if the line broke."""
    if not connection.is_usable():
        connection.close()
    _call("SELECT 'intake_accept(jsonb, boolean)'::regprocedure, 'intake_amend(jsonb, boolean)'::regprocedure")


def view(lookup: bytes) -> dict[str, Any] | None:
    """What a private code opens, still locked; None for a code nobody has and for an erased request alike."""
    [(found,)] = _call("SELECT intake_person_view(%s)", lookup)
    opened: dict[str, Any] | None = json.loads(found) if isinstance(found, str) else found
    return opened


def withdraw(lookup: bytes, kind: str) -> bool:
    """Take back a consent, effective at once. Whether there was one."""
    [(done,)] = _call("SELECT intake_withdraw(%s, %s)", lookup, kind)
    return bool(done)


@dataclass(frozen=True)
class Erased:
    """What was destroyed: the request with this reference. `lookup_hashes` are those of all codes that opened it."""

    reference: str
    lookup_hashes: frozenset[bytes]


def erase(lookup: bytes) -> Erased | None:
    """Destroy what the code opens, for the desk too. None for a code nobody has."""
    for reference, codes in _call("SELECT ref, codes FROM intake_erase(%s)", lookup):
        return Erased(reference, frozenset(bytes(code) for code in codes))
    return None


def erase_again(request: UUID) -> bool:
    """Destroy what a restored database has of a request that was erased. Whether there was anything."""
    [(done,)] = _call("SELECT intake_erase_again(%s)", request)
    return bool(done)


def from_base64(text: str) -> bytes:
    """Bytes that PostgreSQL wrote in base64, with its line breaks."""
    return b64decode(text)


def _call(statement: str, *arguments: Any) -> list[Any]:
    # Durable: in another transaction it could still be rolled back after it was acknowledged.
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [PATIENCE])
        cursor.execute(statement, arguments)
        rows: list[Any] = cursor.fetchall()
        return rows
