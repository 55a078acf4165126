from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from citations.models.account import Origin
from citations.models.source import Source

REGISTERS = [Origin.CROSSREF, Origin.PUBMED]


class RegisterCheck(models.Model):
    """When a register was last asked what was later said of a source, and whether it answered.

    Without an answer nothing is known: that no notice of it stands here says nothing then. What it did say is kept as
    notices.
    """

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="checks")
    register = models.CharField(max_length=8, choices=[(origin.value, origin.label) for origin in REGISTERS])
    identifier = models.TextField(help_text="The DOI or PMID that it was asked for.")
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, help_text="The last time that it answered.")
    knows_it = models.BooleanField(null=True, help_text="Whether it knew the work then.")
    problem = models.CharField(max_length=300, blank=True, help_text="Why it did not answer the last time, a sentence.")

    class Meta:
        ordering = ["source", "register"]
        indexes = [models.Index(fields=["register", "asked_at"], name="checks_by_when_asked")]
        constraints = [
            models.UniqueConstraint(fields=["source", "register"], name="one_check_of_a_source_at_a_register"),
            models.CheckConstraint(condition=Q(register__in=REGISTERS), name="a_check_is_at_a_known_register"),
            models.CheckConstraint(
                condition=Q(problem="", answered_at__isnull=False, answered_at=F("asked_at"))
                | (~Q(problem="") & (Q(answered_at__isnull=True) | Q(answered_at__lt=F("asked_at")))),
                name="a_check_was_answered_or_says_why_not",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, knows_it__isnull=True)
                | Q(answered_at__isnull=False, knows_it__isnull=False),
                name="an_answer_says_whether_the_work_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} at {self.get_register_display()}, {self.asked_at:%-d %B %Y}"
