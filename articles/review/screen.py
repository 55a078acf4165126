"""What the review screen shows one person: each block as it was and will be, its evidence, and what is left to do."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone

from articles.markup import CompiledBlock, CompiledPage, FigureStatement, compile_page
from articles.markup.library import for_text
from articles.markup.source_text import normalise
from articles.models import Block, Look, ReviewClaim, Revision, SignOff
from articles.review.anchoring import Found, text_of
from articles.review.commenting import Thread, threads_on
from articles.review.comparing import AnyBlock, BlockChange, What, compare
from articles.review.coverage import TAKEN_OUT, UnsignedBlock, live_sign_offs, unsigned_blocks
from articles.review.eligibility import own_words, why_not
from articles.review.freshness import next_due
from articles.review.signing import issue_token
from articles.review.suggesting import Proposal, proposals_for
from articles.review.taking_out import TakenOut, taken_out_by, took_out
from citations.models import Quote, Source
from mesoinfo.models import User

# People proofread 180 words a minute on a screen (Ziefle 1998, Human Factors 40, 554-568). Half a minute for a look at
# each source is our own guess.
WORDS_A_MINUTE = 180
MINUTES_A_SOURCE = 0.5
_IDS = re.compile(r' (?:id|aria-labelledby)="[^"]*"')


@dataclass
class ShownBlock:
    """One block, before and after, with its signatures, sources and talk, and whether this person is to sign it.

    `token` is issued to this person beside this block; it is empty when there is nothing for them to sign.
    """

    number: int
    change: BlockChange
    block: CompiledBlock | None  # None for a block that was taken out
    signatures: list[SignOff] = field(default_factory=list)
    enough: bool = False  # signed by as many as the risk class of the page asks for, or taken out
    mine: bool = False  # signed by this person
    as_submitted: bool = True  # false when something it shows was changed in the library since
    own_words: bool = False  # this person wrote or suggested them
    read_last: datetime.date | None = None  # when it was signed that counts no more, since it is too long ago
    token: str = ""
    written: str = ""  # the lines of the text that it is written on
    sources: list[Source] = field(default_factory=list)
    figures: list[FigureStatement] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return f"block-{self.number}"

    @property
    def name(self) -> str:
        """Such as: Paragraph, changed."""
        return f"{self.change.name.capitalize()}, {SAID[self.change.what]}"

    @property
    def notes(self) -> tuple[str, ...]:
        return self.change.notes

    @property
    def before_html(self) -> str:
        """As it was, without anchors: those belong to the page as it will be."""
        return unfolded(_IDS.sub("", self.change.before_html))

    @property
    def after_html(self) -> str:
        return unfolded(self.change.after_html if self.is_changed else self.html)

    @property
    def html(self) -> str:
        """As readers will see it, with answers unfolded: nobody signs what they were not shown."""
        return unfolded(self.block.html) if self.block else ""

    @property
    def is_changed(self) -> bool:
        return self.change.what is not What.SAME

    @property
    def in_question(self) -> bool:
        """Whether it takes a signature in this round: it is new or changed, or has lost one."""
        return self.block is not None and (not self.enough or self.change.what in (What.CHANGED, What.ADDED))

    @property
    def can_be_folded(self) -> bool:
        return not (self.is_changed or self.in_question or self.threads or self.proposals)

    @property
    def minutes(self) -> float:
        """How long reading it with its sources takes."""
        return len(text_of(self.html).split()) / WORDS_A_MINUTE + len(self.sources) * MINUTES_A_SOURCE


@dataclass
class ShownTakenOut:
    """What the revision takes out or moves, and whether this person is to sign it: as ShownBlock says of a block.

    It is `own` if this person helped take it out or move it. It is signed as one, with all the tokens.
    """

    number: int
    taken_out: list[TakenOut]
    signatures: list[SignOff]
    enough: bool
    mine: bool
    own: bool
    tokens: list[str]

    anchor = TAKEN_OUT

    @property
    def token(self) -> str:
        return "".join(self.tokens[:1])

    @property
    def parts(self) -> list[tuple[Revision, list[ShownBlock]]]:
        """The changes since each of the revisions by which they are told, each change once."""
        parts: list[tuple[Revision, list[ShownBlock]]] = []
        told: set[object] = set()
        for one in self.taken_out:
            # The same block has another number for a source where more of the page is gone.
            new = {(change.before and change.before.digest, change.what): change for change in one.changes}
            parts.append((one.since, [ShownBlock(self.number, new[key], None) for key in new if key not in told]))
            told |= new.keys()
        return [(since, changes) for since, changes in parts if changes]

    @property
    def minutes(self) -> float:
        """How long reading it takes."""
        changes = [change for _, changes in self.parts for change in changes]
        return sum(len(text_of(change.before_html).split()) for change in changes) / WORDS_A_MINUTE


SAID = {
    What.SAME: "unchanged",
    What.MOVED: "moved",
    What.CHANGED: "changed",
    What.ADDED: "new",
    What.REMOVED: "taken out",
}


def unfolded(html: str) -> str:
    """With the answers of its questions in sight."""
    return html.replace('<details class="faq-item"', '<details open class="faq-item"')


@dataclass
class Run:
    """Blocks that stand together: either each to be looked at, or all unchanged, signed and folded away."""

    blocks: list[ShownBlock]
    is_folded: bool


@dataclass
class Section:
    """The blocks under one heading, in the page's order."""

    heading: str
    blocks: list[ShownBlock]

    @property
    def runs(self) -> list[Run]:
        return [Run(list(blocks), folded) for folded, blocks in groupby(self.blocks, lambda item: item.can_be_folded)]

    @property
    def to_sign(self) -> list[ShownBlock]:
        return [item for item in self.blocks if item.token]


