"""{% evidence page.evidence %}: what a page rests on, with a chart; {% evidence_in_words page.evidence %}: without."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from articles.admin.evidence import picture_of
from articles.markup.evidence import EvidenceProfile

register = template.Library()


def _picture(profile: EvidenceProfile) -> dict[str, Any]:
    return {"picture": picture_of(profile, year=timezone.now().year)}


register.inclusion_tag("admin/articles/rests_on.html", name="evidence")(_picture)
register.inclusion_tag("admin/articles/rests_on_in_words.html", name="evidence_in_words")(_picture)
