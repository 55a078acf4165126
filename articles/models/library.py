"""What writers embed in a page by key: offers with their disclosure, stories, images.

Each has a digest of what a reader would see. A block's own digest includes those of what it embeds, so that
changing an offer asks for a new signature on exactly the blocks that show it.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.lookups import Exact

from articles.models.topic import SLUG
from citations.models import Source

ADDRESS = r"^(/|#|https://)"


def digest(*parts: Any) -> str:
    """SHA-256, in hexadecimal, of the parts as canonical JSON."""
    canonical = json.dumps(parts, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _length(array: Any) -> Func:
    return Func(array, function="jsonb_array_length", output_field=models.IntegerField())


class Disclosure(models.Model):
    """What the law or honesty asks us to say beside an offer, and who answers for it."""

    key = models.CharField(max_length=60, unique=True)
    text = models.TextField(help_text="Such as: Attorney advertising.")
    responsible_party = models.CharField(max_length=160, help_text="The firm or person who answers for the offer.")
    address = models.CharField(max_length=240, help_text="Where they can be reached.")

    class Meta:
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(condition=Q(key__regex=SLUG), name="a_disclosure_key_is_plain"),
            models.CheckConstraint(
                condition=~Q(text="") & ~Q(responsible_party="") & ~Q(address=""),
                name="a_disclosure_says_what_who_and_where",
            ),
        ]

    def __str__(self) -> str:
        return self.key


# One rendition of a picture that is `$most` pixels wide, as PostgreSQL looks for it.
A_RENDITION = (
    "$[*] ? (@.width >= 1 && @.width <= $most && @.bytes >= 1"
    ' && (@.extension == "avif" || @.extension == "webp" || @.extension == "jpg" || @.extension == "png"))'
)


class Image(models.Model):
    """A picture, stored once under the hash of its bytes, with the words for those who cannot see it.

    Its renditions are the same picture in other formats and smaller widths. They are no part of its digest: a
    reader sees the same in each.
    """

    key = models.CharField(max_length=60, unique=True, help_text="How pages name it: ::image this-key")
    sha256 = models.CharField(max_length=64, editable=False)
    extension = models.CharField(max_length=4, editable=False)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    renditions = models.JSONField(
        default=list, editable=False, help_text="[{extension, width, bytes}], best format first, narrow to wide"
    )
    alt = models.CharField(
        max_length=400, blank=True, help_text="What the picture shows, for people who cannot see it."
    )
    decorative = models.BooleanField(default=False, help_text="Adds nothing to the words, so it needs no description.")
    caption = models.CharField(max_length=300, blank=True)
    licence = models.CharField(max_length=80, help_text="Such as: CC BY 4.0, or: own work.")
    credit = models.CharField(max_length=160, help_text="Who made it.")
    is_sample = models.BooleanField("sample", default=False)

    class Meta:
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(condition=Q(key__regex=SLUG), name="an_image_key_is_plain"),
            models.CheckConstraint(
                condition=Q(decorative=True, alt="") | (Q(decorative=False) & ~Q(alt="")),
                name="an_image_is_described_or_decorative",
            ),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="an_image_is_named_by_its_hash"),
            models.CheckConstraint(
                condition=Q(extension__in=["jpg", "png", "webp"]), name="an_image_has_a_known_format"
            ),
            models.CheckConstraint(condition=Q(width__gt=0, height__gt=0), name="an_image_has_a_size"),
            models.CheckConstraint(condition=~Q(licence="") & ~Q(credit=""), name="an_image_keeps_licence_and_credit"),
            models.CheckConstraint(
                condition=Exact(
                    _length(F("renditions")),
                    _length(
                        Func(
                            F("renditions"),
                            Value(A_RENDITION),
                            Func(Value("most"), F("width"), function="jsonb_build_object"),
                            function="jsonb_path_query_array",
                        )
                    ),
                ),
                name="a_rendition_has_a_known_format_and_is_no_wider_than_its_image",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def file_name(self) -> str:
        return f"{self.sha256[:24]}.{self.extension}"

    @property
    def url(self) -> str:
        return f"/images/{self.file_name}"

    @property
    def digest(self) -> str:
        return digest("image", self.sha256, self.alt, self.decorative, self.caption, self.credit, self.licence)

    def rendition_name(self, width: int, extension: str) -> str:
        """The file of one rendition: the picture's own hash, so that it is the same picture for good."""
        return f"{self.sha256[:24]}-{width}.{extension}"


