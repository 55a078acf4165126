"""Finding one's way in a real browser: words and their meaning, letters, topics, by keyboard and without JavaScript."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from articles.models import Article, Person, PublishedPage, Revision, SignOff
from tests.browser.conftest import Visit
from tests.browser.public import SET_STYLE

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@pytest.mark.whole
def test_without_javascript_a_word_leads_to_its_meaning_and_back_and_on(visit: Visit) -> None:
    page = visit(java_script_enabled=False)
    page.goto("/mesothelioma/stage-4/")
    page.locator("#what-are-the-symptoms ~ ul").get_by_text("pleural effusion").click()
    expect(page).to_have_url("/mesothelioma/stage-4/#word-pleural-effusion")
    meaning = page.locator("#word-pleural-effusion")
    expect(meaning).to_be_in_viewport()
    expect(meaning).to_contain_text("Fluid has gathered in the space between a lung and the wall of the chest.")
    meaning.get_by_label("Back to use of “Fluid around the lung”").click()
    expect(page.locator("#use-pleural-effusion-1")).to_be_in_viewport()
    meaning.get_by_role("link", name="Fluid around the lung (pleural effusion)").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Fluid around the lung (pleural effusion)")


def test_the_definition_is_the_first_thing_on_the_page_of_a_word(visit: Visit) -> None:
    page = visit(width=320)
    page.goto("/glossary/pleural-effusion/")
    below_the_title = page.locator("h1").bounding_box()
    definition = page.locator(".lede").bounding_box()
    assert below_the_title and definition
    assert definition["y"] - (below_the_title["y"] + below_the_title["height"]) < 40


@pytest.mark.whole
def test_letters_lead_to_their_words_by_keyboard(visit: Visit) -> None:
    page = visit(width=1280)
    page.goto("/glossary/")
    page.get_by_role("navigation", name="Letters").get_by_role("link", name="P", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="P", exact=True)).to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Palliative care")


@pytest.mark.whole
def test_the_words_of_a_page_are_printed_with_it_and_letters_are_not(visit: Visit) -> None:
    page = visit(width=700)
    page.goto("/mesothelioma/stage-4/")
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="Words on this page")).to_be_visible()
    assert all(meaning.is_visible() for meaning in page.locator(".words dd").all())
    page.goto("/glossary/")
    expect(page.locator(".letters")).to_be_hidden()


# Heights of the parts that are laid out later; where one of them stands in the window.
PARTS = """() => [...document.querySelectorAll('.endnotes:not(.addresses), .people, .after-page, .footer')]
    .map(part => part.getBoundingClientRect().height)"""
STANDS = "() => document.getElementById('people').getBoundingClientRect().top"
STAND_STILL = f"({SET_STYLE})('* {{ animation-play-state: paused !important; }}')"
END = "() => document.getAnimations().forEach(animation => animation.finish())"


@pytest.mark.whole
def test_the_foot_of_a_page_is_laid_out_after_its_first_sight_and_a_link_finds_it_whole(visit: Visit) -> None:
    page = visit(own=True, reduced_motion="no-preference")
    page.add_init_script(STAND_STILL)
    page.goto("/mesothelioma/stage-4/")
    estimated = page.evaluate(PARTS)
    page.evaluate(END)
    whole = page.evaluate(PARTS)
    assert len(whole) == 6
    assert all(first != last for first, last in zip(estimated, whole, strict=True)), (estimated, whole)

    page.goto("about:blank")
    page.goto("/mesothelioma/stage-4/#people")
    assert page.evaluate(PARTS) == whole
    landed = page.evaluate(STANDS)
    page.evaluate(END)
    assert page.evaluate(STANDS) == landed


@pytest.mark.whole
def test_colors_chosen_by_the_reader_leave_words_marked(visit: Visit) -> None:
    page = visit(forced_colors="active")
    page.goto("/mesothelioma/stage-4/")
    line = page.locator("a.term").first.evaluate("e => getComputedStyle(e).textDecorationLine")
    assert line == "underline"


@pytest.mark.whole
def test_loading_the_samples_again_changes_nothing(sample_pages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = (Article, Person, Revision, SignOff, PublishedPage)
    before = [model.objects.count() for model in kept]
    call_command("load_sample_content")
    assert [model.objects.count() for model in kept] == before
    assert " of " not in capsys.readouterr().out
