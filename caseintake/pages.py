"""What the public pages of the intake share: their limits, and how they are shown while the database is away."""

from __future__ import annotations

from typing import Any

from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from caseintake import surroundings
from mesoinfo.public_forms import Unreadable

LARGEST_BODY = 64 * 1024
MOST_FIELDS = 60
FLOODED = (
    "Very much came to us from the network you use, so we could not save this. "
    "Please wait one minute, then press {button} again."
)


def page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """The page with the site around it; without, where that cannot be asked from the database now."""
    try:
        whole = {"layout": "base.html", "around": surroundings.current(), **context}
        body: str = render_to_string(template, whole, request)
    except DatabaseError:
        body = bare(template, context)
    return HttpResponse(body, status=status)


def bare(template: str, context: dict[str, Any]) -> str:
    """The page with nothing around it that would have to be asked from the database."""
    around = surroundings.current()
    return render_to_string(template, {"layout": "bare.html", "around": around, "site": around.site, **context})


def unreadable(request: HttpRequest, error: Unreadable) -> HttpResponse:
    """What was sent cannot be read: what to do instead."""
    return page(request, "caseintake/unreadable.html", {"too_big": error.too_big}, status=error.status)
