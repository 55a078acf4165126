"""An article on the desk: where it stands, what happened to it, and the next possible step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db import connection
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.admin import (
    claiming,
    freshness,
    linting,
    publishing,
    reports,
    reviewing,
    safety,
    scheduling,
    talking,
    writing,
)
from articles.admin.access import PUBLISH, SIGN, WRITE
from articles.admin.library import pages_with
from articles.admin.places import article_page
from articles.admin.records import KeptRecords, Ledger
from articles.admin.sentences import PlainForm
from articles.markup.evidence import EvidenceProfile
from articles.models import (
    Article,
    Byline,
    EmergencyEdit,
    Kind,
    PageState,
    ReviewClaim,
    ReviewRequest,
    Revision,
    RevisionStatus,
    TakedownKind,
)
from articles.models.revision import UNDER_REVIEW
from articles.publishing.addresses import can_move
from articles.review.commenting import may_comment
from articles.review.coverage import TAKEN_OUT, approve_or_reopen, unsigned_blocks
from articles.review.freshness import set_dates
from articles.review.reaffirming import page_to_read
from articles.review.talk import talk_on
from mesoinfo import roles
from mesoinfo.desk import staff
from mesoinfo.models import User

OPEN = [RevisionStatus.DRAFT, *UNDER_REVIEW]


@dataclass(frozen=True)
class Step:
    """A button: what it does, where it leads, and whether pressing it acts (POST) or opens a screen."""

    label: str
    address: str
    acts: bool = False
    main: bool = False


@dataclass(frozen=True)
class OpenWork:
    """A revision that is under way: who has it, in a sentence, and what this person may do about it."""

    revision: Revision
    sentence: str
    steps: tuple[Step, ...]
    passed_on: tuple[ReviewClaim, ...] = ()


def open_work(user: User, revision: Revision) -> OpenWork:
    """Who has the revision, and the steps that this person's roles allow."""

    def at(name: str) -> str:
        return reverse(f"admin:articles_revision_{name}", args=[revision.pk])

    writes, signs, publishes = (roles.holds(user, permission) for permission in (WRITE, SIGN, PUBLISH))
    steps: list[Step] = []
    if revision.status == RevisionStatus.DRAFT:
        sentence = f"Started by {revision.created_by}, last saved by {revision.saved_by}."
        if writes:
            steps += [Step("Open draft", at("write"), main=True), Step("Abandon", at("abandon"))]
        else:
            steps.append(Step("Read", at("read")))
        return OpenWork(revision, sentence, tuple(steps))
    blocks, unsigned = revision.blocks.count(), {block.key for block in unsigned_blocks(revision)}
    signed = blocks - len(unsigned - {TAKEN_OUT})
    sentence = f"Submitted by {revision.submitted_by}. {signed} of {blocks} blocks signed."
    if TAKEN_OUT in unsigned:
        sentence += " What was taken out or moved still needs a signature."
    asked = ReviewRequest.objects.select_related("assigned_to").filter(revision=revision, outcome="").first()
    claims = list(asked.claims.select_related("reviewer", "handed_to")) if asked else []
    if asked:
        sentence += f" {who_has(asked, claims)}"
    if revision.status == RevisionStatus.APPROVED:
        sentence = f"Submitted by {revision.submitted_by}. Every block is signed: a publisher can publish it."
        if made := revision.schedules.waiting().first():
            sentence = f"Submitted by {revision.submitted_by}. It will be published on {made.when}."
        steps.append(Step("Publish" if publishes else "Publishing checklist", at("publish"), main=publishes))
    steps.append(Step("Review" if signs else "See the review", at("review"), main=signs and not publishes))
    if writes:
        steps += [Step("Recall", at("recall")), Step("Abandon", at("abandon"))]
    return OpenWork(revision, sentence, tuple(steps), tuple(claim for claim in claims if claim.is_passed_on))


def who_has(asked: ReviewRequest, claims: Sequence[ReviewClaim]) -> str:
    """When a review is due and who is at work on it, in sentences."""
    due = f"{'Overdue since' if asked.is_overdue else 'Due'} {asked.due_on:%-d %B %Y}."
    holders = [str(claim.reviewer) for claim in claims if claim.is_held]
    if holders:
        return f"{due} Being reviewed by {' and '.join(holders)}."
    return f"{due} {asked.assigned_to} is asked for it." if asked.assigned_to else f"{due} Nobody has taken it yet."


class BylineInline(admin.TabularInline):
    model = Byline
    form = PlainForm
    extra = 1
    verbose_name_plural = "Bylines: who readers see as writer, editor or quoted. Nobody named here can sign the page"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Naming somebody else is changing the byline. Published words stay; a text that quotes them shows a finding.
        return self.has_change_permission(request, obj)


class OpenWorkFilter(admin.SimpleListFilter):
    title = "open work"
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(status), str(status.label)) for status in OPEN]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        if self.value() in OPEN:
            return queryset.filter(revisions__status=self.value())
        return queryset


