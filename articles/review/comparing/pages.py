"""Two versions of a page, compared block by block."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from html import escape
from types import MappingProxyType
from typing import Any, Protocol

from rapidfuzz.distance import LCSseq

from articles.review.comparing import wording
from articles.review.comparing.alignment import Pair, pair_up
from articles.review.comparing.lines import compare_readings, mark_whole
from articles.review.comparing.reading import marked, read

_WORDS = re.compile(r"\w+")
# Of the words of a new block, how many stood in its neighbor before, if that was cut in two.
_CUT_OFF = 0.8
_FEW_WORDS = 6
_NO_TITLES: Mapping[str, str] = MappingProxyType({})


class AnyBlock(Protocol):
    """A block of a page, compiled a moment ago (CompiledBlock) or kept with its revision (models.Block)."""

    @property
    def key(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def canonical(self) -> str: ...
    @property
    def digest(self) -> str: ...
    @property
    def html(self) -> str: ...


class What(Enum):
    """What happened to a block."""

    SAME = "same"
    MOVED = "moved"  # the same words under the same headings, in another place: its signatures count
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class BlockChange:
    """One block before and after, with the differences marked, and sentences that tell what marks cannot.

    `before` is None for an added block, `after` for a removed one, and so is the HTML of that side empty.
    """

    what: What
    before: AnyBlock | None
    after: AnyBlock | None
    before_html: str = ""
    after_html: str = ""
    notes: tuple[str, ...] = ()
    moved: bool = False  # it changed places with others, whether or not it was changed itself

    @property
    def name(self) -> str:
        """What an editor calls such a block."""
        block = self.after or self.before
        assert block is not None
        return wording.NAMES.get(block.kind, block.kind)

    @property
    def heading(self) -> str:
        """The headings it stands under, or stood under when it was taken out."""
        block = self.after or self.before
        assert block is not None
        return " › ".join(json.loads(block.canonical)["heading_path"])


class _Piece:
    """A block with what its canonical text says of it."""

    def __init__(self, block: AnyBlock) -> None:
        self.block = block
        self.facts: dict[str, Any] = json.loads(block.canonical)
        self.markdown: str = self.facts["markdown"]
        self.path: tuple[str, ...] = tuple(self.facts["heading_path"])
        # Digest of each thing it shows, by kind and key.
        self.embeds: dict[tuple[str, str], str] = {(kind, key): digest for kind, key, digest in self.facts["embeds"]}

    @cached_property
    def words(self) -> Sequence[str]:
        # A heading is too short to know it by whole words.
        return self.markdown if self.block.kind == "heading" else _WORDS.findall(self.markdown)

    @property
    def html(self) -> str:
        # Revisions that were submitted before HTML was kept with their blocks have none.
        return self.block.html or f"<pre>{escape(self.markdown)}</pre>"


# The same block, with less and less of it the same.
_SAME: Sequence[Callable[[_Piece], Any]] = (
    lambda piece: piece.block.digest,
    lambda piece: (piece.block.kind, piece.markdown, piece.path),  # something it shows was changed in the library
    lambda piece: (piece.block.kind, piece.markdown),  # it stands under other headings
    lambda piece: piece.block.kind if piece.block.kind in ("title", "lede") else piece,  # there is one of each
)


def compare(
    before: Sequence[AnyBlock], after: Sequence[AnyBlock], *, titles: Mapping[str, str] = _NO_TITLES
) -> list[BlockChange]:
    """Each block of the later version, in its order, with what happened to it; removed ones after what they followed.

    `titles` are the titles of sources by key, for the sentences that name one.
    """
    old, new = [_Piece(block) for block in before], [_Piece(block) for block in after]
    pairs = _pair_up(old, new)
    by_after = {pair.after: pair for pair in pairs}
    by_before = {pair.before: pair for pair in pairs}
    rewritten = [pair for pair in pairs if old[pair.before].markdown != new[pair.after].markdown]
    before_of = {pair.after: old[pair.before] for pair in rewritten}
    after_of = {pair.before: new[pair.after] for pair in rewritten}
    changes = [
        _changed(old[by_after[place].before], piece, moved=by_after[place].moved, titles=titles)
        if place in by_after
        else _added(piece, _cut_off(piece, place, before_of))
        for place, piece in enumerate(new)
    ]
    followed = {id(change.before): place for place, change in enumerate(changes) if change.before is not None}
    for place, piece in reversed(list(enumerate(old))):
        if place in by_before:
            continue
        stays = (old[n].block for n in range(place - 1, -1, -1) if n in by_before and not by_before[n].moved)
        at = followed.get(id(next(stays, None)), -1)
        changes.insert(at + 1, _removed(piece, _cut_off(piece, place, after_of)))
    return changes


def pair_blocks(before: Sequence[AnyBlock], after: Sequence[AnyBlock]) -> list[tuple[AnyBlock, AnyBlock]]:
    """The blocks that stand in both versions, changed or not, as pairs in the order of the earlier one."""
    old, new = [_Piece(block) for block in before], [_Piece(block) for block in after]
    return [(before[pair.before], after[pair.after]) for pair in _pair_up(old, new)]


def _pair_up(old: Sequence[_Piece], new: Sequence[_Piece]) -> list[Pair]:
    return pair_up(old, new, same=_SAME, words=lambda piece: piece.words)


def _changed(old: _Piece, new: _Piece, *, moved: bool, titles: Mapping[str, str]) -> BlockChange:
    if old.block.digest == new.block.digest:
        notes = tuple(wording.on_headings(old.path, new.path, moved=moved))
        # What readers see is the new one, with its numbers; the old one is the same.
        return BlockChange(
            What.MOVED if moved else What.SAME, old.block, new.block, new.block.html, new.block.html, notes, moved
        )
    before, after = read(old.html), read(new.html)
    found = compare_readings(before, after)
    notes = (
        *wording.on_kind(old.block.kind, new.block.kind),
        *wording.on_headings(old.path, new.path, moved=moved),
        *wording.on_differences(found, before, after),
        *wording.on_citations(before, after, found.cited_elsewhere, (old.embeds, new.embeds), titles),
        *wording.on_embeds(old.embeds, new.embeds),
    )
    if not notes and not found.words_differ:
        notes = (wording.REDRAWN if before.frame != after.frame else wording.UNSEEN,)
    return BlockChange(What.CHANGED, old.block, new.block, marked(before), marked(after), notes, moved)


def _added(piece: _Piece, neighbor: str) -> BlockChange:
    reading = read(piece.html)
    mark_whole(reading, "ins")
    notes = (f"Its words stood in the block {neighbor} it, which was divided.",) if neighbor else ()
    return BlockChange(What.ADDED, None, piece.block, "", marked(reading), notes)


def _removed(piece: _Piece, neighbor: str) -> BlockChange:
    reading = read(piece.html)
    mark_whole(reading, "del")
    notes = (f"Its words stand in the block {neighbor} it now: the two were joined.",) if neighbor else ()
    return BlockChange(What.REMOVED, piece.block, None, marked(reading), "", notes)


def _cut_off(piece: _Piece, place: int, rewritten: Mapping[int, _Piece]) -> str:
    """Where the block stands that holds these words in the other version, if one beside it was rewritten and does."""
    if len(piece.words) < _FEW_WORDS:
        return ""
    for where, neighbor in (("above", place - 1), ("below", place + 1)):
        if neighbor in rewritten:
            shared = LCSseq.similarity(piece.words, rewritten[neighbor].words)
            if shared >= _CUT_OFF * len(piece.words):
                return where
    return ""
