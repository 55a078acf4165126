from __future__ import annotations

from django.db import models
from django.db.models import Q

from citations.models.account import Origin
from citations.models.source import Source
from mesoinfo.models import User


class ImportKind(models.TextChoices):
    FILE = "file", "a file or pasted text"
    LOOKUP = "lookup", "a lookup"


class ImportState(models.TextChoices):
    WAITING = "waiting", "waiting for the worker"
    READ = "read", "read"
    FAILED = "failed", "failed"


class Outcome(models.TextChoices):
    WAITING = "", "waits for a decision"
    ADDED = "added", "added"
    CHANGED = "changed", "changed a source"
    UNCHANGED = "unchanged", "said nothing new"
    REFUSED = "refused", "cannot be read"
    LEFT_OUT = "left_out", "left out"


class Import(models.Model):
    """What somebody brought to the bibliography: a file, a pasted list, or an identifier to look up.

    A worker reads it (`citations.receiving`, `citations.lookups`); each record in it then waits for a person.
    """

    kind = models.CharField(max_length=10, choices=ImportKind)
    name = models.CharField(max_length=200, help_text="The file's name, or the identifier.")
    format = models.CharField(max_length=20, help_text="As `citations.formats` names it; of a lookup DOI or PMID.")
    content = models.TextField(blank=True, help_text="Emptied once it has been read: each record keeps its own text.")
    source = models.ForeignKey(
        Source, null=True, on_delete=models.SET_NULL, related_name="lookups", help_text="The source it was asked for."
    )
    asked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.WAITING)
    read_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=600, blank=True, help_text="Why it failed, for whoever asked.")
    add_all_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", help_text="Who asked to add all that is new."
    )

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "kind"], name="imports_by_state")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ImportKind.values), name="an_import_has_a_known_kind"),
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="an_import_has_a_known_state"),
            models.CheckConstraint(
                condition=Q(state=ImportState.WAITING, read_at__isnull=True)
                | (~Q(state=ImportState.WAITING) & Q(read_at__isnull=False)),
                name="an_import_that_was_read_says_when",
            ),
            models.CheckConstraint(
                condition=Q(state=ImportState.FAILED) ^ Q(problem=""), name="an_import_that_failed_says_why"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ImportedRecord(models.Model):
    """One record of an import: what it says, what it is to the bibliography, and what a person decided."""

    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="records")
    place = models.PositiveIntegerField(help_text="Its place in the file, from 1.")
    line = models.PositiveIntegerField(default=1)
    origin = models.CharField(max_length=10, choices=Origin)
    text = models.TextField(blank=True, help_text="As the file has it.")
    record = models.JSONField(default=dict)
    said = models.JSONField(default=dict)
    corrections = models.JSONField(default=list, help_text="[{field, found, proposed, reason, applied}]")
    problem = models.TextField(blank=True, help_text="Why it cannot be read, and how to mend it.")
    verdict = models.CharField(max_length=12, blank=True, help_text="What it is to `match`; empty when nothing.")
    match = models.ForeignKey(Source, null=True, on_delete=models.SET_NULL, related_name="+")
    reasons = models.JSONField(default=list)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    source = models.ForeignKey(Source, null=True, on_delete=models.SET_NULL, related_name="+")
    settled_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["batch", "place"]
        indexes = [models.Index(fields=["batch", "outcome"], name="records_by_outcome")]
        constraints = [
            models.UniqueConstraint(fields=["batch", "place"], name="one_record_per_place_of_an_import"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="a_record_has_a_known_outcome"),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.WAITING, settled_at__isnull=True)
                | (~Q(outcome=Outcome.WAITING) & Q(settled_at__isnull=False)),
                name="a_decision_on_a_record_says_when",
            ),
            models.CheckConstraint(
                condition=Q(problem="") | Q(outcome=Outcome.REFUSED), name="what_cannot_be_read_is_refused"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch}, record {self.place}"
