"""Withdrawal: a person tells us that they take a consent back, and whoever hears it writes it down."""

from __future__ import annotations

import pytest
from django.core import mail

from caseintake import doors, triage
from caseintake.accept import accept
from caseintake.consent import agrees_to, last_said
from caseintake.models import (
    Channel,
    ConsentEvent,
    ConsentKind,
    ContactResult,
    Outcome,
    Reason,
    State,
    Submission,
)
from caseintake.triage import NotYours, StepRefused
from mesoinfo import outbox
from mesoinfo.models import SiteSettings

from .conftest import answers, new_request
from .test_desk import address, press, sign_in, text_of

pytestmark = pytest.mark.django_db

USE, AUTO = ConsentKind.USE_TO_REPLY, ConsentKind.AUTO_CALL_TEXT


@pytest.fixture
def automatic(site):
    """The site makes automatic calls, so the form asks whether it may."""
    SiteSettings.objects.update(makes_automatic_calls=True)


def held_by(advocate, **changes) -> Submission:
    submission = new_request(**changes)
    triage.claim(submission, by=advocate)
    return submission


def in_state(state: State, advocate) -> Submission:
    if state == State.QUARANTINED:
        return new_request(suspicions=("hidden-field-filled",))
    submission = new_request()
    if state != State.QUEUED:
        triage.claim(submission, by=advocate)
    if state == State.TALKING:
        triage.log_contact(submission, by=advocate, channel=Channel.CALL, result=ContactResult.REACHED)
    if state == State.CLOSED:
        triage.close(submission, by=advocate, outcome=Outcome.HELPED_INFORMATION, unreached=True)
    return submission


def test_it_is_on_record_with_the_words_who_wrote_it_down_and_how_they_were_told(claimed, advocate):
    triage.record_withdrawal(claimed, USE, told_by=Channel.CALL, by=advocate)
    given, taken_back = ConsentEvent.objects.filter(submission=claimed).order_by("id")
    assert (taken_back.action, taken_back.method, taken_back.actor) == ("withdrawn", "staff", advocate)
    assert taken_back.told_by == "call"
    assert (taken_back.text, taken_back.shown_sha256) == (given.text, given.shown_sha256)
    assert not agrees_to(claimed, USE)


@pytest.mark.parametrize("state", [State.QUARANTINED, State.QUEUED, State.CLAIMED, State.TALKING])
def test_without_the_consent_to_reply_the_case_is_closed_wherever_it_stands(advocate, lead, state):
    submission = in_state(state, advocate)
    triage.record_withdrawal(submission, USE, told_by=Channel.LETTER, by=lead)
    submission.refresh_from_db()
    assert (submission.state, submission.outcome, submission.assignee) == (State.CLOSED, Outcome.WITHDRAWN, None)
    event = submission.events.latest("version")
    assert (event.actor, event.reason) == (lead, Reason.CONSENT_WITHDRAWN)


def test_a_closed_case_keeps_how_it_ended(advocate, lead):
    submission = in_state(State.CLOSED, advocate)
    triage.record_withdrawal(submission, USE, told_by=Channel.EMAIL, by=lead)
    submission.refresh_from_db()
    assert (submission.state, submission.outcome) == (State.CLOSED, Outcome.HELPED_INFORMATION)
    assert not agrees_to(submission, USE)


def test_another_consent_leaves_the_case_open(automatic, advocate):
    submission = held_by(advocate, consent_auto="on")
    triage.record_withdrawal(submission, AUTO, told_by=Channel.TEXT, by=advocate)
    submission.refresh_from_db()
    assert submission.state == State.CLAIMED
    assert agrees_to(submission, USE) and not agrees_to(submission, AUTO)
    assert [event.kind for event in last_said(submission)] == [USE, AUTO]


def test_only_who_has_the_case_a_lead_or_the_privacy_officer_records_it(
    claimed, colleague, writer, auditor, superuser, privacy_officer
):
    for somebody in (colleague, writer, auditor, superuser):
        with pytest.raises(NotYours, match="Only the advocate who has the case, a lead or the privacy officer"):
            triage.record_withdrawal(claimed, USE, told_by=Channel.CALL, by=somebody)
    assert agrees_to(claimed, USE)
    triage.record_withdrawal(claimed, USE, told_by=Channel.CALL, by=privacy_officer)
    assert not agrees_to(claimed, USE)


def test_what_was_never_given_or_is_taken_back_cannot_be_taken_back(claimed, lead):
    with pytest.raises(StepRefused, match="never given, or taken back already"):
        triage.record_withdrawal(claimed, AUTO, told_by=Channel.CALL, by=lead)
    triage.record_withdrawal(claimed, USE, told_by=Channel.CALL, by=lead)
    with pytest.raises(StepRefused, match="never given, or taken back already"):
        triage.record_withdrawal(claimed, USE, told_by=Channel.CALL, by=lead)


def test_whoever_had_the_case_hears_of_it_unless_they_wrote_it_down(advocate, lead):
    triage.record_withdrawal(held_by(advocate), USE, told_by=Channel.CALL, by=advocate)
    outbox.deliver_due()
    assert not [one for one in mail.outbox if "took back" in one.subject]
    submission = held_by(advocate, message="Another one")
    triage.record_withdrawal(submission, USE, told_by=Channel.CALL, by=lead)
    outbox.deliver_due()
    [told] = [one for one in mail.outbox if "took back" in one.subject]
    assert told.to == [advocate.email]
    assert told.subject == f"{submission.ref}: the person took back a consent"


