"""The lint rules on the desk: what each looks for and how much it weighs, and findings that were waived."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from articles.admin.access import READ, WRITE, View, desk_view, refused
from articles.admin.asking import ReasonForm, ask, done
from articles.admin.fields import DateInput, ReasonField
from articles.admin.places import article_page, find_revision
from articles.admin.records import Ledger
from articles.markup import ADJUSTABLE, RULES, CompiledPage, Finding, compile_page
from articles.markup.findings import LOOKS_FOR
from articles.markup.library import for_text
from articles.models import (
    Article,
    Revision,
    RuleWeight,
    RuleWeightEvent,
    TransitionRefused,
    Waiver,
    WeightGiven,
)
from articles.models.lint import LONGEST
from articles.models.revision import UNDER_REVIEW
from articles.review import waiving, weighing
from articles.review.waiving import WAIVE
from articles.review.weighing import WEIGH
from mesoinfo import roles
from mesoinfo.desk import staff

PER_PAGE = 50
PAST_SHOWN = 20  # of what holds no longer: waivers of an article (their list has the rest), weights of a rule
GONE = "This is not found there any more: the words have changed, or it is waived. Go back and look again."
# How a weight is called in a sentence, and above the rules that have it.
CALLED = {"error": "an error", "warning": "advice", "off": "off"}
HEADINGS = {
    "error": "Errors: they stop a page",
    "warning": "Advice: it stops nobody",
    "off": "Off: not looked for",
}


class WaiveForm(forms.Form):
    """Why a finding may stand, and until when. It is known by its rule and words."""

    rule = forms.CharField(widget=forms.HiddenInput)
    words = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)
    reason = ReasonField("Why this may stand", ask="Say in a sentence why this may stand. Reviewers read it.")
    expires_on = forms.DateField(
        label="Until",
        widget=DateInput,
        help_text=f"From this day on it is found again. At most {LONGEST} months ahead.",
        error_messages={
            "required": "Say until when this may stand.",
            "invalid": "Write the day as 2027-05-31: year, month, day.",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(acting=WAIVE)
def waive(request: HttpRequest, revision_id: int) -> HttpResponse:
    """Let one finding pass. A link names it by rule and place; what is sent, by rule and words, as they were shown."""
    revision = find_revision(revision_id)
    user = staff(request)
    back = _screen_of(revision, request)
    if refusal := waiving.why_not(user, revision):
        return refused(request, refusal, back=back, back_label="Back to the page")
    compiled = compile_page(revision.text, for_text(revision.text, revision.article))
    finding = _named_in(request, compiled)
    if finding is None:
        return refused(request, GONE, back=back, back_label="Back to the page")

    def step(given: dict[str, Any]) -> HttpResponse:
        made = waiving.waive(revision, by=user, **given)
        return done(request, f"Waived until {made.expires_on:%-d %B %Y}. It stays listed, with your reason.", back)

    named = {"rule": finding.rule, "words": finding.words, "expires_on": waiving.default_end()}
    block = waiving.block_of(finding, compiled)
    return ask(
        request,
        WaiveForm(request.POST or None, initial=named),
        step,
        title="Waive a finding",
        explanation=format_html(
            "Line {}, {}: {}{}",
            finding.line,
            finding.rule,
            finding.message,
            format_html(" <q>{}</q>", finding.excerpt) if finding.excerpt else "",
        ),
        about=[block] if block else [],
        button="Waive it",
        article=revision.article,
        back=back,
    )


def _named_in(request: HttpRequest, compiled: CompiledPage) -> Finding | None:
    """The finding that is asked about, if it is there and can be waived."""
    found = [finding for finding in compiled.findings if finding.can_be_waived]
    if request.method == "POST":
        asked = request.POST.get("rule", ""), request.POST.get("words", "")
        return next((finding for finding in found if (finding.rule, finding.words) == asked), None)
    place = tuple(request.GET.get(name, "") for name in ("rule", "line", "column"))
    return next((each for each in found if (each.rule, str(each.line), str(each.column)) == place), None)


def _screen_of(revision: Revision, request: HttpRequest) -> str:
    """Where this person reads what is found in a revision."""
    if revision.status in UNDER_REVIEW:
        name = "review"
    else:
        name = "write" if revision.is_draft and roles.holds(request.user, WRITE) else "read"
    return reverse(f"admin:articles_revision_{name}", args=[revision.pk])


@require_POST
@desk_view(acting=WAIVE)
def end(request: HttpRequest, waiver_id: int) -> HttpResponse:
    """End a waiver before its day."""
    waiver = get_object_or_404(Waiver.objects.select_related("article"), pk=waiver_id)
    back = article_page(waiver.article)
    try:
        waiving.end(waiver, by=staff(request))
    except TransitionRefused as refusal:
        return refused(request, str(refusal), back=back, back_label=f"Back to {waiver.article}")
    return done(request, "Ended. From now on it is found again.", back)


def waivers_on(request: HttpRequest, article: Article) -> dict[str, Any]:
    """What waivers.html takes, on the page of an article."""
    waivers = article.waivers.select_related("article", "made_by", "ended_by")
    running = waivers.running()
    past = waivers.exclude(pk__in=running.values("pk"))
    return {
        "waivers": running.order_by("expires_on", "pk"),
        "past_waivers": past[:PAST_SHOWN],
        "may_waive": roles.holds(request.user, WAIVE),
    }


@require_safe
@desk_view(reading=READ)
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule whose weight is the site's to say, and below them all that is waived, soonest to run out first."""
    weights = RuleWeight.objects.select_related("set_by").in_bulk()
    running = Waiver.objects.running()
    waived = dict(running.order_by().values_list("rule").annotate(Count("pk")))
    by_day = running.select_related("article", "made_by").order_by("expires_on", "pk")
    rows: dict[str, list[dict[str, Any]]] = {weight: [] for weight in HEADINGS}
    for rule in sorted(ADJUSTABLE):
        given = weights.get(rule)
        row = {"rule": rule, "looks_for": LOOKS_FOR[rule], "given": given, "waived": waived.get(rule, 0)}
        rows[_weight_of(rule, given)].append(row)
    context = {
        **admin.site.each_context(request),
        "title": "Lint rules",
        "groups": [(heading, rows[weight]) for weight, heading in HEADINGS.items()],
        "page": Paginator(by_day, PER_PAGE).get_page(request.GET.get("page")),
        "may_weigh": roles.holds(request.user, WEIGH),
        "may_waive": roles.holds(request.user, WAIVE),
    }
    return TemplateResponse(request, "admin/articles/rules.html", context)


