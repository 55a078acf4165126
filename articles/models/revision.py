"""The words of a page, version by version, cut into the blocks that reviewers sign."""

from __future__ import annotations

import pgtrigger
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from articles.models.article import Article
from citations.models import Source
from mesoinfo import audit
from mesoinfo.ledger import append_only, refusal
from mesoinfo.models import User


class RevisionStatus(models.TextChoices):
    DRAFT = "draft", "Draft"  # its writers are at work
    IN_REVIEW = "in_review", "In review"  # medical reviewers have it
    CHANGES_REQUESTED = "changes_requested", "Changes requested"  # final: the next draft copies it
    APPROVED = "approved", "Approved"  # every block signed, not yet public
    PUBLISHED = "published", "Published"  # what visitors read
    SUPERSEDED = "superseded", "Superseded"  # a later revision took its place
    ABANDONED = "abandoned", "Abandoned"  # given up before it was published


TRANSITIONS: dict[RevisionStatus, set[RevisionStatus]] = {
    RevisionStatus.DRAFT: {RevisionStatus.IN_REVIEW, RevisionStatus.ABANDONED},
    RevisionStatus.IN_REVIEW: {
        RevisionStatus.CHANGES_REQUESTED,
        RevisionStatus.APPROVED,
        RevisionStatus.ABANDONED,
    },
    RevisionStatus.CHANGES_REQUESTED: set(),
    RevisionStatus.APPROVED: {
        RevisionStatus.PUBLISHED,
        RevisionStatus.IN_REVIEW,
        RevisionStatus.CHANGES_REQUESTED,
        RevisionStatus.ABANDONED,
    },
    RevisionStatus.PUBLISHED: {RevisionStatus.SUPERSEDED},
    RevisionStatus.SUPERSEDED: {RevisionStatus.PUBLISHED},
    RevisionStatus.ABANDONED: set(),
}
UNDER_REVIEW = [RevisionStatus.IN_REVIEW, RevisionStatus.APPROVED]


class Significance(models.TextChoices):
    """How much a revision changes for its readers. Said at submission."""

    MINOR = "minor", "Minor: wording, no change of meaning"
    NORMAL = "normal", "Normal"
    MAJOR = "major", "Major: readers should read it again"
    SAFETY_CORRECTION = "safety_correction", "Safety correction: what stood there could do harm"


class TransitionRefused(Exception):
    """A step that the state of things does not allow. The text says why, fit to be shown."""


class StaleDraft(TransitionRefused):
    """Somebody else saved the draft first. `theirs` is the draft as it now stands."""

    def __init__(self, theirs: Revision) -> None:
        super().__init__(
            f"{theirs.saved_by} saved this draft at {theirs.saved_at:%H:%M} UTC, while you were writing. "
            "Both texts are below: put them together, then save again."
        )
        self.theirs = theirs


class RevisionQuerySet(models.QuerySet["Revision"]):
    def drafts(self) -> RevisionQuerySet:
        return self.filter(status=RevisionStatus.DRAFT)

    def under_review(self) -> RevisionQuerySet:
        """In review, or approved and waiting to be published."""
        return self.filter(status__in=UNDER_REVIEW)


def _allowed_steps() -> str:
    steps = [f"('{start}','{end}')" for start, ends in TRANSITIONS.items() for end in sorted(ends)]
    return ", ".join(steps)


