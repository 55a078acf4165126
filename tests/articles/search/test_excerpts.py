"""Excerpts: whole sentences, with the words found marked and everything else escaped."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from articles.models import PublishedPage
from articles.search.asked import understand
from articles.search.excerpts import LONG, START, STOP, Excerpt, cut, excerpts_of, highlighted
from tests.conftest import PublishPage

PAGE = r"""# Draining fluid

A page about drains.

## What a drain does

A drain is a thin tube. It takes fluid from the chest, e.g. with a needle, and fluid makes people short of breath.
Dr. Example says that x \< y & \<i>rare\</i> is possible.

## When it is used

- Short of breath
- Pain when coughing

Nobody has to have one, and nobody should be pressed to have one without time to think.

:::faq
### Does a catheter hurt?
A catheter can sting for a moment, and then most people feel very little of it.
:::
"""


@pytest.fixture
def draining(publish_page: PublishPage) -> PublishedPage:
    return publish_page("mesothelioma/drains", PAGE)


def excerpt(page: PublishedPage, question: str) -> Excerpt:
    return excerpts_of([page], understand(question))[page.pk]


@pytest.mark.parametrize(
    ("question", "text", "section"),
    [
        (
            "needle chest",
            "It takes fluid from the <mark>chest</mark>, e.g. with a <mark>needle</mark>, and fluid makes people"
            " short of breath.",
            "what-a-drain-does",
        ),
        (
            "catheters",
            "A <mark>catheter</mark> can sting for a moment, and then most people feel very little of it.",
            "does-a-catheter-hurt",
        ),
        # Too short to say much: with what is said behind it.
        ("coughing", "Pain when <mark>coughing</mark> · Nobody", "when-it-is-used"),
        ("tube", "A drain is a thin <mark>tube</mark>. It takes fluid", "what-a-drain-does"),
        # Nothing in the text: the lede.
        ("nothing of it", "A page about drains.", ""),
    ],
)
def test_an_excerpt_is_a_whole_sentence_in_its_section(
    draining: PublishedPage, question: str, text: str, section: str
) -> None:
    made = excerpt(draining, question)
    assert made.text.startswith(text)
    assert made.anchor == section
    if section:
        assert f'id="{section}"' in draining.body_html
        assert made.section in draining.headings_text


def test_what_a_page_says_cannot_bring_markup(draining: PublishedPage) -> None:
    made = excerpt(draining, "possible")
    assert "x &lt; y &amp;" in made.text
    assert "<i>" not in made.text


def test_only_what_is_marked_becomes_markup() -> None:
    assert highlighted(f"<script>{START}x{STOP}</script>{STOP}{START}") == "&lt;script&gt;<mark>x</mark>&lt;/script&gt;"


def test_a_sentence_that_says_more_of_it_is_taken_before_one_that_says_it_twice(publish_page: PublishPage) -> None:
    page = publish_page(
        "mesothelioma/pain",
        "# Pain\n\nWords about it.\n\n## One\n\nPain is pain, and pain is not the same for everybody who has it, as all"
        " of us know.\n\nA tight chest comes with pain in some, and in others with nothing that they could name.\n",
    )
    assert excerpt(page, "chest pain").text.startswith("A tight <mark>chest</mark> comes with <mark>pain</mark>")


def test_another_name_is_marked_as_well(synonyms: None, publish_page: PublishPage) -> None:
    page = publish_page(
        "mesothelioma/it",
        "# It\n\nThe lung, your lung, is an organ. Fluid is a thing that flows.\n\n## One\n\nLung after lung.\n\n"
        "A pleural effusion may be small, and then nothing has to be done about it for a while.\n",
    )
    assert excerpt(page, "fluid in the lung").text.startswith(
        "A <mark>pleural</mark> <mark>effusion</mark> may be small"
    )


def test_of_a_term_it_is_the_definition(term: Callable[[str, str, str], PublishedPage]) -> None:
    page = term("ascites", "Fluid in the belly (ascites)", "Fluid has gathered in the belly. It may feel tight.")
    made = excerpt(page, "fluid")
    assert made.text == "<mark>Fluid</mark> has gathered in the belly. It may feel tight."
    assert made.section == made.anchor == ""


def test_a_line_of_links_to_other_pages_is_never_shown(publish_page: PublishPage) -> None:
    page = publish_page(
        "mesothelioma/belly",
        "# Belly\n\nA page about it.\n\n## More\n\nA needle.\n\nSee also: how fluid is drained, fluid.\n",
    )
    assert excerpt(page, "fluid").text == "A page about it."
    assert excerpt(page, "needle").text == "A <mark>needle</mark>."


def test_a_long_sentence_is_cut_around_what_was_found() -> None:
    long = "word " * 60 + f"{START}found{STOP} " + "word " * 60
    shorter = cut(long)
    assert f"{START}found{STOP}" in shorter
    assert len(shorter) <= LONG + 4
    assert shorter.startswith("… word") and shorter.endswith("word …")
    assert cut("short") == "short"
    assert cut(f"{START}found{STOP} " + "word " * 100).startswith(f"{START}found")
    assert len(cut("x" * 1000)) <= LONG + 4
    # Nor does an address before it, without a blank, take the place of what was found.
    assert START in cut("x" * 1000 + f" {START}found{STOP} " + "y " * 200)
    assert START in cut("y " * 200 + "x" * 200 + f"{START}found{STOP} " + "y " * 200)


def test_a_page_without_words_or_sections_has_an_excerpt_too(publish_page: PublishPage) -> None:
    page = publish_page("mesothelioma/bare", "# Bare\n\nA lede.\n")
    assert excerpt(page, "bare").text == "A lede."
