"""Small files that machines look for at fixed addresses: what to leave alone, whom to tell of a hole, which icon."""

from __future__ import annotations

import datetime
from functools import cache

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from mesoinfo.context import current_site, origin

A_DAY = 24 * 60 * 60
LEAVE_ALONE = ["/admin/", "/feedback/", "/search/"]
PAPER, BAND = "#faf7f0", "#0b3f39"  # as site.css has them


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines should leave alone, and where the list of pages is."""
    lines = ["User-agent: *", *(f"Disallow: {address}" for address in LEAVE_ALONE)]
    lines += ["", f"Sitemap: {origin(request)}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a hole in the site (RFC 9116). Without somebody who reads it, there is no such file."""
    if not settings.SECURITY_CONTACT:
        raise Http404("SECURITY_CONTACT is not set.")
    at = origin(request)
    lines = [f"Contact: {contact}" for contact in settings.SECURITY_CONTACT]
    lines += [f"Expires: {_half_a_year_on(timezone.now().date())}T00:00:00Z", "Preferred-Languages: en"]
    if at.startswith("https://"):  # the only kind of address the RFC knows
        lines.append(f"Canonical: {at}/.well-known/security.txt")
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


def _half_a_year_on(day: datetime.date) -> datetime.date:
    """The first of a month five to six months ahead: the file changes once a month, and is never out of date."""
    return datetime.date(day.year + (day.month > 6), (day.month + 5) % 12 + 1, 1)


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Name, colors and icon for a home screen. It opens in the browser: this is a site to read, not an app."""
    name = current_site().site_name
    large = {"src": static("img/icon-512.png"), "sizes": "512x512", "type": "image/png"}
    content = {
        "id": "/",
        "name": name,
        "short_name": name,
        "lang": "en",
        "start_url": "/",
        "display": "browser",
        "background_color": PAPER,
        "theme_color": BAND,
        "icons": [
            {"src": static("img/favicon.svg"), "sizes": "any", "type": "image/svg+xml"},
            {"src": static("img/icon-192.png"), "sizes": "192x192", "type": "image/png"},
            large,
            large | {"purpose": "maskable"},
        ],
    }
    return JsonResponse(content, content_type="application/manifest+json")


@require_safe
@cache_control(public=True, max_age=A_DAY)
def icon(request: HttpRequest, name: str, content_type: str) -> HttpResponse:
    """An icon at the address where browsers and telephones look without being told: no page has to name it."""
    return HttpResponse(_icon(name), content_type=content_type)


@cache
def _icon(name: str) -> bytes:
    return (settings.BASE_DIR / "static" / "img" / name).read_bytes()
