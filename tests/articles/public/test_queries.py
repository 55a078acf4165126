"""A page costs the same few queries however much is on it and around it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.models import Byline, BylineRole, Interest, Kind, Person, PublishedPage, Topic
from mesoinfo.models import User

from .conftest import PublishPage

MOST = 16  # of them two for the form, and one for what was said of the sources


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_an_article_costs_few_queries_and_never_more(
    client: Client,
    published: PublishedPage,
    publish_page: PublishPage,
    second_reviewer: User,
) -> None:
    few = queries_of(client, "/mesothelioma/stage-4/")
    assert few <= MOST
    sections = "\n".join(f"## Section {number}\n\nWords, words.\n\nAnd more words.\n" for number in range(30))
    publish_page(
        "mesothelioma/stage-4",
        f"# Stage 4 mesothelioma\n\nWhat stage 4 means, and what can help.\n\nA trial [@trial2020].\n\n{sections}",
        signed_by=second_reviewer,
    )
    for number in range(5):
        person = Person.objects.create(slug=f"p{number}", name=f"P {number}", job_title="J", employer="E", bio="B")
        person.credentials.create(title="T", issuer="I")
        Interest.objects.create(person=person, statement="None.")
        Byline.objects.create(article=published.article, person=person, role=BylineRole.EDITOR)
        Topic.objects.create(slug=f"t{number}", name=f"T{number}", summary="S", parent=published.article.topic)
        publish_page(f"mesothelioma/a{number}", f"# Another {number}\n\nA lede.\n\n## One\n\nWords.\n")
    assert queries_of(client, "/mesothelioma/stage-4/") == few


@pytest.mark.whole
def test_lists_cost_the_same_whatever_their_length(
    client: Client, published: PublishedPage, publish_page: PublishPage
) -> None:
    publish_page("glossary/effusion", "# Fluid (effusion)\n\nWhat it is.\n\nMore.\n", kind=Kind.GLOSSARY_TERM)
    publish_page("mesothelioma/fluid", "# Breath\n\nA lede.\n\n## One\n\n[Fluid](/glossary/effusion/).\n")
    Person.objects.update(is_advocate=True)
    addresses = [
        "/",
        "/mesothelioma/",
        "/search/?q=breath",
        "/people/an-author/",
        "/people/",
        "/advocates/",
        "/glossary/",
        "/glossary/effusion/",
        "/site-map/",
    ]
    few = [queries_of(client, address) for address in addresses]
    for number in range(5):
        word = f"# Word w{number} (term t{number})\n\nWhat it is.\n\nMore.\n"
        publish_page(f"glossary/w{number}", word, kind=Kind.GLOSSARY_TERM)
        text = (
            f"# Breath {number}\n\nA lede.\n\n## One\n\n[Fluid](/glossary/effusion/) and [w](/glossary/w{number}/).\n"
        )
        page = publish_page(f"mesothelioma/a{number}", text)
        person = Person.objects.create(
            slug=f"p{number}", name=f"P {number}", job_title="J", employer="E", bio="B", is_advocate=True
        )
        Interest.objects.create(person=person, statement="None.")
        Byline.objects.create(article=page.article, person=person, role=BylineRole.EDITOR)
        below = Topic.objects.create(slug=f"t{number}", name=f"T{number}", summary="S", parent=page.article.topic)
        publish_page(f"t{number}/tea", f"# Tea {number}\n\nA lede.\n\n## One\n\nWords.\n", topic=below)
    assert [queries_of(client, address) for address in addresses] == few
    assert max(few) <= MOST
