"""Looking whether a ledger is as it was written: every entry unchanged, in its place, and the one the checkpoint saw.

Nothing that is kept in the database and could be changed there is believed: neither the trigger functions nor the
stored hashes. PostgreSQL's own functions, named with their schema so that no other stands in for them, render what an
entry says as text; Python makes the hash of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import connection, models, transaction

from mesoinfo import checkpoints
from mesoinfo.checkpoints import Checkpoint
from mesoinfo.ledger import BEFORE_THE_FIRST, HashChain

EVERY = 10_000  # entries between two words on how far it is


@dataclass(frozen=True)
class Report:
    """What was found in one ledger.

    `entries` counts those in order up to the first bad one, `last` is the last checkpoint compared with one of them.
    `fault` is a sentence on what is wrong with the next one, if there is a bad one, and `damage` one on why the
    checkpoints could not be read to their end. `idle` names the triggers that should keep the ledger and do not.
    """

    table: str
    entries: int
    last: Checkpoint | None
    fault: str
    damage: str
    idle: tuple[str, ...]

    @property
    def first_bad(self) -> int | None:
        """The sequence of the first bad entry."""
        return self.entries + 1 if self.fault else None

    @property
    def in_order(self) -> bool:
        return not (self.fault or self.damage or self.idle)


class _Seen:
    """The checkpoints of a ledger, one after the other. Where they cannot be read they end, and `damage` says why."""

    def __init__(self, table: str) -> None:
        self.damage = ""
        self._rest: Iterator[Checkpoint] = iter(())
        try:
            if path := checkpoints.file_of(table):
                self._rest = checkpoints.read(path)
        except checkpoints.Unreadable as problem:
            self.damage = str(problem)

    def next(self) -> Checkpoint | None:
        try:
            return next(self._rest, None)
        except checkpoints.Unreadable as problem:
            self.damage = str(problem)
            return None


def verify(model: type[models.Model], chain: HashChain, *, tell: Callable[[str, int], None]) -> Report:
    """Go through a ledger from its first entry on, up to the first bad one. Reads only, a few thousand rows at a time.

    `tell` is called every now and then with the name of the table and the number of entries gone through.
    """
    # Before the entries: what has a checkpoint now was committed before.
    seen = _Seen(chain.table)
    entries, last, previous, fault = 0, None, BEFORE_THE_FIRST, ""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(_entries_of(chain))
        for sequence, text, previous_hash, entry_hash in cursor:
            checkpoint = seen.next()
            fault = _fault(entries + 1, sequence, text, previous, previous_hash, entry_hash, checkpoint)
            if fault:
                break
            entries, previous, last = entries + 1, entry_hash, checkpoint or last
            if entries % EVERY == 0:
                tell(chain.table, entries)
        else:
            fault = _missing_at_the_end(entries, seen)
    return Report(
        table=chain.table,
        entries=entries,
        last=last,
        fault=fault,
        damage=seen.damage,
        idle=tuple(_idle_triggers(model, chain)),
    )


def _entries_of(chain: HashChain) -> str:
    """SQL for number, text, previous hash and hash of each entry, written apart from the trigger's own on purpose."""
    columns = ", ".join(f'"{column}"' for column in chain.covers)
    return f"""
        SELECT sequence,
               pg_catalog.jsonb_build_array(
                   sequence,
                   pg_catalog.to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
                   {columns}
               )::pg_catalog.text,
               previous_hash,
               hash
        FROM public.{chain.table} ORDER BY sequence
    """


def _fault(
    place: int,
    sequence: int,
    text: str,
    previous: str,
    previous_hash: str,
    entry_hash: str,
    checkpoint: Checkpoint | None,
) -> str:
    """What is wrong with the entry in this place, as a sentence; empty when nothing is."""
    if sequence != place:
        return f"Entry {place} is missing: entry {sequence} stands in its place."
    if previous_hash != previous:
        return f"Entry {place} does not continue the entry before it: one of the two was changed or moved."
    if hashlib.sha256((previous + text).encode()).hexdigest() != entry_hash:
        return f"Entry {place} was changed or moved: what it says does not give its hash."
    if checkpoint and checkpoint.hash != entry_hash:
        return (
            f"Entry {place} is not the one that its checkpoint saw ({checkpoint.at}): it was written anew, "
            "with its hash, or removed, and another has its number."
        )
    return ""


def _missing_at_the_end(entries: int, seen: _Seen) -> str:
    """A sentence when there are checkpoints of entries after the last one."""
    further = None
    while checkpoint := seen.next():
        further = checkpoint
    if further is None:
        return ""
    return (
        f"Entry {entries + 1} is missing: the ledger ends before it, and there are checkpoints "
        f"up to entry {further.sequence} ({further.at})."
    )


def _idle_triggers(model: type[models.Model], chain: HashChain) -> Iterator[str]:
    """Names of the triggers of this ledger that are gone or switched off."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_catalog.pg_trigger WHERE tgenabled IN ('O', 'A')"
            " AND tgrelid = pg_catalog.to_regclass(%s)",
            [f"public.{chain.table}"],
        )
        at_work = {name for (name,) in cursor.fetchall()}
    for trigger in model._meta.triggers:  # type: ignore[attr-defined]  # pgtrigger adds them
        if trigger.get_pgid(model) not in at_work:
            yield trigger.name
