"""Questions: an address or a link that names one opens it; closed ones are printed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

ADDRESS = "/mesothelioma/remission/"
QUESTION = "is-remission-the-same-as-a-cure"


def is_open(page: Page) -> None:
    expect(page.locator(f"details:has(#{QUESTION}), details#{QUESTION}")).to_have_attribute("open", "")


def link_to_the_question(page: Page) -> None:
    page.locator(".prose > p").first.evaluate(
        f"e => {{ e.innerHTML = '<a href=\"#{QUESTION}\">The same as a cure?</a>'; }}"
    )


def test_an_address_opens_its_question(visit) -> None:
    page = visit()
    page.goto(f"{ADDRESS}#{QUESTION}")
    is_open(page)
    expect(page.get_by_text("Is remission the same as a cure?")).to_be_in_viewport()
    expect(page.locator("details[open]")).to_have_count(1)


@pytest.mark.whole
def test_a_link_opens_its_question_each_time(visit) -> None:
    page = visit()
    page.goto(ADDRESS)
    link_to_the_question(page)
    link = page.get_by_role("link", name="The same as a cure?")
    link.click()
    is_open(page)
    page.get_by_text("Is remission the same as a cure?").click()
    expect(page.locator("details[open]")).to_have_count(0)
    link.click()
    is_open(page)


def test_a_way_back_into_a_closed_answer_opens_it(visit) -> None:
    page = visit()
    page.goto(ADDRESS)
    number = page.locator("details .cite a").first
    expect(number).to_be_hidden()
    page.locator(f".back-links a[href='#{number.get_attribute('id')}']").click()
    expect(number).to_be_visible()
    expect(number).to_be_in_viewport()


def test_an_address_of_nothing_opens_nothing(visit) -> None:
    page = visit()
    for anchor in ("no-such-anchor", "%E0%A4%A", "", "content"):
        page.goto(f"{ADDRESS}#{anchor}")
        expect(page.locator("details[open]")).to_have_count(0)


@pytest.mark.whole
def test_all_questions_are_open_on_paper_and_as_they_were_afterwards(visit) -> None:
    page = visit()
    page.goto(f"{ADDRESS}#{QUESTION}")
    is_open(page)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("details:not([open])")).to_have_count(0)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator("details[open]")).to_have_count(1)
    is_open(page)
