"""The audit ledger: only added to, numbered without gaps, each entry chained to the one before."""

from __future__ import annotations

import hashlib
import itertools
import json
import threading

import pytest
from django.db import IntegrityError, connection, transaction

from mesoinfo import audit
from mesoinfo.models import AuditEntry
from tests.conftest import a_user


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


@pytest.mark.django_db(transaction=True)
def test_people_writing_at_the_same_time_leave_no_fork_and_no_gap():
    def write() -> None:
        for _ in range(20):
            audit.record(None, "thing.done")
        connection.close()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    entries = list(AuditEntry.objects.order_by("sequence"))
    assert [entry.sequence for entry in entries] == list(range(1, 81))
    assert [e.previous_hash for e in entries[1:]] == [e.hash for e in entries[:-1]]
