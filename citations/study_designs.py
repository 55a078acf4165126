"""Which kind of evidence a source is, read from the words of its study design.

The kinds stand in the order of the Oxford Levels of Evidence 2011 for questions about treatment (OCEBM Levels of
Evidence Working Group, "The Oxford 2011 Levels of Evidence", Oxford Centre for Evidence-Based Medicine): reviews of
randomized trials, randomized trials, cohorts, case series, and last what was not observed in people. We depart from
them twice: any trial stands before a cohort, and a case-control study counts with the cohorts, not with the case
series. What is no study at all (guidance, overviews, reference pages, stories) stands below the studies: expert opinion
was the last of Oxford's levels in 2009, and what a page of an organization rests on cannot be seen.

The words are free. They are read as whole phrases of a table, and every word of them has to be known: what is written
in any other way is not stated, never guessed. Of two kinds that are named, the weaker counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType


class EvidenceKind(StrEnum):
    """What a source is as evidence, the strongest first. The values are frozen with published pages: rename none."""

    SYSTEMATIC_REVIEW = "systematic_review"
    RANDOMIZED_TRIAL = "randomized_trial"
    TRIAL = "trial"  # without random groups, or nobody said that it had them
    COHORT = "cohort"  # and what else observes groups of people
    CASE_REPORT = "case_report"
    LABORATORY = "laboratory"
    GUIDELINE = "guideline"
    NARRATIVE_REVIEW = "narrative_review"  # and expert opinion
    REFERENCE = "reference"  # pages of organizations, books, dictionaries, news
    STORY = "story"
    NOT_STATED = "not_stated"

    @property
    def rank(self) -> int:
        """Its place among the kinds: 0 is the strongest."""
        return _RANKS[self]


_RANKS = {kind: rank for rank, kind in enumerate(EvidenceKind)}

# What people call each on the desk.
NAMES: Mapping[EvidenceKind, str] = MappingProxyType(
    {
        EvidenceKind.SYSTEMATIC_REVIEW: "Systematic review or meta-analysis",
        EvidenceKind.RANDOMIZED_TRIAL: "Randomized trial",
        EvidenceKind.TRIAL: "Other trial",
        EvidenceKind.COHORT: "Cohort or other observational study",
        EvidenceKind.CASE_REPORT: "Case report or case series",
        EvidenceKind.LABORATORY: "Study in the laboratory or in animals",
        EvidenceKind.GUIDELINE: "Guideline or consensus",
        EvidenceKind.NARRATIVE_REVIEW: "Narrative review or expert opinion",
        EvidenceKind.REFERENCE: "Page of an organization, book or news",
        EvidenceKind.STORY: "Story",
        EvidenceKind.NOT_STATED: "Source whose design is not stated",
    }
)

# What the desk proposes.
DESIGNS = (
    "systematic review",
    "randomized controlled trial",
    "phase 2 trial",
    "retrospective cohort",
    "registry cohort",
    "case report",
    "case series",
    "laboratory study",
    "guideline",
    "narrative review",
    "organization page",
    "news article",
    "patient story",
)

# Each is a kind by itself. The table in docs/evidence.md says the same.
PHRASES: Mapping[EvidenceKind, str] = MappingProxyType(
    {
        EvidenceKind.SYSTEMATIC_REVIEW: (
            "systematic review, systematic literature review, meta analysis, metaanalysis, network meta analysis, "
            "individual patient data meta analysis, umbrella review, cochrane review"
        ),
        EvidenceKind.RANDOMIZED_TRIAL: "rct",
        EvidenceKind.TRIAL: "trial, clinical trial",
        EvidenceKind.COHORT: (
            "cohort, registry, case control, database study, database analysis, survey, chart review, "
            "medical record review, retrospective review, qualitative study, interview study, natural history study, "
            "diagnostic accuracy study, follow up study, retrospective single center review"
        ),
        EvidenceKind.CASE_REPORT: (
            "case report, case series, case study, case report and literature review, "
            "case report with literature review, case report and review, case series and literature review"
        ),
        EvidenceKind.LABORATORY: "in vitro, in vivo, cell line, animal model, mouse model",
        EvidenceKind.GUIDELINE: (
            "guideline, clinical practice guideline, practice guideline, guidance, consensus, expert consensus, "
            "consensus statement, expert consensus statement, consensus conference, consensus staging proposal, "
            "staging proposal, position statement, recommendation"
        ),
        EvidenceKind.NARRATIVE_REVIEW: (
            "review, narrative review, literature review, review article, expert review, scoping review, rapid review, "
            "overview, expert opinion, opinion, editorial, commentary, perspective, viewpoint"
        ),
        EvidenceKind.REFERENCE: (
            "organization page, hospital page, government page, reference page, statistics page, web page, webpage, "
            "website, patient guide, patient information, fact sheet, dictionary entry, encyclopedia entry, book, "
            "book chapter, textbook, textbook chapter, drug label, prescribing information, news, news article, "
            "news report, newspaper article, press release, magazine, magazine article"
        ),
        EvidenceKind.STORY: (
            "story, patient story, personal story, survivor story, family story, patient video, patient blog, "
            "patient account, personal account, testimonial, anecdote, memoir"
        ),
    }
)
# Said of a study, an analysis or data, these tell its kind. A trial that is randomized is a randomized trial; else what
# is named by a phrase above stays what it is.
TELLING: Mapping[EvidenceKind, str] = MappingProxyType(
    {
        EvidenceKind.RANDOMIZED_TRIAL: "randomized",
        EvidenceKind.TRIAL: (
            "phase, single arm, two arm, three arm, open label, placebo controlled, double blind, interventional"
        ),
        EvidenceKind.COHORT: (
            "observational, retrospective, cross sectional, longitudinal, population based, epidemiological, "
            "epidemiologic, ecological, real world"
        ),
        EvidenceKind.LABORATORY: "laboratory, preclinical, animal",
    }
)
# Said of any kind, these change nothing.
PLAIN = (
    "study, analysis, data, prospective, single center, multicenter, multi center, single institution, "
    "multi institutional, multi institution, institutional, international, national, nationwide, hospital based, "
    "clinical, controlled, comparative, matched, uncontrolled, historically controlled, non randomized, nonrandomized, "
    "quasi randomized, cluster, crossover, parallel group, blinded, pilot, feasibility, exploratory, pragmatic, "
    "non inferiority, first line, second line, first in human, dose escalation, propensity matched, "
    "propensity score matched, historical, long term, cancer, small, large, and, with, a, an, the"
)
# These alone are of no kind: what is told of them decides.
_NEUTRAL = frozenset({("study",), ("analysis",), ("data",)})
# One of these words anywhere, and what was seen was not seen in people.
_NOT_IN_PEOPLE = frozenset({"animal", "mice", "mouse", "preclinical", "rat", "vitro", "vivo"})

# What a source is by its type alone, where nobody stated a design.
BY_TYPE: Mapping[str, EvidenceKind] = MappingProxyType(
    dict.fromkeys(
        ("article-newspaper", "book", "chapter", "entry", "entry-dictionary", "entry-encyclopedia", "legislation"),
        EvidenceKind.REFERENCE,
    )
)

# PubMed's kinds of publication, and the design that each states. The first that a work has counts.
PUBLICATION_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "Systematic Review": "systematic review",
        "Network Meta-Analysis": "meta-analysis",
        "Meta-Analysis": "meta-analysis",
        "Randomized Controlled Trial": "randomized controlled trial",
        "Clinical Trial, Phase I": "phase 1 trial",
        "Clinical Trial, Phase II": "phase 2 trial",
        "Clinical Trial, Phase III": "phase 3 trial",
        "Clinical Trial, Phase IV": "phase 4 trial",
        "Controlled Clinical Trial": "controlled clinical trial",
        "Clinical Trial": "clinical trial",
        "Observational Study": "observational study",
        "Case Reports": "case report",
        "Practice Guideline": "practice guideline",
        "Guideline": "guideline",
        "Consensus Development Conference": "consensus conference",
        "Review": "review",
        "Editorial": "editorial",
    }
)

_SPELLINGS = (
    (re.compile(r"(?<=random)is(?=ed\b)|(?<=organ)is(?=ation)"), "iz"),
    (re.compile(r"centre\b"), "center"),
    (re.compile(r"\bphase [0-9iv]{1,3}[ab]?(?:[/-][0-9iv]{1,3}[ab]?)?(?!\w)"), "phase"),
    (re.compile(r"[-‐‑–/,&]"), " "),
)


def _words(text: str) -> list[str]:
    text = " ".join(text.lower().split())
    for pattern, instead in _SPELLINGS:
        text = pattern.sub(instead, text)
    return text.split()


def _phrases(listed: str) -> list[tuple[str, ...]]:
    return [tuple(_words(phrase)) for phrase in listed.split(", ")]


_NAMING = {phrase: kind for kind, listed in PHRASES.items() for phrase in _phrases(listed)}
_TELLING = {phrase: kind for kind, listed in TELLING.items() for phrase in _phrases(listed)}
_KNOWN = frozenset({*_NAMING, *_TELLING, *_phrases(PLAIN)})
_VOCABULARY = frozenset(word for phrase in _KNOWN for word in phrase)
_LONGEST = max(map(len, _KNOWN))


@lru_cache(maxsize=2000)
def kind_of(study_design: str, csl_type: str = "") -> EvidenceKind:
    """The kind of a source: by its design, or where none is stated by its type in CSL."""
    words = [_singular(word) for word in _words(study_design)]
    if not words:
        return BY_TYPE.get(csl_type, EvidenceKind.NOT_STATED)
    # What a study or a review is of does not make it another kind.
    phrases = _read(words[: words.index("of")] if "of" in words else words)
    named = {_NAMING[phrase] for phrase in phrases if phrase in _NAMING}
    told = {_TELLING[phrase] for phrase in phrases if phrase in _TELLING}
    is_randomized = EvidenceKind.RANDOMIZED_TRIAL in told
    if is_randomized:
        told.discard(EvidenceKind.TRIAL)  # it is one, and more than that
    if named == {EvidenceKind.TRIAL} and is_randomized:
        named = {EvidenceKind.RANDOMIZED_TRIAL}
    elif not named and len(told) == 1 and _NEUTRAL & set(phrases):
        named = told
    if named and _NOT_IN_PEOPLE & set(words):
        return EvidenceKind.LABORATORY
    return max(named, key=lambda kind: kind.rank, default=EvidenceKind.NOT_STATED)


def _singular(word: str) -> str:
    if word in _VOCABULARY:
        return word
    singular = {word.removesuffix("s"), f"{word.removesuffix('ies')}y", f"{word.removesuffix('es')}is"} & _VOCABULARY
    return singular.pop() if singular else word


def _read(words: list[str]) -> list[tuple[str, ...]]:
    """The words as phrases that we know, the longest first; nothing if one word is of none."""
    found = []
    at = 0
    while at < len(words):
        for length in range(_LONGEST, 0, -1):
            phrase = tuple(words[at : at + length])
            if phrase in _KNOWN:
                found.append(phrase)
                at += len(phrase)
                break
        else:
            return []
    return found


def design_of(publication_types: object) -> str:
    """The design that a list of PubMed's kinds of publication states; empty if none does, or if it is no list."""
    stated = set(map(str, publication_types)) if isinstance(publication_types, list) else set()
    return next((design for name, design in PUBLICATION_TYPES.items() if name in stated), "")
