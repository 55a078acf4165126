from __future__ import annotations

import datetime
from enum import Enum
from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import Case, ExpressionWrapper, F, Q, Value, When
from django.utils import timezone

from articles.models.person import Person
from articles.models.topic import Topic
from mesoinfo.ledger import refusal

if TYPE_CHECKING:
    from articles.models.published import PublishedPage

PAGE_ADDRESSES = ["about", "disclaimer", "disclosures", "privacy", "resources"]
GLOSSARY_ADDRESS = r"^glossary/[a-z0-9]+(-[a-z0-9]+)*$"


class Kind(models.TextChoices):
    ARTICLE = "article", "Article"
    TOPIC_INTRODUCTION = "topic_introduction", "Topic introduction"
    PAGE = "page", "Page of the site, such as about or privacy"
    GLOSSARY_TERM = "glossary_term", "Glossary term"


class RiskClass(models.TextChoices):
    """How much harm a wrong sentence could do. Sets how many must sign and how soon it is read again."""

    HIGH = "high", "High: doses, drugs, emergencies"
    MEDIUM = "medium", "Medium: treatment, outlook"
    LOW = "low", "Low: living with illness, about this site"


# Months until the next review. NHS content is reviewed at least every three years.
REVIEW_INTERVAL = {RiskClass.HIGH: 12, RiskClass.MEDIUM: 24, RiskClass.LOW: 36}


class PageState(models.TextChoices):
    UNPUBLISHED = "unpublished", "Not published"  # visitors get 404
    LIVE = "live"  # visitors read its live page
    WITHDRAWN = "withdrawn"  # visitors read it under a notice; search engines and lists leave it out
    TAKEN_DOWN = "taken_down", "Taken down"  # visitors get 410


class Freshness(Enum):
    """Where a live page stands towards its next review."""

    CURRENT = "current"
    DUE_SOON = "due_soon"  # within DUE_SOON: staff are told
    OVERDUE = "overdue"  # readers are told, and the badge is gone
    LAPSED = "lapsed"  # besides: search engines are told to leave it, and our own search lists it last


REFRESH_SEARCH = "PERFORM articles_refresh_search(ARRAY[COALESCE(NEW.id, OLD.id)]); RETURN NULL;"
DUE_SOON = datetime.timedelta(days=60)
# Days overdue until search engines are told to leave a page.
LAPSES_AFTER = {RiskClass.HIGH: 30, RiskClass.MEDIUM: 90, RiskClass.LOW: 90}


class ArticleQuerySet(models.QuerySet["Article"]):
    def locked(self, pk: int) -> Article:
        """The article, locked until the transaction ends. Whoever moves a revision on, signs, comments, publishes,
        schedules or takes from readers locks the article first, then its revision, then suggestions or the request, and
        the audit ledger last: so people wait for each other in turn, and never in a circle. Who saves a draft begins
        with that, who takes a review with the request.
        """
        # Readers' answers refer to the row meanwhile, which this lock lets them.
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)

    def live(self) -> ArticleQuerySet:
        """What visitors can read."""
        return self.filter(page_state=PageState.LIVE)

    def findable(self) -> ArticleQuerySet:
        """What search engines and the feed may show: live, and its review not lapsed."""
        return self.live().filter(lapses_on__gt=timezone.now().date())

    def that_are(self, freshness: Freshness, *, on: datetime.date) -> ArticleQuerySet:
        """Live pages that stand so towards their next review on that day: the same as `freshness` says of one."""
        return self.live().filter(
            {
                Freshness.CURRENT: Q(next_due__gt=on + DUE_SOON),
                Freshness.DUE_SOON: Q(next_due__gt=on, next_due__lte=on + DUE_SOON),
                Freshness.OVERDUE: Q(next_due__lte=on, lapses_on__gt=on),
                Freshness.LAPSED: Q(lapses_on__lte=on),
            }[freshness]
        )


