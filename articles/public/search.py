"""Search over what visitors can read. What they type is neither logged nor kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.core.paginator import Page, Paginator
from django.db.models import F
from django.db.models.functions import Left
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from articles.models import PublishedPage
from articles.public.paging import page_number

CONFIG = "english"
LONGEST = 200  # characters
PER_PAGE = 10

# Private-use characters mark the words found, so that the excerpt can be escaped before it is marked up.
START, STOP = "\ue000", "\ue001"
OPENING = 20  # characters that tell whether an excerpt is the start of a page
MARKED = re.compile(f"{START}(.*?){STOP}", re.DOTALL)


@dataclass(frozen=True)
class Result:
    """A page that was found, with the words around what was found."""

    page: PublishedPage
    excerpt: SafeString


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The pages that hold the words of `q`: best first, ten at a time."""
    asked = " ".join(_without_controls(request.GET.get("q", "")).split())
    context = {"q": asked[:LONGEST], "too_long": len(asked) > LONGEST, "longest": LONGEST}
    if asked and not context["too_long"]:
        query = SearchQuery(asked, config=CONFIG, search_type="websearch")
        found = Paginator(_matching(query), PER_PAGE)
        page = found.get_page(page_number(request))
        context |= {"found": found.count, "results": _with_excerpts(page, query), "page": page}
        context["query"] = urlencode({"q": asked}) + "&"
    return TemplateResponse(request, "articles/search.html", context)


def _without_controls(text: str) -> str:
    """PostgreSQL refuses NUL, and none of the others can be searched for."""
    return "".join(c if c.isprintable() else " " for c in text)


def _matching(query: SearchQuery) -> Any:  # an annotated queryset has no type of its own
    return (
        PublishedPage.objects.live()
        .filter(search=query)
        .annotate(rank=SearchRank(F("search"), query))
        .order_by("-rank", "title", "pk")
        .only("title", "lede", "article__address", "article__topic__name", "article__last_reviewed")
        .select_related("article__topic")
    )


def _with_excerpts(page: Page, query: SearchQuery) -> list[Result]:
    """Excerpts are made for these ten pages only: it takes PostgreSQL longer than finding them."""
    shown = list(page.object_list)
    excerpts = {
        pk: highlighted(excerpt, opening)
        for pk, excerpt, opening in PublishedPage.objects.filter(pk__in=[found.pk for found in shown])
        .annotate(
            excerpt=SearchHeadline(
                "plain_text",
                query,
                config=CONFIG,
                start_sel=START,
                stop_sel=STOP,
                max_words=40,
                min_words=20,
                max_fragments=2,
                fragment_delimiter=" … ",
            ),
            opening=Left("plain_text", OPENING),
        )
        .values_list("pk", "excerpt", "opening")
    }
    return [Result(found, excerpts[found.pk]) for found in shown]


def highlighted(excerpt: str, opening: str = "") -> SafeString:
    """The excerpt as HTML, with the words found in <mark>. Everything else in it is escaped.

    `opening` is how the whole text begins: an excerpt from further on starts with an ellipsis.
    """
    words = excerpt.replace(START, "").replace(STOP, "")
    before = "" if words.startswith(opening.strip()) else "… "
    # Lines are blocks of the page: a heading should not run into the paragraph below it.
    lines = " · ".join(line.strip() for line in excerpt.splitlines() if line.strip())
    marked = MARKED.sub(r"<mark>\1</mark>", escape(f"{before}{lines} …"))
    return mark_safe(marked.replace(START, "").replace(STOP, ""))  # escaped just above
