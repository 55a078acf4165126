"""What a CSL-JSON record may hold, and what is wrong with one that may not be kept.

CSL-JSON is the format reference managers exchange; https://docs.citationstyles.org names its fields. The
same rules stand in PostgreSQL (`citations.models`); here they come with a sentence for the person who typed.
"""

from __future__ import annotations

import calendar
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote

KEY_PATTERN = r"^[a-z][a-z0-9_]*([-:.][a-z0-9_]+)*$"
DOI_PATTERN = r"^10\.\d{4,9}/\S+$"
PMID_PATTERN = r"^[1-9]\d{0,8}$"
PMCID_PATTERN = r"^PMC[1-9]\d{0,8}$"
URL_PATTERN = r"^https?://[^\s/]\S*$"
# "et al" as words of their own: the surname Etal stays a person.
ET_AL_PATTERN = r"(^|[\s,;(])et(\.\s*|\s+)al\.?($|[\s,;)])"
# Other spellings in use, and the field each stands for.
SPELLINGS = {"shortTitle": "title-short", "journalAbbreviation": "container-title-short"}


def _words(names: str) -> list[str]:
    return names.split()


# What CSL 1.0.2 knows, as its own schema has it.
_SCHEMA: dict[str, Any] = json.loads((Path(__file__).parent / "schema" / "csl-data.json").read_text(encoding="utf-8"))
_PROPERTIES: dict[str, Any] = _SCHEMA["items"]["properties"]
TYPES: list[str] = _PROPERTIES["type"]["enum"]
# The specification has these too (appendix IV), and styles print them; the schema forgot them.
UNSCHEMED = ["editor-translator", "supplement-number"]
NAMES = [
    *(name for name, told in _PROPERTIES.items() if told.get("items") == {"$ref": "#/definitions/name-variable"}),
    UNSCHEMED[0],
]
DATES = [name for name, told in _PROPERTIES.items() if told.get("$ref") == "#/definitions/date-variable"]
# Not text, or not of the work.
_ASIDE = {"type", "id", "citation-key", "categories", "custom", *SPELLINGS, *NAMES, *DATES}
STRINGS = [*(name for name in _PROPERTIES if name not in _ASIDE), UNSCHEMED[1]]
TITLES = _words(
    "title title-short container-title container-title-short collection-title original-title part-title"
    " reviewed-title volume-title volume-title-short event-title"
)
NUMBERS = _words(
    "chapter-number citation-number collection-number edition first-reference-note-number issue locator number"
    " number-of-pages number-of-volumes page page-first part printing section supplement"
    " supplement-number version volume"
)
NAME_PARTS = ["family", "given", "dropping-particle", "non-dropping-particle", "suffix", "literal"]
NAME_FLAGS = ["comma-suffix", "static-ordering", "parse-names"]
DATE_PARTS = ["date-parts", "literal", "raw", "season", "circa"]
FIELDS = frozenset(["id", "type", *STRINGS, *NAMES, *DATES])
# By these a work is known again.
IDENTIFIERS = ("DOI", "PMID", "PMCID", "ISBN")
# They carry the ISBN of the book that they are in.
PARTS = _words("chapter entry entry-dictionary entry-encyclopedia figure graphic paper-conference")

LONGEST = {"abstract": 20_000, "note": 20_000, "annote": 20_000}
LONGEST_DEFAULT = 2_000
LONGEST_NUMBER = 100
MOST_PEOPLE = 5_000

KEY_ADVICE = (
    "A key starts with a small letter and holds small letters, digits and underscores, such as fennell2021mist1; parts"
    " may be joined by - : or a full stop."
)


def is_key(text: Any) -> bool:
    """Whether pages can cite a source by this key."""
    return isinstance(text, str) and bool(re.fullmatch(KEY_PATTERN[1:-1], text))


class Unreadable(ValueError):
    """Text that is not one CSL-JSON record; the message says where and why."""


def read_record(text: str) -> dict[str, Any]:
    """One record from what somebody pasted: a JSON object, or a list holding exactly one.

    Raises Unreadable with a sentence that gives line and column.
    """

    def refuse_constant(name: str) -> Any:
        raise Unreadable(f"{name} is not a value JSON knows. Write a number, or leave the field out.")

    try:
        found = json.loads(text, parse_constant=refuse_constant)
    except json.JSONDecodeError as error:
        raise Unreadable(f"This is not valid JSON: line {error.lineno}, column {error.colno}: {error.msg}.") from error
    except RecursionError as error:
        raise Unreadable("This JSON is nested too deeply to be a source.") from error
    except Unreadable:
        raise
    except ValueError as error:
        raise Unreadable("This JSON holds a number that is too long.") from error
    if isinstance(found, list):
        if len(found) != 1:
            raise Unreadable(f"This list holds {len(found)} records. Paste one record here.")
        found = found[0]
    if not isinstance(found, dict):
        raise Unreadable('A source is a JSON object: it starts with "{" and ends with "}".')
    return found


