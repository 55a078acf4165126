"""Start-up checks: what is wrong with the surroundings, in plain sentences."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import Error as DatabaseError
from django.db import connection

from caseintake import erasing
from mesoinfo import vault

# What has to be done before desk and worker may run, whatever else is only said.
BEFORE_WORK = "before-work"


@register("mesoinfo")
def keys_are_where_they_belong(**kwargs: Any) -> list[CheckMessage]:
    """The public key is needed to accept a request, the private key to read one."""
    problems: list[CheckMessage] = []
    if not settings.DESK_PUBLIC_KEY.is_file():
        problems.append(
            Warning(
                f"There is no desk key at {settings.DESK_PUBLIC_KEY}, so no request for help can be accepted.",
                hint="Make one with `manage.py seal_keygen`, or point DESK_PUBLIC_KEY at yours.",
                id="mesoinfo.W001",
            )
        )
    private: Path = settings.DESK_PRIVATE_KEY
    if settings.TIER == "site" and os.access(private, os.R_OK):
        problems.append(
            Error(
                f"The public site can read the desk's private key at {private}.",
                hint="Keep the private key on the desk's machine only; the site needs DESK_PUBLIC_KEY alone.",
                id="mesoinfo.E002",
            )
        )
    # Retired ones, which stand beside it, open what was sealed for them as well.
    problems += [
        Error(
            f"Others on this machine can read the desk's private key at {path}.",
            hint=f"chmod 600 {path}",
            id="mesoinfo.E003",
        )
        for path in sorted(private.parent.glob(f"{private.name}*"))
        if path.is_file() and path.stat().st_mode & 0o077
    ]
    if settings.TIER != "site" and settings.DESK_PUBLIC_KEY.is_file() and os.access(private, os.R_OK):
        try:
            belong = vault.read_private_key(private).public == vault.read_public_key(settings.DESK_PUBLIC_KEY)
        except vault.VaultRefused as damage:
            problems.append(Error(str(damage), id="mesoinfo.E007"))
        else:
            if not belong:
                problems.append(
                    Error(
                        f"{settings.DESK_PUBLIC_KEY} and {private} are not a pair: "
                        "new requests would be sealed for a key this desk does not hold.",
                        hint="Put the pair back from its backup.",
                        id="mesoinfo.E008",
                    )
                )
    return problems


@register("mesoinfo")
def checkpoints_have_a_place(**kwargs: Any) -> list[CheckMessage]:
    """Without checkpoints outside the database, nobody misses what was removed from the end of a ledger."""
    if settings.DEVELOPMENT or settings.TIER == "site":
        return []
    directory: Path | None = settings.AUDIT_CHECKPOINT_DIR
    if directory is None:
        return [
            Warning(
                "AUDIT_CHECKPOINT_DIR is not set, so nobody could tell if the last entries of a ledger were removed, "
                "or all of them written anew; and a restored backup would bring back what people have erased.",
                hint="Name a directory that desk and worker can write to, and nobody who has the database.",
                id="mesoinfo.W010",
            )
        ]
    if not (directory.is_dir() and os.access(directory, os.R_OK | os.W_OK | os.X_OK)):
        return [
            Warning(
                f"The checkpoints of the ledgers cannot be written to {directory}.",
                hint="Make the directory, and let the account that desk and worker run under write to it.",
                id="mesoinfo.W011",
            )
        ]
    return []


@register(Tags.database)
def commits_are_durable(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """A request is acknowledged only once it is on disk, so the database must not pretend."""
    if not databases:
        return []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('synchronous_commit'), current_setting('fsync')")
            synchronous_commit, fsync = cursor.fetchone()
    except DatabaseError as error:
        return [
            Error(
                f"The database does not answer: {str(error).strip().splitlines()[0]}",
                hint="Check DATABASE_URL, and that PostgreSQL runs.",
                id="mesoinfo.E004",
            )
        ]
    problems: list[CheckMessage] = []
    if synchronous_commit == "off" or fsync == "off":
        problems.append(
            Error(
                "PostgreSQL acknowledges before data is on disk "
                f"(synchronous_commit={synchronous_commit}, fsync={fsync}).",
                hint="Set both to on: a request for help must never be lost after we said we have it.",
                id="mesoinfo.E005",
            )
        )
    return problems


@register(Tags.database, deploy=True)
def nobody_serves_as_the_owner(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Who owns the tables can empty a ledger and switch a trigger off, so no process logs in as the owner."""
    if not databases or settings.DEVELOPMENT:
        return []
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_user FROM pg_tables WHERE schemaname = 'public' AND tablename = 'django_migrations'"
                " AND pg_has_role(tableowner, 'USAGE')"
            )
            owners = cursor.fetchall()
    except DatabaseError:
        return []  # the check above says so
    return [
        Warning(
            f"This process logs in to the database as {owner}, who can switch off what PostgreSQL promises.",
            hint="Make the roles with `manage.py create_roles`, and give each process a DATABASE_URL with its own.",
            id="mesoinfo.W012",
        )
        for (owner,) in owners
    ]


