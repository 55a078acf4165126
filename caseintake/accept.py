"""Taking a request in: sealed before anything is written, on disk before it is acknowledged.

It goes to the database, or, while that is away, into the spool (`caseintake.spool`), from where it goes to the database
later. Nobody is told that we have it before one of the two has it for good.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import Error as DatabaseError
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from caseintake import doors, spool
from caseintake.parcels import Identity, Parcel, amendment_parcel, identity_of, new_identity, request_parcel
from caseintake.private_code import PrivateCode, new_code
from mesoinfo import vault
from mesoinfo.repeats import fingerprints

logger = logging.getLogger(__name__)


class NotSaved(Exception):
    """It could not be stored anywhere. Nobody was told that we have it. The text is a code for the log."""


class CodeUnknown(Exception):
    """No request has this private code."""


@dataclass(frozen=True)
class Accepted:
    """What may be told to the person: we have it, under this reference, and this code opens their own copy."""

    reference: str
    code: PrivateCode
    due_at: datetime | None
    repeated: bool


@sensitive_variables()
def accept(
    answers: Mapping[str, Any],
    *,
    page: str = "",
    suspicions: tuple[str, ...] = (),
    key: str = "",
    sender: str = "",
) -> Accepted:
    """Store one request and return its reference and a private code; on disk by then.

    `answers` is the cleaned data of the form, `page` the path it was sent from, `suspicions` codes for why it may not
    come from a person: with any of these it goes to quarantine instead of the queue. The same answers from the same
    `sender` within 15 minutes, or with the same `key` within a day, give the reference they already have, and a code
    that opens it: so they must be the same person's. `sender` is what tells one browser from another; only a keyed hash
    of it is kept, for a day at most. Raises NotSaved.
    """
    now = timezone.now()
    code = new_code()
    prints = fingerprints({**answers, "sender": sender}, now)

    @sensitive_variables()
    def made(identity: Identity) -> tuple[Parcel, doors.Stored]:
        parcel, due_at = request_parcel(
            answers, page=page, suspicions=suspicions, prints=prints, identity=identity, code=code, now=now
        )
        return parcel, doors.Stored(identity.reference, due_at, repeated=False)

    try:
        parcel, as_spooled = made(identity_of(answers, key=key, prints=prints, now=now))
        try:
            stored = doors.accept(parcel.text)
            if stored is None:
                # They had erased it, it was closed, or it is days old: whoever sends it again wants to be heard again.
                parcel, as_spooled = made(new_identity())
                stored = doors.accept(parcel.text)
        except DatabaseError as error:
            # Whether they had erased it, or it was closed, cannot be seen now.
            anew, _ = made(new_identity())
            _keep(parcel.or_else(anew), error)
            stored = as_spooled
    except vault.VaultRefused as refusal:
        raise NotSaved(refusal.code) from refusal
    if stored is None:
        raise NotSaved("no-free-identity")
    return Accepted(stored.reference, code, stored.due_at, stored.repeated)


@sensitive_variables()
def amend(answers: Mapping[str, Any], *, code: PrivateCode) -> doors.Added | None:
    """Add what the person wrote later to their request; on disk by then. None while the request cannot be looked up:
    it is in the spool then.

    Raises CodeUnknown, doors.TooManyAdditions, or NotSaved.
    """
    now = timezone.now()
    for said in range(doors.ADDITIONS_IN_A_DAY):
        try:
            parcel = amendment_parcel(answers, code=code, now=now, said=said)
        except vault.VaultRefused as refusal:
            raise NotSaved(refusal.code) from refusal
        try:
            added = doors.amend(parcel.text)
            break
        except doors.SaidBefore:
            continue
        except DatabaseError as error:
            _keep(parcel, error)
            return None
    else:
        raise doors.TooManyAdditions
    if added is None:
        if spool.holds_request_of(code):
            _keep(parcel, None)
            return None
        raise CodeUnknown
    return added


def _keep(parcel: Parcel, error: DatabaseError | None) -> None:
    try:
        spool.keep(parcel)
    except OSError as problem:
        # Not chained: what a database says of a row it refused may quote the row.
        raise NotSaved(f"spool: {problem.strerror}") from None
    if error is not None:
        logger.error("The database did not take a parcel (%s). It is in the spool.", type(error).__name__)
