"""From CSL-JSON records to the files that reference managers read: CSL-JSON, RIS and BibTeX.

Only what describes the work leaves: abstracts, our notes and where a record came from stay here. Whatever a record
holds, each file stays well-formed: a line break cannot begin another field, a brace cannot end one.

RIS has no mark for an organisation, so one whose name holds a comma is read as a person there. In BibTeX text stays
UTF-8, as biber and today's BibTeX styles take it; only what LaTeX would take for markup is escaped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import bibtexparser
import rispy
from bibtexparser.model import Entry, Field

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
RIS_TYPES = {
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
    "pamphlet": "PAMP",
    "paper-conference": "CPAPER",
    "patent": "PAT",
    "post": "ELEC",
    "post-weblog": "BLOG",
    "report": "RPRT",
    "review": "JOUR",
    "review-book": "JOUR",
    "software": "COMP",
    "song": "SOUND",
    "standard": "STAND",
    "thesis": "THES",
    "webpage": "ELEC",
}
BIBTEX_TYPES = {
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
# RIS knows A2 as the editor of a part, and ED as the editor of a whole book.
RIS_TAGS = {**rispy.config.TAG_KEY_MAPPING, "ED": "editors"}
RIS_LISTS = [*rispy.config.LIST_TYPE_TAGS, "ED"]
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905  # reads better
LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",  # `\{` would count as an open brace
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    **{character: f"\\{character}" for character in "&%$#_"},
}
LATEX_TAGS = {"i": r"\textit{", "b": r"\textbf{", "sub": r"\textsubscript{", "sup": r"\textsuperscript{", "span": "{"}
CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


def public_record(record: Record) -> dict[str, Any]:
    """What of a record may leave: the fields of CSL that describe the work."""
    return {field: value for field, value in record.items() if field in csl.FIELDS and field not in KEPT_HERE}


def to_csl_json(records: Iterable[Record]) -> str:
    """The records as a CSL-JSON document, as they are kept."""
    return json.dumps([public_record(record) for record in records], ensure_ascii=False, indent=1) + "\n"


def to_ris(records: Iterable[Record]) -> str:
    """The records as RIS, with the line ends it asks for."""
    written = rispy.dumps(
        [_ris_record(public_record(record)) for record in records],
        implementation=_PlainRis,
        mapping=RIS_TAGS,
        list_tags=RIS_LISTS,
    )
    return written.replace("\n", "\r\n")


def to_bibtex(records: Iterable[Record]) -> str:
    """The records as BibTeX. Fields that only BibLaTeX knows (`urldate`, `pmid`, `shortjournal`) stand beside."""
    library, layout = bibtexparser.Library(), bibtexparser.BibtexFormat()
    layout.block_separator = "\n"
    for record in records:
        library.add(_bibtex_entry(public_record(record)))
    return bibtexparser.write_string(library, unparse_stack=[], bibtex_format=layout)


def title_words(record: Record) -> str:
    """The title as an entry of the reference list prints it, without its markup."""
    return typographic(_plain(record.get("title")))


def year_of(record: Record) -> str:
    """The year of publication; empty when it is not known."""
    return _day(record, "issued")[:4]


def link_to(record: Record) -> str:
    """Where the work is, as an entry links to it: its DOI, else its own address if that is a secure one."""
    doi, url = _line(record.get("DOI")), _line(record.get("URL"))
    return address_of_doi(doi) if doi else url if url.lower().startswith("https://") else ""


class _PlainRis(rispy.RisWriter):
    """Without the number that rispy puts on a line of its own before each record."""

    def set_header(self, count: int) -> str:
        return ""


def _ris_record(record: Record) -> dict[str, Any]:
    kind = str(record.get("type"))
    authors = [_ris_name(person) for person in _people(record, "author") or _people(record, "director")]
    editors = [_ris_name(person) for person in _people(record, "editor")]
    first_page, last_page = _pages(record)
    fields = {
        "type_of_reference": RIS_TYPES.get(kind, "GEN"),
        "id": _line(record.get("id")),
        "authors": authors,
        "editors" if kind in ("book", "classic", "report") else "secondary_authors": editors,
        "title": _plain(record.get("title")),
        "short_title": _plain(record.get("title-short")),
        "secondary_title": _plain(record.get("container-title")),
        "alternate_title1": _plain(record.get("container-title-short")),
        "tertiary_title": _plain(record.get("collection-title")),
        "year": _day(record, "issued")[:4],
        "date": _day(record, "issued").replace("-", "/") or _words(record, "issued"),
        "volume": _line(record.get("volume")),
        "number": _line(record.get("issue")),
        "start_page": first_page,
        "end_page": last_page,
        "edition": _line(record.get("edition")),
        "publisher": _line(record.get("publisher")),
        "place_published": _line(record.get("publisher-place")),
        "issn": _line(record.get("ISBN")) or _line(record.get("ISSN")),
        "type_of_work": _line(record.get("genre")) or _line(record.get("medium")),
        "language": _line(record.get("language")),
        "doi": _line(record.get("DOI")),
        "accession_number": _line(record.get("PMID")),
        "name_of_database": "PubMed" if _line(record.get("PMID")) else "",
        "custom2": _line(record.get("PMCID")),
        "urls": [url] if (url := _line(record.get("URL"))) else [],
        "access_date": _day(record, "accessed").replace("-", "/"),
    }
    return {name: value for name, value in fields.items() if value}


def _bibtex_entry(record: Record) -> Entry:
    kind = BIBTEX_TYPES.get(str(record.get("type")), "misc")
    published_by = {"phdthesis": "school", "techreport": "institution"}.get(kind, "publisher")
    appeared_in = {"article": "journal", "incollection": "booktitle", "inproceedings": "booktitle"}
    year, _, rest = _day(record, "issued").partition("-")
    first_page, last_page = _pages(record)
    fields = {
        "author": _bibtex_names(_people(record, "author") or _people(record, "director")),
        "editor": _bibtex_names(_people(record, "editor")),
        "title": _latex(record.get("title"), protect_capitals=True),
        "shorttitle": _latex(record.get("title-short"), protect_capitals=True),
        appeared_in.get(kind, "howpublished"): _latex(record.get("container-title")),
        "shortjournal": _latex(record.get("container-title-short")),
        "series": _latex(record.get("collection-title")),
        "year": year or _escaped(_words(record, "issued")),
        "month": MONTHS[int(rest[:2]) - 1] if rest else "",
        "volume": _escaped(_line(record.get("volume"))),
        "number": _escaped(_line(record.get("issue"))),
        "pages": _escaped("--".join(filter(None, (first_page, last_page)))),
        "edition": _escaped(_line(record.get("edition"))),
        published_by: _escaped(_line(record.get("publisher"))),
        "address": _escaped(_line(record.get("publisher-place"))),
        "isbn": _escaped(_line(record.get("ISBN"))),
        "issn": _escaped(_line(record.get("ISSN"))),
        "doi": _verbatim(record.get("DOI")),
        "pmid": _verbatim(record.get("PMID")),
        "pmcid": _verbatim(record.get("PMCID")),
        "url": _verbatim(record.get("URL")),
        "urldate": _day(record, "accessed"),
        "language": _escaped(_line(record.get("language"))),
    }
    return Entry(
        kind,
        re.sub(r"[^A-Za-z0-9:._-]", "", _line(record.get("id"))),
        # A month is the name of a macro, which stands without braces.
        [Field(name, value if name == "month" else f"{{{value}}}") for name, value in fields.items() if value],
    )


def _line(value: Any) -> str:
    """A value as one line of text; anything that is neither text nor a number is left out."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return " ".join(CONTROLS.sub("", str(value)).split())


