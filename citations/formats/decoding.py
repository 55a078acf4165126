"""From the bytes of a file to its text."""

from __future__ import annotations

import codecs

_SAMPLE = 1_000


def encoding_of(data: bytes) -> str:
    """How the bytes seem to be written, by the name Python has for it. What is none of Unicode is taken for cp1252."""
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = data[:_SAMPLE:2], data[1:_SAMPLE:2]
    if odd and odd.count(0) > len(odd) * 0.7 and not even.count(0):
        return "utf-16-le"
    if odd and even.count(0) > len(even) * 0.7 and not odd.count(0):
        return "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def decode(data: bytes) -> str:
    """The text of a file. Never fails: bytes that mean nothing in its encoding become �."""
    return data.decode(encoding_of(data), errors="replace")


def note_on_encoding(data: bytes) -> str:
    """What to tell whoever brought the file about how it was read; empty when there is nothing to tell."""
    if encoding_of(data) != "cp1252":
        return ""
    return (
        "This file is not written in UTF-8, so it was read as Windows Latin (cp1252). Look at the letters with accents;"
        " where they are wrong, save the file as UTF-8 and bring it in again."
    )
