"""Reviewers' screens: what waits for me, what changed in it, a signature on each block."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from articles.admin.access import ARRANGE, READ, SIGN, desk_view, refused
from articles.admin.asking import ReasonForm, ask, done
from articles.admin.places import article_page, find_revision
from articles.admin.writing import Said
from articles.markup import compile_page
from articles.markup.library import for_text
from articles.models import (
    Article,
    Block,
    PageState,
    PublishedPage,
    ReviewClaim,
    ReviewRequest,
    Revision,
    RevisionStatus,
    RiskClass,
    Severity,
    SignOff,
    TransitionRefused,
)
from articles.models.revision import UNDER_REVIEW
from articles.publishing.safety import withdraw_for_safety
from articles.review import eligibility, signing
from articles.review.anchoring import first_words
from articles.review.commenting import may_comment
from articles.review.comparing import What, compare
from articles.review.coverage import WHAT_WAS_TAKEN_OUT
from articles.review.reaffirming import is_whole
from articles.review.screen import note_look, screen_for
from articles.review.waiting import as_waiting, reviews_for
from articles.review.waiving import listed
from mesoinfo import roles
from mesoinfo.desk import staff

# The stubs of Django 5.2 know scripts by name only.
SCRIPT: Any = forms.Script("js/review.js", defer=True)
PER_PAGE = 50


@require_safe
@desk_view(acting=SIGN)
def queue(request: HttpRequest) -> HttpResponse:
    """Revisions in review: what I am asked for, what I may sign, what others must; each by due date."""
    user = staff(request)
    page = Paginator(reviews_for(user), PER_PAGE).get_page(request.GET.get("page"))
    rows = as_waiting(page, user)
    context = {
        **admin.site.each_context(request),
        "title": "For review",
        "page": page,
        "groups": [
            ("Asked of you", [row for row in rows if row.is_for_them and row.is_mine]),
            ("You may sign", [row for row in rows if row.is_for_them and not row.is_mine]),
            ("Others must sign", [row for row in rows if not row.is_for_them]),
        ],
        "may_sign_any": any(row.is_for_them for row in rows),
        "unqualified": eligibility.UNQUALIFIED,
    }
    return TemplateResponse(request, "admin/articles/queue.html", context)


@require_safe
@desk_view(reading=READ)
def review(request: HttpRequest, revision_id: int) -> HttpResponse:
    """The review screen. Whoever may read pages sees how far it is; reviewers sign."""
    return review_screen(request, find_revision(revision_id), ReasonForm())


def review_screen(
    request: HttpRequest,
    revision: Revision,
    reason_form: ReasonForm,
    *,
    said: Said | None = None,
    status: int = 200,
) -> HttpResponse:
    """The screen, with what has to be mended in its forms: the reason for changes, or what was `said` about a block."""
    if revision.status not in UNDER_REVIEW:
        return redirect("admin:articles_revision_read", revision.pk)
    user = staff(request)
    screen = screen_for(user, revision, since_my_look=request.GET.get("since") == "look")
    if roles.holds(user, SIGN):
        note_look(user, revision)
    asked = ReviewRequest.objects.select_related("assigned_to").filter(revision=revision).first()
    claims = list(ReviewClaim.objects.filter(request=asked).select_related("reviewer", "handed_to"))
    live = revision.article.live if revision.article.page_state == PageState.LIVE else None
    context = {
        **admin.site.each_context(request),
        "title": f"Review of {revision.article}",
        "revision": revision,
        "article": revision.article,
        "asked": asked,
        "passed_on": [claim for claim in claims if claim.is_passed_on],
        "screen": screen,
        "words_html": screen.compiled.words_html,
        "references_html": screen.compiled.references_html,
        "findings": listed(screen.compiled, revision.article, revision, user=user, anchors=screen.anchors),
        "reason_form": reason_form,
        "said": said,
        "may_sign": not screen.why_not,
        "unqualified": screen.why_not in eligibility.UNQUALIFIED,
        "may_request_changes": roles.holds(user, SIGN),
        "may_comment": may_comment(user),
        "may_arrange": roles.holds(user, ARRANGE),
        "has_it": any(claim.reviewer_id == user.pk for claim in screen.claims),
        "took_it": any(claim.reviewer_id == user.pk and claim.ended_at is None for claim in claims),
        "is_asked": asked is not None and asked.assigned_to_id == user.pk,
        "two_sign": revision.article.risk_class == RiskClass.HIGH,
        "can_be_found_right": live is not None and bool(screen.read_too_long_ago) and is_whole(live),
        "media": forms.Media(js=[SCRIPT]),
    }
    return TemplateResponse(request, "admin/articles/review.html", context, status=status)


@require_POST
@desk_view(acting=SIGN)
def sign(request: HttpRequest, revision_id: int) -> HttpResponse:
    """Sign what the posted tokens were issued for, all or none, and go on to the next block that is not signed."""
    revision = find_revision(revision_id)
    back = reverse("admin:articles_revision_review", args=[revision.pk])
    tokens = request.POST.getlist("token")
    if not tokens:
        return refused(
            request,
            "No block was named. Sign with the button beside a block you have read.",
            status=400,
            back=back,
            back_label="Back to the review",
        )
    try:
        signed = signing.sign_blocks(revision, tokens=list(dict.fromkeys(tokens)), by=staff(request))
    except signing.NotWhatWasShown as refusal:
        return changed_meanwhile(request, revision, refusal)
    except TransitionRefused as refusal:
        return refused(request, str(refusal), back=back, back_label="See the page as it is now")
    digests = {sign_off.digest for sign_off in signed}
    count = len(digests)
    if revision.status == RevisionStatus.APPROVED:
        messages.success(request, "Signed. Every block is signed now: the revision is approved, and can be published.")
        return redirect(f"{back}#progress")
    messages.success(request, "Signed." if count == 1 else f"Signed {count} blocks.")
    screen = screen_for(staff(request), revision)
    signed_at = max((item.number for item in screen.blocks if item.block and item.block.digest in digests), default=0)
    following = sorted(screen.to_sign, key=lambda item: (item.number < signed_at, item.number))
    return redirect(f"{back}#{following[0].anchor if following else 'progress'}")


def changed_meanwhile(request: HttpRequest, revision: Revision, refusal: signing.NotWhatWasShown) -> HttpResponse:
    """409: what was to be signed, as it was shown and as it is now."""
    now = revision.article.revisions.under_review().select_related("article__live").first()
    later = now or revision
    compiled = compile_page(later.text, for_text(later.text, later.article))
    shown = list(revision.blocks.all())
    found = compare(shown, compiled.blocks)
    # Who was shown what is taken out was shown it of the page as a whole.
    whole_page = not refusal.digests <= {block.digest for block in shown}
    context = {
        **admin.site.each_context(request),
        "title": "This step was not taken",
        "sentence": str(refusal),
        "article": revision.article,
        "changes": [
            change
            for change in found
            if change.what is not What.SAME
            and (whole_page or (change.before and change.before.digest in refusal.digests))
        ],
        "back": reverse("admin:articles_revision_review", args=[now.pk]) if now else article_page(revision.article),
        "back_label": "See the page as it is now" if now else f"Back to {revision.article}",
    }
    return TemplateResponse(request, "admin/articles/changed.html", context, status=409)


@require_POST
@desk_view(acting=SIGN)
def request_changes(request: HttpRequest, revision_id: int) -> HttpResponse:
    """Hand the revision back to its writers with a reason."""
    revision = find_revision(revision_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return review_screen(request, revision, form, status=400)
    try:
        signing.request_changes(revision, reason=form.cleaned_data["reason"], by=staff(request))
    except TransitionRefused as refusal:
        return refused(
            request, str(refusal), back=article_page(revision.article), back_label=f"Back to {revision.article}"
        )
    messages.success(request, "Sent back to the writers with your reason. What is signed stays signed.")
    return redirect(article_page(revision.article))


@require_safe
@desk_view(reading=READ)
def compare_with(request: HttpRequest, revision_id: int) -> HttpResponse:
    """What changed in a revision since another of its page, the live one if none is named: to read and to print."""
    later = find_revision(revision_id)
    others = list(later.article.revisions.exclude(pk=later.pk))
    named = request.GET.get("with", "")
    live = later.article.live.revision_id if later.article.live else None
    wanted = named if named.isdecimal() else str(live if live != later.pk else later.parent_id)
    earlier = next((other for other in others if str(other.pk) == wanted), None)
    found = compare(list(earlier.blocks.all()) if earlier else [], list(later.blocks.all()))
    changes = [change for change in found if change.what is not What.SAME]
    context = {
        **admin.site.each_context(request),
        "title": f"Changes in revision {later.number} of {later.article}",
        "article": later.article,
        "later": later,
        "earlier": earlier,
        "others": others,
        "changes": changes,
        "unchanged": len(found) - len(changes),
        "live_id": live,
    }
    return TemplateResponse(request, "admin/articles/compare.html", context)


@require_safe
@desk_view(reading=READ)
def read(request: HttpRequest, revision_id: int) -> HttpResponse:
    """One revision as readers would see it, and its text."""
    revision = find_revision(revision_id)
    compiled = compile_page(revision.text, for_text(revision.text, revision.article))
    context = {
        **admin.site.each_context(request),
        "title": str(revision),
        "revision": revision,
        "article": revision.article,
        "page": compiled,
        # What is found in words that were signed, or given up, is of no use to anybody.
        "findings": listed(compiled, revision.article, revision, user=staff(request)) if revision.is_draft else None,
    }
    return TemplateResponse(request, "admin/articles/read.html", context)


@require_safe
@desk_view(reading="articles.view_signoff")
def signatures(request: HttpRequest, article_id: int) -> HttpResponse:
    """Every signature ever given on a page, newest first, with the way to withdraw one."""
    article = get_object_or_404(Article, pk=article_id)
    given = article.sign_offs.select_related("reviewer", "revision", "withdrawal__by")
    page = Paginator(given, PER_PAGE).get_page(request.GET.get("page"))
    words = signed_words(list(page))
    any_of_them = roles.holds(request.user, "articles.withdraw_any_signoff")
    own = roles.holds(request.user, SIGN)
    context = {
        **admin.site.each_context(request),
        "title": f"Signatures on {article}",
        "article": article,
        "page": page,
        "rows": [
            {
                "sign_off": sign_off,
                "words": words.get((sign_off.revision_id, sign_off.digest), WHAT_WAS_TAKEN_OUT),
                "withdrawal": getattr(sign_off, "withdrawal", None),
                "may_withdraw": not hasattr(sign_off, "withdrawal")
                and (any_of_them or (own and sign_off.reviewer_id == request.user.pk)),
            }
            for sign_off in page
        ],
    }
    return TemplateResponse(request, "admin/articles/signatures.html", context)


def signed_words(given: list[SignOff]) -> dict[tuple[int, str], str]:
    """The first words of the block each signature is on. One on what was taken out is on none."""
    found = Block.objects.filter(
        revision__in={sign_off.revision_id for sign_off in given}, digest__in={sign_off.digest for sign_off in given}
    )
    return {(block.revision_id, block.digest): first_words(block) for block in found}


class WithdrawForm(ReasonForm):
    """Why a signature is taken back, and whether readers may go on reading the words meanwhile."""

    severity = forms.ChoiceField(
        label="How grave",
        choices=Severity.choices,
        initial=Severity.ROUTINE,
        widget=forms.RadioSelect,
        required=False,
        help_text="Routine: the page stays, without its badge and with a notice. Safety: every signature on these "
        "words falls, and readers get the newest earlier revision whose signatures all hold, or a notice that the page "
        "was taken down.",
    )
    field_order = ["severity", "reason"]


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(reading="articles.view_signoff")
def withdraw(request: HttpRequest, sign_off_id: int) -> HttpResponse:
    """Take a signature back, with the reason: one's own, or anybody's for the medical lead and the safety officer."""
    sign_off = get_object_or_404(
        SignOff.objects.select_related("article__live", "reviewer", "revision"), pk=sign_off_id
    )
    back = reverse("admin:articles_article_signatures", args=[sign_off.article_id])
    if not (
        roles.holds(request.user, "articles.withdraw_any_signoff")
        or (roles.holds(request.user, SIGN) and sign_off.reviewer_id == request.user.pk)
    ):
        return refused(request, "You can withdraw your own signatures only.", status=403, back=back)
    was_live = sign_off.article.live

    def step(given: dict[str, Any]) -> HttpResponse:
        take_back = withdraw_for_safety if given["severity"] == Severity.SAFETY else signing.withdraw
        take_back(sign_off, reason=given["reason"], by=staff(request))
        return done(request, _withdrawn(sign_off, was_live), back)

    words = next(iter(signed_words([sign_off]).values()), "")
    return ask(
        request,
        WithdrawForm(request.POST or None),
        step,
        title="Withdraw a signature",
        explanation=f"{sign_off.reviewer} signed {f'“{words}”' if words else WHAT_WAS_TAKEN_OUT} on "
        f"{sign_off.article}, on {sign_off.signed_at:%-d %B %Y}. The signature is kept, and no longer counts.",
        button="Withdraw",
        article=sign_off.article,
        back=back,
    )


def _withdrawn(sign_off: SignOff, was_live: PublishedPage | None) -> str:
    """What came of it, for readers too: they may get an earlier page now, or none."""
    now = Article.objects.select_related("live__revision").get(pk=sign_off.article_id).live
    if was_live is not None and now is None:
        return (
            "Withdrawn. No earlier revision holds, so the page is taken down: readers get a short notice, and "
            "somebody else confirms it within 72 hours."
        )
    if was_live is not None and now is not None and now != was_live:
        return f"Withdrawn. Readers get revision {now.revision.number} again, whose signatures all hold."
    signed = "The block" if signed_words([sign_off]) else f"W{WHAT_WAS_TAKEN_OUT[1:]}"
    return f"Withdrawn. {signed} needs a new signature."
