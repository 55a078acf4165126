"""Finding one's way: home, topics, people, and what helps when an address is wrong."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from articles.models import Byline, BylineRole, Interest, Kind, Person, PublishedPage, SignOff, Topic
from articles.public import views
from articles.review import signing
from mesoinfo.models import SiteSettings, User
from tests.conftest import AGREED

from .conftest import PublishPage, Read

COUGH = "# Cough\n\nWhat helps.\n\n## Tea\n\nWarm.\n"

pytestmark = pytest.mark.usefixtures("published_once")


def linked(html: str) -> list[str]:
    return re.findall(r'href="(/[^"#]*)"', html.partition("<main")[2].partition("</main>")[0])


def test_home_lists_the_topics_with_their_pages(read: Read, published: PublishedPage) -> None:
    page = read("/")
    assert "/mesothelioma/" in linked(page)
    assert "/mesothelioma/stage-4/" in linked(page)
    assert "What stage 4 means, and what can help." in page


def test_home_shows_the_first_few_of_each_topic(
    read: Read, publish_page: PublishPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PER_TOPIC", 2)
    for number in range(4):
        publish_page(f"mesothelioma/p{number}", f"# Page {number}\n\nWhat helps.\n\n## Tea\n\nWarm.\n")
    articles = [address for address in linked(read("/")) if address.startswith("/mesothelioma/p")]
    assert articles == ["/mesothelioma/p0/", "/mesothelioma/p1/"]


def test_home_says_when_what_it_lists_is_sample_content(read: Read, publish_page: PublishPage) -> None:
    publish_page("mesothelioma/cough", COUGH, is_sample=True)
    assert "Sample content." in read("/")


def test_a_topic_lists_its_pages(read: Read, published: PublishedPage) -> None:
    page = read("/mesothelioma/")
    assert "<h1>Mesothelioma</h1>" in page
    assert "About this cancer." in page
    assert "/mesothelioma/stage-4/" in linked(page)


def test_a_topic_opens_with_its_introduction_once_that_is_live(
    read: Read, published: PublishedPage, publish_page: PublishPage
) -> None:
    text = "# What mesothelioma is\n\nA cancer of thin linings.\n\n## Causes\n\nAsbestos.\n"
    publish_page("mesothelioma", text, kind=Kind.TOPIC_INTRODUCTION)
    page = read("/mesothelioma/")
    assert "<h1>What mesothelioma is</h1>" in page
    assert "Medically reviewed" in page
    assert "/mesothelioma/stage-4/" in linked(page)


def test_a_topic_leads_to_the_topics_below_it(read: Read, published: PublishedPage) -> None:
    above = Topic.objects.create(slug="cancers", name="Cancers", summary="All.")
    Topic.objects.create(slug="empty", name="Empty", summary="Nothing here.", parent=above)
    Topic.objects.filter(slug="mesothelioma").update(parent=above)
    page = read("/cancers/")
    assert "/mesothelioma/" in linked(page)
    assert "/empty/" not in linked(page)


def test_home_leads_to_topics_within_topics_and_lists_only_pages_of_the_topmost(
    read: Read, publish_page: PublishPage, topic: Topic
) -> None:
    below = Topic.objects.create(slug="treatment", name="Treatment", summary="What helps.", parent=topic)
    publish_page("treatment/tea", COUGH, topic=below)
    page = read("/")
    assert re.search(r'Topics within Mesothelioma:\s*<a href="/treatment/">Treatment</a>', page)
    assert "/treatment/tea/" not in linked(page)
    assert linked(page).count("/treatment/") == 1


def test_the_breadcrumb_of_a_topic_holds_all_topics_above_it(
    read: Read, publish_page: PublishPage, topic: Topic
) -> None:
    below = Topic.objects.create(slug="treatment", name="Treatment", summary="What helps.", parent=topic)
    lowest = Topic.objects.create(slug="drugs", name="Drugs", summary="What helps.", parent=below)
    publish_page("drugs/tea", COUGH, topic=lowest)
    assert linked(read("/drugs/tea/"))[:4] == ["/", "/mesothelioma/", "/treatment/", "/drugs/"]
    assert linked(read("/drugs/"))[:3] == ["/", "/mesothelioma/", "/treatment/"]
    assert "Topics within Treatment" in read("/treatment/")


def test_home_leads_to_the_other_ways_through_the_site(read: Read, db: None) -> None:
    assert {"/glossary/", "/advocates/", "/people/", "/site-map/"} <= set(linked(read("/")))


@pytest.mark.whole
def test_long_topics_are_cut_into_pages(read: Read, publish_page: PublishPage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "PER_PAGE", 2)
    for number in range(3):
        publish_page(f"mesothelioma/a{number}", f"# Page {number}\n\nWhat helps.\n\n## Tea\n\nWarm.\n")
    first, second = (linked(read(f"/mesothelioma/{page}")) for page in ("", "?page=2"))
    assert "Page 1 of 2" in read("/mesothelioma/")
    assert "/mesothelioma/a1/" in first and "/mesothelioma/a2/" not in first
    assert "/mesothelioma/a2/" in second and "/mesothelioma/a1/" not in second


def test_the_header_and_footer_link_only_to_what_is_there(read: Read, publish_page: PublishPage) -> None:
    publish_page("mesothelioma/cough", COUGH)
    publish_page("privacy", "# Privacy\n\nWhat we keep.\n\n## Nothing\n\nLittle.\n", kind=Kind.PAGE)
    footer = read("/mesothelioma/cough/").partition("<footer")[2]
    assert 'href="/privacy/"' in footer
    assert 'href="/about/"' not in footer
    for address in re.findall(r'href="(/[^"]*)"', footer):
        read(address)


def test_every_page_says_whom_to_call(read: Read, published: PublishedPage, site_settings: SiteSettings) -> None:
    for address in ("/", "/mesothelioma/", "/mesothelioma/stage-4/", "/search/", "/people/an-author/", "/glossary/"):
        page = read(address)
        assert 'href="tel:18005550100"' in page, address
        assert 'href="tel:911"' in page, address
        assert 'href="tel:988"' in page, address


def test_without_a_phone_number_nobody_is_asked_to_call(read: Read, published: PublishedPage) -> None:
    page = read("/mesothelioma/stage-4/")
    assert set(re.findall(r'href="tel:([^"]*)"', page)) == {"911", "988"}


def test_a_person_is_shown_with_what_qualifies_and_what_could_influence_them(
    read: Read, published: PublishedPage, reviewer: User
) -> None:
    Interest.objects.create(person=reviewer.person, statement="None to declare.", declared_by=reviewer)
    page = read("/people/reviewer/")
    for said in ("<h1>reviewer</h1>", "Physician", "A hospital", "Licensed physician, A state board"):
        assert said in page
    assert "None to declare." in page


def test_a_credential_nobody_checked_is_not_shown(read: Read, published: PublishedPage, author: Person) -> None:
    author.credentials.create(title="Doctor of everything", issuer="Themselves")
    assert "Doctor of everything" not in read("/people/an-author/")


def tags(page: str) -> list[str]:
    """What the page says somebody did, of each of their works."""
    return re.findall(r'class="tag">([^<]*)<', page)


def test_a_person_leads_to_what_they_wrote_and_reviewed(
    read: Read, published: PublishedPage, reviewer: User, author: Person
) -> None:
    assert tags(read("/people/an-author/")) == ["Wrote"]
    page = read("/people/reviewer/")
    assert "/mesothelioma/stage-4/" in linked(page)
    assert tags(page) == ["Reviewed"]


def test_who_withdrew_every_signature_has_reviewed_nothing(
    client: Client, published: PublishedPage, reviewer: User
) -> None:
    assert client.get("/people/reviewer/").status_code == 200
    for sign_off in SignOff.objects.filter(article=published.article):
        signing.withdraw(sign_off, reason="Misread.", by=reviewer)
    assert client.get("/people/reviewer/").status_code == 404


def test_whoever_is_quoted_is_linked_to_the_page(read: Read, published: PublishedPage) -> None:
    nurse = Person.objects.create(slug="nurse", name="A nurse", job_title="Nurse", employer="Us", bio="Cares.")
    Byline.objects.create(article=published.article, person=nurse, role=BylineRole.QUOTED, agreed_on=AGREED)
    assert tags(read("/people/nurse/")) == ["Quoted"]


def test_nobody_of_that_name_is_not_found(client: Client, db: None) -> None:
    assert client.get("/people/nobody/").status_code == 404


def test_an_address_without_its_last_slash_is_led_on(client: Client, published: PublishedPage) -> None:
    response = client.get("/mesothelioma/stage-4")
    assert (response.status_code, response["Location"]) == (301, "/mesothelioma/stage-4/")


def test_a_wrong_address_is_answered_with_help(
    client: Client, published: PublishedPage, site_settings: SiteSettings
) -> None:
    response = client.get("/mesothelioma/stage-5/")
    page = response.content.decode()
    assert response.status_code == 404
    assert "We cannot find that page" in page
    assert 'value="mesothelioma stage 5"' in page
    assert "/mesothelioma/" in linked(page)
    assert 'href="tel:18005550100"' in page


def test_robots_are_told_what_to_leave_alone(read: Read, db: None) -> None:
    assert "Disallow: /admin/" in read("/robots.txt")
