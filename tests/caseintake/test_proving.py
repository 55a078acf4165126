"""Proof of consent: the words a person saw, their hash computed anew, and how the answer came to us."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from caseintake import doors, triage
from caseintake.accept import accept
from caseintake.models import AccessEvent, Channel, ConsentKind, ConsentText, Purpose, Submission
from caseintake.models.consent import hash_of
from mesoinfo.models import SiteSettings
from tests.conftest import without_triggers
from tests.in_its_role import in_the_role_that_answers

from .conftest import CANARIES, answers, words_in_force

pytestmark = pytest.mark.django_db


def proof(ref: str, **options: object) -> str:
    """What the command says, run with the rights of the desk."""
    told = io.StringIO()
    with in_the_role_that_answers("/admin/"):
        call_command("consent_proof", ref, stdout=told, **options)
    return told.getvalue()


def test_it_shows_the_words_their_hash_and_how_the_answer_came(queued):
    said = proof(queued.ref)
    text = words_in_force()
    for expected in (
        queued.ref,
        "agreed: to keep and use what was sent, to reply (use_to_reply)",
        "How: on the form; the box was empty when it was shown",
        f"Wording: version {text.version}, published",
        f"“{text.body}”",
        f"SHA-256 kept with the answer: {hash_of(text.body)}",
        "SHA-256 of these words now:   the same",
    ):
        assert expected in said


def test_every_answer_is_there_with_who_wrote_it_down(site, advocate):
    SiteSettings.objects.update(makes_automatic_calls=True)
    accepted = accept(answers(consent_auto="on"))
    submission = Submission.objects.get(ref=accepted.reference)
    triage.claim(submission, by=advocate)
    doors.withdraw(accepted.code.lookup, ConsentKind.AUTO_CALL_TEXT)
    triage.record_withdrawal(submission, ConsentKind.USE_TO_REPLY, told_by=Channel.LETTER, by=advocate)
    said = proof(submission.ref)
    assert said.count("agreed: ") == 2 and said.count("withdrew it: ") == 2
    assert "How: with the private code\n" in said
    assert "How: Letter, written down by Ada\n" in said


def test_the_words_are_those_that_were_shown_though_others_are_in_force_now(site, queued):
    before = words_in_force().body
    site.publisher_name = "Other Press"
    site.save()
    said = proof(queued.ref)
    assert before in said and "Other Press" not in said


def test_words_that_somebody_changed_are_told_and_end_with_1(queued):
    with without_triggers("caseintake_consenttext"):
        ConsentText.objects.filter(pk=words_in_force().pk).update(body="I agree to anything.")
    told = io.StringIO()
    with pytest.raises(CommandError, match="1 of 1 do not hold") as refusal:
        call_command("consent_proof", queued.ref, stdout=told)
    assert refusal.value.returncode == 1
    assert f"{hash_of('I agree to anything.')}. NOT THE SAME" in told.getvalue()


def test_nothing_that_was_sealed_is_shown(queued):
    said = proof(queued.ref)
    assert "Sent from the page: sealed with the request. To open it: --open-page --by EMAIL" in said
    assert not [canary for canary in (*CANARIES, "stage-4") if canary in said]
    assert not AccessEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_who_answers_for_consent_opens_the_page_and_it_is_on_record(queued, privacy_officer, lead):
    for user, role in ((privacy_officer, "privacy officer"), (lead, "advocate lead")):
        said = proof(queued.ref, open_page=True, by=user.email.upper())
        assert "Sent from the page: /mesothelioma/stage-4/\n" in said
        assert not [canary for canary in CANARIES if canary in said]
        event = AccessEvent.objects.latest("sequence")
        assert (event.actor, event.role, event.purpose) == (user, role, Purpose.CONSENT_PROOF)
        assert (event.result, event.payloads) == ("opened", 1)


def test_nobody_else_opens_the_page_and_the_try_is_on_record(claimed, advocate, superuser, auditor):
    for user in (advocate, superuser, auditor):
        with pytest.raises(CommandError, match="Only an advocate lead or the privacy officer proves consents"):
            proof(claimed.ref, open_page=True, by=user.email)
        assert AccessEvent.objects.latest("sequence").result == "refused"


def test_a_key_that_is_not_there_gets_a_sentence(queued, lead, settings):
    settings.DESK_PRIVATE_KEY.unlink()
    with pytest.raises(CommandError, match="The page was not opened"):
        proof(queued.ref, open_page=True, by=lead.email)


def test_after_an_erasure_the_page_is_gone_and_the_consent_is_not(lead):
    accepted = accept(answers(), page="/mesothelioma/stage-4/")
    doors.erase(accepted.code.lookup)
    for options in ({}, {"open_page": True, "by": lead.email}):
        said = proof(accepted.reference, **options)
        assert "Sent from the page: went with the request. The person erased this request on" in said
        assert "agreed: to keep and use what was sent, to reply" in said


@pytest.mark.parametrize(
    ("ref", "options", "says"),
    [
        ("CR-1", {}, "'CR-1' is not a whole reference"),
        ("CR-00000-00000", {}, "no request|not a whole reference"),
        (None, {"open_page": True}, "Give --open-page and --by EMAIL together"),
        (None, {"by": "lea@desk.example"}, "Give --open-page and --by EMAIL together"),
        (None, {"open_page": True, "by": "nobody@desk.example"}, "Nobody has an account with nobody@desk.example"),
    ],
)
def test_a_wrong_command_gets_a_sentence(queued, ref, options, says):
    with pytest.raises(CommandError, match=says):
        proof(ref or queued.ref, **options)
