"""Two addresses for monitors: is the process up, and can it do its work."""

from __future__ import annotations

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from caseintake import erasing


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers, is migrated, and the key to seal requests is there; else 503. Says which.

    On the desk too, whether all that was erased before a restore is erased again.
    """
    found = {"database": False, "migrations": False, "public_key": settings.DESK_PUBLIC_KEY.is_file()}
    try:
        executor = MigrationExecutor(connection)
        found["database"] = True
        found["migrations"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        pass
    if settings.TIER != "site":
        found["erasures"] = _stays_erased()
    return JsonResponse(found, status=200 if all(found.values()) else 503)


def _stays_erased() -> bool:
    try:
        return not erasing.outstanding()
    except (DatabaseError, erasing.LedgerUnreadable):
        return False
