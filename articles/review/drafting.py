"""Writing: start a draft, save it, hand it to the reviewers, take it back."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from articles.markup import CompiledPage, compile_page
from articles.markup.library import for_text
from articles.models import (
    Article,
    Block,
    Citation,
    Contribution,
    ReviewRequest,
    Revision,
    RevisionStatus,
    Significance,
    TransitionRefused,
)
from articles.models.review import Outcome
from articles.models.revision import ContributionKind, StaleDraft
from articles.review.claiming import open_request
from articles.review.coverage import settle
from articles.review.crediting import credit, follow_suggested_words
from citations.models import Source
from mesoinfo import audit, roles
from mesoinfo.models import User

EMPTY_PAGE = "# Title of the page\n\nOne or two sentences that say what the reader will learn.\n"


def require(user: User, permission: str, sentence: str) -> None:
    """Raise TransitionRefused with `sentence` unless one of the user's roles gives the permission."""
    if not roles.holds(user, permission):
        raise TransitionRefused(sentence)


@transaction.atomic
def start_draft(article: Article, *, by: User) -> Revision:
    """A new draft: a copy of what reviewers sent back last, or of the page as it is live, or an empty page.

    Raises TransitionRefused when a draft is already open.
    """
    require(by, "articles.write_revision", "Writing drafts needs the writer or editor role.")
    Article.objects.select_for_update().get(pk=article.pk)
    open_draft = article.revisions.drafts().first()
    if open_draft:
        raise TransitionRefused(
            f"There is already a draft of this page, started by {open_draft.created_by}. Open that one."
        )
    newest = article.revisions.order_by("-number").first()
    live = article.live.revision if article.live else None
    sent_back = newest if newest and newest.status == RevisionStatus.CHANGES_REQUESTED else None
    parent = sent_back or live or newest
    revision = Revision.objects.create(
        article=article,
        number=(article.revisions.aggregate(Max("number"))["number__max"] or 0) + 1,
        parent=parent,
        text=parent.text if parent else EMPTY_PAGE,
        created_by=by,
        saved_by=by,
    )
    compiled = compile_page(revision.text, for_text(revision.text, article))
    _store_blocks(revision, compiled, before=list(parent.blocks.all()) if parent else [])
    if parent is None:
        credit(revision, by=by, before=[], after=compiled.blocks)
    audit.record(by, "revision.started", revision, copied_from=parent.pk if parent else None)
    return revision


@transaction.atomic
def save_draft(revision: Revision, *, text: str, version: int, by: User) -> CompiledPage:
    """Keep the writer's text, cut it into blocks, and note which blocks they changed.

    `version` is the one the writer began from. Raises StaleDraft, holding the draft as it now stands,
    when somebody saved in between; TransitionRefused when it is no longer a draft.
    """
    require(by, "articles.write_revision", "Writing drafts needs the writer or editor role.")
    # Locked by itself: joined to who saved it, the row would not be found once another save has changed that.
    current = Revision.objects.select_for_update(of=("self",)).select_related("article").get(pk=revision.pk)
    if not current.is_draft:
        raise TransitionRefused("This revision is no longer a draft. Start a new draft and put your text there.")
    if current.version != version:
        raise StaleDraft(current)
    compiled = compile_page(text, for_text(text, current.article))
    before = list(current.blocks.all())
    current.text = text
    current.version += 1
    current.saved_by = by
    current.saved_at = timezone.now()
    current.save(update_fields=["text", "version", "saved_by", "saved_at"])
    _store_blocks(current, compiled, before=before)
    credit(current, by=by, before=before, after=compiled.blocks)
    revision.refresh_from_db()
    return compiled


