"""What PostgreSQL promises about users, settings and the outbox, past the ORM."""

from __future__ import annotations

import pytest
from django.db import connection

from mesoinfo.models import OutboxMessage, SiteSettings, User
from tests.conftest import a_user
from tests.refusing import refused


def test_an_email_belongs_to_one_user_in_any_case(db):
    a_user(email="ann@example.org")
    with refused("one_user_per_email_in_any_case"):
        User.objects.bulk_create([User(email="Ann@Example.org", name="Ann")])


def test_there_is_one_row_of_site_settings(db):
    with refused("there_is_one_row_of_site_settings"):
        SiteSettings.objects.bulk_create([SiteSettings(id=2, publisher_name="P", about="A")])


def test_a_case_review_is_marked_as_advertising(db):
    with refused("a_case_review_is_marked_as_advertising"):
        SiteSettings.objects.bulk_create([SiteSettings(publisher_name="P", about="A", advertising_notice="")])


def test_the_citation_style_is_one_we_have(db):
    with refused("the_citation_style_is_one_we_have"):
        SiteSettings.objects.create(publisher_name="P", about="A", citation_style="mine")


def test_a_phone_number_says_its_hours(db):
    with refused("a_phone_number_says_its_hours"):
        SiteSettings.objects.bulk_create([SiteSettings(publisher_name="P", about="A", phone="1-800-555-0100")])


def test_a_message_is_written_once_under_its_key(db):
    OutboxMessage.objects.create(kind="case-received", dedupe_key="one", role="advocate")
    with refused("dedupe_key"):
        OutboxMessage.objects.bulk_create([OutboxMessage(kind="case-received", dedupe_key="one", role="advocate")])
    with refused("a_message_has_a_key_of_its_own"):
        OutboxMessage.objects.bulk_create([OutboxMessage(kind="case-received", dedupe_key="", role="advocate")])


def test_the_database_adapter_is_psycopg2(db):
    # A psycopg 3 beside it would silently take over.
    from django.db.backends.postgresql.psycopg_any import is_psycopg3

    assert is_psycopg3 is False
    with pytest.raises(ImportError):
        __import__("psycopg")


def test_committed_means_on_disk(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')")
        assert cursor.fetchone() == ("on", "on")
