"""“Words on this page”: the glossary terms that the text marks, each with its meaning and the ways back."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from . import sanitise
from .back_links import back_links_html, lettered
from .embeds import Library, TermEmbed
from .page import Word


def word_list(uses: Sequence[tuple[str, str]], library: Library) -> tuple[tuple[Word, ...], str]:
    """Return the words that ``uses`` (term, anchor) call for, by the alphabet, and their list as HTML.

    The HTML is empty when there are none.
    """
    anchors: dict[str, list[str]] = {}
    for key, anchor in uses:
        anchors.setdefault(key, []).append(anchor)
    terms = sorted((library.terms[key] for key in anchors), key=lambda term: (term.name.casefold(), term.key))
    words = tuple(
        Word(term.key, term.name, term.clinical, term.definition, lettered(anchors[term.key])) for term in terms
    )
    if not words:
        return (), ""
    items = "".join(_entry(term, word) for term, word in zip(terms, words, strict=True))
    return words, sanitise.page_html(f'<dl class="words">\n{items}</dl>\n')


def _entry(term: TermEmbed, word: Word) -> str:
    clinical = f" ({escape(term.clinical)})" if term.clinical else ""
    return (
        f'<div id="word-{term.key}"><dt><a href="/glossary/{term.key}/">{escape(term.name)}{clinical}</a></dt>\n'
        f"<dd>{escape(term.definition)}&nbsp;{back_links_html(f'“{term.name}”', word.back_links)}</dd></div>\n"
    )
