"""`manage.py freshness_tick`: what the worker does every minute for pages that have to be read again."""

from __future__ import annotations

import datetime
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from articles.review import freshness


class Command(BaseCommand):
    help = (
        "Calls pages in to be read again, and tells staff of pages that are due soon, overdue or lapsed: each once. "
        "The worker does it every minute."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--now",
            metavar="ISO",
            help="do it as of this day or time, such as 2027-01-01. It is done, not just shown: mails go out",
        )

    def handle(self, *args: Any, now: str | None, **options: Any) -> None:
        """Tick until nothing is left, and print what was found. Raises CommandError for a time that is none."""
        moment = _moment(now) if now else None
        found: Counter[str] = Counter()
        while True:
            ticked = freshness.tick(moment)
            found.update({"called in early": ticked.called_in, **ticked.reached, "mails to send": ticked.mails})
            if not ticked.found_something:
                break
            self.stderr.write(f"{sum(ticked.reached.values()) + ticked.called_in} pages seen to")
        for what, count in found.items():
            self.stdout.write(f"{what.replace('_', ' ')}: {count}")


def _moment(text: str) -> datetime.datetime:
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text!r} is no day or time. Give one such as 2027-01-01 or 2027-01-01T08:00.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
