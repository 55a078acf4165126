"""Pages that have to be read again: which, why, and the live page with one button: still right."""

from __future__ import annotations

import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from articles.admin.access import READ, SIGN, WRITE, desk_view, refused
from articles.admin.asking import ReasonForm, ask, done
from articles.admin.feedback import counts
from articles.admin.places import article_page
from articles.admin.records import Ledger
from articles.links import calling
from articles.models import (
    Article,
    EarlyReview,
    Freshness,
    PublishedPage,
    Reaffirmation,
    ReviewScope,
    RiskClass,
    TransitionRefused,
    Trigger,
)
from articles.models.article import DUE_SOON, ArticleQuerySet
from articles.review import freshness, reaffirming
from articles.review.screen import unfolded
from articles.review.signing import NotWhatWasShown
from citations.models import Quote, Source
from mesoinfo import roles
from mesoinfo.desk import staff
from mesoinfo.models import User

DISMISS = "articles.dismiss_earlyreview"
PER_PAGE = 50
LABEL = {
    Freshness.CURRENT: "Current",
    Freshness.DUE_SOON: "Due soon",
    Freshness.OVERDUE: "Overdue: readers are told",
    Freshness.LAPSED: "Lapsed: search engines leave it",
}


def to_be_read_again() -> ArticleQuerySet:
    """Live pages that are due within 60 days or were due before, the longest due first, with what called them in."""
    open_ones = Prefetch("early_reviews", EarlyReview.objects.unsettled(), to_attr="called_in")
    return (
        Article.objects.live()
        .filter(next_due__lte=_today() + DUE_SOON)
        .prefetch_related(open_ones)
        .order_by("next_due", "pk")
    )


def in_scope_of(user: User) -> Q:
    """Pages that this person may review, as far as the scope goes that they were granted."""
    lasting = Q(ends_on__isnull=True) | Q(ends_on__gte=_today())
    topics = set(ReviewScope.objects.filter(lasting, person__user=user).values_list("topic", flat=True))
    return Q() if None in topics else Q(topic__in=topics)


def reread_at(article: Article) -> str:
    """Where the live page is read again."""
    return reverse("admin:articles_article_reread", args=[article.pk])


def why_due(article: Article) -> str:
    """What called it in, in few words, or that its time comes. Takes a page of `to_be_read_again`."""
    called_in = {early.get_trigger_display() for early in article.called_in}  # type: ignore[attr-defined]  # prefetched
    return ". ".join(sorted(called_in)) or f"Last reviewed {article.last_reviewed:%-d %B %Y}"


def _today() -> datetime.date:
    return timezone.now().date()


@require_safe
@desk_view(reading=READ)
def due(request: HttpRequest) -> HttpResponse:
    """The pages to be read again, by the day they are due; filtered by where they stand, by risk and by what called
    them in.
    """
    asked = {name: request.GET.get(name, "") for name in ("standing", "risk", "why")}
    found = to_be_read_again()
    choices = {
        "standing": [(one.value, LABEL[one]) for one in freshness.STEPS],
        "risk": RiskClass.choices,
        "why": Trigger.choices,
    }
    kept = {name: value for name, value in asked.items() if value in dict(choices[name])}
    if "standing" in kept:
        found = found & Article.objects.that_are(Freshness(kept["standing"]), on=_today())
    if "risk" in kept:
        found = found.filter(risk_class=kept["risk"])
    if "why" in kept:
        found = found.filter(pk__in=EarlyReview.objects.unsettled().filter(trigger=kept["why"]).values("article"))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **admin.site.each_context(request),
        "title": "To be read again",
        "page": page,
        "rows": [(article, LABEL[article.freshness], why_due(article)) for article in page],
        "filters": [
            (name, label, choices[name], kept.get(name, ""))
            for name, label in (("standing", "Stands"), ("risk", "Risk"), ("why", "Called in because"))
        ],
        "kept": urlencode(kept),
    }
    return TemplateResponse(request, "admin/articles/due.html", context)


@require_safe
@desk_view(reading=READ)
def reread(request: HttpRequest, article_id: int) -> HttpResponse:
    """The live page in full, with all that helps to judge whether it is still right."""
    return _screen(request, _find(article_id))


@require_POST
@desk_view(acting=SIGN)
def reaffirm(request: HttpRequest, article_id: int) -> HttpResponse:
    """Note that this person has read the page they were shown, and found it right."""
    article = _find(article_id)
    try:
        made = reaffirming.reaffirm(article, token=request.POST.get("token", ""), by=staff(request))
    except NotWhatWasShown as refusal:
        return _screen(request, _find(article_id), problem=str(refusal), status=409)
    except TransitionRefused as refusal:
        return refused(request, str(refusal), back=reread_at(article), back_label="Back to the page")
    if made.completes:
        messages.success(request, f"Thank you. Reviewed today, next due {article.next_due:%-d %B %Y}.")
    else:
        messages.success(
            request,
            "Thank you. Of a page of high risk two people find it right within 30 days, one of them a specialist: "
            "it is reviewed when the other has.",
        )
    return redirect(article_page(article))


