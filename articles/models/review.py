"""Review: the request, the signatures on blocks, and their withdrawal."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone

from articles.models.article import Article
from articles.models.person import Credential
from articles.models.revision import Revision
from mesoinfo.ledger import append_only, refusal
from mesoinfo.models import User


class Outcome(models.TextChoices):
    APPROVED = "approved", "Approved"
    CHANGES_REQUESTED = "changes_requested", "Changes requested"
    RECALLED = "recalled", "Recalled by its writers"


class ReviewRequest(models.Model):
    """A revision waiting for its reviewers, from the day it was submitted to how that ended."""

    revision = models.OneToOneField(Revision, on_delete=models.PROTECT, related_name="review_request")
    opened_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    reason = models.TextField(blank=True, help_text="What must change, for the writers.")
    closed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["opened_at"]
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
        ]

    def __str__(self) -> str:
        return f"Review of {self.revision}"


class SignOff(models.Model):
    """A qualified person's signature on the exact words of one block of one page.

    It counts for every later revision of the page that holds the same block, until it is withdrawn.
    """

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="sign_offs")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="sign_offs")
    digest = models.CharField(max_length=64, help_text="Of the block that was read.")
    html_hash = models.CharField(max_length=64, help_text="Of the block as it was shown, citation keys for numbers.")
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="sign_offs")
    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="sign_offs")
    credential_then = models.CharField(max_length=260, help_text="The credential as it read that day.")
    signed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-signed_at", "-id"]
        permissions = [("sign_block", "Can sign blocks as a medical reviewer")]
        indexes = [models.Index(fields=["article", "digest"], name="signoff_by_block")]
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
                    IF NOT EXISTS (SELECT 1 FROM mesoinfo_user u WHERE u.id = NEW.reviewer_id AND u.is_active) THEN
                        {refusal("only somebody who works here signs")}
                    END IF;
                    IF NOT EXISTS (SELECT 1 FROM articles_revision r JOIN articles_block b ON b.revision_id = r.id
                                   WHERE r.id = NEW.revision_id AND r.article_id = NEW.article_id
                                     AND r.status IN ('in_review', 'approved') AND b.digest = NEW.digest) THEN
                        {refusal("only a block of a revision under review can be signed")}
                    END IF;
                    IF NEW.reviewer_id IN (SELECT articles_contributors(NEW.revision_id)) THEN
                        {refusal("nobody signs a page they helped write or are named on")}
                    END IF;
                    IF NOT EXISTS (SELECT 1 FROM articles_credential c JOIN articles_person p ON p.id = c.person_id
                                   WHERE c.id = NEW.credential_id AND p.user_id = NEW.reviewer_id
                                     AND c.verified_at IS NOT NULL
                                     AND (c.valid_until IS NULL OR c.valid_until >= current_date)) THEN
                        {refusal("a signature needs a credential of the reviewer, verified and not expired")}
                    END IF;
                    IF NOT EXISTS (SELECT 1 FROM articles_reviewscope s JOIN articles_person p ON p.id = s.person_id
                                   JOIN articles_article a ON a.id = NEW.article_id
                                   WHERE p.user_id = NEW.reviewer_id
                                     AND (s.topic_id IS NULL OR s.topic_id = a.topic_id)
                                     AND (s.ends_on IS NULL OR s.ends_on >= current_date)) THEN
                        {refusal("a signature needs a review scope that covers the page")}
                    END IF;
                    IF EXISTS (SELECT 1 FROM articles_live_signoffs(NEW.revision_id) l
                               WHERE l.digest = NEW.digest AND l.reviewer_id = NEW.reviewer_id) THEN
                        {refusal("this reviewer has already signed this block")}
                    END IF;
                    -- Readers are told both: they are what they are now, whatever the writer of the row gave.
                    NEW.signed_at := clock_timestamp();
                    SELECT c.title || ', ' || c.issuer INTO NEW.credential_then
                        FROM articles_credential c WHERE c.id = NEW.credential_id;
                    RETURN NEW;
                """,
            ),
            append_only(message="signatures are kept as they were given; withdraw one instead"),
        ]

    def __str__(self) -> str:
        return f"{self.reviewer}, {self.signed_at:%d %B %Y}"


class SignOffWithdrawal(models.Model):
    """A signature taken back, by whom and why. The signature itself is kept."""

    sign_off = models.OneToOneField(SignOff, on_delete=models.PROTECT, related_name="withdrawal")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]
        permissions = [("withdraw_any_signoff", "Can withdraw anybody's signature")]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="a_withdrawal_says_why"),
        ]
        triggers = [append_only(message="a withdrawal stands; sign again instead")]

    def __str__(self) -> str:
        return f"withdrawn {self.at:%d %B %Y}"
