"""What PostgreSQL itself refuses, whoever writes and however: raw SQL, bulk_create, update()."""

import uuid
from itertools import product

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from caseintake import triage
from caseintake.models import (
    TRANSITIONS,
    AccessEvent,
    CaseEvent,
    Channel,
    ConsentEvent,
    ConsentText,
    ContactAttempt,
    ContactResult,
    DataKey,
    Erasure,
    Outcome,
    PayloadKind,
    PersonCopy,
    Purpose,
    Reason,
    SealedPayload,
    State,
    Submission,
)
from caseintake.references import new_reference
from tests.conftest import without_triggers
from tests.refusing import refused

from .conftest import new_request, words_in_force

pytestmark = pytest.mark.django_db


def sql(statement, *values):
    """Run it past the ORM, and check at once what a commit would check."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
    connection.check_constraints()


# Submission


def unsaved(**fields):
    return Submission(
        **{"ref": new_reference(), "need": "other", "priority": 3, "priority_reasons": ["general-question"]} | fields
    )


def test_a_new_request_starts_as_received():
    for fields in ({"state": State.QUEUED}, {"version": 2}):
        with refused("starts as received"):
            Submission.objects.bulk_create([unsaved(**fields)])


def test_a_request_cannot_be_stored_without_its_words_consent_and_event(queued):
    with refused("comes with what the person wrote"):
        unsaved().save()
        connection.check_constraints()
    with refused("comes with the consent"):
        bare = unsaved()
        bare.save()
        copy_words(queued, bare)
        connection.check_constraints()
    with refused("needs its case event"):
        bare = unsaved()
        bare.save()
        copy_words(queued, bare)
        text = words_in_force()
        ConsentEvent.objects.create(
            submission=bare, kind=text.kind, action="granted", text=text, shown_sha256=text.sha256
        )
        connection.check_constraints()


def copy_words(of, to):
    source = of.payloads.get()
    payload = SealedPayload.objects.create(
        submission=to, sequence=1, kind=PayloadKind.ORIGINAL, ciphertext=source.ciphertext
    )
    DataKey.objects.create(
        payload=payload,
        desk_key_id=source.data_key.desk_key_id,
        wrapped_for_desk=source.data_key.wrapped_for_desk,
    )


def columns_for(state, user):
    """What the checks of a state ask for, so that only the transition itself can be refused."""
    held = state in (State.CLAIMED, State.CONTACTING, State.TALKING, State.WAITING)
    closed = state == State.CLOSED
    return {
        "state": state,
        "assignee": user if held else None,
        "outcome": Outcome.TEST if closed else "",
        "closed_at": timezone.now() if closed else None,
        "next_action_at": timezone.now() if state == State.WAITING else None,
    }


WAYS_TO = {
    State.QUEUED: [],
    State.CLAIMED: [State.CLAIMED],
    State.CONTACTING: [State.CLAIMED, State.CONTACTING],
    State.TALKING: [State.CLAIMED, State.CONTACTING, State.TALKING],
    State.WAITING: [State.CLAIMED, State.CONTACTING, State.WAITING],
    State.CLOSED: [State.CLAIMED, State.CLOSED],
    State.DISPOSED: [],
}


def a_case_in(state, user):
    if state == State.QUARANTINED:
        return new_request(suspicions=("hidden-field-filled",))
    submission = new_request()
    for step in WAYS_TO[state]:
        if step == State.CONTACTING:
            ContactAttempt.objects.create(
                submission=submission, actor=user, channel=Channel.CALL, result=ContactResult.REACHED
            )
        submission.move_to(
            step,
            by=user,
            holder=user if step != State.CLOSED else None,
            outcome=Outcome.TEST if step == State.CLOSED else None,
            until=timezone.now() if step == State.WAITING else None,
        )
    if state == State.DISPOSED:
        destroy(submission)
    return submission


def destroy(submission):
    """Erase it, as a person does with their private code."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT intake_destroy(%s, 'person')", [submission.pk])
    submission.refresh_from_db()


STARTS = [state for state in State if state != State.RECEIVED]  # no committed row stays in received


