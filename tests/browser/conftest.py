"""The browser the tests walk with, and the site they walk through."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Route, sync_playwright
from pytest_django.live_server_helper import LiveServer

from mesoinfo import sample_accounts
from tests.browser import chromium


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium, one for all tests. None to be had is an error, never a skip."""
    found = chromium.find()
    # Playwright keeps an event loop in this thread, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=found.path,
            env={**found.env},
            args=found.args,
            chromium_sandbox="--no-sandbox" not in found.args,
        )
        yield launched
        launched.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def live_site(live_server) -> str:
    """The address of the site, served from another thread: what tests save is committed, and wiped afterwards."""
    return live_server.url


@pytest.fixture
def new_page(browser: Browser, live_site: str) -> Iterator[Callable[..., Page]]:
    """Call it for the page of one more person, who has no history and no cookies.

    It takes what Playwright's new_context() takes, such as viewport or java_script_enabled. `goto("/about/")` goes
    to the live site. The test fails if a page asks a third party, breaks the content security policy or throws.
    """
    broken: list[str] = []
    contexts: list[BrowserContext] = []

    def stay_at_home(route: Route, request: Request) -> None:
        if request.url.startswith((live_site, "data:", "blob:")):
            route.continue_()
        else:
            broken.append(f"asked a third party: {request.url}")
            route.abort()

    def read_console(message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            broken.append(message.text)

    def open_one(**options: Any) -> Page:
        context = browser.new_context(base_url=live_site, **options)
        context.set_default_timeout(10_000)
        context.route("**/*", stay_at_home)
        context.on("console", read_console)
        context.on("weberror", lambda error: broken.append(str(error.error)))
        contexts.append(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()
    assert not broken


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """The page of one visitor; see new_page."""
    return new_page()


@pytest.fixture(scope="module")
def samples(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the sample pages, live. Loaded once for all tests of a module: for those that only read.

    A module that uses it bears the mark django_db: without it, run alone, it would have no database of its own.
    """
    place = tmp_path_factory.mktemp("site")
    with django_db_blocker.unblock(), override_settings(VAR_DIR=place, MEDIA_ROOT=place):
        assert str(connection.settings_dict["NAME"]).startswith("test_"), "these tests end by emptying the database"
        call_command("load_sample_content", verbosity=0)
        server = LiveServer("localhost")
        yield server.url
        server.stop()
        call_command("flush", interactive=False, verbosity=0)


Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, samples: str) -> Iterator[Visit]:
    """A page of a browser with these properties: `visit(width=320, color_scheme="dark")`."""
    contexts = []

    def visit(*, width: int = 375, height: int = 800, **properties: Any) -> Page:
        properties.setdefault("reduced_motion", "reduce")
        context = browser.new_context(base_url=samples, viewport={"width": width, "height": height}, **properties)
        contexts.append(context)
        return context.new_page()

    yield visit
    for context in contexts:
        context.close()


@pytest.fixture
def component_page(visit: Visit) -> Page:
    """The component page, before somebody who works here."""
    page = visit()
    page.goto("/admin/login/?next=/admin/design/")
    page.get_by_label("Email").fill(sample_accounts.email_of("writer"))
    page.get_by_label("Password").fill(sample_accounts._passwords()["writer"])
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/design/")
    return page
