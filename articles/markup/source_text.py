"""The text of a page before parsing: one normal form, so that what is signed cannot look different."""

from __future__ import annotations

import re

from mesoinfo.composing import compose

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_BLANKS_INSIDE = re.compile(r"(?<=[^ \t])[ \t]+")
_FENCE = "+++"


def normalise(text: str) -> str:
    """Return ``text`` in NFC with LF line ends and no trailing blanks; its lines keep their numbers.

    NUL and lone surrogates, which no database or browser takes, become U+FFFD. The page is parsed
    from this form and not only hashed in it: two texts with one digest therefore give one page.
    """
    # U+FEFF is a byte order mark or nothing that is seen; HTML parsers drop it in some places only.
    text = text.replace("\ufeff", "").replace("\r\n", "\n").replace("\r", "\n")
    text = _UNSTORABLE.sub("\ufffd", text)
    text = compose(text)
    return "\n".join(line.rstrip(" \t") for line in text.split("\n"))


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
