"""The front page of the desk: what waits for the person who signed in."""

from __future__ import annotations

import datetime
import html
import re

import pytest
from django.test import Client

from articles.models import Article, EmergencyNotice, PublishedPage, Revision
from articles.publishing import emergency, takedown
from articles.publishing import schedule as scheduling
from articles.publishing.publish import publish
from articles.review import drafting, signing
from mesoinfo import desk
from mesoinfo.desk import Card, Line
from mesoinfo.models import User
from tests.conftest import member, sign_all
from tests.desk_answers import told


def front_page(client: Client, user: User) -> str:
    client.force_login(user)
    page = client.get("/admin/").content.decode()
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_a_writer_finds_their_drafts(client: Client, draft: Revision, writer: User, editor: User) -> None:
    assert "Your drafts 1 mesothelioma/stage-4" in front_page(client, writer)
    assert "You have no drafts." in front_page(client, editor)


def test_a_writer_finds_what_was_sent_back_with_the_reason(
    client: Client, in_review: Revision, writer: User, editor: User, reviewer: User
) -> None:
    signing.request_changes(in_review, reason="Say who most people are.", by=reviewer)
    assert "Sent back to you 1 mesothelioma/stage-4 reviewer: Say who most people are." in front_page(client, writer)
    assert "Nothing was sent back." in front_page(client, editor)
    drafting.start_draft(in_review.article, by=editor)
    assert "Nothing was sent back." in front_page(client, writer)


def test_a_reviewer_finds_what_they_may_sign(
    client: Client, in_review: Revision, reviewer: User, publisher: User
) -> None:
    page = front_page(client, reviewer)
    assert f"For your review 1 mesothelioma/stage-4 {in_review.blocks.count()} blocks to sign" in page
    assert "Approved, to be published" not in page
    assert "Nothing waits to be published." in front_page(client, publisher)


@pytest.mark.whole
def test_who_signed_a_page_of_high_risk_is_not_asked_for_more(
    client: Client, in_review: Revision, reviewer: User, second_reviewer: User
) -> None:
    Article.objects.filter(pk=in_review.article_id).update(risk_class="high")
    sign_all(in_review, reviewer, except_for=("title",))
    queue = "/admin/articles/revision/for-review/"
    assert "mesothelioma/stage-4 1 block to sign" in front_page(client, reviewer)
    assert f"1 of {in_review.blocks.count()} blocks to sign." in told(client.get(queue))
    signed = [block.key for block in in_review.blocks.exclude(key="title")]
    sign_all(in_review, reviewer, except_for=tuple(signed))
    assert "mesothelioma/stage-4 the rest waits for a colleague" in front_page(client, reviewer)
    assert "Nothing of it is left for you to sign: the rest waits for a colleague." in told(client.get(queue))
    assert f"{in_review.blocks.count()} blocks to sign" in front_page(client, second_reviewer)


def test_a_publisher_finds_what_is_approved(client: Client, approved: Revision, publisher: User) -> None:
    assert "Approved, to be published 1 mesothelioma/stage-4 First version." in front_page(client, publisher)


def test_what_is_scheduled_waits_for_nobody_and_stands_beside_the_way_to_the_calendar(
    client: Client, approved: Revision, publisher: User
) -> None:
    page = front_page(client, publisher)
    assert "To be published later Nothing is scheduled. Calendar" in page
    assert 'href="/admin/articles/revision/calendar/"' in client.get("/admin/").content.decode()
    at = datetime.datetime(2099, 7, 1, 13, 30, tzinfo=datetime.UTC)
    scheduling.schedule(approved, publish_at=at, zone="America/New_York", by=publisher)
    page = front_page(client, publisher)
    assert "To be published later 1 mesothelioma/stage-4 1 July 2099 at 09:30 EDT" in page
    assert "Nothing waits to be published." in page


def test_a_writer_sees_what_waits_with_the_reviewers(
    client: Client, in_review: Revision, writer: User, editor: User, reviewer: User
) -> None:
    blocks = in_review.blocks.count()
    assert f"With the reviewers 1 mesothelioma/stage-4 {blocks} blocks to sign, due" in front_page(client, writer)
    assert "Nothing that you submitted waits for them." in front_page(client, editor)
    signing.request_changes(in_review, reason="Say who most people are.", by=reviewer)
    assert "Nothing that you submitted waits for them." in front_page(client, writer)


