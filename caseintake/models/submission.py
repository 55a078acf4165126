"""A request for help: where it stands, who has it, and each step it took. Nothing here says who the person is."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Case, F, Q, When
from django.db.models.functions import Now
from django.utils import timezone

from caseintake.references import PATTERN
from mesoinfo.ledger import append_only, refusal
from mesoinfo.models import User


class TransitionRefused(Exception):
    """The request cannot take this step; the text says why."""


class State(models.TextChoices):
    RECEIVED = "received", "received"  # stored, not yet sorted; the same transaction sorts it
    QUARANTINED = "quarantined", "in quarantine"  # may not come from a person; a person looks
    QUEUED = "queued", "in the queue"  # waiting for an advocate
    CLAIMED = "claimed", "claimed"  # an advocate has it and has not tried to reach the person yet
    CONTACTING = "contacting", "being contacted"  # tried, not reached yet
    TALKING = "talking", "talking"  # in touch
    WAITING = "waiting", "waiting"  # nothing to do until a day that is set
    CLOSED = "closed", "closed"  # done, with an outcome
    DISPOSED = "disposed", "erased"  # nobody can read it any more; only what was done stays on record


# Who may take which step: caseintake.triage. What is not here, PostgreSQL refuses.
TRANSITIONS: dict[State, set[State]] = {
    State.RECEIVED: {State.QUEUED, State.QUARANTINED},
    State.QUARANTINED: {State.QUEUED, State.CLOSED},
    State.QUEUED: {State.CLAIMED, State.CLOSED},
    State.CLAIMED: {State.QUEUED, State.CONTACTING, State.CLOSED},
    State.CONTACTING: {State.QUEUED, State.TALKING, State.WAITING, State.CLOSED},
    State.TALKING: {State.QUEUED, State.WAITING, State.CLOSED},
    State.WAITING: {State.QUEUED, State.CONTACTING, State.TALKING, State.CLOSED},
    State.CLOSED: {State.QUEUED},
    State.DISPOSED: set(),
}
for _state in set(State) - {State.RECEIVED, State.DISPOSED}:
    TRANSITIONS[_state].add(State.DISPOSED)  # when the person asks for it, whatever is being done
# In these an advocate has the case; it can be handed to another without a change of state.
MOST_CODES = 40  # more than there are
HELD = (State.CLAIMED, State.CONTACTING, State.TALKING, State.WAITING)


class Need(models.TextChoices):
    """What was asked for. One queue serves all."""

    CASE_REVIEW = "case_review", "A free case review"
    TREATMENT_GUIDE = "treatment_guide", "The treatment guide"
    FIND_SPECIALIST = "find_specialist", "Help to find a specialist"
    VA_CLAIMS = "va_claims", "Help with VA claims"
    HELP_PAYING = "help_paying", "Help with paying for care"
    SUPPORT_GROUP = "support_group", "A support group"
    OTHER = "other", "Something else"


class Outcome(models.TextChoices):
    HELPED_INFORMATION = "helped_information", "Helped with information"
    HELPED_MEDICAL_NAVIGATION = "helped_medical_navigation", "Helped to find care"
    HELPED_BENEFITS_VA = "helped_benefits_va", "Helped with benefits or VA"
    SUPPORT_GROUP = "support_group", "Introduced to a support group"
    ALREADY_REPRESENTED = "already_represented", "Already has a lawyer"
    NOT_ASBESTOS = "not_asbestos", "Not about asbestos"
    DUPLICATE = "duplicate", "Handled with another request of theirs"
    NO_CONTACT_AFTER_CADENCE = "no_contact_after_cadence", "Could not be reached"
    WITHDRAWN = "withdrawn", "The person asked us to stop"
    SPAM = "spam", "Not from a person"
    TEST = "test", "A test"


# Somebody spoke or wrote to the person, and answered what they asked for.
ANSWERED = (
    Outcome.HELPED_INFORMATION,
    Outcome.HELPED_MEDICAL_NAVIGATION,
    Outcome.HELPED_BENEFITS_VA,
    Outcome.SUPPORT_GROUP,
    Outcome.ALREADY_REPRESENTED,
    Outcome.NOT_ASBESTOS,
)


class Reason(models.TextChoices):
    """Why a step was taken. Codes, so that no word about a person gets into the record."""

    NONE = "", "-"
    ACCEPTED = "accepted", "accepted"
    SUSPICIOUS = "suspicious", "may not come from a person"
    A_PERSON = "a-person", "a person sent this"
    END_OF_SHIFT = "end-of-shift", "end of the working day"
    AWAY = "away", "away or unwell"
    BETTER_PLACED = "better-placed", "a colleague is better placed"
    KNOWN_TO_ME = "known-to-me", "the advocate knows the person"
    MISTAKE = "mistake", "a mistake"
    PERSON_ASKED = "person-asked", "the person asked for it"
    NEW_MESSAGE = "new-message", "the person wrote again"
    CONSENT_WITHDRAWN = "consent-withdrawn", "the person asked us to stop"
    UNREACHED = "unreached", "it took no call of ours"


class Channel(models.TextChoices):
    CALL = "call", "Call"
    TEXT = "text", "Text message"
    EMAIL = "email", "Email"
    LETTER = "letter", "Letter"


class ContactResult(models.TextChoices):
    REACHED = "reached", "Reached them"
    NO_ANSWER = "no_answer", "No answer"
    LEFT_MESSAGE = "left_message", "Left a message"
    SENT = "sent", "Sent, no reply yet"
    WRONG_NUMBER = "wrong_number", "Wrong number or address"


_STEPS = ", ".join(sorted(f"'{start.value}>{end.value}'" for start, ends in TRANSITIONS.items() for end in ends))
_STEPS_ARE_IN_THE_TABLE = f"""
    IF (NEW.id, NEW.ref, NEW.received_at, NEW.need) <> (OLD.id, OLD.ref, OLD.received_at, OLD.need) THEN
        {refusal("the reference, time and need of a request never change")}
    END IF;
    IF NEW.fingerprint IS DISTINCT FROM OLD.fingerprint AND NEW.fingerprint IS NOT NULL THEN
        {refusal("a fingerprint can only be forgotten")}
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state || '>' || NEW.state) NOT IN ({_STEPS}) THEN
        RAISE EXCEPTION 'a request cannot go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.state <> OLD.state OR NEW.assignee_id IS DISTINCT FROM OLD.assignee_id THEN
        IF NEW.version <> OLD.version + 1 THEN
            {refusal("each step of a request counts its version up by one")}
        END IF;
    ELSIF NEW.version <> OLD.version THEN
        {refusal("only a step of a request counts its version up")}
    END IF;
    IF NEW.assignee_id IS DISTINCT FROM OLD.assignee_id AND NEW.assignee_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM mesoinfo_user WHERE id = NEW.assignee_id AND is_active
    ) THEN
        {refusal("a case is held only by someone who works here")}
    END IF;
    IF NEW.state IN ('contacting', 'talking') AND NEW.state <> OLD.state AND NOT EXISTS (
        SELECT FROM caseintake_contactattempt
        WHERE submission_id = NEW.id AND (NEW.state = 'contacting' OR result = 'reached')
    ) THEN
        {refusal("this step needs a contact attempt")}
    END IF;
    RETURN NEW;
