"""What a reader may be typing: names of glossary terms and titles from any of their words on, synonyms, frequent words;
and names that are nearly what was asked for.

From what the site has published and what its editors wrote, never from what anybody searched for.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from articles.search.asked import JOINED, understand
from articles.search.spelling import mended

MOST = 8
MOST_NAMES = 3
LONGEST = 80
OF_EACH_KIND = {"term": 4, "synonym": 2, "title": 3, "word": MOST + 1}
FREQUENT_OF = 3000  # words that begin alike: the most frequent of them are taken

# Each kind is one range of one index, of which only the beginning is read. Names come in the order of the alphabet, so
# that what ends here stands before what goes on. Synonyms are few. A single letter begins half of all names, so it is
# no help.
BEGINNING = """
    (SELECT 'term', name, address FROM articles_searchname
     WHERE is_term AND length(articles_plain(%(typed)s)) > 1
       AND begins >= articles_plain(%(typed)s) AND begins < articles_plain(%(typed)s) || chr(1114111)
     ORDER BY begins, is_whole DESC LIMIT 16)
    UNION ALL
    (SELECT 'synonym', name, '' FROM (
         SELECT lay FROM articles_synonym UNION SELECT clinical FROM articles_synonym
     ) AS synonym (name)
     WHERE length(articles_plain(%(typed)s)) > 1
       AND ' ' || translate(name, '-/', '  ') LIKE '%% ' || articles_plain(%(typed)s) || '%%'
     ORDER BY length(name), name LIMIT 16)
    UNION ALL
    (SELECT 'title', name, address FROM articles_searchname
     WHERE NOT is_term AND length(articles_plain(%(typed)s)) > 1
       AND begins >= articles_plain(%(typed)s) AND begins < articles_plain(%(typed)s) || chr(1114111)
     ORDER BY begins LIMIT 16)
    UNION ALL
    (SELECT 'word', word, '' FROM (
         SELECT word, pages FROM articles_searchword
         WHERE length(articles_plain(%(typed)s)) > 1
           AND word >= articles_plain(%(typed)s) AND word < articles_plain(%(typed)s) || chr(1114111)
         LIMIT %(frequent_of)s
     ) AS begun
     ORDER BY pages DESC, word LIMIT 16)
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
    LIMIT 12
"""


@dataclass(frozen=True)
class Suggestion:
    """A page by its name; or, with an empty address, a text to search for."""

    text: str
    address: str


def with_capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def suggestions_for(typed: str) -> list[Suggestion]:
    """No more than MOST, each text once: terms, synonyms, titles, words. One query; more where nothing begins so.

    All begin with a capital, as titles do. What was typed is not said again.
    """
    if len(typed) > LONGEST:
        return []
    found = _beginning_with(typed) or _beginning_with(JOINED.sub(r"\1 \2", typed))
    if not found and (better := mended(understand(typed))):
        found = _beginning_with(better)
        found.setdefault(better.lower(), Suggestion(with_capital(better), ""))
    echo = found.get(" ".join(typed.lower().split()))
    return [suggestion for suggestion in found.values() if suggestion.address or suggestion != echo][:MOST]


def _beginning_with(typed: str) -> dict[str, Suggestion]:
    with connection.cursor() as cursor:
        cursor.execute(BEGINNING, {"typed": typed, "frequent_of": FREQUENT_OF})
        rows = cursor.fetchall()
    left = dict(OF_EACH_KIND)
    found: dict[str, Suggestion] = {}
    for kind, text, address in rows:
        if left[kind] and len(found) <= MOST and text.lower() not in found:
            found[text.lower()] = Suggestion(with_capital(text), address)
            left[kind] -= 1
    return found


def nearest_names(text: str) -> list[Suggestion]:
    """Names of glossary terms and synonyms that look like the whole question, the likest first. One query."""
    with connection.cursor() as cursor:
        cursor.execute(NEAREST_NAMES, {"text": text})
        found: dict[str, Suggestion] = {}
        for name, address in cursor.fetchall():
            found.setdefault(name.lower(), Suggestion(with_capital(name), address))
    return list(found.values())[:MOST_NAMES]
