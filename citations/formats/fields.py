"""The fields of a CSL-JSON record as files and pages tell them. Whatever a record holds, each is one line of text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from citations import csl
from citations.corrections import typographic
from citations.style import RICH_TEXT, address_of_doi

Record = Mapping[str, Any]

# Ours, or somebody's copyright, and nothing a reader needs to find the work.
KEPT_HERE = {
    "abstract",
    "annote",
    "archive",
    "archive-place",
    "archive_collection",
    "archive_location",
    "call-number",
    "citation-label",
    "citation-number",
    "first-reference-note-number",
    "keyword",
    "locator",
    "note",
    "references",
    "source",
    "status",
    "year-suffix",
}
MARKUP = ("i", "b", "sub", "sup", "span")
# RIS and BibTeX have one field for what kind of work it is. Of these works it tells the medium, of others the genre.
TOLD_BY_MEDIUM = {"broadcast", "graphic", "map", "motion_picture", "musical_score", "performance", "song"}
CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


def public_record(record: Record) -> dict[str, Any]:
    """What of a record may leave: the fields of CSL that describe the work."""
    return {field: value for field, value in record.items() if field in csl.FIELDS and field not in KEPT_HERE}


def title_words(record: Record) -> str:
    """The title as an entry of the reference list prints it, without its markup."""
    return typographic(plain(record.get("title")))


def link_to(record: Record) -> str:
    """Where the work is, as an entry links to it: its DOI, else its own address if that is a secure one."""
    doi, url = line(record.get("DOI")), line(record.get("URL"))
    return address_of_doi(doi) if doi else url if url.lower().startswith("https://") else ""


def line(value: Any) -> str:
    """A value as one line of text; anything that is neither text nor a number is left out."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return " ".join(CONTROLS.sub("", str(value)).split())


def plain(title: Any) -> str:
    """A title without its own markup."""
    return set_title(title, lambda words: words, dict.fromkeys(MARKUP, ""), "")


def set_title(title: Any, words: Callable[[str], str], opening: Mapping[str, str], closing: str) -> str:
    """A title with its tags replaced; where they are not properly nested they are taken for text."""
    text = line(title)
    pieces: list[str] = []
    open_tags: list[str] = []
    position = 0
    for tag in RICH_TEXT.finditer(text):
        pieces.append(words(text[position : tag.start()]))
        position = tag.end()
        name = tag.group(2) or "span"
        if not tag.group().startswith("</"):
            open_tags.append(name)
            pieces.append(opening[name])
        elif not open_tags or open_tags.pop() != name:
            return words(text)
        else:
            pieces.append(closing)
    return words(text) if open_tags else "".join([*pieces, words(text[position:])])


def people(record: Record, role: str) -> list[dict[str, str]]:
    """The parts of each name that has any."""
    told = record.get(role)
    found = []
    for person in told if isinstance(told, list) else []:
        parts = {part: line(person.get(part)) for part in csl.NAME_PARTS} if isinstance(person, Mapping) else {}
        if any(parts.get(part) for part in ("family", "given", "literal")):
            found.append(parts)
    return found


def surname(person: Mapping[str, str]) -> str:
    """The family name with its particles in front."""
    parts = (person[part] for part in ("dropping-particle", "non-dropping-particle", "family"))
    return " ".join(filter(None, parts))


def kind_of_work(record: Record) -> str:
    """Genre and medium in the one field that RIS and BibTeX have for both."""
    genre, medium = line(record.get("genre")), line(record.get("medium"))
    return medium or genre if record.get("type") in TOLD_BY_MEDIUM else genre or medium


def pages(record: Record) -> tuple[str, str]:
    """First and last page; the last is empty for a single page or an article number."""
    first, _, last = (part.strip() for part in re.sub("[–—]", "-", line(record.get("page"))).partition("-"))
    return (first, last) if first and last else (first or last, "")


def day(record: Record, name: str) -> str:
    """A date as precisely as it is known: 2021-01-27, 2021-01 or 2021. Of a range the first day."""
    value = record.get(name)
    dates = value.get("date-parts") if isinstance(value, Mapping) else None
    parts = csl.date_from_parts(dates[0]) if isinstance(dates, list) and dates else None
    return "-".join([f"{parts[0]:04}", *(f"{part:02}" for part in parts[1:])]) if parts else ""


def told_in_words(record: Record, name: str) -> str:
    """A date that is told in words, such as Spring 2019."""
    value = record.get(name)
    return line(value.get("literal")) or line(value.get("raw")) if isinstance(value, Mapping) else ""
