"""What the documents name is there: states, places, files, and what links lead to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from articles.models import TRANSITIONS as REVISION_STEPS
from caseintake.models import TRANSITIONS as CASE_STEPS

ROOT = Path(__file__).parent.parent
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PICTURES = re.findall(r"```mermaid\nstateDiagram-v2\n(.*?)```", ARCHITECTURE, re.DOTALL)


def steps_in(picture: str) -> set[tuple[str, str]]:
    """The arrows of a state diagram, without the one from nowhere."""
    return set(re.findall(r"^ +(\w+) --> (\w+)", picture, re.MULTILINE))


@pytest.mark.parametrize(
    ("picture", "table"), [(PICTURES[0], REVISION_STEPS), (PICTURES[1], CASE_STEPS)], ids=["revision", "request"]
)
def test_the_picture_shows_every_step_and_no_other(picture, table):
    assert steps_in(picture) == {(str(start), str(end)) for start, ends in table.items() for end in ends}


def test_every_place_named_in_the_map_exists():
    for name in re.findall(r"^\| `([\w/]+/)` \|", ARCHITECTURE, re.MULTILINE):
        assert (ROOT / name).is_dir(), name


@pytest.mark.parametrize(
    "document",
    sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("sample_content/*.md")]),
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_every_link_to_a_file_leads_to_one(document):
    text = re.sub(r"^```.*?^```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if not re.match(r"[a-z]+:|/", target):
            assert (document.parent / target).exists(), target


def test_every_file_named_in_the_table_of_changes_exists():
    table = ARCHITECTURE.partition("## Changing it")[2].partition("\n\n`make run`")[0]
    for name in re.findall(r"`((?:\w+/)+(?:[\w.]+)?)`", table):
        assert (ROOT / name).exists(), name
