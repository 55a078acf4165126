"""Whether a record tells of a work that is in the bibliography already. Machines propose; people decide.

Identical identifiers are the same work, unless the titles differ so much that one of the two records must be wrong
(https://github.com/zotero/zotero/issues/2926). Without them a title that reads alike is not enough: two editions of a
page have one title, and so have “Mesothelioma” by two publishers. So the first name, the year and the kind of work must
agree too, and even then it is a candidate, never merged without a person.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Q
from rapidfuzz import fuzz, process

from citations import csl
from citations.models import Relation, Source

# Of 100, as rapidfuzz counts them: words in any order. Tried on the sample bibliography, 528 pairs.
ALIKE = 90
# Titles of one work that two registers spell, cut or translate differently stay above it; other works fall below.
ANOTHER_WORK = 60
# What PostgreSQL keeps of a title for comparing has rare accents still, which may cost this much.
ALIKE_BUT_FOR_ACCENTS = 80
MOST = 50


class Verdict(StrEnum):
    """What two records are to each other."""

    SAME = "same"  # one identifier, one work
    CONFLICT = "conflict"  # one identifier, and titles that cannot be of one work
    CANDIDATE = "candidate"  # title, name, year and kind agree
    LOOK_ALIKE = "look-alike"  # the title agrees, something else does not


@dataclass(frozen=True)
class Match:
    """A source in use, what it is to the record in hand, and why, in sentences; whether the two share an identifier."""

    source: Source
    verdict: Verdict
    reasons: tuple[str, ...]
    by_identifier: bool = False


# Works of one group may be told as one or the other type.
_GROUPS: Mapping[str, frozenset[str]] = {
    "paper": frozenset(
        ["article", "article-journal", "article-magazine", "article-newspaper", "paper-conference", "review"]
    ),
    "book": frozenset(["book", "classic", "collection", "pamphlet", "report", "standard"]),
    "part": frozenset(csl.PARTS) - {"paper-conference"},
    "page": frozenset(["webpage", "post", "post-weblog", "document", "periodical"]),
    "film": frozenset(["motion_picture", "broadcast", "speech", "performance", "interview"]),
}


def matches_of(source: Source) -> list[Match]:
    """The other sources in use that this one may be a double of, the surest first.

    Left out is every source of which a person said that the two are no duplicates, or versions of each other.
    """
    apart = {source.pk, *_related_to(source)}
    return [match for match in matches(source.csl) if match.source.pk not in apart]


def matches(record: Mapping[str, Any], *, key: Any = None) -> list[Match]:
    """The sources in use that this (normalised) record may be a double of, the surest first.

    `key` is what its file calls it: a file that was once written here calls it as we do.
    """
    found = {source.pk: _by_identifier(record, source) for source in _with_an_identifier_of(record)}
    for source in Source.objects.in_use().filter(key=key) if isinstance(key, str) else ():
        if alike(record.get("title"), source.title) >= ALIKE:
            found.setdefault(source.pk, Match(source, Verdict.SAME, (f"It has the key {key}, and the same title.",)))
    for source in _with_a_title_like(str(record.get("title") or "")):
        match = _by_title(record, source)
        if source.pk not in found and match is not None:
            found[source.pk] = match
    order = list(Verdict)
    return sorted(found.values(), key=lambda match: (order.index(match.verdict), match.source.key))


def alike(one: Any, other: Any) -> float:
    """How much two titles share, of 100, whatever the order of their words."""
    return fuzz.token_sort_ratio(plain(one), plain(other))


def plain(text: Any) -> str:
    """Words as they are compared: without markup, accents, case and punctuation."""
    words = re.sub(r"</?(?:i|b|sub|sup|span)[^>]*>", "", text if isinstance(text, str) else "")
    letters = unicodedata.normalize("NFKD", words)
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.findall(r"\w+", bare.casefold()))


def read_as_one_work(one: Any, other: Any) -> bool:
    """Whether two titles may be of one work, as two registers spell, cut or translate them."""
    return alike(one, other) >= ANOTHER_WORK


def _with_an_identifier_of(record: Mapping[str, Any]) -> list[Source]:
    named = Q()
    for field in csl.IDENTIFIERS:
        value = record.get(field)
        if isinstance(value, str) and not (field == "ISBN" and record.get("type") in csl.PARTS):
            same = Q(**{field.lower(): value.lower() if field == "DOI" else value})
            named |= same & ~Q(csl_type__in=csl.PARTS) if field == "ISBN" else same
    return list(Source.objects.in_use().filter(named)[:MOST]) if named else []


def _with_a_title_like(title: str) -> list[Source]:
    """Every title is compared: at ten thousand of them that takes rapidfuzz less time than an index of trigrams."""
    wanted = plain(title)
    if not wanted:
        return []
    titles = dict(Source.objects.in_use().order_by().values_list("pk", "title_words"))
    sort = fuzz.token_sort_ratio
    near = process.extract(wanted, titles, scorer=sort, score_cutoff=ALIKE_BUT_FOR_ACCENTS, limit=MOST)
    return list(Source.objects.filter(pk__in=[pk for _, _, pk in near]))


def _related_to(source: Source) -> set[int]:
    related = Relation.objects.filter(Q(source=source) | Q(other=source)).values_list("source", "other")
    return {pk for pair in related for pk in pair}


def _by_identifier(record: Mapping[str, Any], source: Source) -> Match:
    shared = [
        f"The {field} is the same: {record[field]}."
        for field in csl.IDENTIFIERS
        if isinstance(record.get(field), str) and str(record[field]).lower() == str(source.csl.get(field)).lower()
    ]
    if read_as_one_work(record.get("title"), source.title):
        return Match(source, Verdict.SAME, tuple(shared), by_identifier=True)
    told = f"The titles are of different works: “{record.get('title')}” and “{source.title}”."
    reasons = (*shared, told, "One of the two has a wrong identifier.")
    return Match(source, Verdict.CONFLICT, reasons, by_identifier=True)


def _by_title(record: Mapping[str, Any], source: Source) -> Match | None:
    likeness = alike(record.get("title"), source.title)
    if likeness < ALIKE:
        return None
    theirs = source.csl
    title = "The title is the same." if likeness == 100 else f"The titles are alike ({likeness:.0f} of 100)."
    checks = (
        (_first_name(record) == _first_name(theirs), "The first name", "The first names differ"),
        (_years_agree(record, theirs), "The year", "The years are more than one apart, or one is not known"),
        (_group(record) == _group(theirs), "The kind of work", "The kinds of work differ"),
    )
    agreeing = [name for agrees, name, _ in checks if agrees]
    differing = [f"{sentence}." for agrees, _, sentence in checks if not agrees]
    reasons = [title, *(f"{name} agrees." for name in agreeing), *differing]
    return Match(source, Verdict.LOOK_ALIKE if differing else Verdict.CANDIDATE, tuple(reasons))


def _first_name(record: Mapping[str, Any]) -> str:
    """Whoever is named first: the first author's surname, else the editor's, else the publisher."""
    for role in ("author", "editor", "director"):
        people = record.get(role)
        if isinstance(people, list) and people and isinstance(people[0], Mapping):
            return plain(people[0].get("family") or people[0].get("literal"))
    return plain(record.get("publisher"))


def _years_agree(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """An article comes out on the web in December and on paper in January: one year apart is one work."""
    years = [csl.year_of(record) for record in (one, other)]
    return None not in years and abs((years[0] or 0) - (years[1] or 0)) <= 1


def _group(record: Mapping[str, Any]) -> str:
    kind = str(record.get("type"))
    return next((name for name, types in _GROUPS.items() if kind in types), kind)
