"""How much of the heavy proofs runs: a small size of each in `make test` (0), all of it in `make proofs` (1), and with
`make proofs SIZE=20` twenty times as many examples drawn at random.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
SIZE = int(os.environ.get("SIZE", "0"))


def sized(whole: Sequence[T], small: Sequence[T]) -> Sequence[T]:
    """What a proof goes through: `whole`, in `make test` only `small`."""
    return whole if SIZE else small


def examples(whole: int) -> int:
    """How many examples are drawn at random: `whole` for each size, in `make test` a twentieth of that."""
    return whole * SIZE or whole // 20