@admin.register(Article)
class ArticleAdmin(KeptRecords):
    list_display = ["address", "kind", "state", "live_since", "next_due", "open_work"]
    list_filter = ["page_state", OpenWorkFilter, "kind", "risk_class", "topic"]
    list_select_related = ["live", "topic"]
    search_fields = ["address"]
    fields = ["address", "kind", "topic", "position", "risk_class", "is_sample"]
    inlines = [BylineInline]
    change_form_template = "admin/articles/article.html"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) or (obj is not None and self._sets_risk(request))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fixed = list(super().get_readonly_fields(request, obj))
        if obj is not None and not super().has_change_permission(request, obj):
            fixed += ["address", "kind", "topic", "position", "is_sample"]
        elif obj is not None and obj.first_published_at:
            fixed += ["address", "kind", "topic"]
        if obj is not None and not self._sets_risk(request):
            fixed.append("risk_class")
        return fixed

    def _sets_risk(self, request: HttpRequest) -> bool:
        # It decides how many must sign, so whoever wants a page out does not lower it.
        return roles.holds(request.user, "articles.set_risk_class")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        under_way = Revision.objects.filter(status__in=OPEN).select_related("saved_by", "submitted_by")
        return super().get_queryset(request).prefetch_related(Prefetch("revisions", under_way, to_attr="under_way"))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        # What waits for the end of the transaction is refused here, where the form can tell it.
        connection.check_constraints()
        article = form.instance
        if "risk_class" in form.changed_data and article.last_reviewed is not None:
            set_dates(article, article.last_reviewed)
            article.save(update_fields=["next_due"])
        # Signatures of whoever is now named no longer count.
        for revision in article.revisions.under_review():
            approve_or_reopen(revision, by=staff(request))

    @admin.display(description="state", ordering="page_state")
    def state(self, article: Article) -> str:
        return article.get_page_state_display()

    @admin.display(description="live since", ordering="first_published_at")
    def live_since(self, article: Article) -> Any:
        return article.first_published_at.date() if article.first_published_at else None

    @admin.display(description="open work")
    def open_work(self, article: Article) -> str:
        return ", ".join(
            f"{revision.get_status_display()}: {revision.submitted_by or revision.saved_by}"
            for revision in article.under_way  # type: ignore[attr-defined]  # prefetched under this name
        )

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("<int:article_id>/start/", writing.start, name="articles_article_start"),
            path("<int:article_id>/move/", publishing.move, name="articles_article_move"),
            path("<int:article_id>/take-down/", safety.take_down, name="articles_article_take_down"),
            path("<int:article_id>/withdraw/", safety.withdraw_page, name="articles_article_withdraw"),
            path("<int:article_id>/hide/", safety.hide, name="articles_article_hide"),
            path("due/", freshness.due, name="articles_article_due"),
            path("<int:article_id>/read-again/", freshness.reread, name="articles_article_reread"),
            path("<int:article_id>/still-right/", freshness.reaffirm, name="articles_article_reaffirm"),
            path("<int:article_id>/signatures/", reviewing.signatures, name="articles_article_signatures"),
        ]
        return own + super().get_urls()

    def response_add(self, request: HttpRequest, obj: Article, post_url_continue: str | None = None) -> HttpResponse:
        if "_addanother" in request.POST or "_popup" in request.POST:
            return super().response_add(request, obj, post_url_continue)
        self.message_user(request, f"The page {obj} is there. Next: start its first draft.")
        return HttpResponseRedirect(article_page(obj))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        article = self.get_object(request, object_id)
        if article is None or not self.has_view_or_change_permission(request, article):
            return super().change_view(request, object_id, form_url, extra_context)
        return super().change_view(
            request, object_id, form_url, {**(extra_context or {}), **overview(request, article)}
        )


def overview(request: HttpRequest, article: Article) -> dict[str, Any]:
    """What the page of an article says above its form."""
    user = request.user
    assert isinstance(user, User)
    revisions = list(
        article.revisions.select_related("created_by", "saved_by", "submitted_by", "article", "review_request")
    )
    under_way = [open_work(user, revision) for revision in revisions if revision.status in OPEN]
    newest = revisions[0] if revisions else None
    sent_back = (
        ReviewRequest.objects.select_related("closed_by").filter(revision=newest).first()
        if newest and newest.status == RevisionStatus.CHANGES_REQUESTED
        else None
    )
    can_start = roles.holds(user, WRITE) and not any(work.revision.is_draft for work in under_way)
    key = article.address.removeprefix("glossary/")
    live = article.live
    taken = article.takedowns.standing().select_related("by", "confirmed_by").first()
    # What was sent back is what reviewers spoke of, and what the next draft starts from.
    resting = live.revision if live and not sent_back else newest
    talk_revision = next((work.revision for work in under_way), resting)
    return {
        "article": article,
        "used_on": pages_with("term", key) if article.kind == Kind.GLOSSARY_TERM else "",
        "live_page": live,
        "rests_on": EvidenceProfile.from_json(live.evidence) if live else None,
        "unsigned_live": [
            block
            for block in (unsigned_blocks(live.revision) if live else ())
            if live and block.digest not in live.hidden
        ],
        "under_way": under_way,
        "sent_back": sent_back,
        "start": Step(
            "Start a draft from what was sent back" if sent_back else "Start a draft",
            reverse("admin:articles_article_start", args=[article.pk]),
            acts=True,
            main=not under_way,
        )
        if can_start
        else None,
        "revisions": revisions,
        "talk_revision": talk_revision,
        "talk": talk_on(article, list(talk_revision.blocks.all()), talk_revision.text) if talk_revision else None,
        "may_comment": may_comment(user),
        "old_addresses": [redirect.address for redirect in article.redirects.all()],
        "takedown": taken,
        "took_it_down": taken is not None and taken.kind == TakedownKind.TAKEN_DOWN and taken.by == user,
        "hidden": EmergencyEdit.objects.filter(page=article.live).select_related("by", "reviewed_by").first(),
        "may_take_down": article.live is not None and roles.holds(user, safety.TAKE_DOWN),
        "may_withdraw": article.page_state == PageState.LIVE and roles.holds(user, safety.WITHDRAW),
        "may_hide": article.live is not None and roles.holds(user, safety.HIDE),
        "may_confirm": roles.holds(user, safety.TAKE_DOWN),
        "may_publish": roles.holds(user, PUBLISH),
        "may_sign": roles.holds(user, SIGN),
        "may_read_again": page_to_read(article) is not None,
        **freshness.called_in(request, article),
        **linting.waivers_on(request, article),
        "may_move": can_move(article) and roles.holds(user, PUBLISH),
    }


