"""On what it was measured: the kind of machine and the versions, and nothing that says whose it is."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path

from django.db import connection

from bench import programs
from tests.browser import chromium, vnu

BUSY = 0.5  # of the processors, by others, before we begin: timings are then not what they would be


def description() -> str:
    """Two sentences for the head of the page."""
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version')")
        (postgres,) = cursor.fetchone()
    browser = subprocess.run([chromium.find().path, "--version"], capture_output=True, text=True).stdout
    node = subprocess.run([programs.node(), "--version"], capture_output=True, text=True).stdout
    versions = [
        f"Chromium {_number(browser)}",
        f"Node {_number(node)}",
        f"Python {platform.python_version()}",
        f"Django {version('django')}",
        f"granian {version('granian')}",
        f"PostgreSQL {_number(postgres)}",
        f"Nu HTML checker {vnu.VERSION}",
    ]
    return (
        f"Machine: {os.cpu_count()} processors ({_processor()}), {_memory()} GB of memory, {platform.system()}. "
        f"With {', '.join(versions)}."
    )


def is_busy() -> bool:
    """Whether others keep this machine at work."""
    return os.getloadavg()[0] > BUSY * (os.cpu_count() or 1)


def _processor() -> str:
    try:
        names = re.findall(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        names = []
    return names[0].strip() if names else platform.machine()


def _memory() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


def _number(text: str) -> str:
    found = re.search(r"\d+(?:\.\d+)+", text)
    return found.group() if found else "of unknown version"
