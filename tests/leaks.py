"""Searching what was stored or said for words that must not be there, in all the forms they may hide in."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator


def leaks_of(secrets: Iterable[str], text: str) -> list[str]:
    """The forms of the secrets that the text holds."""
    return [form for secret in secrets for form in _disguises(secret) if form and form in text]


def _disguises(secret: str) -> Iterator[str]:
    raw = secret.encode()
    yield secret
    yield secret.lower()
    yield raw.hex()
    yield secret.encode("utf-16-le").hex()
    yield from (base64.b64encode(b"x" * offset + raw).decode()[4:-4] for offset in range(3))
