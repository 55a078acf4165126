"""Triggers do their work whatever a session says: no variable puts them to rest, no made-up table deceives them."""

from __future__ import annotations

import pgtrigger
import pytest
from django.db import IntegrityError, connection, transaction

from articles.models import Credential, SignOff
from mesoinfo import audit
from mesoinfo.models import AuditEntry
from mesoinfo.triggers import WITH_THE_OWNERS_RIGHTS


def test_no_session_variable_puts_a_trigger_to_rest(db):
    audit.record(None, "something.happened")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'mesoinfo_auditentry'::regclass AND NOT tgisinternal"
        )
        names = ",".join(name for (name,) in cursor.fetchall())
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", ["{" + names + "}"])
        with pytest.raises(IntegrityError, match="the audit ledger is only ever added to"):
            cursor.execute("DELETE FROM mesoinfo_auditentry")


def test_a_script_cannot_ask_for_it_either(db):
    audit.record(None, "something.happened")
    refused = pytest.raises(IntegrityError, match="the audit ledger is only ever added to")
    with pgtrigger.ignore(), refused, transaction.atomic():
        AuditEntry.objects.update(action="nothing.happened")


def test_a_temporary_table_does_not_stand_in_for_ours(in_review, reviewer):
    """Somebody with a credential of their own making, in a table that only their session sees."""
    credential = Credential.objects.get(person__user=reviewer)
    Credential.objects.update(verified_by=None, verified_at=None)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE articles_credential ON COMMIT DROP AS SELECT * FROM articles_credential")
        cursor.execute("UPDATE pg_temp.articles_credential SET verified_at = now(), verified_by_id = 1")
    with pytest.raises(IntegrityError, match="verified and not expired"):
        SignOff.objects.create(
            article=in_review.article,
            revision=in_review,
            digest=in_review.blocks.get(key="lede").digest,
            html_hash="0" * 64,
            reviewer=reviewer,
            credential_id=credential.pk,
            credential_then="x",
        )


def test_with_the_rights_of_the_owner_work_those_triggers_that_are_listed_and_no_others(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT regexp_replace(proname, '^pgtrigger_(.*)_[0-9a-f]+$', '\\1'), proconfig FROM pg_proc"
            " WHERE prosecdef AND pronamespace = 'public'::regnamespace AND prorettype = 'trigger'::regtype"
        )
        found = cursor.fetchall()
    assert {name for name, _ in found} == set(WITH_THE_OWNERS_RIGHTS)
    # Else whoever calls them could say where they look for tables.
    assert all(settings == ["search_path=public, pg_temp"] for _, settings in found)
