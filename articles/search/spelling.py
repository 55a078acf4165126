"""Misspelt words, those that no live page uses, and what they may have meant; names that are nearly right."""

from __future__ import annotations

from difflib import SequenceMatcher

from django.db import connection

from articles.search.asked import Asked
from articles.search.suggestions import Suggestion

SHORTEST = 4  # letters: a shorter word is like too many others
LIKENESS = 0.75  # of 1, as difflib measures it: mesotheliona has 0.92, kemotherapy 0.87
NEAREST = """
    SELECT asked.place, asked.word, near.word, near.pages
    FROM (
        SELECT place, stem, articles_plain(written) AS word
        FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS typed (written, stem, place)
    ) AS asked
    CROSS JOIN LATERAL (
        SELECT word, pages FROM articles_searchword known
        WHERE known.word %% asked.word
        ORDER BY similarity(known.word, asked.word) DESC, pages DESC
        LIMIT 12
    ) AS near
    WHERE NOT EXISTS (SELECT FROM articles_searchword known WHERE known.stem = asked.stem)
"""
NEAREST_NAMES = """
    SELECT name, address FROM (
        SELECT name, address, similarity(begins, articles_plain(%(text)s)) AS likeness FROM articles_searchname
        WHERE is_term AND is_whole AND begins %% articles_plain(%(text)s)
        UNION ALL
        SELECT name, '', similarity(name, articles_plain(%(text)s))
        FROM (SELECT lay FROM articles_synonym UNION SELECT clinical FROM articles_synonym) AS synonym (name)
        WHERE name %% articles_plain(%(text)s)
    ) AS near
    ORDER BY likeness DESC, address DESC, name
    LIMIT 5
"""


def mended(asked: Asked) -> str:
    """The question with its misspelt words mended; empty when there are none, or nothing near them.

    Only words that no live page uses are touched, and none in quotation marks or behind a minus.
    """
    doubtful = [(piece, stem) for piece, stem in asked.to_spell if piece.text.isalpha() and len(piece.text) >= SHORTEST]
    if not doubtful:
        return ""
    best: dict[int, tuple[float, int, str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(NEAREST, [[piece.text for piece, _ in doubtful], [stem for _, stem in doubtful]])
        for place, word, near, pages in cursor.fetchall():
            likeness = SequenceMatcher(None, word, near).ratio()
            if likeness >= LIKENESS:
                best[place - 1] = max(best.get(place - 1, (0.0, 0, "")), (likeness, pages, near))
    text = asked.text
    for place in sorted(best, reverse=True):
        piece = doubtful[place][0]
        text = text[: piece.start] + best[place][2] + text[piece.end :]
    return text if best else ""


def nearest_names(text: str) -> list[Suggestion]:
    """Names of glossary terms and synonyms that look like the whole question, the likest first. One query."""
    with connection.cursor() as cursor:
        cursor.execute(NEAREST_NAMES, {"text": text})
        return [Suggestion(name, address) for name, address in cursor.fetchall()]
