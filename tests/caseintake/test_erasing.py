"""Erasure: what a person erased stays erased, on the desk and after an earlier backup is restored."""

from __future__ import annotations

import io
import json
import uuid
from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.checks import Error, run_checks
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from caseintake import doors, erasing, reading, triage
from caseintake.accept import accept
from caseintake.models import (
    AccessEvent,
    CaseEvent,
    Channel,
    ContactResult,
    DataKey,
    Erasure,
    Outcome,
    PersonCopy,
    Purpose,
    State,
    Submission,
)
from caseintake.private_code import PrivateCode, new_code
from mesoinfo.checks import BEFORE_WORK
from mesoinfo.health import readyz
from mesoinfo.models import AuditEntry
from mesoinfo.schedule import SWEEPS
from tests.in_its_role import in_the_role_that_answers

from .conftest import CANARIES, answers
from .test_desk import LISTS, address, press, read, sign_in, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ledger(settings, tmp_path) -> Path:
    """Where the erasure ledger of this test is to be."""
    settings.AUDIT_CHECKPOINT_DIR = tmp_path / "outside"
    return settings.AUDIT_CHECKPOINT_DIR / erasing.NAME


def sent(message: str = "Canarymessage") -> tuple[Submission, PrivateCode]:
    accepted = accept(answers(message=message))
    return Submission.objects.get(ref=accepted.reference), accepted.code


def erased(message: str = "Canarymessage") -> Submission:
    submission, code = sent(message)
    assert doors.erase(code.lookup)
    submission.refresh_from_db()
    return submission


def written_by_hand(path: Path, *requests: uuid.UUID) -> None:
    """A ledger that lists these, as one of a database that was there before a restore does."""
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(line(one, at=timezone.now()) for one in requests))


def line(request: uuid.UUID, *, at: datetime) -> str:
    return json.dumps({"request": str(request), "at": at.isoformat()}) + "\n"


def replayed() -> str:
    """What the command says, run with the rights of the desk."""
    told = io.StringIO()
    with in_the_role_that_answers("/admin/"):
        call_command("replay_erasures", yes=True, stdout=told)
    return told.getvalue()


# At once


def test_nothing_that_opens_it_is_left(claimed):
    submission = erased()
    assert submission.state == State.DISPOSED
    assert not DataKey.objects.filter(payload__submission=submission).exists()
    assert not PersonCopy.objects.filter(submission=submission).exists()
    assert submission.payloads.count() == 1, "the ciphertext, which nobody can open"
    assert DataKey.objects.filter(payload__submission=claimed).exists()


def test_pressed_twice_it_is_done_once():
    submission, code = sent()
    assert doors.erase(code.lookup)
    assert doors.erase(code.lookup) is None
    with connection.cursor() as cursor:  # as for the second of two at once, which has found it already
        cursor.execute("SELECT intake_destroy(%s, 'person')", [submission.pk])
    assert CaseEvent.objects.filter(submission=submission, to_state=State.DISPOSED).count() == 1


def test_its_code_shows_what_a_wrong_code_shows(client, site):
    _, code = sent()
    doors.erase(code.lookup)
    url = reverse("my_request")

    def shown(code: PrivateCode) -> tuple[int, str]:
        answer = client.post(url, {"code": str(code)})
        return answer.status_code, answer.content.decode().replace(str(code), "CODE")

    assert shown(code) == shown(new_code())


def test_what_their_words_made_us_think_goes_too():
    submission = erased("I want to end it all.")
    assert (submission.priority, submission.priority_reasons, submission.suspicions) == (4, ["erased"], [])


# The desk


def test_nobody_opens_it_and_the_try_is_on_record(claimed, advocate, lead):
    submission = erased("Another one")
    for user in (advocate, lead):
        with pytest.raises(
            reading.ReadingRefused, match=r"The person erased this request on .* Eastern time\. Nobody can open"
        ):
            reading.open_case(submission, by=user, purpose=Purpose.REVIEW)
    assert [event.result for event in AccessEvent.objects.all()] == ["refused", "refused"]


def test_an_advocate_who_had_it_reads_that_the_person_erased_it(reading_desk, advocate):
    submission, code = sent()
    triage.claim(submission, by=advocate)
    triage.add_note(submission, "Canarynote", by=advocate)
    triage.log_contact(submission, by=advocate, channel=Channel.CALL, result=ContactResult.NO_ANSWER)
    connection.check_constraints()  # as each of these does at its commit
    doors.erase(code.lookup)
    page = text_of(reading_desk.get(address("change", submission.ref)))
    assert "The person erased this request on" in page
    assert "Nobody can open it any more." in page
    assert "What the person sent was erased" in page
    assert "Open the request" not in page and "<textarea" not in page
    answer = read(reading_desk, submission)
    assert answer.status_code == 403
    assert not [canary for canary in (*CANARIES, "Canarynote") if canary in text_of(answer)]


