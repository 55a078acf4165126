from __future__ import annotations

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.text import Truncator

from citations.models.source import Source
from mesoinfo import audit
from mesoinfo.ledger import refusal
from mesoinfo.models import User


class QuoteQuerySet(models.QuerySet["Quote"]):
    def pinned(self) -> QuoteQuerySet:
        """Those that pages rest on: not retired."""
        return self.filter(retired_at__isnull=True)


class Quote(models.Model):
    """Words of a source that pages rest on, shown to reviewers beside the blocks that cite it.

    They never change. A wrong quote is retired, and another pinned.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="quotes")
    text = models.CharField(
        max_length=600,
        help_text="Verbatim words of the source that a page rests on. Reviewers see them beside the sentence.",
    )
    locator = models.CharField(max_length=60, blank=True, help_text="Where they stand, such as: p. 3.")
    added_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    added_at = models.DateTimeField(auto_now_add=True)
    retired_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    retired_at = models.DateTimeField(null=True, editable=False)

    objects = QuoteQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(text__regex=r"\S"), name="a_quote_has_words"),
            models.UniqueConstraint(
                fields=["source", "text"],
                condition=Q(retired_at__isnull=True),
                name="one_quote_per_source_and_words",
            ),
            models.CheckConstraint(
                condition=Q(retired_by__isnull=True, retired_at__isnull=True)
                | Q(retired_by__isnull=False, retired_at__isnull=False),
                name="a_retirement_says_who_and_when",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="words_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("source", "text", "locator"),
                func=refusal("the words of a quote never change; retire it and pin another"),
            ),
            pgtrigger.Trigger(
                name="quotes_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func=refusal("a quote is kept, because signatures rest on it; retire it instead"),
            ),
        ]

    def __str__(self) -> str:
        return f"“{Truncator(self.text).chars(80)}”"

    def clean(self) -> None:
        """Raises ValidationError when the source has these words already: Django asks nothing of a row's parent."""
        same = Quote.objects.pinned().filter(source_id=self.source_id, text=self.text).exclude(pk=self.pk)
        if same.exists():
            raise ValidationError({"text": "These words are pinned already."})

    def retire(self, *, by: User) -> None:
        """From here on no page rests on these words. Whoever retired them first is who did it."""
        if Quote.objects.pinned().filter(pk=self.pk).update(retired_by=by, retired_at=timezone.now()):
            audit.record(by, "quote.retired", self, source=self.source.key)
