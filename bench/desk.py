"""What reviewing looks like: the pictures of docs/reviewing.md, taken of a small change to a sample page."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management import call_command
from django.test import override_settings
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Browser, ViewportSize, sync_playwright

from bench import Say
from bench.looks import DOCS
from bench.programs import RUN
from bench.site import own_database
from tests.browser import chromium

if TYPE_CHECKING:
    from articles.models import Revision

DATABASE = "mesoinfo_bench_desk"
ADDRESS = "mesothelioma/stage-4"
SCREEN: ViewportSize = {"width": 1280, "height": 860}
# What is changed: a word, what is bold, and a sentence that is new.
CHANGES = (
    ("It may spread to the lining on the other side", "It can spread to the lining on the other side"),
    ("It does not say how you feel, or how long you have.", "It does **not** say how you feel, or how long you have."),
    ("They help if you want a second opinion.", "They help if you want a second opinion. You have a right to them."),
)
WEBP: dict[str, Any] = {"quality": 80, "method": 6}


def measure(say: Say) -> str:
    """The review screen and the publisher's checklist, as they open at the first change."""
    shutil.rmtree(RUN, ignore_errors=True)
    RUN.mkdir(parents=True)
    with own_database(DATABASE), override_settings(VAR_DIR=RUN, MEDIA_ROOT=RUN / "media"), _a_desk() as desk:
        from mesoinfo import sample_accounts
        from tests.conftest import sign_all

        call_command("load_sample_content", verbosity=0)
        revision = _submitted()
        with sync_playwright() as playwright:
            browser = chromium.launch(playwright)
            say("  look: the review screen, at the first change")
            _look(browser, desk, revision, "medical reviewer", "review", key="n").save(_file("review"), **WEBP)
            sign_all(revision, sample_accounts.ensure()["medical reviewer"])
            say("  look: the publisher's checklist")
            _look(browser, desk, revision, "publisher", "publish", key="Home").save(_file("publish"), **WEBP)
            browser.close()
    return "\n".join(
        [
            "## What the desk looks like",
            "",
            "[Reviewing and publishing](reviewing.md) explains it.",
            "",
            "![A change to sign, beside what it replaces](screenshots/desk-review.webp)",
            "",
            "![The conditions for publishing](screenshots/desk-publish.webp)",
        ]
    )


def _file(name: str) -> Path:
    return DOCS / "screenshots" / f"desk-{name}.webp"


@contextmanager
def _a_desk() -> Iterator[str]:
    """The desk, served from another thread of this process: its address."""
    from pytest_django.live_server_helper import LiveServer

    # Playwright keeps an event loop in this thread, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    # Files by their own names: to compress and hash all of the admin's takes long.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(ALLOWED_HOSTS=["localhost"], STORAGES={**settings.STORAGES, "staticfiles": plain}):
        server = LiveServer("localhost")
        yield server.url
        server.stop()


def _submitted() -> Revision:
    from articles.models import Article
    from articles.review import drafting
    from mesoinfo import sample_accounts

    writer = sample_accounts.ensure()["writer"]
    draft = drafting.start_draft(Article.objects.get(address=ADDRESS), by=writer)
    text = draft.text
    for before, after in CHANGES:
        if before not in text:
            raise ValueError(f"The sample page no longer says: {before} Change bench/desk.py.")
        text = text.replace(before, after)
    drafting.save_draft(draft, text=text, version=draft.version, by=writer)
    drafting.submit(draft, change_note="Plainer words, and what people may ask for.", by=writer)
    return draft


def _look(browser: Browser, desk: str, revision: Revision, role: str, screen: str, *, key: str) -> Image.Image:
    """The first screen for this role, after pressing this key."""
    from mesoinfo import sample_accounts

    context = browser.new_context(base_url=desk, viewport=SCREEN, reduced_motion="reduce")
    page = context.new_page()
    page.goto("/admin/")
    page.get_by_label("Email").fill(sample_accounts.email_of(role))
    page.get_by_label("Password").fill(sample_accounts._passwords()[role])
    page.get_by_role("button", name="Log in").click()
    page.goto(reverse(f"admin:articles_revision_{screen}", args=[revision.pk]), wait_until="networkidle")
    page.keyboard.press(key)
    picture = Image.open(io.BytesIO(page.screenshot()))
    context.close()
    return picture.convert("RGB")
