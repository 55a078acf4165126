"""Words and numbers of an English sentence: tokens, and the amounts written with digits, words and fractions.

A sentence is cut into tokens once, and everything that reads it walks over them, so no text makes it slow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple


class TokenKind(StrEnum):
    NUMBER = "number"
    WORD = "word"
    SIGN = "sign"


class Token(NamedTuple):
    """A number, a word or a sign: as compared (lower case, one kind of dash), as written, and where it stands."""

    kind: TokenKind
    text: str
    written: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a text, to be looked at by their place; outside the text stands nothing."""

    text: str
    listed: tuple[Token, ...]
    compared: tuple[str, ...]  # the text of each token

    def __len__(self) -> int:
        return len(self.listed)

    def __getitem__(self, index: int) -> Token:
        return self.listed[index]

    def token(self, index: int) -> Token | None:
        """Return the token at ``index``, if there is one."""
        return self.listed[index] if 0 <= index < len(self.listed) else None

    def word(self, index: int) -> str:
        """Return the text of the token at ``index``; outside the text, nothing."""
        return self.compared[index] if 0 <= index < len(self.compared) else ""

    def words(self, begin: int, end: int) -> tuple[str, ...]:
        """Return the texts of the tokens from ``begin`` up to ``end``, as far as there are any."""
        return self.compared[max(0, begin) : max(0, end)]

    def is_number(self, index: int) -> bool:
        """Say whether digits stand at ``index``."""
        return 0 <= index < len(self.listed) and self.listed[index].kind is TokenKind.NUMBER

    def past_dash(self, index: int) -> int:
        """Return ``index``, or the token after it if it is a dash."""
        return index + (self.word(index) == "-")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as written: its value, the worth of its last place that is given, and the tokens it takes."""

    value: float
    step: float
    begin: int
    end: int


def words(text: str) -> tuple[str, ...]:
    """Return the words of a list written as one text."""
    return tuple(text.split())


def word_set(text: str) -> frozenset[str]:
    """Return the words of a list written as one text, to be asked whether one is among them."""
    return frozenset(text.split())


_PARTS = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3}
_TOKEN = re.compile(
    r"(?P<number>(?:\d{1,3}(?:,\d{3})+(?![\d,])|\d+)(?:[.·]\d+)?[½¼¾⅓⅔]?|(?<![\w.])[.·]\d+|[½¼¾⅓⅔])"
    r"|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)|(?P<sign>[^\s\w]|_)"
)
_KINDS: dict[str | None, TokenKind] = {kind.value: kind for kind in TokenKind}  # four times faster than TokenKind()
_DASHES = frozenset("-‐‑‒–—−")

_UNITS = {
    word: value
    for value, word in enumerate(
        words(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen"
        )
    )
}
_TENS = {
    word: 10 * value
    for value, word in enumerate(words("twenty thirty forty fifty sixty seventy eighty ninety"), start=2)
}
_BIG = {"hundred": 100, "dozen": 12, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
# Without "zero", which denies as "no" does and needs no source.
NUMBER_WORDS = (frozenset(_UNITS) | frozenset(_TENS) | frozenset(_BIG)) - {"zero"}
BIG_NUMBERS = frozenset(_BIG)
AND_A_HALF = ("and", "a", "half")
# Longer numbers than these count nothing, and floats hold them badly.
_LONGEST = 15


def tokens_of(text: str) -> Tokens:
    """Return the tokens of ``text``, from left to right."""
    found = []
    for match in _TOKEN.finditer(text):
        written = match[0]
        compared = "-" if written in _DASHES else written.lower().replace("’", "'")
        found.append(Token(_KINDS[match.lastgroup], compared, written, *match.span()))
    return Tokens(text, tuple(found), tuple([token.text for token in found]))


def amount_at(tokens: Tokens, index: int) -> Amount | None:
    """Return the amount that begins with the token at ``index``, or None."""
    found = _in_digits(tokens, index) if tokens.is_number(index) else _in_words(tokens, index)
    return _with_a_half(tokens, found) if found else None


def _in_digits(tokens: Tokens, index: int) -> Amount | None:
    digits = tokens[index].text.replace(",", "").replace("·", ".")
    if len(digits) > _LONGEST:
        return None
    part = _PARTS.get(digits[-1], 0.0)
    digits = digits.rstrip("".join(_PARTS))
    value = float(digits or 0) + part
    step = part or float(Decimal(1).scaleb(-len(digits.partition(".")[2])))
    end = index + 1
    if (big := _BIG.get(tokens.word(end), 0)) >= 1_000:
        value, step, end = value * big, step * big, end + 1
    return Amount(value, step, index, end)


def _in_words(tokens: Tokens, index: int) -> Amount | None:
    end, total, below = index, 0, 0
    spoken = False
    if tokens.word(index) in ("a", "an") and tokens.word(index + 1) in _BIG:
        end, below = index + 1, 1
    while word := tokens.word(end):
        after_and = spoken and word == "and" and below >= 100 and below % 100 == 0
        if after_and and (tokens.word(end + 1) in _UNITS or tokens.word(end + 1) in _TENS):
            end += 1
        elif word in _TENS and below % 100 == 0:
            below, end, spoken = below + _TENS[word], end + 1, True
            dash = tokens.word(end) == "-"
            unit = _UNITS.get(tokens.word(end + dash), 0)
            if 0 < unit < 10:
                below, end = below + unit, end + dash + 1
        elif word in _UNITS and below % 100 == 0 and not (spoken and below == 0):
            below, end, spoken = below + _UNITS[word], end + 1, True
        elif word in _BIG and 1 <= below < (100 if _BIG[word] < 1_000 else 1_000):
            big = _BIG[word]
            total, below = (total, below * big) if big < 1_000 else (total + below * big, 0)
            end, spoken = end + 1, True
        else:
            break
    return Amount(float(total + below), 1.0, index, end) if spoken else None


def _with_a_half(tokens: Tokens, found: Amount) -> Amount:
    if tokens.words(found.end, found.end + 3) == AND_A_HALF:
        return Amount(found.value + 0.5, 0.5, found.begin, found.end + 3)
    part = _PARTS.get(tokens.word(found.end))
    if part and found.value == int(found.value):
        return Amount(found.value + part, part, found.begin, found.end + 1)
    return found
