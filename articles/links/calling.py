"""Calling pages in for links that are dead. A sweep: every page once for each time a link dies."""

from __future__ import annotations

from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Left

from articles.models import Article, EarlyReview, Link, LinkUse, PageState, TransitionRefused, Trigger
from articles.models.links import LinkState
from articles.review import freshness

# Characters that an early review has for them; of a longer address, the beginning.
SUBJECT, DETAIL = 500, 300
SHORTEST = 40  # characters of an address that are shown whatever there is to say
AT_ONCE = 100  # pages that a sweep calls in: each takes the audit ledger for a moment


def works_again() -> Combinable:
    """Whether an early review is for a link that works by now. It stands all the same until a person has settled it:
    what is there now may be other words than those that the page rests on.
    """
    working = Link.objects.filter(state__in=[LinkState.WORKS, LinkState.MOVED])
    of_this_link = working.annotate(subject=Left("address", SUBJECT)).filter(subject=OuterRef("subject"))
    return Case(When(trigger=Trigger.DEAD_LINK, then=Exists(of_this_link)), default=Value(False))


def call_in() -> int:
    """Call in the live pages that were submitted before a link of theirs died, where that is news. Returns how many.

    What stands unsettled is not noted again, nor what somebody has settled since the link died. Ignored links call
    nobody.
    """
    noted = EarlyReview.objects.filter(
        Q(settled_at__isnull=True) | Q(at__gte=OuterRef("link__dead_since")),
        article=OuterRef("reading__page__article"),
        trigger=Trigger.DEAD_LINK,
        subject=Left(OuterRef("link__address"), SUBJECT),
    )
    found = (
        LinkUse.objects.filter(
            ~Exists(noted),
            link__in=Link.objects.watched().filter(state=LinkState.DEAD),
            reading__page__live_as__page_state=PageState.LIVE,
            # Who submits a page after that has chosen the link as it is.
            reading__page__revision__submitted_at__lt=F("link__dead_since"),
        )
        .order_by("reading__page__article", "link")
        .values_list("reading__page__article", "link__address", "link__reason")
        .distinct()[:AT_ONCE]
    )
    called_in = 0
    for article_id, address, reason in list(found):
        try:
            called_in += freshness.due_now(
                Article.objects.get(pk=article_id),
                Trigger.DEAD_LINK,
                subject=address[:SUBJECT],
                detail=_in_few_words(address, reason),
            )
        except TransitionRefused:
            # It was taken from readers a moment ago.
            continue
    return called_in


def _in_few_words(address: str, reason: str) -> str:
    # The list that shows it adds a full stop.
    reason = reason.removesuffix(".")
    room = max(DETAIL - len(reason) - len(": "), SHORTEST)
    shown = address if len(address) <= room else f"{address[: room - 1]}…"
    return f"{shown}: {reason}"[:DETAIL]
