"""The base every app stands on: who works here, what the site is called, and the ledger of what staff did."""

from __future__ import annotations

import re
from typing import Any, ClassVar

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from mesoinfo.citation_styles import CitationStyle
from mesoinfo.ledger import HashChain, append_only, refusal

LONGEST_EMAIL = 254


def sign_in_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The account somebody tries to sign in to, as wrong passwords are counted against it.

    One name for all ways to write an address, as for `get_by_natural_key`: else each spelling in other letters
    would be five more guesses. No longer than the column that counts them.
    """
    given = credentials.get("username") if credentials else request.POST.get("username")
    return (given or "").strip().upper()[:LONGEST_EMAIL]


class UserManager(BaseUserManager["User"]):
    """People sign in by email; case does not matter."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A member of staff. Raises ValueError without an email."""
        if not email:
            raise ValueError("A user needs an email address to sign in with.")
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Someone who may configure the desk. Signing, publishing and reading cases still need their roles."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A member of staff. Deactivated when they leave, never deleted: their signatures stay theirs."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=150, help_text="As colleagues know them. Shown on the desk only.")
    is_staff = models.BooleanField(default=True, help_text="May sign in to the desk.")
    is_active = models.BooleanField(default=True, help_text="Untick when they leave. Nobody is deleted.")
    date_joined = models.DateTimeField(default=timezone.now)

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ["name", "email"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_user_per_email_in_any_case"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="users_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func=refusal("users are deactivated, never deleted"),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class SiteSettings(models.Model):
    """What the site is called and how it is reached. One row; composed around each page, never signed."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    site_name = models.CharField(max_length=80, default="mesoinfo")
    publisher_name = models.CharField(max_length=120, help_text="Who answers for these pages.")
    phone = models.CharField(max_length=30, blank=True, help_text="As it should be read, such as 1-800-555-0100.")
    phone_hours = models.CharField(max_length=80, blank=True, help_text="Such as: Monday to Friday, 8 to 8 Eastern.")
    about = models.TextField(help_text="One paragraph on the publisher, shown at the foot of each page.")
    emergency_note = models.CharField(max_length=160, default="Breathing trouble or chest pain right now? Call 911.")
    advertising_notice = models.TextField(
        default="Attorney advertising. Past results do not tell you what will happen in your case.",
        help_text="Stands in the form wherever it offers a case review. Names the law firm that pays, and its address.",
    )

    makes_automatic_calls = models.BooleanField(
        "makes automatic marketing calls or texts",
        default=False,
        help_text="Tick this only if you really do. The form then asks for consent to it, in words of its own; nobody "
        "has to give it. Without that consent such a call cannot be recorded.",
    )

    citation_style = models.CharField(
        max_length=60,
        choices=CitationStyle,
        default=CitationStyle.APA,
        help_text="How reference lists are set. Published pages change with it at once, and nothing is signed anew.",
    )

    class Meta:
        verbose_name_plural = "site settings"
        constraints = [
            models.CheckConstraint(
                condition=Q(citation_style__in=CitationStyle.values), name="the_citation_style_is_one_we_have"
            ),
            models.CheckConstraint(condition=Q(id=1), name="there_is_one_row_of_site_settings"),
            models.CheckConstraint(condition=Q(phone="") | ~Q(phone_hours=""), name="a_phone_number_says_its_hours"),
            models.CheckConstraint(condition=~Q(advertising_notice=""), name="a_case_review_is_marked_as_advertising"),
        ]

    def __str__(self) -> str:
        return self.site_name

    @classmethod
    def current(cls) -> SiteSettings:
        """The one row, or its defaults before anybody has saved it."""
        return cls.objects.filter(pk=1).first() or cls(publisher_name="the publisher of this site", about="")

    @property
    def phone_link(self) -> str:
        """`tel:` address of the phone number, empty when there is none."""
        digits = "".join(c for c in self.phone if c.isdigit() or c == "+")
        return f"tel:{digits}" if digits else ""

    @property
    def emergency_note_html(self) -> SafeString:
        """The note as HTML in which 911 and 988 can be touched to call."""
        link = r'<a href="tel:\1">\1</a>'
        return mark_safe(re.sub(r"(?<![\d-])(911|988)(?![\d-])", link, escape(self.emergency_note)))


class AuditEntry(models.Model):
    """One thing a member of staff did to pages, roles or settings. Ids and codes only, never words."""

    sequence = models.BigIntegerField(unique=True, db_default=0, editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=60)
    target_type = models.CharField(max_length=60, blank=True)
    target_id = models.CharField(max_length=60, blank=True)
    facts = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64, db_default="", editable=False)
    hash = models.CharField(max_length=64, unique=True, db_default="", editable=False)

    class Meta:
        ordering = ["-sequence"]
        verbose_name_plural = "audit entries"
        constraints = [
            models.CheckConstraint(condition=~Q(action=""), name="an_audit_entry_names_its_action"),
        ]
        triggers = [
            HashChain(
                table="mesoinfo_auditentry",
                covers=["actor_id", "action", "target_type", "target_id", "facts"],
            ),
            append_only(message="the audit ledger is only ever added to"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence}: {self.action}"


class OutboxMessage(models.Model):
    """A message to be sent, written in the same transaction as what it tells of, so that no crash loses it.

    Holds a kind and a reference, never a word about a person. `mesoinfo.outbox` sends it. One for a role counts as sent
    once there is a message for each person in it.
    """

    kind = models.SlugField(max_length=60, help_text="Names the template mail/<kind>.txt.")
    dedupe_key = models.CharField(max_length=120, unique=True)
    role = models.CharField(max_length=40, blank=True, help_text="Everyone active in this role gets it.")
    recipient = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", help_text="Or this one person."
    )
    address_is_sealed = models.BooleanField(
        default=False, help_text="Or whoever has this reference: where to, mesoinfo.outbox asks when it is sent."
    )
    reference = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    available_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["available_at"]
        indexes = [
            models.Index(fields=["available_at"], condition=Q(sent_at__isnull=True), name="outbox_waiting"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(dedupe_key=""), name="a_message_has_a_key_of_its_own"),
            models.CheckConstraint(
                condition=Q(role="", recipient__isnull=False, address_is_sealed=False)
                | (~Q(role="") & Q(recipient__isnull=True, address_is_sealed=False))
                | Q(role="", recipient__isnull=True, address_is_sealed=True),
                name="a_message_is_for_a_role_or_for_one_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}".strip()
