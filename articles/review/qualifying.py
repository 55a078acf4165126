"""What lets a person sign, and until when: declaring one's interests, and being told before something runs out."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from articles.models import Credential, Interest, Person
from articles.review.dates import months_after
from articles.review.eligibility import INTERESTS_LAST
from mesoinfo import audit, outbox, roles
from mesoinfo.models import OutboxMessage, User

TOLD_BEFORE = datetime.timedelta(days=60)
NOTHING_TO_DECLARE = "None to declare."


@dataclass(frozen=True)
class RunningOut:
    """One thing in a person's record that is over or soon will be: what is said of it, and the mail that says so.

    `step` names it for good, so that nobody gets the same mail twice.
    """

    kind: str
    reference: int
    step: str
    sentence: str
    is_over: bool


@transaction.atomic
def declare(person: Person, statement: str, *, by: User) -> Interest:
    """Add a declaration of interests; the ones before are kept. The database refuses one for a colleague."""
    declared = Interest.objects.create(
        person=person, statement=statement, declared_on=timezone.now().date(), declared_by=by
    )
    audit.record(by, "interest.declared", declared)
    return declared


def own_declaration(person: Person) -> Interest | None:
    """The newest that the person made themselves: what counts for signing."""
    return next((made for made in person.interests.all() if made.declared_by_id == person.user_id), None)


def lasts_until(declared: Interest) -> datetime.date:
    """The day on which a declaration of interests is a year old."""
    return months_after(declared.declared_on, INTERESTS_LAST)


def running_out(person: Person) -> list[RunningOut]:
    """What in this person's record is over or soon will be, what is over first."""
    today = timezone.now().date()
    credentials = [found for found in person.credentials.all() if found.verified_at and not found.revoked_at]
    lasting = [each for each in credentials if each.valid_until is None or each.valid_until > today + TOLD_BEFORE]
    # What was entered anew instead of renewed: the old one is past, and nobody needs to hear of it.
    renewed = {(each.title, each.issuer) for each in lasting}
    found = [_of_credential(each, today) for each in credentials if (each.title, each.issuer) not in renewed]
    interests = _of_interests(person, today)
    return sorted([*found, *([interests] if interests else [])], key=lambda each: not each.is_over)


def _of_credential(credential: Credential, today: datetime.date) -> RunningOut:
    until = credential.valid_until
    assert until is not None  # what has no date lasts
    is_over = until < today
    sentence = (
        f"{credential} expired on {until:%-d %B %Y}. Nothing new is signed with it."
        if is_over
        else f"{credential} expires on {until:%-d %B %Y}. Ask the medical lead to enter its renewal and to verify it."
    )
    step = f"{credential.pk}:{until}:{'over' if is_over else 'soon'}"
    return RunningOut("credential-runs-out", credential.pk, step, sentence, is_over)


def _of_interests(person: Person, today: datetime.date) -> RunningOut | None:
    declared = own_declaration(person)
    if declared is None:
        sentence = "You have not declared your interests yet. Until you do, you sign nothing."
        return RunningOut("interests-run-out", person.pk, f"{person.pk}:none", sentence, is_over=True)
    until = lasts_until(declared)
    if until > today + TOLD_BEFORE:
        return None
    is_over = until <= today
    sentence = (
        f"Your declaration of interests was a year old on {until:%-d %B %Y}. Until you declare anew, you sign nothing."
        if is_over
        else f"Your declaration of interests will be a year old on {until:%-d %B %Y}. Declare anew before that day."
    )
    step = f"{person.pk}:{declared.pk}:{'over' if is_over else 'soon'}"
    return RunningOut("interests-run-out", person.pk, step, sentence, is_over)


def remind() -> int:
    """Write to every reviewer whose record runs out, once for each step, and return how many mails. A sweep."""
    # To reviewers only: what somebody else's record lacks keeps nobody from working.
    reviewers = (
        Person.objects.filter(user__in=roles.holders("articles.sign_block"))
        .select_related("user")
        .prefetch_related("credentials", "interests")
    )
    due = {
        f"{found.kind}:{found.step}": OutboxMessage(kind=found.kind, recipient=person.user, reference=found.reference)
        for person in reviewers
        for found in running_out(person)
    }
    told = set(OutboxMessage.objects.filter(dedupe_key__in=due).values_list("dedupe_key", flat=True))
    for key, message in due.items():
        message.dedupe_key = key
    new = [message for key, message in due.items() if key not in told]
    OutboxMessage.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


@outbox.composes("credential-runs-out")
def _about_credential(message: OutboxMessage) -> dict[str, Any]:
    until = Credential.objects.get(pk=message.reference).valid_until
    return {"until": until, "is_over": until is not None and until < timezone.now().date()}


@outbox.composes("interests-run-out")
def _about_interests(message: OutboxMessage) -> dict[str, Any]:
    declared = own_declaration(Person.objects.get(pk=message.reference))
    return {"until": lasts_until(declared) if declared else None}
