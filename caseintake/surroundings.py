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
from mesoinfo.context import current_site
from mesoinfo.models import SiteSettings


@dataclass(frozen=True)
class Surroundings:
    """The site's settings and the consent text in force."""

    site: SiteSettings
    consent_words: str
    consent_sha256: str


# The consent text in force as this process last read it: its words and their hash.
_last_consent: tuple[str, str] | None = None


def current() -> Surroundings:
    """As stored now; as last known, or with their defaults, while the database is away."""
    return Surroundings(current_site(), *_consent())


def _consent() -> tuple[str, str]:
    global _last_consent
    try:
        text = ConsentText.objects.in_force(ConsentKind.USE_TO_REPLY)
    except DatabaseError:
        text = None
    else:
        if text is not None:
            _last_consent = text.body, text.sha256
    if _last_consent is None:
        words = wording(ConsentKind.USE_TO_REPLY, "the publisher of this site")
        return words, hash_of(words)
    return _last_consent
