"""Your record: what lets a person sign, and their own declaration of interests."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from articles.models import Credential, Interest, PublishedPage, Revision
from mesoinfo import roles
from mesoinfo.models import AuditEntry, User
from tests.articles.desk.test_front_page import front_page
from tests.articles.desk.test_people import form_of, page_of
from tests.conftest import a_reviewer, a_user, the_author, without_triggers
from tests.desk_answers import told

RECORD = "/admin/articles/person/your-record/"
TODAY = timezone.now().date()


@pytest.fixture
def at_the_desk(client: Client, reviewer: User) -> Client:
    client.force_login(reviewer)
    return client


def declared_long_ago(user: User) -> None:
    with without_triggers("articles_interest"):
        Interest.objects.filter(person__user=user).update(declared_on=TODAY - datetime.timedelta(days=500))


def test_a_reviewer_sees_credentials_scopes_and_interests(at_the_desk: Client, reviewer: User) -> None:
    Credential.objects.create(person=reviewer.person, title="Board certified", issuer="A board", number="42")
    shown = told(at_the_desk.get(RECORD))
    assert f"Licensed physician, A state board Verified by The medical lead, {TODAY:%-d %B %Y}." in shown
    assert "Board certified, A board, number 42 Not verified yet." in shown
    assert "Every page Granted by The medical lead" in shown
    assert "Readers see it: None to declare." in shown


def test_one_tick_declares_that_there_are_no_interests(at_the_desk: Client, reviewer: User) -> None:
    declared_long_ago(reviewer)
    answer = at_the_desk.post(RECORD, {"nothing": "on"}, follow=True)
    assert "Declared. It counts for a year" in told(answer)
    newest = reviewer.person.declaration
    assert newest is not None
    assert (newest.statement, newest.declared_on, newest.declared_by) == ("None to declare.", TODAY, reviewer)
    assert AuditEntry.objects.filter(action="interest.declared", actor=reviewer, target_id=str(newest.pk)).exists()


def test_declaring_anew_keeps_what_was_declared_before(at_the_desk: Client, reviewer: User) -> None:
    at_the_desk.post(RECORD, {"statement": "Speaks for a maker of drugs, for a fee."})
    statements = list(reviewer.person.interests.values_list("statement", flat=True))
    assert statements == ["Speaks for a maker of drugs, for a fee.", "None to declare."]
    assert "1 earlier declaration None to declare." in told(at_the_desk.get(RECORD))


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Write down what your interests are, or tick that there are none."),
        ({"statement": "   "}, "Write down what your interests are, or tick that there are none."),
        ({"nothing": "on", "statement": "Shares."}, "You ticked that there are none, and wrote some down."),
        ({"statement": "x" * 2001}, "This is longer than 2,000 characters. Make it shorter."),
    ],
)
def test_what_cannot_be_declared_is_told_and_kept(
    at_the_desk: Client, reviewer: User, sent: dict[str, str], sentence: str
) -> None:
    answer = at_the_desk.post(RECORD, sent)
    assert answer.status_code == 400
    assert sentence in told(answer)
    assert sent.get("statement", "") in answer.content.decode()
    assert reviewer.person.interests.count() == 1


def test_an_account_without_a_person_is_told_whom_to_ask(client: Client, db: None) -> None:
    client.force_login(a_user("medical reviewer"))
    assert "Your account is not linked with a person yet. Without that you cannot sign." in told(client.get(RECORD))
    assert "so nothing was declared. Ask an editor." in told(client.post(RECORD, {"nothing": "on"}))


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (-1, "Licensed physician, A state board expired on"),
        (0, "Licensed physician, A state board expires on"),
        (60, "Licensed physician, A state board expires on"),
        (61, ""),
    ],
)
def test_a_credential_that_runs_out_is_told_on_the_front_page_too(
    client: Client, medical_lead: User, days: int, sentence: str
) -> None:
    until = TODAY + datetime.timedelta(days=days)
    user = a_reviewer("physician@example.org", verified_by=medical_lead, valid_until=until)
    said = (
        f"{sentence} {until:%-d %B %Y}."
        if sentence
        else "Your credentials and your declaration of interests are in order."
    )
    assert said in front_page(client, user)
    assert (said in told(client.get(RECORD))) == bool(sentence)


def test_a_renewed_credential_is_in_order(client: Client, medical_lead: User) -> None:
    user = a_reviewer("physician@example.org", verified_by=medical_lead, valid_until=TODAY)
    renewed = Credential.objects.create(person=user.person, title="Licensed physician", issuer="A state board")
    assert "expires on" in front_page(client, user)
    renewed.verify(by=medical_lead)
    assert "are in order" in front_page(client, user)


def test_whoever_may_not_sign_for_lack_of_a_declaration_is_led_to_it(
    at_the_desk: Client, in_review: Revision, reviewer: User
) -> None:
    screens = [f"/admin/articles/revision/{in_review.pk}/review/", "/admin/articles/revision/for-review/"]
    link = f'<a href="{RECORD}">Your record</a>'
    assert not any(link in at_the_desk.get(screen).content.decode() for screen in screens)
    declared_long_ago(reviewer)
    for screen in screens:
        answer = at_the_desk.get(screen)
        assert "Declare your interests first" in told(answer)
        assert link in answer.content.decode()
    assert "Your declaration of interests was a year old on" in told(at_the_desk.get(RECORD))
    at_the_desk.post(RECORD, {"nothing": "on"})
    assert "Declare your interests first" not in told(at_the_desk.get(screens[0]))


def test_the_interests_of_whoever_signed_stand_beside_the_signature(
    at_the_desk: Client, approved: Revision, reviewer: User
) -> None:
    at_the_desk.post(RECORD, {"statement": "Owns shares of a maker of drugs."})
    for screen in ("review", "publish"):
        shown = told(at_the_desk.get(f"/admin/articles/revision/{approved.pk}/{screen}/"))
        assert "Interests: Owns shares of a maker of drugs." in shown


def test_readers_see_the_newest_declaration_on_the_card_and_on_the_persons_page(
    at_the_desk: Client, published: PublishedPage, reviewer: User
) -> None:
    at_the_desk.post(RECORD, {"statement": "Owns shares of a maker of drugs."})
    for address in (published.get_absolute_url(), reviewer.person.get_absolute_url()):
        shown = told(at_the_desk.get(address))
        assert "Owns shares of a maker of drugs." in shown
        assert "None to declare." not in shown


def test_nobody_declares_for_a_colleague_who_has_an_account(client: Client, editor: User, reviewer: User) -> None:
    client.force_login(editor)
    person = reviewer.person
    assert 'name="interests-0-statement"' not in client.get(page_of(person)).content.decode()
    sent = {"interests-TOTAL_FORMS": "1", "interests-0-person": str(person.pk), "interests-0-statement": "Shares."}
    client.post(page_of(person), form_of(person, **sent))
    assert person.interests.count() == 1


def test_an_editor_writes_down_what_somebody_without_an_account_declares(client: Client, editor: User) -> None:
    person = the_author()
    client.force_login(editor)
    sent = {
        "interests-TOTAL_FORMS": "1",
        "interests-0-person": str(person.pk),
        "interests-0-statement": "Paid by the publisher.",
        "interests-0-declared_on": "2026-01-02",
    }
    client.post(page_of(person), form_of(person, **sent))
    declared = person.interests.get()
    assert (declared.statement, declared.declared_by) == ("Paid by the publisher.", editor)
    ahead = client.post(page_of(person), form_of(person, **{**sent, "interests-0-declared_on": "2099-01-02"}))
    assert "A declaration of interests is not dated ahead." in told(ahead)


def test_a_lead_revokes_a_credential_with_a_reason(client: Client, medical_lead: User, reviewer: User) -> None:
    client.force_login(medical_lead)
    credential = Credential.objects.get(person__user=reviewer)
    revoke = f"/admin/articles/person/credential/{credential.pk}/revoke/"
    assert revoke in client.get(page_of(reviewer.person)).content.decode()
    assert "Say why, in a sentence." in told(client.post(revoke, {"reason": " "}))
    client.post(revoke, {"reason": "The board withdrew it."})
    credential.refresh_from_db()
    assert (credential.revoked_by, credential.revoked_because) == (medical_lead, "The board withdrew it.")
    entry = AuditEntry.objects.get(action="credential.revoked")
    assert (entry.actor, entry.target_id, entry.facts) == (medical_lead, str(credential.pk), {})
    assert "Revoked by The medical lead" in told(client.get(page_of(reviewer.person)))
    assert "The medical lead has already revoked this credential." in told(client.post(revoke, {"reason": "Again."}))
    verify = revoke.replace("revoke", "verify")
    assert "The medical lead has revoked this credential." in told(client.post(verify))
    client.force_login(reviewer)
    assert "You need a credential" not in told(client.get(RECORD))
    assert "The board withdrew it. Nothing new is signed with it." in told(client.get(RECORD))


def test_a_lead_does_not_revoke_their_own(client: Client, medical_lead: User) -> None:
    other_lead = a_user("medical lead", email="other.lead@example.org")
    own = a_reviewer("lead@example.org", verified_by=other_lead)
    client.force_login(own)
    roles.appoint(own, "medical lead", by=other_lead)
    credential = Credential.objects.get(person__user=own)
    answer = client.post(f"/admin/articles/person/credential/{credential.pk}/revoke/", {"reason": "I retire."})
    assert answer.status_code == 400
    assert "Nobody revokes their own credential." in told(answer)
    credential.refresh_from_db()
    assert credential.revoked_at is None


def test_a_lead_makes_somebody_a_specialist_and_answers_for_it(client: Client, reviewer: User) -> None:
    other_lead = a_user("medical lead", email="other.lead@example.org", name="The other lead")
    client.force_login(other_lead)
    person = reviewer.person
    scope = person.review_scopes.get()
    sent = {
        "review_scopes-TOTAL_FORMS": "1",
        "review_scopes-INITIAL_FORMS": "1",
        "review_scopes-0-id": str(scope.pk),
        "review_scopes-0-person": str(person.pk),
        "review_scopes-0-covers": "every",
        "review_scopes-0-is_specialist": "on",
    }
    client.post(page_of(person), form_of(person, **sent))
    scope.refresh_from_db()
    assert (scope.is_specialist, scope.granted_by) == (True, other_lead)


def test_a_lead_does_not_make_themselves_a_specialist(client: Client, medical_lead: User) -> None:
    own = a_reviewer("lead@example.org", verified_by=medical_lead)
    roles.appoint(own, "medical lead", by=medical_lead)
    client.force_login(own)
    scope = own.person.review_scopes.get()
    sent = {
        "review_scopes-TOTAL_FORMS": "1",
        "review_scopes-INITIAL_FORMS": "1",
        "review_scopes-0-id": str(scope.pk),
        "review_scopes-0-person": str(own.person.pk),
        "review_scopes-0-covers": "every",
        "review_scopes-0-is_specialist": "on",
    }
    answer = client.post(page_of(own.person), form_of(own.person, **sent))
    assert "Nobody grants a review scope to themselves." in told(answer)
    scope.refresh_from_db()
    assert (scope.is_specialist, scope.granted_by) == (False, medical_lead)