"""


def _events_agree(column: str) -> str:
    """Trigger body: the latest event of the request in NEW.`column` tells where that request stands now."""
    return f"""
        SELECT version, state, assignee_id INTO current FROM caseintake_submission WHERE id = NEW.{column};
        SELECT version, to_state, holder_id INTO latest FROM caseintake_caseevent
            WHERE submission_id = NEW.{column} ORDER BY version DESC LIMIT 1;
        IF latest IS NULL OR latest.version <> current.version OR latest.to_state <> current.state
            OR latest.holder_id IS DISTINCT FROM current.assignee_id
        THEN
            {refusal("each step of a request needs its case event in the same transaction")}
        END IF;
        RETURN NULL;
    """


def _agrees_to(kind: str) -> str:
    """SQL: whether what the person said last of this consent, to the request in NEW.submission_id, was yes."""
    return f"""COALESCE((
        SELECT action = 'granted' FROM caseintake_consentevent
        WHERE submission_id = NEW.submission_id AND kind = '{kind}' ORDER BY id DESC LIMIT 1
    ), false)"""


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def open(self) -> SubmissionQuerySet:
        """Waiting for an advocate, or with one."""
        return self.filter(state__in=[State.QUEUED, *HELD])

    def queued(self) -> SubmissionQuerySet:
        return self.filter(state=State.QUEUED)

    def quarantined(self) -> SubmissionQuerySet:
        return self.filter(state=State.QUARANTINED)

    def held_by(self, user: User) -> SubmissionQuerySet:
        return self.filter(assignee=user)

    def most_urgent_first(self) -> SubmissionQuerySet:
        """Those that need somebody first, by urgency; then those for which nothing is due."""
        needs_somebody = Q(due_at__isnull=False) | Q(next_action_at__lte=timezone.now())
        nothing_due = Case(When(needs_somebody, then=0), default=1)
        return self.order_by(nothing_due, "priority", F("due_at").asc(nulls_last=True), "received_at", "id")


class Submission(models.Model):
    """One request for help, known by its reference. Its words are sealed; this row holds only the state of work."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ref = models.CharField("reference", max_length=14, unique=True, editable=False)
    received_at = models.DateTimeField(default=timezone.now, editable=False)
    need = models.CharField(max_length=20, choices=Need)
    state = models.CharField(max_length=20, choices=State, default=State.RECEIVED)
    version = models.PositiveIntegerField(default=1, help_text="Counts the steps; a stale screen is known by it.")
    priority = models.PositiveSmallIntegerField(help_text="0 is the most urgent.")
    priority_reasons = ArrayField(models.CharField(max_length=40), default=list)
    suspicions = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    due_at = models.DateTimeField(null=True, help_text="By when somebody should try to reach them.")
    assignee = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="cases")
    next_action_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=40, choices=Outcome, blank=True)
    closed_at = models.DateTimeField(null=True)
    # Keyed hash of what was sent, to know a second click. Its key lives a day at most: mesoinfo.repeats.
    fingerprint = models.BinaryField(max_length=32, null=True, editable=False)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = "request for help"
        verbose_name_plural = "requests for help"
        ordering = ["priority", "due_at", "received_at"]
        permissions = [
            ("work_cases", "Can claim cases, and read and work those they hold"),
            ("lead_cases", "Can reassign cases, and read any case for a recorded purpose"),
        ]
        indexes = [
            models.Index(
                fields=["priority", "due_at", "received_at"],
                condition=Q(state__in=["queued", "claimed", "contacting", "talking", "waiting"]),
                name="open_cases_by_urgency",
            ),
            models.Index(fields=["received_at"], condition=Q(state="quarantined"), name="quarantine_by_age"),
            models.Index(fields=["fingerprint"], condition=Q(fingerprint__isnull=False), name="recent_fingerprints"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ref__regex=PATTERN), name="a_reference_reads_cr_xxxxx_xxxxx"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="a_case_is_in_a_known_state"),
            models.CheckConstraint(condition=Q(need__in=Need.values), name="a_case_has_a_known_need"),
            models.CheckConstraint(condition=Q(priority__range=(0, 4)), name="priority_runs_from_0_to_4"),
            models.CheckConstraint(condition=~Q(priority_reasons__len=0), name="a_priority_says_why"),
            # They come from the public site, and every list of the desk shows them.
            models.CheckConstraint(
                condition=Q(priority_reasons__len__lte=MOST_CODES, suspicions__len__lte=MOST_CODES),
                name="a_request_is_judged_in_a_few_codes",
            ),
            models.CheckConstraint(
                condition=Q(state__in=HELD, assignee__isnull=False) | (~Q(state__in=HELD) & Q(assignee__isnull=True)),
                name="a_case_in_work_has_an_advocate_and_no_other_has",
            ),
            models.CheckConstraint(
                condition=(Q(state=State.CLOSED, closed_at__isnull=False, outcome__in=Outcome.values))
                | (~Q(state=State.CLOSED) & Q(closed_at__isnull=True, outcome="")),
                name="a_closed_case_has_an_outcome_and_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state=State.WAITING, next_action_at__isnull=False)
                | (~Q(state=State.WAITING) & Q(next_action_at__isnull=True)),
                name="a_waiting_case_says_until_when",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.QUARANTINED) | ~Q(suspicions__len=0),
                name="a_quarantined_case_says_why",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="starts_as_received",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__state=State.RECEIVED) | ~pgtrigger.Q(new__version=1),
                func=refusal("a new request starts as received"),
            ),
            pgtrigger.Trigger(
                name="steps_are_in_the_table",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=_STEPS_ARE_IN_THE_TABLE,
            ),
            pgtrigger.Trigger(
                name="requests_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func=refusal("a request for help is never deleted"),
            ),
            # Deferred: the rows below are written after the request, in the same transaction.
            pgtrigger.Trigger(
                name="each_step_has_its_event",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                timing=pgtrigger.Deferred,
                declare=[("current", "RECORD"), ("latest", "RECORD")],
                func=_events_agree("id"),
            ),
            pgtrigger.Trigger(
                name="comes_with_sealed_words_and_consent",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func=f"""
                    IF NOT EXISTS (
                        SELECT FROM caseintake_sealedpayload WHERE submission_id = NEW.id AND kind = 'original'
                    ) THEN
                        {refusal("a request comes with what the person wrote, sealed")}
                    END IF;
                    IF NOT EXISTS (
                        SELECT FROM caseintake_consentevent
                        WHERE submission_id = NEW.id AND kind = 'use_to_reply' AND action = 'granted'
                    ) THEN
                        {refusal("a request comes with the consent to reply to it")}
                    END IF;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="is_erased_on_record",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                timing=pgtrigger.Deferred,
                func=f"""
                    IF NEW.state = 'disposed'
                        AND NOT EXISTS (SELECT FROM caseintake_erasure WHERE submission_id = NEW.id)
                    THEN
                        {refusal("a request is erased only with an erasure on record")}
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def is_held(self) -> bool:
        return self.state in HELD

    @transaction.atomic
    def move_to(
        self,
        state: State,
        *,
        by: User | None,
        reason: Reason = Reason.NONE,
        holder: User | None = None,
        outcome: Outcome | None = None,
        until: datetime | None = None,
    ) -> None:
        """The one writer of a case's state and advocate: locks the row, checks the table, records who and why.

        `by` is None for the system. `holder` is the advocate who has the case afterwards; in work, it stays
        with its present one when none is given. `outcome` goes with closing, `until` with waiting. Raises
        TransitionRefused when the step is not in the table.
        """
        # Lock first: two advocates may press the button at the same moment.
        row = Submission.objects.select_for_update().get(pk=self.pk)
        start = State(row.state)
        if state in HELD:
            holder = holder or row.assignee
        same_hands = holder == row.assignee
        if state not in TRANSITIONS[start] and not (state == start and state in HELD and not same_hands):
            raise TransitionRefused(f"{row.ref} is {start.label}, so it cannot become {state.label}.")
        changes: dict[str, Any] = {
            "state": state,
            "version": row.version + 1,
            "assignee": holder,
            "outcome": outcome or "",
            "closed_at": timezone.now() if state == State.CLOSED else None,
            "next_action_at": (until or (row.next_action_at if state == start else None)),
            "due_at": None if state in (State.WAITING, State.CLOSED) and state != start else row.due_at,
        }
        for name, value in changes.items():
            setattr(self, name, value)
        self.save(update_fields=list(changes))
        CaseEvent.objects.create(
            submission=self,
            version=self.version,
            from_state=start,
            to_state=state,
            actor=by,
            holder=holder,
            reason=reason,
            outcome=outcome or "",
        )


class CaseEvent(models.Model):
    """One step of a case: from where to where, by whom, into whose hands. Only ever added to."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="events")
    version = models.PositiveIntegerField()
    from_state = models.CharField(max_length=20, choices=State, blank=True)
    to_state = models.CharField(max_length=20, choices=State)
    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    holder = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=40, choices=Reason, blank=True)
    outcome = models.CharField(max_length=40, choices=Outcome, blank=True)
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["submission", "version"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "version"], name="one_case_event_for_each_step"),
            models.CheckConstraint(condition=Q(reason__in=Reason.values), name="a_case_event_has_a_known_reason"),
            models.CheckConstraint(
                condition=Q(to_state=State.CLOSED, outcome__in=Outcome.values)
                | (~Q(to_state=State.CLOSED) & Q(outcome="")),
                name="a_closing_event_has_an_outcome",
            ),
        ]
        triggers = [
            append_only(message="the record of a case is only ever added to"),
            pgtrigger.Trigger(
                name="events_follow_one_another",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("latest", "RECORD")],
                func=f"""
                    SELECT version, to_state INTO latest FROM caseintake_caseevent
                        WHERE submission_id = NEW.submission_id ORDER BY version DESC LIMIT 1;
                    IF NEW.version <> COALESCE(latest.version, 0) + 1
                        OR NEW.from_state <> COALESCE(latest.to_state, '')
                    THEN
                        {refusal("case events follow one another without a gap")}
                    END IF;
                    NEW.at := clock_timestamp();
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="each_event_has_its_step",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                declare=[("current", "RECORD"), ("latest", "RECORD")],
                func=_events_agree("submission_id"),
            ),
        ]

    def __str__(self) -> str:
        return f"step {self.version} of {self.submission_id}"

    @property
    def sentence(self) -> str:
        """What happened, in words for the desk."""
        who = str(self.actor) if self.actor else "The system"
        start, end = self.from_state, self.to_state
        if not start:
            text = "The request was received"
        elif end == State.DISPOSED:
            text = "What the person sent was erased"
        elif start == State.RECEIVED:
            text = "Put in quarantine" if end == State.QUARANTINED else "Put in the queue"
        elif start == State.QUARANTINED and end == State.QUEUED:
            text = f"{who} released it from quarantine"
        elif start == State.CLOSED and end == State.QUEUED:
            text = f"{who} opened the case again"
        elif end == State.QUEUED:
            text = f"{who} gave it back to the queue"
        elif start == end:
            text = f"{who} handed it to {self.holder}"
        elif end == State.CLOSED:
            text = f"{who} closed it: {Outcome(self.outcome).label}"
        elif end == State.CLAIMED:
            text = f"{who} claimed it"
        elif end == State.WAITING:
            text = f"{who} set it to wait"
        elif end == State.TALKING:
            text = f"{who} reached the person"
        elif start == State.WAITING:
            text = f"{who} took it up again"
        else:
            text = f"{who} tried to reach the person"
        says_it = self.reason == Reason.CONSENT_WITHDRAWN and self.outcome == Outcome.WITHDRAWN
        if self.reason and start not in ("", State.RECEIVED) and not says_it:
            text += f" ({Reason(self.reason).label})"
        return text + "."


class ContactAttempt(models.Model):
    """One try to reach the person: when, how, and what came of it. What was said goes into a sealed note."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="contact_attempts")
    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel)
    result = models.CharField(max_length=20, choices=ContactResult)
    automated = models.BooleanField(default=False, help_text="By an automatic dialer or a recorded voice.")

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="an_attempt_has_a_known_channel"),
            models.CheckConstraint(condition=Q(result__in=ContactResult.values), name="an_attempt_has_a_known_result"),
        ]
        triggers = [
            append_only(message="contact attempts are only ever added to"),
            pgtrigger.Trigger(
                name="only_a_case_in_work",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=f"""
                    IF NOT EXISTS (
                        SELECT FROM caseintake_submission
                        WHERE id = NEW.submission_id AND assignee_id IS NOT NULL
                    ) THEN
                        {refusal("people are contacted only while an advocate has the case")}
                    END IF;
                    IF NOT {_agrees_to("use_to_reply")} THEN
                        {refusal("nobody is contacted who asked us to stop")}
                    END IF;
                    IF NEW.automated AND NEW.channel IN ('call', 'text') AND NOT {_agrees_to("auto_call_text")} THEN
                        {refusal("an automated call or text needs a consent to it that was not withdrawn")}
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel}, {self.result}"
