"""Roles: exact permissions, given by others, never by being superuser."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command

from mesoinfo import roles
from mesoinfo.models import AuditEntry
from tests.conftest import a_user


def permissions_of(role: str) -> set[str]:
    return {
        f"{p.content_type.app_label}.{p.codename}"
        for p in Permission.objects.filter(group__name=role).select_related("content_type")
    }


@pytest.mark.parametrize("role", roles.ROLES)
def test_each_role_has_exactly_its_permissions(db, role):
    assert permissions_of(role) == roles.ROLES[role]


def test_the_roles_are_those_of_the_house(db):
    assert set(Group.objects.values_list("name", flat=True)) == {
        "writer",
        "editor",
        "medical reviewer",
        "medical lead",
        "publisher",
        "safety officer",
        "advocate",
        "advocate lead",
        "privacy officer",
        "auditor",
    }


@pytest.mark.parametrize("role", ["writer", "editor", "publisher", "advocate", "auditor"])
def test_who_writes_or_publishes_does_not_sign(db, role):
    assert not roles.holds(a_user(role), "articles.sign_block")


@pytest.mark.parametrize("role", [role for role in roles.ROLES if "advocate" not in role])
def test_only_advocates_work_cases(db, role):
    assert not roles.holds(a_user(role), "caseintake.work_cases")


def test_being_superuser_gives_no_role(db):
    root = a_user(email="root@example.org", is_superuser=True)
    assert root.has_perm("articles.sign_block")
    assert not roles.holds(root, "articles.sign_block")


def test_who_left_holds_nothing(db):
    user = a_user("writer")
    assert roles.holds(user, "articles.write_revision")
    user.is_active = False
    user.save()
    assert not roles.holds(user, "articles.write_revision")


def test_nobody_appoints_themselves(db):
    user = a_user()
    with pytest.raises(roles.RoleRefused, match="to themselves"):
        roles.appoint(user, "publisher", by=user)


def test_the_command_appoints_and_the_ledger_keeps_both_names(db, capsys):
    user = a_user(email="ann@example.org")
    call_command("appoint", "Ann@example.org", "medical lead", by="Bea", second="Cy")
    assert roles.holds(user, "articles.sign_block")
    entry = AuditEntry.objects.get(action="role.appointed")
    assert (entry.target_id, entry.facts) == (str(user.pk), {"role": "medical lead", "witnesses": "Bea, Cy"})
    assert "ann@example.org is now medical lead" in capsys.readouterr().out
    call_command("appoint", "ann@example.org", "medical lead", by="Bea", second="Cy")
    assert AuditEntry.objects.filter(action="role.appointed").count() == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nobody@example.org", "writer", "Bea", "Cy"), "Nobody has an account"),
        (("ann@example.org", "king", "Bea", "Cy"), "There is no role 'king'"),
        (("ann@example.org", "writer", "Bea", "bea "), "Two different people"),
        (("ann@example.org", "writer", "Bea", " "), "Two different people"),
    ],
)
def test_a_wrong_appointment_gets_a_sentence(db, arguments, sentence):
    a_user(email="ann@example.org")
    email, role, by, second = arguments
    with pytest.raises(CommandError, match=sentence):
        call_command("appoint", email, role, by=by, second=second)
