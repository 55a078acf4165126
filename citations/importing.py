"""Bringing records from a file into the bibliography: each on its own, twice without harm.

What a file says of a source is kept as an account. When it says something else the next time, each field is taken over
that nobody here has changed since and no person has locked; the others stay as they are.
"""

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
from citations.models import Account, Origin, Source
from citations.study_designs import design_of
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

    `kept`: the file tells it differently now, but somebody here has decided otherwise, so ours stands, wholly or in the
    fields that the sentence names. `refused`: the record is no good. Both come with the sentence that says why.
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
class Told:
    """What an origin tells of a work, taken apart: the CSL proper, what our own columns hold, what it said beside."""

    record: dict[str, Any]
    study_design: str
    unverified: list[str]
    said: dict[str, Any]

    @property
    def digest(self) -> str:
        """The hash by which it is known again."""
        return sha256([self.record, self.said])

    @property
    def fields(self) -> dict[str, Any]:
        """All that a source can take over, by the name of the field."""
        return _fields(self.record, self.study_design, self.unverified)


ENTERED_HERE = (
    "Somebody here has entered the source with this key, so it stays as it is. Compare the two, and correct ours on "
    "the desk if the file is right."
)


class Refused(Exception):
    """The record cannot be taken in; the text says why."""


def import_csl(items: Iterable[Any], *, by: User | None, name: str = "") -> ImportReport:
    """Take CSL-JSON records into the bibliography.

    Each record stands or falls alone. One that the same file brought before is left as it is, also when somebody has
    corrected it since; of one that the file now tells differently, the fields are brought up to date that nobody has
    changed or locked here. A source that was entered here is left alone. `by` is the member of staff who asked for it,
    None for the system; `name` is the name of the file.
    """
    report = ImportReport()
    with pghistory.context(by=by.pk if by else None, how="import"):
        for place, item in enumerate(items, start=1):
            key = item.get("id") if isinstance(item, Mapping) else None
            called = key if isinstance(key, str) and key else f"record {place}"
            try:
                with transaction.atomic():
                    _take_in(item, report, called, by=by, name=name)
            except Refused as refusal:
                report.refused.append((called, str(refusal)))
            except ValidationError as error:
                report.refused.append((called, " ".join(error.messages)))
            except (DataError, ValueError, RecursionError):
                # In what a file says about its record anything may stand, a null character or a thousand brackets too.
                report.refused.append(
                    (called, "It holds something that cannot be stored: a null character, or nesting.")
                )
            except IntegrityError as error:
                # Our own rules are the database's, so this is somebody else adding the same source just now.
                report.refused.append((called, f"Another source came in at the same moment. {error}".splitlines()[0]))
    return report


def read(item: Mapping[str, Any]) -> Told:
    """Take a record apart: what CSL knows, what our own columns hold, and what it says of itself.

    `custom` carries what a file says about its own record: `study_type` (where it is missing, PubMed's
    `publication_types` may state the design), `ids_source` (per field; a field that says "unverified" is listed as
    such), `authors_complete`, notes. An access date without a URL and fields CSL does not know are said beside the
    record too: kept, and not shown.
    """
    record = csl.normalised(item)
    custom = record.pop("custom", None)
    said: dict[str, Any] = dict(custom) if isinstance(custom, Mapping) else {}
    if custom is not None and not isinstance(custom, Mapping):
        said["custom"] = custom
    if "accessed" in record and "URL" not in record:
        said["accessed"] = record.pop("accessed")
    foreign = {name: record.pop(name) for name in list(record) if name not in csl.FIELDS}
    if foreign:
        said["other_fields"] = foreign
    study_design = said.get("study_type") or design_of(said.get("publication_types"))
    origins = said.get("ids_source")
    unverified: list[str] = []
    for name, origin in origins.items() if isinstance(origins, Mapping) else ():
        if origin == "unverified":
            unverified += [meant for meant in _FIELDS_MEANT.get(name, [str(name)]) if meant not in unverified]
    return Told(record, study_design if isinstance(study_design, str) else "", unverified, said)


def _take_in(item: Any, report: ImportReport, called: str, *, by: User | None, name: str) -> None:
    """Store one record and report what became of it. Raises Refused or ValidationError."""
    if not isinstance(item, Mapping):
        raise Refused('This is not a record: a source is a JSON object, which starts with "{".')
    told = read(item)
    sentences = csl.problems(told.record)
    if sentences:
        raise Refused(" ".join(sentences))
    source = Source.objects.select_for_update(of=("self",)).filter(key=told.record["id"]).first()
    if source is None:
        source = Source(key=told.record["id"], created_by=by)
        taken, kept, outcome = told.fields, list[str](), "added"
    else:
        last = source.accounts.filter(origin=Origin.FILE).first()
        if last is None:
            report.kept.append((called, ENTERED_HERE))
            return
        if last.digest == told.digest:
            report.unchanged.append(called)
            return
        if source.merged_into_id is not None:
            raise Refused(f"This source was merged into {source.survivor.key}. Cite that one.")
        before = read({**last.record, "custom": last.said}).fields
        taken, kept = compare(own_fields(source), before, told.fields, source.locked_fields)
        outcome = "changed" if taken else "unchanged"
    if taken:
        take_over(source, taken)
        # Each rule of the database has told its sentence by now, from `problems` and `clean`.
        source.full_clean(validate_constraints=False)
        source.save()
    Account.objects.create(
        source=source, origin=Origin.FILE, name=name, record=told.record, said=told.said, digest=told.digest, by=by
    )
    if taken:
        audit.record(by, f"source.{outcome}", source)
    if kept:
        listed = ", ".join(kept)
        report.kept.append((called, f"Somebody here has changed or locked {listed}: that stays as it is."))
    if taken or not kept:
        getattr(report, outcome).append(called)


def own_fields(source: Source) -> dict[str, Any]:
    """All that an origin can tell of a source, as the source has it."""
    return _fields(source.csl, source.study_design, source.unverified)


def take_over(source: Source, fields: Mapping[str, Any]) -> None:
    """Give the source these fields, None for one it is to lose. Nothing is saved."""
    record = dict(source.csl or {})
    for name, value in fields.items():
        if name == STUDY_DESIGN:
            source.study_design = value or ""
        elif name == UNVERIFIED:
            source.unverified = value or []
        elif value is None:
            record.pop(name, None)
        else:
            record[name] = value
    source.csl = record


STUDY_DESIGN, UNVERIFIED = "study design", "unverified"


def _fields(record: Mapping[str, Any], study_design: str, unverified: list[str]) -> dict[str, Any]:
    fields = {name: value for name, value in record.items() if name != "id"}
    return fields | {name: value for name, value in ((STUDY_DESIGN, study_design), (UNVERIFIED, unverified)) if value}


def compare(
    ours: Mapping[str, Any], before: Mapping[str, Any], now: Mapping[str, Any], locked: Iterable[str]
) -> tuple[dict[str, Any], list[str]]:
    """What to take over of what an origin tells now, having told `before`; and what of it stays as we have it."""
    taken: dict[str, Any] = {}
    kept = []
    for name in sorted({*before, *now}):
        if now.get(name) in (before.get(name), ours.get(name)):
            continue
        if name in locked or ours.get(name) != before.get(name):
            kept.append(name)
        else:
            taken[name] = now.get(name)
    return taken, kept


def sha256(value: Any) -> str:
    """The hash by which what was told is known again, whatever the order of its fields."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=True, default=str).encode()).hexdigest()
