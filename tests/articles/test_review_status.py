"""`manage.py review_status`: which blocks need a signature, and every condition for publishing."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from articles.admin.publishing import QUESTIONS
from articles.markup import compile_page
from articles.markup.library import for_text
from articles.models import Article, SignOff
from articles.publishing import takedown
from articles.review import drafting
from tests.conftest import PAGE, member


def status(path: str = "mesothelioma/stage-4") -> dict[str, Any]:
    out = StringIO()
    call_command("review_status", path, format="json", stdout=out)
    return json.loads(out.getvalue())


def save(draft, text: str, writer) -> None:
    draft.refresh_from_db()
    drafting.save_draft(draft, text=text, version=draft.version, by=writer)


def test_one_changed_word_is_one_block_and_put_back_none(published, article, writer):
    signatures = SignOff.objects.count()
    draft = drafting.start_draft(article, by=writer)
    assert status()["needs_review"] == []
    save(draft, PAGE.replace("Most people cough.", "Many people cough."), writer)
    told = status()
    assert told["needs_review"] == ["symptoms/p-2"]
    assert (told["article"], told["revision"], told["status"]) == ("mesothelioma/stage-4", 2, "draft")
    assert (told["blocks"], told["signed"]) == (9, 8)
    save(draft, PAGE, writer)
    assert status()["needs_review"] == []
    assert SignOff.objects.count() == signatures


def test_a_heading_with_another_wording_is_its_section(published, article, writer):
    draft = drafting.start_draft(article, by=writer)
    save(draft, PAGE.replace("## Symptoms", "## Signs"), writer)
    assert status()["needs_review"] == ["signs/heading", "signs/p-1", "signs/p-2"]


def test_a_new_citation_further_up_is_one_block(published, article, writer, source):
    draft = drafting.start_draft(article, by=writer)
    save(draft, PAGE.replace("## Symptoms\n", "## Symptoms\n\nA word before [@trial2020].\n"), writer)
    assert status()["needs_review"] == ["symptoms/p-1"]


@pytest.mark.parametrize(
    ("spoil", "blocks"),
    [
        (lambda offer, source: offer.__class__.objects.update(heading="Another"), ["hero"]),
        (lambda offer, source: source.__class__.objects.update(study_design="cohort"), ["treatment/p-1"]),
        (lambda offer, source: source.__class__.objects.update(csl={**source.csl, "page": "1-9"}), []),
    ],
)
def test_a_library_record_touches_exactly_the_blocks_that_show_it_and_no_public_word(
    published, offer, source, spoil, blocks
):
    public = published.body_html, published.hero_html
    spoil(offer, source)
    assert status()["needs_review"] == blocks
    published.refresh_from_db()
    assert (published.body_html, published.hero_html) == public


def test_every_condition_is_told_with_its_evidence(in_review):
    gates = {gate["code"]: gate for gate in status("/mesothelioma/stage-4/")["gates"]}
    assert set(gates) == set(QUESTIONS)
    assert not gates["approved"]["ok"]
    assert gates["approved"]["evidence"] == "The revision is in review."
    assert gates["coverage"]["evidence"].startswith("9 without a signature: ")
    assert gates["links"]["ok"]


def test_a_link_to_a_page_that_readers_do_not_get_is_told_and_stops_nothing(published, article, writer, topic):
    """Two new pages may lead to each other, and so may two that were taken down."""
    other = Article.objects.create(address=f"{topic.slug}/being-written", topic=topic)
    draft = drafting.start_draft(article, by=writer)
    save(draft, f"{PAGE}\nRead [what comes next](/{other.address}/).\n", writer)
    links = {gate["code"]: gate for gate in status()["gates"]}["links"]
    assert links["ok"]
    assert links["evidence"].startswith("1 link leads to a page that is not live: line ")
    assert f"Readers get no page at /{other.address}/" in links["evidence"]
    takedown.take_down(published.article, reason="It could do harm.", by=member("medical lead"))
    assert f"/{article.address}/" in for_text("/", article).not_live


def test_a_topic_is_live_although_its_introduction_is_not(topic):
    introduction = Article.objects.create(address=topic.slug, topic=topic, kind="topic_introduction")
    assert f"/{topic.slug}/" not in for_text("/", introduction).not_live


def test_as_text_it_can_be_read(in_review):
    out = StringIO()
    call_command("review_status", "mesothelioma/stage-4", stdout=out)
    assert out.getvalue().startswith("/mesothelioma/stage-4/, revision 1: in review\n0 of 9 blocks signed\n")
    assert "NO   approved: The revision is in review.\n" in out.getvalue()


def test_a_page_that_does_not_exist_is_told(db):
    with pytest.raises(CommandError, match="There is no page at /no/such/"):
        call_command("review_status", "/no/such/")


def test_a_page_without_text_is_told(article):
    with pytest.raises(CommandError, match="has no text yet"):
        call_command("review_status", article.address)


def test_what_it_shows_is_what_compiles(published):
    told = status()
    compiled = compile_page(PAGE, for_text(PAGE, published.article))
    assert told["blocks"] == len(compiled.blocks)
