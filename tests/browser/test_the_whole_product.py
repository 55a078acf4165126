"""From a visitor who asks for help to a page with one word changed: everybody's part, in a real browser.

A visitor reads a page and sends a request. An advocate claims it, reads it and closes it. A writer changes one
word, the reviewer signs that block and no other, the publisher publishes, and the visitor sees it.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from articles.models import Article, SignOff
from caseintake.models import AccessEvent, SealedPayload, Submission
from mesoinfo import sample_accounts

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BEFORE = "Your stage says how far the cancer has spread."
AFTER = "Your stage says how widely the cancer has spread."


@pytest.fixture
def sample_site(sample_pages, live_site, settings, tmp_path) -> str:
    """The sample pages, loaded as `make run` loads them, with keys of this test alone."""
    settings.KEY_DIR = tmp_path / "keys"
    settings.DESK_PUBLIC_KEY = settings.KEY_DIR / "desk.public"
    settings.DESK_PRIVATE_KEY = settings.KEY_DIR / "desk.private"
    call_command("seal_keygen", if_missing=True)
    return live_site


@pytest.fixture
def sign_in(new_page) -> Callable[[str], Page]:
    """Opens a browser of its own for the sample account of a role, signed in to the desk."""

    def signed_in(role: str) -> Page:
        page = new_page()
        page.goto("/admin/")
        page.get_by_label("Email").fill(sample_accounts.email_of(role))
        page.get_by_label("Password").fill(sample_accounts._passwords()[role])
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("heading", name="Your work")).to_be_visible()
        return page

    return signed_in


@pytest.mark.whole
def test_from_a_visitor_to_a_visitor(sample_site, new_page, sign_in):
    visitor = new_page()
    reference = ask_for_help(visitor)
    look_after(sign_in("advocate"), reference)
    page_of_the_article = write(sign_in("writer"))
    sign(sign_in("medical reviewer"), page_of_the_article)
    publish(sign_in("publisher"), page_of_the_article)
    read_again(visitor)


def ask_for_help(visitor: Page) -> str:
    visitor.goto("/")
    visitor.get_by_role("link", name="Stage 4 mesothelioma").first.click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Stage 4 mesothelioma")
    expect(visitor.get_by_text("Sample review: nobody qualified has checked this page")).to_be_visible()
    expect(visitor.get_by_text(BEFORE)).to_be_visible()
    visitor.get_by_label("My parent").check()
    visitor.get_by_label("Your name").fill("Pat Canary")
    visitor.get_by_label("Phone number").fill("212 555 0199")
    visitor.get_by_label("What would help you most?").fill("My mother was told last week.")
    visitor.get_by_role("checkbox", name=re.compile("I agree")).check()
    visitor.get_by_role("button", name="Send my request").click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("We have your request")
    shown = re.search(r"CR-[0-9A-Z]{5}-[0-9A-Z]{5}", visitor.locator("main").inner_text())
    assert shown, "a reference is shown"
    assert visitor.context.cookies() == []
    assert Submission.objects.get().ref == shown.group()
    assert b"Canary" not in bytes(SealedPayload.objects.get().ciphertext)
    return shown.group()


def look_after(advocate: Page, reference: str) -> None:
    advocate.goto("/admin/caseintake/submission/")
    assert "Canary" not in advocate.content()
    advocate.get_by_role("link", name=reference).click()
    advocate.get_by_role("button", name="Claim this case").click()
    assert AccessEvent.objects.count() == 0
    advocate.get_by_role("button", name="Open the request").click()
    expect(advocate.get_by_text("Pat Canary")).to_be_visible()
    expect(advocate.get_by_text("My mother was told last week.")).to_be_visible()
    assert AccessEvent.objects.values_list("actor__email", flat=True).get() == sample_accounts.email_of("advocate")
    advocate.get_by_label("Your note.").fill("Spoke with her daughter; sent the guide.")
    advocate.get_by_role("button", name="Seal and save the note").click()
    advocate.get_by_label("How did it end?").select_option(label="Helped with information")
    advocate.get_by_label("It took no call of ours").check()
    advocate.get_by_role("button", name="Close the case").click()
    expect(advocate.get_by_text("closed: Helped with information")).to_be_visible()
    assert Submission.objects.get().state == "closed"


def write(writer: Page) -> str:
    writer.goto("/admin/articles/article/")
    writer.get_by_role("link", name="mesothelioma/stage-4").click()
    address = writer.url
    writer.get_by_role("button", name="Start a draft", exact=True).click()
    text = writer.get_by_label("Text of the page")
    text.fill(text.input_value().replace(BEFORE, AFTER))
    expect(writer.locator(".markdownx-preview").get_by_text(AFTER)).to_be_visible()
    writer.get_by_label("Change note").fill("Widely is the plainer word here.")
    writer.get_by_role("button", name="Save and submit for review").click()
    expect(writer.get_by_text("In review: revision 2")).to_be_visible()
    return address


def sign(reviewer: Page, page_of_the_article: str) -> None:
    before = SignOff.objects.count()
    reviewer.goto(page_of_the_article)
    reviewer.get_by_role("link", name=re.compile("review", re.IGNORECASE)).filter(
        has_text=re.compile("^(Review|Go on)", re.IGNORECASE)
    ).first.click()
    buttons = reviewer.get_by_role("button", name=re.compile("^Sign block"))
    expect(buttons).to_have_count(1)
    buttons.click()
    expect(reviewer.get_by_text("There is nothing left for you to sign.")).to_be_visible()
    assert SignOff.objects.count() == before + 1


def publish(publisher: Page, page_of_the_article: str) -> None:
    publisher.goto(page_of_the_article)
    publisher.locator(".desk-steps").get_by_role("link", name=re.compile("publish", re.IGNORECASE)).click()
    publisher.get_by_role("button", name="Publish now").click()
    expect(publisher.get_by_text("as revision 2")).to_be_visible()


def read_again(visitor: Page) -> None:
    visitor.goto("/mesothelioma/stage-4/")
    expect(visitor.get_by_text(AFTER)).to_be_visible()
    expect(visitor.get_by_text(BEFORE)).to_have_count(0)
    reviewed = Article.objects.get(address="mesothelioma/stage-4").last_reviewed
    assert reviewed == datetime.datetime.now(datetime.UTC).date()
    expect(visitor.locator("time", has_text=reviewed.strftime("%Y")).first).to_be_visible()
