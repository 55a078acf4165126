"""An article: what a visitor reads, in the order they need it, with everything computed that can be."""

from __future__ import annotations

import re

import pytest
from django.utils.html import strip_tags

from articles.markup.links import PAGE_ANCHORS
from articles.models import Byline, BylineRole, Interest, Kind, Person, PublishedPage, Topic
from citations.models import Source
from mesoinfo.models import SiteSettings, User
from tests.conftest import AGREED

from .conftest import PublishPage, Read

STAGE_4 = "/mesothelioma/stage-4/"

pytestmark = pytest.mark.usefixtures("published_once")


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", strip_tags(html))


def test_a_draft_of_a_live_page_leaves_the_page_as_it_is(read: Read, published: PublishedPage, next_revision) -> None:
    next_revision("# Stage 4 mesothelioma\n\nEntirely new words.\n\n## Symptoms\n\nNew.\n")
    page = read(STAGE_4)
    assert "What stage 4 means, and what can help." in page
    assert "Entirely new words" not in page


def test_the_parts_come_in_the_order_a_reader_needs_them(
    read: Read, published: PublishedPage, publish_page: PublishPage, site_settings: SiteSettings
) -> None:
    publish_page("mesothelioma/cough", "# Cough\n\nWhat helps.\n\n## Tea\n\nWarm.\n")
    publish_page("resources", "# Resources\n\nWhere to go.\n\n## Help\n\nHere.\n", kind=Kind.PAGE)
    page = read(STAGE_4)
    order = [
        'class="skip-link"',
        'class="masthead"',
        'class="breadcrumb"',
        "<h1>Stage\N{NO-BREAK SPACE}4 mesothelioma</h1>",
        'class="lede"',
        "Medically reviewed",
        "Written by",
        "This page cites",
        "offer-hero",
        "On this page",
        'id="symptoms"',
        'id="ask"',  # the way to a person, before the lists that few read
        "Print this page",
        'class="references"',
        "Who made and checked this page",
        "Next review due",
        "It does not take the place of your own doctor",
        'action="/free-case-review/#answer"',
        "Related pages",
        "Resources for patients and families",
        "Back to top",
        'class="footer"',
        'id="footer-urgent"',
        'href="tel:988"',
    ]
    places = [page.find(part) for part in order]
    assert -1 not in places, order[places.index(-1)]
    assert places == sorted(places)


def test_there_is_one_h1_and_the_title_names_the_site(
    read: Read, published: PublishedPage, site_settings: SiteSettings
) -> None:
    page = read(STAGE_4)
    assert page.count("<h1") == 1
    assert "<title>Stage 4 mesothelioma - Meso pages</title>" in page


def test_the_byline_names_each_role_and_never_an_empty_one(read: Read, published: PublishedPage) -> None:
    words = words_of(read(STAGE_4))
    assert "Written by An author" in words
    assert "Medically reviewed by reviewer, Licensed physician, A state board, on" in words
    assert "Edited by" not in words


def test_an_editor_is_named_once_there_is_one(read: Read, published: PublishedPage) -> None:
    editor = Person.objects.create(slug="ed", name="An editor", job_title="Editor", employer="E", bio="Edits.")
    Byline.objects.create(article=published.article, person=editor, role=BylineRole.EDITOR)
    assert "Edited by An editor" in words_of(read(STAGE_4))


def test_a_reviewer_is_named_with_the_credential_as_it_was_signed(
    read: Read, published: PublishedPage, reviewer: User
) -> None:
    reviewer.person.credentials.update(title="A newer title", verified_by=None, verified_at=None)
    words = words_of(read(STAGE_4))
    assert "Medically reviewed by reviewer, Licensed physician, A state board, on" in words


def test_the_day_of_the_review_stands_with_the_reviewer(read: Read, published: PublishedPage) -> None:
    published.article.refresh_from_db()
    day = published.article.last_reviewed
    assert day is not None
    assert f"on {day:%B} {day.day}, {day.year}" in words_of(read(STAGE_4).partition("offer-hero")[0])


def test_four_dates_are_told_apart(read: Read, published: PublishedPage) -> None:
    article = published.article
    article.refresh_from_db()
    page = read(STAGE_4)
    for name, day in {
        "Published": article.first_published_at,
        "Updated": published.published_at,
        "Last reviewed": article.last_reviewed,
        "Next review due": article.next_due,
    }.items():
        assert re.search(rf'<dt>{name}</dt><dd><time datetime="{day:%Y-%m-%d}">', page), name


def test_the_count_of_research_articles_is_computed(read: Read, published: PublishedPage) -> None:
    assert "This page cites 1 research article " in words_of(read(STAGE_4))


def test_a_page_that_cites_no_research_counts_none(read: Read, publish_page: PublishPage) -> None:
    publish_page("mesothelioma/cough", "# Cough\n\nWhat helps.\n\n## Tea\n\nWarm.\n")
    assert "This page cites" not in read("/mesothelioma/cough/")


