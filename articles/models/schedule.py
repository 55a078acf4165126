"""Publishing at a time to come."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from articles.models.revision import UNDER_REVIEW, Revision
from mesoinfo.ledger import refusal
from mesoinfo.models import User


class ScheduleOutcome(models.TextChoices):
    PUBLISHED = "published", "Published"
    STOPPED = "stopped", "Stopped: a condition did not hold"
    CANCELLED = "cancelled", "Cancelled"


class ScheduleQuerySet(models.QuerySet["Schedule"]):
    def waiting(self) -> ScheduleQuerySet:
        """Those that have not come to their end."""
        return self.filter(ended_at__isnull=True)

    def standing(self) -> ScheduleQuerySet:
        """Waiting, for a revision that has not been taken back since."""
        return self.waiting().filter(revision__status__in=UNDER_REVIEW)


class Schedule(models.Model):
    """When an approved revision is to be published. Every condition is asked again at that time."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="schedules")
    publish_at = models.DateTimeField()
    zone = models.CharField(max_length=40, help_text="The time zone it was chosen in, such as America/New_York.")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=9, choices=ScheduleOutcome.choices, blank=True)
    evidence = models.TextField(blank=True, help_text="Why it was stopped or cancelled.")

    objects = ScheduleQuerySet.as_manager()

    class Meta:
        ordering = ["publish_at"]
        indexes = [models.Index(fields=["publish_at"], condition=Q(ended_at__isnull=True), name="schedules_waiting")]
        constraints = [
            models.UniqueConstraint(
                fields=["revision"], condition=Q(ended_at__isnull=True), name="one_waiting_schedule_per_revision"
            ),
            models.CheckConstraint(condition=Q(publish_at__gt=F("made_at")), name="a_schedule_is_for_a_time_to_come"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, outcome="")
                | Q(ended_at__isnull=False, outcome__in=ScheduleOutcome.values),
                name="an_ended_schedule_says_how_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=ScheduleOutcome.STOPPED) | ~Q(evidence=""), name="a_stopped_schedule_says_why"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="schedules_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=f"""
                    IF TG_OP = 'INSERT' THEN
                        IF NOT EXISTS (SELECT 1 FROM articles_revision r
                                       WHERE r.id = NEW.revision_id AND r.status = 'approved') THEN
                            {refusal("only an approved revision is scheduled")}
                        END IF;
                        IF NEW.ended_at IS NOT NULL THEN
                            {refusal("a schedule waits when it is made")}
                        END IF;
                        RETURN NEW;
                    END IF;
                    IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL
                       OR (to_jsonb(OLD) - 'ended_at' - 'outcome' - 'evidence')
                          IS DISTINCT FROM (to_jsonb(NEW) - 'ended_at' - 'outcome' - 'evidence') THEN
                        {refusal("a schedule stays as it was made; it ends once, and another is made")}
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.revision}, {self.when}"

    @property
    def local(self) -> datetime.datetime:
        """The time in the zone of whoever chose it."""
        return self.publish_at.astimezone(ZoneInfo(self.zone))

    @property
    def when(self) -> str:
        """The same in words, such as: 1 December 2026 at 10:00 EST."""
        return f"{self.local:%-d %B %Y at %H:%M %Z}"
