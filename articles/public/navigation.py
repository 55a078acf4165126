"""The way through the site: which topics and site pages have something to read, and where a page stands."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import Error as DatabaseError
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from articles.models import Article, Kind, Topic

logger = logging.getLogger(__name__)

# The site's own pages in the order the footer lists them.
FOOTER = {
    "resources": "Resources",
    "glossary": "Glossary",
    "advocates": "Patient advocates",
    "people": "People",
    "about": "About us",
    "disclosures": "Who pays for this site",
    "privacy": "Privacy",
    "disclaimer": "Disclaimer",
    "site-map": "Site map",
}
# Those of them that answer before anything is published, and say so.
ALWAYS_THERE = {"advocates", "glossary", "people", "site-map"}
IN_ORDER = ["article__position", "title", "pk"]  # of the pages of a topic


@dataclass(frozen=True)
class Link:
    """One step of the way: where it leads and what it says."""

    address: str
    text: str


HOME = Link("/", "Home")


@dataclass(frozen=True)
class Navigation:
    """All topics with something to read, and the site's own pages that are live."""

    topics: tuple[Topic, ...] = ()
    pages: tuple[Link, ...] = ()

    @cached_property
    def _by_key(self) -> dict[int | None, Topic]:
        return {topic.pk: topic for topic in self.topics}

    @cached_property
    def _by_parent(self) -> dict[int | None, list[Topic]]:
        found: dict[int | None, list[Topic]] = {}
        for topic in self.topics:
            found.setdefault(topic.parent_id, []).append(topic)
        return found

    @property
    def top_topics(self) -> list[Topic]:
        """The topics the header and the home page list: those that stand under no other."""
        return self._by_parent.get(None, [])

    def under(self, topic: Topic) -> list[Topic]:
        """The topics directly below this one."""
        return self._by_parent.get(topic.pk, [])

    def path_to(self, topic: Topic | None) -> list[Topic]:
        """The topic and those above it, from the top down. It ends, since the database lets no topics form a circle."""
        path: list[Topic] = []
        while topic is not None:
            path.append(topic)
            topic = self._by_key.get(topic.parent_id)
        return path[::-1]

    @property
    def resources(self) -> Link | None:
        """The page of resources for patients and families, once it is live."""
        return next((link for link in self.pages if link.address == "/resources/"), None)


def read_navigation() -> Navigation:
    """Two queries, however many topics and pages there are."""
    live = Article.objects.live()
    # The first of each topic is one look into the index articles_live_by_topic. Asked whether there is any, or for any
    # one, PostgreSQL would read through the articles.
    a_page = live.filter(topic=OuterRef("pk")).order_by("position").values("pk")[:1]
    topics = list(Topic.objects.annotate(a_page=Subquery(a_page)))
    pages = ALWAYS_THERE.union(live.filter(kind=Kind.PAGE, address__in=FOOTER).values_list("address", flat=True))
    return Navigation(
        topics=tuple(_that_lead_somewhere(topics)),
        pages=tuple(Link(f"/{address}/", text) for address, text in FOOTER.items() if address in pages),
    )


def _that_lead_somewhere(topics: list[Any]) -> Iterable[Topic]:
    """The topics with a page that can be read, and all above those, in their order."""
    by_key = {topic.pk: topic for topic in topics}
    leading: set[int] = set()
    for topic in topics:
        above = topic if topic.a_page else None
        while above is not None and above.pk not in leading:
            leading.add(above.pk)
            above = by_key.get(above.parent_id)
    return (topic for topic in topics if topic.pk in leading)


def trail_to(topics: Iterable[Topic] = ()) -> list[Link]:
    """The breadcrumb of a page: home, and the topics it stands under."""
    return [HOME, *(Link(topic.get_absolute_url(), topic.name) for topic in topics)]


def navigation_for(request: HttpRequest) -> Navigation:
    """The navigation, read once for the view and the shell around it."""
    if not hasattr(request, "navigation"):
        request.navigation = read_navigation()  # type: ignore[attr-defined]  # ours, for this request
    found: Navigation = request.navigation  # type: ignore[attr-defined]  # as above
    return found


def navigation(request: HttpRequest) -> dict[str, Any]:
    """`navigation` in templates. Read when first used; empty while the database is away."""
    return {"navigation": SimpleLazyObject(lambda: _or_none(request))}


def _or_none(request: HttpRequest) -> Navigation:
    try:
        return navigation_for(request)
    except DatabaseError:
        logger.error("The database does not answer: pages are shown without topics.")
        return Navigation()
