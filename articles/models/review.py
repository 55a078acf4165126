"""Review: the request and who takes it, the signatures on blocks, and their withdrawal."""

from __future__ import annotations

import datetime

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from articles.models.article import Article, RiskClass
from articles.models.person import Credential
from articles.models.revision import Revision
from mesoinfo.ledger import TODAY, append_only, refusal
from mesoinfo.models import User


class Outcome(models.TextChoices):
    APPROVED = "approved", "Approved"
    CHANGES_REQUESTED = "changes_requested", "Changes requested"
    RECALLED = "recalled", "Recalled by its writers"


class Priority(models.TextChoices):
    NORMAL = "normal", "Normal"
    URGENT = "urgent", "Urgent"


# Days from submission to the day a review is due, by the risk class of the page.
DUE_WITHIN = {RiskClass.HIGH: 7, RiskClass.MEDIUM: 14, RiskClass.LOW: 28}
URGENT_WITHIN = 1  # day: for what is urgent and for safety corrections


class ReviewRequest(models.Model):
    """A revision waiting for its reviewers, from the day it was submitted to how that ended."""

    revision = models.OneToOneField(Revision, on_delete=models.PROTECT, related_name="review_request")
    opened_at = models.DateTimeField(default=timezone.now)
    due_on = models.DateField(default=datetime.date.today)
    priority = models.CharField(max_length=6, choices=Priority.choices, default=Priority.NORMAL)
    assigned_to = models.ForeignKey(
        User,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who is asked first. Empty: any reviewer in scope.",
    )
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    reason = models.TextField(blank=True, help_text="What must change, for the writers.")
    closed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["opened_at"]
        permissions = [("manage_reviews", "Can set due date, priority and reviewer of a review")]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(outcome=""), name="open_reviews_by_due_date"),
            models.Index(fields=["opened_at"], condition=Q(outcome=""), name="open_reviews_by_age"),
            models.Index(fields=["closed_at"], condition=~Q(outcome=""), name="closed_reviews_by_date"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", closed_at__isnull=True)
                | Q(outcome__in=Outcome.values, closed_at__isnull=False),
                name="a_closed_request_says_how_and_when",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["", Outcome.APPROVED]) | (~Q(reason="") & Q(closed_by__isnull=False)),
                name="a_request_sent_back_says_why_and_by_whom",
            ),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="a_request_has_a_known_priority"),
        ]

    def __str__(self) -> str:
        return f"Review of {self.revision}"

    @property
    def is_overdue(self) -> bool:
        return not self.outcome and self.due_on < timezone.now().date()


LEASE = datetime.timedelta(hours=72)


class ClaimEnding(models.TextChoices):
    RELEASED = "released", "Given back"
    DECLINED = "declined", "Declined"
    HANDED_OVER = "handed_over", "Handed over"


class ReviewClaimQuerySet(models.QuerySet["ReviewClaim"]):
    def held(self) -> ReviewClaimQuerySet:
        """Neither ended nor lapsed."""
        return self.filter(ended_at__isnull=True, lease_until__gt=timezone.now())


class ReviewClaim(models.Model):
    """Somebody has taken a review: colleagues see "being reviewed by". It lapses by itself, and locks nobody out.

    Who declines or hands over what they were asked for and never took has one, too: it says why.
    """

    request = models.ForeignKey(ReviewRequest, on_delete=models.PROTECT, related_name="claims")
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="review_claims")
    claimed_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=11, choices=ClaimEnding.choices, blank=True)
    reason = models.TextField(blank=True)
    handed_to = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ReviewClaimQuerySet.as_manager()

    class Meta:
        ordering = ["claimed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "reviewer"], condition=Q(ended_at__isnull=True), name="one_open_claim_per_reviewer"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ending="")
                | Q(ended_at__isnull=False, ending__in=ClaimEnding.values),
                name="an_ended_claim_says_how_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(ending=ClaimEnding.DECLINED) | ~Q(reason=""), name="who_declines_says_why"
            ),
            models.CheckConstraint(
                condition=Q(ending=ClaimEnding.HANDED_OVER, handed_to__isnull=False)
                | (~Q(ending=ClaimEnding.HANDED_OVER) & Q(handed_to__isnull=True)),
                name="a_review_is_handed_over_to_somebody",
            ),
            models.CheckConstraint(condition=Q(lease_until__gt=F("claimed_at")), name="a_lease_ends_after_it_began"),
        ]

    def __str__(self) -> str:
        return f"{self.reviewer}: {self.request}"

    @property
    def is_passed_on(self) -> bool:
        """Declined or handed over: colleagues read why."""
        return self.ending in (ClaimEnding.DECLINED, ClaimEnding.HANDED_OVER)

    @property
    def told(self) -> str:
        """What colleagues read of one that is passed on."""
        did = f"handed this review over to {self.handed_to}" if self.handed_to else "declined this review"
        why = f": {self.reason}" if self.reason else "."
        return f"{self.reviewer} {did} on {self.ended_at:%-d %B %Y}{why}"

    @property
    def is_held(self) -> bool:
        return self.ended_at is None and self.lease_until > timezone.now()


