"""The last step of everything that becomes HTML: a list of what a page may hold, enforced by nh3."""

from __future__ import annotations

import re

import nh3

from .directives import CALLOUTS

# Every class the renderer writes. Offers add one for their kind, which is data: offer-legal, offer-guide.
CLASSES = frozenset(
    {
        *(f"callout-{name}" for name in CALLOUTS),
        "align-center",
        "align-left",
        "align-right",
        "back-links",
        "callout",
        "callout-heading",
        "cell-head",
        "checklist",
        "cite",
        "cite-folded",
        "cite-locator",
        "faq",
        "faq-answer",
        "faq-item",
        "figure",
        "figure-credit",
        "lede",
        "markup-problem",
        "offer",
        "offer-action",
        "offer-disclosure",
        "offer-heading",
        "offer-hero",
        "offer-kind",
        "offer-points",
        "quotation",
        "quotation-by",
        "quotation-credential",
        "reference-entry",
        "reference-retrieved",
        "references",
        "story",
        "story-heading",
        "story-label",
        "story-typicality",
        "table-scroll",
        "term",
        "terms",
        "trial",
        "trial-heading",
        "trial-link",
        "visually-hidden",
        "words",
    }
)
_OFFER_KIND = re.compile(r"offer-[a-z0-9-]{1,50}")
# How wide a picture is shown, by where it stands, as static/css/site.css has it (a browser test compares them). The
# column of text is 40rem wide, on a telephone the screen without its gutters; an offer has 13rem beside its words.
IN_THE_COLUMN = "(min-width:44em) 40rem, 91vw"
IN_AN_OFFER = "(min-width:40em) 13rem, 80vw"
# Renditions of our own pictures, and nothing that a browser could fetch from elsewhere.
_RENDITION = r"/images/[0-9a-f]{24}-\d{1,4}\.(?:avif|webp|jpg|png) \d{1,4}w"
_SRCSET = re.compile(rf"{_RENDITION}(?:, {_RENDITION})*")

_CLASS_ONLY = frozenset({"class"})
_ATTRIBUTES: dict[str, set[str]] = {
    "a": {"aria-label", "class", "href", "id", "rel", "role", "title"},
    "abbr": {"title"},
    "aside": {"aria-label", "aria-labelledby", "class", "role"},
    "blockquote": set(),
    "br": set(),
    "code": set(),
    "dd": set(),
    "details": {"class"},
    "div": {"aria-label", "class", "id", "role", "tabindex"},
    "dl": {"class"},
    "dt": set(),
    "em": set(),
    "figcaption": set(),
    "figure": {"class"},
    "h1": {"id"},
    "h2": {"class", "id"},
    "h3": {"class", "id"},
    "h4": {"class", "id"},
    "h5": {"class", "id"},
    "h6": {"class", "id"},
    "hr": set(),
    "img": {"alt", "decoding", "height", "loading", "sizes", "src", "srcset", "width"},
    "li": {"id"},
    "ol": {"class", "role", "start"},
    "p": {"class", "id"},
    "picture": set(),
    "pre": set(),
    "section": {"aria-label", "aria-labelledby", "class"},
    "source": {"sizes", "srcset", "type"},
    "span": {"aria-hidden", "class"},
    "strong": set(),
    "summary": set(),
    "sup": {"class"},
    "table": set(),
    "tbody": set(),
    "td": {"class"},
    "th": {"class", "scope"},
    "thead": set(),
    "tr": set(),
    "ul": {"class"},
}
# What formatted entries of the bibliography and disclosures bring along besides.
_ENTRY_TAGS = frozenset({"a", "b", "br", "em", "i", "strong", "sub", "sup"})
_SCHEMES = {"http", "https", "mailto", "tel"}


def _values_on_the_list(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "srcset":
        return value if _SRCSET.fullmatch(value) else None
    if attribute != "class":
        return value
    kept = [name for name in value.split() if name in CLASSES or _OFFER_KIND.fullmatch(name)]
    return " ".join(kept) or None


_PAGE = nh3.Cleaner(
    tags=set(_ATTRIBUTES) | _ENTRY_TAGS,
    clean_content_tags=set(),
    attributes={
        tag: names - {"role", "tabindex", "scope", "rel", "aria-hidden", "loading", "decoding", "sizes", "type"}
        for tag, names in _ATTRIBUTES.items()
    },
    attribute_filter=_values_on_the_list,
    tag_attribute_values={
        "a": {"rel": {"noopener"}, "role": {"doc-noteref", "doc-backlink", "doc-glossref"}},
        "aside": {"role": {"note"}},
        "div": {"role": {"region"}, "tabindex": {"0"}},
        "img": {"loading": {"lazy"}, "decoding": {"async"}, "sizes": {IN_THE_COLUMN, IN_AN_OFFER}},
        "ol": {"role": {"list"}},
        "source": {"sizes": {IN_THE_COLUMN, IN_AN_OFFER}, "type": {"image/avif", "image/webp"}},
        "span": {"aria-hidden": {"true"}},
        "th": {"scope": {"col", "row"}},
    },
    url_schemes=_SCHEMES,
    link_rel=None,
)
_ENTRY = nh3.Cleaner(
    tags=set(_ENTRY_TAGS),
    attributes={"a": {"href"}},
    url_schemes=_SCHEMES,
    link_rel="noopener",
    clean_content_tags={"script", "style"},
)


def page_html(html: str) -> str:
    """Return ``html`` with nothing but what the renderer itself writes."""
    return _PAGE.clean(html)


def entry_html(html: str) -> str:
    """Return the inline HTML of a library record (bibliography entry, disclosure), made harmless."""
    return _ENTRY.clean(html)
