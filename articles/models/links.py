"""Links that lead out of the site: where each stands, and where on live pages it is."""

from __future__ import annotations

import datetime

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower
from django.utils import timezone

from articles.models.published import PublishedPage
from mesoinfo.models import User

LEADS_OUT = r"^https?://[^/?#\s]+[^#\s]*$"
# A link dies of so many failures in a row over so long a time. A site that is down for a weekend is not dead.
FAILURES_OF_THE_DEAD = 3
DIES_AFTER = datetime.timedelta(days=7)


class LinkState(models.TextChoices):
    NEW = "new", "Not asked yet"
    WORKS = "works", "Works"
    MOVED = "moved", "Moved for good"  # it works, and leads on to another address
    FAILING = "failing", "Failing"  # nothing came back, or nothing is there; not for long enough
    DEAD = "dead", "Dead"  # the same, for long enough: pages are called in
    UNCHECKED = "unchecked", "Could not be checked"  # such as sites that turn machines away


class LinkQuerySet(models.QuerySet["Link"]):
    def watched(self) -> LinkQuerySet:
        """Those that nobody ignores today."""
        return self.exclude(ignored_until__gt=timezone.now().date())

    def ignored(self) -> LinkQuerySet:
        return self.filter(ignored_until__gt=timezone.now().date())

    def due(self, now: datetime.datetime) -> LinkQuerySet:
        """Those to be asked by then, the longest due first."""
        return self.watched().filter(due_at__lte=now).order_by("due_at", "pk")


class Link(models.Model):
    """An address outside the site that a live page leads to: where it stands, since when, and who ignores it why.

    What came before is not kept, but for what staff did: that is in the audit ledger. A link that no live page has any
    more is deleted.
    """

    address = models.TextField(unique=True, help_text="Without the place on the page (#…).")
    host = models.GeneratedField(
        expression=Func(
            Lower("address"), Value("^https?://([^/?#]+)"), function="substring", output_field=models.TextField()
        ),
        output_field=models.TextField(),
        db_persist=True,
    )
    state = models.CharField(max_length=9, choices=LinkState.choices, default=LinkState.NEW)
    first_asked_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True, help_text="When it was asked last.")
    due_at = models.DateTimeField(default=timezone.now, help_text="When it is asked again. Moved on by who asks.")
    failures = models.PositiveIntegerField(default=0, help_text="In a row, up to now.")
    failing_since = models.DateTimeField(null=True, help_text="The first of them.")
    failed_at = models.DateTimeField(null=True, help_text="The last of them.")
    dead_since = models.DateTimeField(null=True)
    reason = models.TextField(blank=True, help_text="What is wrong, in a sentence.")
    moved_to = models.TextField(blank=True)
    ignored_reason = models.TextField(blank=True)
    ignored_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ignored_on = models.DateField(null=True)
    ignored_until = models.DateField(null=True, help_text="The day from which it is watched again.")

    objects = LinkQuerySet.as_manager()

    class Meta:
        ordering = ["address"]
        permissions = [("watch_link", "Can ignore links and have them asked again")]
        indexes = [models.Index(fields=["due_at"], name="links_by_due")]
        constraints = [
            models.CheckConstraint(condition=Q(address__iregex=LEADS_OUT), name="a_link_leads_out_by_http"),
            models.CheckConstraint(condition=Q(state__in=LinkState.values), name="a_link_has_a_known_state"),
            models.CheckConstraint(
                condition=Q(state=LinkState.NEW, first_asked_at__isnull=True, asked_at__isnull=True)
                | (
                    ~Q(state=LinkState.NEW)
                    & Q(first_asked_at__isnull=False, asked_at__isnull=False, asked_at__gte=F("first_asked_at"))
                ),
                name="a_link_that_was_asked_says_when",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state__in=[LinkState.FAILING, LinkState.DEAD])
                    & Q(failures__gt=0, failing_since__isnull=False, failed_at__isnull=False)
                    & Q(failed_at__gte=F("failing_since"))
                )
                | (
                    ~Q(state__in=[LinkState.FAILING, LinkState.DEAD])
                    & Q(failures=0, failing_since__isnull=True, failed_at__isnull=True)
                ),
                name="a_failing_link_says_since_when_and_how_often",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state=LinkState.DEAD, dead_since__isnull=False, failures__gte=FAILURES_OF_THE_DEAD)
                    & Q(failed_at__gte=F("failing_since") + DIES_AFTER)
                )
                | (~Q(state=LinkState.DEAD) & Q(dead_since__isnull=True)),
                name="a_dead_link_failed_three_times_over_seven_days",
            ),
            models.CheckConstraint(
                condition=(Q(state__in=[LinkState.FAILING, LinkState.DEAD, LinkState.UNCHECKED]) & ~Q(reason=""))
                | Q(state__in=[LinkState.NEW, LinkState.WORKS, LinkState.MOVED], reason=""),
                name="what_is_wrong_with_a_link_is_said",
            ),
            models.CheckConstraint(
                condition=(Q(state=LinkState.MOVED) & ~Q(moved_to="")) | (~Q(state=LinkState.MOVED) & Q(moved_to="")),
                name="a_moved_link_says_where_to",
            ),
            models.CheckConstraint(
                condition=Q(
                    ignored_reason="", ignored_by__isnull=True, ignored_on__isnull=True, ignored_until__isnull=True
                )
                | (
                    ~Q(ignored_reason="")
                    & Q(ignored_by__isnull=False, ignored_on__isnull=False, ignored_until__isnull=False)
                    & Q(ignored_until__gt=F("ignored_on"))
                ),
                name="an_ignored_link_says_why_by_whom_and_until_when",
            ),
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def is_ignored(self) -> bool:
        """Whether somebody ignores it today."""
        return self.ignored_until is not None and self.ignored_until > timezone.now().date()


class LinkReading(models.Model):
    """A live page was read for its links. Deleted, and its uses with it, once readers see another page or none, or the
    reference list in another style.
    """

    page = models.OneToOneField(PublishedPage, primary_key=True, on_delete=models.CASCADE, related_name="link_reading")
    style = models.TextField(help_text="The citation style whose reference list was read.")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.page_id}, {self.at:%-d %B %Y}"


class LinkKind(models.TextChoices):
    TEXT = "text", "in the text"
    OFFER = "offer", "of an offer"
    SOURCE = "source", "in the reference list"


class LinkUse(models.Model):
    """One place where a live page has a link: the sentence around it, and the words that one clicks."""

    reading = models.ForeignKey(LinkReading, on_delete=models.CASCADE, related_name="uses")
    link = models.ForeignKey(Link, on_delete=models.PROTECT, related_name="uses")
    place = models.PositiveIntegerField(help_text="From the top of the page, from 1.")
    kind = models.CharField(max_length=10, choices=LinkKind.choices)
    words = models.TextField(blank=True)
    sentence = models.TextField(blank=True)
    source_key = models.TextField(blank=True, help_text="Of the source, for a link in the reference list.")

    class Meta:
        ordering = ["reading", "place"]
        constraints = [
            models.UniqueConstraint(fields=["reading", "place"], name="one_link_at_each_place"),
            models.CheckConstraint(
                condition=(Q(kind=LinkKind.SOURCE) & ~Q(source_key=""))
                | Q(kind__in=[LinkKind.TEXT, LinkKind.OFFER], source_key=""),
                name="a_link_in_the_reference_list_names_its_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.words} ({self.link_id})"
