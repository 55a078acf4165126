"""Accepting a request: everything or nothing, on disk before it is acknowledged, sealed before it is written."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from caseintake import doors, repeats, spam, spool, urgency
from caseintake.accept import NotSaved, accept
from caseintake.models import (
    CaseEvent,
    ConsentEvent,
    DataKey,
    SealedPayload,
    State,
    Submission,
)
from caseintake.parcels import amendment_parcel, new_identity, request_parcel
from caseintake.private_code import new_code
from mesoinfo import vault
from mesoinfo.models import OutboxMessage
from mesoinfo.repeats import fingerprints
from tests.conftest import without_triggers

from .conftest import CANARIES, answers, new_request


def parcel_of(given):
    """The parcel of a new request with these answers."""
    parcel, _ = request_parcel(
        given, page="", suspicions=(), prints=[], identity=new_identity(), code=new_code(), now=timezone.now()
    )
    return parcel


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
    assert "intake_accept" in said
    for canary in (*CANARIES, "/mesothelioma/stage-4/", "parent", "no_reason", "morning"):
        assert canary not in said
        assert canary.encode().hex() not in said
        assert canary.encode("utf-16-le").hex() not in said


@pytest.mark.django_db(transaction=True)
def test_it_is_on_disk_before_it_is_acknowledged():
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        with transaction.atomic():
            cursor.execute("SELECT ref FROM intake_accept(%s, false)", [parcel_of(answers()).text])
            cursor.execute("SHOW synchronous_commit")
            assert cursor.fetchone() == ("on",)


@pytest.mark.django_db(transaction=True)
def test_a_failure_after_any_statement_leaves_nothing_behind_and_acknowledges_nothing(settings, tmp_path):
    given = answers()
    settings.SPOOL_DIR = a_file_in_the_way(tmp_path)
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
    # The time limit, then the one call that does it all.
    assert done == 2
    assert Submission.objects.get().ref == reference


def a_file_in_the_way(tmp_path):
    (tmp_path / "file").write_text("")
    return tmp_path / "file"


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
def test_a_commit_that_fails_is_acknowledged_from_the_spool_or_not_at_all(monkeypatch, settings, tmp_path):
    given = answers()

    def broken():
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as cut:
        cut.setattr(connection, "_commit", broken)
        reference = accept(given).reference
        assert [json.loads(path.read_text())["ref"] for path in spool.waiting()] == [reference]
        cut.setattr(settings, "SPOOL_DIR", a_file_in_the_way(tmp_path))
        with pytest.raises(NotSaved, match="spool"):
            accept(given)
    assert Submission.objects.count() == 0


def test_what_a_failing_database_says_is_not_passed_on(db, monkeypatch, settings, tmp_path, log):
    def broken(*args, **kwargs):
        raise OperationalError("Canarymessage in the error")

    settings.SPOOL_DIR = a_file_in_the_way(tmp_path)
    monkeypatch.setattr(doors, "accept", broken)
    with pytest.raises(NotSaved) as refusal:
        accept(answers())
    assert "Canary" not in f"{refusal.value} {log.getvalue()}"
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
    assert OutboxMessage.objects.filter(kind="case-received").count() == 1


# What the site says of a request, and what can be


@pytest.mark.parametrize("said", ["20000-01-01T00:00:00+00:00", "0044-03-15 BC", "-infinity", "infinity", "2001-01-01"])
def test_no_time_that_the_site_says_can_stop_the_desk_or_escape_an_erasure(db, reading_desk, said):
    for spooled in (False, True):
        sealed = json.loads(parcel_of(answers(message=f"Sent {spooled}")).text)
        assert doors.accept(json.dumps(sealed | {"received_at": said, "due_at": said}), spooled=spooled)
    now = timezone.now()
    for submission in Submission.objects.all():
        assert now - timedelta(days=367) < submission.received_at <= now
        assert submission.due_at is not None
        assert submission.received_at <= submission.due_at <= submission.received_at + timedelta(days=30)
    assert reading_desk.get(reverse("admin:caseintake_submission_changelist")).status_code == 200


def test_no_time_said_later_moves_what_is_due(sent):
    before = sent.submission
    for said in ("20000-01-01T00:00:00+00:00", "-infinity"):
        sealed = json.loads(amendment_parcel({"message": "More"}, code=sent.code, now=timezone.now()).text)
        changes = {"received_at": said, "due_at": said, "priority": 0, "priority_reasons": ["urgent"]}
        assert doors.amend(json.dumps(sealed | changes))
    assert before.received_at <= sent.submission.due_at <= before.due_at


def test_the_site_says_only_codes_that_the_desk_has_words_for(db, sent):
    known = [*urgency.RULES, *spam.SIGNALS]
    with connection.cursor() as cursor:
        cursor.execute("SELECT intake_codes(%s)", [json.dumps([*known, "Desk moved: call 555-0199", "", None, *known])])
        assert cursor.fetchone() == (known,)

    words = ["Call 555-0199 first", *(f"made-up-{number}" for number in range(100))]
    sealed = json.loads(parcel_of(answers(message="Forged")).text)
    assert doors.accept(json.dumps(sealed | {"priority_reasons": words, "suspicions": words}))
    forged = Submission.objects.get(ref=sealed["ref"])
    assert (forged.priority_reasons, forged.suspicions, forged.state) == (["unknown"], [], "queued")

    parcel = json.loads(amendment_parcel({"urgent": ["very_ill"]}, code=sent.code, now=timezone.now()).text)
    assert doors.amend(json.dumps(parcel | {"priority_reasons": [*words, "very-ill"]}))
    assert sent.submission.priority_reasons == ["very-ill", "time-limit-unknown"]


# Knowing a repeat


@pytest.mark.parametrize("other", [{"sender": "another browser"}, {"sender": "this one", "key": "k2"}])
def test_who_guesses_the_answers_of_somebody_else_gets_neither_their_reference_nor_a_code_to_it(db, other):
    theirs = accept(answers(), sender="this one" if "key" not in other else "a third", key="k1")
    guessed = accept(answers(), **other)
    assert not guessed.repeated and guessed.reference != theirs.reference
    assert doors.erase(guessed.code.lookup)
    assert Submission.objects.get(ref=theirs.reference).state == State.QUEUED


def test_the_same_browser_is_known_again_with_another_key_and_the_same_key_from_another_network(db):
    first = accept(answers(), sender="this one", key="k1").reference
    assert accept(answers(), sender="this one", key="k2").reference == first
    assert accept(answers(), sender="on the way home", key="k1").reference == first


def test_a_page_that_was_left_open_for_days_gives_no_code_to_what_was_sent_from_it(db):
    first = accept(answers(), key="k1")
    with connection.cursor() as cursor, without_triggers("caseintake_submission"):
        cursor.execute("UPDATE caseintake_submission SET received_at = received_at - interval '2 days'")
    again = accept(answers(), key="k1")
    assert not again.repeated and again.reference != first.reference


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
