"""What the compiler finds wrong on a page: the rules, their weight, and a collector."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

Severity = Literal["error", "warning"]
Weight = Literal["error", "warning", "off"]

# Errors stop submission; a draft may hold them. Each rule is explained in docs/writing.md (a test checks).
RULES: Mapping[str, Weight] = MappingProxyType(
    {
        "abbreviation-redefined": "error",
        "abbreviation-undefined": "warning",
        "bad-argument": "error",
        "bad-citation": "error",
        "brand-without-generic": "warning",
        "case-report-percentage": "error",
        "conflicting-figures": "warning",
        "dated-wording": "warning",
        "dead-link": "warning",
        "duration-mismatch": "warning",
        "efficacy-without-source": "warning",
        "empty-block": "error",
        "empty-byline": "warning",
        "faq-unanswered": "error",
        "heading-skip": "error",
        "long-sentence": "warning",
        "misplaced-block": "error",
        "misplaced-term": "error",
        "missing-alt": "error",
        "missing-lede": "error",
        "missing-title": "error",
        "moved-link": "warning",
        "name-spelling": "warning",
        "nested-too-deep": "error",
        "not-live-link": "warning",
        "orphan-source": "warning",
        "promise-wording": "warning",
        "quote-contradicts": "error",
        "quote-missing": "off",
        "raw-html": "error",
        "reading-grade": "warning",
        "retired-key": "error",
        "story-as-typical": "warning",
        "story-without-source": "error",
        "typed-count": "error",
        "unclosed-block": "error",
        "uncited-statistic": "error",
        "unknown-anchor": "error",
        "unknown-block": "error",
        "unknown-image": "error",
        "unknown-key": "error",
        "unknown-link": "error",
        "unknown-offer": "error",
        "unknown-person": "error",
        "unknown-story": "error",
        "unknown-term": "error",
        "unresolved-source": "error",
        "year-mismatch": "warning",
    }
)
# What an editor may weigh otherwise or waive, with what each looks for: the rules that judge words. All others guard
# how the page is built; what they find breaks it for readers, so their weight is fixed.
LOOKS_FOR: Mapping[str, str] = MappingProxyType(
    {
        "abbreviation-undefined": "An abbreviation in capitals stands on the page before anything says what it means.",
        "brand-without-generic": "The brand of a drug stands without its generic name.",
        "case-report-percentage": "A share of people rests only on reports of single people.",
        "conflicting-figures": "Two statements give figures for the same thing that cannot both be true.",
        "dated-wording": (
            "“Recently”, “new study”, “currently”, “last year”, “to date”: true on the day it was written."
        ),
        "dead-link": "A link leads to another site where nothing has been found for a week.",
        "duration-mismatch": "A length of time does not fit the years beside it.",
        "efficacy-without-source": (
            "A sentence says that a treatment works, such as “improves survival”, and cites nothing."
        ),
        "empty-byline": "A line such as “Written by:” has nobody behind it, or the page has no author.",
        "long-sentence": "A sentence has more than 25 words.",
        "moved-link": "A link leads to an address where the page no longer stands, here or on another site.",
        "name-spelling": "A name is spelled in two ways on the page, or otherwise than in the source it cites.",
        "not-live-link": (
            "A link leads to a page that is not published yet, or was taken down: readers get nothing there."
        ),
        "orphan-source": "A list of references was typed by hand, or a source is listed that nothing cites.",
        "promise-wording": (
            "Words promise what nobody can: “cures”, “you will recover”, “guarantee”, “proven to work”, "
            "“miracle”, “best doctors”, “no risk”."
        ),
        "quote-contradicts": "A figure says otherwise than the quote that is pinned to its source.",
        "quote-missing": "No pinned quote of the sources cited has the figure.",
        "reading-grade": "The page, or a section of it, asks for more than 8 years of school.",
        "story-as-typical": "A story is told as if it were usual: “patients like her often”, “this shows that”.",
        "typed-count": "A number of references is typed by hand.",
        "uncited-statistic": "A sentence has a figure and no citation.",
        "year-mismatch": "“A 2022 study”, and the source cited is of another year.",
    }
)
ADJUSTABLE = frozenset(LOOKS_FOR)

EXCERPT_LENGTH = 80
# What is longer has its digest beside its beginning, since all of it has to be the same for a finding to stay waived.
WORDS_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong at one place. Lines and columns count from 1, in the text as it was given.

    ``words`` are what was found, by which a waiver knows it again; ``excerpt`` is how they are shown.
    """

    rule: str
    severity: Literal["error", "warning", "waived"]
    line: int
    column: int
    message: str
    excerpt: str
    words: str

    @property
    def can_be_waived(self) -> bool:
        """Whether its rule judges words, and nobody waived it yet."""
        return self.rule in ADJUSTABLE and self.severity != "waived"


def shortened(words: str) -> str:
    """Return the words of a finding as they are shown."""
    return words if len(words) <= EXCERPT_LENGTH else words[: EXCERPT_LENGTH - 1].rstrip() + "…"


class Findings:
    """Collects the findings of one compilation; never shared between two."""

    def __init__(
        self,
        severities: Mapping[str, Weight] = MappingProxyType({}),
        waived: frozenset[tuple[str, str]] = frozenset(),
    ) -> None:
        """``severities`` weighs rules otherwise than `RULES` does; ``waived`` pairs a rule with the words of a finding.

        Neither touches a rule that is not in `ADJUSTABLE`.
        """
        adjusted = {rule: weight for rule, weight in severities.items() if rule in ADJUSTABLE}
        self._weights: Mapping[str, Weight] = {**RULES, **adjusted}
        self._waived = waived
        self._found: dict[Finding, None] = {}

    def add(
        self, rule: str, at: tuple[int, int], message: str, excerpt: str = "", beside: tuple[str, ...] = ()
    ) -> None:
        """Note a finding of ``rule`` at ``(line, column)``; the same finding twice is one.

        ``beside`` is what the words were held against: a waiver is for both together.
        """
        severity: Literal["error", "warning", "waived", "off"] = self._weights[rule]
        if severity == "off":
            return
        # Cut before anything else: a line of 100 KB may be the excerpt of thousands of findings.
        shown = words = " ".join(excerpt[:WORDS_LENGTH].split())
        if rule in ADJUSTABLE and len(excerpt) > WORDS_LENGTH:
            words = f"{shown} … {hashlib.sha256(excerpt.encode('utf-8', 'replace')).hexdigest()}"
        if beside:
            words = f"{words} [{'; '.join(beside)}]"
        if rule in ADJUSTABLE and (rule, words) in self._waived:
            severity = "waived"
        line, column = at
        self._found[Finding(rule, severity, max(line, 1), max(column, 1), message, shortened(shown), words)] = None

    def reword(self, rule: str, message: str) -> None:
        """Give all findings of ``rule`` this message: for what is known only when the whole page is."""
        found = [replace(each, message=message) if each.rule == rule else each for each in self._found]
        self._found = dict.fromkeys(found)

    def in_order(self) -> tuple[Finding, ...]:
        """All findings, from the top of the page to its end."""
        return tuple(sorted(self._found, key=lambda f: (f.line, f.column, f.rule, f.message)))
