"""The public pages in a real browser: for every width, scheme and way of reading."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

PAGES = [
    "/",
    "/mesothelioma/",
    "/mesothelioma/stage-4/",
    "/mesothelioma/remission/",
    "/people/sample-medical-reviewer/",
    "/search/?q=chemotherapy",
    "/search/?q=giraffe",
    "/resources/",
    "/free-case-review/",
    "/no/such/page/",
]
RULES = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SPACING = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
        word-spacing: .16em !important } p { margin-bottom: 2em !important }`);
    document.adoptedStyleSheets = [sheet];
}"""
WIDER_THAN_THE_SCREEN = "document.documentElement.scrollWidth > window.innerWidth"


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_axe_finds_nothing_on_a_phone_or_a_wide_screen(visit, width: int, scheme: str) -> None:
    found = []
    page = visit(width=width, color_scheme=scheme)
    for address in PAGES:
        page.goto(address)
        answer = Axe().run(page, options={"runOnly": RULES})
        found += [(address, violation["id"]) for violation in answer.response["violations"]]
    assert found == []


def test_nothing_is_wider_than_the_screen_however_it_is_set(visit) -> None:
    wide = []
    for width, setting in (
        (320, ""),
        (320, SPACING),
        (375, "() => {document.documentElement.style.fontSize = '200%'}"),
    ):
        page = visit(width=width)
        for address in PAGES:
            page.goto(address)
            if setting:
                page.evaluate(setting)
            if page.evaluate(WIDER_THAN_THE_SCREEN):
                wide.append((width, setting[:20], address))
    assert wide == []


def test_without_javascript_the_words_are_there_and_the_search_works(visit) -> None:
    page = visit(java_script_enabled=False)
    page.goto("/mesothelioma/remission/")
    assert page.get_by_text("Is remission the same as a cure?").is_visible()
    page.get_by_role("searchbox").first.fill("chemotherapy")
    page.get_by_role("button", name="Search").first.click()
    assert page.get_by_role("heading", name="Search", level=1).is_visible()
    assert page.locator(".search-results a").count() > 1


def test_the_keyboard_reaches_the_text_at_once_and_shows_where_it_is(visit) -> None:
    page = visit(width=1280)
    page.goto("/mesothelioma/stage-4/")
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert skip.inner_text() == "Skip to main content"
    assert skip.bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Home"
    hidden = []
    for _ in range(60):
        stop = page.evaluate(
            """() => { const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
                const middle = document.elementFromPoint(r.left + Math.min(r.width, 8) / 2, r.top + r.height / 2);
                return [e.textContent.trim().slice(0, 40), s.outlineStyle != 'none' && parseFloat(s.outlineWidth) >= 2,
                        e.contains(middle) || (middle !== null && middle.contains(e))]; }"""
        )
        if not (stop[1] and stop[2]):
            hidden.append(stop)
        page.keyboard.press("Tab")
    assert hidden == []


def test_things_to_press_are_large_enough_for_a_thumb(visit) -> None:
    small = """() => [...document.querySelectorAll('a[href], button, select, textarea, summary, input, .choice label')]
        .filter(e => e.checkVisibility() && !e.closest('.visually-hidden, .skip-link, .cite'))
        .filter(e => !e.matches('p a, .prose li a, .prose dd a, .references a, .choice input, [type=hidden]'))
        .filter(e => e.getBoundingClientRect().height < 43.5)
        .map(e => e.textContent.trim().slice(0, 40))"""
    page = visit(width=375, has_touch=True)
    for address in PAGES:
        page.goto(address)
        assert page.evaluate(small) == [], address


def test_printed_pages_keep_every_word_and_lose_the_furniture(visit) -> None:
    page = visit(width=700)
    page.goto("/mesothelioma/remission/")
    page.emulate_media(media="print")
    closed = page.locator(".faq-item:not([open]) p")
    assert closed.count() >= 4
    assert all(answer.bounding_box()["height"] > 10 for answer in closed.all())
    for furniture in (".masthead nav", ".search-form", ".contents", ".offer", "form", ".back-to-top"):
        assert not any(part.is_visible() for part in page.locator(furniture).all()), furniture


def test_colours_chosen_by_the_reader_leave_every_box_its_edge(visit) -> None:
    page = visit(width=375, forced_colors="active")
    page.goto("/mesothelioma/remission/")
    for box in (".callout", ".story", ".trial", ".offer", ".notice", ".ask"):
        width = page.locator(box).first.evaluate("e => parseFloat(getComputedStyle(e).borderTopWidth)")
        assert width >= 1, box


def test_pictures_say_their_size_and_what_they_show(visit) -> None:
    page = visit(width=375)
    page.goto("/mesothelioma/stage-4/")
    pictures = page.locator("main img")
    assert pictures.count() >= 3
    for picture in pictures.all():
        assert picture.get_attribute("width") and picture.get_attribute("height")
        assert picture.get_attribute("alt") is not None


ARRIVED = "async image => { image.scrollIntoView(); await image.decode(); }"


@pytest.mark.parametrize(("width", "dots", "fetched"), [(375, 1, 400), (375, 2, 800), (1280, 1, 800), (1280, 2, 1200)])
def test_a_screen_fetches_no_more_of_a_picture_than_it_shows(visit, width: int, dots: int, fetched: int) -> None:
    page = visit(width=width, device_scale_factor=dots)
    page.goto("/mesothelioma/stage-4/")
    for picture in page.locator("main img").all():
        picture.evaluate(ARRIVED)
        assert picture.evaluate("image => image.currentSrc").endswith(f"-{fetched}.avif")


def test_browsers_are_told_how_wide_a_picture_will_be(visit) -> None:
    """What `sizes` says is what the style sheet does, within a tenth, or browsers fetch the wrong one."""
    wrong = []
    for width in (320, 375, 600, 800, 1024, 1280, 1920):
        page = visit(width=width)
        page.goto("/mesothelioma/remission/")
        pictures = page.locator("main img")
        assert page.locator("main .offer img").count() >= 1
        for picture in pictures.all():
            picture.evaluate(ARRIVED)
            # With candidates by width, the natural width of a picture is what `sizes` comes to.
            told, shown = picture.evaluate("image => [image.naturalWidth, image.getBoundingClientRect().width]")
            if abs(told - shown) > 0.1 * shown:
                wrong.append((width, picture.get_attribute("alt")[:30], told, shown))
    assert wrong == []


def test_pictures_far_down_are_fetched_when_a_reader_comes_near(visit) -> None:
    page = visit(width=375)
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
