"""Sessions of the desk, in the database. A cookie that holds no key of ours is not looked up at all."""

from __future__ import annotations

import re

from django.contrib.sessions.backends.db import SessionStore as InTheDatabase


class SessionStore(InTheDatabase):
    """As Django keeps them; the database is not asked for what it cannot hold, such as a key with a NUL in it."""

    def _validate_session_key(self, key: str | None) -> bool:
        return bool(key and re.fullmatch("[0-9a-z]{8,40}", key))
