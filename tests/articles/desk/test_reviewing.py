"""Reviewing on the desk: sign what you were shown, and only what changed."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from django.test import Client

from articles.markup import compile_page
from articles.markup.library import for_text
from articles.models import Article, Offer, PublishedPage, Revision, RevisionStatus, SignOff
from articles.review import drafting, signing
from articles.review.anchoring import words_of
from mesoinfo.models import User
from tests.conftest import PAGE, sign_all
from tests.desk_answers import Answer, told

pytestmark = pytest.mark.usefixtures("draft_once")

Submit = Callable[[str], Revision]


def screen_of(revision: Revision, name: str = "review") -> str:
    return f"/admin/articles/revision/{revision.pk}/{name}/"


def tokens_on(answer: Answer) -> dict[str, str]:
    """The token in each block's own form, by the key of the block."""
    found = re.findall(
        r'name="token" value="([^"]+)">\s*<button[^>]*>Sign<span[^>]*> block \d+, ([^<]+)</span>',
        answer.content.decode(),
    )
    return {key: html.unescape(token) for token, key in found}


@pytest.fixture
def at_the_desk(client: Client, reviewer: User) -> Client:
    client.force_login(reviewer)
    return client


def test_the_screen_shows_each_block_as_readers_will_see_it(at_the_desk: Client, in_review: Revision) -> None:
    answer = at_the_desk.get(screen_of(in_review))
    blocks = compile_page(in_review.text, for_text(in_review.text, in_review.article)).blocks
    assert f"0 of {len(blocks)} blocks, about 1 minute left." in told(answer)
    for block in blocks:
        assert block.html.strip() in answer.content.decode()
    assert list(tokens_on(answer)) == [block.key for block in blocks]
    assert "First version." in told(answer)


def test_signing_one_block_leads_to_the_next(at_the_desk: Client, in_review: Revision) -> None:
    tokens = tokens_on(at_the_desk.get(screen_of(in_review)))
    first, second, *_ = tokens
    answer = at_the_desk.post(screen_of(in_review, "sign"), {"token": tokens[first]})
    assert answer["Location"] == f"{screen_of(in_review)}#block-2"
    shown = at_the_desk.get(screen_of(in_review))
    assert f"1 of {len(tokens)} blocks" in told(shown)
    assert "Signed by reviewer on" in told(shown)
    assert first not in tokens_on(shown)
    assert second in tokens_on(shown)


def test_after_the_last_block_the_screen_goes_back_to_one_that_was_passed_over(
    at_the_desk: Client, in_review: Revision
) -> None:
    tokens = tokens_on(at_the_desk.get(screen_of(in_review)))
    answer = at_the_desk.post(screen_of(in_review, "sign"), {"token": list(tokens.values())[-1]})
    assert answer["Location"].endswith("#block-1")


def test_the_last_signature_approves(at_the_desk: Client, in_review: Revision) -> None:
    tokens = list(tokens_on(at_the_desk.get(screen_of(in_review))).values())
    answer = at_the_desk.post(screen_of(in_review, "sign"), {"token": tokens}, follow=True)
    in_review.refresh_from_db()
    assert in_review.status == RevisionStatus.APPROVED
    assert "Every block is signed now: the revision is approved" in told(answer)
    assert "Publishing checklist" in told(answer)


def test_a_section_can_be_signed_at_once_with_the_token_of_each_block(at_the_desk: Client, in_review: Revision) -> None:
    page = at_the_desk.get(screen_of(in_review)).content.decode()
    form = re.search(r'<form[^>]*class="desk-section-sign">(.*?)</form>', page, re.DOTALL)
    assert form is not None
    tokens = [html.unescape(token) for token in re.findall(r'name="token" value="([^"]+)"', form[1])]
    assert f"sign the {len(tokens)} unsigned blocks of this section" in form[1]
    at_the_desk.post(screen_of(in_review, "sign"), {"token": tokens})
    assert SignOff.objects.count() == len(tokens)


def test_one_bad_token_among_several_signs_nothing(at_the_desk: Client, in_review: Revision) -> None:
    tokens = list(tokens_on(at_the_desk.get(screen_of(in_review))).values())
    answer = at_the_desk.post(screen_of(in_review, "sign"), {"token": [*tokens[:2], "forged"]})
    assert answer.status_code == 409
    assert not SignOff.objects.exists()


