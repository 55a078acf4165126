"""Writing on the desk: nothing typed is lost, whoever else writes and whatever is wrong with it."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client

from articles.models import Article, PublishedPage, Revision, RevisionStatus
from articles.review import drafting, signing
from mesoinfo.models import User
from tests.conftest import PAGE
from tests.desk_answers import told


@pytest.fixture
def at_the_desk(client: Client, writer: User) -> Client:
    client.force_login(writer)
    return client


def editor_of(revision: Revision) -> str:
    return f"/admin/articles/revision/{revision.pk}/write/"


def page_of(article: Article) -> str:
    return f"/admin/articles/article/{article.pk}/change/"


def test_a_writer_starts_a_draft_from_the_page_of_the_article(at_the_desk: Client, article: Article) -> None:
    assert "Start a draft" in told(at_the_desk.get(page_of(article)))
    answer = at_the_desk.post(f"/admin/articles/article/{article.pk}/start/")
    draft = article.revisions.get()
    assert answer["Location"] == editor_of(draft)
    assert "# Title of the page" in told(at_the_desk.get(editor_of(draft)))


def test_a_second_draft_is_refused_in_a_sentence(at_the_desk: Client, draft: Revision) -> None:
    answer = at_the_desk.post(f"/admin/articles/article/{draft.article_id}/start/")
    assert answer.status_code == 409
    assert "There is already a draft of this page, started by The writer. Open that one." in told(answer)


def test_a_save_is_kept_and_counts_its_mistakes(at_the_desk: Client, draft: Revision) -> None:
    answer = at_the_desk.post(
        editor_of(draft), {"text": PAGE + "\n::offer nowhere\n", "version": draft.version}, follow=True
    )
    draft.refresh_from_db()
    assert draft.text.endswith("::offer nowhere\n")
    assert "Saved. 1 to mend before it can be submitted" in told(answer)
    assert "There is no offer “nowhere” in the library." in told(answer)
    assert re.search(r"Line \d+, column \d+", told(answer))


def test_advice_does_not_stop_a_page(at_the_desk: Client, draft: Revision) -> None:
    long = f"You may ask {'and ask ' * 20}your doctor."
    answer = at_the_desk.post(
        editor_of(draft),
        {"text": f"{PAGE}\n{long}\n", "version": draft.version, "change_note": "Long.", "submit": "1"},
        follow=True,
    )
    draft.refresh_from_db()
    assert draft.status == RevisionStatus.IN_REVIEW
    assert "Submitted." in told(answer)


def test_line_endings_of_browsers_do_not_change_the_text(at_the_desk: Client, draft: Revision) -> None:
    at_the_desk.post(editor_of(draft), {"text": PAGE.replace("\n", "\r\n"), "version": draft.version})
    draft.refresh_from_db()
    assert draft.text == PAGE
    assert not draft.contributions.filter(digest="").exists()


def test_two_writers_on_one_draft_get_both_texts(
    client: Client, at_the_desk: Client, draft: Revision, editor: User
) -> None:
    opened_at = draft.version
    drafting.save_draft(draft, text=PAGE + "\nTheirs </textarea><b>.\n", version=opened_at, by=editor)
    answer = at_the_desk.post(
        editor_of(draft), {"text": PAGE + "\nMine & only mine.\n", "version": opened_at, "change_note": "My reason"}
    )
    assert answer.status_code == 409
    mine, theirs = re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", answer.content.decode(), re.DOTALL)
    assert html.unescape(mine) == PAGE + "\nMine & only mine.\n"
    assert html.unescape(theirs) == PAGE + "\nTheirs </textarea><b>.\n"
    assert "The editor saved this draft at" in told(answer)
    assert 'value="My reason"' in answer.content.decode()
    draft.refresh_from_db()
    assert "Theirs" in draft.text

    version = re.search(r'name="version" value="(\d+)"', answer.content.decode())
    assert version is not None
    at_the_desk.post(editor_of(draft), {"text": PAGE + "\nMine and theirs.\n", "version": version[1]})
    draft.refresh_from_db()
    assert draft.text.endswith("Mine and theirs.\n")


def test_a_writer_with_two_windows_is_not_told_of_a_second_person(
    at_the_desk: Client, draft: Revision, writer: User
) -> None:
    opened_at = draft.version
    drafting.save_draft(draft, text=PAGE + "\nThe other window.\n", version=opened_at, by=writer)
    answer = at_the_desk.post(editor_of(draft), {"text": PAGE + "\nThis window.\n", "version": opened_at})
    assert answer.status_code == 409
    assert "You saved this draft in another window at" in told(answer)


def test_submitting_hands_the_text_to_the_reviewers(at_the_desk: Client, draft: Revision) -> None:
    answer = at_the_desk.post(
        editor_of(draft), {"text": PAGE, "version": draft.version, "change_note": "First version.", "submit": "1"}
    )
    assert answer["Location"] == page_of(draft.article)
    draft.refresh_from_db()
    assert draft.status == RevisionStatus.IN_REVIEW
    assert draft.change_note == "First version."


@pytest.mark.parametrize(
    ("note", "added", "sentence"),
    [
        ("", "\nMy new words.\n", "Say in a sentence what changed and why."),
        ("Why", "\n::offer nowhere\n", "1 thing needs mending first."),
        ("Why", "\n::offer nowhere\n\n::offer nobody\n", "2 things need mending first."),
        ("Why", "".join(f"\n::offer none{n}\n" for n in range(5)), "And 2 more."),
    ],
)
def test_what_cannot_be_submitted_is_saved_and_stays_on_screen(
    at_the_desk: Client, draft: Revision, note: str, added: str, sentence: str
) -> None:
    answer = at_the_desk.post(
        editor_of(draft), {"text": PAGE + added, "version": draft.version, "change_note": note, "submit": "1"}
    )
    assert answer.status_code == 400
    assert sentence in told(answer)
    assert "Your text is saved." in told(answer)
    draft.refresh_from_db()
    assert draft.status == RevisionStatus.DRAFT
    assert draft.text == PAGE + added
    # The form on screen goes on from that save.
    assert f'name="version" value="{draft.version}"' in answer.content.decode()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"text": "", "version": "2"}, "There is no text."),
        ({"text": "# T\n\n" + "x" * 200_001, "version": "2"}, "The text is longer than 200,000 characters."),
        ({"text": "# My words", "version": "two"}, "Enter a whole number."),
        ({"text": "# My words\x00", "version": "2"}, "Null characters are not allowed."),
        ({"text": "# My words", "version": "2", "change_note": "n" * 301}, "longer than 300 characters"),
        ({"version": "2"}, "There is no text."),
    ],
)
def test_wrong_input_is_told_and_kept(
    at_the_desk: Client, draft: Revision, sent: dict[str, str], sentence: str
) -> None:
    answer = at_the_desk.post(editor_of(draft), sent)
    assert answer.status_code == 400
    assert sentence in told(answer)
    assert sent.get("text", "").split("\n")[0] in told(answer)
    draft.refresh_from_db()
    assert draft.text == PAGE


def test_a_draft_submitted_meanwhile_gives_the_text_back(at_the_desk: Client, in_review: Revision) -> None:
    answer = at_the_desk.post(editor_of(in_review), {"text": "# My late words", "version": in_review.version})
    assert answer.status_code == 409
    assert "This revision is no longer a draft." in told(answer)
    assert "# My late words" in told(answer)


def test_the_editor_of_a_submitted_revision_is_a_page_to_read(at_the_desk: Client, in_review: Revision) -> None:
    assert at_the_desk.get(editor_of(in_review))["Location"].endswith(f"/{in_review.pk}/read/")
    assert "Most people cough." in told(at_the_desk.get(editor_of(in_review), follow=True))


def test_a_recall_asks_why_and_opens_a_draft_with_the_words(at_the_desk: Client, in_review: Revision) -> None:
    recall = f"/admin/articles/revision/{in_review.pk}/recall/"
    assert "Say why, in a sentence." in told(at_the_desk.post(recall, {"reason": "  "}))
    answer = at_the_desk.post(recall, {"reason": "A sentence is missing."})
    new = in_review.article.revisions.drafts().get()
    assert answer["Location"] == editor_of(new)
    assert new.text == in_review.text
    in_review.refresh_from_db()
    assert in_review.status == RevisionStatus.ABANDONED
    assert in_review.review_request.reason == "A sentence is missing."


def test_a_recall_that_comes_too_late_keeps_the_reason(at_the_desk: Client, published: PublishedPage) -> None:
    answer = at_the_desk.post(
        f"/admin/articles/revision/{published.revision_id}/recall/", {"reason": "A sentence is missing."}
    )
    assert answer.status_code == 400
    assert "A revision cannot go from “Published” to “Abandoned”." in told(answer)
    assert "A sentence is missing." in told(answer)


def test_an_abandoned_draft_is_kept_to_read(at_the_desk: Client, draft: Revision) -> None:
    abandon = f"/admin/articles/revision/{draft.pk}/abandon/"
    assert at_the_desk.post(abandon, {"reason": ""}).status_code == 400
    assert at_the_desk.post(abandon, {"reason": "Another page says it."})["Location"] == page_of(draft.article)
    assert "Most people cough." in told(at_the_desk.get(f"/admin/articles/revision/{draft.pk}/read/"))
    assert "Start a draft" in told(at_the_desk.get(page_of(draft.article)))


def test_why_a_draft_was_given_up_stands_beside_its_change_note_however_long(
    at_the_desk: Client, draft: Revision, writer: User
) -> None:
    drafting.save_draft(draft, text=draft.text, version=draft.version, by=writer, change_note="Shorter sentences.")
    reason = "It says too little. " * 100
    at_the_desk.post(f"/admin/articles/revision/{draft.pk}/abandon/", {"reason": reason})
    for screen in (page_of(draft.article), f"/admin/articles/revision/{draft.pk}/read/"):
        page = told(at_the_desk.get(screen))
        assert "Shorter sentences." in page
        assert reason.strip() in page


def test_abandoning_a_revision_under_review_closes_its_request(at_the_desk: Client, in_review: Revision) -> None:
    at_the_desk.post(f"/admin/articles/revision/{in_review.pk}/abandon/", {"reason": "Not needed."})
    in_review.refresh_from_db()
    assert in_review.status == RevisionStatus.ABANDONED
    assert in_review.review_request.closed_at is not None


def test_what_reviewers_asked_for_stands_above_the_draft_that_answers_them(
    at_the_desk: Client, in_review: Revision, reviewer: User
) -> None:
    signing.request_changes(in_review, reason="Say who most people are.", by=reviewer)
    answer = at_the_desk.post(f"/admin/articles/article/{in_review.article_id}/start/", follow=True)
    assert "Say who most people are." in told(answer)
    assert in_review.article.revisions.drafts().get().text == PAGE


def test_html_in_a_title_is_words_on_every_screen(at_the_desk: Client, draft: Revision, reviewer: User) -> None:
    hostile = PAGE.replace("# Stage 4", '# <script>alert("1")</script><img src=x onerror=alert(2)> Stage 4')
    at_the_desk.post(editor_of(draft), {"text": hostile, "version": draft.version})
    drafting.save_draft(draft, text=hostile, version=draft.version + 1, by=draft.created_by)
    for address in (editor_of(draft), f"/admin/articles/revision/{draft.pk}/read/", page_of(draft.article)):
        page = at_the_desk.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_the_editor_brings_no_inline_script_or_style(at_the_desk: Client, draft: Revision) -> None:
    page = at_the_desk.get(editor_of(draft)).content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"<style|\sstyle=|\son\w+=", page)
    assert f'data-markdownx-urls-path="/admin/markdown/preview/?article={draft.article_id}"' in page
    assert 'data-markdownx-upload-urls-path="/admin/markdown/upload/"' in page
