"""Which links lead out of live pages: read off what is frozen, so exactly those that readers have before them.

The frozen page and not its Markdown: it has the links of offers and trials too, and lacks those in hidden blocks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from time import monotonic

from django.db import connection, transaction

from articles.markup.sentences import sentences
from articles.models import Article, Link, LinkReading, LinkUse, PublishedPage
from articles.models.links import LEADS_OUT, LinkKind
from mesoinfo.citation_styles import list_in
from mesoinfo.models import SiteSettings

AT_ONCE = 50  # pages read in one transaction
LONGEST = 2000  # bytes of an address that we watch; PostgreSQL indexes little longer ones
# Elements that stand within a sentence. Every other one begins and ends what can be one.
INLINE = frozenset({"a", "abbr", "b", "br", "code", "em", "i", "span", "strong", "sub", "sup"})
# What is no part of the sentence: numbers of references, heads repeated for narrow screens, words for screen readers.
BESIDE_THE_SENTENCE = frozenset({"back-links", "cell-head", "cite", "visually-hidden"})
EMPTY = frozenset({"br", "hr", "img", "source"})
_LEADS_OUT = re.compile(LEADS_OUT, re.IGNORECASE)


@dataclass(frozen=True)
class Found:
    """A link on a page: its address, the words one clicks, the sentence they stand in."""

    address: str
    kind: LinkKind
    words: str
    sentence: str
    source_key: str = ""


def links_on(page: PublishedPage, style: str) -> list[Found]:
    """The links that lead out of a page, from its top to its end, with those of the reference list in this style."""
    found = [link for html in (page.lede_html, page.hero_html, page.body_html) for link in _links_in(html)]
    listed = _links_in(list_in(page.references_html, style), page.source_keys)
    return [*found, *listed]


def _links_in(html: str, source_keys: list[str] | None = None) -> Iterator[Found]:
    reader = _Reader(source_keys)
    reader.feed(html)
    reader.close()
    reader.end_piece()
    yield from reader.found


@dataclass
class _Open:
    """A link whose words are being read: where in the piece they begin and end."""

    address: str
    start: int
    end: int | None = None


class _Reader(HTMLParser):
    """Reads sanitised HTML of our own piece by piece: a piece is what stands between two edges of blocks.

    With `source_keys` it is a reference list, each item of which is about one of them.
    """

    def __init__(self, source_keys: list[str] | None) -> None:
        super().__init__()
        self.found: list[Found] = []
        self._source_keys = source_keys
        self._item = -1
        self._text = ""
        self._links: list[_Open] = []
        self._open: list[tuple[str, frozenset[str]]] = []  # elements we are in, each with its classes

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in INLINE:
            self.end_piece()
        if tag == "br":
            self._text += " "
        if tag in EMPTY:
            return
        given = dict(attrs)
        self._open.append((tag, frozenset((given.get("class") or "").split())))
        if tag == "li" and self._source_keys is not None:
            self._item += 1
        address = (given.get("href") or "").partition("#")[0]
        if tag == "a" and _LEADS_OUT.match(address) and len(address.encode()) <= LONGEST:
            self._links.append(_Open(address, len(self._text)))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._links and self._links[-1].end is None:
            self._links[-1].end = len(self._text)
        if tag not in INLINE:
            self.end_piece()
        if self._open and self._open[-1][0] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if not any(classes & BESIDE_THE_SENTENCE for _, classes in self._open):
            self._text += data

    def end_piece(self) -> None:
        """Note the links of the piece that ends here, each with its sentence."""
        for link in self._links:
            words = _one_line(self._text[link.start : link.end])
            self.found.append(replace(self._kind(), address=link.address, words=words, sentence=self._sentence(link)))
        self._links, self._text = [], ""

    def _kind(self) -> Found:
        """Where we are, as a link of no address yet."""
        if self._source_keys is not None:
            return Found("", LinkKind.SOURCE, "", "", self._source_keys[self._item])
        in_offer = any("offer" in classes for _, classes in self._open)
        return Found("", LinkKind.OFFER if in_offer else LinkKind.TEXT, "", "")

    def _sentence(self, link: _Open) -> str:
        if self._source_keys is not None:  # an entry is full of stops that end nothing
            return _one_line(self._text)
        around = [self._text[start:end] for start, end in sentences(self._text) if start <= link.start < end]
        return _one_line(around[0] if around else self._text)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def keep_up(deadline: float = float("inf")) -> int:
    """Read the live pages that have not been read in the citation style of the site, and forget those that are live no
    more, with links that only they had; until the deadline on the monotonic clock. Returns how many pages were read.
    """
    read = 0
    while read_now := _read_some(SiteSettings.current().citation_style):
        read += read_now
        if monotonic() > deadline:
            return read
    _forget()
    return read


@transaction.atomic
def _read_some(style: str) -> int:
    _one_at_a_time()
    LinkReading.objects.exclude(style=style).delete()
    unread = PublishedPage.objects.live().filter(link_reading__isnull=True).order_by("pk")
    pages = list(unread.only("lede_html", "hero_html", "body_html", "references_html", "source_keys")[:AT_ONCE])
    found = [(page, place, link) for page in pages for place, link in enumerate(links_on(page, style), start=1)]
    addresses = dict.fromkeys(link.address for _, _, link in found)
    Link.objects.bulk_create([Link(address=address) for address in addresses], ignore_conflicts=True)
    ids = dict(Link.objects.filter(address__in=addresses).values_list("address", "pk"))
    LinkReading.objects.bulk_create([LinkReading(page=page, style=style) for page in pages])
    LinkUse.objects.bulk_create(
        [
            LinkUse(
                reading_id=page.pk,
                link_id=ids[link.address],
                place=place,
                kind=link.kind,
                words=link.words,
                sentence=link.sentence,
                source_key=link.source_key,
            )
            for page, place, link in found
        ]
    )
    return len(pages)


@transaction.atomic
def _forget() -> None:
    _one_at_a_time()
    live = Article.objects.live().values("live")
    LinkReading.objects.exclude(page__in=live).delete()
    Link.objects.filter(uses__isnull=True).delete()


def _one_at_a_time() -> None:
    # Who forgets a link and who finds it on another page wait for each other.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('articles_links'))")
