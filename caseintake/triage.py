"""The work of advocates, one function per step. Each checks who may, that their screen is fresh, and that the step is
in the table; then moves the case, all or nothing. Raises StepRefused (or TransitionRefused) with a sentence to show.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from caseintake import consent, news
from caseintake.models import (
    Channel,
    ConsentAction,
    ConsentEvent,
    ConsentKind,
    ConsentMethod,
    ContactAttempt,
    ContactResult,
    Outcome,
    PayloadKind,
    Reason,
    SealedPayload,
    State,
    Submission,
    TransitionRefused,
)
from caseintake.urgency import WORKING_HOURS, Urgency, after_working_hours
from mesoinfo import vault
from mesoinfo.models import OutboxMessage, User
from mesoinfo.roles import holds

LONGEST_NOTE = 12_000
LONGEST_WAIT = timedelta(days=30)
# Before we say that somebody could not be reached.
LEAST_ATTEMPTS, LEAST_DAYS = 6, timedelta(days=10)
# A try that reached nobody is followed by the next within a working day, or later if the case may wait longer.
LEAST_BETWEEN_TRIES = 8  # working hours
# How a case may end when nobody was reached; with any other outcome, somebody was spoken or written to.
WITHOUT_REACHING = (Outcome.DUPLICATE, Outcome.SPAM, Outcome.TEST)


class StepRefused(TransitionRefused):
    """This person cannot take this step now; the text says why."""


class NotYours(StepRefused):
    """The step belongs to somebody else."""


class StaleScreen(StepRefused):
    """The case changed after the screen was shown. `since` is what that screen knew."""

    def __init__(self, since: Screen) -> None:
        super().__init__("This case changed while you had it open. Nothing was saved.")
        self.since = since


@dataclass(frozen=True)
class Screen:
    """What a screen knew of a case: its steps, its sealed texts, its contact attempts. Written into each form."""

    version: int
    payloads: int
    attempts: int

    @classmethod
    def of(cls, submission: Submission) -> Screen:
        return cls(submission.version, submission.payloads.count(), submission.contact_attempts.count())

    @classmethod
    def read(cls, text: str) -> Screen:
        """From a form. What cannot be read is a screen that knew nothing, and so is stale."""
        parts = text.split("-")
        if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
            return cls(0, 0, 0)
        return cls(*map(int, parts))

    def __str__(self) -> str:
        return f"{self.version}-{self.payloads}-{self.attempts}"


def may_work(user: User) -> bool:
    return holds(user, "caseintake.work_cases")


def may_lead(user: User) -> bool:
    return holds(user, "caseintake.lead_cases")


def may_handle(user: User, submission: Submission) -> bool:
    """Whether this is the advocate who has the case, or a lead."""
    return submission.is_held and ((submission.assignee_id == user.pk and may_work(user)) or may_lead(user))


def may_answer_for_consent(user: User) -> bool:
    return holds(user, "caseintake.answer_for_consent")


def may_find(user: User) -> bool:
    """Whether they may look for a person's requests: those who are called, and those who answer for people's rights."""
    return may_work(user) or may_lead(user) or may_answer_for_consent(user)


def may_record_withdrawal(user: User, submission: Submission) -> bool:
    """Whether this is the advocate who has the case, or whoever answers for consents in all of them."""
    return may_handle(user, submission) or may_answer_for_consent(user)


@transaction.atomic
def claim(submission: Submission, *, by: User, seen: Screen | None = None) -> None:
    """Take a case from the queue. Of two who press at once, one has it and the other reads who."""
    # Not _fresh first: whoever comes second should read who has it, not that their screen is old.
    _lock(submission)
    if not may_work(by):
        raise NotYours("Only an advocate can claim a case.")
    if submission.is_held:
        holder = "You have" if submission.assignee_id == by.pk else f"{submission.assignee} has"
        raise StepRefused(f"{holder} this case already.")
    _check_fresh(submission, seen)
    submission.move_to(State.CLAIMED, by=by, holder=by)


@transaction.atomic
def release(submission: Submission, *, by: User, seen: Screen | None = None) -> None:
    """Let a request out of quarantine: a person sent it."""
    _fresh(submission, seen)
    if not may_work(by):
        raise NotYours("Only an advocate can release a request from quarantine.")
    if submission.state != State.QUARANTINED:
        raise StepRefused(f"{submission.ref} is not in quarantine.")
    submission.move_to(State.QUEUED, by=by, reason=Reason.A_PERSON)


@transaction.atomic
def not_a_person(submission: Submission, *, by: User, seen: Screen | None = None) -> None:
    """Close a request in quarantine: no person sent it."""
    _fresh(submission, seen)
    if not may_work(by):
        raise NotYours("Only an advocate can say that a request in quarantine is not from a person.")
    if submission.state != State.QUARANTINED:
        raise StepRefused(f"{submission.ref} is not in quarantine.")
    if news.unread_additions([submission]):
        raise StepRefused("Its sender wrote again. Put it in the queue, or ask an advocate lead to open it first.")
    submission.move_to(State.CLOSED, by=by, outcome=Outcome.SPAM)


@transaction.atomic
def record_withdrawal(
    submission: Submission, kind: ConsentKind, *, told_by: Channel, by: User, seen: Screen | None = None
) -> None:
    """Write down that the person told us they take a consent back, effective at once.

    Without the consent to reply to it nobody works on the request any more, whoever has it: it is closed.
    """
    _fresh(submission, seen)
    if not may_record_withdrawal(by, submission):
        raise NotYours("Only the advocate who has the case, a lead or the privacy officer can record that.")
    given = next((event for event in consent.last_said(submission) if event.kind == kind), None)
    if given is None or given.action != ConsentAction.GRANTED:
        raise StepRefused("There is no such consent to take back: it was never given, or taken back already.")
    ConsentEvent.objects.create(
        submission=submission,
        kind=kind,
        action=ConsentAction.WITHDRAWN,
        text=given.text,
        shown_sha256=given.shown_sha256,
        unticked_when_shown=False,
        method=ConsentMethod.STAFF,
        told_by=told_by,
        actor=by,
    )
    holder = submission.assignee
    if kind == ConsentKind.USE_TO_REPLY and submission.state != State.CLOSED:
        submission.move_to(State.CLOSED, by=by, reason=Reason.CONSENT_WITHDRAWN, outcome=Outcome.WITHDRAWN)
    if holder is not None and holder != by:
        _tell(holder, "consent-withdrawn", submission)


@transaction.atomic
@sensitive_variables("words")
def add_note(submission: Submission, words: str, *, by: User, seen: Screen | None = None) -> None:
    """Add a note to a case in work. It is sealed at once, signed and dated; nobody can change it."""
    _fresh(submission, seen)
    _check_handles(by, submission)
    _seal_note(submission, words, by=by)


@transaction.atomic
@sensitive_variables("words")
def log_contact(
    submission: Submission,
    *,
    by: User,
    channel: Channel,
    result: ContactResult,
    automated: bool = False,
    words: str = "",
    seen: Screen | None = None,
) -> None:
    """Record one try to reach the person, with a sealed note if there is something to say about it.

    `automated`: by an automatic dialer or a recorded voice, which takes a consent of its own.
    """
    _fresh(submission, seen)
    if not (submission.is_held and submission.assignee_id == by.pk and may_work(by)):
        raise NotYours("Only the advocate who has the case contacts the person.")
    if not consent.agrees_to(submission, ConsentKind.USE_TO_REPLY):
        raise StepRefused("The person asked us to stop. Nobody may contact them.")
    by_machine = automated and channel in (Channel.CALL, Channel.TEXT)
    if by_machine and not consent.agrees_to(submission, ConsentKind.AUTO_CALL_TEXT):
        raise StepRefused(
            "The person has not agreed to automatic calls or texts, or took that back. Call or write to them yourself."
        )
    ContactAttempt.objects.create(submission=submission, actor=by, channel=channel, result=result, automated=automated)
    # What is due because the person wrote again stays due until somebody knows what they wrote.
    if not news.unread_additions([submission], by=by):
        hours = max(WORKING_HOURS[submission.priority], LEAST_BETWEEN_TRIES)
        _set_due(submission, None if result == ContactResult.REACHED else after_working_hours(timezone.now(), hours))
    if submission.state == State.CLAIMED or (submission.state == State.WAITING and result != ContactResult.REACHED):
        submission.move_to(State.CONTACTING, by=by)
    if result == ContactResult.REACHED and submission.state != State.TALKING:
        submission.move_to(State.TALKING, by=by)
    if words.strip():
        _seal_note(submission, words, by=by)


@transaction.atomic
def wait(submission: Submission, *, by: User, until: datetime, seen: Screen | None = None) -> None:
    """Leave the case until a day within the next 30."""
    _fresh(submission, seen)
    _check_handles(by, submission)
    _check_read(submission, by)
    now = timezone.now()
    if not now < until <= now + LONGEST_WAIT:
        raise StepRefused(f"Choose a day from tomorrow on, at most {LONGEST_WAIT.days} days away.")
    if submission.state == State.CLAIMED:
        raise StepRefused("Try to reach the person first; then the case can wait.")
    if submission.state == State.WAITING:
        submission.move_to(State.CONTACTING, by=by)
    submission.move_to(State.WAITING, by=by, until=until)


@transaction.atomic
def hand_over(submission: Submission, *, by: User, to: User | None, reason: Reason, seen: Screen | None = None) -> None:
    """Give the case to another advocate, or back to the queue when `to` is None. Notes stay with the case."""
    _fresh(submission, seen)
    _check_handles(by, submission)
    if reason == Reason.NONE:
        raise StepRefused("Choose why you hand it over.")
    if to is None:
        submission.move_to(State.QUEUED, by=by, reason=reason)
        _due_anew(submission)
        return
    if not may_work(to):
        raise StepRefused(f"{to} is not an advocate, or does not work here any more.")
    if to.pk == submission.assignee_id:
        raise StepRefused(f"{to} has this case already.")
    submission.move_to(State(submission.state), by=by, holder=to, reason=reason)
    if to != by:
        _tell(to, "case-handed-over", submission)


@transaction.atomic
def close(
    submission: Submission, *, by: User, outcome: Outcome, unreached: bool = False, seen: Screen | None = None
) -> None:
    """Close the case with its outcome. "Could not be reached" needs real tries first.

    `unreached`: that nobody had to reach them, such as when they called us; the record says so. Without it, only
    what needs nobody is closed before they were reached: a slip in the list of outcomes would end a case that waits.
    Nor is a case closed to which the person added what whoever closes it, or has it, did not open.
    """
    _fresh(submission, seen)
    _check_handles(by, submission)
    if outcome == Outcome.WITHDRAWN:
        raise StepRefused(f"Record it under “What they agreed to”, at the end of {submission.ref}. That closes it.")
    _check_read(submission, by)
    reason = Reason.NONE
    if outcome == Outcome.NO_CONTACT_AFTER_CADENCE:
        _check_tried_enough(submission)
    elif outcome not in WITHOUT_REACHING and not was_reached(submission):
        if not unreached:
            raise StepRefused(
                "It is not on record that anybody reached them. Record it first, or tick that it took no call of ours."
            )
        reason = Reason.UNREACHED
    submission.move_to(State.CLOSED, by=by, reason=reason, outcome=outcome)


@transaction.atomic
def reopen(submission: Submission, *, by: User, reason: Reason, seen: Screen | None = None) -> None:
    """Put a closed case back into the queue."""
    _fresh(submission, seen)
    if not may_lead(by):
        raise NotYours("Only an advocate lead can open a closed case again.")
    if submission.state != State.CLOSED:
        raise StepRefused(f"{submission.ref} is not closed.")
    if reason == Reason.NONE:
        raise StepRefused("Choose why it is opened again.")
    if not consent.agrees_to(submission, ConsentKind.USE_TO_REPLY):
        raise StepRefused("The person asked us to stop. If they want our help again, ask them to send a new request.")
    submission.move_to(State.QUEUED, by=by, reason=reason)
    _due_anew(submission)


def _due_anew(submission: Submission) -> None:
    """In the queue again: from now on, as long as its urgency allows, unless a try is due sooner already."""
    anew = Urgency(submission.priority, ()).due_at(timezone.now())
    _set_due(submission, min(anew, submission.due_at or anew))


def _set_due(submission: Submission, due_at: datetime | None) -> None:
    submission.due_at = due_at
    submission.save(update_fields=["due_at"])


def _tell(user: User, what: str, submission: Submission) -> None:
    OutboxMessage.objects.create(
        kind=what, dedupe_key=f"{what}:{uuid.uuid4()}", recipient=user, reference=submission.ref
    )


def _lock(submission: Submission) -> None:
    """Hold the row to the end of the transaction, and look at it as it is now."""
    Submission.objects.select_for_update().get(pk=submission.pk)
    submission.refresh_from_db()


def _fresh(submission: Submission, seen: Screen | None) -> None:
    _lock(submission)
    _check_fresh(submission, seen)


def _check_fresh(submission: Submission, seen: Screen | None) -> None:
    # Also what makes a second click harmless: the first one changed what its screen knew.
    if seen is not None and seen != Screen.of(submission):
        raise StaleScreen(seen)
    if submission.state == State.DISPOSED:
        raise StepRefused(f"The person erased {submission.ref}. Nothing can be done with it any more.")


def _check_handles(by: User, submission: Submission) -> None:
    if not submission.is_held:
        raise StepRefused(f"{submission.ref} is {submission.get_state_display()}. Claim it first.")
    if not may_handle(by, submission):
        raise NotYours(f"{submission.assignee} has this case. Only they, or a lead, can do that.")


def _check_read(submission: Submission, by: User) -> None:
    if news.unread_additions([submission], by=by):
        raise StepRefused("The person wrote again, and you have not read it. Open the request first.")


def was_reached(submission: Submission) -> bool:
    """Whether somebody reached the person since the case was last opened again."""
    return _tries(submission).filter(result=ContactResult.REACHED).exists()


def _tries(submission: Submission) -> QuerySet[ContactAttempt]:
    """Those to reach the person since the case was last opened again."""
    opened_again = submission.events.filter(from_state=State.CLOSED).aggregate(at=Max("at"))["at"]
    every = submission.contact_attempts.order_by("at")
    return every if opened_again is None else every.filter(at__gt=opened_again)


def _check_tried_enough(submission: Submission) -> None:
    times = list(_tries(submission).values_list("at", flat=True))
    missing = LEAST_ATTEMPTS - len(times)
    if missing > 0:
        raise StepRefused(
            f"Try {missing} more time{'s' if missing > 1 else ''} before you close it as not reached. "
            f"It takes {LEAST_ATTEMPTS} tries over {LEAST_DAYS.days} days."
        )
    if times[-1] - times[0] < LEAST_DAYS:
        raise StepRefused(
            f"All tries so far fall within {LEAST_DAYS.days} days. Some people are in hospital: try once more later."
        )


@sensitive_variables("words")
def _seal_note(submission: Submission, words: str, *, by: User) -> None:
    words = words.replace("\r\n", "\n").replace("\x00", "").strip()
    if not words:
        raise StepRefused("Write the note first.")
    if len(words) > LONGEST_NOTE:
        raise StepRefused(f"The note is {len(words) - LONGEST_NOTE:,} letters too long. Split it into two.")
    latest = submission.payloads.aggregate(latest=Max("sequence"))["latest"] or 0
    payload, data_key = SealedPayload.seal(
        words.encode("utf-8", "replace"),
        submission_id=submission.pk,
        sequence=latest + 1,
        kind=PayloadKind.NOTE,
        author=by,
        key=vault.read_public_key(settings.DESK_PUBLIC_KEY),
    )
    payload.save(force_insert=True)
    data_key.save(force_insert=True)
