from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from citations.models.source import Source
from mesoinfo.ledger import refusal
from mesoinfo.models import User


class Origin(models.TextChoices):
    CROSSREF = "crossref", "Crossref"
    PUBMED = "pubmed", "PubMed"
    FILE = "file", "a file"
    PERSON = "person", "a person"


class Account(models.Model):
    """What one origin said of a source at one time: the provenance of each field of its record.

    A register or a file gives its whole record; a person only the fields they changed, null for one they took out.
    Accounts add up, newest first. What we print is the source's own record.
    """

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="accounts")
    origin = models.CharField(max_length=10, choices=Origin)
    name = models.CharField(max_length=200, blank=True, help_text="The file, or the identifier that was looked up.")
    record = models.JSONField(help_text="Its fields of CSL.")
    said = models.JSONField(default=dict, help_text="What it said beside them, such as what it is unsure of.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of all it said, to know it again.")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["digest"], name="accounts_by_digest")]
        constraints = [
            models.CheckConstraint(condition=Q(origin__in=Origin.values), name="an_account_has_a_known_origin"),
            models.CheckConstraint(
                condition=~Q(origin=Origin.PERSON) | Q(by__isnull=False), name="an_account_of_a_person_names_them"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="accounts_stand",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=refusal("what an origin said stands as it was said; a new account says otherwise"),
            ),
            pgtrigger.Trigger(
                name="accounts_go_with_their_source",
                when=pgtrigger.After,
                operation=pgtrigger.Delete,
                timing=pgtrigger.Deferred,
                func=f"""
                    IF EXISTS (SELECT 1 FROM citations_source s WHERE s.id = OLD.source_id) THEN
                        {refusal("an account is kept as long as its source")}
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_origin_display()}, {self.at:%-d %B %Y}"