@register(Tags.database, BEFORE_WORK)
def what_was_erased_stays_erased(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """A restored backup brings back what people erased after it was made. Nobody may read that again."""
    if not databases or settings.TIER == "site":
        return []
    try:
        count = len(erasing.outstanding()) if erasing.can_replay() else 0
    except DatabaseError:
        return []  # the first check of the database says so
    except erasing.LedgerUnreadable as damage:
        return [Error(str(damage), id="mesoinfo.E014")]
    if not count:
        return []
    return [
        Error(
            f"{count} request{'s' if count > 1 else ''} that people have erased can be opened again in this database, "
            "as after restoring a backup.",
            hint="Run `manage.py replay_erasures` before anything answers. It says how many, and asks first.",
            id="mesoinfo.E013",
        )
    ]


# What each may be, where the log of PostgreSQL is to hold no statement that somebody's words stand in.
DISCREET = {
    "log_statement": {"none", "ddl", "mod"},
    "log_min_duration_statement": {"-1"},
    "log_min_duration_sample": {"-1"},
    "log_transaction_sample_rate": {"0"},
    # With any other, a message about a lock or a shutdown would carry the statement it interrupted.
    "log_min_error_statement": {"panic"},
}


@register(Tags.database)
def statements_are_not_logged(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """What a reader searches for stands in a query; an error or a slow one would put it into the database's log."""
    if not databases:
        return []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(DISCREET)])
            return indiscreet(dict(cursor.fetchall()))
    except DatabaseError:
        return []  # the check above says so


def indiscreet(log_settings: Mapping[str, str]) -> list[CheckMessage]:
    """A warning that names the settings by which PostgreSQL would log what readers search for, if there are any."""
    loose = [f"{name}={log_settings[name]}" for name, fit in DISCREET.items() if log_settings.get(name, "") not in fit]
    if not loose:
        return []
    return [
        Warning(
            f"PostgreSQL may log what readers search for ({', '.join(loose)}).",
            hint="Set log_statement = none, log_min_duration_statement = -1, log_min_duration_sample = -1, "
            "log_transaction_sample_rate = 0 and log_min_error_statement = panic.",
            id="mesoinfo.W009",
        )
    ]


@register("mesoinfo", deploy=True)
def mail_has_a_way_out(**kwargs: Any) -> list[CheckMessage]:
    """Advocates learn of a new request by mail."""
    if settings.DEVELOPMENT or settings.EMAIL_BACKEND != "django.core.mail.backends.smtp.EmailBackend":
        return []
    if settings.EMAIL_HOST in ("", "localhost"):
        return [
            Warning(
                "EMAIL_URL is not set, so mail goes to an SMTP server on this machine.",
                hint="Set EMAIL_URL, such as smtp+tls://user:password@mail.example.org:587.",
                id="mesoinfo.W006",
            )
        ]
    return []
