"""The picture beside a link to a page: its title, on the site's own ground, drawn when somebody asks for it.

The typeface is TeX Gyre Pagella (fonts/, with its licence), the nearest free relative of what headings are set in.
"""

from __future__ import annotations

import hashlib
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import condition, require_safe
from PIL import Image, ImageColor, ImageDraw, ImageFont

from articles.models import PublishedPage
from mesoinfo.context import current_site

SIZE = (1200, 630)  # as every network asks for
MARGIN = 80
WIDTH = SIZE[0] - 2 * MARGIN
GROUND, INK, ACCENT = "#0b3f39", "#fbf8f1", "#93d8c9"  # --band, --on-band and, of the dark scheme, --pine in site.css
SHADES = 15  # between ground and ink; with the accent they make the 16 colours of half a byte
FONT = Path(__file__).parent / "fonts" / "texgyrepagella-bold.otf"
MARK = settings.BASE_DIR / "static" / "img" / "icon-512.png"
TITLE_SIZES = range(116, 40, -4)
TITLE_FOOT, TITLE_HEIGHT = 550, 340
LEADING = 1.16
KEPT = 64  # pictures in the memory of a process, some 15 KB each
DRAWING = "1"  # raise it when the same words come out differently


@require_safe
def share_image(request: HttpRequest, address: str = "") -> HttpResponse:
    """The picture of a live page; without an address, that of the site."""
    site_name = current_site().site_name
    if not address:
        return _answer(request, "", site_name)
    page = get_object_or_404(PublishedPage.objects.live().only("title"), article__address=address)
    return _answer(request, page.title, site_name)


@condition(etag_func=lambda request, *words: f'"{hashlib.sha256(repr((DRAWING, *words)).encode()).hexdigest()[:32]}"')
def _answer(request: HttpRequest, *words: str) -> HttpResponse:
    title, site_name = words
    # Made to be shown by others.
    headers = {"Cross-Origin-Resource-Policy": "cross-origin"}
    return HttpResponse(draw(title, site_name), content_type="image/png", headers=headers)


@lru_cache(maxsize=KEPT)
def draw(title: str, site_name: str) -> bytes:
    """The picture as PNG. A title too long for it at any size ends in an ellipsis; no title gives the site's own."""
    # How much ink, from none to full: one channel is drawn faster than three.
    ink = Image.new("L", SIZE, 0)
    pen = ImageDraw.Draw(ink)
    mark = 84 if title else 150
    ink.paste(_mark().resize((mark, mark), Image.Resampling.LANCZOS), (MARGIN, MARGIN))
    if title:
        name = _cut(site_name, 44, WIDTH - 108)
        pen.text((MARGIN + 108, MARGIN + 42), name, fill=255, font=_font(44), anchor="lm")
    lines, size = _set(title or site_name)
    top = TITLE_FOOT - len(lines) * size * LEADING
    for place, line in enumerate(lines):
        pen.text((MARGIN, round(top + place * size * LEADING)), line, fill=255, font=_font(size))
    picture = ink.point([value * (SHADES - 1) // 255 for value in range(256)])
    ImageDraw.Draw(picture).rectangle((0, SIZE[1] - 16, SIZE[0], SIZE[1]), fill=SHADES)
    picture.putpalette([part for colour in _palette() for part in colour])
    file = BytesIO()
    picture.save(file, "PNG", bits=4)
    return file.getvalue()


def _palette() -> list[tuple[int, ...]]:
    """From the ground to the ink, and the accent."""
    ground, ink = (ImageColor.getrgb(colour) for colour in (GROUND, INK))
    shades = [
        tuple(round(start + (end - start) * shade / (SHADES - 1)) for start, end in zip(ground, ink, strict=True))
        for shade in range(SHADES)
    ]
    return [*shades, ImageColor.getrgb(ACCENT)]


def _set(title: str) -> tuple[list[str], int]:
    """The title in lines, as large as fits."""
    for size in TITLE_SIZES:
        lines = _lines(title, size)
        if len(lines) * size * LEADING <= TITLE_HEIGHT:
            return lines, size
    most = int(TITLE_HEIGHT / (size * LEADING))
    return [*lines[: most - 1], _cut(" ".join(lines[most - 1 :]), size)], size


def _cut(line: str, size: int, width: int = WIDTH) -> str:
    """The line, or as much of it as there is room for, and an ellipsis."""
    if _font(size).getlength(line) <= width:
        return line
    while line and _font(size).getlength(f"{line}…") > width:
        line = line[:-1]
    return f"{line.rstrip()}…"


def _lines(title: str, size: int) -> list[str]:
    """Broken between words; a word wider than the picture is broken where it must."""
    lines = [""]
    for word in title.split():
        if lines[-1] and not _too_wide(f"{lines[-1]} {word}", size):
            lines[-1] += f" {word}"
            continue
        if lines[-1]:
            lines.append("")
        if not _too_wide(word, size):
            lines[-1] = word
            continue
        for character in word:
            if _too_wide(lines[-1] + character, size):
                lines.append("")
            lines[-1] += character
    return lines


def _too_wide(line: str, size: int) -> bool:
    return bool(_font(size).getlength(line) > WIDTH)


@cache
def _font(size: int) -> Any:
    return ImageFont.truetype(FONT, size, layout_engine=ImageFont.Layout.BASIC)


@cache
def _mark() -> Image.Image:
    """The mark alone, as a mask, cut from the largest icon."""
    with Image.open(MARK) as icon:
        grey = icon.convert("L")
    pixels = grey.tobytes()
    darkest, lightest = min(pixels), max(pixels)
    mask = grey.point([max(0, min(255, round((value - darkest) * 255 / (lightest - darkest)))) for value in range(256)])
    return mask.crop(mask.getbbox())
