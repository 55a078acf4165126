"""Bibliographies as other programs hold them: the one way in and the one way out. Nothing here knows a database.

What a file cannot hold stands in `losses`; docs/evidence.md tells it to people.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from citations.formats import bibtex, csl_json, nbib, reference_list, ris
from citations.formats.bibtex import to_bibtex
from citations.formats.csl_json import to_csl_json
from citations.formats.decoding import decode, note_on_encoding
from citations.formats.fields import Record, link_to, public_record, title_words
from citations.formats.reading import Correction, Reading, unreadable
from citations.formats.ris import to_ris

__all__ = [
    "READABLE",
    "WRITABLE",
    "Correction",
    "Reading",
    "decode",
    "guess",
    "link_to",
    "note_on_encoding",
    "public_record",
    "read",
    "title_words",
    "to_bibtex",
    "to_csl_json",
    "to_ris",
    "write",
]

READABLE: Mapping[str, Callable[[str], Iterator[Reading]]] = {
    "csl-json": csl_json.read,
    "ris": ris.read,
    "bibtex": bibtex.read,
    "nbib": nbib.read,
    "reference-list": reference_list.read,
}
WRITABLE: Mapping[str, Callable[[Iterable[Record]], str]] = {
    "csl-json": to_csl_json,
    "ris": to_ris,
    "bibtex": to_bibtex,
}

_ENDINGS = {
    "bib": "bibtex",
    "bibtex": "bibtex",
    "csljson": "csl-json",
    "json": "csl-json",
    "nbib": "nbib",
    "ris": "ris",
}
# What a file of each format is known by, wherever in its first lines that stands.
_SIGNS = {
    "ris": re.compile(r"^TY {1,2}-", re.MULTILINE),
    "nbib": re.compile(r"^PMID- ?[0-9]", re.MULTILINE),
    "bibtex": re.compile(r"^[ \t]*@[ \t]*[A-Za-z]+[ \t]*[{(]", re.MULTILINE),
    "csl-json": re.compile(r"\A\s*(?:\[\s*)?(?:\{\s*[\"}]|\]|\Z)"),
}
_LOOKED_AT = 20_000


def read(text: str, name: str) -> Iterator[Reading]:
    """Each record of a file in the format `name`, as it is reached. A bad one is told, and stops no other.

    Raises ValueError for a format we do not read.
    """
    if name not in READABLE:
        raise ValueError(f"There is no format {name!r} to read. We read: {', '.join(READABLE)}.")
    return _some(READABLE[name](text), text)


def _some(readings: Iterator[Reading], text: str) -> Iterator[Reading]:
    """The readings; of a text that holds something but no record, that it holds none."""
    first = next(readings, None)
    if first is not None:
        yield first
        yield from readings
    elif text.strip("\ufeff []\t\r\n"):
        yield unreadable(1, text, "No record was found here. Look whether the file is in the format it was taken for.")


def write(records: Iterable[Record], name: str) -> str:
    """The records as a file in the format `name`. What leaves is what describes the work (`public_record`).

    Raises ValueError for a format we do not write.
    """
    if name not in WRITABLE:
        raise ValueError(f"There is no format {name!r} to write. We write: {', '.join(WRITABLE)}.")
    return WRITABLE[name](records)


def guess(text: str, filename: str = "") -> str | None:
    """The format a file is in: what its text says counts first, then how its name ends. None when neither says it."""
    begin = text.removeprefix("\ufeff")[:_LOOKED_AT].replace("\r", "\n")
    if "\0" in begin:
        return None
    for name, sign in _SIGNS.items():
        if begin.strip() and sign.search(begin):
            return name
    ending = filename.rpartition(".")[2].lower()
    return _ENDINGS.get(ending) or ("reference-list" if reference_list.is_one(begin) else None)
