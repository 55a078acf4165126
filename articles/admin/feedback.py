"""What readers say, on the desk: counts for writers and editors, and for editors the words, opened on record."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db import Error as DatabaseError
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from articles.admin.access import View, desk_view, role_needed
from articles.admin.records import Ledger
from articles.feedback import reading
from articles.models import Article, EarlyReview, Feedback, FeedbackMessage, PageState, TransitionRefused, Trigger
from mesoinfo import roles
from mesoinfo.desk import staff

COUNTS = "articles.view_feedback"
SHOWN = datetime.timedelta(days=90)
PER_PAGE = 50
# What the list can be sorted by, and how each is called there. The first is how it comes.
SORTS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "waiting": ("Messages waiting", (F("waiting").desc(), F("answers").desc())),
    "share": ("Share of no", (F("share_of_no").desc(nulls_last=True), F("no").desc())),
    "answers": ("Number of answers", (F("answers").desc(),)),
    "page": ("Address", ()),
}


def counts() -> Any:  # rows of an annotated queryset have no type of their own
    """One row for each article with answers in the last 90 days or messages that wait."""
    return Feedback.objects.per_article(since=timezone.now().astimezone(datetime.UTC).date() - SHOWN)


@require_safe
@desk_view(reading=COUNTS)
def listing(request: HttpRequest) -> HttpResponse:
    """Every page that readers answered about, with what they answered."""
    asked = request.GET.get("sort", "")
    sort = asked if asked in SORTS else next(iter(SORTS))
    rows = counts().order_by(*SORTS[sort][1], "address")
    context = {
        **admin.site.each_context(request),
        "title": "What readers say",
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "sort": sort,
        "sorts": [(key, label) for key, (label, _) in SORTS.items()],
        "days": SHOWN.days,
    }
    return TemplateResponse(request, "admin/articles/feedback_list.html", context)


@require_safe
@desk_view(reading=COUNTS)
def about(request: HttpRequest, article_id: int) -> HttpResponse:
    """What readers answered about one page; their words stay closed."""
    return _screen(request, get_object_or_404(Article, pk=article_id))


@require_POST
@desk_view(acting=reading.READ_FEEDBACK)
@sensitive_variables()
def messages_of(request: HttpRequest, article_id: int) -> HttpResponse:
    """Do what was asked with a message, then show the messages, this once; each opening is on record first."""
    article = get_object_or_404(Article, pk=article_id)
    earlier = "earlier" in request.POST
    try:
        _do_what_was_asked(request, article)
    except DatabaseError:
        problem = "This could not be put on record, so nothing was changed, and nothing opened. Try again."
        return _screen(request, article, problem=problem, status=503)
    except TransitionRefused as refusal:
        return _screen(request, article, problem=str(refusal), status=409)
    if "close" in request.POST:
        return redirect(about_at(article.pk))
    try:
        opening = reading.open_messages(article, by=staff(request), dealt_with=earlier, part=request.POST.get("part"))
    except reading.OpeningFailed as failure:
        return _screen(request, article, problem=f"Nothing could be opened. {failure}", status=503)
    except DatabaseError:
        problem = "This opening could not be put on record, so nothing was opened. Try again, or tell the operators."
        return _screen(request, article, problem=problem, status=503)
    return _screen(request, article, opening=opening, earlier=earlier)


def _do_what_was_asked(request: HttpRequest, article: Article) -> None:
    user = staff(request)
    if erase := _ids(request, "erase"):
        erased = sum(reading.erase(article, message_id, by=user) for message_id in erase)
        messages.success(request, "The words are erased for good." if erased else "They were erased already.")
    for message_id in _ids(request, "harm"):
        reading.report_harm(article, message_id, by=user)
        messages.success(request, "Called in: the page is due to be read again today.")
    if done := _ids(request, "dealt_with"):
        count = reading.deal_with(article, done, by=user)
        messages.success(request, f"{count} message{'' if count == 1 else 's'} dealt with.")


@sensitive_variables("opening")
def _screen(
    request: HttpRequest,
    article: Article,
    *,
    opening: reading.Opening | None = None,
    earlier: bool = False,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    kept = FeedbackMessage.objects.about(article)
    context = {
        **admin.site.each_context(request),
        "title": f"What readers say about {article}",
        "article": article,
        "row": counts().filter(article=article.pk).order_by("address").first(),
        "days": SHOWN.days,
        "kept": reading.KEPT.days,
        "waiting": kept.waiting().count(),
        "dealt_with": kept.dealt_with().count(),
        "may_open": roles.holds(request.user, reading.READ_FEEDBACK),
        "role_needed": role_needed(reading.READ_FEEDBACK),
        "opening": opening,
        "may_call_in": article.page_state == PageState.LIVE,
        "harm": _reported_as_harm(article) if opening else (),
        "earlier": earlier,
        "problem": problem,
    }
    return TemplateResponse(request, "admin/articles/feedback.html", context, status=status)


def _reported_as_harm(article: Article) -> set[uuid.UUID]:
    """Messages for which the page was called in, whatever became of that."""
    called_in = EarlyReview.objects.filter(article=article, trigger=Trigger.HARM)
    return {uuid.UUID(subject) for subject in called_in.values_list("subject", flat=True)}


def _ids(request: HttpRequest, name: str) -> list[uuid.UUID]:
    """The ids under this name in what was sent; what is none is left out."""
    ids = []
    for text in request.POST.getlist(name):
        try:
            ids.append(uuid.UUID(text))
        except ValueError:
            continue
    return ids


def about_at(article_id: int) -> str:
    """Where the answers about a page are."""
    return reverse("admin:articles_feedback_about", args=[article_id])


@admin.register(Feedback)
class FeedbackAdmin(Ledger):
    """Counts by page. None of the admin's own forms and histories is here."""

    def get_urls(self) -> list[URLPattern]:
        screens: Iterable[tuple[str, View, str]] = [
            ("", listing, "changelist"),
            ("<int:article_id>/", about, "about"),
            ("<int:article_id>/messages/", messages_of, "messages"),
        ]
        return [path(where, view, name=f"articles_feedback_{name}") for where, view, name in screens]
