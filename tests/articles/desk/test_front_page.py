"""The front page of the desk: what waits for the person who signed in."""

from __future__ import annotations

import html
import re

from django.test import Client

from articles.models import EmergencyNotice, PublishedPage, Revision
from articles.publishing import emergency, takedown
from articles.review import drafting, signing
from mesoinfo import desk
from mesoinfo.desk import Card, Line
from mesoinfo.models import User


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


def test_a_publisher_finds_what_is_approved(client: Client, approved: Revision, publisher: User) -> None:
    assert "Approved, to be published 1 mesothelioma/stage-4 First version." in front_page(client, publisher)


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


def test_any_app_can_offer_its_cards(client: Client, writer: User, monkeypatch: object) -> None:
    def cases(request: object) -> list[Card]:
        return [Card("Waiting <cases>", (Line("A case", "/admin/", "since this morning"),), "None waits.")]

    offers = list(desk._offers)
    desk.offers_cards(cases)
    try:
        assert "Waiting <cases> 1 A case since this morning" in front_page(client, writer)
    finally:
        desk._offers[:] = offers