def _weight_of(rule: str, given: RuleWeight | None) -> str:
    return given.weight if given and given.weight != WeightGiven.OWN else RULES[rule]


class WeighForm(ReasonForm):
    """How much a rule weighs, and why."""

    weight = forms.ChoiceField(
        label="How much it weighs",
        choices=WeightGiven.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose how much the rule weighs.",
            "invalid_choice": "Choose how much the rule weighs from the list.",
        },
    )
    field_order = ["weight", "reason"]


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(acting=WEIGH)
def weigh(request: HttpRequest, rule: str) -> HttpResponse:
    """Say how much a rule weighs on this site."""
    if rule not in ADJUSTABLE:
        raise Http404("No adjustable rule has this name.")
    given = RuleWeight.objects.filter(rule=rule).first()
    back = reverse("admin:articles_ruleweight_changelist")

    def step(chosen: dict[str, Any]) -> HttpResponse:
        made = weighing.weigh(rule, WeightGiven(chosen["weight"]), reason=chosen["reason"], by=staff(request))
        return done(request, f"From now on, {rule} is {CALLED[_weight_of(rule, made)]}.", back)

    return ask(
        request,
        WeighForm(request.POST or None, initial={"weight": given.weight if given else WeightGiven.OWN}),
        step,
        title=f"How much {rule} weighs",
        explanation=f"{LOOKS_FOR[rule]} As it comes, this is {CALLED[RULES[rule]]}. What you choose holds for all "
        "pages, and at once.",
        button="Set the weight",
        template="admin/articles/weigh.html",
        before=RuleWeightEvent.objects.filter(pgh_obj=rule).select_related("set_by").order_by("-pgh_id")[:PAST_SHOWN],
        back=back,
    )


@admin.register(RuleWeight)
class RuleWeightAdmin(Ledger):
    """The list of rules. None of the admin's own forms and histories is here."""

    def get_urls(self) -> list[URLPattern]:
        screens: Iterable[tuple[str, View, str]] = [
            ("", rules, "changelist"),
            ("<slug:rule>/weigh/", weigh, "weigh"),
        ]
        return [path(where, view, name=f"articles_ruleweight_{name}") for where, view, name in screens]


@admin.register(Waiver)
class WaiverAdmin(Ledger):
    """Every finding that was ever waived."""

    list_display = ["article", "rule", "excerpt", "made_by", "made_at", "expires_on", "ended_at"]
    list_select_related = ["article", "made_by"]
    list_filter = ["rule"]
    search_fields = ["article__address", "words", "reason"]
    date_hierarchy = "made_at"
    fields = [
        "article",
        "revision",
        "rule",
        "words",
        "reason",
        "made_by",
        "made_at",
        "expires_on",
        "ended_by",
        "ended_at",
    ]

    def get_urls(self) -> list[URLPattern]:
        return [path("<int:waiver_id>/end/", end, name="articles_waiver_end"), *super().get_urls()]
