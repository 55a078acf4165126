"""Reviewers' screens: what waits for me, the blocks as readers will see them, a signature on each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from articles.admin.access import READ, SIGN, desk_view, refused
from articles.admin.writing import ReasonForm, article_page, find_revision
from articles.markup import CompiledBlock, CompiledPage, compile_page
from articles.markup.library import for_text
from articles.models import Article, Block, Revision, RevisionStatus, SignOff, TransitionRefused
from articles.models.revision import UNDER_REVIEW, RevisionQuerySet
from articles.review import signing, standing
from articles.review.coverage import live_sign_offs, unsigned_blocks
from mesoinfo import roles
from mesoinfo.desk import staff
from mesoinfo.models import User

PER_PAGE = 50


@dataclass
class ReviewedBlock:
    """A block on the review screen: as readers will see it, who signed it, and whether this person may."""

    number: int
    block: CompiledBlock
    signatures: list[SignOff]
    enough: bool  # signed by as many as the risk class of the page asks for
    is_new: bool  # not on the page as it is live
    as_submitted: bool  # false when something it embeds has changed since
    token: str = ""  # issued to this person beside this block; empty when there is nothing for them to sign

    @property
    def anchor(self) -> str:
        return f"block-{self.number}"

    @property
    def html(self) -> str:
        """As readers see it, with answers unfolded: nobody signs what they were not shown."""
        return self.block.html.replace('<details class="faq-item"', '<details open class="faq-item"')


@dataclass
class Section:
    """The blocks under one heading, in the page's order."""

    heading: str
    blocks: list[ReviewedBlock] = field(default_factory=list)

    @property
    def to_sign(self) -> list[ReviewedBlock]:
        return [item for item in self.blocks if item.token]


@dataclass
class ReviewScreen:
    """Everything the screen shows about a revision to one person."""

    compiled: CompiledPage
    sections: list[Section]
    why_not: str

    @property
    def blocks(self) -> list[ReviewedBlock]:
        return [item for section in self.sections for item in section.blocks]

    @property
    def signed(self) -> int:
        return sum(item.enough for item in self.blocks)

    @property
    def to_sign(self) -> list[ReviewedBlock]:
        return [item for item in self.blocks if item.token]


def screen_for(user: User, revision: Revision) -> ReviewScreen:
    """What this person sees of the revision. Each block still to be signed by them carries a token of theirs."""
    compiled = compile_page(revision.text, for_text(revision.text, revision.article))
    why_not = standing.why_not(user, revision)
    unsigned = {block.digest for block in unsigned_blocks(revision)}
    submitted = set(revision.blocks.values_list("digest", flat=True))
    live = revision.article.live
    on_live_page = set(live.revision.blocks.values_list("digest", flat=True)) if live else set()
    signatures: dict[str, list[SignOff]] = {}
    for sign_off in live_sign_offs(revision):
        signatures.setdefault(sign_off.digest, []).append(sign_off)
    items = []
    for number, block in enumerate(compiled.blocks, start=1):
        signed = signatures.get(block.digest, [])
        mine = any(sign_off.reviewer_id == user.pk for sign_off in signed)
        item = ReviewedBlock(
            number=number,
            block=block,
            signatures=signed,
            enough=block.digest in submitted and block.digest not in unsigned,
            is_new=block.digest not in on_live_page,
            as_submitted=block.digest in submitted,
        )
        if not why_not and item.as_submitted and not item.enough and not mine:
            item.token = signing.issue_token(user, revision, block)
        items.append(item)
    return ReviewScreen(compiled, list(_sections(items, compiled)), why_not)


def _sections(items: list[ReviewedBlock], compiled: CompiledPage) -> Iterator[Section]:
    """Blocks grouped by the section they stand in, in the page's order; what comes before the first is the opening."""
    names = {entry.anchor: entry.text for entry in compiled.contents}
    for name, together in groupby(items, key=lambda item: names.get(item.block.key.split("/")[0], "Opening")):
        yield Section(name, list(together))


@require_safe
@desk_view(acting=SIGN)
def queue(request: HttpRequest) -> HttpResponse:
    """Revisions in review: first those this person may sign, the longest waiting on top."""
    page = Paginator(waiting_for(staff(request)), PER_PAGE).get_page(request.GET.get("page"))
    rows = [
        {
            "revision": revision,
            "why_not": standing.why_not(staff(request), revision),
            "unsigned": len(unsigned_blocks(revision)),
            "blocks": revision.blocks.count(),
        }
        for revision in page
    ]
    context = {
        **admin.site.each_context(request),
        "title": "For review",
        "page": page,
        "mine": [row for row in rows if not row["why_not"]],
        "others": [row for row in rows if row["why_not"]],
    }
    return TemplateResponse(request, "admin/articles/queue.html", context)


def waiting_for(user: User) -> RevisionQuerySet:
    """Revisions in review, those this person helped write or is named on last, the longest waiting first."""
    helped = RawSQL("%s IN (SELECT articles_contributors(articles_revision.id))", [user.pk], BooleanField())
    return (
        Revision.objects.awaiting_review()
        .select_related("article__topic", "submitted_by")
        .annotate(helped_write=helped)
        .order_by("helped_write", "submitted_at", "pk")
    )


