"""`{% desk_cards as cards %}`: the work that waits for the person who signed in."""

from __future__ import annotations

from typing import Any

from django import template

from mesoinfo import desk

register = template.Library()


@register.simple_tag(takes_context=True)
def desk_cards(context: dict[str, Any]) -> list[desk.Card]:
    """The cards of every app, for the user of this request."""
    return desk.cards_for(context["request"])
