"""What the processes of one run of the tests have in common: the first that needs it makes it, for all."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def for_all_of_the_run(run: Path, name: str, *, make: Callable[[], None], end: Callable[[], None]) -> Iterator[None]:
    """Inside it is there: the first process makes it while the others that need it wait; the last to leave ends it.

    `run` is the directory of the run, where it is noted under this name who uses it.
    """
    users, made = run / f"users_of_{name}", run / f"{name}_is_made"
    own = users / str(os.getpid())
    with _one_at_a_time(run / f"{name}.lock"):
        users.mkdir(exist_ok=True)
        own.touch()
        if not made.exists():
            make()
            made.touch()
    yield
    with _one_at_a_time(run / f"{name}.lock"):
        own.unlink()
        if not any(users.iterdir()):
            made.unlink()
            end()


@contextmanager
def _one_at_a_time(lock: Path) -> Iterator[None]:
    """Inside there is one process; the others wait."""
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
