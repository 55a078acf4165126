"""After a new version of a style or of the engine: set the stored entries of the bibliography anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from citations.models import Source


class Command(BaseCommand):
    help = (
        "Set the reference list entries that were made by another version of a style. Published pages keep theirs. "
        "May be interrupted and run again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        total, done = Source.objects.count(), 0
        for place, source in enumerate(Source.objects.iterator(chunk_size=200), start=1):
            if not source.entries_are_current:
                source.set_entries()
                # Only if nobody has saved it meanwhile, and without a new date of change: the record is the same.
                done += Source.objects.filter(pk=source.pk, csl=source.csl).update(entries=source.entries)
            if place % 100 == 0:
                self.stdout.write(f"  {place} of {total}")
        self.stdout.write(f"The entries of {done} of {total} sources were set anew.")
