"""A second click gets the same reference and no second case."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from caseintake.models import Submission
from mesoinfo.repeats import WINDOW, forget_keys


def find_repeat(prints: list[bytes], now: datetime) -> Submission | None:
    """The request that said the same within the last 15 minutes. Locks the content until the transaction ends."""
    if not prints:
        return None
    with connection.cursor() as cursor:
        # Fifty clicks at once: each waits for the one before it to be stored or to fail.
        for number in sorted(int.from_bytes(digest[:8], "big", signed=True) for digest in prints):
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
    return (
        Submission.objects.filter(fingerprint__in=prints, received_at__gte=now - WINDOW).order_by("received_at").first()
    )


def forget_old() -> int:
    """Drop keys and fingerprints that are over a day old. A sweep; returns how many fingerprints went."""
    now = timezone.now()
    forget_keys(now)
    return Submission.objects.filter(fingerprint__isnull=False, received_at__lt=now - timedelta(days=1)).update(
        fingerprint=None
    )
