"""BibTeX, and the fields and types of BibLaTeX that stand beside it.

Reading: each entry is taken alone, so that a broken one costs no other. `@string` may stand anywhere. Braces in a
title become `nocase` spans; the braces around a whole title say nothing. Abstracts and file names are not kept.

Writing: text stays UTF-8, as biber and today's BibTeX styles take it; only what LaTeX would take for markup is escaped.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from bibtexparser.exceptions import ParserStateException
from bibtexparser.library import Library
from bibtexparser.model import DuplicateFieldKeyBlock, Entry, Field, ParsingFailedBlock, String
from bibtexparser.splitter import Splitter
from bibtexparser.writer import BibtexFormat, write

from citations import csl
from citations.formats import dates, fields, latex, people
from citations.formats.fields import Record
from citations.formats.reading import Reading, one_line, readable, shown, unreadable, with_plain_line_ends

# The parser logs what we tell the person who brought the file.
logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)

TYPES = {
    "article-journal": "article",
    "article-magazine": "article",
    "article-newspaper": "article",
    "book": "book",
    "chapter": "incollection",
    "classic": "book",
    "entry-dictionary": "incollection",
    "entry-encyclopedia": "incollection",
    "manuscript": "unpublished",
    "pamphlet": "booklet",
    "paper-conference": "inproceedings",
    "report": "techreport",
    "review": "article",
    "review-book": "article",
    "thesis": "phdthesis",
}
# What an entry is that says no more of itself. `misc` is a page of the web if it has an address.
TYPES_READ = {
    **{kind: csl_type for csl_type, kind in reversed(TYPES.items())},
    "audio": "song",
    "bookinbook": "chapter",
    "collection": "book",
    "commentary": "book",
    "conference": "paper-conference",
    "dataset": "dataset",
    "electronic": "webpage",
    "image": "graphic",
    "inbook": "chapter",
    "inreference": "entry-encyclopedia",
    "jurisdiction": "legal_case",
    "legislation": "legislation",
    "letter": "personal_communication",
    "manual": "book",
    "mastersthesis": "thesis",
    "misc": "document",
    "movie": "motion_picture",
    "mvbook": "book",
    "mvcollection": "book",
    "mvproceedings": "book",
    "mvreference": "book",
    "music": "song",
    "online": "webpage",
    "patent": "patent",
    "performance": "performance",
    "periodical": "periodical",
    "proceedings": "book",
    "reference": "book",
    "report": "report",
    "review": "review",
    "software": "software",
    "standard": "standard",
    "suppbook": "chapter",
    "suppcollection": "chapter",
    "suppperiodical": "article-journal",
    "thesis": "thesis",
    "video": "motion_picture",
    "www": "webpage",
}
_APPEARED_IN = {"article": "journal", "incollection": "booktitle", "inproceedings": "booktitle"}
_PUBLISHED_BY = {"phdthesis": "school", "techreport": "institution"}
_TITLES = {
    "title": "title",
    "shorttitle": "title-short",
    "journal": "container-title",
    "journaltitle": "container-title",
    "booktitle": "container-title",
    "howpublished": "container-title",
    "shortjournal": "container-title-short",
    "series": "collection-title",
    "eventtitle": "event-title",
    "origtitle": "original-title",
    "volumetitle": "volume-title",
}
_TEXTS = {
    "volume": "volume",
    "number": "issue",
    "issue": "issue",
    "edition": "edition",
    "chapter": "chapter-number",
    "part": "part",
    "version": "version",
    "volumes": "number-of-volumes",
    "pagetotal": "number-of-pages",
    "publisher": "publisher",
    "school": "publisher",
    "institution": "publisher",
    "organization": "publisher",
    "address": "publisher-place",
    "location": "publisher-place",
    "origpublisher": "original-publisher",
    "origlocation": "original-publisher-place",
    "venue": "event-place",
    "isbn": "ISBN",
    "issn": "ISSN",
    "language": "language",
    "langid": "language",
    "note": "note",
    "annote": "annote",
    "annotation": "annote",
    "keywords": "keyword",
}
_VERBATIM = {"doi": "DOI", "pmid": "PMID", "pmcid": "PMCID", "url": "URL"}
_PEOPLE = {"author": "author", "editor": "editor", "translator": "translator", "bookauthor": "container-author"}
_DATES = {"urldate": "accessed", "eventdate": "event-date", "origdate": "original-date"}
_NOT_KEPT = {"abstract", "file", "local-url", "bdsk-file-1", "bdsk-url-1", "owner", "timestamp"}
# Read together with another field.
_BESIDE_OTHERS = {
    "subtitle",
    "authortype",
    "editora",
    "editoratype",
    "type",
    "entrysubtype",
    "pages",
    "eid",
    "date",
} | {
    *("year", "month", "day", "eprint", "eprinttype", "archiveprefix"),
}
_WRITTEN_TEXTS = {
    name: _TEXTS[name]
    for name in (
        *("volume", "edition", "chapter", "part", "version", "volumes", "pagetotal", "origpublisher", "origlocation"),
        *("venue", "isbn", "issn", "language"),
    )
}
_LONGEST = 20_000  # characters that a value may have by its @strings
_ENTRY = re.compile(r"^[ \t]*@[ \t]*\w+[ \t]*[{(]", re.MULTILINE)


# Reading


def read(text: str) -> Iterator[Reading]:
    """Each entry of a BibTeX file; strings, comments and the preamble are none."""
    text = with_plain_line_ends(text)
    strings = _strings(text)
    lines_of_keys: dict[str, int] = {}
    for line, block in _blocks(text):
        if isinstance(block, ParsingFailedBlock):
            yield _failed(line, block)
        elif isinstance(block, Entry):
            key = block.key.strip()
            before = lines_of_keys.setdefault(key.lower(), line) if key else line
            if before == line:
                yield _reading(line, block, strings)
            else:
                problem = f"The key {shown(key)} is that of the entry on line {before} already. Give one another key."
                yield unreadable(line, block.raw or "", problem, key)


def _blocks(text: str) -> Iterator[tuple[int, Any]]:
    """Each block with the line it begins on. They are parsed apart, since the parser takes all of a text or nothing."""
    begins = [entry.start() for entry in _ENTRY.finditer(text)]
    line, counted = 1, 0
    for begin, end in pairwise([*begins, len(text)]):
        line += text.count("\n", counted, begin)
        counted = begin
        piece = text[begin:end]
        try:
            # The parser takes no blank between the @ and the type.
            blocks = Splitter(re.sub(r"^([ \t]*@)[ \t]*", r"\1", piece, count=1)).split().blocks
        except ParserStateException:
            blocks = [ParsingFailedBlock(error=ValueError("It mixes braces and quotation marks."), raw=piece)]
        for block in blocks:
            yield line + (block.start_line or 0), block


def _failed(line: int, block: ParsingFailedBlock) -> Reading:
    if isinstance(block, DuplicateFieldKeyBlock) and isinstance(block.ignore_error_block, Entry):
        twice = ", ".join(shown(name) for name in sorted(block.duplicate_keys))
        entry = block.ignore_error_block
        return unreadable(
            line, entry.raw or "", f"This entry has the field {twice} twice. Take one of them out.", entry.key
        )
    key = re.match(r"\s*@\w+\s*[{(]\s*([^\s,{}=\"]+)\s*,", block.raw or "")
    problem = (
        "This entry is not closed properly. See that each { has its }, each field ends with a comma, and each value"
        " stands in braces or quotation marks."
    )
    return unreadable(line, block.raw or "", problem, key.group(1) if key else "")


def _strings(text: str) -> dict[str, str]:
    """What the file abbreviates, by name: months, and each @string."""
    strings = {month: month for month in dates.MONTHS}
    if re.search(r"@\s*string", text, re.I):
        for _, block in _blocks(text):
            if isinstance(block, String):
                try:
                    strings[block.key.lower()] = _value(str(block.value), strings)
                except (_Undefined, _TooLong):
                    continue
    return strings


class _Undefined(Exception):
    """A word without braces that no @string explains."""


class _TooLong(Exception):
    """A few words that grow by @strings without measure."""


def _value(raw: str, strings: Mapping[str, str]) -> str:
    """The value of a field: its pieces in braces, in quotation marks or named, joined by #."""
    pieces = []
    for piece in _pieces(raw):
        if piece[:1] in ('"', "{"):
            pieces.append(piece[1:-1] if len(piece) > 1 else "")
        elif piece.isdecimal():
            pieces.append(piece)
        elif piece.lower() in strings:
            pieces.append(strings[piece.lower()])
        else:
            raise _Undefined(piece)
    # Twenty lines, each the one before it twice over, hold a million times the first.
    if sum(map(len, pieces)) > max(len(raw), _LONGEST):
        raise _TooLong
    return "".join(pieces)


