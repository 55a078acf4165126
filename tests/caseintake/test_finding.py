"""Finding requests by who sent them: keyed hashes, made and read on the desk; nothing is opened, nothing stays."""

import io

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from caseintake import doors, finding, reading
from caseintake.models import AccessEvent, BlindIndex, DataKey, Purpose
from mesoinfo import vault
from mesoinfo.models import AuditEntry
from mesoinfo.schedule import SWEEPS
from tests.conftest import without_triggers
from tests.leaks import leaks_of
from tests.refusing import refused

from .conftest import CANARIES, REQUEST, damage, malformed, new_request, sealing
from .test_desk import LISTS, address, read, sign_in, text_of

pytestmark = pytest.mark.django_db


def indexed(**changes):
    submission = new_request(**changes)
    finding.index_new()
    return submission


def hashes(name):
    """What is kept under this name, of each request."""
    return [bytes(value) for value in BlindIndex.objects.values_list(name, flat=True) if value is not None]


def refs(**typed):
    return [found.submission.ref for found in finding.find(typed)]


def look(client, **typed):
    return client.post(address("person"), {"why": "they-turned-to-us"} | typed)


# What is found


@pytest.mark.parametrize(
    ("given", "typed"),
    [
        ({"phone": "(212) 555-0199"}, {"phone": "212 555 0199"}),
        ({"phone": "2125550199"}, {"phone": "+1 212.555.0199"}),
        ({"phone": "212 555 0199 ext. 12"}, {"phone": "212-555-0199"}),
        ({"phone": "２１２ ５５５ ٠١٩٩"}, {"phone": "212 555 0199"}),
        ({"phone": "+44 20 7946 0958"}, {"phone": "+44 (20) 79460958"}),
        ({"email": "Pat.Canary@Example.org"}, {"email": " pat.canary@example.org"}),
        ({"name": "José Ángel O’Brien", "state": "KY"}, {"name": "o'brien, jose angel", "state": "KY"}),
        ({"name": "Straße", "state": "KY"}, {"name": "STRASSE", "state": "KY"}),
        ({"name": "李 小龙", "state": "CA"}, {"name": "小龙 李", "state": "CA"}),
    ],
)
def test_the_same_person_is_found_however_it_was_written(given, typed):
    submission = indexed(**given)
    assert refs(**typed) == [submission.ref]


@pytest.mark.parametrize(
    "typed",
    [
        {"phone": "212 555 0198"},
        {"phone": "5550199"},
        {"email": "canary.mail@example.com"},
        {"name": REQUEST["name"], "state": "TN"},
        {"name": "Canaryname", "state": "KY"},
        {"name": REQUEST["name"]},
        {"state": "KY"},
        {},
    ],
)
def test_somebody_else_is_not_found(typed):
    indexed()
    assert refs(**typed) == []


def test_any_of_what_is_typed_finds_and_it_is_said_what_did():
    indexed(email="", reply_by=["call"])
    [found] = finding.find({"phone": REQUEST["phone"], "email": "other@example.org", "name": "Nobody", "state": "KY"})
    assert found.by == ("the phone number",)


def test_those_in_quarantine_and_those_closed_are_found_too(quarantined):
    finding.index_new()
    assert refs(email=REQUEST["email"]) == [quarantined.ref]


# How it comes about


def test_the_worker_goes_through_each_request_once_and_each_reading_is_on_record(queued):
    assert "caseintake.finding.index_new" in SWEEPS.values()
    assert finding.not_findable_yet() == 1
    assert (finding.index_new(), finding.index_new()) == (1, 0)
    assert finding.not_findable_yet() == 0
    [event] = AccessEvent.objects.all()
    assert (event.submission, event.purpose, event.actor, event.role) == (queued, Purpose.INDEXING, None, "system")


def test_that_it_was_made_findable_is_no_opening_by_staff(claimed, reading_desk):
    finding.index_new()
    assert "Opened so far: 0" in text_of(reading_desk.get(address("change", claimed.ref)))
    read(reading_desk, claimed)
    assert "Opened so far: 1" in text_of(reading_desk.get(address("change", claimed.ref)))


def test_of_who_gave_no_phone_and_no_state_only_the_email_is_kept():
    indexed(phone="", state="", reply_by=["email"])
    assert [len(hashes(name)) for name in ("phone", "email", "name_and_state")] == [0, 1, 0]


