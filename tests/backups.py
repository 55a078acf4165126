"""Backups as operators make and restore them: by PostgreSQL's own programs."""

from __future__ import annotations

import io
import os
import subprocess
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from mesoinfo import dev_postgres
from tests.databases import drop


def back_up(to: Path) -> None:
    """Dump the database we are connected to into this file."""
    _run("pg_dump", "--format=custom", f"--file={to}", connection.settings_dict["NAME"])


def make_empty(name: str) -> None:
    """Make the database `name` with nothing in it."""
    drop(name)
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')


def restore(backup: Path) -> None:
    """Restore a backup into the empty database that we are connected to, as docs/operating.md says."""
    call_command("create_roles", stdout=io.StringIO())
    _run("pg_restore", "--exit-on-error", f"--dbname={connection.settings_dict['NAME']}", str(backup))
    call_command("create_roles", stdout=io.StringIO())


def _run(program: str, *arguments: str) -> None:
    server = connection.settings_dict
    given = {
        "PGHOST": server["HOST"],
        "PGPORT": server["PORT"],
        "PGUSER": server["USER"],
        "PGPASSWORD": server["PASSWORD"],
    }
    environment = {**os.environ, **{name: str(value) for name, value in given.items() if value}}
    done = subprocess.run([_where(program), *arguments], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{program} did not succeed. It said: {done.stderr.strip()}"


def _where(program: str) -> str:
    """Of the development server its own: an older pg_dump refuses it."""
    if not dev_postgres.is_used_by(settings.DATABASES["default"]):
        return program
    place = dev_postgres.home()
    return str(dev_postgres._programs(place, dev_postgres._server_user(place), print) / program)
