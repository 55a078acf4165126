"""One printed reference, taken apart: APA with the year behind the names, or AMA and Vancouver with it at the end.

What can be told from punctuation alone is told. A type that only rests on what the entry has and lacks is a guess,
and said to be one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from citations.formats import dates, people
from citations.formats.dates import MONTH
from citations.formats.reading import one_line

LONGEST_BODY = 3_000  # behind the names
_LONGEST_TITLE = 60  # words
_DAY = (
    rf"(?:{MONTH}\.? [0-9]{{1,2}},? [0-9]{{4}}|{MONTH}\.? [0-9]{{4}}|[0-9]{{1,2}} {MONTH}\.? [0-9]{{4}}"
    rf"|[0-9]{{4}} {MONTH}\.?(?: [0-9]{{1,2}})?|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}|[0-9]{{4}})"
)
_URL = r"https?://[^\s<>\"]{1,2000}"
_RETRIEVED = re.compile(
    rf"\bRetrieved\s+(?:(?:on\s+)?(?P<date>{_DAY})(?:\s*,?\s*from\b)?|from\b)\s*:?\s*(?P<url>{_URL})?", re.I
)
_AVAILABLE = re.compile(rf"\bAvailable\s+(?:from|at)\b\s*:?\s*(?P<url>{_URL})?", re.I)
_ACCESSED = re.compile(rf"\bAccessed\s+(?:on\s+)?(?P<date>{_DAY})\.?|\[cited (?P<cited>{_DAY})\]", re.I)
_PUBLISHED = re.compile(rf"\b(?:Published(?: online)?|Updated|Last updated|Last reviewed)\s+(?P<date>{_DAY})\.?", re.I)
_EPUB = re.compile(rf"\bEpub\s+(?P<date>{_DAY})\.?", re.I)
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|\bdoi:?\s*)(10\.[0-9]{4,9}/[^\s<>\"]{1,500})", re.I)
_PMID = re.compile(r"\bPMID:?\s*([1-9][0-9]{0,8})\b\.?", re.I)
_PMCID = re.compile(r"(?:\bPMCID:?\s*)?\b(PMC[1-9][0-9]{0,8})\b\.?", re.I)
_ADDRESS = re.compile(_URL)

_YEAR = rf"(?:1[5-9]|20)[0-9]{{2}}(?:[a-z]\b)?(?:,? {MONTH}(?:[-–/]{MONTH})?(?: [0-9]{{1,2}})?)?"
_DATED = re.compile(
    rf"\((?:(?P<date>{_YEAR})|(?P<none>n\.\s?d\.(?:-[a-z])?|undated)|(?P<words>in press|forthcoming))\)"
)
_ROLE = re.compile(r",?\s*\(?\b(Eds?\.?|Editors?|Directors?|Dirs?\.)\)?[.,]?$", re.I)
_ET_AL = re.compile(r"(?:and |& )?et\.? al\.?", re.I)
_ELLIPSIS = re.compile(r"…|\.\s?\.\s?\.")
_BETWEEN_NAMES = re.compile(rf",\s*(?:&|and)\s+|\s+&\s+|\s*(?:{_ELLIPSIS.pattern})\s*(?:&\s*)?|[,;]\s*")
_INITIALS = re.compile(r"(?:[^\W\d_]\.[\s-]*){1,6}")
_GIVEN = re.compile(r"[^\W\d_][\w’'-]+(?: [^\W\d_]\.)+")
# “H. I. Pass”, as the editors of a book stand in the entry of one of its chapters.
_INITIALS_FIRST = re.compile(r"((?:[^\W\d_]\.[ -]?)+) ([^\W\d_][\w’'-]+(?: [^\W\d_&][\w’'-]+)*)")
_NAME = re.compile(r"[^\W\d_][\w’'-]+")
_ARTICLE = re.compile(
    r"(?P<container>[^?!]+?), (?P<volume>[0-9]+[A-Za-z]?|[A-Z]{1,3}[0-9]+)(?:\s?\((?P<issue>[^()]{1,40})\))?"
    r"(?:, (?P<page>[A-Za-z]{0,3}[0-9][\w.]*(?:\s?[-–]\s?\w+)?))?"
)
# Springer: “J Clin Oncol 21(3):2636–2644”
_ARTICLE_BY_COLON = re.compile(
    r"(?P<container>[^?!:]+?),? (?P<volume>[0-9]{1,4})(?:\s?\((?P<issue>[^()]{1,40})\))?"
    r":\s?(?P<page>\w+(?:\s?[-–]\s?\w+)?)"
)
_ARTICLE_BY_DATE = re.compile(
    rf"(?P<container>[^?!;]+?)\.? (?P<date>[0-9]{{4}}(?: {MONTH}(?:[-–]{MONTH})?(?: [0-9]{{1,2}})?)?)"
    r"(?:;\s?(?P<volume>[^():;]{0,20})(?:\((?P<issue>[^)]{1,40})\))?(?::\s?(?P<page>[\w., –-]{1,40}))?)?"
)
_IMPRINT = re.compile(
    rf"(?:(?P<place>[^.:;]+): )?(?P<publisher>[^:;]+?); ?(?P<date>[0-9]{{4}}(?: {MONTH}(?: [0-9]{{1,2}})?)?)"
    r"(?:[.:]? ?(?:pp?\. ?)?(?P<page>[0-9]+(?:[-–][0-9]+)?))?"
)
_EDITION = re.compile(r"\s*\(?\b([0-9]+(?:st|nd|rd|th)|Rev\.) ed(?:ition)?\b\.?,?\)?", re.I)
_PAGES = re.compile(r",?\s*\(?\bpp?\. ?([0-9A-Za-z]+(?:\s?[-–]\s?[0-9A-Za-z]+)?)\)?")
_REPORT = re.compile(r"\s*\((?:Technical )?Report No\. ([^()]+)\)", re.I)
_BRACKET = re.compile(r"\s*\[(?P<kind>[^\[\]]{2,80})\]")
_QUOTED = re.compile(r"[\"“](?P<title>[^\"“”]+?)[.,]?[\"”][.,]?(?: (?P<year>(?:19|20)[0-9]{2}))?")
_KINDS = {
    "video": "motion_picture",
    "film": "motion_picture",
    "motion picture": "motion_picture",
    "video file": "motion_picture",
    "youtube video": "motion_picture",
    "internet": "webpage",
    "web page": "webpage",
    "webpage": "webpage",
    "data set": "dataset",
    "dataset": "dataset",
    "report": "report",
}
# Publishers and societies that stand as authors where a page took its words from the site of a journal.
PUBLISHERS = frozenset(
    name.lower()
    for name in (
        *("American Association for Cancer Research", "American College of Chest Physicians", "BMJ", "Dove Press"),
        *("American Society of Clinical Oncology", "BioMed Central", "Cambridge University Press", "Cell Press"),
        *("Elsevier", "Frontiers", "Hindawi", "Karger", "Lippincott Williams & Wilkins", "MDPI", "Nature"),
        *("Nature Publishing Group", "Oxford University Press", "PLOS", "SAGE", "SAGE Publications", "Springer"),
        *("Springer Nature", "Taylor & Francis", "The Lancet", "Thieme", "Wiley", "Wiley-Blackwell", "Wolters Kluwer"),
    )
)
_PUBLISHER_WORDS = re.compile(r"\b(?:Press|Publish(?:ers|ing)|Verlag|Books)\b")
_ORGANIZATION = re.compile(
    r"\b(?:Agency|Association|Cent(?:er|re)s?|Clinic|College|Committee|Council|Department|Foundation|Group|Hospital"
    r"|Institutes?|Ministry|Network|Organi[sz]ation|Service|Society|University)\b"
)
# A full stop behind these ends no sentence.
_ABBREVIATION = re.compile(r"(?:^|[\s(])(?:vs|cf|e\.g|i\.e|No|St|Dr|Mr|Mrs|Ms|approx|[A-Z]|U\.S|[A-Z]\.[A-Z])$")


@dataclass
class Entry:
    """What one printed reference says, in CSL, and the places in which it says less than it should."""

    record: dict[str, Any] = field(default_factory=dict)
    said: dict[str, Any] = field(default_factory=dict)
    has_nobody: str = ""  # “Et al.” where a person should stand
    leads_nowhere: str = ""  # “Retrieved from” with nothing behind it


def taken_apart(text: str) -> Entry | None:
    """The entry (one line, without its number) as a record; None when it does not read as a reference."""
    entry = Entry()
    body = _without_addresses(text.replace("*", ""), entry)
    dated = _DATED.search(body)
    if dated and not re.search(r"[^\W\d_]{3}[.?!] \S", body[: dated.start()].rstrip(" .")):
        found = _read_apa(body, dated, entry)
    else:
        found = _read_vancouver(body[:LONGEST_BODY], entry)
    if not found or not entry.record.get("title"):
        return None
    if quoted := _QUOTED.fullmatch(entry.record["title"]):
        entry.record["title"] = quoted.group("title")
        if quoted.group("year"):
            entry.record.setdefault("issued", _date(quoted.group("year")))
    for name in ("page", "volume", "issue"):
        if entry.record.get(name):
            entry.record[name] = re.sub(r"\s?[–—]\s?", "-", entry.record[name]).strip(" .,")
    return entry


# What stands anywhere in an entry and says itself what it is


def _without_addresses(text: str, entry: Entry) -> str:
    """The entry without its identifiers, addresses and days of access, which are kept in its record."""
    record = entry.record

    def keep_doi(found: re.Match[str]) -> str:
        doi, rest = _trimmed(found.group(1))
        record.setdefault("DOI", doi)
        return rest

    def keep_access(found: re.Match[str]) -> str:
        told = found.groupdict()
        if date := _date(told.get("date") or told.get("cited") or ""):
            record["accessed"] = date
        if not told.get("url") and found.re is not _ACCESSED and "DOI" not in record:
            entry.leads_nowhere = found.group().strip()
        return told.get("url") or ""

    def keep_url(found: re.Match[str]) -> str:
        url, rest = _trimmed(found.group())
        record.setdefault("URL", url)
        return rest

    def keep(name: str, found: re.Match[str]) -> str:
        record.setdefault(name, found.group(1).upper())
        return ""

    def keep_date(name: str, found: re.Match[str]) -> str:
        record.setdefault(name, _date(found.group("date")))
        return ""

    text = _DOI.sub(keep_doi, text)
    for pattern in (_RETRIEVED, _AVAILABLE, _ACCESSED):
        text = pattern.sub(keep_access, text)
    text = _ADDRESS.sub(keep_url, text)
    text = _PMID.sub(lambda found: keep("PMID", found), text)
    text = _PMCID.sub(lambda found: keep("PMCID", found), text)
    text = _EPUB.sub(lambda found: keep_date("available-date", found), text)
    text = _PUBLISHED.sub(lambda found: keep_date("issued", found), text)
    if "URL" in record:
        entry.leads_nowhere = ""
    return one_line(text.replace("()", " ")).rstrip(" .,;:")


def _trimmed(address: str) -> tuple[str, str]:
    """An address, and the punctuation behind it that is the sentence's; its own parentheses stay."""
    end = len(address)
    while end and (
        address[end - 1] in ".,;:'\"]”’"
        or (address[end - 1] == ")" and address.count("(", 0, end) < address.count(")", 0, end))
    ):
        end -= 1
    return address[:end], address[end:]


