"""{% structured_data_of_page … %} and its siblings: the page for machines, from what its template shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.safestring import SafeString

from articles.models import Person, PublishedPage
from articles.public import structured_data
from articles.public.navigation import Link
from articles.public.trust import Trust

register = template.Library()


def _site(context: dict[str, Any]) -> structured_data.Site:
    return structured_data.Site(str(context["origin"]), context["site"])


@register.simple_tag(takes_context=True)
def structured_data_of_home(context: dict[str, Any]) -> SafeString:
    return structured_data.as_script(structured_data.of_home(_site(context)))


@register.simple_tag(takes_context=True)
def structured_data_of_page(
    context: dict[str, Any], page: PublishedPage, trust: Trust, trail: Iterable[Link]
) -> SafeString:
    return structured_data.as_script(structured_data.of_page(_site(context), page, trust, trail))


@register.simple_tag(takes_context=True)
def structured_data_of_list(
    context: dict[str, Any], name: str, description: str, address: str, trail: Iterable[Link]
) -> SafeString:
    return structured_data.as_script(structured_data.of_list(_site(context), name, description, address, trail))


@register.simple_tag(takes_context=True)
def structured_data_of_person(context: dict[str, Any], person: Person, trail: Iterable[Link]) -> SafeString:
    return structured_data.as_script(structured_data.of_person(_site(context), person, trail))
