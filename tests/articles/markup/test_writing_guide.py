"""docs/writing.md says what is true: its examples compile, and it explains every finding."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from articles.markup import ADJUSTABLE, RULES, compile_page
from articles.markup.directives import CALLOUTS, CONTAINERS, LEAVES
from articles.markup.findings import LOOKS_FOR

from .sample_library import LIBRARY, OPENING

GUIDE = (Path(__file__).parents[3] / "docs" / "writing.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```markdown ?([^\n]*)\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize(("expected", "example"), EXAMPLES, ids=[text.split("\n")[0][:40] for _, text in EXAMPLES])
def test_every_example_compiles_with_just_the_findings_it_announces(expected: str, example: str) -> None:
    text = example if example.startswith("# ") else OPENING + example
    found = {finding.rule for finding in compile_page(text, LIBRARY).findings}
    assert found == set(expected.split())


def test_there_are_examples_of_both_sorts() -> None:
    assert sum(1 for expected, _ in EXAMPLES if expected) >= 8
    assert sum(1 for expected, _ in EXAMPLES if not expected) >= 12


def test_every_rule_is_explained_and_nothing_else() -> None:
    explained = re.findall(r"^\| `([a-z-]+)` \|", GUIDE, re.MULTILINE)
    assert explained == sorted(RULES)


def test_the_guide_says_of_every_rule_whether_it_is_advice() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", GUIDE, re.MULTILINE)
    told = {
        rule: "off" if text.startswith("Off") else "warning" if "Advice" in text else "error" for rule, text in rows
    }
    assert told == RULES


def test_the_guide_names_the_rules_that_can_be_adjusted() -> None:
    paragraph = GUIDE.split("Adjustable are:")[1].split("\n\n")[0]
    assert re.findall("`([a-z-]+)`", paragraph) == sorted(ADJUSTABLE)


def test_the_guide_says_of_each_of_them_what_it_looks_for_as_the_desk_does() -> None:
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", GUIDE, re.MULTILINE))
    assert [rule for rule, sentence in LOOKS_FOR.items() if sentence not in rows[rule]] == []


def test_every_rule_about_words_has_an_example() -> None:
    shown = {rule for expected, _ in EXAMPLES for rule in expected.split()}
    of_words = {rule for rule in ADJUSTABLE if RULES[rule] != "off"} | {"retired-key", "unresolved-source"}
    assert of_words - shown == {"long-sentence", "reading-grade"}  # explained by their numbers


@pytest.mark.parametrize("name", sorted([*CONTAINERS, *LEAVES]))
def test_every_block_has_an_example(name: str) -> None:
    assert any(f"::{name}" in example for expected, example in EXAMPLES if not expected)


def test_what_may_stand_inside_what_is_told_as_it_is() -> None:
    callouts = set(CALLOUTS)
    table = GUIDE.split("### What may stand inside what")[1].split("\n\n")[1]
    told: dict[str, set[str]] = {}
    for row in table.splitlines()[2:]:
        names, held = (cell.strip() for cell in row.strip("|").split("|"))
        inside = set() if held == "nothing" else {word.strip() for word in held.split(",")}
        if "callouts" in inside:
            inside = inside - {"callouts"} | callouts
        for name in names.split(","):
            for one in callouts if name.strip() == "callouts" else {name.strip()}:
                told[one] = inside
    assert told == {name: set(held) for name, held in CONTAINERS.items()}
