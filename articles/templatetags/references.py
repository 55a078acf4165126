"""{% marked page.body_html %} and {% reference_list page.references_html %}: frozen words, and the reference list in
the style of the site, with what was said since of sources that the page rests on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.safestring import SafeString

from articles.public.doubts import Doubts
from mesoinfo.context import current_site

register = template.Library()


@register.simple_tag(takes_context=True)
def reference_list(context: dict[str, Any], lists: Mapping[str, str]) -> SafeString:
    """The list in this site's style. A page that was frozen before there was a choice has the one of that day."""
    site = context.get("site") or current_site()
    chosen = lists.get(site.citation_style) or next(iter(lists.values()), "")
    return _doubts(context).mark_list(chosen)


@register.simple_tag(takes_context=True)
def marked(context: dict[str, Any], html: str) -> SafeString:
    """Words of the page, with a mark behind each number of a source in doubt. They were sanitised when compiled."""
    return _doubts(context).mark(html)


def _doubts(context: dict[str, Any]) -> Doubts:
    # The desk shows pages as they are, or will be, frozen.
    found = context.get("doubts")
    return found if isinstance(found, Doubts) else Doubts([])
