"""Pages taken from readers: withdrawn with a notice, taken down, or with some of their blocks hidden."""

from __future__ import annotations

import datetime

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from articles.models.article import Article
from articles.models.person import Credential
from articles.models.published import PublishedPage
from mesoinfo.ledger import TODAY, refusal
from mesoinfo.models import User

CONFIRM_WITHIN = datetime.timedelta(hours=72)
REVIEW_WITHIN = datetime.timedelta(hours=24)


class TakedownKind(models.TextChoices):
    WITHDRAWN = "withdrawn", "Withdrawn: readers still see it, under a notice"
    TAKEN_DOWN = "taken_down", "Taken down: readers see it no longer"


class TakedownQuerySet(models.QuerySet["Takedown"]):
    def standing(self) -> TakedownQuerySet:
        """Not lifted."""
        return self.filter(lifted_at__isnull=True)

    def unconfirmed(self) -> TakedownQuerySet:
        """Taken down, and nobody else has said yes to it."""
        return self.standing().filter(kind=TakedownKind.TAKEN_DOWN, confirmed_at__isnull=True)


class Takedown(models.Model):
    """A page withdrawn or taken down: by whom, why, what readers are told, who confirmed it, and how it ended."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="takedowns")
    page = models.ForeignKey(PublishedPage, on_delete=models.PROTECT, related_name="+", help_text="What was live.")
    kind = models.CharField(max_length=10, choices=TakedownKind.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    reason = models.TextField(help_text="For colleagues.")
    reader_note = models.CharField(max_length=300, blank=True, help_text="A plain sentence that readers see.")
    confirmed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    objects = TakedownQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        permissions = [
            ("take_down", "Can take a page down at once, and confirm that others did"),
            ("withdraw_page", "Can withdraw a page"),
            ("hide_block", "Can hide blocks of a live page behind a signed notice"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["article"], condition=Q(lifted_at__isnull=True), name="one_takedown_stands_per_article"
            ),
            models.CheckConstraint(condition=Q(kind__in=TakedownKind.values), name="a_takedown_has_a_known_kind"),
            models.CheckConstraint(condition=~Q(reason=""), name="a_takedown_says_why"),
            models.CheckConstraint(
                condition=~Q(kind=TakedownKind.WITHDRAWN) | ~Q(reader_note=""),
                name="readers_are_told_why_a_page_is_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="a_confirmed_takedown_says_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=Q(lifted_by__isnull=True, lifted_at__isnull=True)
                | Q(lifted_by__isnull=False, lifted_at__isnull=False),
                name="a_lifted_takedown_says_by_whom_and_when",
            ),
            models.CheckConstraint(condition=~Q(confirmed_by=F("by")), name="somebody_else_confirms_a_takedown"),
            models.CheckConstraint(
                condition=~Q(kind=TakedownKind.TAKEN_DOWN, lifted_by=F("by")), name="somebody_else_lifts_a_takedown"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="takedowns_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=f"""
                    IF TG_OP = 'INSERT' THEN
                        IF NEW.confirmed_at IS NOT NULL OR NEW.lifted_at IS NOT NULL THEN
                            {refusal("a takedown is neither confirmed nor lifted when it is written")}
                        END IF;
                        RETURN NEW;
                    END IF;
                    IF TG_OP = 'DELETE' OR OLD.lifted_at IS NOT NULL
                       OR (OLD.confirmed_at IS NOT NULL
                           AND (OLD.confirmed_by_id, OLD.confirmed_at)
                               IS DISTINCT FROM (NEW.confirmed_by_id, NEW.confirmed_at))
                       OR (to_jsonb(OLD) - '{{confirmed_by_id,confirmed_at,lifted_by_id,lifted_at}}'::text[])
                          IS DISTINCT FROM
                          (to_jsonb(NEW) - '{{confirmed_by_id,confirmed_at,lifted_by_id,lifted_at}}'::text[]) THEN
                        {refusal("a takedown stays as it was written; it is confirmed once and lifted once")}
                    END IF;
                    -- By the same clock as what is published: which of the two came first decides what can come back.
                    IF NEW.lifted_at IS NOT NULL THEN
                        NEW.lifted_at := clock_timestamp();
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article}: {self.get_kind_display()}"

    @property
    def confirm_by(self) -> datetime.datetime:
        return self.at + CONFIRM_WITHIN


class EmergencyNotice(models.Model):
    """A sentence that stands in place of hidden blocks. Written and signed beforehand, so that it is there at once."""

    text = models.CharField(max_length=300, unique=True, help_text="Readers see it in place of what is hidden.")
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    signed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    credential = models.ForeignKey(Credential, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    signed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["text"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="an_emergency_notice_says_something"),
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True, credential__isnull=True, signed_at__isnull=True)
                | Q(signed_by__isnull=False, credential__isnull=False, signed_at__isnull=False),
                name="a_signed_notice_says_by_whom_and_when",
            ),
            models.CheckConstraint(condition=~Q(signed_by=F("written_by")), name="somebody_else_signs_a_notice"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="signed_by_the_qualified",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=f"""
                    IF TG_OP = 'UPDATE' AND OLD.signed_at IS NOT NULL AND OLD IS DISTINCT FROM NEW THEN
                        {refusal("a signed notice does not change; write another")}
                    END IF;
                    IF NEW.signed_by_id IS NOT NULL AND NOT EXISTS (
                            SELECT 1 FROM articles_credential c JOIN articles_person p ON p.id = c.person_id
                            WHERE c.id = NEW.credential_id AND p.user_id = NEW.signed_by_id
                              AND c.verified_at IS NOT NULL AND c.revoked_at IS NULL
                              AND (c.valid_until IS NULL OR c.valid_until >= {TODAY})) THEN
                        {refusal("a notice is signed with a credential, verified and not expired")}
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.text


class EmergencyEditQuerySet(models.QuerySet["EmergencyEdit"]):
    def unreviewed(self) -> EmergencyEditQuerySet:
        """No medical reviewer has looked at it."""
        return self.filter(reviewed_at__isnull=True)


class EmergencyEdit(models.Model):
    """Blocks hidden from readers at once. A medical reviewer looks at it within a day."""

    page = models.OneToOneField(PublishedPage, on_delete=models.PROTECT, related_name="emergency_edit")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    reason = models.TextField()
    reviewed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    finding = models.TextField(blank=True, help_text="What the reviewer found.")

    objects = EmergencyEditQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="an_emergency_edit_says_why"),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True, reviewed_at__isnull=True, finding="")
                | (Q(reviewed_by__isnull=False, reviewed_at__isnull=False) & ~Q(finding="")),
                name="a_reviewed_edit_says_by_whom_when_and_what",
            ),
            models.CheckConstraint(condition=~Q(reviewed_by=F("by")), name="somebody_else_reviews_an_emergency_edit"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="emergency_edits_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=f"""
                    IF TG_OP = 'DELETE' OR OLD.reviewed_at IS NOT NULL
                       OR (to_jsonb(OLD) - '{{reviewed_by_id,reviewed_at,finding}}'::text[])
                          IS DISTINCT FROM (to_jsonb(NEW) - '{{reviewed_by_id,reviewed_at,finding}}'::text[]) THEN
                        {refusal("an emergency edit stays as it was written; it is reviewed once")}
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.page.article}, {self.at:%-d %B %Y}"

    @property
    def review_by(self) -> datetime.datetime:
        return self.at + REVIEW_WITHIN
