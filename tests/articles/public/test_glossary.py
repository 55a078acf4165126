"""The glossary: what a word means comes first, under each of its names; its page says who answers for that."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils.html import strip_tags

from articles.models import Article, Kind, PublishedPage, Revision
from articles.public import glossary
from articles.review import drafting
from mesoinfo.models import User
from tests.conftest import EFFUSION

from .conftest import PublishPage, Read
from .test_finding_the_way import linked

pytestmark = pytest.mark.usefixtures("published_once")

MARKED = "# Cough\n\nWhat helps.\n\n## Tea\n\nA [pleural effusion](/glossary/pleural-effusion/) is fluid.\n"


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", strip_tags(html.partition("<main")[2].partition("</main>")[0]))


def define(publish_page: PublishPage, key: str, title: str, **fields: object) -> PublishedPage:
    text = f"# {title}\n\nWhat {key} means.\n\nMore about it.\n"
    return publish_page(f"glossary/{key}", text, kind=Kind.GLOSSARY_TERM, **fields)


def names_on(page: str) -> list[str]:
    return re.findall(r'<dt>\s*<a href="[^"]*">([^<]*)</a>', page)


def test_a_word_is_listed_under_both_its_names_with_what_it_means(
    read: Read, effusion: PublishedPage, publish_page: PublishPage
) -> None:
    define(publish_page, "biopsy", "Biopsy")
    page = read("/glossary/")
    assert names_on(page) == ["Biopsy", "Fluid around the lung", "Pleural effusion"]
    words = words_of(page)
    assert "Fluid around the lung Fluid has gathered around a lung. Also called: Pleural effusion" in words
    assert "Pleural effusion Fluid has gathered around a lung. Also called: Fluid around the lung" in words
    assert linked(page).count("/glossary/pleural-effusion/") == 2


def test_names_of_one_word_side_by_side_share_its_meaning(read: Read, publish_page: PublishPage) -> None:
    define(publish_page, "pleurodesis", "Pleura glue (pleurodesis)")
    words = words_of(read("/glossary/"))
    assert "Pleura glue What pleurodesis means. Also called: Pleurodesis Pleurodesis See Pleura glue" in words


def test_the_letters_lead_to_their_words_and_only_those_that_have_some(
    read: Read, effusion: PublishedPage, publish_page: PublishPage
) -> None:
    define(publish_page, "fatigue", "Feeling worn out (fatigue)")
    define(publish_page, "three-d", "3D scan")
    page = read("/glossary/").partition("</main>")[0]
    letters = re.findall(r'<li>\s*<a href="#([^"]+)">([^<]+)</a>', page[page.index('class="letters"') :])
    assert letters == [("letter-other", "Other"), ("letter-f", "F"), ("letter-p", "P")]
    assert re.findall(r'<h2 id="([^"]+)">', page) == [anchor for anchor, _ in letters]
    assert names_on(page) == ["3D scan", "Fatigue", "Feeling worn out", "Fluid around the lung", "Pleural effusion"]


@pytest.mark.whole
def test_capitals_make_no_difference_to_the_order(read: Read, publish_page: PublishPage) -> None:
    define(publish_page, "hipec", "HIPEC")
    define(publish_page, "heart", "heart")
    define(publish_page, "hiccup", "Hiccup")
    assert names_on(read("/glossary/")) == ["Heart", "Hiccup", "HIPEC"]


def test_a_long_glossary_is_cut_into_pages_and_letters_lead_across_them(
    read: Read, effusion: PublishedPage, publish_page: PublishPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    define(publish_page, "biopsy", "Biopsy")
    monkeypatch.setattr(glossary, "NAMES_PER_PAGE", 2)
    first, second = read("/glossary/"), read("/glossary/?page=2")
    assert (names_on(first), names_on(second)) == (["Biopsy", "Fluid around the lung"], ["Pleural effusion"])
    assert "Page 1 of 2" in words_of(first)
    assert 'href="#letter-f"' in first
    assert 'href="?page=2#letter-p"' in first
    assert 'href="?page=1#letter-b"' in second
    assert 'href="#letter-p"' in second


def test_before_any_word_is_explained_the_glossary_says_so(read: Read, db: None) -> None:
    page = read("/glossary/")
    assert "No word has been explained yet." in page
    assert 'class="letters"' not in page


def test_a_word_that_is_not_live_is_not_there(client: Client, read: Read, writer: User) -> None:
    article = Article.objects.create(address="glossary/pleural-effusion", kind=Kind.GLOSSARY_TERM)
    drafting.save_draft(drafting.start_draft(article, by=writer), text=EFFUSION, version=1, by=writer)
    assert client.get("/glossary/pleural-effusion/").status_code == 404
    assert names_on(read("/glossary/")) == []


def test_the_page_of_a_word_opens_with_what_it_means_and_then_says_who_answers_for_it(
    read: Read, effusion: PublishedPage
) -> None:
    page = read("/glossary/pleural-effusion/")
    parts = [
        'href="/glossary/"',
        "<h1>Fluid around the lung (pleural effusion)</h1>",
        "Fluid has gathered around a lung.",
        "Medically reviewed",
        "It can be drained.",
        "Who made and checked this page",
        "Next review due",
    ]
    places = [page.find(part, page.index("<main")) for part in parts]
    assert -1 not in places, parts[places.index(-1)]
    assert places == sorted(places)
    assert page.count("Medically reviewed by") == 1
    assert 'class="case-review' not in page


def test_a_word_leads_to_the_pages_that_use_it(read: Read, effusion: PublishedPage, publish_page: PublishPage) -> None:
    assert "Pages that use this word" not in read("/glossary/pleural-effusion/")
    publish_page("mesothelioma/cough", MARKED)
    publish_page("mesothelioma/other", "# Other\n\nWords.\n\n## One\n\nA pleural effusion, not marked.\n")
    using = read("/glossary/pleural-effusion/").partition("Pages that use this word")[2].partition("</section>")[0]
    assert re.findall(r'href="([^"]+)"', using) == ["/mesothelioma/cough/"]


def test_a_page_that_no_longer_uses_a_word_is_not_listed(
    read: Read, effusion: PublishedPage, publish_page: PublishPage
) -> None:
    publish_page("mesothelioma/cough", MARKED)
    publish_page("mesothelioma/cough", MARKED.replace("[pleural effusion](/glossary/pleural-effusion/)", "cough"))
    assert "Pages that use this word" not in read("/glossary/pleural-effusion/")


@pytest.mark.whole
def test_a_word_that_many_pages_use_lists_them_in_parts(
    read: Read, effusion: PublishedPage, publish_page: PublishPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(glossary, "PER_PAGE", 1)
    for name in ("cough", "drained"):
        publish_page(f"mesothelioma/{name}", MARKED.replace("# Cough", f"# {name.capitalize()}"))
    assert "/mesothelioma/cough/" in linked(read("/glossary/pleural-effusion/"))
    assert "/mesothelioma/drained/" in linked(read("/glossary/pleural-effusion/?page=2"))


def test_an_article_explains_its_words_before_its_references(
    read: Read, effusion: PublishedPage, publish_page: PublishPage, published: PublishedPage
) -> None:
    text = published.revision.text.replace("Most people cough.", MARKED.splitlines()[-1])
    publish_page("mesothelioma/stage-4", text)
    page = read("/mesothelioma/stage-4/")
    assert page.index('class="term"') < page.index("Words on this page") < page.index('id="references"')
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_an_article_without_marked_words_has_no_such_list(read: Read, published: PublishedPage) -> None:
    assert "Words on this page" not in read("/mesothelioma/stage-4/")


def test_sample_words_say_so(read: Read, publish_page: PublishPage) -> None:
    define(publish_page, "biopsy", "Biopsy", is_sample=True)
    assert "Sample content." in read("/glossary/")
    assert "Sample content." in read("/glossary/biopsy/")


def test_nothing_but_words_stands_below_the_glossary(client: Client, approved: Revision) -> None:
    for address in ("/glossary/stage-4/", "/glossary/A/", "/glossary/pleural_effusion/", "/glossary/a/b/"):
        assert client.get(address).status_code == 404
    assert client.get("/glossary").status_code == 301
