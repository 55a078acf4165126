"""Restoring: an earlier revision's words in a new draft, and who may sign them there."""

from __future__ import annotations

import pytest
from django.test import Client

from articles.models import Article, Offer, PublishedPage, Revision, RevisionStatus, TransitionRefused
from articles.publishing.publish import publish
from articles.review import drafting, signing
from articles.review.coverage import contributors, unsigned_blocks
from articles.review.signing import SignOffRefused
from mesoinfo import roles
from mesoinfo.models import AuditEntry, User
from tests.articles.test_signing import token_for
from tests.conftest import PAGE, a_reviewer, a_user, sign_all, sign_one
from tests.desk_answers import told

COUGH = "Most people cough."
pytestmark = pytest.mark.django_db


def a_writing_reviewer(name: str, medical_lead: User) -> User:
    """Somebody who may write pages and sign them: never the same words."""
    user = a_reviewer(f"{name}@example.org", verified_by=medical_lead)
    roles.appoint(user, "writer", by=None)
    return user


def write(article: Article, text: str, by: User) -> Revision:
    draft = drafting.start_draft(article, by=by)
    drafting.save_draft(draft, text=text, version=draft.version, by=by)
    drafting.submit(draft, change_note="A change.", by=by)
    return draft


def write_and_publish(article: Article, text: str, by: User, reviewer: User) -> Revision:
    revision = write(article, text, by)
    sign_all(revision, reviewer)
    publish(revision, by=a_user("publisher", email=f"publisher.{revision.number}@example.org"))
    return revision


@pytest.fixture
def first_author(medical_lead: User) -> User:
    return a_writing_reviewer("first.author", medical_lead)


@pytest.fixture
def second_author(medical_lead: User) -> User:
    return a_writing_reviewer("second.author", medical_lead)


@pytest.fixture
def old(article: Article, first_author: User, reviewer: User) -> Revision:
    return write_and_publish(article, PAGE, first_author, reviewer)


@pytest.fixture
def live(old: Revision, second_author: User, reviewer: User) -> Revision:
    return write_and_publish(old.article, PAGE.replace(COUGH, "Many people cough."), second_author, reviewer)


def test_a_draft_begins_with_the_old_words(live: Revision, old: Revision, editor: User) -> None:
    draft = drafting.restore(old, by=editor)
    assert (draft.text, draft.parent, draft.number) == (PAGE, old, 3)
    assert [block.digest for block in draft.blocks.all()] == [block.digest for block in old.blocks.all()]
    entry = AuditEntry.objects.latest("sequence")
    assert (entry.action, entry.actor, entry.facts) == ("revision.started", editor, {"copied_from": old.pk})


def test_it_is_refused_while_there_is_a_draft(live: Revision, old: Revision, editor: User) -> None:
    drafting.start_draft(old.article, by=editor)
    with pytest.raises(TransitionRefused, match="already a draft of this page, started by The editor"):
        drafting.restore(old, by=editor)


def test_it_needs_the_role_of_a_writer(live: Revision, old: Revision, reviewer: User) -> None:
    with pytest.raises(TransitionRefused, match="writer or editor role"):
        drafting.restore(old, by=reviewer)


def test_signatures_that_hold_count_again(live: Revision, old: Revision, editor: User) -> None:
    draft = drafting.restore(old, by=editor)
    drafting.submit(draft, change_note="As it was.", by=editor)
    draft.refresh_from_db()
    assert draft.status == RevisionStatus.APPROVED


@pytest.mark.whole
def test_withdrawn_signatures_do_not_count_again(live: Revision, old: Revision, editor: User, reviewer: User) -> None:
    cough = old.blocks.get(key="symptoms/p-2")
    signing.withdraw(old.sign_offs.get(digest=cough.digest), reason="I misread it.", by=reviewer)
    draft = drafting.restore(old, by=editor)
    drafting.submit(draft, change_note="As it was.", by=editor)
    assert draft.status == RevisionStatus.IN_REVIEW
    assert [block.key for block in unsigned_blocks(draft)] == ["symptoms/p-2"]


def restored_with_a_block_to_sign(old: Revision, by: User, reviewer: User) -> Revision:
    """The old words under review again, one block of them without a signature; somebody else submitted them."""
    cough = old.blocks.get(key="symptoms/p-2")
    signing.withdraw(old.sign_offs.get(digest=cough.digest), reason="I misread it.", by=reviewer)
    draft = drafting.restore(old, by=by)
    drafting.submit(draft, change_note="As it was.", by=a_user("writer", email="submitter@example.org"))
    return draft


def test_who_restores_cannot_sign(live: Revision, old: Revision, reviewer: User, medical_lead: User) -> None:
    restorer = a_writing_reviewer("restorer", medical_lead)
    draft = restored_with_a_block_to_sign(old, restorer, reviewer)
    with pytest.raises(SignOffRefused, match="helped write"):
        sign_one(draft, token=token_for(restorer, draft, "symptoms/p-2"), by=restorer)
    cough, changed = old.blocks.get(key="symptoms/p-2"), live.blocks.get(key="symptoms/p-2")
    on_record = set(draft.contributions.filter(user=restorer).values_list("block_key", "digest"))
    assert on_record == {("symptoms/p-2", cough.digest), ("", changed.digest)}


