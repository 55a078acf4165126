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
        EvidenceKind.RANDOMIZED_TRIAL: "a trial that drew lots for who got which treatment (randomized trial)",
        EvidenceKind.TRIAL: "a trial of a treatment that is not known to have drawn lots",
        EvidenceKind.COHORT: "a study that looked at groups of people, but tested nothing on them (such as a cohort)",
        EvidenceKind.CASE_REPORT: "a report of one patient or of a few (case report)",
        EvidenceKind.LABORATORY: "a study in the lab or in animals, not in people",
        EvidenceKind.GUIDELINE: "what a group of experts agreed on (guideline or consensus)",
        EvidenceKind.NARRATIVE_REVIEW: "what experts wrote to sum up a field (overview)",
        EvidenceKind.REFERENCE: "a page of a health group, a book or the news",
        EvidenceKind.STORY: "a story that a patient told",
        EvidenceKind.NOT_STATED: "a source whose kind we have not written down",
    }
)


@dataclass(frozen=True)
class RestsOn:
    """The profile of a page as sentences: one, then how many statements rest on which kind, then the others."""

    opening: str
    kinds: Sequence[tuple[int, str]]
    closing: Sequence[str]


def rests_on(page: PublishedPage, *, year: int) -> RestsOn | None:
    """What to tell of this page in this year. None for one from before that was counted, and for a page of the site,
    such as that on privacy, which cites nothing and needs nothing.
    """
    profile = EvidenceProfile.from_json(page.evidence)
    if profile is None or (page.article.kind == Kind.PAGE and not profile.sources):
        return None
    return in_words(profile, year=year)


def in_words(profile: EvidenceProfile, *, year: int) -> RestsOn:
    """The same of any profile."""
    return RestsOn(
        opening=_opening(profile),
        kinds=[(count, KINDS[kind]) for kind, count in profile.kinds.items()],
        closing=[*_on_nothing(profile), *_ages(profile, year)],
    )


def _opening(profile: EvidenceProfile) -> str:
    made = f"This page makes {_counted(profile.statements, 'statement')}."
    if not profile.cited:
        return f"{made} {'None of them names' if profile.statements != 1 else 'It does not name'} a source."
    if profile.cited == 1:
        return f"{made} One of them names a source:" if profile.nothing else f"{made} It names a source:"
    named = f"{profile.cited} of them name a source." if profile.nothing else "Each of them names a source."
    return f"{made} {named} We count each once, for its strongest source. The strongest kinds come first:"


def _on_nothing(profile: EvidenceProfile) -> list[str]:
    if not profile.nothing:
        return []
    if profile.nothing == 1:
        named = "One names no source. It" if profile.cited else "It"
        figures = "It does give a figure." if profile.bare_figures else "It gives no figure."
        return [f"{named} should only explain, advise, or say what is widely known.", figures]
    named = f"{profile.nothing} name no source. They" if profile.cited else "They"
    bare = profile.bare_figures
    figures = f"{bare} of them {'gives' if bare == 1 else 'give'} a figure." if bare else "None of them gives a figure."
    return [f"{named} should only explain, advise, or say what is widely known.", figures]


def _ages(profile: EvidenceProfile, year: int) -> list[str]:
    dated, undated = profile.dated, profile.sources - len(profile.dated)
    if not profile.sources:
        return []
    if not dated:
        return ["Its one source gives no year." if undated == 1 else f"None of its {undated} sources gives a year."]
    if profile.sources == 1:
        return [f"Its one source is from {dated[0]}."]
    newest, oldest = dated[0], dated[-1]
    without = [f"{undated} {'gives' if undated == 1 else 'give'} no year."] if undated else []
    among = f"{len(dated)} of its {profile.sources} sources" if undated else f"its {profile.sources} sources"
    if newest == oldest:
        return [f"{among[0].upper()}{among[1:]} are from {newest}.", *without]
    since = profile.half_since
    assert since is not None
    age = max(1, year - since)
    half = f"At least half of {'those' if undated else among} are"
    return []
