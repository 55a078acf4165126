"""Headers: whom to believe on the way in, what every page carries on the way out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
from typing import Any

import brotli
from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.middleware.http import ConditionalGetMiddleware
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers, set_response_etag

from mesoinfo.context import last_known_site

GetResponse = Callable[[HttpRequest], HttpResponse]

FORWARDED = ("HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED")
PERMISSIONS_POLICY = "camera=(), microphone=(), geolocation=()"
SMALL = 200  # bytes, not worth the work
# Smaller than gzip's 6 in less time. From 9 on it takes ten times as long to save another tenth.
BROTLI_QUALITY = 5
COME_BACK_AFTER = 60  # seconds, while the database is away


class TrustedProxies:
    """Believe what a request says of its journey only when a proxy named in TRUSTED_PROXIES sent it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.META.get("REMOTE_ADDR") in settings.TRUSTED_PROXIES:
            request.META["REMOTE_ADDR"] = _visitor(request)
        else:
            for header in FORWARDED:
                request.META.pop(header, None)
        return self.get_response(request)


def _visitor(request: HttpRequest) -> str:
    """Who came to the first of our proxies. Else all visitors would share the address of the last one, and five
    wrong passwords from anyone would lock a colleague out.

    Each proxy adds at the end whom it got the request from; what stands before that, a visitor may have made up.
    """
    named = [address.strip() for address in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    visitors = [address for address in named if address and address not in settings.TRUSTED_PROXIES]
    return _plain_address(visitors[-1] if visitors else "") or request.META["REMOTE_ADDR"]


def _plain_address(text: str) -> str:
    """An address of the Internet as itself; empty for anything else."""
    try:
        return str(ip_address(text))
    except ValueError:
        return ""


class PageHeaders:
    """Pages are checked with us each time they are shown, so that a page taken down is gone at once."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-cache")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class DatabaseAway:
    """While the database is away a public page is answered plainly, with the telephone number: come back soon (503)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        # What PostgreSQL says when it cannot answer now; a mistake of ours is another kind of error.
        if not isinstance(exception, OperationalError | InterfaceError) or request.path.startswith("/admin/"):
            return None
        page = render_to_string("503.html", {"site": last_known_site()})
        return HttpResponse(page, status=503, headers={"Retry-After": str(COME_BACK_AFTER)})


class ReadableForms:
    """On the desk, a form that cannot be taken apart is a slip of whoever sent it (400). Public pages see to it
    themselves.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> None:
        if request.method != "POST" or not request.path.startswith("/admin/"):
            return
        with suppress(OSError):  # a line that broke, which Django sees to
            try:
                _ = request.POST
            except TypeError:
                raise BadRequest("The header of a part of the form makes no sense.") from None


class ConditionalGet(ConditionalGetMiddleware):
    """Whoever has a text already is told so (304). One tag stands for the text in all its codings, so it is a weak one
    (RFC 9110, 8.8.1), and caches are told to keep the codings apart; in a 304 as well.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if _is_text(response):
            patch_vary_headers(response, ("Accept-Encoding",))
            if request.method == "GET" and self.needs_etag(response) and not response.has_header("ETag"):
                set_response_etag(response)
            if response.get("ETag", "").startswith('"'):
                response["ETag"] = f"W/{response['ETag']}"
        return super().process_response(request, response)


class Compression(GZipMiddleware):
    """Text goes out in Brotli to whoever reads it, else in gzip; pictures are small already.

    The desk keeps to gzip, to which Django adds random bytes: the length of a page that holds secrets must not tell
    them (BREACH). Public pages know no cookie, so nobody's browser can be made to fetch what only its owner may see.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        # What comes in pieces is no HttpResponse.
        if not isinstance(response, HttpResponse) or not _is_text(response) or len(response.content) < SMALL:
            return response
        public = not request.path.startswith("/admin/")
        if public and _accepts(request, "br") and not response.has_header("Content-Encoding"):
            response.content = brotli.compress(response.content, mode=brotli.MODE_TEXT, quality=BROTLI_QUALITY)
            response["Content-Encoding"] = "br"
            response["Content-Length"] = str(len(response.content))
        elif _accepts(request, "gzip"):
            return super().process_response(request, response)
        return response


def _is_text(response: HttpResponseBase) -> bool:
    kind = response.get("Content-Type", "").partition(";")[0].strip()
    return kind.startswith("text/") or kind.endswith(("json", "xml", "javascript"))


def _accepts(request: HttpRequest, coding: str) -> bool:
    """Whether the browser names this coding, and not with q=0, which means: anything but this."""
    for offer in request.headers.get("Accept-Encoding", "").lower().split(","):
        name, _, weight = offer.partition(";")
        if name.strip() == coding:
            return weight.replace(" ", "").rstrip(".0") != "q="
    return False
