"""Linting a file that is no page of ours: any Markdown or plain text, hard-wrapped or with a paragraph on each line.

The rules about words hold for it as for a page. What it embeds from this site (offers, pictures, people, terms,
addresses) cannot be known, so nothing is said of that. That it is not written in our page language is told as
advice, each rule once.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from .compile import compile_page
from .embeds import Library, SourceEmbed
from .findings import Finding, Findings
from .rules.reference_lists import never_cited

# Of a file nobody can know what this site holds.
_OF_THIS_SITE = frozenset(
    {
        "dead-link",
        "moved-link",
        "not-live-link",
        "unknown-image",
        "unknown-link",
        "unknown-offer",
        "unknown-person",
        "unknown-story",
        "unknown-term",
    }
)
# It is no fault of a file that it is not written as a page of ours.
_OF_OUR_LANGUAGE = frozenset(
    {
        "bad-argument",
        "empty-block",
        "misplaced-block",
        "misplaced-term",
        "missing-lede",
        "missing-title",
        "nested-too-deep",
        "raw-html",
        "unclosed-block",
        "unknown-anchor",
        "unknown-block",
    }
)
# Nobody wraps lines as long as this; a paragraph stands on each.
_LONG_LINE = 120
_OF_A_PARAGRAPH = re.compile(r"[\w\"“‘'(\[*_¿¡]")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_LINE_END = re.compile("\r\n|\r|\n")


def lint_file(text: str, library: Library, *, listed: Iterable[str] = ()) -> tuple[Finding, ...]:
    """Return what is wrong with the text of a file; ``listed`` are the sources that it is meant to cite."""
    lines = _LINE_END.split(text)
    is_page = lines[0].rstrip() == "+++"
    listed = {*listed, *_sources_in_front(lines)}
    _blank_yaml(lines)
    spread, origins = _spread(lines)
    page = compile_page("\n".join(spread), library)
    found = [replace(each, line=origins[each.line - 1]) for each in page.findings if each.rule not in _OF_THIS_SITE]
    if not is_page:
        found = list(_language_once(found))
    orphans = Findings(library.severities, library.waived)
    for flaw in never_cited(listed, {use.key for use in page.citations}):
        orphans.add(flaw.rule, flaw.at, flaw.message, flaw.excerpt)
    return tuple(sorted((*found, *orphans.in_order()), key=lambda each: (each.line, each.column, each.rule)))


def embeds_of(records: Iterable[Mapping[str, object]]) -> dict[str, SourceEmbed]:
    """Return the sources of a bibliography by key, from records in CSL-JSON; one without an ``id`` is left out.

    The study design is read from ``custom.study_type`` or ``genre``.
    """
    found = {}
    for record in records:
        key = record.get("id")
        if not isinstance(key, str | int) or not str(key).strip():
            continue
        title = str(record.get("title") or "")
        custom = record.get("custom")
        design = custom.get("study_type") if isinstance(custom, Mapping) else None
        found[str(key)] = SourceEmbed(
            key=str(key),
            digest="",
            entries={},
            title=title,
            year=_year(record.get("issued")),
            is_research=record.get("type") == "article-journal",
            study_design=str(design or record.get("genre") or ""),
            record=record,
        )
    return found


def _year(issued: object) -> int | None:
    if not isinstance(issued, Mapping):
        return None
    parts = issued.get("date-parts")
    first = parts[0] if isinstance(parts, list) and parts else None
    written = first[0] if isinstance(first, list) and first else issued.get("raw") or issued.get("literal")
    found = re.match(r"\d{4}(?!\d)", str(written))
    return int(found[0]) if found else None


def _sources_in_front(lines: list[str]) -> set[str]:
    """The keys that the settings at the top list as ``sources``; none if they cannot be read."""
    if lines[0].rstrip() != "+++" or "+++" not in lines[1:]:
        return set()
    try:
        listed = tomllib.loads("\n".join(lines[1 : lines.index("+++", 1)])).get("sources")
    except tomllib.TOMLDecodeError:
        return set()
    return {key for key in listed if isinstance(key, str)} if isinstance(listed, list) else set()


def _blank_yaml(lines: list[str]) -> None:
    """Empty the settings between two lines of ``---`` at the top, as other systems write them, in place."""
    if lines[0].rstrip() != "---":
        return
    end = next((number for number, line in enumerate(lines[1:], start=1) if line.rstrip() in ("---", "...")), None)
    if end is not None and any(":" in line for line in lines[1:end]):
        lines[: end + 1] = [""] * (end + 1)


def _spread(lines: list[str]) -> tuple[list[str], list[int]]:
    """Part paragraphs that stand on a line each with an empty line; return also which line each line was."""
    spread: list[str] = []
    origins: list[int] = []
    in_code = False
    for number, line in enumerate(lines, start=1):
        before = lines[number - 2] if number > 1 else ""
        is_long = len(before) > _LONG_LINE or (len(line) > _LONG_LINE and bool(before))
        if is_long and not in_code and _OF_A_PARAGRAPH.match(before) and _OF_A_PARAGRAPH.match(line):
            spread.append("")
            origins.append(number)
        in_code ^= bool(_FENCE.match(line))
        spread.append(line)
        origins.append(number)
    return spread, origins


def _language_once(found: Iterable[Finding]) -> Iterator[Finding]:
    """Give the findings about our page language as advice: the first of each rule, with how many more there are."""
    found = list(found)
    counts = Counter(each.rule for each in found)
    told: set[str] = set()
    for each in found:
        if each.rule not in _OF_OUR_LANGUAGE:
            yield each
        elif each.rule not in told:
            told.add(each.rule)
            more = counts[each.rule] - 1
            message = f"{each.message} ({more} more of this in the file.)" if more else each.message
            yield replace(each, severity="warning", message=message)
