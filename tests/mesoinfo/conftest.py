"""What the tests of the base share."""

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from mesoinfo import dev_postgres


@contextmanager
def directory_all_can_enter(environment):
    """Root's server runs as another user, who cannot enter pytest's own temporary directories."""
    directory = Path(tempfile.mkdtemp(prefix="mesoinfo-test-"))
    directory.chmod(0o755)
    environment.setenv("MESOINFO_VAR", str(directory / "var"))
    yield directory / "var"
    dev_postgres.stop()
    shutil.rmtree(directory)


@pytest.fixture
def var(monkeypatch):
    with directory_all_can_enter(monkeypatch) as directory:
        yield directory
