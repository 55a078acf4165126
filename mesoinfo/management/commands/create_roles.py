"""manage.py create_roles: the database roles of the processes, each with exactly the rights it needs."""

from __future__ import annotations

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS

from mesoinfo import database_roles
from mesoinfo.grants import OWNER, ROLES


class Command(BaseCommand):
    help = (
        f"Make the database roles {', '.join(ROLES)}, hand all there is over to {OWNER}, and let each do what "
        "mesoinfo/grants.py lists. Run it as the owner of the database, with CREATEROLE, or as a superuser; again "
        "whenever you like. A password is set where the environment or .env has one, as in MESOINFO_SITE_PASSWORD."
    )
    # Before the first migration there are no keys, and no mail.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        said: list[str] = []
        passwords = {role: os.environ[name] for role in ROLES if os.environ.get(name := f"{role.upper()}_PASSWORD")}
        try:
            database_roles.make_roles(DEFAULT_DB_ALIAS, passwords, tell=said.append)
            database_roles.set_grants(DEFAULT_DB_ALIAS, tell=said.append)
        except database_roles.RolesRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        finally:
            for sentence in said:
                self.stdout.write(sentence)
        if forgotten := database_roles.unnamed(DEFAULT_DB_ALIAS):
            raise CommandError("\n".join(forgotten))
        if not said:
            self.stdout.write("Nothing to change: the roles have exactly their rights.")
