"""Write the bibliography for other programs."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from citations import formats
from citations.models import Source


class Command(BaseCommand):
    help = "Write every source in use to the standard output, for a reference manager. Notes of ours stay here."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--style", choices=list(formats.WRITABLE), default="csl-json", help="the format")

    def handle(self, *args: Any, **options: Any) -> None:
        records = [source.csl for source in Source.objects.in_use().order_by("key").only("key", "csl")]
        self.stdout.write(formats.write(records, options["style"]), ending="")
