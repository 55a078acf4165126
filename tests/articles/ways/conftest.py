"""One page with a box is live; more reviewers, and a notice to hide blocks behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from articles.models import (
    EmergencyNotice,
    PublishedPage,
)
from articles.publishing import emergency
from mesoinfo.models import User
from tests.articles.ways.steps import WITH_BOX, live
from tests.conftest import (
    STAGE_4,
    a_reviewer,
    publish_one,
    the_offer,
    the_source,
)

ONE_IN = 5  # of the ways `make test` walks; `make proofs` walks the others, for each is a story of several rounds


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = [item for item in items if item.path.parent == Path(__file__).parent]
    for number, item in enumerate(here):
        if number % ONE_IN:
            item.add_marker(pytest.mark.whole)


@pytest.fixture(scope="module")
def page_once(module_db: None) -> None:
    the_offer()
    the_source()
    publish_one(STAGE_4, WITH_BOX)


@pytest.fixture
def page(writer, publisher) -> PublishedPage:
    return live()


@pytest.fixture
def third(medical_lead) -> User:
    return a_reviewer("third@example.org", verified_by=medical_lead)


@pytest.fixture
def fourth(medical_lead) -> User:
    return a_reviewer("fourth@example.org", verified_by=medical_lead, is_specialist=True)


@pytest.fixture
def notice(medical_lead, reviewer) -> EmergencyNotice:
    made = EmergencyNotice.objects.create(text="We are checking this.", written_by=medical_lead)
    emergency.sign_notice(made, by=reviewer)
    return made
