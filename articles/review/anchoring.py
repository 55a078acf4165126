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

from django.utils.text import Truncator

from articles.review.comparing import AnyBlock, pair_blocks
from articles.review.comparing.reading import LINES

CONTEXT = 32  # characters kept on each side of the words
SOME_CONTEXT = 8  # of which so many say that words are those of another place: about one word
NEXT_WORD = 3  # of which so many say that a word beside it is as it was: a blank and two letters
LONGEST_QUOTE = 2000
# A quotation of so many words, standing once on the page, is known by itself.
ENOUGH_WORDS = 5
FEW_WORDS = 3  # so many, standing once in their block, are known there

_PLAIN_MARKS = str.maketrans("“”„‘’\u00a0", '"""\'\' ')
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


_Texts = Sequence[tuple[AnyBlock, str]]


def text_of(html: str) -> str:
    """What a reader reads in a block, on one line: no reference numbers, pictures by their descriptions."""
    html = _IMG.sub(r" \1 ", _LEFT_OUT.sub("", html))
    return " ".join(unescape(_TAG.sub("", _LINE_TAG.sub(" ", html))).split())


def words_of(block: AnyBlock) -> str:
    """The text of a block that a comment can be on; for one without words, such as a line, how it is written."""
    return text_of(block.html) or block.kind


def first_words(block: AnyBlock) -> str:
    """The first 80 characters of a block, which tell it from its neighbors where blocks are listed."""
    return Truncator(words_of(block)).chars(80)


def quote_in(block: AnyBlock, words: str, *, prefix: str = "") -> Quote | None:
    """The quotation of these words of a block; of all of them when none are given, None when it does not hold them.

    Blanks and the shape of quotation marks do not count. `prefix` is what stood before the words, to tell the first
    “cough” from the second.
    """
    text = words_of(block)
    if not words.strip():
        return _quote_at(text, 0, len(text[:LONGEST_QUOTE]))
    letters = "".join(words.translate(_PLAIN_MARKS).split())
    if len(letters) > len(text):
        return None
    pattern = r"\s*".join(map(re.escape, letters))
    found = [match.span() for match in re.finditer(pattern, text.translate(_PLAIN_MARKS))]
    if not found:
        return None
    before = " ".join(prefix.split())
    start, end = max(found, key=lambda span: (_common_end(text[: span[0]].rstrip(), before), -span[0]))
    return _quote_at(text, start, end - start)


def places_of(
    quotes: Sequence[tuple[Quote, AnyBlock]], before: Sequence[AnyBlock], after: Sequence[AnyBlock]
) -> list[Place]:
    """Where the words of each quotation stand in `after`. With each comes the block of `before` that it stood in."""
    became = {id(old): new for old, new in pair_blocks(before, after)}
    old_texts = [(block, words_of(block)) for block in before]
    new_texts = [(block, words_of(block)) for block in after]
    return [_place(quote, on, became.get(id(on)), old_texts, new_texts) for quote, on in quotes]


def _place(quote: Quote, on: AnyBlock, twin: AnyBlock | None, before: _Texts, after: _Texts) -> Place:
    own = words_of(on)
    stood = _best(quote, own)
    if twin is not None and words_of(twin) == own:
        return Place(Found.ANCHORED, twin, stood)
    rivals = [
        _quote_at(text, start, len(quote.words))
        for block, text in before
        for start in _occurrences(text, quote.words)
        if (block, start) != (on, stood)
    ]
    stand = [(block, text, start) for block, text in after for start in _occurrences(text, quote.words)]
    # The same words that stood elsewhere before are not these.
    possible = [place for place in stand if not _belongs_to_another(quote, rivals, *place[1:])]
    if len(_occurrences(own, quote.words)) == 1:
        in_twin = [place for place in stand if place[0] is twin]
        nearest = max(possible, key=lambda place: (_context(quote, *place[1:]), place[0] is twin), default=None)
        # One word between all new ones may be another than it was.
        known = len(quote.words.split()) >= FEW_WORDS
        if nearest and in_twin == [nearest] and (known or _context(quote, *nearest[1:]) >= NEXT_WORD):
            return Place(Found.ANCHORED, twin, nearest[2])
    if len(stand) == 1 and not rivals and len(quote.words.split()) >= ENOUGH_WORDS:
        likely = possible
    else:
        likely = [place for place in possible if _fits(quote, *place[1:])]
    # Of several likely places those in their own block come first, then the one with all around the words as it was.
    likely = [place for place in likely if place[0] is twin] or likely
    if len(likely) > 1:
        likely = [place for place in likely if _context(quote, *place[1:]) == 2 * CONTEXT]
    if len(likely) != 1:
        return Place(Found.ORPHANED)
    block, _, start = likely[0]
    return Place(Found.ANCHORED if block is twin else Found.MOVED, block, start)


def _quote_at(text: str, start: int, length: int) -> Quote:
    end = start + length
    return Quote(text[start:end], text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT])


def _occurrences(text: str, words: str) -> list[int]:
    found, start = [], text.find(words)
    while start >= 0:
        found.append(start)
        start = text.find(words, start + 1)
    return found


def _best(quote: Quote, text: str) -> int:
    return max(_occurrences(text, quote.words), key=lambda start: (_context(quote, text, start), -start), default=0)


def _belongs_to_another(quote: Quote, rivals: Sequence[Quote], text: str, start: int) -> bool:
    ours = _context(quote, text, start)
    return any(_context(rival, text, start) >= max(ours, SOME_CONTEXT) for rival in rivals)


def _context(quote: Quote, text: str, start: int) -> int:
    """How much of what stands around the words is as it was, outward from them; the end of a block counts in full."""
    before, after = text[:start], text[start + len(quote.words) :]
    same_before, same_after = _common_end(before, quote.prefix), _common_start(after, quote.suffix)
    if same_before == len(quote.prefix) == len(before):
        same_before = CONTEXT
    if same_after == len(quote.suffix) == len(after):
        same_after = CONTEXT
    return same_before + same_after


def _fits(quote: Quote, text: str, start: int) -> bool:
    """Whether at least half of what stood around the words still does."""
    around = len(quote.prefix) + len(quote.suffix)
    same = _common_end(text[:start], quote.prefix) + _common_start(text[start + len(quote.words) :], quote.suffix)
    return 0 < around <= 2 * same


def _common_end(one: str, other: str) -> int:
    return _common_start(one[: -len(other) - 1 : -1], other[::-1])


def _common_start(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
