"""The conditions for publishing a revision, each with what was found.

The same list stands on the publisher's screen, answers `manage.py review_status`, and is asked again when the button is
pressed and when a scheduled time has come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils import timezone

from articles.markup import CompiledPage, Finding, Library, compile_page
from articles.markup.library import for_text
from articles.models import BylineRole, OfferKind, Redirect, Revision, RevisionStatus, RiskClass, SignOff
from articles.review.coverage import (
    UnsignedBlock,
    blocking_comments,
    contributors,
    live_sign_offs,
    reviewed_on,
    unsigned_blocks,
)
from articles.review.freshness import next_due
from citations.models import Source

LINKS = frozenset({"unknown-link", "unknown-anchor"})
PICTURES = frozenset({"missing-alt", "unknown-image"})
SOURCES = frozenset({"unknown-key"})
LISTED = 3  # of what was found; the rest is counted


@dataclass(frozen=True)
class Gate:
    """One condition for publishing: its code, whether it holds, and what was found, as a sentence."""

    code: str
    ok: bool
    evidence: str


class Candidate:
    """A revision that may be published, with all that the conditions ask about, read once."""

    def __init__(
        self, revision: Revision, library: Library | None = None, compiled: CompiledPage | None = None
    ) -> None:
        self.revision = revision
        self.article = revision.article
        self.library = library or for_text(revision.text, self.article)
        self.compiled = compiled or compile_page(revision.text, self.library)

    @cached_property
    def stored(self) -> list[str]:
        """The digests of the blocks that reviewers were given."""
        return list(self.revision.blocks.values_list("digest", flat=True))

    @cached_property
    def unsigned(self) -> list[UnsignedBlock]:
        return unsigned_blocks(self.revision)

    @cached_property
    def sign_offs(self) -> dict[str, list[SignOff]]:
        """The signatures that count, by digest, newest first."""
        found: dict[str, list[SignOff]] = {}
        for sign_off in live_sign_offs(self.revision):
            found.setdefault(sign_off.digest, []).append(sign_off)
        return found

    @cached_property
    def on_live_page(self) -> set[str]:
        live = self.article.live
        return set(live.revision.blocks.values_list("digest", flat=True)) if live else set()

    def found_by(self, rules: Iterable[str]) -> list[Finding]:
        return [finding for finding in self.compiled.findings if finding.rule in rules]


def gates(revision: Revision, candidate: Candidate | None = None) -> list[Gate]:
    """Every condition for publishing this revision, each with its verdict and evidence."""
    candidate = candidate or Candidate(revision)
    return [ask(candidate) for ask in GATES]


def _approved(page: Candidate) -> Gate:
    status = page.revision.status
    return Gate(
        "approved",
        # One that was taken from readers is published still, and can be put back.
        status == RevisionStatus.APPROVED or (status == RevisionStatus.PUBLISHED and page.article.live is None),
        f"The revision is {page.revision.get_status_display().lower()}.",
    )


def _coverage(page: Candidate) -> Gate:
    missing = [block.key for block in page.unsigned if block.digest not in page.sign_offs]
    return Gate("coverage", not missing, _listing(missing, "without a signature"))


def _quorum(page: Candidate) -> Gate:
    missing = [block.key for block in page.unsigned if block.digest in page.sign_offs]
    needed = "two people, one of them a specialist," if page.article.risk_class == RiskClass.HIGH else "one person"
    return Gate("quorum", not missing, _listing(missing, f"signed by fewer than {needed}"))


def _separation(page: Candidate) -> Gate:
    helped = contributors(page.revision)
    both = {
        str(sign_off.reviewer)
        for digest, sign_offs in page.sign_offs.items()
        if digest not in page.on_live_page
        for sign_off in sign_offs
        if sign_off.reviewer_id in helped
    }
    return Gate("separation", not both, _listing(sorted(both), "who signed and helped write"))


def _credentials(page: Candidate) -> Gate:
    """What was signed for this revision: its signers are qualified still. What was live before stays signed."""
    today = timezone.now().date()
    high = page.article.risk_class == RiskClass.HIGH
    lapsed: set[str] = set()
    for digest, sign_offs in page.sign_offs.items():
        if digest in page.on_live_page:
            continue
        gone = [sign_off for sign_off in sign_offs if not sign_off.credential.is_valid_on(today)]
        left = [sign_off for sign_off in sign_offs if sign_off not in gone]
        people = {sign_off.reviewer_id for sign_off in left}
        if not people or (high and (len(people) < 2 or not any(sign_off.as_specialist for sign_off in left))):
            lapsed |= {f"{sign_off.reviewer}: {sign_off.credential}" for sign_off in gone}
    return Gate("credentials", not lapsed, _listing(sorted(lapsed), "expired or revoked since they signed"))


def _comments(page: Candidate) -> Gate:
    blocking = [f"{comment.author}: “{comment.quote[:60]}”" for comment in blocking_comments(page.revision)]
    return Gate("comments", not blocking, _listing(blocking, "comments that stop approval"))


def _findings(page: Candidate) -> Gate:
    apart = LINKS | PICTURES | SOURCES
    errors = [f for f in page.compiled.findings if f.severity == "error" and f.rule not in apart]
    return Gate("findings", not errors, _listing(_lines(errors), "found in the text"))


def _sources(page: Candidate) -> Gate:
    cited = {reference.key for reference in page.compiled.references}
    retracted = Source.objects.retracted().filter(key__in=cited).values_list("key", flat=True)
    problems = _lines(page.found_by(SOURCES)) + [f"[@{key}] was retracted" for key in sorted(retracted)]
    return Gate("sources", not problems, _listing(problems, f"wrong with the {len(cited)} sources"))


def _disclosures(page: Candidate) -> Gate:
    shown = {(kind, key) for block in page.compiled.blocks for kind, key, _ in block.embeds}
    problems = [
        f"the offer {key} does not say who pays for it"
        for key, offer in page.library.offers.items()
        if ("offer", key) in shown and offer.kind == OfferKind.LEGAL and not offer.disclosure_html
    ] + [
        f"the story {key} does not say how typical it is"
        for key, story in page.library.stories.items()
        if ("story", key) in shown and not story.typicality
    ]
    return Gate("disclosures", not problems, _listing(problems, "missing from offers and stories"))


def _links(page: Candidate) -> Gate:
    return Gate("links", not page.found_by(LINKS), _listing(_lines(page.found_by(LINKS)), "wrong with links"))


def _pictures(page: Candidate) -> Gate:
    return Gate(
        "pictures", not page.found_by(PICTURES), _listing(_lines(page.found_by(PICTURES)), "wrong with pictures")
    )


def _next_review(page: Candidate) -> Gate:
    reviewed = reviewed_on(page.revision)
    if reviewed is None:
        return Gate("next-review", False, "Nobody has reviewed it yet.")
    due = next_due(page.article, reviewed)
    sentence = f"Reviewed {reviewed:%d %B %Y}, next due {due:%d %B %Y}."
    return Gate("next-review", due > timezone.now().date(), sentence)


def _address(page: Candidate) -> Gate:
    taken = Redirect.objects.filter(address=page.article.address).exclude(article=page.article).first()
    at = f"/{page.article.address}/"
    evidence = f"{at} leads to {taken.article}." if taken else f"{at} is its own."
    return Gate("address", taken is None, evidence)


def _embedded(page: Candidate) -> Gate:
    stored = set(page.stored)
    changed = [block.key for block in page.compiled.blocks if block.digest not in stored]
    return Gate(
        "embedded",
        not changed and len(page.stored) == len(page.compiled.blocks),
        _listing(changed, "changed since they were signed: recall the revision and submit it again"),
    )


def _rendering(page: Candidate) -> Gate:
    shown = {digest: sign_offs[0].html_hash for digest, sign_offs in page.sign_offs.items()}
    redrawn = [b.key for b in page.compiled.blocks if shown.get(b.digest, b.html_hash) != b.html_hash]
    return Gate("rendering", not redrawn, _listing(redrawn, "shown differently now than when they were signed"))


def _byline(page: Candidate) -> Gate:
    authors = page.article.bylines.filter(role=BylineRole.AUTHOR).count()
    return Gate("byline", authors > 0, f"{authors} named as author." if authors else "Nobody is named as author.")


GATES: Sequence[Callable[[Candidate], Gate]] = (
    _approved,
    _coverage,
    _quorum,
    _separation,
    _credentials,
    _comments,
    _findings,
    _sources,
    _disclosures,
    _links,
    _pictures,
    _next_review,
    _address,
    _embedded,
    _rendering,
    _byline,
)


def _lines(findings: Iterable[Finding]) -> list[str]:
    return [f"line {finding.line}: {finding.message}" for finding in findings]


def _listing(items: Sequence[str], what: str) -> str:
    if not items:
        return f"Nothing {what.split(':')[0]}."
    more = f" and {len(items) - LISTED} more" if len(items) > LISTED else ""
    return f"{len(items)} {what}: {'; '.join(items[:LISTED])}{more}."
