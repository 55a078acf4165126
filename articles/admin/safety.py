"""When readers must not see a page, or a part of it, any longer: one screen, one step."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_POST

from articles.admin.access import PUBLISH, SIGN, desk_view, refused
from articles.admin.asking import ReasonForm, ask, done
from articles.admin.fields import ReasonField
from articles.admin.places import article_page
from articles.admin.records import Ledger
from articles.admin.sentences import PlainRefusals
from articles.models import Article, Block, EmergencyEdit, EmergencyNotice, Takedown, TransitionRefused
from articles.publishing import emergency, takedown
from articles.review.anchoring import first_words
from mesoinfo import roles
from mesoinfo.desk import Audited, staff

TAKE_DOWN = "articles.take_down"
WITHDRAW = "articles.withdraw_page"
HIDE = "articles.hide_block"

HIDES = (
    "Nothing else of the page changes. Every signature on these blocks is withdrawn, and a medical reviewer looks at "
    "it within 24 hours."
)
NO_NOTICE = (
    "No emergency notice is signed, so there is nothing to hide blocks behind. Leave this, and take the page down. "
    "Have a notice signed before you need it next time."
)


TOO_LONG_A_NOTE = "What readers are told is longer than 300 characters. Make it shorter."


class TakeDownForm(ReasonForm):
    reason = ReasonField("Why. Your colleagues read it", rows=3)
    reader_note = forms.CharField(
        label="What readers are told besides (optional)",
        required=False,
        max_length=300,
        error_messages={"max_length": TOO_LONG_A_NOTE},
        help_text="They read: We took this page down. We are checking it. Ask your care team before you go on with it.",
    )


class WithdrawPageForm(TakeDownForm):
    reader_note = forms.CharField(
        label="What readers are told",
        max_length=300,
        help_text="It stands on top of the page, behind: We withdrew this page on … .",
        error_messages={
            "required": "Say in a plain sentence what readers should know.",
            "max_length": TOO_LONG_A_NOTE,
        },
    )


class HideForm(ReasonForm):
    """Which blocks of the live page to hide, and behind which notice."""

    blocks = forms.MultipleChoiceField(
        label="Blocks to hide",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick the blocks that readers must not see."},
    )
    notice = forms.ModelChoiceField(
        EmergencyNotice.objects.filter(signed_at__isnull=False),
        label="What stands in their place",
        empty_label=None,
        error_messages={"required": "Choose a notice. None is signed? Then take the page down."},
    )
    field_order = ["blocks", "notice", "reason"]

    def __init__(self, *args: Any, blocks: list[Block], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        may = [block for block in blocks if block.kind not in emergency.NEVER_HIDDEN]
        self.fields["blocks"].choices = [(block.digest, first_words(block)) for block in may]  # type: ignore[attr-defined]


class FindingForm(ReasonForm):
    reason = ReasonField(
        "What you found, and what is to be done", ask="Say in a sentence what you found and what is to be done."
    )


def _article(pk: int) -> Article:
    return get_object_or_404(Article.objects.select_related("live__revision"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(acting=TAKE_DOWN)
def take_down(request: HttpRequest, article_id: int) -> HttpResponse:
    """Answer 410 from now on."""
    article = _article(article_id)

    def step(given: dict[str, Any]) -> HttpResponse:
        takedown.take_down(article, **given, by=staff(request))
        return done(
            request,
            "Taken down. Readers get a short notice. Somebody else confirms it within 72 hours.",
            article_page(article),
        )

    return ask(
        request,
        TakeDownForm(request.POST or None),
        step,
        title=f"Take {article} down",
        explanation="At once, and without anybody's approval. Somebody else confirms it within 72 hours.",
        button="Take it down now",
        article=article,
        back=article_page(article),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(acting=WITHDRAW)
def withdraw_page(request: HttpRequest, article_id: int) -> HttpResponse:
    """Keep the page for whoever has its link, under a notice."""
    article = _article(article_id)

    def step(given: dict[str, Any]) -> HttpResponse:
        takedown.withdraw_page(article, **given, by=staff(request))
        return done(
            request,
            "Withdrawn. Who has its address reads it under the notice; lists and search engines leave it out.",
            article_page(article),
        )

    return ask(
        request,
        WithdrawPageForm(request.POST or None),
        step,
        title=f"Withdraw {article}",
        explanation="For a page that is out of date and does no harm. If it could do harm, take it down.",
        button="Withdraw it",
        article=article,
        back=article_page(article),
    )


@require_POST
@desk_view(acting=TAKE_DOWN)
def confirm(request: HttpRequest, takedown_id: int) -> HttpResponse:
    """Say yes to what a colleague took down."""
    taken_down = get_object_or_404(Takedown.objects.select_related("article"), pk=takedown_id)
    try:
        takedown.confirm(taken_down, by=staff(request))
    except TransitionRefused as refusal:
        return refused(request, str(refusal), back=article_page(taken_down.article))
    messages.success(request, "Confirmed. The page stays down until a publisher puts it back.")
    return redirect(article_page(taken_down.article))


@require_POST
@desk_view(acting=PUBLISH)
def lift(request: HttpRequest, takedown_id: int) -> HttpResponse:
    """Put a page back before readers."""
    taken_down = get_object_or_404(Takedown.objects.select_related("article"), pk=takedown_id)
    try:
        takedown.lift(taken_down, by=staff(request))
    except TransitionRefused as refusal:
        return refused(request, str(refusal), back=article_page(taken_down.article))
    messages.success(request, "Readers see the page again.")
    return redirect(article_page(taken_down.article))


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(acting=HIDE)
def hide(request: HttpRequest, article_id: int) -> HttpResponse:
    """Hide blocks of the live page behind a notice that was signed beforehand."""
    article = _article(article_id)
    if article.live is None:
        return refused(request, "The page is not live.", back=article_page(article))
    shown = article.live.revision.blocks.exclude(digest__in=article.live.hidden)
    form = HideForm(request.POST or None, blocks=list(shown))

    def step(given: dict[str, Any]) -> HttpResponse:
        emergency.hide_blocks(
            article, digests=given["blocks"], notice=given["notice"], reason=given["reason"], by=staff(request)
        )
        return done(request, "Hidden. A medical reviewer looks at it within 24 hours.", article_page(article))

    return ask(
        request,
        form,
        step,
        title=f"Hide blocks of {article}",
        explanation=HIDES if form.fields["notice"].queryset.exists() else NO_NOTICE,  # type: ignore[attr-defined]
        button="Hide them now",
        article=article,
        back=article_page(article),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(acting=SIGN)
def review_edit(request: HttpRequest, edit_id: int) -> HttpResponse:
    """Look at what was hidden, and say what was found."""
    edit = get_object_or_404(EmergencyEdit.objects.select_related("page__article", "page__revision"), pk=edit_id)
    article = edit.page.article

    def step(given: dict[str, Any]) -> HttpResponse:
        emergency.review_edit(edit, finding=given["reason"], by=staff(request))
        return done(
            request, "Thank you. The blocks stay hidden until a new revision is published.", article_page(article)
        )

    return ask(
        request,
        FindingForm(request.POST or None),
        step,
        title=f"What {edit.by} hid on {article}",
        explanation=edit.reason,
        about=edit.page.revision.blocks.filter(digest__in=edit.page.hidden),
        button="Reviewed",
        article=article,
        back=article_page(article),
    )


@require_POST
@desk_view(acting=SIGN)
def sign_notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Sign an emergency notice, so that it can be used."""
    notice = get_object_or_404(EmergencyNotice, pk=notice_id)
    back = reverse("admin:articles_emergencynotice_changelist")
    try:
        emergency.sign_notice(notice, by=staff(request))
    except TransitionRefused as refusal:
        return refused(request, str(refusal), back=back)
    messages.success(request, "Signed. It can be used from now on, and its words stay as they are.")
    return redirect(back)


