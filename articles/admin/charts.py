"""Small charts of horizontal bars, drawn on the server as SVG.

The figures stand in a table beside each chart, so a chart says in words what it is and adds nothing of its own. Colors
come from the style sheet: each bar has a class for its tone, and is known by its label as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 320  # units: on the narrowest phones about one pixel each
BAR = 12
ROW = 38  # a line of words, the bar under it, and some air
HEADING = 30


@dataclass(frozen=True)
class Bar:
    """One figure. `tone` is plain, wait or bad; `heading` starts a group of bars."""

    label: str
    value: int
    tone: str = "plain"
    heading: str = ""


@dataclass(frozen=True)
class Drawn:
    """A bar and where it stands: `top` is that of its row, below the heading of its group."""

    bar: Bar
    top: int
    length: int

    @property
    def heading_at(self) -> int:
        return self.top - 8

    @property
    def words_at(self) -> int:
        return self.top + 14

    @property
    def bar_at(self) -> int:
        return self.top + 20


@dataclass(frozen=True)
class Chart:
    """Bars below each other, each as long as its share of the largest. `key` is its own on the page."""

    key: str
    title: str
    description: str
    bars: Sequence[Bar]

    width = WIDTH
    thickness = BAR

    @property
    def drawn(self) -> list[Drawn]:
        largest = max((bar.value for bar in self.bars), default=0)
        placed, top = [], 0
        for bar in self.bars:
            top += HEADING if bar.heading else 0
            placed.append(Drawn(bar, top, _length(bar.value, largest)))
            top += ROW
        return placed

    @property
    def height(self) -> int:
        return sum(ROW + (HEADING if bar.heading else 0) for bar in self.bars)


def _length(value: int, largest: int) -> int:
    # What is not nothing can be seen, however small it is.
    return max(2, round(WIDTH * value / largest)) if value else 0
