"""{% reference_list page.references_html %}: the reference list of a page in the style of the site."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from mesoinfo.context import current_site

register = template.Library()


@register.simple_tag(takes_context=True)
def reference_list(context: dict[str, Any], lists: Mapping[str, str]) -> SafeString:
    """The list in this site's style. A page that was frozen before there was a choice has the one of that day."""
    site = context.get("site") or current_site()
    # Sanitised when it was compiled.
    return mark_safe(lists.get(site.citation_style) or next(iter(lists.values()), ""))