class Revision(models.Model):
    """One version of a page's text. It can be changed while it is a draft, and never after."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    status = models.CharField(max_length=20, choices=RevisionStatus.choices, default=RevisionStatus.DRAFT)
    text = models.TextField(help_text="Markdown: # Title, the lede, then sections. The writing guide has every block.")
    change_note = models.CharField(max_length=300, blank=True, help_text="What changed and why, for the reviewer.")
    significance = models.CharField(max_length=17, choices=Significance.choices, default=Significance.NORMAL)
    version = models.PositiveIntegerField(default=1, help_text="Counts the saves, to notice a second writer.")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(default=timezone.now)
    submitted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    abandoned_because = models.TextField(blank=True)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["article", "-number"]
        permissions = [
            ("write_revision", "Can write and submit drafts"),
            ("publish_revision", "Can publish approved revisions"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="one_revision_per_number"),
            models.UniqueConstraint(
                fields=["article"], condition=Q(status=RevisionStatus.DRAFT), name="one_draft_per_article"
            ),
            models.UniqueConstraint(
                fields=["article"],
                condition=Q(status__in=UNDER_REVIEW),
                name="one_revision_under_review_per_article",
            ),
            models.CheckConstraint(condition=Q(status__in=RevisionStatus.values), name="a_revision_has_a_known_status"),
            models.CheckConstraint(
                condition=Q(significance__in=Significance.values), name="a_revision_says_how_significant_it_is"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[RevisionStatus.DRAFT, RevisionStatus.ABANDONED])
                | (~Q(change_note="") & Q(submitted_by__isnull=False, submitted_at__isnull=False)),
                name="a_submitted_revision_says_what_changed_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(status=RevisionStatus.ABANDONED) ^ Q(abandoned_because=""),
                name="an_abandoned_revision_says_why",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="starts_as_draft",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition("NEW.status <> 'draft'"),
                func=refusal("a revision starts as a draft"),
            ),
            pgtrigger.Trigger(
                name="starts_now",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    -- Whatever the writer of the row gave: whose copy is older than which words is told by it.
                    NEW.created_at := clock_timestamp();
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="allowed_steps",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.status <> NEW.status"),
                func=f"""
                    IF (OLD.status, NEW.status) NOT IN ({_allowed_steps()}) THEN
                        RAISE EXCEPTION 'a revision cannot go from % to %', OLD.status, NEW.status
                            USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    IF NEW.status = 'approved' AND EXISTS (SELECT 1 FROM articles_unsigned_blocks(NEW.id)) THEN
                        {refusal("a revision is approved once every block is signed")}
                    END IF;
                    IF NEW.status = 'approved' AND EXISTS (SELECT 1 FROM articles_comment c
                            WHERE c.article_id = NEW.article_id AND c.blocking AND c.resolved_at IS NULL) THEN
                        {refusal("a revision is approved once its blocking comments are resolved")}
                    END IF;
                    IF NEW.status = 'published' AND NEW.id IS DISTINCT FROM
                            (SELECT p.revision_id FROM articles_publishedpage p
                             WHERE p.article_id = NEW.article_id ORDER BY p.id DESC LIMIT 1) THEN
                        {refusal("a revision is published by freezing its page")}
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="keeps_its_place",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.article_id <> NEW.article_id OR OLD.number <> NEW.number"
                    " OR OLD.created_by_id <> NEW.created_by_id OR OLD.created_at <> NEW.created_at"
                ),
                func=refusal("a revision keeps its page, its number, and who started it when"),
            ),
            pgtrigger.Trigger(
                name="only_drafts_change",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.status <> 'draft'"),
                func=f"""
                    -- Why it is given up is said when it is.
                    IF (to_jsonb(OLD) - 'status' - 'abandoned_because')
                            IS DISTINCT FROM (to_jsonb(NEW) - 'status' - 'abandoned_because')
                       OR (OLD.status = NEW.status AND OLD.abandoned_because <> NEW.abandoned_because) THEN
                        {refusal("a revision that has left draft does not change; start a new draft")}
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="revisions_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func=refusal("revisions are kept; abandon the draft instead"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article.address}, revision {self.number}"

    @property
    def is_draft(self) -> bool:
        return self.status == RevisionStatus.DRAFT

    def abandon(self, *, by: User, reason: str) -> None:
        """Give the revision up. It is kept, and its words can be copied into a new draft."""
        self.move_to(RevisionStatus.ABANDONED, by=by, abandoned_because=reason)

    @transaction.atomic
    def move_to(self, status: RevisionStatus, *, by: User | None, abandoned_because: str = "") -> None:
        """Take one step of TRANSITIONS, or raise TransitionRefused. Steps on the desk call this, views never do."""
        # Lock first: two people may press the button at the same moment.
        now_in = RevisionStatus(Revision.objects.select_for_update().values_list("status", flat=True).get(pk=self.pk))
        if status not in TRANSITIONS[now_in]:
            raise TransitionRefused(f"A revision cannot go from “{now_in.label}” to “{status.label}”.")
        self.status, self.abandoned_because = status, abandoned_because
        self.save(update_fields=["status", "abandoned_because"])
        audit.record(by, f"revision.{status}", self)


class SHA256HexOfText(models.Func):
    """SHA-256 of a text's UTF-8 bytes, in hexadecimal, computed by PostgreSQL."""

    template = "encode(sha256(convert_to(%(expressions)s, 'UTF8')), 'hex')"
    output_field = models.CharField()


class Block(models.Model):
    """One piece of a revision that is signed on its own: a paragraph, a list, a heading, a question and answer."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="blocks")
    position = models.PositiveIntegerField()
    key = models.CharField(max_length=200, help_text="Names the block on its page, such as symptoms/p-2.")
    kind = models.CharField(max_length=40)
    heading_path = models.JSONField(default=list)
    canonical = models.TextField(help_text="Exactly what is signed, as canonical JSON.")
    digest = models.CharField(max_length=64)
    html = models.TextField(blank=True, help_text="As it was shown when it was saved or submitted, to compare with.")

    class Meta:
        ordering = ["revision", "position"]
        indexes = [models.Index(fields=["digest"], name="block_by_digest")]
        constraints = [
            models.UniqueConstraint(fields=["revision", "key"], name="one_block_per_key"),
            models.UniqueConstraint(fields=["revision", "position"], name="one_block_per_position"),
            models.CheckConstraint(
                condition=Q(digest=SHA256HexOfText(F("canonical"))),
                name="a_block_digest_is_that_of_its_words",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="only_blocks_of_drafts_change",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("its_revision", "BIGINT")],
                func=f"""
                    IF TG_OP = 'DELETE' THEN its_revision := OLD.revision_id;
                    ELSE its_revision := NEW.revision_id; END IF;
                    IF EXISTS (SELECT 1 FROM articles_revision r
                               WHERE r.id = its_revision AND r.status <> 'draft') THEN
                        {refusal("the blocks of a revision that has left draft do not change")}
                    END IF;
                    IF TG_OP = 'UPDATE' AND OLD.revision_id <> NEW.revision_id THEN
                        {refusal("a block stays with its revision")}
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.key


class ContributionKind(models.TextChoices):
    EDIT = "edit", "Changed words"
    SUBMIT = "submit", "Submitted for review"


class Contribution(models.Model):
    """Who changed which block. Kept even when the change was later taken back."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="contributions")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="contributions")
    kind = models.CharField(max_length=8, choices=ContributionKind.choices, default=ContributionKind.EDIT)
    block_key = models.CharField(max_length=200, blank=True)
    digest = models.CharField(max_length=64, blank=True, help_text="Of the block added or taken out.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["revision", "user"], name="contribution_by_user")]
        triggers = [append_only(message="who helped write a page is only ever added to")]

    def __str__(self) -> str:
        return f"{self.user}: {self.block_key or self.kind}"


class Citation(models.Model):
    """One use of a source in a revision's text, rebuilt from the text at each save."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="citations")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="citations")
    position = models.PositiveIntegerField(help_text="Order in the text, from 1.")
    number = models.PositiveIntegerField(help_text="As readers see it, by first appearance.")
    block_key = models.CharField(max_length=200)
    locator = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["revision", "position"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "position"], name="one_citation_per_position"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.source_id}"
