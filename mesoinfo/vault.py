"""Sealing: what a person tells us is closed with a public key and opened only with the desk's private key.

A payload is padded to one of three sizes and encrypted with AES-256-GCM under a random data key of its own.
The data key is wrapped to the desk's public key with HPKE (RFC 9180 in base mode, with the draft hybrid KEM
ML-KEM-768 + X25519, HKDF-SHA256 and AES-256-GCM). Both are bound to the place they are stored in, so that an
envelope moved to another row does not open. Changing the desk's key wraps data keys anew; payloads never change.

    payload envelope  suite (1 byte) · id of the data key (16) · nonce (12) · ciphertext and tag
    wrapped data key  suite (1 byte) · id of the desk key (16) · HPKE encapsulation, ciphertext and tag

Everything that cannot be opened raises VaultRefused; nothing is ever returned in part.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hpke
from cryptography.hazmat.primitives.asymmetric import mlkem, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SUITE = 1
PAYLOAD_SIZES = (4 * 1024, 16 * 1024, 64 * 1024)
LONGEST_PAYLOAD = PAYLOAD_SIZES[-1] - 4  # the length of the payload is stored before it, in four bytes

ID_BYTES = 16
_HEADER = 1 + ID_BYTES
_NONCE = 12
_TAG = 16
# What an envelope weighs on disk: the three padded sizes and nothing else.
ENVELOPE_SIZES = tuple(_HEADER + _NONCE + size + _TAG for size in PAYLOAD_SIZES)

_MLKEM_SEED, _MLKEM_PUBLIC, _MLKEM_ENCAPSULATION, _X25519 = 64, 1184, 1088, 32
# And a wrapped data key: what HPKE encapsulates, then the 32 bytes of the key and their tag.
WRAPPED_KEY_SIZE = _HEADER + _MLKEM_ENCAPSULATION + _X25519 + 32 + _TAG
_HPKE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


# Codes of refusals that end when the operators put the right key back.
FOR_WANT_OF_THE_KEY = ("no-key", "wrong-key", "bad-key-file")


class VaultRefused(Exception):
    """Something cannot be sealed or opened. The text says why in a plain sentence; `code` names the cause."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True)
