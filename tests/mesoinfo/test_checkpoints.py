"""Checkpoints: the hash of every committed entry, in a file that nobody who has the database can write to."""

from __future__ import annotations

import json
import stat
from contextlib import suppress

import pytest
from django.db import transaction

from articles.publishing.publish import publish
from mesoinfo import audit, checkpoints
from mesoinfo.models import AuditEntry
from mesoinfo.schedule import SWEEPS

from .conftest import LEDGER, tamper, write_entries


def sequences(path) -> list[int]:
    return [checkpoint.sequence for checkpoint in checkpoints.read(path)]


def test_each_entry_has_its_line(db, checkpoint_file):
    write_entries(3)
    assert checkpoints.write() == 3
    lines = [json.loads(line) for line in checkpoint_file.read_text().splitlines()]
    assert [(line["sequence"], line["hash"]) for line in lines] == list(
        AuditEntry.objects.order_by("sequence").values_list("sequence", "hash")
    )
    assert lines[0]["at"].endswith("+00:00")


def test_a_sweep_adds_what_is_new_and_nothing_twice(db, checkpoint_file):
    write_entries(2)
    checkpoints.write()
    before = checkpoint_file.read_bytes()
    assert checkpoints.write() == 0
    write_entries(2)
    assert checkpoints.write() == 2
    assert checkpoint_file.read_bytes().startswith(before)
    assert sequences(checkpoint_file) == [1, 2, 3, 4]


def test_the_worker_sweeps():
    assert "mesoinfo.checkpoints.write" in SWEEPS.values()


@pytest.mark.whole
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("action", ["revision.approved", "page.published", "page.taken_down"])
def test_a_deciding_step_has_its_checkpoint_at_once(checkpoint_file, action):
    write_entries(2)
    assert not checkpoint_file.exists()
    audit.record(None, action)
    assert sequences(checkpoint_file) == [1, 2, 3]


@pytest.mark.django_db(transaction=True)
def test_approving_and_publishing_a_page_are_such_steps(checkpoint_file, approved, publisher):
    def newest() -> str:
        return AuditEntry.objects.get(sequence=sequences(checkpoint_file)[-1]).action

    assert newest() == "block.signed"  # in one transaction with the approval
    publish(approved, by=publisher)
    assert newest() == "page.published"


@pytest.mark.django_db(transaction=True)
def test_no_checkpoint_names_an_entry_that_was_rolled_back(checkpoint_file):
    write_entries(2)
    with suppress(ZeroDivisionError), transaction.atomic():
        audit.record(None, "page.published")
        raise ZeroDivisionError
    with transaction.atomic():
        with suppress(ZeroDivisionError), transaction.atomic():
            audit.record(None, "page.published")
            raise ZeroDivisionError
        audit.record(None, "page.moved")
        assert not checkpoint_file.exists()
    assert sequences(checkpoint_file) == [1, 2, 3]
    assert AuditEntry.objects.get(sequence=3).action == "page.moved"


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_none_is_written(checkpoint_file):
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        write_entries(1)
        checkpoints.write()
    assert sequences(checkpoint_file) == []


@pytest.mark.django_db(transaction=True)
def test_a_step_stands_when_its_checkpoint_cannot_be_written(settings, tmp_path, checkpoint_file, log):
    usual = settings.AUDIT_CHECKPOINT_DIR
    (tmp_path / "a file").touch()
    settings.AUDIT_CHECKPOINT_DIR = tmp_path / "a file" / "checkpoints"
    audit.record(None, "page.published")
    assert AuditEntry.objects.filter(action="page.published").exists()
    told = log.getvalue()
    assert f"The checkpoints of mesoinfo_auditentry could not be written to {tmp_path}/a file" in told
    assert "Not a directory." in told
    assert "Traceback" not in told
    settings.AUDIT_CHECKPOINT_DIR = usual
    checkpoints.write()
    assert sequences(checkpoint_file) == [1]


def test_what_a_crash_left_of_a_line_is_not_read_and_then_mended(db, checkpoint_file):
    write_entries(3)
    checkpoints.write()
    whole = checkpoint_file.read_bytes()
    checkpoint_file.write_bytes(whole[:-30])
    assert sequences(checkpoint_file) == [1, 2]
    assert checkpoints.write() == 1
    assert sequences(checkpoint_file) == [1, 2, 3]


def test_a_first_line_that_a_crash_cut_short_is_mended_too(db, checkpoint_file):
    write_entries(3)
    checkpoints.write()
    checkpoint_file.write_bytes(checkpoint_file.read_bytes()[:20])
    assert checkpoints.write() == 3
    assert sequences(checkpoint_file) == [1, 2, 3]


def test_a_reader_sees_the_file_as_it_was_when_they_began(db, checkpoint_file):
    write_entries(2)
    checkpoints.write()
    begun = checkpoints.read(checkpoint_file)
    write_entries(2)
    checkpoints.write()
    assert [checkpoint.sequence for checkpoint in begun] == [1, 2]


@pytest.mark.parametrize("end", ["nonsense\n", "x" * 1000])
def test_nothing_is_added_to_a_file_that_is_garbled(db, checkpoint_file, log, end):
    write_entries(2)
    checkpoints.write()
    checkpoint_file.write_text(checkpoint_file.read_text() + end)
    before = checkpoint_file.read_bytes()
    write_entries(1)
    assert checkpoints.write() == 0
    assert checkpoint_file.read_bytes() == before
    assert f"The last line of {checkpoint_file} is not the checkpoint of an entry." in log.getvalue()


def test_the_sweep_itself_notices_a_ledger_that_does_not_go_on_from_its_checkpoint(db, checkpoint_file, log):
    write_entries(5)
    checkpoints.write()
    before = checkpoint_file.read_bytes()
    tamper(f"DELETE FROM {LEDGER} WHERE sequence > 3")
    write_entries(4)
    assert checkpoints.write() == 0
    assert checkpoint_file.read_bytes() == before
    assert "mesoinfo_auditentry does not go on from the checkpoint of its entry 5: run manage.py audit_verify." in (
        log.getvalue()
    )


def test_after_a_restore_the_file_is_set_aside_and_the_next_sweep_begins_a_new_one(db, checkpoint_file):
    write_entries(5)
    checkpoints.write()
    tamper(f"DELETE FROM {LEDGER} WHERE sequence > 3")
    checkpoint_file.rename(checkpoint_file.with_suffix(".until-the-restore"))
    write_entries(1)
    assert checkpoints.write() == 4
    assert sequences(checkpoint_file) == [1, 2, 3, 4]


def test_a_gap_gets_no_checkpoint(db, checkpoint_file, log):
    write_entries(5)
    tamper(f"DELETE FROM {LEDGER} WHERE sequence = 4")
    checkpoints.write()
    assert sequences(checkpoint_file) == [1, 2, 3]
    assert "does not go on from the checkpoint of its entry 3" in log.getvalue()


def test_no_word_of_an_entry_leaves_the_database(db, checkpoint_file):
    audit.record(None, "thing.done", witness="Canaryname")
    checkpoints.write()
    assert "Canaryname" not in checkpoint_file.read_text()
    assert set(json.loads(checkpoint_file.read_text())) == {"sequence", "hash", "at"}


def test_others_cannot_write_to_the_file(db, checkpoint_file):
    write_entries(1)
    checkpoints.write()
    assert not checkpoint_file.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH)
