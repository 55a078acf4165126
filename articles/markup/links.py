"""Where links may lead: a page of the site, a place on this page, another site, an e-mail or a telephone."""

from __future__ import annotations

import re
from urllib.parse import unquote

from .embeds import Library

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_WEB_ADDRESS = re.compile(r"https?://[^/?#\s]+\S*", re.IGNORECASE)
_TERM = re.compile(r"/glossary/(?P<key>[a-z0-9]+(?:-[a-z0-9]+)*)/")
# Places every public page has, whatever its text.
PAGE_ANCHORS = frozenset(
    {"top", "content", "contents", "words", "references", "rests-on", "people", "ask", "case-review"}
)


def is_external(address: str) -> bool:
    """Whether ``address`` (of a reviewed link) leads to another site."""
    return address[:7].lower() == "http://" or address[:8].lower() == "https://"


def term_at(address: str) -> str:
    """The key of the term whose page stands at ``address``: a link there marks the term. Empty for other links."""
    found = _TERM.fullmatch(address)
    return found["key"] if found else ""


def problem_with(address: str, library: Library, anchors: frozenset[str]) -> tuple[str, str] | None:
    """Return the rule an address breaks and a sentence about it, or None for a good one."""
    if address.startswith("#"):
        anchor = unquote(address[1:])
        if anchor in anchors or anchor in PAGE_ANCHORS:
            return None
        return "unknown-anchor", f"There is no place “#{anchor}” on this page. Copy it from a heading."
    if address.startswith("/") and not address.startswith("//"):
        return _problem_with_path(address, library)
    scheme = _SCHEME.match(address)
    name = scheme[1].lower() if scheme else ""
    if name in ("http", "https"):
        if _WEB_ADDRESS.fullmatch(address):
            return _problem_elsewhere(address, library)
        return "unknown-link", "This web address has no host. It looks like https://www.example.org/page."
    if name in ("mailto", "tel"):
        if scheme and address[scheme.end() :]:
            return None
        return "unknown-link", f"Nothing follows {name}: in this link."
    if name:
        return "unknown-link", f"A link cannot lead to a {name}: address. Use https:, mailto: or tel:."
    return (
        "unknown-link",
        "A link leads to a page of this site (/mesothelioma/stage-4/), to a place on this page (#symptoms) "
        "or to another site (https://…).",
    )


def _problem_elsewhere(address: str, library: Library) -> tuple[str, str] | None:
    page = address.partition("#")[0]
    if page in library.dead:
        return "dead-link", f"This link is dead. {library.dead[page]}"
    if page in library.moved:
        return "moved-link", f"This page has moved. Its address is now {library.moved[page]}"
    return None


def _problem_with_path(address: str, library: Library) -> tuple[str, str] | None:
    path = unquote(re.split(r"[?#]", address, maxsplit=1)[0])
    if path in library.not_live:
        return "not-live-link", f"Readers get no page at {path}: it is not published yet, or was taken down."
    if path in library.addresses:
        return None
    if now_at := library.moved.get(path) or library.moved.get(f"{path}/"):
        return "moved-link", f"This page has moved. Its address is now {now_at}"
    if f"{path}/" in library.addresses:
        return "unknown-link", f"Addresses of this site end with a slash: {path}/"
    return "unknown-link", f"There is no page at {path} on this site."
