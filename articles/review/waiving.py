"""Waiving what a lint rule finds: by somebody who did not write it, for a reason, for a time."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.db import transaction
from django.utils import timezone

from articles.markup import CompiledBlock, CompiledPage, Finding, compile_page
from articles.markup.library import for_text
from articles.models import Article, Revision, RevisionStatus, TransitionRefused, Waiver
from articles.models.lint import LONGEST, today
from articles.models.revision import UNDER_REVIEW
from articles.review.coverage import contributors
from articles.review.dates import months_after
from articles.review.eligibility import own_words, require
from mesoinfo import audit, roles
from mesoinfo.models import User

WAIVE = "articles.waive_finding"
NEEDS_ROLE = "Waiving what the rules find needs the role of editor or medical lead."
SOON = datetime.timedelta(days=14)
OPEN = (RevisionStatus.DRAFT, *UNDER_REVIEW)


@dataclass(frozen=True)
class Weighed:
    """A finding, with the waiver that lets it pass, if one does, and where its block stands on the screen, if known."""

    finding: Finding
    waiver: Waiver | None
    anchor: str


@dataclass(frozen=True)
class Listed:
    """What was found on a page, as the desk lists it for one person.

    They waive it in `waive_in`. That is None if they may not; where they would, but for what they wrote, `why_not`
    tells it.
    """

    found: tuple[Weighed, ...]
    waive_in: Revision | None = None
    why_not: str = ""

    @property
    def advice(self) -> list[Weighed]:
        return [each for each in self.found if each.finding.severity == "warning"]

    @property
    def beyond_advice(self) -> list[Weighed]:
        """What stops a page, or would if nobody had waived it."""
        return [each for each in self.found if each.finding.severity != "warning"]

    @property
    def summary(self) -> str:
        """Such as: 1 to mend, 2 to make easier, 1 waived."""
        counts = Counter(each.finding.severity for each in self.found)
        return (
            f"{counts['error'] or 'Nothing'} to mend"
            + f", {counts['warning']} to make easier" * (counts["warning"] > 0)
            + f", {counts['waived']} waived" * (counts["waived"] > 0)
        )


def listed(
    compiled: CompiledPage,
    article: Article | None,
    revision: Revision | None = None,
    *,
    user: User | None = None,
    anchors: Mapping[str, str] = MappingProxyType({}),
) -> Listed:
    """What was found on a page of this article, for this person to read, and to waive in this revision of it.

    `anchors` says where each block stands on the screen, by its key.
    """
    waivers = waivers_of(compiled.findings, article) if article is not None else {}
    found = tuple(
        Weighed(
            finding,
            waivers.get((finding.rule, finding.words)),
            anchors.get(block.key, "") if anchors and (block := block_of(finding, compiled)) else "",
        )
        for finding in compiled.findings
    )
    if revision is None or user is None or not roles.holds(user, WAIVE):
        return Listed(found)
    if not any(each.finding.can_be_waived for each in found):
        return Listed(found)
    refusal = why_not(user, revision)
    return Listed(found, None if refusal else revision, refusal)


def waivers_of(findings: Iterable[Finding], article: Article) -> dict[tuple[str, str], Waiver]:
    """The waivers that let some of these findings pass, each by its rule and words."""
    waived = {(finding.rule, finding.words) for finding in findings if finding.severity == "waived"}
    if not waived:
        return {}
    running = article.waivers.running().select_related("made_by")
    return {(waiver.rule, waiver.words): waiver for waiver in running if (waiver.rule, waiver.words) in waived}


def block_of(finding: Finding, compiled: CompiledPage) -> CompiledBlock | None:
    """The block that a finding stands in; none for what is found of the page as a whole."""
    return next((block for block in compiled.blocks if block.line <= finding.line <= block.last_line), None)


def why_not(user: User, revision: Revision) -> str:
    """Why this person may not waive what is found in this revision, as a sentence; empty when they may."""
    if not roles.holds(user, WAIVE):
        return NEEDS_ROLE
    if revision.status not in OPEN:
        return "What is found in a draft is waived, or while the revision is under review. Start a draft."
    if user.pk in contributors(revision):
        return (
            "You helped write this page since it was last published, or are named on it, so somebody else decides "
            "whether this may stand. Ask another editor or the medical lead."
        )
    return ""


def default_end() -> datetime.date:
    """Until when a waiver holds if nobody says otherwise."""
    return months_after(today(), 6)


@transaction.atomic
def waive(revision: Revision, *, rule: str, words: str, reason: str, expires_on: datetime.date, by: User) -> Waiver:
    """Let pass what `rule` finds in `words`, on the page of this revision, until that day.

    Raises TransitionRefused if the finding is not there any more, if it is waived already, or if this person may not.
    """
    require(by, WAIVE, NEEDS_ROLE)
    article = Article.objects.locked(revision.article_id)
    current = Revision.objects.select_for_update(of=("self",)).get(pk=revision.pk)
    if refusal := why_not(by, current):
        raise TransitionRefused(refusal)
    if not reason.strip():
        raise TransitionRefused("Say in a sentence why this may stand. Reviewers read it.")
    if not today() < expires_on <= months_after(today(), LONGEST):
        raise TransitionRefused(
            f"Choose a day after today and at most {LONGEST} months ahead: {months_after(today(), LONGEST):%-d %B %Y}."
        )
    compiled = compile_page(current.text, for_text(current.text, article))
    found = [finding for finding in compiled.findings if (finding.rule, finding.words) == (rule, words)]
    if any(finding.severity == "waived" for finding in found):
        raise TransitionRefused("This finding is waived already. Go back to the page to see by whom.")
    if not any(finding.can_be_waived for finding in found):
        raise TransitionRefused("This is no longer found on the page: its words have changed. Go back and look again.")
    blocks = [block for finding in found if (block := block_of(finding, compiled))]
    if not own_words(by, article).isdisjoint(block.digest for block in blocks):
        raise TransitionRefused("You wrote or suggested these words once, so somebody else decides whether they stand.")
    waiver = Waiver.objects.create(
        article=article,
        revision=current,
        rule=rule,
        words=words,
        digest=blocks[0].digest if blocks else "",
        reason=reason.strip(),
        made_by=by,
        expires_on=expires_on,
    )
    audit.record(by, "finding.waived", waiver, revision=current.pk, rule=rule, expires_on=expires_on.isoformat())
    return waiver


@transaction.atomic
def end(waiver: Waiver, *, by: User) -> None:
    """Take a waiver back: what it let pass is found again, with its weight.

    Raises TransitionRefused if it has ended or run out.
    """
    require(by, WAIVE, NEEDS_ROLE)
    Article.objects.locked(waiver.article_id)
    running = Waiver.objects.running().filter(pk=waiver.pk).first()
    if running is None:
        raise TransitionRefused("This waiver has ended already.")
    running.ended_by, running.ended_at = by, timezone.now()
    running.save(update_fields=["ended_by", "ended_at"])
    audit.record(by, "waiver.ended", running, rule=running.rule)
