"""The ledger of what staff did. Write to it last in a transaction: its lock is held until the commit."""

from __future__ import annotations

from django.db import models

from mesoinfo.models import AuditEntry, User


def record(
    actor: User | None, action: str, target: models.Model | None = None, **facts: str | int | bool | None
) -> AuditEntry:
    """Add one entry. `actor` is None for the system itself; `facts` hold ids and codes, never words."""
    return AuditEntry.objects.create(
        actor=actor,
        action=action,
        target_type=target._meta.label_lower if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        facts=facts,
    )
