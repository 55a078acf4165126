"""Rotating the desk's key: what was sealed for a retired one is wrapped for the one in use. Payloads never change.

A model takes part by having the column `wrapped_for_desk`; it says what is `sealed`, in which `place`, and how to
`keep_wrapped` what comes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import BinaryField, F, Func, Model, QuerySet, Value

from mesoinfo import audit, vault

COLUMN = "wrapped_for_desk"
BATCH = 100

Progress = Callable[[int], None]


@dataclass
class Rotated:
    """What a run came to: how many keys were wrapped anew, and by its code how often one could not be."""

    wrapped: int = 0
    refused: dict[str, int] = field(default_factory=dict)


def rotate(path: Path, *, progress: Progress = lambda wrapped: None) -> Rotated:
    """Wrap every data key for the private key at `path`, batch by batch. Killed, and run again, it goes on.

    What cannot be opened with any key that the desk has stays as it is, and is counted. Raises VaultRefused when there
    is no key at `path`.
    """
    in_use = vault.read_private_key(path).public
    done = Rotated()
    for model in _models():
        last: Any = None
        while batch := _wrap_some(model, last, path, in_use, done):
            last = batch[-1].pk
            progress(done.wrapped)
    if done.wrapped:
        audit.record(None, "keys.rotated", to=in_use.id, wrapped=done.wrapped)
    return done


def left(path: Path) -> int:
    """How many data keys are wrapped for another key than the one at `path`. Raises VaultRefused without one."""
    in_use = vault.read_private_key(path).public
    return sum(_under_another(model, in_use).count() for model in _models())


def _models() -> Iterator[type[Model]]:
    return (model for model in apps.get_models() if any(field.name == COLUMN for field in model._meta.fields))


def _under_another(model: type[Model], in_use: vault.PublicKey) -> QuerySet[Any]:
    wrapped_for = Func(F(COLUMN), Value(2), Value(vault.ID_BYTES), function="substring", output_field=BinaryField())
    return model._base_manager.alias(wrapped_for=wrapped_for).exclude(wrapped_for=bytes.fromhex(in_use.id))


@transaction.atomic
def _wrap_some(model: type[Model], after: Any, path: Path, in_use: vault.PublicKey, done: Rotated) -> list[Any]:
    found = _under_another(model, in_use).order_by("pk").select_for_update()
    batch = list((found if after is None else found.filter(pk__gt=after))[:BATCH])
    for row in batch:
        try:
            key = vault.read_private_key_for(row.sealed, path)
            row.keep_wrapped(vault.wrap_anew(row.sealed, place=row.place, key=key, to=in_use))
            done.wrapped += 1
        except vault.VaultRefused as refusal:
            done.refused[refusal.code] = done.refused.get(refusal.code, 0) + 1
    return batch
