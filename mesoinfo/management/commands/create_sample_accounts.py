from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from mesoinfo import sample_accounts


class Command(BaseCommand):
    help = "Make one sample account per role, where missing, and print them with their passwords."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            sample_accounts.ensure()
        except ImproperlyConfigured as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(sample_accounts.listing())
