"""From CSL-JSON records to the entries of a reference list, as HTML that is safe to put on a page.

citeproc-py sets the entries; what it gets wrong is put right in `citations.corrections`. It writes what a
record says into its output as it stands, so a title that holds `<script>` would run in every reader's browser:
here each character that means something in HTML goes in as a private-use character and comes out as an entity,
and nh3 sanitises the result. Numbers, back-links and "Retrieved …" are the page's own and not part of an entry.
"""

from __future__ import annotations

import functools
import hashlib
import html
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import citeproc
import nh3
from citeproc.source import BibliographySource, Date, DateRange, LiteralDate, Name
from citeproc.string import MixedString, NoCase, String

from citations import corrections, csl
from mesoinfo.citation_styles import CitationStyle

logger = logging.getLogger(__name__)

# The styles we have, each with its name for people.
STYLES: dict[str, str] = dict(CitationStyle.choices)
DEFAULT_STYLE = CitationStyle.APA.value
DEFAULT_LOCALE = "en-US"
# Raise it when the same record comes out differently, so that stored entries are set anew.
CORRECTIONS = 2

# What a record may mark up itself, and only in its titles.
RICH_TEXT = re.compile(r'<(/?)(i|b|sub|sup)>|<span class="nocase">|</span>')
ALLOWED_TAGS = {"i", "b", "sub", "sup", "a"}

# Private-use characters that stand for text while the engine has it. None of them survives from a record.
_GUISES = {"<": "\ue000", ">": "\ue001", "&": "\ue002", '"': "\ue003"}
_ENTITIES = {"\ue000": "&lt;", "\ue001": "&gt;", "\ue002": "&amp;", "\ue003": "&quot;"}
_ADDRESSED = {"DOI": "\ue010", "URL": "\ue011", "PMID": "\ue012", "PMCID": "\ue013"}
# Control characters, private use, unpaired surrogates, and marks that turn the direction of the text after them.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
# The engine's time grows with length and with people; nobody reads an entry longer than this.
_LONGEST = 2_000
_LONGEST_NUMBER = 100
_MOST_PEOPLE = 40


def version(style: str = DEFAULT_STYLE, locale: str = DEFAULT_LOCALE) -> str:
    """What an entry depends on besides its record: engine, corrections, style file and locale. At most 100 characters.

    Raises ValueError for a style or locale we do not have.
    """
    _check(style, locale)
    return f"{style}@{_style_digest(style)} {locale} citeproc-py {citeproc.__version__}+{CORRECTIONS}"


def format_entries(
    items: Iterable[Mapping[str, Any]], style: str = DEFAULT_STYLE, locale: str = DEFAULT_LOCALE
) -> dict[str, str]:
    """The entry of each record as sanitised HTML, by the record's `id`.

    An entry has no number and no access date. A record the engine stumbles over is set plainly (people, year,
    title, where it appeared) rather than refused; one without an `id` has no key and is left out. Raises
    ValueError for a style or locale we do not have.
    """
    _check(style, locale)
    records = [item for item in items if isinstance(item, Mapping) and isinstance(item.get("id"), str) and item["id"]]
    if not records:
        return {}
    engine = _Engine(style, locale)
    entries = {}
    for number, item in enumerate(records):
        try:
            # Of a record whose fields the style does not print the engine makes nothing.
            set_text = engine.entry(f"entry-{number}", item) or _plainly(item)
        except Exception:
            # Whatever a file brought in, a page must still be made; the log says which record to look at.
            logger.exception("citeproc-py could not set %r; it is set plainly.", item["id"])
            set_text = _plainly(item)
        entries[item["id"]] = _as_html(set_text, item)
    return entries


def address_of_doi(doi: str) -> str:
    """Where a DOI leads."""
    return f"https://doi.org/{quote(doi, safe='/:;()._-+~@,')}"


def address_of_pmid(pmid: str) -> str:
    """Where a PMID leads, or nothing when it is none."""
    return f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if re.fullmatch(csl.PMID_PATTERN[1:-1], pmid) else ""


def address_of_pmcid(pmcid: str) -> str:
    """Where a PMCID leads, or nothing when it is none."""
    return f"https://pmc.ncbi.nlm.nih.gov/articles/{pmcid}/" if re.fullmatch(csl.PMCID_PATTERN[1:-1], pmcid) else ""


