from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from mesoinfo.ledger import append_only


class DatasetRead(models.Model):
    """One reading of a dataset of retractions: which edition of it, how much of it could be read, and what it knew.

    Only by this can it be said of a source that it was not found, and as of which day: never that it is clean.
    """

    dataset = models.CharField(max_length=20)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file.")
    rows = models.PositiveIntegerField()
    damaged = models.PositiveIntegerField(help_text="Rows that could not be read, whole or in part.")
    matched = models.PositiveIntegerField(help_text="Rows on works that we had.")
    newest = models.DateField(null=True, help_text="The latest day that a row of it names: how far it reaches.")
    read_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(damaged__lte=F("rows"), matched__lte=F("rows")), name="a_reading_counts_rows_it_had"
            ),
        ]
        triggers = [append_only(message="a reading of a dataset stands as it was recorded; read it again")]

    def __str__(self) -> str:
        return f"{self.dataset}, {self.read_at:%-d %B %Y}"
