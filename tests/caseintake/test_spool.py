"""The spool: what came while the database was away is kept sealed, and reaches it once."""

import json
import os
import uuid
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone

from caseintake import doors, person, spool
from caseintake.accept import CodeUnknown, accept, amend
from caseintake.models import PersonCopy, SealedPayload, Submission
from caseintake.private_code import new_code
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


def test_what_has_no_request_waits_a_day_for_it_and_is_then_set_aside(away, monkeypatch):
    amend({"message": "And this."}, code=new_code())
    away.undo()
    assert drained() == (0, 1, 0)
    later = timezone.now() + timedelta(days=1, minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert drained() == (0, 0, 1)
    assert spool.set_aside() == 1


@pytest.mark.parametrize("content", ["", "{}", '{"id": 5}', "\x00\xff", '{"id": "x", "received_at": "then"}'])
def test_a_damaged_file_is_set_aside_and_holds_up_nothing(away, settings, log, content):
    accept(answers())
    (settings.SPOOL_DIR / "request-00000000000000000-damaged.parcel").write_text(content)
    away.undo()
    assert drained() == (1, 0, 1)
    assert spool.set_aside() == 1 and "could not be stored" in log.getvalue()
    with pytest.raises(CommandError, match=r"1 files in .*set-aside could not be stored"):
        call_command("drain_spool")


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
