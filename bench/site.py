"""The site that is measured: the sample pages in a database of their own, served as production serves them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from bench.programs import RUN
from mesoinfo import dev_postgres
from tests.browser.served import Served, served
from tests.databases import drop

DATABASE = "mesoinfo_bench"


@contextmanager
def sample_site() -> Iterator[Served]:
    """The sample pages, live until the end of the block."""
    shutil.rmtree(RUN, ignore_errors=True)
    RUN.mkdir(parents=True)
    with own_database(DATABASE) as database:
        with override_settings(VAR_DIR=RUN, MEDIA_ROOT=RUN / "media"):
            call_command("load_sample_content", verbosity=0)
        with served(database, RUN) as site:
            yield site


@contextmanager
def own_database(name: str) -> Iterator[dict[str, Any]]:
    """A new database with every table, which Django uses until the end of the block, when it is dropped.

    One that an earlier run left behind, killed before it could tidy up, is replaced.
    """
    if dev_postgres.is_used_by(connection.settings_dict):
        dev_postgres.ensure_running(print)
    usual = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = name
    drop(name)
    connection.creation.create_test_db(verbosity=0, serialize=False)
    try:
        # Its ledgers are not those that the checkpoints in var/audit are of.
        with override_settings(AUDIT_CHECKPOINT_DIR=None):
            yield connection.settings_dict
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual
        drop(name)
