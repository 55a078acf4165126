"""manage.py replay_erasures: after an earlier backup was restored, erase again what people had erased since."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError

from caseintake import erasing


class Command(BaseCommand):
    help = (
        "Erase again what the erasure ledger lists and this database still has. Run it after restoring a backup, "
        "before anything answers, where AUDIT_CHECKPOINT_DIR is. It may be interrupted, and run again goes on."
    )
    # One of the checks refuses for as long as this has not been run.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        path = erasing.ledger()
        if path is None:
            raise CommandError("AUDIT_CHECKPOINT_DIR is not set. Name the directory that holds the erasure ledger.")
        if not path.is_file():
            raise CommandError(
                f"There is no erasure ledger at {path}. Put it back from its copy. If nothing was ever erased, start "
                "the worker: there is nothing to erase again."
            )
        try:
            if not erasing.can_replay():
                raise CommandError("This database is from before an erasure could be replayed. Run migrate first.")
            done = erasing.replay(progress=self._tell)
        except erasing.LedgerUnreadable as damage:
            raise CommandError(str(damage)) from damage
        except DatabaseError as error:
            raise CommandError(
                f"The database did not do it: {str(error).strip().splitlines()[0]} Run it again when that is mended."
            ) from error
        except KeyboardInterrupt:
            raise CommandError(
                "Interrupted. What was erased stays erased; run it again to go on.", returncode=130
            ) from None
        self.stdout.write(
            f"{done.erased} erased again, {done.already} were erased already, {done.unknown} are not in this database."
        )

    def _tell(self, done: int, of: int) -> None:
        if done % 100 == 0:
            self.stdout.write(f"  {done} of {of} erased again")
