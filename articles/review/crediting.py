"""Who wrote which words: contributions, and words that came from a reviewer's suggestion."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from django.utils import timezone
from rapidfuzz.distance import LCSseq

from articles.markup.source_text import canonical_markdown, normalise
from articles.models import Article, Contribution, Revision, SuggestedBlock, Suggestion, TransitionRefused
from articles.review import notices
from articles.review.comparing import AnyBlock, pair_blocks
from mesoinfo import audit
from mesoinfo.models import User

_WORDS = re.compile(r"\w+")
# A block holds the words of another if it has so many of them, in their order; of very few words nobody can tell.
_HELD = 0.8
_FEW_WORDS = 6


class SuggestionRefused(TransitionRefused):
    """A step with a suggestion that cannot be taken. The text says why, fit to be shown."""


def markdown_of(block: AnyBlock) -> str:
    """How a block is written, in its normal form."""
    return str(json.loads(block.canonical)["markdown"])


def normal_form(wording: str) -> str:
    """Markdown of one block, as its canonical text holds it."""
    return canonical_markdown(normalise(wording).split("\n"), keep_blanks=False)


def credit(revision: Revision, *, by: User, before: Sequence[AnyBlock], after: Sequence[AnyBlock]) -> None:
    """Whoever adds, changes, moves or takes out a block has helped write the page, even if it is later put back.

    A writer who types a suggested wording by hand has accepted it. It stays the reviewer's wording if it was declined
    before.
    """
    old, new = {block.digest for block in before}, {block.digest for block in after}
    added = [(block.key, block.digest) for block in after if block.digest not in old]
    taken_out = [("", digest) for digest in sorted(old - new)]
    # Who moves blocks, or takes one of two equal ones out, has changed the page as well.
    moved = [("", "")] if old == new and [block.digest for block in before] != [block.digest for block in after] else []
    Contribution.objects.bulk_create(
        Contribution(revision=revision, user=by, block_key=key, digest=digest)
        for key, digest in added + taken_out + moved
    )
    for suggestion in lock_suggestions(revision.article):
        if suggestion.suggested_by_id == by.pk:
            continue
        typed = {block.digest for block in _written_so(suggestion.wording, after)} - old
        if typed:
            if suggestion.is_open:
                decide(suggestion, accepted=True, by=by)
            note_suggested(suggestion, typed)


def lock_suggestions(article: Article) -> list[Suggestion]:
    """Every suggestion on the page, locked until the transaction ends: before the audit ledger is."""
    return list(Suggestion.objects.select_for_update(of=("self",)).filter(article=article).order_by("pk"))


def _written_so(wording: str, blocks: Sequence[AnyBlock]) -> Sequence[AnyBlock]:
    """The blocks, one after the other, that together are written as this wording; none if there are no such."""
    wanted = _lines(normal_form(wording))
    written = [_lines(markdown_of(block)) for block in blocks]
    for first in range(len(blocks)):
        lines: list[str] = []
        for place in range(first, len(blocks)):
            lines += written[place]
            if lines == wanted:
                return blocks[first : place + 1]
            if lines != wanted[: len(lines)]:
                break
    return ()


def _lines(markdown: str) -> list[str]:
    return [line for line in markdown.split("\n") if line]


def follow_suggested_words(article: Article, before: Sequence[AnyBlock], after: Sequence[AnyBlock]) -> None:
    """Words that came from a suggestion stay so in the blocks that `before` became, until they read as before it."""
    known = {block.digest for block in before}
    added = [block for block in after if block.digest not in known]
    suggested = SuggestedBlock.objects.filter(suggestion__article=article, digest__in=known)
    if not added or not (theirs := list(suggested.select_related("suggestion"))):
        return
    became = [(old, new) for old, new in pair_blocks(before, after) if new.digest not in known]
    became += [(old, new) for old in before for new in added if _holds_words(old, new)]
    for block in theirs:
        digests = {new.digest for old, new in became if old.digest == block.digest}
        note_suggested(block.suggestion, digests - {block.suggestion.digest})


def _holds_words(one: AnyBlock, other: AnyBlock) -> bool:
    """Whether nearly all words of the shorter block stand in the longer one: it was divided or joined."""
    words, others = _WORDS.findall(markdown_of(one)), _WORDS.findall(markdown_of(other))
    shorter = min(len(words), len(others))
    return shorter >= _FEW_WORDS and LCSseq.similarity(words, others) >= _HELD * shorter


def note_suggested(suggestion: Suggestion, digests: Iterable[str]) -> None:
    """Note in which blocks the words of an accepted suggestion stand: whoever suggested it signs none of them."""
    SuggestedBlock.objects.bulk_create(
        [SuggestedBlock(suggestion=suggestion, digest=digest) for digest in sorted(digests)], ignore_conflicts=True
    )


def decide(suggestion: Suggestion, *, accepted: bool, by: User) -> None:
    """Write down what became of a suggestion, and tell whoever made it. Raises SuggestionRefused if it was decided."""
    now = Suggestion.objects.select_for_update(of=("self",)).get(pk=suggestion.pk)
    if not now.is_open:
        raise SuggestionRefused("Somebody has decided on this suggestion already.")
    suggestion.accepted, suggestion.decided_by, suggestion.decided_at = accepted, by, timezone.now()
    suggestion.save(update_fields=["accepted", "decided_by", "decided_at"])
    notices.suggestion_decided(suggestion)
    audit.record(by, "suggestion.accepted" if accepted else "suggestion.declined", suggestion)
