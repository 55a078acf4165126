"""Words and numbers of an English sentence: tokens, and the amounts written with digits, words and fractions.

A sentence is cut into tokens once, and everything that reads it walks over them, so no text makes it slow.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class TokenKind(StrEnum):
    NUMBER = "number"
    WORD = "word"
    SIGN = "sign"


@dataclass(frozen=True, slots=True)
class Token:
    """A number, a word or a sign: as compared (lower case, one kind of dash), as written, and where it stands."""

    kind: TokenKind
    text: str
    written: str
    start: int
    end: int


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
# Longer numbers than these count nothing, and floats hold them badly.
_LONGEST = 15


def tokens_of(text: str) -> list[Token]:
    """Return the tokens of ``text``, from left to right."""
    found = []
    for match in _TOKEN.finditer(text):
        kind = _KINDS[match.lastgroup]
        written = match[0]
        compared = "-" if written in _DASHES else written.lower().replace("’", "'")
        found.append(Token(kind, compared, written, match.start(), match.end()))
    return found


def text_at(tokens: Sequence[Token], index: int) -> str:
    """Return the text of the token at ``index``; outside the sentence, nothing."""
    return tokens[index].text if 0 <= index < len(tokens) else ""


def amount_at(tokens: Sequence[Token], index: int) -> Amount | None:
    """Return the amount that begins with the token at ``index``, or None."""
    found = _in_digits(tokens, index) or _in_words(tokens, index)
    return _with_a_half(tokens, found) if found else None


def _in_digits(tokens: Sequence[Token], index: int) -> Amount | None:
    if index >= len(tokens) or tokens[index].kind is not TokenKind.NUMBER:
        return None
    digits = tokens[index].text.replace(",", "").replace("·", ".")
    if len(digits) > _LONGEST:
        return None
    part = _PARTS.get(digits[-1], 0.0)
    digits = digits.rstrip("".join(_PARTS))
    value = float(digits or 0) + part
    step = part or float(Decimal(1).scaleb(-len(digits.partition(".")[2])))
    end = index + 1
    if (big := _BIG.get(text_at(tokens, end), 0)) >= 1_000:
        value, step, end = value * big, step * big, end + 1
    return Amount(value, step, index, end)


def _in_words(tokens: Sequence[Token], index: int) -> Amount | None:
    end, total, below = index, 0, 0
    spoken = False
    if text_at(tokens, index) in ("a", "an") and text_at(tokens, index + 1) in _BIG:
        end, below = index + 1, 1
    while end < len(tokens):
        word = tokens[end].text
        after_and = spoken and word == "and" and below >= 100 and below % 100 == 0
        if after_and and (text_at(tokens, end + 1) in _UNITS or text_at(tokens, end + 1) in _TENS):
            end += 1
        elif word in _TENS and below % 100 == 0:
            below, end, spoken = below + _TENS[word], end + 1, True
            dash = text_at(tokens, end) == "-"
            unit = _UNITS.get(text_at(tokens, end + dash), 0)
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


def _with_a_half(tokens: Sequence[Token], found: Amount) -> Amount:
    following = [text_at(tokens, found.end + ahead) for ahead in range(3)]
    if following == ["and", "a", "half"]:
        return Amount(found.value + 0.5, 0.5, found.begin, found.end + 3)
    if following[0] in _PARTS and found.value == int(found.value):
        return Amount(found.value + _PARTS[following[0]], _PARTS[following[0]], found.begin, found.end + 1)
    return found
