"""manage.py replay_erasures: after an earlier backup was restored, erase again what people had erased since."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error as DatabaseError

from caseintake import erasing


class Command(BaseCommand):
    help = (
        "Erase again what the erasure ledger lists and this database still has. Run it after restoring a backup, "
        "before anything answers, where AUDIT_CHECKPOINT_DIR is. It says how many requests it would erase, and erases "
        "them once that is confirmed. It may be interrupted, and run again goes on."
    )
    # One of the checks refuses for as long as this has not been run.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help="Erase what it finds without asking.")

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
            self._confirm(len(erasing.outstanding()), is_confirmed=options["yes"])
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

    def _confirm(self, count: int, *, is_confirmed: bool) -> None:
        """Say how many would be erased, and raise CommandError unless somebody wants that."""
        if not count:
            return
        # A line that is false would destroy somebody's request.
        some, them = ("1 request", "it") if count == 1 else (f"{count} requests", "them")
        self.stdout.write(
            f"{some} that can be opened in this database would be erased for good: the erasure ledger lists {them}. "
            "After the restore of a backup that is right; otherwise something is wrong with the ledger."
        )
        if is_confirmed or _is_agreed():
            return
        raise CommandError(
            "Nothing was changed. If a backup was restored and as many were erased after it was made, run "
            "`manage.py replay_erasures --yes`. If not, compare the ledger with its copy first."
        )

    def _tell(self, done: int, of: int) -> None:
        if done % 100 == 0:
            self.stdout.write(f"  {done} of {of} erased again")


def _is_agreed() -> bool:
    """Whether somebody at a terminal says so."""
    if not (sys.stdin and sys.stdin.isatty()):
        return False
    try:
        return input("Erase for good? Type yes: ").strip() == "yes"
    except EOFError:
        return False