class OfferKind(models.TextChoices):
    LEGAL = "legal", "Case review and legal help"
    GUIDE = "guide", "A guide to read"
    FINDER = "finder", "Finding a specialist"
    BENEFITS = "benefits", "Benefits, such as VA claims"
    PAYMENT = "payment", "Help paying for treatment"
    SUPPORT = "support", "Support group"
    ADVOCATE = "advocate", "Talking with an advocate"
    RESOURCES = "resources", "Further reading and help"


@pghistory.track()
class Offer(models.Model):
    """A call to action: one record, shown wherever a page embeds it."""

    key = models.CharField(max_length=60, unique=True, help_text="How pages name it: ::offer this-key")
    kind = models.CharField(max_length=12, choices=OfferKind.choices)
    heading = models.CharField(max_length=120)
    points = ArrayField(models.CharField(max_length=200), default=list, blank=True, help_text="Short bullet points.")
    action_label = models.CharField(max_length=60, help_text="What the button says.")
    action_address = models.CharField(max_length=240, help_text="Where it leads: /address/, #place or https://…")
    disclosure = models.ForeignKey(Disclosure, null=True, blank=True, on_delete=models.PROTECT, related_name="offers")
    image = models.ForeignKey(Image, null=True, blank=True, on_delete=models.PROTECT, related_name="offers")
    is_sample = models.BooleanField("sample", default=False)

    class Meta:
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(condition=Q(key__regex=SLUG), name="an_offer_key_is_plain"),
            models.CheckConstraint(condition=Q(kind__in=OfferKind.values), name="an_offer_has_a_known_kind"),
            models.CheckConstraint(
                condition=~Q(kind=OfferKind.LEGAL) | Q(disclosure__isnull=False),
                name="a_legal_offer_carries_its_disclosure",
            ),
            models.CheckConstraint(
                condition=Q(action_address__regex=ADDRESS), name="an_offer_leads_to_a_page_or_place"
            ),
            models.CheckConstraint(
                condition=~Q(heading="") & ~Q(action_label=""), name="an_offer_has_a_heading_and_a_label"
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def digest(self) -> str:
        told = self.disclosure
        return digest(
            "offer",
            self.kind,
            self.heading,
            self.points,
            self.action_label,
            self.action_address,
            [told.text, told.responsible_party, told.address] if told else None,
            self.image.digest if self.image else None,
        )


class StoryKind(models.TextChoices):
    CASE_REPORT = "case_report", "Published case report"
    PERSONAL = "personal", "Personal story, told with consent"


class Story(models.Model):
    """One person's course of illness, and what readers must know to judge it."""

    key = models.CharField(max_length=60, unique=True, help_text="How pages name it: :::story this-key")
    kind = models.CharField(max_length=12, choices=StoryKind.choices)
    heading = models.CharField(max_length=120)
    typicality = models.CharField(
        max_length=300, help_text="How this compares with what most people can expect. Always shown."
    )
    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.PROTECT, related_name="stories")
    consent_on = models.DateField(null=True, blank=True, help_text="When the person agreed to be told of.")
    is_sample = models.BooleanField("sample", default=False)

    class Meta:
        ordering = ["key"]
        verbose_name_plural = "stories"
        constraints = [
            models.CheckConstraint(condition=Q(key__regex=SLUG), name="a_story_key_is_plain"),
            models.CheckConstraint(condition=~Q(typicality=""), name="a_story_says_how_typical_it_is"),
            models.CheckConstraint(
                condition=Q(kind=StoryKind.CASE_REPORT, source__isnull=False)
                | Q(kind=StoryKind.PERSONAL, consent_on__isnull=False),
                name="a_story_has_a_source_or_consent",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def digest(self) -> str:
        return digest("story", self.kind, self.heading, self.typicality, self.source.digest if self.source else None)
