"""What a figure is a figure of: survival, response, recurrence and the like, and the people it holds for.

Two figures can be compared only if they speak of the same thing. This is read from the words near them: each
kind of outcome has a name here (a measure), each group or treatment another, and other words count by their stem.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from .amounts import word_set

SURVIVAL = "survival"
RESPONSE = "response"
STABLE = "stable disease"
PROGRESSION = "progression"
DISEASE_CONTROL = "disease control"
RECURRENCE = "recurrence"
TOOK_PART = "took part"
CASES = "share of cases"
COMPLETE = "complete"
PARTIAL = "partial"
CHANGE = "change"
MEDIAN_OF_NOTHING = "the median"  # "the median was 8 months": of what, the sentences before it say

# The words are tried in this order, and words once taken are not read again: "progression-free survival" is no
# "survival", and "no living cancer" is nobody's life. The third says that the words state the opposite.
_MEASURES: tuple[tuple[str, tuple[str, ...], bool], ...] = (
    (r"(?:progression[- ]free survival|pfs)", ("progression-free survival",), False),
    (r"(?:(?:disease|relapse|recurrence|event)[- ]free survival|dfs|rfs|efs)", ("disease-free survival",), False),
    (r"(?:(?:recurrence|relapse)[- ]free|free (?:of|from) (?:recurrence|relapse))", (RECURRENCE,), True),
    (
        r"no (?:longer any )?(?:living|viable|detectable|visible|residual|sign|signs|evidence|trace|traces)(?: of)?"
        r"(?: the)?(?: cancer| tumou?rs?| disease)?(?: cells?)?",
        (RESPONSE, COMPLETE),
        False,
    ),
    (
        r"(?:cancer|disease|tumou?r)[- ]free|free (?:of|from) (?:the )?(?:cancer|disease|tumou?r)",
        (RESPONSE, COMPLETE),
        False,
    ),
    (
        r"(?:went|gone|go) away|disappear\w{0,8}|undetectable|no longer (?:be )?(?:seen|visible|detectable)",
        (RESPONSE, COMPLETE),
        False,
    ),
    (
        r"disease control|clinical benefit|dcr|(?:disease|cancer|tumou?r) (?:was|were|is) controlled",
        (DISEASE_CONTROL,),
        False,
    ),
    (r"best (?:overall |objective )?response", (), False),
    (r"stable(?: disease)?|stabili\w{1,8}", (STABLE,), False),
    (r"(?:complete|full)(?:ly)?", (COMPLETE,), False),
    (r"partial(?:ly)?|in part", (PARTIAL,), False),
    (r"respon(?:se|ses|d|ds|ded|ders?|ding)|remissions?|shr[aiu]nk\w{0,3}|orr", (RESPONSE,), False),
    (r"(?:recur|relaps)\w{0,6}|(?:came|come|comes|coming) back|return(?:s|ed|ing)?", (RECURRENCE,), False),
    (r"progress(?:ed|es|ions?|ive|ing)?|grew|grown?|grows|growth|worsen\w{0,3}", (PROGRESSION,), False),
    (r"surviv\w{0,6}|live[ds]?|living|life expectancy|alive", (SURVIVAL,), False),
    (r"di(?:e|es|ed)|dying|deaths?|dead|mortality", (SURVIVAL,), True),
    (r"side effects?|adverse|toxic\w{0,5}|complications?", ("side effects",), False),
    (r"new cases|incidence|(?:are|is|get) diagnosed", ("incidence",), False),
    (r"accounts? for|makes? up|cases", (CASES,), False),
    (r"latency|exposure|to appear", ("latency",), False),
    (
        r"enrol\w{1,6}|(?:took|take|taking) part|includ(?:ed|es)|participa\w{1,5}|studied|treated|assigned|"
        r"randomi[sz]ed|recruited|study (?:of|had|looked)|identified|looked (?:back )?at",
        (TOOK_PART,),
        False,
    ),
    (r"men|male|males", ("men",), False),
    (r"women|female|females", ("women",), False),
)
MEASURES = frozenset(name for _, names, _ in _MEASURES for name in names) - {COMPLETE, PARTIAL}

# Of one family, two figures must not name different members.
_CHEMOTHERAPY = r"chemotherapy|(?:peme|ralti)trexed|\w{2,8}platin|gemcitabine|vinorelbine|doxorubicin"
_IMMUNOTHERAPY = r"immunotherapy|\w{3,10}l[iu]mab|\w{3,10}lizumab"
_SURGERY = r"surg\w{1,5}|operations?|resections?"
_GROUPS: tuple[tuple[str, str, str], ...] = (
    ("site", "pleural", r"pleura\w{0,3}"),
    ("site", "peritoneal", r"peritone\w{1,3}"),
    ("site", "pericardial", r"pericardi\w{1,3}"),
    ("cells", "epithelioid", r"epitheli\w{1,5}"),
    ("cells", "sarcomatoid", r"sarcomato\w{1,3}"),
    ("cells", "biphasic", r"biphasic"),
    ("nodes", "node-negative", r"node[- ]negative|n0|(?:no|without) (?:lymph )?nod\w{1,4} \w{1,12}|nodes were clear"),
    ("nodes", "node-positive", r"node[- ]positive"),
    ("stage", "stage I", r"stage (?:1|i)"),
    ("stage", "stage II", r"stage (?:2|ii)"),
    ("stage", "stage III", r"stage (?:3|iii)"),
    ("stage", "stage IV", r"stage (?:4|iv|four)"),
    ("drugs", "chemotherapy", _CHEMOTHERAPY),
    ("drugs", "immunotherapy", _IMMUNOTHERAPY),
    ("drugs", "bevacizumab", r"bevacizumab"),
    ("drugs", "rucaparib", r"rucaparib"),
    ("drugs", "placebo", r"placebo"),
    ("average", "median", r"median"),
    ("average", "mean", r"mean|average"),
    ("when", "after surgery", rf"(?:after|following|post-?)(?: an?| the)? ?(?:{_SURGERY}|operative\w{{0,3}})"),
    ("treatment", "light treatment", r"photodynamic|light[- ](?:based|treatment|therapy)|pdt"),
    ("treatment", "radiation", r"radiation|radiotherapy"),
    ("treatment", "surgery", _SURGERY),
    ("when", "before surgery", rf"before(?: an?| the)? (?:{_SURGERY})"),
)
_FAMILY = {name: family for family, name, _ in _GROUPS}
SUBGROUP_FAMILIES = frozenset({"site", "cells", "nodes", "stage", "when"})
# Of these, people have several, so that one does not exclude another.
_COMBINED = frozenset({"light treatment", "radiation", "surgery"})
NARROW_FAMILIES = frozenset({"cells", "nodes", "stage"})

_NAMED_MEASURE = re.compile(
    "|".join(rf"(?P<m{place}>\b(?:{words})\b)" for place, (words, _, _) in enumerate(_MEASURES))
)
_NAMED_GROUP = re.compile("|".join(rf"(?P<g{place}>\b(?:{words})\b)" for place, (_, _, words) in enumerate(_GROUPS)))
# Abbreviations of the four responses, in capitals only.
_ABBREVIATED = {
    "CR": "complete response",
    "PR": "partial response",
    "SD": "stable disease",
    "PD": "progressive disease",
    "OS": "survival",
}
_ABBREVIATION = re.compile(r"\b(?:CR|PR|SD|PD|OS)\b(?!-L)")
_NOT = r"(?:\b(?:not|never|without|failed to|cannot|neither|nor)|n't)(?: \w{1,15}){0,3} $"
_DENIAL = re.compile(rf"{_NOT}|\bno (?:complete |partial |further )?$")
_MEDIAN_OF_NOTHING = re.compile(r"\bthe median (?:was|is|of|at)\b")
_WORD = re.compile(r"[a-z]{4,30}")
_COMMON = word_set("""
    could might would share true looked called about above after again almost also among another around because
    been before being below between both case cases does down during each either even ever every from group groups
    have having here into just known less like long longer many mean months more most much nearly only other
    others over patient patients people percent person rate rates roughly same seen series shown since some still
    study such than that their them then there these they this those three through time times total under until
    very week weeks were what when where which while whom whose will with within without would year years days
    half third none given gave found later first least result results treatment drug trial
