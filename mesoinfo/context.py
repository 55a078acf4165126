"""What every public template may ask for: the site's name, its phone number, who publishes it."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseError
from django.http import HttpRequest
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

    Never what the request names, which a shared cache would pass on to others; only on a developer's machine, which
    has no PUBLIC_ORIGIN.
    """
    return settings.PUBLIC_ORIGIN or f"{request.scheme}://{request.get_host()}"


def site(request: HttpRequest) -> dict[str, Any]:
    """`site` and `origin` in templates. Read when first used, so that the desk's pages ask nothing."""
    return {"site": SimpleLazyObject(current_site), "origin": SimpleLazyObject(lambda: origin(request))}
