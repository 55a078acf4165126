"""Notes: what a number or a word leads to, shown beside it; by hover, by keyboard, by touch, and never in the way."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from articles.markup import compile_page
from tests.articles.markup.sample_library import LIBRARY
from tests.browser.axe import violations
from tests.size import sized

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

STAGE_4 = "/mesothelioma/stage-4/"
# A word of the glossary, and every way numbers stand together: alone, in twos and threes, as a run, with places, in
# boxes, tables and questions.
TEXT = """# A page

A lede.

## First

It may cause [pleural effusion](/glossary/pleural-effusion/), which can be drained.

Most people [@alpha] live with it, says one study [@alpha; @beta] of many. Others [@alpha; @gamma; @kostron2016relapse]
and a run of them [@alpha; @beta; @gamma; @delta] or of all [@alpha; @beta; @gamma; @kostron2016relapse] say so too.
See the pages [@alpha, p. 3; @delta, p. 4] and the last [@gamma].

:::quick-fact
One fact [@beta].
:::

| Drug | Months |
| --- | --- |
| One | 12 [@alpha; @delta] |

:::faq
### Is it a cure?

No, it is not [@delta].
:::
"""
# Everything a note must not cover or leave, measured at once.
PLACES = """() => {
    const box = e => { const r = e.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom]; };
    return {note: box(document.querySelector('.note')), screen: [0, 0, innerWidth, innerHeight]};
}"""


@pytest.fixture
def open_page(visit: Callable[..., Page]) -> Callable[..., Page]:
    """A page that holds TEXT, compiled as any page; visited as with `visit`."""
    compiled = compile_page(TEXT, LIBRARY)
    html = f"""<!DOCTYPE html><html lang="en"><head><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>A page</title><link rel="stylesheet" href="/static/css/site.css">
        <script src="/static/js/site.js" defer></script></head><body><main class="wrap"><h1>A page</h1>
        <div class="prose">{compiled.html}</div><h2>Words</h2>{compiled.words_html}<h2>References</h2>
        {compiled.references_html["apa"]}</main></body></html>"""

    def open_one(**properties: object) -> Page:
        page = visit(**properties)
        page.route("**/a-page/", lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
        page.goto("/a-page/")
        return page

    return open_one


def the_note(page: Page) -> Locator:
    return page.locator(".note")


def cite(page: Page, number: int, nth: int = 0) -> Locator:
    return page.get_by_role("link", name=f"Reference {number}", exact=True).nth(nth)


def is_beside(page: Page, link: Locator) -> bool:
    """The note is on the screen as a whole and covers no part of its link."""
    places = page.evaluate(PLACES)
    left, top, right, bottom = places["note"]
    on_screen = left >= 0 and top >= 0 and right <= places["screen"][2] and bottom <= places["screen"][3]
    own = link.bounding_box()
    assert own
    apart = bottom <= own["y"] or top >= own["y"] + own["height"]
    return on_screen and apart


# With a mouse


def test_hovering_over_a_number_shows_its_reference_beside_it(visit) -> None:
    page = visit(width=1280)
    page.goto(STAGE_4)
    link = cite(page, 4)
    link.hover()
    expect(the_note(page)).to_be_visible()
    expect(the_note(page)).to_contain_text("Rusch, V. W.")
    expect(the_note(page)).to_have_accessible_name("Reference 4")
    assert is_beside(page, link)


@pytest.mark.whole
def test_the_pointer_can_go_into_the_note_and_leaving_closes_it(open_page) -> None:
    page = open_page(width=1280)
    cite(page, 1).hover()
    the_note(page).get_by_role("link", name="Go to the reference list").hover()
    page.mouse.move(3, 3)
    page.mouse.move(300, 3)
    expect(the_note(page)).to_be_hidden()


@pytest.mark.whole
def test_a_note_stays_while_the_pointer_is_in_it(open_page) -> None:
    page = open_page(own=True, width=1280)
    page.clock.install()
    cite(page, 1).hover()
    page.clock.run_for(1000)
    the_note(page).hover()
    page.clock.run_for(60_000)
    expect(the_note(page)).to_be_visible()


@pytest.mark.whole
def test_a_pointer_that_only_passes_opens_nothing(open_page) -> None:
    page = open_page(own=True, width=1280)
    page.clock.install()
    cite(page, 1).hover()
    page.mouse.move(3, 3)
    page.clock.run_for(60_000)
    expect(the_note(page)).to_be_hidden()


@pytest.mark.whole
def test_escape_closes_a_note_that_hovering_opened(open_page) -> None:
    page = open_page(width=1280)
    cite(page, 1).hover()
    expect(the_note(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(the_note(page)).to_be_hidden()


def test_a_click_follows_the_link(open_page) -> None:
    page = open_page(width=1280)
    cite(page, 2).click()
    expect(page.locator("#ref-beta")).to_be_in_viewport()
    assert page.url.endswith("#ref-beta")
    expect(the_note(page)).to_be_hidden()


# With the keyboard


def test_tabbing_to_a_number_shows_its_note_and_adds_no_stop(open_page) -> None:
    page = open_page(width=1280, height=900)
    page.locator("a.term").focus()
    shown = []
    for _ in range(4):
        page.keyboard.press("Tab")
        link = page.locator(":focus")
        expect(the_note(page)).to_have_accessible_name(link.get_attribute("aria-label"))
        expect(the_note(page)).to_be_visible()
        assert is_beside(page, link)
        shown.append(link.get_attribute("href"))
    assert shown == ["#ref-alpha", "#ref-alpha", "#ref-beta", "#ref-alpha"]


@pytest.mark.whole
def test_the_note_is_not_read_into_the_sentence(open_page) -> None:
    page = open_page(width=1280)
    page.locator("a.term").focus()
    page.keyboard.press("Tab")
    expect(the_note(page)).to_be_visible()
    link = cite(page, 1)
    expect(link).to_be_focused()
    expect(link).to_have_accessible_name("Reference 1")
    expect(link).to_have_accessible_description("")
    # Nor announced: it lies in no live region, and at the end of the document, not between the words.
    assert page.locator("[aria-live] .note, [role=status] .note, .prose .note").count() == 0


def test_escape_closes_the_note_and_leaves_the_focus_where_it_is(open_page) -> None:
    page = open_page(width=1280)
    page.locator("a.term").focus()
    page.keyboard.press("Tab")
    expect(the_note(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(the_note(page)).to_be_hidden()
    expect(cite(page, 1)).to_be_focused()


def test_enter_goes_into_the_note_and_escape_comes_back(open_page) -> None:
    page = open_page(width=1280)
    cite(page, 2).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Reference 2")).to_be_focused()
    page.keyboard.press("Escape")
    expect(the_note(page)).to_be_hidden()
    expect(cite(page, 2)).to_be_focused()


@pytest.mark.whole
def test_in_the_tab_order_a_note_stands_after_its_link(open_page) -> None:
    page = open_page(width=1280)
    link, following = page.locator(".cite a").nth(1), page.locator(".cite a").nth(2)
    link.focus()
    page.keyboard.press("Enter")
    for name in ("Close", "Go to the reference list"):
        page.keyboard.press("Tab")
        expect(page.locator(":focus")).to_have_text(name)
    page.keyboard.press("Tab")
    expect(following).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    expect(link).to_be_focused()
    expect(the_note(page)).to_be_hidden()


@pytest.mark.whole
def test_the_way_out_of_a_note_leads_to_the_list(open_page) -> None:
    page = open_page(width=1280)
    cite(page, 3).focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Go to the reference list").press("Enter")
    expect(page.locator("#ref-gamma")).to_be_in_viewport()
    assert page.url.endswith("#ref-gamma")
    expect(the_note(page)).to_be_hidden()


@pytest.mark.whole
def test_back_links_return_to_the_sentence_and_mark_the_number(visit) -> None:
    page = visit(width=375, height=600)
    page.goto(STAGE_4)
    for letter in "abc":
        back = page.get_by_role("link", name=f"Back to use {letter} of reference 2", exact=True)
        back.focus()
        page.keyboard.press("Enter")
        number = page.locator(":focus")
        expect(number).to_have_accessible_name("Reference 2")
        assert page.url.endswith(f"#{number.get_attribute('id')}") and back.get_attribute("href") in page.url
        # Not at the very edge: the sentence before it is there too.
        assert 40 < number.bounding_box()["y"] < 560
        marked = number.evaluate("e => getComputedStyle(e.closest('.cite')).backgroundColor")
        assert marked == "rgb(255, 224, 138)"
        # Who comes from the list has just read it.
        expect(the_note(page)).to_be_hidden()


# By touch


def test_the_first_tap_opens_the_note_and_the_page_stays(visit) -> None:
    page = visit(width=375, has_touch=True)
    page.goto(STAGE_4)
    link = cite(page, 4)
    link.scroll_into_view_if_needed()
    at = page.evaluate("scrollY")
    link.tap()
    expect(page.get_by_role("dialog", name="Reference 4")).to_be_focused()
    assert is_beside(page, link)
    assert page.evaluate("scrollY") == at
    assert "#" not in page.url


@pytest.mark.whole
@pytest.mark.parametrize("name", ["Reference 2", "pleural effusion"])
def test_the_second_tap_closes_the_note_and_the_page_stays(open_page, name: str) -> None:
    page = open_page(width=375, has_touch=True)
    link = page.locator(".prose").get_by_role("link", name=name, exact=True).first
    for _ in range(2):
        link.tap()
        expect(the_note(page)).to_be_visible()
        at = page.evaluate("scrollY")
        link.tap()
        expect(the_note(page)).to_be_hidden()
        assert page.evaluate("scrollY") == at
        assert "#" not in page.url


@pytest.mark.whole
def test_a_mouse_closes_what_a_finger_opened_and_then_follows_links_again(open_page) -> None:
    page = open_page(width=375, has_touch=True)
    cite(page, 2).tap()
    expect(the_note(page)).to_be_visible()
    cite(page, 2).click()
    expect(the_note(page)).to_be_hidden()
    assert "#" not in page.url
    cite(page, 2).click()
    expect(page).to_have_url(re.compile("#ref-beta$"))


@pytest.mark.whole
def test_a_tap_elsewhere_closes_and_a_tap_inside_does_not(open_page) -> None:
    page = open_page(width=375, has_touch=True)
    cite(page, 2).tap()
    the_note(page).locator(".note-entry").tap()
    expect(the_note(page)).to_be_visible()
    page.get_by_role("heading", name="A page").tap()
    expect(the_note(page)).to_be_hidden()


@pytest.mark.whole
def test_the_close_button_is_large_and_returns_to_the_link(open_page) -> None:
    page = open_page(width=320, has_touch=True)
    cite(page, 2).tap()
    close = page.get_by_role("button", name="Close")
    box = close.bounding_box()
    assert box["width"] >= 44 and box["height"] >= 44
    assert page.locator(".note-way a").bounding_box()["height"] >= 44
    close.tap()
    expect(the_note(page)).to_be_hidden()
    expect(cite(page, 2)).to_be_focused()


@pytest.mark.whole
def test_notes_open_in_turn_and_one_at_a_time(open_page) -> None:
    page = open_page(width=375, has_touch=True)
    for number in (1, 3, 2):
        page.get_by_role("heading", name="A page").tap()
        cite(page, number).tap()
        expect(the_note(page)).to_have_count(1)
        expect(the_note(page)).to_have_accessible_name(f"Reference {number}")


@pytest.mark.whole
def test_every_number_can_be_hit_within_24_pixels_each_way(open_page) -> None:
    page = open_page(width=375, has_touch=True)
    page.locator("details").evaluate("e => e.open = true")
    small = page.evaluate(
        """() => [...document.querySelectorAll('.cite a')].filter(link => !link.closest('.cite-folded')).map(link => {
            link.scrollIntoView({block: 'center'});
            const r = link.getBoundingClientRect(), x = r.left + r.width / 2, y = r.top + r.height / 2;
            const hits = (x, y) => document.elementFromPoint(x, y) === link;
            let wide = 0, high = 0;
            for (let at = r.left - 9; at < r.right + 9; at += .25) wide += hits(at, y) / 4;
            for (let at = r.top - 9; at < r.bottom + 9; at += .25) high += hits(x, at) / 4;
            return [link.closest('.cite').textContent, link.textContent, wide, high];
        }).filter(([, , wide, high]) => wide < 24 || high < 24)"""
    )
    assert small == []


@pytest.mark.whole
def test_large_numbers_to_hit_leave_the_lines_where_they_are(open_page) -> None:
    page = open_page(width=375)
    heights = page.evaluate(
        """() => {
            const text = document.querySelector('.prose h2 + p + p');
            const before = text.getBoundingClientRect().height;
            text.querySelectorAll('.cite').forEach(cite => { cite.style.display = 'none'; });
            const without = text.getBoundingClientRect().height;
            const line = parseFloat(getComputedStyle(text).lineHeight);
            return [before / line, without / line]; }"""
    )
    assert all(abs(lines - round(lines)) < 0.01 for lines in heights), "lines are not of one height"


# What a note holds


@pytest.mark.whole
def test_a_note_is_a_copy_of_the_entry_without_its_ways_back(visit) -> None:
    page = visit(width=1280)
    page.goto(STAGE_4)
    links = page.locator(".cite a")
    assert links.count() > 20
    for place in range(0, links.count(), 5):
        link = links.nth(place)
        link.press("Enter")
        entry = page.locator(link.get_attribute("href"))
        back = entry.locator(".back-links").inner_text()
        assert the_note(page).locator(".note-entry").inner_text() == entry.inner_text().removesuffix(back).strip()
        page.keyboard.press("Escape")
    assert the_note(page).locator(".back-links, [id]:not(#note-name)").count() == 0
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))


def test_a_word_opens_its_meaning_and_leads_to_the_glossary(open_page) -> None:
    page = open_page(width=375, has_touch=True)
    word = page.get_by_role("link", name="pleural effusion", exact=True)
    word.tap()
    note = page.get_by_role("dialog", name="Fluid around the lung (pleural effusion)")
    expect(note).to_be_focused()
    expect(note).to_contain_text("Fluid has gathered in the space around a lung.")
    expect(note).not_to_contain_text("↩")
    assert is_beside(page, word)
    way = note.get_by_role("link", name="Open in the glossary")
    assert way.get_attribute("href").endswith("/glossary/pleural-effusion/")


# Wherever it stands


ANY_LINK = ".cite a:not(.cite-folded a), a.term"
# Opens the note of each link, with the link at the top, in the middle and at the end of the screen. What is wrong.
OPEN_EACH = """async links => {
    const wrong = [], drawn = () => new Promise(requestAnimationFrame);
    const on_screen = box => box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight;
    for (const link of links) for (const block of ['start', 'center', 'end']) {
        const say = problem => wrong.push(`${link.textContent} at ${block}: ${problem}`);
        link.scrollIntoView({block});
        link.click();
        await drawn();
        const note = document.querySelector('.note'), box = note && note.getBoundingClientRect();
        if (!note || !note.checkVisibility()) { say('no note'); continue; }
        const own = link.getBoundingClientRect();
        if (!on_screen(box)) say('leaves the screen');
        if (box.bottom > own.top && box.top < own.bottom) say('covers its link');
        // All of it can be read and reached.
        for (const part of note.querySelectorAll('.note-way a, button')) {
            part.scrollIntoView({block: 'nearest'});
            if (!on_screen(part.getBoundingClientRect())) say(`${part.textContent} cannot be reached`);
        }
        if (document.documentElement.scrollWidth > innerWidth) say('makes the page wider');
        document.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape', bubbles: true}));
        await drawn();
        if (note.checkVisibility()) say('does not close');
    }
    return wrong; }"""


SCREENS = [(320, 568, 200), (1280, 800, 200), (320, 568, 100), (568, 320, 100)]


@pytest.mark.whole
@pytest.mark.parametrize(("width", "height", "size"), sized(SCREENS, SCREENS[:1]))
def test_no_note_leaves_the_screen_or_covers_its_link(open_page, width: int, height: int, size: int) -> None:
    page = open_page(width=width, height=height, has_touch=True)
    page.evaluate(f"document.documentElement.style.fontSize = '{size}%'")
    page.locator("details").evaluate("e => e.open = true")
    assert page.locator(ANY_LINK).evaluate_all(OPEN_EACH) == []


@pytest.mark.whole
def test_opening_a_note_moves_nothing(open_page) -> None:
    page = open_page(width=375, has_touch=True)
    where = (
        "() => [...document.querySelectorAll('main > :not(.note), .prose *')].map(e => e.getBoundingClientRect().top)"
    )
    before = page.evaluate(where)
    cite(page, 1).tap()
    expect(the_note(page)).to_be_visible()
    assert page.evaluate(where) == before


@pytest.mark.whole
def test_a_note_keeps_beside_its_link_when_the_screen_is_turned(open_page) -> None:
    page = open_page(width=375, height=667, has_touch=True)
    link = page.locator(".cite a").nth(2)
    link.tap()
    expect(the_note(page)).to_be_visible()
    page.set_viewport_size({"width": 667, "height": 375})
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(link).to_be_in_viewport()
    assert is_beside(page, link)


@pytest.mark.whole
def test_colors_chosen_by_the_reader_leave_the_note_its_edge(open_page) -> None:
    page = open_page(width=375, has_touch=True, forced_colors="active")
    cite(page, 1).tap()
    assert the_note(page).evaluate("e => parseFloat(getComputedStyle(e).borderTopWidth)") >= 2
    page.keyboard.press("Escape")
    outline = cite(page, 1).evaluate("e => [getComputedStyle(e).outlineStyle, getComputedStyle(e).outlineColor]")
    assert outline[0] == "solid" and outline[1] != "rgba(0, 0, 0, 0)"


@pytest.mark.whole
def test_a_note_is_not_printed(open_page) -> None:
    page = open_page(width=375, has_touch=True)
    cite(page, 1).tap()
    expect(the_note(page)).to_be_visible()
    page.emulate_media(media="print")
    expect(the_note(page)).to_be_hidden()


@pytest.mark.whole
def test_without_javascript_a_number_leads_down_the_page(visit) -> None:
    page = visit(width=375, has_touch=True, java_script_enabled=False)
    page.goto(STAGE_4)
    link = cite(page, 4)
    link.tap()
    expect(page.locator(link.get_attribute("href"))).to_be_in_viewport()


@pytest.mark.whole
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_while_a_note_is_open(open_page, width: int) -> None:
    page = open_page(width=width)
    cite(page, 4).press("Enter")
    expect(the_note(page)).to_be_visible()
    assert violations(page) == []