def _plain(title: Any) -> str:
    """A title without its own markup."""
    return _set_title(title, lambda words: words, dict.fromkeys(LATEX_TAGS, ""), "")


def _latex(title: Any, *, protect_capitals: bool = False) -> str:
    """A title for LaTeX, its markup as commands. Protected words keep their capitals, whatever the style does."""
    begun = False

    def words(text: str) -> str:
        nonlocal begun
        parts = re.split(r"(\s+)", text)
        for place, word in enumerate(parts):
            # The first letter of a title stays a capital in every style.
            capital = any(character.isupper() for character in (word if begun else word[1:]))
            parts[place] = f"{{{_escaped(word)}}}" if protect_capitals and capital else _escaped(word)
            begun = begun or bool(word.strip())
        return "".join(parts)

    return _set_title(title, words, LATEX_TAGS, "}")


def _set_title(title: Any, words: Callable[[str], str], opening: Mapping[str, str], closing: str) -> str:
    """A title with its tags replaced; where they are not properly nested they are taken for text."""
    text = _line(title)
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


def _people(record: Record, role: str) -> list[dict[str, str]]:
    """The parts of each name that has any."""
    given = record.get(role)
    people = []
    for person in given if isinstance(given, list) else []:
        parts = {part: _line(person.get(part)) for part in csl.NAME_PARTS} if isinstance(person, Mapping) else {}
        if any(parts.get(part) for part in ("family", "given", "literal")):
            people.append(parts)
    return people


