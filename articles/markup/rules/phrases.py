"""Patterns made of phrases, one to a line, so that they can be read."""

from __future__ import annotations

import re


def any_of(*phrases: str) -> re.Pattern[str]:
    """Return a pattern that finds each of the phrases, in capitals or not."""
    return re.compile("|".join(phrases), re.IGNORECASE)


def named(**kinds: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern that finds the phrases of each kind; the last group of a match is the name of its kind."""
    return any_of(*(f"(?P<{name}>{'|'.join(phrases)})" for name, phrases in kinds.items()))
