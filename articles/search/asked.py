"""What a reader typed, understood: words, phrases in quotation marks, words to leave out, other names for each.

`chest pain` asks for both words, `"chest pain"` for one behind the other, `-surgery` for pages without it, `pain or
cough` for either. Other names come from the synonyms. Words in quotation marks or behind a minus are taken as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations

from django.db import connection

from articles.search.real_words import OF_DEATH

LONGEST = 200  # characters
LONGEST_SYNONYM = 6  # words
MOST_PARTS = 8  # for looking for pages that have some of them
QUOTATION_MARKS = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
JOINED = re.compile(r"([^\W\d_]+)(\d+)")  # stage4
PIECE = re.compile(r'(?P<minus>[-−–](?=\S))?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')

# What people put around the words that matter: "is my husband going to die". Left out where anything else is asked for.
SAID_AROUND = """
    go goes going gone went get gets getting got give gives take taking say says said tell need want wants know think
    please mean means meant really still ever like i'm i've i'd i'll we're we've we'd we'll you're you've he'd he'll
    she'd she'll they're they've they'll husband husband's wife wife's mother mother's father father's mom mom's mum
    mum's dad dad's mommy daddy parent parents son son's daughter daughter's brother brother's sister sister's
    grandfather grandmother grandpa grandma uncle aunt spouse
"""
AROUND = frozenset(SAID_AROUND.split())

# To search "died" is the same word as "dying". Who says it asks for something else.
DEAD = frozenset({"dead", "died"})

READ = """
    SELECT written, stems, articles_pairs(stems), articles_phrase(written)::text
    FROM unnest(%s::text[]) AS typed (written)
    CROSS JOIN LATERAL articles_stems(written) AS stems
"""
# Of "how long" search knows only "long". Such a name is taken just as it was said, and for no other name.
OTHER_NAMES = """
    WITH synonym AS (
        SELECT *, lay LIKE '%% %%' AND lay_stems NOT LIKE '%% %%' AS is_as_said FROM articles_synonym
        WHERE lay_stems = ANY(%(names)s) OR clinical_stems = ANY(%(names)s)
    )
    SELECT name, other, stems, articles_pairs(stems), articles_phrase(other)::text
    FROM (
        SELECT lay_stems, clinical FROM synonym
        WHERE lay_stems = ANY(%(names)s) AND (NOT is_as_said OR strpos(%(said)s, ' ' || lay || ' ') > 0)
        UNION ALL
        SELECT clinical_stems, lay FROM synonym WHERE clinical_stems = ANY(%(names)s) AND NOT is_as_said
    ) AS named (name, other)
    CROSS JOIN LATERAL articles_stems(other) AS stems
    ORDER BY name, other
