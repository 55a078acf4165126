"""The log: one line for each message, whatever is in it."""

from __future__ import annotations

import io
import logging

from django.test import Client

logger = logging.getLogger("tests.logs")


def test_nothing_in_a_message_begins_another_line_or_reaches_a_terminal(log: io.StringIO) -> None:
    logger.error("Asked with %s.", "a\nb\r\x85c\u2028d\x1b[31m\u202ee")
    assert log.getvalue().endswith("ERROR tests.logs: Asked with a\\nb\\r\\x85c\\u2028d\\x1b[31m\\u202ee.\n")


def test_words_of_any_language_stay_readable(log: io.StringIO) -> None:
    logger.error("Café, Việt, 日本, “so” – 🦠")
    assert log.getvalue().endswith("Café, Việt, 日本, “so” – 🦠\n")


def test_a_traceback_keeps_its_lines(log: io.StringIO) -> None:
    try:
        raise ValueError("what was typed")
    except ValueError:
        logger.exception("It broke")
    first, *rest = log.getvalue().splitlines()
    assert first.endswith("It broke")
    assert rest[-1] == "builtins.ValueError" and len(rest) >= 3


def test_who_fails_to_sign_in_writes_no_line_of_their_own(client: Client, db: None, log: io.StringIO) -> None:
    before = log.getvalue().count("\n")
    fields = {"username": "x\n2026-01-01 ERROR forged", "password": "x"}
    client.post("/admin/login/", fields, headers={"User-Agent": "a\x85\x9b31m 2026-01-01 ERROR forged"})
    lines = log.getvalue().splitlines()[before:]
    assert any("axes" in line for line in lines)
    assert not [line for line in lines if not line.isprintable() or line.startswith("2026-01-01")]
