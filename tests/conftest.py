"""What all tests share."""

import pytest

from mesoinfo import dev_postgres


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix) -> None:
    """Before the first test that needs a database: one that runs, unless DATABASE_URL names another."""
    from django.conf import settings

    if dev_postgres.is_used_by(settings.DATABASES["default"]):
        try:
            dev_postgres.ensure_running()
        except dev_postgres.DevPostgresError as problem:
            pytest.exit(str(problem), returncode=1)
