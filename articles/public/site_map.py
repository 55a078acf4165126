"""The site map: everything visitors can read, along the tree of topics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from articles.models import Kind, PublishedPage, Topic
from articles.public.navigation import HOME, IN_ORDER, Navigation, navigation_for
from articles.public.people import everyone

PER_TOPIC = 50  # of a topic, of the glossary and of the people; whatever has more leads on to its own list


@dataclass(frozen=True)
class Branch:
    """A topic with its pages (the first of `count`) and the topics below it."""

    topic: Topic
    pages: list[PublishedPage]
    count: int
    below: list[Branch]


@require_safe
def site_map(request: HttpRequest) -> HttpResponse:
    """One query for all pages, however many: the first of each topic, and how many there are. And one for people."""
    way = navigation_for(request)
    together = [F("article__kind"), F("article__topic_id")]
    pages = (
        PublishedPage.objects.live()
        .for_lists()
        .filter(article__kind__in=[Kind.ARTICLE, Kind.GLOSSARY_TERM])
        .annotate(
            place=Window(RowNumber(), partition_by=together, order_by=IN_ORDER),
            count=Window(Count("pk"), partition_by=together),
        )
        .filter(place__lte=PER_TOPIC)
        .order_by(*IN_ORDER)
    )
    by_topic: dict[int | None, list[PublishedPage]] = {}
    for page in pages:
        by_topic.setdefault(page.article.topic_id, []).append(page)
    words = by_topic.pop(None, [])  # terms stand under no topic
    context = {
        "branches": [_branch(topic, way, by_topic) for topic in way.top_topics],
        "words": words,
        "word_count": _count(words),
        "people": everyone()[:PER_TOPIC],
        "trail": [HOME],
    }
    return TemplateResponse(request, "articles/site_map.html", context)


def _branch(topic: Topic, way: Navigation, by_topic: Mapping[int | None, list[PublishedPage]]) -> Branch:
    pages = by_topic.get(topic.pk, [])
    return Branch(topic, pages, _count(pages), [_branch(below, way, by_topic) for below in way.under(topic)])


def _count(pages: list[PublishedPage]) -> int:
    return pages[0].count if pages else 0  # type: ignore[attr-defined]  # annotated above