def test_the_contents_list_leads_to_every_section(read: Read, published: PublishedPage) -> None:
    page = read(STAGE_4)
    contents = page[page.index("On this page") : page.index('class="prose')]
    targets = re.findall(r'href="#([^"]+)"', contents)
    assert targets == ["symptoms", "treatment"]
    assert all(f'id="{target}"' in page for target in targets)


def test_every_link_within_the_page_arrives_somewhere(
    read: Read, published: PublishedPage, site_settings: SiteSettings
) -> None:
    page = read(STAGE_4)
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_no_heading_takes_the_name_of_a_place_that_the_page_has_around_it(
    read: Read, source: Source, publish_page: PublishPage
) -> None:
    publish_page("glossary/cough", "# Cough\n\nAir, forced out.\n\n## More\n\nWords.\n", kind=Kind.GLOSSARY_TERM)
    headings = "".join(f"## {name.replace('-', ' ').capitalize()}\n\nWords.\n\n" for name in sorted(PAGE_ANCHORS))
    marked = "A [cough](/glossary/cough/) in a trial [@trial2020]."
    publish_page("mesothelioma/cough", f"# Coughing\n\nWhat helps.\n\n{headings}{marked}\n")
    ids = re.findall(r'\sid="([^"]+)"', read("/mesothelioma/cough/"))
    assert set(ids) >= PAGE_ANCHORS
    assert len(ids) == len(set(ids))


def test_a_citation_leads_to_its_reference_and_back(read: Read, published: PublishedPage) -> None:
    page = read(STAGE_4)
    assert 'aria-label="Reference 1"' in page
    assert 'href="#ref-trial2020"' in page
    assert 'id="ref-trial2020"' in page
    assert 'href="#cite-trial2020-1"' in page


def test_an_offer_carries_its_disclosure(read: Read, published: PublishedPage) -> None:
    page = read(STAGE_4)
    hero = page[page.index("offer-hero") : page.index("On this page")]
    assert "Attorney advertising." in hero
    assert "A law firm" in hero


def test_the_people_are_shown_with_employer_credentials_and_interests(
    read: Read, published: PublishedPage, reviewer: User, author: Person
) -> None:
    Interest.objects.create(
        person=reviewer.person, statement="Speaks for a maker of drugs, for a fee.", declared_by=reviewer
    )
    Byline.objects.create(article=published.article, person=author, role=BylineRole.EDITOR)
    words = words_of(read(STAGE_4).partition("Who made and checked this page")[2])
    assert "Reviewed this page Physician, A hospital Licensed physician, A state board" in words
    assert "Speaks for a maker of drugs, for a fee." in words
    assert "Wrote and edited this page" in words


def test_who_is_quoted_gets_a_card(read: Read, published: PublishedPage) -> None:
    nurse = Person.objects.create(slug="nurse", name="A nurse", job_title="Nurse", employer="Us", bio="Cares.")
    Byline.objects.create(article=published.article, person=nurse, role=BylineRole.QUOTED, agreed_on=AGREED)
    words = words_of(read(STAGE_4))
    assert "A nurse Quoted on this page Nurse, Us About A nurse Cares." in words


def test_the_breadcrumb_holds_the_topics_above(read: Read, publish_page: PublishPage) -> None:
    above = Topic.objects.create(slug="cancers", name="Cancers", summary="All.")
    publish_page("mesothelioma/cough", "# Cough\n\nWhat helps.\n\n## Tea\n\nWarm.\n")
    Topic.objects.filter(slug="mesothelioma").update(parent=above)
    page = read("/mesothelioma/cough/")
    assert re.findall(r'<li><a href="([^"]+)">', page[page.index("breadcrumb") :])[:3] == [
        "/",
        "/cancers/",
        "/mesothelioma/",
    ]


def test_sample_content_says_so_before_anything_else(read: Read, publish_page: PublishPage) -> None:
    publish_page("mesothelioma/cough", "# Cough\n\nWhat helps.\n\n## Tea\n\nWarm.\n", is_sample=True)
    page = read("/mesothelioma/cough/")
    assert page.index("Sample content.") < page.index("<h1>")
    assert "it is not medical advice" in page


def test_pages_that_are_no_sample_carry_no_such_notice(read: Read, published: PublishedPage) -> None:
    assert "Sample content" not in read(STAGE_4)


def test_a_page_of_the_site_has_no_topic_and_no_form(
    read: Read, publish_page: PublishPage, site_settings: SiteSettings
) -> None:
    publish_page("about", "# About us\n\nWho we are.\n\n## People\n\nWe are few.\n", kind=Kind.PAGE)
    page = read("/about/")
    assert "<h1>About us</h1>" in page
    assert 'id="ask"' in page
    assert "case-review-form" not in page
