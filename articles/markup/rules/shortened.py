"""abbreviation-undefined: an abbreviation in capitals that the page uses before it says what it stands for.

It is explained by ``*[EPP]: …`` anywhere, or by "full words (EPP)", "EPP (full words)" or "called EPP" at or before
its first use. `KNOWN` need none. Headings need not explain, but may. Left alone: Roman numerals, states behind a
comma, gene and trial names with digits or hyphens, words set in capitals for stress, and anything that the page
also writes in small letters. Whether the words in front of the brackets are the right ones is not checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..amounts import word_set
from .flaw import Flaw, Text
from .phrases import any_of

# What readers know better than the words it stands for.
KNOWN = word_set("""
    AIDS AM AP BC CD CEO COVID CT DNA DVD EU FAQ FAQs FDA GMT GP HIV ID IQ IV JD MBA MD MRI NASA NP OK PA PC
    PDF PET PIN PM PO PS RN RNA SOS TB TTY TV UK UN URL US USA USB UV VA VS XL ZIP N/A AC/DC A/C
""")
_STATES = word_set("""
    AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND
    OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY
""")
_ROMAN = re.compile(r"X{0,3}(?:IX|IV|V?I{0,3})")
_CAPITALS = re.compile(
    r"(?P<short>[A-Z](?<![\w/&.@#-][A-Z])(?:[A-Z]{1,5}|[A-Z]{0,2}/[A-Z]{1,3}))(?:s|['’]s)?(?![\w/&@]|-(?![a-z])|\.\w)"
)
_EXPLAINED_BY = any_of(
    r"(?:called|known as|abbreviated(?: as| to)?|short for|simply|just|or|acronym|abbreviation|initials) [“\"'‘(]?$"
)
_EXPLAINS = re.compile(
    r"[”\"'’]? ?(?:\((?!see\b)[A-Za-z][\w’',/ -]{5,}|(?:stands|is short) for\b|means\b|, which (?:stands for|means)\b"
    r"|[,:–—] (?:or|short for) [a-z])"
)
_IN_BRACKETS = re.compile(r"[\w’'”\"/-] ?[\(\[](?:or |also |the |called )?$")
_CLOSES = re.compile(r" ?[)\],;:]| (?:or|for short)\b")
# Words in capitals side by side are a title, or shouted.
_SHOUT = re.compile(r"(?:\b[A-Z]{2,}\b[ ,:’'-]{1,3}){2,}[A-Z]{2,}\b")


def abbreviation_undefined(text: Text) -> Iterator[Flaw]:
    """Find the first use of each abbreviation that nothing explains."""
    known = {*KNOWN, *text.abbreviations}
    small: frozenset[str] | None = None
    for statement in text.statements:
        words = _SHOUT.sub(lambda shout: shout[0].lower(), statement.text)
        for found in _CAPITALS.finditer(words):
            short = found["short"]
            if short in known or known.issuperset(short.split("/")):
                continue
            if _is_explained(words, found):
                known.add(short)
            elif not (statement.is_heading or statement.segment.kind == "title" or _is_none(words, found)):
                known.add(short)
                small = _small_words(text) if small is None else small
                if short.lower() not in small:
                    message = (
                        f"{short} is not explained. Write the full words ({short}) where it first stands, or add "
                        f"*[{short}]: the full words"
                    )
                    yield text.flaw("abbreviation-undefined", statement, found.start(), message, short)


def _is_explained(words: str, found: re.Match[str]) -> bool:
    before = words[max(0, found.start() - 30) : found.start()]
    after = words[found.end() : found.end() + 40]
    in_brackets = _IN_BRACKETS.search(before) and _CLOSES.match(after)
    return bool(in_brackets or _EXPLAINED_BY.search(before) or _EXPLAINS.match(after))


def _is_none(words: str, found: re.Match[str]) -> bool:
    """Whether capitals are a Roman number, or a state."""
    return bool(_ROMAN.fullmatch(found["short"])) or (
        found["short"] in _STATES and words.endswith(", ", 0, found.start())
    )


def _small_words(text: Text) -> frozenset[str]:
    return frozenset(word for statement in text.statements for word in re.findall(r"\b[a-z]{2,6}\b", statement.text))