def test_what_does_not_open_is_found_by_nothing_and_tried_once(queued):
    damage(queued.payloads.get())
    assert (finding.index_new(), finding.index_new()) == (1, 0)
    assert [event.result for event in AccessEvent.objects.order_by("sequence")] == ["opened", "failed"]
    assert refs(phone=REQUEST["phone"]) == []


@malformed
def test_what_no_form_writes_is_found_by_nothing_and_keeps_nobody_from_being_found(content):
    with sealing(content):
        bad = new_request()
    good = new_request(message="Canarymessage after it")
    assert (finding.index_new(), finding.index_new()) == (2, 0)
    assert refs(phone=REQUEST["phone"]) == [good.ref]
    assert list(bad.readings.order_by("sequence").values_list("result", "cause")) == [
        ("opened", ""),
        ("failed", "malformed"),
    ]


@pytest.mark.parametrize("field", ["phone", "email", "name"])
def test_what_comes_after_the_longest_answer_of_the_form_keeps_nobody_busy(field):
    given = {"phone": "212 555 0199", "email": "pat@example.org", "name": "Pat", "state": "KY"}
    filled = given[field].ljust(finding.LONGEST)
    assert finding.normal({**given, field: f"{filled}5"}) == finding.normal(given)


def test_with_another_desk_key_everybody_is_found_again_under_it(queued):
    finding.index_new()
    before = hashes("phone")
    call_command("seal_keygen", "--anew", stdout=io.StringIO())
    assert refs(phone=REQUEST["phone"]) == []
    assert finding.index_new() == 0
    call_command("rotate_keys", stdout=io.StringIO())
    assert finding.not_findable_yet() == finding.index_new() == 1
    assert refs(phone=REQUEST["phone"]) == [queued.ref]
    assert hashes("phone") != before


# What it does not tell


def test_without_the_desks_key_a_number_cannot_be_tried_out(queued, settings):
    finding.index_new()
    kept = {*hashes("phone"), *hashes("email"), *hashes("name_and_state")}
    assert len(kept) == 3
    settings.DESK_PRIVATE_KEY.write_text(vault.key_text(vault.generate()))
    assert not kept & set(finding._hashes(REQUEST, vault.read_private_key(settings.DESK_PRIVATE_KEY)).values())


def test_an_erasure_takes_it_along(sent):
    finding.index_new()
    doors.erase(sent.code.lookup)
    assert not BlindIndex.objects.exists()
    assert refs(phone=REQUEST["phone"]) == []
    assert finding.index_new() == 0


def test_nothing_is_kept_of_a_request_that_is_erased_while_it_is_opened(sent, monkeypatch):
    opened = reading.open_by_system

    def erased_meanwhile(*args, **kwargs):
        words = opened(*args, **kwargs)
        doors.erase(sent.code.lookup)
        return words

    monkeypatch.setattr(reading, "open_by_system", erased_meanwhile)
    assert finding.index_new() == 1
    assert not BlindIndex.objects.exists()


def test_it_cannot_outlast_the_key_of_what_it_was_made_from(sent):
    finding.index_new()
    payload = sent.submission.payloads.get()
    with without_triggers("caseintake_datakey"), refused("caseintake_blindinde_data_key_id"):
        DataKey.objects.all()._raw_delete(using="default")
        connection.check_constraints()
    doors.erase(sent.code.lookup)
    with refused("caseintake_blindinde_data_key_id"):
        BlindIndex.objects.create(data_key_id=payload.pk, desk_key_id="0" * 32)
        connection.check_constraints()


def test_nothing_readable_fits_into_it(queued):
    key = DataKey.objects.get()
    for name in ("phone", "email", "name_and_state"):
        for value in (b"2125550199", b"", b"x" * 32):
            with refused("a_request_is_found_by_keyed_hashes"):
                BlindIndex.objects.create(data_key=key, desk_key_id=key.desk_key_id, **{name: value})


# On the desk


def test_an_advocate_finds_who_calls_without_a_reference(reading_desk):
    submission = indexed()
    assert address("person") in text_of(reading_desk.get(address("changelist")))
    page = text_of(look(reading_desk, phone="1 (212) 555 0199"))
    assert "Found 1 request" in page and submission.ref in page and "Found by the phone number" in page
    assert 'value="1 (212) 555 0199"' in page
    assert not AccessEvent.objects.filter(purpose=Purpose.WORKING).exists()