"""


@dataclass(frozen=True)
class Piece:
    """A word or phrase as it was typed, and where."""

    text: str
    start: int
    end: int
    in_quotes: bool = False
    left_out: bool = False


@dataclass(frozen=True)
class Words:
    """Words as search knows them. With pairs they stand side by side, and `phrase` says how far apart."""

    stems: tuple[str, ...]
    pairs: tuple[str, ...] = ()
    phrase: str = ""

    def terms(self, mark: str) -> str:
        """As the index of terms is asked for them; `mark` is "t:", "o:" or nothing, as in articles_terms."""
        return _all(_quoted(mark + term) for term in (*self.stems, *self.pairs))

    def words(self) -> str:
        """As the words of a page are asked for them."""
        return f"({self.phrase})" if self.phrase else _all(map(_quoted, self.stems))


@dataclass(frozen=True)
class Part:
    """One thing a page should have, under any of its names: the first is as it was typed."""

    names: tuple[Words, ...]

    def terms(self, mark: str) -> str:
        return _any(name.terms(mark) for name in self.names)

    def words(self) -> str:
        return _any(name.words() for name in self.names)


@dataclass(frozen=True)
class Side:
    """What a page must have and may not have. There are more than one when the question says "or"."""

    parts: tuple[Part, ...]
    without: tuple[Words, ...] = ()
    wording: str = ""  # all of it as one phrase

    def terms(self, mark: str) -> str:
        # Phrases are left out by the words of a page: pairs know nothing of the small words between.
        left_out = (f"!{words.terms('')}" for words in self.without if not words.pairs)
        return _all([*(part.terms(mark) for part in self.parts), *left_out])

    def words(self) -> str:
        return _all([*(part.words() for part in self.parts), *(f"!{words.words()}" for words in self.without)])


@dataclass(frozen=True)
class Asked:
    """A question as it was understood. Without sides there is nothing to look for."""

    text: str
    sides: tuple[Side, ...] = ()
    only_without: bool = False  # it says only what to leave out
    to_spell: tuple[tuple[Piece, str], ...] = ()  # words that may be misspelt, with their stems

    def terms(self, mark: str = "") -> str:
        """A tsquery for the index of terms: of the whole page, its outline ("o:") or its title ("t:")."""
        return _any(side.terms(mark) for side in self.sides)

    def words(self) -> str:
        """A tsquery for the words of a page, which tell phrases exactly."""
        return _any(side.words() for side in self.sides)

    def wording(self) -> str:
        """A tsquery for what was typed as one phrase, or another name of it; empty for single words."""
        names = [name for side in self.sides for part in side.parts for name in part.names]
        phrases = dict.fromkeys([*(side.wording for side in self.sides), *(name.phrase for name in names)])
        return " | ".join(f"({phrase})" for phrase in phrases if phrase)

    def any_part(self) -> str:
        """A tsquery for one thing of those it asks for, under any of its names."""
        return _any(dict.fromkeys(part.words() for side in self.sides for part in side.parts))

    def any_word(self) -> str:
        """A tsquery for one word of any of these names."""
        names = [name for side in self.sides for part in side.parts for name in part.names]
        return _any(dict.fromkeys(_quoted(stem) for name in names for stem in name.stems))

    @property
    def is_phrased(self) -> bool:
        """Whether it asks for words side by side, or for none such, as only the words of a page tell for sure."""
        typed = [words for side in self.sides for words in (*side.without, *(part.names[0] for part in side.parts))]
        return any(words.pairs for words in typed)

    @property
    def keys(self) -> list[str]:
        """The names of the one thing it asks for, as names of glossary terms are kept."""
        if len(self.sides) != 1 or self.sides[0].without:
            return []
        parts = self.sides[0].parts
        typed = " ".join(stem for part in parts for stem in part.names[0].stems)
        return [typed, *(" ".join(name.stems) for name in parts[0].names[1:] if len(parts) == 1)]

    def with_some(self) -> Iterator[Asked]:
        """The same question with one part left out, whichever it is; then with half of them; then any of them."""
        if len(self.sides) != 1:
            return
        side = self.sides[0]
        parts = side.parts[:MOST_PARTS]
        for kept in sorted({len(parts) - 1, (len(parts) + 1) // 2, 1} - {0, len(parts)}, reverse=True):
            yield replace(self, sides=tuple(Side(some, side.without) for some in combinations(parts, kept)))


def pieces_of(text: str) -> list[Piece]:
    """The words and phrases of what was typed, in order. A quotation mark that is not closed ends with the text."""
    return [
        Piece(
            found["word"] or found["phrase"] or "",
            *found.span("word" if found["word"] else "phrase"),
            in_quotes=found["word"] is None,
            left_out=found["minus"] is not None,
        )
        for found in PIECE.finditer(text.translate(QUOTATION_MARKS))
    ]


def understand(text: str) -> Asked:
    """What the text asks for. Costs two queries; takes any text without NUL."""
    clauses = _parted_by_or(pieces_of(text))
    wordings = [" ".join(piece.text for piece in clause if not piece.left_out) for clause in clauses]
    pieces = [piece for clause in clauses for piece in clause]
    apart = {piece.text: " ".join(joined.groups()) for piece in pieces if (joined := JOINED.fullmatch(piece.text))}
    known = _read({*wordings, *(piece.text for piece in pieces), *apart.values()})
    clauses = [_what_matters(clause, known) for clause in clauses]
    others = _other_names({name for clause in clauses for name, _ in _spans(clause, known)}, text)
    sides: list[Side] = []
    to_spell: list[tuple[Piece, str]] = []
    for clause, wording in zip(clauses, wordings, strict=True):
        parts, without, place = [], [], 0
        while place < len(clause):
            piece, words = clause[place], known[clause[place].text]
            named = _named_from(clause, place, known, others)
            place += 1
            if not words.stems:
                continue
            if piece.left_out:
                without.append(words)
            elif piece.in_quotes:
                parts.append(Part((words,)))
            elif named and _plain(piece.text) in OF_DEATH:
                # What editors would have people read who ask whether somebody is dying, and no page for that word.
                name, place = named
                parts.append(Part(tuple(others[name])))
            elif named:
                name, place = named
                parts.append(Part((Words(tuple(name.split())), *others[name])))
            elif piece.text in apart:
                parts.append(Part((Words(words.stems), known[apart[piece.text]])))
            else:
                parts.append(Part((Words(words.stems),)))
                to_spell += [(piece, words.stems[0])] if len(words.stems) == 1 else []
        sides.append(Side(tuple(parts), tuple(without), wording=known[wording].phrase))
    return Asked(
        text,
        sides=tuple(side for side in sides if side.parts),
        only_without=any(side.without for side in sides) and not any(side.parts for side in sides),
        to_spell=tuple(to_spell),
    )


def _parted_by_or(pieces: list[Piece]) -> list[list[Piece]]:
    clauses: list[list[Piece]] = [[]]
    for piece in pieces:
        if piece.text.lower() == "or" and not piece.in_quotes and not piece.left_out:
            clauses.append([])
        else:
            clauses[-1].append(piece)
    return clauses


def _what_matters(clause: list[Piece], known: dict[str, Words]) -> list[Piece]:
    """Without the words that people put around what they ask for, unless nothing is left then."""
    kept = [piece for piece in clause if piece.in_quotes or piece.left_out or _plain(piece.text) not in AROUND]
    return kept if any(known[piece.text].stems and not piece.left_out for piece in kept) else clause


def _plain(word: str) -> str:
    return word.lower().replace("’", "'").strip(".,;:!?")


def _read(texts: set[str]) -> dict[str, Words]:
    with connection.cursor() as cursor:
        cursor.execute(READ, [list(texts)])
        return {
            text: Words(tuple(stems), tuple(pairs), phrase if pairs else "")
            for text, stems, pairs, phrase in cursor.fetchall()
        }


def _spans(clause: list[Piece], known: dict[str, Words]) -> Iterator[tuple[str, int]]:
    for place in range(len(clause)):
        yield from _spans_from(clause, place, known)


def _spans_from(clause: list[Piece], start: int, known: dict[str, Words]) -> list[tuple[str, int]]:
    """The names that could begin at this piece, longest first, each with the place behind it."""
    found: list[tuple[str, int]] = []
    stems: list[str] = []
    for place, piece in enumerate(clause[start:], start=start + 1):
        more = known[piece.text].stems
        if piece.in_quotes or piece.left_out or len(stems) + len(more) > LONGEST_SYNONYM:
            break
        if more:
            stems += more
            found.append((" ".join(stems), place))
        elif not stems:
            break
    return found[::-1]


def _named_from(
    clause: list[Piece], place: int, known: dict[str, Words], others: dict[str, list[Words]]
) -> tuple[str, int] | None:
    """The longest name with other names that begins at this piece, with the place behind it."""
    if _plain(clause[place].text) in DEAD:
        return None
    return next((span for span in _spans_from(clause, place, known) if span[0] in others), None)


def _other_names(names: set[str], text: str) -> dict[str, list[Words]]:
    others: dict[str, list[Words]] = {}
    said = " ".join(["", *map(_plain, text.split()), ""])
    with connection.cursor() as cursor:
        cursor.execute(OTHER_NAMES, {"names": list(names), "said": said})
        for name, other, stems, pairs, phrase in cursor.fetchall():
            if OF_DEATH.isdisjoint(other.split()):
                others.setdefault(name, []).append(Words(tuple(stems), tuple(pairs), phrase))
    return others


def _quoted(term: str) -> str:
    """A word as tsquery takes it literally."""
    return "'" + term.replace("\\", "\\\\").replace("'", "''") + "'"


def _all(queries: Iterable[str]) -> str:
    return _joined(" & ", queries)


def _any(queries: Iterable[str]) -> str:
    return _joined(" | ", queries)


def _joined(operator: str, queries: Iterable[str]) -> str:
    queries = list(queries)
    return queries[0] if len(queries) == 1 else f"({operator.join(queries)})"