def _date(text: str) -> dict[str, Any]:
    return dates.from_words(re.sub(r"^([0-9]{4})[a-z]\b", r"\1", text)) or dates.from_numbers(text)


# APA: Names (date). Title. Container, volume(issue), pages.


def _read_apa(body: str, dated: re.Match[str], entry: Entry) -> bool:
    record = entry.record
    rest = body[dated.end() :].strip(" .,:")
    if not rest or len(rest) > LONGEST_BODY:
        return False
    _take_people(body[: dated.start()].strip(), entry)
    if dated.group("date"):
        record["issued"] = _date(dated.group("date"))
    elif dated.group("words"):
        entry.said["date"] = dated.group("words")
    # A publisher or site may follow, so the part of a book is looked for first.
    title, host = _parted(rest, " In ")
    if host:
        record["title"] = title
        _read_host(host, entry)
        return True
    rest = _take_kind(rest, entry)
    title, tail = _last_sentence(rest)
    article = _ARTICLE.fullmatch(tail) or _ARTICLE_BY_COLON.fullmatch(tail)
    record["title"] = title
    if article:
        record |= {"type": "article-journal"} | _told(article)
        return True
    _take_edition(entry, "title")
    if "type" not in record:
        record["type"] = _type_without_volume(tail, entry)
    if tail:
        record["publisher" if record["type"] in ("book", "report") else "container-title"] = tail
    return True


