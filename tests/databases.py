"""Databases of the tests and of the bench, and how a test that commits leaves its database as it found it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from unittest.mock import patch

from django.db import OperationalError, connection, transaction

from tests.in_its_role import make_roles


def make_migrated(name: str) -> None:
    """Make the database `name`, with all that migrating makes and writes, and what the roles may do."""
    before = connection.settings_dict["NAME"]
    with patch.dict(connection.settings_dict["TEST"], {"NAME": name}):
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        make_roles()
        connection.creation.destroy_test_db(before, verbosity=0, keepdb=True)


def make_copy(name: str, template: str) -> None:
    """Make the database `name` a copy of `template`, with which no thread may be connected."""
    connection.close()
    drop(name)
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def drop(name: str) -> None:
    """Drop the database `name`, if there is one, also when a process that has just ended is still connected."""
    with connection._nodb_cursor() as cursor:
        # Not WITH (FORCE): that is refused while the server itself is vacuuming there; a plain drop stops it.
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user",
            [name],
        )
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')


class Migrated:
    """The rows that migrating wrote: roles, permissions, sweeps, words of consent. Made while there are no others."""

    def __init__(self) -> None:
        self._rows = _hashes(tables_with_rows())

    def restore(self, flush: Callable[[], None]) -> None:
        """Leave these rows and no others. `flush` is Django's: it empties every table and writes these anew, which
        takes five times as long, so it is called only if a test changed one of them.
        """
        if _hashes(self._rows) == self._rows:
            _empty(tables_with_rows() - self._rows.keys())
            return
        flush()
        written = _hashes(tables_with_rows())  # with other numbers than before
        assert written.keys() == self._rows.keys(), "A migration wrote rows that nothing writes again after a flush."
        self._rows = written


def tables_with_rows() -> set[str]:
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return {name for (name,) in _ask(f"SELECT '{table}' WHERE EXISTS (SELECT FROM \"{table}\")" for table in tables)}


def _hashes(tables: Iterable[str]) -> dict[str, str]:
    rows = "md5(string_agg(t::text, ' ' ORDER BY t::text))"
    return dict(_ask(f"SELECT '{table}', {rows} FROM \"{table}\" t" for table in tables))


def _ask(questions: Iterable[str]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(questions))
        return cursor.fetchall()


def _empty(tables: set[str]) -> None:
    """Delete all rows. A TRUNCATE would have to name every table that refers to one of these, which is nearly all."""
    steps = [
        *(f'ALTER TABLE "{table}" DISABLE TRIGGER USER' for table in tables),  # many refuse to be deleted from
        *(f'DELETE FROM "{table}"' for table in tables),
        "SET CONSTRAINTS ALL IMMEDIATE",
        *(f'ALTER TABLE "{table}" ENABLE TRIGGER USER' for table in tables),
    ]
    for attempt in range(3):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("; ".join(steps))
                return
        except OperationalError:  # a deadlock: a browser had asked for something as its test ended
            if attempt == 2:
                raise