class Article(models.Model):
    """A page on one subject. Its words live in revisions; where it once stood, readers are led on to it."""

    address = models.CharField(
        max_length=140,
        unique=True,
        help_text="Such as mesothelioma/remission. Once published, a publisher can move it.",
    )
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.ARTICLE)
    topic = models.ForeignKey(Topic, null=True, blank=True, on_delete=models.PROTECT, related_name="articles")
    position = models.PositiveSmallIntegerField(default=0, help_text="Lower comes first among the pages of its topic.")
    risk_class = models.CharField(max_length=6, choices=RiskClass.choices, default=RiskClass.MEDIUM)
    page_state = models.CharField(
        max_length=12, choices=PageState.choices, default=PageState.UNPUBLISHED, editable=False
    )
    live = models.OneToOneField(
        "articles.PublishedPage", null=True, editable=False, on_delete=models.PROTECT, related_name="live_as"
    )
    first_published_at = models.DateTimeField(null=True, editable=False)
    last_reviewed = models.DateField(null=True, editable=False)
    next_due = models.DateField(null=True, editable=False)
    lapses_on = models.GeneratedField(
        expression=ExpressionWrapper(
            F("next_due")
            + Case(*[When(risk_class=risk, then=Value(days)) for risk, days in LAPSES_AFTER.items()], default=Value(0)),
            output_field=models.DateField(),
        ),
        output_field=models.DateField(null=True),
        db_persist=True,
    )
    is_sample = models.BooleanField("sample", default=False, help_text="Marked as sample content to visitors.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ["address"]
        permissions = [("set_risk_class", "Can change the risk class of a page")]
        # Each text with a link is compiled with the words of the glossary.
        indexes = [
            models.Index(fields=["kind"], name="articles_by_kind"),
            models.Index(
                fields=["topic", "position"], condition=Q(page_state=PageState.LIVE), name="articles_live_by_topic"
            ),
            models.Index(
                fields=["next_due", "risk_class"], condition=Q(page_state=PageState.LIVE), name="articles_live_by_due"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=Kind.ARTICLE, topic__isnull=False)
                | Q(kind=Kind.TOPIC_INTRODUCTION, topic__isnull=False)
                | Q(kind=Kind.PAGE, topic__isnull=True, address__in=PAGE_ADDRESSES)
                | Q(kind=Kind.GLOSSARY_TERM, topic__isnull=True, address__regex=GLOSSARY_ADDRESS),
                name="an_article_has_a_topic_and_a_page_its_own_address",
            ),
            models.CheckConstraint(condition=Q(risk_class__in=RiskClass.values), name="an_article_has_a_risk_class"),
            models.CheckConstraint(
                condition=Q(page_state=PageState.UNPUBLISHED, live__isnull=True)
                | Q(page_state=PageState.TAKEN_DOWN, live__isnull=True, first_published_at__isnull=False)
                | Q(
                    page_state__in=[PageState.LIVE, PageState.WITHDRAWN],
                    live__isnull=False,
                    first_published_at__isnull=False,
                    last_reviewed__isnull=False,
                    next_due__isnull=False,
                    next_due__gte=F("last_reviewed"),
                ),
                name="a_live_article_has_a_page_and_its_dates",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="address_fits_topic",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.topic_id IS NOT NULL"),
                declare=[("topic_slug", "TEXT")],
                func=f"""
                    SELECT slug INTO topic_slug FROM articles_topic WHERE id = NEW.topic_id;
                    IF NEW.kind = 'topic_introduction' AND NEW.address <> topic_slug THEN
                        {refusal("the introduction of a topic stands at the address of the topic")}
                    ELSIF NEW.kind = 'article' AND NEW.address !~
                            ('^' || topic_slug || '/[a-z0-9]+(-[a-z0-9]+)*$') THEN
                        {refusal("the address of an article is its topic, a slash, and small letters and figures")}
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                # After the change: by then whoever held the address before has committed, and is seen.
                name="old_addresses_lead_on",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("address"),
                func=f"""
                    PERFORM pg_advisory_xact_lock(hashtext('articles_redirect'), hashtext(NEW.address));
                    DELETE FROM articles_redirect r WHERE r.address = NEW.address AND r.article_id = NEW.id;
                    IF EXISTS (SELECT 1 FROM articles_redirect r WHERE r.address = NEW.address) THEN
                        {refusal("this address leads to another page, because people have linked to it")}
                    END IF;
                    IF TG_OP = 'UPDATE' AND OLD.first_published_at IS NOT NULL AND OLD.address <> NEW.address THEN
                        IF OLD.kind = 'glossary_term' THEN
                            {refusal("a published term keeps its address, because texts mark it by that")}
                        END IF;
                        INSERT INTO articles_redirect (address, article_id, reason) VALUES (OLD.address, NEW.id, '');
                    END IF;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="live_page_is_its_own",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.live_id IS NOT NULL"),
                func=f"""
                    IF NOT EXISTS (SELECT 1 FROM articles_publishedpage p
                                   WHERE p.id = NEW.live_id AND p.article_id = NEW.id) THEN
                        {refusal("an article shows a page of its own")}
                    END IF;
                    IF NEW.live_id IS DISTINCT FROM OLD.live_id THEN
                        -- What was frozen earlier may hold what was withdrawn, hidden or corrected since.
                        IF EXISTS (SELECT 1 FROM articles_publishedpage later
                                   WHERE later.article_id = NEW.id AND later.id > NEW.live_id) THEN
                            {refusal("an article shows the page that was frozen last")}
                        END IF;
                        -- To hide blocks must not wait for signatures on the others: readers see those already.
                        IF EXISTS (SELECT 1 FROM articles_publishedpage p, articles_unsigned_blocks(p.revision_id) u
                                   WHERE p.id = NEW.live_id AND NOT p.hidden ? u.digest
                                     AND NOT EXISTS (SELECT 1 FROM articles_publishedpage before
                                                     WHERE before.id = OLD.live_id
                                                       AND before.revision_id = p.revision_id
                                                       AND p.hidden @> before.hidden AND p.hidden <> before.hidden)
                                   ) THEN
                            {refusal("an article shows a page whose every block is signed")}
                        END IF;
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="taken_from_readers_by_a_takedown",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("page_state", "live_id"),
                declare=[("standing", "TEXT")],
                func=f"""
                    SELECT t.kind INTO standing FROM articles_takedown t
                        WHERE t.article_id = NEW.id AND t.lifted_at IS NULL;
                    IF NEW.page_state IN ('withdrawn', 'taken_down') AND NEW.page_state IS DISTINCT FROM standing THEN
                        {refusal("a page is withdrawn or taken down by somebody who says why")}
                    END IF;
                    IF TG_OP = 'UPDATE' AND NEW.page_state = 'unpublished' AND OLD.page_state <> 'unpublished' THEN
                        {refusal("a page that was published is taken from readers by a takedown, on record")}
                    END IF;
                    IF NEW.page_state = 'live' AND standing IS NOT NULL THEN
                        {refusal("a page that was taken from readers is live again once that is lifted")}
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                # It decides how many must sign: else one person lowers it, and signs alone.
                name="as_risky_as_it_was_submitted",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("risk_class"),
                condition=pgtrigger.Condition("OLD.risk_class = 'high' AND NEW.risk_class <> 'high'"),
                func=f"""
                    IF EXISTS (SELECT 1 FROM articles_revision r
                               WHERE r.article_id = NEW.id AND r.status IN ('in_review', 'approved')) THEN
                        {refusal("a page stays of high risk while a revision of it is under review")}
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="due_while_called_in",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("next_due"),
                condition=pgtrigger.Condition("NEW.next_due > OLD.next_due"),
                func=f"""
                    IF NEW.next_due > NEW.last_reviewed AND EXISTS (
                            SELECT 1 FROM articles_earlyreview e
                            WHERE e.article_id = NEW.id AND e.settled_at IS NULL AND e.due_on < NEW.next_due) THEN
                        {refusal("a page that was called in early stays due until that is settled")}
                    END IF;
                    RETURN NEW;
                """,
            ),
            # Search stands on tables of its own, written here and nowhere else: whatever goes live is found at once.
            pgtrigger.Trigger(
                name="found_when_it_goes_live",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Delete,
                func=REFRESH_SEARCH,
            ),
            pgtrigger.Trigger(
                name="found_as_it_stands",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("live_id", "page_state", "kind", "topic_id", "address", "lapses_on"),
                func=REFRESH_SEARCH,
            ),
        ]

    def __str__(self) -> str:
        return self.address

    def get_absolute_url(self) -> str:
        return f"/{self.address}/"

    @property
    def shown_last(self) -> PublishedPage | None:
        """The page that readers see, or saw last before it was taken down; None if it was never published."""
        return self.live or self.published_pages.select_related("revision").order_by("pk").last()

    @property
    def review_interval(self) -> int:
        """Months between reviews."""
        return REVIEW_INTERVAL[RiskClass(self.risk_class)]

    @property
    def freshness(self) -> Freshness:
        """How the page stands today towards its next review; a page never published is current."""
        if self.next_due is None:
            return Freshness.CURRENT
        late = (timezone.now().date() - self.next_due).days
        if late >= LAPSES_AFTER[RiskClass(self.risk_class)]:
            return Freshness.LAPSED
        if late >= 0:
            return Freshness.OVERDUE
        return Freshness.DUE_SOON if -late <= DUE_SOON.days else Freshness.CURRENT

    @property
    def is_withdrawn(self) -> bool:
        """Whether readers see it under a notice only."""
        return self.page_state == PageState.WITHDRAWN

    @property
    def is_kept_from_search(self) -> bool:
        """Whether search engines are told to leave it: its review lapsed, or it was withdrawn."""
        return self.has_lapsed or self.is_withdrawn

    @property
    def has_lapsed(self) -> bool:
        """Whether its review is so long overdue that search engines are told to leave it."""
        return self.freshness is Freshness.LAPSED


class BylineRole(models.TextChoices):
    AUTHOR = "author", "Written by"
    EDITOR = "editor", "Edited by"
    QUOTED = "quoted", "Quoted on this page"


class Byline(models.Model):
    """Who is named as writer or editor, or is quoted. Reviewers are never typed: their signatures say it.

    Whoever is named on a page cannot sign it, and what they signed before no longer counts.
    """

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="bylines")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="bylines")
    role = models.CharField(max_length=8, choices=BylineRole.choices)
    agreed_on = models.DateField(
        "agreed to be quoted on",
        null=True,
        blank=True,
        help_text="The day when whoever is quoted agreed to be quoted here with their name. Empty for the others.",
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["role", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["article", "person", "role"], name="one_byline_per_person_and_role"),
            models.CheckConstraint(condition=Q(role__in=BylineRole.values), name="a_byline_has_a_known_role"),
            models.CheckConstraint(
                condition=~Q(role=BylineRole.QUOTED) | Q(agreed_on__isnull=False), name="whoever_is_quoted_has_agreed"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="readers_see_an_author",
                when=pgtrigger.After,
                operation=pgtrigger.Update | pgtrigger.Delete,
                timing=pgtrigger.Deferred,  # one author may go and another come in one step
                condition=pgtrigger.Condition("OLD.role = 'author'"),
                func=f"""
                    -- Two people may each take one of two away: the second waits for the first.
                    PERFORM 1 FROM articles_article a WHERE a.id = OLD.article_id FOR NO KEY UPDATE;
                    IF EXISTS (SELECT 1 FROM articles_article a
                               WHERE a.id = OLD.article_id AND a.page_state IN ('live', 'withdrawn'))
                       AND NOT EXISTS (SELECT 1 FROM articles_byline b
                                       WHERE b.article_id = OLD.article_id AND b.role = 'author') THEN
                        {refusal("a page that readers see names its author: name another before this one goes")}
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.person}"
