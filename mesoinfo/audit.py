"""The ledger of what staff did. Write to it last in a transaction: its lock is held until the commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import models, transaction

from mesoinfo import checkpoints
from mesoinfo.models import AuditEntry, User

# What decides what readers see: approval, every step of a public page, taking it down and putting it back. These get
# their checkpoint at once; the rest within a minute, by the sweep.
DECIDING = ("revision.approved", "page.", "takedown.")

Fact = str | int | bool | None


def record(actor: User | None, action: str, target: models.Model | None = None, **facts: Fact) -> AuditEntry:
    """Add one entry. `actor` is None for the system itself; `facts` hold ids and codes, never words."""
    entry = AuditEntry.objects.create(
        actor=actor,
        action=action,
        target_type=target._meta.label_lower if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        facts=facts,
    )
    if action.startswith(DECIDING):
        # Robust: what is committed stands, also when its checkpoint has to wait for the sweep.
        transaction.on_commit(checkpoints.write, robust=True)
    return entry


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
