"""What pages say while the database is away: as this machine last read it from there.

Kept in the process, and in a small file, so that a process that is started meanwhile knows the phone number too.
Nothing about a visitor is ever among it.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

from django.conf import settings

from mesoinfo import durable

_kept: dict[str, Any] = {}
logger = logging.getLogger(__name__)


def keep(name: str, facts: Any) -> None:
    """Keep these facts (JSON) under this name. Only what changed is written; that it cannot be is logged, no more."""
    if _kept.get(name) == facts:
        return
    _kept[name] = facts
    path = _path(name)
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        durable.write_over(path, json.dumps(facts).encode(), 0o644)
    except OSError as error:
        logger.warning(
            "%s cannot be written (%s): who starts while the database is away misses it.", path, error.strerror
        )


def recall(name: str) -> Any:
    """What was last kept under this name; None when nothing was."""
    path = _path(name)
    if name not in _kept and path is not None:
        try:
            _kept[name] = json.loads(path.read_bytes())
        except (OSError, ValueError):
            return None
    return _kept.get(name)


def _path(name: str) -> Path | None:
    directory: Path | None = settings.LAST_KNOWN_DIR
    return directory / f"{name}.json" if directory else None