def test_why_somebody_was_looked_for_and_what_was_found_is_on_record_and_nothing_that_was_typed(
    reading_desk, advocate, log
):
    first, second = indexed(), indexed(message="Canarymessage again")
    answer = look(reading_desk, phone=REQUEST["phone"], name=REQUEST["name"], state="KY", why="their-rights")
    entry = AuditEntry.objects.get(action="requests.looked_for")
    found = f"{second.ref} {first.ref}"
    assert entry.actor == advocate
    assert entry.facts == {"why": "their-rights", "by": "name_and_state, phone", "found": found}
    assert leaks_of(CANARIES, log.getvalue()) == [] and "no-store" in answer.headers["Cache-Control"]


def test_if_it_cannot_be_put_on_record_nothing_is_shown(reading_desk, monkeypatch):
    submission = indexed()

    def refuse(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("mesoinfo.audit.record", refuse)
    with pytest.raises(RuntimeError):
        look(reading_desk, phone=REQUEST["phone"])
    assert submission.ref


def test_who_is_not_found_yet_is_counted(reading_desk, queued):
    page = text_of(look(reading_desk, phone=REQUEST["phone"]))
    assert "Nobody was found" in page and "1 request cannot be found yet" in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Type a phone number, an email address, or a name with a state."),
        ({"state": "KY"}, "Type a phone number, an email address, or a name with a state."),
        ({"phone": "555"}, "A phone number has at least 7 digits."),
        ({"name": "Pat", "phone": "212 555 0199"}, "Choose the state too"),
        ({"phone": "212 555 0199", "why": ""}, "Choose why you look for them."),
        ({"phone": "212 555 0199", "why": "curious"}, "Choose why you look for them."),
    ],
)
def test_what_cannot_be_looked_for_is_said_and_kept_in_the_boxes(reading_desk, typed, sentence):
    page = text_of(look(reading_desk, **typed))
    assert sentence in page and "Nobody was found" not in page
    assert all(f'value="{value}"' in page for name, value in typed.items() if name != "why")
    assert ('value="they-turned-to-us" selected' in page) == ("why" not in typed)
    assert not AuditEntry.objects.filter(action="requests.looked_for").exists()


def test_without_the_key_it_says_so(reading_desk, settings):
    settings.DESK_PRIVATE_KEY.unlink()
    answer = look(reading_desk, phone=REQUEST["phone"])
    assert answer.status_code == 503 and "Nobody can be looked for now" in text_of(answer)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("advocate", 200),
        ("lead", 200),
        ("privacy_officer", 200),
        ("auditor", 403),
        ("superuser", 403),
        ("writer", 403),
    ],
)
def test_it_is_for_those_whom_people_turn_to(client, request, who, status):
    sign_in(client, request.getfixturevalue(who))
    assert client.get(address("person")).status_code == look(client, phone=REQUEST["phone"]).status_code == status
    if who == "auditor":
        assert not any(address("person") in text_of(client.get(address(name))) for name in LISTS)


def test_nobody_is_looked_for_by_an_address_or_a_form_of_another_site(reading_desk, advocate):
    indexed()
    assert "Found" not in text_of(reading_desk.get(address("person"), {"phone": REQUEST["phone"]}))
    forged = Client(enforce_csrf_checks=True)
    forged.force_login(advocate)
    assert look(forged, phone=REQUEST["phone"]).status_code == 403


def test_a_case_says_that_the_person_may_have_written_before(claimed, reading_desk):
    before = indexed(message="Canarymessage before", name="Pat", email="other@example.org", phone="1-212-555-0199")
    other = indexed(message="Canarymessage other", email="third@example.org", phone="303 555 0123", state="TN")
    page = text_of(read(reading_desk, claimed))
    assert "They may have written more than once" in page and before.ref in page and other.ref not in page
    assert before.ref in text_of(reading_desk.get(address("change", claimed.ref)))
    assert claimed.ref not in text_of(reading_desk.get(address("change", other.ref)))


def test_only_who_may_open_a_case_learns_that(claimed, client, colleague):
    before = indexed(message="Canarymessage before")
    assert before.ref not in text_of(sign_in(client, colleague).get(address("change", claimed.ref)))
