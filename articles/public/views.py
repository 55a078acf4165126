"""The pages visitors read. Each starts from what is live, so that a draft cannot be reached by mistake."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db import Error
from django.db.models import Window
from django.db.models.functions import RowNumber
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from articles.models import Kind, PublishedPage, Takedown, Topic
from articles.public.addresses import printed_addresses
from articles.public.doubts import doubts_about
from articles.public.navigation import IN_ORDER, Link, Navigation, navigation_for, trail_to
from articles.public.nearest import mistyped, nearest_pages, words_of
from articles.public.paging import PER_PAGE, page_number
from articles.public.related import related_to
from articles.public.rests_on import rests_on
from articles.public.search import bounded
from articles.public.signposts import signposts
from articles.public.trust import trust_in

MEDIA_TYPES = {"avif": "image/avif", "jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
# The hash of a picture, and the width of a rendition of it.
IMAGE_ADDRESS = rf"^images/(?P<name>[0-9a-f]{{24}}(?:-[0-9]{{1,4}})?\.(?:{'|'.join(MEDIA_TYPES)}))$"
A_YEAR = 365 * 24 * 60 * 60
PATIENCE_ON_THE_WAY = 200  # milliseconds to find what a wrong address may mean
PER_TOPIC = 6  # on the home page


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the site is for, the topics with their pages, and how to reach somebody."""
    way = navigation_for(request)
    first_of_each = Window(RowNumber(), partition_by="article__topic_id", order_by=IN_ORDER)
    articles = PublishedPage.objects.live().filter(article__kind=Kind.ARTICLE, article__topic__in=way.top_topics)
    pages = articles.for_lists().annotate(place=first_of_each).filter(place__lte=PER_TOPIC).order_by(*IN_ORDER)
    by_topic: dict[int | None, list[PublishedPage]] = {}
    for page in pages:
        by_topic.setdefault(page.article.topic_id, []).append(page)
    context = {
        "topics": [(topic, by_topic.get(topic.pk, []), way.under(topic)) for topic in way.top_topics],
        "is_sample": any(page.article.is_sample for page in pages),
    }
    return TemplateResponse(request, "articles/home.html", context)


@require_safe
def topic_or_page(request: HttpRequest, slug: str) -> HttpResponse:
    """A topic with its pages, or one of the site's own pages, such as /about/."""
    page = PublishedPage.objects.readable().with_shell().filter(article__address=slug).first()
    if page is not None and page.article.kind == Kind.PAGE:
        return TemplateResponse(request, "articles/article.html", around(page, navigation_for(request)))
    return _topic(request, slug, page)


def _topic(request: HttpRequest, slug: str, introduction: PublishedPage | None) -> HttpResponse:
    topic = introduction.article.topic if introduction else get_object_or_404(Topic, slug=slug)
    assert topic is not None  # a CHECK: an introduction has a topic
    way = navigation_for(request)
    pages = PublishedPage.objects.live().for_lists().filter(article__topic=topic, article__kind=Kind.ARTICLE)
    listed = Paginator(pages.order_by(*IN_ORDER), PER_PAGE).get_page(page_number(request))
    below = way.under(topic)
    if introduction is None and not listed.object_list and not below:
        raise Http404("Nothing under this topic has been published.")
    context: dict[str, Any] = {"topic": topic, "listed": listed, "below": below}
    if introduction is None:
        trail = trail_to(way.path_to(topic)[:-1])
        return TemplateResponse(request, "articles/topic.html", context | {"trail": trail})
    return TemplateResponse(request, "articles/article.html", around(introduction, way, paging=listed) | context)


@require_safe
def article(request: HttpRequest, topic: str, slug: str) -> HttpResponse:
    """An article with all that stands around its words: who answers for it, when, and where to go on."""
    page = get_object_or_404(
        PublishedPage.objects.readable().with_shell(), article__address=f"{topic}/{slug}", article__kind=Kind.ARTICLE
    )
    context = around(page, navigation_for(request)) | {"related": related_to(page)}
    return TemplateResponse(request, "articles/article.html", context)


@require_safe
def image(request: HttpRequest, name: str) -> HttpResponse:
    """A picture of the library or a rendition of it. The name holds its hash, so browsers may keep it for good."""
    etag = f'"{name}"'
    headers = {"Cache-Control": f"public, max-age={A_YEAR}, immutable", "ETag": etag}
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponse(status=304, headers=headers)
    try:
        content = (Path(settings.MEDIA_ROOT) / "images" / name).read_bytes()
    except FileNotFoundError:
        raise Http404("There is no such picture.") from None
    return HttpResponse(content, content_type=MEDIA_TYPES[name.rpartition(".")[2]], headers=headers)


def gone(request: HttpRequest, takedown: Takedown) -> HttpResponse:
    """410 where a page was taken down: that it is gone on purpose, and where to go on. Kept by no cache."""
    context = {"takedown": takedown}
    response = HttpResponse(render_to_string("410.html", context, request), status=410)
    response["Cache-Control"] = "no-store"
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A page that helps: the pages that may be meant, a search for the words of the address, the topics, the phone.

    Nobody is sent on to a guess.
    """
    words = " ".join(re.findall(r"[a-z0-9]+", request.path.lower()))[:80]
    context = {"words": words, "near": _that_may_be_meant(request)}
    return HttpResponse(render_to_string("404.html", context, request), status=404)


def _that_may_be_meant(request: HttpRequest) -> list[Link]:
    parts = words_of(request.path)
    try:
        pages = navigation_for(request).pages
        if parts and (named := signposts(parts[-1], pages) or mistyped(parts[-1], pages)):
            return named
        with bounded(PATIENCE_ON_THE_WAY):
            return nearest_pages(request.path)
    except Error:  # the page helps without the database too
        return []


def around(page: PublishedPage, way: Navigation, *, paging: Page[PublishedPage] | None = None) -> dict[str, Any]:
    """What stands around the words of a page, composed for this view and never signed.

    `paging` is the part of a long list that the page also shows, if it shows one.
    """
    above = way.path_to(page.article.topic)
    if page.article.kind == Kind.TOPIC_INTRODUCTION:
        above = above[:-1]
    return {
        "page": page,
        "trust": trust_in(page),
        "trail": trail_to(above),
        "sections": _sections(page.contents),
        "addresses": printed_addresses(page.body_html),
        "paging": paging,
        "doubts": doubts_about(page),
        "rests_on": rests_on(page, year=timezone.now().year),
        "withdrawn": page.article.takedowns.standing().defer("reason").first() if page.article.is_withdrawn else None,
    }


def _sections(contents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The contents list as it is shown: each section with the headings below it."""
    sections: list[dict[str, Any]] = []
    for entry in contents:
        if entry["level"] == 2 or not sections:
            sections.append({**entry, "below": []})
        else:
            sections[-1]["below"].append(entry)
    return sections
