"""Where things stand in the source: markdown-it keeps lines of blocks only, so inline tokens note theirs.

The parser itself holds no state. Every token of inline content carries ``meta["at"]``, its offset in the
content of its block; `SourceLines.position` turns such an offset into a line and a column.
"""

from __future__ import annotations

from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType


class PositionedState(StateInline):
    """Inline state that notes on each token where in the content it began."""

    pending_at = 0

    def append_pending(self, text: str) -> None:
        if not self.pending:
            self.pending_at = self.pos
        super().append_pending(text)

    def pushPending(self) -> Token:
        token = super().pushPending()
        token.meta["at"] = self.pending_at
        return token

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        token = super().push(ttype, tag, nesting)
        token.meta["at"] = self.pos
        return token


class PositionedInline(ParserInline):
    """markdown-it's inline parser on a `PositionedState`."""

    def __init__(self) -> None:
        super().__init__()
        self.ruler2.before("fragments_join", "keep_positions", _keep_positions)

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        state = PositionedState(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


def _keep_positions(state: StateInline) -> None:
    # Joining adjacent text keeps the last token; it must say where the first one began.
    previous: Token | None = None
    for token in state.tokens:
        if previous is not None and previous.type == token.type == "text":
            token.meta = previous.meta
        previous = token


class SourceLines:
    """The lines of the source, able to say where an offset of some inline content stands in them."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines

    def position(self, inline: Token, offset: int) -> tuple[int, int]:
        """Return the 1-based line and column of ``offset`` in the content of the token ``inline``."""
        content = inline.content
        first = inline.map[0] if inline.map else 0
        line_start = content.rfind("\n", 0, offset) + 1
        line_end = content.find("\n", line_start)
        piece = content[line_start : len(content) if line_end < 0 else line_end]
        number = min(first + content.count("\n", 0, offset), len(self.lines) - 1)
        start = inline.meta.get("column")
        if start is None:
            start = self._start(self.lines[number], piece)
        return number + 1, start + offset - line_start + 1

    @staticmethod
    def _start(line: str, piece: str) -> int:
        words = piece.strip()
        # Content is what remains of a line after its markers: usually the line's tail.
        start = len(line) - len(words) if line.endswith(words) else max(line.find(words), 0)
        return max(start - (len(piece) - len(piece.lstrip())), 0)

    def place_cells(self, cells: list[Token]) -> None:
        """Note on each table cell the column where its words begin (a row's cells share one line)."""
        row = -1
        after = 0
        for cell in cells:
            if not cell.map or not cell.content:
                continue
            if cell.map[0] != row:
                row, after = cell.map[0], 0
            line = self.lines[row]
            # A pipe inside a cell is written "\|" and arrives without its backslash.
            written = cell.content.replace("|", "\\|")
            found = line.find(written, after)
            if found < 0:
                continue
            cell.meta["column"] = found
            after = found + len(written)
