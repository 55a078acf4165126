"""The outbox: each message goes out once, whatever the mail server does, and holds a reference only."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from mesoinfo import outbox
from mesoinfo.models import OutboxMessage, User
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
    assert sent.to == ["advocate@example.org"]
    assert "CR-ABCDE-FGHJK" in sent.body
    assert sent.subject.strip()


def test_every_try_has_the_same_message_id(message):
    a_user("advocate")
    outbox.deliver_due()
    first = mail.outbox[0].extra_headers["Message-ID"]
    OutboxMessage.objects.update(sent_at=None, available_at=timezone.now())
    outbox.deliver_due()
    assert mail.outbox[1].extra_headers["Message-ID"] == first


def test_without_anybody_in_the_role_it_waits_until_somebody_is_appointed(message):
    a_user("advocate", email="who.left@example.org", is_active=False)
    assert outbox.deliver_due() == 0
    a_user("advocate")
    assert outbox.deliver_due() == 1
    assert [sent.to for sent in mail.outbox] == [["advocate@example.org"]]


def test_who_leaves_before_it_goes_out_gets_nothing(message):
    user = a_user()
    OutboxMessage.objects.create(kind="case-received", dedupe_key="two", recipient=user)
    User.objects.update(is_active=False)
    assert outbox.deliver_due() == 0
    assert not mail.outbox
    settled = OutboxMessage.objects.get(recipient=user)
    assert (settled.sent_at is not None, settled.error) == (True, outbox.NO_MAIL)


def test_one_that_cannot_be_made_by_a_fault_of_ours_holds_no_other_up(message, log):
    a_user("advocate")
    bad = OutboxMessage.objects.create(
        kind="mentioned",
        dedupe_key="two",
        recipient=a_user(),
        reference="0",
        available_at=message.available_at - timedelta(hours=1),
    )
    assert outbox.deliver_due() == 1
    assert len(mail.outbox) == 1
    bad.refresh_from_db()
    assert (bad.attempts, bad.error, bad.sent_at) == (1, "DoesNotExist", None)
    assert bad.available_at > timezone.now()
    assert f"The message {bad.pk} of the outbox (mentioned) could not be made." in log.getvalue()


def test_in_development_it_is_a_file(message, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    a_user("advocate")
    assert outbox.deliver_due() == 1
    assert outbox.deliver_due() == 0
    [file] = tmp_path.iterdir()
    assert "CR-ABCDE-FGHJK" in file.read_text()


def test_a_message_may_fail_for_years(message):
    advocate = a_user("advocate")
    outbox._hand_out(1)
    OutboxMessage.objects.update(attempts=outbox.MOST_ATTEMPTS)
    assert outbox.deliver_due() == 1
    assert OutboxMessage.objects.get(recipient=advocate).attempts == outbox.MOST_ATTEMPTS
