"""Suggestions under every search field: a combobox for keyboard, mouse and touch; silent when there are none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.axe import violations
from tests.size import sized

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

STAGE_4 = {"text": "Stage 4 mesothelioma", "address": "/mesothelioma/stage-4/"}
CHEMOTHERAPY = {"text": "chemotherapy", "address": ""}
REMISSION = {"text": "Mesothelioma in remission", "address": "/mesothelioma/remission/"}
ALL = (STAGE_4, CHEMOTHERAPY, REMISSION)


@pytest.fixture
def asked() -> list[str]:
    """What the pages that `search` opened have asked for."""
    return []


@pytest.fixture
def search(visit: Callable[..., Page], asked: list[str]) -> Callable[..., Page]:
    """A page where searches get these suggestions, whatever is typed."""

    def open_one(address: str = "/glossary/", *, suggestions: tuple[dict[str, str], ...] = ALL, **how: Any) -> Page:
        page = visit(**how)

        def answer(route: Route) -> None:
            asked.append(parse_qs(urlsplit(route.request.url).query)["q"][0])
            route.fulfill(json={"suggestions": list(suggestions)})

        page.route("**/search/suggestions/?*", answer)
        page.goto(address)
        return page

    return open_one


def field(page: Page, label: str = "Search this site") -> Locator:
    return page.get_by_role("combobox", name=label)


def listed(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Suggestions")


def active(page: Page) -> str | None:
    """The option a screen reader is on, by its words."""
    return page.evaluate(
        """() => { const option = document.getElementById(document.activeElement.getAttribute('aria-activedescendant'));
            return option && option.getAttribute('aria-selected') === 'true' ? option.textContent : null; }"""
    )


@pytest.mark.parametrize(
    ("address", "label"),
    [
        ("/glossary/", "Search this site"),
        ("/", "What would you like to know?"),
        ("/search/", "What are you looking for?"),
        ("/no/such/page/", "Search for it"),
    ],
)
@pytest.mark.whole
def test_every_search_field_offers_suggestions(search, asked: list[str], address: str, label: str) -> None:
    page = search(address)
    field(page, label).fill("ste")
    expect(listed(page).get_by_role("option")).to_have_text([option["text"] for option in ALL])
    expect(field(page, label)).to_have_attribute("aria-expanded", "true")
    expect(field(page, label)).to_have_attribute("autocomplete", "off")
    assert asked == ["ste"]


def test_a_few_letters_lead_to_a_page_of_the_glossary(visit) -> None:
    page = visit()
    page.goto("/glossary/")
    field(page).press_sequentially("pleural eff")
    option = page.get_by_role("option", name="Pleural effusion", exact=True)
    expect(option).to_be_visible()
    for _ in listed(page).get_by_role("option").all():
        page.keyboard.press("ArrowDown")
        if active(page) == "Pleural effusion":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/glossary/pleural-effusion/")


@pytest.mark.whole
def test_screen_readers_hear_how_many_there_are(search) -> None:
    page = search()
    said = page.locator(".masthead .search-form").get_by_role("status")
    expect(said).to_have_text("")
    field(page).press_sequentially("ste")
    expect(said).to_have_text("3 suggestions")
    page = search(suggestions=(STAGE_4,))
    field(page).press_sequentially("ste")
    expect(page.locator(".masthead .search-form").get_by_role("status")).to_have_text("1 suggestion")


def test_arrow_keys_go_round_and_enter_opens_the_page(search) -> None:
    page = search()
    field(page).press_sequentially("ste")
    expect(listed(page)).to_be_visible()
    seen = []
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
        seen.append(active(page))
    first, second, third = (option["text"] for option in ALL)
    assert seen == [first, second, third, None, third, None, first]
    # Moving among them changes nothing that was typed.
    expect(field(page)).to_have_value("ste")
    expect(field(page)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/mesothelioma/stage-4/")


@pytest.mark.whole
def test_a_suggested_word_is_searched_for(search) -> None:
    page = search()
    field(page).press_sequentially("ste")
    expect(listed(page)).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=chemotherapy")


@pytest.mark.whole
def test_enter_searches_for_what_was_typed_while_nothing_is_chosen(search) -> None:
    page = search()
    field(page).press_sequentially("ste")
    expect(listed(page)).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=ste")


@pytest.mark.whole
def test_escape_closes_the_list_and_keeps_the_words(search) -> None:
    page = search()
    field(page).press_sequentially("ste")
    expect(listed(page)).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(listed(page)).to_be_hidden()
    expect(field(page)).to_have_attribute("aria-expanded", "false")
    assert active(page) is None
    expect(field(page)).to_have_value("ste")
    page.keyboard.press("Alt+ArrowDown")
    expect(listed(page)).to_be_visible()
    assert active(page) is None
    page.keyboard.press("Alt+ArrowUp")
    expect(listed(page)).to_be_hidden()
    page.keyboard.press("ArrowDown")
    expect(listed(page)).to_be_visible()
    assert active(page) == STAGE_4["text"]


@pytest.mark.whole
def test_home_and_end_stay_with_the_words(search) -> None:
    page = search()
    field(page).press_sequentially("ste")
    expect(listed(page)).to_be_visible()
    page.keyboard.press("Home")
    assert field(page).evaluate("e => e.selectionStart") == 0


@pytest.mark.whole
def test_leaving_the_field_closes_the_list(search) -> None:
    page = search()
    field(page).press_sequentially("ste")
    expect(listed(page)).to_be_visible()
    page.keyboard.press("Tab")
    expect(listed(page)).to_be_hidden()
    expect(page.get_by_role("button", name="Search").first).to_be_focused()


@pytest.mark.whole
def test_a_click_takes_the_suggestion(search) -> None:
    page = search(width=1280)
    field(page).press_sequentially("ste")
    page.get_by_role("option", name="Mesothelioma in remission").click()
    page.wait_for_url("**/mesothelioma/remission/")


@pytest.mark.whole
def test_a_tap_takes_the_suggestion_and_options_are_large_enough(search) -> None:
    page = search(width=320, has_touch=True, is_mobile=True)
    field(page).tap()
    field(page).press_sequentially("ste")
    option = page.get_by_role("option", name="chemotherapy")
    assert option.bounding_box()["height"] >= 44
    option.tap()
    page.wait_for_url("**/search/?q=chemotherapy")


@pytest.mark.whole
def test_a_phone_without_arrow_keys_can_type_on_and_send(search) -> None:
    page = search(width=320, has_touch=True, is_mobile=True)
    field(page).tap()
    # As virtual keyboards do: whole words at once, and no keydown that says which key.
    page.keyboard.insert_text("stent")
    expect(listed(page)).to_be_visible()
    page.get_by_role("button", name="Search").first.tap()
    page.wait_for_url("**/search/?q=stent")


@pytest.mark.whole
def test_one_letter_asks_nothing_and_many_letters_ask_once(search, asked: list[str]) -> None:
    page = search(own=True)
    page.clock.install(time=0)
    page.clock.pause_at(1000)  # else time also passes while keys are pressed
    field(page).press_sequentially("s")
    page.clock.run_for(5000)
    field(page).press_sequentially("tage")
    page.clock.run_for(5000)
    expect(listed(page)).to_be_visible()
    assert asked == ["stage"]
    field(page).fill("")
    expect(listed(page)).to_be_hidden()


@pytest.mark.whole
def test_an_answer_that_comes_too_late_is_not_shown(visit) -> None:
    page = visit()
    waiting: list[Route] = []

    def answer(route: Route) -> None:
        if "q=st&" in f"{route.request.url}&":
            waiting.append(route)
        else:
            route.fulfill(json={"suggestions": [REMISSION]})

    page.route("**/search/suggestions/?*", answer)
    page.goto("/glossary/")
    with page.expect_request("**/suggestions/?q=st"):
        field(page).press_sequentially("st")
    with page.expect_event("requestfailed", lambda request: request.url.endswith("q=st")):
        field(page).press_sequentially("a")
    expect(listed(page).get_by_role("option")).to_have_text([REMISSION["text"]])
    assert len(waiting) == 1


@pytest.mark.parametrize("answer", [{"status": 500}, {"status": 200, "body": "<p>Not what was asked for"}, None])
@pytest.mark.whole
def test_without_an_answer_the_form_works_in_silence(visit, answer) -> None:
    page = visit()
    page.route("**/search/suggestions/?*", lambda route: route.fulfill(**answer) if answer else route.abort())
    page.goto("/glossary/")
    with page.expect_request("**/suggestions/?q=sten"):
        field(page).press_sequentially("sten")
    expect(listed(page)).to_be_hidden()
    field(page).press("Enter")
    page.wait_for_url("**/search/?q=sten")


@pytest.mark.whole
def test_what_is_typed_is_sent_as_it_is(search, asked: list[str]) -> None:
    page = search()
    field(page).fill("50% & more? #1")
    expect(listed(page)).to_be_visible()
    assert asked == ["50% & more? #1"]


@pytest.mark.whole
def test_suggestions_are_words_never_markup(search) -> None:
    page = search(suggestions=({"text": "<b>bold</b>", "address": ""},))
    field(page).fill("bold")
    expect(page.get_by_role("option")).to_have_text("<b>bold</b>")


@pytest.mark.whole
@pytest.mark.parametrize("address", ["/", "/search/"])
@pytest.mark.parametrize(("width", "size"), sized([(320, 200), (320, 100), (1280, 100)], [(320, 200)]))
def test_the_list_fits_the_screen_and_nothing_lies_over_it(search, address: str, width: int, size: int) -> None:
    eight = tuple({"text": f"Fluid around the lung (pleural effusion), part {n}", "address": "/"} for n in range(8))
    page = search(address, suggestions=eight, width=width, height=568)
    page.evaluate(f"document.documentElement.style.fontSize = '{size}%'")
    own = page.locator("main").get_by_role("combobox")
    own.fill("flu")
    expect(listed(page)).to_be_visible()
    box, above = listed(page).bounding_box(), own.bounding_box()
    assert box and above
    assert box["x"] >= 0 and box["x"] + box["width"] <= width
    assert box["y"] >= above["y"] + above["height"]
    for option in listed(page).get_by_role("option").all():
        page.keyboard.press("ArrowDown")
        in_sight = """e => { const r = e.getBoundingClientRect();
            return [r.top + 2, r.bottom - 2].every(y => document.elementFromPoint(r.left + r.width / 2, y) === e); }"""
        assert option.evaluate(in_sight)


@pytest.mark.whole
def test_colors_chosen_by_the_reader_show_which_one_is_chosen(search) -> None:
    page = search(forced_colors="active")
    field(page).fill("ste")
    expect(listed(page)).to_be_visible()
    page.keyboard.press("ArrowDown")
    colors = listed(page).get_by_role("option").evaluate_all("all => all.map(e => getComputedStyle(e).backgroundColor)")
    assert colors[0] != colors[1] == colors[2]


@pytest.mark.whole
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_while_suggestions_are_open(search, width: int) -> None:
    page = search(width=width)
    field(page).fill("ste")
    expect(listed(page)).to_be_visible()
    page.keyboard.press("ArrowDown")
    assert violations(page) == []
