"""Search over what visitors can read. What they type is neither logged nor kept."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db import DatabaseError, OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from articles.models import Kind, PublishedPage, Topic
from articles.public.navigation import navigation_for
from articles.public.paging import page_number
from articles.public.signposts import asks_for_spanish, signposts
from articles.search.asked import LONGEST, Asked, understand
from articles.search.excerpts import Excerpt, excerpts_of, is_term
from articles.search.finding import Found, count_by_topic, find
from articles.search.spelling import is_real, mended
from articles.search.suggestions import Suggestion, nearest_names, suggestions_for
from mesoinfo.danger import danger_in

logger = logging.getLogger(__name__)

PER_PAGE = 10
PATIENCE = 2000  # milliseconds for one query of the database
PATIENCE_WHILE_TYPING = 500
QUERY_CANCELED = "57014"  # https://www.postgresql.org/docs/current/errcodes-appendix.html
KIND = {
    Kind.ARTICLE: "Guide",
    Kind.TOPIC_INTRODUCTION: "Introduction",
    Kind.PAGE: "This site",
    Kind.GLOSSARY_TERM: "Glossary",
}


@dataclass(frozen=True)
class Result:
    """A page that was found, and why."""

    page: PublishedPage
    excerpt: Excerpt
    is_answer: bool  # a glossary term, asked for by its name

    @property
    def kind(self) -> str:
        return KIND[Kind(self.page.article.kind)]

    @property
    def name(self) -> str:
        """Its title. Of a term of the glossary it says so: a page may have the same title."""
        title = self.page.title
        if not is_term(self.page):
            return title
        return f"{title}: what the words mean" if " " in title else f"{title}: what the word means"


@dataclass(frozen=True)
class Filter:
    """A topic to see the results of, or all of them. `count` is None where nobody counted."""

    text: str
    address: str
    count: int | None
    is_current: bool


TOO_LONG = "That is too long for our search. Please try a few words."
TOO_SLOW = "This search took too long, so we stopped it. Please try other words, or fewer of them."
ONLY_WITHOUT = "That says only what to leave out. Please add a word to look for."
ONLY_SMALL_WORDS = (
    "Words as small as that are on every page. Please add one that says more, such as a symptom or a treatment."
)
NO_WORDS = "Please type a word to search for."
ONLY_WORDS = re.compile(r"[\w\s.,?!'’]+")


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The pages that answer `q`, best first, ten at a time; of one topic, when `topic` names one.

    `exact` asks for the words just as they were typed, even those that no page uses.
    """
    text = " ".join(_without_controls(request.GET.get("q", "")).split())
    context: dict[str, Any] = {"q": text[:LONGEST], "danger": danger_in(text)}
    if len(text) > LONGEST:
        context["problem"] = TOO_LONG
    elif text:
        try:
            with bounded(PATIENCE):
                context |= _answer(request, text)
        except OperationalError as error:
            if getattr(error.__cause__, "pgcode", "") != QUERY_CANCELED:
                raise
            logger.warning("A search was stopped after %s milliseconds.", PATIENCE)
            context["problem"] = TOO_SLOW
    return TemplateResponse(request, "articles/search.html", context)


@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """What the reader may be typing, as JSON. No cache on the way keeps it: it holds what was typed."""
    typed = _without_controls(request.GET.get("q", ""))
    try:
        with bounded(PATIENCE_WHILE_TYPING):
            found = suggestions_for(typed)
    except DatabaseError:
        return JsonResponse({"suggestions": []})  # whoever types on is helped by what they type
    response = JsonResponse({"suggestions": [asdict(suggestion) for suggestion in found]})
    response.headers["Cache-Control"] = "private, max-age=5"
    return response


@contextmanager
def bounded(limit: int) -> Iterator[None]:
    """Inside, PostgreSQL stops any query that takes longer than this many milliseconds."""
    with transaction.atomic(), connection.cursor() as cursor:
        # Compiling a query costs more than any of these takes.
        cursor.execute("SELECT set_config('jit', 'off', true), set_config('statement_timeout', %s, true)", [str(limit)])
        yield
        cursor.execute("SET LOCAL statement_timeout TO DEFAULT")  # where a transaction stands around this one


def _without_controls(text: str) -> str:
    """PostgreSQL refuses NUL, and none of the others can be searched for."""
    return "".join(c if c.isprintable() else " " for c in text)


