"""Misspelt words, those that no live page uses, and what they may have meant.

A wrong guess can hurt: "diet" must not become "died", nor "asbestosis", an illness of its own, "asbestos". So a word is
mended only where it can hardly be another word. What people are known to mean is in `real_words`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db import connection

from articles.search.asked import Asked
from articles.search.real_words import OF_DEATH, REAL

SHORTEST = 4  # letters: a shorter word is like too many others
SHORT = 5  # a word no longer than this is mended only by its sound, its order of letters or one letter more
LONG = 8  # from here on two letters may be wrong, and a word that sounds the same may begin with another letter
LONGEST = 40  # the words of pages are no longer

# An ending that makes a word of medicine another one: pleura and pleuritis, asbestos and asbestosis.
ENDING = re.compile(r"(osis|itis|emia|aemia|omas?|ectomy|otomy|oscopy|ology|ologist|plasty|pathy)$")

NEAREST = """
    SELECT asked.place, asked.word, near.word, near.pages, dmetaphone(near.word) = dmetaphone(asked.word)
    FROM (
        SELECT place, stem, articles_plain(written) AS word
        FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS typed (written, stem, place)
    ) AS asked
    CROSS JOIN LATERAL (
        (SELECT word, pages FROM articles_searchword known
         WHERE known.word %% asked.word
         ORDER BY similarity(known.word, asked.word) DESC, pages DESC
         LIMIT 12)
        UNION
        (SELECT word, pages FROM articles_searchword known
         WHERE dmetaphone(known.word) = dmetaphone(asked.word) AND asked.word ~ '^[a-z]+$'
         ORDER BY levenshtein_less_equal(known.word, asked.word, 3), pages DESC
         LIMIT 12)
    ) AS near
    WHERE NOT EXISTS (SELECT FROM articles_searchword known WHERE known.stem = asked.stem)
"""


@dataclass(frozen=True, order=True)
class Likeness:
    """How near a word of our pages is to what was typed; the greater, the nearer."""

    changes: int  # below nothing: letters added, missing, wrong or changed about
    beginning: int  # letters that are the same from the first on
    length: int  # below nothing: by how many letters one is longer
    pages: int
    word: str


def mended(asked: Asked) -> str:
    """The question with its misspelt words mended; empty when there are none, or nothing near them.

    Only words that no live page uses are touched, and none in quotation marks or behind a minus.
    """
    doubtful = [
        (piece, stem)
        for piece, stem in asked.to_spell
        if piece.text.isalpha() and SHORTEST <= len(piece.text) <= LONGEST and not is_real(piece.text.lower())
    ]
    if not doubtful:
        return ""
    best: dict[int, Likeness] = {}
    with connection.cursor() as cursor:
        cursor.execute(NEAREST, [[piece.text for piece, _ in doubtful], [stem for _, stem in doubtful]])
        for place, typed, near, pages, sounds_alike in cursor.fetchall():
            likeness = likeness_of(typed, near, pages=pages, sounds_alike=sounds_alike)
            if likeness and (place - 1 not in best or likeness > best[place - 1]):
                best[place - 1] = likeness
    text = asked.text
    for place in sorted(best, reverse=True):
        piece = doubtful[place][0]
        text = text[: piece.start] + best[place].word + text[piece.end :]
    return text if best else ""


def is_real(word: str) -> bool:
    """Whether people are known to mean this word, or one that it is the plural of."""
    return word in REAL or word.removesuffix("s") in REAL


def likeness_of(typed: str, near: str, *, pages: int, sounds_alike: bool) -> Likeness | None:
    """How near the two are; None where the typed word may well be another word, or where it would be cruel."""
    changes = changes_between(typed, near)
    allowed = 1 + (len(typed) >= LONG) + sounds_alike
    if changes > allowed or near in OF_DEATH or _is_another_word(typed, near):
        return None
    if typed[0] != near[0] and not (sounds_alike and len(typed) >= LONG):
        return None
    if len(typed) <= SHORT and not (sounds_alike or sorted(typed) == sorted(near) or _lacks_a_letter(typed, near)):
        return None
    beginning = next((place for place, (a, b) in enumerate(zip(typed, near, strict=False)) if a != b), len(near))
    return Likeness(-changes, beginning, -abs(len(typed) - len(near)), pages, near)


def _is_another_word(typed: str, near: str) -> bool:
    """Words go on, and become others: carer from care. A last letter typed twice does not."""
    ending = ENDING.search(typed)
    if ending and not near.endswith(ending[0]):
        return True
    return typed.startswith(near) and typed.rstrip(typed[-1]) != near.rstrip(typed[-1])


def _lacks_a_letter(typed: str, near: str) -> bool:
    return len(typed) == SHORT and any(near[:place] + near[place + 1 :] == typed for place in range(len(near)))


def changes_between(one: str, other: str) -> int:
    """How many letters were added, left out, taken for another, or changed about with their neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one):
        earlier, before, row = before, row, [i + 1]
        for j, b in enumerate(other):
            row.append(min(before[j + 1] + 1, row[j] + 1, before[j] + (a != b)))
            if i and j and a == other[j - 1] and one[i - 1] == b:
                row[-1] = min(row[-1], earlier[j - 1] + 1)
    return row[-1]
