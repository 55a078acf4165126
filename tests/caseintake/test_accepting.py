"""Accepting a request: everything or nothing, on disk before it is acknowledged, sealed before it is written."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from caseintake import repeats
from caseintake.accept import NotSaved, accept
from caseintake.models import (
    CaseEvent,
    ConsentEvent,
    DataKey,
    SealedPayload,
    State,
    Submission,
)
from mesoinfo import vault
from mesoinfo.models import OutboxMessage
from mesoinfo.repeats import fingerprints

from .conftest import CANARIES, answers, new_request

TABLES = (Submission, SealedPayload, DataKey, ConsentEvent, CaseEvent, OutboxMessage)


def rows():
    return {model.__name__: model.objects.count() for model in TABLES}


def test_what_was_sent_can_be_opened_with_the_desk_key_and_no_other(db, desk_key):
    submission = new_request()
    payload = submission.payloads.get()
    opened = json.loads(vault.open_sealed(payload.sealed, place=payload.place, key=desk_key))
    assert opened["answers"] == answers()
    assert opened["page"] == "/mesothelioma/stage-4/"
    with pytest.raises(vault.VaultRefused):
        vault.open_sealed(payload.sealed, place=payload.place, key=vault.generate())


def test_two_requests_cannot_be_swapped(db, desk_key):
    one, two = new_request(), new_request(message="Another person.")
    with pytest.raises(vault.VaultRefused, match="moved"):
        vault.open_sealed(one.payloads.get().sealed, place=two.payloads.get().place, key=desk_key)


def test_only_ciphertext_reaches_the_database(db):
    given = answers()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        accept(given, page="/mesothelioma/stage-4/")
    said = "\n".join(query["sql"] for query in queries)
    assert "caseintake_sealedpayload" in said
    for canary in (*CANARIES, "/mesothelioma/stage-4/", "parent", "no_reason", "morning"):
        assert canary not in said
        assert canary.encode().hex() not in said
        assert canary.encode("utf-16-le").hex() not in said


def test_it_is_on_disk_before_it_is_acknowledged(db):
    with CaptureQueriesContext(connection) as queries:
        accept(answers())
    statements = [query["sql"] for query in queries]
    durable = next(i for i, sql in enumerate(statements) if "synchronous_commit = on" in sql)
    first_write = next(i for i, sql in enumerate(statements) if sql.startswith("INSERT"))
    assert durable < first_write


@pytest.mark.django_db(transaction=True)
def test_a_failure_after_any_statement_leaves_nothing_behind():
    given = answers()
    before = rows()
    done = 0
    reference = None
    while reference is None:
        try:
            with connection.execute_wrapper(failing_after(done)):
                reference = accept(given).reference
        except NotSaved:
            assert rows() == before
            done += 1
    # Locks, look back, seven inserts, an update…: each of them was made to fail once.
    assert done > 12
    assert Submission.objects.get().ref == reference


def failing_after(allowed):
    """Let this many statements through, then break as a lost connection does."""
    count = 0

    def execute(run, sql, params, many, context):
        nonlocal count
        count += 1
        if count > allowed:
            raise OperationalError("server closed the connection unexpectedly")
        return run(sql, params, many, context)

    return execute


@pytest.mark.django_db(transaction=True)
def test_a_commit_that_fails_is_not_acknowledged(monkeypatch):
    given = answers()

    def broken():
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as cut:
        cut.setattr(connection, "_commit", broken)
        with pytest.raises(NotSaved):
            accept(given)
    assert Submission.objects.count() == 0


def test_what_a_failing_database_says_is_not_passed_on(db, monkeypatch):
    def broken(*args, **kwargs):
        raise OperationalError("Canarymessage in the error")

    monkeypatch.setattr(OutboxMessage.objects, "create", broken)
    with pytest.raises(NotSaved) as refusal:
        accept(answers())
    assert "Canary" not in str(refusal.value)
    assert refusal.value.__cause__ is None


@pytest.mark.django_db(transaction=True)
def test_many_identical_requests_at_once_make_one(transactional_db):
    given = answers()

    def once(_):
        try:
            return accept(given).reference
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        references = set(pool.map(once, range(12)))
    assert {Submission.objects.get().ref} == references
    assert OutboxMessage.objects.count() == 1


# Knowing a repeat


def test_nothing_readable_is_kept_to_know_a_repeat(db, keys):
    submission = new_request()
    assert len(submission.fingerprint) == 32
    (key,) = (keys / "repeats").glob("*.key")
    assert key.stat().st_mode & 0o077 == 0
    assert len(key.read_bytes()) == 32


def test_the_fingerprint_means_nothing_without_its_key(db, keys):
    now = timezone.now()
    first = fingerprints({"a": "b"}, now)
    for key in (keys / "repeats").iterdir():
        key.unlink()
    assert fingerprints({"a": "b"}, now) != first


def test_a_repeat_is_known_across_midnight(db):
    before = datetime(2026, 11, 23, 23, 55, tzinfo=UTC)
    after = before + timedelta(minutes=10)
    (stored,) = fingerprints({"a": "b"}, before)
    looked_for = fingerprints({"a": "b"}, after)
    assert stored in looked_for
    assert looked_for[0] != stored


def test_keys_and_fingerprints_are_gone_after_a_day(db, keys, monkeypatch):
    submission = new_request()
    fingerprints({}, timezone.now() - timedelta(days=3))
    assert repeats.forget_old() == 0
    later = timezone.now() + timedelta(days=2)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert repeats.forget_old() == 1
    submission.refresh_from_db()
    assert submission.fingerprint is None
    assert list((keys / "repeats").iterdir()) == []


def test_a_doubtful_request_goes_to_quarantine_with_the_same_care(db):
    submission = new_request(suspicions=("hidden-field-filled",))
    assert submission.state == State.QUARANTINED
    assert re.match("CR-", submission.ref)
    assert submission.payloads.count() == submission.consents.count() == 1