@pytest.mark.parametrize(
    ("start", "end"),
    [(a, b) for a, b in product(STARTS, State) if a != b and b not in TRANSITIONS[a]],
)
def test_a_step_that_is_not_in_the_table_is_refused(advocate, start, end):
    submission = a_case_in(start, advocate)
    suspicions = ["hidden-field-filled"]
    with refused(f"cannot go from {start.value} to {end.value}"):
        Submission.objects.filter(pk=submission.pk).update(
            **columns_for(end, advocate), version=submission.version + 1, suspicions=suspicions
        )
    with refused(f"cannot go from {start.value} to {end.value}"):
        sql(
            "UPDATE caseintake_submission SET state = %s, version = version + 1 WHERE id = %s",
            end.value,
            submission.pk,
        )


@pytest.mark.parametrize(("start", "end"), [(a, b) for a in STARTS for b in TRANSITIONS[a]])
def test_each_step_of_the_table_needs_its_event(advocate, start, end):
    submission = a_case_in(start, advocate)
    if not submission.contact_attempts.exists() and submission.is_held:
        ContactAttempt.objects.create(
            submission=submission, actor=advocate, channel=Channel.CALL, result=ContactResult.REACHED
        )
    with refused("needs its case event"):
        Submission.objects.filter(pk=submission.pk).update(**columns_for(end, advocate), version=submission.version + 1)
        connection.check_constraints()


def test_a_hand_over_needs_its_event(claimed, colleague):
    with refused("needs its case event"):
        Submission.objects.filter(pk=claimed.pk).update(assignee=colleague, version=claimed.version + 1)
        connection.check_constraints()


def test_a_step_counts_the_version_up_and_nothing_else_does(claimed, colleague):
    with refused("counts its version up by one"):
        Submission.objects.filter(pk=claimed.pk).update(assignee=colleague)
    with refused("counts its version up by one"):
        Submission.objects.filter(pk=claimed.pk).update(assignee=colleague, version=claimed.version + 2)
    with refused("only a step"):
        Submission.objects.filter(pk=claimed.pk).update(version=claimed.version + 1)


def test_a_claimed_case_has_an_advocate_and_a_queued_one_has_none(queued, claimed, advocate):
    other = new_request(message="another")
    with refused("a_case_in_work_has_an_advocate"):
        sql("UPDATE caseintake_submission SET state = 'claimed', version = version + 1 WHERE id = %s", other.pk)
    with refused("a_case_in_work_has_an_advocate"):
        sql("UPDATE caseintake_submission SET assignee_id = NULL, version = version + 1 WHERE id = %s", claimed.pk)
    with refused("a_case_in_work_has_an_advocate"):
        Submission.objects.filter(pk=other.pk).update(assignee=advocate, version=other.version + 1)


def test_somebody_who_has_left_cannot_hold_a_case(queued, colleague):
    colleague.is_active = False
    colleague.save()
    with refused("held only by someone who works here"):
        Submission.objects.filter(pk=queued.pk).update(
            state=State.CLAIMED, assignee=colleague, version=queued.version + 1
        )


def test_contacting_and_talking_need_an_attempt(claimed, advocate):
    with refused("needs a contact attempt"):
        Submission.objects.filter(pk=claimed.pk).update(state=State.CONTACTING, version=claimed.version + 1)
    triage.log_contact(claimed, by=advocate, channel=Channel.CALL, result=ContactResult.NO_ANSWER)
    with refused("needs a contact attempt"):
        Submission.objects.filter(pk=claimed.pk).update(state=State.TALKING, version=claimed.version + 1)


@pytest.mark.parametrize(
    "columns",
    [
        {"outcome": ""},
        {"outcome": "vanished"},
        {"closed_at": None},
    ],
)
def test_a_closed_case_has_a_known_outcome_and_a_time(claimed, columns, advocate):
    whole = columns_for(State.CLOSED, advocate) | {"version": claimed.version + 1}
    with refused("a_closed_case_has_an_outcome_and_a_time"):
        Submission.objects.filter(pk=claimed.pk).update(**whole | columns)


