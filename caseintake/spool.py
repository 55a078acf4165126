"""The spool: what came while the database was away, one sealed file each, until the database has it.

A file is there whole, and on disk with its name, before anybody is told that we have what is in it; it goes when the
database says that it has it on disk. So each is stored once at least, and by its id not twice, whoever is killed when.
Files are named by the time they came at, so that the oldest goes first; amendments wait until no request is left that
could be theirs. Whatever is wrong with one file holds up no other.
"""

from __future__ import annotations

import errno
import fcntl
import json
import logging
import os
import stat
import time
import uuid
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import DataError, IntegrityError
from django.db import Error as DatabaseError
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
# In bytes. A file of the longest request, sealed twice, takes less than half of it.
LARGEST = 1024 * 1024
# So often may the database refuse a parcel and then take a later one: then it is not the database.
TRIES = 5
# What opening says of a symbolic link, a directory and a socket.
NO_FILE = {errno.ELOOP, errno.EISDIR, errno.ENXIO}

Progress = Callable[[int], None]
logger = logging.getLogger(__name__)

# How often each file was refused while later ones were stored, by its name. Of this process: anew, all are tried anew.
_refusals: Counter[str] = Counter()


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
    return any(slip.kind == REQUEST and code.lookup_hash in slip.codes for slip in _slips(waiting()))


@contextmanager
def undisturbed() -> Iterator[None]:
    """Inside, no file is brought to the database, and nobody else is in here. Whoever waits comes before whoever comes
    back: the drain, which comes for each file, keeps nobody waiting for longer than one.
    """
    with _lock(".next") as turn, _lock(".busy") as busy:
        fcntl.flock(turn, fcntl.LOCK_EX)
        fcntl.flock(busy, fcntl.LOCK_EX)
        fcntl.flock(turn, fcntl.LOCK_UN)
        yield


def forget(codes: Set[bytes]) -> bool:
    """Destroy what was sent with these private codes (the hashes of their lookups), whether it waits or was set aside,
    and what was sent for the same request with another. Whether there was anything. To be called `undisturbed`.

    On this machine: what waits in the spool of another comes to nobody's request, and is set aside there.
    """
    slips = list(_slips([*waiting(), *(settings.SPOOL_DIR / SET_ASIDE).glob(f"*{SUFFIX}")]))
    theirs = {slip.id for slip in slips if slip.kind == REQUEST and slip.codes & codes}
    # Sent twice, it has two codes, and what was added later has either.
    known = codes | {code for slip in slips if slip.id in theirs for code in slip.codes}
    forgotten = [slip for slip in slips if slip.codes & known]
    for slip in forgotten:
        slip.path.unlink(missing_ok=True)  # an operator may be faster
        durable.sync(slip.path.parent)
    return bool(forgotten)


@dataclass(frozen=True)
class _Slip:
    """What a file of the spool tells of itself: whose it is, never what was written."""

    path: Path
    kind: str
    id: uuid.UUID
    codes: frozenset[bytes]


def _slips(paths: Iterable[Path]) -> Iterator[_Slip]:
    """Of these files, those that can be read."""
    for path in paths:
        with suppress(OSError, _Unreadable):
            parcel = _read(path)
            content = json.loads(parcel.text)
            copies = [part.get("copy") for part in (content, content.get(OTHERWISE) or {})]
            codes = frozenset(b64decode(copy["lookup_hash"]) for copy in copies if copy)
            yield _Slip(path, parcel.kind, parcel.id, codes)


def drain(*, progress: Progress = lambda stored: None) -> Drained:
    """Bring what waits into the database. Killed at any moment and run again, it goes on, and nothing is stored twice.

    What the database refuses for good is set aside, and the log says so; so is what it refused again and again while it
    took others, and, after a day, what was added with a private code that no request has (it may wait on another
    machine). Every other trouble with a file leaves it for the next run. Raises DatabaseError while the database is
    away or not up to date, and AlreadyDraining while another process is at it.
    """
    done = Drained()
    refused: list[Path] = []  # since the last that was stored
    suspects: list[Path] = []
    troubles: set[str] = set()
    with _alone():
        _clear_drafts()
        files = waiting()
        if files:
            doors.knock()
        for path in files:
            try:
                # While a request is left, what was added may belong to it.
                is_stored = _store(path, gives_up=not done.left)
            except FileNotFoundError:
                continue  # somebody took it away
            except (IntegrityError, DataError) as refusal:
                _set_aside(path, type(refusal).__name__, done)
            except _Unreadable as problem:
                _set_aside(path, str(problem), done)
            except DatabaseError as refusal:
                doors.knock()
                done.left += 1
                troubles.add(type(refusal).__name__)
                refused.append(path)
            except Exception as problem:
                # Not foreseen, and still of this file alone.
                done.left += 1
                troubles.add(type(problem).__name__)
            else:
                if not is_stored:
                    done.left += 1
                    continue
                suspects += refused
                refused.clear()
                done.stored += 1
                progress(done.stored)
        _judge(suspects, done)
    if troubles:
        # Not their text: what a database says of a row it refused may quote the row.
        logger.error("%s files of the spool wait for the next run (%s).", done.left, ", ".join(sorted(troubles)))
    return done


