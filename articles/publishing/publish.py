"""Publishing: check everything once more, freeze the page, show it."""

from __future__ import annotations

import datetime
from dataclasses import asdict, dataclass

from django.db import transaction

from articles.markup import CompiledPage, compile_page
from articles.markup.library import for_text
from articles.models import (
    Article,
    BylineRole,
    PageState,
    PublishedPage,
    Revision,
    RevisionStatus,
    TransitionRefused,
)
from articles.review.coverage import live_sign_offs, reviewed_on, unsigned_blocks
from articles.review.drafting import require
from mesoinfo import audit
from mesoinfo.models import User


class PublishingRefused(TransitionRefused):
    """A gate is shut. The text names the gates and the evidence."""


@dataclass(frozen=True)
class Gate:
    """One condition for publishing: its code, whether it holds, and what was found, as a sentence."""

    code: str
    ok: bool
    evidence: str


def gates(revision: Revision, compiled: CompiledPage | None = None) -> list[Gate]:
    """Every condition for publishing this revision, each with its verdict and evidence."""
    compiled = compiled or compile_page(revision.text, for_text(revision.text, revision.article))
    unsigned = unsigned_blocks(revision)
    errors = [finding for finding in compiled.findings if finding.severity == "error"]
    stored = list(revision.blocks.values_list("digest", flat=True))
    changed = [block.key for block in compiled.blocks if block.digest not in set(stored)]
    shown: dict[str, str] = {}
    for sign_off in live_sign_offs(revision):
        shown.setdefault(sign_off.digest, sign_off.html_hash)
    redrawn = [block.key for block in compiled.blocks if shown.get(block.digest, block.html_hash) != block.html_hash]
    authors = revision.article.bylines.filter(role=BylineRole.AUTHOR).count()
    return [
        Gate(
            "approved",
            revision.status == RevisionStatus.APPROVED,
            f"The revision is {revision.get_status_display().lower()}.",
        ),
        Gate("coverage", not unsigned, _listing([block.key for block in unsigned], "without a signature")),
        Gate("findings", not errors, _listing([f"line {f.line}: {f.message}" for f in errors], "found in the text")),
        Gate(
            "embedded",
            not changed and len(stored) == len(compiled.blocks),
            _listing(changed, "changed since they were signed: recall the revision and submit it again"),
        ),
        Gate("rendering", not redrawn, _listing(redrawn, "shown differently now than when they were signed")),
        Gate("byline", authors > 0, f"{authors} named as author." if authors else "Nobody is named as author."),
    ]


def _listing(items: list[str], what: str) -> str:
    if not items:
        return f"Nothing {what.split(':')[0]}."
    more = f" and {len(items) - 3} more" if len(items) > 3 else ""
    return f"{len(items)} {what}: {'; '.join(items[:3])}{more}."


@transaction.atomic
def publish(revision: Revision, *, by: User) -> PublishedPage:
    """Freeze the revision as the page visitors read, in place of the one before.

    Raises PublishingRefused with the shut gates.
    """
    require(by, "articles.publish_revision", "Publishing needs the publisher role.")
    article = Article.objects.select_for_update().get(pk=revision.article_id)
    revision.refresh_from_db()
    library = for_text(revision.text, article)
    compiled = compile_page(revision.text, library)
    shut = [gate for gate in gates(revision, compiled) if not gate.ok]
    if shut:
        raise PublishingRefused("This revision cannot be published yet. " + " ".join(gate.evidence for gate in shut))
    reviewed = reviewed_on(revision)
    assert reviewed is not None  # the coverage gate has just held
    before = article.live
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
        headings_text=compiled.headings_text,
        plain_text=compiled.plain_text,
        published_by=by,
    )
    revision.move_to(RevisionStatus.PUBLISHED, by=by)
    article.live = page
    article.page_state = PageState.LIVE
    article.first_published_at = article.first_published_at or page.published_at
    article.last_reviewed = reviewed
    article.next_due = months_after(reviewed, article.review_interval)
    article.save(update_fields=["live", "page_state", "first_published_at", "last_reviewed", "next_due"])
    if before and before.revision_id != revision.pk:
        before.revision.move_to(RevisionStatus.SUPERSEDED, by=by)
    audit.record(by, "page.published", page, revision=revision.pk)
    return page


def months_after(day: datetime.date, months: int) -> datetime.date:
    """The same day so many months later, or the last day of that month: 31 January and one month is 28 February."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for last in (31, 30, 29):
        try:
            return datetime.date(year, month, min(day.day, last))
        except ValueError:
            continue
    return datetime.date(year, month, 28)
