"""Where a POST comes from. The form stands in cached pages, so there is no token: the browser's own headers say it."""

from __future__ import annotations

from enum import Enum

from django.http import HttpRequest


class Provenance(Enum):
    OURS = "ours"  # sent from one of our pages
    FOREIGN = "foreign"  # another website had the browser send it; consent cannot be made that way
    UNKNOWN = "unknown"  # no browser said anything: a very old one, or a program


def provenance(request: HttpRequest) -> Provenance:
    """Read Sec-Fetch-Site, which no page can forge, and where a browser does not send it, Origin.

    A page that asks for no referrer sends `Origin: null` even to its own site, so null alone counts against a
    request only when nothing vouches for it. "none" means the person themselves had it sent, such as by a reload.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return Provenance.OURS if site in ("same-origin", "none") else Provenance.FOREIGN
    origin = request.headers.get("Origin")
    if not origin:
        return Provenance.UNKNOWN
    return Provenance.OURS if origin == f"{request.scheme}://{request.get_host()}" else Provenance.FOREIGN
