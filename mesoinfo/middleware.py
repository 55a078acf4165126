"""Headers: whom to believe on the way in, what every page carries on the way out."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]

FORWARDED = ("HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED")
PERMISSIONS_POLICY = "camera=(), microphone=(), geolocation=()"


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
