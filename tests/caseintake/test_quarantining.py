"""Spam as it is sent: acknowledged and kept for people to read. Only a flood is asked to wait, and loses nothing."""

import gc
import re
from types import FunctionType, ModuleType

import pytest

from caseintake import spam
from caseintake.bursts import FLOOD, HOUR, MINUTE, Arrivals
from caseintake.models import Reason, State, Submission
from caseintake.spam import SIGNALS
from mesoinfo.public_forms import TRAP

from .conftest import PHONE, REQUEST
from .test_sending import OURS, URL, assert_every_value_is_shown_again, text_of
from .test_spam import HONEST, OWN_STORY

HOSPITAL = "203.0.113.7"
NEXT_DOOR = "203.0.113.8"
ELSEWHERE = "198.51.100.7"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(site):
    """Every page here has a phone number to show."""


def send_from(client, address, **changes):
    return client.post(URL, REQUEST | changes, headers=OURS, REMOTE_ADDR=address)


def states():
    return set(Submission.objects.values_list("state", flat=True))


def flood(address):
    for _ in range(FLOOD):
        spam.BURSTS.took_in(address)


def texts_held_by(thing):
    """Every text and every bytes that can be reached from an object, but for code."""
    seen, waiting = set(), [thing]
    while waiting:
        held = waiting.pop()
        if id(held) in seen or isinstance(held, (type, FunctionType, ModuleType)):
            continue
        seen.add(id(held))
        if isinstance(held, (str, bytes)):
            yield held if isinstance(held, bytes) else held.encode()
        waiting += gc.get_referents(held)


def test_fifty_people_of_one_hospital_within_an_hour_are_neither_quarantined_nor_refused(client, clock):
    for n, sample in enumerate(HONEST[-50:]):
        clock[0] += HOUR / 50
        if n % 3 == 0:  # a slip, and once more
            assert send_from(client, HOSPITAL, name="").status_code == 200
        answer = send_from(client, HOSPITAL, name=f"Person {n}", message=sample["message"])
        assert "We have your request" in text_of(answer)
    assert states() == {State.QUEUED}
    assert Submission.objects.count() == 50


def test_fifty_within_a_minute_are_still_in_the_queue(client):
    for n in range(50):
        send_from(client, HOSPITAL, name=f"Person {n}", message=f"{OWN_STORY} We are in room {n}.")
    assert states() == {State.QUEUED}


def test_more_than_any_house_sends_is_a_doubt_only_beside_another(client):
    flood(HOSPITAL)
    assert "We have your request" in text_of(send_from(client, NEXT_DOOR))
    assert states() == {State.QUEUED}
    send_from(client, NEXT_DOOR, message="kRtYpQwErTzX https://spam.example")
    doubted = Submission.objects.latest("received_at")
    assert (doubted.state, doubted.suspicions[-1]) == (State.QUARANTINED, "busy-network")


@pytest.mark.parametrize("sent", [{"name": ""}, {}], ids=["a slip", "from another website"])
def test_what_is_not_taken_in_counts_for_nothing(client, sent):
    for _ in range(spam.BUSY_MINUTE + 1):
        if sent:
            send_from(client, HOSPITAL, **sent)
        else:
            client.post(URL, REQUEST, headers={"Origin": "https://evil.example"}, REMOTE_ADDR=HOSPITAL)
    assert spam.BURSTS.arrivals(HOSPITAL) == Arrivals(line=1, minute=1, hour=1)


def test_what_is_taken_in_is_counted(client, sent):
    send_from(client, HOSPITAL)
    more = {"code": str(sent.code), "message": "And this."}
    client.post("/free-case-review/more/", more, headers=OURS, REMOTE_ADDR=HOSPITAL)
    assert spam.BURSTS.arrivals(HOSPITAL).line == 3


def test_a_flood_is_asked_to_wait_with_every_value_shown_again(client, clock):
    flood(HOSPITAL)
    response = send_from(client, HOSPITAL)
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "60"
    assert response.headers["Cache-Control"] == "no-store"
    assert_every_value_is_shown_again(response)
    page = text_of(response)
    assert "Please wait one minute, then press Send again." in page
    assert PHONE in page
    assert not Submission.objects.exists()
    clock[0] += 2 * MINUTE
    assert "We have your request" in text_of(send_from(client, HOSPITAL))


