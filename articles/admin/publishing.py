"""The publisher's screens: every gate with its verdict and one button; a page moved to another address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from articles.admin.access import PUBLISH, READ, desk_view, refused
from articles.admin.asking import ReasonForm, ask, done
from articles.admin.places import article_page, find_revision
from articles.models import Article, RevisionStatus, Topic, TransitionRefused
from articles.models.revision import UNDER_REVIEW
from articles.publishing import addresses
from articles.publishing import publish as publishing
from articles.publishing.gates import Candidate
from articles.publishing.gates import gates as gates_of
from articles.review.coverage import live_sign_offs, reviewed_on
from mesoinfo import roles
from mesoinfo.desk import staff

# What each gate asks, in the words of the desk.
QUESTIONS = {
    "approved": "The revision is approved",
    "coverage": "Every block is signed",
    "quorum": "Every block is signed by enough people",
    "separation": "Nobody signed what they helped write",
    "credentials": "Whoever signed is qualified still",
    "comments": "No comment stops approval",
    "findings": "Nothing in the text needs mending",
    "sources": "Every source is known, and none was retracted",
    "disclosures": "Offers say who pays, stories how typical they are",
    "links": "Every link and anchor leads somewhere",
    "pictures": "Every picture has its description",
    "next-review": "The next review lies ahead",
    "address": "The address is free",
    "embedded": "Offers, pictures, stories, terms, sources and people quoted are as they were signed",
    "rendering": "Readers will see what the reviewers saw",
    "byline": "The page names its author",
}


class MoveForm(ReasonForm):
    """Where a page is to stand, and why."""

    topic = forms.ModelChoiceField(Topic.objects.all(), empty_label=None)
    name = forms.CharField(
        label="Name in the address",
        max_length=140,
        help_text="Small letters, figures and hyphens, such as stage-4.",
        error_messages={"required": "Say what the address ends with, such as stage-4."},
    )
    field_order = ["topic", "name", "reason"]

    def __init__(self, *args: Any, article: Article, **kwargs: Any) -> None:
        kwargs["initial"] = {"topic": article.topic_id, "name": article.address.rpartition("/")[2]}
        super().__init__(*args, **kwargs)


@require_safe
@desk_view(reading=READ)
def checklist(request: HttpRequest, revision_id: int) -> HttpResponse:
    """Every condition for publishing, held or not, and what was found."""
    revision = find_revision(revision_id)
    if revision.status not in UNDER_REVIEW:
        return redirect("admin:articles_revision_read", revision.pk)
    candidate = Candidate(revision)
    gates = gates_of(revision, candidate)
    signed = live_sign_offs(revision)
    prefetch_related_objects(signed, "reviewer__person__interests")
    reviewers = {sign_off.reviewer_id: sign_off for sign_off in signed}
    context = {
        **admin.site.each_context(request),
        "title": f"Publish {revision.article}",
        "revision": revision,
        "article": revision.article,
        "page": candidate.compiled,
        "gates": [{"question": QUESTIONS.get(gate.code, gate.code.capitalize()), "gate": gate} for gate in gates],
        "all_open": all(gate.ok for gate in gates),
        "shut": sum(not gate.ok for gate in gates),
        "may_publish": roles.holds(request.user, PUBLISH),
        "signers": list(reviewers.values()),
        "reviewed_on": reviewed_on(revision),
        "approved": revision.status == RevisionStatus.APPROVED,
        "schedules": (schedules := list(revision.schedules.select_related("made_by"))),
        "waiting": any(schedule.ended_at is None for schedule in schedules),
    }
    return TemplateResponse(request, "admin/articles/publish.html", context)


@require_POST
@desk_view(acting=PUBLISH)
def publish(request: HttpRequest, revision_id: int) -> HttpResponse:
    """Freeze the revision as the page visitors read."""
    revision = find_revision(revision_id)
    back = article_page(revision.article)
    try:
        page = publishing.publish(revision, by=staff(request))
    except TransitionRefused as refusal:
        return refused(request, str(refusal), back=back, back_label=f"Back to {revision.article}")
    messages.success(request, f"Published. Visitors read it now at {page.get_absolute_url()}")
    return redirect(back)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(acting=PUBLISH)
def move(request: HttpRequest, article_id: int) -> HttpResponse:
    """Ask where a published page is to stand and why, then move it."""
    article = get_object_or_404(Article.objects.select_related("topic"), pk=article_id)
    back, old = article_page(article), article.get_absolute_url()
    if not addresses.can_move(article):
        return refused(
            request,
            "This page does not move. Only published articles do.",
            back=back,
            back_label=f"Back to {article}",
        )

    def step(given: dict[str, Any]) -> HttpResponse:
        addresses.move(article, **given, by=staff(request))
        return done(request, f"Moved to {article.get_absolute_url()}. Who asks for {old} is led there.", back)

    return ask(
        request,
        MoveForm(request.POST or None, article=article),
        step,
        title=f"Move {article}",
        explanation=f"It stands at {old}. Whoever follows a link to that address will be led to the new one, for ever: "
        "no other page can take it.",
        button="Move the page",
        article=article,
        back=back,
        back_label="Leave it where it is",
    )
