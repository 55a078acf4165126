"""RIS, which every reference manager reads and writes, each with habits of its own.

Reading: we take the lines apart ourselves, because rispy drops a record without `ER` in silence and knows no line
numbers. Abstracts are not kept: they are somebody's copyright.

Writing: RIS has no mark for an organization, so one whose name holds a comma is read as a person there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import rispy

from citations import csl
from citations.formats import dates, fields, people
from citations.formats.fields import Record
from citations.formats.reading import Reading, one_line, readable, shown, unreadable, with_plain_line_ends

TYPES = {
    "article-journal": "JOUR",
    "article-magazine": "MGZN",
    "article-newspaper": "NEWS",
    "bill": "BILL",
    "book": "BOOK",
    "chapter": "CHAP",
    "classic": "CLSWK",
    "dataset": "DATA",
    "entry-dictionary": "DICT",
    "entry-encyclopedia": "ENCYC",
    "figure": "FIGURE",
    "graphic": "ART",
    "hearing": "HEAR",
    "legal_case": "CASE",
    "legislation": "STAT",
    "manuscript": "MANSCPT",
    "map": "MAP",
    "motion_picture": "VIDEO",
    "musical_score": "MUSIC",
    "pamphlet": "PAMP",
    "paper-conference": "CPAPER",
    "patent": "PAT",
    "periodical": "JFULL",
    "personal_communication": "PCOMM",
    "post": "ELEC",
    "post-weblog": "BLOG",
    "regulation": "LEGAL",
    "report": "RPRT",
    "review": "JOUR",
    "review-book": "JOUR",
    "software": "COMP",
    "song": "SOUND",
    "speech": "SLIDE",
    "standard": "STAND",
    "thesis": "THES",
    "webpage": "ELEC",
}
ANY_OTHER_TYPE = "GEN"
TYPES_READ = {
    **{written: csl_type for csl_type, written in TYPES.items()},
    "ABST": "article-journal",
    "ADVS": "motion_picture",
    "AGGR": "dataset",
    "ANCIENT": "classic",
    "CHART": "figure",
    "CONF": "book",
    "CTLG": "document",
    "DBASE": "dataset",
    "EBOOK": "book",
    "ECHAP": "chapter",
    "EDBOOK": "book",
    "EJOUR": "article-journal",
    "ELEC": "webpage",
    "EQUA": "figure",
    "GEN": "document",
    "GOVDOC": "report",
    "GRANT": "document",
    "ICOMM": "personal_communication",
    "INPR": "article-journal",
    "JOUR": "article-journal",
    "MPCT": "motion_picture",
    "MULTI": "document",
    "SER": "book",
    "UNBILL": "bill",
    "UNPB": "manuscript",
    "UNPD": "manuscript",
}
# RIS knows A2 as the editor of a part, and ED as the editor of a whole book.
TAGS = {**rispy.config.TAG_KEY_MAPPING, "ED": "editors"}
LIST_TAGS = [*rispy.config.LIST_TYPE_TAGS, "ED"]

_LINE = re.compile(r"([A-Z][A-Z0-9]) {0,2}-(?: (.*)|\s*)")
_PEOPLE = {
    "A1": "author",
    "AU": "author",
    "A2": "editor",
    "ED": "editor",
    "A3": "collection-editor",
    "A4": "translator",
}
# Of several tags for one field the first here counts.
_TEXTS = {
    "title": ("TI", "T1", "CT"),
    "title-short": ("ST",),
    "container-title": ("T2", "JF", "JO", "BT"),
    "container-title-short": ("J2", "JA", "J1"),
    "collection-title": ("T3",),
    "volume": ("VL",),
    "issue": ("IS", "CP"),
    "number": ("M1",),
    "edition": ("ET",),
    "section": ("SE",),
    "number-of-volumes": ("NV",),
    "reviewed-title": ("RI",),
    "publisher": ("PB",),
    "publisher-place": ("CY", "PP"),
    "language": ("LA",),
    "DOI": ("DO",),
    "URL": ("UR",),
}
_JOINED = {"note": ("N1", "\n"), "keyword": ("KW", "; ")}
_NOT_KEPT = {"AB", "N2", "ER", "L1", "L2", "L3", "L4"}  # abstracts, and files on somebody's computer
_WHOLE_BOOKS = ("book", "classic", "report")


# Reading


def read(text: str) -> Iterator[Reading]:
    """Each record of a RIS file."""
    begun: list[tuple[int, str]] = []
    stray = 0  # the line on which text outside of all records begins
    number = 0
    for number, line in enumerate(with_plain_line_ends(text).rstrip("\n").split("\n"), start=1):
        tag = tag_of(line)
        if tag == "TY":
            if begun:
                yield _unclosed(begun, number - 1)
            begun, stray = [(number, line)], 0
        elif begun:
            begun.append((number, line))
            if tag == "ER":
                yield _reading(begun)
                begun = []
        elif tag and not stray:
            # Every later line belongs to the same misfortune.
            stray = number
            yield unreadable(
                number, line, "This line stands outside a record. Begin the record with a line such as “TY  - JOUR”."
            )
    if begun:
        yield _unclosed(begun, number)


def tag_of(line: str) -> str:
    """The tag a line begins with; empty for a line that goes on with what the last one told."""
    found = _LINE.fullmatch(line.rstrip())
    return found.group(1) if found else ""


def _unclosed(lines: list[tuple[int, str]], end: int) -> Reading:
    problem = (
        f"This record has no end, so nobody can tell whether it is whole. Add a line “ER  - ” after line {end},"
        " or bring the whole file."
    )
    return unreadable(lines[0][0], "\n".join(line for _, line in lines), problem)


def _reading(lines: list[tuple[int, str]]) -> Reading:
    raw = "\n".join(line for _, line in lines)
    told = _told(line for _, line in lines)
    kind = one_line(" ".join(told.pop("TY")))
    if kind.upper() not in TYPES_READ:
        problem = f"The type {shown(kind)} is none that RIS knows. Write one such as JOUR, BOOK or ELEC after “TY  - ”."
        return unreadable(lines[0][0], raw, problem)
    record, said = _record(TYPES_READ[kind.upper()], told)
    return readable(lines[0][0], raw, record, said)


def _told(lines: Iterable[str]) -> dict[str, list[str]]:
    """What the lines tell, by tag; a line without a tag goes on with the one before."""
    told: dict[str, list[list[str]]] = {}
    last: list[str] = []
    for line in lines:
        found = _LINE.fullmatch(line.rstrip())
        if found:
            last = [found.group(2) or ""]
            told.setdefault(found.group(1), []).append(last)
        else:
            last.append(line)
    joined = {tag: [one_line(" ".join(value)) for value in values] for tag, values in told.items()}
    if "UR" in joined:
        joined["UR"] = [address for value in joined["UR"] for address in re.split(r";\s*(?=https?://)", value)]
    return joined


def _record(csl_type: str, told: dict[str, list[str]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields of CSL, and what there is none for."""
    record: dict[str, Any] = {"id": _first(told, "ID"), "type": csl_type}
    for tag, role in _PEOPLE.items():
        persons = [person for name in told.pop(tag, []) if (person := people.inverted(name))]
        record[role] = record.get(role, []) + persons
    for field, tags in _TEXTS.items():
        value, *others = [value for tag in tags for value in told.pop(tag, []) if value] or [""]
        record[field] = value
        # T2, JF and JO mostly say the same; of what differs nothing is lost.
        if left := [other for other in dict.fromkeys(others) if other != value]:
            told[tags[0]] = left
    if not record["container-title-short"] and len(told.get("T2", [])) == 1:
        record["container-title-short"] = _first(told, "T2")
    for field, (tag, border) in _JOINED.items():
        record[field] = border.join(filter(None, told.pop(tag, [])))
    _read_numbers(record, told)
    record["page"] = _page(told)
    days = [*told.pop("DA", []), *told.pop("Y1", []), *told.pop("PY", [])]
    record["issued"] = _issued(days)
    if "date-parts" in record["issued"]:
        # A season beside the year, which CSL counts by numbers of its own.
        told["DA"] = [day for day in days if re.search("[A-Za-z]", day) and not dates.from_words(day)]
    record["accessed"] = _date(_first(told, "Y2"))
    left_over = {tag: values for tag, values in told.items() if tag not in _NOT_KEPT and any(values)}
    return record, {"other_fields": left_over}