def test_lists_and_finding_go_on(client, lead, claimed):
    submission = erased("Another one")
    sign_in(client, lead)
    for name in LISTS:
        page = text_of(client.get(address(name)))
        assert submission.ref not in page
    found = client.post(address("find"), {"reference": submission.ref}, follow=True)
    assert found.status_code == 200
    assert "The person erased this request on" in text_of(found)
    assert client.get(reverse("admin:index")).status_code == 200


STEPS = [
    ("claim", {}),
    ("note", {"text": "Canarynote"}),
    ("contact", {"channel": "call", "result": "reached"}),
    ("wait", {"until": "2030-01-31"}),
    ("hand-over", {"to": "queue", "reason": "away"}),
    ("close", {"outcome": "test"}),
    ("reopen", {"reason": "mistake"}),
    ("release", {}),
    ("not-a-person", {}),
    ("withdrawal", {"kind": "use_to_reply", "told_by": "call", "sure": "yes"}),
]


@pytest.mark.parametrize(("step", "fields"), STEPS)
def test_no_step_is_taken_any_more(client, lead, step, fields):
    submission = erased()
    sign_in(client, lead)
    answer = press(client, submission, step, **fields)
    assert answer.status_code in (403, 409)
    assert "The person erased" in text_of(answer)
    submission.refresh_from_db()
    assert submission.state == State.DISPOSED


def test_a_note_typed_meanwhile_can_be_copied(reading_desk, advocate):
    submission, code = sent()
    triage.claim(submission, by=advocate)
    seen = triage.Screen.of(submission)
    doors.erase(code.lookup)
    answer = press(reading_desk, submission, "note", seen=seen, text="My typed note")
    assert answer.status_code == 409
    page = text_of(answer)
    assert "This case changed while you had it open." in page
    assert "What the person sent was erased" in page
    assert "My typed note</textarea>" in page


# The ledger


def test_each_erasure_is_listed_with_its_request_and_time_and_nothing_else(ledger):
    submission = erased()
    assert erasing.write() == 1
    [line] = ledger.read_text().splitlines()
    at = Erasure.objects.get().at
    assert json.loads(line) == {"request": str(submission.pk), "at": at.isoformat()}
    assert submission.ref not in line


def test_a_sweep_adds_what_is_new_and_nothing_twice(ledger):
    erased("One")
    erasing.write()
    before = ledger.read_bytes()
    assert erasing.write() == 0
    erased("Another one")
    assert erasing.write() == 1
    assert ledger.read_bytes().startswith(before)
    assert set(erasing.listed()) == set(Erasure.objects.values_list("pk", flat=True))


def test_the_worker_sweeps():
    assert "caseintake.erasing.write" in SWEEPS.values()


def test_what_a_crash_left_of_a_line_is_written_over(ledger):
    first = erased("One")
    erasing.write()
    whole = ledger.read_bytes()
    second = erased("Another one")
    ledger.write_bytes(whole + b'{"request": "5f')
    assert list(erasing.listed()) == [first.pk]
    assert erasing.write() == 1
    assert list(erasing.listed()) == [first.pk, second.pk]


def test_inside_a_transaction_nothing_is_listed(ledger, transactional_db):
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        erasing.write()


def test_without_a_directory_nothing_is_written(settings):
    settings.AUDIT_CHECKPOINT_DIR = None
    erased()
    assert erasing.write() == 0
    with pytest.raises(CommandError, match="AUDIT_CHECKPOINT_DIR is not set"):
        call_command("replay_erasures")


def test_a_place_that_cannot_be_written_is_logged_and_made_up_for(ledger, log):
    erased()
    ledger.parent.write_text("a file where the directory goes")
    assert erasing.write() == 0
    assert "The erasure ledger could not be written" in log.getvalue()
    ledger.parent.unlink()
    assert erasing.write() == 1


# After a restore: what the ledger lists, and the database has as if nothing had been erased


