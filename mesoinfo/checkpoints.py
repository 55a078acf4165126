"""Checkpoints: the hash of each committed entry of a ledger, in a file outside the database, one line for each.

Whoever owns the database can write a chain anew from any entry on, or cut its end off, and leave a chain that is whole.
What they cannot reach is this file. Line 17 is of entry 17, so `mesoinfo.verifying` can name the first entry that is
not the one which was there. Lines are only ever added; the file is on disk before `write` returns.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import re
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from mesoinfo import durable
from mesoinfo.ledger import BEFORE_THE_FIRST, chains

LONGEST_LINE = 400  # bytes; one is some 130 long
logger = logging.getLogger(__name__)


class Unreadable(Exception):
    """The file cannot be read, or holds something that is no checkpoint. The text says where."""


class Discontinued(Exception):
    """The ledger does not go on from its last checkpoint: it was tampered with. The text says what to do."""


@dataclass(frozen=True)
class Checkpoint:
    """The hash that an entry had when it was copied out of the database, and when that was (ISO 8601, UTC)."""

    sequence: int
    hash: str
    at: str


def file_of(table: str) -> Path | None:
    """Where the checkpoints of a ledger are, or None where the settings name no directory."""
    directory: Path | None = settings.AUDIT_CHECKPOINT_DIR
    return directory / f"{table}.jsonl" if directory else None


def write() -> int:
    """Copy the hash of each committed entry that has no checkpoint yet, and return how many these were. A sweep.

    Processes may do so at once. What stands in the way of one ledger is logged and holds no other up: the next call
    makes it up. Does nothing where the settings name no directory.
    """
    written = 0
    for _, chain in chains():
        path = file_of(chain.table)
        if path is None:
            continue
        try:
            written += _write(chain.table, path)
        except (Unreadable, Discontinued) as problem:
            logger.error("%s", problem)
        except OSError as error:
            logger.error("The checkpoints of %s could not be written to %s: %s.", chain.table, path, error.strerror)
    return written


def _write(table: str, path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    with _locked(path, fcntl.LOCK_EX) as file:
        end = _end_of_whole_lines(file, path)
        if file.seek(0, os.SEEK_END) > end:
            file.truncate(end)
        written = 0
        try:
            with closing(_entries_after(_last(file, end, path), table)) as entries:
                for entry in entries:
                    file.write(json.dumps(vars(entry)).encode() + b"\n")
                    written += 1
        finally:
            file.flush()
            os.fsync(file.fileno())
        if end == 0:
            durable.sync(path.parent)  # its name, too, is on disk
        return written


def _entries_after(last: Checkpoint, table: str) -> Generator[Checkpoint, None, None]:
    """A checkpoint for each entry after this one. Raises Discontinued where the chain does not go on."""
    now = timezone.now().isoformat(timespec="seconds")
    # Durable, so that it is not inside a transaction whose entries may yet be rolled back.
    with transaction.atomic(durable=True), connection.chunked_cursor() as cursor:
        cursor.execute(
            f"SELECT sequence, previous_hash, hash FROM public.{table} WHERE sequence >= %s ORDER BY sequence",
            [last.sequence],
        )
        if last.sequence:
            head = cursor.fetchone()
            if head is None or (head[0], head[2]) != (last.sequence, last.hash):
                raise Discontinued(_discontinued(table, last))
        for sequence, previous_hash, entry_hash in cursor:
            if (sequence, previous_hash) != (last.sequence + 1, last.hash):
                raise Discontinued(_discontinued(table, last))
            last = Checkpoint(sequence, entry_hash, now)
            yield last


def _discontinued(table: str, last: Checkpoint) -> str:
    return f"{table} does not go on from the checkpoint of its entry {last.sequence}: run manage.py audit_verify."


def read(path: Path) -> Iterator[Checkpoint]:
    """The checkpoints that are in the file now, from the first on; none when there is no file.

    Raises Unreadable, at once or while they are gone through.
    """
    try:
        with _locked(path, fcntl.LOCK_SH) as file:
            end = _end_of_whole_lines(file, path)
    except FileNotFoundError:
        return iter(())
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}.") from error
    return _read(path, end)


def _read(path: Path, end: int) -> Iterator[Checkpoint]:
    # Without the lock, so that nobody waits to write: lines that are whole never change.
    with path.open("rb") as file:
        number = 0
        while file.tell() < end:
            number += 1
            yield _parsed(file.readline(LONGEST_LINE), path, number)


@contextmanager
def _locked(path: Path, lock: int) -> Iterator[BinaryIO]:
    """The file, held against those who write (LOCK_SH) or against everyone (LOCK_EX, made when it is not there)."""
    with path.open("a+b" if lock == fcntl.LOCK_EX else "rb") as file:
        fcntl.flock(file, lock)
        yield file


def _end_of_whole_lines(file: BinaryIO, path: Path) -> int:
    """Where the last whole line ends. Behind it there may be what a crash left of another."""
    size = file.seek(0, os.SEEK_END)
    start = file.seek(max(0, size - LONGEST_LINE))
    end = start + file.read().rfind(b"\n") + 1
    if end == start and start > 0:
        raise Unreadable(f"The last line of {path} is not the checkpoint of an entry.")
    return end


def _last(file: BinaryIO, end: int, path: Path) -> Checkpoint:
    """The last checkpoint of a file that ends there, or the one before all of them."""
    if end == 0:
        return Checkpoint(0, BEFORE_THE_FIRST, "")
    start = file.seek(max(0, end - LONGEST_LINE))
    return _parsed(file.read(end - start).splitlines(keepends=True)[-1], path)


def _parsed(line: bytes, path: Path, number: int | None = None) -> Checkpoint:
    """The checkpoint in a line, which has this number. Raises Unreadable."""
    try:
        found = json.loads(line)
        checkpoint = Checkpoint(**found)
        fits = (
            type(checkpoint.sequence) is int
            and checkpoint.sequence == (number or checkpoint.sequence)
            and re.fullmatch("[0-9a-f]{64}", checkpoint.hash)
            and isinstance(checkpoint.at, str)
            and line.endswith(b"\n")
        )
    except (ValueError, TypeError):
        fits = False
    if not fits:
        which, whose = (f"Line {number}", f"entry {number}") if number else ("The last line", "an entry")
        raise Unreadable(f"{which} of {path} is not the checkpoint of {whose}.")
    return checkpoint
