"""The pictures in docs/architecture.md show the states that the code has, all of them and no others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from articles.models import TRANSITIONS as REVISION_STEPS
from caseintake.models import TRANSITIONS as CASE_STEPS

ARCHITECTURE = (Path(__file__).parent.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
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
    root = Path(__file__).parent.parent
    for name in re.findall(r"^\| `([\w/]+/)` \|", ARCHITECTURE, re.MULTILINE):
        assert (root / name).is_dir(), name
