"""The private code: twelve words that are shown once and never stored. Whoever has them opens the person's own copy.

The words are those of a published list of 2,048 (BIP 39, English, MIT license), made to be read out over the phone: the
first four letters tell each word from every other. Words that somebody who is ill or in mourning should not have to
write down, such as "gasp" or "grief", are not drawn; a code has 130 random bits all the same. Two things are derived
from it (HKDF, RFC 5869): what the copy is found by, of which the database keeps a hash, and what encrypts it.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from caseintake.references import read_reference


def _listed(name: str) -> tuple[str, ...]:
    return tuple((Path(__file__).parent / name).read_text("ascii").split())


WORDS = _listed("private_code_words.txt")
UNKIND = frozenset(_listed("private_code_words_not_drawn.txt"))
DRAWN = tuple(word for word in WORDS if word not in UNKIND)
LENGTH = 12
# Enough to know a word of the list by; words of three letters stand there whole.
_TELLING = 4
_KNOWN = {word[:_TELLING]: word for word in WORDS}


class CodeRefused(Exception):
    """What was typed is no private code; the text says what is wrong with it."""


@dataclass(frozen=True, repr=False)
class PrivateCode:
    """Twelve words of the list."""

    words: tuple[str, ...]

    def __repr__(self) -> str:
        return "<private code>"

    def __str__(self) -> str:
        return " ".join(self.words)

    @property
    def lookup(self) -> bytes:
        """What the person's copy is found by, 32 bytes. Not stored: who shows it has the code."""
        return self._derived("find")

    @property
    def lookup_hash(self) -> bytes:
        """What is stored in its place: its SHA-256."""
        return hashlib.sha256(self.lookup).digest()

    @property
    def key(self) -> bytes:
        """What the copy is encrypted with, 32 bytes."""
        return self._derived("open")

    def _derived(self, purpose: str) -> bytes:
        info = f"mesoinfo private code, to {purpose}".encode()
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(str(self).encode())


def new_code() -> PrivateCode:
    """Twelve words from the operating system's randomness."""
    return PrivateCode(tuple(secrets.choice(DRAWN) for _ in range(LENGTH)))


def read_code(typed: str) -> PrivateCode:
    """The code somebody typed. Case, numbering and marks between the words do not matter, nor what follows the first
    four letters of a word. Raises CodeRefused.
    """
    if read_reference(typed[:40]) or re.match(r"\s*CR\b.*\d", typed[:40], re.IGNORECASE):
        raise CodeRefused("That is your reference. Your private code is the 12 words we showed you below it.")
    # A long text is no code, and its words need not be looked up.
    given = re.findall(r"[a-z]+", typed[:1000].lower())
    if not given:
        raise CodeRefused("Type your private code. It has 12 words.")
    for number, word in enumerate(given[:LENGTH], start=1):
        if word[:_TELLING] not in _KNOWN:
            raise CodeRefused(f"Check word {number} of your code, “{word[:20]}”. It is not one of the words we use.")
    if len(given) != LENGTH:
        raise CodeRefused(f"Your code has 12 words. We read {len(given)}. Check that each word is there once.")
    return PrivateCode(tuple(_KNOWN[word[:_TELLING]] for word in given))
