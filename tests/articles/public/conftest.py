"""Pages as visitors find them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from mesoinfo.models import SiteSettings
from tests.conftest import PublishPage

__all__ = ["PublishPage", "Read"]

Read = Callable[[str], str]


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
