"""People: nobody vouches for themselves."""

from __future__ import annotations

import pytest
from django.test import Client

from articles.models import Credential, Person, PublishedPage, ReviewScope, Topic
from mesoinfo.models import AuditEntry, User
from tests.conftest import a_reviewer, a_user
from tests.desk_answers import told

EMPTY = {
    f"{name}-{kind}": "0"
    for name in ("credentials", "interests", "review_scopes")
    for kind in ("TOTAL_FORMS", "INITIAL_FORMS")
}


def page_of(person: Person) -> str:
    return f"/admin/articles/person/{person.pk}/change/"


def form_of(person: Person, **changes: str) -> dict[str, str]:
    return {
        "name": person.name,
        "slug": person.slug,
        "job_title": person.job_title,
        "employer": person.employer,
        "bio": person.bio,
        "user": str(person.user_id or ""),
        **EMPTY,
        **changes,
    }


def a_new_credential(person: Person) -> dict[str, str]:
    return {
        "credentials-TOTAL_FORMS": "1",
        "credentials-0-person": str(person.pk),
        "credentials-0-title": "Board certified",
        "credentials-0-issuer": "A board",
    }


def a_new_scope(person: Person) -> dict[str, str]:
    return {
        "review_scopes-TOTAL_FORMS": "1",
        "review_scopes-0-person": str(person.pk),
        "review_scopes-0-covers": "every",
        "review_scopes-0-ends_on": "",
    }


@pytest.fixture
def at_the_desk(client: Client, medical_lead: User) -> Client:
    client.force_login(medical_lead)
    return client


def test_a_lead_keeps_credentials_and_scopes_and_not_the_person(at_the_desk: Client, author: Person) -> None:
    at_the_desk.post(
        page_of(author), form_of(author, name="Another name", **a_new_credential(author)) | a_new_scope(author)
    )
    author.refresh_from_db()
    assert author.name == "An author"
    credential = author.credentials.get()
    assert (credential.title, credential.verified_at) == ("Board certified", None)
    scope = author.review_scopes.get()
    assert (scope.topic, scope.granted_by.name) == (None, "The medical lead")
    assert AuditEntry.objects.filter(action="reviewscope.added").exists()


def test_a_lead_verifies_a_colleagues_credential(at_the_desk: Client, author: Person, medical_lead: User) -> None:
    credential = author.credentials.create(title="Board certified", issuer="A board")
    verify = f"/admin/articles/person/credential/{credential.pk}/verify/"
    assert verify in at_the_desk.get(page_of(author)).content.decode()
    at_the_desk.post(verify)
    credential.refresh_from_db()
    assert credential.verified_by == medical_lead
    assert AuditEntry.objects.filter(action="credential.verified", target_id=str(credential.pk)).exists()
    again = at_the_desk.post(verify)
    assert again.status_code == 409
    assert "The medical lead has already verified this credential." in told(again)


def test_a_lead_does_not_verify_their_own(at_the_desk: Client, author: Person, medical_lead: User) -> None:
    author.user = medical_lead
    author.save()
    credential = author.credentials.create(title="Board certified", issuer="A board")
    verify = f"/admin/articles/person/credential/{credential.pk}/verify/"
    assert "This is your own credential. A colleague has to check it." in told(at_the_desk.get(verify))
    answer = at_the_desk.post(verify)
    assert answer.status_code == 409
    assert "Nobody verifies their own credential." in told(answer)
    credential.refresh_from_db()
    assert credential.verified_at is None


def test_a_lead_does_not_grant_a_scope_to_themselves(at_the_desk: Client, author: Person, medical_lead: User) -> None:
    author.user = medical_lead
    author.save()
    answer = at_the_desk.post(
        page_of(author), form_of(author, **a_new_scope(author)) | {"review_scopes-0-ends_on": "2099-01-01"}
    )
    assert answer.status_code == 200
    assert "Nobody grants a review scope to themselves." in told(answer)
    assert "2099-01-01" in answer.content.decode()
    assert not ReviewScope.objects.exists()


def test_a_scope_is_one_topic_or_every_page_and_no_row_twice(at_the_desk: Client, author: Person, topic: Topic) -> None:
    sent = form_of(author, **a_new_scope(author)) | {"review_scopes-0-covers": str(topic.pk)}
    at_the_desk.post(page_of(author), sent)
    assert author.review_scopes.get().topic == topic
    answer = at_the_desk.post(page_of(author), sent)
    assert answer.status_code == 200
    assert "This person already has a review scope for this topic." in told(answer)
    wrong = at_the_desk.post(page_of(author), sent | {"review_scopes-0-covers": "nothing"})
    assert "Select a valid choice." in told(wrong)
    assert author.review_scopes.count() == 1


def test_a_changed_credential_has_to_be_checked_again(at_the_desk: Client, medical_lead: User) -> None:
    other_lead = a_user("medical lead", email="other.lead@example.org")
    person = a_reviewer("physician@example.org", verified_by=other_lead).person
    credential = person.credentials.get()
    assert credential.verified_at
    sent = form_of(person, **a_new_credential(person)) | {
        "credentials-INITIAL_FORMS": "1",
        "credentials-0-id": str(credential.pk),
        "credentials-0-title": "Licensed surgeon",
    }
    at_the_desk.post(page_of(person), sent)
    credential.refresh_from_db()
    assert (credential.title, credential.verified_by, credential.verified_at) == ("Licensed surgeon", None, None)


def test_saving_without_a_change_keeps_the_verification(at_the_desk: Client, reviewer: User) -> None:
    person = reviewer.person
    credential = person.credentials.get()
    sent = form_of(person, **a_new_credential(person)) | {
        "credentials-INITIAL_FORMS": "1",
        "credentials-0-id": str(credential.pk),
        "credentials-0-title": credential.title,
        "credentials-0-issuer": credential.issuer,
    }
    at_the_desk.post(page_of(person), sent)
    assert Credential.objects.get().verified_at is not None


def test_nobody_links_a_person_to_their_own_account(client: Client, editor: User, author: Person) -> None:
    """Credentials and scopes go with the person: whoever takes over the person takes them over too."""
    client.force_login(editor)
    answer = client.post(page_of(author), form_of(author, user=str(editor.pk)))
    assert "Ask a colleague to link your own account" in told(answer)
    author.refresh_from_db()
    assert author.user is None
    colleague = a_user("medical reviewer")
    client.post(page_of(author), form_of(author, user=str(colleague.pk)))
    author.refresh_from_db()
    assert author.user == colleague


def test_an_editor_does_not_touch_credentials(client: Client, editor: User, author: Person) -> None:
    client.force_login(editor)
    client.post(page_of(author), form_of(author, **a_new_credential(author)))
    assert not Credential.objects.exists()


def test_an_editor_does_not_pass_a_signature_to_somebody_else(
    client: Client, editor: User, reviewer: User, published: PublishedPage
) -> None:
    """The page would name another reviewer, or none, and the credential would sign for another."""
    client.force_login(editor)
    person = reviewer.person
    for account in ("", str(a_user("medical reviewer", email="colleague@example.org").pk)):
        answer = client.post(page_of(person), form_of(person, user=account))
        assert "A person who has signed keeps their account." in told(answer)
    assert reviewer.name in client.get(published.get_absolute_url()).content.decode()
