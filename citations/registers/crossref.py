"""Crossref, which registers DOIs: https://api.crossref.org/swagger-ui/index.html

Its answer is near to CSL-JSON, and not the same: titles are lists and hold markup and entities, types have names of
their own. `updated-by` says what was later published about a work (`update-to` stands on those notices themselves).
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from django.conf import settings

from citations import csl
from citations.fetching import NoAnswer, fetch
from citations.formats import Reading

# Far below what its etiquette asks of everybody:
# https://www.crossref.org/documentation/retrieve-metadata/rest-api/access-and-authentication/
EVERY = 1.0  # seconds

TYPES = {
    "book": "book",
    "book-chapter": "chapter",
    "book-part": "chapter",
    "book-section": "chapter",
    "book-series": "book",
    "book-set": "book",
    "component": "document",
    "database": "dataset",
    "dataset": "dataset",
    "dissertation": "thesis",
    "edited-book": "book",
    "journal": "periodical",
    "journal-article": "article-journal",
    "journal-issue": "periodical",
    "monograph": "book",
    "peer-review": "review",
    "posted-content": "article",
    "proceedings": "book",
    "proceedings-article": "paper-conference",
    "reference-book": "book",
    "reference-entry": "entry",
    "report": "report",
    "report-component": "chapter",
    "report-series": "report",
    "standard": "standard",
}
MARKUP = re.compile(r"</?([a-zA-Z][\w:-]*)[^<>]*>")
KEPT_TAGS = {"i": "i", "em": "i", "b": "b", "strong": "b", "sub": "sub", "sup": "sup"}
UNREADABLE = "Crossref answered, but what it said cannot be read. Try again later."


def look_up(doi: str) -> Reading | None:
    """What Crossref says of the work with this DOI, None when it knows none. Raises NoAnswer if it cannot be asked."""
    fields = {"mailto": settings.REGISTERS_CONTACT} if settings.REGISTERS_CONTACT else None
    answer = fetch(
        f"{settings.CROSSREF_URL}/works/{quote(doi, safe='')}", accept="application/json", fields=fields, every=EVERY
    )
    if answer.status == 404:
        return None
    if answer.status != 200:
        raise NoAnswer(f"Crossref cannot be asked at the moment (it answers {answer.status}). Try again later.")
    try:
        work = json.loads(answer.body)["message"]
        _refuse_unstorable(work)
        reading = read(work)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NoAnswer(UNREADABLE) from error
    if str(reading.record.get("DOI", "")).lower() != doi.lower():
        # A page that says "not found" with a friendly status, or the record of something else.
        raise NoAnswer(UNREADABLE)
    return reading


def read(work: Mapping[str, Any]) -> Reading:
    """A work as Crossref tells of it, as a record and what is said beside it."""
    record = {
        "type": TYPES.get(str(work.get("type")), "document"),
        "title": _titled(work),
        "container-title": _first(work.get("container-title")),
        "container-title-short": _first(work.get("short-container-title")),
        "issued": _date(work, "issued"),
        "available-date": _date(work, "published-online"),
        "volume": work.get("volume"),
        "issue": work.get("issue"),
        "page": work.get("page") or work.get("article-number"),
        "publisher": work.get("publisher"),
        "publisher-place": work.get("publisher-location"),
        "edition": work.get("edition-number"),
        "language": work.get("language"),
        "DOI": work.get("DOI"),
        "ISSN": _first(work.get("ISSN")),
        "ISBN": _first(work.get("ISBN")),
        **{role: _people(work.get(role)) for role in ("author", "editor", "translator", "chair")},
    }
    if record["type"] == "article-journal":
        # Who prints a journal, and where, is not part of a reference to an article in it.
        record["publisher"] = record["publisher-place"] = None
    said = {
        "crossref_type": work.get("type"),
        "subtype": work.get("subtype"),
        "updated_by": _updates(work.get("updated-by")),
        "update_to": _updates(work.get("update-to")),
        "relations": _relations(work.get("relation")),
        "published_on_paper": csl.date_in_words(_date(work, "published-print") or {}),
    }
    kept = csl.normalised({name: value for name, value in record.items() if isinstance(value, str | list | dict)})
    return Reading(1, json.dumps(work, ensure_ascii=False)[:4000], kept, said={k: v for k, v in said.items() if v})


def _refuse_unstorable(value: Any) -> None:
    """Raise ValueError for text that PostgreSQL cannot hold, wherever it stands: a null character, half a pair."""
    if isinstance(value, str):
        if b"\0" in value.encode():
            raise ValueError("It holds a null character.")
    elif isinstance(value, Mapping):
        _refuse_unstorable([*value, *value.values()])
    elif isinstance(value, list):
        for part in value:
            _refuse_unstorable(part)


def _first(value: Any) -> str:
    """The first of a list of texts, as people would read it."""
    first = value[0] if isinstance(value, list) and value else value
    return _plain(first) if isinstance(first, str) else ""


def _titled(work: Mapping[str, Any]) -> str:
    title, subtitle = _first(work.get("title")), _first(work.get("subtitle"))
    return f"{title}: {subtitle}" if title and subtitle and subtitle.lower() not in title.lower() else title


def _plain(text: str) -> str:
    """Without entities and markup, but for italics, bold type, raised and lowered letters."""

    def tag(found: re.Match[str]) -> str:
        name = KEPT_TAGS.get(found[1].lower().removeprefix("jats:"))
        return "" if name is None else f"</{name}>" if found[0].startswith("</") else f"<{name}>"

    # Twice, since many records hold "&amp;lt;i&amp;gt;".
    return " ".join(MARKUP.sub(tag, html.unescape(html.unescape(text))).split())


def _people(people: Any) -> list[dict[str, str]]:
    named = []
    for person in people if isinstance(people, list) else []:
        if not isinstance(person, Mapping):
            continue
        parts = {
            part: _plain(person[part]) for part in ("family", "given", "suffix") if isinstance(person.get(part), str)
        }
        if parts.get("family"):
            named.append({part: text for part, text in parts.items() if text})
        elif isinstance(person.get("name") or person.get("given"), str):
            named.append({"literal": _plain(person.get("name") or person["given"])})
    return [person for person in named if any(person.values())]


def _date(work: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    given = work.get(name)
    dates = given.get("date-parts") if isinstance(given, Mapping) else None
    parts = csl.date_from_parts(dates[0]) if isinstance(dates, list) and dates else None
    return {"date-parts": [list(parts)]} if parts else None


def _updates(updates: Any) -> list[dict[str, str]]:
    """What another publication says of this one, or this one of another: kind, DOI, day, and who says so."""
    found = []
    for update in updates if isinstance(updates, list) else []:
        if isinstance(update, Mapping) and isinstance(update.get("type"), str):
            day = csl.date_in_words(_date(update, "updated") or {})
            told = {"type": update["type"], "DOI": update.get("DOI"), "on": day, "source": update.get("source")}
            number = update.get("record-id")
            found.append({name: str(value) for name, value in {**told, "record": number}.items() if value})
    return found


def _relations(relations: Any) -> dict[str, list[str]]:
    """DOIs of works that belong to this one, by how: is-preprint-of, has-version."""
    found = {}
    for kind, others in relations.items() if isinstance(relations, Mapping) else ():
        ids = [other.get("id") for other in others if isinstance(other, Mapping)] if isinstance(others, list) else []
        named = [str(identifier) for identifier in ids if identifier]
        if named:
            found[str(kind)] = named
    return found
