"""Sources are offered where the cursor is as one cites; a DOI in place of a key is looked up from the preview."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from articles.models import Revision
from citations.models import Import, Source
from mesoinfo.models import User
from tests.browser.axe import AT_THE_DESK, violations
from tests.browser.conftest import sign_in
from tests.citations.conftest import a_source

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def open_draft(new_page: Callable[..., Page], draft: Revision, writer: User) -> Callable[..., Page]:
    def opened(**options: object) -> Page:
        page = new_page(**options)
        sign_in(page, writer)
        page.goto(f"/admin/articles/revision/{draft.pk}/write/")
        return page

    return opened


def the_text(page: Page) -> Locator:
    text = page.get_by_label("Text of the page")
    text.press("Control+End")
    return text


def offered(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Sources").get_by_role("option")


def tail(text: Locator) -> str:
    return text.input_value()[-40:]


def test_a_source_is_chosen_with_the_arrow_keys(open_draft: Callable[..., Page]) -> None:
    a_source(id="talc2020", DOI="10.1234/2", title="What talc does")
    a_source(id="talc2021", DOI="10.1234/1", title="More on talc")
    page = open_draft()
    text = the_text(page)
    text.press_sequentially("\nIt came back [see @trial2020, p. 3; @tal")
    expect(offered(page)).to_have_count(2)
    expect(page.get_by_role("status").filter(has_text="2 sources. Choose with the arrow keys.")).to_have_count(1)
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp"):
        text.press(key)
    expect(offered(page).nth(1)).to_have_attribute("aria-selected", "true")
    expect(text).to_have_attribute("aria-activedescendant", "sources-offered-1")
    text.press("Enter")
    expect(offered(page).first).to_be_hidden()
    text.press_sequentially(", p. 5].")
    assert tail(text).endswith("[see @trial2020, p. 3; @talc2021, p. 5].")


@pytest.mark.whole
def test_a_click_takes_it_and_the_text_keeps_the_focus(open_draft: Callable[..., Page]) -> None:
    a_source(id="talc2020", DOI="10.1234/1", title="What talc does to <b>people</b>")
    page = open_draft()
    text = the_text(page)
    text.press_sequentially("\nIt came back [@what talc")
    offered(page).filter(has_text="2020, What talc does to <b>people</b>").click()
    expect(text).to_be_focused()
    assert tail(text).endswith("It came back [@talc2020")


@pytest.mark.whole
def test_nothing_is_offered_outside_a_citation_and_escape_closes(open_draft: Callable[..., Page]) -> None:
    a_source(id="talc2020", DOI="10.1234/1")
    page = open_draft()
    text = the_text(page)
    text.press_sequentially("\nWrite to us@talc2020. [@talc2")
    expect(offered(page)).to_have_count(1)
    text.press("Escape")
    expect(offered(page)).to_be_hidden()
    # Enter is a new line again, and what is no open citation asks nobody.
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    text.press("Enter")
    text.press_sequentially("mail@talc and [@t")
    text.press_sequentially("alc2020] @talc")
    expect(page.get_by_role("region", name="As readers will see it")).to_contain_text("@talc")
    assert not [url for url in asked if url.endswith("q=talc")]
    assert "\nmail@talc and [@talc2020] @talc" in text.input_value()


@pytest.mark.whole
def test_without_an_answer_one_types_on(open_draft: Callable[..., Page]) -> None:
    a_source(id="talc2020", DOI="10.1234/1")
    page = open_draft()
    failed: list[str] = []

    def fail(route: Route) -> None:
        failed.append(route.request.url)
        route.abort()

    page.route("**/completions/**", fail)
    text = the_text(page)
    with page.expect_event("requestfailed"):
        text.press_sequentially("\n[@talc")
    text.press_sequentially("2020]")
    assert failed
    expect(offered(page)).to_have_count(0)
    assert tail(text).endswith("[@talc2020]")


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.whole
def test_the_list_is_beside_the_cursor_on_the_screen_and_passes_axe(
    open_draft: Callable[..., Page], width: int
) -> None:
    for number in range(6):
        a_source(id=f"talc{number}", DOI=f"10.1234/{number}", title="A long title about talc and what it does " * 3)
    page = open_draft(viewport={"width": width, "height": 700}, bypass_csp=True)
    text = the_text(page)
    text.press_sequentially("\n[@talc")
    expect(offered(page)).to_have_count(6)
    box, around = page.get_by_role("listbox", name="Sources").bounding_box(), text.bounding_box()
    assert box is not None and around is not None
    assert around["x"] - 1 <= box["x"] and box["x"] + box["width"] <= around["x"] + around["width"] + 1
    assert around["y"] - 1 <= box["y"] and box["y"] + box["height"] <= around["y"] + around["height"] + 1
    assert violations(page, AT_THE_DESK) == []


@pytest.mark.whole
def test_a_doi_in_place_of_a_key_is_looked_up_from_the_preview(open_draft: Callable[..., Page], writer: User) -> None:
    a_source(id="talc2020", DOI="10.1234/Known")
    page = open_draft()
    text = the_text(page)
    text.press_sequentially("\nIt came back [@doi:10.1234/new] or not [@10.1234/known].")
    preview = page.get_by_role("region", name="As readers will see it")
    expect(preview).to_contain_text("“10.1234/known” is the source “talc2020” of the bibliography. Write [@talc2020].")
    button = preview.get_by_role("button", name="Look up")
    expect(button).to_have_count(1)
    with page.expect_popup() as popup:
        button.click()
    expect(popup.value.get_by_role("heading", level=1)).to_contain_text("10.1234/new")
    assert Import.objects.get().name == "10.1234/new"
    assert tail(text).endswith("not [@10.1234/known].")
    assert Source.objects.count() == 2