@require_safe
@desk_view(reading=READ)
def review(request: HttpRequest, revision_id: int) -> HttpResponse:
    """The review screen. Whoever may read pages sees how far it is; reviewers sign."""
    return review_screen(request, find_revision(revision_id), ReasonForm())


def review_screen(
    request: HttpRequest, revision: Revision, reason_form: ReasonForm, *, status: int = 200
) -> HttpResponse:
    if revision.status not in UNDER_REVIEW:
        return redirect("admin:articles_revision_read", revision.pk)
    screen = screen_for(staff(request), revision)
    context = {
        **admin.site.each_context(request),
        "title": f"Review of {revision.article}",
        "revision": revision,
        "article": revision.article,
        "screen": screen,
        "words_html": screen.compiled.words_html,
        "references_html": screen.compiled.references_html,
        "reason_form": reason_form,
        "may_request_changes": roles.holds(request.user, SIGN),
        "quorum": 2 if revision.article.risk_class == "high" else 1,
    }
    return TemplateResponse(request, "admin/articles/review.html", context, status=status)


@require_POST
@desk_view(acting=SIGN)
def sign(request: HttpRequest, revision_id: int) -> HttpResponse:
    """Sign the blocks whose tokens were posted, all or none, and go on to the next one that is not signed."""
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
    except TransitionRefused as refusal:
        return refused(request, str(refusal), back=back, back_label="See the page as it is now")
    digests = {sign_off.digest for sign_off in signed}
    count = len(digests)
    if revision.status == RevisionStatus.APPROVED:
        messages.success(request, "Signed. Every block is signed now: the revision is approved, and can be published.")
        return redirect(f"{back}#progress")
    messages.success(request, "Signed." if count == 1 else f"Signed {count} blocks.")
    screen = screen_for(staff(request), revision)
    signed_at = max((item.number for item in screen.blocks if item.block.digest in digests), default=0)
    following = sorted(screen.to_sign, key=lambda item: (item.number < signed_at, item.number))
    return redirect(f"{back}#{following[0].anchor if following else 'progress'}")


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
def read(request: HttpRequest, revision_id: int) -> HttpResponse:
    """One revision as readers would see it, and its text."""
    revision = find_revision(revision_id)
    context = {
        **admin.site.each_context(request),
        "title": str(revision),
        "revision": revision,
        "article": revision.article,
        "page": compile_page(revision.text, for_text(revision.text, revision.article)),
    }
    return TemplateResponse(request, "admin/articles/read.html", context)


@require_safe
@desk_view(reading="articles.view_signoff")
def signatures(request: HttpRequest, article_id: int) -> HttpResponse:
    """Every signature ever given on a page, newest first, with the way to withdraw one."""
    article = get_object_or_404(Article, pk=article_id)
    given = article.sign_offs.select_related("reviewer", "revision", "withdrawal__by")
    page = Paginator(given, PER_PAGE).get_page(request.GET.get("page"))
    names = block_names(list(page))
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
                "block": names.get((sign_off.revision_id, sign_off.digest), ""),
                "withdrawal": getattr(sign_off, "withdrawal", None),
                "may_withdraw": not hasattr(sign_off, "withdrawal")
                and (any_of_them or (own and sign_off.reviewer_id == request.user.pk)),
            }
            for sign_off in page
        ],
    }
    return TemplateResponse(request, "admin/articles/signatures.html", context)


def block_names(given: list[SignOff]) -> dict[tuple[int, str], str]:
    """The readable key of the block each signature is on."""
    found = Block.objects.filter(
        revision__in={sign_off.revision_id for sign_off in given}, digest__in={sign_off.digest for sign_off in given}
    )
    return {(block.revision_id, block.digest): block.key for block in found}


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(reading="articles.view_signoff")
def withdraw(request: HttpRequest, sign_off_id: int) -> HttpResponse:
    """Take a signature back, with the reason: one's own, or anybody's for the medical lead and the safety officer."""
    sign_off = get_object_or_404(SignOff.objects.select_related("article", "reviewer", "revision"), pk=sign_off_id)
    back = reverse("admin:articles_article_signatures", args=[sign_off.article_id])
    if not (
        roles.holds(request.user, "articles.withdraw_any_signoff")
        or (roles.holds(request.user, SIGN) and sign_off.reviewer_id == request.user.pk)
    ):
        return refused(request, "You can withdraw your own signatures only.", status=403, back=back)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            signing.withdraw(sign_off, reason=form.cleaned_data["reason"], by=staff(request))
        except TransitionRefused as refusal:
            return refused(request, str(refusal), back=back)
        messages.success(request, "Withdrawn. The block needs a new signature.")
        return redirect(back)
    signed_block = block_names([sign_off]).get((sign_off.revision_id, sign_off.digest), "a block")
    context = {
        **admin.site.each_context(request),
        "title": "Withdraw a signature",
        "explanation": f"{sign_off.reviewer} signed {signed_block} of {sign_off.article} on "
        f"{sign_off.signed_at:%d %B %Y}. The signature is kept, and no longer counts.",
        "button": "Withdraw",
        "form": form,
        "article": sign_off.article,
        "back": back,
    }
    return TemplateResponse(
        request, "admin/articles/reason.html", context, status=400 if request.method == "POST" else 200
    )