_ADDRESS_OF: dict[str, Callable[[str], str]] = {
    "DOI": address_of_doi,
    "URL": str,
    "PMID": address_of_pmid,
    "PMCID": address_of_pmcid,
}


class _Engine:
    """citeproc-py with one style. Made anew for each call: it writes into the style while it works."""

    def __init__(self, style: str, locale: str) -> None:
        self.style = citeproc.CitationStylesStyle(str(_file(style)), locale=locale, validate=False)
        self.source = BibliographySource()
        self.bibliography = citeproc.CitationStylesBibliography(self.style, self.source, citeproc.formatter.html)
        self.quotes_end_with_the_stop = self.style.root.get_locale_option("punctuation-in-quote") == "true"
        # We number the list ourselves, with <ol>; the engine would glue "1." to the first name.
        # We also say when a source was retrieved, for every style alike, so an entry does not.
        for printed_by_us in self.style.root.xpath_search(
            '//cs:text[@variable="citation-number" or @term="retrieved"]',
        ):
            printed_by_us.getparent().remove(printed_by_us)

    def entry(self, key: str, item: Mapping[str, Any]) -> str:
        cited = citeproc.CitationItem(key)
        self.source.add(corrections.Record(key, _as_text(item.get("type")) or "document", _fields(item)))
        self.bibliography.register(citeproc.Citation([cited]))
        text = corrections.without_double_stop("".join(map(str, self.style.render_bibliography([cited]))))
        return corrections.stop_within_quotation(text) if self.quotes_end_with_the_stop else text


def _fields(item: Mapping[str, Any]) -> dict[str, Any]:
    """The record in the engine's own types, without what no entry prints."""
    fields: dict[str, Any] = {}
    for field, value in item.items():
        name = str(csl.SPELLINGS.get(field, field))
        if name in csl.NAMES:
            people = _people(value)
            if people:
                fields[name] = people
        elif name in csl.DATES:
            date = _date(value) if name != "accessed" else None
            if date is not None:
                fields[name] = date
        elif name == "language":
            if isinstance(value, str) and re.fullmatch(r"[A-Za-z]{2,3}([-_]\w+)*", value):
                fields[name] = value.lower()
        elif name in _ADDRESSED:
            if _as_text(value):
                fields[name] = String(_ADDRESSED[name])
        elif name in csl.TITLES:
            text = _title(value)
            if text:
                fields[name] = text
        elif name in csl.STRINGS and name not in ("abstract", "annote", "note", "keyword"):
            words = _as_text(value, _LONGEST_NUMBER if name in csl.NUMBERS else _LONGEST)
            if words:
                words = corrections.whole_page_range(words) if name == "page" else words
                fields[name] = MixedString([String(_guised(words))])
    return fields


