"""The look of the public pages in a real browser, at every width, in every scheme, at every size of text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from articles.markup.reading_grade import grade
from tests.browser.axe import violations
from tests.browser.conftest import SETTINGS, Visit, only_what_we_promise
from tests.browser.public import ARTICLES, EVERY, MAIN, SET_STYLE, SIZES_OF_TEXT
from tests.size import sized

pytestmark = [pytest.mark.proof, pytest.mark.browser, pytest.mark.django_db]

SPACING = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
    p { margin-bottom: 2em !important }"""  # WCAG 2.2, 1.4.12
LARGE = "html { font-size: 200% }"  # as of a reader who set twice the usual size in the browser
WIDER_THAN_THE_SCREEN = "document.documentElement.scrollWidth > window.innerWidth"


See = Callable[..., Page]


@pytest.fixture(scope="module")
def standing(site: str) -> Iterator[dict[str, Page]]:
    """The pages that stand open, by their address; see `see`."""
    pages: dict[str, Page] = {}
    yield pages
    for page in pages.values():
        page.context.close()


@pytest.fixture
def see(browser: Browser, site: str, standing: dict[str, Page]) -> Iterator[See]:
    """A page as it looks: `see("/about/", width=320, css=LARGE, color_scheme="dark")`.

    Each is opened once and then shown in all these ways, so it is for tests that look and touch nothing.
    """

    broken: list[list[str]] = []

    def see(address: str, *, width: int = 375, css: str = "", **settings: Any) -> Page:
        if address not in standing:
            context = browser.new_context(base_url=site)
            broken.append(only_what_we_promise(context, site))
            standing[address] = context.new_page()
            standing[address].goto(address)
        page = standing[address]
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(**SETTINGS | settings)
        page.evaluate(SET_STYLE, css)
        return page

    yield see
    assert not [problem for problems in broken for problem in problems]


def violations_at(page: Page, *widths: int) -> list[str]:
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        found += violations(page)
    return found


WIDTHS = sized([320, 375, 1280], [320])


@pytest.mark.parametrize("address", EVERY)
def test_axe_finds_nothing_at_any_width_in_either_scheme(see: See, address: str) -> None:
    assert violations_at(see(address), *(WIDTHS if address in MAIN else WIDTHS[:1])) == []


def test_nothing_is_wider_than_the_screen_however_it_is_set(see: See) -> None:
    ways = [(320, ""), (320, SPACING), (320, LARGE), (375, LARGE), (1280, LARGE)]
    assert not [
        (width, css[:20], address)
        for address in EVERY
        for width, css in ways
        if see(address, width=width, css=css).evaluate(WIDER_THAN_THE_SCREEN)
    ]


