"""The screens of the desk fit a phone, and people who cannot see or point can use them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from articles.models import PublishedPage, Revision, Trigger
from articles.review import claiming, commenting, drafting, freshness, suggesting
from mesoinfo.models import User
from tests.articles.links import A_DAY, DEAD, MOVED, UNCHECKED, a_link, ignored_until, used
from tests.articles.waived import TEXT, found_in, waived
from tests.browser.axe import AT_THE_DESK, violations
from tests.browser.conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def screens(
    published: PublishedPage,
    next_revision: Callable[[str], Revision],
    writer: User,
    reviewer: User,
    publisher: User,
    medical_lead: User,
) -> dict[User, list[str]]:
    in_review = next_revision(published.revision.text.replace("Most people cough.", "Many people cough."))
    freshness.due_now(published.article, Trigger.RETRACTION, subject="trial2020", detail="trial2020: Two drugs")
    early = published.article.early_reviews.get()
    draft = drafting.start_draft(published.article, by=writer)
    text = f"{TEXT}\nIt is a miracle.\n"
    drafting.save_draft(draft, text=text, version=draft.version, by=writer)
    waived(draft, by=medical_lead)
    miracle = next(finding for finding in found_in(draft) if finding.rule == "promise-wording")
    block = in_review.blocks.get(key="symptoms/p-2")
    commenting.comment(in_review, block=block, text="Who says so?", blocking=True, by=reviewer)
    commenting.comment(in_review, block=in_review.blocks.get(key="title"), text="A better title?", by=writer)
    suggesting.suggest(in_review, block=block, wording="Some people cough.", reason="It is so.", by=reviewer)
    title = in_review.blocks.get(key="title")
    suggesting.suggest(in_review, block=title, wording="# The last stage", reason="", by=reviewer)
    claiming.claim(in_review.review_request, by=reviewer)
    for number, state in enumerate((DEAD, MOVED, UNCHECKED, ignored_until(timezone.now().date() + A_DAY))):
        link = a_link(f"https://hospital.example/{'a-long-address/' * 9}{number}", **state)
        used(link, published)
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
            "/admin/articles/link/",
            "/admin/articles/link/?standing=ignored",
            f"/admin/articles/link/{link.pk}/ignore/",
        ],
        reviewer: [
            f"{revisions}/for-review/",
            f"{revisions}/away/",
            f"{revisions}/{in_review.pk}/review/",
            f"{revisions}/{in_review.pk}/hand-over/",
            f"{revisions}/{in_review.pk}/decline/",
            f"{page}/signatures/",
            f"{revisions}/reports/",
            f"{revisions}/reports/how-long-reviews-waited/",
            "/admin/articles/person/your-record/",
        ],
        medical_lead: [
            f"/admin/articles/person/credential/{reviewer.person.credentials.get().pk}/revoke/",
            f"{revisions}/{in_review.pk}/arrange/",
            "/admin/",
            "/admin/articles/article/due/",
            f"{page}/change/",
            f"{page}/read-again/",
            f"/admin/articles/earlyreview/{early.pk}/dismiss/",
            f"{revisions}/{draft.pk}/read/",
            f"{revisions}/{draft.pk}/waive/?rule={miracle.rule}&line={miracle.line}&column={miracle.column}",
            "/admin/articles/ruleweight/",
            "/admin/articles/ruleweight/long-sentence/weigh/",
            "/admin/articles/waiver/",
        ],
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