def test_who_wrote_the_old_words_cannot_sign_them(
    live: Revision, old: Revision, editor: User, reviewer: User, first_author: User
) -> None:
    draft = restored_with_a_block_to_sign(old, editor, reviewer)
    with pytest.raises(SignOffRefused, match="helped write"):
        sign_one(draft, token=token_for(first_author, draft, "symptoms/p-2"), by=first_author)


def test_who_wrote_the_words_that_go_may_sign(
    live: Revision, old: Revision, editor: User, reviewer: User, second_author: User
) -> None:
    draft = restored_with_a_block_to_sign(old, editor, reviewer)
    sign_one(draft, token=token_for(second_author, draft, "symptoms/p-2"), by=second_author)
    draft.refresh_from_db()
    assert draft.status == RevisionStatus.APPROVED


def test_who_wrote_only_what_has_stayed_may_sign(
    live: Revision, old: Revision, editor: User, reviewer: User, second_author: User, first_author: User
) -> None:
    """The third revision changes the second's words; the first author's stand in all three."""
    third = write_and_publish(old.article, PAGE.replace(COUGH, "Some people cough."), editor, reviewer)
    draft = drafting.restore(live, by=editor)
    assert third.number < draft.number
    assert first_author.pk not in contributors(draft)
    assert second_author.pk in contributors(draft)


@pytest.mark.whole
def test_who_drafted_words_that_were_sent_back_before_they_were_published_cannot_sign_them(
    article: Article, medical_lead: User, reviewer: User, editor: User, writer: User
) -> None:
    """The paragraph came with a revision that went back to its writers; another person's was published."""
    drafter = a_writing_reviewer("drafter", medical_lead)
    sent_back = write(article, PAGE, drafter)
    signing.request_changes(sent_back, reason="Say who.", by=reviewer)
    old = write_and_publish(article, PAGE + "\nAsk your doctor.\n", writer, reviewer)
    write_and_publish(article, PAGE.replace(COUGH, "Many people cough."), editor, reviewer)
    draft = drafting.restore(old, by=editor)
    assert {drafter.pk, writer.pk} <= contributors(draft)


@pytest.mark.whole
def test_words_given_up_since_the_page_was_published_are_still_theirs_who_wrote_them(
    live: Revision, second_author: User, first_author: User, editor: User, writer: User
) -> None:
    given_up = write(live.article, PAGE + "\nAsk your doctor.\n", first_author)
    drafting.abandon(given_up, reason="Not now.", by=writer)
    draft = drafting.restore(given_up, by=editor)
    assert first_author.pk in contributors(draft)
    assert second_author.pk not in contributors(draft)


@pytest.mark.whole
def test_restoring_the_live_words_changes_nothing_and_credits_nobody(
    live: Revision, editor: User, offer: Offer
) -> None:
    # Nor does what an editor of the library has changed since.
    offer.heading = "Ask about your case"
    offer.save()
    draft = drafting.restore(live, by=editor)
    assert contributors(draft) == set()


def test_before_a_page_is_published_all_of_it_is_a_contribution(
    article: Article, writer: User, editor: User, reviewer: User
) -> None:
    given_up = write(article, PAGE, writer)
    drafting.abandon(given_up, reason="Not now.", by=writer)
    draft = drafting.restore(given_up, by=editor)
    assert draft.contributions.filter(user=editor).count() == draft.blocks.count()


def test_it_is_offered_beside_each_revision_and_where_one_is_read(
    client: Client, live: Revision, old: Revision, editor: User
) -> None:
    client.force_login(editor)
    restore = f"/admin/articles/revision/{old.pk}/restore/"
    page = f"/admin/articles/article/{old.article_id}/change/"
    assert f'action="{restore}"' in client.get(page).content.decode()
    assert f'action="{restore}"' in client.get(f"/admin/articles/revision/{old.pk}/read/").content.decode()
    answer = client.post(restore, follow=True)
    draft = old.article.revisions.drafts().get()
    assert answer.redirect_chain == [(f"/admin/articles/revision/{draft.pk}/write/", 302)]
    assert "This draft has the words of revision 1." in told(answer)
    # With a draft open the page leads there, and a button pressed on an older screen is answered in a sentence.
    assert restore not in client.get(page).content.decode()
    answer = client.post(restore)
    assert answer.status_code == 409
    assert "There is already a draft of this page, started by The editor. Open that one." in told(answer)
    assert "/restore/" not in client.get(f"/admin/articles/revision/{draft.pk}/read/").content.decode()


@pytest.mark.whole
def test_whoever_only_reads_is_not_offered_it(
    client: Client, published: PublishedPage, reviewer: User, publisher: User
) -> None:
    superuser = User.objects.create_superuser("root@example.org", "a long enough password", name="The superuser")
    for person in (reviewer, publisher, superuser):
        client.force_login(person)
        for address in (f"revision/{published.revision_id}/read/", f"article/{published.article_id}/change/"):
            answer = client.get(f"/admin/articles/{address}")
            assert answer.status_code == 200
            assert "/restore/" not in answer.content.decode()
