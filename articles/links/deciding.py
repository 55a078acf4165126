"""What staff decide about a link: to ignore it for a time, to watch it again, to have it asked again now."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone

from articles.models import Link, TransitionRefused
from articles.review.eligibility import require
from mesoinfo import audit
from mesoinfo.models import User

WATCH = "articles.watch_link"
LONGEST = datetime.timedelta(days=2 * 366)


@transaction.atomic
def ignore(link: Link, *, reason: str, until: datetime.date, by: User) -> None:
    """Leave a link unasked until that day; till then it calls nobody. Raises TransitionRefused."""
    _require(by)
    today = timezone.now().date()
    if not reason.strip():
        raise TransitionRefused("Say in a sentence why nobody needs to look at this link.")
    if not today < until <= today + LONGEST:
        raise TransitionRefused("Give a day after today and at most two years ahead.")
    found = _locked(link)
    found.ignored_reason, found.ignored_by = reason.strip(), by
    found.ignored_on, found.ignored_until = today, until
    found.save(update_fields=["ignored_reason", "ignored_by", "ignored_on", "ignored_until"])
    audit.record(by, "link.ignored", found, until=until.isoformat())


@transaction.atomic
def watch_again(link: Link, *, by: User) -> None:
    """End that it is ignored, and have it asked. Raises TransitionRefused."""
    _require(by)
    found = _locked(link)
    if not found.is_ignored:
        raise TransitionRefused("This link is watched already.")
    found.ignored_reason, found.ignored_by, found.ignored_on, found.ignored_until = "", None, None, None
    found.due_at = timezone.now()
    found.save(update_fields=["ignored_reason", "ignored_by", "ignored_on", "ignored_until", "due_at"])
    audit.record(by, "link.watched", found)


@transaction.atomic
def ask_again(link: Link, *, by: User) -> None:
    """Have a link asked within minutes. Raises TransitionRefused."""
    _require(by)
    found = _locked(link)
    if found.is_ignored:
        raise TransitionRefused("This link is ignored, so nobody asks it. Watch it again first.")
    found.due_at = timezone.now()
    found.save(update_fields=["due_at"])
    audit.record(by, "link.asked_again", found)


def _require(user: User) -> None:
    require(user, WATCH, "Deciding about links needs the writer, editor or medical lead role.")


def _locked(link: Link) -> Link:
    found = Link.objects.select_for_update().filter(pk=link.pk).first()
    if found is None:
        raise TransitionRefused("No live page has this link any more, so it is no longer watched.")
    return found
