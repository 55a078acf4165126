"""name-spelling: one name spelled in two ways.

Found are: a name with its own pattern of capitals and digits that is written otherwise elsewhere on the page or in
the title of a cited source (MiST1 and mist1); a full name of which one word differs by a letter or two; a long name
in capitals written once with one letter other than everywhere else; a surname before "et al." or after "Dr." that
the cited source spells otherwise; and a drug's generic name with one letter wrong. Words are compared that begin
with the same letter. Not caught: short names, names in small letters, and two spellings each used once of a name of
one word.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import combinations

from rapidfuzz.distance import Levenshtein

from ..amounts import word_set
from ..statements import Statement
from .drugs import BRANDS
from .flaw import Flaw, Text

# A trial or a protein: letters with digits behind them, or a capital inside.
_PATTERNED = re.compile(r"(?=[A-Za-z]*(?:\d|[a-z][A-Z]))[A-Za-z]{2,12}[A-Za-z0-9]{1,6}")
_FULL_NAME = re.compile(r"(?<![\w’'-])[A-Z][\w’'-]{2,24}(?: [A-Z]\.?)?(?: [A-Z][\w’'-]{2,24}){1,3}")
_CAPITAL = re.compile(r"[A-Z](?:(?<=[a-z,;(] [A-Z])|(?<=\([A-Z]))[a-z]{6,24}\b(?!-)")
_AND_OTHERS = r"(?: et al\b|(?: \w+)? and (?:(?:his|her|their) )?(?:colleagues|co-?workers|co-?authors)|[’']s team)"
_SURNAME = re.compile(
    rf"\b(?P<before>[A-Z][a-z’'-]{{3,24}}){_AND_OTHERS}"
    r"|\b(?:Dr\.?|Prof(?:essor|\.)?) (?:[A-Z][\w.’'-]* ){0,2}(?P<after>[A-Z][a-z’'-]{3,24})\b"
)
_GENERICS = dict.fromkeys(sorted(name for name in BRANDS.values() if " " not in name))
_MOST_NAMES = 200
_AROUND = ".,;:!?()[]“”\"'‘’®™*_"
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
    written = frozenset[str]().union(*(statement.text.split() for statement in text.statements))
    tokens = {word.strip(_AROUND) for word in written}
    right: dict[str, str] = {}
    for name in (name for source in text.library.sources.values() for name in _patterned_in(source.title)):
        right.setdefault(name.casefold(), name)
    for token in sorted(tokens):
        if not (token.islower() or token.istitle()) and _has_pattern(token):
            right.setdefault(token.casefold(), token)
    wrong = {token: right[token.casefold()] for token in tokens if right.get(token.casefold(), token) != token}
    for statement in text.statements if wrong else ():
        for word in dict.fromkeys(statement.text.split()):
            name = word.strip(_AROUND)
            if name in wrong:
                yield _respelled(text, statement, statement.text.index(name), name, wrong[name])


@lru_cache(maxsize=1024)
def _patterned_in(title: str) -> tuple[str, ...]:
    return tuple(word for each in title[:1_000].split() if _has_pattern(word := each.strip(_AROUND)))


def _has_pattern(word: str) -> bool:
    """Whether a word has capitals of its own and is no plain abbreviation: MiST1, BRCA1, but not Table2 or DNA."""
    return bool(_PATTERNED.fullmatch(word)) and sum(letter.isupper() for letter in word) >= 2


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
            right = next(
                (family for family in sorted(families) if _is_misspelled(family, name, shortest=4, cut=True)), ""
            )
            if right:
                yield _respelled(text, statement, found.start(found.lastgroup or 0), name, right)


_TITLES = word_set("colleagues team dr prof professor coworkers workers authors coauthors")


def _families(record: Mapping[str, object]) -> Iterator[str]:
    people = record.get("author")
    for person in people if isinstance(people, list | tuple) else ():
        family = person.get("family") if isinstance(person, Mapping) else None
        if isinstance(family, str):
            yield family


def _drugs(text: Text) -> Iterator[Flaw]:
    words = frozenset[str]().union(*(statement.words for statement in text.statements))
    wrong = {word: right for word in words if len(word) >= 8 and word not in _GENERICS and (right := _drug_meant(word))}
    for statement in text.statements if wrong else ():
        for word in sorted(statement.words & wrong.keys()):
            place = statement.text.lower().find(word)
            yield _respelled(text, statement, place, statement.text[place : place + len(word)], wrong[word])


@lru_cache(maxsize=8192)
def _drug_meant(word: str) -> str:
    """Return the drug of which a word is a misspelling, or ""."""
    return next((name for name in _GENERICS if name != word and _is_misspelled(name, word, most=1)), "")


def _is_misspelled(right: str, word: str, *, most: int = 2, shortest: int = 5, cut: bool = False) -> bool:
    """Whether ``word`` may be ``right`` with a letter or two wrong: not its plural, and not another name like it.

    With ``cut``, it may also be its beginning.
    """
    length = min(len(right), len(word))
    if right[0] != word[0] or length < shortest or abs(len(right) - len(word)) > 1:
        return False
    if frozenset((right, word)) in _PAIRS or not re.sub("[-’]", "", right + word).isalpha():
        return False
    if word.startswith(right) or (right.startswith(word) and not cut):
        return False
    return 0 < Levenshtein.distance(right, word, score_cutoff=2) <= min(most, 1 if length < 8 else 2)


def _respelled(text: Text, statement: Statement, offset: int, name: str, right: str) -> Flaw:
    message = f"“{name}” is written “{right}” elsewhere. Write one name in one way."
    return text.flaw("name-spelling", statement, offset, message, name)
