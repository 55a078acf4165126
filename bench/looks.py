"""What the pages look like: pictures for docs/, taken anew so that they are never old."""

from __future__ import annotations

import io
import shutil

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from bench import Say
from mesoinfo.dev_environment import BASE_DIR
from tests.browser import chromium
from tests.browser.served import Served

DOCS = BASE_DIR / "docs"
SHEETS = {
    "home": "/",
    "topic": "/mesothelioma/",
    "article": "/mesothelioma/stage-4/",
    "article-further-down": "/mesothelioma/stage-4/#what-treatments-are-there",
    "search": "/search/?q=mesotheliona",
    "case-review": "/free-case-review/",
    "glossary": "/glossary/",
    "person": "/people/sample-medical-reviewer/",
    "not-found": "/no/such/page/",
}
SCREENS = ((1280, "light"), (375, "light"), (375, "dark"))
HEIGHT = 900
GAP = 24
GROUND = "#cfccc2"


def measure(site: Served, say: Say) -> str:
    """A sheet for each page: the first screen of a wide window, of a phone, and of a phone in the dark."""
    (DOCS / "screenshots").mkdir(exist_ok=True)
    rows = []
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        for name, address in SHEETS.items():
            say(f"  look: {address}")
            _sheet(browser, site.address + address).save(DOCS / "screenshots" / f"{name}.webp", quality=80, method=6)
            rows += ["", f"`{address}`", "", f"![The page at {address}](screenshots/{name}.webp)"]
        browser.close()
    shutil.copy(DOCS / "screenshots" / "article.webp", DOCS / "screenshot.webp")
    widths = ", ".join(f"{width} pixels ({scheme})" for width, scheme in SCREENS)
    return "\n".join(["## What they look like", "", f"The first screen at {widths}.", *rows])


def _sheet(browser: Browser, address: str) -> Image.Image:
    taken = [_screen(browser, address, width, scheme) for width, scheme in SCREENS]
    sheet = Image.new("RGB", (sum(one.width + GAP for one in taken) + GAP, HEIGHT + 2 * GAP), GROUND)
    left = GAP
    for one in taken:
        sheet.paste(one, (left, GAP))
        left += one.width + GAP
    return sheet


def _screen(browser: Browser, address: str, width: int, scheme: str) -> Image.Image:
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHT},
        color_scheme=scheme,  # type: ignore[arg-type]  # it is one of the two
        reduced_motion="reduce",
        ignore_https_errors=True,
    )
    page = context.new_page()
    page.goto(address, wait_until="networkidle")
    picture = Image.open(io.BytesIO(page.screenshot()))
    context.close()
    return picture.convert("RGB")
