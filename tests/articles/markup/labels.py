"""The ten texts of `labelled/` and what a reader said of their sentences; its README says by which rules."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

LABELLED = Path(__file__).parent / "labelled"

BETWEEN_UNITS = re.compile(
    r"""(?:^|(?<=\s))-\s                    # the dash of an item
    | (?<=[.?!])\s+(?=["(]?[A-Z])           # a full stop
    | (?<=[.?!]["\d)])\s+(?=["(]?[A-Z])     # the same, with a closing mark or the number of a note
    | (?<=[A-Za-z]{3}\.)(?=[A-Z][a-z])      # the same, its space lost
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Label:
    """One sentence with a number in it: a figure that needs a source, or a trap with the reason why it is none."""

    text: str  # the file's name
    line: int
    sentence: str
    words: tuple[str, ...]  # those that make the figure, or that look like one
    verdict: str  # "figure", or the reason why it is a trap

    @property
    def is_figure(self) -> bool:
        return self.verdict == "figure"


def texts() -> dict[str, list[str]]:
    """The lines of each text, by its file's name."""
    return {path.name: path.read_text(encoding="utf-8").splitlines() for path in sorted(LABELLED.glob("*.txt"))}


def labels() -> list[Label]:
    """Every label, in reading order."""
    listed = json.loads((LABELLED / "labels.json").read_text(encoding="utf-8"))
    return [
        Label(text, entry["line"], entry["sentence"], tuple(entry["words"]), entry["label"])
        for text, entries in listed.items()
        for entry in entries
    ]


def units(line: str) -> list[str]:
    """The sentences and list items of one line; none for a title or a license, which begin with #."""
    if line.startswith("#"):
        return []
    return [unit.strip() for unit in BETWEEN_UNITS.split(line) if unit.strip()]
