"""Talk on the desk: comments and suggestions beside the words, and nothing typed is ever lost."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client

from articles.models import Article, Comment, Revision, Suggestion
from articles.review import commenting, drafting, signing, suggesting
from mesoinfo import outbox
from mesoinfo.models import User
from tests.conftest import PAGE, a_user
from tests.desk_answers import told

pytestmark = pytest.mark.usefixtures("in_review_once")

BETTER = "Many people cough, and some lose weight."


def at(revision: Revision, name: str) -> str:
    return f"/admin/articles/revision/{revision.pk}/{name}/"


def page_of(article: Article) -> str:
    return f"/admin/articles/article/{article.pk}/change/"


@pytest.fixture
def thread(in_review: Revision, reviewer: User) -> Comment:
    block = in_review.blocks.get(key="symptoms/p-2")
    return commenting.comment(in_review, block=block, words="Most people", text="Who are they?", by=reviewer)


@pytest.fixture
def suggestion(in_review: Revision, reviewer: User) -> Suggestion:
    block = in_review.blocks.get(key="symptoms/p-2")
    return suggesting.suggest(in_review, block=block, wording=BETTER, reason="It says who.", by=reviewer)


@pytest.fixture
def answering(in_review: Revision, thread: Comment, suggestion: Suggestion, reviewer: User, writer: User) -> Revision:
    """The draft that answers what the reviewer said."""
    signing.request_changes(in_review, reason="See what I said.", by=reviewer)
    return drafting.start_draft(in_review.article, by=writer)


def typed(draft: Revision, text: str = PAGE, **more: str) -> dict[str, str]:
    return {"text": text, "version": str(draft.version), "change_note": "As asked.", **more}


# On the review screen


def test_a_reviewer_comments_on_words_and_sees_the_comment_beside_the_block(client, in_review, reviewer):
    client.force_login(reviewer)
    said = {"block": "symptoms/p-2", "words": "Most people", "text": "Who are they?", "blocking": "yes"}
    answer = client.post(at(in_review, "comment"), said)
    made = Comment.objects.get()
    assert answer["Location"] == f"{at(in_review, 'review')}#thread-{made.pk}"
    shown = told(client.get(at(in_review, "review")))
    assert "on Most people" in shown
    assert "Stops approval. Who are they?" in shown
    assert "1 comment stops approval, until resolved" in shown


def test_a_comment_that_cannot_be_kept_comes_back_as_it_was_typed(client, in_review, reviewer):
    client.force_login(reviewer)
    said = {"block": "symptoms/p-2", "words": "Few people", "text": "A long <thought>.", "blocking": "yes"}
    answer = client.post(at(in_review, "comment"), said)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "do not stand in this block" in page
    assert "A long &lt;thought&gt;." in page
    assert 'value="Few people"' in page
    assert page.count("checked> The page must not be approved") == 1
    assert not Comment.objects.exists()


def test_a_block_that_is_not_there_is_told_and_the_words_come_back(client, in_review, reviewer):
    client.force_login(reviewer)
    for name, field in (("comment", "text"), ("suggest", "wording")):
        answer = client.post(at(in_review, name), {"block": "none", field: "A long thought."})
        assert answer.status_code == 409
        assert "This block is not in the revision" in told(answer)
        assert "A long thought." in told(answer)


def test_a_comment_made_as_the_round_ended_is_kept_and_shown_on_the_page(client, in_review, reviewer, writer):
    drafting.recall(in_review, reason="A mistake.", by=writer)
    client.force_login(reviewer)
    answer = client.post(at(in_review, "comment"), {"block": "title", "text": "A late thought."}, follow=True)
    assert answer.redirect_chain[0][0].startswith(page_of(in_review.article))
    assert "A late thought." in told(answer)


def test_a_suggestion_is_shown_to_who_made_it_and_can_be_taken_back(client, in_review, reviewer):
    client.force_login(reviewer)
    client.post(at(in_review, "suggest"), {"block": "symptoms/p-2", "wording": BETTER, "reason": "It says who."})
    made = Suggestion.objects.get()
    shown = told(client.get(at(in_review, "review")))
    assert "It says who. As it is Most people cough. Suggested Many people cough , and some lose weight ." in shown
    client.post(f"/admin/articles/revision/suggestion/{made.pk}/decline/")
    assert "Take it back" not in told(client.get(at(in_review, "review")))


def test_a_suggestion_nobody_decided_on_is_shown_in_the_next_round_too(client, in_review, suggestion, reviewer, writer):
    signing.request_changes(in_review, reason="See what I suggest.", by=reviewer)
    draft = drafting.start_draft(in_review.article, by=writer)
    text = draft.text.replace("Most people cough.", "Nobody coughs.")
    drafting.save_draft(draft, text=text, version=draft.version, by=writer)
    drafting.submit(draft, change_note="Another way.", by=writer)
    client.force_login(reviewer)
    shown = told(client.get(at(draft, "review")))
    assert "Said about words that are gone" in shown
    assert f"Put in by hand what you want of it. {BETTER}" in shown


def test_a_wording_that_is_none_comes_back_with_its_reason(client, in_review, reviewer):
    client.force_login(reviewer)
    said = {"block": "symptoms/p-2", "wording": "Most people cough.", "reason": "A reason."}
    answer = client.post(at(in_review, "suggest"), said)
    assert answer.status_code == 400
    assert "This is the wording as it stands." in told(answer)
    assert 'value="A reason."' in answer.content.decode()


def test_a_thread_is_answered_and_resolved(client, in_review, thread, writer):
    client.force_login(writer)
    address = f"/admin/articles/revision/comment/{thread.pk}/{in_review.pk}/"
    client.post(address, {f"answer-{thread.pk}": "Those in the trial."})
    assert "Those in the trial." in told(client.get(at(in_review, "review")))
    answer = client.post(address, {f"answer-{thread.pk}": "Done, @nobody.", "resolve": "yes"})
    assert answer.status_code == 400
    assert "Done, @nobody." in told(answer)
    client.post(address, {f"answer-{thread.pk}": "Done.", "resolve": "yes"})
    thread.refresh_from_db()
    assert thread.resolved_by == writer
    assert "Who are they?" not in told(client.get(at(in_review, "review")))


def test_an_answer_does_not_go_to_another_page(client, in_review, thread, writer, topic):
    other = drafting.start_draft(Article.objects.create(address="mesothelioma/other", topic=topic), by=writer)
    client.force_login(writer)
    answer = client.post(f"/admin/articles/revision/comment/{thread.pk}/{other.pk}/", {f"answer-{thread.pk}": "So."})
    assert answer.status_code == 409
    assert "on another page" in told(answer)
    assert "So." in told(answer)


# While writing


def test_a_writer_sees_beside_the_draft_what_was_said_and_on_which_words(client, answering, writer):
    client.force_login(writer)
    shown = told(client.get(at(answering, "write")))
    assert "reviewer , " in shown
    assert "on Most people , line 11, in revision 1" in shown
    assert "Who are they?" in shown
    assert "It says who. As it is" in shown
    assert "Put it into the draft" in shown


def test_the_button_puts_the_wording_into_what_is_being_written(client, answering, suggestion, writer):
    client.force_login(writer)
    text = PAGE.replace("short of breath", "out of breath")
    accept = f"/admin/articles/revision/suggestion/{suggestion.pk}/accept/"
    answer = client.post(accept, typed(answering, text), follow=True)
    assert answer.redirect_chain[0][0] == f"{at(answering, 'write')}#beside"
    answering.refresh_from_db()
    assert BETTER in answering.text
    assert "out of breath" in answering.text
    assert "Put it into the draft" not in told(answer)


def test_a_wording_whose_block_is_gone_says_so_and_the_text_stays(client, answering, suggestion, writer):
    client.force_login(writer)
    text = PAGE.replace("Most people cough.", "Some people do.")
    answer = client.post(f"/admin/articles/revision/suggestion/{suggestion.pk}/accept/", typed(answering, text))
    assert answer.status_code == 400
    assert "no longer in the text" in told(answer)
    assert "Some people do." in told(answer)
    drafting.save_draft(answering, text=text, version=answering.version, by=writer)
    shown = told(client.get(at(answering, "write")))
    assert "no longer in the text" in shown
    assert "Put it into the draft" not in shown


def test_declining_saves_the_text_as_well(client, answering, suggestion, writer):
    client.force_login(writer)
    text = PAGE.replace("short of breath", "out of breath")
    client.post(f"/admin/articles/revision/suggestion/{suggestion.pk}/decline/", typed(answering, text))
    answering.refresh_from_db()
    suggestion.refresh_from_db()
    assert (answering.text, suggestion.accepted) == (text, False)


def test_answering_saves_the_text_as_well(client, answering, thread, writer):
    client.force_login(writer)
    text = PAGE.replace("short of breath", "out of breath")
    address = f"/admin/articles/revision/comment/{thread.pk}/{answering.pk}/"
    client.post(address, typed(answering, text, **{f"answer-{thread.pk}": "Those in the trial."}))
    answering.refresh_from_db()
    assert answering.text == text
    assert thread.answers.get().text == "Those in the trial."


def test_an_answer_that_fails_comes_back_with_the_text(client, answering, thread, writer):
    client.force_login(writer)
    text = PAGE.replace("short of breath", "out of breath")
    address = f"/admin/articles/revision/comment/{thread.pk}/{answering.pk}/"
    answer = client.post(address, typed(answering, text, **{f"answer-{thread.pk}": "Yes, @nobody."}))
    assert answer.status_code == 400
    shown = told(answer)
    assert "Nobody here is called @nobody." in shown
    assert "Yes, @nobody." in shown
    assert "out of breath" in shown
    answering.refresh_from_db()
    assert answering.text == PAGE


@pytest.mark.parametrize("step", ["answer", "accept", "decline"])
def test_a_second_writer_who_saved_first_is_not_overwritten(
    client, answering, thread, suggestion, writer, editor, step
):
    client.force_login(writer)
    mine = typed(answering, PAGE.replace("short of breath", "out of breath"), **{f"answer-{thread.pk}": "So."})
    drafting.save_draft(answering, text=PAGE + "\nTheirs.\n", version=answering.version, by=editor)
    address = {
        "answer": f"/admin/articles/revision/comment/{thread.pk}/{answering.pk}/",
        "accept": f"/admin/articles/revision/suggestion/{suggestion.pk}/accept/",
        "decline": f"/admin/articles/revision/suggestion/{suggestion.pk}/decline/",
    }[step]
    answer = client.post(address, mine)
    assert answer.status_code == 409
    assert "out of breath" in told(answer)
    assert "Theirs." in told(answer)
    if step == "answer":
        assert thread.answers.get().text == "So."


@pytest.mark.parametrize("step", ["answer", "accept", "decline"])
def test_a_draft_that_was_submitted_meanwhile_hands_the_text_back(
    client, answering, thread, suggestion, writer, editor, step
):
    client.force_login(writer)
    mine = typed(answering, PAGE.replace("short of breath", "out of breath"), **{f"answer-{thread.pk}": "So."})
    drafting.submit(answering, change_note="Done.", by=editor)
    address = {
        "answer": f"/admin/articles/revision/comment/{thread.pk}/{answering.pk}/",
        "accept": f"/admin/articles/revision/suggestion/{suggestion.pk}/accept/",
        "decline": f"/admin/articles/revision/suggestion/{suggestion.pk}/decline/",
    }[step]
    answer = client.post(address, mine)
    assert answer.status_code == 409
    assert "out of breath" in told(answer)


def test_without_a_draft_a_suggestion_waits(client, in_review, suggestion, writer):
    client.force_login(writer)
    answer = client.post(f"/admin/articles/revision/suggestion/{suggestion.pk}/accept/")
    assert answer.status_code == 409
    assert "There is no draft any longer, or not yet" in told(answer)


# On the page of the article


def test_the_page_of_the_article_has_what_is_said_and_what_became_of_it(client, answering, thread, suggestion, writer):
    suggesting.decline(suggestion, by=writer)
    client.force_login(writer)
    shown = told(client.get(page_of(answering.article)))
    assert "Comments and suggestions" in shown
    assert "Who are they?" in shown
    assert f"The writer declined what reviewer suggested: {BETTER}" in shown


def test_what_was_sent_back_is_the_text_that_a_suggestion_is_held_against(
    client, published, next_revision, reviewer, writer
):
    sent = next_revision(PAGE.replace("Most people", "Many people"))
    block = sent.blocks.get(key="symptoms/p-2")
    suggesting.suggest(sent, block=block, wording=BETTER, reason="", by=reviewer)
    signing.request_changes(sent, reason="See what I said.", by=reviewer)
    client.force_login(writer)
    shown = told(client.get(page_of(sent.article)))
    assert "reviewer suggests other words" in shown
    assert suggesting.GONE not in shown


def test_a_thread_is_answered_there_and_one_comes_back_there(client, answering, thread, writer):
    client.force_login(writer)
    address = f"/admin/articles/revision/comment/{thread.pk}/{answering.pk}/"
    said = {f"answer-{thread.pk}": "Those in the trial.", "from_article": "yes"}
    answer = client.post(address, said, follow=True)
    assert answer.redirect_chain[0][0] == f"{page_of(answering.article)}#thread-{thread.pk}"
    assert "Those in the trial." in told(answer)


def test_whoever_only_reads_sees_no_way_to_answer(client, in_review, thread):
    client.force_login(a_user("publisher"))
    for address in (page_of(in_review.article), at(in_review, "review")):
        shown = told(client.get(address))
        assert "Who are they?" in shown
        assert "Answer or resolve" not in shown
    address = f"/admin/articles/revision/comment/{thread.pk}/{in_review.pk}/"
    answer = client.post(address, {f"answer-{thread.pk}": "So."})
    assert "Comments are for writers and reviewers" in told(answer)
    assert not thread.answers.exists()


def test_a_page_nobody_said_anything_about_says_nothing(client: Client, draft: Revision, writer: User) -> None:
    client.force_login(writer)
    assert "Comments and suggestions" not in told(client.get(page_of(draft.article)))
    assert "What is said about this page" not in told(client.get(at(draft, "write")))


# What no text can hold, and what is too much


@pytest.mark.parametrize(
    ("step", "given"),
    [
        ("comment", {"block": "symptoms/p-2", "text": "Who\x00 says so?"}),
        (
            "comment",
            {"block": "symptoms/p-2\x00", "text": "Who says so?", "words": "Most\x00 people", "prefix": "\x00"},
        ),
        ("suggest", {"block": "symptoms/p-2", "wording": "Many\x00 cough.", "reason": "\x00"}),
    ],
)
def test_a_character_that_no_text_can_hold_is_left_out(client, in_review, reviewer, step, given):
    client.force_login(reviewer)
    assert client.post(at(in_review, step), given).status_code == 302
    assert Comment.objects.filter(text="Who says so?").exists() or Suggestion.objects.filter(wording="Many cough.")


def test_nor_does_an_answer_hold_it(client, in_review, thread, writer):
    client.force_login(writer)
    client.post(f"/admin/articles/revision/comment/{thread.pk}/{in_review.pk}/", {f"answer-{thread.pk}": "We\x00do."})
    assert thread.answers.get().text == "Wedo."


@pytest.mark.parametrize(
    ("step", "given", "sentence"),
    [
        ("comment", {"text": "x" * 5001}, "The comment is longer than 5,000 characters."),
        ("comment", {"text": "[" + "@" * 400_000}, "The comment is longer than 5,000 characters."),
        ("comment", {"text": "Why?", "words": "a" * 1_000_000}, "do not stand in this block"),
        ("suggest", {"wording": "x " * 10_001}, "A wording has at most 20,000 characters"),
        ("suggest", {"wording": "Many cough.", "reason": "x" * 2001}, "the reason for it 2,000"),
    ],
)
def test_what_is_too_long_is_told_and_kept_nowhere(client, in_review, reviewer, step, given, sentence):
    client.force_login(reviewer)
    answer = client.post(at(in_review, step), {"block": "symptoms/p-2", **given})
    assert answer.status_code == 400
    assert sentence in told(answer)
    assert not Comment.objects.exists() and not Suggestion.objects.exists()


def test_who_is_mentioned_beside_a_draft_is_told(client, answering, thread, writer):
    client.force_login(writer)
    said = typed(answering, **{f"answer-{thread.pk}": "As @reviewer says."})
    client.post(f"/admin/articles/revision/comment/{thread.pk}/{answering.pk}/", said)
    outbox.deliver_due()
    assert "You are mentioned: mesothelioma/stage-4" in [sent.subject for sent in mail.outbox]
