"""What a page says around the form: who we are, how to call us, the words of consent.

Remembered by the process, so that a person whose request cannot be saved, because the database is away, still reads
the phone number and finds every answer below.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import Error as DatabaseError

from caseintake.consent import wording
from caseintake.models import ConsentKind, ConsentText
from caseintake.models.consent import hash_of
from mesoinfo.models import SiteSettings


@dataclass(frozen=True)
class Surroundings:
    """The site's settings and the consent text in force."""

    site: SiteSettings
    consent_words: str
    consent_sha256: str


_last_known: Surroundings | None = None


def current() -> Surroundings:
    """As stored now; as last known, or with their defaults, while the database is away."""
    global _last_known
    try:
        _last_known = _stored()
    except DatabaseError:
        return _last_known or _defaults()
    return _last_known


def _stored() -> Surroundings:
    site = SiteSettings.current()
    text = ConsentText.objects.in_force(ConsentKind.USE_TO_REPLY)
    if text is None:
        return _around(site)
    return Surroundings(site, text.body, text.sha256)


def _defaults() -> Surroundings:
    return _around(SiteSettings(publisher_name="the publisher of this site"))


def _around(site: SiteSettings) -> Surroundings:
    words = wording(ConsentKind.USE_TO_REPLY, site.publisher_name)
    return Surroundings(site, words, hash_of(words))
