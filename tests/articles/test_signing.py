"""Sign-off: every block, by a qualified person who did not write it, on exactly what they were shown."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from articles.markup import compile_page
from articles.markup.library import for_text
from articles.models import Article, Byline, BylineRole, Credential, RevisionStatus, SignOff
from articles.publishing import takedown
from articles.publishing.gates import gates
from articles.publishing.publish import publish
from articles.review import coverage, drafting, signing
from articles.review.coverage import unsigned_blocks
from articles.review.signing import NotWhatWasShown, SignOffRefused
from mesoinfo import roles
from mesoinfo.models import AuditEntry
from tests.conftest import AGREED, PAGE, a_reviewer, a_user, sign_all, sign_one, without_triggers

pytestmark = pytest.mark.usefixtures("draft_once")


def token_for(user, revision, key="lede"):
    blocks = compile_page(revision.text, for_text(revision.text, revision.article)).blocks
    return signing.issue_token(user, revision, next(block for block in blocks if block.key == key))


def test_a_revision_is_approved_when_the_last_block_is_signed(in_review, reviewer):
    sign_all(in_review, reviewer, except_for=("lede",))
    assert in_review.status == RevisionStatus.IN_REVIEW
    sign_one(in_review, token=token_for(reviewer, in_review), by=reviewer)
    assert in_review.status == RevisionStatus.APPROVED


def test_writers_cannot_sign_their_own_words(in_review, writer):
    roles.appoint(writer, "medical reviewer", by=None)
    with pytest.raises(SignOffRefused, match="helped write"):
        sign_one(in_review, token=token_for(writer, in_review), by=writer)


def test_who_only_submitted_cannot_sign_either(draft, medical_lead, topic):
    submitter = a_reviewer("submitter@example.org", verified_by=medical_lead)
    roles.appoint(submitter, "editor", by=None)
    drafting.submit(draft, change_note="Ready.", by=submitter)
    with pytest.raises(SignOffRefused, match="helped write"):
        sign_one(draft, token=token_for(submitter, draft), by=submitter)


def test_who_edited_and_took_it_back_cannot_sign(draft, writer, medical_lead):
    meddler = a_reviewer("meddler@example.org", verified_by=medical_lead)
    roles.appoint(meddler, "writer", by=None)
    drafting.save_draft(draft, text=PAGE.replace("cough", "cough a lot"), version=draft.version, by=meddler)
    drafting.save_draft(draft, text=PAGE, version=draft.version, by=meddler)
    drafting.submit(draft, change_note="Ready.", by=writer)
    with pytest.raises(SignOffRefused, match="helped write"):
        sign_one(draft, token=token_for(meddler, draft), by=meddler)


@pytest.mark.parametrize("role", BylineRole.values)
def test_whoever_is_named_on_the_page_cannot_sign_it(in_review, reviewer, role):
    Byline.objects.create(article=in_review.article, person=reviewer.person, role=role, agreed_on=AGREED)
    with pytest.raises(SignOffRefused, match="or are named on it"):
        sign_one(in_review, token=token_for(reviewer, in_review), by=reviewer)


def test_a_superuser_who_is_named_cannot_sign_either(in_review, reviewer):
    reviewer.is_superuser = True
    reviewer.save()
    Byline.objects.create(article=in_review.article, person=reviewer.person, role="quoted", agreed_on=AGREED)
    with pytest.raises(SignOffRefused, match="or are named on it"):
        sign_one(in_review, token=token_for(reviewer, in_review), by=reviewer)


def test_who_is_named_on_another_page_may_sign_this_one(in_review, reviewer, topic):
    other = Article.objects.create(address="mesothelioma/other", topic=topic)
    Byline.objects.create(article=other, person=reviewer.person, role="author")
    assert sign_one(in_review, token=token_for(reviewer, in_review), by=reviewer).reviewer == reviewer


def test_naming_somebody_who_has_signed_takes_the_effect_of_it_away(published, next_revision, reviewer):
    byline = Byline.objects.create(article=published.article, person=reviewer.person, role="quoted", agreed_on=AGREED)
    assert len(unsigned_blocks(published.revision)) == published.revision.blocks.count()
    # Nor do the signatures on what stood on the page before carry over.
    revision = next_revision(PAGE.replace("Most people cough.", "Many people cough."))
    assert len(unsigned_blocks(revision)) == revision.blocks.count()
    byline.delete()
    assert [block.key for block in unsigned_blocks(revision)] == ["symptoms/p-2"]


def test_being_superuser_is_no_qualification(in_review, db):
    superuser = a_user(email="root@example.org", is_superuser=True)
    with pytest.raises(SignOffRefused, match="medical reviewer role"):
        sign_one(in_review, token=token_for(superuser, in_review), by=superuser)


def test_a_reviewer_signs_only_within_their_scope(in_review, medical_lead):
    from articles.models import Topic

    other = Topic.objects.create(slug="lung-cancer", name="Lung cancer", summary="About lung cancer.")
    specialist = a_reviewer("specialist@example.org", verified_by=medical_lead, scope=other)
    with pytest.raises(SignOffRefused, match="scope does not cover"):
        sign_one(in_review, token=token_for(specialist, in_review), by=specialist)


def test_an_expired_credential_signs_nothing(in_review, medical_lead):
    yesterday = datetime.date.today() - datetime.timedelta(days=2)
    lapsed = a_reviewer("lapsed@example.org", verified_by=medical_lead, valid_until=yesterday)
    with pytest.raises(SignOffRefused, match="not expired"):
        sign_one(in_review, token=token_for(lapsed, in_review), by=lapsed)


def test_a_token_is_good_for_one_person(in_review, reviewer, second_reviewer):
    with pytest.raises(NotWhatWasShown, match="somebody else"):
        sign_one(in_review, token=token_for(reviewer, in_review), by=second_reviewer)


def test_a_made_up_token_signs_nothing(in_review, reviewer):
    with pytest.raises(NotWhatWasShown, match="Only a block you were shown"):
        sign_one(in_review, token="made up", by=reviewer)


def test_nobody_signs_a_block_twice(in_review, reviewer):
    sign_one(in_review, token=token_for(reviewer, in_review), by=reviewer)
    with pytest.raises(SignOffRefused, match="already signed"):
        sign_one(in_review, token=token_for(reviewer, in_review), by=reviewer)


def test_a_high_risk_page_needs_two_people(in_review, reviewer, second_reviewer):
    in_review.article.risk_class = "high"
    in_review.article.save()
    sign_all(in_review, reviewer)
    assert in_review.status == RevisionStatus.IN_REVIEW
    sign_all(in_review, second_reviewer)
    assert in_review.status == RevisionStatus.APPROVED


def test_changing_one_word_leaves_one_block_to_sign(next_revision):
    revision = next_revision(PAGE.replace("Most people cough.", "Many people cough."))
    assert [block.key for block in unsigned_blocks(revision)] == ["symptoms/p-2"]


def test_a_new_paragraph_and_citation_leave_all_others_signed(next_revision):
    revision = next_revision(PAGE.replace("You may feel", "First, a study [@trial2020].\n\nYou may feel"))
    assert len(unsigned_blocks(revision)) == 1


def test_putting_the_word_back_needs_no_new_signature(next_revision, writer, reviewer):
    revision = next_revision(PAGE.replace("Most", "Many"))
    signing.request_changes(revision, reason="It was right before.", by=reviewer)
    again = drafting.start_draft(revision.article, by=writer)
    drafting.save_draft(again, text=PAGE, version=again.version, by=writer)
    before = SignOff.objects.count()
    drafting.submit(again, change_note="As it was.", by=writer)
    assert again.status == RevisionStatus.APPROVED
    assert SignOff.objects.count() == before


def test_changing_an_offer_asks_for_its_block_again(published, offer, writer):
    offer.heading = "Ask about your case"
    offer.save()
    revision = drafting.start_draft(published.article, by=writer)
    drafting.submit(revision, change_note="The offer reads differently.", by=writer)
    assert [block.key for block in unsigned_blocks(revision)] == [
        block.key for block in revision.blocks.filter(kind="offer")
    ]


def test_a_signature_taken_back_sends_the_page_back_to_review(approved, reviewer):
    sign_off = approved.sign_offs.first()
    signing.withdraw(sign_off, reason="I misread it.", by=reviewer)
    approved.refresh_from_db()
    assert approved.status == RevisionStatus.IN_REVIEW


def test_only_the_lead_withdraws_another_persons_signature(approved, second_reviewer, medical_lead):
    sign_off = approved.sign_offs.first()
    with pytest.raises(Exception, match="your own signatures only"):
        signing.withdraw(sign_off, reason="I disagree.", by=second_reviewer)
    signing.withdraw(sign_off, reason="The licence was not valid.", by=medical_lead)
    assert sign_off.withdrawal.by == medical_lead


def test_the_signature_keeps_the_credential_as_it_then_was(approved, reviewer):
    credential = reviewer.person.credentials.get()
    credential.title = "Something else"
    credential.verified_by = credential.verified_at = None
    credential.save()
    assert approved.sign_offs.first().credential_then == "Licensed physician, A state board"


def test_each_step_is_in_the_ledger(published):
    actions = list(AuditEntry.objects.order_by("sequence").values_list("action", flat=True))
    assert [a for a in actions if a.startswith(("revision", "page"))] == [
        "revision.started",
        "revision.saved",
        "revision.in_review",
        "revision.approved",
        "revision.published",
        "page.published",
    ]
    assert actions.count("block.signed") == SignOff.objects.count()


def test_a_signature_that_did_not_count_does_not_begin_to_once_the_page_is_live(
    published, writer, reviewer, second_reviewer, publisher
):
    text = published.revision.text + "\nNew words.\n"
    revision = drafting.start_draft(published.article, by=writer)
    drafting.save_draft(revision, text=text, version=revision.version, by=writer)
    drafting.submit(revision, change_note="A paragraph.", by=writer)
    sign_all(revision, reviewer)
    # The reviewer then helps to write: their signature on the new words no longer counts.
    roles.appoint(reviewer, "writer", by=None)
    draft = drafting.recall(revision, reason="One more thought.", by=reviewer)
    drafting.save_draft(draft, text=text + "\nOne more.\n", version=draft.version, by=reviewer)
    drafting.submit(draft, change_note="Two paragraphs.", by=reviewer)
    given = sign_all(draft, second_reviewer)
    publish(draft, by=publisher)
    for sign_off in given:
        signing.withdraw(sign_off, reason="I was wrong.", by=second_reviewer)
    assert {block.digest for block in unsigned_blocks(draft)} == {sign_off.digest for sign_off in given}


def lapse(reviewer, medical_lead, how):
    if how == "revoked":
        Credential.objects.get(person__user=reviewer).revoke(because="The board withdrew it.", by=medical_lead)
    else:
        yesterday = timezone.now().date() - datetime.timedelta(days=1)
        with without_triggers("articles_credential"):
            Credential.objects.filter(person__user=reviewer).update(valid_until=yesterday)


@pytest.mark.parametrize("how", ["revoked", "expired"])
def test_what_rests_on_a_credential_that_lapsed_before_publishing_goes_back_to_review_and_a_colleague_signs_it(
    approved, reviewer, second_reviewer, medical_lead, publisher, how
):
    assert coverage.follow_credentials() == 0
    lapse(reviewer, medical_lead, how)
    assert [coverage.follow_credentials() for _ in range(2)] == [1, 0]
    approved.refresh_from_db()
    assert (approved.status, approved.review_request.outcome) == (RevisionStatus.IN_REVIEW, "")
    (shut,) = [gate for gate in gates(approved) if gate.code == "credentials"]
    assert "expired or was revoked after the signature" in shut.evidence
    sign_all(approved, second_reviewer)
    publish(approved, by=publisher)


@pytest.mark.parametrize("how", ["revoked", "expired"])
def test_what_readers_have_stays_signed_when_a_credential_lapses(
    published, next_revision, reviewer, second_reviewer, medical_lead, how
):
    lapse(reviewer, medical_lead, how)
    assert unsigned_blocks(published.revision) == []
    revision = next_revision(PAGE + "\nMore.\n")
    assert len(unsigned_blocks(revision)) == 1


def test_a_block_signed_again_rests_on_the_credential_of_whoever_signed_it_last(
    published, next_revision, reviewer, second_reviewer, medical_lead
):
    first = published.revision.sign_offs.earliest("pk")
    signing.withdraw(first, reason="I misread it.", by=reviewer)
    revision = next_revision(PAGE)
    sign_all(revision, second_reviewer)
    lapse(second_reviewer, medical_lead, "revoked")
    assert [block.digest for block in unsigned_blocks(revision)] == [first.digest]


def test_a_page_taken_down_is_put_back_though_a_credential_lapsed_meanwhile(
    published, reviewer, medical_lead, publisher
):
    down = takedown.take_down(published.article, reason="By mistake.", by=medical_lead)
    lapse(reviewer, medical_lead, "expired")
    assert takedown.lift(down, by=publisher).revision == published.revision