def test_an_open_case_has_no_outcome(queued):
    for columns in ({"outcome": Outcome.SPAM}, {"closed_at": timezone.now()}):
        with refused("a_closed_case_has_an_outcome_and_a_time"):
            Submission.objects.filter(pk=queued.pk).update(**columns)


def test_a_waiting_case_says_until_when_and_no_other_does(claimed, advocate):
    triage.log_contact(claimed, by=advocate, channel=Channel.CALL, result=ContactResult.NO_ANSWER)
    with refused("a_waiting_case_says_until_when"):
        Submission.objects.filter(pk=claimed.pk).update(state=State.WAITING, version=claimed.version + 1)
    with refused("a_waiting_case_says_until_when"):
        Submission.objects.filter(pk=claimed.pk).update(next_action_at=timezone.now())


@pytest.mark.parametrize("priority", [-1, 5, 100])
def test_priority_runs_from_0_to_4(queued, priority):
    with refused("priority_runs_from_0_to_4|priority_check"):
        sql("UPDATE caseintake_submission SET priority = %s WHERE id = %s", priority, queued.pk)


def test_a_priority_says_why(queued):
    with refused("a_priority_says_why"):
        Submission.objects.filter(pk=queued.pk).update(priority_reasons=[])


def test_a_quarantined_case_says_why(quarantined):
    with refused("a_quarantined_case_says_why"):
        Submission.objects.filter(pk=quarantined.pk).update(suspicions=[])


@pytest.mark.parametrize("ref", ["CR-1", "cr-12345-67890", "CR-1234I-67890", "CR-12345-6789U", ""])
def test_a_reference_has_the_agreed_form(ref):
    with refused("a_reference_reads"):
        Submission.objects.bulk_create([unsaved(ref=ref)])


def test_two_requests_never_share_a_reference(queued):
    with refused("unique"):
        Submission.objects.bulk_create([unsaved(ref=queued.ref)])


def test_unknown_needs_and_states_are_refused(queued):
    with refused("a_case_has_a_known_need"):
        Submission.objects.bulk_create([unsaved(need="ransom")])
    with refused("cannot go from queued to lost"):
        sql("UPDATE caseintake_submission SET state = 'lost', version = version + 1 WHERE id = %s", queued.pk)
    with refused("a_case_is_in_a_known_state"), transaction.atomic(), without_triggers("caseintake_submission"):
        Submission.objects.filter(pk=queued.pk).update(state="lost")


@pytest.mark.parametrize(
    "columns",
    [{"ref": new_reference()}, {"received_at": timezone.now()}, {"need": "other"}, {"id": uuid.uuid4()}],
)
def test_reference_time_and_need_never_change(queued, columns):
    with refused("never change"):
        Submission.objects.filter(pk=queued.pk).update(**columns)


def test_a_fingerprint_can_be_forgotten_and_nothing_else(queued):
    with refused("only be forgotten"):
        Submission.objects.filter(pk=queued.pk).update(fingerprint=b"another")
    assert Submission.objects.filter(pk=queued.pk).update(fingerprint=None) == 1
    with refused("only be forgotten"):
        Submission.objects.filter(pk=queued.pk).update(fingerprint=b"again")


def test_a_request_is_never_deleted(queued):
    with refused("never deleted"):
        sql("DELETE FROM caseintake_submission WHERE id = %s", queued.pk)


# What is only ever added to


@pytest.fixture
def worked(claimed, advocate):
    """A case with a row in every table."""
    from caseintake import reading

    triage.log_contact(claimed, by=advocate, channel=Channel.CALL, result=ContactResult.REACHED)
    triage.add_note(claimed, "a note", by=advocate)
    reading.open_case(claimed, by=advocate, purpose=Purpose.WORKING)
    return claimed


