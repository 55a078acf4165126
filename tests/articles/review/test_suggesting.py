"""Suggested wordings: whoever takes one over has written it, and whoever suggested it does not sign those words."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.markup import compile_page
from articles.markup.library import for_text
from articles.models import Contribution, Revision, SuggestedBlock, Suggestion
from articles.models.revision import StaleDraft
from articles.review import drafting, signing, suggesting
from articles.review.coverage import contributors
from articles.review.crediting import SuggestionRefused
from articles.review.signing import SignOffRefused
from mesoinfo import outbox, roles
from mesoinfo.models import AuditEntry, User
from tests.conftest import PAGE, sign_all, sign_one
from tests.size import sized

pytestmark = pytest.mark.usefixtures("in_review_once")

BETTER = "Many people cough, and some lose weight."


def suggest(revision: Revision, by: User, wording: str = BETTER, *, block: str = "symptoms/p-2") -> Suggestion:
    return suggesting.suggest(revision, block=revision.blocks.get(key=block), wording=wording, reason="", by=by)


def sent_back(revision: Revision, *, reviewer: User, writer: User) -> Revision:
    signing.request_changes(revision, reason="See the suggestion.", by=reviewer)
    return drafting.start_draft(revision.article, by=writer)


def accept(suggestion: Suggestion, draft: Revision, writer: User, text: str | None = None) -> None:
    suggesting.accept(suggestion, draft, text=text or draft.text, version=draft.version, by=writer)


def in_the_next_round(draft: Revision, writer: User, text: str | None = None) -> Revision:
    draft.refresh_from_db()
    if text:
        drafting.save_draft(draft, text=text, version=draft.version, by=writer)
    drafting.submit(draft, change_note="Taken over.", by=writer)
    return draft


def sign(revision: Revision, key: str, reviewer: User) -> None:
    blocks = compile_page(revision.text, for_text(revision.text, revision.article)).blocks
    (block,) = (block for block in blocks if block.key == key)
    sign_one(revision, token=signing.issue_token(reviewer, revision, block), by=reviewer)


@pytest.fixture
def draft_with(in_review, reviewer, writer):
    """A function that suggests a wording in a page of this text, and gives it with the draft that answers."""

    def make(text: str, wording: str, *, block: str) -> tuple[Suggestion, Revision]:
        drafting.recall(in_review, reason="Another text.", by=writer)
        revision = in_review.article.revisions.drafts().get()
        drafting.save_draft(revision, text=text, version=revision.version, by=writer)
        drafting.submit(revision, change_note="Another text.", by=writer)
        made = suggest(revision, reviewer, wording, block=block)
        return made, sent_back(revision, reviewer=reviewer, writer=writer)

    return make


def test_taking_it_over_puts_it_into_the_draft_as_the_writers_own_words(in_review, reviewer, writer):
    suggestion = suggest(in_review, reviewer)
    draft = sent_back(in_review, reviewer=reviewer, writer=writer)
    accept(suggestion, draft, writer)
    draft.refresh_from_db()
    assert BETTER in draft.text
    assert "Most people cough." not in draft.text
    wrote = Contribution.objects.get(revision=draft, block_key="symptoms/p-2")
    assert wrote.user == writer
    assert reviewer.pk not in contributors(draft)
    assert (suggestion.accepted, suggestion.decided_by) == (True, writer)


def test_what_was_written_meanwhile_is_saved_with_it(in_review, reviewer, writer):
    suggestion = suggest(in_review, reviewer)
    draft = sent_back(in_review, reviewer=reviewer, writer=writer)
    accept(suggestion, draft, writer, text=PAGE.replace("short of breath", "out of breath"))
    draft.refresh_from_db()
    assert "out of breath" in draft.text
    assert BETTER in draft.text


def test_whoever_suggested_it_signs_the_rest_and_not_those_words(in_review, reviewer, second_reviewer, writer):
    suggestion = suggest(in_review, reviewer)
    draft = sent_back(in_review, reviewer=reviewer, writer=writer)
    accept(suggestion, draft, writer)
    revision = in_the_next_round(draft, writer)
    sign_all(revision, reviewer, except_for=("symptoms/p-2",))
    with pytest.raises(SignOffRefused, match="nobody signs words that they suggested"):
        sign(revision, "symptoms/p-2", reviewer)
    sign(revision, "symptoms/p-2", second_reviewer)
    revision.refresh_from_db()
    assert revision.status == "approved"


@pytest.mark.parametrize(
    ("edited", "where"),
    [
        ("Many people cough, and some of them lose weight.", ["symptoms/p-2"]),
        (f"For weeks, {BETTER.lower()} Others sleep badly.", ["symptoms/p-2"]),
        ("**Many** people cough, and some lose weight [@trial2020].", ["symptoms/p-2"]),
    ],
)
def test_edited_further_they_are_still_the_reviewers_words(in_review, reviewer, writer, edited, where):
    suggestion = suggest(in_review, reviewer)
    draft = sent_back(in_review, reviewer=reviewer, writer=writer)
    accept(suggestion, draft, writer)
    revision = in_the_next_round(draft, writer, PAGE.replace("Most people cough.", edited))
    for key in where:
        with pytest.raises(SignOffRefused, match="nobody signs words that they suggested"):
            sign(revision, key, reviewer)


def test_divided_joined_or_under_another_heading_they_are_still_the_reviewers_words(in_review, reviewer, writer):
    longer = "Many people cough for weeks on end. Some people lose weight and feel very tired as well."
    suggestion = suggest(in_review, reviewer, longer)
    draft = sent_back(in_review, reviewer=reviewer, writer=writer)
    accept(suggestion, draft, writer)
    draft.refresh_from_db()
    divided = PAGE.replace("Most people cough.", longer.replace(". Some", ".\n\nSome"))
    drafting.save_draft(draft, text=divided, version=draft.version, by=writer)
    theirs = set(SuggestedBlock.objects.values_list("digest", flat=True))
    assert {block.digest for block in draft.blocks.filter(key__in=["symptoms/p-2", "symptoms/p-3"])} <= theirs
    joined = PAGE.replace("Most people cough.", longer).replace("breath.\n\nMany", "breath. Many")
    joined = joined.replace("## Symptoms", "## Signs")
    revision = in_the_next_round(draft, writer, joined)
    with pytest.raises(SignOffRefused, match="nobody signs words that they suggested"):
        sign(revision, "signs/p-1", reviewer)


def test_once_the_block_reads_as_before_they_may_sign_it(in_review, reviewer, writer):
    suggestion = suggest(in_review, reviewer)
    draft = sent_back(in_review, reviewer=reviewer, writer=writer)
    accept(suggestion, draft, writer)
    revision = in_the_next_round(draft, writer, PAGE)
    sign(revision, "symptoms/p-2", reviewer)


def test_words_taken_back_from_review_are_still_the_reviewers(in_review, reviewer, writer):
    suggestion = suggest(in_review, reviewer)
    draft = sent_back(in_review, reviewer=reviewer, writer=writer)
    accept(suggestion, draft, writer)
    again = drafting.recall(in_the_next_round(draft, writer), reason="One more change.", by=writer)
    revision = in_the_next_round(again, writer)
    with pytest.raises(SignOffRefused, match="nobody signs words that they suggested"):
        sign(revision, "symptoms/p-2", reviewer)


def test_typing_it_by_hand_is_taking_it_over(in_review, reviewer, writer, mailoutbox):
    suggestion = suggest(in_review, reviewer)
    draft = sent_back(in_review, reviewer=reviewer, writer=writer)
    revision = in_the_next_round(draft, writer, PAGE.replace("Most people cough.", BETTER.replace(" and", "  and")))
    suggestion.refresh_from_db()
    assert (suggestion.accepted, suggestion.decided_by) == (True, writer)
    with pytest.raises(SignOffRefused, match="nobody signs words that they suggested"):
        sign(revision, "symptoms/p-2", reviewer)
    outbox.deliver_due()
    assert [mail.to for mail in mailoutbox if "taken over" in mail.subject] == [[reviewer.email]]


def test_typing_part_of_it_is_not(in_review, reviewer, writer):
    suggestion = suggest(in_review, reviewer, f"{BETTER}\n\nAsk your doctor.")
    draft = sent_back(in_review, reviewer=reviewer, writer=writer)
    drafting.save_draft(draft, text=PAGE.replace("Most people cough.", BETTER), version=draft.version, by=writer)
    suggestion.refresh_from_db()
    assert suggestion.is_open


FAQ = "\n:::faq\n### Can it come back?\nIt can.\n\n### Is it a cure?\nNo.\n:::\n"


@pytest.mark.proof
@pytest.mark.parametrize(
    ("block", "old", "wording", "keys"),
    [
        ("symptoms/p-2", "Most people cough.", "Some cough.\n\nSome do not.", {"symptoms/p-2", "symptoms/p-3"}),
        ("symptoms/p-2", "Most people cough.", "- one thing\n- another thing", {"symptoms/list-1"}),
        (
            "treatment/checklist-1",
            ":::checklist\n- Write down your questions\n- Bring somebody with you\n:::",
            ":::checklist\n- Write it all down\n:::",
            {"treatment/checklist-1"},
        ),
        ("title", "# Stage 4 mesothelioma", "# Mesothelioma of stage 4", {"title"}),
        ("lede", "What stage 4 means, and what can help.", "What it means when it has spread.", {"lede"}),
        ("symptoms/heading", "## Symptoms", "## Signs", {"signs/heading"}),
        (
            "treatment/is-it-a-cure",
            "### Is it a cure?\nNo.",
            "### Is it a cure?\nSadly not.",
            {"treatment/is-it-a-cure"},
        ),
        (
            "treatment/can-it-come-back",
            "### Can it come back?\nIt can.",
            "### Does it return?\nIt does.\n\n### When?\nNobody knows.",
            {"treatment/does-it-return", "treatment/when"},
        ),
    ],
    ids=["two paragraphs", "a list", "a container", "title", "lede", "heading", "FAQ pair", "two FAQ pairs"],
)
@pytest.mark.parametrize("by_hand", sized([False, True], [False]))
def test_any_kind_of_block_can_be_worded_anew(draft_with, writer, block, old, wording, keys, by_hand):
    suggestion, draft = draft_with(PAGE + FAQ, wording, block=block)
    (proposal,) = suggesting.proposals_for(draft.article, draft.text)
    assert proposal.changes
    assert not proposal.refusal
    if by_hand:
        typed = draft.text.replace(old, wording)
        drafting.save_draft(draft, text=typed, version=draft.version, by=writer)
    else:
        accept(suggestion, draft, writer)
    suggestion.refresh_from_db()
    assert suggestion.accepted
    draft.refresh_from_db()
    digests = set(suggestion.blocks.values_list("digest", flat=True))
    assert {b.key for b in draft.blocks.all() if b.digest in digests} == keys
    findings = compile_page(draft.text, for_text(draft.text, draft.article)).findings
    assert not [finding for finding in findings if finding.severity == "error"]


def test_a_block_that_only_stands_under_another_heading_is_found(in_review, reviewer, writer):
    suggestion = suggest(in_review, reviewer)
    draft = sent_back(in_review, reviewer=reviewer, writer=writer)
    accept(suggestion, draft, writer, text=PAGE.replace("## Symptoms", "## Signs"))
    draft.refresh_from_db()
    assert BETTER in draft.text


def test_a_suggestion_whose_block_is_gone_says_so_and_changes_nothing(in_review, reviewer, writer):
    suggestion = suggest(in_review, reviewer)
    draft = sent_back(in_review, reviewer=reviewer, writer=writer)
    text = PAGE.replace("Most people cough.", "Some do cough.")
    (proposal,) = suggesting.proposals_for(draft.article, text)
    assert "no longer in the text" in proposal.refusal
    with pytest.raises(SuggestionRefused, match="no longer in the text"):
        accept(suggestion, draft, writer, text=text)
    draft.refresh_from_db()
    suggestion.refresh_from_db()
    assert (draft.text, suggestion.is_open) == (PAGE, True)


def test_a_second_writer_who_saved_first_is_not_overwritten(in_review, reviewer, writer, editor):
    suggestion = suggest(in_review, reviewer)
    draft = sent_back(in_review, reviewer=reviewer, writer=writer)
    seen = draft.version
    drafting.save_draft(draft, text=PAGE + "\nMore.\n", version=seen, by=editor)
    with pytest.raises(StaleDraft):
        suggesting.accept(suggestion, draft, text=PAGE, version=seen, by=writer)
    suggestion.refresh_from_db()
    assert suggestion.is_open


def test_declining_leaves_the_words_and_tells_the_reviewer(in_review, reviewer, writer, mailoutbox):
    suggestion = suggest(in_review, reviewer)
    suggesting.decline(suggestion, by=writer)
    outbox.deliver_due()
    (mail,) = (mail for mail in mailoutbox if "not taken over" in mail.subject)
    assert mail.to == [reviewer.email]
    assert BETTER not in mail.body
    with pytest.raises(SuggestionRefused, match="decided on this suggestion already"):
        suggesting.decline(suggestion, by=writer)
    draft = sent_back(in_review, reviewer=reviewer, writer=writer)
    with pytest.raises(SuggestionRefused, match="decided on this suggestion already"):
        accept(suggestion, draft, writer)
    draft.refresh_from_db()
    assert draft.text == PAGE


def test_a_reviewer_takes_their_own_back_and_is_told_nothing(in_review, reviewer, second_reviewer, mailoutbox):
    suggestion = suggest(in_review, reviewer)
    with pytest.raises(SuggestionRefused, match="writer or editor role"):
        suggesting.decline(suggestion, by=second_reviewer)
    suggesting.decline(suggestion, by=reviewer)
    outbox.deliver_due()
    assert not mailoutbox


def test_nobody_takes_over_their_own_suggestion(in_review, reviewer, second_reviewer, writer):
    roles.appoint(reviewer, "writer", by=writer)
    suggestion = suggest(in_review, reviewer)
    draft = sent_back(in_review, reviewer=second_reviewer, writer=writer)
    with pytest.raises(SuggestionRefused, match="your own suggestion"):
        accept(suggestion, draft, reviewer)
    # Typed by hand it makes them a writer of the page, who signs none of it.
    drafting.save_draft(draft, text=PAGE.replace("Most people cough.", BETTER), version=draft.version, by=reviewer)
    suggestion.refresh_from_db()
    assert suggestion.is_open
    assert reviewer.pk in contributors(draft)


@pytest.mark.parametrize("wording", ["", " \n", "Most people cough.", "Most  people cough.\r\n"])
def test_a_wording_says_something_new(in_review, reviewer, wording):
    with pytest.raises(SuggestionRefused, match=r"Write the whole block|the wording as it stands"):
        suggest(in_review, reviewer, wording)


def test_only_reviewers_suggest_and_only_for_what_was_submitted(in_review, reviewer, writer):
    with pytest.raises(SuggestionRefused, match="needs the medical reviewer role"):
        suggest(in_review, writer)
    draft = sent_back(in_review, reviewer=reviewer, writer=writer)
    with pytest.raises(SuggestionRefused, match="still a draft"):
        suggest(draft, reviewer)


def test_every_act_is_in_the_ledger_without_words(in_review, reviewer, writer):
    suggestion, other = suggest(in_review, reviewer), suggest(in_review, reviewer, "Others do.")
    suggesting.decline(other, by=writer)
    accept(suggestion, sent_back(in_review, reviewer=reviewer, writer=writer), writer)
    entries = AuditEntry.objects.filter(action__startswith="suggestion.").order_by("sequence")
    assert [entry.action for entry in entries] == [
        "suggestion.made",
        "suggestion.made",
        "suggestion.declined",
        "suggestion.accepted",
    ]
    assert all(set(entry.facts) <= {"revision"} for entry in entries)


def test_what_suggestions_would_change_takes_as_many_queries_for_one_as_for_many(
    in_review, reviewer, django_assert_num_queries
):
    suggest(in_review, reviewer)
    with CaptureQueriesContext(connection) as one:
        suggesting.proposals_for(in_review.article, in_review.text)
    for number in range(5):
        suggest(in_review, reviewer, f"Other words, such as {number}.", block="symptoms/p-1")
    with django_assert_num_queries(len(one)):
        assert len(suggesting.proposals_for(in_review.article, in_review.text)) == 6


def test_words_that_were_declined_and_typed_after_all_are_still_the_reviewers(in_review, reviewer, writer):
    suggestion = suggest(in_review, reviewer)
    draft = sent_back(in_review, reviewer=reviewer, writer=writer)
    suggesting.decline(suggestion, by=writer)
    revision = in_the_next_round(draft, writer, PAGE.replace("Most people cough.", BETTER))
    with pytest.raises(SignOffRefused, match="nobody signs words that they suggested"):
        sign(revision, "symptoms/p-2", reviewer)
    sign(revision, "symptoms/p-1", reviewer)
    suggestion.refresh_from_db()
    assert suggestion.accepted is False
