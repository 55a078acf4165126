"""The product, running, with a database of its own that may be killed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mesoinfo.models import SiteSettings
from tests.mesoinfo.conftest import directory_all_can_enter
from tests.proofs.running import Product, own_database, product
from tests.proofs.visitors import HOURS, PHONE


@pytest.fixture(scope="module")
def product_apart(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    """Site, spool and a PostgreSQL server, for the proofs of a module."""
    with (
        pytest.MonkeyPatch.context() as environment,
        django_db_blocker.unblock(),
        directory_all_can_enter(environment),
        own_database(),
        product(tmp_path_factory.mktemp("product")) as running,
    ):
        yield running


@pytest.fixture
def running(product_apart: Product, transactional_db: None) -> Product:
    """The same, where nobody has sent anything yet, and the site has a phone number."""
    SiteSettings.objects.create(publisher_name="Sample Press", phone=PHONE, phone_hours=HOURS, about="About us.")
    return product_apart
