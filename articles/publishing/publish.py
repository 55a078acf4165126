"""Publishing: check everything once more, freeze the page, show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from django.db import transaction
from django.utils import timezone

from articles.models import (
    Article,
    PageState,
    PublishedPage,
    Revision,
    RevisionStatus,
    TakedownKind,
    TransitionRefused,
)
from articles.publishing.gates import Candidate, Gate, gates
from articles.review.coverage import reviewed_on
from articles.review.eligibility import require
from articles.review.freshness import set_dates, settle_by_publishing
from mesoinfo import audit
from mesoinfo.models import User


class PublishingRefused(TransitionRefused):
    """Gates are shut. The text names what was found; `gates` are those that are shut."""

    def __init__(self, shut: Sequence[Gate]) -> None:
        super().__init__("This revision cannot be published yet. " + " ".join(gate.evidence for gate in shut))
        self.gates = tuple(shut)


@transaction.atomic
def publish(revision: Revision, *, by: User) -> PublishedPage:
    """Freeze the revision as the page visitors read, in place of the one before.

    A page that was taken from readers comes back with it; not by whoever took it down. Raises PublishingRefused with
    the shut gates, TransitionRefused with a sentence.
    """
    require(by, "articles.publish_revision", "Publishing needs the publisher role.")
    article = Article.objects.locked(revision.article_id)
    revision.refresh_from_db()
    standing = article.takedowns.standing().first()
    if standing is not None and standing.kind == TakedownKind.TAKEN_DOWN and standing.by == by:
        raise TransitionRefused("You took this page down. Somebody else puts it back.")
    candidate = Candidate(revision)
    shut = [gate for gate in gates(revision, candidate) if not gate.ok]
    if shut:
        raise PublishingRefused(shut)
    library, compiled = candidate.library, candidate.compiled
    reviewed = reviewed_on(revision)
    assert reviewed is not None  # the coverage gate has just held
    page = PublishedPage.objects.create(
        article=article,
        revision=revision,
        title=compiled.title,
        lede=compiled.lede,
        lede_html=compiled.lede_html,
        hero_html=compiled.hero or "",
        body_html=compiled.html,
        contents=[asdict(entry) for entry in compiled.contents],
        questions=[asdict(question) for question in compiled.questions],
        words_html=compiled.words_html,
        term_keys=[word.key for word in compiled.words],
        references_html=compiled.references_html,
        source_keys=[reference.key for reference in compiled.references],
        cited_sources=[dict(library.sources[reference.key].record) for reference in compiled.references],
        research_count=compiled.research_count,
        evidence=compiled.evidence.as_json(),
        headings_text=compiled.headings_text,
        plain_text=compiled.plain_text,
        published_by=by,
    )
    page.refresh_from_db(fields=["published_at", "signatures"])  # as PostgreSQL wrote them
    if revision.status != RevisionStatus.PUBLISHED:
        revision.move_to(RevisionStatus.PUBLISHED, by=by)
    if standing is not None:
        standing.lifted_by, standing.lifted_at = by, timezone.now()
        standing.save(update_fields=["lifted_by", "lifted_at"])
        audit.record(by, "takedown.lifted", standing)
    article.live = page
    article.page_state = PageState.LIVE
    article.first_published_at = article.first_published_at or page.published_at
    set_dates(article, reviewed)
    article.save(update_fields=["live", "page_state", "first_published_at", "last_reviewed", "next_due"])
    if settle_by_publishing(revision, by=by):
        set_dates(article, reviewed)
        article.save(update_fields=["next_due"])
    for earlier in article.revisions.filter(status=RevisionStatus.PUBLISHED).exclude(pk=revision.pk):
        earlier.move_to(RevisionStatus.SUPERSEDED, by=by)
    audit.record(by, "page.published", page, revision=revision.pk)
    return page