def _type_without_volume(tail: str, entry: Entry) -> str:
    """What an entry without volume and imprint seems to be. A guess."""
    record = entry.record
    if "edition" in record or "editor" in record or tail.lower() in PUBLISHERS or _PUBLISHER_WORDS.search(tail):
        return "book"
    entry.said["type_guessed"] = True
    persons = [person for person in record.get("author", []) if "family" in person]
    year_only = len(record.get("issued", {}).get("date-parts", [[]])[0]) == 1
    if persons and (year_only or len(persons) > 2) and "URL" not in record:
        return "article-journal"
    return "webpage"


# AMA and Vancouver: Names. Title. Container. Date;volume(issue):pages.


def _read_vancouver(body: str, entry: Entry) -> bool:
    rest = _without_names(body, entry)
    title, host = _parted(rest, " In: ")
    if host:
        entry.record["title"] = title
        _read_host(host, entry)
        return True
    rest = _take_kind(rest, entry)
    return _read_imprint(rest, entry) or _read_journal(rest, entry) or _read_page(rest, entry)


def _without_names(body: str, entry: Entry) -> str:
    """What follows the names; an entry that begins with its title names nobody."""
    names, _, rest = body.partition(". ")
    if _is_people(names) or (len(names.split()) <= 12 and (_last_sentence(rest)[1] or _ORGANIZATION.search(names))):
        _take_people(names, entry)
        return rest
    return body


