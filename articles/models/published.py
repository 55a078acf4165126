from __future__ import annotations

from typing import Any

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact
from django.utils import timezone

from articles.models.article import Article, Kind, PageState
from articles.models.revision import Revision
from mesoinfo.ledger import append_only, refusal
from mesoinfo.models import User

WORDS_PER_MINUTE = 175


class PublishedPageQuerySet(models.QuerySet["PublishedPage"]):
    def live(self) -> PublishedPageQuerySet:
        """The pages visitors read: start every public query here, and a draft cannot be reached by mistake."""
        return self.filter(live_as__page_state=PageState.LIVE)

    def readable(self) -> PublishedPageQuerySet:
        """What stands at an address: a live page, or one that was withdrawn and carries a notice."""
        return self.filter(live_as__page_state__in=[PageState.LIVE, PageState.WITHDRAWN])

    def terms(self) -> PublishedPageQuerySet:
        """The live terms of the glossary, each with `plain_name` and `clinical_name`, read from its title.

        “Fluid around the lung (pleural effusion)” has both; the clinical name of a title without brackets is "".
        """
        plain = _text("regexp_replace", F("title"), Value(r"\s*\([^()]*\)$"), Value(""))
        clinical = _text("substring", F("title"), Value(r"\(([^()]*)\)$"))
        return (
            self.live()
            .filter(article__kind=Kind.GLOSSARY_TERM)
            .annotate(
                plain_name=_text("coalesce", _text("nullif", plain, Value("")), F("title")),
                clinical_name=_text("coalesce", clinical, Value("")),
            )
        )

    def for_lists(self) -> PublishedPageQuerySet:
        """With just what a list of pages shows."""
        return self.select_related("article").only(
            "title",
            "lede",
            "revision_id",
            "article__address",
            "article__kind",
            "article__topic_id",
            "article__is_sample",
            "article__last_reviewed",
        )

    def with_shell(self) -> PublishedPageQuerySet:
        """With article, topic and revision in one query, and without what only search, lists and staff read."""
        return self.select_related("article__topic", "revision").defer(
            "headings_text",
            "plain_text",
            "term_keys",
            "signatures",
            "revision__text",
            "revision__change_note",
            "revision__abandoned_because",
        )


def _text(function: str, *parts: F | Func | Value) -> Func:
    return Func(*parts, function=function, output_field=models.TextField())


def _length_of(field: str) -> Func:
    return Func(F(field), function="jsonb_array_length", output_field=models.IntegerField())