@dataclass
class ReviewScreen:
    """Everything the screen shows about a revision to one person.

    `since` is the revision it is compared with: the live one, or the one this person looked at before, or None.
    """

    compiled: CompiledPage
    since: Revision | None
    looked_at: Look | None
    sections: list[Section]
    orphans: list[Thread]
    without_place: list[Proposal]  # what they would replace is not there
    taken_out: ShownTakenOut | None
    why_not: str
    claims: list[ReviewClaim]

    @cached_property
    def blocks(self) -> list[ShownBlock]:
        return [item for section in self.sections for item in section.blocks]

    @property
    def anchors(self) -> dict[str, str]:
        """Where each block that is not folded away stands on the screen, by its key."""
        return {item.block.key: item.anchor for item in self.blocks if item.block and not item.can_be_folded}

    @cached_property
    def changes(self) -> list[ShownBlock]:
        return [item for item in self.blocks if item.is_changed]

    @cached_property
    def in_question(self) -> list[ShownBlock | ShownTakenOut]:
        return [*(item for item in self.blocks if item.in_question), *filter(None, [self.taken_out])]

    @cached_property
    def read_too_long_ago(self) -> list[ShownBlock]:
        """What did not change and is to be signed again. To find the live page still right settles it at once."""
        return [item for item in self.blocks if item.read_last and not item.is_changed]

    @property
    def done(self) -> int:
        """Of what is in question, how much this person is through with: signed by them, or by enough others."""
        return sum(item.enough or item.mine for item in self.in_question)

    @cached_property
    def to_sign(self) -> list[ShownBlock | ShownTakenOut]:
        return [item for item in self.in_question if item.token]

    @property
    def minutes(self) -> int:
        """About how long the rest takes this person, at least one minute."""
        return max(1, round(sum(item.minutes for item in self.to_sign)))

    @property
    def blocking(self) -> list[Thread]:
        threads = [thread for item in self.blocks for thread in item.threads] + self.orphans
        return [thread for thread in threads if thread.comment.blocking]


