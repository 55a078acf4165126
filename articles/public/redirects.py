"""Old addresses lead on: whoever follows a link to where a page once stood is led to the page, in one step."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect

from articles.models import Article, PageState, Redirect, Takedown, TakedownKind
from articles.public.views import gone

# What stands at the address of a page: the page itself, its references to save, and its share image.
AT_A_PAGE = re.compile(
    r"(?P<before>/)(?P<address>[a-z0-9-]+(?:/[a-z0-9-]+)?)(?P<after>/?|/references\.(?:json|ris|bib))"
    r"|(?P<before_image>/images/share/)(?P<address_of_image>[a-z0-9-]+(?:/[a-z0-9-]+)?)(?P<after_image>\.png)"
)


class OldAddresses:
    """Answers 301 in place of 404 where a page once stood, or stands under the same letters in another case.

    To the end at once: also from an address in capitals or without its last slash. The query is dropped: no page
    that moves reads one, and what is found there was put there to follow people.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if settings.TIER == "desk":
            raise MiddlewareNotUsed("The desk has no pages to lead to.")
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 404 and request.method in ("GET", "HEAD"):
            leads_to = _leads_to(request.path)
            if leads_to not in ("", request.path):
                return HttpResponsePermanentRedirect(leads_to)
            if takedown := _taken_down_at(request.path):
                return gone(request, takedown)
        return response


def _taken_down_at(path: str) -> Takedown | None:
    """Why there is no page at this address, if there was one and it was taken down."""
    found = AT_A_PAGE.fullmatch(path.lower())
    address = found and (found["address"] or found["address_of_image"])
    try:
        standing = Takedown.objects.standing().filter(article__address=address, kind=TakedownKind.TAKEN_DOWN)
        return standing.defer("reason").first()
    except DatabaseError:
        return None


def _leads_to(path: str) -> str:
    """Where the page is now that once stood at `path`; empty when none did or it cannot be read."""
    found = AT_A_PAGE.fullmatch(path.lower())
    if not found:
        return ""
    before, address, after = (part for part in found.groups() if part is not None)
    try:
        moved = Redirect.objects.filter(address=address).values_list("article__address", flat=True).first()
        # Also to one that was taken down: there it says so.
        live = Article.objects.exclude(page_state=PageState.UNPUBLISHED).filter(address=moved or address).exists()
    except DatabaseError:
        return ""  # while the database is away, the answer stays what it was
    return f"{before}{moved or address}{after or '/'}" if live else ""