class PublishedPage(models.Model):
    """A revision as visitors read it: compiled once, frozen, and never changed.

    Body, contents list, list of words and reference list are exactly what was signed. What stands around them (name,
    phone, dates, badge, form) is composed at each view.
    """

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="published_pages")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="published_pages")
    title = models.CharField(max_length=300)
    lede = models.TextField(help_text="Plain text: listings, search results, description.")
    lede_html = models.TextField()
    hero_html = models.TextField(blank=True)
    body_html = models.TextField()
    contents = models.JSONField(default=list, help_text="[{level, anchor, text}]")
    questions = models.JSONField(default=list, help_text="[{question, answer_html, anchor}]")
    words_html = models.TextField(blank=True, help_text="The glossary terms used, with what they mean.")
    term_keys = models.JSONField(default=list, help_text="Glossary terms used.")
    references_html = models.JSONField(default=dict, help_text="The list in each citation style: {style: HTML}.")
    source_keys = models.JSONField(default=list, help_text="Cited sources, in the order of their numbers.")
    cited_sources = models.JSONField(
        default=list, help_text="Their records as the page cited them (CSL-JSON), in the same order."
    )
    research_count = models.PositiveIntegerField(default=0, help_text="Research articles cited, counted.")
    evidence = models.JSONField(
        default=dict,
        blank=True,
        help_text="What it rests on: {kinds, nothing, bare_figures, years}; {} for pages from before that was counted.",
    )
    headings_text = models.TextField(blank=True)
    plain_text = models.TextField()
    signatures = models.JSONField(default=list, help_text="Ids of the signatures that counted when it was frozen.")
    hidden = models.JSONField(default=list, help_text="Digests of the blocks that a notice stands in place of.")
    notice = models.ForeignKey(
        "articles.EmergencyNotice", null=True, on_delete=models.PROTECT, related_name="+", help_text="That notice."
    )
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(default=timezone.now)
    word_count = models.GeneratedField(
        expression=Func(
            Func(
                Func(F("plain_text"), Value(r"\s+"), function="regexp_split_to_array"),
                Value(""),
                function="array_remove",
            ),
            function="cardinality",
            output_field=models.IntegerField(),
        ),
        output_field=models.IntegerField(),
        db_persist=True,
    )

    objects = PublishedPageQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at"]
        indexes = [
            GinIndex(fields=["source_keys"], name="published_page_by_source"),
            GinIndex(fields=["term_keys"], name="published_page_by_term"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(hidden=[], notice__isnull=True) | (~Q(hidden=[]) & Q(notice__isnull=False)),
                name="hidden_blocks_have_a_notice_in_their_place",
            ),
            # How many sources a page says it rests on, and how many it lists.
            models.CheckConstraint(
                condition=Q(evidence={})
                | Q(Exact(Coalesce(_length_of("evidence__years"), -1), _length_of("source_keys"))),
                name="what_a_page_rests_on_has_a_year_for_each_source",
            ),
        ]
        triggers = [
            # Asked whenever a page is frozen: when a revision is published, when an earlier one is shown again, when
            # blocks are hidden. Triggers fire by the order of their names: this one holds the page for the next.
            pgtrigger.Trigger(
                name="can_be_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=f"""
                    -- Two people may publish at once: the second waits for the first.
                    PERFORM 1 FROM articles_article a WHERE a.id = NEW.article_id FOR NO KEY UPDATE;
                    IF NOT EXISTS (SELECT 1 FROM articles_revision r
                                   WHERE r.id = NEW.revision_id AND r.article_id = NEW.article_id
                                     AND r.status IN ('approved', 'published', 'superseded')) THEN
                        {refusal("only an approved revision of the article can be published")}
                    END IF;
                    IF NOT EXISTS (SELECT 1 FROM articles_block b WHERE b.revision_id = NEW.revision_id) THEN
                        {refusal("a page without blocks cannot be published")}
                    END IF;
                    IF NEW.hidden <> '[]' AND (
                            NOT EXISTS (SELECT 1 FROM articles_emergencynotice n
                                        WHERE n.id = NEW.notice_id AND n.signed_at IS NOT NULL)
                            OR NOT EXISTS (SELECT 1 FROM articles_revision r
                                           WHERE r.id = NEW.revision_id AND r.status = 'published')) THEN
                        {refusal("blocks of a published page are hidden behind a notice that was signed beforehand")}
                    END IF;
                    IF (SELECT count(*) <> count(DISTINCT digest) OR bool_or(digest NOT IN (
                            SELECT b.digest FROM articles_block b WHERE b.revision_id = NEW.revision_id))
                        FROM jsonb_array_elements_text(NEW.hidden) AS digest) THEN
                        {refusal("only blocks of the page are hidden, each once")}
                    END IF;
                    IF EXISTS (SELECT 1 FROM articles_revision this JOIN articles_revision later
                                   ON later.article_id = this.article_id AND later.number > this.number
                               WHERE this.id = NEW.revision_id AND later.significance = 'safety_correction'
                                 AND later.status IN ('published', 'superseded')) THEN
                        {refusal("a page never goes back behind a safety correction")}
                    END IF;
                    IF EXISTS (SELECT 1 FROM articles_revision r WHERE r.id = NEW.revision_id
                                 AND r.status = 'approved')
                       AND EXISTS (SELECT 1 FROM articles_comment c WHERE c.article_id = NEW.article_id
                                     AND c.blocking AND c.resolved_at IS NULL) THEN
                        {refusal("a page is published once its blocking comments are resolved")}
                    END IF;
                    -- An emergency must not wait for it.
                    IF EXISTS (SELECT 1 FROM articles_revision r WHERE r.id = NEW.revision_id
                                 AND r.status = 'approved')
                       AND NOT EXISTS (SELECT 1 FROM articles_byline b
                                       WHERE b.article_id = NEW.article_id AND b.role = 'author') THEN
                        {refusal("a published page names its author")}
                    END IF;
                    IF EXISTS (SELECT 1 FROM articles_revision r WHERE r.id = NEW.revision_id
                                 AND r.status = 'superseded')
                       AND NOT EXISTS (SELECT 1 FROM articles_article a
                                       JOIN articles_publishedpage live ON live.id = a.live_id,
                                       articles_unsigned_blocks(live.revision_id) u
                                       WHERE a.id = NEW.article_id) THEN
                        {refusal("an earlier revision is shown again only once the live page has lost a signature")}
                    END IF;
                    IF EXISTS (SELECT 1 FROM articles_revision r WHERE r.id = NEW.revision_id
                                 AND r.status = 'superseded')
                       AND NOT articles_can_be_shown_again(NEW.revision_id) THEN
                        {refusal("an earlier revision that was taken from readers, or part of it hidden, stays away")}
                    END IF;
                    -- Whatever the writer of the row gave: who had which words when is told by it.
                    NEW.published_at := clock_timestamp();
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="every_block_signed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("unsigned", "TEXT")],
                func="""
                    SELECT string_agg(key, ', ' ORDER BY key) INTO unsigned
                        FROM articles_unsigned_blocks(NEW.revision_id) u WHERE NOT NEW.hidden ? u.digest;
                    -- To hide blocks must not wait for signatures on the others: readers see those already.
                    IF unsigned IS NOT NULL AND NOT EXISTS (
                            SELECT 1 FROM articles_article a JOIN articles_publishedpage live ON live.id = a.live_id
                            WHERE a.id = NEW.article_id AND live.revision_id = NEW.revision_id
                              AND NEW.hidden @> live.hidden AND NEW.hidden <> live.hidden) THEN
                        RAISE EXCEPTION 'every block needs a sign-off by somebody who did not write it; missing: %',
                            unsigned USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    -- Whatever the writer of the row gave.
                    SELECT COALESCE(jsonb_agg(id ORDER BY id), '[]') INTO NEW.signatures
                        FROM articles_live_signoffs(NEW.revision_id) l WHERE NOT NEW.hidden ? l.digest;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="hidden_on_record",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,  # the record names the page, so it is written second
                condition=pgtrigger.Condition("NEW.hidden <> '[]'"),
                func=f"""
                    IF NOT EXISTS (SELECT 1 FROM articles_emergencyedit e WHERE e.page_id = NEW.id) THEN
                        {refusal("whoever hides blocks of a page says why, on record")}
                    END IF;
                    RETURN NULL;
                """,
            ),
            append_only(message="a published page does not change; publish a new revision"),
        ]

    def __str__(self) -> str:
        return f"{self.article.address}, published {self.published_at:%-d %B %Y}"

    def get_absolute_url(self) -> str:
        return self.article.get_absolute_url()

    def frozen_again(self, *, by: User, **changed: Any) -> PublishedPage:
        """A new page with the words of this one, but for the fields that are `changed`."""
        anew = {"id", "published_by", "published_at", "word_count"}
        fields = {f.name: getattr(self, f.name) for f in self._meta.concrete_fields if f.name not in anew}
        return PublishedPage.objects.create(**fields | changed, published_by=by)

    @property
    def share_image(self) -> str:
        """The address of the picture that stands beside a link to the page."""
        return f"/images/share/{self.article.address}.png"

    @property
    def reading_minutes(self) -> int:
        """How long the page takes to read, to the nearest minute and at least one.

        At 175 words a minute. Of all adults who read English non-fiction silently, most read 175 to 300 words, 238 on
        average (Brysbaert 2019, doi:10.1016/j.jml.2019.104047); ours are often old, ill or tired, and people of 81 who
        see well read 175 (Calabrèse and others 2016, doi:10.1167/iovs.16-19580). Reference list, offers and cards are
        not counted.
        """
        words: int = self.word_count
        return max(1, (words + WORDS_PER_MINUTE // 2) // WORDS_PER_MINUTE)
