"""Links that lead out of live pages: what is wrong with which, where it stands, and what staff decide about it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from articles.admin.access import View, desk_view, refused
from articles.admin.asking import ask, done
from articles.admin.csv_download import csv_download
from articles.admin.fields import DateInput, ReasonField
from articles.admin.records import Ledger
from articles.links import deciding
from articles.models import Link, LinkUse, PageState, TransitionRefused
from articles.models.links import LinkKind, LinkState
from mesoinfo import roles
from mesoinfo.desk import staff

SEE = "articles.view_link"
PER_PAGE = 50
READ_AT_ONCE = 500  # rows, while a file goes out
USUAL = datetime.timedelta(days=365)  # how long a link is ignored if nobody chooses otherwise
# Which links are listed: what is asked for in the address, its name, and what it means. The first is how it comes.
STANDINGS: dict[str, tuple[str, Q]] = {
    "": (
        "All that somebody should look at",
        Q(state__in=[LinkState.DEAD, LinkState.FAILING, LinkState.MOVED, LinkState.UNCHECKED]),
    ),
    **{
        state.value: (str(state.label), Q(state=state))
        for state in (LinkState.DEAD, LinkState.FAILING, LinkState.MOVED, LinkState.UNCHECKED)
    },
    "ignored": ("Ignored", Q()),
}
COLUMNS = (
    "Page",
    "Sentence",
    "Words of the link",
    "Where",
    "Address",
    "State",
    "Since",
    "What is wrong",
    "Now at",
    "Last asked",
    "Ignored until",
    "Why ignored",
)


def uses(standing: str) -> QuerySet[LinkUse]:
    """The places of the links that stand so, by page and from its top."""
    wanted = Link.objects.ignored() if standing == "ignored" else Link.objects.watched()
    return (
        LinkUse.objects.filter(
            link__in=wanted.filter(STANDINGS[standing][1]), reading__page__live_as__page_state=PageState.LIVE
        )
        .select_related("link__ignored_by", "reading__page__article")
        .only(
            "place", "kind", "words", "sentence", "source_key", "link", "reading__page__article__address",
        )
        .order_by("reading__page__article__address", "place")
    )  # fmt: skip


def _row(use: LinkUse) -> Sequence[object]:
    link = use.link
    since = link.dead_since or link.failing_since
    return (
        use.reading.page.article.address,
        use.sentence,
        use.words,
        use.source_key or LinkKind(use.kind).label,
        link.address,
        link.get_state_display(),
        f"{since:%Y-%m-%d}" if since else "",
        link.reason,
        link.moved_to,
        f"{link.asked_at:%Y-%m-%d}" if link.asked_at else "",
        f"{link.ignored_until:%Y-%m-%d}" if link.is_ignored else "",
        link.ignored_reason if link.is_ignored else "",
    )


def counts() -> list[tuple[str, int]]:
    """How many links stand how, those that are ignored by themselves; what there is none of is left out."""
    found = dict(Link.objects.watched().order_by().values_list("state").annotate(Count("pk")))
    named = [(str(state.label), found.get(state.value, 0)) for state in LinkState]
    return [(name, number) for name, number in (*named, ("Ignored", Link.objects.ignored().count())) if number]


@require_safe
@desk_view(reading=SEE)
def listing(request: HttpRequest) -> HttpResponseBase:
    """The places of links by page, filtered by how the links stand; or all of them as a CSV file."""
    asked = request.GET.get("standing", "")
    standing = asked if asked in STANDINGS else ""
    found = uses(standing)
    if request.GET.get("format") == "csv":
        name = f"mesoinfo-links-{timezone.now():%Y-%m-%d}"
        return csv_download(name, COLUMNS, map(_row, found.iterator(READ_AT_ONCE)))
    context = {
        **admin.site.each_context(request),
        "title": "Links",
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "standing": standing,
        "standings": [(value, name) for value, (name, _) in STANDINGS.items()],
        "counts": counts(),
        "may_decide": roles.holds(request.user, deciding.WATCH),
    }
    return TemplateResponse(request, "admin/articles/links.html", context)


class IgnoreForm(forms.Form):
    """Why nobody needs to look at a link, and until when."""

    reason = ReasonField(ask="Say in a sentence why nobody needs to look at this link.")
    until = forms.DateField(
        label="Watch it again from",
        widget=DateInput,
        error_messages={"required": "Give the day.", "invalid": "Give the day."},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(acting=deciding.WATCH)
def ignore(request: HttpRequest, link_id: int) -> HttpResponse:
    """Ask why a link is to be ignored, and until when."""
    link = get_object_or_404(Link, pk=link_id)

    def step(given: dict[str, Any]) -> HttpResponse:
        deciding.ignore(link, reason=given["reason"], until=given["until"], by=staff(request))
        return done(request, f"Ignored until {given['until']:%-d %B %Y}. Until then nobody asks it.", _list())

    return ask(
        request,
        IgnoreForm(request.POST or None, initial={"until": timezone.now().date() + USUAL}),
        step,
        title="Ignore a link",
        explanation=f"{link}. {link.reason or link.get_state_display()}",
        button="Ignore it",
        back=_list(),
        template="admin/articles/ignore_link.html",
    )


@require_POST
@desk_view(acting=deciding.WATCH)
def watch(request: HttpRequest, link_id: int) -> HttpResponse:
    """End that a link is ignored."""
    link = get_object_or_404(Link, pk=link_id)
    try:
        deciding.watch_again(link, by=staff(request))
    except TransitionRefused as refusal:
        return refused(request, str(refusal), back=_list(), back_label="Back to the links")
    return done(request, f"Watched again, and asked within minutes: {link}", _list())


@require_POST
@desk_view(acting=deciding.WATCH)
def ask_again(request: HttpRequest, link_id: int) -> HttpResponse:
    """Have a link asked now."""
    link = get_object_or_404(Link, pk=link_id)
    try:
        deciding.ask_again(link, by=staff(request))
    except TransitionRefused as refusal:
        return refused(request, str(refusal), back=_list(), back_label="Back to the links")
    return done(request, f"Asked within minutes; open this list again then: {link}", _list())


def _list() -> str:
    return reverse("admin:articles_link_changelist")


@admin.register(Link)
class LinkAdmin(Ledger):
    """Links by page. None of the admin's own forms and histories is here."""

    def get_urls(self) -> list[URLPattern]:
        screens: Iterable[tuple[str, View, str]] = [
            ("", listing, "changelist"),
            ("<int:link_id>/ignore/", ignore, "ignore"),
            ("<int:link_id>/watch/", watch, "watch"),
            ("<int:link_id>/ask/", ask_again, "ask"),
        ]
        return [path(where, view, name=f"articles_link_{name}") for where, view, name in screens]
