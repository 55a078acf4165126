"""What a reader may be typing: names of glossary terms and titles from any of their words on, synonyms, frequent words.

From what the site has published and what its editors wrote, never from what anybody searched for.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

MOST = 8
LONGEST = 80
OF_EACH_KIND = {"term": 4, "synonym": 2, "title": 3, "word": MOST}
FREQUENT_OF = 3000  # words that begin alike: the most frequent of them are taken

# Each kind is one range of one index, of which only the beginning is read. Names come in the order of the alphabet, so
# that what ends here stands before what goes on. Synonyms are few. A single letter begins half of all names, so it is
# no help.
BEGINNING = """
    (SELECT 'term', name, address FROM articles_searchname
     WHERE is_term AND length(articles_plain(%(typed)s)) > 1
       AND begins >= articles_plain(%(typed)s) AND begins < articles_plain(%(typed)s) || chr(1114111)
     ORDER BY begins LIMIT 16)
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


@dataclass(frozen=True)
class Suggestion:
    """A page by its name; or, with an empty address, a text to search for."""

    text: str
    address: str


def with_capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def suggestions_for(typed: str) -> list[Suggestion]:
    """No more than MOST, each text once: terms, synonyms, titles, words. One query."""
    if len(typed) > LONGEST:
        return []
    with connection.cursor() as cursor:
        cursor.execute(BEGINNING, {"typed": typed, "frequent_of": FREQUENT_OF})
        rows = cursor.fetchall()
    left = dict(OF_EACH_KIND)
    found: dict[str, Suggestion] = {}
    for kind, text, address in rows:
        if left[kind] and len(found) < MOST and text.lower() not in found:
            found[text.lower()] = Suggestion(text, address)
            left[kind] -= 1
    return list(found.values())