@pytest.mark.parametrize(
    ("model", "column", "value", "says"),
    [
        (SealedPayload, "sequence", 9, "a sealed payload never changes"),
        (SealedPayload, "ciphertext", b"", "a sealed payload never changes"),
        (CaseEvent, "reason", "mistake", "record of a case is only ever added to"),
        (ContactAttempt, "result", "reached", "contact attempts are only ever added to"),
        (ConsentEvent, "shown_sha256", "0" * 64, "record of consent is only ever added to"),
        (AccessEvent, "purpose", "review", "record of readings is only ever added to"),
    ],
)
def test_ledgers_and_sealed_words_are_only_added_to(worked, model, column, value, says):
    table = model._meta.db_table
    with refused(says):
        model.objects.update(**{column: value})
    with refused(says):
        sql(f"UPDATE {table} SET {column} = %s", value)
    with refused(says):
        sql(f"DELETE FROM {table}")


# Sealed words and their keys


def test_a_payload_has_one_of_the_three_sealed_sizes(queued):
    for words in (b"I have mesothelioma and my number is 212 555 0199", b"", b"x" * 4096):
        with refused("stored_sealed_and_padded"):
            SealedPayload.objects.bulk_create(
                [SealedPayload(submission=queued, sequence=2, kind=PayloadKind.ORIGINAL, ciphertext=words)]
            )


def test_a_payload_comes_with_its_key(queued, advocate):
    envelope = queued.payloads.get().ciphertext
    with refused("comes with its data key"):
        SealedPayload.objects.bulk_create(
            [SealedPayload(submission=queued, sequence=2, kind=PayloadKind.NOTE, author=advocate, ciphertext=envelope)]
        )
        connection.check_constraints()


@pytest.mark.parametrize(
    "fields",
    [{"sequence": 2, "kind": "original"}, {"sequence": 2, "kind": "note"}, {"sequence": 1, "kind": "amendment"}],
)
def test_first_the_request_then_additions_and_signed_notes(queued, fields):
    envelope = queued.payloads.get().ciphertext
    with refused("first_the_request_then_additions_and_signed_notes"):
        SealedPayload.objects.bulk_create([SealedPayload(submission=queued, ciphertext=envelope, **fields)])


def test_a_data_key_is_wrapped_and_nothing_else(queued):
    for wrapped in (b"readable", b"x" * 100_000):
        with refused("a_data_key_is_stored_wrapped"), without_triggers("caseintake_datakey"):
            DataKey.objects.update(wrapped_for_desk=wrapped)


def test_a_request_is_judged_in_a_few_codes(queued):
    for name in ("priority_reasons", "suspicions"):
        with refused("a_request_is_judged_in_a_few_codes"):
            Submission.objects.update(**{name: ["code"] * 41})


def test_no_number_is_given_twice(queued):
    envelope = queued.payloads.get().ciphertext
    with refused("one_sealed_payload_per_number"):
        SealedPayload.objects.bulk_create(
            [SealedPayload(submission=queued, sequence=1, kind=PayloadKind.ORIGINAL, ciphertext=envelope)]
        )


def test_a_data_key_can_be_wrapped_anew_but_not_moved_or_deleted(queued, quarantined):
    key = DataKey.objects.get(payload__submission=queued)
    new_id = "ab" * 16
    again = bytes(key.wrapped_for_desk[:1]) + bytes.fromhex(new_id) + bytes(key.wrapped_for_desk[17:])
    assert DataKey.objects.filter(pk=key.pk).update(wrapped_for_desk=again, desk_key_id=new_id) == 1
    with refused("stays with its payload"):
        DataKey.objects.filter(pk=key.pk).update(payload=uuid.uuid4())
    with refused("goes only with an erasure on record"):
        sql("DELETE FROM caseintake_datakey WHERE payload_id = %s", key.pk)


def test_a_wrapped_key_names_its_desk_key(queued):
    for columns in ({"desk_key_id": "cd" * 16}, {"wrapped_for_desk": b"short"}):
        with refused("names the desk key"):
            DataKey.objects.filter(payload__submission=queued).update(**columns)
    with refused("."):
        DataKey.objects.filter(payload__submission=queued).update(desk_key_id="not a hash")


# Consent


def test_published_words_of_consent_never_change(queued):
    for columns in ({"body": "I agree to everything."}, {"version": 7}, {"sha256": "0" * 64}, {"kind": "x"}):
        with refused("never changes"):
            ConsentText.objects.update(**columns)
    with refused("never changes"):
        sql("DELETE FROM caseintake_consenttext")