class Absence(models.Model):
    """Days on which somebody is away, and who stands in: reviews that they are asked for go there."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="absences")
    first_day = models.DateField()
    last_day = models.DateField()
    stand_in = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["first_day"]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="an_absence_ends_after_it_began"),
            models.CheckConstraint(condition=~Q(stand_in=F("user")), name="somebody_else_stands_in"),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.first_day:%-d %B} to {self.last_day:%-d %B %Y}"


class Look(models.Model):
    """Who had which revision on the review screen, and when last: what changed since is shown to them."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="looks")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="looks")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["user", "revision"], name="one_look_per_person_and_revision")]

    def __str__(self) -> str:
        return f"{self.user}: {self.revision}"


# What each signature is asked, whether it is on a block or, later, on a live page as a whole.
ACTIVE = f"""IF NOT EXISTS (SELECT 1 FROM mesoinfo_user u WHERE u.id = NEW.reviewer_id AND u.is_active) THEN
                        {refusal("only somebody who works here signs")}
                    END IF;"""
QUALIFIED = f"""IF NOT EXISTS (SELECT 1 FROM articles_credential c JOIN articles_person p ON p.id = c.person_id
                                   WHERE c.id = NEW.credential_id AND p.user_id = NEW.reviewer_id
                                     AND c.verified_at IS NOT NULL AND c.revoked_at IS NULL
                                     AND (c.valid_until IS NULL OR c.valid_until >= {TODAY})) THEN
                        {refusal("a signature needs a credential of the reviewer, verified and not expired")}
                    END IF;
                    IF NOT EXISTS (SELECT 1 FROM articles_reviewscope s JOIN articles_person p ON p.id = s.person_id
                                   JOIN articles_article a ON a.id = NEW.article_id
                                   WHERE p.user_id = NEW.reviewer_id
                                     AND (s.topic_id IS NULL OR s.topic_id = a.topic_id)
                                     AND (s.ends_on IS NULL OR s.ends_on >= {TODAY})) THEN
                        {refusal("a signature needs a review scope that covers the page")}
                    END IF;"""
DISINTERESTED = f"""IF NOT EXISTS (SELECT 1 FROM articles_interest i JOIN articles_person p ON p.id = i.person_id
                                   WHERE p.user_id = NEW.reviewer_id AND i.declared_by_id = NEW.reviewer_id
                                     AND i.declared_on > {TODAY} - interval '1 year') THEN
                        {refusal("a signature needs interests that the reviewer declared within a year")}
                    END IF;"""
SPECIALIST = f"""SELECT COALESCE(bool_or(s.is_specialist), false) INTO NEW.as_specialist
                        FROM articles_reviewscope s JOIN articles_person p ON p.id = s.person_id
                        JOIN articles_article a ON a.id = NEW.article_id
                        WHERE p.user_id = NEW.reviewer_id AND (s.topic_id IS NULL OR s.topic_id = a.topic_id)
                          AND (s.ends_on IS NULL OR s.ends_on >= {TODAY});"""
CREDENTIAL_THEN = """SELECT c.title || ', ' || c.issuer INTO NEW.credential_then
                        FROM articles_credential c WHERE c.id = NEW.credential_id;"""


