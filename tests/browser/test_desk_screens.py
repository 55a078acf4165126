"""The screens of the desk fit a phone, and people who cannot see or point can use them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from articles.models import PublishedPage, Revision
from articles.review import drafting
from mesoinfo.models import User
from tests.browser.axe import AT_THE_DESK, violations
from tests.browser.test_desk_editor import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def screens(
    published: PublishedPage,
    next_revision: Callable[[str], Revision],
    writer: User,
    reviewer: User,
    medical_lead: User,
    publisher: User,
) -> dict[User, list[str]]:
    in_review = next_revision(published.revision.text.replace("Most people cough.", "Many people cough."))
    draft = drafting.start_draft(published.article, by=writer)
    revisions = "/admin/articles/revision"
    page = f"/admin/articles/article/{published.article_id}"
    return {
        writer: [
            "/admin/",
            "/admin/articles/article/",
            f"{page}/change/",
            f"{revisions}/{draft.pk}/write/",
            f"{revisions}/{draft.pk}/read/",
            f"{revisions}/{in_review.pk}/recall/",
        ],
        reviewer: [
            f"{revisions}/for-review/",
            f"{revisions}/{in_review.pk}/review/",
            f"{page}/signatures/",
            f"{revisions}/reports/",
            f"{revisions}/reports/how-long-reviews-waited/",
            "/admin/articles/person/your-record/",
        ],
        medical_lead: [f"/admin/articles/person/credential/{reviewer.person.credentials.get().pk}/revoke/"],
        publisher: [f"{revisions}/{in_review.pk}/publish/"],
    }


@pytest.mark.whole
def test_screens_fit_a_phone_and_pass_axe(new_page: Callable[..., Page], screens: dict[User, list[str]]) -> None:
    wrong = []
    for user, addresses in screens.items():
        # axe tries styles out on the page, which the policy of the desk would refuse.
        page = new_page(viewport={"width": 320, "height": 700}, bypass_csp=True)
        sign_in(page, user)
        for address in addresses:
            page.goto(address)
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                wrong.append(f"{address} scrolls sideways")
            wrong += violations(page, AT_THE_DESK)
    assert not wrong, "\n".join(wrong)
