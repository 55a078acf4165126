"""The spool: what came while the database was away is kept sealed, and reaches it once."""

import errno
import fcntl
import json
import os
import socket
import stat
import time
import uuid
from base64 import b64encode
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from caseintake import doors, person, spool
from caseintake.accept import CodeUnknown, accept, amend
from caseintake.form import LONGEST_MESSAGE, LONGEST_NAME
from caseintake.management.commands import drain_spool
from caseintake.models import PersonCopy, SealedPayload, Submission
from caseintake.private_code import new_code
from mesoinfo import impatience
from mesoinfo.models import OutboxMessage
from tests.leaks import leaks_of

from .conftest import CANARIES, OURS, PHONE, REQUEST, answers

pytestmark = pytest.mark.django_db


@pytest.fixture
def away(monkeypatch):
    """While it holds, no parcel reaches the database."""

    with monkeypatch.context() as patch:
        patch.setattr(doors, "_call", _refuse)
        yield patch


def _refuse(*args, **kwargs):
    raise OperationalError("the server closed the connection unexpectedly")


def own(code):
    opened = person.open_own(code)
    assert opened is not None
    return opened


def drained():
    """What draining says."""
    done = spool.drain()
    return done.stored, done.left, done.set_aside


def test_while_the_database_is_away_a_request_is_acknowledged_from_the_spool(away, settings):
    accepted = accept(answers())
    [path] = spool.waiting()
    assert json.loads(path.read_text())["ref"] == accepted.reference
    assert path.stat().st_mode & 0o077 == 0 and settings.SPOOL_DIR.stat().st_mode & 0o077 == 0
    assert not accepted.repeated and accepted.due_at is not None


def test_nothing_of_a_person_can_be_read_in_it(away):
    accepted = accept(answers(), page="/mesothelioma/stage-4/")
    amend({"message": "Canarymessage again", "illness": ["mesothelioma"]}, code=accepted.code)
    for path in spool.waiting():
        assert leaks_of((*CANARIES, "stage-4", " ".join(accepted.code.words[:3])), f"{path} {path.read_text()}") == []


def test_it_is_stored_under_the_reference_that_was_shown_and_the_file_goes(away):
    accepted = accept(answers())
    away.undo()
    assert drained() == (1, 0, 0)
    assert Submission.objects.get().ref == accepted.reference
    assert spool.waiting() == []
    assert own(accepted.code).sent[0].message == REQUEST["message"]
    assert OutboxMessage.objects.get(kind="case-received").reference == accepted.reference
    assert drained() == (0, 0, 0)


def test_it_came_when_it_was_sent_and_not_when_it_was_stored(away, monkeypatch):
    sent_at = timezone.now() - timedelta(hours=5)
    with monkeypatch.context() as clock:
        clock.setattr(timezone, "now", lambda: sent_at)
        accept(answers())
    away.undo()
    drained()
    assert Submission.objects.get().received_at == sent_at


def test_killed_between_storing_and_removing_the_file_it_is_not_stored_twice(away, monkeypatch):
    accept(answers())
    away.undo()
    [path] = spool.waiting()
    content = path.read_text()
    drained()
    path.write_text(content)
    assert drained() == (1, 0, 0)
    assert Submission.objects.count() == SealedPayload.objects.count() == PersonCopy.objects.count() == 1


def test_a_second_click_meanwhile_has_the_same_reference_and_both_codes_open_it(away):
    one, two = accept(answers()), accept(answers())
    assert one.reference == two.reference and str(one.code) != str(two.code)
    away.undo()
    assert drained() == (2, 0, 0)
    assert Submission.objects.count() == 1
    for code in (one.code, two.code):
        assert own(code).reference == one.reference


def test_a_click_before_and_one_after_the_database_went_have_one_reference(away):
    spooled = accept(answers(), key="01234567-0123-4123-8123-0123456789ab")
    away.undo()
    stored = accept(answers(), key="01234567-0123-4123-8123-0123456789ab")
    assert stored.reference == spooled.reference
    assert drained() == (1, 0, 0)
    assert Submission.objects.count() == 1
    assert own(spooled.code).reference == stored.reference


def test_who_was_given_a_reference_is_found_under_it_though_the_same_came_twice(away):
    one = accept(answers(), key="01234567-0123-4123-8123-0123456789ab")
    two = accept(answers(), key="fedcba98-0123-4123-8123-0123456789ab")
    away.undo()
    drained()
    assert {one.reference, two.reference} == set(Submission.objects.values_list("ref", flat=True))