# The order in which people look for the fields of a record; the others follow by name.
READING_ORDER = _words(
    "id type title author editor container-title issued volume issue page publisher DOI PMID PMCID URL accessed"
)


def in_reading_order(names: Iterable[str]) -> list[str]:
    """The names of fields, or of parts of a name, in the order in which people look for them."""
    places = {name: place for place, name in enumerate([*READING_ORDER, *NAME_PARTS])}
    return sorted(names, key=lambda name: (places.get(name, len(places)), name))


def as_text(record: Mapping[str, Any]) -> str:
    """The record as JSON that people can read and change: one field to a line, one person to a line."""

    def ordered(parts: Mapping[str, Any]) -> dict[str, Any]:
        return {name: parts[name] for name in in_reading_order(parts)}

    def written(value: Any) -> str:
        return json.dumps(ordered(value) if isinstance(value, dict) else value, ensure_ascii=False)

    lines = []
    for field, value in ordered(record).items():
        if isinstance(value, list) and value and all(isinstance(part, dict) for part in value):
            people = ",\n    ".join(written(part) for part in value)
            lines.append(f"  {json.dumps(field, ensure_ascii=False)}: [\n    {people}\n  ]")
        else:
            lines.append(f"  {json.dumps(field, ensure_ascii=False)}: {written(value)}")
    return "{\n" + ",\n".join(lines) + "\n}" if lines else "{}"


def normalised(item: Mapping[str, Any]) -> dict[str, Any]:
    """The record with identifiers in their bare form and nothing empty. What people wrote is never re-cased.

    A DOI loses `doi:` in front, or `https://doi.org/` and what addresses spell as %3C; otherwise it is left as it is,
    however odd it looks. An ISBN gets its thirteen digits; of several, as catalogs give them for one book, the first.
    """
    kept: dict[str, Any] = {}
    for field, value in item.items():
        field = SPELLINGS.get(field, field)
        if isinstance(value, str):
            value = value.strip()
        if isinstance(value, int) and not isinstance(value, bool) and field in ("PMID", "PMCID", *NUMBERS):
            value = str(value)
        if isinstance(value, str):
            if field == "DOI":
                value = _doi(value)
            elif field == "PMID":
                value = re.sub(r"^(PMID:\s*)", "", value, flags=re.I)
            elif field == "PMCID":
                value = re.sub(r"^(PMCID:\s*)?(PMC)?(?=\d)", "PMC", value, flags=re.I)
            elif field == "ISBN":
                value = _isbn(value)
        if value not in (None, "", [], {}):
            kept[field] = value
    return kept


def _doi(text: str) -> str:
    in_address = re.match(r"https?://(?:dx\.)?doi\.org/", text, re.I)
    if in_address is None:
        return re.sub(r"^doi:\s*", "", text, flags=re.I)
    bare = text[in_address.end() :]
    spelt_out = unquote(bare)
    return spelt_out if spelt_out.isprintable() else bare


def _isbn(text: str) -> str:
    """The thirteen digits of the first ISBN in the text whose check digit is right; without one, the text itself."""
    for found in re.finditer(r"(?<![0-9])(?:97[89][- ]?)?(?:[0-9][- ]?){9}[0-9Xx](?![0-9])", text):
        digits = re.sub("[- ]", "", found[0]).upper()
        if len(digits) == 13 and digits[12] == isbn_check_digit(digits):
            return digits
        if len(digits) == 10 and digits[9] == _old_check_digit(digits):
            # The same number in the form of today.
            return f"978{digits[:9]}{isbn_check_digit(f'978{digits[:9]}')}"
    return text


def _old_check_digit(digits: str) -> str:
    """The tenth digit of an ISBN from before 2007 (ISO 2108:1992: weights 10 to 2, up to the next eleven)."""
    left = -sum(int(digit) * weight for digit, weight in zip(digits[:9], range(10, 1, -1), strict=True)) % 11
    return "X" if left == 10 else str(left)


def isbn_check_digit(digits: str) -> str:
    """The thirteenth digit of an ISBN, from its first twelve (ISO 2108: weights 1 and 3, up to the next ten)."""
    return str(-sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits[:12])) % 10)