@pytest.mark.whole
def test_who_hides_blocks_finds_the_pages_and_what_they_took_down(
    client: Client, published: PublishedPage, medical_lead: User, publisher: User
) -> None:
    page = front_page(client, medical_lead)
    assert "If a page could do harm Find it and open it." in page
    way = re.search(r'href="([^"]+)">Find the page', client.get("/admin/").content.decode())
    assert way is not None
    assert "mesothelioma/stage-4" in client.get(way[1]).content.decode()
    made = takedown.take_down(published.article, reason="It is wrong.", by=medical_lead)
    line = "If a page could do harm 1 mesothelioma/stage-4 you took it down: somebody else confirms it by"
    assert line in front_page(client, medical_lead)
    takedown.confirm(made, by=publisher)
    assert "If a page could do harm Find it and open it." in front_page(client, medical_lead)


def test_what_was_taken_from_readers_stands_first_until_a_second_person_has_seen_it(
    client: Client, published: PublishedPage, reviewer: User, medical_lead: User, publisher: User, writer: User
) -> None:
    made = takedown.take_down(published.article, reason="It is wrong.", by=reviewer)
    line = f"Taken from readers 1 mesothelioma/stage-4 reviewer took it down: confirm it by {made.confirm_by:%-d %B}"
    assert line in front_page(client, publisher)
    assert front_page(client, medical_lead).index(line) < front_page(client, medical_lead).index("For your review")
    for nothing_to_do in (reviewer, writer):
        assert "Taken from readers" not in front_page(client, nothing_to_do)
    takedown.confirm(made, by=publisher)
    assert "Taken from readers" not in front_page(client, medical_lead)


def test_hidden_blocks_stand_first_for_reviewers_until_one_has_looked(
    client: Client, published: PublishedPage, reviewer: User, medical_lead: User, publisher: User
) -> None:
    notice = EmergencyNotice.objects.create(text="We are checking this part.", written_by=medical_lead)
    emergency.sign_notice(notice, by=reviewer)
    digests = [published.revision.blocks.get(key="symptoms/p-2").digest]
    edit = emergency.hide_blocks(published.article, digests=digests, notice=notice, reason="Wrong.", by=medical_lead)
    line = (
        f"Taken from readers 1 mesothelioma/stage-4 The medical lead hid blocks: review it by {edit.review_by:%-d %B}"
    )
    assert line in front_page(client, reviewer)
    for nothing_to_do in (medical_lead, publisher):
        assert "Taken from readers" not in front_page(client, nothing_to_do)
    emergency.review_edit(edit, finding="The dose was wrong.", by=reviewer)
    assert "Taken from readers" not in front_page(client, reviewer)


def test_a_live_page_that_lost_a_signature_is_told_until_it_is_signed_again(
    client: Client, published: PublishedPage, reviewer: User, second_reviewer: User, medical_lead: User, editor: User
) -> None:
    nothing = "Every live page is signed throughout."
    assert nothing in front_page(client, editor)
    sign_off = published.revision.sign_offs.first()
    assert sign_off is not None
    signing.withdraw(sign_off, by=reviewer, reason="I misread it.")
    line = "Live without every signature 1 mesothelioma/stage-4 a signature was withdrawn"
    for arranges in (editor, medical_lead):
        assert line in front_page(client, arranges)
    draft = drafting.start_draft(published.article, by=member("writer"))
    drafting.submit(draft, change_note="To be signed again.", by=member("writer"))
    sign_all(draft, second_reviewer)
    draft.refresh_from_db()
    publish(draft, by=member("publisher"))
    assert nothing in front_page(client, editor)


def test_any_app_can_offer_its_cards(client: Client, writer: User, monkeypatch: object) -> None:
    def cases(request: object) -> list[Card]:
        return [Card("Waiting <cases>", (Line("A case", "/admin/", "since this morning"),), "None waits.")]

    offers = list(desk._offers)
    desk.offers_cards(cases)
    try:
        assert "Waiting <cases> 1 A case since this morning" in front_page(client, writer)
    finally:
        desk._offers[:] = offers
