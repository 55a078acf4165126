"""Writers' screens: start a draft or restore old words, write with a live preview, submit, take back, give up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_http_methods, require_POST
from markdownx.widgets import MarkdownxWidget

from articles.admin import markdown
from articles.admin.access import WRITE, desk_view, refused
from articles.admin.asking import ReasonForm, ask, done
from articles.admin.places import article_page, find_revision
from articles.admin.preview import LONGEST_TEXT, render_preview
from articles.markup import compile_page
from articles.markup.library import for_text
from articles.models import Article, ReviewRequest, Revision, RevisionStatus, Significance, TransitionRefused
from articles.models.revision import StaleDraft
from articles.review import drafting
from articles.review.coverage import TAKEN_OUT, unsigned_blocks
from articles.review.talk import talk_on
from articles.review.waiving import listed
from mesoinfo.desk import staff

Said = dict[str, Any]  # what was typed about a block or in a thread, by field, and why it was refused
# The stubs of Django 5.2 know scripts by name only.
# What is pasted is turned into Markdown first, so that the editor's script sees pictures only.
EDITOR_SCRIPTS: Any = [
    forms.Script(f"js/{name}.js", defer=True) for name in ("paste", "page-editor", "citing", "autosave")
]


class PageTextWidget(MarkdownxWidget):
    """The django-markdownx editor, with a preview that is there before any script runs."""

    def __init__(self, *, preview: str = "") -> None:
        super().__init__(attrs={"rows": 30, "spellcheck": "true", "autocapitalize": "sentences"})
        self.preview = preview
        self.article: Article | None = None  # whose text it is: the preview asks for it again

    @staticmethod
    def add_markdownx_attrs(attrs: dict[str, Any]) -> dict[str, Any]:
        # Text and preview stand side by side and scroll each on their own.
        added: dict[str, Any] = MarkdownxWidget.add_markdownx_attrs(attrs)
        return added | {"data-markdownx-editor-resizable": "False"}

    def build_attrs(self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None) -> dict[str, Any]:
        attrs: dict[str, Any] = super().build_attrs(base_attrs, extra_attrs)
        # Browsers cut off without a word what is longer; the form says so, and keeps it.
        attrs.pop("maxlength", None)
        return attrs

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        context = self.get_context(name, value, attrs or {})
        context["widget"]["attrs"]["data-sources"] = reverse("admin:citations_source_completions")
        if self.article is not None:
            address = f"{reverse('markdown_preview')}?article={self.article.pk}"
            context["widget"]["attrs"]["data-markdownx-urls-path"] = address
        textarea = self._render("django/forms/widgets/textarea.html", context, renderer)
        return render_to_string("admin/articles/page_text_widget.html", {"textarea": textarea, "preview": self.preview})


class DraftForm(forms.Form):
    """What a writer sends: the page's text, the save it began from, and what changed."""

    text = forms.CharField(
        label="Text of the page",
        strip=False,
        max_length=LONGEST_TEXT,
        widget=PageTextWidget,
        error_messages={
            "required": "There is no text. A page starts with # and its title.",
            "max_length": f"The text is longer than {LONGEST_TEXT:,} characters. Split the page.",
        },
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    change_note = forms.CharField(
        label="Change note",
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
        help_text="What changed and why. The reviewer reads it first. Needed to submit.",
        error_messages={"max_length": "The change note is longer than 300 characters. Make it shorter."},
    )

    significance = forms.ChoiceField(
        label="How much it changes",
        required=False,
        choices=Significance.choices,
        initial=Significance.NORMAL,
        help_text="A safety correction is due for review tomorrow.",
        error_messages={"invalid_choice": "Choose from the list how much the change means."},
    )

    def clean_significance(self) -> Significance:
        return Significance(self.cleaned_data["significance"] or Significance.NORMAL)

    def clean_text(self) -> str:
        # Browsers send CRLF, whatever they were given.
        return str(self.cleaned_data["text"]).replace("\r\n", "\n")


@require_POST
@desk_view(acting=WRITE)
def start(request: HttpRequest, article_id: int) -> HttpResponse:
    """Start a draft and open it."""
    article = get_object_or_404(Article.objects.select_related("live__revision"), pk=article_id)
    try:
        draft = drafting.start_draft(article, by=staff(request))
    except TransitionRefused as refusal:
        return refused(request, str(refusal), back=article_page(article), back_label=f"Back to {article}")
    return redirect("admin:articles_revision_write", draft.pk)


@require_POST
@desk_view(acting=WRITE)
def restore(request: HttpRequest, revision_id: int) -> HttpResponse:
    """Start a draft with the words of this revision, and open it."""
    old = find_revision(revision_id)
    try:
        draft = drafting.restore(old, by=staff(request))
    except TransitionRefused as refusal:
        return refused(request, str(refusal), back=article_page(old.article), back_label=f"Back to {old.article}")
    messages.success(request, f"This draft has the words of revision {old.number}.")
    return redirect("admin:articles_revision_write", draft.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(acting=WRITE)
def write(request: HttpRequest, revision_id: int) -> HttpResponse:
    """The editor. A save that comes second gets 409 with both texts; nothing typed is ever dropped."""
    revision = find_revision(revision_id)
    if request.method != "POST":
        if not revision.is_draft:
            return redirect("admin:articles_revision_read", revision.pk)
        form = DraftForm(
            initial={"text": revision.text, "version": revision.version, "change_note": revision.change_note}
        )
        return editor(request, revision, form)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return editor(request, revision, form, status=400)
    try:
        compiled = drafting.save_draft(
            revision,
            text=form.cleaned_data["text"],
            version=form.cleaned_data["version"],
            by=staff(request),
            change_note=form.cleaned_data["change_note"],
        )
    except StaleDraft as stale:
        return both_texts(request, stale, form)
    except TransitionRefused as refusal:
        return refused(
            request, str(refusal), back=article_page(revision.article), back_label=f"Back to {revision.article}"
        )
    if "submit" not in request.POST:
        errors = sum(finding.severity == "error" for finding in compiled.findings)
        messages.success(
            request, "Saved." if not errors else f"Saved. {errors} to mend before it can be submitted: see the preview."
        )
        return redirect("admin:articles_revision_write", revision.pk)
    try:
        drafting.submit(
            revision,
            change_note=form.cleaned_data["change_note"],
            significance=form.cleaned_data["significance"],
            by=staff(request),
        )
    except TransitionRefused as refusal:
        form = DraftForm(
            data={
                "text": revision.text,
                "version": revision.version,
                "change_note": form.cleaned_data["change_note"],
                "significance": form.cleaned_data["significance"],
            }
        )
        note_missing = form.is_valid() and not form.cleaned_data["change_note"].strip()
        form.add_error("change_note" if note_missing else None, f"{refusal} Your text is saved.")
        return editor(request, revision, form, status=400)
    if revision.status == RevisionStatus.APPROVED:
        messages.success(request, "Submitted. Every block had been signed before, so it is approved.")
    elif {block.key for block in unsigned_blocks(revision)} == {TAKEN_OUT}:
        messages.success(
            request,
            "Submitted. What is left had been signed before, but blocks were taken out or moved: a reviewer "
            "signs that first.",
        )
    else:
        messages.success(request, "Submitted. From now on its words are fixed, and the reviewers have them.")
    return redirect(article_page(revision.article))


@markdown.for_writers
def autosave(request: HttpRequest, revision_id: int) -> HttpResponse:
    """Save what is being typed, for the editor's script: the version to go on from and when, or why not.

    409 says that no later save of this window can succeed by itself: somebody has to look.
    """
    revision = find_revision(revision_id)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return markdown.refusal(str(next(iter(form.errors.values()))[0]), 400)
    try:
        typed = {name: form.cleaned_data[name] for name in ("text", "change_note", "version")}
        drafting.autosave(revision, by=staff(request), **typed)
    except StaleDraft as stale:
        return markdown.refusal(f"{who_was_first(request, stale)} Press “Save draft” to see both texts.", 409)
    except TransitionRefused as refusal:
        return markdown.refusal(str(refusal), 409)
    return JsonResponse({"version": revision.version, "saved_at": revision.saved_at.isoformat()})


def editor(
    request: HttpRequest, revision: Revision, form: DraftForm, *, said: Said | None = None, status: int = 200
) -> HttpResponse:
    """The editing screen around this form, its preview drawn from the form's own text.

    `said` is an answer to a comment that has to be mended first.
    """
    text = str(form["text"].value() or "").replace("\r\n", "\n")
    note = str(form["change_note"].value() or "")
    previewed = text[:LONGEST_TEXT]
    compiled = compile_page(previewed, for_text(previewed, revision.article))
    widget = form.fields["text"].widget
    assert isinstance(widget, PageTextWidget)
    widget.article = revision.article
    findings = listed(compiled, revision.article, revision, user=staff(request))
    widget.preview = mark_safe(render_preview(compiled, findings))  # our own template, sanitised by the compiler
    context = {
        **admin.site.each_context(request),
        "title": f"Draft of {revision.article}",
        "revision": revision,
        "article": revision.article,
        "form": form,
        "unsaved": (text, note) != (revision.text, revision.change_note),
        "media": form.media + forms.Media(js=EDITOR_SCRIPTS),
        "sent_back": sent_back_before(revision),
        "uploads_at": reverse("markdown_upload"),
        "talk": talk_on(revision.article, compiled.blocks, previewed),
        "said": said,
    }
    return TemplateResponse(request, "admin/articles/write.html", context, status=status)


def sent_back_before(revision: Revision) -> ReviewRequest | None:
    """What the reviewers asked for, when this draft answers them."""
    parent = revision.parent
    if parent is None or parent.status != RevisionStatus.CHANGES_REQUESTED:
        return None
    return ReviewRequest.objects.select_related("closed_by").filter(revision=parent).first()


def both_texts(request: HttpRequest, stale: StaleDraft, form: DraftForm) -> HttpResponse:
    """409: this writer's text, ready to be saved over the other once they are put together, and the other one."""
    theirs = stale.theirs
    context = {
        **admin.site.each_context(request),
        "title": "This draft was saved while you were writing",
        "sentence": f"{who_was_first(request, stale)} Both texts are below: put them together, then save again.",
        "article": theirs.article,
        "theirs": theirs,
        "mine": form.cleaned_data["text"],
        "change_note": form.cleaned_data["change_note"],
        "significance": form.cleaned_data["significance"],
    }
    return TemplateResponse(request, "admin/articles/both_texts.html", context, status=409)


def who_was_first(request: HttpRequest, stale: StaleDraft) -> str:
    theirs = stale.theirs
    if theirs.saved_by == request.user:
        return f"You saved this draft in another window at {theirs.saved_at:%H:%M} UTC."
    return f"{theirs.saved_by} saved this draft at {theirs.saved_at:%H:%M} UTC, while you were writing."


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(acting=WRITE)
def recall(request: HttpRequest, revision_id: int) -> HttpResponse:
    """Take a revision back from the reviewers, and open a draft with its words."""
    revision = find_revision(revision_id)

    def step(given: dict[str, Any]) -> HttpResponse:
        draft = drafting.recall(revision, reason=given["reason"], by=staff(request))
        return done(
            request, "Recalled. This draft has its words.", reverse("admin:articles_revision_write", args=[draft.pk])
        )

    return ask(
        request,
        ReasonForm(request.POST or None),
        step,
        title=f"Recall revision {revision.number} of {revision.article}",
        explanation="It leaves review, and its words are copied into a new draft. What is signed stays signed.",
        button="Recall",
        article=revision.article,
        back=article_page(revision.article),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(acting=WRITE)
def abandon(request: HttpRequest, revision_id: int) -> HttpResponse:
    """Give a draft up, or a revision under review."""
    revision = find_revision(revision_id)
    back = article_page(revision.article)

    def step(given: dict[str, Any]) -> HttpResponse:
        drafting.abandon(revision, reason=given["reason"], by=staff(request))
        return done(request, "Abandoned.", back)

    return ask(
        request,
        ReasonForm(request.POST or None),
        step,
        title=f"Abandon revision {revision.number} of {revision.article}",
        explanation="It is kept and can be read, but goes no further. The live page stays as it is.",
        button="Abandon",
        article=revision.article,
        back=back,
    )
