"""The environment and `.env`, for what runs before any package is installed."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent


def setting(name: str, default: str = "") -> str:
    """A variable from the environment, else from .env, as the settings read it; `default` where neither has it."""
    if value := os.environ.get(name, "").strip():
        return value
    with suppress(OSError):
        for line in (BASE_DIR / ".env").read_text(encoding="utf-8").splitlines():
            key, _, value = line.strip().removeprefix("export ").partition("=")
            if key.strip() == name and value.strip():
                return value.strip().strip("'\"")
    return default
