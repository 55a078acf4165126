"""What there is to find here, for search engines: every page that can be read and is not left to them to forget."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.contrib.sitemaps import Sitemap, views
from django.db.models import Exists, F, Max, OuterRef, Q
from django.db.models.functions import Greatest, TruncDate
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from articles.models import Article, Byline, Kind, Person, Reaffirmation, SignOff
from articles.public.navigation import ALWAYS_THERE, read_navigation
from mesoinfo.context import origin

MOST = 50_000  # addresses in one file, as sitemaps.org allows; beyond that an index leads to several

# An address, and the day when what is there last changed or was last reviewed, if that can be told.
Entry = tuple[str, datetime.date | None]


def _dated() -> Any:  # an annotated queryset has no type of its own
    """What search engines may list, each with the later of the days it was published and reviewed."""
    return Article.objects.findable().annotate(
        changed=Greatest(TruncDate("live__published_at", tzinfo=datetime.UTC), F("last_reviewed"))
    )


class Section(Sitemap):
    """One kind of address. Whole addresses are those readers know, whichever host was asked."""

    limit = MOST

    def __init__(self, origin: str) -> None:
        self.protocol, _, self.domain = origin.partition("://")

    def get_domain(self, site: Any = None) -> str:
        return self.domain

    def location(self, item: Entry) -> str:
        return item[0]

    def lastmod(self, item: Entry) -> datetime.date | None:
        return item[1]


class Pages(Section):
    """Articles, terms of the glossary, and the site's own pages."""

    def items(self) -> Any:
        pages = _dated().exclude(kind=Kind.TOPIC_INTRODUCTION)
        return pages.order_by("address").values_list("address", "changed")

    def location(self, item: Any) -> str:
        return f"/{item[0]}/"


class Topics(Section):
    """Topics with something to read, each as fresh as the freshest of its pages. Home is as fresh as all of them."""

    def items(self) -> list[Entry]:
        changed: dict[int | None, datetime.date] = {}
        lapsed = set(Article.objects.live().filter(kind=Kind.TOPIC_INTRODUCTION).values_list("topic", flat=True))
        for topic, kind, day in _dated().order_by().values_list("topic", "kind").annotate(Max("changed")):
            changed[topic] = max(day, changed.get(topic, day))
            if kind == Kind.TOPIC_INTRODUCTION:
                lapsed.discard(topic)
        topics = [topic for topic in read_navigation().topics if topic.pk not in lapsed]
        home = max(changed.values(), default=None)
        return [("/", home), *((topic.get_absolute_url(), changed.get(topic.pk)) for topic in topics)]


class People(Section):
    """Who is named on a page that can be found, and whom readers can talk with."""

    def items(self) -> Any:
        pages = Article.objects.findable()
        named = Byline.objects.filter(person=OuterRef("pk"), article__in=pages)
        signed = SignOff.objects.filter(reviewer=OuterRef("user"), article__in=pages)
        found_right = Reaffirmation.objects.filter(reviewer=OuterRef("user"), article__in=pages)
        return (
            Person.objects.filter(Exists(named) | Exists(signed) | Exists(found_right) | Q(is_advocate=True))
            .order_by("slug")
            .values_list("slug")
        )

    def location(self, item: Any) -> str:
        return f"/people/{item[0]}/"

    def lastmod(self, item: Any) -> None:
        return None


class Others(Section):
    """Lists of people and words, and the form."""

    def items(self) -> list[Entry]:
        return [(f"/{name}/", None) for name in ["free-case-review", *sorted(ALWAYS_THERE)]]


SECTIONS: dict[str, type[Section]] = {"topics": Topics, "pages": Pages, "people": People, "others": Others}


@require_safe
@cache_control(public=True, max_age=600)
def sitemap(request: HttpRequest, section: str = "") -> HttpResponse:
    """All addresses in one file; when they are too many for that, the files that hold them."""
    at = origin(request)
    sections = {name: kind(at) for name, kind in SECTIONS.items()}
    if not section and sum(part.paginator.count for part in sections.values()) > MOST:
        return _index(request, at, sections.items())
    return views.sitemap(request, {**sections}, section=section or None)


def _index(request: HttpRequest, at: str, sections: Iterable[tuple[str, Section]]) -> HttpResponse:
    files = [
        views.SitemapIndexItem(f"{at}{reverse('public:sitemap_section', args=[name])}?p={page}")
        for name, section in sections
        for page in section.paginator.page_range
    ]
    return TemplateResponse(request, "sitemap_index.xml", {"sitemaps": files}, content_type="application/xml")
