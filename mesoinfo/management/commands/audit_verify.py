"""manage.py audit_verify: whether anybody tampered with a ledger, and where."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError

from mesoinfo import checkpoints
from mesoinfo.ledger import chains
from mesoinfo.verifying import Report, verify

UNNOTICED = "nobody would notice if entries were removed from the end, or all of them written anew."


class Command(BaseCommand):
    help = (
        "Go through every chained ledger, from its first entry on, and name the first one that was changed, moved, "
        "removed or written anew. Exits with 1 when something is wrong. Changes nothing; may be interrupted."
    )
    # Whoever looks for tampering needs no key, no mail and no place to write checkpoints.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        in_order = True
        try:
            for model, chain in chains():
                report = verify(model, chain, tell=self._tell)
                self._wipe()
                self.stdout.write(told(report))
                in_order = in_order and report.in_order
        except KeyboardInterrupt:
            self._wipe()
            raise CommandError("Stopped before the end. Nothing was changed: run it again.", returncode=130) from None
        except DatabaseError as error:
            raise CommandError(f"The database did not answer: {str(error).strip().splitlines()[0]}") from error
        if not in_order:
            raise CommandError("Not in order. docs/operating.md says what to do now, and what not to do.")

    def _tell(self, table: str, entries: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{table}: {entries:,} entries", style_func=str, ending="")

    def _wipe(self) -> None:
        if self.stderr.isatty():
            self.stderr.write("\r\033[K", style_func=str, ending="")


def told(report: Report) -> str:
    """What was found in one ledger, in sentences."""
    if report.in_order and not report.entries:
        return f"{report.table}: no entries yet."
    sentences = [f"{report.table}: {_counted(report.entries)} unchanged and in place."]
    if report.fault:
        sentences.append(f"BROKEN AT ENTRY {report.first_bad}. {report.fault}")
    sentences.append(_on_checkpoints(report))
    sentences += [
        f"BROKEN: the trigger {name} is gone or switched off, so that entries can be added or changed past the ledger."
        for name in report.idle
    ]
    return "\n  ".join(sentences)


def _on_checkpoints(report: Report) -> str:
    if report.damage:
        return f"BROKEN: {report.damage} Nobody can tell whether later entries were removed or written anew."
    if checkpoints.file_of(report.table) is None:
        return f"AUDIT_CHECKPOINT_DIR is not set: {UNNOTICED}"
    if report.last is None:
        return f"No checkpoint yet: {UNNOTICED}"
    rest = 0 if report.fault else report.entries - report.last.sequence
    after = f" {_counted(rest)} after it could still be removed or written anew unnoticed." if rest else ""
    return f"Last checkpoint: entry {report.last.sequence}, {report.last.at}, {report.last.hash}.{after}"


def _counted(entries: int) -> str:
    return "1 entry" if entries == 1 else f"{entries:,} entries"
