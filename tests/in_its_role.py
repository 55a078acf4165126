"""What a test asks of the site or the desk is answered with the rights that the process would have in production.

It stands in all tests (tests/conftest.py), so that a page that comes to read another table is held to what
mesoinfo/grants.py lists by the tests of that page.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg2
from django.db import DEFAULT_DB_ALIAS, connection

from mesoinfo import database_roles
from mesoinfo.grants import DESK, PROCESSES, SITE


def make_roles() -> None:
    """Let the database of the tests have the roles, and the tests act as each of them."""
    database_roles.make_roles(DEFAULT_DB_ALIAS, {}, tell=lambda sentence: None)
    database_roles.set_grants(DEFAULT_DB_ALIAS, tell=lambda sentence: None)
    # Two processes that run tests may do this at once.
    database_roles._among_others(connection, f"GRANT {', '.join(PROCESSES)} TO CURRENT_USER")


@contextmanager
def in_the_role_that_answers(path: str) -> Iterator[None]:
    """Inside, the connection has the rights of the process that answers at this address, and no others."""
    raw = connection.connection
    if raw is None:
        yield
        return
    # Past Django: whoever counts or watches statements is to see those of the product.
    with raw.cursor() as cursor:
        cursor.execute("SELECT current_setting('role')")
        (before,) = cursor.fetchone()
        cursor.execute("SELECT set_config('role', %s, false)", [DESK if path.startswith("/admin/") else SITE])
    try:
        yield
    finally:
        if connection.connection is raw:
            # A transaction that was broken off takes the role back by itself.
            with suppress(psycopg2.Error), raw.cursor() as cursor:
                cursor.execute("SELECT set_config('role', %s, false)", [before])
