"""What a page rests on, as the desk sees it: a bar for each kind of source, and the same figures in a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.template.defaultfilters import pluralize

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
            f"{profile.cited} of {profile.statements} statement{pluralize(profile.statements)} cite a source, each "
            "counted once for the strongest. "
            f"Of those that cite nothing, {profile.bare_figures or 'none'} give a figure."
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
    """Such as: 12%. What is not nothing is never 0%, and what is not all never 100%; a dash is a share of nothing."""
    if not whole:
        return "–"
    percent = 100 * part / whole
    if 0 < percent < 0.5:
        return "<1%"
    return ">99%" if 99.5 <= percent < 100 else f"{percent:.0f}%"


def shares(profile: EvidenceProfile, groups: Mapping[str, Sequence[EvidenceKind]]) -> list[str]:
    """The share of each group of kinds among all statements."""
    return [share(sum(profile.kinds.get(kind, 0) for kind in group), profile.statements) for group in groups.values()]


def age(profile: EvidenceProfile, year: int) -> str:
    """The median age of the sources in years, such as: 7.5; a dash where none gives a year."""
    found = profile.median_age(year)
    return "–" if found is None else f"{found:g}"


def _span(dated: Sequence[int]) -> str:
    return f"from {dated[0]}" if dated[0] == dated[-1] else f"from {dated[-1]} to {dated[0]}"


def _sources(profile: EvidenceProfile, year: int) -> str:
    if not profile.sources:
        return "It cites no source."
    dated = profile.dated
    told = f"{profile.sources} source{pluralize(profile.sources)}"
    if undated := profile.sources - len(dated):
        told += f", {undated} without a year"
    if dated:
        told += f"; median age in years: {age(profile, year)}, {_span(dated)}"
    return f"{told}."