def test_a_flood_refuses_nobody_elsewhere(client):
    flood(HOSPITAL)
    assert send_from(client, HOSPITAL).status_code == 429
    assert send_from(client, NEXT_DOOR).status_code == send_from(client, ELSEWHERE).status_code == 200


def test_additions_in_a_flood_are_asked_to_wait_with_every_value_shown_again(client, sent, clock):
    def add():
        more = {"code": str(sent.code), "message": "And this.", "urgent": "money"}
        return client.post("/free-case-review/more/", more, headers=OURS, REMOTE_ADDR=HOSPITAL)

    flood(HOSPITAL)
    response = add()
    assert (response.status_code, response.headers["Retry-After"]) == (429, "60")
    page = text_of(response)
    assert "Please wait one minute, then press Add again." in page and PHONE in page
    assert str(sent.code) in page and "And this." in page and re.search(r'value="money"\s+checked', page)
    assert sent.submission.payloads.count() == 1
    clock[0] += 2 * MINUTE
    assert "We have added it" in text_of(add())


@pytest.mark.whole
def test_who_is_refused_does_not_keep_the_network_shut(client, clock):
    flood(HOSPITAL)
    for _ in range(50):
        assert send_from(client, HOSPITAL).status_code == 429
    clock[0] += MINUTE * 1.1
    assert send_from(client, HOSPITAL).status_code == 200


def test_whoever_speaks_of_danger_and_is_asked_to_wait_reads_whom_to_call(client):
    flood(HOSPITAL)
    page = text_of(send_from(client, HOSPITAL, message="I can't go on."))
    assert page.index("tel:988") < page.index("Please wait one minute")


@pytest.mark.parametrize("step", ["arrivals", "took_in", "senders_of"])
def test_when_counting_fails_the_request_is_taken_all_the_same(client, log, monkeypatch, step):
    def fail(*args):
        raise RuntimeError(f"cannot count {args}")

    monkeypatch.setattr(spam.BURSTS, step, fail)
    send_from(client, HOSPITAL, message=OWN_STORY)
    assert Submission.objects.get().state == State.QUEUED
    assert "could not be counted (RuntimeError)" in log.getvalue()
    assert HOSPITAL not in log.getvalue() and "pipefitter" not in log.getvalue()


@pytest.mark.parametrize("address", ["", "unix:", "203.0.113.7:4711", "not an address"])
def test_without_an_address_the_request_is_taken(client, address):
    assert send_from(client, address).status_code == 200
    assert Submission.objects.get().state == State.QUEUED


def test_spam_is_acknowledged_and_kept_for_people_to_read(client, reading_desk):
    answer = send_from(client, ELSEWHERE, message="We offer SEO services. https://a.example https://b.example")
    submission = Submission.objects.get()
    assert submission.ref in text_of(answer)
    assert submission.state == State.QUARANTINED
    assert submission.events.filter(reason=Reason.SUSPICIOUS).exists()
    quarantine = text_of(reading_desk.get("/admin/caseintake/submission/quarantine/"))
    assert SIGNALS[submission.suspicions[0]].words in quarantine


def test_a_filled_hidden_field_and_sales_talk_are_quarantined(client):
    send_from(client, ELSEWHERE, message="Buy backlinks", **{TRAP: "x"})
    assert Submission.objects.get().suspicions == ["sales-talk", "hidden-field-filled"]


def test_neither_the_address_nor_the_words_are_kept_in_memory_or_told_to_a_log(client, log):
    flood(HOSPITAL)
    send_from(client, HOSPITAL, message=OWN_STORY)
    send_from(client, ELSEWHERE, message=OWN_STORY)
    held = b"\n".join(texts_held_by(spam.BURSTS))
    assert len(held) > 5 * 32, "two lines and networks, words and a sender"
    for secret in (HOSPITAL, ELSEWHERE, "203.0.113", "198.51.100", "pipefitter", "555 0199"):
        assert secret.encode() not in held
        assert secret not in log.getvalue()
