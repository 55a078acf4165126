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
    """A revision that cites the source: the one that readers are shown, or one under way. `cited_as` are the keys that
    it cites.
    """

    article: Article
    revision: Revision
    is_shown: bool
    cited_as: set[str] = field(default_factory=set)
    words: list[str] = field(default_factory=list)

    @property
    def standing(self) -> str:
        """What the revision is to readers."""
        of_page, of_revision = self.article.get_page_state_display(), self.revision.get_status_display()
        return (of_page if self.is_shown else of_revision).lower()


def uses_of(source: Source) -> list[Use]:
    """By address, the revision that readers are shown before those under way. Pages that cite a source merged into this
    one count too: they were frozen before, and rest on the same work.
    """
    shown = Q(revision__published_pages__live_as__isnull=False)
    of_it = Citation.objects.filter(shown | Q(revision__status__in=UNDER_WAY), source__in=source.with_doubles())
    found: dict[int, Use] = {}
    blocks: dict[tuple[int, str], Use] = {}
    of_it = of_it.select_related("source", "revision__article").annotate(is_shown=shown)
    for citation in of_it.order_by("position").distinct():
        revision = citation.revision
        use = found.setdefault(revision.pk, Use(revision.article, revision, citation.is_shown))
        use.cited_as.add(citation.source.key)
        blocks.setdefault((revision.pk, citation.block_key), use)
    for block in _blocks(blocks):
        blocks[block.revision_id, block.key].words.append(first_words(block))
    return sorted(found.values(), key=lambda use: (use.article.address, not use.is_shown, use.revision.number))


def stories_told_from(source: Source) -> list[Story]:
    """The stories of the library that rest on it."""
    return list(Story.objects.filter(source=source).order_by("key"))


def _blocks(keys: Iterable[tuple[int, str]]) -> Iterable[Block]:
    named = Q()
    for revision, key in keys:
        named |= Q(revision=revision, key=key)
    return Block.objects.filter(named).order_by("revision", "position") if named else ()
