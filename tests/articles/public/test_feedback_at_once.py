"""Was this page helpful? While the connection to the database ends, and while many send at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from articles.feedback import taking
from articles.models import Feedback, FeedbackMessage, PublishedPage

from .test_feedback import WORDS, assert_everything_is_shown_again, send

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("transactional_db", "keys", "site_settings"),
]


@pytest.mark.whole
def test_a_connection_that_ends_in_the_middle_loses_no_word(client: Client, published: PublishedPage) -> None:
    """As when PostgreSQL restarts: the first query fails, and whatever asks the same connection again fails too."""

    def end(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith('INSERT INTO "articles_feedback"'):
            sql, params = "SELECT pg_terminate_backend(pg_backend_pid())", None
        return execute(sql, params, many, context)

    with connection.execute_wrapper(end):
        response = send(client, published)
    connection.close()
    assert response.status_code == 503
    assert_everything_is_shown_again(response, published)
    assert not Feedback.objects.exists()


def test_many_clicks_at_the_same_moment_count_once(published: PublishedPage) -> None:
    def once(_: int) -> taking.Taken:
        try:
            return taking.take(published, helpful=False, words=WORDS)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        taken = list(pool.map(once, range(12)))
    assert sorted(taken, key=str).count(taking.Taken.COUNTED) == 1
    assert Feedback.objects.count() == FeedbackMessage.objects.count() == 1
