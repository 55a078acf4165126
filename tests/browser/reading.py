"""Reads a page as a person does, from top to foot, and notes all it costs and all that goes wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Browser, BrowserContext, Request, Route

from tests.browser.front import Exchange
from tests.browser.served import Served

A_PHONE = {"viewport": {"width": 375, "height": 800}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
WATCH = """
    window.shifts = [];
    window.watch = new PerformanceObserver(list => shifts.push(...list.getEntries()));
    watch.observe({type: 'layout-shift', buffered: true});
    window.painted = new Promise(done => new PerformanceObserver(list => {
        if (list.getEntriesByName('first-contentful-paint').length) done();
    }).observe({type: 'paint', buffered: true}));
"""
READ = """async () => {
    for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight / 2) {
        scrollTo({top: y, behavior: 'instant'});
        await new Promise(shown => requestAnimationFrame(() => requestAnimationFrame(shown)));
    }
    const coming = [...document.images].filter(image => image.checkVisibility() && !image.complete);
    await Promise.all(coming.map(image => new Promise(done => image.onload = image.onerror = done)));
}"""
SHIFTS = "[...shifts, ...watch.takeRecords()].map(shift => shift.value)"
# What a browser may fetch later, at a moment of its own choosing.
NAMED = (
    "[...document.querySelectorAll('link[rel~=icon], link[rel=apple-touch-icon], link[rel=manifest]')].map(e => e.href)"
)


@dataclass(frozen=True)
class Reading:
    """What one visit to a page was."""

    address: str
    exchanges: list[Exchange]  # in order, the page itself first
    named: set[str]  # paths of icons and manifest, asked for or not
    shifts: list[float]  # of the layout, as Cumulative Layout Shift counts them
    complaints: list[str]  # of the console; addresses of other sites; what was not found
    cookies: list[Any]

    def weight(self, *kinds: str) -> int:
        """Bytes as sent of all whose media type begins with one of these."""
        return sum(exchange.size for exchange in self.exchanges if exchange.kind.startswith(kinds))

    @property
    def html(self) -> int:
        return self.weight("text/html")

    @property
    def css(self) -> int:
        return self.weight("text/css")

    @property
    def js(self) -> int:
        return self.weight("text/javascript", "application/javascript")

    @property
    def photos(self) -> int:
        return sum(exchange.size for exchange in self.exchanges if is_photo(exchange.path))

    @property
    def requests(self) -> set[str]:
        """All that is asked for, pictures of the text apart; icons and manifest too, even if this browser did not."""
        return {exchange.path for exchange in self.exchanges if not is_photo(exchange.path)} | self.named


def is_photo(path: str) -> bool:
    """Whether it is a picture in the text, as against one that every page has."""
    return path.startswith("/images/")


def read(browser: Browser, site: Served, address: str, **device: Any) -> Reading:
    """Visit the page as somebody new, who has no history, and read it to the foot.

    Scripts and pictures come only after the first words are on the screen, as they do on a slow line: on a fast one
    they are there before the first look, and nothing that they move is seen to move.
    """
    context = browser.new_context(base_url=site.address, ignore_https_errors=True, **device)
    try:
        return _read(context, site, address)
    finally:
        context.close()


def _read(context: BrowserContext, site: Served, address: str) -> Reading:
    complaints: list[str] = []
    waiting: list[Route] = []
    painted = False

    def pass_or_hold(route: Route, request: Request) -> None:
        if not request.url.startswith((site.address, "data:")):
            complaints.append(f"asked another site: {request.url}")
            route.abort()
        elif not painted and request.resource_type in ("script", "image"):
            waiting.append(route)
        else:
            route.continue_()

    page = context.new_page()
    page.add_init_script(WATCH)
    page.route("**/*", pass_or_hold)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    site.front.exchanges.clear()
    page.goto(address, wait_until="commit")
    page.evaluate("() => painted")
    painted = True
    for route in waiting:
        route.continue_()
    page.wait_for_load_state("load")
    page.evaluate(READ)
    exchanges = list(site.front.exchanges)
    return Reading(
        address=address,
        exchanges=exchanges,
        named={urlsplit(urljoin(page.url, href)).path for href in page.evaluate(NAMED)},
        shifts=page.evaluate(SHIFTS),
        complaints=[words for words in complaints if not _says_what_we_asked(words, exchanges[0])],
        cookies=list(context.cookies()),
    )


def _says_what_we_asked(words: str, page: Exchange) -> bool:
    # Chromium complains of every page that is not there, ours for that included.
    return page.status == 404 and words.startswith("Failed to load resource") and "404" in words
