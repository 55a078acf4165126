"""Publishing on the desk: every gate on one list, one button, and the page is there."""

from __future__ import annotations

import pytest
from django.test import Client

from articles.models import Article, Byline, Offer, PublishedPage, Revision
from articles.publishing.gates import gates
from mesoinfo.models import User
from tests.desk_answers import told


def checklist_of(revision: Revision) -> str:
    return f"/admin/articles/revision/{revision.pk}/publish/"


@pytest.fixture
def at_the_desk(client: Client, publisher: User) -> Client:
    client.force_login(publisher)
    return client


def test_an_approved_revision_is_published_with_one_button(at_the_desk: Client, approved: Revision) -> None:
    shown = at_the_desk.get(checklist_of(approved))
    assert told(shown).count(": yes") == len(gates(approved))
    assert "Publish now" in shown.content.decode()
    assert "Signed by reviewer (Licensed physician, A state board). Interests: None to declare." in told(shown)
    answer = at_the_desk.post(f"{checklist_of(approved)}now/", follow=True)
    article = Article.objects.get()
    assert article.live is not None
    assert "Published. Visitors read it now at /mesothelioma/stage-4/" in told(answer)
    assert "Live since" in told(answer)


def test_what_stands_in_the_way_is_named(at_the_desk: Client, in_review: Revision) -> None:
    shown = at_the_desk.get(checklist_of(in_review))
    assert "The revision is approved: no" in told(shown)
    assert "The revision is in review." in told(shown)
    assert f"{in_review.blocks.count()} without a signature" in told(shown)
    assert "Publish now" not in shown.content.decode()
    answer = at_the_desk.post(f"{checklist_of(in_review)}now/")
    assert answer.status_code == 409
    assert "This revision cannot be published yet. The revision is in review." in told(answer)
    assert "without a signature" in told(answer)
    assert not PublishedPage.objects.exists()


def test_a_page_without_an_author_is_not_published(at_the_desk: Client, approved: Revision) -> None:
    Byline.objects.all().delete()
    assert "The page names its author: no" in told(at_the_desk.get(checklist_of(approved)))
    assert "Nobody is named as author." in told(at_the_desk.post(f"{checklist_of(approved)}now/"))


def test_an_offer_changed_after_approval_shuts_a_gate(at_the_desk: Client, approved: Revision, offer: Offer) -> None:
    offer.heading = "Another heading"
    offer.save()
    shown = told(at_the_desk.get(checklist_of(approved)))
    assert "Offers, pictures, stories, terms, sources and people quoted are as they were signed: no" in shown
    assert "Recall the revision and submit it again." in shown


def test_pressing_twice_publishes_once(at_the_desk: Client, approved: Revision) -> None:
    at_the_desk.post(f"{checklist_of(approved)}now/")
    assert at_the_desk.post(f"{checklist_of(approved)}now/").status_code == 409
    assert PublishedPage.objects.count() == 1


def test_others_see_the_list_without_the_button(client: Client, approved: Revision, reviewer: User) -> None:
    client.force_login(reviewer)
    shown = client.get(checklist_of(approved))
    assert "Publishing needs the publisher role." in told(shown)
    assert "Publish now" not in shown.content.decode()


def test_the_list_of_a_published_revision_is_a_page_to_read(at_the_desk: Client, published: PublishedPage) -> None:
    assert at_the_desk.get(checklist_of(published.revision))["Location"].endswith("/read/")


def test_every_gate_has_its_question_on_the_desk(approved: Revision) -> None:
    from articles.admin.publishing import QUESTIONS

    assert {gate.code for gate in gates(approved)} == set(QUESTIONS)
