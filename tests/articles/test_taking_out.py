"""A revision that only takes out or moves blocks: somebody who did not write it has read that, and signed it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from articles.management.commands.review_status import status_of
from articles.models import (
    Article,
    Byline,
    Credential,
    EmergencyNotice,
    Offer,
    Person,
    PublishedPage,
    Reaffirmation,
    Revision,
    RevisionStatus,
    SignOff,
    SignOffWithdrawal,
)
from articles.publishing import emergency, safety, takedown
from articles.publishing.gates import gates
from articles.publishing.publish import PublishingRefused, publish
from articles.review import drafting, reaffirming, signing
from articles.review.coverage import TAKEN_OUT, reviewed_on, unsigned_blocks
from articles.review.screen import note_look, screen_for
from articles.review.signing import NotWhatWasShown, SignOffRefused
from articles.review.taking_out import TakenOut, taken_out_by
from mesoinfo import roles
from mesoinfo.models import OutboxMessage, User
from tests.conftest import (
    AGREED,
    PAGE,
    STAGE_4,
    a_reviewer,
    a_user,
    publish_one,
    sign_all,
    sign_one,
    the_offer,
    the_source,
    without_triggers,
)
from tests.refusing import refused
from tests.size import sized

BOX = ":::warning\nCall 911 if you cannot breathe.\n:::\n"
WITH_BOX = f"{PAGE}\n{BOX}"
COUGH = "Most people cough."
OLD = "It can come back."
MOVED = PAGE.replace("You may feel short of breath.\n\nMost people cough.", f"{COUGH}\n\nYou may feel short of breath.")

Submit = Callable[[str], Revision]
pytestmark = pytest.mark.usefixtures("page_once")


@pytest.fixture(scope="module")
def page_once(module_db: None) -> None:
    the_offer()
    the_source()
    publish_one(STAGE_4, WITH_BOX)


@pytest.fixture
def page(db: None) -> PublishedPage:
    return PublishedPage.objects.select_related("article", "revision").get()


@pytest.fixture
def submitted(page: PublishedPage, writer: User) -> Submit:
    """Makes a revision of the page with this text, and submits it."""

    def submit(text: str) -> Revision:
        article = Article.objects.get(pk=page.article_id)
        revision = drafting.start_draft(article, by=writer)
        drafting.save_draft(revision, text=text, version=revision.version, by=writer)
        drafting.submit(revision, change_note="A change.", by=writer)
        return revision

    return submit


@pytest.fixture
def without_box(submitted: Submit) -> Revision:
    return submitted(PAGE)


def to_sign(revision: Revision) -> list[str]:
    return [block.key for block in unsigned_blocks(revision)]


def what_is_out(revision: Revision) -> TakenOut:
    [taken_out] = taken_out_by(revision)
    return taken_out


def sign(revision: Revision, by: User) -> SignOff:
    tokens = [signing.issue_token(by, revision, taken_out) for taken_out in taken_out_by(revision)]
    return signing.sign_blocks(revision, tokens=tokens, by=by)[0]


def past_the_orm(revision: Revision, reviewer: User, **changes: Any) -> None:
    """Insert a signature on what the revision takes out."""
    credential = Credential.objects.filter(person__user=reviewer).first() or Credential.objects.earliest("pk")
    values = {
        "article_id": revision.article_id,
        "revision_id": revision.pk,
        "digest": changes.get("digest") or what_is_out(revision).digest,
        "html_hash": "0" * 64,
        "reviewer": reviewer,
        "credential": credential,
        "credential_then": "x",
        **changes,
    }
    SignOff.objects.bulk_create([SignOff(**values)])


# Taking a box out


def test_a_box_taken_out_asks_one_signature_and_is_approved_with_it(
    without_box: Revision, reviewer: User, publisher: User
) -> None:
    assert without_box.status == RevisionStatus.IN_REVIEW
    assert to_sign(without_box) == [TAKEN_OUT]
    sign(without_box, reviewer)
    assert without_box.status == RevisionStatus.APPROVED
    assert publish(without_box, by=publisher).revision == without_box


def test_past_the_desk_it_is_not_approved_unread(without_box: Revision) -> None:
    with refused("approved once every block is signed"):
        Revision.objects.filter(pk=without_box.pk).update(status="approved")


def test_past_the_desk_it_is_not_published_unread(without_box: Revision, reviewer: User, publisher: User) -> None:
    with pytest.raises(PublishingRefused, match="1 without a signature: what was taken out or moved"):
        publish(without_box, by=publisher)
    signed = sign(without_box, reviewer)
    # Withdrawn behind the desk, so that nobody settled it: it is approved still.
    SignOffWithdrawal.objects.bulk_create([SignOffWithdrawal(sign_off=signed, by=reviewer, reason="Wrong.")])
    assert Revision.objects.get(pk=without_box.pk).status == RevisionStatus.APPROVED
    with refused("every block needs a sign-off by somebody who did not write it; missing: taken-out"):
        PublishedPage.objects.bulk_create(
            [PublishedPage(article=without_box.article, revision=without_box, title="X", published_by=publisher)]
        )


def test_nobody_signs_what_they_took_out(without_box: Revision, writer: User) -> None:
    roles.appoint(writer, "medical reviewer", by=None)
    Person.objects.create(slug="w", name="W", job_title="W", employer="W", bio="W", user=writer)
    with pytest.raises(SignOffRefused, match="helped write"):
        sign(without_box, writer)
    with refused("nobody signs a page they helped write"):
        past_the_orm(without_box, writer)


def test_nobody_signs_what_is_taken_out_of_a_page_that_names_them(without_box: Revision, reviewer: User) -> None:
    Byline.objects.create(article=without_box.article, person=reviewer.person, role="quoted", agreed_on=AGREED)
    with refused("nobody signs a page they helped write or are named on"):
        past_the_orm(without_box, reviewer)


def test_naming_somebody_who_signed_it_takes_the_effect_away(
    without_box: Revision, reviewer: User, medical_lead: User
) -> None:
    sign(without_box, a_reviewer("colleague@example.org", verified_by=medical_lead))
    named = Person.objects.get(user__email="colleague@example.org")
    Byline.objects.create(article=without_box.article, person=named, role="quoted", agreed_on=AGREED)
    assert to_sign(without_box) == [TAKEN_OUT]


def test_nobody_signs_it_twice(without_box: Revision, reviewer: User) -> None:
    past_the_orm(without_box, reviewer)
    with refused("this reviewer has already signed this block"):
        past_the_orm(without_box, reviewer)


def test_an_expired_credential_does_not_sign_it(without_box: Revision, medical_lead: User) -> None:
    yesterday = timezone.now().date() - datetime.timedelta(days=1)
    lapsed = a_reviewer("lapsed@example.org", verified_by=medical_lead, valid_until=yesterday)
    with refused("verified and not expired"):
        past_the_orm(without_box, lapsed)


def test_where_nothing_is_taken_out_there_is_nothing_to_sign(
    page: PublishedPage, submitted: Submit, reviewer: User
) -> None:
    reworded = submitted(WITH_BOX.replace("Most", "Many"))
    assert taken_out_by(reworded) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT articles_taken_out_digest(%s, %s)", [reworded.pk, page.revision_id])
        (digest,) = cursor.fetchone()
    with refused("only a block of a revision under review can be signed, or what it takes out"):
        past_the_orm(reworded, reviewer, digest=digest)


def test_an_arrangement_that_is_not_there_is_not_signed(
    without_box: Revision, submitted: Submit, reviewer: User, writer: User
) -> None:
    digest = what_is_out(without_box).digest
    drafting.abandon(without_box, reason="Not so.", by=writer)
    other = submitted(PAGE.replace(f"{COUGH}\n\n", ""))
    assert to_sign(other) == [TAKEN_OUT]
    for elsewhere in (digest, "0" * 64):
        with refused("only a block of a revision under review can be signed"):
            past_the_orm(other, reviewer, digest=elsewhere)


def test_on_a_page_of_high_risk_two_people_sign_it_one_of_them_a_specialist(
    page: PublishedPage, submitted: Submit, reviewer: User, second_reviewer: User, medical_lead: User
) -> None:
    Article.objects.filter(pk=page.article_id).update(risk_class="high")
    once_more = submitted(WITH_BOX)
    sign_all(once_more, second_reviewer)
    publish(once_more, by=a_user("publisher", email="another.publisher@example.org"))
    revision = submitted(PAGE)
    assert to_sign(revision) == [TAKEN_OUT]
    sign(revision, reviewer)
    assert to_sign(revision) == [TAKEN_OUT]
    (shut,) = [gate for gate in gates(revision) if gate.code == "quorum"]
    assert "not yet signed by two people, one of them a specialist: what was taken out or moved" in shut.evidence
    sign(revision, a_reviewer("third@example.org", verified_by=medical_lead))
    assert to_sign(revision) == [TAKEN_OUT]  # no specialist yet
    sign(revision, second_reviewer)
    assert revision.status == RevisionStatus.APPROVED


# What else asks for it, and what does not


def test_a_reordered_page_asks_for_a_signature(submitted: Submit, reviewer: User) -> None:
    revision = submitted(f"{MOVED}\n{BOX}")
    assert to_sign(revision) == [TAKEN_OUT]
    sign(revision, reviewer)
    assert revision.status == RevisionStatus.APPROVED


def test_beside_a_changed_block_each_is_signed(submitted: Submit, reviewer: User) -> None:
    revision = submitted(PAGE.replace("Most", "Many"))
    assert to_sign(revision) == ["symptoms/p-2", TAKEN_OUT]
    sign(revision, reviewer)
    assert to_sign(revision) == ["symptoms/p-2"]
    sign_all(revision, reviewer)
    assert revision.status == RevisionStatus.APPROVED


def test_who_signed_a_word_beside_it_does_not_answer_for_it(
    page: PublishedPage,
    without_box: Revision,
    submitted: Submit,
    reviewer: User,
    second_reviewer: User,
    publisher: User,
) -> None:
    signed = sign(without_box, reviewer)
    publish(without_box, by=publisher)
    reworded = submitted(PAGE.replace("Most", "Many"))
    assert to_sign(reworded) == ["symptoms/p-2"]
    sign_all(reworded, second_reviewer)
    publish(reworded, by=publisher)
    safety.withdraw_for_safety(signed, reason="They need the box.", by=reviewer)
    live = Article.objects.get(pk=page.article_id).live
    assert live is not None
    assert "Call 911" in live.body_html
    assert to_sign(submitted(PAGE.replace("Most", "Many"))) == [TAKEN_OUT]


def test_a_block_that_lost_its_signature_does_not_hide_what_was_taken_out(
    page: PublishedPage, submitted: Submit, reviewer: User, publisher: User
) -> None:
    both = submitted(PAGE.replace("Most", "Many"))
    sign_all(both, reviewer)
    publish(both, by=publisher)
    for signed in both.sign_offs.all():
        signing.withdraw(signed, reason="I misread it.", by=reviewer)
    assert to_sign(submitted(PAGE)) == [TAKEN_OUT]


@pytest.mark.parametrize(
    ("live", "text"),
    [(WITH_BOX, f"{MOVED}\n{BOX}"), (f"{WITH_BOX}\n{BOX}", WITH_BOX)],
    ids=["moved", "one of two equal ones"],
)
def test_who_moved_it_in_a_draft_that_a_colleague_submits_does_not_sign_it(
    submitted: Submit, reviewer: User, writer: User, publisher: User, live: str, text: str
) -> None:
    if live != WITH_BOX:
        publish(submitted(live), by=publisher)
    roles.appoint(reviewer, "writer", by=None)
    draft = drafting.start_draft(Article.objects.get(), by=writer)
    drafting.save_draft(draft, text=text, version=draft.version, by=reviewer)
    draft.refresh_from_db()
    drafting.save_draft(draft, text=text, version=draft.version, by=writer)
    drafting.submit(draft, change_note="In a better order.", by=writer)
    assert to_sign(draft) == [TAKEN_OUT]
    with refused("nobody signs a page they helped write or are named on"):
        past_the_orm(draft, reviewer)


@pytest.mark.whole
def test_who_took_it_out_does_not_sign_that_in_a_later_revision_either(
    page: PublishedPage, submitted: Submit, reviewer: User, second_reviewer: User, publisher: User
) -> None:
    roles.appoint(second_reviewer, "writer", by=None)
    theirs = drafting.start_draft(page.article, by=second_reviewer)
    drafting.save_draft(theirs, text=PAGE, version=theirs.version, by=second_reviewer)
    drafting.submit(theirs, change_note="Less.", by=second_reviewer)
    signed = sign(theirs, reviewer)
    publish(theirs, by=publisher)
    signing.withdraw(signed, reason="They need the box.", by=reviewer)
    again = submitted(PAGE)
    assert to_sign(again) == [TAKEN_OUT]
    assert screen_for(second_reviewer, again).to_sign == []
    with refused("nobody signs what they helped take out or move"):
        past_the_orm(again, second_reviewer)
    sign(again, reviewer)
    assert again.status == RevisionStatus.APPROVED


def test_of_a_page_taken_from_readers_it_is_shown_as_well(
    page: PublishedPage, submitted: Submit, reviewer: User, medical_lead: User
) -> None:
    takedown.take_down(page.article, reason="Wrong.", by=medical_lead)
    screen = screen_for(reviewer, submitted(PAGE.replace("Most", "Many")))
    assert screen.taken_out is not None
    [(_, changes)] = screen.taken_out.parts
    assert [change.name for change in changes] == ["Box “important”, taken out"]
    assert len(screen.to_sign) == 2


def test_it_is_shown_whatever_else_the_screen_compares_with(
    without_box: Revision, submitted: Submit, reviewer: User
) -> None:
    note_look(reviewer, without_box)
    signing.request_changes(without_box, reason="They need the box.", by=reviewer)
    screen = screen_for(reviewer, submitted(PAGE.replace("Most", "Many")), since_my_look=True)
    assert screen.taken_out is not None
    assert screen.taken_out in screen.to_sign


@pytest.mark.whole
@pytest.mark.proof
def test_a_page_with_many_unanswered_revisions_is_read_as_quickly(
    submitted: Submit, reviewer: User, second_reviewer: User, publisher: User, author: Person
) -> None:
    """To ask two questions of each, and for each two of the one before, would never end."""
    lines = [f"Word number {number} of this page." for number in range(20)]
    whole = WITH_BOX.replace(COUGH, "\n\n".join([COUGH, *lines]))
    first = submitted(whole)
    sign_all(first, reviewer)
    publish(first, by=publisher)
    for count in sized(range(1, 20), range(1, 5)):
        revision = submitted(whole.replace("\n\n".join(lines[:count]) + "\n\n", ""))
        sign(revision, second_reviewer)
        publish(revision, by=publisher)
    person = Person.objects.get(user=second_reviewer)
    Byline.objects.create(article=revision.article, person=person, role="editor")
    assert set(to_sign(revision)) == {TAKEN_OUT}
    assert taken_out_by(revision)[-1].since == first


def test_a_signature_on_an_earlier_revision_says_nothing_of_what_this_one_takes_out(
    submitted: Submit, reviewer: User
) -> None:
    earlier = submitted(WITH_BOX.replace("Most", "Many"))
    sign_all(earlier, reviewer)
    signing.request_changes(earlier, reason="One more thing.", by=reviewer)
    revision = submitted(PAGE.replace("Most", "Many"))
    assert to_sign(revision) == [TAKEN_OUT]


def test_nor_does_one_on_the_same_blocks_of_an_earlier_revision(
    without_box: Revision, submitted: Submit, reviewer: User
) -> None:
    sign(without_box, reviewer)
    signing.request_changes(without_box, reason="One more thing.", by=reviewer)
    again = submitted(PAGE)
    assert to_sign(again) == [TAKEN_OUT]
    sign(again, reviewer)
    assert again.status == RevisionStatus.APPROVED


def test_a_block_put_in_and_markers_renumbered_ask_for_that_block_only(submitted: Submit) -> None:
    revision = submitted(WITH_BOX.replace("You may feel", "First, a study [@trial2020].\n\nYou may feel"))
    assert to_sign(revision) == ["symptoms/p-1"]


def test_an_earlier_wording_put_back_asks_for_nothing(submitted: Submit, reviewer: User, publisher: User) -> None:
    reworded = submitted(WITH_BOX.replace("Most", "Many"))
    sign_all(reworded, reviewer)
    publish(reworded, by=publisher)
    signatures = SignOff.objects.count()
    assert submitted(WITH_BOX).status == RevisionStatus.APPROVED
    assert SignOff.objects.count() == signatures


def test_a_block_put_back_where_it_was_asks_for_nothing(
    without_box: Revision, submitted: Submit, reviewer: User, publisher: User
) -> None:
    sign(without_box, reviewer)
    publish(without_box, by=publisher)
    assert submitted(WITH_BOX).status == RevisionStatus.APPROVED


@pytest.mark.parametrize(
    "with_both",
    [WITH_BOX.replace(COUGH, f"{COUGH}\n\n{OLD}"), f"{PAGE}\n{OLD}\n\n{BOX}"],
    ids=["elsewhere", "of another kind"],
)
@pytest.mark.whole
def test_words_signed_long_ago_do_not_stand_in_for_a_box_elsewhere_or_of_another_kind(
    submitted: Submit, reviewer: User, publisher: User, with_both: str
) -> None:
    for text in (with_both, WITH_BOX):
        revision = submitted(text)
        sign_all(revision, reviewer)
        publish(revision, by=publisher)
    # As many blocks come back as go, and each of them is signed.
    assert to_sign(submitted(with_both.replace(BOX, ""))) == [TAKEN_OUT]


def test_of_two_equal_blocks_one_taken_out_asks_for_a_signature(
    submitted: Submit, reviewer: User, publisher: User
) -> None:
    twice = submitted(f"{WITH_BOX}\n{BOX}")
    publish(twice, by=publisher)  # its words are signed
    assert to_sign(submitted(WITH_BOX)) == [TAKEN_OUT]


def test_a_page_that_nobody_read_before_takes_nothing_out(publish_page: Callable[..., PublishedPage]) -> None:
    first = publish_page("mesothelioma/another", "# Another\n\nIts lede.\n")
    assert taken_out_by(first.revision) == []


# Taking the signature back, and what follows


def test_withdrawn_it_goes_back_to_review(without_box: Revision, reviewer: User) -> None:
    signing.withdraw(sign(without_box, reviewer), reason="I misread it.", by=reviewer)
    without_box.refresh_from_db()
    assert without_box.status == RevisionStatus.IN_REVIEW
    assert to_sign(without_box) == [TAKEN_OUT]
    sign(without_box, reviewer)
    assert without_box.status == RevisionStatus.APPROVED


def test_of_a_live_page_the_same_blocks_submitted_again_do_not_pass_unread(
    without_box: Revision, submitted: Submit, reviewer: User, publisher: User
) -> None:
    signed = sign(without_box, reviewer)
    publish(without_box, by=publisher)
    assert submitted(PAGE).status == RevisionStatus.APPROVED
    signing.withdraw(signed, reason="They need the box.", by=reviewer)
    again = Revision.objects.latest("number")
    assert to_sign(without_box) == to_sign(again) == [TAKEN_OUT]
    assert again.status == RevisionStatus.IN_REVIEW
    assert what_is_out(again).since.number == 1


def test_with_the_box_put_back_there_is_nothing_to_sign_then(
    without_box: Revision, submitted: Submit, reviewer: User, publisher: User
) -> None:
    signed = sign(without_box, reviewer)
    publish(without_box, by=publisher)
    signing.withdraw(signed, reason="They need the box.", by=reviewer)
    assert submitted(WITH_BOX).status == RevisionStatus.APPROVED


def test_withdrawn_for_safety_readers_get_the_box_again(
    page: PublishedPage, without_box: Revision, reviewer: User, publisher: User
) -> None:
    signed = sign(without_box, reviewer)
    publish(without_box, by=publisher)
    safety.withdraw_for_safety(signed, reason="They need the box.", by=reviewer)
    live = Article.objects.get(pk=page.article_id).live
    assert live is not None
    assert "Call 911" in live.body_html


def test_a_page_without_it_is_taken_down_and_put_back(
    without_box: Revision, reviewer: User, publisher: User, medical_lead: User
) -> None:
    signed = sign(without_box, reviewer)
    live = publish(without_box, by=publisher)
    down = takedown.take_down(live.article, reason="Wrong page.", by=medical_lead)
    assert takedown.lift(down, by=publisher).revision == without_box
    down = takedown.take_down(live.article, reason="Wrong page.", by=medical_lead)
    signing.withdraw(signed, reason="They need the box.", by=reviewer)
    with pytest.raises(PublishingRefused, match="what was taken out or moved"):
        takedown.lift(down, by=publisher)


def test_a_hidden_block_is_taken_out_with_a_signature(
    page: PublishedPage, submitted: Submit, reviewer: User, second_reviewer: User, publisher: User, medical_lead: User
) -> None:
    notice = EmergencyNotice.objects.create(text="We are checking this part of the page.", written_by=medical_lead)
    emergency.sign_notice(notice, by=reviewer)
    block = page.revision.blocks.get(key="symptoms/p-2")
    emergency.hide_blocks(page.article, digests=[block.digest], notice=notice, reason="Wrong.", by=medical_lead)
    revision = submitted(WITH_BOX.replace(f"{COUGH}\n\n", ""))
    assert to_sign(revision) == [TAKEN_OUT]
    sign(revision, second_reviewer)
    publish(revision, by=publisher)


def test_the_day_of_review_is_that_of_the_words_that_are_left(
    without_box: Revision, reviewer: User, publisher: User, second_reviewer: User
) -> None:
    sign(without_box, reviewer)
    live = publish(without_box, by=publisher)
    in_a_year = timezone.now() + datetime.timedelta(days=365)
    token = reaffirming.issue_token(second_reviewer, live)
    made = reaffirming.reaffirm(live.article, token=token, by=second_reviewer)
    with without_triggers("articles_reaffirmation"):
        Reaffirmation.objects.filter(pk=made.pk).update(at=in_a_year)
    assert reviewed_on(without_box) == in_a_year.date()


# Tokens, lists and messages


def test_a_token_is_good_for_one_person_and_one_revision(
    without_box: Revision, submitted: Submit, reviewer: User, second_reviewer: User, writer: User
) -> None:
    token = signing.issue_token(reviewer, without_box, what_is_out(without_box))
    with pytest.raises(NotWhatWasShown, match="somebody else"):
        sign_one(without_box, token=token, by=second_reviewer)
    drafting.abandon(without_box, reason="Not so.", by=writer)
    with pytest.raises(NotWhatWasShown, match="changed since you opened it"):
        sign_one(submitted(PAGE), token=token, by=reviewer)


def test_nothing_is_signed_once_the_library_changed_what_is_left(without_box: Revision, reviewer: User) -> None:
    token = signing.issue_token(reviewer, without_box, what_is_out(without_box))
    Offer.objects.update(heading="Another heading")
    with pytest.raises(NotWhatWasShown, match="changed since you opened it"):
        sign_one(without_box, token=token, by=reviewer)
    assert to_sign(without_box) == [TAKEN_OUT]


def test_what_is_listed_is_what_is_gone_or_stands_elsewhere(submitted: Submit) -> None:
    taken_out = what_is_out(submitted(MOVED))
    assert sorted((change.what.value, change.name) for change in taken_out.changes) == [
        ("moved", "paragraph"),
        ("removed", "box “Important”"),
    ]


def test_review_status_lists_it(without_box: Revision, reviewer: User) -> None:
    told = status_of(without_box)
    assert told["needs_review"] == ["taken-out"]
    assert told["signed"] == told["blocks"]
    sign(without_box, reviewer)
    assert status_of(without_box)["needs_review"] == []


def test_whoever_signed_it_is_told_of_changes_requested(
    without_box: Revision, reviewer: User, second_reviewer: User
) -> None:
    sign(without_box, second_reviewer)
    signing.request_changes(without_box, reason="They need the box.", by=reviewer)
    assert OutboxMessage.objects.filter(kind="changes-requested", recipient=second_reviewer).exists()
