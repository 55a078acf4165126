"""Moving a page on the desk: a publisher says where to and why; readers are led on."""

from __future__ import annotations

import pytest
from django.test import Client

from articles.models import Article, PublishedPage, Topic
from mesoinfo.models import User
from tests.desk_answers import told

pytestmark = pytest.mark.usefixtures("published_once")


@pytest.fixture
def at_the_desk(client: Client, publisher: User) -> Client:
    client.force_login(publisher)
    return client


def page_of(article: Article) -> str:
    return f"/admin/articles/article/{article.pk}/change/"


def screen_of(article: Article) -> str:
    return f"/admin/articles/article/{article.pk}/move/"


def test_a_publisher_moves_a_page(at_the_desk: Client, published: PublishedPage, topic: Topic) -> None:
    article = published.article
    assert "Move it to another address" in told(at_the_desk.get(page_of(article)))
    shown = at_the_desk.get(screen_of(article))
    assert "It stands at /mesothelioma/stage-4/" in told(shown)
    assert 'value="stage-4"' in shown.content.decode()
    form = {"topic": str(topic.pk), "name": "fourth-stage", "reason": "Readers say it so."}
    answer = at_the_desk.post(screen_of(article), form, follow=True)
    assert "Moved to /mesothelioma/fourth-stage/. Who asks for /mesothelioma/stage-4/ is led there." in told(answer)
    assert "Old addresses that lead here: /mesothelioma/stage-4/." in told(answer)
    assert at_the_desk.get("/mesothelioma/stage-4/")["Location"] == "/mesothelioma/fourth-stage/"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Say what the address ends with, such as stage-4."),
        ({"name": "Stage 5"}, "Use small letters, figures and single hyphens only, such as stage-4."),
        ({"name": "stage-4"}, "The page stands at /mesothelioma/stage-4/ already."),
        ({"name": "other"}, "Another page stands at /mesothelioma/other/. Choose another address."),
        ({"name": "a\x00b"}, "Null characters are not allowed."),
        ({"reason": " "}, "Say why, in a sentence."),
        ({"reason": "x" * 2001}, "The reason is longer than 2,000 characters."),
        ({"topic": "0"}, "Select a valid choice."),
        ({"topic": ""}, "This field is required."),
    ],
)
def test_a_move_that_cannot_be_keeps_what_was_typed(
    at_the_desk: Client, published: PublishedPage, topic: Topic, changes: dict[str, str], sentence: str
) -> None:
    Article.objects.create(address="mesothelioma/other", topic=topic)
    form = {"topic": str(topic.pk), "name": "fourth-stage", "reason": "My own reason.", **changes}
    answer = at_the_desk.post(screen_of(published.article), form)
    assert answer.status_code == 400
    assert sentence in told(answer)
    assert form["reason"].strip() in answer.content.decode()
    assert Article.objects.filter(address="mesothelioma/stage-4").exists()


def test_a_page_that_does_not_move_says_so(at_the_desk: Client, topic: Topic) -> None:
    article = Article.objects.create(address="mesothelioma/unseen", topic=topic)
    assert "Move it to another address" not in told(at_the_desk.get(page_of(article)))
    answer = at_the_desk.get(screen_of(article))
    assert answer.status_code == 409
    assert "Only published articles do." in told(answer)


def test_editors_do_not_change_a_published_address_in_passing(
    client: Client, editor: User, published: PublishedPage
) -> None:
    client.force_login(editor)
    shown = client.get(page_of(published.article))
    assert 'name="risk_class"' not in shown.content.decode()  # the medical lead's
    assert 'name="position"' in shown.content.decode()
    for fixed in ("address", "kind", "topic"):
        assert f'name="{fixed}"' not in shown.content.decode()
    assert "Move it to another address" not in told(shown)
