"""A database that says nothing is away.

A server that hangs keeps its connections open and answers none of them: no time limit of its own ends that, and
somebody who has pressed Send would wait until their browser gives up. So the public site waits for each answer itself,
and takes too long a silence for a broken connection, which psycopg2 then closes ("Support for coroutine libraries" in
its documentation). What is done while the database is away is done then too.
"""

from __future__ import annotations

import select
from time import monotonic

import psycopg2
from psycopg2 import extensions

# Seconds of silence. A request for help is stored in a few thousandths of one.
PATIENCE = 5.0
# As long as it was silent a short while ago: one page asks several times.
LESS_PATIENCE = 0.5
A_SHORT_WHILE = 30.0

_silent_at: float | None = None


def begin() -> None:
    """From here on, every connection of this process waits so.

    Not for a process whose statements may take long (migrations), nor for one that uses COPY, which psycopg2 cannot do
    then.
    """
    extensions.set_wait_callback(_wait)


def _wait(connection: extensions.connection) -> None:
    global _silent_at
    was_silent = _silent_at is not None and monotonic() - _silent_at < A_SHORT_WHILE
    deadline = monotonic() + (LESS_PATIENCE if was_silent else PATIENCE)
    while (state := connection.poll()) != extensions.POLL_OK:
        reading = [connection.fileno()] if state == extensions.POLL_READ else []
        writing = [connection.fileno()] if state == extensions.POLL_WRITE else []
        if not any(select.select(reading, writing, [], max(deadline - monotonic(), 0))):
            _silent_at = monotonic()
            raise psycopg2.OperationalError("the database has said nothing for too long")
    _silent_at = None
