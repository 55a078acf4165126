"""What every public template may ask for: the site's name, its phone number, who publishes it."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.utils.functional import SimpleLazyObject

from mesoinfo.models import SiteSettings

logger = logging.getLogger(__name__)

# The settings as this process last read them, for the pages that must answer while the database is away.
_last_known: SiteSettings | None = None


def current_site() -> SiteSettings:
    """The site settings; while the database is away, as they were last known, or the defaults."""
    global _last_known
    try:
        _last_known = SiteSettings.current()
    except DatabaseError:
        logger.error("The database does not answer: pages show the site settings as last known.")
        return last_known_site()
    return _last_known


def last_known_site() -> SiteSettings:
    """The site settings as this process last read them, or the defaults, without asking the database."""
    return _last_known or SiteSettings(publisher_name="", about="")


def origin(request: HttpRequest) -> str:
    """Scheme and host under which readers know the site, to put before an address that is passed on.

    In production the first of ALLOWED_HOSTS, whichever of them was asked, so that each page has one address. On a
    developer's machine as the request came.
    """
    host, named = request.get_host(), settings.ALLOWED_HOSTS[0] if settings.ALLOWED_HOSTS else "*"
    # A pattern, such as .example.org, names no host.
    if settings.DEVELOPMENT or named.startswith((".", "*")) or split_domain_port(host)[0] == named.lower():
        return f"{request.scheme}://{host}"
    return f"https://{named}"


def site(request: HttpRequest) -> dict[str, Any]:
    """`site` and `origin` in templates. Read when first used, so that the desk's pages ask nothing."""
    return {"site": SimpleLazyObject(current_site), "origin": SimpleLazyObject(lambda: origin(request))}