def test_what_was_erased_is_erased_again(ledger, advocate, lead):
    [one, waiting] = [sent(f"Number {number}")[0] for number in range(2)]
    [closed, quarantined] = [sent(f"Number {number}")[0] for number in range(2, 4)]
    kept, _ = sent("Kept")
    before = erased("Erased before the backup")
    triage.claim(one, by=advocate)
    triage.claim(closed, by=advocate)
    triage.close(closed, by=advocate, outcome=Outcome.TEST)
    everything = (one, waiting, closed, quarantined)
    written_by_hand(ledger, *(request.pk for request in everything), before.pk, uuid.uuid4())
    assert "4 erased again, 1 were erased already, 1 are not in this database." in replayed()
    for request in everything:
        request.refresh_from_db()
        assert (request.state, request.erasure.cause) == (State.DISPOSED, "restored")
        with pytest.raises(reading.ReadingRefused, match="erased again on"):
            reading.open_case(request, by=lead, purpose=Purpose.REVIEW)
    assert reading.open_case(kept, by=lead, purpose=Purpose.REVIEW)[0].answers["message"] == "Kept"
    entry = AuditEntry.objects.latest("sequence")
    assert (entry.action, entry.facts) == ("erasures.replayed", {"erased": 4})


def test_what_is_sent_again_under_the_same_id_is_heard_and_may_be_erased_again(ledger, lead):
    submission, code = sent()
    ledger.parent.mkdir()
    ledger.write_text(line(submission.pk, at=submission.received_at - erasing.CLOCKS_DIFFER - timedelta(seconds=1)))
    assert "0 erased again, 0 were erased already, 1 are not in this database." in replayed()
    assert reading.open_case(submission, by=lead, purpose=Purpose.REVIEW)
    doors.erase(code.lookup)
    assert erasing.write() == 1
    assert erasing.write() == 0
    assert erasing.listed() == {submission.pk: Erasure.objects.get().at}


def test_a_second_run_changes_nothing_and_the_ledger_lists_each_once(ledger):
    submission, _ = sent()
    written_by_hand(ledger, submission.pk)
    replayed()
    entries = AuditEntry.objects.count()
    assert "0 erased again, 1 were erased already, 0 are not in this database." in replayed()
    assert AuditEntry.objects.count() == entries
    assert erasing.write() == 0


def test_interrupted_it_goes_on_where_it_was(ledger):
    requests = [sent(f"Number {number}")[0].pk for number in range(3)]
    written_by_hand(ledger, *requests)

    def interrupt(done: int, of: int) -> None:
        assert of == 3
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        erasing.replay(progress=interrupt)
    assert len(erasing.outstanding()) == 2
    assert "2 erased again, 1 were erased already" in replayed()


# A false line would destroy somebody's request


def test_nothing_is_erased_again_before_somebody_has_confirmed_how_many(ledger, monkeypatch):
    requests = [sent(f"Number {number}")[0].pk for number in range(2)]
    written_by_hand(ledger, *requests, uuid.uuid4())
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))  # no terminal: nobody types here
    told = io.StringIO()
    with pytest.raises(CommandError, match=r"Nothing was changed\. .*`manage.py replay_erasures --yes`"):
        call_command("replay_erasures", stdout=told)
    assert "2 requests that can be opened in this database would be erased for good" in told.getvalue()
    assert erasing.outstanding() == sorted(requests)
    assert "2 erased again" in replayed()


@pytest.mark.parametrize(("typed", "left"), [("yes", 0), ("no", 1), ("", 1)])
def test_on_a_terminal_it_asks(ledger, monkeypatch, typed, left):
    submission, _ = sent()
    written_by_hand(ledger, submission.pk)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda question: typed)
    told = io.StringIO()
    with nullcontext() if typed == "yes" else pytest.raises(CommandError, match="Nothing was changed"):
        call_command("replay_erasures", stdout=told)
    assert "1 request that can be opened in this database would be erased for good" in told.getvalue()
    assert len(erasing.outstanding()) == left


def test_where_nothing_would_be_erased_nobody_is_asked(ledger):
    written_by_hand(ledger, erased().pk, uuid.uuid4())
    told = io.StringIO()
    call_command("replay_erasures", stdout=told)
    assert told.getvalue() == "0 erased again, 1 were erased already, 1 are not in this database.\n"


# Until then


def test_what_was_not_erased_again_yet_nobody_opens(ledger, lead, log):
    submission, _ = sent()
    written_by_hand(ledger, submission.pk)
    with pytest.raises(reading.ReadingRefused, match="a backup brought it back"):
        reading.open_case(submission, by=lead, purpose=Purpose.REVIEW)
    assert AccessEvent.objects.get().result == "refused"
    # A damaged file keeps nobody who waits from an answer.
    ledger.write_text("nonsense\n")
    assert reading.open_case(submission, by=lead, purpose=Purpose.REVIEW)
    assert "Put the file back from its copy. Until then the desk would open" in log.getvalue()