@pytest.mark.parametrize("how", ["erased", "withdrawn"])
def test_who_sends_again_meanwhile_what_they_had_ended_is_heard_again(monkeypatch, how):
    key = str(uuid.uuid4())
    first = accept(answers(), key=key)
    if how == "erased":
        assert doors.erase(first.code.lookup)
    else:
        assert doors.withdraw(first.code.lookup, "use_to_reply")
    with monkeypatch.context() as patch:
        patch.setattr(doors, "_call", _refuse)
        again = accept(answers(), key=key)
    assert again.reference == first.reference, "nobody could look it up"
    assert drained() == (1, 0, 0)
    anew = Submission.objects.exclude(ref=first.reference).get()
    assert anew.state == "queued"
    assert (own(again.code).reference, own(again.code).sent[0].message) == (anew.ref, REQUEST["message"])


def test_what_was_sent_before_it_was_ended_is_no_new_request(away):
    """It was sent twice; the second file is only found when the first is stored, and erased."""
    key = str(uuid.uuid4())
    first, second = (accept(answers(), key=key) for _ in range(2))
    away.undo()
    [one, _] = spool.waiting()
    kept = one.read_text()
    assert drained() == (2, 0, 0)
    assert doors.erase(first.code.lookup)
    erased_at = Submission.objects.get().erasure.at
    earlier = json.loads(kept) | {"received_at": (erased_at - timedelta(minutes=1)).isoformat()}
    one.write_text(json.dumps(earlier))
    assert drained() == (1, 0, 0)
    assert Submission.objects.get().state == "disposed"
    assert person.open_own(second.code) is None


def test_requests_go_first_then_what_was_added_the_oldest_first(away):
    first = accept(answers())
    amend({"message": "And this."}, code=first.code)
    second = accept(answers(message="Another."))
    names = [json.loads(path.read_text()).get("ref") for path in spool.waiting()]
    assert names == [first.reference, second.reference, None]
    away.undo()
    assert drained() == (3, 0, 0)
    assert [one.message for one in own(first.code).sent] == [REQUEST["message"], "And this."]


def test_what_was_added_to_a_request_in_the_spool_waits_with_it(away, monkeypatch):
    accepted = accept(answers())
    away.undo()
    assert amend({"message": "And this."}, code=accepted.code) is None
    with pytest.raises(CodeUnknown):
        amend({"message": "And this."}, code=new_code())
    assert drained() == (2, 0, 0)


def test_deleted_is_what_was_sent_twice_whichever_code_it_is_deleted_with(client, site, monkeypatch):
    with monkeypatch.context() as gone:
        gone.setattr(doors, "_call", _refuse)
        one, two = accept(answers()), accept(answers())
        amend({"message": "And this."}, code=one.code)
    deleted = client.post("/my-request/", {"code": str(two.code), "do": "erase", "sure": "yes"})
    assert "Your request is deleted" in deleted.content.decode()
    assert spool.waiting() == [] and drained() == (0, 0, 0)
    assert not Submission.objects.exists() and one.reference == two.reference


def test_deleted_is_what_was_added_with_another_code_of_the_request(client, site, monkeypatch):
    one, two = accept(answers()), accept(answers())
    with monkeypatch.context() as gone:
        gone.setattr(doors, "_call", _refuse)
        amend({"message": "And this."}, code=one.code)
    client.post("/my-request/", {"code": str(two.code), "do": "erase", "sure": "yes"})
    assert spool.waiting() == []


