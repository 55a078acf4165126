"""{% where_used source %}: the pages and stories that rest on a source, for the page of the source on the desk."""

from __future__ import annotations

from typing import Any

from django import template

from articles.admin.where_used import stories_told_from, uses_of
from citations.models import Source

register = template.Library()


@register.inclusion_tag("admin/articles/where_used.html")
def where_used(source: Source) -> dict[str, Any]:
    """Each page that cites it, with the words that do; each story told from it."""
    return {"source": source, "uses": uses_of(source), "stories": stories_told_from(source)}