def screen_for(user: User, revision: Revision, *, since_my_look: bool = False) -> ReviewScreen:
    """What this person sees of the revision, against the live page or what they looked at last.

    Whatever is still to be signed by them carries a token of theirs. The number of queries does not depend on how many
    blocks, sources, comments and suggestions there are.
    """
    compiled = compile_page(revision.text, for_text(revision.text, revision.article))
    look = last_look(user, revision)
    live = revision.article.live.revision if revision.article.live else None
    since = look.revision if since_my_look and look else live
    before = list(Block.objects.filter(revision=since)) if since else []
    refusal = why_not(user, revision)
    sources = _sources(compiled.blocks)
    found = compare(before, compiled.blocks, titles={key: source.title for key, source in sources.items()})
    items = [
        _shown(number, change, revision, sources, compiled.figures) for number, change in enumerate(found, start=1)
    ]
    signed = live_sign_offs(revision)
    prefetch_related_objects(signed, "reviewer__person__interests")
    submitted = list(revision.blocks.values_list("digest", flat=True))
    so_far = _SoFar(user, revision, unsigned_blocks(revision), signed, submitted, may_sign=not refusal)
    _add_signatures(items, so_far)
    taken_out = _taken_out(len(items) + 1, compiled.blocks, so_far)
    orphans = _add_threads(items, threads_on(revision.article, compiled.blocks))
    without_place = _add_proposals(items, proposals_for(revision.article, revision.text))
    claims = list(ReviewClaim.objects.held().filter(request__revision=revision).select_related("reviewer"))
    sections = list(_sections(items, compiled))
    return ReviewScreen(compiled, since, look, sections, orphans, without_place, taken_out, refusal, claims)


def last_look(user: User, revision: Revision) -> Look | None:
    """What this person had on the screen before this revision, if anything."""
    earlier = Look.objects.filter(user=user, revision__article=revision.article, revision__number__lt=revision.number)
    return earlier.select_related("revision").order_by("-revision__number").first()


def note_look(user: User, revision: Revision) -> None:
    """Remember that this person has the revision on their screen."""
    Look.objects.update_or_create(user=user, revision=revision, defaults={"at": timezone.now()})


def _sources(blocks: Iterable[CompiledBlock]) -> dict[str, Source]:
    keys = {key for block in blocks for kind, key, _ in block.embeds if kind == "source"}
    found = Source.objects.filter(key__in=keys).prefetch_related(
        Prefetch("quotes", Quote.objects.pinned(), to_attr="pinned"), "notices__successor"
    )
    return {source.key: source for source in found}


def _shown(
    number: int,
    change: BlockChange,
    revision: Revision,
    sources: dict[str, Source],
    figures: Iterable[FigureStatement],
) -> ShownBlock:
    if not isinstance(change.after, CompiledBlock):
        return ShownBlock(number, change, None, enough=True)
    block = change.after
    lines = normalise(revision.text).split("\n")[block.line - 1 : block.last_line]
    cited = [sources[key] for kind, key, _ in block.embeds if kind == "source"]
    in_it = [figure for figure in figures if block.line <= figure.line <= block.last_line]
    return ShownBlock(number, change, block, written="\n".join(lines).strip("\n"), sources=cited, figures=in_it)


@dataclass(frozen=True)
class _SoFar:
    """What is signed of a revision and what is not, and who asks. `submitted` are the digests of its blocks."""

    user: User
    revision: Revision
    unsigned: Sequence[UnsignedBlock]
    signed: Sequence[SignOff]
    submitted: Sequence[str]
    may_sign: bool


