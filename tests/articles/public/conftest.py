"""Pages as visitors find them, made the way staff make them: written, submitted, signed, published."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from articles.models import Article, Byline, BylineRole, Kind, Person, PublishedPage, Topic
from articles.publishing.publish import publish
from articles.review import drafting
from mesoinfo.models import SiteSettings, User
from tests.conftest import sign_all

PublishPage = Callable[..., PublishedPage]
Read = Callable[[str], str]


@pytest.fixture
def publish_page(topic: Topic, author: Person, writer: User, reviewer: User, publisher: User) -> PublishPage:
    """Publishes a page: `publish_page("mesothelioma/cough", "# Cough ...", is_sample=True)`."""

    def publish_one(address: str, text: str, *, signed_by: User = reviewer, **fields: Any) -> PublishedPage:
        defaults = {"topic": topic if fields.get("kind") != Kind.PAGE else None, **fields}
        article, created = Article.objects.get_or_create(address=address, defaults=defaults)
        if created:
            Byline.objects.create(article=article, person=author, role=BylineRole.AUTHOR)
        revision = drafting.start_draft(article, by=writer)
        drafting.save_draft(revision, text=text, version=revision.version, by=writer)
        drafting.submit(revision, change_note="As asked.", by=writer)
        sign_all(revision, signed_by)
        revision.refresh_from_db()
        return publish(revision, by=publisher)

    return publish_one


@pytest.fixture
def read(client: Client) -> Read:
    """What a visitor gets to read at an address."""

    def page_at(address: str) -> str:
        response = client.get(address)
        assert response.status_code == 200, address
        return response.content.decode()

    return page_at


@pytest.fixture
def site_settings(db: None) -> SiteSettings:
    return SiteSettings.objects.create(
        site_name="Meso pages",
        publisher_name="A publisher",
        phone="1-800-555-0100",
        phone_hours="Monday to Friday, 8 to 8",
        about="We publish these pages.",
    )


@pytest.fixture
def database_away(db: None) -> Callable[[], AbstractContextManager[None]]:
    """Inside it no query is answered, as when PostgreSQL is down."""

    def refuse(*args: Any) -> None:
        raise OperationalError("the server closed the connection unexpectedly")

    @contextmanager
    def away() -> Iterator[None]:
        with connection.execute_wrapper(refuse):
            yield

    return away
