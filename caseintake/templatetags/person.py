"""{{ moment|in_words:state }}: a time by the clock of somebody's state; without a state, by that of the advocates."""

from __future__ import annotations

from datetime import datetime

from django import template

from caseintake.zones import stamp_in_words

register = template.Library()


@register.filter
def in_words(moment: datetime, state: str = "") -> str:
    """Such as "November 23, 2026, 9:05 a.m. Eastern time"."""
    return stamp_in_words(moment, state=state)