def _answer(request: HttpRequest, text: str) -> dict[str, Any]:
    """What the template shows of an answer."""
    exact = "exact" in request.GET
    asked = understand(text)
    if not asked.sides:
        return {"problem": _why_nothing_can_be_found(asked)}
    searched = "" if exact else mended(asked)
    if searched:
        asked = understand(searched)
    way = navigation_for(request)
    topics = {topic.slug: topic for topic in way.topics}
    topic = topics.get(request.GET.get("topic", ""))
    found, has_some = _find(asked, topic)
    page = Paginator(found.pages, PER_PAGE).get_page(page_number(request))
    kept = {"q": text} | ({"exact": "1"} if exact else {})
    return {
        "asked": asked,
        "searched": searched,
        "as_typed": "?" + urlencode({"q": text, "exact": "1"}),
        "topic": topic,
        "found": found,
        "count": _counted(found, topic),
        "has_some": has_some,
        "signposts": signposts(text, way.pages),
        "asks_for_spanish": asks_for_spanish(text),
        "page": page,
        "query": urlencode(kept | ({"topic": topic.slug} if topic else {})) + "&",
        "results": _results(page, found, asked),
        "filters": _filters(asked, found, topic, list(topics.values()), kept) if not has_some else [],
        "everywhere": "?" + urlencode(kept),
        "near": _near(asked, exact) if has_some or not found.pages else [],
    }


def _why_nothing_can_be_found(asked: Asked) -> str:
    if asked.only_without:
        return ONLY_WITHOUT
    has_words = ONLY_WORDS.fullmatch(asked.text) and any(c.isalpha() for c in asked.text)
    return ONLY_SMALL_WORDS if has_words else NO_WORDS


def _near(asked: Asked, exact: bool) -> list[Suggestion]:
    """What else the reader may have meant, where nothing has all that was asked for."""
    better = mended(asked) if exact else ""
    names = [] if is_real(asked.text.lower()) else nearest_names(asked.text)
    return [*([Suggestion(better, "")] if better else []), *(name for name in names if name.text.lower() != better)]


def _counted(found: Found, topic: Topic | None) -> str:
    """How many pages there are, as the heading and the name of the page in its window say it."""
    many = len(found.pages)
    on_topic = f" on {topic.name}" if topic else ""
    return f"{'At least ' if found.more else ''}{many:,} page{'' if many == 1 else 's'}{on_topic}"


def _find(asked: Asked, topic: Topic | None) -> tuple[Found, bool]:
    """What has all that was asked for; else what has some of it, which the second value tells."""
    found = find(asked, topic=topic.pk if topic else None)
    if not found.pages and not topic:
        for some in asked.with_some():
            found = find(some)
            if found.pages:
                return found, True
    return found, False


def _results(page: Page[int], found: Found, asked: Asked) -> list[Result]:
    """Excerpts are made for these ten pages only: it takes longer than finding them."""
    shown = (
        PublishedPage.objects.live()
        .select_related("article__topic")
        .only(
            "title",
            "lede",
            "contents",
            "questions",
            "headings_text",
            "plain_text",
            "article__address",
            "article__kind",
            "article__last_reviewed",
            "article__topic__name",
        )
        .in_bulk(list(page.object_list))
    )
    in_order = [shown[pk] for pk in page.object_list if pk in shown]
    excerpts = excerpts_of(in_order, asked) if in_order else {}
    return [Result(result, excerpts[result.pk], result.pk in found.named) for result in in_order]


def _filters(
    asked: Asked, found: Found, current: Topic | None, topics: list[Topic], kept: dict[str, str]
) -> list[Filter]:
    """The topics that have an answer; all topics, without their counts, when there are too many answers to count."""
    counts = count_by_topic(asked) if current else None if found.more else found.by_topic
    if counts is not None:
        topics = [topic for topic in topics if topic.pk in counts or topic == current]
        if not current and len(counts) < 2:
            return []  # nothing to choose from
    return [
        Filter("All", "?" + urlencode(kept), counts.total() if counts else None, current is None),
        *(
            Filter(
                topic.name,
                "?" + urlencode({**kept, "topic": topic.slug}),
                counts[topic.pk] if counts is not None else None,
                topic == current,
            )
            for topic in topics
        ),
    ]