def test_a_person_who_takes_it_back_with_the_code_meanwhile_does_not_stumble(advocate):
    accepted = accept(answers())
    submission = Submission.objects.get(ref=accepted.reference)
    triage.claim(submission, by=advocate)
    triage.record_withdrawal(submission, USE, told_by=Channel.CALL, by=advocate)
    assert doors.withdraw(accepted.code.lookup, USE) is False


# Contact afterwards


def test_nobody_is_contacted_who_asked_us_to_stop(claimed, advocate, lead):
    triage.record_withdrawal(claimed, USE, told_by=Channel.CALL, by=advocate)
    # A lead cannot open it again; were it in work all the same, still nobody may.
    claimed.move_to(State.QUEUED, by=lead, reason=Reason.MISTAKE)
    triage.claim(claimed, by=advocate)
    with pytest.raises(StepRefused, match=r"The person asked us to stop\. Nobody may contact them\."):
        triage.log_contact(claimed, by=advocate, channel=Channel.LETTER, result=ContactResult.SENT)


@pytest.mark.parametrize("channel", [Channel.CALL, Channel.TEXT])
def test_a_machine_calls_and_texts_only_who_agreed_to_it(automatic, advocate, channel):
    agreed = held_by(advocate, consent_auto="on")
    did_not = held_by(advocate, message="Another one")
    triage.log_contact(agreed, by=advocate, channel=channel, result=ContactResult.NO_ANSWER, automated=True)
    assert agreed.contact_attempts.get().automated
    for submission in (agreed, did_not):
        if submission == agreed:
            triage.record_withdrawal(agreed, AUTO, told_by=Channel.TEXT, by=advocate)
        with pytest.raises(StepRefused, match="has not agreed to automatic calls or texts, or took that back"):
            triage.log_contact(submission, by=advocate, channel=channel, result=ContactResult.REACHED, automated=True)
    triage.log_contact(did_not, by=advocate, channel=channel, result=ContactResult.REACHED)


# The page of the case


def test_the_page_lists_what_they_agreed_to_and_takes_a_withdrawal(reading_desk, claimed):
    page = text_of(reading_desk.get(address("change", claimed.ref)))
    assert "to keep and use what was sent, to reply: <strong>agreed</strong> (on the form" in page
    assert "This closes the case" in page and AUTO.value not in page
    answer = press(reading_desk, claimed, "withdrawal", kind=USE, told_by="call", sure="yes")
    assert answer.status_code == 302
    page = text_of(reading_desk.get(address("change", claimed.ref)))
    assert "<strong>taken back</strong> (Call, written down by Ada" in page
    assert "/withdrawal/" not in page
    assert "The person asked us to stop" in page


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "Choose what they took back, and how they told you."),
        ({"kind": "everything", "told_by": "call", "sure": "yes"}, "Choose what they took back"),
        ({"kind": "use_to_reply", "told_by": "dove", "sure": "yes"}, "how they told you"),
        ({"kind": "use_to_reply", "told_by": "call"}, "Tick that the person told us so."),
        ({"kind": "newsletter", "told_by": "call", "sure": "yes"}, "There is no such consent to take back"),
    ],
)
def test_a_withdrawal_that_is_not_whole_gets_a_sentence_and_changes_nothing(reading_desk, claimed, fields, says):
    answer = press(reading_desk, claimed, "withdrawal", **fields)
    assert answer.status_code == 409
    assert says in text_of(answer)
    assert "<details open>" in text_of(answer)
    assert agrees_to(claimed, USE)


def test_who_may_record_it_sees_the_form(client, claimed, colleague, lead, privacy_officer):
    for user, sees_it in ((colleague, False), (lead, True), (privacy_officer, True)):
        sign_in(client, user)
        assert ("/withdrawal/" in text_of(client.get(address("change", claimed.ref)))) is sees_it
    assert press(client, claimed, "withdrawal", kind=USE, told_by="email", sure="yes").status_code == 302
    sign_in(client, colleague)
    assert press(client, claimed, "withdrawal", kind=USE, told_by="email", sure="yes").status_code == 403


def test_the_box_for_automatic_calls_is_there_only_where_such_calls_are_made(reading_desk, claimed, site):
    assert 'name="automated"' not in text_of(reading_desk.get(address("change", claimed.ref)))
    SiteSettings.objects.update(makes_automatic_calls=True)
    assert 'name="automated"' in text_of(reading_desk.get(address("change", claimed.ref)))
    fields = {"channel": "call", "result": "no_answer", "text": "My typed note"}
    answer = press(reading_desk, claimed, "contact", automated="on", **fields)
    assert answer.status_code == 409
    assert "has not agreed to automatic calls" in text_of(answer) and "My typed note</textarea>" in text_of(answer)
    assert press(reading_desk, claimed, "contact", **fields).status_code == 302
    assert not claimed.contact_attempts.get().automated


def test_an_automatic_call_says_so_in_the_record(reading_desk, automatic, advocate):
    submission = held_by(advocate, consent_auto="on")
    press(reading_desk, submission, "contact", channel="call", result="left_message", automated="on")
    assert "Call, automatic. Left a message." in text_of(reading_desk.get(address("change", submission.ref)))