def _pieces(raw: str) -> list[str]:
    """Parted at each # that stands outside braces and quotation marks."""
    pieces, begin, depth, quoted = [], 0, 0, False
    for mark in re.finditer(r'\\.|[{}"#]', raw, re.DOTALL):
        sign = mark.group()
        if sign == "{":
            depth += 1
        elif sign == "}":
            depth -= 1
        elif sign == '"' and depth == 0:
            quoted = not quoted
        elif sign == "#" and depth == 0 and not quoted:
            pieces.append(raw[begin : mark.start()].strip())
            begin = mark.end()
    return [piece for piece in [*pieces, raw[begin:].strip()] if piece]


def _reading(line: int, entry: Entry, strings: Mapping[str, str]) -> Reading:
    raw, kind = entry.raw or "", entry.entry_type.lower()
    if kind not in TYPES_READ:
        problem = f"The type {shown('@' + entry.entry_type)} is none that BibTeX knows. Write @article, @book or @misc."
        return unreadable(line, raw, problem, entry.key)
    values: dict[str, str] = {}
    for part in entry.fields:
        try:
            values[part.key.strip().lower()] = _value(str(part.value), strings)
        except _Undefined as undefined:
            problem = (
                f"The field {shown(part.key)} holds {shown(str(undefined))} without braces, and no @string of this file"
                " says what that means. Put the words in braces, or add the @string."
            )
            return unreadable(line, raw, problem, entry.key)
        except _TooLong:
            problem = (
                f"The field {shown(part.key)} grows to more than {_LONGEST:,} characters by what its @strings stand"
                " for. Write its words out."
            )
            return unreadable(line, raw, problem, entry.key)
    record, said = _record(kind, values)
    key = one_line(entry.key)
    return readable(line, raw, ({"id": key} if key else {}) | record, said)


