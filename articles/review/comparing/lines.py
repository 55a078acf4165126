"""Two versions of a block, compared line by line and word by word; differences are marked on what was read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from rapidfuzz.distance import LCSseq

from articles.review.comparing.alignment import pair_up
from articles.review.comparing.reading import Atom, Cites, Line, Link, Picture, Reading, said

Twins = list[tuple[Atom, Atom]]


@dataclass(frozen=True, slots=True)
class MovedLine:
    """A line that changed places: its place among the lines of its kind, from 1."""

    line: Line
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Restyled:
    """Words that stayed and look different."""

    words: str
    before: frozenset[str]
    after: frozenset[str]


@dataclass(slots=True)
class Differences:
    """What the words alone do not show. Of a pair of links one side may be missing."""

    moved: list[MovedLine] = field(default_factory=list)
    restyled: list[Restyled] = field(default_factory=list)
    links: list[tuple[Link | None, Link | None]] = field(default_factory=list)
    pictures: list[tuple[Picture | None, Picture | None]] = field(default_factory=list)
    cited_elsewhere: set[str] = field(default_factory=set)  # parts of anchors
    words_differ: bool = False


def compare_readings(before: Reading, after: Reading) -> Differences:
    """Mark what differs on both readings, and return what marks on words cannot tell."""
    found = Differences()
    twins: Twins = []
    pairs = pair_up(
        before.lines,
        after.lines,
        same=[lambda line: (line.tag, line.same), lambda line: line.same or line],
        words=lambda line: line.same,
    )
    for pair in pairs:
        one, other = before.lines[pair.before], after.lines[pair.after]
        same = list(_compare_words(one, other))
        twins += same
        if pair.moved:
            found.moved.append(MovedLine(other, _place(before, one), _place(after, other)))
            for old, new in same:
                old.mark = new.mark = "moved"
    _mark_all(before, {pair.before for pair in pairs}, "del")
    _mark_all(after, {pair.after for pair in pairs}, "ins")
    found.words_differ = any(atom.mark in ("del", "ins") for atom in [*before.atoms, *after.atoms])
    found.restyled = list(_restyled(twins))
    found.links = _changed_links(before.links, after.links, twins)
    found.pictures = _changed_pictures(before, after)
    places = (
        _places_of_citations(before, [old for old, _ in twins]),
        _places_of_citations(after, [new for _, new in twins]),
    )
    found.cited_elsewhere = {key for key in places[0] if places[0][key] != places[1].get(key)}
    return found


def mark_whole(reading: Reading, mark: str) -> None:
    """Mark everything that was read."""
    _mark_all(reading, set(), mark)


def cited(reading: Reading) -> list[tuple[str, str]]:
    """Every use of a source, by the part of its anchor, with the page."""
    return [use for atom in reading.atoms if isinstance(atom.same, Cites) for use in atom.same.keys]


def _place(reading: Reading, line: Line) -> int:
    alike = [other for other in reading.lines if other.tag == line.tag]
    return next(place for place, other in enumerate(alike, start=1) if other is line)


def _mark_all(reading: Reading, except_for: set[int], mark: str) -> None:
    for place, line in enumerate(reading.lines):
        if place not in except_for:
            for atom in line.atoms:
                atom.mark = mark


def _compare_words(one: Line, other: Line) -> Iterator[tuple[Atom, Atom]]:
    """Mark what was taken out and put in; return the atoms that stayed, as pairs."""
    for changed, start, end, other_start, other_end in _steps(one, other):
        before, after = one.atoms[start:end], other.atoms[other_start:other_end]
        if not changed:
            yield from zip(before, after, strict=True)
            continue
        for atom in before:
            atom.mark = "del"
        for atom in after:
            atom.mark = "ins"


def _steps(one: Line, other: Line) -> list[tuple[bool, int, int, int, int]]:
    """The line in runs, changed and unchanged by turns: whether it is, and its range before and after.

    A few words that two sentences happen to share are no help to a reader between what changed around them: an
    unchanged run that is shorter than the changes on both sides goes with them.
    """
    runs: list[list[int]] = []
    for step in LCSseq.opcodes(one.same, other.same):
        changed = int(step.tag != "equal")
        if runs and runs[-1][0] == changed:
            runs[-1][2], runs[-1][4] = step.src_end, step.dest_end
        else:
            runs.append([changed, step.src_start, step.src_end, step.dest_start, step.dest_end])

    def weight(run: list[int]) -> int:
        return max(_length(one.atoms[run[1] : run[2]]), _length(other.atoms[run[3] : run[4]]))

    place = 1
    while place + 1 < len(runs):
        before, run, after = runs[place - 1 : place + 2]
        if not run[0] and weight(run) <= min(weight(before), weight(after)) and _is_plain(one.atoms[run[1] : run[2]]):
            runs[place - 1 : place + 2] = [[1, before[1], after[2], before[3], after[4]]]
        else:
            place += 1
    return [(bool(changed), *ranges) for changed, *ranges in runs]  # type: ignore[misc]  # four of them


def _length(atoms: list[Atom]) -> int:
    return sum(len(atom.html) if isinstance(atom.same, str) else 8 for atom in atoms)


def _is_plain(atoms: list[Atom]) -> bool:
    return all(isinstance(atom.same, str) for atom in atoms)


def _restyled(twins: Twins) -> Iterator[Restyled]:
    for change, run in groupby(twins, key=lambda pair: (pair[0].emphasis, pair[1].emphasis)):
        if change[0] == change[1]:
            continue
        words = []
        for old, new in run:
            old.mark, new.mark = old.mark or "restyled", new.mark or "restyled"
            words.append(new.html)
        yield Restyled(said(" ".join(words)), *change)


def _changed_links(before: list[Link], after: list[Link], twins: Twins) -> list[tuple[Link | None, Link | None]]:
    partner: dict[Link, Link] = {}
    for old, new in twins:
        if old.link is not None and new.link is not None:
            partner.setdefault(old.link, new.link)
    new_ones = [link for link in after if link not in partner.values()]
    changes: list[tuple[Link | None, Link | None]] = []
    for link in before:
        # On other words, but to the same place: it is the same link.
        other = partner.get(link) or next((new for new in new_ones if new.address == link.address), None)
        if other in new_ones:
            new_ones.remove(other)
        if other is None or other.address != link.address:
            changes.append((link, other))
    changes += [(None, link) for link in new_ones]
    changed = {link for pair in changes for link in pair if link is not None}
    for old, new in twins:
        if old.link in changed or new.link in changed:
            old.mark, new.mark = old.mark or "restyled", new.mark or "restyled"
    return changes


def _places_of_citations(reading: Reading, stayed: list[Atom]) -> dict[str, list[int]]:
    """Behind which of the words that stayed each source is cited, by the part of its anchor."""
    numbers = {atom: number for number, atom in enumerate(stayed) if isinstance(atom.same, str)}
    places: dict[str, list[int]] = {}
    last = -1
    for atom in reading.atoms:
        last = numbers.get(atom, last)
        if isinstance(atom.same, Cites):
            for key, _ in atom.same.keys:
                places.setdefault(key, []).append(last)
    return places


def _changed_pictures(before: Reading, after: Reading) -> list[tuple[Picture | None, Picture | None]]:
    old, new = ([atom.same for atom in side.atoms if isinstance(atom.same, Picture)] for side in (before, after))
    length = max(len(old), len(new))
    both = zip([*old, *[None] * (length - len(old))], [*new, *[None] * (length - len(new))], strict=True)
    return [(one, other) for one, other in both if one != other]
