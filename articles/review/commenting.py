"""Comments on words of a page: made, answered, resolved, and found again in later revisions."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from articles.models import Article, Block, Comment, Revision, TransitionRefused
from articles.review import notices
from articles.review.anchoring import Place, Quote, places_of, quote_in
from articles.review.comparing import AnyBlock
from articles.review.coverage import approve_or_reopen
from citations.models import Source
from mesoinfo import audit, roles
from mesoinfo.models import User

TAKING_PART = ("articles.sign_block", "articles.write_revision")
LONGEST_COMMENT = 5000
_CITED = re.compile(r"\[[^\[\]@]*@[^\[\]]*\]")
_MENTION = re.compile(r"(?<![\w.@])@(\w(?:[\w.+-]*\w)?)")


class CommentRefused(TransitionRefused):
    """A comment that cannot be kept. The text says why, fit to be shown."""


@dataclass(frozen=True)
class Thread:
    """A comment with its answers, and where its words stand now."""

    comment: Comment
    answers: Sequence[Comment]
    place: Place


def may_comment(user: User) -> bool:
    """Whether this person takes part: reviewers and writers do."""
    return any(roles.holds(user, permission) for permission in TAKING_PART)


def may_resolve(thread: Comment, user: User) -> bool:
    """Whether this person may close the thread: if it stops approval, its author or the medical lead alone."""
    return not thread.blocking or thread.author == user or roles.holds(user, "articles.withdraw_any_signoff")


@transaction.atomic
def comment(
    revision: Revision,
    *,
    block: Block,
    text: str,
    by: User,
    words: str = "",
    prefix: str = "",
    blocking: bool = False,
) -> Comment:
    """Say something about words of a block of this revision; about the whole block when no words are given.

    `prefix` is what stood before the words. A blocking comment keeps the page from being approved until it is resolved:
    only reviewers make one. Raises CommentRefused with a sentence.
    """
    _require_part(by)
    if revision.is_draft:
        raise CommentRefused("This is still a draft: its words change with each save. Comment once it is submitted.")
    if blocking and not roles.holds(by, "articles.sign_block"):
        raise CommentRefused("Only reviewers make a comment that stops approval. Leave that box empty.")
    text, mentioned = _checked(text)
    quote = quote_in(block, words, prefix=prefix)
    if quote is None:
        raise CommentRefused(
            "The words you quote do not stand in this block. Copy them as they are, or leave the quotation empty."
        )
    # Signing holds it too: the page is approved before a comment that stops it is there, or not at all.
    Article.objects.locked(revision.article_id)
    made = Comment.objects.create(
        article=revision.article,
        revision=revision,
        author=by,
        text=text,
        blocking=blocking,
        block_key=block.key,
        digest=block.digest,
        quote=quote.words,
        prefix=quote.prefix,
        suffix=quote.suffix,
    )
    _tell(made, mentioned)
    _approve_or_reopen(made, by=by)
    audit.record(by, "comment.made", made)
    return made


@transaction.atomic
def answer(thread: Comment, *, revision: Revision, text: str, by: User) -> Comment:
    """Answer in an open thread, as this revision stands. Raises CommentRefused with a sentence."""
    _require_part(by)
    Article.objects.locked(thread.article_id)
    _require_open(thread)
    text, mentioned = _checked(text)
    made = Comment.objects.create(article=thread.article, revision=revision, parent=thread, author=by, text=text)
    _tell(made, mentioned)
    audit.record(by, "comment.answered", made)
    return made


@transaction.atomic
def resolve(thread: Comment, *, by: User) -> None:
    """Close a thread, for all who take part and may. Raises CommentRefused with a sentence."""
    _require_part(by)
    Article.objects.locked(thread.article_id)
    _require_open(thread)
    if not may_resolve(thread, by):
        raise CommentRefused(
            f"This comment stops approval: {thread.author}, who made it, or the medical lead resolves it."
        )
    thread.resolved_by, thread.resolved_at = by, timezone.now()
    thread.save(update_fields=["resolved_by", "resolved_at"])
    _approve_or_reopen(thread, by=by)
    audit.record(by, "comment.resolved", thread)


def threads_on(article: Article, blocks: Sequence[AnyBlock]) -> list[Thread]:
    """Every open thread of the page, with where its words stand in `blocks`. At most three queries."""
    roots = list(article.comments.open().select_related("author", "revision"))
    if not roots:
        return []
    answers: dict[int | None, list[Comment]] = defaultdict(list)
    for reply in Comment.objects.filter(parent__in=roots).select_related("author"):
        answers[reply.parent_id].append(reply)
    then: dict[int, list[Block]] = defaultdict(list)
    for block in Block.objects.filter(revision__in={root.revision_id for root in roots}):
        then[block.revision_id].append(block)
    places: dict[int, Place] = {}
    for revision_id, before in then.items():
        together = [root for root in roots if root.revision_id == revision_id]
        by_key = {block.key: block for block in before}
        quotes = [(Quote(root.quote, root.prefix, root.suffix), by_key[root.block_key]) for root in together]
        places.update(zip((root.pk for root in together), places_of(quotes, before, blocks), strict=True))
    return [Thread(root, answers[root.pk], places[root.pk]) for root in roots]


def name_of(user: User) -> str:
    """What a colleague is mentioned by: their address up to its @. Of two with the same, both are told."""
    return user.email.partition("@")[0].lower()


def _checked(text: str) -> tuple[str, list[User]]:
    """The text, and the colleagues it mentions as @name."""
    text = text.strip()
    if not text:
        raise CommentRefused("The comment is empty. Write what you want to say.")
    if len(text) > LONGEST_COMMENT:
        raise CommentRefused(f"The comment is longer than {LONGEST_COMMENT:,} characters. Make it shorter.")
    named = set(_MENTION.findall(_CITED.sub("", text)))
    if not named:
        return text, []
    colleagues = list(roles.holders(*TAKING_PART))
    known = {name_of(colleague) for colleague in colleagues}
    unknown = {name for name in named if name.lower() not in known}
    # Sources are written with an @ as well.
    unknown -= set(Source.objects.filter(key__in=unknown).values_list("key", flat=True))
    if unknown:
        names = ", ".join(f"@{name}" for name in sorted(known))
        raise CommentRefused(f"Nobody here is called @{min(unknown)}. You can mention: {names}.")
    wanted = {name.lower() for name in named}
    return text, [colleague for colleague in colleagues if name_of(colleague) in wanted]


def _tell(made: Comment, mentioned: list[User]) -> None:
    made.mentions.set(mentioned)
    notices.mentioned(made, [user for user in mentioned if user != made.author])


def _approve_or_reopen(thread: Comment, *, by: User) -> None:
    if thread.blocking:
        for revision in thread.article.revisions.under_review():
            approve_or_reopen(revision, by=by)


def _require_part(user: User) -> None:
    if not may_comment(user):
        raise CommentRefused("Comments are for writers and reviewers: this needs one of their roles.")


def _require_open(thread: Comment) -> None:
    now = Comment.objects.select_for_update(of=("self",)).select_related("resolved_by").get(pk=thread.pk)
    if now.resolved_at is not None:
        raise CommentRefused(f"{now.resolved_by} has resolved this thread. Start a new comment instead.")
