from __future__ import annotations

import json
import tomllib
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from articles.markup import compile_page
from articles.markup.library import for_text
from articles.models import (
    Article,
    Byline,
    BylineRole,
    Credential,
    Disclosure,
    Image,
    Interest,
    Kind,
    Offer,
    Person,
    ReviewScope,
    Story,
    Synonym,
    Topic,
    TransitionRefused,
)
from articles.publishing.images import ImageRefused, renew_renditions, store_image
from articles.publishing.publish import publish
from articles.review import drafting, signing
from citations.importing import import_csl
from citations.models import Source
from mesoinfo import sample_accounts
from mesoinfo.models import SiteSettings, User

# Which sample account stands behind which sample person.
ACCOUNTS = {
    "sample-author": "writer",
    "sample-editor": "editor",
    "sample-medical-reviewer": "medical reviewer",
}
BYLINES = {"authors": BylineRole.AUTHOR, "editors": BylineRole.EDITOR, "quoted": BylineRole.QUOTED}


class Command(BaseCommand):
    help = (
        "Load the sample pages with their sources, pictures and offers: drafted by the sample author, every block "
        "signed by the sample reviewer, published. What is already there is left as it is."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            sample_accounts.refuse_in_production("Sample pages")
        except ImproperlyConfigured as refusal:
            raise CommandError(str(refusal)) from refusal
        self.folder: Path = settings.BASE_DIR / "sample_content"
        self.accounts = sample_accounts.ensure()
        pages = [self._read_page(path) for path in sorted((self.folder / "articles").rglob("*.md"))]
        # Terms first: a page can mark those that are live.
        pages.sort(key=lambda page: page[0]["kind"] != Kind.GLOSSARY_TERM)
        with transaction.atomic():
            self._load_library()
            for fields, _ in pages:
                self._load_article(**fields)
        waiting = [(fields["address"], text) for fields, text in pages if not self._is_live(fields["address"])]
        for done, (address, text) in enumerate(waiting, start=1):
            self._publish(address, text)
            self.stdout.write(f"  {done} of {len(waiting)}  /{address}/")
        self.stdout.write(f"Sample content: {len(pages)} pages, {Source.objects.count()} sources.")

    def _toml(self, name: str) -> dict[str, Any]:
        return tomllib.loads((self.folder / name).read_text(encoding="utf-8"))

    def _read_page(self, path: Path) -> tuple[dict[str, Any], str]:
        try:
            _, front, text = path.read_text(encoding="utf-8").split("+++\n", 2)
            return tomllib.loads(front), text.lstrip("\n")
        except ValueError as error:
            raise CommandError(f"{path}: the page starts with its facts between two lines of +++. {error}") from error

    def _load_library(self) -> None:
        SiteSettings.objects.get_or_create(pk=1, defaults=self._toml("site.toml"))
        for slug, fields in self._toml("topics.toml").items():
            Topic.objects.get_or_create(slug=slug, defaults=fields)
        for slug, fields in self._toml("people.toml").items():
            self._load_person(slug, **fields)
        report = import_csl(
            json.loads((self.folder / "sources.json").read_text(encoding="utf-8")), by=self.accounts["writer"]
        )
        if report.refused:
            raise CommandError("\n".join(f"{key}: {sentence}" for key, sentence in report.refused))
        for key, fields in self._toml("images.toml").items():
            if not Image.objects.filter(key=key).exists():
                content = (self.folder / fields.pop("file")).read_bytes()
                store_image(content, key=key, is_sample=True, **fields)
        for older in Image.objects.filter(is_sample=True, renditions=[]):  # loaded before there were any
            with suppress(ImageRefused):  # make_renditions says what is wrong
                renew_renditions(older)
                older.save(update_fields=["renditions"])
        for key, fields in self._toml("disclosures.toml").items():
            Disclosure.objects.get_or_create(key=key, defaults=fields)
        for key, fields in self._toml("offers.toml").items():
            disclosure = Disclosure.objects.get(key=fields.pop("disclosure")) if "disclosure" in fields else None
            image = Image.objects.get(key=fields.pop("image")) if "image" in fields else None
            Offer.objects.get_or_create(
                key=key, defaults={**fields, "disclosure": disclosure, "image": image, "is_sample": True}
            )
        for key, fields in self._toml("stories.toml").items():
            source = Source.objects.get(key=fields.pop("source"))
            Story.objects.get_or_create(key=key, defaults={**fields, "source": source, "is_sample": True})
        for lay, names in self._toml("synonyms.toml").items():
            for clinical in names:
                Synonym.objects.get_or_create(lay=lay, clinical=clinical)

    def _load_person(
        self,
        slug: str,
        *,
        interests: list[str],
        credentials: list[dict[str, Any]] | None = None,
        **fields: Any,
    ) -> None:
        role = ACCOUNTS.get(slug)
        person, created = Person.objects.get_or_create(
            slug=slug, defaults={**fields, "user": self.accounts[role] if role else None}
        )
        if not created:
            return
        for statement in interests:
            Interest.objects.create(person=person, statement=statement, declared_by=person.user)
        lead: User = self.accounts["medical lead"]
        for credential in credentials or []:
            Credential.objects.create(person=person, **credential).verify(by=lead)
        if credentials:
            ReviewScope.objects.create(person=person, granted_by=lead)

    def _load_article(self, *, address: str, topic: str = "", **fields: Any) -> None:
        names = {role: fields.pop(key, []) for key, role in BYLINES.items()}
        agreed: dict[str, date] = names[BylineRole.QUOTED] or {}
        article, created = Article.objects.get_or_create(
            address=address,
            defaults={**fields, "topic": Topic.objects.get(slug=topic) if topic else None, "is_sample": True},
        )
        if created:
            Byline.objects.bulk_create(
                Byline(
                    article=article,
                    person=Person.objects.get(slug=slug),
                    role=role,
                    agreed_on=agreed.get(slug) if role == BylineRole.QUOTED else None,
                    position=position,
                )
                for role, slugs in names.items()
                for position, slug in enumerate(slugs)
            )

    def _is_live(self, address: str) -> bool:
        return Article.objects.live().filter(address=address).exists()

    @transaction.atomic
    def _publish(self, address: str, text: str) -> None:
        """The way every page goes: a writer drafts and submits, a reviewer signs each block, a publisher publishes."""
        writer, reviewer = self.accounts["writer"], self.accounts["medical reviewer"]
        article = Article.objects.get(address=address)
        if article.revisions.exists():
            self.stdout.write(f"  /{address}/ has been worked on and is not live: left as it is.")
            return
        try:
            revision = drafting.start_draft(article, by=writer)
            drafting.save_draft(revision, text=text, version=revision.version, by=writer)
            drafting.submit(revision, change_note="Sample content, first version.", by=writer)
            # Two blocks with the same words under the same heading are one thing to sign.
            blocks = {block.digest: block for block in compile_page(text, for_text(text, article)).blocks}
            tokens = [signing.issue_token(reviewer, revision, block) for block in blocks.values()]
            signing.sign_blocks(revision, tokens=tokens, by=reviewer)
            publish(revision, by=self.accounts["publisher"])
        except TransitionRefused as refusal:
            raise CommandError(f"/{address}/: {refusal}") from refusal
