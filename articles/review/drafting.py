"""Writing: start a draft, save it, hand it to the reviewers, take it back."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max, Min, Q
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
from articles.review.claiming import close_request, open_request
from articles.review.coverage import approve_or_reopen
from articles.review.crediting import credit, follow_suggested_words, lock_suggestions
from articles.review.eligibility import require
from citations.models import Source
from mesoinfo import audit
from mesoinfo.models import User

# A contribution to no block in particular: which blocks it was is noted later, or in an earlier revision.
AT_WORK = Q(kind=ContributionKind.EDIT, block_key="", digest="")
LONGEST_TITLE = 300  # as long as the column of a published page
ERRORS_TOLD = 3  # when a draft cannot be submitted; the editor shows all of them
EMPTY_PAGE = "# Title of the page\n\nOne or two sentences that say what the reader will learn.\n"


@transaction.atomic
def start_draft(article: Article, *, by: User, words_of: Revision | None = None) -> Revision:
    """A new draft: a copy of `words_of`, or of what reviewers sent back last, or of what readers see or saw last, or of
    what was written before, or an empty page.

    Raises TransitionRefused when a draft is already open.
    """
    require(by, "articles.write_revision", "Writing drafts needs the writer or editor role.")
    Article.objects.locked(article.pk)
    open_draft = article.revisions.drafts().first()
    if open_draft:
        raise TransitionRefused(
            f"There is already a draft of this page, started by {open_draft.created_by}. Open that one."
        )
    newest = article.revisions.order_by("-number").first()
    shown_last = article.shown_last.revision if article.shown_last else None
    sent_back = newest if newest and newest.status == RevisionStatus.CHANGES_REQUESTED else None
    parent = words_of or sent_back or shown_last or newest
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
def restore(old: Revision, *, by: User) -> Revision:
    """A new draft with the words of an earlier revision.

    Whoever restores has changed the page by what differs from the one published before. Whoever wrote the words that
    come back is a contributor again: who could not sign them when they were new cannot sign them now.
    Raises TransitionRefused when a draft is already open.
    """
    article = old.article
    Article.objects.locked(article.pk)
    lock_suggestions(article)
    draft = start_draft(article, by=by, words_of=old)
    published = article.revisions.filter(published_pages__isnull=False).order_by("-number").first()
    if published is None:
        credit(draft, by=by, before=[], after=compile_page(draft.text, for_text(draft.text, article)).blocks)
        return draft
    # What readers have may be older than what was published last: they may have been led back to it.
    last = article.published_pages.select_related("revision").latest("pk").revision
    # Both as they compile today: an offer or source that has changed since is nobody's contribution.
    before = compile_page(last.text, for_text(last.text, article)).blocks
    after = compile_page(draft.text, for_text(draft.text, article)).blocks
    credit(draft, by=by, before=before, after=after)
    coming_back = [block.key for block in after if block.digest not in {known.digest for known in before}]
    writers = _writers_of(old, coming_back, until=published.number) - {by.pk}
    Contribution.objects.bulk_create(Contribution(revision=draft, user_id=writer) for writer in sorted(writers))
    return draft


def _writers_of(revision: Revision, keys: list[str], *, until: int) -> set[int]:
    """Ids of the users on record for these blocks of the revision, where they came up to revision number `until`.

    Of each block they are those who could not sign it when it was new: all who helped write the revision that first
    held it, since the one published before that.
    """
    revisions = Revision.objects.filter(article=revision.article)
    digests = revision.blocks.filter(key__in=keys).values("digest")
    first_in = (
        Block.objects.filter(revision__in=revisions.filter(number__lte=until), digest__in=digests)
        .order_by()
        .values("digest")
        .annotate(number=Min("revision__number"))
    )
    writers: set[int] = set()
    for number in {row["number"] for row in first_in}:
        earlier = revisions.filter(number__lt=number, published_pages__isnull=False)
        since = revisions.filter(number__lte=number, number__gt=earlier.aggregate(Max("number"))["number__max"] or 0)
        writers |= set(Contribution.objects.filter(revision__in=since).values_list("user_id", flat=True))
    return writers


@transaction.atomic
def save_draft(
    revision: Revision, *, text: str, version: int, by: User, change_note: str | None = None
) -> CompiledPage:
    """Keep the writer's text and, unless it is None, their change note; cut the text into blocks, and note which blocks
    they changed.

    `version` is the one the writer began from. Raises StaleDraft, holding the draft as it now stands,
    when somebody saved in between; TransitionRefused when it is no longer a draft.
    """
    current = _keep(revision, text=text, change_note=change_note, version=version, by=by)
    compiled = _take_stock(current)
    audit.record(by, "revision.saved", current, version=current.version)
    revision.refresh_from_db()
    return compiled


@transaction.atomic
def autosave(revision: Revision, *, text: str, change_note: str, version: int, by: User) -> None:
    """Keep what somebody is still typing, as save_draft does, and raise the same.

    Half a word is no block yet. That this person is at work is on record at once, in one row however long they type;
    which blocks they changed is noted when they save, submit or abandon the draft, or when somebody else goes on.
    """
    current = _keep(revision, text=text, change_note=change_note, version=version, by=by)
    if not current.contributions.filter(AT_WORK, user=by).exists():
        Contribution.objects.create(revision=current, user=by)
    revision.refresh_from_db()


def _keep(revision: Revision, *, text: str, change_note: str | None, version: int, by: User) -> Revision:
    """The one writer of a draft's text. Gives the draft, locked, as it now stands."""
    require(by, "articles.write_revision", "Writing drafts needs the writer or editor role.")
    # Locked by itself: joined to who saved it, the row would not be found once another save has changed that.
    current = Revision.objects.select_for_update(of=("self",)).select_related("article").get(pk=revision.pk)
    if not current.is_draft:
        raise TransitionRefused("This revision is no longer a draft. Start a new draft and put your text there.")
    if current.version != version:
        raise StaleDraft(current)
    if current.saved_by_id != by.pk:
        _take_stock_of_typing(current)
    current.text = text
    if change_note is not None:
        current.change_note = change_note
    current.version += 1
    current.saved_by = by
    current.saved_at = timezone.now()
    current.save(update_fields=["text", "change_note", "version", "saved_by", "saved_at"])
    return current


