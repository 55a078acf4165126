"""The base app, and the desk: Django's admin with our own site."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate


class MesoinfoConfig(AppConfig):
    name = "mesoinfo"
    verbose_name = "Site"

    def ready(self) -> None:
        from mesoinfo import checks, database_roles, roles, schedule, triggers  # noqa: F401  checks register themselves

        # Last of all apps' permissions, hence without a sender: after each migrate, in every database.
        post_migrate.connect(roles.synchronise, dispatch_uid="mesoinfo.roles")
        post_migrate.connect(schedule.synchronise, dispatch_uid="mesoinfo.schedule")
        post_migrate.connect(triggers.harden, dispatch_uid="mesoinfo.triggers")
        # After all that makes tables and functions.
        post_migrate.connect(database_roles.synchronise, dispatch_uid="mesoinfo.database_roles")


class DeskConfig(AdminConfig):
    default_site = "mesoinfo.admin_site.Desk"

    def ready(self) -> None:
        super().ready()
        from mesoinfo.admin import leave_out

        # After every app has registered its own.
        leave_out()