def test_text_is_large_from_the_start_and_doubles_when_asked(see: See) -> None:
    small = []
    for address in MAIN:
        page = see(address)
        before = page.evaluate(SIZES_OF_TEXT)
        assert float(page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")) >= 19
        page.evaluate(SET_STYLE, LARGE)
        after = page.evaluate(SIZES_OF_TEXT)
        small += [(address, words) for words, size in before.items() if size < 16]
        # What is large already may grow less.
        small += [(address, words) for words, size in before.items() if after[words] < min(1.99 * size, 34)]
    assert small == []


# The words of headings and buttons that are on two lines, and not for a hyphen; the boxes that end past the screen.
BROKEN = """() => {
    const shown = [...document.querySelectorAll('main *')].filter(e => e.checkVisibility() &&
        !e.closest('.visually-hidden, .table-scroll, .cite'));
    const broken = shown.filter(e => e.matches('h1, h2, h3, .offer-heading, .button, .offer-action')).flatMap(e => {
        const split = [], range = document.createRange(), walk = document.createTreeWalker(e, NodeFilter.SHOW_TEXT);
        for (let node; node = walk.nextNode();) for (const word of node.textContent.matchAll(/\\p{L}+/gu)) {
            range.setStart(node, word.index);
            range.setEnd(node, word.index + word[0].length);
            if (new Set([...range.getClientRects()].map(box => Math.round(box.top))).size > 1) split.push(word[0]);
        }
        return split; });
    const past = shown.filter(e => e.getBoundingClientRect().right > innerWidth + .5 && e.offsetWidth > 1);
    return [...broken, ...past.map(e => e.className || e.tagName)]; }"""


@pytest.mark.whole
@pytest.mark.parametrize("width", [320, 375])
def test_large_text_on_a_phone_breaks_no_word_of_a_heading_and_stays_in_its_box(see: See, width: int) -> None:
    found = {address: see(address, width=width, css=LARGE).evaluate(BROKEN) for address in EVERY}
    assert not {address: words for address, words in found.items() if words}


@pytest.mark.whole
def test_large_text_on_a_phone_leaves_room_to_type_and_the_number_as_large_as_its_text(see: See) -> None:
    for address in ("/", "/search/"):
        field = see(address, width=320, css=LARGE).locator("main input[type=search]")
        assert field.bounding_box()["width"] > 200  # type: ignore[index]  # it is shown
    page = see("/", width=320, css=LARGE)
    number, text = (
        page.locator(part).evaluate("e => parseFloat(getComputedStyle(e).fontSize)") for part in (".ask .phone", "body")
    )
    assert number >= text


def test_a_page_shows_one_search_box(see: See) -> None:
    for address in EVERY:
        expect(see(address).get_by_role("search")).to_have_count(1)


# Of each paragraph of several lines the letters of its longest one, in ascending order.
LONGEST_LINES = """selector => [...document.querySelectorAll(selector)].filter(p => p.checkVisibility()).map(p => {
    const range = document.createRange(), lines = {}, walk = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
    for (let node; node = walk.nextNode();) {
        if (node.parentElement.closest('.cite, .word-also, .visually-hidden')) continue;
        for (let i = 0; i < node.length; i++) {
            range.setStart(node, i);
            range.setEnd(node, i + 1);
            const box = range.getBoundingClientRect(), line = Math.round(box.bottom / 9);
            if (box.width) lines[line] = (lines[line] || 0) + 1;
        }
    }
    return Object.values(lines);
    }).filter(lines => lines.length > 1).map(lines => Math.max(...lines)).sort((a, b) => a - b)"""
RUNNING_TEXT = {ARTICLES[0]: ".prose > p", ARTICLES[1]: ".prose > p", "/glossary/": ".words dd"}


@pytest.mark.whole
@pytest.mark.parametrize("width", [768, 1280])
@pytest.mark.parametrize("address", RUNNING_TEXT)
def test_lines_are_of_a_length_that_eyes_can_follow(see: See, address: str, width: int) -> None:
    page = see(address, width=width)
    longest = page.evaluate(LONGEST_LINES, RUNNING_TEXT[address])
    assert 60 <= longest[len(longest) // 2] <= 75
    assert page.evaluate(LONGEST_LINES, "main :is(p, dd, li, figcaption)")[-1] <= 78


# What is said in sentences, each text once; lists of sources and ways on are none.
SENTENCES = """() => [...document.querySelectorAll('main :is(p, li, dd, label, legend, figcaption)')]
    .filter(e => e.checkVisibility() && !e.closest('.endnotes, nav, .visually-hidden') && !e.querySelector('p, li'))
    .map(e => e.innerText.trim()).filter(text => /[.?!]$/.test(text))"""


@pytest.mark.whole
def test_every_page_asks_for_eight_years_of_school_at_most(see: See) -> None:
    """All that stands on it, offers and forms too: Flesch-Kincaid, as the desk shows it to writers."""
    grades = {address: grade(see(address).evaluate(SENTENCES)) for address in MAIN}
    assert not {address: found for address, found in grades.items() if found > 8}


SMALL = """() => [...document.querySelectorAll('a[href], button, select, textarea, summary, input, .choice label')]
    .filter(e => e.checkVisibility() && !e.closest('.visually-hidden, .skip-link, .cite'))
    .filter(e => !e.matches('[type=hidden], .choice input'))
    // A link within a sentence is as high as its line: WCAG 2.2, 2.5.5. Alone it is no sentence.
    .filter(e => { const around = e.closest('p, .prose li, dd, .imprint li, .reference-entry, td');
        return getComputedStyle(e).display !== 'inline' || !around || around.innerText.trim() === e.innerText.trim(); })
    .filter(e => { const box = e.getBoundingClientRect(); return box.height < 43.5 || box.width < 43.5; })
    .map(e => e.textContent.trim().slice(0, 40))"""


@pytest.mark.whole
def test_things_to_press_are_large_enough_for_a_thumb_and_for_a_mouse(visit: Visit) -> None:
    small = []
    for properties in ({"width": 375, "has_touch": True}, {"width": 1280}):
        page = visit(**properties)
        for address in [*EVERY, "/search/?q=giraffe&topic=mesothelioma", "/feedback/", "/feedback/thank-you/"]:
            page.goto(address)
            small += [(properties["width"], address, words) for words in page.evaluate(SMALL)]
    assert small == []


def test_on_a_phone_nothing_floats_over_the_text(see: See) -> None:
    for address in MAIN:
        floating = see(address).evaluate(
            """() => [...document.querySelectorAll('body *')]
                .filter(e => e.checkVisibility() && ['fixed', 'sticky'].includes(getComputedStyle(e).position))
                .map(e => e.className)"""
        )
        assert floating == [], address


@pytest.mark.whole
def test_the_words_come_before_the_names_on_the_first_screen_of_a_phone(visit: Visit) -> None:
    page = visit(height=700)
    for address in ARTICLES:
        page.goto(address)
        title, lede, imprint = (page.locator(part).bounding_box() for part in ("h1", ".lede", ".imprint"))
        assert title and lede and imprint
        assert title["y"] < lede["y"] < imprint["y"]
        assert lede["y"] + lede["height"] < 700, address
        assert imprint["height"] < 250, address


@pytest.mark.whole
def test_the_list_of_contents_stands_beside_the_text_and_scrolls_within_itself(visit: Visit) -> None:
    page = visit(width=1280, height=400)
    page.goto("/mesothelioma/stage-4/")
    contents = page.locator(".contents")
    page.locator(".prose > h2").nth(4).scroll_into_view_if_needed()
    assert contents.bounding_box()["y"] >= 0  # type: ignore[index]  # it came along
    assert contents.bounding_box()["height"] <= 400  # type: ignore[index]  # as above
    assert contents.evaluate("e => e.scrollHeight > e.clientHeight")
    last = contents.get_by_role("link").last
    last.focus()
    expect(last).to_be_in_viewport()
    assert page.locator(".contents > ol > li").count() == int(
        re.findall(r"\d+", page.locator(".contents-count").inner_text())[0]
    )


@pytest.mark.whole
def test_all_parts_of_a_page_are_seen_beside_its_text(visit: Visit) -> None:
    page = visit(width=1280, height=800)
    for address in ARTICLES:
        page.goto(address)
        page.locator(".prose > h2").nth(3).scroll_into_view_if_needed()
        parts = page.locator(".contents > ol > li > a")
        assert parts.count() >= 5
        for part in parts.all():
            expect(part).to_be_in_viewport(ratio=1)


@pytest.mark.whole
def test_colors_chosen_by_the_reader_leave_every_box_its_edge(visit: Visit) -> None:
    page = visit(forced_colors="active")
    without = []
    for address in MAIN:
        page.goto(address)
        without += [
            (address, box)
            for box in page.evaluate(
                """() => [...document.querySelectorAll(`.masthead-band, .callout, .story, .trial, .offer, .notice, .ask,
                        .button, .offer-action, input, select, textarea, .footer`)]
                    .filter(e => e.checkVisibility() && !['radio', 'checkbox'].includes(e.type))
                    .filter(e => !(parseFloat(getComputedStyle(e).borderBottomWidth) >= 1)).map(e => e.className)"""
            )
        ]
        page.keyboard.press("Tab")
        assert page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)") >= 2
    assert without == []


# What paints a ground that the reader did not choose: a picture drawn by the style sheet, a color of our own.
OUR_GROUNDS = """() => {
    const probe = document.body.appendChild(document.createElement('i')), theirs = new Set();
    for (const name of ['Canvas', 'ButtonFace', 'Field', 'Mark', 'Highlight']) {
        probe.style.backgroundColor = name;
        theirs.add(getComputedStyle(probe).backgroundColor);
    }
    probe.remove();
    return [...document.querySelectorAll('html, body, body *')].filter(e => e.checkVisibility()).flatMap(e =>
        [null, '::before', '::after'].map(part => [e, getComputedStyle(e, part)]))
        .filter(([, s]) => s.borderImageSource !== 'none' || s.backgroundImage !== 'none' ||
            !theirs.has(s.backgroundColor) && !/^rgba.* 0\\)$/.test(s.backgroundColor))
        .map(([e, s]) => [e.tagName, e.className, s.borderImageSource, s.backgroundImage, s.backgroundColor]); }"""


@pytest.mark.whole
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colors_chosen_by_the_reader_are_the_only_grounds(see: See, scheme: str) -> None:
    for address in EVERY:
        for width in (375, 1280):
            page = see(address, width=width, forced_colors="active", color_scheme=scheme)
            assert page.evaluate(OUR_GROUNDS) == [], (address, width)


def test_the_dark_scheme_is_dark_and_every_page_has_it(see: See) -> None:
    for address in MAIN:
        page = see(address, color_scheme="dark")
        ground, ink = page.evaluate("(s => [s.backgroundColor, s.color])(getComputedStyle(document.documentElement))")
        assert sum(map(int, re.findall(r"\d+", ground))) < 120 < 500 < sum(map(int, re.findall(r"\d+", ink))), address


def test_nothing_moves_for_those_who_asked_for_that(see: See) -> None:
    moving = """() => [...document.querySelectorAll('*')]
        .flatMap(e => [null, '::before', '::after'].map(part => getComputedStyle(e, part)))
        .filter(s => s.transitionDuration.split(', ').some(time => time !== '0s') || s.animationName !== 'none' ||
            s.scrollBehavior === 'smooth').length"""
    for address in MAIN:
        assert see(address).evaluate(moving) == 0, address


def test_pictures_say_their_size_and_what_they_show(visit: Visit) -> None:
    page = visit(width=375)
    page.goto("/mesothelioma/stage-4/")
    pictures = page.locator("main img")
    assert pictures.count() >= 3
    for picture in pictures.all():
        assert picture.get_attribute("width") and picture.get_attribute("height")
        assert picture.get_attribute("alt") is not None


ARRIVED = "async image => { image.scrollIntoView(); await image.decode(); }"


@pytest.mark.parametrize(("width", "dots", "fetched"), [(375, 1, 400), (375, 2, 800), (1280, 1, 800), (1280, 2, 1200)])
@pytest.mark.whole
def test_a_screen_fetches_no_more_of_a_picture_than_it_shows(visit: Visit, width: int, dots: int, fetched: int) -> None:
    page = visit(own=True, width=width, device_scale_factor=dots)
    page.goto("/mesothelioma/stage-4/")
    for picture in page.locator("main img").all():
        picture.evaluate(ARRIVED)
        assert picture.evaluate("image => image.currentSrc").endswith(f"-{fetched}.avif")


@pytest.mark.whole
def test_browsers_are_told_how_wide_a_picture_will_be(visit: Visit) -> None:
    """What `sizes` says is what the style sheet does, within a tenth, or browsers fetch the wrong one."""
    wrong = []
    page = visit(own=True)
    page.goto("/mesothelioma/remission/")
    for width in (320, 375, 600, 800, 1024, 1280, 1920):  # ascending: what is there is not fetched smaller
        page.set_viewport_size({"width": width, "height": 800})
        pictures = page.locator("main img")
        assert page.locator("main .offer img").count() >= 1
        for picture in pictures.all():
            picture.evaluate(ARRIVED)
            # With candidates by width, the natural width of a picture is what `sizes` comes to.
            told, shown = picture.evaluate("image => [image.naturalWidth, image.getBoundingClientRect().width]")
            if abs(told - shown) > 0.1 * shown:
                wrong.append((width, str(picture.get_attribute("alt"))[:30], told, shown))
    assert wrong == []


@pytest.mark.whole
def test_pictures_far_down_are_fetched_when_a_reader_comes_near(visit: Visit) -> None:
    page = visit(own=True, width=375)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/mesothelioma/stage-4/", wait_until="load")
    pictures = page.locator("main img")
    # Chromium begins at 1,250 pixels, and on a slow line at 2,500.
    far = [one for one in pictures.all() if one.evaluate("image => image.getBoundingClientRect().top") > 800 + 2500]
    assert len(far) >= 2
    names = [one.evaluate("image => image.src.split('/').pop().split('-')[0]") for one in far]
    assert not any(name in address for name in names for address in asked)
    far[-1].evaluate(ARRIVED)
    assert any(names[-1] in address for address in asked)


@pytest.mark.whole
def test_axe_finds_nothing_on_the_component_page(component_page: Page) -> None:
    assert violations_at(component_page, 320, 1280) == []


@pytest.mark.whole
def test_the_component_page_is_never_wider_than_the_screen(component_page: Page) -> None:
    for width, css in ((320, ""), (320, SPACING), (375, LARGE)):
        component_page.set_viewport_size({"width": width, "height": 800})
        component_page.evaluate(SET_STYLE, css)
        assert not component_page.evaluate(WIDER_THAN_THE_SCREEN), (width, css)


@pytest.mark.whole
def test_on_a_phone_rows_of_a_table_are_told_cell_by_cell(component_page: Page) -> None:
    cell = component_page.locator(".prose td").nth(1)
    expect(cell.locator(".cell-head")).to_be_visible()
    assert cell.bounding_box()["width"] > 300  # type: ignore[index]  # it is shown
    component_page.set_viewport_size({"width": 1280, "height": 800})
    expect(cell.locator(".cell-head")).not_to_be_visible()


@pytest.mark.whole
def test_a_row_of_a_table_makes_sense_read_aloud(component_page: Page) -> None:
    table = component_page.get_by_role("table").first
    first, second = (component_page.locator(".prose thead th").nth(place).text_content() or "" for place in (0, 1))
    assert first and second
    row = table.get_by_role("row").filter(has=component_page.get_by_role("rowheader")).first
    assert first not in row.get_by_role("rowheader").inner_text()
    assert row.get_by_role("cell").first.inner_text().startswith(f"{second}:")


@pytest.mark.whole
def test_a_reference_stands_on_one_line_on_a_phone(component_page: Page) -> None:
    for width in (320, 375):
        component_page.set_viewport_size({"width": width, "height": 800})
        lines = component_page.locator(".reference strong").evaluate("e => e.getClientRects().length")
        height = component_page.locator(".reference strong").evaluate(
            "e => e.getBoundingClientRect().height / parseFloat(getComputedStyle(e).lineHeight)"
        )
        assert lines == 1 and height < 1.5
