"""What the rules read, and what they find: no rule changes anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..embeds import Library, SourceEmbed
from ..outline import Segment
from ..positions import SourceLines
from ..statements import Statement


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that a rule finds wrong, at a line and a column.

    ``beside`` is what it held the words against, if it did: each source as ``@key``, or another sentence.
    """

    rule: str
    at: tuple[int, int]
    message: str
    excerpt: str
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """A page as the rules read it.

    ``typed_list`` holds the heading and the blocks of a list of references that was typed by hand; ``statements``
    leaves these blocks out.
    """

    segments: Sequence[Segment]
    statements: Sequence[Statement]
    source: SourceLines
    library: Library
    abbreviations: Mapping[str, str]
    typed_list: Sequence[Segment] = ()

    def place(self, statement: Statement, offset: int = 0) -> tuple[int, int]:
        """Return the line and the column of an offset in a statement."""
        return self.source.position(statement.piece.inline, statement.piece.source_offset(statement.start + offset))

    def flaw(self, rule: str, statement: Statement, offset: int, message: str, excerpt: str = "") -> Flaw:
        """Return what ``rule`` finds at an offset in a statement; its excerpt is the statement if none is given."""
        return Flaw(rule, self.place(statement, offset), message, excerpt or statement.sentence)

    def flaw_beside_sources(self, rule: str, statement: Statement, offset: int, message: str) -> Flaw:
        """Return the same for a rule that holds a statement against what it cites: of other sources it is another."""
        return replace(
            self.flaw(rule, statement, offset, message), beside=tuple(f"@{key}" for key in sorted(set(statement.keys)))
        )

    def sources_of(self, statement: Statement) -> list[SourceEmbed]:
        """Return the sources that a statement cites, as far as they are known."""
        return [self.library.sources[key] for key in statement.keys if key in self.library.sources]
