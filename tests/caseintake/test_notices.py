"""Staff learn of each request by mail: a real mail server takes it, and whatever that server does, nothing is lost."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from django_q.conf import Conf

from caseintake import doors, triage
from caseintake.accept import accept, amend
from caseintake.models import Submission
from caseintake.more_form import MoreForm
from caseintake.private_code import new_code
from mesoinfo import outbox
from mesoinfo.dev_environment import BASE_DIR
from mesoinfo.models import OutboxMessage
from tests.browser.served import address_of
from tests.leaks import leaks_of
from tests.mail_server import HOST, MailServer

from .conftest import CANARIES, answers, new_request


def a_request(**changes):
    """A request from somebody who wants no mail: all that goes out is for staff."""
    return new_request(reply_by=["call"], **changes)


pytestmark = pytest.mark.django_db

ADA, BEN = "ada@desk.example", "ben@desk.example"
HALF_A_MINUTE = timedelta(seconds=30)


class Clock:
    """Time as the product sees it, which goes on when a test says so."""

    def __init__(self):
        self.ahead = timedelta()
        self._now = timezone.now

    def now(self):
        return self._now() + self.ahead

    def sweep_for(self, duration):
        """Let time pass, with the sweeps that come meanwhile. Returns how many mails went out."""
        sent = 0
        for _ in range(duration // HALF_A_MINUTE):
            self.ahead += HALF_A_MINUTE
            sent += outbox.deliver_due()
        return sent


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(timezone, "now", clock.now)
    return clock


@pytest.fixture
def server(settings):
    """A mail server that the settings name, not started."""
    server = MailServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = HOST, server.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = 0.5
    yield server
    server.stop()


@pytest.fixture
def running(server):
    server.start()
    return server


def test_a_mail_with_the_reference_and_nothing_of_the_person_arrives(running, advocate, colleague):
    reference = a_request().ref
    assert outbox.deliver_due() == 2
    assert sorted(taken.recipients for taken in running.taken) == [(ADA,), (BEN,)]
    for taken in running.taken:
        assert taken.mail["Subject"] == f"New request {reference}"
        assert reference in taken.mail.get_content()
        assert leaks_of(CANARIES, taken.words) == []
    assert outbox.deliver_due() == 0
    assert len(running.taken) == 2


def test_one_line_carries_all_that_is_due(running, advocate):
    for number in range(3):
        a_request(message=f"Number {number}")
    assert outbox.deliver_due() == 3
    assert len({taken.caller for taken in running.taken}) == 1


# A server that is away


def test_a_server_that_is_away_for_hours_gets_all_with_the_next_sweep(server, clock, advocate, colleague, log):
    a_request()
    assert clock.sweep_for(timedelta(hours=3)) == 0
    a_request(message="Another one")
    assert clock.sweep_for(timedelta(hours=3)) == 0
    assert "The mail server cannot be reached (ConnectionRefusedError). Mail to staff waits." in log.getvalue()
    server.start()
    assert clock.sweep_for(HALF_A_MINUTE) == 4
    assert clock.sweep_for(timedelta(hours=3)) == 0
    assert server.inbox() == {ADA: 2, BEN: 2}
    assert len(server.taken) == 4


@pytest.mark.whole
def test_a_server_that_takes_the_call_and_says_nothing_ends_no_sweep(server, clock, advocate, log):
    a_request()
    with socket.create_server((HOST, server.port)):
        assert clock.sweep_for(timedelta(minutes=2)) == 0
    assert "cannot be reached (SMTPServerDisconnected)" in log.getvalue()
    server.start()
    assert clock.sweep_for(HALF_A_MINUTE) == 1


def test_whatever_the_server_does_the_sweep_ends_before_the_worker_would_stop_it(settings):
    assert settings.EMAIL_TIMEOUT > 0
    assert outbox.PATIENCE + settings.EMAIL_TIMEOUT < Conf.TIMEOUT
    # And what is still being sent is not due for another worker.
    assert outbox._wait(1, outbox.LONGEST_WAIT) > timedelta(seconds=Conf.TIMEOUT)


def test_a_sweep_gives_way_when_its_time_is_over(running, advocate, monkeypatch):
    for number in range(3):
        a_request(message=f"Number {number}")
    times = iter([0.0, 1.0, outbox.PATIENCE + 1])
    monkeypatch.setattr(outbox, "monotonic", lambda: next(times))
    assert outbox.deliver_due() == 1
    monkeypatch.undo()


# A server that does not take it


@pytest.mark.whole
def test_mail_put_off_for_hours_leaves_within_minutes_of_the_servers_recovery(running, clock, advocate, colleague, log):
    running.refusal_of_all = "451 Try again later"
    a_request()
    assert clock.sweep_for(timedelta(hours=2, minutes=30)) == 0
    assert running.refused.count(ADA) < 35, "once in five minutes, not at each sweep"
    said = [line for line in log.getvalue().splitlines() if "mesoinfo.outbox" in line]
    assert "did not take message" in said[0]
    assert "(451)" in said[0]
    assert leaks_of([ADA, BEN], "\n".join(said)) == []
    running.refusal_of_all = ""
    assert clock.sweep_for(timedelta(minutes=5, seconds=30)) == 2
    assert clock.sweep_for(timedelta(hours=3)) == 0
    assert running.inbox() == {ADA: 1, BEN: 1}
    assert len(running.taken) == 2


def test_what_is_refused_again_and_again_holds_up_nothing_new(running, clock, advocate, colleague):
    running.refusals[ADA] = "550 No such person"
    a_request()
    assert clock.sweep_for(timedelta(hours=1)) == 1
    a_request(message="Another one")
    # What was refused is due, and has been for longer.
    clock.ahead += outbox.LONGEST_WAIT
    OutboxMessage.objects.filter(role="advocate", sent_at=None).update(available_at=clock.now())
    refused_before = len(running.refused)
    assert outbox.deliver_due(limit=2) == 1
    assert len(running.refused) == refused_before + 1, "the new one to that address"


@pytest.mark.parametrize("refused", [ADA, BEN])
def test_one_refused_address_keeps_nothing_from_the_others_and_gives_them_nothing_twice(
    running, clock, advocate, colleague, refused
):
    other = BEN if refused == ADA else ADA
    running.refusals[refused] = "550 No such person"
    a_request()
    assert outbox.deliver_due() == 1
    assert clock.sweep_for(timedelta(hours=3)) == 0
    assert len(running.taken) == 1
    assert running.inbox() == {other: 1}
    assert 1 < running.refused.count(refused) < 10
    running.refusals.clear()
    assert clock.sweep_for(outbox.LONGEST_WAIT + HALF_A_MINUTE) == 1
    assert running.inbox() == {ADA: 1, BEN: 1}


# A server of which nobody knows whether it took it


@pytest.mark.whole
@pytest.mark.parametrize("fault", ["drops_the_line", "falls_silent"])
def test_a_mail_taken_without_a_word_comes_again_under_the_same_id(running, clock, advocate, colleague, fault):
    setattr(running, fault, True)
    a_request()
    assert outbox.deliver_due() == 0
    assert len(running.taken) == 2, "one that is lost on the way holds no other up"
    setattr(running, fault, False)
    assert clock.sweep_for(timedelta(hours=3)) == 2
    assert len(running.taken) == 4
    assert running.inbox() == {ADA: 1, BEN: 1}


@pytest.mark.whole
def test_a_line_that_breaks_for_hours_brings_a_few_mails_and_not_hundreds(running, clock, advocate):
    running.drops_the_line = True
    a_request()
    clock.sweep_for(timedelta(hours=3))
    assert len(running.taken) < 10
    assert running.inbox() == {ADA: 1}


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_it_sends_is_made_up_for_under_the_same_id(running, clock, advocate):
    a_request()
    worker = subprocess.Popen(
        [sys.executable, "-c", "import django; django.setup(); from mesoinfo import outbox; outbox.deliver_due()"],
        cwd=BASE_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "mesoinfo.settings",
            "DATABASE_URL": address_of(connection.settings_dict),
            "EMAIL_URL": f"smtp://{HOST}:{running.port}",
        },
    )
    running.when_taken = worker.kill
    worker.wait()
    assert len(running.taken) == 1
    assert OutboxMessage.objects.get(recipient=advocate).sent_at is None
    running.when_taken = lambda: None
    assert clock.sweep_for(timedelta(minutes=2)) == 1
    assert len(running.taken) == 2
    assert running.inbox() == {ADA: 1}


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_a_mail_once(running, advocate):
    sent_by_the_other = []

    def sweep_meanwhile():
        sent_by_the_other.append(outbox.deliver_due())
        connection.close()  # that of the server's thread

    a_request()
    running.when_taken = sweep_meanwhile
    assert outbox.deliver_due() == 1
    assert sent_by_the_other == [0]
    assert len(running.taken) == 1


# What people do with their private code


def test_each_step_of_the_person_reaches_whoever_has_the_case(running, advocate, colleague):
    accepted = accept(answers())
    submission = Submission.objects.get(ref=accepted.reference)
    triage.claim(submission, by=advocate)
    outbox.deliver_due()
    running.taken.clear()
    amend(more_answers(), code=accepted.code)
    doors.withdraw(accepted.code.lookup, "use_to_reply")
    accepted_too = accept(answers(message="Another one"))
    triage.claim(Submission.objects.get(ref=accepted_too.reference), by=advocate)
    doors.erase(accepted_too.code.lookup)
    outbox.deliver_due()
    said = {taken.mail["Subject"]: taken for taken in running.taken if "New request" not in taken.mail["Subject"]}
    assert sorted(said) == sorted(
        [
            f"More from the person of {accepted.reference}",
            f"{accepted.reference}: the person took back a consent",
            f"{accepted_too.reference} was erased by the person",
        ]
    )
    for taken in said.values():
        assert taken.recipients == (ADA,)
        assert leaks_of((*CANARIES, "Canarymore"), taken.words) == []


def test_what_is_added_to_a_request_that_nobody_has_reaches_all_advocates(running, advocate, colleague):
    accepted = accept(answers())
    amend(more_answers(), code=accepted.code)
    outbox.deliver_due()
    told = [taken for taken in running.taken if "More from the person" in taken.mail["Subject"]]
    assert sorted(taken.recipients for taken in told) == [(ADA,), (BEN,)]


def more_answers():
    """Cleaned answers of the second form."""
    form = MoreForm({"code": str(new_code()), "message": "Canarymore"})
    assert form.is_valid(), form.errors
    return form.answers
