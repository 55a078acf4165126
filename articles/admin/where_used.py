"""Where a source is used: each page that readers have or that is being written, with the words that rest on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from articles.models import Article, Block, Citation, Revision, RevisionStatus, Story
from articles.review.anchoring import first_words
from citations.models import Source

UNDER_WAY = (RevisionStatus.DRAFT, RevisionStatus.IN_REVIEW, RevisionStatus.APPROVED)


@dataclass
class Use:
    """A revision that cites the source: as readers have it, or under way."""

    article: Article
    revision: Revision
    is_live: bool
    words: list[str] = field(default_factory=list)

    @property
    def standing(self) -> str:
        """What the revision is to readers."""
        return "live" if self.is_live else self.revision.get_status_display().lower()


def uses_of(source: Source) -> list[Use]:
    """By address, the live revision before those under way. One query, and one for the words."""
    live = Q(revision__published_pages__live_as__isnull=False)
    citing = Citation.objects.filter(live | Q(revision__status__in=UNDER_WAY), source=source).order_by("position")
    found: dict[int, Use] = {}
    blocks: dict[tuple[int, str], Use] = {}
    for citation in citing.select_related("revision__article").annotate(is_live=live).distinct():
        revision = citation.revision
        use = found.setdefault(revision.pk, Use(revision.article, revision, citation.is_live))
        blocks.setdefault((revision.pk, citation.block_key), use)
    for block in _blocks(blocks):
        blocks[block.revision_id, block.key].words.append(first_words(block))
    return sorted(found.values(), key=lambda use: (use.article.address, not use.is_live, use.revision.number))


def stories_told_from(source: Source) -> list[Story]:
    """The stories of the library that rest on it."""
    return list(Story.objects.filter(source=source).order_by("key"))


def _blocks(keys: Iterable[tuple[int, str]]) -> Iterable[Block]:
    named = Q()
    for revision, key in keys:
        named |= Q(revision=revision, key=key)
    return Block.objects.filter(named).order_by("revision", "position") if named else ()
