"""{{ page.title|keep_numbers }}: a title whose numbers stay beside their words, as in the headings of the text."""

from __future__ import annotations

from django import template

from articles.markup.render import keep_numbers

register = template.Library()
register.filter("keep_numbers", keep_numbers)