def _store(path: Path, *, gives_up: bool) -> bool:
    """Bring one file into the database and remove it. False: it has to wait for its request."""
    # Whoever deletes what is in it finds it here or there, and never between the two.
    with undisturbed():
        if not _bring(_read(path), gives_up=gives_up):
            return False
        path.unlink()
        durable.sync(path.parent)
        return True


def _judge(suspects: list[Path], done: Drained) -> None:
    """Count the refusals of files after which others were stored, and set aside those refused too often."""
    for path in suspects:
        _refusals[path.name] += 1
        if _refusals[path.name] >= TRIES:
            done.left -= 1
            _set_aside(path, f"refused {TRIES} times while others were stored", done)


def _clear_drafts() -> None:
    """Remove what a process that was killed had begun to write: nobody was told that we have it."""
    before = time.time() - DRAFTS_TAKE.total_seconds()
    for draft in settings.SPOOL_DIR.glob(f".*{SUFFIX}.*"):
        with suppress(OSError):
            if draft.lstat().st_mtime < before:
                draft.unlink()


def set_aside() -> int:
    """How many files somebody has to look at."""
    directory = settings.SPOOL_DIR / SET_ASIDE
    return len(list(directory.glob(f"*{SUFFIX}"))) if directory.is_dir() else 0


class _Unreadable(Exception):
    """This file cannot be stored, now or later. The text says why."""


def _bring(parcel: Parcel, *, gives_up: bool) -> bool:
    """Whether the database has it now. With `gives_up`, what was added waits a day for its request, and no longer."""
    if parcel.kind == REQUEST:
        if doors.accept(parcel.text, spooled=True) is None:
            anew = json.loads(parcel.text).get(OTHERWISE)
            if anew is None or doors.accept(json.dumps(anew), spooled=True) is None:
                raise _Unreadable("its request is closed or erased, and it cannot be a new one")
    elif doors.amend(parcel.text, spooled=True) is None:
        if not gives_up or timezone.now() - parcel.received_at < UNKNOWN_CODE_WAITS:
            return False
        raise _Unreadable("no request has its private code")
    return True


def _read(path: Path) -> Parcel:
    text = _text_of(path)
    try:
        content = json.loads(text)
        kind = REQUEST if path.name.startswith(REQUEST) else AMENDMENT
        whose = uuid.UUID(content["id"] if kind == REQUEST else content["payload"]["id"])
        return Parcel(kind, whose, datetime.fromisoformat(content["received_at"]).astimezone(UTC), text)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        raise _Unreadable("no parcel is in it") from None


def _text_of(path: Path) -> str:
    """What is in a file of the spool. Raises _Unreadable for what we never put there, and OSError."""
    try:
        with open(path, "rb", opener=_open_warily) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise _Unreadable("it is no file")
            content = file.read(LARGEST + 1)
    except OSError as problem:
        if problem.errno in NO_FILE:
            raise _Unreadable("it is no file") from None
        raise
    if len(content) > LARGEST:
        raise _Unreadable(f"it is larger than {LARGEST // 1024:,} KiB, as no request is")
    return content.decode("utf-8", errors="replace")


def _open_warily(path: str, flags: int) -> int:
    """Follows no link, and waits for nobody at the other end of a pipe."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)


def _set_aside(path: Path, why: str, done: Drained) -> None:
    """Move a file to where somebody looks at it; what cannot be moved is left. Either is counted."""
    directory = settings.SPOOL_DIR / SET_ASIDE
    try:
        with undisturbed():
            directory.mkdir(mode=0o700, exist_ok=True)
            path.rename(directory / path.name)
            durable.sync(directory)
            durable.sync(path.parent)
    except OSError as problem:
        done.left += 1
        logger.error(
            "A file of the spool could not be stored (%s), nor moved to %s: %s. It stays: see the guide.",
            why,
            directory,
            problem.strerror,
        )
        return
    done.set_aside += 1
    logger.error("A file of the spool could not be stored (%s). It is kept in %s: see the guide.", why, directory)


@contextmanager
def _alone() -> Iterator[None]:
    with _lock(".lock") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyDraining("Another process empties this spool.") from None
        yield


@contextmanager
def _lock(name: str) -> Iterator[IO[str]]:
    """A file to lock: let go when the block ends, or the process does."""
    settings.SPOOL_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(settings.SPOOL_DIR / name, "w", opener=_open_warily) as lock:
        yield lock
