"""What the tests of the base share."""

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

from mesoinfo import audit, dev_postgres
from tests.conftest import without_triggers

LEDGER = "mesoinfo_auditentry"


@contextmanager
def directory_all_can_enter(environment):
    """Root's server runs as another user, who cannot enter pytest's own temporary directories."""
    directory = Path(tempfile.mkdtemp(prefix="mesoinfo-test-"))
    directory.chmod(0o755)
    environment.setenv("MESOINFO_VAR", str(directory / "var"))
    try:
        yield directory / "var"
    finally:
        dev_postgres.stop()
        shutil.rmtree(directory)


@pytest.fixture
def var(monkeypatch):
    with directory_all_can_enter(monkeypatch) as directory:
        yield directory


@pytest.fixture
def outside(settings, tmp_path):
    """A directory for checkpoints, outside the database."""
    settings.AUDIT_CHECKPOINT_DIR = tmp_path / "checkpoints"
    return settings.AUDIT_CHECKPOINT_DIR


@pytest.fixture
def checkpoint_file(outside):
    """The checkpoints of the audit ledger."""
    return outside / f"{LEDGER}.jsonl"


def tamper(*statements):
    """As somebody does who owns the tables."""
    with without_triggers(LEDGER), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def write_entries(count):
    for number in range(count):
        audit.record(None, "thing.done", number=number)