def _add_signatures(items: Sequence[ShownBlock], so_far: _SoFar) -> None:
    unsigned, submitted = {block.digest for block in so_far.unsigned}, set(so_far.submitted)
    theirs = own_words(so_far.user, so_far.revision.article)
    read_last = _read_too_long_ago(so_far.revision, unsigned)
    signatures: dict[str, list[SignOff]] = {}
    for sign_off in so_far.signed:
        signatures.setdefault(sign_off.digest, []).append(sign_off)
    for item in items:
        if item.block is None:
            continue
        digest = item.block.digest
        item.signatures = signatures.get(digest, [])
        item.read_last = None if item.signatures else read_last.get(digest)
        item.mine = any(
            sign_off.reviewer_id == so_far.user.pk and sign_off.html_hash == item.block.html_hash
            for sign_off in item.signatures
        )
        item.as_submitted = digest in submitted
        # What looks different than when it was signed is signed anew before it is published.
        looks_as_signed = not item.signatures or item.signatures[0].html_hash == item.block.html_hash
        item.enough = item.as_submitted and digest not in unsigned and looks_as_signed
        item.own_words = digest in theirs
        if so_far.may_sign and item.as_submitted and not (item.enough or item.mine or item.own_words):
            item.token = issue_token(so_far.user, so_far.revision, item.block)


def _read_too_long_ago(revision: Revision, digests: Collection[str]) -> dict[str, datetime.date]:
    """When those of these blocks were last signed whose signatures are older than the risk class of the page allows."""
    given = SignOff.objects.filter(article=revision.article, digest__in=digests, withdrawal=None).order_by("signed_at")
    days = {digest: at.astimezone(datetime.UTC).date() for digest, at in given.values_list("digest", "signed_at")}
    today = timezone.now().date()
    return {digest: day for digest, day in days.items() if next_due(revision.article, day) <= today}


def _taken_out(number: int, blocks: Sequence[CompiledBlock], so_far: _SoFar) -> ShownTakenOut | None:
    taken_out = taken_out_by(so_far.revision)
    if not taken_out:
        return None
    lacking = {block.digest for block in so_far.unsigned if block.key == TAKEN_OUT}
    digests = {one.digest for one in taken_out}
    signatures = [sign_off for sign_off in so_far.signed if sign_off.digest in digests]
    theirs = {sign_off.digest for sign_off in signatures if sign_off.reviewer_id == so_far.user.pk}
    own = took_out(so_far.user, so_far.revision)
    as_submitted = [block.digest for block in blocks] == so_far.submitted
    may_sign = so_far.may_sign and as_submitted and not own
    to_sign = [one for one in taken_out if may_sign and one.digest in lacking - theirs]
    return ShownTakenOut(
        number,
        taken_out,
        # Whoever signed it since several revisions is named once.
        list({sign_off.reviewer_id: sign_off for sign_off in signatures}.values()),
        enough=not lacking,
        mine=lacking <= theirs,
        own=own,
        tokens=[issue_token(so_far.user, so_far.revision, one) for one in to_sign],
    )


def _add_threads(items: Sequence[ShownBlock], threads: Iterable[Thread]) -> list[Thread]:
    """Put each thread beside the block its words stand in; return those whose words stand nowhere."""
    beside = {item.block.key: item for item in items if item.block is not None}
    orphans = []
    for thread in threads:
        block: AnyBlock | None = thread.place.block
        if thread.place.found is Found.ORPHANED or block is None:
            orphans.append(thread)
        else:
            beside[block.key].threads.append(thread)
    return orphans


def _add_proposals(items: Sequence[ShownBlock], proposals: Iterable[Proposal]) -> list[Proposal]:
    """Put each suggested wording beside the block it is for; return those whose block is not there."""
    beside = {item.block.key: item for item in items if item.block is not None}
    left = []
    for proposal in proposals:
        if proposal.refusal:
            left.append(proposal)
        else:
            beside[proposal.block_key].proposals.append(proposal)
    return left


def _sections(items: Sequence[ShownBlock], compiled: CompiledPage) -> Iterator[Section]:
    """Blocks grouped by the section they stand in, in the page's order; what comes before the first is the opening."""
    names = {entry.anchor: entry.text for entry in compiled.contents}
    section = "Opening"
    placed: list[tuple[str, ShownBlock]] = []
    for item in items:
        if item.block is not None:
            section = names.get(item.block.key.split("/")[0], "Opening")
        placed.append((section, item))
    for name, together in groupby(placed, key=lambda pair: pair[0]):
        yield Section(name, [item for _, item in together])
