"""Contrast: every ink on every ground it stands on reaches AAA, in the light and in the dark scheme."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

STYLESHEET = Path(settings.BASE_DIR) / "static" / "css" / "site.css"

# Which ink the stylesheet puts on which ground.
TEXT = [
    *[("ink", ground) for ground in ("paper", "sheet", "tint", "fact", "know", "alarm", "mark")],
    *[("ink-soft", ground) for ground in ("paper", "sheet", "tint")],
    *[("pine", ground) for ground in ("paper", "sheet", "tint", "fact", "know", "alarm", "mark")],
    *[("visited", ground) for ground in ("paper", "sheet", "tint", "fact", "know", "alarm", "mark")],
    ("ochre", "paper"),
    ("ochre", "know"),
    ("brick", "paper"),
    ("brick", "alarm"),
    ("on-band", "band"),
    ("on-solid", "solid"),
    ("on-solid", "solid-hover"),
    ("on-brick", "brick-solid"),
]
EDGES = [(edge, ground) for edge in ("edge", "focus", "pine", "brick") for ground in ("paper", "sheet", "tint")]


def tokens(scheme: str) -> dict[str, str]:
    css = STYLESHEET.read_text()
    light = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", css.partition("@media")[0]))
    dark = css.partition("@media (prefers-color-scheme: dark)")[2].partition("/* Ground ---")[0]
    return light if scheme == "light" else light | dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", dark))


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted([luminance(one), luminance(other)], reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_reaches_seven_to_one(scheme: str, ink: str, ground: str) -> None:
    colours = tokens(scheme)
    assert contrast(colours[ink], colours[ground]) >= 7


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_of_things_to_use_reach_three_to_one(scheme: str, edge: str, ground: str) -> None:
    colours = tokens(scheme)
    assert contrast(colours[edge], colours[ground]) >= 3


def test_no_rule_brings_a_colour_of_its_own() -> None:
    rules = STYLESHEET.read_text().partition("/* Ground ---")[2].partition("@media print")[0]
    strays = set(re.findall(r"#[0-9a-f]{3,6}\b", rules))
    # The focus ring of the footer, which is dark in both schemes.
    assert strays <= {"#ffd257", "#0b3f39"}


def test_the_stylesheet_asks_nobody_else_for_anything() -> None:
    css = STYLESHEET.read_text()
    assert "@import" not in css
    assert "url(" not in css
