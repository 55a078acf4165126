"""The audit ledger: only added to, numbered without gaps, each entry chained to the one before."""

from __future__ import annotations

import hashlib
import itertools
import json
import random
import threading
from collections import Counter
from contextlib import suppress

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from mesoinfo import audit, checkpoints
from mesoinfo.models import AuditEntry
from tests.conftest import a_user
from tests.size import SIZE


def test_entries_are_numbered_and_chained(db):
    user = a_user()
    for number in range(3):
        audit.record(user, "thing.done", user, number=number)
    entries = list(AuditEntry.objects.order_by("sequence"))
    assert [entry.sequence for entry in entries] == list(range(1, len(entries) + 1))
    for before, entry in itertools.pairwise(entries):
        assert entry.previous_hash == before.hash


def test_the_hash_can_be_checked_by_anyone(db):
    audit.record(None, "thing.done", reason="because")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT previous_hash || jsonb_build_array(sequence, to_char(at AT TIME ZONE 'UTC',"
            " 'YYYY-MM-DD\"T\"HH24:MI:SS.US'), actor_id, action, target_type, target_id, facts)::text, hash"
            " FROM mesoinfo_auditentry"
        )
        ((text, kept),) = cursor.fetchall()
    assert hashlib.sha256(text.encode()).hexdigest() == kept
    assert json.loads(text[64:])[3] == "thing.done"


def test_the_writer_cannot_choose_number_time_or_hash(db):
    entry = AuditEntry.objects.create(action="forged", sequence=99, hash="f" * 64, previous_hash="e" * 64)
    entry.refresh_from_db()
    assert entry.sequence == 1
    assert entry.previous_hash == "0" * 64
    assert entry.hash != "f" * 64


def test_a_bulk_insert_is_chained_too(db):
    AuditEntry.objects.bulk_create([AuditEntry(action="one"), AuditEntry(action="two")])
    one, two = AuditEntry.objects.order_by("sequence")
    assert two.previous_hash == one.hash


@pytest.mark.parametrize("sql", ["UPDATE mesoinfo_auditentry SET action = 'x'", "DELETE FROM mesoinfo_auditentry"])
def test_entries_are_never_changed(db, sql):
    audit.record(None, "thing.done")
    with (
        pytest.raises(IntegrityError, match="only ever added to"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_an_entry_names_its_action(db):
    with pytest.raises(IntegrityError, match="an_audit_entry_names_its_action"), transaction.atomic():
        AuditEntry.objects.bulk_create([AuditEntry(action="")])


@pytest.mark.proof
@pytest.mark.django_db(transaction=True)
def test_people_writing_at_the_same_time_leave_no_fork_and_no_gap(checkpoint_file):
    """Two writers with connections of their own, some of whose steps are rolled back, and checkpoints meanwhile."""
    each = 1000 * SIZE or 50

    def write(seed: int) -> None:
        chance = random.Random(seed)
        written = 0
        while written < each:
            together = min(chance.randint(1, 3), each - written)
            with suppress(ZeroDivisionError), transaction.atomic():
                for _ in range(together):
                    audit.record(None, "thing.done", writer=seed)
                if chance.random() < 0.1:
                    raise ZeroDivisionError
                written += together
            if chance.random() < 0.1:
                checkpoints.write()
        connection.close()

    threads = [threading.Thread(target=write, args=(seed,)) for seed in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    checkpoints.write()
    entries = list(AuditEntry.objects.order_by("sequence"))
    assert [entry.sequence for entry in entries] == list(range(1, 2 * each + 1))
    assert [entry.previous_hash for entry in entries[1:]] == [entry.hash for entry in entries[:-1]]
    assert Counter(entry.facts["writer"] for entry in entries) == {1: each, 2: each}
    assert [checkpoint.hash for checkpoint in checkpoints.read(checkpoint_file)] == [entry.hash for entry in entries]
    call_command("audit_verify")
