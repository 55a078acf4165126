"""Contrast: every ink on every ground it stands on reaches AAA, in the light and in the dark scheme."""

from __future__ import annotations

import re

import pytest

from articles.admin.design import EDGES, STYLESHEET, TEXT, contrast, tokens


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_reaches_seven_to_one(scheme: str, ink: str, ground: str) -> None:
    colors = tokens(scheme)
    assert contrast(colors[ink], colors[ground]) >= 7


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_of_things_to_use_reach_three_to_one(scheme: str, edge: str, ground: str) -> None:
    colors = tokens(scheme)
    assert contrast(colors[edge], colors[ground]) >= 3


def test_no_rule_brings_a_colour_of_its_own() -> None:
    rules = STYLESHEET.read_text().partition("/* Ground ---")[2].partition("@media print")[0]
    assert re.findall(r"#[0-9a-f]{3,6}\b", rules) == []


def test_the_stylesheet_asks_nobody_else_for_anything() -> None:
    css = STYLESHEET.read_text()
    assert "@import" not in css
    assert "url(" not in css
