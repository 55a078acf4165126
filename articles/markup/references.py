"""The reference list: only what the text cites, numbered as cited, each with the ways back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from . import sanitise
from .back_links import back_links_html, lettered
from .citations_rule import anchor_part
from .embeds import Library, SourceEmbed
from .page import CitationUse, Reference

_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905  # reads better
)


def reference_list(citations: Sequence[CitationUse], library: Library) -> tuple[tuple[Reference, ...], str]:
    """Return the references that ``citations`` call for, and their list as HTML ("" if there are none)."""
    uses: dict[str, list[CitationUse]] = {}
    for use in citations:
        uses.setdefault(use.key, []).append(use)
    references = []
    items = []
    for key, own in uses.items():
        source = library.sources[key]
        links = lettered([use.anchor for use in own])
        number = own[0].number
        entry = sanitise.entry_html(source.entry_html)
        references.append(Reference(number, key, entry, links))
        items.append(
            f'<li id="ref-{anchor_part(key)}"><span class="reference-entry">{entry}</span>'
            f"{_retrieved(source)} {back_links_html(f'reference {number}', links)}</li>\n"
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