def problems(item: Mapping[str, Any]) -> list[str]:
    """What keeps this (normalised) record out of the bibliography, one plain sentence each; empty when nothing does."""
    return list(_problems(item))


def identifier_in(text: str) -> tuple[str, str]:
    """("PMID", its digits) where the text is one or leads to one, else ("DOI", the text): each as `normalised` has it,
    and perhaps none that could be right.
    """
    text = text.strip()
    pmid = re.fullmatch(r"(?:PMID:?\s*|https?://pubmed\.ncbi\.nlm\.nih\.gov/)?(\d+)/?", text, re.I)
    return ("PMID", pmid[1]) if pmid else ("DOI", normalised({"DOI": text}).get("DOI", ""))


def _problems(item: Mapping[str, Any]) -> Iterator[str]:
    key = item.get("id")
    if not is_key(key):
        yield f"The key {_shown(key)} cannot be used. {KEY_ADVICE}"
    elif isinstance(key, str) and len(key) > 120:
        yield "The key is longer than 120 characters."
    if item.get("type") not in TYPES:
        yield f"The type {_shown(item.get('type'))} is none that CSL knows. Choose one such as article-journal or book."
    title = item.get("title")
    if not isinstance(title, str) or not title.strip():
        yield "The title is missing."
    for field, value in item.items():
        if field in NAMES:
            yield from _problems_with_people(field, value)
        elif field in DATES:
            yield from _problems_with_date(field, value)
        elif field in STRINGS:
            longest = LONGEST_NUMBER if field in NUMBERS else LONGEST.get(field, LONGEST_DEFAULT)
            if not isinstance(value, str):
                yield f"“{field}” is {_shown(value)}. Write it as text between quotation marks."
            elif len(value) > longest:
                yield f"“{field}” is longer than {longest:,} characters."
        elif field not in FIELDS:
            yield f"“{_clipped(field)}” is not a CSL field. Leave it out, or check its spelling."
    yield from problems_with_identifiers(item)
    yield from _problem_with_pattern(item, "URL", URL_PATTERN, "An address starts with https:// or http://.")
    if "accessed" in item and "URL" not in item:
        yield "There is an access date but no URL. Give the address that was visited, or take the date out."
    if _holds_unstorable_text(item):
        yield "The record holds a character that cannot be stored (a null character or half of a pair)."