class Place:
    """Where an envelope is stored. It opens in this place only."""

    table: str
    row: str
    sequence: int
    schema: int

    def bound(self, what: str) -> bytes:
        """The bytes that tie one part of an envelope ("payload" or "data key") to this place."""
        parts = ["mesoinfo", SUITE, what, self.table, self.row, self.sequence, self.schema]
        return json.dumps(parts, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Sealed:
    """A payload envelope, and its data key wrapped for the desk. Stored apart: the second can be destroyed."""

    envelope: bytes
    wrapped_key: bytes

    @property
    def desk_key_id(self) -> str:
        return desk_key_id(self.wrapped_key)


def desk_key_id(wrapped_key: bytes) -> str:
    """The id of the desk key that a data key is wrapped for, in hexadecimal."""
    return wrapped_key[1:_HEADER].hex()


@dataclass(frozen=True)
class PublicKey:
    """The desk's public key: seals, opens nothing."""

    raw: bytes

    @property
    def id(self) -> str:
        """Hash of the key, in hexadecimal."""
        return hashlib.sha256(self.raw).digest()[:ID_BYTES].hex()

    def _hpke(self) -> hpke.MLKEM768X25519PublicKey:
        return hpke.MLKEM768X25519PublicKey(
            mlkem.MLKEM768PublicKey.from_public_bytes(self.raw[:_MLKEM_PUBLIC]),
            x25519.X25519PublicKey.from_public_bytes(self.raw[_MLKEM_PUBLIC:]),
        )


@dataclass(frozen=True, repr=False)
class PrivateKey:
    """The desk's private key: ML-KEM seed and X25519 key side by side."""

    raw: bytes

    def __repr__(self) -> str:
        return f"<desk private key {self.public.id}>"

    @property
    def public(self) -> PublicKey:
        kem, curve = self._parts()
        return PublicKey(kem.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw())

    def _parts(self) -> tuple[mlkem.MLKEM768PrivateKey, x25519.X25519PrivateKey]:
        return (
            mlkem.MLKEM768PrivateKey.from_seed_bytes(self.raw[:_MLKEM_SEED]),
            x25519.X25519PrivateKey.from_private_bytes(self.raw[_MLKEM_SEED:]),
        )

    def _hpke(self) -> hpke.MLKEM768X25519PrivateKey:
        return hpke.MLKEM768X25519PrivateKey(*self._parts())


def generate() -> PrivateKey:
    """A new desk key, from the operating system's randomness."""
    return PrivateKey(
        mlkem.MLKEM768PrivateKey.generate().private_bytes_raw() + x25519.X25519PrivateKey.generate().private_bytes_raw()
    )


def seal(payload: bytes, *, place: Place, key: PublicKey) -> Sealed:
    """Close `payload` so that only the holder of the private half of `key` opens it, and only in `place`.

    Raises VaultRefused when the payload is longer than LONGEST_PAYLOAD.
    """
    data_key = AESGCM.generate_key(256)
    return Sealed(lock(payload, place=place, key=data_key), _wrap(data_key, place, key))


def open_sealed(sealed: Sealed, *, place: Place, key: PrivateKey) -> bytes:
    """The payload that was sealed in `place` for `key`.

    Raises VaultRefused when the key is another, or when anything was changed, cut short or moved.
    """
    return unlock(sealed.envelope, place=place, key=_unwrap(sealed, place, key))


def lock(payload: bytes, *, place: Place, key: bytes) -> bytes:
    """The envelope of `payload`, encrypted with the 32 bytes of `key`: it opens with them, and only in `place`.

    Raises VaultRefused when the payload is longer than LONGEST_PAYLOAD.
    """
    header = bytes([SUITE]) + _data_key_id(key)
    nonce = os.urandom(_NONCE)
    return header + nonce + AESGCM(key).encrypt(nonce, _pad(payload), header + place.bound("payload"))


def unlock(envelope: bytes, *, place: Place, key: bytes) -> bytes:
    """The payload that was locked in `place` with `key`.

    Raises VaultRefused when the key is another, or when anything was changed, cut short or moved.
    """
    _check_suite(envelope)
    header, rest = envelope[:_HEADER], envelope[_HEADER:]
    # AES-GCM alone does not commit to its key: the id in the header does.
    if not secrets.compare_digest(header[1:], _data_key_id(key)):
        raise _damaged()
    try:
        padded = AESGCM(key).decrypt(rest[:_NONCE], rest[_NONCE:], header + place.bound("payload"))
    except (InvalidTag, ValueError):
        # `from None`: a chained traceback could carry what was read.
        raise _damaged() from None
    return _unpad(padded)


def derive(key: PrivateKey, what: str) -> bytes:
    """Another secret of 32 bytes for the use that `what` names, always the same one, which tells nothing of `key`."""
    return HKDF(hashes.SHA256(), length=32, salt=None, info=f"mesoinfo {what}".encode()).derive(key.raw)


def wrap_anew(sealed: Sealed, *, place: Place, key: PrivateKey, to: PublicKey) -> bytes:
    """The data key of what was sealed in `place` for `key`, wrapped for `to` instead. The payload is not opened.

    Raises VaultRefused as `open_sealed` does.
    """
    return _wrap(_unwrap(sealed, place, key), place, to)


def _wrap(data_key: bytes, place: Place, key: PublicKey) -> bytes:
    return bytes([SUITE]) + bytes.fromhex(key.id) + _HPKE.encrypt(data_key, key._hpke(), place.bound("data key"))


def _unwrap(sealed: Sealed, place: Place, key: PrivateKey) -> bytes:
    _check_suite(sealed.envelope)
    _check_suite(sealed.wrapped_key)
    desk_key = key.public.id
    if sealed.desk_key_id != desk_key:
        raise VaultRefused(
            "wrong-key",
            f"This record was sealed for the desk key {sealed.desk_key_id[:8]}, and the desk now holds {desk_key[:8]}. "
            "Put the right key back from its backup.",
        )
    try:
        data_key = _HPKE.decrypt(sealed.wrapped_key[_HEADER:], key._hpke(), place.bound("data key"))
    except (InvalidTag, ValueError):
        raise _damaged() from None
    if not secrets.compare_digest(sealed.envelope[1:_HEADER], _data_key_id(data_key)):
        raise _damaged()
    return data_key


def _check_suite(part: bytes) -> None:
    if len(part) <= _HEADER + _TAG:
        raise _damaged()
    if part[0] != SUITE:
        raise VaultRefused("unknown-suite", f"This record is sealed in a way this version cannot open ({part[0]}).")


def _damaged() -> VaultRefused:
    return VaultRefused("damaged", "This record does not open. It was changed, cut short or moved after it was sealed.")


def _data_key_id(data_key: bytes) -> bytes:
    return hashlib.sha256(b"mesoinfo data key" + data_key).digest()[:ID_BYTES]


def _pad(payload: bytes) -> bytes:
    body = len(payload).to_bytes(4, "big") + payload
    for size in PAYLOAD_SIZES:
        if len(body) <= size:
            return body.ljust(size, b"\0")
    raise VaultRefused("too-long", f"This is too long to seal: {len(payload)} bytes, and {LONGEST_PAYLOAD} fit.")


def _unpad(padded: bytes) -> bytes:
    length = int.from_bytes(padded[:4], "big")
    if length > len(padded) - 4 or any(padded[4 + length :]):
        raise _damaged()
    return padded[4 : 4 + length]


def key_text(key: PublicKey | PrivateKey) -> str:
    """A key as its file holds it: what it is, its id, and its bytes in base64."""
    kind, public = ("private", key.public) if isinstance(key, PrivateKey) else ("public", key)
    lines = base64.b64encode(key.raw).decode()
    wrapped = "\n".join(lines[i : i + 64] for i in range(0, len(lines), 64))
    return f"mesoinfo desk {kind} key, suite {SUITE}\nid {public.id}\n{wrapped}\n"


def read_public_key(path: Path) -> PublicKey:
    """The desk's public key from its file. Raises VaultRefused when it is missing or damaged."""
    raw, written_id = _read_key(path, "public", _MLKEM_PUBLIC + _X25519)
    key = PublicKey(raw)
    if key.id != written_id:
        raise _bad_key_file(path, "public")
    return key


def read_private_key(path: Path) -> PrivateKey:
    """The desk's private key from its file. Raises VaultRefused when it is missing or damaged."""
    raw, written_id = _read_key(path, "private", _MLKEM_SEED + _X25519)
    key = PrivateKey(raw)
    if key.public.id != written_id:
        raise _bad_key_file(path, "private")
    return key


def read_private_key_for(sealed: Sealed, path: Path) -> PrivateKey:
    """The desk's private key that opens `sealed`: the one in use, at `path`, or a retired one beside it. Where there is
    none, the one in use: opening with it says what is wrong. Raises VaultRefused when a file is missing or damaged.
    """
    in_use = read_private_key(path)
    kept = retired(path, sealed.desk_key_id)
    return read_private_key(kept) if in_use.public.id != sealed.desk_key_id and kept.exists() else in_use


def retired(path: Path, key_id: str) -> Path:
    """Where the private key with this id is kept once another has taken its place at `path`."""
    return path.with_name(f"{path.name}.{key_id}")


def _read_key(path: Path, kind: str, length: int) -> tuple[bytes, str]:
    try:
        text = path.read_text("ascii")
    except FileNotFoundError:
        raise VaultRefused("no-key", f"There is no {kind} desk key at {path}.") from None
    except OSError as error:
        raise VaultRefused("no-key", f"The {kind} desk key at {path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise _bad_key_file(path, kind) from None
    lines = text.split("\n")
    if lines[0] != f"mesoinfo desk {kind} key, suite {SUITE}" or len(lines) < 3 or not lines[1].startswith("id "):
        raise _bad_key_file(path, kind)
    try:
        raw = base64.b64decode("".join(lines[2:]), validate=True)
    except binascii.Error:
        raise _bad_key_file(path, kind) from None
    if len(raw) != length:
        raise _bad_key_file(path, kind)
    return raw, lines[1].removeprefix("id ")


def _bad_key_file(path: Path, kind: str) -> VaultRefused:
    return VaultRefused(
        "bad-key-file", f"The file at {path} is not a whole {kind} desk key. Put it back from its backup."
    )
