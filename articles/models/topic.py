from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from mesoinfo.ledger import refusal

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"

# Addresses the site itself answers at; no topic may take one.
RESERVED_SLUGS = [
    "about",
    "admin",
    "advocates",
    "disclaimer",
    "disclosures",
    "feed",
    "feedback",
    "free-case-review",
    "glossary",
    "healthz",
    "images",
    "media",
    "my-request",
    "people",
    "privacy",
    "readyz",
    "resources",
    "search",
    "site-map",
    "static",
]


class Topic(models.Model):
    """A subject visitors browse. The tree is for finding one's way; addresses are flat."""

    slug = models.CharField(
        "address", max_length=60, unique=True, help_text="In the address: small letters, figures and hyphens."
    )
    name = models.CharField(max_length=80)
    summary = models.CharField(max_length=240, help_text="One sentence. Shown in listings.")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    position = models.PositiveSmallIntegerField(default=0, help_text="Lower comes first.")

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            models.CheckConstraint(condition=Q(slug__regex=SLUG), name="a_topic_address_is_plain"),
            models.CheckConstraint(condition=~Q(slug__in=RESERVED_SLUGS), name="a_topic_takes_no_reserved_address"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="a_topic_is_not_its_own_parent"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="topic_addresses_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("slug"),
                condition=pgtrigger.Condition("OLD.slug <> NEW.slug"),
                func=refusal("the address of a topic does not change, because people have linked to it"),
            ),
            pgtrigger.Trigger(
                name="no_circle_of_topics",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("parent_id"),
                # A topic that is its own parent is refused by the CHECK.
                condition=pgtrigger.Condition("NEW.parent_id <> NEW.id"),
                func=f"""
                    -- One move at a time: of two that together close a circle, each looks fine to itself.
                    PERFORM pg_advisory_xact_lock(hashtext('articles_topic.parent'));
                    IF EXISTS (
                        WITH RECURSIVE above(id) AS (
                            SELECT NEW.parent_id
                            UNION
                            SELECT t.parent_id FROM above JOIN articles_topic t ON t.id = above.id
                            WHERE t.parent_id IS NOT NULL
                        )
                        SELECT 1 FROM above WHERE above.id = NEW.id
                    ) THEN
                        {refusal("a topic cannot stand under one of its own topics")}
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/{self.slug}/"
