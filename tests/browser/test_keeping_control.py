"""After sending: adding to a request, seeing it, taking it back and deleting it, with the private code alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from caseintake.models import ConsentEvent, PersonCopy, Submission
from caseintake.more_form import ASKED_UNDER
from tests.browser.asking import SMALL, URL, assert_it_fits, fill, make_site
from tests.browser.axe import violations
from tests.browser.keyboard import Keyboard
from tests.caseintake.conftest import REQUEST
from tests.size import sized

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MORE = "/free-case-review/more/"
MINE = "/my-request/"
NAUGHTY = '</textarea><b>O\'Neil</b> & "Søn" {{ 7 }} שלום 🙂'
# In `make test` each page is walked in one of the two ways, in `make proofs` in both.
WITH, WITHOUT = pytest.param(True, id="javascript"), pytest.param(False, id="no javascript")


@pytest.fixture(autouse=True)
def site(live_site, settings, tmp_path) -> None:
    make_site(settings, tmp_path / "keys")


def ask(page: Page) -> str:
    """Send a request; the private code of its answer, which is the page now."""
    page.goto(URL)
    fill(page)
    page.get_by_role("button", name="Send my request").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your request")
    return code_on(page)


def code_on(page: Page) -> str:
    """The words that are shown, as one writes them down."""
    return " ".join(page.locator(".private-code li").all_inner_texts())


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def expect_page(page: Page, heading: str) -> None:
    """That the page with this heading came, and that whoever cannot see it is told so."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    assert_it_fits(page)


# The whole way


@pytest.mark.proof
@pytest.mark.parametrize("javascript", sized([WITH, WITHOUT], [WITHOUT]))
def test_a_person_keeps_control_from_the_first_word_to_the_last(new_page, javascript):
    page = new_page(java_script_enabled=javascript, viewport=SMALL)
    code = ask(page)
    reference = Submission.objects.get().ref
    assert len(code.split()) == 12
    expect_page(page, "We have your request")

    press(page, "Tell us more")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tell us more")
    assert_it_fits(page)
    page.get_by_label("No, they have died").check()
    page.get_by_label("Year they died").fill("2024")
    page.get_by_label("Your words").fill(NAUGHTY)
    press(page, "Add to my request")
    expect_page(page, "We have added it")

    page.goto(MINE)
    page.get_by_label("Your private code").fill(code.upper())
    press(page, "Open my request")
    expect_page(page, "My request")
    expect(page.get_by_text(reference)).to_be_visible()
    for own in (str(REQUEST["name"]), str(REQUEST["message"]), "2024", NAUGHTY):
        expect(page.get_by_text(own, exact=True)).to_be_visible()
    expect(page.get_by_text("Nobody on our staff has opened it so far.")).to_be_visible()

    press(page, "Take this back")
    expect_page(page, "Shall we stop?")
    press(page, "No, change nothing")
    expect_page(page, "My request")
    press(page, "Take this back")
    press(page, "Yes, stop")
    expect(page.get_by_role("status").filter(has_text="We have taken that back")).to_be_focused()
    expect(page.get_by_role("button", name="Take this back")).to_have_count(0)
    assert ConsentEvent.objects.filter(action="withdrawn").count() == 1

    press(page, "Delete my request")
    expect_page(page, "Delete all you sent?")
    press(page, "No, keep it")
    expect_page(page, "My request")
    press(page, "Delete my request")
    press(page, "Yes, delete it for good")
    expect_page(page, "Your request is deleted")
    assert not PersonCopy.objects.exists()

    page.goto(MINE)
    page.get_by_label("Your private code").fill(code)
    press(page, "Open my request")
    expect(page.get_by_role("alert")).to_contain_text("We found no request with this code.")
    assert page.context.cookies() == []


@pytest.mark.whole
@pytest.mark.parametrize("javascript", [WITH, WITHOUT])
def test_it_needs_no_mouse(new_page, javascript):
    page = new_page(java_script_enabled=javascript, viewport=SMALL)
    code = ask(page)
    hands = Keyboard(page)
    hands.press("Tell us more")
    hands.to("Yes")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("No, they have died")).to_be_checked()
    hands.choose("Month they died", "May")
    hands.write("Year they died", "2024")
    hands.tick("Mesothelioma")
    hands.tick("In the chest")
    hands.write("Your words", "He liked the sea.")
    hands.press("Add to my request")
    expect(page.get_by_role("heading", level=1)).to_have_text("We have added it")
    page.goto(MINE)
    hands.write("Your private code", code)
    hands.press("Open my request")
    expect(page.get_by_text("He liked the sea.")).to_be_visible()
    hands.press("Take this back")
    hands.press("Yes, stop")
    hands.press("Delete my request")
    hands.press("Yes, delete it for good")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your request is deleted")


