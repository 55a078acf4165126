"""Which piece of one text is which piece of another: equal pieces first, then alike ones, wherever they went."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from rapidfuzz.distance import Indel, LCSseq

Piece = TypeVar("Piece")

# Of the words of two pieces, how many must be the same and in order (2 * common / all) to take one for the other:
# anywhere on the page, and where nothing else stands between the same neighbors.
ALIKE = 0.5
ALIKE_IN_PLACE = 0.3


@dataclass(frozen=True, slots=True)
class Pair:
    """The same piece before and after, by place. `moved`: it changed places with others."""

    before: int
    after: int
    moved: bool


def pair_up(
    before: Sequence[Piece],
    after: Sequence[Piece],
    *,
    same: Sequence[Callable[[Piece], Hashable]],
    words: Callable[[Piece], Sequence[Hashable]],
) -> list[Pair]:
    """Pair the pieces of two texts, each at most once, in the order of `before`.

    Pieces are the same if the first of `same` says so, else the second and so on; what is left is paired by its words.
    Moved are those that must be taken out so that the rest stand in one order, as few as can be.
    """
    found: dict[int, int] = {}
    for key in same:
        _pair_equal([key(piece) for piece in before], [key(piece) for piece in after], found)
    _pair_alike(
        {place: words(piece) for place, piece in enumerate(before) if place not in found},
        {place: words(piece) for place, piece in enumerate(after) if place not in set(found.values())},
        found,
    )
    in_order = _longest_in_order(found)
    return [Pair(place, found[place], place not in in_order) for place in sorted(found)]


def _pair_equal(before: Sequence[Hashable], after: Sequence[Hashable], found: dict[int, int]) -> None:
    taken = set(found.values())
    left = [place for place in range(len(before)) if place not in found]
    right = [place for place in range(len(after)) if place not in taken]
    # In one order as far as they are, so that of two equal pieces each is taken for the one in its place.
    for step in LCSseq.opcodes([before[place] for place in left], [after[place] for place in right]):
        if step.tag == "equal":
            for one, other in zip(
                range(step.src_start, step.src_end), range(step.dest_start, step.dest_end), strict=True
            ):
                found[left[one]] = right[other]
    taken = set(found.values())
    elsewhere: defaultdict[Hashable, deque[int]] = defaultdict(deque)
    for place in right:
        if place not in taken:
            elsewhere[after[place]].append(place)
    for place in left:
        if place not in found and elsewhere[before[place]]:
            found[place] = elsewhere[before[place]].popleft()


def _pair_alike(
    before: dict[int, Sequence[Hashable]], after: dict[int, Sequence[Hashable]], found: dict[int, int]
) -> None:
    in_order = sorted(_longest_in_order(found))
    starts, ends = in_order, [found[place] for place in in_order]
    candidates = []
    for one, its_words in before.items():
        gap = bisect_right(starts, one)
        for other, other_words in after.items():
            in_place = bisect_right(ends, other) == gap
            needed = ALIKE_IN_PLACE if in_place else ALIKE
            likeness = Indel.normalized_similarity(its_words, other_words, score_cutoff=needed)
            if likeness >= needed:
                # Of equally alike ones the one in its place is taken, then the first.
                candidates.append((-likeness, not in_place, one, other))
    taken: set[int] = set()
    for _, _, one, other in sorted(candidates):
        if one not in found and other not in taken:
            found[one] = other
            taken.add(other)


def _longest_in_order(found: dict[int, int]) -> set[int]:
    """The most keys whose values stand in the same order as they do (a longest increasing subsequence)."""
    ends: list[int] = []  # the smallest last value of a run of each length
    last: list[int] = []  # and whose it is
    before: dict[int, int | None] = {}
    for place in sorted(found):
        length = bisect_left(ends, found[place])
        before[place] = last[length - 1] if length else None
        ends[length : length + 1] = [found[place]]
        last[length : length + 1] = [place]
    kept: set[int] = set()
    place_or_none = last[-1] if last else None
    while place_or_none is not None:
        kept.add(place_or_none)
        place_or_none = before[place_or_none]
    return kept
