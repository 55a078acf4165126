"""Where the words that a comment is on stand in a later version of the page.

Pure. A comment keeps its words with what stood before and after them, as in the W3C's TextQuoteSelector
(https://www.w3.org/TR/annotation-model/#text-quote-selector). It goes nowhere by guess: what cannot be found without
doubt is orphaned, and shown with its own words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from html import unescape

from articles.review.comparing import AnyBlock, pair_blocks
from articles.review.comparing.reading import LINES

CONTEXT = 32  # characters kept on each side of the words
LONGEST_QUOTE = 2000
# A quotation of so many words, standing once on the page, is known by itself.
ENOUGH_WORDS = 5

_LEFT_OUT = re.compile(
    r'<sup class="cite">.*?</sup>|<span class="(?:cell-head|visually-hidden)">[^<]*</span>', re.DOTALL
)
_IMG = re.compile(r'<img (?:[^<>"]|"[^"]*")*?alt="([^"]*)"(?:[^<>"]|"[^"]*")*>')
_LINE_TAG = re.compile(rf"</?(?:{'|'.join(sorted(LINES))}|br|td|th)\b(?:[^<>\"]|\"[^\"]*\")*>")
_TAG = re.compile(r"<(?:[^<>\"]|\"[^\"]*\")*>")


class Found(Enum):
    """What became of the words of a comment."""

    ANCHORED = "anchored"  # they stand in the same block
    MOVED = "moved"  # they stand in another block, or elsewhere in it
    ORPHANED = "orphaned"  # they stand nowhere, or nobody can tell where


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a block, and what stands on either side of them."""

    words: str
    prefix: str
    suffix: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where the words stand now: in which block, from which character of its text. None and 0 when orphaned."""

    found: Found
    block: AnyBlock | None = None
    start: int = 0


def text_of(html: str) -> str:
    """What a reader reads in a block, on one line: no reference numbers, pictures by their descriptions."""
    html = _IMG.sub(r" \1 ", _LEFT_OUT.sub("", html))
    return " ".join(unescape(_TAG.sub("", _LINE_TAG.sub(" ", html))).split())


def words_of(block: AnyBlock) -> str:
    """The text of a block that a comment can be on; for one without words, such as a line, how it is written."""
    return text_of(block.html) or block.kind


def quote_in(block: AnyBlock, words: str, *, prefix: str = "") -> Quote | None:
    """The quotation of these words of a block; of all of them when none are given, None when it does not hold them.

    `prefix` is what stood before the selected words, to tell the first “cough” from the second.
    """
    text = words_of(block)
    wanted = " ".join(words.split()) or text[:LONGEST_QUOTE]
    starts = _occurrences(text, wanted)
    if not starts:
        return None
    before = " ".join(prefix.split())
    start = max(starts, key=lambda place: (_common_end(text[:place].rstrip(), before), -place))
    return _quote_at(text, start, len(wanted))


def place_of(quote: Quote, on: AnyBlock, before: Sequence[AnyBlock], after: Sequence[AnyBlock]) -> Place:
    """Where the words of `quote`, which stood in the block `on` of `before`, stand in `after`."""
    twin = next((new for old, new in pair_blocks(before, after) if old is on), None)
    if twin is not None and twin.digest == on.digest:
        start = _best(quote, words_of(twin))
        if start is not None:
            return Place(Found.ANCHORED, twin, start)
    texts = [(block, words_of(block)) for block in after]
    if twin is not None:
        own = words_of(twin)
        starts = _occurrences(own, quote.words)
        was_alone = len(_occurrences(words_of(on), quote.words)) == 1
        if len(starts) == 1 and (was_alone or _fits(quote, own, starts[0])):
            return Place(Found.ANCHORED, twin, starts[0])
    candidates = sorted(
        (
            (_context(quote, text, start), block is twin, block.key, start, block)
            for block, text in texts
            for start in _occurrences(text, quote.words)
        ),
        key=lambda candidate: candidate[:2],
        reverse=True,
    )
    if not candidates or (len(candidates) > 1 and candidates[0][:2] == candidates[1][:2]):
        return Place(Found.ORPHANED)
    _, in_place, _, start, block = candidates[0]
    known = len(candidates) == 1 and len(quote.words.split()) >= ENOUGH_WORDS
    if not known and not _fits(quote, words_of(block), start):
        return Place(Found.ORPHANED)
    return Place(Found.ANCHORED if in_place else Found.MOVED, block, start)


def _quote_at(text: str, start: int, length: int) -> Quote:
    end = start + length
    return Quote(text[start:end], text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT])


def _occurrences(text: str, words: str) -> list[int]:
    found, start = [], text.find(words)
    while start >= 0:
        found.append(start)
        start = text.find(words, start + 1)
    return found


def _best(quote: Quote, text: str) -> int | None:
    return max(_occurrences(text, quote.words), key=lambda start: (_context(quote, text, start), -start), default=None)


def _context(quote: Quote, text: str, start: int) -> int:
    """How many characters on both sides of the words are as they were, outward from them."""
    end = start + len(quote.words)
    return _common_end(text[:start], quote.prefix) + _common_start(text[end:], quote.suffix)


def _fits(quote: Quote, text: str, start: int) -> bool:
    """Whether at least half of what stood around the words still does."""
    around = len(quote.prefix) + len(quote.suffix)
    return around > 0 and 2 * _context(quote, text, start) >= around


def _common_end(one: str, other: str) -> int:
    return _common_start(one[::-1], other[::-1])


def _common_start(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
