"""What was later said of the works we cite: retracted, put in doubt, corrected, reinstated.

Three tell it: the Retraction Watch dataset (https://gitlab.com/crossref/retraction-watch-data, a row for each event),
Crossref (`updated-by` on the work; `update-to` stands on the notice, which may be cited like any other) and PubMed
(`RIN` and its kin). Each event is a notice. That none is found says only that: not found, in this dataset, as of a day.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from citations import csl
from citations.formats import dates
from citations.models import DatasetRead, Notice, NoticeKind, Origin, Source
from mesoinfo import audit
from mesoinfo.models import User

RETRACTION_WATCH = "retraction-watch"
# As https://www.crossref.org/documentation/retrieve-metadata/retraction-watch/ names the columns.
COLUMNS = (
    "Record ID",
    "RetractionDate",
    "RetractionDOI",
    "OriginalPaperDOI",
    "OriginalPaperPubMedID",
    "RetractionNature",
)
NATURES = {
    "retraction": NoticeKind.RETRACTED,
    "expression of concern": NoticeKind.CONCERN,
    "correction": NoticeKind.CORRECTED,
    "reinstatement": NoticeKind.REINSTATED,
}
# What Crossref calls an update: https://www.crossref.org/documentation/crossmark/participating-in-crossmark/
UPDATES = {
    "retraction": NoticeKind.RETRACTED,
    "partial_retraction": NoticeKind.RETRACTED,
    "removal": NoticeKind.RETRACTED,
    "withdrawal": NoticeKind.RETRACTED,
    "expression_of_concern": NoticeKind.CONCERN,
    "correction": NoticeKind.CORRECTED,
    "corrigendum": NoticeKind.CORRECTED,
    "erratum": NoticeKind.CORRECTED,
    "reinstatement": NoticeKind.REINSTATED,
}
# What PubMed's tags say of the work they stand on: https://www.nlm.nih.gov/bsd/mms/medlineelements.html
TAGS = {
    "RIN": NoticeKind.RETRACTED,
    "PRIN": NoticeKind.RETRACTED,
    "ECI": NoticeKind.CONCERN,
    "ECIN": NoticeKind.CONCERN,
    "EIN": NoticeKind.CORRECTED,
    "CRI": NoticeKind.CORRECTED,
    "CRIN": NoticeKind.CORRECTED,
}
MARK_OF_DAMAGE = "\ufffd"
# Rows may hold a long list of reasons and authors; none that is whole holds more.
LONGEST_CELL = 1_000_000

Progress = Callable[[int], None]


class UnreadableDataset(ValueError):
    """The file is no such dataset; the text says what it lacks."""


@dataclass(frozen=True)
class Event:
    """One thing said of a work, as a dataset calls it."""

    kind: NoticeKind
    on: date
    record_id: str
    reference: str = ""
    note: str = ""


@dataclass(frozen=True)
class Found:
    """What reading a dataset came to: how many notices are new, and the reading, None when there was nothing to add."""

    new: int
    reading: DatasetRead | None


def read_dataset(path: Path, *, by: User | None, progress: Progress = lambda rows: None) -> Found:
    """Hold every row of a Retraction Watch file against the bibliography, in one pass, and record what is new.

    The same file a second time, with the same bibliography, writes nothing. Raises UnreadableDataset.
    """
    digest = _sha256(path)
    by_doi, by_pmid = _known()
    rows = damaged = matched = 0
    newest: date | None = None
    events: dict[tuple[int, str], Event] = {}
    for row in _rows(path):
        rows += 1
        progress(rows)
        event = _event(row)
        broken = MARK_OF_DAMAGE in "".join(row.values())
        damaged += broken or event is None
        sources = by_doi.get(row["OriginalPaperDOI"].strip().lower(), set()) | by_pmid.get(
            row["OriginalPaperPubMedID"].strip(), set()
        )
        matched += bool(sources)
        if event is not None:
            newest = event.on if newest is None or newest < event.on <= timezone.now().date() else newest
            events.update({(source, event.record_id): event for source in sources})
    with transaction.atomic():
        new = _record(RETRACTION_WATCH, events, by=by)
        known = DatasetRead.objects.filter(dataset=RETRACTION_WATCH).first()
        same = known is not None and known.digest == digest and not new and not _added_since(known.read_at)
        reading = (
            None
            if same
            else DatasetRead.objects.create(
                dataset=RETRACTION_WATCH, digest=digest, rows=rows, damaged=damaged, matched=matched, newest=newest
            )
        )
    return Found(new, reading)


def sentences(found: Found, path: Path) -> Iterable[str]:
    """What a reading came to, for whoever asked for it."""
    reading = found.reading
    if reading is None:
        yield f"{path.name} was read before, and the bibliography has not changed since: nothing to record."
        return
    yield f"{reading.rows} rows, {reading.matched} of them on works that we have, {reading.damaged} damaged."
    yield f"{found.new} notices are new."


def note_what_was_said(source: Source, origin: str, said: Mapping[str, Any], *, by: User | None) -> int:
    """Record what Crossref or PubMed said was later published about the source. Returns how many notices are new."""
    events = _events_told(origin, said)
    return _record(str(origin), {(source.pk, event.record_id): event for event in events}, by=by)


def told_by(origin: str, said: Mapping[str, Any]) -> list[str]:
    """What Crossref or PubMed said was later published about a work, a sentence for each event."""
    return [f"{event.kind.label}, {event.on:%-d %B %Y}. {event.note}" for event in _events_told(origin, said)]


def as_of(source: Source) -> list[str]:
    """Where a source was looked for, and as of which day; or that nobody has looked yet."""
    read = DatasetRead.objects.filter(dataset=RETRACTION_WATCH, read_at__gte=source.created_at).first()
    if not (source.doi or source.pmid):
        return ["It has neither DOI nor PMID, so no dataset can be asked for it."]
    if read is None:
        return ["Retraction Watch has not been read since this source came in: not known."]
    reach = f", which reaches to {read.newest:%-d %B %Y}" if read.newest else ""
    if source.notices.filter(dataset=RETRACTION_WATCH).exists():
        return [f"In Retraction Watch, read on {read.read_at:%-d %B %Y}{reach}."]
    return [f"Not found in Retraction Watch, read on {read.read_at:%-d %B %Y}{reach}."]


def _known() -> tuple[dict[str, set[int]], dict[str, set[int]]]:
    """The sources in use by DOI and by PMID."""
    by_doi: dict[str, set[int]] = {}
    by_pmid: dict[str, set[int]] = {}
    for pk, doi, pmid in Source.objects.in_use().values_list("pk", "doi", "pmid").iterator():
        if doi:
            by_doi.setdefault(doi, set()).add(pk)
        if pmid:
            by_pmid.setdefault(pmid, set()).add(pk)
    return by_doi, by_pmid


def _added_since(moment: datetime) -> bool:
    """Whether the bibliography has changed, so that reading the same edition again tells something."""
    return Source.objects.filter(updated_at__gt=moment).exists()


def _rows(path: Path) -> Iterator[dict[str, str]]:
    csv.field_size_limit(LONGEST_CELL)
    # The dataset has had bytes that are no UTF-8: they are counted, not fatal.
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        reader = csv.DictReader((line.replace("\0", MARK_OF_DAMAGE) for line in file), restval="", restkey="")
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
        if missing:
            raise UnreadableDataset(
                f"This is not the Retraction Watch dataset: the column {missing[0]} is missing. Download "
                "retraction_watch.csv from https://gitlab.com/crossref/retraction-watch-data."
            )
        try:
            for row in reader:
                yield {name: row[name] for name in COLUMNS}
        except csv.Error as error:
            raise UnreadableDataset(f"Line {reader.line_num} of the file cannot be read: {error}.") from error


def _event(row: Mapping[str, str]) -> Event | None:
    """The event that a row tells of; None for one that is damaged."""
    kind = NATURES.get(row["RetractionNature"].strip().lower())
    found = re.match(r"(\d{1,2})/(\d{1,2})/(\d{4})", row["RetractionDate"].strip())
    record_id = row["Record ID"].strip()
    if kind is None or found is None or not record_id:
        return None
    month, day, year = (int(part) for part in found.groups())
    on = _date(year, month, day)
    if on is None:
        return None
    return Event(kind, on, record_id, _doi(row["RetractionDOI"]), "As the Retraction Watch dataset has it.")


def _doi(text: str) -> str:
    """A DOI that a notice can be announced at; the dataset also writes "unavailable"."""
    doi = text.strip()
    return doi if re.fullmatch(csl.DOI_PATTERN[1:-1], doi) and len(doi) <= 400 else ""


def _events_told(origin: str, said: Mapping[str, Any]) -> list[Event]:
    if origin == Origin.CROSSREF:
        return [*_events_of_crossref(said.get("updated_by"))]
    return [*_events_of_pubmed(said)] if origin == Origin.PUBMED else []


def _events_of_crossref(updates: Any) -> Iterator[Event]:
    for update in updates if isinstance(updates, list) else []:
        kind = UPDATES.get(update["type"].lower().replace("-", "_").replace(" ", "_"))
        if kind is not None:
            doi = _doi(update.get("DOI", ""))
            record_id = f"{update.get('source', 'publisher')}:{update.get('record') or doi or update['type']}"
            yield Event(kind, _day(update.get("on", "")), record_id[:120], doi, "As Crossref has it.")


def _events_of_pubmed(said: Mapping[str, Any]) -> Iterator[Event]:
    notices = said.get("notices")
    told = notices if isinstance(notices, Mapping) else {}
    for tag, texts in told.items():
        for text in texts if tag in TAGS else ():
            doi = re.search(r"\b10\.\d{4,9}/[^\s\]]+?(?=[.;,]?(?:\s|$))", text)
            yield Event(TAGS[tag], _day(text), _mark(tag, text), _doi(doi[0]) if doi else "", "As PubMed has it.")
    types = said.get("publication_types")
    is_retracted = isinstance(types, list) and "Retracted Publication" in types
    if is_retracted and not any(TAGS.get(tag) == NoticeKind.RETRACTED for tag in told):
        yield Event(NoticeKind.RETRACTED, timezone.now().date(), "PT", "", "PubMed does not say when.")


def _mark(tag: str, text: str) -> str:
    """What PubMed's line is known by: it has no number of its own."""
    pmid = re.search(r"PMID: (\d+)", text)
    return f"{tag}:{pmid[1][:20] if pmid else hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _day(text: str) -> date:
    """The day that a text names, such as “2021-05-01” or “Lancet. 2021 May;397”; its first where only month or year is
    told, and today where none is.
    """
    today = timezone.now().date()
    iso = re.fullmatch(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", text)
    if iso:
        year, month, day = (int(part) if part else 1 for part in iso.groups())
        return min(_date(year, month, day) or today, today)
    named = re.search(r"\b(?:19|20)\d\d(?: [A-Z][a-z]{2}(?: \d{1,2}\b)?)?", text)
    parts = (dates.from_words(named[0]) or {}).get("date-parts", []) if named else []
    if not parts:
        return today
    year, month, day = [*parts[0], 1, 1][:3]
    return min(_date(year, month, day) or today, today)


def _date(year: int, month: int, day: int) -> date | None:
    """The day; None for one that no calendar has."""
    with suppress(ValueError):
        return date(year, month, day)
    return None


def _record(dataset: str, events: Mapping[tuple[int, str], Event], *, by: User | None) -> int:
    """Keep the events that are not kept yet. Returns how many were new."""
    told = Notice.objects.filter(dataset=dataset, source__in={pk for pk, _ in events})
    known = set(told.values_list("source", "record_id"))
    fresh = [
        Notice(
            source_id=pk,
            kind=event.kind,
            on=event.on,
            reference=event.reference,
            note=event.note,
            dataset=dataset,
            record_id=event.record_id,
            recorded_by=by,
        )
        for (pk, _), event in sorted(events.items())
        if (pk, event.record_id) not in known
    ]
    made = Notice.objects.bulk_create(fresh, ignore_conflicts=True)
    audit.record_each(by, "notice.added", [(notice.source, {"dataset": dataset}) for notice in made])
    return len(made)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
