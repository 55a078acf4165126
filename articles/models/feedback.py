"""What readers say at the end of a page: whether it helped, and in words of their own, which are sealed."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Count, F, Q
from django.db.models.functions import Length, NullIf
from django.db.models.lookups import In

from articles.models.article import Article
from articles.models.published import PublishedPage
from mesoinfo import vault
from mesoinfo.ledger import append_only, refusal
from mesoinfo.models import User

SCHEMA = 1  # of what is sealed: the bare words
# 2,000 characters are 8,000 bytes at most.
MESSAGE_SIZES = vault.ENVELOPE_SIZES[:2]


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    def per_article(self, *, since: datetime.date) -> Any:  # rows of an annotated queryset have no type of their own
        """One row for each article with answers since that day or messages that wait.

        `yes`, `no`, `answers` and `share_of_no` (in percent, None without answers) count since that day; `waiting`
        counts messages that nobody has dealt with, however old.
        """
        recent = Q(day__gte=since)
        waits = Q(message__isnull=False, message__dealt_with_at__isnull=True)
        return (
            self.filter(recent | waits)
            .values(article=F("page__article"), address=F("page__article__address"))
            .annotate(
                yes=Count("pk", filter=recent & Q(helpful=True)),
                no=Count("pk", filter=recent & Q(helpful=False)),
                answers=F("yes") + F("no"),
                share_of_no=F("no") * 100 / NullIf(F("yes") + F("no"), 0),
                waiting=Count("pk", filter=waits),
            )
        )


class Feedback(models.Model):
    """One answer to "Was this page helpful?": the page as it was read, yes or no, the day. Nothing about the reader.

    The id is random, and there is no time: no column tells in which order answers came.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    page = models.ForeignKey(PublishedPage, on_delete=models.PROTECT, related_name="feedback")
    helpful = models.BooleanField()
    day = models.DateField()

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "what readers say"
        permissions = [("read_feedback", "Can open what readers wrote")]
        indexes = [models.Index(fields=["day"], name="feedback_by_day")]
        triggers = [
            pgtrigger.Trigger(
                name="of_a_live_page",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=f"""
                    IF NOT EXISTS (SELECT FROM articles_publishedpage p JOIN articles_article a ON a.id = p.article_id
                                   WHERE p.id = NEW.page_id AND a.page_state = 'live') THEN
                        {refusal("only a page that visitors can read is said to help or not")}
                    END IF;
                    RETURN NEW;
                """,
            ),
            append_only(message="what a reader answered is kept as it was given"),
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"


class FeedbackMessageQuerySet(models.QuerySet["FeedbackMessage"]):
    def about(self, article: Article) -> FeedbackMessageQuerySet:
        return self.filter(feedback__page__article=article)

    def waiting(self) -> FeedbackMessageQuerySet:
        """What nobody has dealt with yet."""
        return self.filter(dealt_with_at__isnull=True)

    def dealt_with(self) -> FeedbackMessageQuerySet:
        return self.filter(dealt_with_at__isnull=False)

    def per_article(self) -> Any:  # as above
        """One row for each article, with how many of these messages are about it, as `waiting`."""
        about = "feedback__page__article"
        return self.values(article=F(about), address=F(f"{about}__address")).annotate(waiting=Count("pk"))

    def oldest_first(self) -> FeedbackMessageQuerySet:
        return self.order_by("feedback__day", "feedback_id")


class FeedbackMessage(models.Model):
    """The words of an answer, sealed for the desk. To erase them is to delete this row, and the key with it."""

    feedback = models.OneToOneField(Feedback, primary_key=True, on_delete=models.PROTECT, related_name="message")
    ciphertext = models.BinaryField()
    wrapped_for_desk = models.BinaryField(help_text="The key that opens it, wrapped to the desk's public key.")
    # Keyed hash of the words, to know a second click. Its key lives a day at most: mesoinfo.repeats.
    fingerprint = models.BinaryField(null=True)
    dealt_with_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    dealt_with_at = models.DateTimeField(null=True)

    objects = FeedbackMessageQuerySet.as_manager()

    class Meta:
        constraints = [
            # Anything readable would have another length than the padded ones.
            models.CheckConstraint(
                condition=Q(In(Length("ciphertext"), list(MESSAGE_SIZES))),
                name="a_message_of_a_reader_is_stored_sealed_and_padded",
            ),
            models.CheckConstraint(
                condition=Q(In(Length("wrapped_for_desk"), [vault.WRAPPED_KEY_SIZE])),
                name="the_key_of_a_message_is_stored_wrapped",
            ),
            models.CheckConstraint(
                condition=Q(fingerprint__isnull=True) | Q(In(Length("fingerprint"), [32])),
                name="the_fingerprint_of_a_message_is_a_hash",
            ),
            models.UniqueConstraint(fields=["fingerprint"], name="the_same_words_count_once"),
            models.CheckConstraint(
                condition=Q(dealt_with_by__isnull=True, dealt_with_at__isnull=True)
                | Q(dealt_with_by__isnull=False, dealt_with_at__isnull=False),
                name="a_message_dealt_with_says_by_whom_and_when",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="stays_sealed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.feedback_id <> NEW.feedback_id OR OLD.ciphertext <> NEW.ciphertext"
                    # The key may only be wrapped for another key of the desk.
                    " OR (OLD.wrapped_for_desk <> NEW.wrapped_for_desk AND"
                    " substring(OLD.wrapped_for_desk from 2 for 16) = substring(NEW.wrapped_for_desk from 2 for 16))"
                    " OR (NEW.fingerprint IS NOT NULL AND OLD.fingerprint IS DISTINCT FROM NEW.fingerprint)"
                    " OR (OLD.dealt_with_at IS NOT NULL AND (OLD.dealt_with_at, OLD.dealt_with_by_id)"
                    " IS DISTINCT FROM (NEW.dealt_with_at, NEW.dealt_with_by_id))"
                ),
                func=refusal("a message of a reader is dealt with once or erased, and never changed"),
            ),
        ]

    def __str__(self) -> str:
        return f"sealed message {self.pk}"

    @classmethod
    def seal(cls, words: str, *, feedback: Feedback, key: vault.PublicKey) -> FeedbackMessage:
        """The row that holds `words` sealed for `key`, not saved yet. Raises VaultRefused when too long."""
        message = cls(feedback=feedback)
        sealed = vault.seal(words.encode(), place=message.place, key=key)
        message.ciphertext, message.wrapped_for_desk = sealed.envelope, sealed.wrapped_key
        return message

    @property
    def place(self) -> vault.Place:
        """Where this envelope belongs: it opens as the words of this answer and of no other."""
        return vault.Place(table="articles_feedbackmessage", row=str(self.feedback_id), sequence=1, schema=SCHEMA)

    @property
    def sealed(self) -> vault.Sealed:
        return vault.Sealed(bytes(self.ciphertext), bytes(self.wrapped_for_desk))

    def keep_wrapped(self, wrapped: bytes) -> None:
        """Store the same key, wrapped for another desk key."""
        self.wrapped_for_desk = wrapped
        self.save(update_fields=["wrapped_for_desk"])
