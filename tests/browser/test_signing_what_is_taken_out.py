"""What is taken out or moved is reached and signed by keyboard, fits a phone, and passes axe."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from articles.models import Revision, RevisionStatus
from mesoinfo.models import User
from tests.browser.axe import AT_THE_DESK, violations
from tests.browser.conftest import sign_in
from tests.conftest import PAGE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def revision(next_revision: Callable[[str], Revision]) -> Revision:
    return next_revision(PAGE.replace("Most people cough.\n\n", ""))


@pytest.fixture
def at_the_review(new_page: Callable[..., Page], revision: Revision, reviewer: User) -> Page:
    page = new_page(viewport={"width": 320, "height": 700}, bypass_csp=True)
    sign_in(page, reviewer)
    page.goto(f"/admin/articles/revision/{revision.pk}/review/")
    return page


def test_it_is_reached_and_signed_by_keyboard(at_the_review: Page, revision: Revision) -> None:
    card = at_the_review.get_by_role("article", name="What is taken out or moved")
    at_the_review.keyboard.press("n")
    at_the_review.keyboard.press("n")
    expect(card).to_be_focused()
    expect(card.get_by_text("Most people cough.")).to_be_visible()
    at_the_review.keyboard.press("s")
    expect(at_the_review.get_by_text("the revision is approved, and can be published")).to_be_visible()
    revision.refresh_from_db()
    assert revision.status == RevisionStatus.APPROVED


@pytest.mark.whole
def test_it_fits_a_phone_and_passes_axe(at_the_review: Page) -> None:
    assert not at_the_review.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not violations(at_the_review, AT_THE_DESK)
