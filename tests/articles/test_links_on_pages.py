"""Which links live pages have: read off what is frozen, with the sentence and the words that one clicks."""

from __future__ import annotations

from typing import Any

import pytest

from articles.links.reading import keep_up, links_on
from articles.markup.library import for_text
from articles.models import Link, LinkReading, LinkUse, Offer, PublishedPage
from articles.models.links import LinkKind
from articles.publishing import takedown
from articles.publishing.publish import publish
from citations.importing import import_csl
from citations.models import Source
from citations.style import DEFAULT_STYLE
from mesoinfo.citation_styles import CitationStyle
from mesoinfo.models import SiteSettings, User
from tests.articles.links import A_DAY, DEAD, MOVED, NOW, WORKING, a_link, ignored_until
from tests.conftest import PAGE, PublishPage, sign_all

pytestmark = pytest.mark.usefixtures("published_once")

DOI = "https://doi.org/10.1234/trial.2020"
TEXT = """# Help

Ask the [Example Society](https://society.example/help) before you travel.

::offer help

## Where to ask

Many ask first [@trial2020]. The *kind* people of [the **big** hospital](https://hospital.example/a?b=1&c=2#doctors)
help.
[Write to us](mailto:desk@example.org) or read [our page](/about/), or <https://plain.example/x>.

- One: see [the list](http://list.example/). It is long.

| Who | Where |
| --- | --- |
| Society | Their [office](https://society.example/help#office) |

:::faq
### Who pays?

[The fund](https://fund.example/pay) does.
:::

:::trial NCT01234567
This one is open.
:::
"""


@pytest.fixture
def page(publish_page: PublishPage, source: Source) -> PublishedPage:
    about = {"kind": "support", "heading": "Somebody to talk to", "action_label": "Find a group"}
    Offer.objects.create(key="help", action_address="https://groups.example/near-you", **about)
    return publish_page("mesothelioma/help", TEXT)


def test_each_link_that_leads_out_comes_with_its_words_and_its_sentence(page: PublishedPage) -> None:
    assert [(link.address, link.kind.value, link.words, link.sentence) for link in links_on(page, DEFAULT_STYLE)] == [
        (
            "https://society.example/help",
            "text",
            "Example Society",
            "Ask the Example Society before you travel.",
        ),
        ("https://groups.example/near-you", "offer", "Find a group", "Find a group"),
        (
            "https://hospital.example/a?b=1&c=2",
            "text",
            "the big hospital",
            "The kind people of the big hospital help.",
        ),
        (
            "https://plain.example/x",
            "text",
            "https://plain.example/x",
            "Write to us or read our page, or https://plain.example/x.",
        ),
        ("http://list.example/", "text", "the list", "One: see the list."),
        ("https://society.example/help", "text", "office", "Their office"),
        ("https://fund.example/pay", "text", "The fund", "The fund does."),
        (
            "https://clinicaltrials.gov/study/NCT01234567",
            "text",
            "Read about NCT01234567 on ClinicalTrials.gov",
            "Read about NCT01234567 on ClinicalTrials.gov",
        ),
        (
            DOI,
            "source",
            DOI,
            f"Writer, A. (2020). Two drugs for mesothelioma: a trial. A Journal. {DOI}",
        ),
    ]


def test_a_link_in_the_reference_list_names_its_source(publish_page: PublishPage, writer: User, source: Source) -> None:
    record = {
        "id": "society2021",
        "type": "webpage",
        "title": "Living with mesothelioma",
        "author": [{"literal": "Example Society"}],
        "URL": "https://society.example/living",
        "accessed": {"date-parts": [[2026, 11, 16]]},
    }
    import_csl([record], by=writer)
    page = publish_page("mesothelioma/two", "# Two\n\nA lede.\n\nOne [@society2021]. Two [@trial2020].\n")
    assert [(link.source_key, link.address) for link in links_on(page, DEFAULT_STYLE)] == [
        ("society2021", "https://society.example/living"),
        ("trial2020", DOI),
    ]