def _read_numbers(record: dict[str, Any], told: dict[str, list[str]]) -> None:
    """The tags that mean one thing or another: by what they hold, by the type, by the tag beside them."""
    for number in told.pop("SN", []):
        digits = re.sub("[^0-9Xx]", "", number.partition("(")[0])
        book = record["type"] in (*_WHOLE_BOOKS, "chapter") if len(digits) not in (8, 10, 13) else len(digits) > 8
        record.setdefault("ISBN" if book else "ISSN", number)
    kind = _first(told, "M3")
    if re.match(csl.DOI_PATTERN, kind) and not record["DOI"]:
        record["DOI"] = kind
    elif kind:
        record["medium" if record["type"] in fields.TOLD_BY_MEDIUM else "genre"] = kind
    if re.search("pubmed|medline", " ".join(told.get("DB", [])), re.I) and _holds(told, "AN", csl.PMID_PATTERN):
        record["PMID"] = _first(told, "AN")
        told.pop("DB")
    if _holds(told, "C2", csl.PMCID_PATTERN):
        record["PMCID"] = _first(told, "C2")
    doi = re.fullmatch(r"https?://(?:dx\.)?doi\.org/(10\.\S+)", record["URL"], re.I)
    if doi and not record["DOI"]:
        record["DOI"] = doi.group(1)


