"""The reference list: only what the text cites, numbered as cited, each with the ways back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from . import sanitise
from .back_links import back_links_html, lettered
from .citations_rule import anchor_part
from .embeds import Library, SourceEmbed
from .page import CitationUse, Reference

_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905  # reads better
)


def reference_list(citations: Sequence[CitationUse], library: Library) -> tuple[tuple[Reference, ...], dict[str, str]]:
    """Return the references that ``citations`` call for, and their list as HTML in each style (empty without any)."""
    uses: dict[str, list[CitationUse]] = {}
    for use in citations:
        uses.setdefault(use.key, []).append(use)
    references = tuple(
        Reference(own[0].number, key, lettered([use.anchor for use in own])) for key, own in uses.items()
    )
    styles = {style: None for reference in references for style in library.sources[reference.key].entries}
    return references, {style: _as_html(references, library, style) for style in styles}


def _as_html(references: Iterable[Reference], library: Library, style: str) -> str:
    items = []
    for reference in references:
        source = library.sources[reference.key]
        back_links = back_links_html(f"reference {reference.number}", reference.back_links)
        items.append(
            f'<li id="ref-{anchor_part(reference.key)}"><span class="reference-entry">'
            f"{sanitise.entry_html(source.entries[style])}</span>{_retrieved(source)} {back_links}</li>\n"
        )
    return sanitise.page_html(f'<ol class="references" role="list">\n{"".join(items)}</ol>\n')


def _retrieved(source: SourceEmbed) -> str:
    if source.retrieved_on is None or not source.url:
        return ""
    return f' <span class="reference-retrieved">Retrieved {_day(source.retrieved_on)}.</span>'


def _day(day: date) -> str:
    # Not strftime: the month's name must not follow the server's locale.
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"