class SignOff(models.Model):
    """A qualified person's signature on the exact words of one block of one page.

    It counts for every later revision of the page that holds the same block, until it is withdrawn. One on what a
    revision takes out or moves is on no block, and counts for that revision alone.
    """

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="sign_offs")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="sign_offs")
    digest = models.CharField(max_length=64, help_text="Of the block that was read, or of what was taken out.")
    html_hash = models.CharField(max_length=64, help_text="Of the block as it was shown, citation keys for numbers.")
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="sign_offs")
    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="sign_offs")
    credential_then = models.CharField(max_length=260, help_text="The credential as it read that day.")
    as_specialist = models.BooleanField(default=False, help_text="Whether their scope that day was a specialist's.")
    signed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-signed_at", "-id"]
        verbose_name = "signature"
        permissions = [("sign_block", "Can sign blocks as a medical reviewer")]
        indexes = [
            models.Index(fields=["article", "digest"], name="signoff_by_block"),
            models.Index(fields=["reviewer", "signed_at"], name="signoff_by_reviewer"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="a_signature_is_on_a_digest"),
            models.CheckConstraint(condition=~Q(credential_then=""), name="a_signature_keeps_the_credential"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="fit_to_sign",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=f"""
                    {ACTIVE}
                    IF NOT EXISTS (SELECT 1 FROM articles_revision r
                                   WHERE r.id = NEW.revision_id AND r.article_id = NEW.article_id
                                     AND r.status IN ('in_review', 'approved')
                                     AND (EXISTS (SELECT 1 FROM articles_block b
                                                  WHERE b.revision_id = r.id AND b.digest = NEW.digest)
                                          OR NEW.digest IN (SELECT articles_taken_out(r.id)))) THEN
                        {refusal("only a block of a revision under review can be signed, or what it takes out")}
                    END IF;
                    IF NEW.reviewer_id IN (SELECT articles_contributors(NEW.revision_id)) THEN
                        {refusal("nobody signs a page they helped write or are named on")}
                    END IF;
                    IF NOT EXISTS (SELECT 1 FROM articles_block b
                                   WHERE b.revision_id = NEW.revision_id AND b.digest = NEW.digest)
                       AND NEW.reviewer_id IN (SELECT articles_took_out(NEW.revision_id)) THEN
                        {refusal("nobody signs what they helped take out or move")}
                    END IF;
                    {QUALIFIED}
                    IF EXISTS (SELECT 1 FROM articles_live_signoffs(NEW.revision_id) l
                               JOIN articles_signoff s ON s.id = l.id AND s.html_hash = NEW.html_hash
                               WHERE l.digest = NEW.digest AND l.reviewer_id = NEW.reviewer_id) THEN
                        {refusal("this reviewer has already signed this block")}
                    END IF;
                    IF EXISTS (SELECT 1 FROM articles_suggestedblock w
                               JOIN articles_suggestion g ON g.id = w.suggestion_id
                               WHERE g.article_id = NEW.article_id AND g.suggested_by_id = NEW.reviewer_id
                                 AND w.digest = NEW.digest) THEN
                        {refusal("nobody signs words that they suggested")}
                    END IF;
                    -- However long ago, and also once somebody else's signature on them was withdrawn.
                    IF EXISTS (SELECT 1 FROM articles_contribution c JOIN articles_revision r ON r.id = c.revision_id
                               WHERE r.article_id = NEW.article_id AND c.user_id = NEW.reviewer_id
                                 AND c.digest = NEW.digest AND c.block_key <> '') THEN
                        {refusal("nobody signs words that they wrote")}
                    END IF;
                    {DISINTERESTED}
                    {SPECIALIST}
                    -- Readers are told both: they are what they are now, whatever the writer of the row gave.
                    NEW.signed_at := clock_timestamp();
                    {CREDENTIAL_THEN}
                    RETURN NEW;
                """,
            ),
            append_only(message="signatures are kept as they were given; withdraw one instead"),
        ]

    def __str__(self) -> str:
        return f"{self.reviewer}, {self.signed_at:%-d %B %Y}"


class Severity(models.TextChoices):
    ROUTINE = "routine", "Routine: it should be checked again"
    SAFETY = "safety", "Safety: readers must not see it any longer"


class SignOffWithdrawal(models.Model):
    """A signature taken back, by whom and why. The signature itself is kept."""

    sign_off = models.OneToOneField(SignOff, on_delete=models.PROTECT, related_name="withdrawal")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    severity = models.CharField(max_length=7, choices=Severity.choices, default=Severity.ROUTINE)
    reason = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]
        permissions = [("withdraw_any_signoff", "Can withdraw anybody's signature")]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="a_withdrawal_says_why"),
            models.CheckConstraint(condition=Q(severity__in=Severity.values), name="a_withdrawal_says_how_grave_it_is"),
        ]
        triggers = [append_only(message="a withdrawal stands; sign again instead")]

    def __str__(self) -> str:
        return f"withdrawn {self.at:%-d %B %Y}"
