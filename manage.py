#!/usr/bin/env python
"""Django's command line for mesoinfo."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mesoinfo.settings")
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from mesoinfo import dev_postgres
    from mesoinfo.dev_postgres_programs import DevPostgresError

    try:
        if settings.DEVELOPMENT and dev_postgres.is_used_by(settings.DATABASES["default"]):
            dev_postgres.ensure_running(lambda line: print(line, file=sys.stderr))
    except (ImproperlyConfigured, DevPostgresError) as problem:
        sys.exit(str(problem))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
