"""Comments: on words that stay, answered and resolved, with colleagues told; blocking ones stop approval."""

from __future__ import annotations

import pytest

from articles.markup import compile_page
from articles.markup.library import for_text
from articles.models import Comment, Revision, RevisionStatus
from articles.review import commenting, drafting, signing
from articles.review.anchoring import Found
from articles.review.commenting import CommentRefused, Thread
from articles.review.coverage import approve_or_reopen
from mesoinfo import outbox
from mesoinfo.models import AuditEntry, User
from tests.conftest import PAGE, a_user, sign_all

pytestmark = pytest.mark.usefixtures("draft_once")


def say(revision: Revision, by: User, text: str = "Who says so?", *, block: str = "symptoms/p-2", **more) -> Comment:
    return commenting.comment(revision, block=revision.blocks.get(key=block), text=text, by=by, **more)


def thread_on(revision: Revision) -> Thread:
    compiled = compile_page(revision.text, for_text(revision.text, revision.article))
    (thread,) = commenting.threads_on(revision.article, compiled.blocks)
    return thread


def next_round(revision: Revision, text: str, *, reviewer: User, writer: User) -> Revision:
    signing.request_changes(revision, reason="See the comments.", by=reviewer)
    draft = drafting.start_draft(revision.article, by=writer)
    drafting.save_draft(draft, text=text, version=draft.version, by=writer)
    drafting.submit(draft, change_note="As asked.", by=writer)
    return draft


# Words


def test_a_comment_keeps_its_words_with_what_stands_around_them(in_review, reviewer):
    made = say(in_review, reviewer, words="people")
    assert (made.prefix, made.quote, made.suffix) == ("Most ", "people", " cough.")


def test_without_words_it_is_on_the_whole_block(in_review, reviewer):
    assert say(in_review, reviewer).quote == "Most people cough."


def test_words_match_whatever_their_blanks_and_quotation_marks(draft, writer, reviewer):
    text = PAGE.replace("Most people cough.", "- Don’t wait\n- Ask for “help”")
    drafting.save_draft(draft, text=text, version=draft.version, by=writer)
    drafting.submit(draft, change_note="A list.", by=writer)
    made = say(draft, reviewer, words='Don\'t waitAsk for\n"help"', block="symptoms/list-1")
    assert made.quote == "Don’t wait Ask for “help”"


def test_what_stood_before_the_words_tells_the_first_from_the_second(draft, writer, reviewer):
    text = PAGE.replace("Most people cough.", "A cough is dry. Another cough is wet.")
    drafting.save_draft(draft, text=text, version=draft.version, by=writer)
    drafting.submit(draft, change_note="Two.", by=writer)
    assert say(draft, reviewer, words="cough", prefix="is dry. Another").suffix == " is wet."
    assert say(draft, reviewer, words="cough", prefix="A").suffix.startswith(" is dry")


def test_words_that_do_not_stand_there_are_refused(in_review, reviewer):
    with pytest.raises(CommentRefused, match="do not stand in this block"):
        say(in_review, reviewer, words="Few people")


def test_reference_numbers_are_no_part_of_the_words(in_review, reviewer):
    made = say(in_review, reviewer, words="trial of two drugs.", block="treatment/p-1")
    assert made.quote == "trial of two drugs."


def test_a_comment_stays_on_its_words_when_others_change(in_review, reviewer, writer):
    say(in_review, reviewer, words="people cough")
    later = next_round(
        in_review, PAGE.replace("Most people cough", "You may know that people cough"), reviewer=reviewer, writer=writer
    )
    place = thread_on(later).place
    assert (place.found, place.block and place.block.key) == (Found.ANCHORED, "symptoms/p-2")


def test_a_comment_goes_where_its_words_go(draft, reviewer, writer):
    words = "Ask somebody to write it down."
    text = PAGE.replace("Most people cough.", f"Most people cough, and some are tired for weeks. {words}")
    drafting.save_draft(draft, text=text, version=draft.version, by=writer)
    drafting.submit(draft, change_note="More.", by=writer)
    say(draft, reviewer, words=words)
    text = text.replace(f" {words}", "").replace("drugs [@trial2020].", f"drugs [@trial2020]. {words}")
    place = thread_on(next_round(draft, text, reviewer=reviewer, writer=writer)).place
    assert (place.found, place.block and place.block.key) == (Found.MOVED, "treatment/p-1")


def test_a_comment_whose_words_are_gone_is_orphaned_and_keeps_them(in_review, reviewer, writer):
    made = say(in_review, reviewer, words="people cough")
    thread = thread_on(
        next_round(in_review, PAGE.replace("Most people cough.\n\n", ""), reviewer=reviewer, writer=writer)
    )
    assert (thread.comment, thread.place.found, thread.place.block) == (made, Found.ORPHANED, None)
    assert thread.comment.quote == "people cough"


def test_a_draft_takes_no_comments_since_its_blocks_do_not_stay(draft, writer):
    with pytest.raises(CommentRefused, match="Comment once it is submitted"):
        say(draft, writer)


def test_what_was_said_a_moment_after_the_round_ended_is_kept(in_review, reviewer, second_reviewer):
    signing.request_changes(in_review, reason="Say who.", by=reviewer)
    assert say(in_review, second_reviewer).pk


@pytest.mark.parametrize("role", ["publisher", "safety officer", "advocate"])
def test_only_writers_and_reviewers_take_part(in_review, reviewer, role):
    thread = say(in_review, reviewer)
    outsider = a_user(role)
    for step in (
        lambda: say(in_review, outsider),
        lambda: commenting.answer(thread, revision=in_review, text="So.", by=outsider),
        lambda: commenting.resolve(thread, by=outsider),
    ):
        with pytest.raises(CommentRefused, match="for writers and reviewers"):
            step()