def test_words_of_consent_are_retired_once(queued):
    assert ConsentText.objects.update(retired_at=timezone.now()) == 2
    with refused("never changes"):
        ConsentText.objects.update(retired_at=None)


def test_the_hash_of_consent_is_that_of_its_words(db):
    with refused("hash of a consent text"):
        ConsentText.objects.bulk_create(
            [
                ConsentText(
                    kind="use_to_reply", version=9, body="Other words.", sha256="0" * 64, retired_at=timezone.now()
                )
            ]
        )


def test_one_text_is_in_force(db):
    with refused("one_consent_text_in_force_per_kind"):
        ConsentText(kind="use_to_reply", version=9, body="Other words.").save()
    with refused("one_consent_text_per_version"):
        ConsentText(kind="use_to_reply", version=1, body="Other words.", retired_at=timezone.now()).save()
    with refused("a_consent_text_has_a_known_kind"):
        ConsentText(kind="sell_my_data", version=1, body="Other words.").save()


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"shown_sha256": "0" * 64}, "the very words that were shown"),
        ({"unticked_when_shown": False}, "ticking_an_empty_box"),
        ({"action": "assumed"}, "a_consent_has_a_known_action"),
        ({"kind": "newsletter"}, "the very words that were shown"),
    ],
)
def test_consent_is_to_published_words_by_an_empty_box(queued, columns, says):
    text = words_in_force()
    whole = {"kind": text.kind, "action": "granted", "text": text, "shown_sha256": text.sha256}
    with refused(says):
        ConsentEvent.objects.bulk_create([ConsentEvent(submission=queued, **whole | columns)])


def withdrawn(submission, kind="use_to_reply"):
    """A withdrawal of the consent of this kind in force."""
    text = ConsentText.objects.get(kind=kind, retired_at__isnull=True)
    return ConsentEvent(
        submission=submission,
        kind=kind,
        action="withdrawn",
        text=text,
        shown_sha256=text.sha256,
        unticked_when_shown=False,
        method="private-code",
    )


def test_only_the_consent_that_was_given_last_is_withdrawn(queued):
    with refused("what is withdrawn is the consent that was given last"):
        ConsentEvent.objects.bulk_create([withdrawn(queued, "auto_call_text")])
    ConsentEvent.objects.bulk_create([withdrawn(queued)])
    with refused("what is withdrawn is the consent that was given last"):
        ConsentEvent.objects.bulk_create([withdrawn(queued)])


# The person's own copy, and erasure


def test_a_copy_is_kept_locked_and_found_by_a_hash(queued):
    envelope = bytes(queued.payloads.get().ciphertext)
    for columns, says in (
        ({"ciphertext": b"The words of a person."}, "a_copy_is_stored_locked_and_padded"),
        ({"lookup_hash": b"the code itself"}, "a_private_code_is_kept_as_a_hash"),
    ):
        whole = {"lookup_hash": b"h" * 32, "ciphertext": envelope} | columns
        with refused(says):
            PersonCopy.objects.bulk_create([PersonCopy(submission=queued, **whole)])


def test_a_code_opens_one_request_and_its_copy_stays(sent, quarantined):
    copy = PersonCopy.objects.get(submission=sent.submission)
    with refused("a private code opens one request"):
        PersonCopy.objects.bulk_create(
            [PersonCopy(submission=quarantined, lookup_hash=copy.lookup_hash, ciphertext=copy.ciphertext)]
        )
    with refused("a copy stays as it is until it is erased"):
        PersonCopy.objects.filter(pk=copy.pk).update(submission=quarantined)
    with refused("a copy stays as it is until it is erased"):
        sql("DELETE FROM caseintake_personcopy WHERE id = %s", copy.pk)