def test_only_the_changed_block_asks_for_a_signature(
    at_the_desk: Client, published: PublishedPage, next_revision: Submit
) -> None:
    revision = next_revision(PAGE.replace("Most people cough.", "Many people cough."))
    shown = at_the_desk.get(screen_of(revision))
    assert list(tokens_on(shown)) == ["symptoms/p-2"]
    assert "0 of 1 block, about 1 minute left." in told(shown)
    assert told(shown).count("Paragraph, changed") == 1
    assert "unchanged blocks, signed" in told(shown)
    assert "Go to the first of 1 block for you to sign" in told(shown)
    at_the_desk.post(screen_of(revision, "sign"), {"token": tokens_on(shown)["symptoms/p-2"]})
    revision.refresh_from_db()
    assert revision.status == RevisionStatus.APPROVED


def test_a_writer_sees_how_far_it_is_and_signs_nothing(client: Client, in_review: Revision, writer: User) -> None:
    client.force_login(writer)
    shown = client.get(screen_of(in_review))
    assert "Signing needs the medical reviewer role." in told(shown)
    assert not tokens_on(shown)
    block = compile_page(in_review.text, for_text(in_review.text, in_review.article)).blocks[0]
    stolen = signing.issue_token(writer, in_review, block)
    answer = client.post(screen_of(in_review, "sign"), {"token": stolen})
    assert answer.status_code == 403
    assert "This needs the role of medical reviewer or medical lead." in told(answer)
    assert not SignOff.objects.exists()


def test_a_reviewer_who_helped_write_is_told_why_they_may_not_sign(
    client: Client, draft: Revision, reviewer: User, writer: User
) -> None:
    from mesoinfo import roles

    roles.appoint(reviewer, "writer", by=writer)
    drafting.save_draft(draft, text=f"{PAGE}\nMore.\n", version=draft.version, by=reviewer)
    drafting.submit(draft, change_note="Mine.", by=reviewer)
    client.force_login(reviewer)
    shown = client.get(screen_of(draft))
    assert "You helped write this page since it was last published" in told(shown)
    assert not tokens_on(shown)
    block = compile_page(draft.text, for_text(draft.text, draft.article)).blocks[0]
    answer = client.post(screen_of(draft, "sign"), {"token": signing.issue_token(reviewer, draft, block)})
    assert answer.status_code == 409
    assert "somebody else must sign it" in told(answer)


def test_a_token_shown_to_somebody_else_is_refused(
    at_the_desk: Client, in_review: Revision, second_reviewer: User
) -> None:
    block = compile_page(in_review.text, for_text(in_review.text, in_review.article)).blocks[0]
    theirs = signing.issue_token(second_reviewer, in_review, block)
    answer = at_the_desk.post(screen_of(in_review, "sign"), {"token": theirs})
    assert answer.status_code == 409
    assert "This block was shown to somebody else." in told(answer)
    assert screen_of(in_review) in answer.content.decode()


@pytest.mark.parametrize("token", ["", "forged", "a:b:c"])
def test_a_made_up_token_is_refused(at_the_desk: Client, in_review: Revision, token: str) -> None:
    answer = at_the_desk.post(screen_of(in_review, "sign"), {"token": token})
    assert answer.status_code == 409
    assert "Only a block you were shown can be signed." in told(answer)


def test_signing_without_naming_a_block_is_told(at_the_desk: Client, in_review: Revision) -> None:
    answer = at_the_desk.post(screen_of(in_review, "sign"))
    assert answer.status_code == 400
    assert "No block was named." in told(answer)


def test_a_screen_opened_before_a_recall_signs_nothing(at_the_desk: Client, in_review: Revision, writer: User) -> None:
    tokens = tokens_on(at_the_desk.get(screen_of(in_review)))
    drafting.recall(in_review, reason="Not ready.", by=writer)
    answer = at_the_desk.post(screen_of(in_review, "sign"), {"token": next(iter(tokens.values()))})
    assert answer.status_code == 409
    assert "This revision is not under review: it is abandoned." in told(answer)


def test_pressing_twice_signs_once(at_the_desk: Client, in_review: Revision) -> None:
    token = next(iter(tokens_on(at_the_desk.get(screen_of(in_review))).values()))
    at_the_desk.post(screen_of(in_review, "sign"), {"token": token})
    answer = at_the_desk.post(screen_of(in_review, "sign"), {"token": token})
    assert answer.status_code == 409
    assert "this reviewer has already signed this block" in told(answer)
    assert SignOff.objects.count() == 1


