"""`manage.py migrate`: Django's own, but for databases from before the first release, which knew other migrations."""

from __future__ import annotations

from typing import Any

from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        _refuse_half(options["database"])
        super().handle(*args, **options)


def _refuse_half(database: str) -> None:
    """Where only some of what one migration replaces was applied, Django leaves the app out, often without a word."""
    applied = MigrationRecorder(connections[database]).applied_migrations()
    for (app, name), migration in MigrationLoader(connections[database]).replacements.items():
        found = [key in applied for key in ((app, name), *migration.replaces)]
        if any(found) and not all(found):
            raise CommandError(
                f"This database was made by an earlier state of the code. Only {sum(found)} of the {len(found)} "
                f"migrations of {app} that {name} now stands for were applied. Migrate it with the code it was made "
                "by, up to the last of them, or begin with an empty database."
            )
