"""The page editor in a real browser: live preview, keyboard, pictures, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect
from pytest_django import Settings

from articles.models import Image, Revision
from mesoinfo.models import User
from tests.articles.desk.conftest import a_picture
from tests.browser.conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def pictures(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    file = tmp_path / "picture.png"
    file.write_bytes(a_picture())
    return file


@pytest.fixture
def editing(page: Page, pictures: Path, draft: Revision, writer: User) -> Page:
    sign_in(page, writer)
    page.goto(f"/admin/articles/revision/{draft.pk}/write/")
    return page


def test_the_preview_follows_the_text_and_names_what_is_wrong(editing: Page) -> None:
    text = editing.get_by_label("Text of the page")
    preview = editing.get_by_role("region", name="As readers will see it")
    expect(preview.get_by_role("heading", name="Stage 4 mesothelioma")).to_be_visible()
    expect(editing.get_by_role("status").first).to_have_text("Nothing to mend")
    text.press("Control+End")
    text.press_sequentially("\n\nA new paragraph.\n\n::offer nowhere\n")
    expect(preview.get_by_text("A new paragraph.")).to_be_visible()
    expect(editing.get_by_role("status").first).to_have_text("1 to mend")
    place = preview.get_by_role("button", name="Line ")
    line = int((place.text_content() or "").split()[1].rstrip(","))
    place.click()
    expect(text).to_be_focused()
    before = text.evaluate("area => area.value.slice(0, area.selectionStart)")
    assert before.count("\n") + 1 == line


@pytest.mark.whole
def test_a_preview_that_takes_long_is_withdrawn_when_the_text_is_a_newer_one(editing: Page) -> None:
    text = editing.get_by_label("Text of the page")

    def hold_the_older(route: Route) -> None:
        if "Newer." in (route.request.post_data or ""):
            route.continue_()

    editing.route("**/preview/*", hold_the_older)
    text.press("Control+End")
    with editing.expect_request(lambda request: "Older." in (request.post_data or "")) as older:
        text.press_sequentially("\n\nOlder.")
    with editing.expect_event("requestfailed", lambda request: request == older.value):
        text.press_sequentially(" Newer.")
    expect(editing.get_by_role("region", name="As readers will see it").get_by_text("Older. Newer.")).to_be_visible()


def test_tab_leaves_the_text_and_comes_to_every_button(editing: Page) -> None:
    text = editing.get_by_label("Text of the page")
    text.focus()
    was = text.input_value()
    editing.keyboard.press("Tab")
    expect(text).not_to_be_focused()
    assert text.input_value() == was
    reached = set()
    for _ in range(60):
        reached.add(
            editing.evaluate(
                "() => { const e = document.activeElement; return e.value && e.type === 'submit' ? e.value :"
                " (e.id || e.textContent.trim()); }"
            )
        )
        editing.keyboard.press("Tab")
    assert {
        "id_change_note",
        "Save draft",
        "Save and submit for review",
        "picture-file",
        "picture-alt",
        "Add the picture where the cursor is",
    } <= reached


@pytest.mark.whole
def test_a_picture_is_added_with_the_keyboard_alone(editing: Page, pictures: Path) -> None:
    text = editing.get_by_label("Text of the page")
    text.press("Control+End")
    editing.get_by_label("Picture", exact=True).set_input_files(pictures)
    editing.get_by_label("What it shows").fill("The two lungs.")
    editing.get_by_label("Who made it").fill("The publisher")
    editing.get_by_label("License").fill("own work")
    editing.get_by_role("button", name="Add the picture where the cursor is").press("Enter")
    expect(editing.get_by_text("The picture is in the text.")).to_be_visible()
    image = Image.objects.get()
    assert text.input_value().endswith(f"\n\n::image {image.key}")
    expect(text).to_be_focused()
    preview = editing.get_by_role("region", name="As readers will see it")
    expect(preview.get_by_role("img", name="The two lungs.")).to_be_visible()


@pytest.mark.whole
def test_a_refused_picture_is_told_beside_the_button(editing: Page, tmp_path: Path) -> None:
    drawing = tmp_path / "drawing.png"
    drawing.write_bytes(b"<svg/>")
    was = editing.get_by_label("Text of the page").input_value()
    editing.get_by_label("Picture", exact=True).set_input_files(drawing)
    editing.get_by_label("What it shows").fill("The two lungs.")
    editing.get_by_label("Who made it").fill("The publisher")
    editing.get_by_label("License").fill("own work")
    editing.get_by_role("button", name="Add the picture where the cursor is").click()
    expect(editing.get_by_text("This is not a JPEG, PNG or WebP picture")).to_be_visible()
    assert editing.get_by_label("Text of the page").input_value() == was
    expect(editing.get_by_label("What it shows")).to_have_value("The two lungs.")


@pytest.mark.whole
def test_a_dropped_picture_waits_for_its_description(editing: Page) -> None:
    text = editing.get_by_label("Text of the page")
    was = text.input_value()
    text.evaluate(
        """area => {
            const transfer = new DataTransfer();
            transfer.items.add(new File(["x"], "lungs.png", { type: "image/png" }));
            area.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
        }"""
    )
    expect(editing.get_by_text("Say what the picture shows and who made it, then add it.")).to_be_visible()
    expect(editing.get_by_label("What it shows")).to_be_focused()
    assert editing.get_by_label("Picture", exact=True).evaluate("field => field.files[0].name") == "lungs.png"
    assert text.input_value() == was


@pytest.mark.whole
def test_a_preview_refused_says_why_and_leaves_the_text(editing: Page, writer: User) -> None:
    text = editing.get_by_label("Text of the page")
    expect(editing.get_by_role("status").first).to_have_text("Nothing to mend")
    editing.context.clear_cookies()
    text.press("Control+End")
    text.press_sequentially("More.")
    expect(editing.get_by_role("status").first).to_contain_text("Sign in as a writer or an editor.")
    assert text.input_value().endswith("More.")


@pytest.mark.whole
def test_leaving_with_unsaved_words_is_asked_about(editing: Page) -> None:
    asked = []

    def stay(dialog: object) -> None:
        asked.append(dialog.type)  # type: ignore[attr-defined]  # Playwright's Dialog
        dialog.dismiss()  # type: ignore[attr-defined]  # as above

    editing.on("dialog", stay)
    text = editing.get_by_label("Text of the page")
    text.press("Control+End")
    text.press_sequentially("More.")
    editing.get_by_role("link", name="Your work").click()
    expect(text).to_be_visible()
    assert asked == ["beforeunload"]
    editing.get_by_role("button", name="Save draft").click()
    expect(editing.get_by_text("Saved.")).to_be_visible()
    assert asked == ["beforeunload"]


@pytest.mark.whole
def test_everything_but_the_live_preview_works_without_javascript(
    new_page: Callable[..., Page], pictures: Path, draft: Revision, writer: User, reviewer: User
) -> None:
    writing = new_page(java_script_enabled=False)
    sign_in(writing, writer)
    writing.goto(f"/admin/articles/revision/{draft.pk}/write/")
    expect(writing.get_by_role("region", name="As readers will see it")).to_contain_text("Most people cough.")
    writing.get_by_label("Change note").fill("First version.")
    writing.get_by_role("button", name="Save and submit for review").click()
    expect(writing.get_by_text("the reviewers have them")).to_be_visible()

    reviewing = new_page(java_script_enabled=False)
    sign_in(reviewing, reviewer)
    reviewing.goto("/admin/")
    reviewing.get_by_role("link", name="mesothelioma/stage-4").click()
    reviewing.get_by_role("button", name="Sign block 1, title").press("Enter")
    expect(reviewing.get_by_text("1 of 9 blocks")).to_be_visible()
    assert reviewing.url.endswith("#block-2")