def _first(told: dict[str, list[str]], tag: str) -> str:
    """The first value of a tag, taken out."""
    return next(filter(None, told.pop(tag, [])), "")


def _holds(told: dict[str, list[str]], tag: str, pattern: str) -> bool:
    return bool(re.match(pattern, next(iter(told.get(tag, [])), "")))


def _page(told: dict[str, list[str]]) -> str:
    """The pages as one range; an article number stands in C7 at times."""
    first, last = _first(told, "SP"), _first(told, "EP")
    if not first and re.match(r"e?[0-9]", next(iter(told.get("C7", [])), "")):
        first = _first(told, "C7")
    return "-".join(filter(None, (first, last)))


def _issued(told: list[str]) -> dict[str, Any]:
    """The date that says most, of the day, the date of the first kind and the year."""
    found = [_date(text) for text in told if text]
    exact = [date for date in found if "date-parts" in date]
    # Words stand only where no date is told: a “Spring” beside a year loses to the year.
    return max(exact, key=lambda date: len(date["date-parts"][0]), default=next(iter(found), {}))


def _date(text: str) -> dict[str, Any]:
    """A date of RIS: 2021/01/27/ or 2021/01//, with words behind the third stroke at times; else words as they are."""
    numbers = re.match(r"([0-9]{4})(?:/([0-9]{1,2})?(?:/([0-9]{1,2})?(?:/.*)?)?)?$", text)
    if numbers:
        return dates.csl_date(*(int(part or 0) for part in numbers.groups()))
    return dates.from_numbers(text) or dates.from_words(text) or ({"literal": text} if text else {})


# Writing


def to_ris(records: Iterable[Record]) -> str:
    """The records as RIS, with the line ends it asks for."""
    written: str = rispy.dumps(
        [_ris_record(fields.public_record(record)) for record in records],
        implementation=_PlainRis,
        mapping=TAGS,
        list_tags=LIST_TAGS,
    )
    return written.replace("\n", "\r\n")


class _PlainRis(rispy.RisWriter):
    """Without the number that rispy puts on a line of its own before each record."""

    def set_header(self, count: int) -> str:
        return ""


def _ris_record(record: Record) -> dict[str, Any]:
    kind = str(record.get("type"))
    editors = _names(record, "editor")
    first_page, last_page = fields.pages(record)
    written = {
        "type_of_reference": TYPES.get(kind, ANY_OTHER_TYPE),
        "id": fields.line(record.get("id")),
        "authors": _names(record, "author") or _names(record, "director"),
        "editors" if kind in _WHOLE_BOOKS else "secondary_authors": editors,
        "tertiary_authors": _names(record, "collection-editor"),
        "subsidiary_authors": _names(record, "translator"),
        "title": fields.plain(record.get("title")),
        "short_title": fields.plain(record.get("title-short")),
        "secondary_title": fields.plain(record.get("container-title")),
        "alternate_title1": fields.plain(record.get("container-title-short")),
        "tertiary_title": fields.plain(record.get("collection-title")),
        "reviewed_item": fields.plain(record.get("reviewed-title")),
        "year": fields.day(record, "issued")[:4],
        "date": fields.day(record, "issued").replace("-", "/") or fields.told_in_words(record, "issued"),
        "volume": fields.line(record.get("volume")),
        "number": fields.line(record.get("issue")),
        "note": fields.line(record.get("number")),
        "section": fields.line(record.get("section")),
        "number_of_volumes": fields.line(record.get("number-of-volumes")),
        "start_page": first_page,
        "end_page": last_page,
        "edition": fields.line(record.get("edition")),
        "publisher": fields.line(record.get("publisher")),
        "place_published": fields.line(record.get("publisher-place")),
        "issn": fields.line(record.get("ISBN")) or fields.line(record.get("ISSN")),
        "type_of_work": fields.kind_of_work(record),
        "language": fields.line(record.get("language")),
        "doi": fields.line(record.get("DOI")),
        "accession_number": fields.line(record.get("PMID")),
        "name_of_database": "PubMed" if fields.line(record.get("PMID")) else "",
        "custom2": fields.line(record.get("PMCID")),
        "urls": [url] if (url := fields.line(record.get("URL"))) else [],
        "access_date": fields.day(record, "accessed").replace("-", "/"),
    }
    return {name: value for name, value in written.items() if value}


def _names(record: Record, role: str) -> list[str]:
    return [_name(person) for person in fields.people(record, role)]


def _name(person: dict[str, str]) -> str:
    if not person["family"]:
        return person["literal"] or person["given"]
    # A comma parts a name there, so no part can hold one.
    parts = [one_line(part.replace(",", " ")) for part in (fields.surname(person), person["given"], person["suffix"])]
    return ", ".join(part for part in parts if part)
