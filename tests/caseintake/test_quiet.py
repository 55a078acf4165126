"""Nothing a person wrote is found anywhere but under seal: not in SQL, logs, mail, sessions, messages or names."""

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from caseintake.models import Submission
from caseintake.triage import Screen
from mesoinfo import outbox
from tests.leaks import leaks_of

from .conftest import CANARIES, REQUEST

HEADERS = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
NOTE = "Canarynote about the daughter"
SECRETS = (*CANARIES, "Canarynote")


def leaks(text):
    return leaks_of(SECRETS, text)


@pytest.fixture
def walked(client, advocate, log, site):
    """A request sent, worked and closed, with wrong turns on the way; and all that was said meanwhile."""
    with CaptureQueriesContext(connection) as queries:
        client.post("/free-case-review/", REQUEST | {"consent_use": ""}, headers=HEADERS)
        client.post("/free-case-review/", REQUEST, headers={"Sec-Fetch-Site": "cross-site"})
        client.post("/free-case-review/", REQUEST, headers=HEADERS)
        client.post("/free-case-review/", REQUEST, headers=HEADERS)
        submission = Submission.objects.get()
        client.force_login(advocate)

        def press(step, **fields):
            url = reverse("admin:caseintake_submission_step", args=[submission.ref, step])
            submission.refresh_from_db()
            return client.post(url, {"seen": str(Screen.of(submission)), **fields}, follow=True)

        press("claim")
        client.post(reverse("admin:caseintake_submission_open", args=[submission.ref]))
        press("note", text=NOTE)
        press("contact", channel="call", text=NOTE)
        press("contact", channel="call", result="reached", text=NOTE)
        press("close", outcome="vanished", text=NOTE)
        press("close", outcome="helped_information", unreached="yes")
        outbox.deliver_due()
    return submission, "\n".join(query["sql"] for query in queries)


def test_sql_carries_ciphertext_only(walked):
    _, statements = walked
    assert statements.count("caseintake_sealedpayload") > 3
    assert leaks(statements) == []


def test_the_whole_database_holds_ciphertext_only(walked):
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            content = "\n".join(row for (row,) in cursor.fetchall())
            assert leaks(content) == [], table


def test_logs_are_quiet(walked, log):
    assert leaks(log.getvalue()) == []


def test_mail_to_staff_carries_the_reference_and_nothing_else(walked):
    submission, _ = walked
    (message,) = [message for message in mail.outbox if message.to != [REQUEST["email"]]]
    assert message.subject == f"New request {submission.ref}"
    assert message.to == ["ada@desk.example"]
    assert leaks(message.message().as_string()) == []


def test_records_name_themselves_by_reference(walked):
    submission, _ = walked
    rows = [
        submission,
        *submission.payloads.all(),
        *(payload.data_key for payload in submission.payloads.all()),
        *submission.events.all(),
        *submission.contact_attempts.all(),
        *submission.consents.all(),
        *submission.readings.all(),
    ]
    assert leaks(" ".join(f"{row!s} {row!r}" for row in rows)) == []


@pytest.mark.django_db(transaction=True)
def test_a_broken_database_and_a_crash_leave_no_word_in_the_log(client, log, monkeypatch, site, settings, tmp_path):
    from django.db import OperationalError

    from caseintake import doors, views

    def broken(*args, **kwargs):
        raise OperationalError(f"could not insert {REQUEST['name']} {REQUEST['message']}")

    monkeypatch.setattr(doors, "accept", broken)
    assert client.post("/free-case-review/", REQUEST, headers=HEADERS).status_code == 200
    assert "did not take a parcel (OperationalError). It is in the spool." in log.getvalue()
    (tmp_path / "file").write_text("")
    settings.SPOOL_DIR = tmp_path / "file"
    assert client.post("/free-case-review/", REQUEST, headers=HEADERS).status_code == 503
    assert "could not be saved (spool: File exists)" in log.getvalue()

    def crash(answers, **kwargs):
        raise RuntimeError(f"cannot cope with {answers}")

    monkeypatch.setattr(views, "accept", crash)
    client.raise_request_exception = False
    assert client.post("/free-case-review/", REQUEST, headers=HEADERS).status_code == 500
    assert "RuntimeError" in log.getvalue()
    assert leaks(log.getvalue()) == []