def test_an_erasure_is_whole_or_not_at_all(queued):
    with refused("an erasure destroys every key and every copy"):
        Erasure.objects.bulk_create([Erasure(submission=queued, cause="person")])
        connection.check_constraints()
    with refused("what is erased is out of work"):
        Erasure.objects.bulk_create([Erasure(submission=queued, cause="person")])
        sql("DELETE FROM caseintake_datakey; DELETE FROM caseintake_personcopy")
    with refused("a request is erased only with an erasure on record"):
        queued.move_to(State.DISPOSED, by=None, reason=Reason.PERSON_ASKED)
        connection.check_constraints()
    with refused("an_erasure_has_a_known_cause"):
        Erasure.objects.bulk_create([Erasure(submission=queued, cause="whim")])


def test_what_was_erased_stays_so(gone):
    submission, envelope = gone.submission, bytes(gone.submission.payloads.get().ciphertext)
    with refused("an erasure stays on record"):
        Erasure.objects.update(cause="restored")
    with refused("an erasure stays on record"):
        sql("DELETE FROM caseintake_erasure")
    with refused("nothing is added to a request that was erased"):
        SealedPayload.objects.bulk_create(
            [SealedPayload(submission=submission, sequence=2, kind=PayloadKind.AMENDMENT, ciphertext=envelope)]
        )
    with refused("no copy is kept of a request that was erased"):
        PersonCopy.objects.bulk_create([PersonCopy(submission=submission, lookup_hash=b"h" * 32, ciphertext=envelope)])


# Events, attempts, readings


@pytest.mark.parametrize(
    "columns",
    [
        {"version": 9},
        {"version": 2},
        {"from_state": State.CLAIMED},
    ],
)
def test_case_events_follow_one_another(queued, columns):
    whole = {"version": queued.version + 1, "from_state": State.QUEUED, "to_state": State.CLAIMED}
    with refused("without a gap"):
        CaseEvent.objects.bulk_create([CaseEvent(submission=queued, **whole | columns)])


def test_an_event_has_a_number_of_its_own_and_a_known_reason(queued):
    last = queued.events.latest("version")
    with (
        refused("one_case_event_for_each_step"),
        transaction.atomic(),
        without_triggers("caseintake_caseevent"),
    ):
        CaseEvent.objects.bulk_create(
            [CaseEvent(submission=queued, version=last.version, to_state=State.QUEUED, reason=last.reason)]
        )
    with (
        refused("a_case_event_has_a_known_reason"),
        transaction.atomic(),
        without_triggers("caseintake_caseevent"),
    ):
        CaseEvent.objects.filter(pk=last.pk).update(reason="whim")


def test_a_reading_has_a_known_purpose_and_result(worked):
    for columns in ({"purpose": "curiosity"}, {"result": "peeked"}):
        with (
            refused("a_reading_has_a_known_purpose|a_reading_has_a_known_result"),
            transaction.atomic(),
            without_triggers("caseintake_accessevent"),
        ):
            AccessEvent.objects.update(**columns)


def test_a_consent_has_a_known_kind(queued):
    with (
        refused("a_consent_has_a_known_kind"),
        transaction.atomic(),
        without_triggers("caseintake_consentevent"),
    ):
        ConsentEvent.objects.update(kind="sell_my_data")


def consent_event(submission, **columns):
    text = words_in_force()
    whole = {"kind": text.kind, "action": "withdrawn", "text": text, "shown_sha256": text.sha256}
    return ConsentEvent(submission=submission, **whole | {"method": "private-code"} | columns)


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"method": "staff", "told_by": "call"}, "a_consent_says_how_it_came_to_us"),
        ({"method": "dream"}, "a_consent_says_how_it_came_to_us"),
        ({"told_by": "call"}, "what_staff_wrote_down_says_how_they_were_told"),
    ],
)
def test_a_consent_says_how_it_came_to_us(queued, columns, says):
    with refused(says):
        ConsentEvent.objects.bulk_create([consent_event(queued, **columns)])


def test_what_staff_wrote_down_names_them_and_how_they_were_told(queued, advocate):
    for told_by in ("", "dove"):
        with refused("what_staff_wrote_down_says_how_they_were_told"):
            ConsentEvent.objects.bulk_create([consent_event(queued, method="staff", actor=advocate, told_by=told_by)])
    with refused("a_consent_says_how_it_came_to_us"):
        ConsentEvent.objects.bulk_create([consent_event(queued, actor=advocate)])


