"""{{ moment|in_words }}: a time as pages for people who sent us something say it."""

from __future__ import annotations

from datetime import datetime

from django import template

from caseintake.urgency import DESK_ZONE, DESK_ZONE_NAME

register = template.Library()


@register.filter
def in_words(moment: datetime) -> str:
    """Such as "November 23, 2026, 9:05 a.m. Eastern time"."""
    local = moment.astimezone(DESK_ZONE)
    half = "a.m." if local.hour < 12 else "p.m."
    return f"{local:%B} {local.day}, {local.year}, {local.hour % 12 or 12}:{local:%M} {half} {DESK_ZONE_NAME}"
