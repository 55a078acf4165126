"""Which page somebody meant who came to an address that is none: mistyped, cut off, or with something behind it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from django.db import connection

from articles.public.navigation import Link

MOST = 3
LONGEST = 80  # characters
LIKE_ENOUGH = 0.8  # of 1: five letters, two of them changed about
NEAR_THE_BEST = 0.75  # of the likeness of the best; what is further from it is no help
# Behind a dot, these end the address of a page. Anything else is a file, and asked for by no reader.
ENDINGS = frozenset(["", "asp", "aspx", "htm", "html", "php"])
PARTS = re.compile(r"[a-z]+|[0-9]+")  # stage4 is read as two words
INDEX = "index"

# The last part of an address says what the page is about; what stands before it, many pages have in common. Half of all
# titles are like any other that names the illness, so of titles only some that begin alike are looked at.
NEAREST = """
    WITH begun AS MATERIALIZED (
        SELECT address, name, is_term, begins FROM articles_searchname
        WHERE NOT is_term AND is_whole AND begins >= left(%(last)s, 4) AND begins < left(%(last)s, 4) || chr(1114111)
        ORDER BY begins LIMIT 200
    ), near AS (
        SELECT address, name, is_term, similarity(substring(address, '([^/]+)/$'), %(last)s) AS likeness
        FROM articles_searchname WHERE is_whole AND substring(address, '([^/]+)/$') %% %(last)s
        UNION ALL
        SELECT address, name, is_term, similarity(begins, %(last)s)
        FROM articles_searchname WHERE is_whole AND is_term AND begins %% %(last)s
        UNION ALL
        SELECT address, name, is_term, similarity(begins, %(last)s) FROM begun WHERE begins %% %(last)s
    ), named AS (
        SELECT DISTINCT ON (address) address, name, is_term, likeness FROM near ORDER BY address, likeness DESC, name
    )
    SELECT address, name, is_term, likeness FROM named
    ORDER BY likeness DESC, similarity(address, %(all)s) DESC, address
    LIMIT %(most)s
"""


def nearest_pages(path: str) -> list[Link]:
    """The live pages whose address or name is nearest to the end of this path. One query at most."""
    parts = words_of(path)
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(NEAREST, {"last": parts[-1], "all": " ".join(parts), "most": MOST})
        rows = cursor.fetchall()
    return [
        Link(address, f"{name} in the glossary" if is_term else name)
        for address, name, is_term, likeness in rows
        if likeness >= NEAR_THE_BEST * rows[0][3]
    ]


def mistyped(part: str, pages: Iterable[Link]) -> list[Link]:
    """Those of these pages whose short address has two letters changed about or one too many: abuot, privcay."""
    by_words = {" ".join(words_of(page.address)): page for page in pages}
    return [by_words[words] for words in get_close_matches(part, by_words, n=1, cutoff=LIKE_ENOUGH)]


def words_of(path: str) -> list[str]:
    """The parts of a path, each as plain words; none when it names a file."""
    *above, last = path.lower().rstrip("/").split("/")
    last, _, ending = last.partition(".")
    if ending not in ENDINGS:
        return []
    parts = [" ".join(PARTS.findall(part[:LONGEST])) for part in [*above[-2:], last]]
    return [part for part in _up_to_words(parts) if part]


def _up_to_words(parts: list[str]) -> Iterable[str]:
    """Without what says nothing at the end: index, a number, a sign."""
    while parts and (parts[-1] == INDEX or not any(c.isalpha() for c in parts[-1])):
        parts = parts[:-1]
    return parts
