"""What the documents name is there: states, places, files, and what links lead to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from articles.admin.publishing import QUESTIONS
from articles.models import TRANSITIONS as REVISION_STEPS
from caseintake.models import TRANSITIONS as CASE_STEPS

ROOT = Path(__file__).parent.parent
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PICTURES = re.findall(r"```mermaid\nstateDiagram-v2\n(.*?)```", ARCHITECTURE, re.DOTALL)


# What a run leaves beside them is none of the repository.
PLACES = [path for path in ROOT.iterdir() if path.is_dir() and path.name != "var" and not path.name.startswith(".")]
FILES = [path for path in ROOT.iterdir() if path.is_file()] + [path for top in PLACES for path in top.rglob("*")]
PATH = re.compile(r"[\w.-][\w./-]*")  # what begins with a slash is an address
ENDINGS = (".css", ".html", ".in", ".js", ".json", ".md", ".py", ".svg", ".toml", ".txt", ".webp")


def prose_of(document: Path) -> str:
    """The text without its listings."""
    return re.sub(r"^```.*?^```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


def files_named_in(document: Path) -> set[str]:
    """What a document names in backticks as a file or place of ours: all from the top, or just how it ends."""
    words = {word for code in re.findall(r"`([^`\n]+)`", prose_of(document)) for word in code.split()}
    tops = {path.name for path in PLACES}
    return {
        word
        for word in words
        if PATH.fullmatch(word)
        and (word.endswith(ENDINGS) or word.partition("/")[0] in tops)
        and not word.startswith("var/")
    }


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
    for target in re.findall(r"\]\(([^)#\s]+)", prose_of(document)):
        if not re.match(r"[a-z]+:|/", target):
            assert (document.parent / target).exists(), target


@pytest.mark.parametrize(
    "document",
    [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_every_file_named_in_a_document_exists(document):
    missing = [name for name in sorted(files_named_in(document)) if not is_there(name)]
    assert missing == []


def is_there(name: str) -> bool:
    return (ROOT / name).exists() or any(str(path).endswith(f"/{name}") for path in FILES)


def test_a_file_that_is_not_there_is_noticed(tmp_path):
    """The test above can fail."""
    document = tmp_path / "it.md"
    document.write_text("`articles/no_such.py`, `no_such.py`, `articles/no_such/`, `docs/design.md`, `a/b`, `var/x.py`")
    named = files_named_in(document)
    assert {name for name in named if not is_there(name)} == {"articles/no_such.py", "no_such.py", "articles/no_such/"}
    assert "docs/design.md" in named


def test_the_conditions_for_publishing_are_listed_as_the_screen_asks_them():
    reviewing = (ROOT / "docs" / "reviewing.md").read_text(encoding="utf-8")
    table = reviewing.partition("| Condition | If it says no |\n| --- | --- |\n")[2].partition("\n\n")[0]
    assert re.findall(r"^\| (.+?) \|", table, re.MULTILINE) == list(QUESTIONS.values())