def test_a_block_whose_offer_changed_meanwhile_cannot_be_signed(
    at_the_desk: Client, in_review: Revision, offer: Offer
) -> None:
    offer.heading = "Another heading"
    offer.save()
    shown = at_the_desk.get(screen_of(in_review))
    assert "Something this block shows has changed since it was submitted." in told(shown)
    assert "opening/offer-1" not in tokens_on(shown)


def test_a_page_of_high_risk_asks_for_two(
    at_the_desk: Client, in_review: Revision, article: Article, second_reviewer: User
) -> None:
    Article.objects.filter(pk=article.pk).update(risk_class="high")
    sign_all(in_review, second_reviewer, except_for=("title",))
    shown = at_the_desk.get(screen_of(in_review))
    blocks = in_review.blocks.count()
    assert "two people sign each block, one of them a specialist" in told(shown)
    assert f"0 of {blocks} blocks," in told(shown)
    assert "Signed by second.reviewer, a specialist, on" in told(shown)
    assert len(tokens_on(shown)) == blocks
    sign_all(in_review, User.objects.get(email="reviewer@example.org"), except_for=("title",))
    shown = at_the_desk.get(screen_of(in_review))
    assert f"{blocks - 1} of {blocks} blocks" in told(shown)


def test_questions_are_shown_with_their_answers_open(
    at_the_desk: Client, published: PublishedPage, next_revision: Submit
) -> None:
    revision = next_revision(PAGE + "\n:::faq\n### Can it come back?\n\nIt can.\n:::\n")
    page = at_the_desk.get(screen_of(revision)).content.decode()
    assert '<details open class="faq-item"' in page


def test_changes_are_requested_with_a_reason(at_the_desk: Client, in_review: Revision, writer: User) -> None:
    answer = at_the_desk.post(screen_of(in_review, "request-changes"), {"reason": ""})
    assert answer.status_code == 400
    assert "Say why, in a sentence." in told(answer)
    assert tokens_on(answer)

    at_the_desk.post(screen_of(in_review, "request-changes"), {"reason": "Say who most people are."})
    in_review.refresh_from_db()
    assert in_review.status == RevisionStatus.CHANGES_REQUESTED
    at_the_desk.force_login(writer)
    page = at_the_desk.get(f"/admin/articles/article/{in_review.article_id}/change/")
    assert "reviewer asked for changes" in told(page)
    assert "Say who most people are." in told(page)
    at_the_desk.post(f"/admin/articles/article/{in_review.article_id}/start/")
    assert in_review.article.revisions.drafts().get().text == in_review.text


def test_changes_requested_too_late_keep_the_reason(at_the_desk: Client, published: PublishedPage) -> None:
    answer = at_the_desk.post(screen_of(published.revision, "request-changes"), {"reason": "Say who."})
    assert answer.status_code == 409
    assert "Say who." in told(answer)


def test_the_queue_has_what_i_may_sign_first(
    at_the_desk: Client, in_review: Revision, topic: object, reviewer: User, writer: User
) -> None:
    from mesoinfo import roles

    roles.appoint(reviewer, "writer", by=writer)
    mine = Article.objects.create(address="mesothelioma/mine", topic=in_review.article.topic)
    draft = drafting.start_draft(mine, by=reviewer)
    drafting.submit(draft, change_note="Mine.", by=reviewer)
    shown = told(at_the_desk.get("/admin/articles/revision/for-review/"))
    may, must_not = shown.index("You may sign"), shown.index("Others must sign")
    assert may < shown.index("mesothelioma/stage-4") < must_not < shown.index("mesothelioma/mine")
    assert "You helped write this page" in shown


@pytest.mark.parametrize("role", ["author", "editor", "quoted"])
def test_naming_who_signed_sends_an_approved_page_back_to_review(
    client: Client, editor: User, approved: Revision, reviewer: User, role: str
) -> None:
    article = approved.article
    byline = article.bylines.get()
    client.force_login(editor)
    form = {
        "address": article.address,
        "kind": article.kind,
        "topic": str(article.topic_id),
        "position": "0",
        "bylines-TOTAL_FORMS": "2",
        "bylines-INITIAL_FORMS": "1",
        "bylines-0-id": str(byline.pk),
        "bylines-0-article": str(article.pk),
        "bylines-0-person": str(byline.person_id),
        "bylines-0-role": "author",
        "bylines-0-position": "0",
        "bylines-1-article": str(article.pk),
        "bylines-1-person": str(reviewer.person.pk),
        "bylines-1-role": role,
        "bylines-1-agreed_on": "2026-11-02",
        "bylines-1-position": "1",
    }
    assert client.post(f"/admin/articles/article/{article.pk}/change/", form).status_code == 302
    approved.refresh_from_db()
    assert approved.status == RevisionStatus.IN_REVIEW
    client.force_login(reviewer)
    assert "or are named on it" in told(client.get(screen_of(approved)))


