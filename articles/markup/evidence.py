"""What a page rests on: its statements by the kind of evidence that they cite, and the years of its sources.

A statement is a sentence that readers take as fact: of a paragraph, of an item of a list, of a definition, of a cell
of a table, but not of the heads of columns and the cell that names a row. Not counted are headings, questions, terms
that are explained, and the boxes that say when to call for help: they tell people what to do. Offers, pictures and what
the record of a story says are not the page's own words, and not counted either. But whatever cites a source is counted,
wherever it stands, so that every source of the list is in the profile.

What one citation covers is what it covers for the other rules: a sentence of a paragraph, or a whole item, cell or
definition. A statement that cites several sources counts once, for the strongest kind of them
(`citations.study_designs`). One that cites nothing, or only keys that nobody knows, rests on "nothing": it may explain,
advise, or say what is widely known, which no program can tell apart. How many of them state a figure can be told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from citations.study_designs import EvidenceKind, kind_of

from .embeds import SourceEmbed
from .statements import Statement

_CALLS_FOR_HELP = frozenset({"emergency", "urgent"})


@dataclass(frozen=True, slots=True)
class EvidenceProfile:
    """What a page rests on.

    ``kinds`` counts the statements that cite something, by the strongest kind that they cite, the strongest first and
    only those that occur. ``nothing`` counts the others, ``bare_figures`` those of them that state a figure. ``years``
    are those of the sources in the order of their numbers, None for one that gives no year.
    """

    kinds: Mapping[EvidenceKind, int]
    nothing: int
    bare_figures: int
    years: tuple[int | None, ...]

    @property
    def statements(self) -> int:
        return self.cited + self.nothing

    @property
    def cited(self) -> int:
        """How many statements name a source."""
        return sum(self.kinds.values())

    @property
    def sources(self) -> int:
        return len(self.years)

    @property
    def dated(self) -> list[int]:
        """The years that are known, the newest first."""
        return sorted((year for year in self.years if year is not None), reverse=True)

    @property
    def half_since(self) -> int | None:
        """The last year from which on at least half of the sources are that give a year."""
        dated = self.dated
        return dated[(len(dated) - 1) // 2] if dated else None

    def median_age(self, year: int) -> float | None:
        """The median age in years, in this year, of the sources that give a year of their own."""
        ages = [max(0, year - published) for published in self.dated]
        return median(ages) if ages else None

    def as_json(self) -> dict[str, Any]:
        """The profile as it is frozen with a page."""
        return {
            "kinds": dict(self.kinds),
            "nothing": self.nothing,
            "bare_figures": self.bare_figures,
            "years": list(self.years),
        }

    @classmethod
    def from_json(cls, frozen: Mapping[str, Any]) -> EvidenceProfile | None:
        """The profile that was frozen; None for a page from before pages had one."""
        if not frozen:
            return None
        counts = {EvidenceKind(name): count for name, count in frozen["kinds"].items()}
        return cls(_in_order(counts), frozen["nothing"], frozen["bare_figures"], tuple(frozen["years"]))


def evidence_profile(
    statements: Iterable[Statement],
    sources: Mapping[str, SourceEmbed],
    *,
    listed: Iterable[str],
    bare_figures: Collection[str],
) -> EvidenceProfile:
    """Return what these statements rest on.

    ``listed`` are the keys of the reference list, ``bare_figures`` the sentences that state a figure and cite nothing.
    """
    kinds = {key: kind_of(source.study_design, str(source.record.get("type", ""))) for key, source in sources.items()}
    counts: Counter[EvidenceKind] = Counter()
    nothing = bare = 0
    for statement in statements:
        if not _counts(statement):
            continue
        cited = [kinds[key] for key in statement.keys if key in kinds]
        if cited:
            counts[min(cited, key=lambda kind: kind.rank)] += 1
        else:
            nothing += 1
            bare += bool(bare_figures) and statement.sentence in bare_figures
    return EvidenceProfile(_in_order(counts), nothing, bare, tuple(sources[key].year for key in listed))


def _counts(statement: Statement) -> bool:
    if statement.cited:
        return True
    if statement.is_heading or statement.is_label or statement.is_question:
        return False
    return _CALLS_FOR_HELP.isdisjoint(statement.boxes) and any(map(str.isalnum, statement.text))


def _in_order(counts: Mapping[EvidenceKind, int]) -> dict[EvidenceKind, int]:
    return {kind: counts[kind] for kind in EvidenceKind if counts.get(kind)}
