"""The browser tests drive a real Chromium against the real site."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_chromium_reads_what_the_site_answers(page: Page):
    page.goto("/healthz")
    expect(page.locator("body")).to_have_text("ok")
    assert "Chrome/" in page.evaluate("navigator.userAgent")
