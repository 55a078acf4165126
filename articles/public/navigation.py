"""The way through the site: which topics and site pages have something to read, and where a page stands."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from articles.models import Article, Kind, Topic

logger = logging.getLogger(__name__)

# The site's own pages in the order the footer lists them.
FOOTER = {
    "about": "About us",
    "resources": "Resources",
    "privacy": "Privacy",
    "disclaimer": "Disclaimer",
    "disclosures": "Who pays for this site",
}


@dataclass(frozen=True)
class Link:
    """One step of the way: where it leads and what it says."""

    address: str
    text: str


@dataclass(frozen=True)
class Navigation:
    """All topics with something to read, and the site's own pages that are live."""

    topics: tuple[Topic, ...] = ()
    pages: tuple[Link, ...] = ()
    _known: dict[int, Topic] = field(default_factory=dict, repr=False)

    @property
    def top_topics(self) -> list[Topic]:
        """The topics the header and the home page list: those that stand under no other."""
        shown = {topic.pk for topic in self.topics}
        return [topic for topic in self.topics if topic.parent_id not in shown]

    def under(self, topic: Topic) -> list[Topic]:
        """The topics directly below this one."""
        return [child for child in self.topics if child.parent_id == topic.pk]

    def path_to(self, topic: Topic | None) -> list[Topic]:
        """The topic and those above it, from the top down."""
        path: list[Topic] = []
        while topic is not None and topic not in path:
            path.append(topic)
            topic = self._known.get(topic.parent_id or 0)
        return path[::-1]

    @property
    def resources(self) -> Link | None:
        """The page of resources for patients and families, once it is live."""
        return next((link for link in self.pages if link.address == "/resources/"), None)


def read_navigation() -> Navigation:
    """Two queries, however many topics and pages there are."""
    live = Article.objects.live()
    topics = list(Topic.objects.annotate(has_pages=Exists(live.filter(topic=OuterRef("pk")))))
    pages = set(live.filter(kind=Kind.PAGE).values_list("address", flat=True))
    return Navigation(
        topics=tuple(topic for topic in topics if topic.has_pages or _leads_somewhere(topic, topics)),
        pages=tuple(Link(f"/{address}/", text) for address, text in FOOTER.items() if address in pages),
        _known={topic.pk: topic for topic in topics},
    )


def _leads_somewhere(topic: Topic, topics: Iterable[Any]) -> bool:
    """Whether anything below the topic can be read."""
    waiting, seen = [topic.pk], {topic.pk}
    while waiting:
        parent = waiting.pop()
        for child in topics:
            if child.parent_id == parent and child.pk not in seen:
                if child.has_pages:
                    return True
                seen.add(child.pk)
                waiting.append(child.pk)
    return False


def navigation_for(request: HttpRequest) -> Navigation:
    """The navigation, read once for the view and the shell around it."""
    if not hasattr(request, "navigation"):
        request.navigation = read_navigation()  # type: ignore[attr-defined]  # ours, for this request
    return request.navigation  # type: ignore[attr-defined]  # as above


def navigation(request: HttpRequest) -> dict[str, Any]:
    """`navigation` in templates. Read when first used; empty while the database is away."""
    return {"navigation": SimpleLazyObject(lambda: _or_none(request))}


def _or_none(request: HttpRequest) -> Navigation:
    try:
        return navigation_for(request)
    except DatabaseError:
        logger.error("The database does not answer: pages are shown without topics.")
        return Navigation()
