"""Triggers that no session can talk out of their work.

django-pgtrigger gives every trigger a switch: it rests while the session variable `pgtrigger.ignore` names it. Anyone
who can send SQL can set that variable, and so could break each promise in silence. And a function without a search
path of its own looks for its tables among the session's temporary ones first, where anyone can put a made-up
`articles_credential`. Both are closed after each migration, which may have written the functions anew.

Triggers work with the rights of whoever writes. But some write to tables that nobody should write to in any other way:
those work with the rights of the owner, and the database roles of the processes have none there (mesoinfo/grants.py).
"""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections

# By the names they are declared under; pgtrigger adds a hash.
WITH_THE_OWNERS_RIGHTS = (
    # What a record said before (pghistory): a history is written because the record was.
    "insert_insert",
    "update_update",
    "delete_delete",
    # The address a page had leads to it from the moment it moves.
    "old_addresses_lead_on",
    # The tables of search, which hold what is live.
    "found_as_it_stands",
    "found_when_it_goes_live",
)

ALWAYS_AT_WORK = f"""
DO $harden$
DECLARE
    trigger_function regprocedure;
BEGIN
    CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
    LANGUAGE sql IMMUTABLE AS 'SELECT false';
    FOR trigger_function IN
        SELECT p.oid FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = 'public' AND p.proname LIKE 'pgtrigger\\_%' AND p.proconfig IS NULL
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = public, pg_temp', trigger_function);
    END LOOP;
    FOR trigger_function IN
        SELECT p.oid FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = 'public' AND NOT p.prosecdef
          AND p.proname ~ '^pgtrigger_({"|".join(WITH_THE_OWNERS_RIGHTS)})_[0-9a-f]+$'
    LOOP
        EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER', trigger_function);
    END LOOP;
END
$harden$
"""


def harden(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """After migrating, once all apps have made their triggers."""
    from django.apps import apps

    if sender is not [app for app in apps.get_app_configs() if app.models_module is not None][-1]:
        return
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regprocedure('public._pgtrigger_should_ignore(name)') IS NOT NULL")
        if cursor.fetchone() == (True,):
            cursor.execute(ALWAYS_AT_WORK)
