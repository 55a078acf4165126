"""Hold the Retraction Watch dataset against the bibliography."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from citations import retractions
from citations.models import Source
from citations.retractions import UnreadableDataset


class Command(BaseCommand):
    help = (
        "Read the Retraction Watch dataset (https://gitlab.com/crossref/retraction-watch-data) and "
        "record what it says of our sources. Pages that cite a retracted one are called in by the worker. A second run "
        "writes nothing; an interrupted one wrote nothing either."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--csv", required=True, help="the file")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["csv"])
        try:
            with tqdm(unit=" rows", file=self.stderr, disable=None, leave=False) as bar:
                found = retractions.read_dataset(path, by=None, progress=lambda rows: bar.update())
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        except UnreadableDataset as error:
            raise CommandError(str(error)) from error
        for sentence in retractions.sentences(found, path):
            self.stdout.write(sentence)
        for source in Source.objects.retracted().order_by("key"):
            uses = ", ".join(f"{name}: {count}" for name, count in source.uses().items()) or "used nowhere"
            self.stdout.write(f"Retracted: {source.key} ({uses}).")
