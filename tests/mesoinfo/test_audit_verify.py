"""`manage.py audit_verify`: tampering with a ledger past its triggers is found out, and the first bad entry named."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys

import pytest
from django.core.management import CommandError, ManagementUtility, call_command
from django.db import connection

from mesoinfo import checkpoints, verifying
from mesoinfo.dev_environment import BASE_DIR
from mesoinfo.models import AuditEntry
from tests.browser.served import address_of
from tests.conftest import without_triggers

from .conftest import LEDGER, tamper, write_entries

SAYS = ["at", "actor_id", "action", "target_type", "target_id", "facts"]
# What an entry says, as the intruder can read it in the trigger.
TEXT = """jsonb_build_array(sequence, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
    actor_id, action, target_type, target_id, facts)::text"""


@pytest.fixture
def twenty(db, outside):
    """Twenty entries, each with its checkpoint."""
    write_entries(20)
    assert checkpoints.write() == 20


def verified() -> str:
    """What the command says when all is in order."""
    told = io.StringIO()
    call_command("audit_verify", stdout=told)
    return told.getvalue()


def found_broken() -> str:
    """What the command says, which has to end with a refusal."""
    told = io.StringIO()
    with pytest.raises(CommandError, match="Not in order"):
        call_command("audit_verify", stdout=told)
    return told.getvalue()


def write_anew(first: int) -> None:
    """Give an entry another action, and every entry from there on the hash that makes the chain whole again."""
    tamper(f"UPDATE {LEDGER} SET action = 'nothing.happened' WHERE sequence = {first}")
    previous = AuditEntry.objects.get(sequence=first - 1).hash if first > 1 else "0" * 64
    for sequence in range(first, AuditEntry.objects.latest("sequence").sequence + 1):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {TEXT} FROM {LEDGER} WHERE sequence = %s", [sequence])
            (text,) = cursor.fetchone()
        entry_hash = hashlib.sha256((previous + text).encode()).hexdigest()
        tamper(f"UPDATE {LEDGER} SET previous_hash = '{previous}', hash = '{entry_hash}' WHERE sequence = {sequence}")
        previous = entry_hash


def test_a_ledger_that_nobody_touched_is_in_order(twenty, checkpoint_file):
    write_entries(2)
    told = verified()
    assert "mesoinfo_auditentry: 22 entries unchanged and in place." in told
    last = AuditEntry.objects.get(sequence=20)
    assert f"Last checkpoint: entry 20, {json.loads(checkpoint_file.read_text().splitlines()[-1])['at']}" in told
    assert last.hash in told
    assert "2 entries after it could still be removed or written anew unnoticed." in told
    assert "caseintake_accessevent: no entries yet." in told
    assert "BROKEN" not in told


@pytest.mark.parametrize(
    "change",
    [
        "facts = '{\"number\": 99}'",
        "action = 'nothing.happened'",
        "target_id = '1'",
        "at = at - interval '1 day'",
        "hash = repeat('a', 64)",
    ],
)
def test_an_entry_that_was_changed_is_named(twenty, change):
    tamper(f"UPDATE {LEDGER} SET {change} WHERE sequence = 7")
    assert "BROKEN AT ENTRY 7. Entry 7 was changed or moved" in found_broken()


def test_an_entry_whose_writer_was_changed_is_named(twenty, writer):
    tamper(f"UPDATE {LEDGER} SET actor_id = {writer.pk} WHERE sequence = 7")
    assert "BROKEN AT ENTRY 7. Entry 7 was changed or moved" in found_broken()


def test_an_entry_that_was_changed_with_its_hash_is_named(twenty):
    """The chain itself breaks one further; the checkpoint knows which of the two was changed."""
    tamper(
        f"UPDATE {LEDGER} SET action = 'nothing.happened' WHERE sequence = 7",
        f"UPDATE {LEDGER} SET hash = encode(sha256(convert_to(previous_hash || {TEXT}, 'UTF8')), 'hex')"
        " WHERE sequence = 7",
    )
    assert "BROKEN AT ENTRY 7. Entry 7 is not the one that its checkpoint saw" in found_broken()


def test_an_entry_removed_from_the_middle_is_named(twenty):
    tamper(f"DELETE FROM {LEDGER} WHERE sequence = 7")
    assert "BROKEN AT ENTRY 7. Entry 7 is missing: entry 8 stands in its place." in found_broken()


def test_closing_the_gap_hides_nothing(twenty):
    tamper(
        f"DELETE FROM {LEDGER} WHERE sequence = 7",
        f"UPDATE {LEDGER} SET sequence = -sequence WHERE sequence > 7",
        f"UPDATE {LEDGER} SET sequence = -sequence - 1 WHERE sequence < 0",
    )
    assert "BROKEN AT ENTRY 7. Entry 7 does not continue the entry before it" in found_broken()


def test_an_entry_removed_from_the_beginning_is_named(twenty):
    tamper(f"DELETE FROM {LEDGER} WHERE sequence = 1")
    assert "BROKEN AT ENTRY 1. Entry 1 is missing: entry 2 stands in its place." in found_broken()


def test_entries_removed_from_the_end_are_named_by_the_checkpoints(twenty):
    tamper(f"DELETE FROM {LEDGER} WHERE sequence > 15")
    told = found_broken()
    assert "BROKEN AT ENTRY 16. Entry 16 is missing: the ledger ends before it" in told
    assert "there are checkpoints up to entry 20" in told


def test_entries_that_took_the_place_of_removed_ones_are_named(twenty):
    tamper(f"DELETE FROM {LEDGER} WHERE sequence > 15")
    write_entries(9)
    checkpoints.write()
    assert "BROKEN AT ENTRY 16. Entry 16 is not the one that its checkpoint saw" in found_broken()


def test_a_ledger_that_was_emptied_is_named(twenty):
    tamper(f"TRUNCATE {LEDGER}")
    assert "BROKEN AT ENTRY 1. Entry 1 is missing: the ledger ends before it" in found_broken()


@pytest.mark.parametrize(
    "swapped",
    [["sequence"], SAYS, [*SAYS, "previous_hash", "hash"], ["previous_hash"]],
    ids=["their numbers", "what they say", "all but their numbers", "what they follow"],
)
def test_of_two_entries_that_were_swapped_the_first_is_named(twenty, swapped):
    one, other = AuditEntry.objects.get(sequence=6), AuditEntry.objects.get(sequence=13)
    with without_triggers(LEDGER):
        # Out of the way: each number, and each hash, is there once.
        AuditEntry.objects.filter(pk=one.pk).update(sequence=0, hash="")
        AuditEntry.objects.filter(pk=other.pk).update(**{name: getattr(one, name) for name in swapped})
        as_it_was = {"sequence": one.sequence, "hash": one.hash}
        AuditEntry.objects.filter(pk=one.pk).update(**as_it_was | {name: getattr(other, name) for name in swapped})
    assert "BROKEN AT ENTRY 6. Entry 6" in found_broken()


@pytest.mark.parametrize("first", [1, 7, 20])
def test_where_a_ledger_was_written_anew_is_named_by_the_checkpoints(twenty, first):
    write_anew(first)
    assert f"BROKEN AT ENTRY {first}. Entry {first} is not the one that its checkpoint saw" in found_broken()


def test_without_a_checkpoint_nobody_notices_an_end_cut_off_or_a_chain_written_anew(db, outside):
    """The risk that remains, as decision 13 says: it is of the entries after the last checkpoint."""
    write_entries(10)
    checkpoints.write()
    write_entries(10)
    tamper(f"DELETE FROM {LEDGER} WHERE sequence > 15")
    write_anew(11)
    assert "5 entries after it could still be removed or written anew unnoticed." in verified()


@pytest.mark.parametrize("directory", [None, "one without checkpoints"])
def test_it_says_so_where_there_is_no_checkpoint(db, settings, tmp_path, directory):
    settings.AUDIT_CHECKPOINT_DIR = directory and tmp_path
    write_entries(3)
    write_anew(1)
    told = verified()
    assert ("AUDIT_CHECKPOINT_DIR is not set" if directory is None else "No checkpoint yet") in told
    assert "nobody would notice if entries were removed from the end, or all of them written anew" in told


def test_no_function_of_the_database_is_believed(twenty):
    """Somebody makes functions that say of every entry what they wish, and has the database find them first."""
    tamper(f"UPDATE {LEDGER} SET action = 'nothing.happened' WHERE sequence = 7")
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA made_up")
        cursor.execute(
            f"CREATE TABLE made_up.kept AS SELECT sequence, {TEXT.replace('action', chr(39) + 'thing.done' + chr(39))}"
            f" AS text FROM {LEDGER}"
        )
        cursor.execute(
            "CREATE FUNCTION made_up.jsonb_build_array(bigint, text, bigint, varchar, varchar, varchar, jsonb)"
            " RETURNS text LANGUAGE sql AS 'SELECT text FROM made_up.kept WHERE sequence = $1'"
        )
        cursor.execute("SET search_path = made_up, pg_catalog, public")
        cursor.execute(f"SELECT {TEXT} FROM {LEDGER} WHERE sequence = 7")
        assert "thing.done" in cursor.fetchone()[0]
    assert "BROKEN AT ENTRY 7. Entry 7 was changed or moved" in found_broken()


@pytest.mark.parametrize("trigger", ["append_only", "hash_chain"])
@pytest.mark.parametrize("done", ["ALTER TABLE {table} DISABLE TRIGGER {name}", "DROP TRIGGER {name} ON {table}"])
def test_a_trigger_that_does_not_keep_the_ledger_any_more_is_named(twenty, trigger, done):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE %s",
            [LEDGER, f"pgtrigger_{trigger}_%"],
        )
        ((name,),) = cursor.fetchall()
        cursor.execute(done.format(table=LEDGER, name=name))
    assert f"BROKEN: the trigger {trigger} is gone or switched off" in found_broken()


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        "{}",
        "[" * 300,
        '{"sequence": 9, "hash": "' + "0" * 64 + '", "at": "2026-11-02T10:00:00+00:00"}',
        '{"sequence": 5, "hash": "short", "at": "2026-11-02T10:00:00+00:00"}',
        '{"sequence": 5, "hash": 5, "at": 5}',
        "5" * 1000,
        "\x00\xff",
    ],
)
def test_checkpoints_that_are_garbled_are_told_in_a_sentence(twenty, checkpoint_file, line):
    lines = checkpoint_file.read_text().splitlines()
    lines[4] = line
    checkpoint_file.write_text("\n".join(lines) + "\n")
    told = found_broken()
    assert f"BROKEN: Line 5 of {checkpoint_file} is not the checkpoint of entry 5." in told
    assert "20 entries unchanged and in place" in told


def test_a_bad_entry_is_named_beside_garbled_checkpoints(twenty, checkpoint_file):
    tamper(f"UPDATE {LEDGER} SET action = 'nothing.happened' WHERE sequence = 7")
    checkpoint_file.write_text("nonsense\n")
    told = found_broken()
    assert "BROKEN AT ENTRY 7." in told
    assert "Line 1 of" in told


def test_checkpoints_that_cannot_be_read_are_told_in_a_sentence(twenty, checkpoint_file):
    checkpoint_file.unlink()
    checkpoint_file.mkdir()
    assert f"BROKEN: {checkpoint_file} cannot be read: Is a directory." in found_broken()


def test_every_chained_ledger_is_looked_at(db, outside):
    assert [line.split(":")[0] for line in verified().splitlines() if not line.startswith(" ")] == [
        "caseintake_accessevent",
        "mesoinfo_auditentry",
    ]


class Terminal(io.StringIO):
    """Where somebody watches."""

    def isatty(self) -> bool:
        return True


def test_it_says_how_far_it_is_on_a_terminal_and_nowhere_else(twenty, monkeypatch):
    monkeypatch.setattr(verifying, "EVERY", 5)
    terminal, file = Terminal(), io.StringIO()
    call_command("audit_verify", stdout=io.StringIO(), stderr=terminal)
    call_command("audit_verify", stdout=io.StringIO(), stderr=file)
    assert f"{LEDGER}: 15 entries" in terminal.getvalue()
    assert file.getvalue() == ""


def test_it_can_be_interrupted(twenty, monkeypatch):
    monkeypatch.setattr(verifying, "EVERY", 5)

    class ControlC(Terminal):
        def write(self, text: str) -> int:
            if "10 entries" in text:
                raise KeyboardInterrupt
            return len(text)

    with pytest.raises(CommandError, match="Nothing was changed: run it again") as stopped:
        call_command("audit_verify", stdout=io.StringIO(), stderr=ControlC())
    assert stopped.value.returncode == 130
    assert "20 entries unchanged" in verified()


def test_a_database_that_is_away_gets_a_sentence(database_away):
    with pytest.raises(CommandError, match="The database did not answer: the server closed"), database_away():
        call_command("audit_verify")


@pytest.mark.django_db(transaction=True)
def test_the_exit_code_says_it_to_a_script(outside, capsys):
    write_entries(3)
    ManagementUtility(["manage.py", "audit_verify"]).execute()
    tamper(f"DELETE FROM {LEDGER} WHERE sequence = 2")
    with pytest.raises(SystemExit) as ended:
        ManagementUtility(["manage.py", "audit_verify"]).execute()
    assert ended.value.code == 1
    told = capsys.readouterr()
    assert "BROKEN AT ENTRY 2" in told.out
    assert "docs/operating.md" in told.err


PEAK = """
import resource
import django
django.setup()
from django.core.management import call_command
call_command("audit_verify")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.whole
@pytest.mark.django_db(transaction=True)
def test_a_million_entries_need_no_more_memory_than_three(outside):
    def peak(entries: int) -> int:
        """What the command takes in megabytes, in a process of its own."""
        done = subprocess.run(
            [sys.executable, "-c", PEAK],
            cwd=BASE_DIR,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "mesoinfo.settings",
                "DATABASE_URL": address_of(connection.settings_dict),
                "AUDIT_CHECKPOINT_DIR": str(outside),
            },
            capture_output=True,
            text=True,
            check=True,
        )
        assert f"{LEDGER}: {entries:,} entries unchanged and in place." in done.stdout
        assert f"Last checkpoint: entry {entries}," in done.stdout
        return int(done.stdout.splitlines()[-1])

    write_entries(3)
    checkpoints.write()
    few = peak(3)
    write_chain(from_sequence=4, to_sequence=1_000_000)
    checkpoints.write()
    assert peak(1_000_000) < few + 20


def write_chain(*, from_sequence: int, to_sequence: int) -> None:
    """Entries as the trigger would chain them, but a hundred times faster."""
    previous = AuditEntry.objects.get(sequence=from_sequence - 1).hash
    at = "2026-11-02T10:00:00.000000"
    with without_triggers(LEDGER), connection.cursor() as cursor:
        for start in range(from_sequence, to_sequence + 1, 10_000):
            rows = io.StringIO()
            for sequence in range(start, min(start + 10_000, to_sequence + 1)):
                text = f'[{sequence}, "{at}", null, "thing.done", "", "", {{"number": {sequence}}}]'
                entry_hash = hashlib.sha256((previous + text).encode()).hexdigest()
                rows.write(f'{sequence}\t{at}Z\tthing.done\t\t\t{{"number": {sequence}}}\t{previous}\t{entry_hash}\n')
                previous = entry_hash
            rows.seek(0)
            columns = ["sequence", "at", "action", "target_type", "target_id", "facts", "previous_hash", "hash"]
            cursor.copy_from(rows, LEDGER, columns=columns)
