"""The feed of new and newly reviewed pages, for people who follow the site without being followed."""

from __future__ import annotations

import datetime
import re
from typing import Any
from urllib.parse import urlsplit

from django.contrib.syndication.views import Feed
from django.db.models import DateTimeField, F, QuerySet
from django.db.models.functions import Greatest
from django.http import HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from articles.models import Article, BylineRole, PublishedPage
from mesoinfo.context import current_site, origin

LATEST = 50
NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Site:
    """Which site the feed is asked from."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.host = urlsplit(origin).hostname
        self.settings = current_site()


class NewAndReviewed(Feed):
    """Pages in the order in which they were published or reviewed last. Those whose review has lapsed are left out."""

    feed_type = Atom1Feed
    language = "en"

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Site:
        return Site(origin(request))

    def title(self, site: Site) -> str:
        return _for_xml(site.settings.site_name)

    def subtitle(self, site: Site) -> str:
        return "New and newly reviewed pages"

    def link(self, site: Site) -> str:
        return f"{site.origin}/"

    def feed_url(self, site: Site) -> str:
        return f"{site.origin}/feed/"

    feed_guid = feed_url

    def author_name(self, site: Site) -> str:
        return _for_xml(site.settings.publisher_name)

    def items(self, site: Site) -> list[tuple[Site, Article]]:
        return [(site, article) for article in _latest()]

    def item_guid(self, item: tuple[Site, Article]) -> str:
        """A tag (RFC 4151): it stays when the page moves, so that a move is no news."""
        site, article = item
        return f"tag:{site.host},{article.first_published_at:%Y-%m-%d}:article/{article.pk}"

    def item_title(self, item: tuple[Site, Article]) -> str:
        return _for_xml(_page(item).title)

    def item_description(self, item: tuple[Site, Article]) -> str:
        return escape(_for_xml(_page(item).lede))

    def item_link(self, item: tuple[Site, Article]) -> str:
        site, article = item
        return f"{site.origin}{article.get_absolute_url()}"

    def item_pubdate(self, item: tuple[Site, Article]) -> datetime.datetime | None:
        return item[1].first_published_at

    def item_updateddate(self, item: tuple[Site, Article]) -> datetime.datetime:
        changed: datetime.datetime = item[1].changed  # type: ignore[attr-defined]  # annotated in _latest
        return changed

    def item_author_name(self, item: tuple[Site, Article]) -> str:
        authors = [line.person.name for line in item[1].bylines.all() if line.role == BylineRole.AUTHOR]
        return _for_xml(", ".join(authors))


def _page(item: tuple[Site, Article]) -> PublishedPage:
    page = item[1].live
    assert page is not None  # a CHECK of live articles
    return page


def _for_xml(text: str) -> str:
    """Without the characters that no XML 1.0 may hold (section 2.2): one of them would take the whole feed down."""
    return NO_XML.sub("", text)


def _latest() -> QuerySet[Article]:
    return (
        Article.objects.findable()
        .annotate(changed=Greatest(F("live__published_at"), F("last_reviewed"), output_field=DateTimeField()))
        .order_by("-changed", "-pk")
        .select_related("live")
        .only("address", "first_published_at", "live__title", "live__lede")
        .prefetch_related("bylines__person")[:LATEST]
    )


@require_safe
@cache_control(public=True, max_age=600)
def feed(request: HttpRequest) -> HttpResponse:
    """The feed as Atom."""
    return NewAndReviewed()(request)
