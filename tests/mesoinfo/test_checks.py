"""Start-up checks: what is wrong with the surroundings is said in a plain sentence."""

from __future__ import annotations

import os

import pytest
from django.core.checks import run_checks

from mesoinfo import checks, vault


@pytest.fixture
def keys(settings, tmp_path):
    """A desk key pair as it should be."""
    key = vault.generate()
    settings.DESK_PUBLIC_KEY = tmp_path / "desk.public"
    settings.DESK_PRIVATE_KEY = tmp_path / "desk.private"
    settings.DESK_PUBLIC_KEY.write_text(vault.key_text(key.public))
    settings.DESK_PRIVATE_KEY.write_text(vault.key_text(key))
    settings.DESK_PRIVATE_KEY.chmod(0o600)
    return settings


def found() -> dict[str, str]:
    """The ids and sentences of our own checks."""
    return {str(m.id): m.msg for m in run_checks() if str(m.id).startswith("mesoinfo.")}


def test_a_whole_pair_is_in_order(keys):
    assert found() == {}


def test_a_missing_key_is_said(keys):
    keys.DESK_PUBLIC_KEY.unlink()
    assert "no request for help can be accepted" in found()["mesoinfo.W001"]


def test_the_public_site_must_not_read_the_private_key(keys):
    keys.TIER = "site"
    assert "public site can read the desk's private key" in found()["mesoinfo.E002"]


def test_a_private_key_that_others_can_read_is_said(keys):
    keys.DESK_PRIVATE_KEY.chmod(0o644)
    assert "Others on this machine can read" in found()["mesoinfo.E003"]


def test_two_keys_that_are_no_pair_are_said(keys):
    keys.DESK_PUBLIC_KEY.write_text(vault.key_text(vault.generate().public))
    assert "are not a pair" in found()["mesoinfo.E008"]


def test_a_damaged_key_is_said(keys):
    keys.DESK_PRIVATE_KEY.write_text("nonsense")
    assert "not a whole private desk key" in found()["mesoinfo.E007"]


@pytest.fixture
def production(keys):
    keys.DEVELOPMENT = False
    keys.TIER = "desk"
    return keys


def test_a_desk_without_a_place_for_checkpoints_is_said(production):
    production.AUDIT_CHECKPOINT_DIR = None
    assert "AUDIT_CHECKPOINT_DIR is not set" in found()["mesoinfo.W010"]
    production.TIER = "site"
    assert "mesoinfo.W010" not in found()


def test_a_place_for_checkpoints_that_cannot_be_written_is_said(production, tmp_path, monkeypatch):
    production.AUDIT_CHECKPOINT_DIR = tmp_path / "checkpoints"
    assert f"cannot be written to {tmp_path}/checkpoints" in found()["mesoinfo.W011"]
    production.AUDIT_CHECKPOINT_DIR.mkdir()
    assert "mesoinfo.W011" not in found()
    # Root, who may run the tests, may write anywhere.
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert "mesoinfo.W011" in found()


def test_a_database_that_pretends_is_refused(db):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        messages = run_checks(databases=["default"])
    assert "mesoinfo.E005" in {m.id for m in messages}


QUIET = {
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_transaction_sample_rate": "0",
    "log_min_error_statement": "panic",
}


def test_a_database_that_logs_no_statement_is_in_order():
    assert checks.indiscreet(QUIET) == []


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("log_statement", "all"),
        ("log_min_duration_statement", "0"),
        ("log_min_duration_statement", "250"),
        ("log_min_duration_sample", "100"),
        ("log_transaction_sample_rate", "0.5"),
        ("log_min_error_statement", "error"),
    ],
)
def test_a_database_that_would_log_what_readers_search_for_is_said(name, setting):
    (message,) = checks.indiscreet(QUIET | {name: setting})
    assert message.msg == f"PostgreSQL may log what readers search for ({name}={setting})."


def test_the_settings_of_the_database_are_asked(db):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_settings WHERE name = ANY(%s)", [list(checks.DISCREET)])
        assert cursor.fetchone() == (len(checks.DISCREET),)
        cursor.execute("SELECT current_setting('log_min_error_statement')")
        (found,) = cursor.fetchone()
    said = {m.id for m in checks.statements_are_not_logged(databases=["default"])}
    assert ("mesoinfo.W009" in said) is (found not in checks.DISCREET["log_min_error_statement"])