def _surname(person: Mapping[str, str]) -> str:
    parts = (person[part] for part in ("dropping-particle", "non-dropping-particle", "family"))
    return " ".join(filter(None, parts))


def _ris_name(person: Mapping[str, str]) -> str:
    if not person["family"]:
        return person["literal"] or person["given"]
    # A comma parts a name there, so no part can hold one.
    parts = [" ".join(part.replace(",", " ").split()) for part in (_surname(person), person["given"], person["suffix"])]
    return ", ".join(part for part in parts if part)


def _bibtex_names(people: list[dict[str, str]]) -> str:
    return " and ".join(_bibtex_name(person) for person in people)


def _bibtex_name(person: Mapping[str, str]) -> str:
    if not person["family"]:
        return f"{{{_escaped(person['literal'] or person['given'])}}}"
    surname, given = _name_part(_surname(person)), _name_part(person["given"])
    if person["suffix"]:
        return f"{surname}, {_name_part(person['suffix'])}, {given}"
    return f"{surname}, {given}" if given else f"{{{_escaped(_surname(person))}}}"


def _name_part(text: str) -> str:
    """Escaped; in braces where BibTeX would take a piece of it for the border between names."""
    shown = _escaped(text)
    return f"{{{shown}}}" if "," in text or re.search(r"\band\b", text, re.I) else shown


def _pages(record: Record) -> tuple[str, str]:
    """First and last page; the last is empty for a single page or an article number."""
    first, _, last = (part.strip() for part in re.sub("[–—]", "-", _line(record.get("page"))).partition("-"))
    return (first, last) if first and last else (first or last, "")


def _day(record: Record, name: str) -> str:
    """A date as precisely as it is known: 2021-01-27, 2021-01 or 2021. Of a range the first day."""
    value = record.get(name)
    dates = value.get("date-parts") if isinstance(value, Mapping) else None
    parts = csl.date_from_parts(dates[0]) if isinstance(dates, list) and dates else None
    return "-".join([f"{parts[0]:04}", *(f"{part:02}" for part in parts[1:])]) if parts else ""


def _words(record: Record, name: str) -> str:
    """A date that is told in words, such as Spring 2019."""
    value = record.get(name)
    return _line(value.get("literal")) or _line(value.get("raw")) if isinstance(value, Mapping) else ""


def _escaped(text: str) -> str:
    return "".join(LATEX.get(character, character) for character in text)


def _verbatim(value: Any) -> str:
    """An identifier or address: LaTeX prints it as it stands, so only what would end the field is encoded."""
    return _line(value).replace("\\", "%5C").replace("{", "%7B").replace("}", "%7D").replace(" ", "%20")
