"""Reading: the record comes first, and nobody is above it."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from caseintake import reading, triage
from caseintake.accept import amend
from caseintake.models import AccessEvent, Outcome, PayloadKind, Purpose, Reason
from mesoinfo import checkpoints, roles, vault
from tests.conftest import without_triggers

from .conftest import REQUEST, answers, damage, malformed, new_request, sealing


def opened(submission, by, purpose=Purpose.WORKING):
    return reading.open_case(submission, by=by, purpose=purpose)


def last():
    return AccessEvent.objects.order_by("sequence").last()


def test_the_advocate_who_has_the_case_reads_the_request_and_every_note(claimed, advocate):
    triage.add_note(claimed, "Called; asked to\ncall back.", by=advocate)
    words = opened(claimed, advocate)
    assert [piece.kind for piece in words] == [PayloadKind.ORIGINAL, PayloadKind.NOTE]
    assert words[0].answers["name"] == REQUEST["name"]
    assert words[0].page == "/mesothelioma/stage-4/"
    assert (words[1].note, words[1].author) == ("Called; asked to\ncall back.", advocate)


def test_the_record_says_who_in_what_role_when_and_why(claimed, advocate):
    opened(claimed, advocate)
    event = AccessEvent.objects.get()
    assert (event.actor, event.actor_kind, event.role) == (advocate, "staff", "advocate")
    assert (event.submission, event.payloads) == (claimed, 1)
    assert (event.purpose, event.result, event.cause) == ("working", "opened", "")
    assert event.at is not None


def test_every_opening_is_recorded_not_only_the_first(claimed, advocate):
    for _ in range(3):
        opened(claimed, advocate)
    assert AccessEvent.objects.count() == 3


@pytest.mark.parametrize(
    "change",
    [
        {"role": "advocate lead"},
        {"actor_kind": "system", "actor": None},
        {"payloads": 0},
        {"purpose": Purpose.REVIEW},
        {"result": "refused"},
        {"cause": "none"},
    ],
)
def test_a_record_that_somebody_changed_is_named(claimed, advocate, settings, tmp_path, capsys, change):
    settings.AUDIT_CHECKPOINT_DIR = tmp_path / "checkpoints"
    for _ in range(3):
        opened(claimed, advocate)
    assert checkpoints.write() >= 3
    with without_triggers("caseintake_accessevent"):
        AccessEvent.objects.filter(sequence=2).update(**change)
    with pytest.raises(CommandError, match="Not in order"):
        call_command("audit_verify")
    assert "caseintake_accessevent: 1 entry unchanged and in place.\n  BROKEN AT ENTRY 2." in capsys.readouterr().out


def test_records_removed_from_the_end_are_missed(claimed, advocate, settings, tmp_path, capsys):
    settings.AUDIT_CHECKPOINT_DIR = tmp_path / "checkpoints"
    for _ in range(3):
        opened(claimed, advocate)
    checkpoints.write()
    with without_triggers("caseintake_accessevent"):
        AccessEvent.objects.filter(sequence__gt=1).delete()
    with pytest.raises(CommandError, match="Not in order"):
        call_command("audit_verify")
    assert "BROKEN AT ENTRY 2. Entry 2 is missing: the ledger ends before it" in capsys.readouterr().out


def test_a_lead_reads_for_a_purpose_that_is_recorded(claimed, queued, lead):
    with pytest.raises(reading.ReadingRefused, match="Choose why"):
        opened(claimed, lead)
    assert last().result == "refused"
    opened(claimed, lead, Purpose.COVERING)
    assert (last().role, last().purpose, last().result) == ("advocate lead", "covering", "opened")


def test_a_lead_looks_into_the_quarantine(quarantined, lead, advocate):
    assert opened(quarantined, lead, Purpose.QUARANTINE)
    with pytest.raises(reading.ReadingRefused, match="Claim this case first"):
        opened(quarantined, advocate, Purpose.QUARANTINE)


def test_nobody_else_reads_and_each_try_is_recorded(
    claimed, colleague, superuser, auditor, privacy_officer, writer, desk_key
):
    for other in (colleague, superuser, auditor, privacy_officer, writer):
        for purpose in Purpose:
            with pytest.raises(reading.ReadingRefused, match="Ada has this case"):
                opened(claimed, other, purpose)
            assert (last().actor, last().result) == (other, "refused")
    assert AccessEvent.objects.filter(result="opened").count() == 0
    assert AccessEvent.objects.get(actor=superuser, purpose="working").role == "none"


def test_a_case_in_the_queue_is_read_by_nobody_before_it_is_claimed(queued, advocate):
    with pytest.raises(reading.ReadingRefused, match="Claim this case first"):
        opened(queued, advocate)


def test_the_right_to_read_ends_with_the_case(claimed, advocate, colleague):
    triage.hand_over(claimed, by=advocate, to=colleague, reason=Reason.AWAY)
    with pytest.raises(reading.ReadingRefused, match="Ben has this case"):
        opened(claimed, advocate)
    triage.close(claimed, by=colleague, outcome=Outcome.TEST)
    with pytest.raises(reading.ReadingRefused):
        opened(claimed, colleague)


def test_the_right_to_read_ends_with_the_role(claimed, advocate, superuser):
    roles.dismiss(advocate, "advocate", by=superuser)
    with pytest.raises(reading.ReadingRefused):
        opened(claimed, advocate)


def test_a_superuser_who_is_made_holder_still_needs_the_role(claimed, superuser, lead):
    with pytest.raises(triage.StepRefused, match="is not an advocate"):
        triage.hand_over(claimed, by=lead, to=superuser, reason=Reason.AWAY)


def test_no_record_no_words(claimed, advocate, monkeypatch):
    decrypted = []
    monkeypatch.setattr(vault, "open_sealed", lambda *args, **kwargs: decrypted.append(1))
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION full_disk() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'full'; END $$ LANGUAGE plpgsql"
        )
        cursor.execute("CREATE TRIGGER full_disk BEFORE INSERT ON caseintake_accessevent EXECUTE FUNCTION full_disk()")
    with pytest.raises(DatabaseError):
        opened(claimed, advocate)
    assert decrypted == []


@pytest.mark.django_db(transaction=True)
def test_the_record_is_committed_before_the_key_is_even_read(claimed, advocate, monkeypatch):
    seen = []

    def look(path):
        # Not inside a transaction any more: whatever happens now, the record stands.
        seen.append((connection.in_atomic_block, AccessEvent.objects.count()))
        raise RuntimeError("the machine stops here")

    monkeypatch.setattr(vault, "read_private_key", look)
    with pytest.raises(RuntimeError):
        opened(claimed, advocate)
    assert seen == [(False, 1)]
    assert AccessEvent.objects.get().result == "opened"


@pytest.mark.django_db(transaction=True)
def test_reading_inside_another_transaction_is_refused(claimed, advocate):
    from django.db import transaction

    # Rolled back afterwards, the record would be gone and the words seen.
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        opened(claimed, advocate)


@pytest.mark.parametrize(
    ("wrong", "cause", "says"),
    [
        ("another key", "wrong-key", "Put the right key back from its backup"),
        ("no key", "no-key", "There is no private desk key"),
        ("half a key", "bad-key-file", "is not a whole private desk key"),
    ],
)
def test_a_key_that_does_not_fit_gives_a_sentence_and_a_record(claimed, advocate, settings, wrong, cause, says):
    path = settings.DESK_PRIVATE_KEY
    if wrong == "no key":
        path.unlink()
    else:
        text = vault.key_text(vault.generate())
        path.write_text(text if wrong == "another key" else text[:60])
    with pytest.raises(reading.ReadingFailed, match=says):
        opened(claimed, advocate)
    results = list(AccessEvent.objects.order_by("sequence").values_list("result", "cause"))
    assert results == [("opened", ""), ("failed", cause)]


def results():
    """The results on record with their causes and the number of texts, the oldest first."""
    return list(AccessEvent.objects.order_by("sequence").values_list("result", "cause", "payloads"))


@malformed
def test_what_no_form_writes_is_refused_with_a_sentence_and_a_record(db, lead, content):
    with sealing(content):
        request = new_request()
    with pytest.raises(reading.ReadingFailed, match="no form of ours writes what is in it") as failure:
        opened(request, lead, Purpose.REVIEW)
    # A traceback would carry what was read.
    assert failure.value.__context__ is None
    assert results() == [("opened", "", 1), ("failed", "malformed", 1)]


@malformed
def test_the_same_from_work_that_nobody_sees(db, content):
    with sealing(content):
        payload = new_request().payloads.get()
    with pytest.raises(reading.ReadingMalformed, match="no form of ours writes what is in it"):
        reading.open_by_system(payload, purpose=Purpose.INDEXING)
    assert results() == [("opened", "", 1), ("failed", "malformed", 1)]


@malformed
def test_what_does_not_open_hides_nothing_of_the_rest(sent, advocate, content):
    request = sent.submission
    triage.claim(request, by=advocate)
    with sealing(content):
        amend({"message": "And this."}, code=sent.code)
    with sealing(b"\xff"):
        triage.add_note(request, "Called", by=advocate)
    triage.add_note(request, "Called again", by=advocate)
    first, added, note, last_note = opened(request, advocate)
    assert (first.answers["name"], last_note.note) == (REQUEST["name"], "Called again")
    for piece, kind in ((added, PayloadKind.AMENDMENT), (note, PayloadKind.NOTE)):
        assert piece.kind == kind and "no form of ours writes what is in it" in piece.problem
        assert (piece.answers, piece.note) == ({}, "")
    assert note.author == advocate
    assert results() == [("opened", "", 4), ("failed", "malformed", 2)]


def test_each_cause_is_on_record_by_itself(sent, advocate):
    triage.claim(sent.submission, by=advocate)
    for number in range(2):
        amend({"message": f"Number {number}"}, code=sent.code)
    with sealing(b"[]"):
        amend({"message": "Number 2"}, code=sent.code)
    damage(sent.submission.payloads.get(sequence=2))
    problems = [piece.problem for piece in opened(sent.submission, advocate)]
    assert [bool(problem) for problem in problems] == [False, True, False, True]
    assert "changed, cut short or moved" in problems[1]
    assert results() == [("opened", "", 4), ("failed", "damaged", 1), ("failed", "malformed", 1)]


def test_what_each_form_writes_is_no_refusal(sent, advocate):
    given = {"illness": ["tests", "not_sure"], "told_year": "2026", "message": "Ünicorn \U0001f984"}
    amend(given, code=sent.code)
    triage.claim(sent.submission, by=advocate)
    request, added = opened(sent.submission, advocate)
    assert (request.answers, added.answers) == (answers(), given)


def test_a_page_of_an_unknown_make_is_refused_to_who_proves_consents(db, privacy_officer):
    with sealing(json.dumps({"answers": {}, "page": 5}).encode()):
        request = new_request()
    with pytest.raises(reading.ReadingFailed, match="no form of ours"):
        reading.open_page(request, by=privacy_officer)


def test_opened_words_do_not_print_themselves(claimed, advocate):
    assert "Canary" not in repr(opened(claimed, advocate))
