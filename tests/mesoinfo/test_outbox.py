"""The outbox: each message goes out once, whatever the mail server does, and holds a reference only."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from mesoinfo import outbox
from mesoinfo.models import OutboxMessage
from tests.conftest import a_user


@pytest.fixture
def message(db):
    return OutboxMessage.objects.create(
        kind="case-received", dedupe_key="one", role="advocate", reference="CR-ABCDE-FGHJK"
    )


def test_everyone_in_the_role_gets_it_once(message):
    a_user("advocate")
    a_user("writer")
    assert outbox.deliver_due() == 1
    assert outbox.deliver_due() == 0
    (sent,) = mail.outbox
    assert sent.bcc == ["advocate@example.org"]
    assert "CR-ABCDE-FGHJK" in sent.body
    assert sent.subject.strip()


def test_a_mail_server_that_is_down_loses_nothing(message, monkeypatch):
    a_user("advocate")

    def down(self, fail_silently=False):
        raise ConnectionRefusedError

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.EmailMessage.send", down)
        assert outbox.deliver_due() == 0
    message.refresh_from_db()
    assert (message.attempts, message.error, message.sent_at) == (1, "ConnectionRefusedError", None)
    assert message.available_at > timezone.now() + timedelta(minutes=1)
    OutboxMessage.objects.update(available_at=timezone.now())
    assert outbox.deliver_due() == 1


def test_every_try_has_the_same_message_id(message):
    a_user("advocate")
    outbox.deliver_due()
    first = mail.outbox[0].extra_headers["Message-ID"]
    OutboxMessage.objects.update(sent_at=None)
    outbox.deliver_due()
    assert mail.outbox[1].extra_headers["Message-ID"] == first


def test_nobody_in_the_role_holds_the_message_back(message):
    outbox.deliver_due()
    message.refresh_from_db()
    assert message.sent_at is None
    a_user("advocate")
    OutboxMessage.objects.update(available_at=timezone.now())
    assert outbox.deliver_due() == 1


def test_one_that_cannot_be_made_by_a_fault_of_ours_holds_no_other_up(message, log):
    a_user("advocate")
    bad = OutboxMessage.objects.create(
        kind="mentioned", dedupe_key="two", role="advocate", reference="0", available_at=message.available_at
    )
    OutboxMessage.objects.filter(pk=bad.pk).update(available_at=message.available_at - timedelta(hours=1))
    assert outbox.deliver_due() == 1
    assert len(mail.outbox) == 1
    bad.refresh_from_db()
    assert (bad.attempts, bad.error, bad.sent_at) == (1, "DoesNotExist", None)
    assert bad.available_at > timezone.now()
    assert f"The message {bad.pk} of the outbox (mentioned) could not be made." in log.getvalue()
