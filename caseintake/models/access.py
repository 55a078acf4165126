"""Who read what: a ledger of every opening of a case, written before anything is shown."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from caseintake.models.submission import Submission
from mesoinfo.ledger import HashChain, append_only
from mesoinfo.models import User


class ActorKind(models.TextChoices):
    STAFF = "staff", "a member of staff"
    SYSTEM = "system", "the system"


class Purpose(models.TextChoices):
    WORKING = "working", "Working on the case"
    COVERING = "covering", "Covering for a colleague"
    REVIEW = "review", "Checking how the case was handled"
    QUARANTINE = "quarantine", "Checking the quarantine"
    PERSON_ASKED = "person-asked", "The person asked"
    RECEIPT = "receipt", "Sending the receipt"
    CONSENT_PROOF = "consent-proof", "Proving a consent"
    INDEXING = "indexing", "Making it possible to find it"


class ReadingResult(models.TextChoices):
    OPENED = "opened", "opened"  # written before decrypting: from here on the words may have been seen
    REFUSED = "refused", "refused: not theirs to read"
    FAILED = "failed", "could not be opened"  # follows an "opened" whose decryption failed


class AccessEvent(models.Model):
    """One reading, or one try. Says who, in what role, when and why; never what was read. Only ever added to."""

    sequence = models.BigIntegerField(unique=True, db_default=0, editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    role = models.CharField(max_length=40, help_text="The role they read it in.")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="readings")
    payloads = models.PositiveIntegerField(help_text="How many sealed texts: the request and its notes.")
    purpose = models.CharField(max_length=20, choices=Purpose)
    result = models.CharField(max_length=10, choices=ReadingResult)
    cause = models.CharField(max_length=40, blank=True, help_text="Why it could not be opened.")
    previous_hash = models.CharField(max_length=64, db_default="", editable=False)
    hash = models.CharField(max_length=64, unique=True, db_default="", editable=False)

    class Meta:
        verbose_name = "reading"
        ordering = ["-sequence"]
        constraints = [
            models.CheckConstraint(
                condition=Q(actor_kind=ActorKind.STAFF, actor__isnull=False)
                | Q(actor_kind=ActorKind.SYSTEM, actor__isnull=True),
                name="a_reading_by_staff_names_them",
            ),
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="a_reading_has_a_known_purpose"),
            models.CheckConstraint(condition=Q(result__in=ReadingResult.values), name="a_reading_has_a_known_result"),
        ]
        triggers = [
            HashChain(
                table="caseintake_accessevent",
                covers=[
                    "actor_id",
                    "actor_kind",
                    "role",
                    "submission_id",
                    "payloads",
                    "purpose",
                    "result",
                    "cause",
                ],
            ),
            append_only(message="the record of readings is only ever added to"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence}: {self.result}"
