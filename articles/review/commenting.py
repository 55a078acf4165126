"""Comments on words of a page: made, answered, resolved, and found again in later revisions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from articles.models import Block, Comment, Revision, TransitionRefused
from articles.review import notices
from articles.review.anchoring import Place, Quote, place_of, quote_in
from articles.review.comparing import AnyBlock
from articles.review.coverage import settle
from mesoinfo import audit, roles
from mesoinfo.models import User

TAKING_PART = ("articles.sign_block", "articles.write_revision")
_MENTION = re.compile(r"(?<![\w.@])@([A-Za-z0-9][\w.+-]*\w|\w)")


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


@transaction.atomic
def comment(
    revision: Revision,
    *,
    block: AnyBlock,
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
    if not may_comment(by):
        raise CommentRefused("Commenting needs a writer's or reviewer's role.")
    if blocking and not roles.holds(by, "articles.sign_block"):
        raise CommentRefused("Only reviewers make a comment that stops approval. Leave that box empty.")
    text, mentioned = _checked(text)
    quote = quote_in(block, words, prefix=prefix)
    if quote is None:
        raise CommentRefused(
            "The words you quote do not stand in this block. Copy them as they are, or leave the quotation empty."
        )
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
    _after(made, "comment.made", by)
    return made


@transaction.atomic
def answer(thread: Comment, *, revision: Revision, text: str, by: User) -> Comment:
    """Answer in an open thread. Raises CommentRefused with a sentence."""
    if not may_comment(by):
        raise CommentRefused("Commenting needs a writer's or reviewer's role.")
    _require_open(thread)
    text, mentioned = _checked(text)
    made = Comment.objects.create(article=thread.article, revision=revision, parent=thread, author=by, text=text)
    _tell(made, mentioned)
    audit.record(by, "comment.answered", made)
    return made


@transaction.atomic
def resolve(thread: Comment, *, by: User) -> None:
    """Close a thread. One that stops approval is for its author or the medical lead, others for all who take part."""
    if not may_comment(by):
        raise CommentRefused("Resolving needs a writer's or reviewer's role.")
    _require_open(thread)
    if thread.blocking and thread.author != by and not roles.holds(by, "articles.withdraw_any_signoff"):
        raise CommentRefused(
            f"This comment stops approval: {thread.author}, who made it, or the medical lead resolves it."
        )
    thread.resolved_by, thread.resolved_at = by, timezone.now()
    thread.save(update_fields=["resolved_by", "resolved_at"])
    _after(thread, "comment.resolved", by)


def threads_on(revision: Revision, blocks: Sequence[AnyBlock]) -> list[Thread]:
    """Every open thread of the page, with where its words stand in `blocks` of this revision. Three queries."""
    roots = list(revision.article.comments.open().select_related("author", "revision"))
    if not roots:
        return []
    answers: dict[int, list[Comment]] = {}
    for reply in Comment.objects.filter(parent__in=roots).select_related("author"):
        assert reply.parent_id is not None
        answers.setdefault(reply.parent_id, []).append(reply)
    made_on: dict[int, list[Block]] = {}
    for block in Block.objects.filter(revision__in={root.revision_id for root in roots}):
        made_on.setdefault(block.revision_id, []).append(block)
    return [Thread(root, answers.get(root.pk, []), _place(root, made_on[root.revision_id], blocks)) for root in roots]


def _place(root: Comment, before: Sequence[AnyBlock], after: Sequence[AnyBlock]) -> Place:
    quote = Quote(root.quote, root.prefix, root.suffix)
    on = next(block for block in before if (block.key, block.digest) == (root.block_key, root.digest))
    return place_of(quote, on, before, after)


def _checked(text: str) -> tuple[str, list[User]]:
    """The text, and the colleagues it mentions as @name: the part of their address before its @."""
    text = text.strip()
    if not text:
        raise CommentRefused("The comment is empty. Write what you want to say.")
    names = {name.lower() for name in _MENTION.findall(text)}
    if not names:
        return text, []
    colleagues = {name_of(user): user for user in roles.holders(*TAKING_PART)}
    unknown = sorted(names - set(colleagues))
    if unknown:
        raise CommentRefused(
            f"Nobody here is called @{unknown[0]}. You can mention: "
            f"{', '.join(f'@{name}' for name in sorted(colleagues))}."
        )
    return text, [colleagues[name] for name in sorted(names)]


def name_of(user: User) -> str:
    """What a colleague is mentioned by: their address up to its @."""
    return user.email.partition("@")[0].lower()


def _tell(made: Comment, mentioned: list[User]) -> None:
    made.mentions.set(mentioned)
    notices.mentioned(made, [user for user in mentioned if user != made.author])


def _after(thread: Comment, action: str, by: User) -> None:
    if thread.blocking:
        for revision in thread.article.revisions.under_review():
            settle(revision, by=by)
    audit.record(by, action, thread)


def _require_open(thread: Comment) -> None:
    thread.refresh_from_db(fields=["resolved_by", "resolved_at"])
    if thread.resolved_at is not None:
        raise CommentRefused(f"{thread.resolved_by} has resolved this thread. Start a new comment instead.")
