"""The conditions for publishing a revision, each with what was found.

The same list stands on the publisher's screen, answers `manage.py review_status`, and is asked again when the button is
pressed and when a scheduled time has come.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils import timezone

from articles.markup import CompiledBlock, CompiledPage, Finding, Library, compile_page
from articles.markup.library import for_text
from articles.models import (
    Block,
    BylineRole,
    OfferKind,
    Redirect,
    Revision,
    RevisionStatus,
    RiskClass,
    Significance,
    SignOff,
)
from articles.review.anchoring import first_words
from articles.review.coverage import (
    TAKEN_OUT,
    WHAT_WAS_TAKEN_OUT,
    UnsignedBlock,
    blocking_comments,
    contributors,
    live_sign_offs,
    reviewed_on,
    unsigned_blocks,
)
from articles.review.freshness import next_due
from articles.review.waiving import waivers_of
from citations.models import Source

LINKS = frozenset({"unknown-link", "unknown-anchor"})
NOT_LIVE = frozenset({"not-live-link"})
PICTURES = frozenset({"missing-alt", "unknown-image"})
SOURCES = frozenset({"unknown-key", "retired-key", "unresolved-source"})
LISTED = 3  # of what was found; the rest is counted


@dataclass(frozen=True)
class Gate:
    """One condition for publishing: its code, whether it holds, and what was found, as a sentence that stands alone."""

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
    def stored(self) -> list[Block]:
        """The blocks that reviewers were given."""
        return list(self.revision.blocks.all())

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
    def on_page_before(self) -> set[str]:
        """Digests of what readers had last before this revision: who signed that had not touched it then."""
        before = Block.objects.extra(where=["revision_id = articles_published_before(%s)"], params=[self.revision.pk])
        return set(before.values_list("digest", flat=True))

    def words(self, key: str) -> str:
        """How an editor knows a block: by its first words."""
        if key == TAKEN_OUT:
            return WHAT_WAS_TAKEN_OUT
        return next((_quoted(block) for block in self.compiled.blocks if block.key == key), key)

    def found_by(self, rules: Iterable[str]) -> list[Finding]:
        """What these rules find and nobody waived."""
        return [f for f in self.compiled.findings if f.rule in rules and f.severity != "waived"]


def gates(revision: Revision, candidate: Candidate | None = None) -> list[Gate]:
    """Every condition for publishing this revision, each with its verdict and evidence."""
    candidate = candidate or Candidate(revision)
    return [ask(candidate) for ask in GATES]


def _approved(candidate: Candidate) -> Gate:
    status = candidate.revision.status
    return Gate(
        "approved",
        # One that was taken from readers is published still, and can be put back.
        status == RevisionStatus.APPROVED or (status == RevisionStatus.PUBLISHED and candidate.article.live is None),
        f"The revision is {candidate.revision.get_status_display().lower()}.",
    )


def _coverage(candidate: Candidate) -> Gate:
    unsigned = {block.key: block for block in candidate.unsigned if block.digest not in candidate.sign_offs}
    missing = [candidate.words(key) for key in unsigned]
    nothing = f"All {len(candidate.stored)} blocks are signed."
    return Gate("coverage", not missing, _listing(missing, "without a signature", nothing=nothing))


def _quorum(candidate: Candidate) -> Gate:
    missing = [candidate.words(block.key) for block in candidate.unsigned if block.digest in candidate.sign_offs]
    needed = "two people, one of them a specialist" if candidate.article.risk_class == RiskClass.HIGH else "one person"
    left = len(candidate.unsigned)
    nothing = f"{left} still to be signed by {needed}." if left else f"Every block is signed by {needed}."
    return Gate("quorum", not candidate.unsigned, _listing(missing, f"not yet signed by {needed}", nothing=nothing))


def _separation(candidate: Candidate) -> Gate:
    helped = contributors(candidate.revision)
    both = {
        str(sign_off.reviewer)
        for digest, sign_offs in candidate.sign_offs.items()
        if digest not in candidate.on_page_before
        for sign_off in sign_offs
        if sign_off.reviewer_id in helped
    }
    return Gate(
        "separation",
        not both,
        _listing(
            sorted(both),
            "person signed what they helped write",
            "people signed what they helped write",
            nothing="Nobody signed what they helped write.",
        ),
    )


def _credentials(candidate: Candidate) -> Gate:
    """Whose signatures no longer count since their credential lapsed. What was live before stays signed."""
    today = timezone.now().date()
    missing = [block.digest for block in candidate.unsigned]
    given = SignOff.objects.filter(article=candidate.article, digest__in=missing, withdrawal=None)
    lapsed = {
        f"{sign_off.reviewer}: {sign_off.credential}"
        for sign_off in given.select_related("reviewer", "credential")
        if not sign_off.credential.is_valid_on(today)
    }
    return Gate(
        "credentials",
        not lapsed,
        _listing(
            sorted(lapsed),
            "credential expired or was revoked after the signature",
            "credentials expired or were revoked after the signatures",
            nothing="Every credential that counts holds today.",
        ),
    )


def _comments(candidate: Candidate) -> Gate:
    blocking = [f"{comment.author}: “{comment.quote[:60]}”" for comment in blocking_comments(candidate.revision)]
    return Gate(
        "comments",
        not blocking,
        _listing(
            blocking, "comment stops approval", "comments stop approval", nothing="No open comment stops approval."
        ),
    )


def _findings(candidate: Candidate) -> Gate:
    apart = LINKS | PICTURES | SOURCES
    errors = [f for f in candidate.compiled.findings if f.severity == "error" and f.rule not in apart]
    nothing = f"There is no error in the text.{_waived(candidate)}"
    return Gate(
        "findings",
        not errors,
        _listing(_lines(errors), "error in the text", "errors in the text", nothing=nothing),
    )


def _waived(candidate: Candidate) -> str:
    """What was let pass, and until when, in a sentence: what is published later is asked again then."""
    waivers = waivers_of(candidate.compiled.findings, candidate.article).values()
    if not waivers:
        return ""
    first = min(waiver.expires_on for waiver in waivers)
    return f" {_number(len(waivers), 'finding is', 'findings are')} waived, until {first:%-d %B %Y} at least."


def _sources(candidate: Candidate) -> Gate:
    cited = {reference.key for reference in candidate.compiled.references}
    retracted = Source.objects.retracted().filter(key__in=cited).values_list("key", flat=True)
    problems = _lines(candidate.found_by(SOURCES)) + [f"[@{key}] was retracted" for key in sorted(retracted)]
    are_cited = _number(len(cited), "source is cited", "sources are cited") if cited else "No source is cited"
    return Gate(
        "sources",
        not problems,
        _listing(problems, "problem with the sources", "problems with the sources", nothing=f"{are_cited}."),
    )


def _disclosures(candidate: Candidate) -> Gate:
    shown = {(kind, key) for block in candidate.compiled.blocks for kind, key, _ in block.embeds}
    problems = [
        f"the offer {key} does not say who pays for it"
        for key, offer in candidate.library.offers.items()
        if ("offer", key) in shown and offer.kind == OfferKind.LEGAL and not offer.disclosure_html
    ] + [
        f"the story {key} does not say how typical it is"
        for key, story in candidate.library.stories.items()
        if ("story", key) in shown and not story.typicality
    ]
    return Gate(
        "disclosures",
        not problems,
        _listing(
            problems,
            "offer or story says too little",
            "offers and stories say too little",
            nothing="Every offer says who pays, every story how typical it is.",
        ),
    )


def _links(candidate: Candidate) -> Gate:
    wrong = _lines(candidate.found_by(LINKS))
    # Advice: two new pages may lead to each other, and two that were taken down.
    not_live = _listing(
        _lines(candidate.found_by(NOT_LIVE)),
        "link leads to a page that is not live",
        "links lead to pages that are not live",
        nothing="Every link and anchor leads somewhere.",
    )
    return Gate(
        "links",
        not wrong,
        _listing(wrong, "link or anchor leads nowhere", "links or anchors lead nowhere", nothing=not_live),
    )


def _pictures(candidate: Candidate) -> Gate:
    wrong = _lines(candidate.found_by(PICTURES))
    return Gate(
        "pictures",
        not wrong,
        _listing(
            wrong,
            "problem with the pictures",
            "problems with the pictures",
            nothing="Every picture has its description.",
        ),
    )


def _next_review(candidate: Candidate) -> Gate:
    reviewed = reviewed_on(candidate.revision)
    if reviewed is None:
        return Gate("next-review", False, "Nobody has reviewed the page yet.")
    due = next_due(candidate.article, reviewed)
    sentence = f"The page was reviewed on {reviewed:%-d %B %Y} and is due again on {due:%-d %B %Y}."
    if due > timezone.now().date():
        return Gate("next-review", True, sentence)
    if candidate.revision.significance == Significance.SAFETY_CORRECTION:
        return Gate("next-review", True, f"{sentence} A safety correction does not wait for that.")
    return Gate("next-review", False, f"{sentence} A reviewer reads it again first, and finds it still right.")


def _address(candidate: Candidate) -> Gate:
    taken = Redirect.objects.filter(address=candidate.article.address).exclude(article=candidate.article).first()
    at = f"/{candidate.article.address}/"
    evidence = f"The address {at} leads to {taken.article}." if taken else f"The address {at} leads nowhere else."
    return Gate("address", taken is None, evidence)


def _embedded(candidate: Candidate) -> Gate:
    submitted, shown = ([block.digest for block in blocks] for blocks in (candidate.stored, candidate.compiled.blocks))
    new, gone = Counter(shown) - Counter(submitted), Counter(submitted) - Counter(shown)
    changed = [_quoted(block) for block in candidate.compiled.blocks if block.digest in new]
    # A block that changed is named as it is now: as it was, it would be named a second time.
    missing = [] if changed else [_quoted(block) for block in candidate.stored if block.digest in gone]
    told = _listing(
        changed or missing,
        "block changed since it was submitted" if changed else "block is no longer there",
        "blocks changed since they were submitted" if changed else "blocks are no longer there",
        nothing="What the page shows from the library is as it was submitted.",
    )
    if shown == submitted:
        return Gate("embedded", True, told)
    told = told if changed or missing else "The blocks stand in another order than they were submitted in."
    if candidate.revision.status == RevisionStatus.PUBLISHED:
        return Gate("embedded", False, f"{told} Start a draft of the page, and submit that.")
    return Gate("embedded", False, f"{told} Recall the revision and submit it again.")


def _rendering(candidate: Candidate) -> Gate:
    shown = {digest: sign_offs[0].html_hash for digest, sign_offs in candidate.sign_offs.items()}
    redrawn = [
        candidate.words(b.key) for b in candidate.compiled.blocks if shown.get(b.digest, b.html_hash) != b.html_hash
    ]
    return Gate(
        "rendering",
        not redrawn,
        _listing(
            redrawn,
            "block looks different than when it was signed",
            "blocks look different than when they were signed",
            nothing="Readers will see what the reviewers saw.",
        ),
    )


def _byline(candidate: Candidate) -> Gate:
    authors = candidate.article.bylines.filter(role=BylineRole.AUTHOR).count()
    named = _number(authors, "person is", "people are") if authors else "Nobody is"
    return Gate("byline", authors > 0, f"{named} named as author.")


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


def _quoted(block: CompiledBlock | Block) -> str:
    return f"“{first_words(block)}”"


def _number(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"


def _listing(items: Sequence[str], one: str, more: str = "", *, nothing: str) -> str:
    """Such as: 2 errors in the text: line 5: …; line 7: …. `more` is said of several, where it differs from `one`."""
    if not items:
        return nothing
    listed = "; ".join(item.removesuffix(".") for item in items[:LISTED])
    rest = f" and {len(items) - LISTED} more" if len(items) > LISTED else ""
    return f"{_number(len(items), one, more or one)}: {listed}{rest}."
