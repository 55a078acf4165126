"""A test that commits leaves its database as it found it: with the rows that migrating wrote, and no others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import IntegrityError
from django.utils import timezone
from django_q.models import Schedule

from caseintake.models import ConsentText
from mesoinfo import audit
from mesoinfo.models import AuditEntry
from tests.conftest import PAGE, STAGE_4, publish_one, the_offer, the_source
from tests.databases import Migrated, tables_with_rows
from tests.size import sized

pytestmark = pytest.mark.django_db(transaction=True)
WRITTEN_BY_MIGRATING = {
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "caseintake_consenttext",
    "django_content_type",
    "django_q_schedule",
}


@pytest.fixture
def migrated(transactional_db: None) -> Migrated:
    return Migrated()


def flush() -> None:
    call_command("flush", verbosity=0, interactive=False)


def no_flush() -> None:
    raise AssertionError("A flush, though nothing that migrating wrote has changed.")


def fill() -> None:
    the_offer()
    the_source()
    publish_one(STAGE_4, PAGE)


def written() -> list[Any]:
    """What migrating wrote, without the numbers of the rows."""
    return [
        set(Group.objects.values_list("name", "permissions__codename")),
        set(Permission.objects.values_list("codename", "name")),
        set(Schedule.objects.values_list("name", "func", "minutes")),
        list(ConsentText.objects.values_list("kind", "sha256", "retired_at")),
    ]


@pytest.mark.parametrize("time", ["once", "again"])
def test_what_a_test_commits_reaches_no_other(time):
    assert tables_with_rows() == WRITTEN_BY_MIGRATING
    fill()


def test_every_other_row_goes_without_a_flush(migrated):
    before = written()
    fill()
    migrated.restore(no_flush)
    assert tables_with_rows() == WRITTEN_BY_MIGRATING
    assert written() == before


def test_the_triggers_are_at_work_afterwards(migrated):
    fill()
    migrated.restore(no_flush)
    audit.record(None, "something.happened")
    with pytest.raises(IntegrityError, match="only ever added to"):
        AuditEntry.objects.all().delete()


TAMPERING: list[Callable[[], Any]] = [
    lambda: Group.objects.get(name="writer").permissions.clear(),
    lambda: Schedule.objects.create(name="stranger", func="time.time"),
    lambda: Group.objects.create(name="stranger"),
    lambda: Group.objects.all().delete(),
    lambda: Permission.objects.filter(codename="sign_block").update(name="Can sign anything"),
    lambda: Schedule.objects.update(minutes=60),
    lambda: ConsentText.objects.update(retired_at=timezone.now()),
]


@pytest.mark.proof
@pytest.mark.parametrize("tamper", sized(TAMPERING, TAMPERING[:2]))
def test_a_change_to_what_migrating_wrote_is_undone(migrated: Migrated, tamper: Callable[[], Any]):
    before = written()
    audit.record(None, "something.happened")
    tamper()
    assert written() != before
    migrated.restore(flush)
    assert written() == before
    assert tables_with_rows() == WRITTEN_BY_MIGRATING
    migrated.restore(no_flush)  # it knows the rows as the flush wrote them
