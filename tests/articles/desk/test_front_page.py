"""The front page of the desk: what waits for the person who signed in."""

from __future__ import annotations

import html
import re

from django.test import Client

from articles.models import Revision
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


def test_any_app_can_offer_its_cards(client: Client, writer: User, monkeypatch: object) -> None:
    def cases(request: object) -> list[Card]:
        return [Card("Waiting <cases>", (Line("A case", "/admin/", "since this morning"),), "None waits.")]

    offers = list(desk._offers)
    desk.offers_cards(cases)
    try:
        assert "Waiting <cases> 1 A case since this morning" in front_page(client, writer)
    finally:
        desk._offers[:] = offers
