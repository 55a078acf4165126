"""manage.py drain_spool: bring what came while the database was away into it."""

from __future__ import annotations

import time
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error as DatabaseError
from django.db import connection

from caseintake import spool
from mesoinfo import impatience

EVERY = 1.0  # seconds between two looks
AWAY = 3.0  # while the database does not answer
PATIENCE = 30.0  # while something waits that cannot be helped now


class Command(BaseCommand):
    help = (
        "Bring the requests that came while the database was away from the spool into the database. May be stopped at "
        "any time. --follow belongs beside each process of the public site, on its machine."
    )
    # It has to start while the database is away.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--follow", action="store_true", help="Stay, and look once a second.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["follow"]:
            self._follow()
            return
        try:
            done = spool.drain(progress=self._tell)
        except DatabaseError as away:
            raise CommandError(
                f"The database does not take them now ({type(away).__name__}). {len(spool.waiting())} files wait in "
                f"{settings.SPOOL_DIR}. Is it up, and migrated?"
            ) from None
        except (OSError, spool.AlreadyDraining) as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{done.stored} stored, {done.set_aside} set aside, {len(spool.waiting())} left.")
        if spool.set_aside():
            raise CommandError(
                f"{spool.set_aside()} files in {settings.SPOOL_DIR / spool.SET_ASIDE} could not be stored. "
                "See “What waits in the spool” in docs/operating.md."
            )

    def _follow(self) -> NoReturn:
        impatience.begin()
        # No signal is caught: stopped at any moment, nothing is lost and nothing is stored twice.
        pause = EVERY
        while True:
            time.sleep(pause)
            try:
                pause = EVERY
                if spool.waiting():
                    done = spool.drain()
                    if done.stored or done.set_aside:
                        self.stdout.write(f"From the spool: {done.stored} stored, {done.set_aside} set aside.")
                        self.stdout.flush()  # in a log file it would wait for more to say
                    pause = PATIENCE if done.left else EVERY
            except DatabaseError:
                connection.close()
                pause = AWAY
            except spool.AlreadyDraining:
                pass
            except OSError as problem:
                self.stderr.write(f"The spool at {settings.SPOOL_DIR} cannot be read: {problem.strerror}.")
                pause = PATIENCE

    def _tell(self, stored: int) -> None:
        if stored % 100 == 0:
            self.stdout.write(f"{stored} stored")
