"""What a page says around the form: who we are, how to call us, the words of consent.

As last known while the database is away, so that a request is taken then too, with the very words that were shown.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.db import Error as DatabaseError

from caseintake import doors
from caseintake.consent import wording
from caseintake.doors import ConsentWords
from caseintake.models import ConsentKind
from caseintake.models.consent import hash_of
from mesoinfo import last_known
from mesoinfo.context import current_site
from mesoinfo.models import SiteSettings

LAST_KNOWN = "consent-words"


@dataclass(frozen=True)
class Surroundings:
    """The site's settings, and all words of consent that were ever published, the newest first."""

    site: SiteSettings
    published: tuple[ConsentWords, ...]

    def words(self, kind: ConsentKind) -> ConsentWords | None:
        """The words of this kind that are in force."""
        return next((one for one in self.published if one.kind == kind and one.in_force), None)

    def knows(self, kind: ConsentKind, sha256: str) -> bool:
        """Whether words with this hash were ever published, so that somebody may have read them on an older page."""
        return any(one.kind == kind and one.sha256 == sha256 for one in self.published)

    @property
    def use_to_reply(self) -> ConsentWords:
        """What everybody who asks for help agrees to."""
        return self.words(ConsentKind.USE_TO_REPLY) or _never_read()

    @property
    def auto_call_text(self) -> ConsentWords | None:
        """What may be agreed to beside it; None where the publisher makes no such calls."""
        return self.words(ConsentKind.AUTO_CALL_TEXT) if self.site.makes_automatic_calls else None


def current() -> Surroundings:
    """As stored now; as last known, or with their defaults, while the database is away."""
    return Surroundings(current_site(), _published())


def _published() -> tuple[ConsentWords, ...]:
    try:
        published = doors.consent_words()
    except DatabaseError:
        return tuple(ConsentWords(**one) for one in last_known.recall(LAST_KNOWN) or [])
    last_known.keep(LAST_KNOWN, [asdict(one) for one in published])
    return tuple(published)


def _never_read() -> ConsentWords:
    # Shown, and not taken: nobody could prove later which words these were.
    body = wording(ConsentKind.USE_TO_REPLY, "the publisher of this site")
    return ConsentWords(ConsentKind.USE_TO_REPLY, body, hash_of(body), in_force=True)