def test_deleting_and_draining_keep_out_of_each_others_way(client, site, monkeypatch, settings):
    with monkeypatch.context() as gone:
        gone.setattr(doors, "_call", _refuse)
        accepted = accept(answers())
    seen = []

    def alone(done):
        def watched(*args, **kwargs):
            with open(settings.SPOOL_DIR / ".busy", "w") as lock, pytest.raises(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            seen.append(done.__name__)
            return done(*args, **kwargs)

        return watched

    monkeypatch.setattr(doors, "accept", alone(doors.accept))
    monkeypatch.setattr(doors, "erase", alone(doors.erase))
    monkeypatch.setattr(spool, "forget", alone(spool.forget))
    assert drained() == (1, 0, 0)
    client.post("/my-request/", {"code": str(accepted.code), "do": "erase", "sure": "yes"})
    assert seen == ["accept", "erase", "forget"]


def test_deleted_is_what_waits_or_was_set_aside_as_well(client, site, monkeypatch):
    accepted, other = accept(answers()), accept(answers(message="Another."))
    with monkeypatch.context() as gone:
        gone.setattr(doors, "_call", _refuse)
        for code in (accepted.code, other.code):
            amend({"message": "And this."}, code=code)
            amend({"message": "And that."}, code=code)
    for path in spool.waiting()[:2]:
        path.parent.joinpath(spool.SET_ASIDE).mkdir(exist_ok=True)
        path.rename(path.parent / spool.SET_ASIDE / path.name)
    page = client.post("/my-request/", {"code": str(accepted.code), "do": "erase", "sure": "yes"}, headers=OURS)
    assert "Your request is deleted" in page.content.decode()
    left = [*spool.waiting(), *(spool.waiting() or [Path()])[0].parent.glob(f"{spool.SET_ASIDE}/*")]
    wanted = b64encode(accepted.code.lookup_hash).decode()
    assert len(left) == 2 and not [path for path in left if wanted in path.read_text()]


def test_a_request_that_waits_is_not_called_unknown_and_can_be_deleted(client, site, away):
    accepted = accept(answers())
    away.undo()
    answer = client.post("/my-request/", {"code": str(accepted.code)}, headers=OURS)
    assert answer.status_code == 503 and "We cannot look this up right now." in answer.content.decode()
    sure = {"code": str(accepted.code), "do": "erase", "sure": "yes"}
    assert "Your request is deleted" in client.post("/my-request/", sure, headers=OURS).content.decode()
    assert drained() == (0, 0, 0) and not Submission.objects.exists()
    assert "We found no request" in client.post("/my-request/", sure, headers=OURS).content.decode()


def test_what_has_no_request_waits_a_day_for_it_and_is_then_set_aside(away, monkeypatch):
    amend({"message": "And this."}, code=new_code())
    away.undo()
    assert drained() == (0, 1, 0)
    later = timezone.now() + timedelta(days=1, minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert drained() == (0, 0, 1)
    assert spool.set_aside() == 1


SOMEBODY = '"id": "5f3a5a52-0c7c-4b7e-9d0e-000000000000"'
DAMAGED = [
    "",
    "{}",
    '{"id": 5}',
    "\x00\xff",
    '{"id": "x", "received_at": "then"}',
    pytest.param("[" * 100_000, id="deep"),
    pytest.param(f'{{{SOMEBODY}, "received_at": "0001-01-01T00:00:00+23:00"}}', id="before all time"),
    pytest.param(f'{{{SOMEBODY}, "received_at": "9999-12-31T23:00:00-23:00"}}', id="after all time"),
]


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_file_is_set_aside_and_holds_up_nothing(away, settings, log, content):
    accept(answers())
    (settings.SPOOL_DIR / "request-00000000000000000-damaged.parcel").write_text(content)
    away.undo()
    assert drained() == (1, 0, 1)
    assert spool.set_aside() == 1 and "could not be stored" in log.getvalue()
    with pytest.raises(CommandError, match=r"1 files in .*set-aside could not be stored"):
        call_command("drain_spool")


def make_socket(path):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


NO_FILES = {
    "a directory": lambda path: path.mkdir(),
    "a link to nothing": lambda path: path.symlink_to("nowhere"),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a link to a parcel": lambda path: path.symlink_to(spool.waiting()[-1].name),
    "a pipe that nobody writes to": os.mkfifo,
    "a socket": make_socket,
    "a device": lambda path: os.mknod(path, 0o600 | stat.S_IFCHR, os.makedev(1, 5)),  # endless zeros
}


@pytest.mark.parametrize("what", NO_FILES)
def test_what_is_no_file_is_set_aside_as_it_is_and_holds_up_nothing(away, settings, log, what, monkeypatch):
    accepted = accept(answers())
    monkeypatch.chdir(settings.SPOOL_DIR)  # the name of a socket must be short
    try:
        NO_FILES[what](Path("request-00000000000000000-bad.parcel"))
    except PermissionError:
        pytest.skip("Only root can make a device.")
    assert spool.holds_request_of(accepted.code)
    away.undo()
    assert drained() == (1, 0, 1)
    assert Submission.objects.count() == 1
    assert spool.waiting() == [] and spool.set_aside() == 1
    assert "could not be stored (it is no file)" in log.getvalue()


def test_the_longest_request_sealed_twice_takes_less_than_half_of_what_is_read(away):
    accepted = accept(answers(message="\N{MUSICAL SYMBOL G CLEF}" * LONGEST_MESSAGE, name="\N{SNOWMAN}" * LONGEST_NAME))
    [path] = spool.waiting()
    assert path.stat().st_size < spool.LARGEST / 2
    away.undo()
    assert drained() == (1, 0, 0)
    assert len(own(accepted.code).sent[0].message) == LONGEST_MESSAGE


def test_what_is_larger_than_any_request_is_set_aside_with_its_reason(away, log):
    accept(answers())
    accept(answers(message="Another."))
    bad, _ = spool.waiting()
    bad.write_text(bad.read_text() + " " * spool.LARGEST)
    away.undo()
    assert drained() == (1, 0, 1)
    assert "could not be stored (it is larger than 1,024 KiB, as no request is)" in log.getvalue()


def test_what_cannot_be_read_now_is_left_and_holds_up_nothing(away, monkeypatch, log):
    accept(answers())
    accept(answers(message="Another."))
    bad, _ = spool.waiting()
    opened = spool._open_warily

    def refuse(path, flags):
        if path == str(bad):
            raise PermissionError(errno.EACCES, "Permission denied")
        return opened(path, flags)

    away.undo()
    with monkeypatch.context() as patch:
        patch.setattr(spool, "_open_warily", refuse)
        assert drained() == (1, 1, 0)
    assert "1 files of the spool wait for the next run (PermissionError)." in log.getvalue()
    assert drained() == (1, 0, 0)


def test_what_cannot_be_moved_aside_is_left_and_counted(away, settings, log):
    accept(answers())
    (settings.SPOOL_DIR / "request-00000000000000000-damaged.parcel").write_text("")
    (settings.SPOOL_DIR / spool.SET_ASIDE).write_text("a file where the directory goes")
    away.undo()
    assert drained() == (1, 1, 0)
    assert "could not be stored (no parcel is in it), nor moved to" in log.getvalue()


def test_a_draft_that_is_no_file_holds_up_nothing(away, settings):
    accept(answers())
    draft = settings.SPOOL_DIR / ".request-1-draft.parcel.77.ab"
    draft.mkdir()
    os.utime(draft, (0, 0))
    away.undo()
    assert drained() == (1, 0, 0)


# The database refuses one file and takes the others


def refuses(monkeypatch, *references, error=OperationalError):
    """The database does not take these requests in time; the others it does."""
    accept_one = doors.accept

    def accept(parcel, *, spooled):
        if json.loads(parcel)["ref"] in references:
            raise error("canceling statement due to statement timeout")
        return accept_one(parcel, spooled=spooled)

    monkeypatch.setattr(doors, "accept", accept)


@pytest.mark.parametrize("error", [OperationalError, InterfaceError, RuntimeError])
def test_what_the_database_does_not_take_now_is_left_and_the_others_are_stored(away, monkeypatch, log, error):
    bad, good = accept(answers()), accept(answers(message="Another."))
    away.undo()
    with monkeypatch.context() as patch:
        refuses(patch, bad.reference, error=error)
        assert drained() == (1, 1, 0)
    assert Submission.objects.get().ref == good.reference
    assert f"1 files of the spool wait for the next run ({error.__name__})." in log.getvalue()
    assert "canceling" not in log.getvalue()
    assert drained() == (1, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_a_line_that_breaks_at_one_file_is_made_anew_for_the_others(away, monkeypatch):
    bad, good = accept(answers()), accept(answers(message="Another."))
    away.undo()
    accept_one = doors.accept

    def accept_or_break(parcel, *, spooled):
        if json.loads(parcel)["ref"] == bad.reference:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return accept_one(parcel, spooled=spooled)

    with monkeypatch.context() as patch:
        patch.setattr(doors, "accept", accept_or_break)
        assert drained() == (1, 1, 0)
    assert Submission.objects.get().ref == good.reference
    assert drained() == (1, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_a_line_that_broke_meanwhile_costs_no_file_a_round(away):
    accept(answers())
    away.undo()
    with connection.cursor() as cursor, suppress(DatabaseError):
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    assert drained() == (1, 0, 0)


def test_following_goes_on_whatever_is_wrong_with_a_file(away, monkeypatch, settings):
    bad = accept(answers())
    for number in range(3):
        accept(answers(message=f"Number {number}"))
    (settings.SPOOL_DIR / "request-00000000000000000-bad.parcel").symlink_to("nowhere")
    away.undo()
    refuses(monkeypatch, bad.reference, error=MemoryError)
    pauses: list[float] = []

    def wait(seconds):
        pauses.append(seconds)
        if len(pauses) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(impatience, "begin", lambda: None)
    monkeypatch.setattr(time, "sleep", wait)
    with pytest.raises(KeyboardInterrupt):
        call_command("drain_spool", follow=True)
    assert pauses == [drain_spool.EVERY, drain_spool.PATIENCE, drain_spool.PATIENCE]
    assert Submission.objects.count() == 3
    assert len(spool.waiting()) == spool.set_aside() == 1


def test_what_it_refuses_again_and_again_while_it_takes_later_ones_is_set_aside(away, monkeypatch):
    bad = accept(answers())
    away.undo()
    monkeypatch.setattr(spool, "_refusals", Counter())
    for number in range(spool.TRIES):
        with monkeypatch.context() as patch:
            patch.setattr(doors, "_call", _refuse)
            accept(answers(message=f"Number {number}"))
        with monkeypatch.context() as patch:
            refuses(patch, bad.reference)
            last = number == spool.TRIES - 1
            assert drained() == (1, 0 if last else 1, 1 if last else 0)
    assert spool.set_aside() == 1


def test_what_it_refuses_after_it_took_the_last_is_never_set_aside(away, monkeypatch):
    """As when its disk is full: it answers, and stores nothing any more."""
    accept(answers())
    bad = accept(answers(message="Another."))
    away.undo()
    refuses(monkeypatch, bad.reference)
    assert drained() == (1, 1, 0)
    for _ in range(2 * spool.TRIES):
        assert drained() == (0, 1, 0)


def test_what_was_added_is_not_given_up_while_a_request_is_left(away, monkeypatch):
    accepted = accept(answers())
    amend({"message": "And this."}, code=accepted.code)
    away.undo()
    later = timezone.now() + timedelta(days=2)
    with monkeypatch.context() as patch:
        patch.setattr(timezone, "now", lambda: later)
        refuses(patch, accepted.reference)
        assert drained() == (0, 2, 0)
    assert drained() == (2, 0, 0)
    assert [one.message for one in own(accepted.code).sent] == [REQUEST["message"], "And this."]


def test_a_parcel_with_thousands_of_fingerprints_takes_no_locks_from_others(away):
    accept(answers())
    bad, content = spool.waiting()[0], json.loads(spool.waiting()[0].read_text())
    prints = [b64encode(number.to_bytes(32)).decode() for number in range(20_000)]
    bad.write_text(json.dumps(content | {"fingerprints": prints}))
    good = accept(answers(message="Another."))
    away.undo()
    assert drained() == (2, 0, 0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        assert cursor.fetchone()[0] < 20
    assert Submission.objects.filter(ref=good.reference).exists()


def test_what_the_database_refuses_for_good_is_set_aside_whole(away, settings):
    accept(answers())
    [path] = spool.waiting()
    content = path.read_text().replace('"need": "case_review"', '"need": "a unicorn"')
    path.write_text(content)
    away.undo()
    assert drained() == (0, 0, 1)
    [kept] = (settings.SPOOL_DIR / spool.SET_ASIDE).iterdir()
    assert kept.read_text() == content
    assert not Submission.objects.exists()


def test_while_the_database_is_away_or_older_than_we_all_stays(away):
    accept(answers())
    with pytest.raises(CommandError, match=r"does not take them now .*1 files wait"):
        call_command("drain_spool")
    away.undo()
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION intake_accept")
    with pytest.raises(CommandError, match=r"does not take them now .*1 files wait"):
        call_command("drain_spool")
    assert len(spool.waiting()) == 1 and spool.set_aside() == 0


def test_two_never_empty_it_at_once(away):
    accept(answers())
    with spool._alone(), pytest.raises(CommandError, match="Another process empties this spool"):
        call_command("drain_spool")


def test_what_is_being_written_is_not_read(away, settings):
    accept(answers())
    (settings.SPOOL_DIR / ".request-1-draft.parcel.77.ab").write_text("half")
    away.undo()
    assert drained() == (1, 0, 0)


def test_what_a_killed_process_had_begun_to_write_is_cleared_away_in_time(away, settings):
    accept(answers())
    old, new = (settings.SPOOL_DIR / f".request-{number}-draft.parcel.77.ab" for number in (1, 2))
    for draft in (old, new):
        draft.write_text("half")
    os.utime(old, (0, 0))
    away.undo()
    assert drained() == (1, 0, 0)
    assert (old.exists(), new.exists()) == (False, True)


def test_the_file_and_its_name_are_on_disk_before_it_is_acknowledged(away, monkeypatch):
    accept(answers())  # which makes the day's key of repeats
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    accept(answers())
    assert len(synced) == 2  # the file, and the directory it stands in


def test_the_visitor_sees_reference_code_and_phone_number(client, site, database_away):
    client.get("/free-case-review/")  # this machine has known the words of consent
    with database_away():
        page = client.post("/free-case-review/", REQUEST, headers=OURS).content.decode()
    [path] = spool.waiting()
    reference = json.loads(path.read_text())["ref"]
    assert reference in page and "We have your request" in page and PHONE in page
    assert page.count("<li>") >= 12 and 'class="private-code"' in page
    spool.drain()
    assert Submission.objects.get().ref == reference
