"""What a page rests on, as the desk sees it: a bar for each kind of source, and the same figures in a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from articles.admin.charts import Bar, Chart
from articles.markup.evidence import EvidenceProfile
from citations.study_designs import NAMES, EvidenceKind

NOTHING = "Nothing cited"


@dataclass(frozen=True)
class Picture:
    """A profile in two sentences, as a chart, and as rows of kind, statements and share."""

    statements: str
    sources: str
    chart: Chart
    rows: Sequence[tuple[str, int, str]]


def picture_of(profile: EvidenceProfile, *, year: int) -> Picture:
    """The picture of this profile, with the ages that sources have in this year."""
    counts = [*((NAMES[kind], count) for kind, count in profile.kinds.items()), (NOTHING, profile.nothing)]
    return Picture(
        statements=(
            f"{profile.cited} of {_counted(profile.statements, 'statement')} cite a source, each counted once for the "
            f"strongest. Of those that cite nothing, {profile.bare_figures} state a figure."
        ),
        sources=_sources(profile, year),
        chart=Chart(
            "chart-rests-on",
            "Statements by the strongest kind of source that they cite",
            "A bar for each kind, the strongest first, as long as its number of statements. The same figures stand in "
            "the table.",
            [Bar(name, count) for name, count in counts],
        ),
        rows=[(name, count, share(count, profile.statements)) for name, count in counts],
    )


def share(part: int, whole: int) -> str:
    """Such as: 12%. A dash where there is nothing to have a share of; what is not nothing is never 0%."""
    if not whole:
        return "–"
    percent = 100 * part / whole
    return "<1%" if 0 < percent < 0.5 else f"{percent:.0f}%"


def shares(profile: EvidenceProfile, groups: Mapping[str, Sequence[EvidenceKind]]) -> list[str]:
    """The share of each group of kinds among all statements."""
    return [share(sum(profile.kinds.get(kind, 0) for kind in group), profile.statements) for group in groups.values()]


def age(profile: EvidenceProfile, year: int) -> str:
    """The median age of the sources, such as: 7.5 years; a dash where none gives a year."""
    found = profile.median_age(year)
    return "–" if found is None else f"{found:g} {'year' if found == 1 else 'years'}"


def _sources(profile: EvidenceProfile, year: int) -> str:
    if not profile.sources:
        return "No sources."
    dated = profile.dated
    undated = profile.sources - len(dated)
    told = f"{_counted(profile.sources, 'source')}"
    if dated:
        told += f", median age {age(profile, year)}: the oldest of {dated[-1]}, the newest of {dated[0]}"
    return f"{told}. {undated} without a year." if undated else f"{told}."


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
