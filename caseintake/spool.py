"""The spool: what came while the database was away, one sealed file each, until the database has it.

A file is there whole, and on disk with its name, before anybody is told that we have what is in it; it goes when the
database says that it has it on disk. So each is stored once at least, and by its id not twice, whoever is killed when.
Files are named by the time they came at, so that the oldest goes first; amendments wait until no request is left that
could be theirs.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import time
import uuid
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import DataError, IntegrityError
from django.utils import timezone

from caseintake import doors
from caseintake.parcels import AMENDMENT, OTHERWISE, REQUEST, Parcel
from caseintake.private_code import PrivateCode
from mesoinfo import durable

SUFFIX = ".parcel"
SET_ASIDE = "set-aside"
UNKNOWN_CODE_WAITS = timedelta(days=1)
# Far longer than it takes to write a file.
DRAFTS_TAKE = timedelta(hours=1)

Progress = Callable[[int], None]
logger = logging.getLogger(__name__)


class AlreadyDraining(Exception):
    """Another process empties this spool."""


@dataclass
class Drained:
    """What a run came to: files stored, left for later, and set aside for somebody to look at."""

    stored: int = 0
    left: int = 0
    set_aside: int = 0


def keep(parcel: Parcel) -> None:
    """Put a parcel into the spool, on disk when this returns. Raises OSError when it cannot; then it is not there."""
    settings.SPOOL_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    # In microseconds, so that names sort by time. The last part is its own: a request sent twice makes two files, and
    # each brings a private code that somebody was shown.
    moment = int(parcel.received_at.timestamp() * 1_000_000)
    path = settings.SPOOL_DIR / f"{parcel.kind}-{moment:017}-{parcel.id}-{uuid.uuid4().hex[:8]}{SUFFIX}"
    durable.write_new(path, parcel.text.encode(), 0o600)


def waiting() -> list[Path]:
    """The files of the spool in the order in which they go: requests before amendments, the oldest first."""
    try:
        names = [name for name in os.listdir(settings.SPOOL_DIR) if name.endswith(SUFFIX) and not name.startswith(".")]
    except FileNotFoundError:
        return []
    return [settings.SPOOL_DIR / name for name in sorted(names, key=lambda name: (name.startswith(AMENDMENT), name))]


def holds_request_of(code: PrivateCode) -> bool:
    """Whether the request that this private code opens waits in the spool."""
    wanted = b64encode(code.lookup_hash).decode()
    for path in waiting():
        with suppress(OSError):
            if path.name.startswith(REQUEST) and wanted in path.read_text("utf-8"):
                return True
    return False


def drain(*, progress: Progress = lambda stored: None) -> Drained:
    """Bring what waits into the database. Killed at any moment and run again, it goes on, and nothing is stored twice.

    What the database refuses for good is set aside, and the log says so; so is, after a day, what was added with a
    private code that no request has (it may wait on another machine). Raises DatabaseError while the database is away
    or not up to date, and AlreadyDraining while another process is at it.
    """
    done = Drained()
    with _alone():
        _clear_drafts()
        for path in waiting():
            try:
                is_stored = _bring(_read(path))
            except (IntegrityError, DataError, _Unreadable) as refusal:
                _set_aside(path, type(refusal).__name__)
                done.set_aside += 1
                continue
            if not is_stored:
                done.left += 1
                continue
            path.unlink()
            durable.sync(path.parent)
            done.stored += 1
            progress(done.stored)
    return done


def _clear_drafts() -> None:
    """Remove what a process that was killed had begun to write: nobody was told that we have it."""
    before = time.time() - DRAFTS_TAKE.total_seconds()
    for draft in settings.SPOOL_DIR.glob(f".*{SUFFIX}.*"):
        with suppress(FileNotFoundError):
            if draft.stat().st_mtime < before:
                draft.unlink()


def set_aside() -> int:
    """How many files somebody has to look at."""
    directory = settings.SPOOL_DIR / SET_ASIDE
    return len(list(directory.glob(f"*{SUFFIX}"))) if directory.is_dir() else 0


class _Unreadable(Exception):
    """No parcel is in this file."""


def _bring(parcel: Parcel) -> bool:
    """Whether the database has it now."""
    if parcel.kind == REQUEST:
        if doors.accept(parcel.text, spooled=True) is None:
            anew = json.loads(parcel.text).get(OTHERWISE)
            if anew is None or doors.accept(json.dumps(anew), spooled=True) is None:
                raise _Unreadable
    elif doors.amend(parcel.text, spooled=True) is None:
        if timezone.now() - parcel.received_at < UNKNOWN_CODE_WAITS:
            return False
        raise _Unreadable
    return True


def _read(path: Path) -> Parcel:
    text = path.read_text("utf-8", errors="replace")
    try:
        content = json.loads(text)
        kind = REQUEST if path.name.startswith(REQUEST) else AMENDMENT
        whose = uuid.UUID(content["id"] if kind == REQUEST else content["payload"]["id"])
        return Parcel(kind, whose, datetime.fromisoformat(content["received_at"]).astimezone(UTC), text)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _Unreadable from None


def _set_aside(path: Path, why: str) -> None:
    directory = settings.SPOOL_DIR / SET_ASIDE
    directory.mkdir(mode=0o700, exist_ok=True)
    path.rename(directory / path.name)
    durable.sync(directory)
    durable.sync(path.parent)
    logger.error("A file of the spool could not be stored (%s). It is kept in %s: see the guide.", why, directory)


@contextmanager
def _alone() -> Iterator[None]:
    settings.SPOOL_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(settings.SPOOL_DIR / ".lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyDraining("Another process empties this spool.") from None
        yield