@admin.register(Revision)
class RevisionAdmin(Ledger):
    """Every revision of every page. A row opens the screen that fits its status."""

    list_display = ["page", "status", "change_note", "saved_by", "saved_at", "submitted_by", "submitted_at"]
    list_display_links = None
    list_filter = ["status"]
    list_select_related = ["article", "saved_by", "submitted_by"]
    search_fields = ["article__address", "change_note"]
    ordering = ["-saved_at"]

    @admin.display(description="revision", ordering="article__address")
    def page(self, revision: Revision) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("admin:articles_revision_read", args=[revision.pk]), revision)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        revision = self.get_object(request, object_id)
        if revision is None or not self.has_view_permission(request, revision):
            return super().change_view(request, object_id, *args, **kwargs)
        return HttpResponseRedirect(reverse("admin:articles_revision_read", args=[revision.pk]))

    def get_urls(self) -> list[URLPattern]:
        steps: Iterable[tuple[str, Any, str]] = [
            ("<int:revision_id>/write/", writing.write, "write"),
            ("<int:revision_id>/autosave/", writing.autosave, "autosave"),
            ("<int:revision_id>/restore/", writing.restore, "restore"),
            ("<int:revision_id>/recall/", writing.recall, "recall"),
            ("<int:revision_id>/abandon/", writing.abandon, "abandon"),
            ("<int:revision_id>/read/", reviewing.read, "read"),
            ("<int:revision_id>/review/", reviewing.review, "review"),
            ("<int:revision_id>/sign/", reviewing.sign, "sign"),
            ("<int:revision_id>/request-changes/", reviewing.request_changes, "request_changes"),
            ("<int:revision_id>/waive/", linting.waive, "waive"),
            ("<int:revision_id>/compare/", reviewing.compare_with, "compare"),
            ("<int:revision_id>/comment/", talking.comment, "comment"),
            ("<int:revision_id>/suggest/", talking.suggest, "suggest"),
            ("<int:revision_id>/claim/", claiming.claim, "claim"),
            ("<int:revision_id>/give-back/", claiming.give_back, "give_back"),
            ("<int:revision_id>/decline/", claiming.decline, "decline"),
            ("<int:revision_id>/hand-over/", claiming.hand_over, "hand_over"),
            ("<int:revision_id>/arrange/", claiming.arrange, "arrange"),
            ("<int:revision_id>/publish/", publishing.checklist, "publish"),
            ("<int:revision_id>/publish/now/", publishing.publish, "publish_now"),
            ("<int:revision_id>/publish/later/", scheduling.schedule, "schedule"),
            ("schedule/<int:schedule_id>/take-back/", scheduling.unschedule, "unschedule"),
            ("calendar/", scheduling.calendar, "calendar"),
            ("signature/<int:sign_off_id>/withdraw/", reviewing.withdraw, "withdraw"),
            ("for-review/", reviewing.queue, "queue"),
            ("reports/", reports.reports, "reports"),
            ("reports/<slug:name>/", reports.report, "report"),
        ]
        own = [path(where, view, name=f"articles_revision_{name}") for where, view, name in steps]
        own += [
            path("comment/<int:comment_id>/<int:revision_id>/", talking.answer, name="articles_comment_answer"),
            path("suggestion/<int:suggestion_id>/accept/", talking.accept, name="articles_suggestion_accept"),
            path("suggestion/<int:suggestion_id>/decline/", talking.decline, name="articles_suggestion_decline"),
            path("away/", claiming.away, name="articles_reviewer_away"),
            path("away/<int:absence_id>/back/", claiming.back, name="articles_reviewer_back"),
        ]
        return own + super().get_urls()