def _store_blocks(revision: Revision, compiled: CompiledPage, *, before: Sequence[Block]) -> None:
    """Keep what the text compiles to. `before` are the blocks that it was made from."""
    follow_suggested_words(revision.article, before, compiled.blocks)
    revision.blocks.all().delete()
    Block.objects.bulk_create(
        Block(
            revision=revision,
            position=position,
            key=block.key,
            kind=block.kind,
            heading_path=list(block.heading_path),
            canonical=block.canonical,
            digest=block.digest,
            html=block.html,
        )
        for position, block in enumerate(compiled.blocks, start=1)
    )
    revision.citations.all().delete()
    sources = Source.objects.in_bulk([use.key for use in compiled.citations], field_name="key")
    Citation.objects.bulk_create(
        Citation(
            revision=revision,
            source=sources[use.key],
            position=position,
            number=use.number,
            block_key=use.block_key,
            locator=use.locator,
        )
        for position, use in enumerate((u for u in compiled.citations if u.key in sources), start=1)
    )


@transaction.atomic
def submit(
    revision: Revision, *, change_note: str, by: User, significance: Significance = Significance.NORMAL
) -> ReviewRequest:
    """Hand the draft to the reviewers: first to whoever reviewed it last. From now on its words are fixed.

    Raises TransitionRefused when the note is missing, the text has errors, or another revision of the
    page is still under review.
    """
    require(by, "articles.write_revision", "Submitting needs the writer or editor role.")
    note = change_note.strip()
    if not note:
        raise TransitionRefused("Say in a sentence what changed and why. The reviewer reads it first.")
    current = Revision.objects.select_for_update(of=("self",)).select_related("article").get(pk=revision.pk)
    if not current.is_draft:
        raise TransitionRefused("This revision has already been submitted.")
    if current.article.revisions.under_review().exists():
        raise TransitionRefused(
            "Another revision of this page is under review. Wait for its reviewers, or recall it first."
        )
    compiled = compile_page(current.text, for_text(current.text, current.article))
    errors = [finding for finding in compiled.findings if finding.severity == "error"]
    if errors:
        raise TransitionRefused(
            f"{len(errors)} {'thing needs' if len(errors) == 1 else 'things need'} mending first. "
            f"Line {errors[0].line}: {errors[0].message}"
        )
    # An offer or source may have changed since the last save: what is submitted is what compiles now.
    _store_blocks(current, compiled, before=list(current.blocks.all()))
    current.change_note = note
    current.significance = significance
    current.submitted_by = by
    current.submitted_at = timezone.now()
    current.save(update_fields=["change_note", "significance", "submitted_by", "submitted_at"])
    Contribution.objects.create(revision=current, user=by, kind=ContributionKind.SUBMIT)
    current.move_to(RevisionStatus.IN_REVIEW, by=by)
    request = open_request(current)
    revision.refresh_from_db()
    settle(revision, by=by)
    return request


@transaction.atomic
def recall(revision: Revision, *, reason: str, by: User) -> Revision:
    """Take a revision back from review, and return a new draft with its words."""
    require(by, "articles.write_revision", "Recalling needs the writer or editor role.")
    if not reason.strip():
        raise TransitionRefused("Say in a sentence why you take it back.")
    if revision.article.revisions.drafts().exists():
        raise TransitionRefused("There is already a draft of this page. Abandon that one first, or go on with it.")
    revision.abandon(by=by, reason=reason.strip())
    close_request(revision, Outcome.RECALLED, by=by, reason=reason.strip())
    draft = start_draft(revision.article, by=by)
    draft.text = revision.text
    draft.parent = revision
    draft.save(update_fields=["text", "parent"])
    compiled = compile_page(draft.text, for_text(draft.text, draft.article))
    _store_blocks(draft, compiled, before=list(revision.blocks.all()))
    return draft


@transaction.atomic
def abandon(revision: Revision, *, reason: str, by: User) -> None:
    """Give a draft up, or a revision under review. It is kept and can be read, but goes no further."""
    require(by, "articles.write_revision", "Abandoning needs the writer or editor role.")
    if not reason.strip():
        raise TransitionRefused("Say in a sentence why it is given up.")
    revision.abandon(by=by, reason=reason.strip())
    close_request(revision, Outcome.RECALLED, by=by, reason=reason.strip())


def close_request(revision: Revision, outcome: Outcome, *, by: User | None, reason: str = "") -> None:
    """Write down how the review of this revision ended."""
    ReviewRequest.objects.filter(revision=revision).update(
        outcome=outcome, reason=reason, closed_by=by, closed_at=timezone.now()
    )
