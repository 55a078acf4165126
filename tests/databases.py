"""Databases of the tests and of the bench, beside the one that pytest-django makes."""

from __future__ import annotations

from django.db import connection


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
