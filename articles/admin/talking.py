"""What is said beside the words: comments, answers, suggested wordings. What was typed always comes back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from articles.admin.access import READ, SIGN, WRITE, desk_view, refused
from articles.admin.reviewing import review_screen
from articles.admin.writing import ReasonForm, article_page, find_revision
from articles.models import Block, Comment, Revision, Suggestion, TransitionRefused
from articles.models.revision import UNDER_REVIEW, StaleDraft
from articles.review import commenting, suggesting
from mesoinfo.desk import staff

GONE = "This block is not in the revision any longer, so nothing was kept. Open the review again and say it there."


def _block(request: HttpRequest, revision: Revision) -> Block | None:
    """The block that the form is about: by its digest, and its key where two are alike."""
    alike = list(revision.blocks.filter(digest=request.POST.get("block", "")))
    return next((block for block in alike if block.key == request.POST.get("key")), alike[0] if alike else None)


def _mend(request: HttpRequest, revision: Revision, refusal: TransitionRefused, **talk: Any) -> HttpResponse:
    """The review screen again, with the form as it was typed and the sentence above it."""
    if revision.status not in UNDER_REVIEW:
        return refused(request, str(refusal), back=article_page(revision.article))
    talk |= {name: request.POST.get(name, "") for name in ("text", "words", "prefix", "blocking", "wording", "reason")}
    return review_screen(request, revision, ReasonForm(), talk={**talk, "refusal": str(refusal)}, status=400)


def _review(revision: Revision, place: str) -> HttpResponse:
    if revision.status not in UNDER_REVIEW:
        return redirect(article_page(revision.article))
    return redirect(f"{reverse('admin:articles_revision_review', args=[revision.pk])}#{place}")


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
            text=request.POST.get("text", ""),
            words=request.POST.get("words", ""),
            prefix=request.POST.get("prefix", ""),
            blocking="blocking" in request.POST,
            by=staff(request),
        )
    except TransitionRefused as refusal:
        return _mend(request, revision, refusal, kind="comment", block=block.digest)
    messages.success(request, "Your comment is there.")
    return _review(revision, f"thread-{made.pk}")


@require_POST
@desk_view(reading=READ)
def answer(request: HttpRequest, comment_id: int, revision_id: int) -> HttpResponse:
    """Answer in a thread, resolve it, or both."""
    thread = get_object_or_404(Comment.objects.select_related("author", "article"), pk=comment_id, parent=None)
    revision = find_revision(revision_id)
    if revision.article_id != thread.article_id:
        return refused(request, "This comment is on another page.", back=article_page(revision.article))
    text, resolves = request.POST.get("text", ""), "resolve" in request.POST
    try:
        if text.strip() or not resolves:
            commenting.answer(thread, revision=revision, text=text, by=staff(request))
        if resolves:
            commenting.resolve(thread, by=staff(request))
    except TransitionRefused as refusal:
        return _mend(request, revision, refusal, thread=thread.pk)
    messages.success(request, "Resolved." if resolves else "Your answer is there.")
    revision.refresh_from_db()
    return _review(revision, "progress" if resolves else f"thread-{thread.pk}")


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
            wording=request.POST.get("wording", ""),
            reason=request.POST.get("reason", ""),
            by=staff(request),
        )
    except TransitionRefused as refusal:
        return _mend(request, revision, refusal, kind="suggest", block=block.digest)
    messages.success(request, "Your wording is with the writers.")
    return _review(revision, f"suggestion-{made.pk}")


def _suggestion(pk: int) -> Suggestion:
    found = Suggestion.objects.select_related("article", "revision__article", "suggested_by")
    return get_object_or_404(found, pk=pk)


@require_POST
@desk_view(acting=WRITE)
def accept(request: HttpRequest, suggestion_id: int) -> HttpResponse:
    """Take a suggested wording over into the open draft."""
    suggestion = _suggestion(suggestion_id)
    back = article_page(suggestion.article)
    draft = suggestion.article.revisions.drafts().select_related("article").first()
    if draft is None:
        return refused(request, "There is no draft to put it into. Start one first.", back=back)
    version = request.POST.get("version", "")
    try:
        suggesting.accept(
            suggestion, draft, version=int(version) if version.isdecimal() else draft.version, by=staff(request)
        )
    except StaleDraft:
        return refused(
            request,
            "Somebody saved the draft since you opened it. Look at it again, then take the wording over.",
            back=reverse("admin:articles_revision_write", args=[draft.pk]),
        )
    except TransitionRefused as refusal:
        return refused(request, str(refusal), back=reverse("admin:articles_revision_write", args=[draft.pk]))
    messages.success(request, "The suggested wording is in the draft. You have written it now.")
    return redirect("admin:articles_revision_write", draft.pk)


@require_POST
@desk_view(reading=READ)
def decline(request: HttpRequest, suggestion_id: int) -> HttpResponse:
    """Leave the words as they are; for the reviewer: take the suggestion back."""
    suggestion = _suggestion(suggestion_id)
    try:
        suggesting.decline(suggestion, by=staff(request))
    except TransitionRefused as refusal:
        return refused(request, str(refusal), back=article_page(suggestion.article))
    messages.success(request, "The words stay as they are.")
    draft = suggestion.article.revisions.drafts().first()
    if draft is not None and suggestion.suggested_by != request.user:
        return redirect("admin:articles_revision_write", draft.pk)
    return _review(suggestion.revision, "progress")
