"""Settings: what is missing or contradictory stops the site with a sentence."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PRODUCTION = {
    "SECRET_KEY": "x" * 60,
    "DATABASE_URL": "postgres://u:p@localhost/db",
    "MESOINFO_TIER": "site",
    "ALLOWED_HOSTS": "www.example.org",
    "PUBLIC_ORIGIN": "https://www.example.org",
}


SEND_MAIL = (
    "import django; django.setup(); from django.core.mail import send_mail; "
    "send_mail('Hello', '', None, ['ada@example.org'])"
)


def start(tmp_path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Import the settings in a process of their own, with exactly this environment."""
    return subprocess.run(
        [sys.executable, "-c", "from mesoinfo import settings as s; print(s.TIER, s.SESSION_COOKIE_SECURE)"],
        env={"PATH": os.environ["PATH"], "MESOINFO_VAR": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_settings_are_complete_and_secure(tmp_path):
    assert start(tmp_path, **PRODUCTION).stdout.split() == ["site", "True"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"DATABASE_URL": ""}, "DATABASE_URL is not set"),
        ({"DATABASE_URL": "mysql://u:p@localhost/db"}, "not the address of a PostgreSQL database"),
        ({"DATABASE_URL": "postgres://u:pass/word@localhost:5432/db"}, "%2F for / in a password"),
        ({"DATABASE_URL": "nonsense"}, "not the address of a PostgreSQL database"),
        ({"MESOINFO_TIER": ""}, "Set it to site"),
        ({"MESOINFO_TIER": "all"}, "is for development"),
        ({"DEBUG": "1"}, "DEBUG=1 shows secrets"),
        ({"DEBUG": "perhaps"}, "Set it to 1 or 0"),
        ({"SECURITY_CONTACT": "security@example.org"}, "SECURITY_CONTACT is not an address that RFC 9116 allows"),
        ({"SECURITY_CONTACT": "mailto:a@example.org,http://b.example"}, "SECURITY_CONTACT is not an address"),
    ],
)
def test_a_wrong_setting_stops_the_site_with_a_sentence(tmp_path, changes, sentence):
    result = start(tmp_path, **{**PRODUCTION, **changes})
    assert result.returncode != 0
    assert sentence in result.stderr


def test_in_development_mail_goes_to_files_and_nowhere_else(tmp_path):
    surroundings = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "mesoinfo.settings",
        "MESOINFO_DEVELOPMENT": "1",
        "MESOINFO_TIER": "all",
        "MESOINFO_VAR": str(tmp_path),
        "EMAIL_URL": "",
    }
    subprocess.run([sys.executable, "-c", SEND_MAIL], env=surroundings, check=True)
    [file] = (tmp_path / "mail").iterdir()
    assert "Subject: Hello" in file.read_text()


def test_a_command_says_the_sentence_and_nothing_else():
    told = subprocess.run(
        [sys.executable, "manage.py", "migrate"],
        env={"PATH": os.environ["PATH"], "MESOINFO_DEVELOPMENT": "", "MESOINFO_TIER": ""},
        capture_output=True,
        text=True,
    )
    assert told.returncode == 1
    assert told.stderr.startswith("MESOINFO_TIER is ''.")
    assert "MESOINFO_DEVELOPMENT=1" in told.stderr
    assert len(told.stderr.splitlines()) == 1


def test_sample_accounts_are_refused_with_production_settings(settings):
    from django.core.exceptions import ImproperlyConfigured

    from mesoinfo import sample_accounts

    settings.DEVELOPMENT = False
    with pytest.raises(ImproperlyConfigured, match="production settings"):
        sample_accounts.ensure()


def test_sample_content_is_refused_with_production_settings(settings):
    from django.core.management import CommandError, call_command

    settings.DEVELOPMENT = False
    with pytest.raises(CommandError, match="production settings"):
        call_command("load_sample_content")
