"""Writing: one draft at a time, two writers never lose words, review freezes the text."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from articles.models import Article, Revision, RevisionStatus, TransitionRefused
from articles.models.revision import TRANSITIONS, StaleDraft
from articles.review import drafting, signing
from tests.conftest import PAGE, a_user, without_triggers

pytestmark = pytest.mark.usefixtures("draft_once")


def test_a_second_writer_gets_both_texts(draft, writer, editor):
    seen = draft.version
    drafting.save_draft(draft, text=PAGE + "\nMine.\n", version=seen, by=writer)
    with pytest.raises(StaleDraft) as refusal:
        drafting.save_draft(draft, text=PAGE + "\nYours.\n", version=seen, by=editor)
    assert refusal.value.theirs.text.endswith("Mine.\n")
    draft.refresh_from_db()
    assert draft.text.endswith("Mine.\n")


def test_a_page_has_one_draft_at_a_time(draft, editor):
    with pytest.raises(TransitionRefused, match="already a draft"):
        drafting.start_draft(draft.article, by=editor)


def test_writing_needs_a_role(article, db):
    with pytest.raises(TransitionRefused, match="writer or editor role"):
        drafting.start_draft(article, by=a_user("advocate"))


def test_a_superuser_without_the_role_does_not_write(article):
    with pytest.raises(TransitionRefused, match="writer or editor role"):
        drafting.start_draft(article, by=a_user(email="root@example.org", is_superuser=True))


def test_submitting_needs_a_change_note(draft, writer):
    with pytest.raises(TransitionRefused, match="what changed and why"):
        drafting.submit(draft, change_note="  ", by=writer)


def test_a_text_with_errors_is_not_submitted(draft, writer):
    drafting.save_draft(draft, text=PAGE + "\nA claim [@nobody2020].\n", version=draft.version, by=writer)
    with pytest.raises(TransitionRefused, match="Line 22"):
        drafting.submit(draft, change_note="Ready.", by=writer)
    draft.refresh_from_db()
    assert draft.status == RevisionStatus.DRAFT


def test_a_draft_may_hold_errors_and_keeps_every_word(draft, writer):
    text = ":::nonsense\nHello [@nobody]\n"
    drafting.save_draft(draft, text=text, version=draft.version, by=writer)
    draft.refresh_from_db()
    assert draft.text == text


def test_only_one_revision_is_under_review(in_review, writer):
    second = drafting.start_draft(in_review.article, by=writer)
    with pytest.raises(TransitionRefused, match="under review"):
        drafting.submit(second, change_note="Also ready.", by=writer)


def test_changes_requested_are_copied_into_the_next_draft(in_review, reviewer, writer):
    signing.request_changes(in_review, reason="Say how often.", by=reviewer)
    copy = drafting.start_draft(in_review.article, by=writer)
    assert copy.text == in_review.text
    assert copy.parent == in_review
    assert in_review.review_request.reason == "Say how often."


def test_requesting_changes_needs_a_reason(in_review, reviewer):
    with pytest.raises(TransitionRefused, match="what must change"):
        signing.request_changes(in_review, reason="", by=reviewer)


def test_a_recalled_revision_becomes_a_new_draft(in_review, writer):
    draft = drafting.recall(in_review, reason="A figure is missing.", by=writer)
    in_review.refresh_from_db()
    assert in_review.status == RevisionStatus.ABANDONED
    assert (draft.status, draft.text) == (RevisionStatus.DRAFT, in_review.text)


@pytest.mark.parametrize("start", list(RevisionStatus))
@pytest.mark.parametrize("end", list(RevisionStatus))
def test_every_step_outside_the_table_is_refused(start, end, draft, writer):
    if end in TRANSITIONS[start] or start == end:
        return
    # The row is put in its starting state behind the back of every rule, in this transaction only.
    with without_triggers("articles_revision"):
        Revision.objects.filter(pk=draft.pk).update(
            status=start,
            change_note="x",
            submitted_by=writer,
            submitted_at=timezone.now(),
            abandoned_because="x" if start == RevisionStatus.ABANDONED else "",
        )
    with pytest.raises(TransitionRefused, match="cannot go from"):
        draft.move_to(end, by=writer)
    with pytest.raises(IntegrityError, match=f"cannot go from {start} to {end}"), transaction.atomic():
        Revision.objects.filter(pk=draft.pk).update(status=end)


def test_a_visitor_never_sees_a_draft(client, draft):
    assert client.get(draft.article.get_absolute_url()).status_code == 404
    assert Article.objects.live().count() == 0


def test_a_title_longer_than_a_page_can_have_is_not_submitted(draft, writer):
    drafting.save_draft(draft, text=PAGE.replace("Stage 4", "x" * 300), version=draft.version, by=writer)
    with pytest.raises(TransitionRefused, match="The title is longer than 300 characters"):
        drafting.submit(draft, change_note="A long one.", by=writer)
