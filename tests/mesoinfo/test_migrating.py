"""A database from before the first release goes on if it had all the migrations of then, and is refused if not."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

pytestmark = pytest.mark.django_db


def test_a_database_that_had_them_all_goes_on_without_a_step():
    for app, name in MigrationLoader(connection).replacements:
        if name != "0001_initial":  # which was also the name of the first of them
            MigrationRecorder(connection).record_unapplied(app, name)
    executor = MigrationExecutor(connection)
    assert not executor.migration_plan(executor.loader.graph.leaf_nodes())


@pytest.mark.parametrize("missing", ["last", "all but the first"])
@pytest.mark.parametrize("app", ["articles", "citations", "mesoinfo"])
def test_a_database_that_had_only_some_is_refused(app, missing):
    replaced = MigrationLoader(connection).replacements[app, "0001_initial"].replaces
    for key in replaced[-1:] if missing == "last" else replaced:
        MigrationRecorder(connection).record_unapplied(*key)
    with pytest.raises(CommandError, match=rf"migrations of {app} that 0001_initial now stands for were applied"):
        call_command("migrate", verbosity=0)
