"""Triggers that make a table a ledger: rows are added, never changed, and each carries a hash of the one before."""

from __future__ import annotations

from collections.abc import Sequence

import pgtrigger


def append_only(*, message: str) -> pgtrigger.Trigger:
    """Refuse UPDATE and DELETE on the table, whoever asks and however. `message` is the sentence they get."""
    return pgtrigger.Trigger(
        name="append_only",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=refusal(message),
    )


def refusal(message: str) -> str:
    """The body of a trigger that refuses with this sentence, as a broken constraint (Django: IntegrityError)."""
    return f"RAISE EXCEPTION '{sql_text(message)}' USING ERRCODE = 'integrity_constraint_violation';"


def sql_text(sentence: str) -> str:
    """A sentence made fit for a quoted RAISE EXCEPTION format."""
    return sentence.replace("'", "''").replace("%", "%%")


def hash_chain(*, table: str, covers: Sequence[str]) -> pgtrigger.Trigger:
    """Number each new row of `table` without gaps and chain it to the row before it.

    Fills `sequence` (1, 2, 3…), `at` (the database's clock), `previous_hash` and `hash`, whatever the
    writer gave. `hash` is the SHA-256, in hexadecimal, of the previous hash and the JSON array of
    sequence, time and the columns in `covers`. The advisory lock is held to the end of the
    transaction, so write to a ledger last.
    """
    columns = ", ".join(f'NEW."{column}"' for column in covers)
    return pgtrigger.Trigger(
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
