from __future__ import annotations

from django.db import models


class Turn(models.Model):
    """When another site may be asked again. `citations.fetching` hands the turns out, to all our processes alike."""

    host = models.CharField(max_length=253, primary_key=True)
    free_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.host