def test_only_the_consent_that_was_given_last_is_taken_back(queued):
    ConsentEvent.objects.bulk_create([consent_event(queued)])
    with refused("what is withdrawn is the consent that was given last"):
        ConsentEvent.objects.bulk_create([consent_event(queued)])


def test_an_event_without_its_step_is_refused(queued, advocate):
    with refused("needs its case event"):
        CaseEvent.objects.bulk_create(
            [
                CaseEvent(
                    submission=queued,
                    version=queued.version + 1,
                    from_state=State.QUEUED,
                    to_state=State.CLAIMED,
                    holder=advocate,
                )
            ]
        )
        connection.check_constraints()


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"reason": "because"}, "known_reason"),
        ({"to_state": State.CLOSED}, "a_closing_event_has_an_outcome"),
        ({"outcome": Outcome.SPAM}, "a_closing_event_has_an_outcome"),
    ],
)
def test_case_events_use_known_codes(queued, columns, says):
    whole = {"version": queued.version + 1, "from_state": State.QUEUED, "to_state": State.CLAIMED}
    with refused(says):
        CaseEvent.objects.bulk_create([CaseEvent(submission=queued, **whole | columns)])


def test_the_time_of_an_event_is_the_clock_of_the_database(queued):
    long_ago = timezone.now().replace(year=2001)
    with transaction.atomic():
        event = CaseEvent(
            submission=queued, version=queued.version + 1, from_state=State.QUEUED, to_state=State.QUEUED, at=long_ago
        )
        CaseEvent.objects.bulk_create([event])
        assert CaseEvent.objects.get(pk=event.pk).at.year >= 2026
        transaction.set_rollback(True)


def test_people_are_contacted_only_while_an_advocate_has_the_case(queued, advocate):
    with refused("only while an advocate has the case"):
        ContactAttempt.objects.bulk_create(
            [ContactAttempt(submission=queued, actor=advocate, channel="call", result="reached")]
        )


def attempt(submission, by, **columns):
    whole = {"actor": by, "channel": "call", "result": "no_answer"}
    return ContactAttempt.objects.bulk_create([ContactAttempt(submission=submission, **whole | columns)])


def test_nobody_is_contacted_after_they_asked_us_to_stop(claimed, advocate):
    ConsentEvent.objects.bulk_create([consent_event(claimed)])
    for channel in Channel.values:
        with refused("nobody is contacted who asked us to stop"):
            attempt(claimed, advocate, channel=channel)


def test_a_machine_calls_and_texts_only_with_a_consent_to_it(claimed, advocate):
    auto = ConsentText.objects.get(kind="auto_call_text", retired_at__isnull=True)
    answer = {"kind": auto.kind, "text": auto, "shown_sha256": auto.sha256}
    for channel in ("call", "text"):
        with refused("an automated call or text needs a consent to it that was not withdrawn"):
            attempt(claimed, advocate, channel=channel, automated=True)
    ConsentEvent.objects.bulk_create([consent_event(claimed, action="granted", method="form", **answer)])
    attempt(claimed, advocate, automated=True)
    ConsentEvent.objects.bulk_create([consent_event(claimed, **answer)])
    with refused("an automated call or text needs a consent to it that was not withdrawn"):
        attempt(claimed, advocate, automated=True)
    attempt(claimed, advocate)
    attempt(claimed, advocate, channel="email", automated=True)


@pytest.mark.parametrize("columns", [{"channel": "pigeon"}, {"result": "maybe"}])
def test_contact_attempts_use_known_codes(claimed, advocate, columns):
    whole = {"actor": advocate, "channel": "call", "result": "reached"}
    with refused("an_attempt_has_a_known"):
        ContactAttempt.objects.bulk_create([ContactAttempt(submission=claimed, **whole | columns)])


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"actor": None}, "a_reading_by_staff_names_them"),
        ({"actor_kind": "system"}, "a_reading_by_staff_names_them"),
        ({"actor_kind": "ghost"}, "a_reading_by_staff_names_them"),
        ({"purpose": "curious"}, "known_purpose"),
        ({"result": "perhaps"}, "known_result"),
    ],
)
def test_readings_name_who_why_and_what_came_of_it(claimed, advocate, columns, says):
    whole = {
        "actor": advocate, "actor_kind": "staff", "role": "advocate", "payloads": 1, "purpose": "working",
        "result": "opened",
    }  # fmt: skip
    with refused(says):
        AccessEvent.objects.bulk_create([AccessEvent(submission=claimed, **whole | columns)])


