"""The ways back: from an entry of a list at the foot of the page to each place in the text that led there."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape


def letter(number: int) -> str:
    """Return the letter of the ``number``-th use, from 1: a … z, then aa, ab …"""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters


def lettered(anchors: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Pair each anchor, in the order of the text, with its letter."""
    return tuple((letter(place), anchor) for place, anchor in enumerate(anchors, start=1))


def back_links_html(what: str, links: Sequence[tuple[str, str]]) -> str:
    """Return links back to the uses of ``what`` (“reference 3”): one arrow, or an arrow and a letter for each."""
    if len(links) == 1:
        back = _link("↩", links[0][1], f"Back to use of {what}")
    else:
        letters = " ".join(_link(name, anchor, f"Back to use {name} of {what}") for name, anchor in links)
        back = f'<span aria-hidden="true">↩</span> {letters}'
    return f'<span class="back-links">{back}</span>'


def _link(words: str, anchor: str, name: str) -> str:
    return f'<a href="#{anchor}" role="doc-backlink" aria-label="{escape(name)}">{words}</a>'
