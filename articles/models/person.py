"""People named on pages, what qualifies them, and what they may review."""

from __future__ import annotations

import datetime

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone

from articles.models.topic import SLUG, Topic
from mesoinfo.ledger import TODAY, append_only, refusal
from mesoinfo.models import User


@pghistory.track()
class Person(models.Model):
    """Somebody a page names: a writer, an editor, a reviewer, an advocate who is quoted."""

    slug = models.CharField("address", max_length=60, unique=True)
    name = models.CharField(max_length=120)
    job_title = models.CharField(max_length=120, help_text="What they do, as readers should see it.")
    employer = models.CharField(max_length=120, help_text="Who pays them. Readers are told.")
    bio = models.TextField(help_text="A short paragraph. No medical statement.")
    user = models.OneToOneField(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="person",
        help_text="Their account on the desk, if they have one.",
    )
    is_advocate = models.BooleanField(
        "patient advocate", default=False, help_text="Listed under /advocates/: somebody whom readers can talk with."
    )
    is_sample = models.BooleanField("sample", default=False, help_text="A made-up role for trying the software.")

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "people"
        constraints = [
            models.CheckConstraint(condition=Q(slug__regex=SLUG), name="a_persons_address_is_plain"),
            models.CheckConstraint(condition=~Q(name=""), name="a_person_has_a_name"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="person_addresses_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("slug"),
                condition=pgtrigger.Condition("OLD.slug <> NEW.slug"),
                func=refusal("the address of a person does not change, because people have linked to it"),
            ),
            # Signatures and qualifications belong to whoever signs in: with another account they would pass to them.
            pgtrigger.Trigger(
                name="keeps_its_account",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.user_id IS DISTINCT FROM NEW.user_id"),
                func=f"""
                    IF EXISTS (SELECT 1 FROM articles_signoff s WHERE s.reviewer_id = OLD.user_id) THEN
                        {refusal("a person who has signed keeps their account")}
                    END IF;
                    IF EXISTS (SELECT 1 FROM articles_credential c
                               WHERE c.person_id = NEW.id AND c.verified_at IS NOT NULL) THEN
                        {refusal("a person with a verified credential keeps their account: it was checked for them")}
                    END IF;
                    IF EXISTS (SELECT 1 FROM articles_reviewscope s
                               WHERE s.person_id = NEW.id AND s.granted_by_id = NEW.user_id) THEN
                        {refusal("nobody takes the account of a person they granted a review scope to")}
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/people/{self.slug}/"

    @property
    def declaration(self) -> Interest | None:
        """The declaration of interests that holds now: the newest."""
        # As a list: `interests` may have been brought along, and first() would ask again.
        return next(iter(self.interests.all()), None)


class CredentialQuerySet(models.QuerySet["Credential"]):
    def valid_on(self, day: datetime.date) -> CredentialQuerySet:
        """Verified by somebody, not revoked, and not past its date."""
        return self.filter(verified_at__isnull=False, revoked_at__isnull=True).filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=day)
        )


@pghistory.track()
class Credential(models.Model):
    """What qualifies a person: a licence, a board certification, a degree. Counts once somebody else checked it."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="credentials")
    title = models.CharField(max_length=120, help_text="As shown to readers, such as: Licensed physician.")
    issuer = models.CharField(max_length=120, help_text="Who issued it.")
    number = models.CharField(max_length=60, blank=True, help_text="Shown on the desk only.")
    valid_until = models.DateField(null=True, blank=True, help_text="Empty when it does not expire.")
    verified_by = models.ForeignKey(
        User, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    verified_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_by = models.ForeignKey(
        User, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_because = models.CharField(max_length=300, blank=True, editable=False)

    objects = CredentialQuerySet.as_manager()

    class Meta:
        ordering = ["person", "title"]
        permissions = [("verify_credential", "Can verify other people's credentials")]
        constraints = [
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True, verified_at__isnull=True)
                | Q(verified_by__isnull=False, verified_at__isnull=False),
                name="a_verification_says_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(revoked_by__isnull=True, revoked_at__isnull=True, revoked_because="")
                | (Q(revoked_by__isnull=False, revoked_at__isnull=False) & ~Q(revoked_because="")),
                name="a_revocation_says_who_when_and_why",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="verified_by_another",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.verified_by_id IS NOT NULL"),
                func=f"""
                    IF EXISTS (SELECT 1 FROM articles_person p
                               WHERE p.id = NEW.person_id AND p.user_id = NEW.verified_by_id) THEN
                        {refusal("nobody verifies their own credential")}
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="verified_as_it_stands",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "NEW.verified_at IS NOT NULL AND OLD.verified_at IS NOT NULL"
                    " AND (NEW.person_id, NEW.title, NEW.issuer, NEW.number, NEW.valid_until)"
                    " IS DISTINCT FROM (OLD.person_id, OLD.title, OLD.issuer, OLD.number, OLD.valid_until)"
                ),
                func=refusal("a credential that changes has to be verified again"),
            ),
            pgtrigger.Trigger(
                name="stays_with_its_person",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.person_id <> NEW.person_id"),
                func=refusal("a credential stays with the person it was issued to"),
            ),
            pgtrigger.Trigger(
                name="revoked_by_another",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.revoked_by_id IS NOT NULL"),
                func=f"""
                    IF EXISTS (SELECT 1 FROM articles_person p
                               WHERE p.id = NEW.person_id AND p.user_id = NEW.revoked_by_id) THEN
                        {refusal("nobody revokes their own credential")}
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="revoked_for_good",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.revoked_at IS NOT NULL"),
                func=refusal("a credential that was revoked stays so; enter the new one"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.issuer}"

    def is_valid_on(self, day: datetime.date) -> bool:
        """Verified, not revoked, and not past its date: the same as `valid_on` asks."""
        return (
            self.verified_at is not None
            and self.revoked_at is None
            and (self.valid_until is None or self.valid_until >= day)
        )

    def revoke(self, *, because: str, by: User) -> None:
        """From now on nothing new is signed with it; what was signed keeps it as it then was.

        The database refuses one's own, and a second time.
        """
        self.revoked_by, self.revoked_at, self.revoked_because = by, timezone.now(), because
        self.save(update_fields=["revoked_by", "revoked_at", "revoked_because"])

    def verify(self, *, by: User) -> None:
        """Record that `by` checked it with the issuer. The database refuses one's own."""
        self.verified_by, self.verified_at = by, timezone.now()
        self.save(update_fields=["verified_by", "verified_at"])


class Interest(models.Model):
    """A declaration of what could sway a person's judgement, all of it, in their own words. Readers see the newest.

    It counts for a year, and for signing only when the person declared it themselves.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="interests")
    statement = models.TextField(help_text="Who pays them for what, shares they hold, or: None to declare.")
    declared_on = models.DateField(default=datetime.date.today)
    declared_by = models.ForeignKey(
        User,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="They themselves, or for somebody without an account whoever wrote down what they said.",
    )

    class Meta:
        ordering = ["-declared_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(statement=""), name="an_interest_is_stated"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="declared_by_oneself",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=f"""
                    IF EXISTS (SELECT 1 FROM articles_person p WHERE p.id = NEW.person_id AND p.user_id IS NOT NULL
                                 AND p.user_id IS DISTINCT FROM NEW.declared_by_id) THEN
                        {refusal("whoever has an account declares their interests themselves")}
                    END IF;
                    IF NEW.declared_on > {TODAY} THEN
                        {refusal("a declaration of interests is not dated ahead")}
                    END IF;
                    RETURN NEW;
                """,
            ),
            append_only(message="a declaration of interests is kept as it was made; declare anew"),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.declared_on:%-d %B %Y}"


class ReviewScope(models.Model):
    """What a person may review: one topic, or everything. Granted by somebody else."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="review_scopes")
    topic = models.ForeignKey(
        Topic, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Empty means every page."
    )
    is_specialist = models.BooleanField(
        "as a specialist",
        default=False,
        help_text="Trained in this very field. One of the two who sign a page of high risk is a specialist.",
    )
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    granted_at = models.DateTimeField(default=timezone.now, editable=False)
    ends_on = models.DateField(null=True, blank=True, help_text="Empty while it lasts.")

    class Meta:
        ordering = ["person"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "topic"], nulls_distinct=False, name="one_scope_per_person_and_topic"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="granted_by_another",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=f"""
                    IF EXISTS (SELECT 1 FROM articles_person p
                               WHERE p.id = NEW.person_id AND p.user_id = NEW.granted_by_id) THEN
                        {refusal("nobody grants a review scope to themselves")}
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="granted_as_it_stands",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "NEW.granted_at IS NOT DISTINCT FROM OLD.granted_at"
                    " AND (NEW.person_id, NEW.topic_id, NEW.is_specialist, NEW.ends_on, NEW.granted_by_id)"
                    " IS DISTINCT FROM (OLD.person_id, OLD.topic_id, OLD.is_specialist, OLD.ends_on, OLD.granted_by_id)"
                ),
                func=refusal("a review scope that changes has to be granted again"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.topic or 'every page'}"