def test_readings_are_chained_whatever_the_writer_says(worked, advocate):
    first = AccessEvent.objects.get()
    AccessEvent.objects.bulk_create(
        [
            AccessEvent(
                submission=worked, actor=advocate, actor_kind="staff", role="x", payloads=1, purpose="working",
                result="opened", sequence=500, previous_hash="f" * 64, hash="e" * 64,
            )
        ]
    )  # fmt: skip
    second = AccessEvent.objects.get(role="x")
    assert second.sequence == first.sequence + 1
    assert second.previous_hash == first.hash
    assert second.hash != "e" * 64


def test_staff_who_left_traces_cannot_be_removed(worked, advocate):
    with pytest.raises(DatabaseError), transaction.atomic():
        sql("DELETE FROM mesoinfo_user WHERE id = %s", advocate.pk)


# Erasure


def test_a_request_is_erased_only_on_record_and_wholly(queued):
    with refused("a request is erased only with an erasure on record"):
        queued.move_to(State.DISPOSED, by=None)
        connection.check_constraints()
    with refused("an erasure destroys every key and every copy"):
        sql("INSERT INTO caseintake_erasure (submission_id, cause) VALUES (%s, 'person')", queued.pk)
    with refused("an erasure destroys every key and every copy"):
        sql("INSERT INTO caseintake_erasure (submission_id, cause) VALUES (%s, 'person')", queued.pk)
        sql("DELETE FROM caseintake_datakey")
    with refused("an_erasure_has_a_known_cause"):
        sql("INSERT INTO caseintake_erasure (submission_id, cause) VALUES (%s, 'whim')", queued.pk)


def test_what_is_erased_is_out_of_work(queued):
    with refused("what is erased is out of work"), connection.cursor() as cursor:
        cursor.execute("INSERT INTO caseintake_erasure (submission_id, cause) VALUES (%s, 'person')", [queued.pk])
        cursor.execute("DELETE FROM caseintake_datakey")
        cursor.execute("DELETE FROM caseintake_personcopy")
        connection.check_constraints()


def test_an_erasure_stays_and_nothing_comes_back(queued):
    [copy] = queued.copies.all()
    source = queued.payloads.get()
    sql("SELECT intake_erase_again(%s)", queued.pk)
    for change in ("UPDATE caseintake_erasure SET cause = 'person'", "DELETE FROM caseintake_erasure"):
        with refused("an erasure stays on record"):
            sql(change)
    with refused("nothing is added to a request that was erased"):
        SealedPayload.objects.bulk_create(
            [SealedPayload(submission=queued, sequence=2, kind="amendment", ciphertext=source.ciphertext)]
        )
    with refused("no copy is kept of a request that was erased"):
        type(copy).objects.bulk_create([copy])


def test_a_copy_stays_as_it_is_until_it_is_erased(queued):
    for change in ("UPDATE caseintake_personcopy SET schema = 2", "DELETE FROM caseintake_personcopy"):
        with refused("a copy stays as it is until it is erased"):
            sql(change)


def test_a_private_code_opens_one_request_and_is_kept_as_a_hash(queued):
    [copy] = queued.copies.all()
    other = new_request(message="Another one")

    def another(**columns):
        whole = {"submission": queued, "lookup_hash": copy.lookup_hash, "ciphertext": copy.ciphertext}
        type(copy).objects.bulk_create([type(copy)(**whole | columns)])

    another()
    with refused("a private code opens one request"):
        another(submission=other)
    with refused("a_private_code_is_kept_as_a_hash"):
        another(lookup_hash=b"short")
    with refused("a_copy_is_stored_locked_and_padded"):
        another(ciphertext=b"readable")