def _record(kind: str, values: dict[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields of CSL, and what there is none for."""
    record: dict[str, Any] = {"type": _csl_type(kind, values)}
    said: dict[str, Any] = {}
    others: dict[str, str] = {}
    for name, value in values.items():
        if name in _TITLES:
            record.setdefault(_TITLES[name], latex.to_title(value))
        elif name in _TEXTS:
            record.setdefault(_TEXTS[name], latex.to_text(value))
        elif name in _VERBATIM:
            record[_VERBATIM[name]] = _address(value)
        elif name in _DATES:
            record[_DATES[name]] = _date(value)
        elif name in _PEOPLE:
            record[_PEOPLE[name]], complete = _people(value)
            if not complete:
                said["authors_complete"] = False
        elif name not in _NOT_KEPT | _BESIDE_OTHERS:
            others[name] = latex.to_text(value)
    if "subtitle" in values and record.get("title"):
        record["title"] += ": " + latex.to_title(values["subtitle"])
    if values.get("authortype", "").lower() == "director" and "author" in record:
        record["director"] = record.pop("author")
    if "editora" in values:
        others |= _second_editors(values, record)
    if record["type"] == "report" and "issue" in record:
        record["number"] = record.pop("issue")
    if "type" in values or kind == "mastersthesis":
        medium = record["type"] in fields.TOLD_BY_MEDIUM
        record["medium" if medium else "genre"] = latex.to_text(values.get("type", "Master’s thesis"))
    record["page"] = re.sub("\\s*(?:[-–—]|--)\\s*", "-", latex.to_text(values.get("pages") or values.get("eid") or ""))
    record["issued"] = _issued(values)
    if "month" in values and len(record["issued"].get("date-parts", [[]])[0]) < 2:
        others["month"] = latex.to_text(values["month"])
    if "eprint" in values:
        if values.get("eprinttype", values.get("archiveprefix", "")).lower() == "pubmed":
            record.setdefault("PMID", _address(values["eprint"]))
        else:
            others["eprint"] = latex.to_text(values["eprint"])
    if kind == "misc" and "entrysubtype" not in values and record.get("URL"):
        record["type"] = "webpage"
    return record, said | {"other_fields": others}


def _csl_type(kind: str, values: Mapping[str, str]) -> str:
    """The type the file means: what it says itself where the types of BibTeX are too few."""
    told = one_line(values.get("entrysubtype", "")).lower()
    if told in csl.TYPES:
        return told
    if kind == "article" and told in ("magazine", "newspaper"):
        return f"article-{told}"
    return TYPES_READ[kind]


def _second_editors(values: Mapping[str, str], record: dict[str, Any]) -> dict[str, str]:
    """Directors stand in the record; people of any other role are returned as the file told them."""
    if values.get("editoratype", "").lower() == "director":
        record["director"], _ = _people(values["editora"])
        return {}
    return {name: latex.to_text(values[name]) for name in ("editora", "editoratype") if name in values}


def _people(value: str) -> tuple[list[dict[str, str]], bool]:
    """Everybody named, and whether that is all of them: “and others” says it is not."""
    names = [one_line(name) for name in _split(value, r"\s+and\s+")]
    complete = "others" not in [name.lower() for name in names]
    return [person for name in names if name.lower() != "others" and (person := _person(name))], complete


def _person(name: str) -> dict[str, str]:
    if name.startswith("{") and len(_split(name, r"[\s,]+")) == 1:
        return {"literal": text} if (text := latex.to_text(name)) else {}
    surname, *rest = _split(name, ",")
    if rest:
        words = [latex.to_text(word) for word in _split(surname, r"[\s~]+")]
        given, suffix = latex.to_text(rest[-1]), latex.to_text(" ".join(rest[:-1]))
        return people.surname_parts(words) | {
            part: text for part, text in (("given", given), ("suffix", suffix)) if text
        }
    words = [latex.to_text(word) for word in _split(name, r"[\s~]+")]
    # “Jan P. van Meerbeeck”: the surname begins with the first small word, else it is the last one.
    small = (place for place, word in enumerate(words[:-1]) if word[:1].islower())
    begin = next(small, len(words) - 1)
    given = " ".join(words[:begin])
    return people.surname_parts(words[begin:]) | ({"given": given} if given else {})


def _split(value: str, border: str) -> list[str]:
    """Parted where the border stands outside all braces. Nothing empty is returned."""
    pieces, begin, depth = [], 0, 0
    for mark in re.finditer(rf"\\.|[{{}}]|{border}", value, re.DOTALL | re.IGNORECASE):
        if mark.group() in "{}":
            depth += 1 if mark.group() == "{" else -1
        elif depth == 0 and mark.group()[0] != "\\":
            pieces.append(value[begin : mark.start()])
            begin = mark.end()
    return [piece.strip() for piece in [*pieces, value[begin:]] if piece.strip()]


def _issued(values: Mapping[str, str]) -> dict[str, Any]:
    if date := _date(values.get("date", "")):
        return date
    year, month = (latex.to_text(values.get(name, "")) for name in ("year", "month"))
    if not re.fullmatch("[0-9]{4}", year):
        return {"literal": year} if year else {}
    # People join a day to the month: jan # "~27", or "27~jan".
    word = re.search(r"[A-Za-z]+|[0-9]+", month)
    day = re.search(r"[0-9]+", latex.to_text(values.get("day", "")) or re.sub("^[0-9]+$", "", month))
    number = dates.month_number(word.group()) if word else 0
    if not number and month:
        number = next((dates.month_number(name) for name in re.findall("[A-Za-z]+", month)), 0)
    return dates.csl_date(int(year), number, int(day.group()) if day else 0)


def _date(value: str) -> dict[str, Any]:
    """A date of BibLaTeX, 2021-01-27 or 2019-05/2019-07; words are kept as words."""
    text = latex.to_text(value)
    begin, _, end = text.partition("/")
    first, last = dates.from_numbers(begin), dates.from_numbers(end)
    if first and last and "-" in begin + end:
        return {"date-parts": first["date-parts"] + last["date-parts"]}
    return first or dates.from_words(text) or ({"literal": text} if text else {})


def _address(value: str) -> str:
    r"""An identifier or address: \_ and \% are signs that somebody escaped, the rest stands."""
    value = re.sub(r"^\s*\\url\s*\{(.*)\}\s*$", r"\1", value, flags=re.DOTALL)
    return "".join(re.sub(r"\\([_%&#$~{}])", r"\1", value).replace("{", "").replace("}", "").split())


# Writing


def to_bibtex(records: Iterable[Record]) -> str:
    """The records as BibTeX. Fields that only BibLaTeX knows (`urldate`, `pmid`, `shortjournal`) stand beside."""
    library, layout = Library(), BibtexFormat()
    layout.block_separator = "\n"
    for record in records:
        library.add(_entry(fields.public_record(record)))
    return write(library, layout)


def _entry(record: Record) -> Entry:
    csl_type = str(record.get("type"))
    kind = TYPES.get(csl_type, "misc")
    authors, directors = fields.people(record, "author"), fields.people(record, "director")
    year, _, rest = fields.day(record, "issued").partition("-")
    month, _, day = rest.partition("-")
    first_page, last_page = fields.pages(record)
    number = fields.line(record.get("issue")) or (fields.line(record.get("number")) if kind == "techreport" else "")
    values = {
        "author": _names(authors or directors),
        "authortype": "director" if directors and not authors else "",
        "editor": _names(fields.people(record, "editor")),
        "editora": _names(directors) if authors else "",
        "editoratype": "director" if directors and authors else "",
        "translator": _names(fields.people(record, "translator")),
        "bookauthor": _names(fields.people(record, "container-author")),
        "title": latex.from_title(record.get("title"), protect_capitals=True),
        "shorttitle": latex.from_title(record.get("title-short"), protect_capitals=True),
        _APPEARED_IN.get(kind, "howpublished"): latex.from_title(record.get("container-title")),
        "shortjournal": latex.from_title(record.get("container-title-short")),
        "series": latex.from_title(record.get("collection-title")),
        "eventtitle": latex.from_title(record.get("event-title")),
        "origtitle": latex.from_title(record.get("original-title")),
        "volumetitle": latex.from_title(record.get("volume-title")),
        "year": year or latex.escaped(fields.told_in_words(record, "issued")),
        "month": dates.MONTHS[int(month) - 1] if month else "",
        "day": str(int(day)) if day else "",
        "number": latex.escaped(number),
        "pages": "--".join(latex.escaped(page) for page in (first_page, last_page) if page),
        _PUBLISHED_BY.get(kind, "publisher"): latex.escaped(fields.line(record.get("publisher"))),
        "address": latex.escaped(fields.line(record.get("publisher-place"))),
        "type": latex.escaped(fields.kind_of_work(record)),
        "entrysubtype": "" if _is_told_by(kind, record) else csl_type,
        **{name: latex.escaped(fields.line(record.get(field))) for name, field in _WRITTEN_TEXTS.items()},
        **{name: _verbatim(record.get(field)) for name, field in _VERBATIM.items()},
        **{name: fields.day(record, field) for name, field in _DATES.items()},
    }
    return Entry(
        kind,
        re.sub(r"[^A-Za-z0-9:._-]", "", fields.line(record.get("id"))),
        # A month is the name of a macro, which stands without braces.
        [Field(name, value if name == "month" else f"{{{value}}}") for name, value in values.items() if value],
    )


def _is_told_by(kind: str, record: Record) -> bool:
    """Whether the type of a record is the one its entry is read back as."""
    csl_type: str | None = record.get("type")
    if kind == "misc" and csl_type in ("webpage", "document"):
        return (csl_type == "webpage") == bool(_verbatim(record.get("URL")))
    return csl_type == TYPES_READ[kind] or csl_type not in csl.TYPES


def _names(persons: list[dict[str, str]]) -> str:
    return " and ".join(_name(person) for person in persons)


def _name(person: Mapping[str, str]) -> str:
    if not person["family"]:
        return f"{{{latex.escaped(person['literal'] or person['given'])}}}"
    surname, given = _name_part(fields.surname(person)), _name_part(person["given"])
    if person["suffix"]:
        return f"{surname}, {_name_part(person['suffix'])}, {given}"
    return f"{surname}, {given}" if given else f"{{{latex.escaped(fields.surname(person))}}}"


def _name_part(text: str) -> str:
    """Escaped; in braces where BibTeX would take a piece of it for the border between names."""
    told = latex.escaped(text)
    return f"{{{told}}}" if "," in text or re.search(r"\band\b", text, re.I) else told


def _verbatim(value: Any) -> str:
    """An identifier or address: LaTeX prints it as it stands, so only what would end the field is encoded."""
    return fields.line(value).replace("\\", "%5C").replace("{", "%7B").replace("}", "%7D").replace(" ", "%20")
