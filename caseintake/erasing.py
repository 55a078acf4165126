"""The erasure ledger: which requests were erased, in a file outside the database; and erasing them after a restore.

A backup holds what was erased after it was made. Restored, it would bring that back: so the worker writes each erasure
into `erasures.jsonl`, beside the checkpoints of the ledgers (`mesoinfo.checkpoints`), as one line with the id of the
request and the time. Lines are only ever added; they are on disk before `write` returns.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from caseintake import doors
from caseintake.models import Erasure, ErasureCause, Submission
from mesoinfo import audit, durable

NAME = "erasures.jsonl"
BATCH = 1000
# By how much the clocks of the site and of the database may differ.
CLOCKS_DIFFER = timedelta(minutes=10)
logger = logging.getLogger(__name__)

Progress = Callable[[int, int], None]


class LedgerUnreadable(Exception):
    """The ledger cannot be read, or has a line that is no erasure. The text says where."""


@dataclass(frozen=True)
class Replayed:
    """What a replay came to: how many were erased again, were erased already, or are not in this database at all."""

    erased: int
    already: int
    unknown: int


def ledger() -> Path | None:
    """Where the ledger is, or None where the settings name no directory."""
    directory: Path | None = settings.AUDIT_CHECKPOINT_DIR
    return directory / NAME if directory else None


def write() -> int:
    """Add each committed erasure that the ledger lacks, and return how many these were. A sweep.

    What stands in the way is logged; the next call makes it up. Does nothing where the settings name no directory.
    """
    path = ledger()
    if path is None:
        return 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _held(path) as file:
            return _add_missing(file, path)
    except LedgerUnreadable as problem:
        logger.error("%s Erasures are not added to it until it is put right.", problem)
    except OSError as error:
        logger.error("The erasure ledger could not be written to %s: %s.", path, error.strerror)
    return 0


def listed() -> dict[UUID, datetime]:
    """Every erasure in the ledger: the id of the request, and when it was erased last. Raises LedgerUnreadable."""
    path = ledger()
    if path is None:
        return {}
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise LedgerUnreadable(f"{path} cannot be read: {error.strerror}.") from error
    found: dict[UUID, datetime] = {}
    # What a crash left of a last line is no line.
    for number, line in enumerate(content.split(b"\n")[:-1], start=1):
        request, at = _parsed(line, path, number)
        found[request] = max(at, found.get(request, at))
    return found


def lists(submission: Submission) -> bool:
    """Whether this request was erased once, whatever the database says of it. Raises LedgerUnreadable."""
    at = listed().get(submission.pk)
    return at is not None and _is_meant(submission.received_at, at)


def outstanding() -> list[UUID]:
    """Which requests were erased and are in this database as if they were not. Raises LedgerUnreadable."""
    erasures = listed()
    return sorted(
        request
        for some in _batches(sorted(erasures))
        for request, received_at in Submission.objects.filter(pk__in=some, erasure=None).values_list(
            "pk", "received_at"
        )
        if _is_meant(received_at, erasures[request])
    )


def can_replay() -> bool:
    """Whether this database has what a replay needs; one that is older has to be migrated first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regprocedure('intake_erase_again(uuid)') IS NOT NULL")
        return bool(cursor.fetchone() == (True,))


def replay(*, progress: Progress = lambda done, of: None) -> Replayed:
    """Erase again whatever the ledger lists and this database still has, one by one: killed and run again, it goes on.

    Each is on disk before the next one begins. Raises LedgerUnreadable.
    """
    requests = sorted(listed())
    already = sum(Erasure.objects.filter(pk__in=some).count() for some in _batches(requests))
    waiting = outstanding()
    erased = 0
    for number, request in enumerate(waiting, start=1):
        erased += doors.erase_again(request)
        progress(number, len(waiting))
    if erased:
        audit.record(None, "erasures.replayed", erased=erased)
    return Replayed(erased=erased, already=already, unknown=len(requests) - already - len(waiting))


def _add_missing(file: BinaryIO, path: Path) -> int:
    content = file.read()
    whole = content.rfind(b"\n") + 1
    known = dict(_parsed(line, path, number) for number, line in enumerate(content[:whole].splitlines(), start=1))
    # Durable, so that it is not inside a transaction whose erasures may yet be rolled back.
    with transaction.atomic(durable=True):
        missing = [
            (request, at)
            for request, at, cause in Erasure.objects.order_by("at").values_list("pk", "at", "cause").iterator()
            if request not in known or (cause == ErasureCause.PERSON and at > known[request])
        ]
    if not missing:
        return 0
    file.truncate(whole)
    for request, at in missing:
        file.write(json.dumps({"request": str(request), "at": at.isoformat()}).encode() + b"\n")
    file.flush()
    os.fsync(file.fileno())
    if whole == 0:
        durable.sync(path.parent)  # its name, too, is on disk
    return len(missing)


@contextmanager
def _held(path: Path) -> Iterator[BinaryIO]:
    """The file, made when it is not there, held against other sweeps."""
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        yield file


def _is_meant(received_at: datetime, erased_at: datetime) -> bool:
    """Whether an erasure is of what was received then. The same words sent again later may get the same id, where the
    database does not know the first any more (`caseintake.parcels`): whoever sends them wants to be heard again.
    """
    return received_at <= erased_at + CLOCKS_DIFFER


def _parsed(line: bytes, path: Path, number: int) -> tuple[UUID, datetime]:
    try:
        found = json.loads(line)
        request, at = UUID(found["request"]), datetime.fromisoformat(found["at"])
        if at.tzinfo is None:
            raise ValueError("a time of no zone")
        is_ahead = at.astimezone(UTC) > timezone.now() + CLOCKS_DIFFER
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
        raise LedgerUnreadable(f"Line {number} of {path} is not an erasure. Put the file back from its copy.") from None
    if is_ahead:
        raise LedgerUnreadable(
            f"Line {number} of {path} is of a time that is yet to come. If the clock of this machine is right, put the "
            "file back from its copy."
        )
    return request, at


def _batches(requests: list[UUID]) -> Iterator[list[UUID]]:
    return (requests[start : start + BATCH] for start in range(0, len(requests), BATCH))
