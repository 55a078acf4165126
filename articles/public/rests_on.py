"""What readers are told of the evidence behind a page, in plain words.

Composed for each view from what was counted when the page was frozen: the ages of sources grow, the words stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from articles.markup.evidence import EvidenceProfile
from articles.models import Kind, PublishedPage
from citations.study_designs import EvidenceKind

# What a statement rests on, after "1 rests on" or "12 rest on".
KINDS: Mapping[EvidenceKind, str] = MappingProxyType(
    {
        EvidenceKind.SYSTEMATIC_REVIEW: "a review that looked for all studies of a question (systematic review)",
        EvidenceKind.RANDOMIZED_TRIAL: "a trial in which chance decided who got which treatment (randomized trial)",
        EvidenceKind.TRIAL: "a trial of a treatment, with no sign that chance decided who got it",
        EvidenceKind.COHORT: "a study that followed groups of people, or looked back at them (such as a cohort)",
        EvidenceKind.CASE_REPORT: "a report of one patient or of a few (case report)",
        EvidenceKind.LABORATORY: "a study in the lab or in animals, not in people",
        EvidenceKind.GUIDELINE: "what a group of experts agreed on (guideline or consensus)",
        EvidenceKind.NARRATIVE_REVIEW: "what experts wrote to sum up a field (overview)",
        EvidenceKind.REFERENCE: "a page of a health organization, a book or the news",
        EvidenceKind.STORY: "a story that a patient told",
        EvidenceKind.NOT_STATED: "a source whose kind we have not written down",
    }
)


@dataclass(frozen=True)
class RestsOn:
    """The profile of a page in words: how many statements name a source, how many rest on which kind, what is said of
    the others, and how old the sources are. The last two may be empty.
    """

    opening: str
    kinds: Sequence[tuple[int, str]]
    on_nothing: str
    ages: str


def rests_on(page: PublishedPage, *, year: int) -> RestsOn | None:
    """What to tell of this page in this year. None for one from before that was counted, and for a page of the site,
    such as that on privacy, which cites nothing and needs nothing.
    """
    profile = EvidenceProfile.from_json(page.evidence)
    if profile is None or not profile.statements or (page.article.kind == Kind.PAGE and not profile.sources):
        return None
    return in_words(profile, year=year)


def in_words(profile: EvidenceProfile, *, year: int) -> RestsOn:
    """The same of any profile that has statements."""
    return RestsOn(
        opening=_opening(profile),
        kinds=[(count, KINDS[kind]) for kind, count in profile.kinds.items()],
        on_nothing=_on_nothing(profile),
        ages=_ages(profile, year),
    )


def _opening(profile: EvidenceProfile) -> str:
    if profile.statements == 1:
        return f"This page makes one statement. It {'names' if profile.cited else 'does not name'} a source."
    made = f"This page makes {profile.statements} statements."
    if not profile.cited:
        return f"{made} None of them names a source."
    if profile.cited == 1:
        return f"{made} One of them names a source."
    named = f"{profile.cited} of them name a source." if profile.nothing else "Each of them names a source."
    return f"{made} {named} We count each once, for its strongest source. The strongest kinds come first."


def _on_nothing(profile: EvidenceProfile) -> str:
    bare = profile.bare_figures
    if not profile.nothing:
        return ""
    if profile.nothing == 1:
        named = "One names no source. It" if profile.cited else "It"
        return f"{named} should only explain, advise, or say what is widely known.{' Yet it gives a figure.' * bare}"
    named = f"{profile.nothing} name no source. They" if profile.cited else "They"
    figures = f"Yet {bare} of them {'gives' if bare == 1 else 'give'} a figure." if bare else "None gives a figure."
    return f"{named} should only explain, advise, or say what is widely known. {figures}"


def _ages(profile: EvidenceProfile, year: int) -> str:
    dated, sources = profile.dated, profile.sources
    undated = sources - len(dated)
    if not sources:
        return ""
    if sources == 1:
        return f"The page cites one source{f', from {dated[0]}' if dated else '. It gives no year'}."
    told = [f"The page cites {sources} sources."]
    if not dated:
        return f"{told[0]} None of them gives a year."
    if undated:
        told.append(f"{undated} of them {'gives' if undated == 1 else 'give'} no year.")
    those = f"the other {len(dated)}" if undated else "them"
    if len(dated) == 1:
        told.append(f"The other one is from {dated[0]}.")
    elif dated[0] == dated[-1]:
        told.append(f"All of {those} are from {dated[0]}.")
    else:
        since = profile.half_since
        assert since is not None  # there are dated ones
        old = "a year old" if year - since <= 1 else f"{year - since} years old"
        told += [
            f"At least half of {those} are from {since} or later: {old} or less.",
            f"The oldest is from {dated[-1]}, the newest from {dated[0]}.",
        ]
    return " ".join(told)