# Threads


def test_a_thread_has_its_answers_in_order_until_it_is_resolved(in_review, reviewer, writer):
    thread = say(in_review, reviewer)
    commenting.answer(thread, revision=in_review, text="The trial does.", by=writer)
    commenting.answer(thread, revision=in_review, text="Then cite it.", by=reviewer)
    assert [reply.text for reply in thread_on(in_review).answers] == ["The trial does.", "Then cite it."]
    commenting.resolve(thread, by=writer)
    assert not commenting.threads_on(in_review.article, [])
    thread.refresh_from_db()
    assert thread.resolved_by == writer
    for step in (
        lambda: commenting.answer(thread, revision=in_review, text="But.", by=reviewer),
        lambda: commenting.resolve(thread, by=reviewer),
    ):
        with pytest.raises(CommentRefused, match="The writer has resolved this thread"):
            step()


def test_an_empty_comment_is_refused(in_review, reviewer):
    with pytest.raises(CommentRefused, match="The comment is empty"):
        say(in_review, reviewer, "  \n")


def test_every_act_is_in_the_ledger_without_words(in_review, reviewer, writer):
    thread = say(in_review, reviewer)
    commenting.answer(thread, revision=in_review, text="The trial does.", by=writer)
    commenting.resolve(thread, by=writer)
    entries = AuditEntry.objects.filter(action__startswith="comment.").order_by("sequence")
    assert [(entry.action, entry.actor) for entry in entries] == [
        ("comment.made", reviewer),
        ("comment.answered", writer),
        ("comment.resolved", writer),
    ]
    assert all(entry.facts == {} for entry in entries)


def test_finding_the_threads_takes_as_many_queries_for_one_as_for_many(
    in_review, reviewer, writer, django_assert_num_queries
):
    blocks = list(in_review.blocks.all())
    say(in_review, reviewer)
    with django_assert_num_queries(3):
        commenting.threads_on(in_review.article, blocks)
    for block in blocks:
        thread = say(in_review, reviewer, block=block.key)
        commenting.answer(thread, revision=in_review, text="So.", by=writer)
    with django_assert_num_queries(3):
        assert len(commenting.threads_on(in_review.article, blocks)) == len(blocks) + 1


# Mentions


def test_a_colleague_who_is_mentioned_is_told_by_mail_without_the_words(in_review, reviewer, writer, mailoutbox):
    made = say(in_review, reviewer, "@writer, and you too @reviewer: secret words.")
    assert set(made.mentions.all()) == {writer, reviewer}
    outbox.deliver_due()
    told = [mail for mail in mailoutbox if mail.subject.startswith("You are mentioned")]
    assert [mail.to for mail in told] == [[writer.email]]
    assert in_review.article.address in told[0].body
    assert "secret" not in told[0].body


def test_a_name_that_nobody_has_is_told_with_those_there_are(in_review, reviewer):
    with pytest.raises(CommentRefused, match=r"Nobody here is called @wirter. You can mention: .*@writer"):
        say(in_review, reviewer, "@wirter: look.")
    assert not Comment.objects.exists()


@pytest.mark.parametrize("text", ["See [@trial2020, p. 3].", "See @trial2020.", "Write to info@example.org.", "A @ B."])
def test_sources_and_addresses_are_no_mentions(in_review, reviewer, source, text):
    assert not say(in_review, reviewer, text).mentions.exists()


def test_of_two_with_the_same_name_both_are_told(in_review, reviewer, writer):
    twin = a_user("writer", email="writer@elsewhere.example")
    assert set(say(in_review, reviewer, "@writer: look.").mentions.all()) == {writer, twin}


# Comments that stop approval


def test_a_blocking_comment_stops_approval_until_it_is_resolved(in_review, reviewer, second_reviewer):
    thread = say(in_review, second_reviewer, blocking=True)
    sign_all(in_review, reviewer)
    in_review.refresh_from_db()
    assert in_review.status == RevisionStatus.IN_REVIEW
    approve_or_reopen(in_review, by=reviewer)
    assert in_review.status == RevisionStatus.IN_REVIEW
    commenting.resolve(thread, by=second_reviewer)
    in_review.refresh_from_db()
    assert in_review.status == RevisionStatus.APPROVED


def test_a_blocking_comment_takes_an_approval_back(approved, reviewer):
    say(approved, reviewer, blocking=True)
    approved.refresh_from_db()
    assert approved.status == RevisionStatus.IN_REVIEW
    assert approved.review_request.outcome == ""


def test_an_orphaned_blocking_comment_still_stops_the_next_round(in_review, reviewer, second_reviewer, writer):
    say(in_review, second_reviewer, blocking=True)
    later = next_round(in_review, PAGE.replace("Most people cough.\n\n", ""), reviewer=reviewer, writer=writer)
    sign_all(later, reviewer)
    later.refresh_from_db()
    assert later.status == RevisionStatus.IN_REVIEW


def test_its_author_or_the_medical_lead_resolves_it(in_review, reviewer, second_reviewer, writer, medical_lead):
    thread = say(in_review, reviewer, blocking=True)
    for other in (writer, second_reviewer):
        with pytest.raises(CommentRefused, match="reviewer, who made it, or the medical lead resolves it"):
            commenting.resolve(thread, by=other)
    commenting.resolve(thread, by=medical_lead)
    commenting.resolve(say(in_review, reviewer, blocking=True), by=reviewer)


def test_writers_stop_no_approval(in_review, writer):
    with pytest.raises(CommentRefused, match="Only reviewers"):
        say(in_review, writer, blocking=True)
