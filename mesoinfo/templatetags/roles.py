"""{% if user|holds:"articles.write_revision" %}: whether a role allows it, on a screen that others read too."""

from __future__ import annotations

from django import template

from mesoinfo.roles import holds

register = template.Library()
register.filter("holds", holds)
