"""The browser the tests walk with, and the site they walk through."""

import os
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright
from pytest_django.live_server_helper import LiveServer

from mesoinfo import sample_accounts
from mesoinfo.models import User
from tests.browser import chromium

Visit = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium, one for all tests. None to be had is an error, never a skip."""
    # Playwright keeps an event loop in this thread, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    # Within the loop Django finds other connections than outside it: none may stay behind on either side.
    connections.close_all()
    with sync_playwright() as playwright:
        launched = chromium.launch(playwright)
        yield launched
        launched.close()
        connections.close_all()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def live_site(live_server) -> str:
    """The address of the site, served from another thread: what tests save is committed, and wiped afterwards."""
    return live_server.url


def only_what_we_promise(context: BrowserContext, home: str) -> list[str]:
    """Watch a visitor's pages: the list fills when one asks a third party, breaks the policy or throws."""
    broken: list[str] = []

    def read_address(request: Request) -> None:
        if not request.url.startswith((home, "data:", "blob:")):
            broken.append(f"asked a third party: {request.url}")

    def read_console(message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            broken.append(message.text)

    context.set_default_timeout(10_000)
    context.on("request", read_address)
    context.on("console", read_console)
    context.on("weberror", lambda error: broken.append(str(error.error)))
    return broken


@pytest.fixture
def new_page(browser: Browser, live_site: str) -> Iterator[Callable[..., Page]]:
    """Call it for the page of one more person, who has no history and no cookies.

    It takes what Playwright's new_context() takes, such as viewport or java_script_enabled. `goto("/about/")` goes
    to the live site. The test fails if a page asks a third party, breaks the content security policy or throws.
    """
    watched: list[tuple[BrowserContext, list[str]]] = []

    def open_one(**options: Any) -> Page:
        context = browser.new_context(base_url=live_site, **options)
        watched.append((context, only_what_we_promise(context, live_site)))
        return context.new_page()

    yield open_one
    for context, _ in watched:
        context.close()
    assert not [problem for _, broken in watched for problem in broken]


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """The page of one visitor; see new_page."""
    return new_page()


def sign_in(page: Page, user: User) -> None:
    """From now on they are signed in on this page, as if they had typed email and password. For tests that commit."""
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies(
        [{"name": session.key, "value": session.value, "domain": "localhost", "path": settings.SESSION_COOKIE_PATH}]
    )


@pytest.fixture(scope="module")
def site(sample_pages: Path) -> Iterator[str]:
    """The sample pages, live; see sample_pages."""
    server = LiveServer("localhost")
    yield server.url
    server.stop()


# What can be set anew in a window that is open.
SETTINGS = {"color_scheme": "light", "forced_colors": "none", "reduced_motion": "reduce"}
Windows = dict[str, list[tuple[Page, list[str]]]]


@pytest.fixture(scope="module")
def windows(site: str) -> Iterator[Windows]:
    """Windows that stand open, by the properties of their browser; see visit."""
    standing: Windows = {}
    yield standing
    for page, _ in chain(*standing.values()):
        page.context.close()


@pytest.fixture
def visit(browser: Browser, site: str, windows: Windows) -> Iterator[Visit]:
    """A window onto the sample site in a browser with these properties: `visit(width=320, color_scheme="dark")`.

    It may have shown other pages to earlier tests of the module, since to open one takes longer than most of them.
    `visit(own=True)` is one that nobody had and nobody gets: for a test that counts what is fetched, sets the clock
    or brings scripts along. The test fails as with new_page.
    """
    given: list[tuple[str, Page, list[str]]] = []

    def visit(*, width: int = 375, height: int = 800, own: bool = False, **properties: Any) -> Page:
        settings = {name: properties.pop(name, usual) for name, usual in SETTINGS.items()}
        kind = "own" if own else repr(sorted(properties.items()))
        if not own and windows.get(kind):
            page, broken = windows[kind].pop()
            page.unroute_all()
            page.mouse.move(0, 0)
            page.goto("about:blank")
        else:
            context = browser.new_context(base_url=site, **properties)
            broken = only_what_we_promise(context, site)
            page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(media="null", **settings)
        given.append((kind, page, broken))
        return page

    yield visit
    problems = [problem for _, _, broken in given for problem in broken]
    for kind, page, broken in given:
        if kind == "own" or page.is_closed():
            page.context.close()
        else:
            broken.clear()
            windows.setdefault(kind, []).append((page, broken))
    assert not problems


@pytest.fixture
def component_page(visit: Visit) -> Page:
    """The component page, before somebody who works here."""
    page = visit(own=True)
    page.goto("/admin/login/?next=/admin/design/")
    page.get_by_label("Email").fill(sample_accounts.email_of("writer"))
    page.get_by_label("Password").fill(sample_accounts._passwords()["writer"])
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/design/")
    return page
