"""{% if comment|may_be_resolved_by:user %}: whether this person may close the thread."""

from __future__ import annotations

from django import template

from articles.review.commenting import may_resolve

register = template.Library()
register.filter("may_be_resolved_by", may_resolve)
