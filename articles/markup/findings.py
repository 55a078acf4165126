"""What the compiler finds wrong on a page: the rules, their weight, and a collector."""

from __future__ import annotations

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
# What an editor may weigh otherwise or waive: the rules that judge words. All others guard how the page is built; what
# they find breaks it for readers, so their weight is fixed.
ADJUSTABLE = frozenset(
    {
        "abbreviation-undefined",
        "brand-without-generic",
        "case-report-percentage",
        "conflicting-figures",
        "dated-wording",
        "dead-link",
        "duration-mismatch",
        "efficacy-without-source",
        "empty-byline",
        "long-sentence",
        "moved-link",
        "name-spelling",
        "not-live-link",
        "orphan-source",
        "promise-wording",
        "quote-contradicts",
        "quote-missing",
        "reading-grade",
        "story-as-typical",
        "typed-count",
        "uncited-statistic",
        "year-mismatch",
    }
)

EXCERPT_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong at one place. Lines and columns count from 1, in the text as it was given."""

    rule: str
    severity: Literal["error", "warning", "waived"]
    line: int
    column: int
    message: str
    excerpt: str


class Findings:
    """Collects the findings of one compilation; never shared between two."""

    def __init__(
        self,
        severities: Mapping[str, Weight] = MappingProxyType({}),
        waived: frozenset[tuple[str, str]] = frozenset(),
    ) -> None:
        """``severities`` weighs rules otherwise than `RULES` does; ``waived`` pairs a rule with an excerpt.

        Neither touches a rule that is not in `ADJUSTABLE`.
        """
        adjusted = {rule: weight for rule, weight in severities.items() if rule in ADJUSTABLE}
        self._weights: Mapping[str, Weight] = {**RULES, **adjusted}
        self._waived = waived
        self._found: dict[Finding, None] = {}

    def add(self, rule: str, at: tuple[int, int], message: str, excerpt: str = "") -> None:
        """Note a finding of ``rule`` at ``(line, column)``; the same finding twice is one."""
        severity: Literal["error", "warning", "waived", "off"] = self._weights[rule]
        if severity == "off":
            return
        # Cut before anything else: a line of 100 KB may be the excerpt of thousands of findings.
        words = " ".join(excerpt[: 4 * EXCERPT_LENGTH].split())
        if len(words) > EXCERPT_LENGTH:
            words = words[: EXCERPT_LENGTH - 1].rstrip() + "…"
        if rule in ADJUSTABLE and (rule, words) in self._waived:
            severity = "waived"
        line, column = at
        self._found[Finding(rule, severity, max(line, 1), max(column, 1), message, words)] = None

    def reword(self, rule: str, message: str) -> None:
        """Give all findings of ``rule`` this message: for what is known only when the whole page is."""
        found = [replace(each, message=message) if each.rule == rule else each for each in self._found]
        self._found = dict.fromkeys(found)

    def in_order(self) -> tuple[Finding, ...]:
        """All findings, from the top of the page to its end."""
        return tuple(sorted(self._found, key=lambda f: (f.line, f.column, f.rule, f.message)))
