"""Draw the icons of the site anew from static/img/favicon.svg, in Chromium: run this when the mark changes.

    .venv/bin/python bin/draw_icons.py

Telephones and desktops cut the corners themselves, so their icons are square to the edge.
"""

from __future__ import annotations

import re
import shutil
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).resolve().parent.parent / "static" / "img"
TO_THE_EDGE = {"apple-touch-icon.png": 180, "icon-192.png": 192, "icon-512.png": 512}
IN_ICO = (16, 32, 48)


def drawn(page: Page, svg: str, size: int) -> Image.Image:
    """The drawing at this many pixels each way, its ground transparent."""
    page.set_viewport_size({"width": size, "height": size})
    page.set_content(f"<style>body {{ margin: 0 }} svg {{ display: block }}</style>{svg}")
    return Image.open(BytesIO(page.screenshot(omit_background=True)))


def main() -> None:
    rounded = (IMAGES / "favicon.svg").read_text(encoding="utf-8")
    square = re.sub(r' rx="[^"]*"', "", rounded)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(color_scheme="light")
        for name, size in TO_THE_EDGE.items():
            drawn(page, square, size).convert("RGB").quantize(64).save(IMAGES / name, optimize=True)
        small = [drawn(page, rounded, size) for size in IN_ICO]
        small[-1].save(IMAGES / "favicon.ico", sizes=[(size, size) for size in IN_ICO], append_images=small[:-1])
        browser.close()


if __name__ == "__main__":
    main()
