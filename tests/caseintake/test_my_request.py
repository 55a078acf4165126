"""Keeping control: who has the private code sees, adds to, takes back and erases what they sent; nobody else does."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from caseintake import doors, more_form, spool, triage
from caseintake.accept import CodeUnknown, accept, amend
from caseintake.models import (
    Channel,
    ConsentEvent,
    ConsentKind,
    ConsentText,
    DataKey,
    Erasure,
    Outcome,
    PersonCopy,
    Purpose,
    SealedPayload,
    State,
    Submission,
)
from caseintake.parcels import amendment_parcel
from caseintake.person import open_own
from caseintake.private_code import new_code, read_code
from caseintake.reading import ReadingRefused, open_by_system, open_case
from mesoinfo import outbox
from mesoinfo.models import OutboxMessage
from tests.conftest import without_triggers
from tests.size import sized

from .conftest import CANARIES, MALFORMED, OURS, PHONE, REQUEST, answers, sealing, words_in_force
from .test_sending import send, text_of

MY, MORE = "/my-request/", "/free-case-review/more/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(site):
    """Every page here has a phone number to show."""


def ask(client, code, headers=OURS, **fields):
    return client.post(MY, {"code": str(code), **fields}, headers=headers)


def add(client, code, headers=OURS, **fields):
    return client.post(MORE, {"code": str(code), **fields}, headers=headers)


def code_on(page):
    return " ".join(re.findall(r"<li>(\w+)</li>", page[page.index('class="private-code"') :])[:12])


# The code


def test_who_sends_a_request_is_shown_a_code_that_opens_it(client):
    page = text_of(send(client))
    opened = text_of(ask(client, code_on(page)))
    assert Submission.objects.get().ref in opened
    for canary in ("Canaryname", "212 555 0199", "canary.mail@example.org", "Canarymessage", "Kentucky"):
        assert canary in opened


def test_the_code_is_nowhere_but_on_that_page(client, log):
    page = text_of(send(client))
    first, second = code_on(page).split()[:2]
    rows = [list(model.objects.values()) for model in (PersonCopy, Submission, OutboxMessage)]
    assert f"{first} {second}" not in f"{rows} {log.getvalue()}"


def test_a_repeat_gets_the_same_reference_and_a_code_of_its_own(client):
    pages = [text_of(send(client)) for _ in range(2)]
    codes = [code_on(page) for page in pages]
    assert "We already have this request" in pages[1] and codes[0] != codes[1]
    assert "These words are new." in pages[1] and "These words are new." not in pages[0]
    assert "<title>We already have this request" in pages[1]
    assert Submission.objects.count() == 1
    for code in codes:
        assert Submission.objects.get().ref in text_of(ask(client, code))


def test_the_pages_are_kept_nowhere_and_set_no_cookie(client, sent):
    for response in (ask(client, sent.code), ask(client, new_code()), add(client, sent.code, message="More.")):
        assert response.headers["Cache-Control"] == "no-store"
        assert not response.cookies
    for path in (MY, MORE):
        response = client.get(path)
        assert not response.cookies and "Cookie" not in response.headers.get("Vary", "")


@pytest.mark.parametrize("path", [MY, MORE])
def test_another_website_can_do_nothing_with_it(client, sent, path):
    response = client.post(
        path,
        {"code": str(sent.code), "do": "erase", "sure": "yes", "message": "Injected"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert response.status_code == 403
    assert "from another website" in text_of(response) and str(sent.code) in text_of(response)
    assert not Erasure.objects.exists() and sent.submission.payloads.count() == 1


def test_a_wrong_code_and_an_erased_request_look_the_same(client, gone):
    wrong = new_code()
    pages = [ask(client, code) for code in (gone.code, wrong)]
    assert [page.status_code for page in pages] == [200, 200]
    one, two = (text_of(page).replace(str(code), "") for page, code in zip(pages, (gone.code, wrong), strict=True))
    assert one == two
    assert "We found no request with this code" in one and PHONE in one
    for fields in (
        {"do": "erase", "sure": "yes"},
        {"do": "withdraw", "kind": "use_to_reply", "sure": "yes"},
        {"do": "download"},
    ):
        one, two = (text_of(ask(client, code, **fields)).replace(str(code), "") for code in (gone.code, wrong))
        assert one == two


def test_a_slip_in_the_code_is_told_and_the_code_kept(client, sent):
    typed = str(sent.code).replace(sent.code.words[4], "hallo", 1)
    page = text_of(ask(client, typed))
    assert "Error: My request" in page and "“hallo”" in page and typed in page


def test_who_types_their_reference_is_told_what_the_code_is(client, sent):
    for typed in (sent.reference, f" {sent.reference.lower().replace('-', ' ')} "):
        assert "That is your reference. Your private code is the 12 words" in text_of(ask(client, typed))


# What they see


def test_they_see_how_many_read_it_when_and_in_what_role_and_no_name(client, sent, advocate, lead):
    assert "Nobody on our staff has opened it" in text_of(ask(client, sent.code))
    triage.claim(sent.submission, by=advocate)
    for by, purpose in ((advocate, Purpose.WORKING), (advocate, Purpose.WORKING), (lead, Purpose.REVIEW)):
        open_case(sent.submission, by=by, purpose=purpose)
    page = text_of(ask(client, sent.code))
    assert "2 people on our staff opened it." in page
    # Whoever opened it first is person 1, though the lead has worked here for longer.
    assert page.count("person 1, advocate<") == 2 and page.count("person 2, advocate lead<") == 1
    assert advocate.name not in page and f" {lead.name} " not in page


def test_what_the_system_opened_and_what_was_refused_is_no_reading(client, sent, advocate, colleague):
    open_by_system(sent.submission.payloads.get(), purpose=Purpose.INDEXING)
    with pytest.raises(ReadingRefused):
        open_case(sent.submission, by=colleague, purpose=Purpose.WORKING)
    assert "Nobody on our staff has opened it" in text_of(ask(client, sent.code))
    triage.claim(sent.submission, by=advocate)
    open_case(sent.submission, by=advocate, purpose=Purpose.WORKING)
    assert "1 person on our staff opened it." in text_of(ask(client, sent.code))


def test_notes_of_staff_are_not_theirs_to_see(client, sent, advocate):
    triage.claim(sent.submission, by=advocate)
    triage.add_note(sent.submission, "Canarynote", by=advocate)
    page = text_of(ask(client, sent.code))
    assert "Canarynote" not in page and "another code" not in page


def test_they_take_a_copy_away(client, sent, advocate):
    response = ask(client, sent.code, do="download")
    assert response.headers["Content-Disposition"] == f'attachment; filename="my-request-{sent.reference}.txt"'
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    copy = response.content.decode()
    assert f"My request {sent.reference}\n" in copy and "Name: Canaryname Ünicorn\n" in copy
    assert f"\n    {REQUEST['message']}\n" in copy and f"“{words_in_force().body}”\nAgreed on " in copy
    assert "Sent to Sample Press\n" in copy and ": http://testserver/my-request/\n" in copy
    assert "Nobody on the staff had opened it." in copy

    triage.claim(sent.submission, by=advocate)
    open_case(sent.submission, by=advocate, purpose=Purpose.WORKING)
    add(client, sent.code, message="O'Neil & <b>\nTwo lines", lawyer="yes")
    doors.withdraw(sent.code.lookup, "use_to_reply")
    copy = ask(client, sent.code, do="download").content.decode()
    assert "WHAT I ADDED" in copy and "\n    O'Neil & <b>\n    Two lines\n" in copy
    assert "Is a lawyer helping you now? Yes\n" in copy
    assert ": person 1, advocate\n" in copy and "\nAgreed on " in copy and "\nTaken back on " in copy


def test_nothing_that_was_typed_reads_as_ours_in_the_copy(client, site):
    ours = "WHO HAS READ IT\n\nNobody on the staff had opened it."
    code = accept(answers(name="Pat\u2028\u2028" + ours.replace("\n", "\x85"), message=f"Hello\n\n\n{ours}")).code
    copy = ask(client, code, do="download").content.decode()
    assert copy.splitlines().count("WHO HAS READ IT") == 1
    assert copy.splitlines().count("    Nobody on the staff had opened it.") == 1


# A copy that does not open


def own(**changes):
    """What a copy may hold, but for the changes."""
    return json.dumps({"kind": "request", "at": "2026-11-23T09:00:00+00:00", "answers": {}} | changes).encode()


MALFORMED_COPIES = MALFORMED | {
    "what the desk has": b'{"answers":{}}',
    "an unknown kind": own(kind="note"),
    "a kind in a list": own(kind=["request"]),
    "a time that is a number": own(at=5),
    "a time in words": own(at="yesterday"),
    "a day that is none": own(at="2026-02-30T09:00:00+00:00"),
    "a time on no clock": own(at="2026-11-23T09:00:00"),
    "the first hour there is": own(at="0001-01-01T00:00:00+14:00"),
    "the last hour there is": own(at="9999-12-31T23:59:59-14:00"),
    "a null message": own(answers={"message": None}),
    "half a pair of surrogates in a message": own(answers={"message": "\ud800"}),
    "a page with an object": own(page={}),
    "a check with a number": own(check=5),
}


@pytest.mark.proof
@pytest.mark.parametrize("what", sized([*MALFORMED_COPIES], [*MALFORMED_COPIES][::5]))
def test_whatever_is_in_their_copy_they_keep_control_of_their_request(client, log, what):
    content = MALFORMED_COPIES[what]
    with sealing(content):
        code = accept(answers()).code
    reference = Submission.objects.get().ref
    page = ask(client, code)
    shown = text_of(page)
    assert page.status_code == 200 and "Your copy of this does not open. Please call us" in shown and PHONE in shown
    assert reference in shown and "Nobody on our staff has opened it" in shown and "You agreed to this on" in shown
    assert "A person's own copy does not open (malformed)." in log.getvalue()
    assert "You took this back on" in text_of(ask(client, code, do="withdraw", kind="use_to_reply", sure="yes"))
    assert "Delete all you sent?" in text_of(ask(client, code, do="erase"))
    assert "Your request is deleted" in text_of(ask(client, code, do="erase", sure="yes"))
    assert not DataKey.objects.exists() and not PersonCopy.objects.exists()


def change_a_byte(number):
    """In the copy with this number."""
    chosen = PersonCopy.objects.order_by("at", "id")[number]
    with without_triggers("caseintake_personcopy"):
        envelope = bytearray(chosen.ciphertext)
        envelope[100] ^= 1
        PersonCopy.objects.filter(pk=chosen.pk).update(ciphertext=bytes(envelope))


@pytest.mark.parametrize(("number", "kept"), [(0, "Canaryadded"), (1, "Canarymessage")])
def test_a_damaged_copy_hides_nothing_of_the_others(client, sent, log, number, kept):
    add(client, sent.code, message="Canaryadded")
    change_a_byte(number)
    page = text_of(ask(client, sent.code))
    assert kept in page and page.count("Your copy of this does not open.") == 1
    assert "with another code" not in page and "own copy does not open (damaged)" in log.getvalue()


def test_the_file_they_take_away_says_which_copy_does_not_open(client, sent):
    add(client, sent.code, message="Canaryadded")
    change_a_byte(0)
    copy = ask(client, sent.code, do="download").content.decode()
    assert "SOMETHING I SENT\n\nYour copy of this does not open. Please call us: we help you all the same.\n" in copy
    assert "\n    Canaryadded\n" in copy and "Canaryname" not in copy


# Adding


@pytest.mark.django_db(transaction=True)
def test_adding_and_erasing_at_once_leave_nothing_readable(site):
    def adds(code):
        with suppress(CodeUnknown), closing(connection):
            amend({"message": "More."}, code=code)

    def erases(code):
        with closing(connection):
            doors.erase(code.lookup)

    for number in range(5):
        code = accept(answers(message=f"Number {number}")).code
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda what, code=code: what(code), (adds, erases)))
    assert not DataKey.objects.exists() and not PersonCopy.objects.exists()
    assert Erasure.objects.count() == 5 and spool.waiting() == []


def test_many_additions_make_one_notice_and_a_day_has_an_end(client, sent, site):
    for number in range(20):
        assert "We have added it" in text_of(add(client, sent.code, message=f"Addition {number}"))
    refused = add(client, sent.code, message="Once more")
    assert refused.status_code == 429 and "Once more" in text_of(refused) and PHONE in text_of(refused)
    assert sent.submission.payloads.filter(kind="amendment").count() == 20
    assert OutboxMessage.objects.filter(kind="case-amended").count() == 1


def test_what_was_acknowledged_from_the_spool_is_added_whatever_came_before(sent):
    for number in range(21):
        parcel = amendment_parcel({"message": f"Addition {number}"}, code=sent.code, now=timezone.now())
        assert doors.amend(parcel.text, spooled=True) == doors.Added(sent.reference, may_be_answered=True)


def test_a_second_click_adds_nothing(client, sent):
    pages = [text_of(add(client, sent.code, message="He liked the sea.", illness=["tests"])) for _ in range(3)]
    assert all("We have added it" in page for page in pages)
    assert sent.submission.payloads.filter(kind="amendment").count() == 1
    assert text_of(ask(client, sent.code)).count("He liked the sea.") == 1
    add(client, sent.code, message="He liked the sea. And the hills.", illness=["tests"])
    assert sent.submission.payloads.filter(kind="amendment").count() == 2


def test_a_second_click_adds_nothing_when_a_quarter_of_an_hour_begins_between(sent):
    began = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
    for seconds in (-1, 1, 14 * 60):
        parcel = amendment_parcel({"message": "More."}, code=sent.code, now=began + timedelta(seconds=seconds))
        assert doors.amend(parcel.text, spooled=True)
    assert sent.submission.payloads.filter(kind="amendment").count() == 1
    parcel = amendment_parcel({"message": "More."}, code=sent.code, now=began + timedelta(minutes=31))
    assert doors.amend(parcel.text, spooled=True)
    assert sent.submission.payloads.filter(kind="amendment").count() == 2


def test_a_second_click_adds_nothing_though_the_words_were_said_before_and_a_quarter_of_an_hour_began(sent):
    began = datetime.fromtimestamp(timezone.now().timestamp() // 900 * 900, UTC) - timedelta(minutes=30)

    def says(words, minutes, seconds=0):
        moment = began + timedelta(minutes=minutes, seconds=seconds)
        for said in range(3):
            parcel = amendment_parcel({"message": words}, code=sent.code, now=moment, said=said)
            with suppress(doors.SaidBefore):
                assert doors.amend(parcel.text)
                break
        return sent.submission.payloads.filter(kind="amendment").count()

    assert [says("Call at noon.", 1), says("No, do not.", 10)] == [1, 2]
    assert says("Call at noon.", 14, 50) == 3
    assert says("Call at noon.", 15, 20) == says("Call at noon.", 29) == 3


def test_what_is_said_again_after_the_case_ended_opens_it_though_it_went_through_the_spool(sent, advocate, monkeypatch):
    more = {"message": "Please call me at noon."}
    amend(more, code=sent.code)
    triage.claim(sent.submission, by=advocate)
    open_case(sent.submission, by=advocate, purpose=Purpose.WORKING)
    earlier = amendment_parcel(more, code=sent.code, now=timezone.now())
    triage.close(sent.submission, by=advocate, outcome=Outcome.HELPED_INFORMATION, unreached=True)
    doors.amend(earlier.text, spooled=True)  # acknowledged before the end, and stored then
    assert sent.submission.state == State.CLOSED
    later = amendment_parcel(more, code=sent.code, now=timezone.now())
    for _ in range(2):
        assert doors.amend(later.text, spooled=True)
    after = sent.submission
    assert after.state == State.QUEUED and after.due_at is not None
    assert after.payloads.filter(kind="amendment").count() == 1


@pytest.mark.parametrize(("said", "level"), [(-1, 0), (99, 1), (None, 0)])
def test_an_urgency_that_cannot_be_shows_nobody_the_request(sent, said, level):
    parcel = json.loads(amendment_parcel({"message": "More."}, code=sent.code, now=timezone.now()).text)
    assert doors.amend(json.dumps(parcel | {"priority": said}))
    assert sent.submission.priority == level


def test_the_same_words_from_two_people_are_two_additions(client, sent):
    other = accept(answers(message="Another one"))
    for code in (sent.code, other.code):
        amend({"message": "Thank you."}, code=code)
    assert SealedPayload.objects.filter(kind="amendment").count() == 2


def test_what_is_added_after_a_notice_has_gone_out_is_told_again(sent, advocate):
    for message in ("One", "Two"):
        amend({"message": message}, code=sent.code)
        outbox.deliver_due()
    assert len([one for one in mail.outbox if "More from" in one.subject]) == 2


def test_what_is_added_reaches_the_advocate_and_their_own_copy(client, sent, advocate):
    page = text_of(add(client, sent.code, illness=["mesothelioma", "tests"], place="chest", told_year="2026",
                       message="He worked at the yard."))  # fmt: skip
    assert "We have added it" in page and sent.reference in page
    triage.claim(sent.submission, by=advocate)
    _, added = open_case(sent.submission, by=advocate, purpose=Purpose.WORKING)
    assert added.answers["illness"] == ["mesothelioma", "tests"]
    own = text_of(ask(client, sent.code))
    assert "Mesothelioma, Tests are under way" in own and "He worked at the yard." in own


def test_the_desk_shows_what_was_added_in_words(client, sent, reading_desk, advocate):
    add(client, sent.code, illness=["mesothelioma"], contact_states="Ohio", message="And this.")
    triage.claim(sent.submission, by=advocate)
    page = text_of(reading_desk.post(f"/admin/caseintake/submission/{sent.reference}/open/"))
    assert "Added by the person" in page and "Ohio" in page and "And this." in page


def test_the_advocate_who_has_the_case_is_told(client, sent, advocate):
    triage.claim(sent.submission, by=advocate)
    add(client, sent.code, message="And this.")
    notice = OutboxMessage.objects.get(kind="case-amended")
    assert (notice.recipient, notice.reference) == (advocate, sent.reference)


def test_it_makes_a_request_more_urgent_and_never_less(client, db):
    code = code_on(text_of(send(client, need="support_group", message="Hello")))
    before = Submission.objects.get()
    add(client, code, message="Thank you.")
    assert Submission.objects.get().priority == before.priority == 3
    add(client, code, urgent=["very_ill"])
    after = Submission.objects.get()
    assert after.priority == 0
    assert after.due_at and before.due_at and after.due_at < before.due_at
    assert after.priority_reasons == ["very-ill", *before.priority_reasons]


def in_work(sent, advocate):
    triage.claim(sent.submission, by=advocate)


def helped(sent, advocate):
    in_work(sent, advocate)
    triage.close(sent.submission, by=advocate, outcome=Outcome.HELPED_INFORMATION, unreached=True)


@pytest.mark.parametrize("before", [in_work, helped])
@pytest.mark.parametrize("by", ["the person", "staff"])
def test_whatever_is_added_nobody_works_on_what_may_not_be_answered(sent, advocate, privacy_officer, before, by):
    before(sent, advocate)
    if by == "staff":
        triage.record_withdrawal(sent.submission, ConsentKind.USE_TO_REPLY, told_by=Channel.LETTER, by=privacy_officer)
    else:
        doors.withdraw(sent.code.lookup, "use_to_reply")
    ended = sent.submission
    added = amend({"message": "I want to end it all.", "urgent": ["very_ill"]}, code=sent.code)
    assert added and not added.may_be_answered
    after = sent.submission
    assert (after.state, after.due_at, after.version) == (State.CLOSED, None, ended.version)
    assert (after.priority, after.priority_reasons) == (ended.priority, ended.priority_reasons)
    assert not OutboxMessage.objects.filter(kind="case-amended").exists()


def test_danger_in_what_is_added_leads_out_of_the_quarantine(quarantined_with_code):
    submission, code = quarantined_with_code
    amend({"message": "Please call me."}, code=code)
    submission.refresh_from_db()
    assert submission.state == State.QUARANTINED
    amend({"message": "I want to end it all."}, code=code)
    submission.refresh_from_db()
    assert submission.state == State.QUEUED
    assert submission.events.latest("version").reason == "new-message"


@pytest.fixture
def quarantined_with_code(db):
    accepted = accept(answers(), suspicions=("no-browser-headers",))
    return Submission.objects.get(ref=accepted.reference), accepted.code


def test_what_is_added_to_the_case_of_somebody_who_left_is_told_to_all(sent, advocate, colleague):
    triage.claim(sent.submission, by=advocate)
    advocate.is_active = False
    advocate.save()
    amend({"message": "Is anybody there?"}, code=sent.code)
    notice = OutboxMessage.objects.get(kind="case-amended")
    assert (notice.recipient, notice.role) == (None, "advocate")


def test_the_same_words_are_news_after_the_case_ended_or_after_others(sent, advocate):
    add_again = {"message": "Please call me at noon."}
    amend(add_again, code=sent.code)
    triage.claim(sent.submission, by=advocate)
    open_case(sent.submission, by=advocate, purpose=Purpose.WORKING)
    triage.close(sent.submission, by=advocate, outcome=Outcome.HELPED_INFORMATION, unreached=True)
    amend(add_again, code=sent.code)
    assert sent.submission.state == State.QUEUED
    for message in ("No, do not call.", "Please call me at noon.", "Please call me at noon."):
        amend({"message": message}, code=sent.code)
    own = open_own(sent.code)
    assert own
    noon = "Please call me at noon."
    assert [one.message for one in own.sent[1:]] == [noon, noon, "No, do not call.", noon]


def test_who_may_be_in_danger_is_told_of_to_all_advocates(sent, advocate, colleague):
    triage.claim(sent.submission, by=advocate)
    amend({"message": "Thank you."}, code=sent.code)
    amend({"message": "I want to end it all."}, code=sent.code)
    amend({"message": "I want to end it all. Please."}, code=sent.code)
    told = OutboxMessage.objects.filter(kind="case-amended").order_by("id").values_list("recipient", "role")
    assert list(told) == [(advocate.pk, ""), (None, "advocate")], "once each: the second is of the one in danger"


def test_a_closed_case_comes_back_into_the_queue(client, sent, advocate):
    triage.claim(sent.submission, by=advocate)
    triage.close(sent.submission, by=advocate, outcome=Outcome.HELPED_INFORMATION, unreached=True)
    add(client, sent.code, message="One more thing.")
    assert sent.submission.state == State.QUEUED
    assert sent.submission.events.latest("version").reason == "new-message"
    assert sent.submission.due_at and sent.submission.due_at > timezone.now()


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "You have not added anything yet"),
        ({"told_year": "19"}, "Please check the year they said so. We read it as 19."),
        ({"told_year": "2999"}, "Please check the year they said so. We read it as 2999."),
        ({"first_year": "1980", "last_year": "1970"}, "The last year is before the first."),
        *[
            ({f"{what}_month": "12", f"{what}_year": "2026"}, "That date is in the future.")
            for what in ("died", "told", "stopped")
        ],
        ({"message": "y" * 4001}, "This is 1 letters too long"),
        ({"language": "y" * 300}, "This is 100 letters too long"),
    ],
)
def test_a_slip_is_told_in_plain_words_and_nothing_is_lost(client, sent, fields, says, monkeypatch):
    today = datetime(2026, 11, 23, tzinfo=UTC)
    monkeypatch.setattr(more_form, "timezone", SimpleNamespace(now=lambda: today))
    page = text_of(add(client, sent.code, contact_work="Canarywork", **fields) if fields else add(client, sent.code))
    assert "Error: Tell us more" in page and says in page
    assert str(sent.code) in page and (not fields or "Canarywork" in page)
    assert sent.submission.payloads.count() == 1


def test_a_code_nobody_has_loses_nothing_that_was_typed(client, sent):
    page = text_of(add(client, new_code(), message="Canarymore", urgent=["money"]))
    assert "We found no request with this code" in page and "Canarymore" in page
    assert re.search(r'value="money"\s+checked', page)


def test_whoever_asks_for_themselves_is_not_asked_whether_they_live(client, sent):
    for about, asked in (("me", False), ("parent", True), ("", True)):
        for page in (
            text_of(client.post(MORE, {"code": str(sent.code), "about": about, "start": "yes"}, headers=OURS)),
            text_of(add(client, sent.code, about=about, told_year="19")),
        ):
            assert ("Is the person who is ill still living?" in page) == asked
    confirmation = text_of(send(client, who="me"))
    assert 'name="about" value="me"' in confirmation
    assert 'name="about" value="me"' in text_of(ask(client, code_on(confirmation)))


@pytest.mark.parametrize("field", ["message", "told_more", "family", "contact_work", "court_date", "language"])
def test_despair_in_any_field_is_answered_with_help(client, sent, field):
    page = text_of(add(client, sent.code, **{field: "I want to end it all."}))
    assert "988" in page[: page.index("We have added it")] and sent.submission.priority == 0
    refused = text_of(add(client, new_code(), **{field: "I want to end it all."}))
    assert "People answer day and night." in refused


def test_the_confirmation_leads_on_with_the_code_filled_in(client, sent):
    page = text_of(client.post(MORE, {"code": str(sent.code), "start": "yes"}, headers=OURS))
    assert str(sent.code) in page and "Error" not in page


# Taking back


def test_without_the_consent_to_reply_the_case_is_closed_at_once(client, sent, advocate):
    triage.claim(sent.submission, by=advocate)
    asked = text_of(ask(client, sent.code, do="withdraw", kind="use_to_reply"))
    assert "Shall we stop?" in asked and not ConsentEvent.objects.filter(action="withdrawn").exists()
    page = text_of(ask(client, sent.code, do="withdraw", kind="use_to_reply", sure="yes"))
    assert "Add something" not in page and "Nobody works on it" in page and "Send us a new request" in page
    assert "We have taken that back for you" in page and "You took this back on" in page
    case = sent.submission
    assert (case.state, case.outcome, case.assignee) == (State.CLOSED, "withdrawn", None)
    event = ConsentEvent.objects.latest("id")
    assert (event.action, event.method, event.kind) == ("withdrawn", "private-code", "use_to_reply")
    assert OutboxMessage.objects.get(kind="consent-withdrawn").recipient == advocate
    again = text_of(ask(client, sent.code, do="withdraw", kind="use_to_reply"))
    assert "Shall we stop?" not in again and ConsentEvent.objects.count() == 2


def test_who_adds_after_that_is_told_that_nobody_will_answer(client, sent):
    assert "nobody will get in touch" not in text_of(add(client, sent.code, message="One."))
    doors.withdraw(sent.code.lookup, "use_to_reply")
    page = text_of(add(client, sent.code, message="Please call me after all."))
    assert "nobody will get in touch about it" in page and 'href="/free-case-review/"' in page


def test_another_consent_is_taken_back_by_itself(client, site):
    site.makes_automatic_calls = True
    site.save()
    words = ConsentText.objects.get(kind="auto_call_text", retired_at__isnull=True).sha256
    code = code_on(text_of(send(client, consent_auto=words)))
    assert ConsentEvent.objects.filter(kind="auto_call_text", action="granted").count() == 1
    ask(client, code, do="withdraw", kind="auto_call_text")
    assert Submission.objects.get().state == State.QUEUED
    assert ConsentEvent.objects.filter(kind="use_to_reply").count() == 1


# Erasing


def test_it_is_erased_after_a_second_yes_and_nobody_can_read_it_any_more(client, sent, lead):
    assert "Delete all you sent?" in text_of(ask(client, sent.code, do="erase"))
    assert not Erasure.objects.exists()
    page = text_of(ask(client, sent.code, do="erase", sure="yes"))
    assert "Your request is deleted" in page
    assert sent.submission.state == State.DISPOSED
    assert not DataKey.objects.exists() and not PersonCopy.objects.exists()
    assert Erasure.objects.get().cause == "person"


def test_who_erased_a_request_and_sends_it_again_is_heard_again(client):
    key = "01234567-0123-4123-8123-0123456789ab"
    for _ in range(2):
        page = text_of(send(client, request_key=key))
        assert "We have your request" in page
        assert doors.erase(read_code(code_on(page)).lookup)
    assert Submission.objects.count() == 2


def test_while_the_database_is_away_they_are_told_and_keep_their_code(client, sent, database_away):
    client.get(MY)
    with database_away():
        response = ask(client, sent.code)
    assert response.status_code == 503
    assert str(sent.code) in text_of(response) and PHONE in text_of(response)


def test_nothing_of_it_reaches_a_log(client, sent, log):
    for fields in ({}, {"do": "download"}, {"do": "withdraw", "kind": "x"}, {"do": "erase", "sure": "yes"}):
        ask(client, sent.code, **fields)
    add(client, sent.code, message="Canarymore")
    said = log.getvalue()
    assert not [word for word in (*CANARIES, "Canarymore", str(sent.code)) if word in said]
