"""{% feedback_form page %}: "Was this page helpful?", at the end of a page."""

from __future__ import annotations

from typing import Any

from django import template

from articles.models import PublishedPage
from articles.public.feedback import empty_form

register = template.Library()


@register.inclusion_tag("components/feedback.html", takes_context=True)
def feedback_form(context: dict[str, Any], page: PublishedPage) -> dict[str, Any]:
    """The question with its form. The same bytes for every visitor: no token, no cookie, nothing of the person's."""
    return {"form": empty_form(page), "site": context["site"]}
