"""The product, running, with a database of its own that may be killed; and those who try it without that."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from caseintake import spam
from caseintake.bursts import Bursts
from mesoinfo.models import SiteSettings
from tests.conftest import member
from tests.mesoinfo.conftest import directory_all_can_enter
from tests.proofs.naughty_pages import Visitor
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


@pytest.fixture
def intake(keys: Path, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site with a key and a phone number, to which people come an hour apart."""
    SiteSettings.objects.create(publisher_name="Sample Press", phone=PHONE, phone_hours=HOURS, about="About us.")
    monkeypatch.setattr(spam, "BURSTS", Bursts(clock=count(step=3600).__next__))


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


@pytest.fixture
def lead(db: None) -> Visitor:
    """A browser in which somebody has signed in who may open any request."""
    return _signed_in("advocate lead")


@pytest.fixture
def holder(db: None) -> Visitor:
    """A browser in which an advocate has signed in."""
    return _signed_in("advocate")


def _signed_in(role: str) -> Visitor:
    desk = Visitor()
    desk.force_login(member(role))
    return desk
