"""Quoting: only people who agreed, with the name and the credential of their record."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from articles.markup import QuotedEmbed, compile_page
from articles.markup.library import for_text
from articles.models import Article, Byline, Credential, Person, Revision, TransitionRefused
from articles.publishing.gates import gates
from articles.review import drafting
from articles.review.coverage import unsigned_blocks
from mesoinfo.models import User
from tests.conftest import AGREED, PAGE, sign_all

QUOTING = PAGE + '\n:::quote person="a-nurse"\nBring somebody with you.\n:::\n'


@pytest.fixture
def nurse(db: None) -> Person:
    return Person.objects.create(
        slug="a-nurse", name="A nurse", job_title="Ward nurse", employer="A ward", bio="Cares."
    )


@pytest.fixture
def byline(article: Article, nurse: Person) -> Byline:
    return Byline.objects.create(article=article, person=nurse, role="quoted", agreed_on=AGREED)


def quoted(article: Article) -> QuotedEmbed:
    return for_text(QUOTING, article).quoted["a-nurse"]


def submitted(article: Article, writer: User) -> Revision:
    revision = drafting.start_draft(article, by=writer)
    drafting.save_draft(revision, text=QUOTING, version=revision.version, by=writer)
    drafting.submit(revision, change_note="With a quotation.", by=writer)
    return revision


def test_a_quotation_has_the_name_and_what_the_person_does(article: Article, byline: Byline) -> None:
    shown = compile_page(QUOTING, for_text(QUOTING, article)).html
    assert '<span class="quotation-by">A nurse</span>, <span class="quotation-credential">Ward nurse</span>' in shown
    assert quoted(article).agreed_on == AGREED


def test_a_verified_credential_stands_in_place_of_what_they_do(
    article: Article, byline: Byline, nurse: Person, medical_lead: User
) -> None:
    credential = Credential.objects.create(person=nurse, title="Registered nurse", issuer="A state board")
    assert quoted(article).credential == "Ward nurse"
    credential.verify(by=medical_lead)
    assert quoted(article).credential == "Registered nurse"


def test_a_credential_that_expired_is_not_shown(
    article: Article, byline: Byline, nurse: Person, medical_lead: User
) -> None:
    over = date.today() - timedelta(days=2)
    Credential.objects.create(person=nurse, title="Nurse", issuer="A board", valid_until=over).verify(by=medical_lead)
    assert quoted(article).credential == "Ward nurse"


@pytest.mark.parametrize("role", ["author", "editor"])
def test_nobody_is_quoted_whom_the_page_names_for_something_else(
    article: Article, nurse: Person, writer: User, role: str
) -> None:
    Byline.objects.create(article=article, person=nurse, role=role)
    with pytest.raises(TransitionRefused, match="No byline of this page names “a-nurse” as quoted"):
        submitted(article, writer)


def test_who_is_quoted_on_another_page_is_not_quoted_here(
    article: Article, byline: Byline, topic: object, writer: User
) -> None:
    other = Article.objects.create(address="mesothelioma/other", topic=article.topic)
    with pytest.raises(TransitionRefused, match="No byline of this page names “a-nurse” as quoted"):
        submitted(other, writer)


@pytest.mark.parametrize("changed", ["name", "job_title", "agreed_on"])
def test_changing_who_is_quoted_asks_for_a_new_signature_on_the_quotation_alone(
    article: Article, byline: Byline, nurse: Person, writer: User, reviewer: User, changed: str
) -> None:
    revision = submitted(article, writer)
    sign_all(revision, reviewer)
    if changed == "agreed_on":
        byline.agreed_on = AGREED + timedelta(days=1)
        byline.save()
    else:
        setattr(nurse, changed, "Somebody else")
        nurse.save()
    (embedded,) = [gate for gate in gates(revision) if gate.code == "embedded"]
    assert not embedded.ok
    draft = drafting.recall(revision, reason="The record changed.", by=writer)
    drafting.submit(draft, change_note="The record changed.", by=writer)
    unsigned = {block.key for block in unsigned_blocks(draft)}
    assert unsigned == {block.key for block in draft.blocks.filter(kind="quote")}


def test_a_byline_taken_away_stops_the_page(article: Article, byline: Byline, writer: User, reviewer: User) -> None:
    revision = submitted(article, writer)
    sign_all(revision, reviewer)
    byline.delete()
    assert {gate.code for gate in gates(revision) if not gate.ok} >= {"findings", "embedded"}