def problems_with_identifiers(item: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the DOI, PMID, PMCID and ISBN of a (normalised) record, a sentence each."""
    yield from _problem_with_pattern(item, "DOI", DOI_PATTERN, "A DOI looks like 10.1016/j.lungcan.2006.01.002.")
    yield from _problem_with_pattern(item, "PMID", PMID_PATTERN, "A PMID is a number of up to nine digits.")
    yield from _problem_with_pattern(item, "PMCID", PMCID_PATTERN, "A PMCID looks like PMC2637280.")
    isbn = item.get("ISBN")
    if isinstance(isbn, str) and not (re.fullmatch(r"97[89][0-9]{10}", isbn) and isbn_check_digit(isbn) == isbn[12]):
        yield f"The ISBN {_shown(isbn)} cannot be right: a digit is wrong or missing. Copy it again, or leave it out."


def _problem_with_pattern(item: Mapping[str, Any], field: str, pattern: str, advice: str) -> Iterator[str]:
    value = item.get(field)
    # `\Z`, since `$` would let a line break through.
    if isinstance(value, str) and not re.match(pattern[:-1] + r"\Z", value):
        yield f"The {field} {_shown(value)} cannot be right. {advice}"


def _problems_with_people(field: str, people: Any) -> Iterator[str]:
    if not isinstance(people, list) or not all(isinstance(person, dict) for person in people):
        yield f'“{field}” is a list of people, such as [{{"family": "Fennell", "given": "Dean A."}}].'
        return
    if len(people) > MOST_PEOPLE:
        yield f"“{field}” names more than {MOST_PEOPLE:,} people."
        return
    for place, person in enumerate(people, start=1):
        where = f"Name {place} in “{field}”"
        unknown = [part for part in person if part not in NAME_PARTS + NAME_FLAGS]
        if unknown:
            yield f"{where} has a part “{_clipped(unknown[0])}”, which CSL does not know."
        parts = {part: person[part] for part in NAME_PARTS if part in person}
        if not all(isinstance(text, str) for text in parts.values()):
            yield f"{where} has a part that is not text."
            continue
        if not all(isinstance(person[flag], str | int | float) for flag in NAME_FLAGS if flag in person):
            yield f"{where} has a mark that is neither true nor false, such as “comma-suffix”. Leave it out."
        if not any(parts.get(part, "").strip() for part in ("family", "given", "literal")):
            yield f"{where} is empty. Give “family” and “given”, or “literal” for an organisation."
        if "literal" in parts and "family" in parts:
            yield f"{where} has both “literal” and “family”. An organization has the first, a person the second."
        if any(re.search(ET_AL_PATTERN, text, re.I) for text in parts.values()):
            yield f"{where} is “et al.”, which is nobody. List the authors, or leave that entry out."
        if any(len(text) > 500 for text in parts.values()):
            yield f"{where} is longer than 500 characters."


def _problems_with_date(field: str, value: Any) -> Iterator[str]:
    example = '{"date-parts": [[2021, 1, 27]]}'
    if not isinstance(value, dict) or not set(value) <= set(DATE_PARTS):
        yield f"“{field}” is a date, such as {example}."
        return
    if not all(isinstance(value.get(part, ""), str) for part in ("literal", "raw")):
        yield f"“{field}” has words that are not text. Write them between quotation marks."
        return
    if not all(isinstance(value.get(part, ""), str | int | float) for part in ("season", "circa")):
        yield f"“{field}” has a season, or a mark that it is about right, which CSL does not know. Leave it out."
    if "date-parts" not in value:
        if not any(value.get(part, "").strip() for part in ("literal", "raw")):
            yield f"“{field}” says no date. Write it as {example}."
        return
    dates = value["date-parts"]
    if not isinstance(dates, list) or not 1 <= len(dates) <= 2 or not all(isinstance(day, list) for day in dates):
        yield f"“{field}” is a date, such as {example}."
        return
    for day in dates:
        if date_from_parts(day) is None:
            yield f"“{field}” has {_shown(day)}, which is no date. Write year, month and day as numbers: {example}."


def date_from_parts(parts: Any) -> tuple[int, ...] | None:
    """(year), (year, month) or (year, month, day) of one CSL date, or None when that is no date."""
    if not isinstance(parts, list) or not 1 <= len(parts) <= 3:
        return None
    numbers = []
    for part in parts:
        if isinstance(part, bool) or not isinstance(part, int | str) or not re.fullmatch(r"[0-9]{1,4}", str(part)):
            return None
        numbers.append(int(part))
    year, month, day = [*numbers, 1, 1][:3]
    if not 1 <= year <= 9999 or not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return tuple(numbers)


def year_of(record: Mapping[str, Any]) -> int | None:
    """The year in which the work came out, where the record gives it as a number."""
    issued = record.get("issued")
    dates = issued.get("date-parts") if isinstance(issued, Mapping) else None
    day = date_from_parts(dates[0]) if isinstance(dates, list) and dates else None
    return day[0] if day else None


def full_date(value: Any) -> date | None:
    """The day a CSL date names, or None when it names a month, a year or a range."""
    dates = value.get("date-parts") if isinstance(value, dict) else None
    parts = date_from_parts(dates[0]) if isinstance(dates, list) and len(dates) == 1 else None
    return date(*parts) if parts is not None and len(parts) == 3 else None


def date_in_words(value: Mapping[str, Any]) -> str:
    """A CSL date as people read it, such as 2021-01-27, 2021-01 or Spring 2019; a range with its two ends."""
    dates = value.get("date-parts")
    if isinstance(dates, list):
        parts = [date_from_parts(day) or () for day in dates]
        days = ["-".join([f"{day[0]:04}", *(f"{part:02}" for part in day[1:])]) for day in parts if day]
        return ("about " if value.get("circa") else "") + " to ".join(days)
    return str(value.get("literal") or value.get("raw") or "")


def _holds_unstorable_text(item: Mapping[str, Any]) -> bool:
    """Looks two levels deep: anything deeper is not a CSL field, and said to be none."""
    texts = [*item]
    for value in item.values():
        parts = value if isinstance(value, list) else [value]
        for part in parts:
            texts += part.values() if isinstance(part, dict) else [part]
    return any(
        character == "\0" or "\ud800" <= character <= "\udfff"
        for text in texts
        if isinstance(text, str)
        for character in text
    )


def _clipped(text: str, length: int = 60) -> str:
    text = text.encode("utf-8", "replace").decode()
    return text if len(text) <= length else text[: length - 1] + "…"


def _shown(value: Any) -> str:
    """A value as a person may be shown it."""
    if value is None:
        return "(none given)"
    try:
        return f"“{_clipped(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str))}”"
    except (RecursionError, ValueError):
        return "(nested too deeply to show)"
