"""The text of a page before parsing: one normal form, so that what is signed cannot look different."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_BEYOND_LATIN = re.compile("[\u0300-\U0010ffff]{32,}")
_BLANKS_INSIDE = re.compile(r"(?<=[^ \t])[ \t]+")
_LONGEST_MARK_RUN = 30
_FENCE = "+++"


def normalise(text: str) -> str:
    """Return ``text`` in NFC with LF line ends and no trailing blanks; its lines keep their numbers.

    NUL and lone surrogates, which no database or browser takes, become U+FFFD. The page is parsed
    from this form and not only hashed in it: two texts with one digest therefore give one page.
    """
    # U+FEFF is a byte order mark or nothing that is seen; HTML parsers drop it in some places only.
    text = text.replace("\ufeff", "").replace("\r\n", "\n").replace("\r", "\n")
    text = _UNSTORABLE.sub("\ufffd", text)
    text = "".join(unicodedata.normalize("NFC", piece) for piece in _pieces(text))
    return "\n".join(line.rstrip(" \t") for line in text.split("\n"))


def _pieces(text: str) -> Iterator[str]:
    # Putting a long run of combining marks in order takes quadratic time: 100 KB of them, eight seconds.
    # No script stacks thirty, so such runs are cut (as Unicode's stream-safe format does).
    start = 0
    for run in _BEYOND_LATIN.finditer(text):
        marks = 0
        for place in range(run.start(), run.end()):
            marks = marks + 1 if unicodedata.combining(text[place]) else 0
            if marks > _LONGEST_MARK_RUN:
                yield text[start:place]
                start, marks = place, 1
    yield text[start:]


def blank_front_matter(lines: list[str]) -> bool:
    """Empty the lines of a TOML front matter (between ``+++`` lines at the very top), in place.

    Returns False if the front matter is opened and never closed; the lines then stay as they are.
    """
    if lines[0] != _FENCE:
        return True
    try:
        end = lines.index(_FENCE, 1)
    except ValueError:
        return False
    lines[: end + 1] = [""] * (end + 1)
    return True


def canonical_markdown(lines: list[str], *, keep_blanks: bool) -> str:
    """Return a block's Markdown with runs of blanks and of empty lines collapsed.

    Indentation stays, since it carries meaning in lists. ``keep_blanks`` is for blocks that hold code,
    where every blank is seen.
    """
    if keep_blanks:
        return "\n".join(lines).strip("\n")
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(_BLANKS_INSIDE.sub(" ", line))
    return "\n".join(kept).strip("\n")
