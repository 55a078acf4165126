"""The advocates' steps: who may take which, in what order, and what is on record afterwards."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import product

import pytest
from django.db import connection
from django.utils import timezone

from caseintake import doors, triage
from caseintake.accept import accept, amend
from caseintake.models import (
    HELD,
    TRANSITIONS,
    Channel,
    ContactAttempt,
    ContactResult,
    Outcome,
    Purpose,
    Reason,
    State,
    Submission,
    TransitionRefused,
)
from caseintake.reading import ReadingFailed, open_case
from caseintake.triage import NotYours, Screen, StaleScreen, StepRefused
from caseintake.urgency import after_working_hours
from mesoinfo.models import OutboxMessage

from .conftest import answers, damage, new_request


def soon():
    return timezone.now() + timedelta(days=3)


def latest(submission):
    return submission.events.order_by("version").last()


def called(submission, by, result=ContactResult.NO_ANSWER, channel=Channel.CALL):
    triage.log_contact(submission, by=by, channel=channel, result=result)


# Claiming


def test_an_advocate_claims_a_case_from_the_queue(queued, advocate):
    triage.claim(queued, by=advocate)
    queued.refresh_from_db()
    assert (queued.state, queued.assignee) == (State.CLAIMED, advocate)
    event = latest(queued)
    assert (event.from_state, event.to_state, event.actor, event.holder) == ("queued", "claimed", advocate, advocate)


def test_a_claimed_case_cannot_be_claimed_again(claimed, colleague, advocate):
    with pytest.raises(StepRefused, match="Ada has this case already"):
        triage.claim(claimed, by=colleague)
    with pytest.raises(StepRefused, match="You have this case already"):
        triage.claim(claimed, by=advocate)


def test_only_advocates_claim(queued, writer, superuser, auditor, privacy_officer):
    for other in (writer, superuser, auditor, privacy_officer):
        with pytest.raises(NotYours):
            triage.claim(queued, by=other)


def test_an_advocate_who_has_left_claims_nothing(queued, advocate):
    advocate.is_active = False
    advocate.save()
    with pytest.raises(NotYours):
        triage.claim(queued, by=advocate)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_claim_at_once_one_has_it(queued, advocate, colleague):
    at_once = threading.Barrier(2)

    def claim(user):
        try:
            at_once.wait()
            triage.claim(Submission.objects.get(pk=queued.pk), by=user)
            return user
        except StepRefused as refusal:
            return str(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(claim, [advocate, colleague]))
    queued.refresh_from_db()
    assert queued.assignee in results
    assert f"{queued.assignee} has this case already." in results
    assert queued.events.filter(to_state=State.CLAIMED).count() == 1


# Quarantine


def test_an_advocate_lets_a_person_out_of_quarantine(quarantined, advocate):
    triage.release(quarantined, by=advocate)
    quarantined.refresh_from_db()
    assert quarantined.state == State.QUEUED
    assert latest(quarantined).reason == Reason.A_PERSON
    assert quarantined.suspicions == ["no-browser-headers"]


def test_nothing_else_is_released(queued, advocate, writer, quarantined):
    with pytest.raises(StepRefused, match="is not in quarantine"):
        triage.release(queued, by=advocate)
    with pytest.raises(NotYours):
        triage.release(quarantined, by=writer)


def test_what_no_person_sent_is_closed_from_the_quarantine(quarantined, advocate, lead):
    triage.not_a_person(quarantined, by=advocate)
    quarantined.refresh_from_db()
    assert (quarantined.state, quarantined.outcome) == (State.CLOSED, Outcome.SPAM)
    assert latest(quarantined).actor == advocate
    triage.reopen(quarantined, by=lead, reason=Reason.MISTAKE)
    quarantined.refresh_from_db()
    assert quarantined.state == State.QUEUED


def test_nothing_else_is_closed_as_not_from_a_person(queued, claimed, advocate, privacy_officer, quarantined):
    for submission in (queued, claimed):
        with pytest.raises(StepRefused, match="is not in quarantine"):
            triage.not_a_person(submission, by=advocate)
    with pytest.raises(NotYours):
        triage.not_a_person(quarantined, by=privacy_officer)


# Contact


def test_the_first_try_makes_the_case_contacting_and_reaching_makes_it_talking(claimed, advocate):
    called(claimed, advocate)
    assert claimed.state == State.CONTACTING
    called(claimed, advocate, ContactResult.LEFT_MESSAGE)
    assert claimed.state == State.CONTACTING
    called(claimed, advocate, ContactResult.REACHED)
    assert claimed.state == State.TALKING
    assert [a.result for a in claimed.contact_attempts.all()] == ["no_answer", "left_message", "reached"]


def test_reaching_somebody_at_the_first_try_keeps_both_steps_on_record(claimed, advocate):
    called(claimed, advocate, ContactResult.REACHED)
    steps = list(claimed.events.values_list("from_state", "to_state"))[-2:]
    assert steps == [("claimed", "contacting"), ("contacting", "talking")]


def test_a_contact_ends_the_waiting(claimed, advocate):
    called(claimed, advocate)
    for result, state in ((ContactResult.NO_ANSWER, State.CONTACTING), (ContactResult.REACHED, State.TALKING)):
        triage.wait(claimed, by=advocate, until=soon())
        called(claimed, advocate, result)
        claimed.refresh_from_db()
        assert (claimed.state, claimed.next_action_at) == (state, None)


def test_only_the_advocate_who_has_the_case_contacts_the_person(claimed, colleague, lead, queued):
    for other in (colleague, lead):
        with pytest.raises(NotYours):
            called(claimed, other)


# When somebody should try


def test_after_a_try_that_failed_the_next_is_due_within_a_working_day(claimed, advocate):
    for result in set(ContactResult) - {ContactResult.REACHED}:
        called(claimed, advocate, result)
        claimed.refresh_from_db()
        now = timezone.now()
        assert now < claimed.due_at <= after_working_hours(now, 8)


def test_who_was_reached_and_who_waits_for_a_day_is_tried_by_no_hour(claimed, advocate):
    called(claimed, advocate)
    triage.wait(claimed, by=advocate, until=soon())
    claimed.refresh_from_db()
    assert claimed.due_at is None
    called(claimed, advocate)
    assert claimed.due_at
    called(claimed, advocate, ContactResult.REACHED)
    claimed.refresh_from_db()
    assert claimed.due_at is None


def test_a_case_that_waits_may_wait_for_another_day(claimed, advocate):
    called(claimed, advocate)
    triage.wait(claimed, by=advocate, until=soon())
    later = soon() + timedelta(days=9)
    triage.wait(claimed, by=advocate, until=later)
    claimed.refresh_from_db()
    assert (claimed.state, claimed.next_action_at) == (State.WAITING, later)
    assert [event.sentence for event in claimed.events.order_by("-version")[:2]] == [
        "Ada set it to wait.",
        "Ada took it up again.",
    ]


def test_a_case_that_comes_back_to_the_queue_is_due_anew(claimed, advocate, lead):
    first = claimed.due_at
    triage.hand_over(claimed, by=advocate, to=None, reason=Reason.AWAY)
    assert claimed.due_at == first  # nobody has tried yet
    triage.claim(claimed, by=advocate)
    called(claimed, advocate)
    triage.hand_over(claimed, by=advocate, to=None, reason=Reason.AWAY)
    # As a new one of its urgency: sooner than the next try of whoever had it.
    assert timezone.now() < claimed.due_at <= after_working_hours(timezone.now(), 4)
    triage.claim(claimed, by=advocate)
    triage.close(claimed, by=advocate, outcome=Outcome.TEST)
    assert claimed.due_at is None
    triage.reopen(claimed, by=lead, reason=Reason.MISTAKE)
    claimed.refresh_from_db()
    assert claimed.due_at and claimed.due_at > timezone.now()


# Waiting


def test_a_case_waits_until_a_day(claimed, advocate):
    called(claimed, advocate)
    until = soon()
    triage.wait(claimed, by=advocate, until=until)
    claimed.refresh_from_db()
    assert (claimed.state, claimed.next_action_at) == (State.WAITING, until)


@pytest.mark.parametrize("days", [-1, 0, 31, 400])
def test_nobody_waits_longer_than_a_month_or_into_the_past(claimed, advocate, days):
    called(claimed, advocate)
    with pytest.raises(StepRefused, match="at most 30 days away"):
        triage.wait(claimed, by=advocate, until=timezone.now() + timedelta(days=days))


def test_nobody_is_left_waiting_before_the_first_try(claimed, advocate):
    with pytest.raises(StepRefused, match="Try to reach the person first"):
        triage.wait(claimed, by=advocate, until=soon())


# Notes


def test_a_note_is_sealed_and_signed(claimed, advocate):
    triage.add_note(claimed, "Canarynote", by=advocate)
    note = claimed.payloads.get(sequence=2)
    assert (note.kind, note.author) == ("note", advocate)
    assert b"Canarynote" not in bytes(note.ciphertext)


@pytest.mark.parametrize(("words", "says"), [("  \n", "Write the note first"), ("x" * 12_001, "1 letters too long")])
def test_a_note_says_something_and_fits(claimed, advocate, words, says):
    with pytest.raises(StepRefused, match=says):
        triage.add_note(claimed, words, by=advocate)


def test_a_note_stays_when_the_case_changes_hands(claimed, advocate, colleague):
    triage.add_note(claimed, "first", by=advocate)
    triage.hand_over(claimed, by=advocate, to=colleague, reason=Reason.AWAY)
    triage.add_note(claimed, "second", by=colleague)
    assert [note.author for note in claimed.payloads.filter(kind="note")] == [advocate, colleague]


def test_a_lead_may_add_a_note_and_a_colleague_may_not(claimed, colleague, lead):
    triage.add_note(claimed, "from the lead", by=lead)
    with pytest.raises(NotYours, match="Ada has this case"):
        triage.add_note(claimed, "from a colleague", by=colleague)


# Handing over


def test_a_case_is_handed_to_a_colleague_in_the_same_state(claimed, advocate, colleague):
    called(claimed, advocate, ContactResult.REACHED)
    triage.hand_over(claimed, by=advocate, to=colleague, reason=Reason.END_OF_SHIFT)
    claimed.refresh_from_db()
    assert (claimed.state, claimed.assignee) == (State.TALKING, colleague)
    event = latest(claimed)
    assert (event.actor, event.holder, event.reason) == (advocate, colleague, Reason.END_OF_SHIFT)
    with pytest.raises(NotYours):
        triage.add_note(claimed, "too late", by=advocate)


def test_a_waiting_case_keeps_its_day_when_handed_over(claimed, advocate, colleague):
    called(claimed, advocate)
    until = soon()
    triage.wait(claimed, by=advocate, until=until)
    triage.hand_over(claimed, by=advocate, to=colleague, reason=Reason.AWAY)
    claimed.refresh_from_db()
    assert (claimed.state, claimed.next_action_at) == (State.WAITING, until)


@pytest.mark.parametrize("state", HELD)
def test_a_case_goes_back_to_the_queue_from_any_work(claimed, advocate, state):
    if state != State.CLAIMED:
        called(claimed, advocate, ContactResult.REACHED if state == State.TALKING else ContactResult.NO_ANSWER)
    if state == State.WAITING:
        triage.wait(claimed, by=advocate, until=soon())
    triage.hand_over(claimed, by=advocate, to=None, reason=Reason.BETTER_PLACED)
    claimed.refresh_from_db()
    assert (claimed.state, claimed.assignee, claimed.next_action_at) == (State.QUEUED, None, None)


def test_whoever_gets_a_case_from_somebody_else_is_told(claimed, advocate, colleague, lead):
    def told():
        return list(
            OutboxMessage.objects.filter(kind="case-handed-over").values_list("recipient", "reference").order_by("id")
        )

    triage.hand_over(claimed, by=advocate, to=colleague, reason=Reason.AWAY)
    assert told() == [(colleague.pk, claimed.ref)]
    triage.hand_over(claimed, by=lead, to=None, reason=Reason.AWAY)
    assert len(told()) == 1


def test_a_lead_can_take_a_case_off_somebody(claimed, lead, colleague):
    triage.hand_over(claimed, by=lead, to=colleague, reason=Reason.AWAY)
    assert claimed.assignee == colleague


def test_a_hand_over_has_a_reason_and_a_fit_receiver(claimed, advocate, writer, colleague):
    with pytest.raises(StepRefused, match="Choose why"):
        triage.hand_over(claimed, by=advocate, to=colleague, reason=Reason.NONE)
    with pytest.raises(StepRefused, match="is not an advocate"):
        triage.hand_over(claimed, by=advocate, to=writer, reason=Reason.AWAY)
    with pytest.raises(StepRefused, match="has this case already"):
        triage.hand_over(claimed, by=advocate, to=advocate, reason=Reason.AWAY)
    with pytest.raises(NotYours):
        triage.hand_over(claimed, by=colleague, to=colleague, reason=Reason.AWAY)
    colleague.is_active = False
    colleague.save()
    with pytest.raises(StepRefused, match="does not work here any more"):
        triage.hand_over(claimed, by=advocate, to=colleague, reason=Reason.AWAY)


# Closing


def test_a_case_is_closed_with_its_outcome(claimed, advocate):
    triage.close(claimed, by=advocate, outcome=Outcome.HELPED_INFORMATION, unreached=True)
    claimed.refresh_from_db()
    assert (claimed.state, claimed.outcome, claimed.assignee) == (State.CLOSED, "helped_information", None)
    assert claimed.closed_at is not None
    assert latest(claimed).outcome == "helped_information"


def test_a_case_of_somebody_nobody_reached_ends_only_as_what_needs_that_not(claimed, advocate):
    called(claimed, advocate, ContactResult.WRONG_NUMBER)
    for outcome in set(Outcome) - {*triage.WITHOUT_REACHING, Outcome.WITHDRAWN, Outcome.NO_CONTACT_AFTER_CADENCE}:
        with pytest.raises(StepRefused, match="It is not on record that anybody reached them"):
            triage.close(claimed, by=advocate, outcome=outcome)
    called(claimed, advocate, ContactResult.REACHED)
    triage.close(claimed, by=advocate, outcome=Outcome.HELPED_BENEFITS_VA)


def test_tries_of_before_a_case_was_opened_again_do_not_count(claimed, advocate, lead):
    for _ in range(5):
        called(claimed, advocate)
    called(claimed, advocate, ContactResult.REACHED)
    triage.close(claimed, by=advocate, outcome=Outcome.HELPED_INFORMATION)
    triage.reopen(claimed, by=lead, reason=Reason.MISTAKE)
    triage.claim(claimed, by=advocate)
    with pytest.raises(StepRefused, match="It is not on record that anybody reached them"):
        triage.close(claimed, by=advocate, outcome=Outcome.HELPED_INFORMATION)
    called(claimed, advocate)
    with pytest.raises(StepRefused, match="Try 5 more times"):
        triage.close(claimed, by=advocate, outcome=Outcome.NO_CONTACT_AFTER_CADENCE)


def test_who_asked_us_to_stop_is_not_closed_but_recorded(claimed, advocate, lead):
    for by in (advocate, lead):
        with pytest.raises(StepRefused, match="Record it under “What they agreed to”"):
            triage.close(claimed, by=by, outcome=Outcome.WITHDRAWN)


def test_nothing_is_closed_to_which_the_person_added_what_its_advocate_has_not_read(sent, advocate, colleague, lead):
    case = sent.submission
    triage.claim(case, by=advocate)
    called(case, advocate, ContactResult.REACHED)
    open_case(case, by=advocate, purpose=Purpose.WORKING)
    amend({"message": "One more thing."}, code=sent.code)
    open_case(case, by=lead, purpose=Purpose.REVIEW)
    with pytest.raises(StepRefused, match="you have not read it"):
        triage.close(case, by=advocate, outcome=Outcome.TEST)
    open_case(case, by=advocate, purpose=Purpose.WORKING)
    triage.hand_over(case, by=advocate, to=colleague, reason=Reason.AWAY)
    with pytest.raises(StepRefused, match="you have not read it"):
        triage.close(case, by=colleague, outcome=Outcome.HELPED_INFORMATION)
    triage.close(case, by=lead, outcome=Outcome.HELPED_INFORMATION)


def test_what_nobody_opened_for_want_of_the_key_is_not_read(sent, advocate, settings):
    case = sent.submission
    triage.claim(case, by=advocate)
    amend({"message": "One more thing."}, code=sent.code)
    key = settings.DESK_PRIVATE_KEY.read_text()
    settings.DESK_PRIVATE_KEY.unlink()
    for _ in range(2):
        with pytest.raises(ReadingFailed):
            open_case(case, by=advocate, purpose=Purpose.WORKING)
    with pytest.raises(StepRefused, match="you have not read it"):
        triage.close(case, by=advocate, outcome=Outcome.TEST)
    settings.DESK_PRIVATE_KEY.write_text(key)
    open_case(case, by=advocate, purpose=Purpose.WORKING)
    settings.DESK_PRIVATE_KEY.unlink()
    with pytest.raises(ReadingFailed):
        open_case(case, by=advocate, purpose=Purpose.WORKING)
    triage.close(case, by=advocate, outcome=Outcome.TEST)


def test_what_the_sender_of_a_quarantined_request_added_is_opened_before_it_is_closed(db, advocate, lead):
    accepted = accept(answers(), suspicions=("no-browser-headers",))
    case = Submission.objects.get(ref=accepted.reference)
    amend({"message": "I am a person."}, code=accepted.code)
    with pytest.raises(StepRefused, match="Its sender wrote again"):
        triage.not_a_person(case, by=advocate)
    open_case(case, by=lead, purpose=Purpose.QUARANTINE)
    triage.not_a_person(case, by=advocate)


def test_what_will_never_open_keeps_no_case_open(sent, advocate):
    case = sent.submission
    triage.claim(case, by=advocate)
    amend({"message": "One more thing."}, code=sent.code)
    for payload in case.payloads.all():
        damage(payload)
    with pytest.raises(ReadingFailed):
        open_case(case, by=advocate, purpose=Purpose.WORKING)
    triage.close(case, by=advocate, outcome=Outcome.TEST)


def test_only_the_advocate_or_a_lead_closes(claimed, colleague, lead):
    with pytest.raises(NotYours):
        triage.close(claimed, by=colleague, outcome=Outcome.SPAM)
    triage.close(claimed, by=lead, outcome=Outcome.SPAM)


def test_a_queued_case_is_claimed_before_it_is_closed(queued, lead, advocate):
    for user in (lead, advocate):
        with pytest.raises(StepRefused, match="Claim it first"):
            triage.close(queued, by=user, outcome=Outcome.TEST)


def test_not_reached_needs_six_tries_over_ten_days(claimed, advocate):
    with pytest.raises(StepRefused, match="Try 6 more times"):
        triage.close(claimed, by=advocate, outcome=Outcome.NO_CONTACT_AFTER_CADENCE)
    for _ in range(5):
        called(claimed, advocate)
    with pytest.raises(StepRefused, match="Try 1 more time before"):
        triage.close(claimed, by=advocate, outcome=Outcome.NO_CONTACT_AFTER_CADENCE)
    called(claimed, advocate)
    with pytest.raises(StepRefused, match="within 10 days"):
        triage.close(claimed, by=advocate, outcome=Outcome.NO_CONTACT_AFTER_CADENCE)
    ContactAttempt.objects.create(
        submission=claimed, actor=advocate, channel="call", result="no_answer", at=timezone.now() + timedelta(days=11)
    )
    triage.close(claimed, by=advocate, outcome=Outcome.NO_CONTACT_AFTER_CADENCE)


def test_a_lead_opens_a_closed_case_again(claimed, advocate, lead):
    triage.close(claimed, by=advocate, outcome=Outcome.HELPED_INFORMATION, unreached=True)
    with pytest.raises(NotYours):
        triage.reopen(claimed, by=advocate, reason=Reason.NEW_MESSAGE)
    with pytest.raises(StepRefused, match="Choose why"):
        triage.reopen(claimed, by=lead, reason=Reason.NONE)
    triage.reopen(claimed, by=lead, reason=Reason.NEW_MESSAGE)
    claimed.refresh_from_db()
    assert (claimed.state, claimed.outcome, claimed.closed_at) == (State.QUEUED, "", None)


def test_a_case_of_somebody_who_asked_us_to_stop_is_not_opened_again(sent, lead):
    doors.withdraw(sent.code.lookup, "use_to_reply")
    with pytest.raises(StepRefused, match="The person asked us to stop"):
        triage.reopen(sent.submission, by=lead, reason=Reason.MISTAKE)


def test_an_open_case_is_not_opened_again(claimed, lead):
    with pytest.raises(StepRefused, match="is not closed"):
        triage.reopen(claimed, by=lead, reason=Reason.MISTAKE)


# Every step that is not in the table


@pytest.mark.parametrize(
    ("start", "end"),
    [(a, b) for a, b in product(State, State) if a != State.RECEIVED and b not in TRANSITIONS[a]],
)
def test_every_pair_outside_the_table_is_refused(advocate, start, end):
    from .test_database_promises import a_case_in

    submission = a_case_in(start, advocate)
    version = submission.version
    with pytest.raises(TransitionRefused, match=f"{submission.ref} is "):
        submission.move_to(
            end,
            by=advocate,
            holder=submission.assignee or (advocate if end in HELD else None),
            outcome=Outcome.TEST if end == State.CLOSED else None,
            until=soon() if end == State.WAITING else None,
        )
    submission.refresh_from_db()
    assert (submission.state, submission.version) == (start, version)


# Stale screens


def test_a_stale_screen_changes_nothing(claimed, advocate, lead, colleague):
    seen = Screen.of(claimed)
    triage.hand_over(claimed, by=lead, to=colleague, reason=Reason.AWAY, seen=seen)
    steps = [
        lambda: triage.add_note(claimed, "late", by=advocate, seen=seen),
        lambda: triage.close(claimed, by=advocate, outcome=Outcome.TEST, seen=seen),
        lambda: triage.hand_over(claimed, by=advocate, to=None, reason=Reason.AWAY, seen=seen),
        lambda: triage.wait(claimed, by=advocate, until=soon(), seen=seen),
        lambda: triage.log_contact(claimed, by=advocate, channel=Channel.CALL, result=ContactResult.SENT, seen=seen),
    ]
    for step in steps:
        with pytest.raises(StaleScreen, match="changed while you had it open"):
            step()
    assert Screen.of(Submission.objects.get(pk=claimed.pk)) == Screen(seen.version + 1, 1, 0)


def test_a_second_click_saves_nothing_twice(claimed, advocate):
    seen = Screen.of(claimed)
    triage.add_note(claimed, "once", by=advocate, seen=seen)
    with pytest.raises(StaleScreen):
        triage.add_note(claimed, "once", by=advocate, seen=seen)
    called(claimed, advocate, ContactResult.REACHED)
    seen = Screen.of(claimed)
    triage.log_contact(claimed, by=advocate, channel=Channel.TEXT, result=ContactResult.SENT, seen=seen)
    with pytest.raises(StaleScreen):
        triage.log_contact(claimed, by=advocate, channel=Channel.TEXT, result=ContactResult.SENT, seen=seen)
    assert (claimed.payloads.count(), claimed.contact_attempts.count()) == (2, 2)


@pytest.mark.parametrize("text", ["", "1", "1-2", "a-b-c", "1-2-3-4", "-1-2-3", "9" * 30 + "-1-1", "１-1-1"])
def test_a_screen_that_cannot_be_read_is_stale(text):
    assert Screen.read(text) == Screen(0, 0, 0)


def test_a_screen_reads_what_it_writes():
    assert Screen.read(str(Screen(4, 2, 1))) == Screen(4, 2, 1)


def test_every_event_reads_as_a_sentence(claimed, advocate, colleague, lead):
    called(claimed, advocate, ContactResult.REACHED)
    triage.wait(claimed, by=advocate, until=soon())
    triage.hand_over(claimed, by=advocate, to=colleague, reason=Reason.AWAY)
    triage.close(claimed, by=colleague, outcome=Outcome.HELPED_BENEFITS_VA)
    triage.reopen(claimed, by=lead, reason=Reason.NEW_MESSAGE)
    new = new_request(suspicions=("hidden-field-filled",), message="other")
    triage.release(new, by=lead)
    sentences = [event.sentence for event in (*claimed.events.all(), *new.events.all())]
    assert sentences == [
        "The request was received.",
        "Put in the queue.",
        "Ada claimed it.",
        "Ada tried to reach the person.",
        "Ada reached the person.",
        "Ada set it to wait.",
        "Ada handed it to Ben (away or unwell).",
        "Ben closed it: Helped with benefits or VA.",
        "Lea opened the case again (the person wrote again).",
        "The request was received.",
        "Put in quarantine.",
        "Lea released it from quarantine (a person sent this).",
    ]
