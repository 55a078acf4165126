"""What every public template may ask for: the site's name, its phone number, who publishes it."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseError
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from mesoinfo import last_known
from mesoinfo.models import SiteSettings

logger = logging.getLogger(__name__)

LAST_KNOWN = "site"


def current_site() -> SiteSettings:
    """The site settings; while the database is away, as they were last known, or the defaults."""
    try:
        site = SiteSettings.current()
    except DatabaseError:
        logger.error("The database does not answer: pages show the site settings as last known.")
        return last_known_site()
    last_known.keep(LAST_KNOWN, {field.name: getattr(site, field.name) for field in SiteSettings._meta.fields})
    return site


def last_known_site() -> SiteSettings:
    """The site settings as this machine last read them, or the defaults, without asking the database."""
    return SiteSettings(**(last_known.recall(LAST_KNOWN) or {"publisher_name": "", "about": ""}))


def origin(request: HttpRequest) -> str:
    """Scheme and host under which readers know the site, to put before an address that is passed on.

    Never what the request names, which a shared cache would pass on to others; only on a developer's machine, which
    has no PUBLIC_ORIGIN.
    """
    return settings.PUBLIC_ORIGIN or f"{request.scheme}://{request.get_host()}"


def site(request: HttpRequest) -> dict[str, Any]:
    """`site` and `origin` in templates. Read when first used, so that the desk's pages ask nothing."""
    return {"site": SimpleLazyObject(current_site), "origin": SimpleLazyObject(lambda: origin(request))}
