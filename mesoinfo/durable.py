"""Files that are there whole, and on disk, once we say so."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def write_new(path: Path, content: bytes, mode: int) -> None:
    """Write a file that must not exist yet: whole and on disk, or not at all. Raises OSError (FileExistsError too)."""
    draft = _draft(path, content, mode)
    try:
        os.link(draft, path)  # unlike a rename, refuses to replace a file that is there
    finally:
        draft.unlink()
    sync(path.parent)


def write_over(path: Path, content: bytes, mode: int) -> None:
    """Write a file, in place of one that may be there: at each moment it is the old one or the new one, whole."""
    os.replace(_draft(path, content, mode), path)
    sync(path.parent)


def sync(directory: Path) -> None:
    """What was written, renamed or removed in this directory is on disk."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _draft(path: Path, content: bytes, mode: int) -> Path:
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, mode)
            file.write(content)
            file.flush()
            os.fsync(descriptor)
    except OSError:
        draft.unlink()
        raise
    return draft
