"""The advocates' pages: what they see, what they can press, and what happens when somebody was faster."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from caseintake import doors, finding, triage
from caseintake.accept import amend
from caseintake.models import AccessEvent, Channel, ContactResult, Outcome, Purpose, Reason, State, Submission
from caseintake.reading import open_case
from caseintake.triage import Screen
from caseintake.urgency import after_working_hours
from mesoinfo import vault
from mesoinfo.models import SiteSettings
from tests.articles.public.seen import seen

from .conftest import CANARIES, REQUEST, damage, new_request, sealing

LISTS = ("changelist", "mine", "quarantine", "closed")


def address(name, *args):
    return reverse(f"admin:caseintake_submission_{name}", args=args)


def text_of(response):
    return unescape(response.content.decode())


def press(client, submission, step, *, seen=None, **fields):
    """One step, from a page loaded just before unless `seen` says otherwise."""
    submission.refresh_from_db()
    return client.post(
        address("step", submission.ref, step), {"seen": str(seen or Screen.of(submission)), **fields}, follow=False
    )


def read(client, submission, **fields):
    return client.post(address("open", submission.ref), fields)


def sign_in(client, user):
    client.force_login(user)
    return client


# Lists


def test_the_queue_shows_the_most_urgent_first_with_why_and_how_long(reading_desk):
    calm = new_request(need="support_group", message="hello")
    urgent = new_request(need="other", message="She is in hospice")
    normal = new_request(message="something else")
    page = text_of(reading_desk.get(address("changelist")))
    assert page.index(urgent.ref) < page.index(normal.ref) < page.index(calm.ref)
    assert "speaks of hospice, a court or a deadline" in page
    assert "At once" in page
    assert "0\xa0minutes" in page
    assert "3 waiting" in page


def test_the_queue_shows_who_has_a_case(reading_desk, queued, colleague):
    assert "Nobody" in text_of(reading_desk.get(address("changelist")))
    triage.claim(queued, by=colleague)
    assert "Ben" in text_of(reading_desk.get(address("changelist")))


def test_a_late_case_says_so(reading_desk, queued):
    Submission.objects.filter(pk=queued.pk).update(due_at=timezone.now() - timedelta(hours=3))
    assert "a try is late by 3\xa0hours" in text_of(reading_desk.get(address("changelist")))


def test_mine_holds_only_my_cases(reading_desk, claimed):
    other = new_request(message="other")
    page = text_of(reading_desk.get(address("mine")))
    assert claimed.ref in page and other.ref not in page


def test_the_quarantine_says_why(reading_desk, quarantined, queued):
    page = text_of(reading_desk.get(address("quarantine")))
    assert quarantined.ref in page and queued.ref not in page
    assert "not sent by a usual browser" in page and "Very urgent" in page
    assert quarantined.ref not in text_of(reading_desk.get(address("changelist")))


def test_closed_cases_say_how_they_ended(reading_desk, claimed, advocate):
    triage.close(claimed, by=advocate, outcome=Outcome.HELPED_INFORMATION, unreached=True)
    page = text_of(reading_desk.get(address("closed")))
    assert claimed.ref in page and "Helped with information" in page


def test_long_lists_come_in_pages(reading_desk, monkeypatch, django_assert_num_queries):
    from caseintake import desk

    with CaptureQueriesContext(connection) as empty:
        reading_desk.get(address("changelist"))
    monkeypatch.setattr(desk, "PER_PAGE", 2)
    for number in range(5):
        new_request(message=f"number {number}")
    with django_assert_num_queries(len(empty) + 2):  # the page itself, and what was added; never one for each row
        first = text_of(reading_desk.get(address("changelist")))
    assert "Page 1 of 3" in first
    assert len(set(re.findall(r"CR-\w{5}-\w{5}", first)) - {"CR-7K2M9-X4T1F"}) == 2
    assert "Page 3 of 3" in text_of(reading_desk.get(address("changelist"), {"page": "99"}))


def test_a_reference_is_found_by_post_and_never_stands_in_an_address_bar_search(reading_desk, queued):
    found = reading_desk.post(address("find"), {"reference": queued.ref.lower().replace("-", " ")})
    assert found.headers["Location"] == address("change", queued.ref)
    for typed, says in (
        ("CR-1", "not a whole reference"),
        ("", "not a whole reference"),
        ("CR-00000-00000", "There is no request CR-00000-00000."),
    ):
        refused = reading_desk.post(address("find"), {"reference": typed})
        assert refused.status_code == 404
        assert says in text_of(refused) and re.search(rf'name="reference"\s+value="{typed}"', text_of(refused))
    assert reading_desk.get(address("find")).status_code == 405


# One case, step by step


def test_an_advocate_works_a_case_from_queue_to_outcome(reading_desk, queued, advocate):
    assert "Claim this case" in text_of(reading_desk.get(address("change", queued.ref)))
    assert press(reading_desk, queued, "claim").headers["Location"] == address("change", queued.ref)

    page = text_of(read(reading_desk, queued))
    assert REQUEST["name"] in page and REQUEST["phone"] in page and REQUEST["message"] in page
    assert "Yes, but don’t say why" in page and "Kentucky" in page and "Call me, Email me" in page

    press(reading_desk, queued, "note", text="Canarynote: likes mornings")
    press(reading_desk, queued, "contact", channel="call", result="no_answer", text="Canarynote two")
    press(reading_desk, queued, "wait", until=(timezone.now() + timedelta(days=5)).date().isoformat())
    press(reading_desk, queued, "contact", channel="call", result="reached")
    queued.refresh_from_db()
    assert queued.state == State.TALKING

    page = text_of(read(reading_desk, queued))
    assert "Canarynote: likes mornings" in page and "Canarynote two" in page and "Note by Ada" in page
    press(reading_desk, queued, "close", outcome="helped_information")
    queued.refresh_from_db()
    assert (queued.state, queued.outcome) == (State.CLOSED, "helped_information")
    assert AccessEvent.objects.filter(result="opened").count() == 2


def test_a_case_changes_hands(reading_desk, claimed, colleague, advocate):
    press(reading_desk, claimed, "hand-over", to=str(colleague.pk), reason="end-of-shift")
    claimed.refresh_from_db()
    assert claimed.assignee == colleague
    sign_in(reading_desk, colleague)
    press(reading_desk, claimed, "hand-over", to="queue", reason="known-to-me")
    claimed.refresh_from_db()
    assert (claimed.state, claimed.assignee) == (State.QUEUED, None)


def test_a_request_leaves_quarantine_and_a_closed_case_is_opened_again(client, quarantined, lead, advocate):
    sign_in(client, lead)
    press(client, quarantined, "release")
    quarantined.refresh_from_db()
    assert quarantined.state == State.QUEUED
    press(client, quarantined, "claim")
    press(client, quarantined, "close", outcome="test")
    press(client, quarantined, "reopen", reason="new-message")
    quarantined.refresh_from_db()
    assert quarantined.state == State.QUEUED


def test_the_quarantine_is_emptied_by_hand(reading_desk, quarantined):
    page = text_of(reading_desk.get(address("change", quarantined.ref)))
    assert "A person sent this: put it in the queue" in page and "Not from a person: close it" in page
    assert press(reading_desk, quarantined, "not-a-person").status_code == 302
    assert "The quarantine is empty." in text_of(reading_desk.get(address("quarantine")))
    page = text_of(reading_desk.get(address("change", quarantined.ref)))
    assert "closed: Not from a person" in page and "/not-a-person/" not in page


@pytest.mark.parametrize(
    ("step", "fields", "says"),
    [
        ("contact", {}, "Choose how you tried to reach them, and what came of it."),
        ("contact", {"channel": "call", "result": "maybe"}, "Choose how you tried"),
        ("close", {"outcome": "vanished"}, "Choose how it ended."),
        ("hand-over", {"to": "queue"}, "Choose why you hand it over."),
        ("hand-over", {"to": "", "reason": "away"}, "Choose who gets the case."),
        ("hand-over", {"to": "0", "reason": "away"}, "Choose who gets the case."),
        ("hand-over", {"to": "9" * 40, "reason": "away"}, "Choose who gets the case."),
        ("wait", {"until": "tomorrow"}, "Choose the day"),
        ("wait", {"until": "9999-12-31"}, "at most 30 days away"),
        ("wait", {"until": "0001-01-01"}, "at most 30 days away"),
        ("note", {"text": " "}, "Write the note first."),
        ("reopen", {"reason": "boredom"}, "Choose why it is opened again."),
        ("release", {}, "is not in quarantine"),
    ],
)
def test_wrong_input_gets_a_plain_sentence_and_changes_nothing(reading_desk, claimed, step, fields, says):
    before = Screen.of(claimed)
    response = press(reading_desk, claimed, step, **fields)
    assert response.status_code in (403, 409)
    assert says in text_of(response)
    assert Screen.of(Submission.objects.get(pk=claimed.pk)) == before


def test_a_note_typed_beside_a_wrong_choice_is_still_there(reading_desk, claimed):
    page = text_of(press(reading_desk, claimed, "contact", channel="call", text="Long <b>note</b>\nof a call"))
    assert re.search(r'id="contact-text"[^>]*>\nLong <b>note</b>\nof a call</textarea>', page)


@pytest.mark.parametrize(
    ("step", "chosen"),
    [
        ("contact", {"channel": "call", "result": "left_message", "automated": "on"}),
        ("wait", {"until": "TOMORROW"}),
        ("hand-over", {"to": "BEN", "reason": "away"}),
        ("hand-over", {"to": "queue", "reason": "end-of-shift"}),
        ("close", {"outcome": "helped_information"}),
        ("withdrawal", {"kind": "use_to_reply", "told_by": "call"}),
    ],
)
def test_what_was_chosen_is_chosen_still_when_a_step_is_refused(reading_desk, claimed, lead, colleague, step, chosen):
    SiteSettings.objects.update_or_create(pk=1, defaults={"makes_automatic_calls": True})
    triage.log_contact(
        claimed, by=claimed.assignee, channel=Channel.CALL, result=ContactResult.REACHED, seen=Screen.of(claimed)
    )
    tomorrow = (timezone.now() + timedelta(days=2)).date().isoformat()
    chosen = {name: {"BEN": str(colleague.pk), "TOMORROW": tomorrow}.get(it, it) for name, it in chosen.items()}
    seen_before = Screen.of(claimed)
    triage.add_note(claimed, "by the lead", by=lead)
    response = press(reading_desk, claimed, step, seen=seen_before, **chosen)
    assert response.status_code == 409
    form = seen(response.content.decode()).one("form", action=address("step", claimed.ref, step))
    values = {box["name"]: box["value"] or "on" for box in form.all("input") if "checked" in box.attributes}
    values |= {box["name"]: box["value"] for box in form.all("input", type="date")}
    for select in form.all("select"):
        values[select["name"]] = next(one["value"] for one in select.all("option") if "selected" in one.attributes)
    assert values == chosen


def test_the_quarantine_shows_the_most_urgent_first(reading_desk):
    calm = new_request(suspicions=("many-links",), need="support_group", message="hello")
    urgent = new_request(suspicions=("many-links",), need="other", message="She is in hospice")
    page = text_of(reading_desk.get(address("quarantine")))
    assert page.index(urgent.ref) < page.index(calm.ref)


def test_the_clock_of_the_person_stands_beside_their_state(reading_desk, claimed):
    page = seen(text_of(read(reading_desk, claimed))).text
    clocks = r"\w+day, \d+:\d\d [ap]\.m\. Eastern time \(\d+:\d\d [ap]\.m\. Central time\)"
    assert re.search(rf"Lives in\s+Kentucky\s+There it is now\s+{clocks}", page)


def test_helped_before_anybody_was_reached_takes_a_tick_and_is_on_record(reading_desk, claimed):
    refused = press(reading_desk, claimed, "close", outcome="helped_information")
    assert refused.status_code == 409 and "It is not on record that anybody reached them." in text_of(refused)
    assert press(reading_desk, claimed, "close", outcome="helped_information", unreached="yes").status_code == 302
    page = text_of(reading_desk.get(address("change", claimed.ref)))
    assert "Ada closed it: Helped with information (it took no call of ours)." in page


# What the person adds


def added(code, **more):
    amend(more or {"message": "Canarymore"}, code=code)


def test_what_is_added_stands_in_the_list_until_the_advocate_who_has_the_case_reads_it(
    client, sent, advocate, lead, colleague
):
    def seen_by(user):
        return "added to, not read yet" in text_of(sign_in(client, user).get(address("changelist")))

    submission = sent.submission
    assert not seen_by(advocate)
    added(sent.code)
    assert seen_by(advocate)
    triage.claim(submission, by=advocate)
    sign_in(client, lead)
    read(client, submission, purpose="review")
    assert seen_by(advocate)
    page = text_of(sign_in(client, advocate).get(address("change", submission.ref)))
    assert "The person wrote again. Ada has not read it yet." in page
    assert "The person added to their request." in page
    read(client, submission)
    assert not seen_by(advocate)
    triage.add_note(submission, "Noted", by=advocate)
    added(sent.code, message="And this")
    added(sent.code, message="And that")
    assert "The person wrote again, 2 times." in text_of(client.get(address("change", submission.ref)))
    triage.hand_over(submission, by=advocate, to=colleague, reason=Reason.AWAY)
    assert "Ben has not read it yet." in text_of(client.get(address("change", submission.ref)))


def test_what_is_added_ends_the_waiting_and_is_due_as_soon_as_any_other(sent, advocate, reading_desk):
    submission = sent.submission
    triage.claim(submission, by=advocate)
    triage.log_contact(submission, by=advocate, channel=Channel.CALL, result=ContactResult.REACHED)
    triage.wait(submission, by=advocate, until=timezone.now() + timedelta(days=20))
    added(sent.code)
    submission.refresh_from_db()
    assert submission.state == State.WAITING and submission.next_action_at <= timezone.now()
    assert timezone.now() < submission.due_at <= after_working_hours(timezone.now(), 4)
    page = text_of(reading_desk.get(address("mine")))
    assert "due since" in page and "a try is due in" in page
    added(sent.code, message="I want to end it all.")
    submission.refresh_from_db()
    assert submission.due_at <= after_working_hours(timezone.now(), 1)


def test_what_is_due_because_they_wrote_again_stays_due_until_it_is_read(sent, advocate):
    submission = sent.submission
    triage.claim(submission, by=advocate)
    added(sent.code)
    submission.refresh_from_db()
    due = submission.due_at
    for result in (ContactResult.REACHED, ContactResult.NO_ANSWER):
        triage.log_contact(submission, by=advocate, channel=Channel.CALL, result=result)
        submission.refresh_from_db()
        assert submission.due_at == due
    with pytest.raises(triage.StepRefused, match="you have not read it"):
        triage.wait(submission, by=advocate, until=timezone.now() + timedelta(days=20))
    open_case(submission, by=advocate, purpose=Purpose.WORKING)
    triage.wait(submission, by=advocate, until=timezone.now() + timedelta(days=20))
    assert submission.due_at is None


def test_what_is_added_to_a_case_with_nothing_due_is_due_by_the_urgency_of_the_case(sent, advocate, reading_desk):
    submission = sent.submission  # a case review: 4 working hours
    triage.claim(submission, by=advocate)
    triage.log_contact(submission, by=advocate, channel=Channel.CALL, result=ContactResult.REACHED)
    added(sent.code)
    submission.refresh_from_db()
    assert timezone.now() < submission.due_at <= after_working_hours(timezone.now(), 4)
    assert "a try is due in" in text_of(reading_desk.get(address("mine")))


def test_when_nothing_could_be_opened_nothing_was_read(reading_desk, sent, advocate, settings):
    triage.claim(sent.submission, by=advocate)
    added(sent.code)
    key = settings.DESK_PRIVATE_KEY.read_text()
    settings.DESK_PRIVATE_KEY.write_text(vault.key_text(vault.generate()))
    assert read(reading_desk, sent.submission).status_code == 503
    settings.DESK_PRIVATE_KEY.write_text(key)
    assert "added to, not read yet" in text_of(reading_desk.get(address("mine")))
    assert read(reading_desk, sent.submission).status_code == 200
    assert "added to, not read yet" not in text_of(reading_desk.get(address("mine")))


def test_what_was_added_to_what_is_erased_waits_for_nobody(reading_desk, sent):
    amend({"message": "I want to end it all."}, code=sent.code)
    doors.erase(sent.code.lookup)
    page = text_of(reading_desk.get(address("change", sent.reference)))
    assert "The person wrote again" not in page and "How urgent" not in page and "despair" not in page


def test_a_case_that_may_not_be_answered_says_so_above_all_else(client, sent, lead):
    assert "Do not call, text or write to them" not in text_of(
        sign_in(client, lead).get(address("change", sent.reference))
    )
    doors.withdraw(sent.code.lookup, "use_to_reply")
    page = text_of(client.get(address("change", sent.reference)))
    assert page.index("Do not call, text or write to them about this.") < page.index("What the person wrote")
    assert "Taken back: to keep and use what was sent, to reply." in page
    refused = read(client, sent.submission, purpose="review")
    assert refused.status_code == 403 and "It is opened only because they ask for it." in text_of(refused)
    assert read(client, sent.submission, purpose="person-asked").status_code == 200
    page = text_of(client.get(address("change", sent.reference)))
    assert "Open the case again" not in page and 'value="review"' not in page and 'value="person-asked"' in page


def test_a_case_is_handled_with_another_only_where_there_is_another(reading_desk, claimed):
    refused = press(reading_desk, claimed, "close", outcome="duplicate")
    assert refused.status_code == 409 and "We know of no other request" in text_of(refused)
    new_request(message="I wrote before")
    finding.index_new()
    assert press(reading_desk, claimed, "close", outcome="duplicate").status_code == 302


def test_a_request_is_handled_with_one_in_work_or_answered_since(reading_desk, claimed, advocate):
    others = [new_request(message=f"Once more, {number}") for number in range(3)]
    finding.index_new()
    for other in others:
        triage.claim(other, by=advocate)
    assert press(reading_desk, claimed, "close", outcome="duplicate").status_code == 302
    test, helped, left = others
    triage.close(test, by=advocate, outcome=Outcome.TEST)
    triage.close(helped, by=advocate, outcome=Outcome.HELPED_INFORMATION, unreached=True)
    assert press(reading_desk, left, "close", outcome="duplicate").status_code == 302


@pytest.mark.parametrize("outcome", [Outcome.TEST, Outcome.SPAM, Outcome.DUPLICATE])
def test_a_request_that_nobody_answered_answers_no_other(reading_desk, claimed, advocate, outcome):
    other = new_request(message="I wrote before")
    finding.index_new()
    triage.claim(other, by=advocate)
    triage.close(other, by=advocate, outcome=outcome)
    assert press(reading_desk, claimed, "close", outcome="duplicate").status_code == 409


def test_what_was_answered_before_somebody_wrote_again_does_not_answer_that(reading_desk, claimed, advocate):
    triage.close(claimed, by=advocate, outcome=Outcome.HELPED_INFORMATION, unreached=True)
    again = new_request(message="I wrote before")
    finding.index_new()
    triage.claim(again, by=advocate)
    refused = press(reading_desk, again, "close", outcome="duplicate")
    assert refused.status_code == 409 and "has answered since this one came" in text_of(refused)


def test_that_the_person_asked_us_to_stop_is_no_outcome_to_choose(reading_desk, claimed):
    assert 'value="withdrawn"' not in text_of(reading_desk.get(address("change", claimed.ref)))
    refused = press(reading_desk, claimed, "close", outcome="withdrawn")
    assert refused.status_code == 409 and "What they agreed to" in text_of(refused)


def test_whoever_does_not_work_here_any_more_is_marked_in_the_lists(client, claimed, advocate, colleague):
    advocate.is_active = False
    advocate.save()
    page = text_of(sign_in(client, colleague).get(address("changelist")))
    assert 'Ada, <strong class="late">who does not work here any more' in page


def test_what_needs_nobody_now_stands_below_what_does(reading_desk, advocate):
    talking = new_request(message="She is in hospice")
    triage.claim(talking, by=advocate)
    triage.log_contact(talking, by=advocate, channel=Channel.CALL, result=ContactResult.REACHED)
    calm = new_request(need="support_group", message="hello")
    page = text_of(reading_desk.get(address("changelist")))
    assert page.index(calm.ref) < page.index(talking.ref)
    front = text_of(reading_desk.get(reverse("admin:index")))
    assert "This week, in the queue" in front and "At once, talking" in front


def test_the_front_of_the_desk_says_what_is_late_and_what_was_added(reading_desk, sent, advocate):
    triage.claim(sent.submission, by=advocate)
    added(sent.code)
    Submission.objects.update(due_at=timezone.now() - timedelta(hours=1))
    front = text_of(reading_desk.get(reverse("admin:index")))
    assert "Very urgent, claimed, 0\xa0minutes old, a try is late, added to, not read yet" in front


def test_a_stale_screen_is_told_that_the_person_added_something(reading_desk, sent, advocate):
    triage.claim(sent.submission, by=advocate)
    before = Screen.of(sent.submission)
    added(sent.code)
    page = text_of(press(reading_desk, sent.submission, "note", seen=before, text="My note"))
    assert "The person added to their request." in page and "My note" in page


# Somebody was faster


def test_a_stale_screen_is_told_what_happened_and_keeps_the_note(reading_desk, claimed, lead):
    seen = Screen.of(claimed)
    triage.add_note(claimed, "by the lead", by=lead)
    response = press(reading_desk, claimed, "note", seen=seen, text="My typed note")
    assert response.status_code == 409
    page = text_of(response)
    assert "This case changed while you had it open. Nothing was saved." in page
    assert "Lea added a note." in page
    assert re.search(r'id="note-text"[^>]*>\nMy typed note</textarea>', page)
    assert claimed.payloads.count() == 2
    # Sent again from the page that showed it, it is saved.
    fresh = re.findall(r'name="seen" value="([^"]+)"', page)[0]
    reading_desk.post(address("step", claimed.ref, "note"), {"seen": fresh, "text": "My typed note"})
    assert claimed.payloads.count() == 3


def test_whoever_lost_the_case_can_still_copy_the_note(reading_desk, claimed, lead, colleague):
    seen = Screen.of(claimed)
    triage.hand_over(claimed, by=lead, to=colleague, reason=Reason.AWAY)
    response = press(reading_desk, claimed, "note", seen=seen, text="My typed note")
    assert response.status_code == 409
    page = text_of(response)
    assert "Lea handed it to Ben" in page
    assert re.search(r"<textarea[^>]*readonly>\nMy typed note</textarea>", page)


def test_the_second_to_claim_reads_who_was_first(reading_desk, queued, colleague):
    seen = Screen.of(queued)
    triage.claim(queued, by=colleague)
    response = press(reading_desk, queued, "claim", seen=seen)
    assert response.status_code == 409
    assert "Ben has this case already." in text_of(response)


def test_a_note_sent_after_the_session_ended_is_shown_to_be_copied(reading_desk, claimed):
    seen = Screen.of(claimed)
    reading_desk.logout()
    response = press(reading_desk, claimed, "note", seen=seen, text="My typed <b>note</b>")
    assert response.status_code == 403
    page = text_of(response)
    assert "You were signed out before this could be saved." in page
    assert re.search(r"<textarea[^>]*readonly>\nMy typed <b>note</b></textarea>", page)
    assert "<b>note" not in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]
    assert claimed.payloads.count() == 1


# Who sees what


@pytest.mark.parametrize("role", ["writer", "auditor", "superuser"])
def test_nobody_without_the_role_sees_the_queue(client, queued, request, role):
    sign_in(client, request.getfixturevalue(role))
    for name in LISTS:
        assert client.get(address(name)).status_code == 403
    assert client.get(address("change", queued.ref)).status_code == 403
    assert client.post(address("open", queued.ref)).status_code == 403
    assert client.post(address("step", queued.ref, "claim")).status_code == 403
    assert address("changelist") not in text_of(client.get(reverse("admin:index")))


def test_a_stranger_is_asked_to_sign_in(client, queued):
    for url in (address("changelist"), address("change", queued.ref)):
        assert "/admin/login/" in client.get(url).headers["Location"]
    assert client.post(address("open", queued.ref)).status_code == 302
    assert not AccessEvent.objects.exists()


def test_a_colleague_sees_where_a_case_stands_but_not_what_was_written(client, claimed, colleague):
    sign_in(client, colleague)
    page = text_of(client.get(address("change", claimed.ref)))
    assert "It is sealed. Only the advocate who has the case, or a lead, can open it." in page
    assert "<textarea" not in page
    response = read(client, claimed)
    assert response.status_code == 403
    assert "Ada has this case." in text_of(response)
    assert not [canary for canary in CANARIES if canary in text_of(response)]
    assert AccessEvent.objects.get().result == "refused"


def test_a_lead_says_why_before_reading(client, claimed, lead):
    sign_in(client, lead)
    assert 'name="purpose"' in text_of(client.get(address("change", claimed.ref)))
    assert read(client, claimed).status_code == 403
    response = read(client, claimed, purpose="review")
    assert response.status_code == 200 and REQUEST["name"] in text_of(response)
    assert AccessEvent.objects.latest("sequence").purpose == Purpose.REVIEW


def test_a_privacy_officer_sees_the_queue_and_can_press_nothing(client, claimed, privacy_officer):
    sign_in(client, privacy_officer)
    assert claimed.ref in text_of(client.get(address("changelist")))
    page = text_of(client.get(address("change", claimed.ref)))
    assert "/hand-over/" not in page and "/open/" not in page
    for step in ("note", "close", "hand-over", "contact"):
        response = press(
            client, claimed, step, text="x", outcome="test", to="queue", reason="away", channel="call", result="sent"
        )
        assert response.status_code == 403


def test_opening_is_never_stored_by_the_browser_and_never_a_get(reading_desk, claimed):
    response = read(reading_desk, claimed)
    assert "no-store" in response.headers["Cache-Control"]
    assert "ETag" not in response.headers
    # Whoever signs in again is sent on to the address they came from.
    for url in (address("open", claimed.ref), address("step", claimed.ref, "close")):
        assert reading_desk.get(url).headers["Location"] == address("change", claimed.ref)
    assert AccessEvent.objects.count() == 1
    claimed.refresh_from_db()
    assert claimed.state == State.CLAIMED


def test_a_case_page_shows_nothing_that_was_written_until_it_is_opened(reading_desk, claimed, advocate):
    triage.add_note(claimed, "Canarynote", by=advocate)
    for url in (*(address(name) for name in LISTS), address("change", claimed.ref), reverse("admin:index")):
        page = text_of(reading_desk.get(url))
        assert not [canary for canary in (*CANARIES, "Canarynote", "stage-4") if canary in page]


def test_steps_are_protected_against_forgery(claimed, advocate):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(advocate)
    assert press(client, claimed, "close", outcome="test").status_code == 403
    assert read(client, claimed).status_code == 403


def test_a_wrong_key_shows_a_sentence(reading_desk, claimed, settings):
    settings.DESK_PRIVATE_KEY.write_text(vault.key_text(vault.generate()))
    response = read(reading_desk, claimed)
    assert response.status_code == 503
    assert "Put the right key back from its backup." in text_of(response)
    assert [event.result for event in AccessEvent.objects.order_by("sequence")] == ["opened", "failed"]


def test_of_what_does_not_open_it_says_so_and_shows_the_rest(reading_desk, claimed, advocate):
    with sealing(b"\xff"):
        triage.add_note(claimed, "Lost", by=advocate)
    triage.add_note(claimed, "Canarynote", by=advocate)
    response = read(reading_desk, claimed)
    page = text_of(response)
    assert response.status_code == 200 and REQUEST["name"] in page and "Canarynote" in page
    assert page.count("Note by Ada") == 2
    assert page.count("This could not be opened. This record opens, but no form of ours writes what is in it.") == 1
    event = AccessEvent.objects.get(result="failed")
    assert (event.actor, event.cause, event.payloads) == (advocate, "malformed", 1)


def test_of_a_request_that_does_not_open_nothing_is_made_up(reading_desk, claimed, advocate):
    triage.add_note(claimed, "Canarynote", by=advocate)
    damage(claimed.payloads.get(sequence=1))
    page = text_of(read(reading_desk, claimed))
    assert "The request, " in page and "This could not be opened. This record does not open." in page
    assert "Canarynote" in page and "How to reply" not in page and "Sent from the page" not in page


def test_a_reading_that_cannot_be_recorded_shows_nothing(reading_desk, claimed, monkeypatch):
    from django.db import OperationalError

    def broken(*args, **kwargs):
        raise OperationalError("disk full")

    monkeypatch.setattr(AccessEvent.objects, "create", broken)
    response = read(reading_desk, claimed)
    assert response.status_code == 503
    assert "could not be put on record, so nothing was opened" in text_of(response)
    assert not [canary for canary in CANARIES if canary in text_of(response)]


def test_a_note_is_kept_on_screen_when_it_cannot_be_sealed(reading_desk, claimed, settings):
    settings.DESK_PUBLIC_KEY.unlink()
    response = press(reading_desk, claimed, "note", text="My typed note")
    assert response.status_code == 503
    assert "My typed note" in text_of(response) and "There is no public desk key" in text_of(response)


def test_unknown_cases_and_steps_are_404(reading_desk, claimed):
    assert reading_desk.get(address("change", "CR-00000-00000")).status_code == 404
    assert reading_desk.get(address("change", "nonsense")).status_code == 404
    assert press(reading_desk, claimed, "explode").status_code == 404


# The admin's own pages


def test_the_admins_own_forms_deletions_and_histories_are_not_there(reading_desk, claimed):
    for model in ("submission", "accessevent", "caseevent", "contactattempt", "consentevent", "consenttext"):
        for page in ("add", "delete", "history"):
            with pytest.raises(NoReverseMatch):
                reverse(f"admin:caseintake_{model}_{page}", args=[] if page == "add" else [claimed.pk])
    base = address("changelist")
    for tail in (f"{claimed.pk}/change/", f"{claimed.pk}/delete/", f"{claimed.pk}/history/", "add/"):
        assert reading_desk.get(base + tail).status_code in (404, 405)


def test_the_ledgers_are_read_only_and_for_their_readers(
    client, claimed, auditor, privacy_officer, advocate, superuser
):
    triage.log_contact(claimed, by=advocate, channel=Channel.CALL, result=ContactResult.REACHED)
    sign_in(client, advocate)
    read(client, claimed)
    ledgers = {
        "accessevent": {auditor, privacy_officer},
        "caseevent": {auditor, privacy_officer, advocate},
        "contactattempt": {privacy_officer, advocate},
        "consentevent": {privacy_officer},
        "consenttext": {privacy_officer},
    }
    for model, readers in ledgers.items():
        url = reverse(f"admin:caseintake_{model}_changelist")
        for user in (auditor, privacy_officer, advocate, superuser):
            sign_in(client, user)
            response = client.get(url)
            assert response.status_code == (200 if user in readers else 403), (model, user)
            if user in readers and model != "consenttext":
                assert claimed.ref in text_of(response)
                assert not [canary for canary in CANARIES if canary in text_of(response)]
                client.post(url, {"action": "delete_selected", "_selected_action": ["1"]})
    assert AccessEvent.objects.count() == 1


def test_the_admins_log_says_nothing(reading_desk, queued):
    press(reading_desk, queued, "claim")
    read(reading_desk, queued)
    press(reading_desk, queued, "close", outcome="test")
    assert not LogEntry.objects.exists()


def test_no_page_has_anything_inline(reading_desk, claimed):
    for page in (text_of(reading_desk.get(address("changelist"))), text_of(read(reading_desk, claimed))):
        assert not re.search(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=|javascript:", page)


def test_the_front_of_the_desk_shows_an_advocate_what_waits(client, claimed, quarantined, advocate, auditor):
    waiting = new_request(message="She is in hospice")
    sign_in(client, advocate)
    page = text_of(client.get(reverse("admin:index")))
    for submission in (claimed, quarantined, waiting):
        assert address("change", submission.ref) in page
    assert "At once, in the queue" in page
    sign_in(client, auditor)
    assert waiting.ref not in text_of(client.get(reverse("admin:index")))