def _read_imprint(rest: str, entry: Entry) -> bool:
    """A book: “Title. New York: Springer; 2005”. Vancouver prints a page of the web with an imprint too."""
    record = entry.record
    place, _, behind = rest.rpartition(": ")
    title, city = _last_sentence(place)
    imprint = _IMPRINT.fullmatch(behind) if city else None
    if imprint:
        record["publisher-place"] = city
    else:
        title, tail = _last_sentence(rest)
        imprint = _IMPRINT.fullmatch(tail)
    # “2005 Oct 1;23” is the date and volume of a journal.
    if not imprint or re.match(r"[0-9]{4}\b", imprint.group("publisher")):
        record.pop("publisher-place", None)
        return False
    record |= {"title": title} | _told(imprint)
    _take_edition(entry, "title")
    if record.setdefault("type", "book") == "webpage":
        record["container-title"] = record.pop("publisher")
    return True


def _read_journal(rest: str, entry: Entry) -> bool:
    """An article: “Title. Journal. 2005 Oct 1;23(28):6881-9”, with or without the full stop before the year."""
    title, tail = _last_sentence(rest)
    if re.match(r"[0-9]{4}\b", tail):
        title, container = _last_sentence(title)
        tail = f"{container} {tail}"
    found = _ARTICLE_BY_DATE.fullmatch(tail)
    if not found or not found.group("container").strip():
        return False
    entry.record |= {"title": title, "type": "article-journal"} | _told(found)
    return bool(entry.record["issued"])


def _read_page(rest: str, entry: Entry) -> bool:
    """What a list only says the title and place of, and where or when it was seen."""
    record = entry.record
    title, tail = _last_sentence(rest)
    record["title"] = title
    if tail:
        record["container-title"] = tail
    if "type" not in record:
        persons = any("family" in person for person in record.get("author", []))
        record["type"] = "article-journal" if persons and tail and "DOI" in record else "webpage"
        entry.said["type_guessed"] = True
    return bool({"URL", "DOI", "issued", "accessed"} & set(record)) and len(title.split()) < _LONGEST_TITLE


# What both have in common


def _read_host(host: str, entry: Entry) -> None:
    """The book an entry is part of: its editors, title, pages, imprint."""
    record = entry.record
    if pages := _PAGES.search(host):
        record["page"] = pages.group(1)
        host = (host[: pages.start()] + host[pages.end() :]).strip(" .,")
    editors = re.match(r"(?P<names>[^?!]{3,400}?),? \(?(?:Eds?\.|eds?|Eds?|editors?)\)?[.,] ", host)
    if editors:
        record["editor"], _ = _people(_INITIALS_FIRST.sub(r"\2, \1", editors.group("names")))
        host = host[editors.end() :]
    title, tail = _last_sentence(host)
    imprint = _IMPRINT.fullmatch(tail) if tail else None
    if imprint:
        record |= _told(imprint)
    elif tail:
        record["publisher"] = tail
    record["container-title"] = title
    _take_edition(entry, "container-title")
    works = {"dictionary": "entry-dictionary", "encyclop": "entry-encyclopedia"}
    record["type"] = next((kind for word, kind in works.items() if word in title.lower()), "chapter")


def _take_kind(rest: str, entry: Entry) -> str:
    """Takes “[Video]”, “[Internet]” or “(Report No. 5)” out of the text, which tell the type."""
    record = entry.record
    if report := _REPORT.search(rest):
        record |= {"type": "report", "number": report.group(1)}
        rest = rest[: report.start()] + rest[report.end() :]
    for bracket in _BRACKET.finditer(rest):
        kind = bracket.group("kind")
        name = kind.lower()
        if name in _KINDS or "dissertation" in name or "thesis" in name:
            record["type"] = _KINDS.get(name, "thesis")
            if record["type"] == "thesis":
                record["genre"], _, university = kind.partition(", ")
                record["publisher"] = university
            elif record["type"] != "webpage":
                record["medium"] = kind
            return rest[: bracket.start()] + rest[bracket.end() :]
    return rest


