"""Unicode in its composed form (NFC), in time that grows with the text and not with its square."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_BEYOND_LATIN = re.compile("[\u0300-\U0010ffff]{32,}")
_LONGEST_MARK_RUN = 30


def compose(text: str) -> str:
    """Return ``text`` in NFC, where no more than thirty combining marks follow each other as one run.

    Putting a longer run in order takes quadratic time, during which Python does nothing else: 100 KB, eight seconds.
    No script stacks thirty, so such runs are cut, as Unicode's stream-safe format does (UAX #15, section 13).
    """
    return "".join(unicodedata.normalize("NFC", piece) for piece in _pieces(text))


def _pieces(text: str) -> Iterator[str]:
    start = 0
    for run in _BEYOND_LATIN.finditer(text):
        marks = 0
        for place in range(run.start(), run.end()):
            marks = marks + 1 if unicodedata.combining(text[place]) else 0
            if marks > _LONGEST_MARK_RUN:
                yield text[start:place]
                start, marks = place, 1
    yield text[start:]
