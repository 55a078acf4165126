"""Who wrote which words: contributions, and words that came from a reviewer's suggestion."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.utils import timezone

from articles.markup.source_text import canonical_markdown, normalise
from articles.models import Article, Contribution, Revision, SuggestedBlock, Suggestion, TransitionRefused
from articles.review.comparing import AnyBlock, pair_blocks
from mesoinfo import audit
from mesoinfo.models import User


class SuggestionRefused(TransitionRefused):
    """A step with a suggestion that cannot be taken. The text says why, fit to be shown."""


def markdown_of(block: AnyBlock) -> str:
    """How a block is written, in its normal form."""
    return str(json.loads(block.canonical)["markdown"])


def normal_form(wording: str) -> str:
    """Markdown of one block, as its canonical text holds it."""
    return canonical_markdown(normalise(wording).split("\n"), keep_blanks=False)


def credit(revision: Revision, *, by: User, before: Sequence[AnyBlock], after: Sequence[AnyBlock]) -> None:
    """Whoever adds, changes or takes out a block has helped write the page, even if it is later put back."""
    old, new = {block.digest for block in before}, {block.digest for block in after}
    added = [(block.key, block.digest) for block in after if block.digest not in old]
    taken_out = [("", digest) for digest in sorted(old - new)]
    Contribution.objects.bulk_create(
        Contribution(revision=revision, user=by, block_key=key, digest=digest) for key, digest in added + taken_out
    )
    note_suggested_words(revision.article, before, after, by=by)


def note_suggested_words(article: Article, before: Sequence[AnyBlock], after: Sequence[AnyBlock], *, by: User) -> None:
    """After a save: note which suggestions are in the text now, and keep track of words that came from one.

    A writer who types a suggested wording by hand has accepted it. Words that came from a suggestion stay so when they
    are edited further, until they read again as before it.
    """
    suggestions = list(Suggestion.objects.filter(article=article).exclude(accepted=False).prefetch_related("blocks"))
    if not suggestions:
        return
    known = {block.digest for block in before}
    added = [block for block in after if block.digest not in known]
    for suggestion in suggestions:
        if suggestion.is_open and suggestion.suggested_by != by:
            wanted = normal_form(suggestion.wording)
            taken = [block for block in added if markdown_of(block) == wanted]
            if taken:
                note_accepted(suggestion, {block.digest for block in taken}, by=by)
        elif suggestion.accepted:
            theirs = {block.digest for block in suggestion.blocks.all()}
            edited = [new.digest for old, new in pair_blocks(before, after) if old.digest in theirs]
            _note(suggestion, set(edited) - theirs - {suggestion.digest})


def note_accepted(suggestion: Suggestion, digests: set[str], *, by: User) -> None:
    """Note that `by` took the suggestion over, and in which blocks its words stand: the reviewer signs none of them."""
    decide(suggestion, accepted=True, by=by)
    _note(suggestion, digests)


def _note(suggestion: Suggestion, digests: set[str]) -> None:
    SuggestedBlock.objects.bulk_create(
        [SuggestedBlock(suggestion=suggestion, digest=digest) for digest in sorted(digests)], ignore_conflicts=True
    )


def decide(suggestion: Suggestion, *, accepted: bool, by: User) -> None:
    """Write down what became of a suggestion. Raises SuggestionRefused when that has been decided."""
    now = Suggestion.objects.select_for_update(of=("self",)).get(pk=suggestion.pk)
    if not now.is_open:
        raise SuggestionRefused("Somebody has decided on this suggestion already.")
    suggestion.accepted, suggestion.decided_by, suggestion.decided_at = accepted, by, timezone.now()
    suggestion.save(update_fields=["accepted", "decided_by", "decided_at"])
    audit.record(by, "suggestion.accepted" if accepted else "suggestion.declined", suggestion)
