"""Publishing: what was signed is what is shown, once every gate is open."""

from __future__ import annotations

import datetime

import pytest

from articles.markup import compile_page
from articles.markup.library import for_text
from articles.models import Article, Credential, RevisionStatus
from articles.publishing.gates import gates
from articles.publishing.publish import PublishingRefused, publish
from articles.review import signing
from articles.review.dates import months_after
from mesoinfo.models import User
from tests.conftest import PAGE, a_reviewer, sign_all

pytestmark = pytest.mark.usefixtures("draft_once")


def test_the_published_words_are_those_that_compile_from_the_text(published):
    compiled = compile_page(PAGE, for_text(PAGE, published.article))
    assert published.body_html == compiled.html
    assert published.references_html == compiled.references_html
    assert published.research_count == 1
    assert published.source_keys == ["trial2020"]


def test_a_draft_cannot_be_published(draft, publisher):
    with pytest.raises(PublishingRefused, match="The revision is draft"):
        publish(draft, by=publisher)


def test_publishing_needs_the_publisher_role(approved, writer):
    with pytest.raises(Exception, match="publisher role"):
        publish(approved, by=writer)


def test_a_superuser_is_not_a_publisher(approved, db):
    root = User.objects.create_superuser("root@example.org", "a long enough password", name="Root")
    with pytest.raises(Exception, match="publisher role"):
        publish(approved, by=root)


def test_an_offer_changed_since_it_was_signed_shuts_the_gate(approved, publisher, offer):
    offer.heading = "Something nobody signed"
    offer.save()
    with pytest.raises(PublishingRefused, match="1 block changed since it was submitted"):
        publish(approved, by=publisher)


def test_a_source_whose_page_range_is_mended_shuts_no_gate(approved, publisher, source):
    source.csl = {**source.csl, "page": "1-9"}
    source.save()
    publish(approved, by=publisher)


def test_the_next_revision_takes_the_place_of_the_one_before(published, next_revision, reviewer, publisher):
    revision = next_revision(PAGE.replace("Most", "Many"))
    sign_all(revision, reviewer)
    page = publish(revision, by=publisher)
    published.article.refresh_from_db()
    published.revision.refresh_from_db()
    assert published.article.live == page
    assert published.revision.status == RevisionStatus.SUPERSEDED
    assert "Many people cough." in page.body_html


def test_the_review_date_is_that_of_the_word_read_longest_ago(published):
    article = published.article
    article.refresh_from_db()
    assert article.last_reviewed == datetime.datetime.now(datetime.UTC).date()
    assert article.next_due == months_after(article.last_reviewed, 24)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-11-21", 24, "2028-11-21"),
        ("2026-12-31", 12, "2027-12-31"),
        ("2024-02-29", 12, "2025-02-28"),
    ],
)
def test_months_are_counted_as_people_count_them(day, months, expected):
    assert months_after(datetime.date.fromisoformat(day), months).isoformat() == expected


def test_a_withdrawn_signature_leaves_the_page_but_not_the_coverage(published, reviewer):
    from articles.review.coverage import unsigned_blocks

    signing.withdraw(published.revision.sign_offs.first(), reason="I misread it.", by=reviewer)
    assert len(unsigned_blocks(published.revision)) == 1
    published.article.refresh_from_db()
    assert published.article.live == published


def test_of_those_whose_credentials_stand_one_is_a_specialist_still(
    in_review, reviewer, second_reviewer, medical_lead, publisher
):
    Article.objects.filter(pk=in_review.article_id).update(risk_class="high")
    in_review.article.refresh_from_db()
    third = a_reviewer("third@example.org", verified_by=medical_lead)
    for signer in (reviewer, third, second_reviewer):
        sign_all(in_review, signer)
    Credential.objects.get(person__user=reviewer).revoke(because="Retired.", by=medical_lead)
    assert next(gate.ok for gate in gates(in_review) if gate.code == "credentials")
    Credential.objects.get(person__user=second_reviewer).revoke(because="Struck off.", by=medical_lead)
    with pytest.raises(PublishingRefused, match="2 credentials expired or were revoked after the signatures"):
        publish(in_review, by=publisher)
