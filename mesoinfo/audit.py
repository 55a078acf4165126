"""The ledger of what staff did. Write to it last in a transaction: its lock is held until the commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import models

from mesoinfo.models import AuditEntry, User

Fact = str | int | bool | None


def record(actor: User | None, action: str, target: models.Model | None = None, **facts: Fact) -> AuditEntry:
    """Add one entry. `actor` is None for the system itself; `facts` hold ids and codes, never words."""
    return AuditEntry.objects.create(
        actor=actor,
        action=action,
        target_type=target._meta.label_lower if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        facts=facts,
    )


def record_each(actor: User | None, action: str, targets: Iterable[tuple[models.Model, Mapping[str, Fact]]]) -> None:
    """Add an entry for each target with its facts, in few statements."""
    AuditEntry.objects.bulk_create(
        [
            AuditEntry(
                actor=actor,
                action=action,
                target_type=target._meta.label_lower,
                target_id=str(target.pk),
                facts=dict(facts),
            )
            for target, facts in targets
        ],
        batch_size=1000,
    )
