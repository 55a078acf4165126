"""Sources are brought in at the desk by keyboard and without scripts; the screens fit a phone and pass axe."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from citations import receiving
from citations.models import Source
from mesoinfo.models import User
from tests.browser.axe import AT_THE_DESK, violations
from tests.browser.conftest import sign_in
from tests.citations.conftest import a_record, a_source
from tests.citations.test_importing_files import brought

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BRING = "/admin/citations/source/import/"
RIS = "TY  - JOUR\nAU  - Roe, Richard\nTI  - What talc does to the pleura\nPY  - 2019\nER  - "


@pytest.mark.whole
def test_a_record_is_pasted_read_and_added_by_keyboard_without_scripts(
    new_page: Callable[..., Page], writer: User
) -> None:
    page = new_page(java_script_enabled=False)
    sign_in(page, writer)
    page.goto(BRING)
    page.get_by_role("textbox", name="Text").fill(RIS)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Read so far: 0 records.")
    receiving.sweep()
    # The page looks again by itself.
    record = page.get_by_role("link", name="Roe (2019): What talc does to the pleura")
    record.press("Enter")
    page.get_by_role("button", name="Add it").press("Enter")
    expect(page.get_by_text("Record 1 was added as roe2019talc.")).to_be_visible()
    assert Source.objects.get().created_by == writer


@pytest.mark.whole
def test_the_screens_fit_a_phone_and_pass_axe(new_page: Callable[..., Page], writer: User) -> None:
    source = a_source(PMID="33515503")
    batch = brought(
        a_record(id="twin", page="1-9", publisher="Averylongnamewithoutanyblankthatnoscreenofaphonecanhold" * 2),
        a_record(id="new", DOI="10.1234/new", title="What talc does to the pleura"),
        {"id": "broken", "title": "No type"},
    )
    # axe tries styles out on the page, which the policy of the desk would refuse.
    page = new_page(viewport={"width": 320, "height": 700}, bypass_csp=True)
    sign_in(page, writer)
    records = [f"{BRING}{batch.pk}/{place}/" for place in (1, 2, 3)]
    wrong = []
    for address in [BRING, f"{BRING}{batch.pk}/", *records, f"/admin/citations/source/{source.pk}/change/"]:
        page.goto(address)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append(f"{address} scrolls sideways")
        wrong += violations(page, AT_THE_DESK)
    assert not wrong, "\n".join(wrong)
