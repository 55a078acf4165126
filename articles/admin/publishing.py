"""The publisher's screen: every gate with its verdict, and one button."""

from __future__ import annotations

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_POST, require_safe

from articles.admin.access import PUBLISH, READ, desk_view, refused
from articles.admin.writing import article_page, find_revision
from articles.markup import compile_page
from articles.markup.library import for_article
from articles.models import RevisionStatus, TransitionRefused
from articles.models.revision import UNDER_REVIEW
from articles.publishing import publish as publishing
from articles.review.coverage import live_sign_offs, reviewed_on
from mesoinfo import roles
from mesoinfo.desk import staff

# What each gate asks, in the words of the desk.
QUESTIONS = {
    "approved": "The revision is approved",
    "coverage": "Every block is signed by enough people who did not write it",
    "findings": "Nothing in the text needs mending",
    "embedded": "Offers, pictures, stories, terms and sources are as they were signed",
    "rendering": "Readers will see what the reviewers saw",
    "byline": "The page names its author",
}


@require_safe
@desk_view(reading=READ)
def checklist(request: HttpRequest, revision_id: int) -> HttpResponse:
    """Every condition for publishing, held or not, and what was found."""
    revision = find_revision(revision_id)
    if revision.status not in UNDER_REVIEW:
        return redirect("admin:articles_revision_read", revision.pk)
    compiled = compile_page(revision.text, for_article(revision.article))
    gates = publishing.gates(revision, compiled)
    reviewers = {sign_off.reviewer_id: sign_off for sign_off in live_sign_offs(revision)}
    context = {
        **admin.site.each_context(request),
        "title": f"Publish {revision.article}",
        "revision": revision,
        "article": revision.article,
        "page": compiled,
        "gates": [{"question": QUESTIONS.get(gate.code, gate.code.capitalize()), "gate": gate} for gate in gates],
        "all_open": all(gate.ok for gate in gates),
        "may_publish": roles.holds(request.user, PUBLISH),
        "signers": list(reviewers.values()),
        "reviewed_on": reviewed_on(revision),
        "approved": revision.status == RevisionStatus.APPROVED,
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
