"""Every page compiles without a finding, against a library built from the files alone."""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from articles.markup import CompiledPage, Library, compile_page
from articles.markup.embeds import ImageEmbed, OfferEmbed, QuotedEmbed, SourceEmbed, StoryEmbed, TermEmbed
from tests.sample_content.conftest import PAGES, Page
from tests.sample_content.test_library import BUILT_IN


def digest(*parts: Any) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


@pytest.fixture(scope="module")
def library(records: dict[str, dict[str, Any]], sources: dict[str, dict[str, Any]]) -> Library:
    images = {
        key: ImageEmbed(
            key=key,
            digest=digest(key, record),
            url=f"/images/{key}.webp",
            width=1200,
            height=750,
            alt=record["alt"],
            decorative=record["decorative"],
            caption=record["caption"],
            credit=record["credit"],
        )
        for key, record in records["images"].items()
    }
    offers = {
        key: OfferEmbed(
            key=key,
            digest=digest(key, record),
            kind=record["kind"],
            heading=record["heading"],
            points=tuple(record["points"]),
            action_label=record["action_label"],
            action_address=record["action_address"],
            disclosure_html=html.escape(records["disclosures"].get(record.get("disclosure"), {}).get("text", "")),
            image=images.get(record.get("image", "")),
        )
        for key, record in records["offers"].items()
    }
    stories = {
        key: StoryEmbed(
            key=key,
            digest=digest(key, record),
            kind=record["kind"],
            heading=record["heading"],
            typicality=record["typicality"],
            source_key=record["source"],
        )
        for key, record in records["stories"].items()
    }
    quoted = {
        slug: QuotedEmbed(
            key=slug,
            digest=digest(slug, agreed_on),
            name=records["people"][slug]["name"],
            credential=records["people"][slug]["credentials"][0]["title"],
            agreed_on=agreed_on,
        )
        for page in PAGES
        for slug, agreed_on in page.front.get("quoted", {}).items()
    }
    bibliography = {key: source_embed(item) for key, item in sources.items()}
    addresses = frozenset(page.address for page in PAGES) | BUILT_IN
    terms = {term.key: term for term in map(term_embed, (page for page in PAGES if page.is_term))}
    return Library(
        sources=bibliography,
        offers=offers,
        images=images,
        stories=stories,
        quoted=quoted,
        terms=terms,
        addresses=addresses,
    )


def term_embed(page: Page) -> TermEmbed:
    title, definition = page.body.strip().removeprefix("# ").split("\n\n")[:2]
    names = re.fullmatch(r"(.*?)(?: \(([^()]*)\))?", title)
    assert names is not None
    name, clinical = names.groups(default="")
    key = page.front["address"].removeprefix("glossary/")
    return TermEmbed(key, digest(name, clinical, definition), name, definition, clinical)


def source_embed(item: dict[str, Any]) -> SourceEmbed:
    issued = item.get("issued", {}).get("date-parts", [[None]])[0][0]
    accessed = item.get("accessed", {}).get("date-parts", [[]])[0]
    return SourceEmbed(
        key=item["id"],
        digest=digest(item["title"], issued, item["type"]),
        entries={"apa": html.escape(item["title"])},
        title=item["title"],
        year=issued,
        is_research=item["type"] == "article-journal",
        study_design=item["custom"]["study_type"],
        retrieved_on=date(*accessed) if accessed else None,
        url=item.get("URL", ""),
    )


@pytest.fixture
def compiled(page: Page, library: Library) -> CompiledPage:
    return compile_page(page.text, replace(library, on_term_page=page.is_term))


def test_a_page_compiles_without_a_finding(compiled: CompiledPage):
    assert [f"line {finding.line}: {finding.rule}: {finding.message}" for finding in compiled.findings] == []


def test_every_figure_the_compiler_sees_is_cited(compiled: CompiledPage):
    assert [figure.sentence for figure in compiled.figures if not figure.cited] == []


def test_a_page_lists_exactly_what_it_cites(compiled: CompiledPage):
    assert {reference.key for reference in compiled.references} == {use.key for use in compiled.citations}


@pytest.fixture
def compiled_remission(remission: Page, library: Library) -> CompiledPage:
    return compile_page(remission.text, library)


@pytest.fixture
def compiled_stage_4(stage_4: Page, library: Library) -> CompiledPage:
    return compile_page(stage_4.text, library)


def test_the_remission_page_has_every_part_of_the_original(compiled_remission: CompiledPage):
    page = compiled_remission
    assert page.title == "Mesothelioma remission"
    assert page.lede and page.hero and "Free case review" in page.hero
    # A part named here is a section (H2) of the original page; ours ask it as a question.
    sections = [entry.text for entry in page.contents if entry.level == 2]
    assert sections == [
        "Can mesothelioma go into remission?",
        "What are the types of remission?",
        "Which treatments can lead to remission?",
        "What if the cancer comes back?",
        "What can survivors' stories tell us?",
        "How can you work towards remission?",
        "Questions people ask",
    ]
    assert {"Complete remission", "Partial remission", "Stable disease", "Clinical trials"} <= {
        entry.text for entry in page.contents if entry.level == 3
    }
    assert len(page.questions) == 4
    assert page.html.count('class="story') >= 3
    assert offers_in(page) == ["case-review", "get-help", "talk-to-an-advocate", "compensation"]
    assert len(embedded(page, "image")) == 5
    for part in ("callout-did-you-know", 'class="terms"', 'class="checklist"', 'class="trial'):
        assert part in page.html


def test_the_stage_4_page_has_every_part_of_the_original(compiled_stage_4: CompiledPage):
    page = compiled_stage_4
    assert page.title == "Stage 4 mesothelioma"
    assert page.lede and page.hero and "Free treatment guide" in page.hero
    assert [entry.text for entry in page.contents if entry.level == 2] == [
        "What is stage 4 mesothelioma?",
        "What are the symptoms?",
        "What treatments are there?",
        "How does stage 4 differ by type?",
        "What is the outlook?",
        "What can you do next?",
        "Where can you find more help?",
    ]
    assert {"Palliative surgery", "Chemotherapy", "Radiation", "Peritoneal mesothelioma"} <= {
        entry.text for entry in page.contents if entry.level == 3
    }
    assert offers_in(page) == [
        "treatment-guide",
        "find-a-specialist",
        "va-claims",
        "help-paying",
        "support-group",
        "patient-and-family-resources",
    ]
    for part in (
        "callout-quick-fact",
        "callout-emergency",
        "callout-urgent",
        'class="terms"',
        'class="checklist"',
        "quotation",
    ):
        assert part in page.html
    symptoms = page.html.split("What are the symptoms?")[1].split("</ul>")[0]
    assert symptoms.count("<li>") == 10
    steps = page.html.split('class="checklist"')[1].split("</ul>")[0]
    assert steps.count("<li") == 8


def embedded(page: CompiledPage, kind: str) -> list[str]:
    return [key for block in page.blocks for embed_kind, key, _ in block.embeds if embed_kind == kind]


def offers_in(page: CompiledPage) -> list[str]:
    return embedded(page, "offer")
