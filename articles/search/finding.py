"""The pages that answer a question, best first.

Ranking reads the words of a page, which is slow for a hundred thousand of them. So pages are taken in steps, each a
look into one index: those with what was asked for in the title, then in lede and headings, then anywhere; and when
these are done, pages whose review has lapsed. No more than MOST are ranked and listed; beyond that nothing is counted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils import timezone

from articles.search.asked import Asked

MOST = 1000  # pages ranked and listed
WEIGHTS = [0.1, 0.3, 0.5, 1.0]  # of text, headings, lede and title

STEPS = {
    "a_term": "article_id = ANY(%(terms)s) AND lapses_on > %(today)s",
    "in_title": "articles_terms(words) @@ %(title)s::tsquery AND lapses_on > %(today)s",
    "in_outline": "articles_terms(words) @@ %(outline)s::tsquery AND lapses_on > %(today)s",
    "anywhere": "articles_terms(words) @@ %(anywhere)s::tsquery AND lapses_on > %(today)s",
    "long_unchecked": "articles_terms(words) @@ %(anywhere)s::tsquery AND lapses_on <= %(today)s",
}


@dataclass(frozen=True)
class Found:
    """Ids of live pages, best first. `more` says that there are others, which were neither ranked nor counted."""

    pages: tuple[int, ...] = ()
    named: frozenset[int] = frozenset()  # glossary terms asked for by their name
    by_topic: Counter[int | None] = field(default_factory=Counter)
    more: bool = False


def find(asked: Asked, *, topic: int | None = None) -> Found:
    """The live pages that have what was asked for, in one topic or anywhere. One query, or two for a term's name."""
    if not asked.sides:
        return Found()
    given: dict[str, Any] = {
        "terms": _terms_named(asked.keys),
        "title": asked.terms("t:"),
        "outline": asked.terms("o:"),
        "anywhere": asked.terms(),
        "words": asked.words(),
        "any_word": asked.any_word(),
        "wording": asked.wording(),
        "weights": WEIGHTS,
        "today": timezone.now().date(),
        "topic": topic,
        "most": MOST + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_query(asked, within_topic=topic is not None), given)
        rows = cursor.fetchall()
    return Found(
        pages=tuple(row[0] for row in rows[:MOST]),
        named=frozenset(row[0] for row in rows if row[2] == 0),
        by_topic=Counter(row[1] for row in rows),
        more=bool(rows) and rows[0][3] > MOST,
    )


def _query(asked: Asked, *, within_topic: bool) -> str:
    """One statement: a step is not taken when those before it have found enough."""
    steps: list[str] = []
    before: list[str] = []
    for place, (name, condition) in enumerate(STEPS.items()):
        earlier = " UNION ALL ".join(f"SELECT article_id FROM {step}" for step in before)
        steps.append(
            f"""{name} AS MATERIALIZED (
                SELECT article_id, page_id, topic_id, title_words, words, {place} AS step FROM articles_searchentry
                WHERE {condition}
                {"AND words @@ %(words)s::tsquery" if asked.is_phrased else ""}
                {"AND topic_id = %(topic)s" if within_topic else ""}
                {f"AND (SELECT count(*) FROM ({earlier}) AS e) < %(most)s" if before else ""}
                {f"AND article_id NOT IN ({earlier})" if before else ""}
                -- When it finds more than can be ranked: those whose title says little else.
                ORDER BY title_words, page_id DESC LIMIT %(most)s
            )"""
        )
        before.append(name)
    return f"""
        WITH {", ".join(steps)},
        candidates AS MATERIALIZED (
            {" UNION ALL ".join(f"SELECT * FROM {step}" for step in before)} LIMIT %(most)s
        )
        SELECT page_id, topic_id, step, (SELECT count(*) FROM candidates)
        FROM candidates
        ORDER BY step, CASE WHEN step = 1 THEN title_words END,
                 {"words @@ %(wording)s::tsquery DESC," if asked.wording() else ""}
                 -- How near to each other the words stand, and in what places each of them stands.
                 ts_rank(%(weights)s::float4[], words, %(words)s::tsquery, 1)
                 + ts_rank(%(weights)s::float4[], words, %(any_word)s::tsquery, 1) DESC,
                 page_id DESC
    """


def _terms_named(keys: list[str]) -> list[int]:
    """The glossary terms that have one of these as their name."""
    if not keys:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT article_id FROM articles_searchname WHERE is_term AND is_whole AND stems = ANY(%s)", [keys]
        )
        return [article for (article,) in cursor.fetchall()]


def count_by_topic(asked: Asked) -> Counter[int | None] | None:
    """How many pages of each topic, by its id, have what was asked for; None when there are more than MOST."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT topic_id, count(*) FROM (
                SELECT topic_id FROM articles_searchentry
                WHERE articles_terms(words) @@ %(anywhere)s::tsquery
                {"AND words @@ %(words)s::tsquery" if asked.is_phrased else ""}
                LIMIT %(most)s
            ) AS found GROUP BY topic_id
            """,
            {"anywhere": asked.terms(), "words": asked.words(), "most": MOST + 1},
        )
        counts: Counter[int | None] = Counter(dict(cursor.fetchall()))
    return counts if counts.total() <= MOST else None
