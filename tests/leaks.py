"""Searching what was stored or said for words that must not be there, in all the forms they may hide in."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator


def leaks_of(secrets: Iterable[str], text: str) -> list[str]:
    """The forms of the secrets that the text holds. A secret of fewer than seven bytes may be there by accident."""
    return [form for secret in secrets for form in _disguises(secret) if form in text]


def _disguises(secret: str) -> Iterator[str]:
    raw = secret.encode()
    yield secret
    yield secret.lower()
    yield raw.hex()
    yield secret.encode("utf-16-le").hex()
    yield from (in_base64(raw, offset) for offset in range(3))


def in_base64(raw: bytes, offset: int) -> str:
    """The part of its base64 that does not depend on what stands before and after it."""
    padded = base64.b64encode(b"x" * offset + raw + b"x" * 3).decode()
    return padded[-(-offset * 8 // 6) : (offset + len(raw)) * 8 // 6]
