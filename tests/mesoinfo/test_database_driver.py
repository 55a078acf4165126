"""The database driver is psycopg2: Django would silently prefer psycopg 3 if anything installed it."""

import importlib.util

from django.db.backends.postgresql.psycopg_any import is_psycopg3


def test_psycopg_3_is_not_installed_and_not_used():
    assert importlib.util.find_spec("psycopg") is None
    assert not is_psycopg3
