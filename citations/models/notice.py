from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from citations import csl
from citations.models.source import NoticeKind, Source
from mesoinfo.ledger import append_only
from mesoinfo.models import User


class Notice(models.Model):
    """What was later said about a source: it was retracted, corrected, replaced. Notices add up; none is taken back."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=12, choices=NoticeKind)
    on = models.DateField("date of the notice")
    reference = models.CharField(
        "where it is announced", max_length=400, blank=True, help_text="A DOI, such as 10.1234/abc, or a web address."
    )
    successor = models.ForeignKey(Source, null=True, blank=True, on_delete=models.PROTECT, related_name="supersedes")
    dataset = models.CharField(
        max_length=20, blank=True, editable=False, help_text="Which dataset told it; empty when a person did."
    )
    record_id = models.CharField(max_length=120, blank=True, editable=False, help_text="What the dataset calls it.")
    note = models.CharField(max_length=300, blank=True, help_text="In a few words, for readers and staff.")
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=NoticeKind.values), name="a_notice_has_a_known_kind"),
            models.CheckConstraint(
                condition=Q(reference="") | Q(reference__regex=csl.DOI_PATTERN) | Q(reference__iregex=csl.URL_PATTERN),
                name="a_notice_is_announced_at_a_doi_or_a_web_address",
                violation_error_message=(
                    "Say where it is announced by a DOI, such as 10.1234/abc, or by an address that starts with "
                    "https:// or http://."
                ),
            ),
            models.CheckConstraint(
                condition=Q(kind=NoticeKind.SUPERSEDED, successor__isnull=False)
                | (~Q(kind=NoticeKind.SUPERSEDED) & Q(successor__isnull=True)),
                name="a_notice_names_a_successor_exactly_when_there_is_one",
                violation_error_message=(
                    "A source that was superseded has a successor: give its key. Of any other notice leave it empty."
                ),
            ),
            models.CheckConstraint(condition=~Q(successor=F("source")), name="no_source_supersedes_itself"),
            models.UniqueConstraint(
                fields=["source", "dataset", "record_id"],
                condition=~Q(dataset=""),
                name="one_notice_per_record_of_a_dataset",
            ),
            models.CheckConstraint(
                condition=Q(dataset="", record_id="") | (~Q(dataset="") & ~Q(record_id="")),
                name="a_notice_of_a_dataset_names_its_record",
            ),
        ]
        triggers = [append_only(message="a notice stands as it was recorded; record what was said later")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.on:%-d %B %Y}"

    def clean(self) -> None:
        """Raises ValidationError when the source would follow itself, which Django does not ask of a row's parent."""
        if self.successor_id is not None and self.successor_id == self.source_id:
            raise ValidationError({"successor": "A source cannot be its own successor. Give the key of another."})
