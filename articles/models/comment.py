"""What reviewers and writers say to one another beside the words: comments, and suggested wordings."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from articles.models.article import Article
from articles.models.revision import Revision
from mesoinfo.ledger import append_only, refusal
from mesoinfo.models import User


class CommentQuerySet(models.QuerySet["Comment"]):
    def open(self) -> CommentQuerySet:
        """The first of each thread that nobody has resolved."""
        return self.filter(parent__isnull=True, resolved_at__isnull=True)


class Comment(models.Model):
    """A remark on words of a page, or an answer to one.

    The first of a thread keeps the words it is on, with what stood before and after them (as in the W3C's
    TextQuoteSelector), so that it is found again in later revisions: `articles.review.anchoring`. It belongs to the
    page and stays open through revisions until somebody resolves it.
    """

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="comments")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="comments")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="answers")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    text = models.TextField()
    blocking = models.BooleanField(default=False, help_text="The page is not approved before this is resolved.")
    block_key = models.CharField(max_length=200, blank=True)
    digest = models.CharField(max_length=64, blank=True, help_text="Of the block it was made on.")
    quote = models.TextField(blank=True, help_text="The words it is on, as readers see them.")
    prefix = models.CharField(max_length=64, blank=True)
    suffix = models.CharField(max_length=64, blank=True)
    resolved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    resolved_at = models.DateTimeField(null=True)
    mentions = models.ManyToManyField(User, related_name="mentioned_in")

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        indexes = [
            models.Index(fields=["article"], condition=Q(parent=None, resolved_at=None), name="open_comments"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="a_comment_says_something"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True, digest__regex=r"^[0-9a-f]{64}$") & ~Q(quote="") & ~Q(block_key="")
                | Q(parent__isnull=False, quote="", prefix="", suffix="", block_key="", digest="", blocking=False),
                name="a_comment_keeps_its_words_or_answers_another",
            ),
            models.CheckConstraint(
                condition=Q(resolved_by__isnull=True, resolved_at__isnull=True)
                | Q(resolved_by__isnull=False, resolved_at__isnull=False, parent__isnull=True),
                name="a_resolved_thread_says_who_and_when",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="comments_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=f"""
                    IF TG_OP = 'DELETE' OR OLD.resolved_at IS NOT NULL
                       OR (to_jsonb(OLD) - 'resolved_by_id' - 'resolved_at')
                          IS DISTINCT FROM (to_jsonb(NEW) - 'resolved_by_id' - 'resolved_at') THEN
                        {refusal("comments are kept as they were written; they are resolved once, for good")}
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="comments_are_on_words_that_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=f"""
                    IF NOT EXISTS (SELECT 1 FROM articles_revision r
                                   WHERE r.id = NEW.revision_id AND r.article_id = NEW.article_id) THEN
                        {refusal("a comment is on a revision of its own page")}
                    END IF;
                    IF NEW.parent_id IS NULL AND NOT EXISTS
                            (SELECT 1 FROM articles_block b JOIN articles_revision r ON r.id = b.revision_id
                             WHERE r.id = NEW.revision_id AND r.status <> 'draft'
                               AND b.key = NEW.block_key AND b.digest = NEW.digest) THEN
                        {refusal("a comment is on a block of a revision that has left draft")}
                    END IF;
                    IF NEW.parent_id IS NOT NULL AND NOT EXISTS
                            (SELECT 1 FROM articles_comment c WHERE c.id = NEW.parent_id
                             AND c.article_id = NEW.article_id AND c.parent_id IS NULL AND c.resolved_at IS NULL) THEN
                        {refusal("an answer belongs to an open thread of the same page")}
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.author}, {self.at:%-d %B %Y}"


class Suggestion(models.Model):
    """Another wording of one block, proposed by a reviewer. Whoever accepts it has written it."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="suggestions")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="suggestions")
    block_key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, help_text="Of the block it would replace.")
    wording = models.TextField(help_text="Markdown of the whole block, as it should be.")
    reason = models.TextField(blank=True)
    suggested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="suggestions")
    suggested_at = models.DateTimeField(default=timezone.now)
    accepted = models.BooleanField(null=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["suggested_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(wording=""), name="a_suggestion_has_a_wording"),
            models.CheckConstraint(
                condition=Q(accepted__isnull=True, decided_by__isnull=True, decided_at__isnull=True)
                | Q(accepted__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
                name="a_decided_suggestion_says_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(accepted=True) | ~Q(decided_by=F("suggested_by")),
                name="somebody_else_accepts_a_suggestion",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="suggestions_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=f"""
                    IF TG_OP = 'DELETE' OR OLD.decided_at IS NOT NULL
                       OR (to_jsonb(OLD) - 'accepted' - 'decided_by_id' - 'decided_at')
                          IS DISTINCT FROM (to_jsonb(NEW) - 'accepted' - 'decided_by_id' - 'decided_at') THEN
                        {refusal("suggestions are kept as they were made; they are decided once, for good")}
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="suggestions_are_for_words_that_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=f"""
                    IF NOT EXISTS
                            (SELECT 1 FROM articles_block b JOIN articles_revision r ON r.id = b.revision_id
                             WHERE r.id = NEW.revision_id AND r.article_id = NEW.article_id AND r.status <> 'draft'
                               AND b.key = NEW.block_key AND b.digest = NEW.digest) THEN
                        {refusal("a suggestion is for a block of a revision of its page that has left draft")}
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.suggested_by}: {self.block_key}"

    @property
    def is_open(self) -> bool:
        return self.accepted is None


class SuggestedBlock(models.Model):
    """A block whose words come from an accepted suggestion, also after they were edited further."""

    suggestion = models.ForeignKey(Suggestion, on_delete=models.PROTECT, related_name="blocks")
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["suggestion", "digest"], name="one_suggested_block_per_digest")]
        indexes = [models.Index(fields=["digest"], name="suggested_block_by_digest")]
        triggers = [append_only(message="who suggested which words is only ever added to")]

    def __str__(self) -> str:
        return self.digest