""")


@dataclass(frozen=True, slots=True)
class Subject:
    """What some words speak of (measures, groups and the stems of other words), and whether they deny it."""

    about: frozenset[str]
    denied: bool

    @property
    def measures(self) -> frozenset[str]:
        return self.about & MEASURES


def spelled_out(text: str) -> str:
    """Return ``text`` in lower case, with the abbreviations of responses written as words."""
    written = _ABBREVIATION.sub(lambda found: _ABBREVIATED[found[0]], text)
    return written.lower().replace("’", "'").replace("–", "-").replace("‑", "-")


def subject_of(text: str) -> Subject:
    """Return what the words of ``text``, which is part of a sentence, speak of."""
    words = spelled_out(text)
    about: set[str] = set(groups_in(text))
    denied: defaultdict[str, bool] = defaultdict(bool)  # the stem of an odd word may be a measure: never denied
    for found in _NAMED_MEASURE.finditer(words):
        _, names, opposite = _MEASURES[int((found.lastgroup or "m0")[1:])]
        about.update(names)
        denial = bool(_DENIAL.search(words[max(0, found.start() - 60) : found.start()]))
        for name in names:
            denied[name] = denial != opposite
    about.update(_stem(word) for word in _WORD.findall(_NAMED_MEASURE.sub(" ", words)) if word not in _COMMON)
    if _MEDIAN_OF_NOTHING.search(words):
        about.add(MEDIAN_OF_NOTHING)
    if {COMPLETE, PARTIAL} <= about:
        about -= {COMPLETE, PARTIAL}
    held = PROGRESSION in about and denied[PROGRESSION]
    if RESPONSE in about and (STABLE in about or held) and not denied[RESPONSE]:
        about = (about - {RESPONSE, STABLE, PROGRESSION, COMPLETE, PARTIAL}) | {DISEASE_CONTROL}
        denied.clear()
    return Subject(frozenset(about), any(denied[name] for name in about & MEASURES))


def groups_in(text: str) -> Iterator[str]:
    """Yield the kinds of disease, the groups of people, the drugs and the averages that ``text`` names."""
    for found in _NAMED_GROUP.finditer(spelled_out(text)):
        yield _GROUPS[int((found.lastgroup or "g0")[1:])][1]


def of_different_groups(one: frozenset[str], other: frozenset[str]) -> bool:
    """Say whether both name members of one family, as two drugs, and none that is the same."""
    by_family: dict[str, tuple[set[str], set[str]]] = {}
    for place, names in enumerate((one, other)):
        for name in names & _FAMILY.keys() - _COMBINED:
            by_family.setdefault(_FAMILY[name], (set(), set()))[place].add(name)
    return any(mine and theirs and not mine & theirs for mine, theirs in by_family.values())


def subgroups(about: frozenset[str]) -> list[str]:
    """Return the groups of people in ``about`` that a figure may hold for alone."""
    return sorted(name for name in about if _FAMILY.get(name) in SUBGROUP_FAMILIES)


def narrow_groups(about: frozenset[str]) -> frozenset[str]:
    """Return the groups in ``about`` of whom a figure for all says nothing: a stage, a type of cells, clear nodes."""
    return frozenset(name for name in about if _FAMILY.get(name) in NARROW_FAMILIES)


def population(about: frozenset[str]) -> frozenset[str]:
    """Return all groups and treatments in ``about``: of whom a figure is told."""
    return frozenset(name for name in about if _FAMILY.get(name, "average") != "average")


def _stem(word: str) -> str:
    for ending in ("ies", "ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)] + ("y" if ending == "ies" else "")
    return word