def _take_edition(entry: Entry, name: str) -> None:
    """Takes “(2nd ed.)” out of the title of a book, which stands in the field `name`."""
    title = entry.record[name]
    if found := _EDITION.search(title):
        entry.record["edition"] = found.group(1)
        entry.record[name] = (title[: found.start()] + title[found.end() :]).strip(" .,")


def _told(found: re.Match[str]) -> dict[str, Any]:
    """What a pattern found, by the field of CSL it stands for."""
    names = {"container": "container-title", "place": "publisher-place", "date": "issued"}
    told: dict[str, Any] = {names.get(name, name): text for name, text in found.groupdict().items() if text}
    if "issued" in told:
        told["issued"] = _date(told["issued"])
    return told


def _take_people(text: str, entry: Entry) -> None:
    role = "author"
    if told := _ROLE.search(text):
        role = "director" if told.group(1).lower().startswith("dir") else "editor"
        text = text[: told.start()]
    persons, complete = _people(text)
    if persons:
        entry.record[role] = persons
    if not complete:
        entry.said["authors_complete"] = False
        nobody = re.search(r"(?:&\s*)?\bEt\.? [Aa]l\b\.?|&\s*et\.? al\b\.?", text)
        entry.has_nobody = nobody.group() if nobody else ""


def _is_people(text: str) -> bool:
    """Whether these are names as AMA and Vancouver print them."""
    names = _ROLE.sub("", text).split(", ")
    return any(people.with_initials(name.strip(" .")) for name in names)


def _people(text: str) -> tuple[list[dict[str, str]], bool]:
    """Everybody named, and whether that is all. Names without initials are one organization's."""
    text = text.strip(" ,;")
    complete = not _ELLIPSIS.search(text)
    parts = [part for part in _BETWEEN_NAMES.split(text) if part.strip()]
    found: list[dict[str, str]] = []
    persons, place = 0, 0
    while place < len(parts):
        part, following = parts[place].strip(), (parts[place + 1].strip() if place + 1 < len(parts) else "")
        place += 1
        if _ET_AL.fullmatch(part):
            complete = False
        elif found and re.fullmatch(r"(?:Jr|Sr|II|III|IV)\.?", part):
            found[-1]["suffix"] = part
        elif _INITIALS.fullmatch(following) or _GIVEN.fullmatch(following) or _is_pair(part, following, parts, persons):
            found.append(people.generation_apart(people.surname_parts(part.split()) | {"given": following}))
            persons, place = persons + 1, place + 1
        elif person := people.with_initials(part.rstrip(".")):
            found.append(person)
            persons += 1
        else:
            found.append({"literal": part.rstrip(".")})
    if not persons:
        organization = re.sub(r"\bet\.? al\.?$", "", text, flags=re.I).strip(" .,&")
        return ([{"literal": organization}] if organization else []), complete
    return found, complete


def _is_pair(part: str, following: str, parts: list[str], persons: int) -> bool:
    """“Carbone, Michele” with people before it, or alone."""
    if not (_NAME.fullmatch(part) and _NAME.fullmatch(following)):
        return False
    return bool(persons) or (len(parts) == 2 and following not in ("Inc", "Ltd", "LLC", "AG", "GmbH"))


def _parted(text: str, border: str) -> tuple[str, str]:
    """What stands before and behind the border where a sentence ends in front of it; else all of it and nothing."""
    found = re.search(rf"[.?!](?={re.escape(border)})", text)
    if not found:
        return text, ""
    return _without_stop(text[: found.end()]), text[found.end() + len(border) :].strip(" .")


def _last_sentence(text: str) -> tuple[str, str]:
    """Everything but the last sentence, and the last sentence; that is empty when there is only one."""
    for end in reversed([found.start() for found in re.finditer(r"[.?!]”? (?=\S)", text)]):
        before = text[:end]
        if text[end] == "." and _ABBREVIATION.search(before[-12:]):
            continue
        behind = text[end + 1 :].strip("” ")
        return (before if text[end] == "." else text[: end + 1]).strip(), behind.strip(" .")
    return _without_stop(text), ""


def _without_stop(text: str) -> str:
    return text.strip().removesuffix(".").strip()
