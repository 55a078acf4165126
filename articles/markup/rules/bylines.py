"""empty-byline: a line such as "Written by:" with nobody behind it.

The name may stand on the line or alone on the next one. Not caught: a name that is nobody's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .flaw import Flaw, Text
from .phrases import any_of

_DONE = r"(?:written|edited|reviewed|authored|checked|fact[- ]checked|updated|approved|verified)"
_LABEL = any_of(
    r"(?:[-*+>#|]+ ?)?[*_]{0,3}(?P<label>"
    rf"(?:(?:medically|expert|clinically|peer|legally) )?{_DONE}(?: and (?:\w+ )?{_DONE})? by"
    r"|(?:medical|expert|clinical) review(?:er)?(?: by)?|author|reviewer|(?:medical )?editor|by|byline"
    r")[*_]{0,3}(?P<colon> ?:)?[*_]{0,3} ?(?P<name>.*)"
)
_PLACEHOLDER = (
    r"(?:tbd|tba|todo|n/?a|none|unknown|xxx+|\?+|(?:your |author |reviewer |insert )?names?(?: here)?|author"
    r"|to (?:be (?:added|confirmed|determined)|come))"
)
_NOBODY = any_of(rf"[\s*_|.…–—-]*(?:[\[(<]?{_PLACEHOLDER}[\])>]?)?[\s*_|.…–—-]*")
_NAME = re.compile(r"[*_\[]{0,4}(?:Dr\.? |Prof\.? )?[^\W\d_a-z][\w.’'-]*(?:[ ,]+[\w.’'(),/-]+){0,8}[*_\])]{0,4}.{0,60}")
_LONGEST_LABEL = 120


def empty_byline(text: Text) -> Iterator[Flaw]:
    """Find labels of bylines with no name behind them."""
    lines = text.source.lines
    for number, line in enumerate(lines):
        written = line.strip()
        found = _LABEL.fullmatch(written) if len(written) <= _LONGEST_LABEL else None
        if found is None or not _NOBODY.fullmatch(found["name"]):
            continue
        if not found["name"].strip("*_ |") and _is_name(_next_words(lines, number)):
            continue
        if not found["colon"] and not found["label"].lower().endswith("by"):
            continue  # "Author" alone may stand over anything
        label = found["label"]
        message = (
            f"Nobody stands behind “{label}”. Name the person, or take the line out: the system shows who wrote and "
            "who checked a page."
        )
        yield Flaw("empty-byline", (number + 1, line.index(label) + 1), message, written)


def _next_words(lines: Sequence[str], number: int) -> str:
    for line in lines[number + 1 : number + 3]:
        if line.strip():
            return line.strip()
    return ""


def _is_name(words: str) -> bool:
    return bool(
        words
        and not _LABEL.fullmatch(words)
        and not words.endswith((".", ":", "?"))
        and len(words) <= 80
        and _NAME.fullmatch(words)
    )
