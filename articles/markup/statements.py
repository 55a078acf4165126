"""The statements of a page, as the rules about words read them: a sentence each, with the sources cited for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from .citations_rule import Cited
from .outline import Segment
from .sentences import Piece, piece_of

_WORD = re.compile(r"[a-z]+")
_STRAY_STOPS = (" .", " ,", " ;", " :", " !", " ?")
_SPACE_BEFORE_STOP = re.compile(r"\s+([.,;:!?])")
_WHOLES = ("list_item", "dd", "td", "th")


@dataclass(slots=True)
class _Whole:
    """A list item, table cell or definition: a citation anywhere in it covers all of it."""

    head: str = ""
    row: str = ""
    cited: list[Cited] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A run of inline content, and what it stands in."""

    piece: Piece
    whole: _Whole | None
    is_heading: bool
    is_label: bool
    boxes: tuple[str, ...]


@dataclass(eq=False)
class Statement:
    """A sentence: its words without citations, the block it stands in, and the citations that go with it.

    ``context`` is what a reader takes from around it: of a table cell the head of its column and the name of its row.
    ``is_label`` is true of such a head or name, and of a term that is explained; ``boxes`` are the names of the blocks
    that it stands in, from the outermost.
    """

    text: str
    segment: Segment
    piece: Piece
    start: int
    cited: tuple[Cited, ...]
    is_heading: bool = False
    context: str = ""
    is_label: bool = False
    boxes: tuple[str, ...] = ()

    @cached_property
    def words(self) -> frozenset[str]:
        """Its words in small letters: a cheap look before an expensive one."""
        return frozenset(_WORD.findall(self.text.lower()))

    @cached_property
    def sentence(self) -> str:
        """Its words as they are shown: blanks collapsed, none before a stop."""
        words = " ".join(self.text.split())
        return _SPACE_BEFORE_STOP.sub(r"\1", words) if any(stop in words for stop in _STRAY_STOPS) else words

    @property
    def is_question(self) -> bool:
        return self.text.rstrip(" \"'”’)*").endswith("?")

    @property
    def is_story(self) -> bool:
        return self.segment.kind == "story"

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that it cites, each once, known or not."""
        return tuple(dict.fromkeys(cited.key for cited in self.cited))


def statements_of(segments: Iterable[Segment]) -> list[Statement]:
    """Return the statements of these blocks, in the order of the text."""
    return [statement for segment in segments for statement in _of_block(segment)]


def _of_block(segment: Segment) -> Iterator[Statement]:
    placed: list[_Placed] = []
    wholes: list[_Whole] = []
    boxes: list[str] = []
    row_name = ""
    in_heading = in_label = False
    for before, token in pairwise([segment.tokens[0], *segment.tokens]):
        kind, _, side = token.type.rpartition("_")
        if kind in _WHOLES:
            if side == "open":
                wholes.append(_Whole(token.meta.get("head", "")))
            else:
                wholes.pop()
            in_label = kind == "th" and side == "open"
        elif kind in ("heading", "callout_heading"):
            in_heading = side == "open"
        elif kind == "dt":
            in_label = side == "open"
        elif kind == "directive" and side == "open":
            boxes.append(token.meta["directive"].name)
        elif kind == "directive" and side == "close":
            boxes.pop()
        elif token.type == "inline":
            piece = piece_of(token)
            whole = wholes[-1] if wholes else None
            names_row = bool(before.meta.get("names_row"))
            if names_row:
                row_name = piece.text
            elif whole is not None and whole.head:
                whole.row = row_name
            if whole is not None:
                whole.cited += [item for cluster in piece.clusters for item in cluster.items]
            placed.append(_Placed(piece, whole, in_heading, in_label or names_row, tuple(boxes)))
    for each in placed:
        yield from _of_piece(segment, each)


def _of_piece(segment: Segment, placed: _Placed) -> Iterator[Statement]:
    piece, whole = placed.piece, placed.whole
    spans = piece.sentences()
    for place, (start, end) in enumerate(spans):
        # A citation after the full stop belongs to the sentence before it.
        until = spans[place + 1][0] if place + 1 < len(spans) else len(piece.text)
        after = start if place else -1
        if whole is not None:
            cited = tuple(whole.cited)
        else:
            cited = tuple(
                item
                for at, cluster in zip(piece.citations, piece.clusters, strict=True)
                if after < at <= until
                for item in cluster.items
            )
        context = " ".join(filter(None, (whole.head, whole.row))) if whole is not None else ""
        yield Statement(
            piece.text[start:end],
            segment,
            piece,
            start,
            cited,
            placed.is_heading,
            context,
            placed.is_label,
            placed.boxes,
        )
