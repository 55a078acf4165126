"""What PubMed saves as .nbib: MEDLINE text, a tag of up to four letters, a dash, a value that may go on for lines.

Retractions, errata and what kinds of publication PubMed takes a work for are kept beside the record, for those who
judge it. Abstracts are not kept: they are somebody's copyright.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from citations.formats import dates, people
from citations.formats.reading import Reading, one_line, readable, unreadable, with_plain_line_ends

# What another publication says about this one, and this one about another; PubMed's own names.
NOTICES = {
    *("CIN", "CON", "CRI", "CRF", "CRIN", "CROF", "DRIN", "DDIN", "ECI", "ECF", "ECIN", "ECOF", "EIN", "EFR", "ORI"),
    *("PRIN", "PROF", "RIN", "ROF", "RPI", "RPF", "RRI", "RRF", "SPIN", "UIN", "UOF"),
}
LANGUAGES = {
    **{"chi": "zh", "cze": "cs", "dan": "da", "dut": "nl", "eng": "en", "fin": "fi", "fre": "fr", "ger": "de"},
    **{"gre": "el", "hun": "hu", "ita": "it", "jpn": "ja", "kor": "ko", "nor": "no", "pol": "pl", "por": "pt"},
    **{"rus": "ru", "spa": "es", "swe": "sv", "tur": "tr"},
}
_LINE = re.compile(r"(?=.{4}-)([A-Z][A-Z0-9]{0,3}) *-(?: (.*)|\s*)")
_TEXTS = {
    "title": "TI",
    "container-title": "JT",
    "container-title-short": "TA",
    "collection-title": "CTI",
    "original-title": "TT",
    "volume": "VI",
    "issue": "IP",
    "page": "PG",
    "edition": "EN",
    "publisher": "PB",
    "publisher-place": "PL",
    "PMID": "PMID",
    "PMCID": "PMC",
    "ISBN": "ISBN",
}
# Abstracts, copyright notes, addresses of people and what PubMed notes for its own work.
_NOT_KEPT = {
    *("AB", "OAB", "OABL", "CI", "AD", "AUID", "OWN", "STAT", "DCOM", "LR", "CRDT", "PHST", "EDAT", "MHDA", "SO"),
    *("JID", "SB", "IRAD", "IR", "FIR", "OTO", "OID"),
}
# Read one by one, with the record.
_READ_APART = {"FAU", "AU", "CN", "FED", "ED", "LID", "AID", "DP", "DEP", "IS", "LA"}


def read(text: str) -> Iterator[Reading]:
    """Each record of a PubMed file. One begins with its PMID."""
    begun: list[str] = []
    begin, stray = 0, False
    for number, line in enumerate(with_plain_line_ends(text).split("\n"), start=1):
        tag = _LINE.match(line)
        if tag and tag.group(1) == "PMID":
            if begun:
                yield _reading(begin, begun)
            begin, begun = number, [line]
        elif begun:
            begun.append(line)
        elif tag and not stray:
            stray = True
            yield unreadable(
                number,
                line,
                "This line stands before the first record. Begin each record with a line “PMID- 12345678”.",
            )
    if begun:
        yield _reading(begin, begun)


def _reading(begin: int, lines: list[str]) -> Reading:
    told = _told(lines)
    book, article = bool(told.get("BTI")), bool(told.get("TI"))
    if not book and not article:
        problem = "This record has no title (TI). Save it from PubMed once more, in the format “PubMed”."
        return unreadable(begin, "\n".join(lines), problem)
    record: dict[str, Any] = {field: " ".join(told.pop(tag, [])[:1]) for field, tag in _TEXTS.items()}
    types = told.pop("PT", [])
    record |= {
        "type": _type(types, book=book, article=article),
        "author": _people(lines, full="FAU", short="AU"),
        "editor": _people(lines, full="FED", short="ED"),
        "DOI": _identifier(told, "doi"),
        "ISSN": _issn(told),
        "issued": _issued(told.get("DP", [])),
        "available-date": _day(" ".join(told.get("DEP", [])[:1])),
        "language": ", ".join(LANGUAGES.get(name, name) for name in told.get("LA", [])),
    }
    if book:
        title = " ".join(told.pop("BTI"))
        record["container-title" if article else "title"] = title
    for field in ("title", "container-title"):
        # PubMed ends a title with a full stop, as a sentence; the work does not.
        record[field] = re.sub(r"(?<!\.)\.$", "", record[field])
    said = {
        "publication_types": types,
        "notices": {tag: told.pop(tag) for tag in list(told) if tag in NOTICES},
        "other_fields": {tag: values for tag, values in told.items() if tag not in _NOT_KEPT | _READ_APART},
    }
    return readable(begin, "\n".join(lines), record, said)


def _type(types: list[str], *, book: bool, article: bool) -> str:
    if book:
        return "chapter" if article else "book"
    return "article" if "Preprint" in types else "article-journal"


def _tagged(lines: Iterable[str]) -> list[tuple[str, str]]:
    """Each tag with its value in one line."""
    found: list[tuple[str, list[str]]] = []
    for line in lines:
        tag = _LINE.match(line)
        if tag:
            found.append((tag.group(1), [tag.group(2) or ""]))
        elif found:
            found[-1][1].append(line)
    return [(tag, one_line(" ".join(values))) for tag, values in found]


def _told(lines: Iterable[str]) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for tag, value in _tagged(lines):
        if value:
            told.setdefault(tag, []).append(value)
    return told


def _people(lines: Iterable[str], *, full: str, short: str) -> list[dict[str, str]]:
    """People and corporate authors in their order; the short form of a name where there is no full one."""
    tagged = _tagged(lines)
    wanted = full if any(tag == full for tag, _ in tagged) else short
    found = []
    for tag, name in tagged:
        if tag == wanted and name:
            # PubMed parts no suffix by a comma: “King, Martin Jr”.
            person = people.generation_apart(people.inverted(name)) if "," in name else people.with_initials(name)
            found.append(person or {"literal": name})
        elif tag == "CN" and wanted in ("FAU", "AU") and name:
            found.append({"literal": name})
    return found


def _identifier(told: dict[str, list[str]], kind: str) -> str:
    """The value that says of itself which kind it is: “10.1016/… [doi]”."""
    for value in [*told.get("LID", []), *told.get("AID", [])]:
        if value.endswith(f" [{kind}]"):
            return value.removesuffix(f" [{kind}]")
    return ""


def _issn(told: dict[str, list[str]]) -> str:
    """The number of the journal, that of the paper one if there are several."""
    numbers = sorted(told.get("IS", []), key=lambda number: "Print" not in number)
    return numbers[0].partition(" ")[0] if numbers else ""


def _issued(told: list[str]) -> dict[str, Any]:
    """“2021 Jan 27”, “2016 May-Jun”, “2019 Spring”: what is more than a year and no date is kept as words."""
    if not told:
        return {}
    return dates.from_words(told[0]) or {"literal": told[0]}


def _day(text: str) -> dict[str, Any]:
    """A day as PubMed counts them: 20210127."""
    found = re.fullmatch("([0-9]{4})([0-9]{2})([0-9]{2})", text)
    return dates.csl_date(*(int(part) for part in found.groups())) if found else {}
