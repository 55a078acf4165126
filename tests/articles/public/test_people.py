"""People and advocates: everyone whom a live page names, by what they do, and whom readers can talk with."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils.html import strip_tags

from articles.models import Byline, BylineRole, Interest, Person, PublishedPage, Revision, SignOff
from articles.public import people
from articles.review import signing
from mesoinfo.models import SiteSettings, User
from tests.conftest import AGREED
from tests.desk_answers import told

from .conftest import PublishPage, Read
from .test_finding_the_way import linked


def a_person(slug: str, **fields: object) -> Person:
    facts = {"name": slug.capitalize(), "job_title": "Nurse", "employer": "The publisher", "bio": "Cares.", **fields}
    return Person.objects.create(slug=slug, **facts)


def groups_on(page: str) -> dict[str, list[str]]:
    """The names under each heading."""
    main = page.partition("<main")[2].partition("</main>")[0]
    sections = re.findall(r'<h2 id="group-\d+">([^<]*)</h2>(.*?)</section>', main, re.DOTALL)
    return {heading: re.findall(r'<li>\s*<a href="/people/[^"]+">([^<]+)</a>', rest) for heading, rest in sections}


def test_reviewers_come_first_then_who_writes_and_edits_then_who_is_quoted(
    read: Read, published: PublishedPage
) -> None:
    for slug, role in (("ed", BylineRole.EDITOR), ("zoe", BylineRole.QUOTED)):
        Byline.objects.create(article=published.article, person=a_person(slug), role=role, agreed_on=AGREED)
    page = read("/people/")
    assert groups_on(page) == {
        "Who reviews our pages": ["reviewer"],
        "Who writes and edits them": ["An author", "Ed"],
        "Who is quoted on them": ["Zoe"],
    }
    words = re.sub(r"\s+", " ", strip_tags(page))
    assert "reviewer Physician, A hospital Licensed physician, A state board Reviews" in words
    assert "Zoe Nurse, The publisher Quoted" in words


def test_whoever_does_several_things_stands_once_with_all_of_them(
    read: Read, published: PublishedPage, publish_page: PublishPage, reviewer: User, second_reviewer: User
) -> None:
    other = publish_page("mesothelioma/cough", "# Cough\n\nAbout it.\n", signed_by=second_reviewer).article
    Byline.objects.create(article=other, person=reviewer.person, role=BylineRole.QUOTED, agreed_on=AGREED)
    page = read("/people/")
    assert sum(names.count("reviewer") for names in groups_on(page).values()) == 1
    assert re.search(r"Reviews</span>\s*<span class=\"tag\">Quoted", page)


def test_only_whom_a_live_page_names_is_listed(read: Read, draft: Revision) -> None:
    a_person("nobody")
    assert groups_on(read("/people/")) == {}
    assert "No page names anybody yet." in read("/people/")


def test_who_withdrew_every_signature_no_longer_reviews(read: Read, published: PublishedPage, reviewer: User) -> None:
    for sign_off in SignOff.objects.filter(article=published.article):
        signing.withdraw(sign_off, reason="Misread.", by=reviewer)
    assert "Who reviews our pages" not in groups_on(read("/people/"))


def test_a_long_list_of_people_is_cut_into_pages(
    read: Read, published: PublishedPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "PER_PAGE", 1)
    assert groups_on(read("/people/")) == {"Who reviews our pages": ["reviewer"]}
    assert groups_on(read("/people/?page=2")) == {"Who writes and edits them": ["An author"]}
    assert "Page 2 of 2" in read("/people/?page=2")


def test_a_person_leads_back_to_the_people(read: Read, published: PublishedPage) -> None:
    assert linked(read("/people/an-author/"))[:2] == ["/", "/people/"]


def test_advocates_are_shown_with_who_pays_them_and_what_could_influence_them(read: Read, db: None) -> None:
    Interest.objects.create(person=a_person("anna", is_advocate=True), statement="Paid by the publisher.")
    a_person("bob")
    page = read("/advocates/")
    assert "Nurse, The publisher" in page
    assert "Paid by the publisher." in page
    assert "/people/anna/" in linked(page)
    assert "/people/bob/" not in linked(page)


def test_advocates_say_what_they_can_do_and_what_not_and_how_to_reach_them(
    read: Read, site_settings: SiteSettings
) -> None:
    page = read("/advocates/")
    for heading in ("How to reach them", "What they can do", "What they cannot do"):
        assert heading in page
    main = page.partition("<main")[2].partition("</main>")[0]
    assert 'href="tel:18005550100"' in main
    assert "Monday to Friday, 8 to 8" in main
    assert "/free-case-review/?need=other" in linked(page)
    assert site_settings.emergency_note_html in main
    assert "Nobody is listed here yet." in main


def test_many_advocates_are_listed_in_parts(read: Read, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "PER_PAGE", 1)
    for slug in ("anna", "bob"):
        a_person(slug, is_advocate=True)
    assert "/people/bob/" not in linked(read("/advocates/"))
    assert "/people/bob/" in linked(read("/advocates/?page=2"))


def test_somebody_whom_no_page_names_has_no_page(client: Client, reviewer: User, db: None) -> None:
    """Else an address that can be guessed would tell who is about to review."""
    assert client.get(reviewer.person.get_absolute_url()).status_code == 404


def test_sample_people_are_marked(read: Read, publish_page: PublishPage, db: None) -> None:
    a_person("anna", is_advocate=True, is_sample=True)
    assert "Sample content." in read("/advocates/")


def test_an_editor_says_on_the_desk_who_is_an_advocate(client: Client, editor: User, author: Person) -> None:
    client.force_login(editor)
    page = client.get(f"/admin/articles/person/{author.pk}/change/")
    assert "Patient advocate" in told(page)
    names = ("slug", "name", "job_title", "employer", "bio")
    inlines = {
        f"{prefix}-{part}_FORMS": "0"
        for prefix in ("credentials", "interests", "review_scopes")
        for part in ("TOTAL", "INITIAL")
    }
    sent = {name: getattr(author, name) for name in names} | inlines | {"is_advocate": "on"}
    answer = client.post(f"/admin/articles/person/{author.pk}/change/", sent)
    assert answer.status_code == 302
    author.refresh_from_db()
    assert author.is_advocate