def _as_text(value: Any, longest: int = _LONGEST) -> str:
    """A value as one line of text: numbers written out, anything that is not text or a number left out."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    if isinstance(value, int) and abs(value) >= 10**30:
        return ""
    text = " ".join(_UNWANTED.sub("", str(value)[: longest + 1]).split())
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _guised(text: str) -> str:
    text = corrections.typographic(text)
    return "".join(_GUISES.get(character, character) for character in text)


def _title(value: Any) -> MixedString | None:
    """A title with its italics, bold, sub- and superscripts and its protected case, if they are properly nested."""
    text = _as_text(value)
    if not text:
        return None
    pieces: list[str] = []
    open_tags: list[str] = []
    position = 0
    for tag in RICH_TEXT.finditer(text):
        pieces.append(_guised(text[position : tag.start()]))
        position = tag.end()
        name = tag.group(2) or "span"
        if not tag.group().startswith("</"):
            open_tags.append(name)
        elif not open_tags or open_tags.pop() != name:
            return MixedString([String(_guised(text))])
        pieces.append(tag.group())
    if open_tags:
        return MixedString([String(_guised(text))])
    pieces.append(_guised(text[position:]))
    mixed = MixedString()
    for place, piece in enumerate(re.split(r'<span class="nocase">(.*?)</span>', "".join(pieces))):
        if piece:
            mixed.append(NoCase(piece) if place % 2 else String(piece))
    return mixed or None


def _people(value: Any) -> list[Name]:
    people = [person for person in value if isinstance(person, Mapping)] if isinstance(value, list) else []
    if len(people) > _MOST_PEOPLE:
        # Styles print the first few and the last.
        people = [*people[: _MOST_PEOPLE - 1], people[-1]]
    named = []
    for person in people:
        parts = {part: _guised(_as_text(person.get(part), 200)) for part in csl.NAME_PARTS}
        parts = {part: text for part, text in parts.items() if text}
        if "literal" in parts:
            named.append(Name(literal=parts["literal"]))
        elif _without_case(parts.get("family", "")) and _without_case(parts.get("given", "")):
            # Chinese, Japanese and Korean names: no space, no initials.
            named.append(Name(literal=parts["family"] + parts["given"]))
        elif "family" in parts:
            named.append(Name(**parts))
        elif "given" in parts:
            # One name only: the engine would otherwise shorten it to an initial.
            named.append(Name(literal=parts["given"]))
    return named


def _without_case(name: str) -> bool:
    return bool(re.match(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]", name))


def _date(value: Any) -> Date | DateRange | LiteralDate | None:
    if not isinstance(value, Mapping):
        return None
    found = value.get("date-parts")
    dates = [csl.date_from_parts(parts) for parts in found[:2]] if isinstance(found, list) else []
    circa = bool(value.get("circa"))
    days = [Date(**dict(zip(("year", "month", "day"), parts, strict=False))) for parts in dates if parts]
    season = _as_text(value.get("season"))
    if len(days) == 1 and season in ("1", "2", "3", "4") and "month" not in days[0]:
        days[0]["season"] = int(season)
    if days and len(days) == len(dates):
        days[0]["circa"] = circa
        return days[0] if len(days) == 1 else DateRange(begin=days[0], end=days[1], circa=circa)
    words = _guised(_as_text(value.get("literal")) or _as_text(value.get("raw")))
    return LiteralDate(words, circa=circa) if words else None


def _plainly(item: Mapping[str, Any]) -> str:
    """An entry without the engine: people, year, title, where it appeared, address."""
    people = [
        name.get("literal") or ", ".join(name[part] for part in ("family", "given") if part in name)
        for name in _people(item.get("author"))
    ]
    issued = item.get("issued")
    dates = issued.get("date-parts") if isinstance(issued, Mapping) else None
    day = csl.date_from_parts(dates[0]) if isinstance(dates, list) and dates else None
    sentences = [
        ", ".join(people),
        f"({day[0]})" if day else "(n.d.)",
        _guised(_as_text(item.get("title"))),
        _guised(_as_text(item.get("container-title"))),
    ]
    doi, url = (_ADDRESSED[name] if _as_text(item.get(name)) else "" for name in ("DOI", "URL"))
    link = f"https://doi.org/{doi}" if doi else url
    return " ".join([*(f"{sentence}." for sentence in sentences if sentence), link]).strip()


def _as_html(entry: str, item: Mapping[str, Any]) -> str:
    """The engine's output with its guises taken off, its addresses made links, and nothing else left in it."""
    doi = _as_text(item.get("DOI"))
    entry = entry.replace(f"https://doi.org/{_ADDRESSED['DOI']}", _link(address_of_doi(doi), f"https://doi.org/{doi}"))
    for field, guise in _ADDRESSED.items():
        if guise in entry:
            text = _as_text(item.get(field))
            entry = entry.replace(guise, _link(_ADDRESS_OF[field](text), text))
    for guise, entity in _ENTITIES.items():
        entry = entry.replace(guise, entity)
    return nh3.clean(
        entry, tags=ALLOWED_TAGS, attributes={"a": {"href"}}, url_schemes={"https"}, link_rel=None, strip_comments=True
    ).strip()


def _link(address: str, text: str) -> str:
    """A link for a secure address; any other is shown as text."""
    shown = html.escape(text)
    if not re.fullmatch(r"https://[^\s/]\S*", address, re.I):
        return shown
    return f'<a href="{html.escape(address)}">{shown}</a>'


def _check(style: str, locale: str) -> None:
    if style not in STYLES:
        raise ValueError(f"There is no citation style {style!r}. We have: {', '.join(STYLES)}.")
    if locale not in citeproc.LANGUAGE_NAMES:
        raise ValueError(f"There is no locale {locale!r}. Give one such as en-US.")


def _file(style: str) -> Path:
    return Path(__file__).parent / "styles" / f"{style}.csl"


@functools.cache
def _style_digest(style: str) -> str:
    return hashlib.sha256(_file(style).read_bytes()).hexdigest()[:12]
