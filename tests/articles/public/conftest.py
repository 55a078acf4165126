"""Pages as visitors find them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
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
