"""Knowing a second click: the same words sent again within 15 minutes.

What is kept of the words is a keyed hash. Its key is a file that lives for a day and is then destroyed, so that
nobody who later holds the database, or a backup of it, can test whether somebody wrote to us. A second site machine
has keys of its own: a repeat that lands there is taken for something new, which is the safe way to be wrong.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from mesoinfo import durable

WINDOW = timedelta(minutes=15)
logger = logging.getLogger(__name__)


def fingerprints(content: Mapping[str, Any], now: datetime) -> list[bytes]:
    """Keyed hashes of the content: the first is to be stored, all are to be looked for.

    Empty when no key can be kept on this machine; then repeats are not known, and nothing is refused for it.
    """
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    today = now.astimezone(UTC).date()
    days = {today, (now - WINDOW).astimezone(UTC).date()}
    try:
        keys = [_key_of(day, make=day == today) for day in sorted(days, reverse=True)]
    except OSError as error:
        logger.warning("What is sent twice is not recognized: %s cannot be used (%s).", _directory(), error.strerror)
        return []
    return [hmac.digest(key, canonical, hashlib.sha256) for key in keys if key]


def forget_keys(now: datetime) -> None:
    """Destroy the keys of days before yesterday; what was hashed with them can never be tested again."""
    _destroy_before((now - timedelta(days=1)).astimezone(UTC).date())


def _directory() -> Path:
    return settings.KEY_DIR / "repeats"


def _key_of(day: date, *, make: bool) -> bytes | None:
    path = _directory() / f"{day.isoformat()}.key"
    try:
        return path.read_bytes()
    except FileNotFoundError:
        if not make:
            return None
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Two processes may come to this at midnight: the first one's key stands, both read it.
    with suppress(FileExistsError):
        durable.write_new(path, secrets.token_bytes(32), 0o600)
    _destroy_before(day - timedelta(days=1))
    return path.read_bytes()


def _destroy_before(day: date) -> None:
    for path in _directory().glob("*.key"):
        if path.stem < day.isoformat():
            path.unlink(missing_ok=True)
