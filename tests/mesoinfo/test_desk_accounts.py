"""Accounts on the desk: for superusers, who give roles to others and none to themselves."""

from __future__ import annotations

import pytest
from django.test import Client

from mesoinfo import roles
from mesoinfo.models import AuditEntry, SiteSettings, User
from tests.conftest import a_user
from tests.desk_answers import told

PASSWORD = "a password that is long enough"


@pytest.fixture
def superuser(db: None) -> User:
    return User.objects.create_superuser("root@example.org", PASSWORD, name="The superuser")


@pytest.fixture
def at_the_desk(client: Client, superuser: User) -> Client:
    client.force_login(superuser)
    return client


def new_account(**changes: str) -> dict[str, str]:
    return {
        "email": "new@example.org",
        "name": "Somebody new",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
        **changes,
    }


def test_an_account_is_made_without_any_role(at_the_desk: Client) -> None:
    at_the_desk.post("/admin/mesoinfo/user/add/", new_account())
    user = User.objects.get(email="new@example.org")
    assert user.check_password(PASSWORD)
    assert not user.groups.exists()
    assert not user.is_superuser
    assert AuditEntry.objects.filter(action="user.added", target_id=str(user.pk)).exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"email": "ROOT@example.org"}, "Somebody already signs in with this address."),
        ({"email": "nobody"}, "Enter a valid email address."),
        ({"password1": "short", "password2": "short"}, "This password is too short."),
        ({"password2": "something else altogether"}, "The two password fields didn’t match."),
        ({"name": ""}, "This field is required."),
    ],
)
def test_an_account_that_cannot_be(at_the_desk: Client, changes: dict[str, str], sentence: str) -> None:
    answer = at_the_desk.post("/admin/mesoinfo/user/add/", new_account(**changes))
    assert answer.status_code == 200
    assert sentence in told(answer)
    assert User.objects.count() == 1


def test_an_address_that_differs_by_case_only_is_told_when_it_is_changed(at_the_desk: Client, superuser: User) -> None:
    other = a_user("writer")
    form = {"email": "Root@example.org", "name": "The writer", "is_active": "on", "is_staff": "on"}
    answer = at_the_desk.post(f"/admin/mesoinfo/user/{other.pk}/change/", form)
    assert answer.status_code == 200
    assert "Somebody already signs in with this address." in told(answer)
    assert "The writer" in answer.content.decode()


def test_a_role_is_given_and_written_down(at_the_desk: Client, superuser: User) -> None:
    user = a_user()
    page = f"/admin/mesoinfo/user/{user.pk}/change/"
    assert "Give a role" in told(at_the_desk.get(page))
    at_the_desk.post(f"/admin/mesoinfo/user/{user.pk}/appoint/", {"role": "medical reviewer"})
    assert roles.holds(user, "articles.sign_block")
    entry = AuditEntry.objects.get(action="role.appointed", target_id=str(user.pk))
    assert (entry.actor, entry.facts["role"]) == (superuser, "medical reviewer")
    assert "medical reviewer" in told(at_the_desk.get(page))


def test_nobody_gives_a_role_to_themselves(at_the_desk: Client, superuser: User) -> None:
    assert "Give a role" not in told(at_the_desk.get(f"/admin/mesoinfo/user/{superuser.pk}/change/"))
    answer = at_the_desk.post(f"/admin/mesoinfo/user/{superuser.pk}/appoint/", {"role": "publisher"})
    assert answer.status_code == 400
    assert "Nobody gives a role to themselves. Ask a colleague to do it." in told(answer)
    assert not superuser.groups.exists()


@pytest.mark.parametrize(("role", "sentence"), [("", "Choose a role."), ("king", "Choose a role from the list.")])
def test_a_role_that_does_not_exist_is_told(at_the_desk: Client, role: str, sentence: str) -> None:
    user = a_user()
    assert sentence in told(at_the_desk.post(f"/admin/mesoinfo/user/{user.pk}/appoint/", {"role": role}))


def test_groups_and_permissions_cannot_be_typed_into_an_account(at_the_desk: Client) -> None:
    user = a_user()
    form = {"email": user.email, "name": user.name, "is_active": "on", "is_staff": "on", "groups": "1"}
    at_the_desk.post(f"/admin/mesoinfo/user/{user.pk}/change/", {**form, "user_permissions": "1"})
    assert not user.groups.exists()
    assert not user.user_permissions.exists()


def test_a_superuser_does_not_deactivate_themselves(at_the_desk: Client, superuser: User) -> None:
    form = {"email": superuser.email, "name": "A new name"}
    at_the_desk.post(f"/admin/mesoinfo/user/{superuser.pk}/change/", form)
    superuser.refresh_from_db()
    assert (superuser.name, superuser.is_active, superuser.is_superuser) == ("A new name", True, True)


def test_a_colleague_who_leaves_is_deactivated_and_stays(at_the_desk: Client) -> None:
    user = a_user("writer")
    at_the_desk.post(f"/admin/mesoinfo/user/{user.pk}/change/", {"email": user.email, "name": user.name})
    user.refresh_from_db()
    assert not user.is_active
    entry = AuditEntry.objects.get(action="user.changed", target_id=str(user.pk))
    assert "name" not in entry.facts["fields"].lower().split(", ")
    assert at_the_desk.post(f"/admin/mesoinfo/user/{user.pk}/delete/", {"post": "yes"}).status_code == 403


def test_site_settings_are_one_row_and_told_in_sentences(at_the_desk: Client) -> None:
    form = {
        "site_name": "mesoinfo",
        "publisher_name": "The publisher",
        "about": "About.",
        "emergency_note": "Call 911.",
        "advertising_notice": "Attorney advertising. A law firm, 1 Example Street.",
        "citation_style": "american-medical-association",
    }
    answer = at_the_desk.post("/admin/mesoinfo/sitesettings/add/", {**form, "phone": "1-800-555-0100"})
    assert "Say when somebody answers the telephone." in told(answer)
    at_the_desk.post("/admin/mesoinfo/sitesettings/add/", form)
    assert SiteSettings.objects.get().publisher_name == "The publisher"
    assert at_the_desk.get("/admin/mesoinfo/sitesettings/add/").status_code == 403
    assert AuditEntry.objects.filter(action="sitesettings.added").exists()


def test_a_role_is_taken_away_at_once_and_the_ledger_says_by_whom(at_the_desk, superuser, db):
    writer = a_user("writer")
    page = f"/admin/mesoinfo/user/{writer.pk}/dismiss/"
    assert at_the_desk.post(page, {"role": "publisher"}).status_code == 400
    at_the_desk.post(page, {"role": "writer"})
    assert not roles.holds(writer, "articles.write_revision")
    entry = AuditEntry.objects.get(action="role.dismissed")
    assert (entry.actor, entry.target_id, entry.facts) == (superuser, str(writer.pk), {"role": "writer"})