def test_a_finished_review_is_a_page_to_read(at_the_desk: Client, published: PublishedPage) -> None:
    assert at_the_desk.get(screen_of(published.revision))["Location"] == screen_of(published.revision, "read")


def test_a_signature_is_withdrawn_with_a_reason(at_the_desk: Client, approved: Revision, reviewer: User) -> None:
    signatures = f"/admin/articles/article/{approved.article_id}/signatures/"
    sign_off = approved.sign_offs.latest("pk")
    withdraw = f"/admin/articles/revision/signature/{sign_off.pk}/withdraw/"
    assert withdraw in at_the_desk.get(signatures).content.decode()
    assert "Say why, in a sentence." in told(at_the_desk.post(withdraw, {"reason": ""}))
    assert at_the_desk.post(withdraw, {"reason": "I misread the dose."})["Location"] == signatures
    assert "I misread the dose." in told(at_the_desk.get(signatures))
    approved.refresh_from_db()
    assert approved.status == RevisionStatus.IN_REVIEW
    again = at_the_desk.post(withdraw, {"reason": "Once more."})
    assert again.status_code == 400
    assert "This signature has already been withdrawn." in told(again)
    assert "Once more." in told(again)


def test_a_reviewer_does_not_withdraw_a_colleagues_signature(
    client: Client, approved: Revision, second_reviewer: User
) -> None:
    client.force_login(second_reviewer)
    sign_off = approved.sign_offs.latest("pk")
    withdraw = f"/admin/articles/revision/signature/{sign_off.pk}/withdraw/"
    assert withdraw not in client.get(f"/admin/articles/article/{approved.article_id}/signatures/").content.decode()
    answer = client.post(withdraw, {"reason": "I would not have."})
    assert answer.status_code == 403
    assert "I would not have." in told(answer)


def test_a_signature_is_told_by_the_words_it_is_on(at_the_desk: Client, approved: Revision) -> None:
    block = approved.blocks.get(key="symptoms/p-2")
    sign_off = approved.sign_offs.get(digest=block.digest)
    words = " ".join(words_of(block).split())[:60]
    assert words in told(at_the_desk.get(f"/admin/articles/article/{approved.article_id}/signatures/"))
    asked = told(at_the_desk.get(f"/admin/articles/revision/signature/{sign_off.pk}/withdraw/"))
    assert f"reviewer signed “{words}" in asked
    assert block.key not in asked


@pytest.mark.parametrize(
    ("severity", "answer", "afterwards"),
    [
        ("routine", "Withdrawn. The block needs a new signature.", "1 block of the live page needs a signature"),
        ("safety", "Withdrawn. No earlier revision holds, so the page is taken down", "Somebody else confirms it by"),
    ],
)
def test_withdrawing_says_what_comes_of_it(
    at_the_desk: Client, published: PublishedPage, severity: str, answer: str, afterwards: str
) -> None:
    block = published.revision.blocks.get(key="symptoms/p-2")
    withdraw = (
        f"/admin/articles/revision/signature/{published.revision.sign_offs.get(digest=block.digest).pk}/withdraw/"
    )
    page = f"/admin/articles/article/{published.article_id}/change/"
    assert "of the live page" not in told(at_the_desk.get(page))
    assert answer in told(at_the_desk.post(withdraw, {"reason": "I misread it.", "severity": severity}, follow=True))
    assert afterwards in told(at_the_desk.get(page))


@pytest.mark.parametrize("named", ["9" * 5000, "0", "-1", "x", "%00"])
def test_a_revision_that_there_is_not_is_compared_with_nothing(
    at_the_desk: Client, in_review: Revision, named: str
) -> None:
    assert at_the_desk.get(f"{screen_of(in_review, 'compare')}?with={named}").status_code == 200
