"""The reference list: only what the text cites, numbered as cited, each with the ways back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from . import sanitise
from .citations_rule import anchor_part
from .embeds import Library, SourceEmbed
from .page import CitationUse, Reference

_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905  # reads better
)


def letter(number: int) -> str:
    """Return the letter of the ``number``-th use, from 1: a … z, then aa, ab …"""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters


def reference_list(citations: Sequence[CitationUse], library: Library) -> tuple[tuple[Reference, ...], str]:
    """Return the references that ``citations`` call for, and their list as HTML ("" if there are none)."""
    uses: dict[str, list[CitationUse]] = {}
    for use in citations:
        uses.setdefault(use.key, []).append(use)
    references = []
    items = []
    for key, own in uses.items():
        source = library.sources[key]
        links = tuple((letter(place), use.anchor) for place, use in enumerate(own, start=1))
        number = own[0].number
        entry = sanitise.entry_html(source.entry_html)
        references.append(Reference(number, key, entry, links))
        items.append(
            f'<li id="ref-{anchor_part(key)}"><span class="reference-entry">{entry}</span>'
            f"{_retrieved(source)} {_ways_back(number, links)}</li>\n"
        )
    if not items:
        return (), ""
    html = f'<ol class="references" role="list">\n{"".join(items)}</ol>\n'
    return tuple(references), sanitise.page_html(html)


def _retrieved(source: SourceEmbed) -> str:
    if source.retrieved_on is None or not source.url:
        return ""
    return f' <span class="reference-retrieved">Retrieved {_day(source.retrieved_on)}.</span>'


def _day(day: date) -> str:
    # Not strftime: the month's name must not follow the server's locale.
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"


def _ways_back(number: int, links: tuple[tuple[str, str], ...]) -> str:
    if len(links) == 1:
        back = _way_back("↩", links[0][1], f"Back to use of reference {number}")
    else:
        letters = " ".join(
            _way_back(name, anchor, f"Back to use {name} of reference {number}") for name, anchor in links
        )
        back = f'<span aria-hidden="true">↩</span> {letters}'
    return f'<span class="back-links">{back}</span>'


def _way_back(words: str, anchor: str, name: str) -> str:
    return f'<a href="#{anchor}" role="doc-backlink" aria-label="{name}">{words}</a>'