def test_of_the_reference_list_those_count_that_readers_see(published: PublishedPage) -> None:
    shown = '<ol class="references"><li id="ref-trial2020"><a href="https://pubmed.example/1">1</a></li></ol>'
    published.references_html = published.references_html | {"another": shown}
    assert [link.address for link in links_on(published, DEFAULT_STYLE)] == [DOI]
    assert [link.address for link in links_on(published, "another")] == ["https://pubmed.example/1"]
    published.references_html = {"of that day": shown}
    assert [link.address for link in links_on(published, DEFAULT_STYLE)] == ["https://pubmed.example/1"]


def test_once_the_site_changes_its_style_pages_are_read_again(page: PublishedPage, published: PublishedPage) -> None:
    keep_up()
    known = Link.objects.get(address=DOI)
    SiteSettings.objects.update_or_create(
        pk=1, defaults={"citation_style": CitationStyle.NLM, "publisher_name": "The publisher", "about": "About."}
    )
    assert keep_up() == 2
    assert set(LinkReading.objects.values_list("style", flat=True)) == {CitationStyle.NLM}
    assert known.uses.count() == 2


def test_an_address_that_nobody_could_ask_is_left_out(published: PublishedPage) -> None:
    long = f"https://example.org/{'x' * 2000}"
    published.body_html = f'<p><a href="{long}">a</a> <a href="ftp://example.org/">b</a> <a href="https://">c</a></p>'
    assert [link.kind for link in links_on(published, DEFAULT_STYLE)] == [LinkKind.SOURCE]
    published.body_html = '<p><a href="http://[x/#a">No host has this name.</a></p>'
    assert [link.address for link in links_on(published, DEFAULT_STYLE)] == ["http://[x/", DOI]


def test_the_words_of_one_link_are_not_those_of_the_next(published: PublishedPage) -> None:
    ours = '<a href="/about/">on</a>'
    published.body_html = f'<p><a href="https://a.example/"></a>Go {ours} <a href="http://b.example/">to b</a>.</p>'
    assert [link.words for link in links_on(published, DEFAULT_STYLE)][:2] == ["", "to b"]


def test_live_pages_are_read_once(page: PublishedPage, published: PublishedPage) -> None:
    assert keep_up() == 2
    assert keep_up() == 0
    assert Link.objects.count() == 8
    assert set(LinkUse.objects.filter(link__address=DOI).values_list("reading__page", flat=True)) == {
        page.pk,
        published.pk,
    }
    assert list(page.link_reading.uses.values_list("place", flat=True)) == list(range(1, 10))
    assert Link.objects.get(address="https://society.example/help").host == "society.example"


def test_an_address_in_capitals_is_one_of_the_same_host(db: None) -> None:
    assert a_link("HTTPS://Society.Example?q=1").host == "society.example"


def test_a_writer_is_told_of_links_that_are_known_to_be_dead_or_to_have_moved(db: None) -> None:
    a_link("https://dead.example/", **DEAD)
    a_link("https://moved.example/", **MOVED)
    a_link("https://works.example/", **WORKING)
    a_link("https://ignored.example/", **DEAD, **ignored_until(NOW().date() + A_DAY))
    library = for_text("See <https://dead.example/>.")
    assert library.dead == {"https://dead.example/": DEAD["reason"]}
    assert library.moved == {"https://moved.example/": MOVED["moved_to"]}
    assert for_text("See [us](/about/).").dead == {}


def test_a_new_page_is_read_and_links_that_no_live_page_has_are_forgotten(
    published: PublishedPage, next_revision: Any, reviewer: User, publisher: User
) -> None:
    keep_up()
    known = Link.objects.get(address=DOI)
    revision = next_revision(PAGE.replace("Most people cough.", "[Most](https://most.example/) people cough."))
    sign_all(revision, reviewer)
    revision.refresh_from_db()
    page = publish(revision, by=publisher)
    assert keep_up() == 1
    assert set(Link.objects.values_list("address", flat=True)) == {DOI, "https://most.example/"}
    assert Link.objects.get(address=DOI) == known
    assert [reading.page_id for reading in LinkReading.objects.all()] == [page.pk]
    takedown.withdraw_page(published.article, reason="Old.", reader_note="It is old.", by=publisher)
    a_link()
    keep_up()
    assert not Link.objects.exists()
    assert not LinkReading.objects.exists()
