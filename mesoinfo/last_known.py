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

_kept: dict[Path, Any] = {}
logger = logging.getLogger(__name__)


def keep(name: str, facts: Any) -> None:
    """Keep these facts (JSON) under this name. Only what changed is written; that it cannot be is logged, no more."""
    path = _path(name)
    if _kept.get(path) == facts:
        return
    _kept[path] = facts
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        durable.write_over(path, json.dumps(facts).encode(), 0o644)
    except OSError as error:
        logger.warning("%s cannot be written (%s): whoever starts while the database is away misses it.", path, error)


def recall(name: str) -> Any:
    """What was last kept under this name; None when nothing was."""
    path = _path(name)
    if path not in _kept:
        try:
            _kept[path] = json.loads(path.read_bytes())
        except (OSError, ValueError):
            return None
    return _kept[path]


def _path(name: str) -> Path:
    return settings.VAR_DIR / "last-known" / f"{name}.json"
