"""Start-up checks of the intake: what would stop a request from being kept, in plain sentences."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from caseintake import spool


@register("caseintake")
def the_spool_can_be_used(**kwargs: Any) -> list[CheckMessage]:
    """While the database is away, requests are kept there."""
    if settings.TIER == "desk":
        return []
    directory: Path = settings.SPOOL_DIR
    there = next(path for path in (directory, *directory.parents) if path.exists())
    problems: list[CheckMessage] = []
    if not (there.is_dir() and os.access(there, os.R_OK | os.W_OK | os.X_OK)):
        problems.append(
            Error(
                f"Requests cannot be kept at {directory} while the database is away: {there} cannot be written to.",
                hint="Point INTAKE_SPOOL at a directory on a disk that lasts, writable for the site and drain_spool.",
                id="caseintake.E001",
            )
        )
    elif there == directory and there.stat().st_mode & 0o077:
        problems.append(
            Warning(
                f"Others on this machine can look into the spool at {directory}.",
                hint=f"chmod 700 {directory}",
                id="caseintake.W002",
            )
        )
    if spool.set_aside():
        problems.append(
            Warning(
                f"{spool.set_aside()} requests that came while the database was away could not be stored. They wait in "
                f"{directory / spool.SET_ASIDE}.",
                hint="See “What waits in the spool” in docs/operating.md.",
                id="caseintake.W003",
            )
        )
    return problems