TIMES = ("2026-11-02", "10000-01-01T00:00:00+00:00", "9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00")
DAMAGES = [
    "nonsense",
    '{"request": 7, "at": "2026-11-02"}',
    "[]",
    '{"request": "x"}',
    "[" * 100_000,
    *(json.dumps({"request": "5f3a5a52-0c7c-4b7e-9d0e-000000000000", "at": time}) for time in TIMES),
]


def test_a_ledger_that_is_not_there_or_damaged_is_said(ledger):
    with pytest.raises(CommandError, match=r"There is no erasure ledger at .*Put it back from its copy"):
        replayed()
    written_by_hand(ledger, uuid.uuid4())
    for damage in DAMAGES:
        ledger.write_text(ledger.read_text().splitlines()[0] + f"\n{damage}\n")
        with pytest.raises(CommandError, match=r"Line 2 of .* is not an erasure"):
            replayed()


@pytest.mark.parametrize("ahead", ["9999-12-31T23:59:59+00:00", "an hour"])
def test_a_time_that_is_yet_to_come_is_said_with_its_line(ledger, ahead):
    submission, _ = sent()
    written_by_hand(ledger, uuid.uuid4())
    at = timezone.now() + timedelta(hours=1) if ahead == "an hour" else datetime.fromisoformat(ahead)
    with ledger.open("a") as file:
        file.write(line(submission.pk, at=at))
    with pytest.raises(CommandError, match=r"Line 2 of .* is of a time that is yet to come\. If the clock"):
        replayed()
    assert "yet to come" in said()["mesoinfo.E014"]


def test_clocks_may_differ_a_little(ledger):
    submission, _ = sent()
    ledger.parent.mkdir()
    ledger.write_text(line(submission.pk, at=timezone.now() + erasing.CLOCKS_DIFFER / 2))
    assert erasing.outstanding() == [submission.pk]


def test_a_damaged_ledger_is_left_as_it_is(ledger, log):
    erased()
    ledger.parent.mkdir()
    ledger.write_text("nonsense\n")
    assert erasing.write() == 0
    assert "Line 1 of" in log.getvalue()
    assert ledger.read_text() == "nonsense\n"


# Before desk and worker run


def said() -> dict[str, str]:
    return {str(one.id): one.msg for one in run_checks(databases=["default"]) if isinstance(one, Error)}


def test_a_check_refuses_until_all_is_erased_again(ledger, settings):
    one, other = sent("One")[0], sent("Another one")[0]
    written_by_hand(ledger, one.pk, other.pk, uuid.uuid4())
    assert said()["mesoinfo.E013"].startswith("2 requests that people have erased can be opened again")
    settings.TIER = "site"
    assert "mesoinfo.E013" not in said()
    settings.TIER = "desk"
    replayed()
    assert "mesoinfo.E013" not in said()
    ledger.write_text("nonsense\n")
    assert "is not an erasure" in said()["mesoinfo.E014"]


@pytest.mark.django_db(transaction=True)
def test_the_worker_does_not_start_before(ledger, monkeypatch):
    from django_q.management.commands import qcluster

    started: list[object] = []
    monkeypatch.setattr(qcluster.Command, "handle", lambda *args, **options: started.append(options))
    submission, _ = sent()
    written_by_hand(ledger, submission.pk)
    with pytest.raises(SystemCheckError, match="replay_erasures"):
        call_command("qcluster")
    assert started == []
    replayed()
    call_command("qcluster")
    assert len(started) == 1


def test_a_database_that_must_be_migrated_first_can_be(ledger):
    submission, _ = sent()
    written_by_hand(ledger, submission.pk)
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION intake_erase_again(uuid)")
    assert run_checks(tags=[BEFORE_WORK], databases=["default"]) == []
    with pytest.raises(CommandError, match="Run migrate first"):
        call_command("replay_erasures")


def test_the_desk_is_not_ready_before(rf, ledger, settings):
    def readiness() -> tuple[int, dict[str, bool]]:
        with in_the_role_that_answers("/admin/"):
            answer = readyz(rf.get("/readyz"))
        return answer.status_code, json.loads(answer.content)

    submission, _ = sent()
    written_by_hand(ledger, submission.pk)
    ready = {"database": True, "migrations": True, "public_key": True}
    assert readiness() == (503, ready | {"erasures": False})
    replayed()
    assert readiness() == (200, ready | {"erasures": True})
    ledger.write_text("nonsense\n")
    assert readiness() == (503, ready | {"erasures": False})
    settings.TIER = "site"
    assert readiness() == (200, ready)


def test_the_site_may_not_call_what_erases_again():
    submission, _ = sent()
    with (
        in_the_role_that_answers("/"),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT intake_erase_again(%s)", [submission.pk])