@pytest.mark.whole
def test_a_request_sent_twice_is_opened_by_either_code(new_page):
    page = new_page(viewport=SMALL)
    first = ask(page)
    page.go_back()
    press(page, "Send my request")
    expect(page.get_by_role("heading", level=1)).to_have_text("We already have this request")
    second = code_on(page)
    assert first != second
    for code in (first, second):
        page.goto(MINE)
        page.get_by_label("Your private code").fill(code)
        press(page, "Open my request")
        expect(page.get_by_text(Submission.objects.get().ref)).to_be_visible()


# Mistakes


@pytest.mark.proof
@pytest.mark.parametrize("javascript", sized([WITH, WITHOUT], [WITH]))
def test_a_slip_in_part_b_loses_nothing_and_its_link_leads_to_the_field(new_page, javascript):
    page = new_page(java_script_enabled=javascript, viewport=SMALL)
    page.goto(MORE)
    page.get_by_label("Your private code").fill("zzzz " + NAUGHTY)
    page.get_by_label("No, they have died").check()
    page.get_by_label("Year they died").fill("1492")
    page.get_by_label("Last year").fill('"<19')
    page.get_by_label("Lung cancer").check()
    page.get_by_label("In which states?").fill(NAUGHTY)
    page.get_by_label("Your words").fill(f"\n{NAUGHTY}\n\nAnd more.")
    press(page, "Add to my request")

    expect(page).to_have_title(re.compile("^Error: "))
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_count(3)
    assert_it_fits(page)
    for sentence, field in (
        ("Check word 1 of your code", "Your private code"),
        ("Please check the year they died. We read it as 1492.", "Year they died"),
        ("Please check the last year near asbestos.", "Last year"),
    ):
        summary.get_by_role("link", name=sentence).click()
        wrong = page.get_by_label(field)
        expect(wrong).to_be_focused()
        expect(wrong).to_be_in_viewport()
        expect(wrong).to_have_attribute("aria-invalid", "true")
        expect(wrong).to_have_accessible_description(re.compile(f"Error: {re.escape(sentence)}"))

    expect(page.get_by_label("Your private code")).to_have_value("zzzz " + NAUGHTY)
    expect(page.get_by_label("No, they have died")).to_be_checked()
    expect(page.get_by_label("Lung cancer")).to_be_checked()
    expect(page.get_by_label("Last year")).to_have_value('"<19')
    expect(page.get_by_label("In which states?")).to_have_value(NAUGHTY)
    expect(page.get_by_label("Your words")).to_have_value(re.compile(f"{re.escape(NAUGHTY)}\n\nAnd more."))


@pytest.mark.proof
@pytest.mark.parametrize("javascript", sized([WITH, WITHOUT], [WITH]))
def test_a_slip_in_the_code_loses_nothing_and_its_link_leads_to_the_field(new_page, javascript):
    page = new_page(java_script_enabled=javascript, viewport=SMALL)
    page.goto(MINE)
    for typed, sentence in (
        ("", "Type your private code."),
        ("canoe " * 5, "We read 5."),
        (NAUGHTY, "It is not one of the words we use."),
        ("canoe " * 12, "We found no request with this code."),
    ):
        page.get_by_label("Your private code").fill(typed)
        press(page, "Open my request")
        expect(page).to_have_title(re.compile("^Error: "))
        summary = page.get_by_role("alert")
        expect(summary).to_contain_text(sentence)
        expect(summary).to_be_focused()
        summary.get_by_role("link").click()
        field = page.get_by_label("Your private code")
        expect(field).to_be_focused()
        expect(field).to_have_accessible_description(re.compile(f"Error: .*{re.escape(sentence)}"))
        assert field.input_value().split() == typed.split()
        assert_it_fits(page)


# How the pages look, and how they are told


@pytest.mark.whole
def test_what_is_asked_of_some_opens_under_their_answer(new_page):
    page = new_page(java_script_enabled=False, viewport=SMALL)
    page.goto(MORE)
    for (question, answer), names in ASKED_UNDER.items():
        choice = page.locator(f"#more-{question}-{answer}")
        asked = [page.locator(f"[name={name}]").first for name in names]
        assert not any(field.is_visible() for field in asked), names
        choice.check()
        for field in asked:
            expect(field).to_be_visible()
            box, chosen = field.bounding_box(), choice.bounding_box()
            assert box and chosen and 0 < box["y"] - chosen["y"] < 200, "right under it"
    assert_it_fits(page)


