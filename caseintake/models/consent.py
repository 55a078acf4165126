"""What a person agreed to: the exact words, kept for ever, and each time somebody agreed to them."""

from __future__ import annotations

import hashlib
from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from caseintake.models.submission import Channel, Submission
from mesoinfo.ledger import append_only, refusal
from mesoinfo.models import User


class ConsentKind(models.TextChoices):
    """Never bundled: each is asked for by itself."""

    USE_TO_REPLY = "use_to_reply", "to keep and use what was sent, to reply"
    AUTO_CALL_TEXT = "auto_call_text", "automatic calls and texts"
    SHARE_WITH_NAMED_PARTNER = "share_with_named_partner", "to share what was sent with a named partner"
    NEWSLETTER = "newsletter", "a newsletter"


class ConsentAction(models.TextChoices):
    GRANTED = "granted", "agreed"
    WITHDRAWN = "withdrawn", "withdrew it"


class ConsentMethod(models.TextChoices):
    FORM = "form", "on the form"
    PRIVATE_CODE = "private-code", "with the private code"
    STAFF = "staff", "told us; a member of staff wrote it down"


class ConsentTextQuerySet(models.QuerySet["ConsentText"]):
    def in_force(self, kind: ConsentKind) -> ConsentText | None:
        """The wording that forms show now."""
        return self.filter(kind=kind, retired_at__isnull=True).first()


class ConsentText(models.Model):
    """One version of the words beside a consent box. Once published it never changes; a new version replaces it."""

    kind = models.CharField(max_length=30, choices=ConsentKind)
    version = models.PositiveIntegerField()
    body = models.TextField()
    sha256 = models.CharField(max_length=64, db_index=True)
    published_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True)

    objects = ConsentTextQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="one_consent_text_per_version"),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(retired_at__isnull=True), name="one_consent_text_in_force_per_kind"
            ),
            models.CheckConstraint(condition=Q(kind__in=ConsentKind.values), name="a_consent_text_has_a_known_kind"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="published_words_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=f"""
                    IF TG_OP = 'UPDATE' THEN
                        IF OLD.retired_at IS NULL
                            AND (NEW.id, NEW.kind, NEW.version, NEW.body, NEW.sha256, NEW.published_at)
                              = (OLD.id, OLD.kind, OLD.version, OLD.body, OLD.sha256, OLD.published_at)
                        THEN
                            RETURN NEW;
                        END IF;
                    END IF;
                    {refusal("a published consent text never changes; it can only be retired")}
                """,
            ),
            pgtrigger.Trigger(
                name="hash_is_of_the_words",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=f"""
                    IF NEW.sha256 <> encode(sha256(convert_to(NEW.body, 'UTF8')), 'hex') THEN
                        {refusal("the hash of a consent text is that of its words")}
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}, version {self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sha256 = hash_of(self.body)
        super().save(*args, **kwargs)


class ConsentEvent(models.Model):
    """One person's answer to one consent text: which words, by their hash, and when. Only ever added to."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=30, choices=ConsentKind)
    action = models.CharField(max_length=10, choices=ConsentAction)
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="+")
    shown_sha256 = models.CharField(max_length=64)
    unticked_when_shown = models.BooleanField(default=True)
    method = models.CharField(max_length=20, choices=ConsentMethod, default=ConsentMethod.FORM)
    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    # How the person told the member of staff who wrote it down.
    told_by = models.CharField(max_length=10, choices=Channel, blank=True, db_default="")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["submission", "at", "id"]
        permissions = [
            ("answer_for_consent", "Can prove what people agreed to, and record that a person took it back"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(method__in=[ConsentMethod.FORM, ConsentMethod.PRIVATE_CODE], actor__isnull=True)
                | Q(method=ConsentMethod.STAFF, actor__isnull=False),
                name="a_consent_says_how_it_came_to_us",
            ),
            models.CheckConstraint(
                condition=Q(method=ConsentMethod.STAFF, told_by__in=Channel.values)
                | (~Q(method=ConsentMethod.STAFF) & Q(told_by="")),
                name="what_staff_wrote_down_says_how_they_were_told",
            ),
            models.CheckConstraint(condition=Q(kind__in=ConsentKind.values), name="a_consent_has_a_known_kind"),
            models.CheckConstraint(condition=Q(action__in=ConsentAction.values), name="a_consent_has_a_known_action"),
            models.CheckConstraint(
                condition=~Q(action=ConsentAction.GRANTED) | Q(unticked_when_shown=True),
                name="consent_is_given_by_ticking_an_empty_box",
            ),
        ]
        triggers = [
            append_only(message="the record of consent is only ever added to"),
            pgtrigger.Trigger(
                name="is_to_words_that_were_published",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=f"""
                    IF NOT EXISTS (
                        SELECT FROM caseintake_consenttext
                        WHERE id = NEW.text_id AND kind = NEW.kind AND sha256 = NEW.shown_sha256
                    ) THEN
                        {refusal("consent is to the very words that were shown")}
                    END IF;
                    IF NEW.action = 'withdrawn' AND NEW.text_id IS DISTINCT FROM (
                        SELECT CASE WHEN action = 'granted' THEN text_id END FROM caseintake_consentevent
                        WHERE submission_id = NEW.submission_id AND kind = NEW.kind ORDER BY id DESC LIMIT 1
                    ) THEN
                        {refusal("what is withdrawn is the consent that was given last")}
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.action}"


def hash_of(words: str) -> str:
    """SHA-256 of the words as UTF-8, in hexadecimal."""
    return hashlib.sha256(words.encode()).hexdigest()
