from __future__ import annotations

import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from articles.models import Image, PublishedPage
from articles.publishing.images import ImageRefused, folder, missing_files, renew_renditions

SHOWN = re.compile(r"/images/([0-9a-f]{24}[-.0-9a-z]+)")


class Command(BaseCommand):
    help = (
        "Draw the renditions that pictures lack, and look whether every picture that a record or a live page names "
        "is on the disk. Can be interrupted and run again: what is there is left as it is."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        lacking = [
            image.pk
            for image in Image.objects.order_by("key").iterator()
            if not image.renditions or missing_files(image)
        ]
        problems: list[str] = []
        for done, pk in enumerate(lacking, start=1):
            try:
                key = self._renew(pk)
            except ImageRefused as refusal:
                problems.append(str(refusal))
            else:
                self.stdout.write(f"  {done} of {len(lacking)}  {key}")
        problems += self._missing_on_pages()
        if problems:
            raise CommandError("\n".join(problems))
        self.stdout.write(f"Pictures: {Image.objects.count()}, all with their renditions.")

    @transaction.atomic
    def _renew(self, pk: int) -> str:
        # Somebody may be replacing this very picture.
        image = Image.objects.select_for_update().get(pk=pk)
        renew_renditions(image)
        image.save(update_fields=["renditions"])
        return image.key

    def _missing_on_pages(self) -> list[str]:
        there = {path.name for path in folder().glob("*")}
        pages = PublishedPage.objects.live().values_list("article__address", "hero_html", "body_html")
        return [
            f"/{address}/ shows {name}, which is missing. Put it back from a backup."
            for address, *html in pages.order_by("article__address").iterator()
            for name in sorted(set(SHOWN.findall("".join(html))) - there)
        ]
