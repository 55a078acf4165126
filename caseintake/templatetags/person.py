"""{{ moment|in_words:state }}: a time by the clock of somebody's state; without a state, by that of the advocates.

{{ text|set_off }}, {{ text|in_one_line }}: what somebody typed, in a file of plain text, where nothing else says what
is theirs and what is ours.
"""

from __future__ import annotations

from datetime import datetime

from django import template

from caseintake.zones import stamp_in_words

register = template.Library()


@register.filter
def in_words(moment: datetime, state: str = "") -> str:
    """Such as "November 23, 2026, 9:05 a.m. Eastern time"."""
    return stamp_in_words(moment, state=state)


@register.filter
def set_off(text: str) -> str:
    """Each of its lines behind four blanks."""
    return "\n".join(f"    {line}" if line else "" for line in text.splitlines())


@register.filter
def in_one_line(text: str) -> str:
    """Its lines side by side."""
    return " ".join(text.splitlines())
