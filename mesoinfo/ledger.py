"""Triggers that make a table a ledger: rows are added, never changed, and each carries a hash of the one before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import models

BEFORE_THE_FIRST = "0" * 64  # what the first entry has for the hash of the one before it


def append_only(*, message: str) -> pgtrigger.Trigger:
    """Refuse UPDATE and DELETE on the table, whoever asks and however. `message` is the sentence they get."""
    return pgtrigger.Trigger(
        name="append_only",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=refusal(message),
    )


# The day as Python has it, whatever time zone a session is set to.
TODAY = "(now() AT TIME ZONE 'UTC')::date"


def refusal(message: str) -> str:
    """The body of a trigger that refuses with this sentence, as a broken constraint (Django: IntegrityError)."""
    return f"RAISE EXCEPTION '{sql_text(message)}' USING ERRCODE = 'integrity_constraint_violation';"


def sql_text(sentence: str) -> str:
    """A sentence made fit for a quoted RAISE EXCEPTION format."""
    return sentence.replace("'", "''").replace("%", "%%")


class HashChain(pgtrigger.Trigger):
    """Number each new row of `table` without gaps and chain it to the row before it.

    Fills `sequence` (1, 2, 3…), `at` (the database's clock), `previous_hash` and `hash`, whatever the
    writer gave. `hash` is the SHA-256, in hexadecimal, of the previous hash and the JSON array of
    sequence, time and the columns in `covers`. The advisory lock is held to the end of the
    transaction, so write to a ledger last. `mesoinfo.verifying` looks whether it all still holds.
    """

    def __init__(self, *, table: str, covers: Sequence[str]) -> None:
        self.table = table
        self.covers = covers
        columns = ", ".join(f'NEW."{column}"' for column in covers)
        super().__init__(
            name="hash_chain",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            declare=[("head", "RECORD")],
            func=f"""
            PERFORM pg_advisory_xact_lock(hashtext('{table}'));
            SELECT sequence, hash INTO head FROM {table} ORDER BY sequence DESC LIMIT 1;
            NEW.sequence := COALESCE(head.sequence, 0) + 1;
            NEW.previous_hash := COALESCE(head.hash, repeat('0', 64));
            NEW.at := clock_timestamp();
            NEW.hash := encode(sha256(convert_to(
                NEW.previous_hash || jsonb_build_array(
                    NEW.sequence,
                    to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
                    {columns}
                )::text,
                'UTF8')), 'hex');
            RETURN NEW;
        """,
        )


def chains() -> list[tuple[type[models.Model], HashChain]]:
    """Every ledger whose entries are chained, with its trigger, by the names of their tables."""
    found: list[Any] = [
        (model, trigger)
        for model in apps.get_models()
        for trigger in getattr(model._meta, "triggers", [])
        if isinstance(trigger, HashChain)
    ]
    return sorted(found, key=lambda pair: pair[1].table)
