"""What each page weighs and how many requests it makes, read to the foot on a phone."""

from __future__ import annotations

from playwright.sync_api import sync_playwright

from bench import Say
from tests.browser import chromium
from tests.browser.public import PAGES
from tests.browser.reading import A_PHONE, Reading, read
from tests.browser.served import Served


def measure(site: Served, say: Say) -> str:
    """One visit to each page, counted at the proxy."""
    readings = []
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        for address in PAGES:
            say(f"  weight: {address}")
            readings.append(read(browser, site, address, **A_PHONE))
    return "\n".join(
        [
            "## What a page weighs",
            "",
            "KB (1,000 bytes) of the bodies as sent to a browser that reads Brotli, on a first visit, read to the "
            "foot. Requests count the page, its files, icons and manifest, without the pictures in the text. The "
            "budget of the stage 4 page is 30 KB of HTML, CSS and JavaScript in 5 requests, of these 8 KB of "
            "JavaScript; tests hold every page here to it.",
            "",
            "| page | HTML | CSS | JavaScript | together | pictures | requests | layout shift |",
            "| --- | --: | --: | --: | --: | --: | --: | --: |",
            *map(_row, readings),
        ]
    )


def _row(reading: Reading) -> str:
    sizes = (reading.html, reading.css, reading.js, reading.html + reading.css + reading.js, reading.photos)
    kilobytes = " | ".join(f"{size / 1000:.1f}" for size in sizes)
    return f"| `{reading.address}` | {kilobytes} | {len(reading.requests)} | {sum(reading.shifts):g} |"
