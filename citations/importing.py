"""Bringing records from a file into the bibliography: each on its own, twice without harm."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pghistory
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction

from citations import csl
from citations.models import Source
from mesoinfo import audit
from mesoinfo.models import User

# What a file calls the things it is unsure of, in the names of CSL.
_FIELDS_MEANT = {
    "container": ["container-title"],
    "authors": ["author"],
    "volume/pages": ["volume", "page"],
    "title word": ["title"],
}


@dataclass
class ImportReport:
    """What became of each record, by key.

    `kept`: the file tells it differently now, but somebody here has changed it, so ours stands. `refused`: the
    record is no good. Both come with the sentence that says why.
    """

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{len(self.added)} added, {len(self.changed)} changed, {len(self.unchanged)} unchanged,"
            f" {len(self.kept)} kept as changed here, {len(self.refused)} refused"
        )


@dataclass(frozen=True)
class Reading:
    """One record of a file, taken apart into the CSL proper and what we keep beside it."""

    record: dict[str, Any]
    study_design: str
    unverified: list[str]
    provenance: dict[str, Any]


class Refused(Exception):
    """The record cannot be taken in; the text says why."""


class Kept(Exception):
    """Our own version of the source stands; the text says why."""


def import_csl(items: Iterable[Any], *, by: User | None) -> ImportReport:
    """Take CSL-JSON records into the bibliography.

    Each record stands or falls alone. One that the same file brought before is left as it is, also when
    somebody has corrected it since; one that the file now tells differently is brought up to date, unless
    somebody has changed or entered it here: then ours is kept. `by` is the member of staff who asked
    for it, None for the system.
    """
    report = ImportReport()
    with pghistory.context(by=by.pk if by else None, how="import"):
        for place, item in enumerate(items, start=1):
            key = item.get("id") if isinstance(item, Mapping) else None
            name = key if isinstance(key, str) and key else f"record {place}"
            try:
                with transaction.atomic():
                    outcome = _take_in(item, by=by)
            except Kept as reason:
                report.kept.append((name, str(reason)))
            except Refused as refusal:
                report.refused.append((name, str(refusal)))
            except ValidationError as error:
                report.refused.append((name, " ".join(error.messages)))
            except (DataError, RecursionError):
                # In what a file says about its record anything may stand, a null character or a thousand brackets too.
                report.refused.append((name, "It holds something that cannot be stored: a null character, or nesting."))
            except IntegrityError as error:
                # Our own rules are the database's, so this is somebody else adding the same source just now.
                report.refused.append((name, f"Another source came in at the same moment. {error}".splitlines()[0]))
            else:
                getattr(report, outcome).append(name)
    return report


def read(item: Mapping[str, Any]) -> Reading:
    """Take a record apart: what CSL knows, what our own columns hold, and where it all came from.

    `custom` carries what a file says about its own record: `study_type`, `ids_source` (per field; a field that
    says "unverified" is listed as such), `authors_complete`, notes. An access date without a URL and fields CSL
    does not know go to the provenance too: kept, and not shown.
    """
    record = csl.normalised(item)
    custom = record.pop("custom", None)
    provenance: dict[str, Any] = dict(custom) if isinstance(custom, Mapping) else {}
    if custom is not None and not isinstance(custom, Mapping):
        provenance["custom"] = custom
    if "accessed" in record and "URL" not in record:
        provenance["accessed"] = record.pop("accessed")
    foreign = {name: record.pop(name) for name in list(record) if name not in csl.FIELDS}
    if foreign:
        provenance["other_fields"] = foreign
    study_design = provenance.pop("study_type", "")
    said = provenance.get("ids_source")
    unverified: list[str] = []
    for name, origin in said.items() if isinstance(said, Mapping) else ():
        if origin == "unverified":
            unverified += [meant for meant in _FIELDS_MEANT.get(name, [str(name)]) if meant not in unverified]
    return Reading(record, study_design if isinstance(study_design, str) else "", unverified, provenance)


def _take_in(item: Any, *, by: User | None) -> str:
    """Store one record; returns the list of the report it belongs to. Raises Kept, Refused or ValidationError."""
    if not isinstance(item, Mapping):
        raise Refused('This is not a record: a source is a JSON object, which starts with "{".')
    reading = read(item)
    sentences = csl.problems(reading.record)
    if sentences:
        raise Refused(" ".join(sentences))
    said = _sha256(item)
    source = Source.objects.select_for_update().filter(key=reading.record["id"]).first()
    if source is None:
        source = Source(key=reading.record["id"], created_by=by)
        outcome = "added"
    else:
        if source.provenance.get("file") == said:
            return "unchanged"
        if source.provenance.get("taken_in") != _state(source):
            raise Kept(
                "Somebody here has changed or entered the source with this key, so it stays as it is. "
                "Compare the two, and correct ours on the desk if the file is right."
            )
        outcome = "changed"
    source.csl = reading.record
    source.study_design = reading.study_design
    source.unverified = reading.unverified
    source.provenance = reading.provenance | {"file": said}
    source.provenance["taken_in"] = _state(source)
    # Each rule of the database has told its sentence by now, from `problems` and `clean`.
    source.full_clean(validate_constraints=False)
    source.save()
    audit.record(by, f"source.{outcome}", source)
    return outcome


def _state(source: Source) -> str:
    """A hash of what people can change."""
    return _sha256(
        [source.csl, source.study_design, source.population_size, source.peer_reviewed, sorted(source.unverified)]
    )


def _sha256(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=True, default=str).encode()).hexdigest()
