"""The sample content as files: pages with their front matter, and the library records."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

CONTENT = Path(__file__).resolve().parents[2] / "sample_content"
RECORDS = ["site", "topics", "people", "disclosures", "images", "offers", "stories"]


@dataclass(frozen=True)
class Page:
    """One page file. ``front`` is its TOML front matter."""

    path: Path
    text: str
    front: dict[str, Any]

    @property
    def address(self) -> str:
        return f"/{self.front['address']}/"

    @property
    def is_term(self) -> bool:
        return self.front["kind"] == "glossary_term"

    @property
    def body(self) -> str:
        """The Markdown without its front matter."""
        return self.text.split("\n+++\n", 1)[1]


def read_pages() -> list[Page]:
    pages = []
    for path in sorted((CONTENT / "articles").rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        front = tomllib.loads(text.removeprefix("+++\n").split("\n+++\n", 1)[0])
        pages.append(Page(path, text, front))
    return pages


PAGES = read_pages()


def page_name(page: Page) -> str:
    return str(page.path.relative_to(CONTENT / "articles"))


@pytest.fixture(params=PAGES, ids=page_name)
def page(request: pytest.FixtureRequest) -> Page:
    """Each page in turn."""
    return request.param


@pytest.fixture
def pages() -> dict[str, Page]:
    """All pages by the address a visitor types."""
    return {page.address: page for page in PAGES}


@pytest.fixture
def remission(pages: dict[str, Page]) -> Page:
    return pages["/mesothelioma/remission/"]


@pytest.fixture
def stage_4(pages: dict[str, Page]) -> Page:
    return pages["/mesothelioma/stage-4/"]


@pytest.fixture(scope="session")
def records() -> dict[str, dict[str, Any]]:
    """The library records by file name, such as ``records["offers"]["case-review"]``."""
    return {name: tomllib.loads((CONTENT / f"{name}.toml").read_text(encoding="utf-8")) for name in RECORDS}


@pytest.fixture(scope="session")
def sources() -> dict[str, dict[str, Any]]:
    """The bibliography by key, as CSL-JSON items."""
    return {item["id"]: item for item in json.loads((CONTENT / "sources.json").read_text(encoding="utf-8"))}
