"""Reference numbers such as CR-7K2M9-X4T1F: random, easy to read over the phone, and a slip is noticed.

Nine characters of Crockford's base 32 (45 random bits) and one check character. Made without the
database, so that a request has its number before anything is stored.
"""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PATTERN = r"^CR-[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$"
_LOOKALIKES = str.maketrans("ILO", "110")


def new_reference() -> str:
    """A reference nobody has had: two in a million requests meet with a chance of one in seventy."""
    return _written([secrets.randbelow(32) for _ in range(9)])


def reference_from(random: bytes) -> str:
    """The reference that nine or more random bytes make."""
    return _written([byte % 32 for byte in random[:9]])


def read_reference(typed: str) -> str | None:
    """The reference somebody typed or read out, or None when it cannot be one.

    Case, blanks and dashes do not matter; I and L are read as 1, O as 0.
    """
    letters = "".join(c for c in typed.upper() if c.isalnum()).removeprefix("CR").translate(_LOOKALIKES)
    if len(letters) != 10 or any(c not in ALPHABET for c in letters):
        return None
    written = _written([ALPHABET.index(c) for c in letters[:9]])
    return written if written[-1] == letters[-1] else None


def _written(numbers: list[int]) -> str:
    letters = "".join(ALPHABET[n] for n in [*numbers, _check(numbers)])
    return f"CR-{letters[:5]}-{letters[5:]}"


def _check(numbers: list[int]) -> int:
    """A weighted sum over the field of 32 elements: sees each wrong character and each pair swapped."""
    total = 0
    for number in numbers:
        total = _times_two(total ^ number)
    return total


def _times_two(number: int) -> int:
    doubled = number << 1
    return doubled ^ 0b100101 if doubled & 0b100000 else doubled
