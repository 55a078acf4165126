"""What axe finds wrong with a page, by every rule it has for WCAG and for good practice, in both schemes."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
# Public pages. What is enhanced is more than enough.
EVERY_RULE: dict[str, Any] = {
    "runOnly": [*AA, "wcag22aa", "wcag2aaa", "best-practice"],
    "rules": {"color-contrast": {"enabled": False}},
}
# Without what Django's own lists and inlines miss: targets of 24 pixels, a name for an empty column.
AT_THE_DESK: dict[str, Any] = {"runOnly": AA}
# What is on a page and what it is called does not change with the scheme; only its colors do.
OF_COLOR = {"color-contrast", "color-contrast-enhanced", "link-in-text-block"}


def violations(page: Page, rules: dict[str, Any] = EVERY_RULE) -> list[str]:
    """What axe finds on the page as it is shown now: a line for each rule, with the first place it is broken at."""
    found = _found(page, "light", rules)
    too_much = {"color-contrast-enhanced" if rules is AT_THE_DESK else "color-contrast"}
    return found + _found(page, "dark", {"runOnly": {"type": "rule", "values": sorted(OF_COLOR - too_much)}})


def _found(page: Page, scheme: str, rules: dict[str, Any]) -> list[str]:
    # Without motion, since a color on its way from one scheme to the other is none of either.
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    # Only what is wrong: the whole answer names every element of the page.
    answer = page.evaluate("rules => axe.run(rules)", {**rules, "resultTypes": ["violations"]})
    return [
        f"{page.url} {page.viewport_size} {scheme} {found['id']}: {found['nodes'][0]['html'][:120]}"
        for found in answer["violations"]
    ]
