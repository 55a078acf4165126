"""The pages visitors read. Each starts from what is live, so that a draft cannot be reached by mistake."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, When, Window
from django.db.models.expressions import RawSQL
from django.db.models.functions import RowNumber
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from articles.models import Byline, BylineRole, Kind, Person, PublishedPage, SignOff, Topic
from articles.public.navigation import Link, Navigation, navigation_for
from articles.public.paging import page_number
from articles.public.trust import trust_in, with_record

MEDIA_TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
A_YEAR = 365 * 24 * 60 * 60
RELATED = 6  # at the foot of an article
PER_TOPIC = 6  # on the home page
IN_ORDER = ["article__position", "title", "pk"]  # of a topic
PER_PAGE = 20  # in a topic, or of one person
# 200 words of our texts. Adults read 238 words of non-fiction a minute (Brysbaert 2019, doi:10.1016/j.jml.2019.104047);
# people who are old, ill or tired read more slowly.
CHARACTERS_A_MINUTE = 1_100
SIGNED_BY = """EXISTS (SELECT 1 FROM articles_live_signoffs(articles_publishedpage.revision_id) signed
                       WHERE signed.reviewer_id = %s)"""


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the site is for, the topics with their pages, and how to reach somebody."""
    first_of_each = Window(RowNumber(), partition_by="article__topic_id", order_by=IN_ORDER)
    pages = _listed().filter(article__kind=Kind.ARTICLE).annotate(place=first_of_each).filter(place__lte=PER_TOPIC)
    by_topic: dict[int | None, list[PublishedPage]] = {}
    for page in pages.order_by(*IN_ORDER):
        by_topic.setdefault(page.article.topic_id, []).append(page)
    topics = [(topic, by_topic.get(topic.pk, [])) for topic in navigation_for(request).top_topics]
    is_sample = any(page.article.is_sample for page in pages)
    return TemplateResponse(request, "articles/home.html", {"topics": topics, "is_sample": is_sample})


@require_safe
def topic_or_page(request: HttpRequest, slug: str) -> HttpResponse:
    """A topic with its pages, or one of the site's own pages, such as /about/."""
    page = PublishedPage.objects.live().with_shell().filter(article__address=slug).first()
    if page is not None and page.article.kind == Kind.PAGE:
        return TemplateResponse(request, "articles/article.html", _around(page, navigation_for(request)))
    return _topic(request, slug, page)


def _topic(request: HttpRequest, slug: str, introduction: PublishedPage | None) -> HttpResponse:
    topic = introduction.article.topic if introduction else get_object_or_404(Topic, slug=slug)
    assert topic is not None  # a CHECK: an introduction has a topic
    way = navigation_for(request)
    pages = (
        _listed().filter(article__topic=topic, article__kind=Kind.ARTICLE).order_by("article__position", "title", "pk")
    )
    listed = Paginator(pages, PER_PAGE).get_page(page_number(request))
    below = way.under(topic)
    if introduction is None and not listed.object_list and not below:
        raise Http404("Nothing under this topic has been published.")
    context: dict[str, Any] = {"topic": topic, "listed": listed, "below": below}
    if introduction is None:
        trail = _trail(way.path_to(topic)[:-1])
        return TemplateResponse(request, "articles/topic.html", context | {"trail": trail})
    return TemplateResponse(request, "articles/article.html", _around(introduction, way) | context)


@require_safe
def article(request: HttpRequest, topic: str, slug: str) -> HttpResponse:
    """An article with all that stands around its words: who answers for it, when, and where to go on."""
    page = get_object_or_404(
        PublishedPage.objects.live().with_shell(), article__address=f"{topic}/{slug}", article__kind=Kind.ARTICLE
    )
    related = _listed().filter(article__topic=page.article.topic, article__kind=Kind.ARTICLE).exclude(pk=page.pk)
    context = _around(page, navigation_for(request)) | {"related": related.order_by(*IN_ORDER)[:RELATED]}
    return TemplateResponse(request, "articles/article.html", context)


@require_safe
def person(request: HttpRequest, slug: str) -> HttpResponse:
    """Somebody the pages name: what qualifies them, who pays them, what they wrote and reviewed."""
    someone = get_object_or_404(with_record(Person.objects.all()), slug=slug)
    named = Byline.objects.filter(article=OuterRef("article"), person=someone)
    ever_signed = SignOff.objects.filter(article=OuterRef("article"), reviewer=someone.user_id)
    # The signatures of articles this person never signed need not be looked through.
    reviewed = Case(
        When(Exists(ever_signed), then=RawSQL(SIGNED_BY, [someone.user_id], output_field=BooleanField())),
        default=False,
        output_field=BooleanField(),
    )
    works = (
        _listed()
        .annotate(
            wrote=Exists(named.filter(role=BylineRole.AUTHOR)),
            edited=Exists(named.filter(role=BylineRole.EDITOR)),
            quoted=Exists(named.filter(role=BylineRole.QUOTED)),
            reviewed=reviewed,
        )
        .filter(Q(wrote=True) | Q(edited=True) | Q(quoted=True) | Q(reviewed=True))
        .order_by("title", "pk")
    )
    listed = Paginator(works, PER_PAGE).get_page(page_number(request))
    return TemplateResponse(request, "articles/person.html", {"person": someone, "listed": listed, "trail": _trail([])})


@require_safe
def image(request: HttpRequest, name: str) -> HttpResponse:
    """A picture of the library. Its name is the hash of its bytes, so browsers may keep it for good."""
    etag = f'"{name}"'
    headers = {"Cache-Control": f"public, max-age={A_YEAR}, immutable", "ETag": etag}
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponse(status=304, headers=headers)
    try:
        content = (Path(settings.MEDIA_ROOT) / "images" / name).read_bytes()
    except FileNotFoundError:
        raise Http404("There is no such picture.") from None
    return HttpResponse(content, content_type=MEDIA_TYPES[name.rpartition(".")[2]], headers=headers)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A page that helps: a search for the words of the address, the topics, the phone number."""
    words = " ".join(re.findall(r"[a-z0-9]+", request.path.lower()))[:80]
    return HttpResponse(render_to_string("404.html", {"words": words}, request), status=404)


def _listed() -> QuerySet[PublishedPage]:
    """Live pages with just what a list shows of them."""
    return (
        PublishedPage.objects.live()
        .select_related("article")
        .only(
            "title",
            "lede",
            "revision_id",
            "article__address",
            "article__kind",
            "article__topic_id",
            "article__is_sample",
            "article__last_reviewed",
        )
    )


def _trail(topics: list[Topic]) -> list[Link]:
    return [Link("/", "Home"), *(Link(topic.get_absolute_url(), topic.name) for topic in topics)]


def _around(page: PublishedPage, way: Navigation) -> dict[str, Any]:
    """What stands around the words of a page, composed for this view and never signed."""
    above = way.path_to(page.article.topic)
    if page.article.kind == Kind.TOPIC_INTRODUCTION:
        above = above[:-1]
    return {
        "page": page,
        "trust": trust_in(page),
        "trail": _trail(above),
        "sections": _sections(page.contents),
        "minutes": max(1, round(page.characters / CHARACTERS_A_MINUTE)),  # type: ignore[attr-defined]  # by with_shell
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
