"""missing-alt, of pictures that the text itself links: no words stand in for a picture in Markdown or HTML.

HTML says ``alt=""`` of a picture that adds nothing; Markdown cannot, so its empty brackets are a finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .flaw import Flaw, Text

_NO_WORDS = re.compile(r"!\[\s*\]\(")
_ELEMENT = re.compile(r"<img[\s/>]", re.IGNORECASE)
_ALT = re.compile(r"\salt\s*=", re.IGNORECASE)


def missing_alt(text: Text) -> Iterator[Flaw]:
    """Find linked pictures without alternative text."""
    for segment in text.segments:
        for token in segment.tokens:
            for child in token.children or () if token.type == "inline" else ():
                if child.type == "refused" and _has_no_words(child.content):
                    message = "This picture has no alternative text. Say in a sentence what it shows."
                    at = text.source.position(token, child.meta.get("at", 0))
                    yield Flaw("missing-alt", at, message, child.content)


def _has_no_words(picture: str) -> bool:
    if _NO_WORDS.match(picture):
        return True
    return bool(_ELEMENT.match(picture)) and not _ALT.search(picture)
