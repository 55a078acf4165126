"""Reading a live page again: who found it still right, what called it in early, and of what staff were told."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone

from articles.models.article import Article
from articles.models.person import Credential
from articles.models.published import PublishedPage
from articles.models.review import ACTIVE, CREDENTIAL_THEN, DISINTERESTED, QUALIFIED, SPECIALIST
from mesoinfo.ledger import append_only, refusal
from mesoinfo.models import User

TOGETHER = 30  # days within which two people read a page of high risk


class Reaffirmation(models.Model):
    """A qualified person read the page that readers see, or saw last, in full, and found it still right.

    For a page of high risk it counts once two people have, one of them a specialist: the later row `completes` it.
    """

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="reaffirmations")
    page = models.ForeignKey(PublishedPage, on_delete=models.PROTECT, related_name="reaffirmations")
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="reaffirmations")
    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="reaffirmations")
    credential_then = models.CharField(max_length=260, help_text="The credential as it read that day.")
    as_specialist = models.BooleanField(default=False, help_text="Whether their scope that day was a specialist's.")
    completes = models.BooleanField(default=False, help_text="Whether enough people have read it with this one.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-id"]
        triggers = [
            pgtrigger.Trigger(
                name="fit_to_reaffirm",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("this", "RECORD")],
                func=f"""
                    -- As publishing does: what goes live at that moment goes live before or after.
                    SELECT a.page_state, a.risk_class INTO this
                        FROM articles_article a WHERE a.id = NEW.article_id FOR NO KEY UPDATE;
                    -- One that was taken down is read again before it comes back, if its review is due meanwhile.
                    IF this.page_state NOT IN ('live', 'taken_down') OR NEW.page_id IS DISTINCT FROM (
                            SELECT max(p.id) FROM articles_publishedpage p WHERE p.article_id = NEW.article_id) THEN
                        {refusal("only the page that readers see, or saw last, is found still right")}
                    END IF;
                    IF EXISTS (SELECT 1 FROM articles_publishedpage p, articles_unsigned_blocks(p.revision_id)
                               WHERE p.id = NEW.page_id)
                       OR EXISTS (SELECT 1 FROM articles_publishedpage p
                                  WHERE p.id = NEW.page_id AND p.hidden <> '[]') THEN
                        {refusal("a page is found still right while every block of it is signed and shown")}
                    END IF;
                    {ACTIVE}
                    IF EXISTS (SELECT 1 FROM articles_publishedpage p
                               WHERE p.id = NEW.page_id
                                 AND NEW.reviewer_id IN (SELECT articles_contributors(p.revision_id))) THEN
                        {refusal("nobody finds a page right that they helped write or are named on")}
                    END IF;
                    IF EXISTS (SELECT 1 FROM articles_publishedpage p
                               JOIN articles_block b ON b.revision_id = p.revision_id
                               JOIN articles_suggestedblock w ON w.digest = b.digest
                               JOIN articles_suggestion g ON g.id = w.suggestion_id
                               WHERE p.id = NEW.page_id AND g.article_id = NEW.article_id
                                 AND g.suggested_by_id = NEW.reviewer_id) THEN
                        {refusal("nobody finds words right that they suggested")}
                    END IF;
                    IF EXISTS (SELECT 1 FROM articles_publishedpage p
                               JOIN articles_block b ON b.revision_id = p.revision_id
                               JOIN articles_contribution c ON c.digest = b.digest AND c.block_key <> ''
                               JOIN articles_revision r ON r.id = c.revision_id AND r.article_id = NEW.article_id
                               WHERE p.id = NEW.page_id AND c.user_id = NEW.reviewer_id) THEN
                        {refusal("nobody finds words right that they wrote")}
                    END IF;
                    {QUALIFIED}
                    {DISINTERESTED}
                    {SPECIALIST}
                    {CREDENTIAL_THEN}
                    NEW.at := clock_timestamp();
                    NEW.completes := this.risk_class <> 'high' OR EXISTS (
                        SELECT 1 FROM articles_reaffirmation other
                        WHERE other.page_id = NEW.page_id AND other.reviewer_id <> NEW.reviewer_id
                          AND other.at > NEW.at - interval '{TOGETHER} days'
                          AND (other.as_specialist OR NEW.as_specialist)
                          -- It counts once, and only by somebody who knew what called the page in.
                          AND NOT EXISTS (SELECT 1 FROM articles_reaffirmation before
                                          WHERE before.page_id = other.page_id AND before.completes
                                            AND before.at >= other.at)
                          AND NOT EXISTS (SELECT 1 FROM articles_earlyreview e
                                          WHERE e.article_id = NEW.article_id AND e.settled_at IS NULL
                                            AND e.at > other.at)
                    );
                    RETURN NEW;
                """,
            ),
            append_only(message="that a page was found still right is kept as it was said"),
        ]

    def __str__(self) -> str:
        return f"{self.reviewer}, {self.at:%-d %B %Y}"


class Trigger(models.TextChoices):
    """What calls a page in before its time. The subject of each is in brackets."""

    RETRACTION = "retraction", "A source it cites was retracted"  # (key of the source)
    SUPERSEDED = "superseded_source", "A source it cites was superseded"  # (key of the source)
    DEAD_LINK = "dead_link", "A link on it is dead"  # (the address)
    HARM = "reader_report", "A reader says that it could do harm"  # (id of the answer)
    REVOKED = "reviewer_revoked", "It rests on a credential that was revoked"  # (id of the credential)


class Settlement(models.TextChoices):
    REAFFIRMED = "reaffirmed", "Read again, and found right"
    PUBLISHED = "published", "Published anew"
    DISMISSED = "dismissed", "Dismissed"


class EarlyReviewQuerySet(models.QuerySet["EarlyReview"]):
    def unsettled(self) -> EarlyReviewQuerySet:
        return self.filter(settled_at__isnull=True)


class EarlyReview(models.Model):
    """A page called in before its time: why, since when, and how that was settled. While it is open the page is due."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="early_reviews")
    trigger = models.CharField(max_length=20, choices=Trigger.choices)
    subject = models.CharField(max_length=500, help_text="What it is about: a key, an address, an id.")
    detail = models.CharField(max_length=300, blank=True, help_text="In a sentence, for colleagues.")
    due_on = models.DateField(default=timezone.localdate)
    at = models.DateTimeField(default=timezone.now)
    noted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    settlement = models.CharField(max_length=10, choices=Settlement.choices, blank=True)
    settled_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True, help_text="Why it was dismissed.")

    objects = EarlyReviewQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        permissions = [("dismiss_earlyreview", "Can dismiss what called a page in early")]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "trigger", "subject"],
                condition=Q(settled_at__isnull=True),
                name="a_page_is_called_in_once_for_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(trigger__in=Trigger.values) & ~Q(subject=""), name="an_early_review_says_what_called_for_it"
            ),
            models.CheckConstraint(
                condition=Q(settlement="", settled_at__isnull=True, settled_by__isnull=True)
                | Q(settlement__in=Settlement.values, settled_at__isnull=False, settled_by__isnull=False),
                name="a_settled_early_review_says_how_when_and_by_whom",
            ),
            models.CheckConstraint(
                condition=(Q(settlement=Settlement.DISMISSED) & ~Q(reason=""))
                | (~Q(settlement=Settlement.DISMISSED) & Q(reason="")),
                name="a_dismissed_early_review_says_why",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="called_in_now",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=f"""
                    IF NOT EXISTS (SELECT 1 FROM articles_article a
                                   WHERE a.id = NEW.article_id AND a.page_state = 'live') THEN
                        {refusal("only a live page is called in early")}
                    END IF;
                    NEW.at := clock_timestamp();
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="makes_its_page_due",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="""
                    UPDATE articles_article a SET next_due = GREATEST(NEW.due_on, a.last_reviewed)
                    WHERE a.id = NEW.article_id AND a.next_due > GREATEST(NEW.due_on, a.last_reviewed);
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="settled_by_what_came_later",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=f"""
                    IF TG_OP = 'DELETE' OR OLD.settled_at IS NOT NULL
                       OR (to_jsonb(OLD) - '{{settlement,settled_by_id,settled_at,reason}}'::text[])
                          IS DISTINCT FROM
                          (to_jsonb(NEW) - '{{settlement,settled_by_id,settled_at,reason}}'::text[]) THEN
                        {refusal("an early review stays as it was noted; it is settled once")}
                    END IF;
                    IF NEW.settlement = 'reaffirmed' AND NOT EXISTS (
                            SELECT 1 FROM articles_reaffirmation r
                            WHERE r.article_id = NEW.article_id AND r.completes AND r.at > NEW.at)
                       OR NEW.settlement = 'published' AND NOT EXISTS (
                            SELECT 1 FROM articles_publishedpage p JOIN articles_revision r ON r.id = p.revision_id
                            WHERE p.article_id = NEW.article_id AND r.submitted_at > NEW.at) THEN
                        {refusal("an early review is settled by what was read or submitted after it")}
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article}: {self.get_trigger_display()}"


class StepTold(models.Model):
    """A live page has come to a step of the ladder (due soon, overdue, lapsed), and staff were told: once for each date
    on which it was due.
    """

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=8)
    due_on = models.DateField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["at"], name="steps_told_together")]
        constraints = [
            models.UniqueConstraint(fields=["article", "step", "due_on"], name="one_step_is_told_once"),
            models.CheckConstraint(
                condition=Q(step__in=["due_soon", "overdue", "lapsed"]), name="a_step_told_is_known"
            ),
        ]
        triggers = [append_only(message="what staff were told is kept")]

    def __str__(self) -> str:
        return f"{self.article}: {self.step}"