def _find(article_id: int) -> Article:
    return get_object_or_404(Article.objects.select_related("live__revision"), pk=article_id)


def _screen(request: HttpRequest, article: Article, *, problem: str = "", status: int = 200) -> HttpResponse:
    page = reaffirming.page_to_read(article)
    if page is None:
        return refused(
            request,
            reaffirming.NOTHING_TO_READ,
            back=article_page(article),
            back_label=f"Back to {article}",
        )
    user = staff(request)
    why_not = reaffirming.why_not(user, article)
    context = {
        **admin.site.each_context(request),
        "title": f"Read {article} again",
        "article": article,
        "problem": problem,
        "standing": LABEL[article.freshness] if article.live else article.get_page_state_display(),
        "page": {
            "title": page.title,
            "lede_html": page.lede_html,
            "hero": page.hero_html,
            "html": unfolded(page.body_html),
            "words_html": page.words_html,
            "references_html": page.references_html,
        },
        "sources": _sources_of(page),
        "readers": counts().filter(article=article.pk).order_by("address").first()
        if roles.holds(user, "articles.view_feedback")
        else None,
        "why_not": why_not,
        "token": "" if why_not else reaffirming.issue_token(user, page),
        "two_read": article.risk_class == RiskClass.HIGH,
        "found_right": article.reaffirmations.filter(page=page).select_related("reviewer"),
        "may_start": roles.holds(user, WRITE) and not article.revisions.drafts().exists(),
        **called_in(request, article),
    }
    return TemplateResponse(request, "admin/articles/reread.html", context, status=status)


def _sources_of(page: PublishedPage) -> list[Source]:
    """What the page cites, in its order, with quotes and with what was later said."""
    found = Source.objects.prefetch_related(
        Prefetch("quotes", Quote.objects.pinned(), to_attr="pinned"), "notices__successor"
    ).in_bulk(page.source_keys, field_name="key")
    return [found[key] for key in page.source_keys if key in found]


def called_in(request: HttpRequest, article: Article) -> dict[str, Any]:
    """What called_in.html takes: on this screen, and on the page of an article."""
    return {
        "called_in": article.early_reviews.unsettled()
        .select_related("noted_by")
        .annotate(works_again=calling.works_again()),
        "may_dismiss": roles.holds(request.user, DISMISS),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(acting=DISMISS)
def dismiss(request: HttpRequest, early_id: int) -> HttpResponse:
    """Say why nobody needs to read a page for what called it in."""
    early = get_object_or_404(EarlyReview.objects.select_related("article"), pk=early_id)
    back = article_page(early.article)

    def step(given: dict[str, Any]) -> HttpResponse:
        freshness.dismiss(early, reason=given["reason"], by=staff(request))
        return done(request, "Dismissed. The page is due when it was before, unless something else calls.", back)

    return ask(
        request,
        ReasonForm(request.POST or None),
        step,
        title=f"Nobody needs to read {early.article} for this",
        explanation=f"{early.get_trigger_display()}. {early.detail}",
        button="Dismiss it",
        article=early.article,
        back=back,
    )


@admin.register(EarlyReview)
class EarlyReviewAdmin(Ledger):
    """What called pages in before their time, and how it was settled."""

    list_display = ["article", "trigger", "detail", "due_on", "settlement", "settled_by", "settled_at"]
    list_select_related = ["article", "settled_by"]
    list_filter = ["trigger", "settlement"]
    search_fields = ["article__address"]
    fields = [
        "article",
        "trigger",
        "subject",
        "detail",
        "due_on",
        "at",
        "noted_by",
        "settlement",
        "settled_by",
        "settled_at",
        "reason",
    ]

    def get_urls(self) -> list[URLPattern]:
        return [path("<int:early_id>/dismiss/", dismiss, name="articles_earlyreview_dismiss"), *super().get_urls()]


@admin.register(Reaffirmation)
class ReaffirmationAdmin(Ledger):
    """Who found which live page still right."""

    list_display = ["article", "reviewer", "credential_then", "at", "completes"]
    list_select_related = ["article", "reviewer"]
    search_fields = ["article__address", "reviewer__name"]
    date_hierarchy = "at"
    fields = ["article", "page", "reviewer", "credential_then", "as_specialist", "completes", "at"]