@pytest.mark.whole
def test_each_field_of_part_b_has_a_name_of_its_own_question(new_page):
    page = new_page()
    page.goto(MORE)
    for question in page.locator("fieldset.question").all():
        expect(question).to_have_accessible_name(re.compile(r"^\d+\. \w"))
    for box in page.locator(".asked-under").all():
        box.evaluate("box => box.style.display = 'block'")
    for field in page.locator("main :is(input, select, textarea):not([type=hidden])").all():
        expect(field).to_have_accessible_name(re.compile(r"\w"))


@pytest.mark.whole
def test_the_code_and_the_reference_come_on_one_sheet_of_paper(new_page):
    page = new_page()
    code = ask(page)
    assert len(re.findall(rb"/Type */Page\b", page.pdf(format="Letter"))) == 1
    page.emulate_media(media="print")
    expect(page.get_by_text(Submission.objects.get().ref)).to_be_visible()
    expect(page.get_by_text(re.compile(r"^Sent \w+ \d+, \d{4}, "))).to_be_visible()
    assert code_on(page) == code
    assert page.get_by_role("button").count() == 0, "nothing on paper can be pressed"


@pytest.mark.whole
def test_the_code_is_numbered_down_and_no_word_leaves_its_box(new_page):
    page = new_page(viewport=SMALL)
    ask(page)
    # The widest there are: nothing of them may stand on another.
    page.evaluate("document.querySelectorAll('.private-code li').forEach((word) => (word.textContent = 'mushroom'))")
    words = [word.evaluate(WORD_BOX) for word in page.locator(".private-code li").all()]
    frame = page.locator(".private-code").bounding_box()
    assert frame
    for number, (left, right, top) in enumerate(words):
        assert right <= frame["x"] + frame["width"]
        assert left - 30 >= frame["x"], "room for the number before it"
        same_row = [other for other in words if abs(other[2] - top) < 5 and other[0] > left]
        assert all(right + 28 <= other[0] for other in same_row)
        if number:
            assert top > words[number - 1][2] or left > words[number - 1][0]


WORD_BOX = """word => {
    const range = document.createRange();
    range.selectNodeContents(word);
    const box = range.getBoundingClientRect();
    return [box.left, box.right, box.top]; }"""


@pytest.mark.whole
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_on_any_of_these_pages(new_page, width):
    page = new_page(viewport={"width": width, "height": 800})
    code = ask(page)
    found = violations(page)
    press(page, "Tell us more")
    found += violations(page)
    page.get_by_label("No, they have died").check()
    page.get_by_label("Year they died").fill("1492")
    press(page, "Add to my request")
    expect(page.get_by_role("alert")).to_be_visible()
    found += violations(page)
    page.get_by_label("Year they died").fill("2024")
    press(page, "Add to my request")
    expect(page.get_by_role("heading", level=1)).to_have_text("We have added it")
    found += violations(page)
    page.goto(MINE)
    found += violations(page)
    press(page, "Open my request")
    expect(page.get_by_role("alert")).to_be_visible()
    found += violations(page)
    page.get_by_label("Your private code").fill(code)
    press(page, "Open my request")
    expect(page.get_by_text("What you agreed to")).to_be_visible()
    found += violations(page)
    press(page, "Take this back")
    expect(page.get_by_role("heading", level=1)).to_have_text("Shall we stop?")
    found += violations(page)
    press(page, "Yes, stop")
    expect(page.get_by_text("We have taken that back")).to_be_visible()
    found += violations(page)
    press(page, "Delete my request")
    expect(page.get_by_text("It cannot be undone.")).to_be_visible()
    found += violations(page)
    press(page, "Yes, delete it for good")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your request is deleted")
    found += violations(page)
    assert found == []


@pytest.mark.whole
def test_with_colors_of_ones_own_the_boxes_still_have_edges(new_page):
    page = new_page(forced_colors="active", viewport=SMALL)
    ask(page)
    for box in (".reference", ".private-code"):
        assert page.locator(box).evaluate("box => getComputedStyle(box).borderTopWidth") == "2px"
    press(page, "Tell us more")
    Keyboard(page).to("Yes")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.get_by_label("No, they have died").check()
    expect(page.get_by_label("Year they died")).to_be_visible()
