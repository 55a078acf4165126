"""What PostgreSQL promises about rounds of review: each test goes past the ORM's own rules and is refused."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from articles.models import (
    Absence,
    Article,
    Comment,
    Credential,
    Look,
    ReviewClaim,
    ReviewRequest,
    Revision,
    SignOff,
    SignOffWithdrawal,
    SuggestedBlock,
    Suggestion,
)
from articles.review import commenting, drafting, suggesting
from articles.review.coverage import approve_or_reopen
from mesoinfo.models import OutboxMessage, User
from tests.articles.test_promises import raw, refused
from tests.conftest import sign_all

pytestmark = pytest.mark.usefixtures("draft_once")

DIGEST = "0" * 64


def a_comment(revision: Revision, author: User, **changes) -> Comment:
    block = revision.blocks.get(key="title")
    given = {
        "article": revision.article,
        "revision": revision,
        "author": author,
        "text": "Who says so?",
        "block_key": block.key,
        "digest": block.digest,
        "quote": "Stage 4",
    }
    return Comment(**{**given, **changes})


def put(*rows) -> None:
    type(rows[0]).objects.bulk_create(rows)


@pytest.fixture
def thread(in_review: Revision, reviewer: User) -> Comment:
    return commenting.comment(in_review, block=in_review.blocks.get(key="title"), text="Why?", by=reviewer)


@pytest.fixture
def suggestion(in_review: Revision, reviewer: User) -> Suggestion:
    block = in_review.blocks.get(key="title")
    return suggesting.suggest(in_review, block=block, wording="# Other", reason="", by=reviewer)


# Comments


def test_a_comment_says_something(in_review, writer):
    with refused("a_comment_says_something"):
        put(a_comment(in_review, writer, text=""))


@pytest.mark.parametrize("missing", ["quote", "digest", "block_key"])
def test_a_comment_keeps_its_words(in_review, writer, missing):
    rule = "a_comment_keeps_its_words_or_answers_another|a comment is on a block of a revision that has left draft"
    with refused(rule):
        put(a_comment(in_review, writer, **{missing: ""}))


@pytest.mark.parametrize("more", [{"quote": "Words"}, {"prefix": "Be"}, {"blocking": True}, {"digest": DIGEST}])
def test_an_answer_has_no_words_of_its_own_and_stops_nothing(in_review, thread, writer, more):
    bare = {"parent": thread, "quote": "", "digest": "", "block_key": ""}
    with refused("a_comment_keeps_its_words_or_answers_another"):
        put(a_comment(in_review, writer, **{**bare, **more}))
    put(a_comment(in_review, writer, **bare))


def test_a_resolved_thread_says_who_and_when(thread, writer):
    with refused("a_resolved_thread_says_who_and_when"):
        Comment.objects.filter(pk=thread.pk).update(resolved_at=timezone.now())
    with refused("a_resolved_thread_says_who_and_when"):
        Comment.objects.filter(pk=thread.pk).update(resolved_by=writer)


def test_an_answer_is_not_resolved(in_review, thread, writer):
    answer = commenting.answer(thread, revision=in_review, text="So.", by=writer)
    with refused("a_resolved_thread_says_who_and_when"):
        Comment.objects.filter(pk=answer.pk).update(resolved_by=writer, resolved_at=timezone.now())


def test_a_comment_stays_as_it_was_written(thread, writer):
    rule = "comments are kept as they were written"
    for change in ({"text": "Never mind."}, {"quote": "Other"}, {"author": writer}, {"blocking": True}):
        with refused(rule):
            Comment.objects.filter(pk=thread.pk).update(**change)
    with refused(rule):
        raw("DELETE FROM articles_comment WHERE id = %s", thread.pk)
    commenting.resolve(thread, by=writer)
    with refused(rule):
        Comment.objects.filter(pk=thread.pk).update(resolved_by=None, resolved_at=None)


def test_a_comment_is_on_its_own_page_and_on_a_block_that_stays(in_review, writer, topic):
    other = Article.objects.create(address="mesothelioma/other", topic=topic)
    with refused("a comment is on a revision of its own page"):
        put(a_comment(in_review, writer, article=other))
    rule = "a comment is on a block of a revision that has left draft"
    with refused(rule):
        put(a_comment(in_review, writer, digest=DIGEST))
    draft = drafting.start_draft(other, by=writer)
    with refused(rule):
        put(a_comment(draft, writer))


def test_an_answer_belongs_to_an_open_thread_of_its_page(in_review, thread, writer, topic):
    rule = "an answer belongs to an open thread of the same page"
    bare = {"quote": "", "digest": "", "block_key": ""}
    answer = commenting.answer(thread, revision=in_review, text="So.", by=writer)
    with refused(rule):
        put(a_comment(in_review, writer, parent=answer, **bare))
    other = Article.objects.create(address="mesothelioma/other", topic=topic)
    draft = drafting.start_draft(other, by=writer)
    with refused(rule):
        put(a_comment(draft, writer, parent=thread, **bare))
    commenting.resolve(thread, by=writer)
    with refused(rule):
        put(a_comment(in_review, writer, parent=thread, **bare))


def test_an_open_blocking_comment_stops_approval_past_the_code(in_review, reviewer):
    put(a_comment(in_review, reviewer, blocking=True))
    sign_all(in_review, reviewer)
    with refused("a revision is approved once its blocking comments are resolved"):
        raw("UPDATE articles_revision SET status = 'approved' WHERE id = %s", in_review.pk)
    raw(
        "UPDATE articles_comment SET resolved_by_id = %s, resolved_at = now() WHERE article_id = %s",
        reviewer.pk,
        in_review.article_id,
    )
    approve_or_reopen(in_review, by=reviewer)
    assert in_review.status == "approved"


# Suggestions


def a_suggestion(revision: Revision, by: User, **changes) -> Suggestion:
    block = revision.blocks.get(key="title")
    given = {
        "article": revision.article,
        "revision": revision,
        "block_key": block.key,
        "digest": block.digest,
        "wording": "# Other",
        "suggested_by": by,
    }
    return Suggestion(**{**given, **changes})


def test_a_suggestion_has_a_wording(in_review, reviewer):
    with refused("a_suggestion_has_a_wording"):
        put(a_suggestion(in_review, reviewer, wording=""))


@pytest.mark.parametrize("change", [{"accepted": True}, {"accepted": False}, {"decided_at": timezone.now()}])
def test_a_decided_suggestion_says_by_whom_and_when(suggestion, change):
    with refused("a_decided_suggestion_says_by_whom_and_when"):
        Suggestion.objects.filter(pk=suggestion.pk).update(**change)


def test_somebody_else_accepts_a_suggestion(suggestion, reviewer, writer):
    decided = {"accepted": True, "decided_at": timezone.now()}
    with refused("somebody_else_accepts_a_suggestion"):
        Suggestion.objects.filter(pk=suggestion.pk).update(decided_by=reviewer, **decided)
    Suggestion.objects.filter(pk=suggestion.pk).update(decided_by=writer, **decided)


def test_a_suggestion_stays_as_it_was_made_and_is_decided_once(suggestion, writer):
    rule = "suggestions are kept as they were made"
    for change in ({"wording": "# Mine"}, {"suggested_by": writer}, {"digest": DIGEST}):
        with refused(rule):
            Suggestion.objects.filter(pk=suggestion.pk).update(**change)
    with refused(rule):
        raw("DELETE FROM articles_suggestion WHERE id = %s", suggestion.pk)
    suggesting.decline(suggestion, by=writer)
    with refused(rule):
        Suggestion.objects.filter(pk=suggestion.pk).update(accepted=True)


def test_a_suggestion_is_for_a_block_that_stays(in_review, reviewer, writer, topic):
    rule = "a suggestion is for a block of a revision of its page that has left draft"
    other = Article.objects.create(address="mesothelioma/other", topic=topic)
    for wrong in ({"article": other}, {"digest": DIGEST}, {"block_key": "lede"}):
        with refused(rule):
            put(a_suggestion(in_review, reviewer, **wrong))
    with refused(rule):
        put(a_suggestion(drafting.start_draft(other, by=writer), reviewer))


def test_who_suggested_which_words_is_only_added_to_once(suggestion):
    words = SuggestedBlock.objects.create(suggestion=suggestion, digest=DIGEST)
    with refused("one_suggested_block_per_digest"):
        put(SuggestedBlock(suggestion=suggestion, digest=DIGEST))
    with refused("who suggested which words is only ever added to"):
        SuggestedBlock.objects.filter(pk=words.pk).update(digest="1" * 64)
    with refused("who suggested which words is only ever added to"):
        raw("DELETE FROM articles_suggestedblock WHERE id = %s", words.pk)


# Signatures


def a_signature(revision: Revision, reviewer: User) -> SignOff:
    return SignOff(
        article=revision.article,
        revision=revision,
        digest=revision.blocks.get(key="title").digest,
        html_hash=DIGEST,
        reviewer=reviewer,
        credential=Credential.objects.get(person__user=reviewer),
        credential_then="A credential",
    )


def test_nobody_signs_words_that_they_suggested(in_review, suggestion, reviewer, second_reviewer):
    SuggestedBlock.objects.create(suggestion=suggestion, digest=in_review.blocks.get(key="title").digest)
    with refused("nobody signs words that they suggested"):
        put(a_signature(in_review, reviewer))
    put(a_signature(in_review, second_reviewer))


def test_a_withdrawal_says_how_grave_it_is(approved, reviewer):
    sign_off = approved.sign_offs.latest("pk")
    with refused("a_withdrawal_says_how_grave_it_is"):
        put(SignOffWithdrawal(sign_off=sign_off, by=reviewer, reason="A doubt.", severity="mild"))


def test_a_revocation_says_who_when_and_why_and_stays(reviewer, medical_lead):
    credential = Credential.objects.filter(person__user=reviewer)
    whole = {"revoked_at": timezone.now(), "revoked_by": medical_lead, "revoked_because": "The board withdrew it."}
    for missing, empty in (("revoked_at", None), ("revoked_by", None), ("revoked_because", "")):
        with refused("a_revocation_says_who_when_and_why"):
            credential.update(**{**whole, missing: empty})
    credential.update(**whole)
    with refused("a credential that was revoked stays so; enter the new one"):
        credential.update(revoked_at=None, revoked_by=None, revoked_because="")


# Requests, claims, absences, looks


def test_a_request_has_a_known_priority(in_review):
    with refused("a_request_has_a_known_priority"):
        ReviewRequest.objects.filter(revision=in_review).update(priority="soon")


def test_a_revision_says_how_significant_it_is(draft):
    with refused("a_revision_says_how_significant_it_is"):
        raw("UPDATE articles_revision SET significance = 'huge' WHERE id = %s", draft.pk)


def a_claim(revision: Revision, reviewer: User, **changes) -> ReviewClaim:
    now = timezone.now()
    given = {"claimed_at": now, "lease_until": now + datetime.timedelta(hours=72)}
    return ReviewClaim(request=revision.review_request, reviewer=reviewer, **{**given, **changes})


def test_one_open_claim_per_reviewer(in_review, reviewer, second_reviewer):
    put(a_claim(in_review, reviewer), a_claim(in_review, second_reviewer))
    with refused("one_open_claim_per_reviewer"):
        put(a_claim(in_review, reviewer))


@pytest.mark.parametrize(
    ("ending", "rule"),
    [
        ({"ending": "released"}, "an_ended_claim_says_how_and_when"),
        ({"ended_at": timezone.now()}, "an_ended_claim_says_how_and_when"),
        ({"ended_at": timezone.now(), "ending": "lost"}, "an_ended_claim_says_how_and_when"),
        ({"ended_at": timezone.now(), "ending": "declined"}, "who_declines_says_why"),
        ({"ended_at": timezone.now(), "ending": "handed_over"}, "a_review_is_handed_over_to_somebody"),
    ],
)
def test_a_claim_ends_in_a_known_way(in_review, reviewer, ending, rule):
    with refused(rule):
        put(a_claim(in_review, reviewer, **ending))


def test_only_what_is_handed_over_goes_to_somebody(in_review, reviewer, second_reviewer):
    with refused("a_review_is_handed_over_to_somebody"):
        put(a_claim(in_review, reviewer, handed_to=second_reviewer))


def test_a_lease_ends_after_it_began(in_review, reviewer):
    now = timezone.now()
    with refused("a_lease_ends_after_it_began"):
        put(a_claim(in_review, reviewer, claimed_at=now, lease_until=now))


def test_an_absence_ends_after_it_began_and_somebody_else_stands_in(reviewer, second_reviewer):
    first, before = datetime.date(2026, 3, 2), datetime.date(2026, 3, 1)
    with refused("an_absence_ends_after_it_began"):
        put(Absence(user=reviewer, first_day=first, last_day=before, stand_in=second_reviewer))
    with refused("somebody_else_stands_in"):
        put(Absence(user=reviewer, first_day=first, last_day=first, stand_in=reviewer))


def test_one_look_per_person_and_revision(in_review, reviewer):
    Look.objects.create(user=reviewer, revision=in_review)
    with refused("one_look_per_person_and_revision"):
        put(Look(user=reviewer, revision=in_review))


def test_a_message_is_for_a_role_or_for_one_person(writer):
    rule = "a_message_is_for_a_role_or_for_one_person"
    for address in ({}, {"role": "writer", "recipient": writer}):
        with refused(rule):
            put(OutboxMessage(kind="mentioned", dedupe_key="one", **address))
