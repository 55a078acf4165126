"""Bring a bibliography in from a file of another program."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from citations import formats, receiving
from citations.models import Import, ImportedRecord, Outcome
from citations.receiving import DecisionRefused


class Command(BaseCommand):
    help = (
        "Read a file (CSL-JSON, RIS, BibTeX, nbib or a list of references as text), add what is new, bring up to date "
        "what a file told before. What is like a source we have waits on the desk. May be interrupted and run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the file to read")
        parser.add_argument("--format", choices=list(formats.READABLE), default="", help="if it is not to be guessed")

    def handle(self, *args: Any, **options: Any) -> None:
        batch = self.brought(Path(options["file"]), options["format"])
        with self.bar("Reading") as bar:
            receiving.read_file(batch, progress=lambda done: bar.update())
        if batch.problem:
            raise CommandError(batch.problem)
        waiting = list(batch.records.filter(outcome=Outcome.WAITING).select_related("match", "batch"))
        stays = []
        with self.bar("Taking in", len(waiting)) as bar:
            for kept in waiting:
                stays += self.taken_in(kept)
                bar.update()
        self.report(batch, stays)

    def bar(self, what: str, total: int | None = None) -> tqdm[Any]:
        """A bar for people; a file that the output goes to gets none."""
        return tqdm(total=total, desc=what, unit=" records", file=self.stderr, disable=None, leave=False)

    def brought(self, path: Path, named: str) -> Import:
        try:
            return receiving.receive(formats.decode(path.read_bytes()), name=path.name, by=None, named=named)
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        except ValueError as error:
            raise CommandError(f"{path}: {error}") from error

    def taken_in(self, kept: ImportedRecord) -> list[str]:
        """Take in what needs no person. Returns a sentence where something stays as we have it."""
        try:
            if kept.verdict in receiving.NEW:
                receiving.add(kept, by=None)
                return []
            stays = receiving.bring_up_to_date(kept, by=None)
        except DecisionRefused:
            # It stays among those that wait for a person.
            return []
        if not stays:
            return []
        key = kept.match.key if kept.match else ""
        return [
            f"line {kept.line}: {key}: somebody here has changed or locked {', '.join(stays)}: that stays as it is."
        ]

    def report(self, batch: Import, stays: list[str]) -> None:
        """How many of each, then each that cannot be read, that stays as we have it, or that waits, with its line."""
        records = list(batch.records.select_related("source", "match"))
        counted = {outcome: sum(record.outcome == outcome for record in records) for outcome in Outcome}
        self.stdout.write(
            f"{len(records)} records: {counted[Outcome.ADDED]} added, {counted[Outcome.CHANGED]} changed, "
            f"{counted[Outcome.UNCHANGED]} unchanged, {counted[Outcome.REFUSED]} refused, "
            f"{counted[Outcome.WAITING]} waiting for a person."
        )
        for record in records:
            if record.outcome == Outcome.REFUSED:
                self.stdout.write(f"line {record.line}: {record.problem}")
        for sentence in stays:
            self.stdout.write(sentence)
        for record in records:
            if record.outcome == Outcome.WAITING and record.match:
                self.stdout.write(f"line {record.line}: perhaps {record.match.key}: {' '.join(record.reasons)}")
        if counted[Outcome.WAITING]:
            self.stdout.write("Decide on those that wait on the desk, under Imports.")
