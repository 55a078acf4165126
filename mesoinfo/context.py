"""What every public template may ask for: the site's name, its phone number, who publishes it."""

from __future__ import annotations

import logging
from typing import Any

from django.db import DatabaseError
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
        return _last_known or SiteSettings(publisher_name="", about="")
    return _last_known


def site(request: HttpRequest) -> dict[str, Any]:
    """`site` in templates. Read when first used, so that the desk's pages ask nothing."""
    return {"site": SimpleLazyObject(current_site)}
