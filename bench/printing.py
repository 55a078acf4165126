"""How long the articles are on paper."""

from __future__ import annotations

import re

from playwright.sync_api import sync_playwright

from bench import Say
from tests.browser import chromium
from tests.browser.served import Served

ARTICLES = ["/mesothelioma/stage-4/", "/mesothelioma/remission/"]
PAPER = "Letter"
A_SHEET = re.compile(rb"/Type\s*/Page\b")
PRINTED_WORDS = "document.body.innerText.split(/\\s+/).filter(Boolean).length"


def measure(site: Served, say: Say) -> str:
    """Each article as a PDF, and its words as printed."""
    rows = []
    with sync_playwright() as playwright:
        page = chromium.launch(playwright).new_page(base_url=site.address, ignore_https_errors=True)
        page.emulate_media(media="print")
        for address in ARTICLES:
            say(f"  print: {address}")
            page.goto(address)
            words = page.evaluate(PRINTED_WORDS)
            sheets = len(A_SHEET.findall(page.pdf(format=PAPER, prefer_css_page_size=True)))
            rows.append(f"| `{address}` | {words:,} | {sheets} | {sheets / words * 1000:.1f} |")
    return "\n".join(
        [
            "## On paper",
            "",
            f"Printed by Chromium on {PAPER} paper with the margins of our print style, references and all.",
            "",
            "| page | words | sheets | sheets per 1,000 words |",
            "| --- | --: | --: | --: |",
            *rows,
        ]
    )
