"""name-spelling: one name spelled in two ways.

Found are: a name with its own pattern of capitals and digits that is written otherwise elsewhere on the page or in the title of a cited
source (MiST1 and mist1); a full name of which one word differs by a letter or two; a long name in capitals written once with
one letter other than everywhere else; a surname before "et al." or after "Dr." that the cited source spells otherwise; and a drug's
generic name with one letter wrong. Words are compared that begin with the same letter. Not caught: short names, names in small letters, and
two spellings each used once of a name of one word.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations

from rapidfuzz.distance import Levenshtein

from ..statements import Statement
from .drugs import BRANDS
from .flaw import Flaw, Text

# A trial or a protein: letters with digits behind them, or a capital inside.
_PATTERNED = re.compile(
    r"(?<![\w.@/#-])(?=[A-Za-z]{0,12}(?:\d|[a-z][A-Z]))[A-Za-z]{2,12}[A-Za-z0-9]{1,6}(?![\w@/]|\.\w)"
)
_FULL_NAME = re.compile(r"(?<![\w’'-])[A-Z][\w’'-]{2,24}(?: [A-Z]\.?)?(?: [A-Z][\w’'-]{2,24}){1,3}")
_CAPITAL = re.compile(r"(?<=[a-z,;(] )[A-Z][a-z]{6,24}(?![\w’'-]*[A-Z])\b|(?<=[(])[A-Z][a-z]{6,24}\b")
_SURNAME = re.compile(
    r"\b(?P<before>[A-Z][a-z’'-]{3,24})(?: et al\b|(?: \w+)? and (?:(?:his|her|their) )?(?:colleagues|co-?workers|co-?authors)|[’']s team)"
    r"|\b(?:Dr\.?|Prof(?:essor|\.)?) (?:[A-Z][\w.’'-]* ){0,2}(?P<after>[A-Z][a-z’'-]{3,24})\b"
)
_WORD = re.compile(r"\b[A-Za-z][a-z]{7,17}\b")
_GENERICS = frozenset(name for name in BRANDS.values() if " " not in name)
_MOST_NAMES = 200
# Alike, and both right.
_PAIRS = frozenset(frozenset(pair) for pair in (("Medicare", "Medicaid"), ("Christian", "Christina")))


def name_spelling(text: Text) -> Iterator[Flaw]:
    """Find names that the page spells in two ways, or otherwise than the sources that it cites."""
    yield from _patterned(text)
    yield from _full_names(text)
    yield from _single_names(text)
    yield from _authors(text)
    yield from _drugs(text)


def _patterned(text: Text) -> Iterator[Flaw]:
    right: dict[str, str] = {}
    for source in text.library.sources.values():
        for found in _PATTERNED.finditer(source.title[:1_000]):
            if _has_pattern(found[0]):
                right.setdefault(found[0].casefold(), found[0])
    uses = [
        (statement, found)
        for statement in text.statements
        if any(letter.isdigit() for letter in statement.text) or right
        for found in _PATTERNED.finditer(statement.text)
    ]
    for _, found in uses:
        if _has_pattern(found[0]):
            right.setdefault(found[0].casefold(), found[0])
    for statement, found in uses:
        name = right.get(found[0].casefold(), found[0])
        if name != found[0]:
            yield _respelled(text, statement, found.start(), found[0], name)


def _has_pattern(word: str) -> bool:
    """Whether a word has capitals of its own: MiST1, BRCA1, but not covid19 or Table2."""
    letters = [letter for letter in word if letter.isalpha()]
    return sum(letter.isupper() for letter in letters) >= 2


def _full_names(text: Text) -> Iterator[Flaw]:
    names: dict[str, tuple[Statement, int]] = {}
    counts: Counter[str] = Counter()
    for statement in text.statements:
        if statement.is_heading:
            continue  # Headings May Have Capitals Everywhere
        for found in _FULL_NAME.finditer(statement.text):
            counts[found[0]] += 1
            if len(names) < _MOST_NAMES:
                names.setdefault(found[0], (statement, found.start()))
    by_shape: dict[tuple[int, str], list[str]] = {}
    for name in names:
        words = name.split()
        by_shape.setdefault((len(words), "".join(word[0] for word in words)), []).append(name)
    for alike in by_shape.values():
        for one, other in combinations(alike, 2):
            differing = [pair for pair in zip(one.split(), other.split(), strict=True) if pair[0] != pair[1]]
            if len(differing) == 1 and _is_misspelled(*differing[0]):
                right, wrong = (one, other) if counts[one] >= counts[other] else (other, one)
                yield _respelled(text, *names[wrong], wrong, right)


def _single_names(text: Text) -> Iterator[Flaw]:
    uses: dict[str, list[tuple[Statement, int]]] = {}
    for statement in text.statements:
        if not statement.is_heading:
            for found in _CAPITAL.finditer(statement.text):
                uses.setdefault(found[0], []).append((statement, found.start()))
    begins: dict[str, list[str]] = {}
    for name in list(uses)[:_MOST_NAMES]:
        begins.setdefault(name[0], []).append(name)
    for alike in begins.values():
        for one, other in combinations(alike, 2):
            right, wrong = (one, other) if len(uses[one]) >= len(uses[other]) else (other, one)
            if len(uses[right]) >= 2 and len(uses[wrong]) == 1 and _is_misspelled(right, wrong, most=1):
                yield _respelled(text, *uses[wrong][0], wrong, right)


def _authors(text: Text) -> Iterator[Flaw]:
    for statement in text.statements:
        if not statement.cited or not ("et al" in statement.text or _TITLES & statement.words):
            continue
        families = {family for source in text.sources_of(statement) for family in _families(source.record)}
        for found in _SURNAME.finditer(statement.text):
            name = found["before"] or found["after"]
            if name in families:
                continue
            right = next((family for family in sorted(families) if _is_misspelled(family, name, shortest=4)), "")
            if right:
                yield _respelled(text, statement, found.start(found.lastgroup or 0), name, right)


_TITLES = frozenset("colleagues team dr prof professor coworkers workers authors coauthors".split())


def _families(record: Mapping[str, object]) -> Iterator[str]:
    people = record.get("author")
    for person in people if isinstance(people, list | tuple) else ():
        family = person.get("family") if isinstance(person, Mapping) else None
        if isinstance(family, str):
            yield family


def _drugs(text: Text) -> Iterator[Flaw]:
    told: set[str] = set()
    for statement in text.statements:
        for word in statement.words - told:
            if len(word) >= 8 and word not in _GENERICS and word[0] in _GENERICS_BY_LETTER:
                right = next((name for name in _GENERICS_BY_LETTER[word[0]] if _is_misspelled(name, word, most=1)), "")
                if right:
                    told.add(word)
                    found = re.search(rf"\b{word}\b", statement.text, re.IGNORECASE)
                    yield _respelled(text, statement, found.start() if found else 0, word, right)


_GENERICS_BY_LETTER: dict[str, list[str]] = {}
for _name in sorted(_GENERICS):
    _GENERICS_BY_LETTER.setdefault(_name[0], []).append(_name)


def _is_misspelled(right: str, word: str, *, most: int = 2, shortest: int = 5) -> bool:
    """Whether ``word`` may be ``right`` with a letter or two wrong: not its plural, and not another name like it."""
    length = min(len(right), len(word))
    if (
        length < shortest
        or right[0] != word[0]
        or abs(len(right) - len(word)) > 1
        or frozenset((right, word)) in _PAIRS
    ):
        return False
    if (
        right.startswith(word)
        or word.startswith(right)
        or not (right + word).replace("-", "").replace("’", "").isalpha()
    ):
        return False
    return 0 < Levenshtein.distance(right, word, score_cutoff=2) <= min(most, 1 if length < 8 else 2)


def _respelled(text: Text, statement: Statement, offset: int, name: str, right: str) -> Flaw:
    message = f"“{name}” is written “{right}” elsewhere. Write one name in one way."
    return text.flaw("name-spelling", statement, offset, message, name)
