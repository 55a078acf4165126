"""What the compiler finds wrong on a page: the rules, their weight, and a collector."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Severity = Literal["error", "warning"]

# Errors stop submission; a draft may hold them. Each rule is explained in docs/writing.md (a test checks).
RULES: Mapping[str, Severity] = MappingProxyType(
    {
        "abbreviation-redefined": "error",
        "bad-argument": "error",
        "bad-citation": "error",
        "empty-block": "error",
        "faq-unanswered": "error",
        "heading-skip": "error",
        "long-sentence": "warning",
        "misplaced-block": "error",
        "misplaced-term": "error",
        "missing-alt": "error",
        "missing-lede": "error",
        "missing-title": "error",
        "moved-link": "warning",
        "nested-too-deep": "error",
        "not-live-link": "warning",
        "raw-html": "error",
        "reading-grade": "warning",
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
    }
)

EXCERPT_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong at one place. Lines and columns count from 1, in the text as it was given."""

    rule: str
    severity: Severity
    line: int
    column: int
    message: str
    excerpt: str


class Findings:
    """Collects the findings of one compilation; never shared between two."""

    def __init__(self) -> None:
        self._found: dict[Finding, None] = {}

    def add(self, rule: str, at: tuple[int, int], message: str, excerpt: str = "") -> None:
        """Note a finding of ``rule`` at ``(line, column)``; the same finding twice is one."""
        # Cut before anything else: a line of 100 KB may be the excerpt of thousands of findings.
        words = " ".join(excerpt[: 4 * EXCERPT_LENGTH].split())
        if len(words) > EXCERPT_LENGTH:
            words = words[: EXCERPT_LENGTH - 1].rstrip() + "…"
        line, column = at
        self._found[Finding(rule, RULES[rule], max(line, 1), max(column, 1), message, words)] = None

    def in_order(self) -> tuple[Finding, ...]:
        """All findings, from the top of the page to its end."""
        return tuple(sorted(self._found, key=lambda f: (f.line, f.column, f.rule, f.message)))
