"""Forgetting what a second click is known by. It is looked for where requests are stored (`intake.sql`)."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from caseintake.models import Submission
from mesoinfo.repeats import forget_keys


def forget_old() -> int:
    """Drop keys and fingerprints that are over a day old. A sweep; returns how many fingerprints went."""
    now = timezone.now()
    forget_keys(now)
    return Submission.objects.filter(fingerprint__isnull=False, received_at__lt=now - timedelta(days=1)).update(
        fingerprint=None
    )
