"""How the site weighs its lint rules, and which findings somebody waived."""

from __future__ import annotations

import datetime

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone

from articles.markup.findings import ADJUSTABLE, shortened
from articles.models.article import Article
from articles.models.revision import Revision
from mesoinfo.ledger import TODAY, refusal
from mesoinfo.models import User

LONGEST = 12  # months that a waiver may hold


class WeightGiven(models.TextChoices):
    OWN = "own", "As the rule has it"
    ERROR = "error", "Error: it has to be mended before a page goes to the reviewers"
    WARNING = "warning", "Advice: it is told, and stops nobody"
    OFF = "off", "Off: it is not looked for"


@pghistory.track()
class RuleWeight(models.Model):
    """The weight that this site gives a rule, and why: the last word on it. What was said before is in its history."""

    rule = models.CharField(max_length=40, primary_key=True)
    weight = models.CharField(max_length=7, choices=WeightGiven.choices)
    reason = models.TextField()
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["rule"]
        verbose_name = "lint rule"
        permissions = [("weigh_rule", "Can say how much a lint rule weighs on this site")]
        constraints = [
            models.CheckConstraint(condition=Q(rule__in=sorted(ADJUSTABLE)), name="a_rule_weighed_is_one_about_words"),
            models.CheckConstraint(condition=Q(weight__in=WeightGiven.values), name="a_rule_has_a_known_weight"),
            models.CheckConstraint(condition=Q(reason__regex=r"\S"), name="a_rule_is_weighed_for_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.weight}"


def today() -> datetime.date:
    """The day in UTC, as PostgreSQL has it."""
    return timezone.now().astimezone(datetime.UTC).date()


class WaiverQuerySet(models.QuerySet["Waiver"]):
    def running(self) -> WaiverQuerySet:
        """Those that hold today."""
        return self.filter(ended_at__isnull=True, expires_on__gt=today())


class Waiver(models.Model):
    """A finding that somebody let pass, on one page: what was found in which words, why, and until when.

    It holds until the day it expires or until somebody ends it, and for exactly these words.
    """

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="waivers")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+", help_text="Where it was found.")
    rule = models.CharField(max_length=40)
    words = models.TextField(blank=True, help_text="What was found, as the finding has it.")
    digest = models.CharField(max_length=64, blank=True, help_text="Of the block it was found in, if in one.")
    reason = models.TextField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_on = models.DateField(help_text="From this day on it no longer holds.")
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = WaiverQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        permissions = [("waive_finding", "Can waive what a lint rule finds, and end waivers")]
        indexes = [
            models.Index(fields=["expires_on"], condition=Q(ended_at__isnull=True), name="waivers_by_their_last_day")
        ]
        constraints = [
            models.CheckConstraint(condition=Q(rule__in=sorted(ADJUSTABLE)), name="a_waived_rule_is_one_about_words"),
            models.CheckConstraint(condition=Q(reason__regex=r"\S"), name="a_waiver_says_why"),
            models.CheckConstraint(
                condition=Q(ended_by__isnull=True, ended_at__isnull=True)
                | Q(ended_by__isnull=False, ended_at__isnull=False),
                name="an_ended_waiver_says_by_whom_and_when",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="waived_by_somebody_else",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=f"""
                    -- One at a time for a page: two people may waive the same finding at the same moment.
                    PERFORM 1 FROM articles_article a WHERE a.id = NEW.article_id FOR NO KEY UPDATE;
                    IF NOT EXISTS (SELECT 1 FROM articles_revision r
                                   WHERE r.id = NEW.revision_id AND r.article_id = NEW.article_id) THEN
                        {refusal("a waiver is of what was found in a revision of its own page")}
                    END IF;
                    IF NEW.made_by_id IN (SELECT articles_contributors(NEW.revision_id))
                       OR NEW.digest IN (SELECT articles_own_words(NEW.article_id, NEW.made_by_id)) THEN
                        {refusal("nobody waives what is found in words that they helped write")}
                    END IF;
                    IF NEW.expires_on <= {TODAY} OR NEW.expires_on > {TODAY} + interval '{LONGEST} months' THEN
                        {refusal(f"a waiver holds at least until tomorrow and at most {LONGEST} months")}
                    END IF;
                    IF NEW.ended_at IS NOT NULL THEN
                        {refusal("a waiver runs when it is made")}
                    END IF;
                    IF EXISTS (SELECT 1 FROM articles_waiver w
                               WHERE w.article_id = NEW.article_id AND w.rule = NEW.rule AND w.words = NEW.words
                                 AND w.ended_at IS NULL AND w.expires_on > {TODAY}) THEN
                        {refusal("this finding is waived already")}
                    END IF;
                    NEW.made_at := clock_timestamp();
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="waivers_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=f"""
                    IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL
                       OR (to_jsonb(OLD) - 'ended_by_id' - 'ended_at')
                          IS DISTINCT FROM (to_jsonb(NEW) - 'ended_by_id' - 'ended_at') THEN
                        {refusal("a waiver stays as it was made; it is ended once, and another is made")}
                    END IF;
                    IF NEW.ended_at IS NOT NULL THEN
                        NEW.ended_at := clock_timestamp();
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article}: {self.rule}"

    @property
    def excerpt(self) -> str:
        """The words as findings show them."""
        return shortened(self.words)

    @property
    def is_running(self) -> bool:
        """Whether it holds today."""
        return self.ended_at is None and self.expires_on > today()
