"""What a page can embed: plain, frozen records, each with the digest that a sign-off covers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from .findings import Weight


@dataclass(frozen=True, slots=True)
class QuoteEmbed:
    """Words of a source that pages rest on, and where in it they stand, as ``p. 3``."""

    text: str
    locator: str = ""


@dataclass(frozen=True, slots=True)
class SourceEmbed:
    """A source of the bibliography: ``entries`` are its entries in the reference list, by style, ``record`` its
    CSL-JSON, frozen with a page for readers to save.
    """

    key: str
    digest: str
    entries: Mapping[str, str]
    title: str
    year: int | None = None
    is_research: bool = False
    study_design: str = ""
    retrieved_on: date | None = None
    url: str = ""
    record: Mapping[str, object] = field(default_factory=dict)
    quotes: tuple[QuoteEmbed, ...] = ()


@dataclass(frozen=True, slots=True)
class Rendition:
    """A picture in one format (``avif``) at one width."""

    extension: str
    width: int
    url: str


@dataclass(frozen=True, slots=True)
class ImageEmbed:
    """A picture of the library. A decorative one needs no alternative text, every other one does.

    ``renditions`` stand best format first, narrow to wide. Its digest knows nothing of them.
    """

    key: str
    digest: str
    url: str
    width: int
    height: int
    alt: str = ""
    decorative: bool = False
    caption: str = ""
    credit: str = ""
    licence: str = ""
    renditions: tuple[Rendition, ...] = ()


@dataclass(frozen=True, slots=True)
class OfferEmbed:
    """An offer (call to action): what is offered, where it leads, and who pays for it."""

    key: str
    digest: str
    kind: str
    heading: str
    points: tuple[str, ...] = ()
    action_label: str = ""
    action_address: str = ""
    disclosure_html: str = ""
    image: ImageEmbed | None = None


@dataclass(frozen=True, slots=True)
class StoryEmbed:
    """A story's record: what kind of story it is, how typical it is, and the source that tells it."""

    key: str
    digest: str
    kind: str
    heading: str
    typicality: str
    source_key: str = ""


@dataclass(frozen=True, slots=True)
class QuotedEmbed:
    """Somebody whom the page quotes, as its byline says: their name, what qualifies them, the day they agreed."""

    key: str
    digest: str
    name: str
    credential: str
    agreed_on: date


@dataclass(frozen=True, slots=True)
class TermEmbed:
    """A term of the glossary as readers have it: its plain name, its clinical one if it has two, what it means."""

    key: str
    digest: str
    name: str
    definition: str
    clinical: str = ""


@dataclass(frozen=True, slots=True)
class Library:
    """Everything a page may embed or link to, by key; ``addresses`` are site paths such as ``/about/``.

    ``not_live`` are those of them at which readers get no page yet, or no longer.
    ``quoted`` holds the people whom this very page may quote, by the address of each.
    ``moved`` gives the present path of a page by each path where it once stood; by its whole address, one of another
    site. ``dead`` says of addresses of other sites that are dead what is wrong with each.
    ``on_term_page``: the page is itself a term of the glossary. Its links to other terms are plain links, so
    that two terms may lead to each other.
    ``retired`` gives for the key of a source that was merged into another the key of that one. The source itself is
    among ``sources`` still: what was signed with it reads as it did, and cannot be published anew.
    ``identified`` gives for a DOI or PMID, as the text has it, the key of the source that has it.
    ``severities`` and ``waived`` say how the site weighs rules, and which findings somebody waived: see `Findings`.
    """

    sources: Mapping[str, SourceEmbed] = field(default_factory=dict)
    offers: Mapping[str, OfferEmbed] = field(default_factory=dict)
    images: Mapping[str, ImageEmbed] = field(default_factory=dict)
    stories: Mapping[str, StoryEmbed] = field(default_factory=dict)
    quoted: Mapping[str, QuotedEmbed] = field(default_factory=dict)
    terms: Mapping[str, TermEmbed] = field(default_factory=dict)
    addresses: frozenset[str] = frozenset()
    not_live: frozenset[str] = frozenset()
    moved: Mapping[str, str] = field(default_factory=dict)
    dead: Mapping[str, str] = field(default_factory=dict)
    on_term_page: bool = False
    retired: Mapping[str, str] = field(default_factory=dict)
    identified: Mapping[str, str] = field(default_factory=dict)
    severities: Mapping[str, Weight] = field(default_factory=dict)
    waived: frozenset[tuple[str, str]] = frozenset()
