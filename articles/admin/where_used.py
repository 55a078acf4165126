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
    """A revision that cites the source: as readers have it, or under way. `cited_as` are the keys that it cites."""

    article: Article
    revision: Revision
    is_live: bool
    cited_as: set[str] = field(default_factory=set)
    words: list[str] = field(default_factory=list)

    @property
    def standing(self) -> str:
        """What the revision is to readers."""
        return "live" if self.is_live else self.revision.get_status_display().lower()


def uses_of(source: Source) -> list[Use]:
    """By address, the live revision before those under way. Pages that cite a source merged into this one count too:
    they were frozen before, and rest on the same work.
    """
    live = Q(revision__published_pages__live_as__isnull=False)
    of_it = Citation.objects.filter(live | Q(revision__status__in=UNDER_WAY), source__in=source.with_doubles())
    found: dict[int, Use] = {}
    blocks: dict[tuple[int, str], Use] = {}
    citing = of_it.select_related("source", "revision__article").annotate(is_live=live).order_by("position").distinct()
    for citation in citing:
        revision = citation.revision
        use = found.setdefault(revision.pk, Use(revision.article, revision, citation.is_live))
        use.cited_as.add(citation.source.key)
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