def _take_stock(revision: Revision) -> CompiledPage:
    """Cut the text into blocks, and note which of them whoever saved it has changed since this was last done."""
    compiled = compile_page(revision.text, for_text(revision.text, revision.article))
    before = list(revision.blocks.all())
    _store_blocks(revision, compiled, before=before)
    credit(revision, by=revision.saved_by, before=before, after=compiled.blocks)
    return compiled


def _take_stock_of_typing(revision: Revision) -> None:
    """The same, where whoever saved it last may have left it half typed."""
    if revision.contributions.filter(AT_WORK, user=revision.saved_by).exists():
        _take_stock(revision)


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
    Article.objects.locked(revision.article_id)
    current = Revision.objects.select_for_update(of=("self",)).select_related("article").get(pk=revision.pk)
    if not current.is_draft:
        raise TransitionRefused("This revision has already been submitted.")
    if current.article.revisions.under_review().exists():
        raise TransitionRefused(
            "Another revision of this page is under review. Wait for its reviewers, or recall it first."
        )
    _take_stock_of_typing(current)
    compiled = compile_page(current.text, for_text(current.text, current.article))
    errors = [finding for finding in compiled.findings if finding.severity == "error"]
    if errors:
        told = " ".join(f"Line {error.line}: {error.message}" for error in errors[:ERRORS_TOLD])
        more = f" And {len(errors) - ERRORS_TOLD} more." if len(errors) > ERRORS_TOLD else ""
        raise TransitionRefused(
            f"{len(errors)} {'thing needs' if len(errors) == 1 else 'things need'} mending first. {told}{more}"
        )
    if len(compiled.title) > LONGEST_TITLE:
        raise TransitionRefused(f"The title is longer than {LONGEST_TITLE} characters. Make it shorter.")
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
    approve_or_reopen(revision, by=by)
    return request


@transaction.atomic
def recall(revision: Revision, *, reason: str, by: User) -> Revision:
    """Take a revision back from review, and return a new draft with its words."""
    require(by, "articles.write_revision", "Recalling needs the writer or editor role.")
    if not reason.strip():
        raise TransitionRefused("Say in a sentence why you take it back.")
    Article.objects.locked(revision.article_id)
    if revision.article.revisions.drafts().exists():
        raise TransitionRefused("There is already a draft of this page. Abandon that one first, or go on with it.")
    close_request(revision, Outcome.RECALLED, by=by, reason=reason.strip())
    revision.abandon(by=by, reason=reason.strip())
    return start_draft(revision.article, by=by, words_of=revision)


@transaction.atomic
def abandon(revision: Revision, *, reason: str, by: User) -> None:
    """Give a draft up, or a revision under review. It is kept and can be read, but goes no further."""
    require(by, "articles.write_revision", "Abandoning needs the writer or editor role.")
    if not reason.strip():
        raise TransitionRefused("Say in a sentence why it is given up.")
    Article.objects.locked(revision.article_id)
    current = Revision.objects.select_for_update(of=("self",)).select_related("article").get(pk=revision.pk)
    if current.is_draft:
        _take_stock_of_typing(current)
    close_request(revision, Outcome.RECALLED, by=by, reason=reason.strip())
    revision.abandon(by=by, reason=reason.strip())
