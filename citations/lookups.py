"""Asking Crossref and PubMed for a work by its identifier. What they say waits for a person, as a file's records do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django_q.tasks import async_task

from citations import csl
from citations.models import Import, ImportKind, ImportState, Source
from mesoinfo.models import User

FIELDS = ("DOI", "PMID")


def ask(field: str, value: str, *, by: User | None, source: Source | None = None) -> Import:
    """Have a DOI or PMID looked up by the fetch worker; a lookup of the same that still waits is joined.

    `source` is the one whose record is to be held against the answer. Raises ValueError, with a sentence, for what is
    no such identifier.
    """
    if field not in FIELDS:
        raise ValueError(f"We look up: {', '.join(FIELDS)}.")
    record: Mapping[str, Any] = csl.normalised({field: value})
    problems = list(csl.problems_with_identifiers(record))
    if problems or field not in record:
        raise ValueError(problems[0] if problems else f"Give a {field}.")
    batch, is_new = Import.objects.get_or_create(
        kind=ImportKind.LOOKUP,
        format=field,
        name=record[field],
        state=ImportState.WAITING,
        defaults={"asked_by": by, "source": source},
    )
    if is_new:
        async_task("citations.lookups.sweep", cluster="fetch")
    return batch


def sweep() -> None:
    """Look up what waits."""
