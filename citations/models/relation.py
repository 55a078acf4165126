from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from citations.models.source import Source
from mesoinfo.ledger import refusal
from mesoinfo.models import User


class RelationKind(models.TextChoices):
    VERSION_OF = "version_of", "is another version of"
    PREPRINT_OF = "preprint_of", "is a preprint of"
    NOT_DUPLICATE_OF = "not_duplicate_of", "is no duplicate of"


class Relation(models.Model):
    """How two sources belong together, as a person found. That one supersedes another is a notice: readers see it."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="relations")
    kind = models.CharField(max_length=20, choices=RelationKind)
    other = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="relations_of_others")
    note = models.CharField(max_length=300, blank=True, help_text="Why, in a few words, for colleagues.")
    noted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    noted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=RelationKind.values), name="a_relation_has_a_known_kind"),
            models.CheckConstraint(condition=~Q(source=F("other")), name="no_source_is_related_to_itself"),
            models.UniqueConstraint(fields=["source", "other"], name="one_relation_between_two_sources"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="one_way_only",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=f"""
                    IF EXISTS (SELECT 1 FROM citations_relation r
                               WHERE r.source_id = NEW.other_id AND r.other_id = NEW.source_id) THEN
                        {refusal("these two sources are related already, the other way round")}
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source.key} {self.get_kind_display()} {self.other.key}"
