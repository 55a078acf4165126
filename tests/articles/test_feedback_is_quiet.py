"""Nothing a reader wrote is found anywhere but under seal: not in SQL, tables, logs, mail, addresses or names."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.feedback import reading
from articles.models import Feedback, FeedbackMessage, PublishedPage
from articles.public import feedback as public
from mesoinfo.models import User
from tests.leaks import leaks_of

SECRETS = ("Canarywords", "Canarypat", "555 0199")
ANSWER = {"helpful": "no", "words": "Canarywords: I am Canarypat Ünicorn, call 212 555 0199"}
OURS = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}

pytestmark = pytest.mark.usefixtures("published_once", "keys")


@pytest.fixture
def walked(client: Client, published: PublishedPage, editor: User, log: io.StringIO) -> str:
    """An answer sent, opened, dealt with and erased, with wrong turns on the way; and all SQL of it."""
    answer = ANSWER | {"page": published.pk}
    with CaptureQueriesContext(connection) as queries:
        client.post("/feedback/", answer | {"helpful": ""}, headers=OURS)
        client.post("/feedback/", answer, headers={"Sec-Fetch-Site": "cross-site"})
        client.post("/feedback/", answer | {"page": "x"}, headers=OURS)
        for _ in range(2):
            assert client.post("/feedback/", answer, headers=OURS, follow=True).status_code == 200
        message = FeedbackMessage.objects.get()
        client.force_login(editor)
        address = f"/admin/articles/feedback/{published.article_id}/messages/"
        assert b"Canarywords" in client.post(address).content
        client.post(address, {"dealt_with": str(message.pk)})
        reading.erase_old()
    return "\n".join(query["sql"] for query in queries)


def test_sql_carries_ciphertext_only(walked: str) -> None:
    assert walked.count("articles_feedbackmessage") > 3
    assert leaks_of(SECRETS, walked) == []


def test_the_whole_database_holds_ciphertext_only(walked: str) -> None:
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            content = "\n".join(row for (row,) in cursor.fetchall())
            assert leaks_of(SECRETS, content) == [], table


def test_logs_mail_and_names_are_quiet(walked: str, log: io.StringIO) -> None:
    assert leaks_of(SECRETS, log.getvalue()) == []
    assert mail.outbox == []
    rows = [*Feedback.objects.all(), *FeedbackMessage.objects.all()]
    assert leaks_of(SECRETS, " ".join(f"{row!s} {row!r}" for row in rows)) == []
    assert not LogEntry.objects.exists()


def test_after_erasing_not_even_the_ciphertext_is_there(walked: str, published: PublishedPage, editor: User) -> None:
    message = FeedbackMessage.objects.get()
    pieces = [bytes(message.ciphertext).hex(), bytes(message.wrapped_for_desk).hex()]
    reading.erase(published.article, message.pk, by=editor)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            assert not [row for (row,) in cursor.fetchall() if any(piece[:64] in row for piece in pieces)], table


def test_a_broken_database_and_a_crash_leave_no_word_in_the_log(
    client: Client, published: PublishedPage, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise OperationalError(f"could not insert {ANSWER}")

    with monkeypatch.context() as patched:
        patched.setattr(Feedback, "save", broken)
        response = client.post("/feedback/", ANSWER | {"page": published.pk}, headers=OURS)
    assert response.status_code == 503
    assert "could not be saved (OperationalError)" in log.getvalue()

    def crash(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError(f"cannot cope with {ANSWER}")

    monkeypatch.setattr(public, "take", crash)
    client.raise_request_exception = False
    assert client.post("/feedback/", ANSWER | {"page": published.pk}, headers=OURS).status_code == 500
    assert "RuntimeError" in log.getvalue()
    assert leaks_of(SECRETS, log.getvalue()) == []
