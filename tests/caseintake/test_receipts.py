"""The receipt by email: for whoever wants a reply by email, with the reference and our phone number only."""

import json
from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from caseintake import doors, finding
from caseintake.models import AccessEvent
from mesoinfo import outbox
from mesoinfo.models import OutboxMessage
from tests.leaks import leaks_of
from tests.refusing import refused

from .conftest import CANARIES, PHONE, REQUEST, malformed, new_request, sealing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(site):
    """It gives the phone number."""


def sent_ago(ref, ago):
    """Its receipt went out some time ago."""
    OutboxMessage.objects.filter(dedupe_key=f"case-receipt:{ref}").update(sent_at=timezone.now() - ago)


def receipts():
    outbox.deliver_due()
    return [message for message in mail.outbox if message.to == [REQUEST["email"]]]


def test_it_says_the_reference_and_the_phone_number_and_nothing_else():
    reference = new_request().ref
    [receipt] = receipts()
    assert reference in receipt.body and PHONE in receipt.body
    text = receipt.message().as_string().replace(REQUEST["email"], "")
    assert leaks_of(CANARIES, text) == []
    for word in ("asbestos", "mesothelioma", "case", "lawyer", "review", "help"):
        assert word not in f"{receipt.subject} {receipt.body}".lower()


def test_it_comes_once():
    new_request()
    new_request()
    assert len(receipts()) == len(receipts()) == 1


@pytest.mark.parametrize(
    "email",
    [
        "a,b@example.org",
        "name<a@example.org>",
        "group:a@example.org;",
        "=?utf-8?q?a=0D=0ABcc=3Ab?=@example.org",
        "ünïcode@example.org",
        '"a,b"@example.org',
        '""@example.org',
    ],
)
def test_what_is_not_one_address_that_every_server_takes_gets_none_and_is_opened_once(email, log):
    new_request(email=email)
    assert outbox.deliver_due() == 0
    assert OutboxMessage.objects.get(kind="case-receipt").sent_at is not None
    assert AccessEvent.objects.count() == 1
    assert "could not be made" not in log.getvalue()


def test_an_address_gets_one_receipt_a_day_however_many_requests_name_it():
    first, second = new_request().ref, new_request(name="Pat", email="CANARY.MAIL@EXAMPLE.ORG").ref
    [receipt] = receipts()
    assert first in receipt.body
    third = new_request(name="Sam").ref
    assert len(receipts()) == 1
    sent_ago(first, timedelta(days=1, minutes=1))
    fourth = new_request(name="Kim").ref
    assert [fourth in receipt.body for receipt in receipts()] == [False, True]
    without = OutboxMessage.objects.filter(kind="case-receipt", error=outbox.NO_MAIL)
    assert {message.reference for message in without} == {second, third}


def test_it_is_known_that_an_address_had_one_once_requests_are_findable_too():
    new_request()
    new_request(name="Pat")
    finding.index_new()
    assert len(receipts()) == 1


def test_another_address_gets_its_own():
    new_request()
    new_request(name="Pat", email="other@example.org")
    receipts()
    assert sorted(message.to for message in mail.outbox) == [[REQUEST["email"]], ["other@example.org"]]


def test_who_named_the_address_and_wanted_no_mail_takes_nobodys_receipt():
    new_request(reply_by=["call"])
    assert receipts() == []
    new_request(name="Pat")
    assert len(receipts()) == 1


@pytest.mark.parametrize("ways", [["call"], []])
def test_who_did_not_ask_for_a_reply_by_email_gets_none(ways):
    new_request(reply_by=ways)
    assert receipts() == []
    assert not OutboxMessage.objects.filter(kind="case-receipt", sent_at=None).exists()


def test_nobody_is_written_to_because_of_a_request_in_quarantine():
    new_request(suspicions=("no-browser-headers",))
    assert receipts() == []


def test_nobody_is_written_to_who_has_erased_it_or_asked_us_to_stop(sent):
    doors.withdraw(sent.code.lookup, "use_to_reply")
    assert receipts() == []
    assert not AccessEvent.objects.exists()


def test_nobody_is_written_to_about_what_was_erased(gone):
    assert receipts() == []


def test_opening_it_for_the_address_is_on_record_as_the_systems():
    new_request()
    receipts()
    opened = AccessEvent.objects.order_by("sequence")
    assert [(event.actor, event.actor_kind, event.role, event.purpose) for event in opened] == [
        (None, "system", "system", "receipt"),
        (None, "system", "system", "indexing"),
    ]
    assert finding.index_new() == 0, "to know whether the address had one, it was made findable"


def test_without_the_desks_key_it_waits_and_says_so(settings, log):
    kept = settings.DESK_PRIVATE_KEY.read_text()
    settings.DESK_PRIVATE_KEY.unlink()
    new_request()
    assert receipts() == []
    assert "could not be made" in log.getvalue()
    assert list(AccessEvent.objects.values_list("result", flat=True).order_by("sequence")) == ["opened", "failed"]
    settings.DESK_PRIVATE_KEY.write_text(kept)
    OutboxMessage.objects.update(available_at=OutboxMessage.objects.latest("id").created_at)
    assert len(receipts()) == 1


def nothing_is_sent_nor_waits(log):
    outbox.deliver_due()
    assert mail.outbox == [] and "could not be made" not in log.getvalue()
    assert not OutboxMessage.objects.filter(kind="case-receipt", sent_at=None).exists()


@malformed
def test_what_no_form_writes_gets_no_receipt_and_is_not_tried_again(log, content):
    with sealing(content):
        new_request()
    nothing_is_sent_nor_waits(log)
    assert list(AccessEvent.objects.order_by("sequence").values_list("result", "cause")) == [
        ("opened", ""),
        ("failed", "malformed"),
    ]


@pytest.mark.parametrize(
    "email",
    [
        "pat@example.org\nBcc: sam@example.org",
        "pat@example.org\r\n\r\nAnother text",
        "pat@example.org, sam@example.org",
        "pat,sam@example.org",
        "Pat <pat@example.org>",
        "pat",
        "@",
        "pat@example.org\0",
        "p" * 60_000 + "@example.org",
    ],
)
def test_to_what_is_no_single_address_nothing_is_ever_sent(log, email):
    with sealing(json.dumps({"answers": {"email": email, "reply_by": ["email"]}}).encode()):
        new_request()
    nothing_is_sent_nor_waits(log)


def test_its_address_is_nowhere_in_the_outbox():
    new_request()
    receipts()
    assert leaks_of(CANARIES, str(list(OutboxMessage.objects.values()))) == []


@pytest.mark.parametrize("fields", [{"role": "advocate", "address_is_sealed": True}, {}])
def test_a_message_goes_one_way(fields):
    with refused("a_message_is_for_a_role_or_for_one_person"), transaction.atomic():
        OutboxMessage.objects.bulk_create([OutboxMessage(kind="x", dedupe_key="x", **fields)])
