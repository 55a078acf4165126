"""{% marked page.body_html %} and {% reference_list page.references_html %}: frozen words, and the reference list in
the style of the site, with what was said since of sources that the page rests on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.safestring import SafeString

from articles.public.doubts import Doubts
from mesoinfo.citation_styles import list_in
from mesoinfo.context import current_site

register = template.Library()


@register.simple_tag(takes_context=True)
def reference_list(context: dict[str, Any], lists: Mapping[str, str]) -> SafeString:
    """The list in this site's style, or the one that the page was frozen with."""
    site = context.get("site") or current_site()
    return _doubts(context).mark_list(list_in(lists, site.citation_style))


@register.simple_tag(takes_context=True)
def marked(context: dict[str, Any], html: str) -> SafeString:
    """Words of the page, with a mark behind each number of a source in doubt. They were sanitised when compiled."""
    return _doubts(context).mark(html)


def _doubts(context: dict[str, Any]) -> Doubts:
    # The desk shows pages as they are, or will be, frozen.
    found = context.get("doubts")
    return found if isinstance(found, Doubts) else Doubts([])