@admin.register(EmergencyNotice)
class EmergencyNoticeAdmin(PlainRefusals, Audited):
    """Notices that stand in place of hidden blocks: written by one person, signed by another, beforehand."""

    list_display = ["text", "written_by", "signed"]
    list_select_related = ["written_by", "signed_by"]
    fields = ["text", "written_by", "signed"]
    readonly_fields = ["written_by", "signed"]
    view_on_site = False
    actions = None
    change_form_template = "admin/articles/emergency_notice.html"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: EmergencyNotice, form: Any, change: bool) -> None:
        obj.written_by = staff(request)
        super().save_model(request, obj, form, change)

    @admin.display(description="signed")
    def signed(self, notice: EmergencyNotice) -> SafeString | str:
        if notice.signed_at is None:
            return "Not signed: it cannot be used yet."
        return format_html("{}, {}", str(notice.signed_by), f"{notice.signed_at:%-d %B %Y}")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        notice = self.get_object(request, object_id)
        may_sign = notice is not None and notice.signed_at is None and roles.holds(request.user, SIGN)
        why_not = emergency.why_not_sign(notice, staff(request)) if notice and may_sign else ""
        extra = {**(extra_context or {}), "notice": notice, "may_sign": may_sign, "why_not": why_not}
        return super().change_view(request, object_id, form_url, extra)

    def get_urls(self) -> list[URLPattern]:
        own = [path("<int:notice_id>/sign/", sign_notice, name="articles_emergencynotice_sign")]
        return own + super().get_urls()


@admin.register(Takedown)
class TakedownAdmin(Ledger):
    """Everything that was taken from readers, and how it ended."""

    list_display = ["article", "kind", "by", "at", "confirmed_by", "lifted_by"]
    list_select_related = ["article", "by", "confirmed_by", "lifted_by"]
    list_filter = ["kind"]
    fields = [
        "article",
        "kind",
        "reason",
        "reader_note",
        "by",
        "at",
        "confirmed_by",
        "confirmed_at",
        "lifted_by",
        "lifted_at",
    ]

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("<int:takedown_id>/confirm/", confirm, name="articles_takedown_confirm"),
            path("<int:takedown_id>/lift/", lift, name="articles_takedown_lift"),
        ]
        return own + super().get_urls()


@admin.register(EmergencyEdit)
class EmergencyEditAdmin(Ledger):
    """Every time blocks were hidden, and what the reviewer found."""

    list_display = ["page", "by", "at", "reviewed_by", "reviewed_at"]
    list_select_related = ["page__article", "by", "reviewed_by"]
    fields = ["page", "reason", "by", "at", "reviewed_by", "reviewed_at", "finding"]

    def get_urls(self) -> list[URLPattern]:
        return [path("<int:edit_id>/review/", review_edit, name="articles_emergencyedit_review"), *super().get_urls()]
