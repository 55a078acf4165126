"""A test that would keep the machine busy for ever fails instead. It is no measure: those are in `make bench`."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

LONGEST = 60  # seconds of our own computing, for what takes one at most; what piles up takes minutes to days


@contextmanager
def must_end() -> Iterator[None]:
    """Inside, whoever computes for a minute is stopped. Others may keep the machine busy meanwhile.

    Raises:
        TimeoutError: It was stopped.
    """

    def stop(*_: Any) -> None:
        raise TimeoutError(f"still busy after {LONGEST} s of computing")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
