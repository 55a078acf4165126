"""The count cannot lie: whatever a page cites, every place that lists or counts its sources says the same."""

from __future__ import annotations

import json
import random
import re
from typing import Any

import bibtexparser
import pytest
import rispy
from django.test import Client

from articles.markup import compile_page
from articles.markup.library import for_text
from citations.models import Source
from mesoinfo.citation_styles import CitationStyle
from mesoinfo.models import SiteSettings
from tests.size import examples

from .conftest import PublishPage

TYPES = ("article-journal", "article-journal", "webpage", "book", "chapter", "report", "motion_picture")
AT = "/mesothelioma/made-up/"

pytestmark = [pytest.mark.proof, pytest.mark.usefixtures("site_settings")]


@pytest.fixture
def bibliography(db: None) -> list[Source]:
    """A dozen sources of many types."""
    records = [
        {"id": f"made{n}", "type": TYPES[n % len(TYPES)], "title": f"Made-up work {n}", "DOI": f"10.1234/made.{n}"}
        for n in range(12)
    ]
    return [Source.objects.create(key=record["id"], csl=record) for record in records]


def made_up(chance: random.Random, sources: list[Source]) -> tuple[str, list[Source]]:
    """A page that cites some of these, in clusters, lists, tables and answers; and those, in the order of the text."""
    lines = ["# Made up\n", "A lede.\n"]
    order: list[Source] = []

    def cluster() -> str:
        chosen = chance.sample(sources, chance.randint(1, 4))
        order.extend(source for source in chosen if source not in order)
        return "[" + "; ".join(f"@{source.key}{chance.choice(['', ', p. 3'])}" for source in chosen) + "]"

    for section in range(chance.randint(1, 4)):
        lines.append(f"## Section {section}\n")
        kind = chance.choice(["paragraph", "list", "table", "answers"])
        if kind == "paragraph":
            lines.append(f"Words {cluster()}. More words {cluster()}.\n")
        elif kind == "list":
            lines.append(f"- One {cluster()}\n- Another {cluster()}\n")
        elif kind == "table":
            lines.append(f"| What | Why |\n| --- | --- |\n| A thing {cluster()} | A reason |\n")
        else:
            lines.append(f":::faq\n### What is it?\nIt is this {cluster()}.\n:::\n")
    return "\n".join(lines), order


def json_ld_of(page: str) -> list[dict[str, Any]]:
    graph = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[0]
    return [node for node in json.loads(graph)["@graph"] if "MedicalWebPage" in node["@type"]]


@pytest.mark.parametrize("seed", range(examples(60)))
def test_every_place_says_the_same(
    client: Client, publish_page: PublishPage, bibliography: list[Source], seed: int
) -> None:
    text, cited = made_up(random.Random(seed), bibliography)
    publish_page("mesothelioma/made-up", text)
    research = sum(source.csl_type == "article-journal" for source in cited)
    keys = [source.key for source in cited]
    for style in CitationStyle:
        SiteSettings.objects.update(citation_style=style)
        shown = client.get(AT).content.decode()
        # What is printed is the same page.
        assert re.findall(r'<li id="ref-(\w+)">', shown) == keys
        said = re.search(r'<a href="#references">(\d+) research articles?</a>', shown)
        assert (int(said[1]) if said else 0) == research
        numbers = {int(number) for number in re.findall(r'role="doc-noteref">(\d+)</a>', shown)}
        assert numbers == set(range(1, len(keys) + 1))
        rests_on = shown[shown.index('id="rests-on"') :]
        assert f"The page cites {f'{len(keys)} sources' if len(keys) != 1 else 'one source'}." in rests_on
        (node,) = json_ld_of(shown)
        assert [work["name"] for work in node["citation"]] == [source.title for source in cited]
        kinds = [work["@type"] for work in node["citation"]]
        assert kinds.count("ScholarlyArticle") == research
    at = f"{AT}references"
    assert [record["id"] for record in client.get(f"{at}.json").json()] == keys
    assert [record["id"] for record in rispy.loads(client.get(f"{at}.ris").content.decode())] == keys
    entries = bibtexparser.parse_string(client.get(f"{at}.bib").content.decode()).entries
    assert [entry.key for entry in entries] == keys


def test_a_typed_count_is_refused_with_the_true_one(bibliography: list[Source]) -> None:
    text = "# T\n\nA lede.\n\n## One\n\nThis page features 11 cited research articles. True [@made0; @made1; @made2].\n"
    (finding,) = [found for found in compile_page(text, for_text(text)).findings if found.rule == "typed-count"]
    assert finding.severity == "error"
    assert "2 research articles" in finding.message
    assert "3 sources" in finding.message
