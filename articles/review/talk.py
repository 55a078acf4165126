"""What is said beside the words of a page: open comments, suggested wordings, and what became of earlier ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from articles.models import Article, Suggestion
from articles.review.commenting import Thread, threads_on
from articles.review.comparing import AnyBlock
from articles.review.suggesting import Proposal, proposals_for

SHOWN = 10  # suggestions decided on last


@dataclass(frozen=True)
class Talk:
    """Open threads with where their words stand, open suggestions with what they would change, and decided ones."""

    threads: Sequence[Thread]
    proposals: Sequence[Proposal]
    decided: Sequence[Suggestion]


def talk_on(article: Article, blocks: Sequence[AnyBlock], text: str) -> Talk:
    """What is said about the page, beside this text of it and the blocks that it compiles to."""
    decided = article.suggestions.exclude(accepted=None).select_related("suggested_by", "decided_by")
    return Talk(
        threads_on(article, blocks), proposals_for(article, text), list(decided.order_by("-decided_at")[:SHOWN])
    )
