"""What is said beside the words: comments, answers, suggested wordings. What was typed always comes back."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from articles.admin.access import READ, SIGN, WRITE, desk_view, refused
from articles.admin.asking import ReasonForm
from articles.admin.places import article_page, find_revision
from articles.admin.reviewing import review_screen
from articles.admin.writing import DraftForm, Said, both_texts, editor
from articles.models import Block, Comment, Revision, Suggestion, TransitionRefused
from articles.models.revision import UNDER_REVIEW, StaleDraft
from articles.review import commenting, drafting, suggesting
from mesoinfo.desk import staff

GONE = "This block is not in the revision, so nothing was kept. Open the review again and say it there."

NO_DRAFT = "There is no draft any longer, or not yet, so nothing was done. Start one first."


def _given(request: HttpRequest, name: str) -> str:
    """What was typed in this field, without NULs: no text can hold one."""
    return request.POST.get(name, "").replace("\x00", "")


def _block(request: HttpRequest, revision: Revision) -> Block | None:
    return revision.blocks.filter(key=_given(request, "block")).first()


def _mend(request: HttpRequest, revision: Revision, refusal: TransitionRefused, said: Said) -> HttpResponse:
    """The review screen again, with the form as it was typed and the sentence above it."""
    if revision.status not in UNDER_REVIEW or not commenting.may_comment(staff(request)):
        return refused(request, str(refusal), back=article_page(revision.article))
    return review_screen(request, revision, ReasonForm(), said={**said, "refusal": str(refusal)}, status=400)


def _typed(request: HttpRequest) -> Said:
    names = ("block", "text", "words", "prefix", "blocking", "wording", "reason")
    return {name: _given(request, name) for name in names}


def _back(request: HttpRequest, revision: Revision, place: str) -> HttpResponse:
    """Back to where it was said: the page of the article, the draft, or the review."""
    if revision.is_draft and "from_article" not in request.POST:
        return redirect(f"{reverse('admin:articles_revision_write', args=[revision.pk])}#{place}")
    if revision.status in UNDER_REVIEW and "from_article" not in request.POST:
        return redirect(f"{reverse('admin:articles_revision_review', args=[revision.pk])}#{place}")
    return redirect(f"{article_page(revision.article)}#{place}")


def _while_writing(
    request: HttpRequest,
    draft: Revision,
    step: Callable[[DraftForm], None],
    *,
    done: str,
    said: Said | None = None,
    saves: bool = False,
) -> HttpResponse:
    """Take a step that came with the text of the draft, and keep that text: whatever fails, nothing typed is lost.

    A step that `saves` keeps the text itself.
    """
    form = DraftForm(request.POST)
    if not form.is_valid():
        return editor(request, draft, form, said=said, status=400)
    try:
        step(form)
        messages.success(request, done)
        said = None
        if not saves and form.cleaned_data["text"] != draft.text:
            drafting.save_draft(
                draft, text=form.cleaned_data["text"], version=form.cleaned_data["version"], by=staff(request)
            )
    except StaleDraft as stale:
        return both_texts(request, stale, form)
    except TransitionRefused as refusal:
        if not find_revision(draft.pk).is_draft:
            return refused(request, str(refusal), back=article_page(draft.article))
        form.add_error(None, str(refusal))
        return editor(request, draft, form, said=said, status=400)
    return redirect(f"{reverse('admin:articles_revision_write', args=[draft.pk])}#beside")


@require_POST
@desk_view(reading=READ)
def comment(request: HttpRequest, revision_id: int) -> HttpResponse:
    """Say something about a block, or about words of it."""
    revision = find_revision(revision_id)
    block = _block(request, revision)
    if block is None:
        return refused(request, GONE, back=article_page(revision.article))
    try:
        made = commenting.comment(
            revision,
            block=block,
            text=_given(request, "text"),
            words=_given(request, "words"),
            prefix=_given(request, "prefix"),
            blocking="blocking" in request.POST,
            by=staff(request),
        )
    except TransitionRefused as refusal:
        return _mend(request, revision, refusal, {**_typed(request), "kind": "comment"})
    messages.success(request, "Your comment is there.")
    return _back(request, find_revision(revision.pk), f"thread-{made.pk}")


@require_POST
@desk_view(reading=READ)
def answer(request: HttpRequest, comment_id: int, revision_id: int) -> HttpResponse:
    """Answer in a thread, resolve it, or both; from the editor, the text that was written so far is saved as well."""
    thread = get_object_or_404(Comment.objects.select_related("author", "article"), pk=comment_id, parent=None)
    revision = find_revision(revision_id)
    if revision.article_id != thread.article_id:
        return refused(request, "This comment is on another page.", back=article_page(revision.article))
    text, resolves = _given(request, f"answer-{thread.pk}"), "resolve" in request.POST
    said: Said = {"thread": thread.pk, "text": text}
    done = "Resolved." if resolves else "Your answer is there."

    @transaction.atomic
    def say(form: DraftForm | None = None) -> None:
        if text.strip() or not resolves:
            commenting.answer(thread, revision=revision, text=text, by=staff(request))
        if resolves:
            commenting.resolve(thread, by=staff(request))

    if "version" in request.POST:
        return _while_writing(request, revision, say, done=done, said=said)
    try:
        say()
    except TransitionRefused as refusal:
        return _mend(request, revision, refusal, said)
    messages.success(request, done)
    return _back(request, find_revision(revision.pk), "progress" if resolves else f"thread-{thread.pk}")


@require_POST
@desk_view(acting=SIGN)
def suggest(request: HttpRequest, revision_id: int) -> HttpResponse:
    """Propose another wording of a block."""
    revision = find_revision(revision_id)
    block = _block(request, revision)
    if block is None:
        return refused(request, GONE, back=article_page(revision.article))
    try:
        made = suggesting.suggest(
            revision,
            block=block,
            wording=_given(request, "wording"),
            reason=_given(request, "reason"),
            by=staff(request),
        )
    except TransitionRefused as refusal:
        return _mend(request, revision, refusal, {**_typed(request), "kind": "suggest"})
    messages.success(request, "Your wording is with the writers.")
    return _back(request, revision, f"suggestion-{made.pk}")


def _suggestion(pk: int) -> Suggestion:
    found = Suggestion.objects.select_related("article", "revision__article", "suggested_by")
    return get_object_or_404(found, pk=pk)


def _draft_of(suggestion: Suggestion) -> Revision | None:
    return suggestion.article.revisions.drafts().select_related("article__live").first()


@require_POST
@desk_view(acting=WRITE)
def accept(request: HttpRequest, suggestion_id: int) -> HttpResponse:
    """Take a suggested wording over into the open draft, together with what was written there so far."""
    suggestion = _suggestion(suggestion_id)
    draft = _draft_of(suggestion)
    if draft is None:
        return refused(request, NO_DRAFT, back=article_page(suggestion.article))

    def put_in(form: DraftForm) -> None:
        text, version = form.cleaned_data["text"], form.cleaned_data["version"]
        suggesting.accept(suggestion, draft, text=text, version=version, by=staff(request))

    done = "The suggested wording is in the draft. You have written it now."
    return _while_writing(request, draft, put_in, done=done, saves=True)


@require_POST
@desk_view(reading=READ)
def decline(request: HttpRequest, suggestion_id: int) -> HttpResponse:
    """Leave the words as they are; for the reviewer: take the suggestion back."""
    suggestion = _suggestion(suggestion_id)
    done = "The words stay as they are."

    def leave(form: DraftForm | None = None) -> None:
        suggesting.decline(suggestion, by=staff(request))

    if "version" in request.POST:
        draft = _draft_of(suggestion)
        if draft is None:
            return refused(request, NO_DRAFT, back=article_page(suggestion.article))
        return _while_writing(request, draft, leave, done=done)
    try:
        leave()
    except TransitionRefused as refusal:
        return refused(request, str(refusal), back=article_page(suggestion.article))
    messages.success(request, done)
    return _back(request, suggestion.revision, "progress")
