"""Two at work at once wait for each other in turn: nobody gets an error because of the other, and no rule gives way."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.utils import timezone

from articles.models import (
    Article,
    PublishedPage,
    Revision,
    Schedule,
    Suggestion,
    Takedown,
    Topic,
    TransitionRefused,
    Trigger,
    Waiver,
)
from articles.models.revision import StaleDraft
from articles.publishing import safety, takedown
from articles.publishing import schedule as scheduling
from articles.publishing.publish import PublishingRefused
from articles.review import claiming, commenting, drafting, freshness, reaffirming, signing, suggesting
from articles.review.signing import NotWhatWasShown
from mesoinfo import audit
from mesoinfo.models import User
from tests.articles.test_scheduling import let_its_time_come
from tests.articles.waived import waived, write
from tests.conftest import PAGE
from tests.size import sized

pytestmark = pytest.mark.django_db(transaction=True)
WAITING = "SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
SOON = datetime.timedelta(days=1)


def wait_for(other: Future[Any]) -> None:
    """Until the other waits for us, or is through."""
    with connection.cursor() as cursor:
        for _ in range(100_000):
            cursor.execute(WAITING)
            if cursor.fetchone() or other.done():
                break


def comment(revision: Revision, reviewer: User) -> None:
    commenting.comment(revision, block=revision.blocks.get(key="title"), text="Why?", by=reviewer)


def stop_it(revision: Revision, reviewer: User) -> None:
    commenting.comment(revision, block=revision.blocks.get(key="title"), text="No.", blocking=True, by=reviewer)


def suggest(revision: Revision, reviewer: User) -> None:
    block = revision.blocks.get(key="title")
    suggesting.suggest(revision, block=block, wording="# Other", reason="", by=reviewer)


def withdraw(revision: Revision, reviewer: User) -> None:
    signing.withdraw(revision.sign_offs.latest("pk"), reason="I misread it.", by=reviewer)


def send_back(revision: Revision, reviewer: User) -> None:
    signing.request_changes(revision, reason="See there.", by=reviewer)


def recall(revision: Revision, reviewer: User) -> None:
    drafting.recall(revision, reason="One more thing.", by=User.objects.get(email="writer@example.org"))


@pytest.mark.proof
@pytest.mark.parametrize("step", sized([comment, stop_it, suggest, withdraw, send_back, recall], [withdraw, recall]))
def test_whoever_holds_the_page_can_finish_while_another_step_waits(
    approved: Revision, reviewer: User, publisher: User, step: Callable[[Revision, User], None]
) -> None:
    """As publishing does: the page first, then its revisions, the ledger last."""

    def take_it() -> None:
        try:
            step(Revision.objects.get(pk=approved.pk), reviewer)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Article.objects.locked(approved.article_id)
            other = pool.submit(take_it)
            wait_for(other)
            Revision.objects.select_for_update().get(pk=approved.pk)
            Article.objects.filter(pk=approved.article_id).update(position=7)
            audit.record(publisher, "page.tried", approved.article)
        other.result()


def test_a_schedule_that_fires_waits_for_whoever_takes_the_page_down(
    approved: Revision, reviewer: User, publisher: User
) -> None:
    made = scheduling.schedule(approved, publish_at=timezone.now() + SOON, zone="UTC", by=publisher)

    def fire() -> int:
        try:
            with transaction.atomic():
                return scheduling._fire(made.pk, approved.article_id)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            article = Article.objects.locked(approved.article_id)
            other = pool.submit(fire)
            wait_for(other)
            scheduling.cancel_schedules(article, because="The page was taken down.")
        assert other.result() is False
    assert Schedule.objects.get().outcome == "cancelled"


@pytest.mark.whole
def test_two_workers_that_fire_together_publish_once(approved: Revision, publisher: User) -> None:
    let_its_time_come(scheduling.schedule(approved, publish_at=timezone.now() + SOON, zone="UTC", by=publisher))
    together = Barrier(2)

    def worker() -> int:
        try:
            together.wait(timeout=30)
            return scheduling.publish_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as workers:
        counts = [job.result() for job in [workers.submit(worker) for _ in range(2)]]
    assert sorted(counts) == [0, 1]
    assert PublishedPage.objects.count() == 1


def test_of_two_who_save_at_once_one_gets_both_texts(draft: Revision, writer: User, editor: User) -> None:
    """The second waits for the first, who changes the very row that it waits for."""
    seen = draft.version

    def save_second() -> str:
        try:
            drafting.save_draft(draft, text=PAGE + "\nYours.\n", version=seen, by=editor)
        except StaleDraft as stale:
            return stale.theirs.text
        finally:
            connection.close()
        return "It was saved over the other."

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first = Revision.objects.get(pk=draft.pk)
            drafting.save_draft(first, text=PAGE + "\nMine.\n", version=seen, by=writer)
            second = pool.submit(save_second)
            wait_for(second)
        assert second.result().endswith("Mine.\n")


def test_two_who_move_topics_at_once_close_no_circle(topic: Topic) -> None:
    """The second waits for the first, and then sees where it moved its topic."""
    other = Topic.objects.create(slug="other", name="X", summary="X")

    def move_second() -> None:
        try:
            with pytest.raises(IntegrityError, match="a topic cannot stand under one of its own topics"):
                Topic.objects.filter(pk=other.pk).update(parent=topic)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Topic.objects.filter(pk=topic.pk).update(parent=other)
            second = pool.submit(move_second)
            wait_for(second)
        second.result()


def locked(row: Model) -> None:
    """Lock the row, as the step does that is taken a moment later."""
    type(row)._base_manager.select_for_update(of=("self",)).get(pk=row.pk)


def test_a_review_is_taken_while_it_is_given_up(in_review: Revision, reviewer: User, writer: User) -> None:
    """Both write on the request first, then in the ledger."""

    def give_up() -> None:
        try:
            drafting.abandon(Revision.objects.get(pk=in_review.pk), reason="Not now.", by=writer)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            locked(in_review.review_request)
            other = pool.submit(give_up)
            wait_for(other)
            claiming.claim(in_review.review_request, by=reviewer)
        other.result()
    assert Revision.objects.get(pk=in_review.pk).status == "abandoned"


def a_suggestion(page: PublishedPage, reviewer: User) -> Suggestion:
    block = page.revision.blocks.get(key="symptoms/p-2")
    return suggesting.suggest(page.revision, block=block, wording="Many people cough.", reason="", by=reviewer)


def test_a_suggestion_is_taken_over_while_somebody_saves(
    published: PublishedPage, reviewer: User, writer: User, editor: User
) -> None:
    """Both lock the draft first, then the suggestions, and then the ledger."""
    suggestion = a_suggestion(published, reviewer)
    draft = drafting.start_draft(published.article, by=writer)

    def take_over() -> None:
        try:
            seen = Revision.objects.get(pk=draft.pk)
            with pytest.raises(StaleDraft):
                suggesting.accept(suggestion, seen, text=PAGE, version=1, by=writer)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            locked(draft)
            other = pool.submit(take_over)
            wait_for(other)
            drafting.save_draft(draft, text=f"{PAGE}\nMore.\n", version=1, by=editor)
        other.result()
    assert Suggestion.objects.get().is_open


@pytest.mark.whole
def test_a_suggestion_is_declined_while_its_words_are_restored(
    published: PublishedPage, reviewer: User, writer: User
) -> None:
    """Both lock the suggestion first, then the ledger."""
    old = drafting.start_draft(published.article, by=writer)
    drafting.save_draft(old, text=PAGE.replace("Most", "Many"), version=1, by=writer)
    drafting.abandon(old, reason="Not now.", by=writer)
    suggestion = a_suggestion(published, reviewer)

    def restore() -> None:
        try:
            drafting.restore(Revision.objects.get(pk=old.pk), by=writer)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            locked(suggestion)
            other = pool.submit(restore)
            wait_for(other)
            suggesting.decline(suggestion, by=reviewer)
        other.result()
    assert published.article.revisions.drafts().exists()


# What is read again, taken down, put back


def in_turn(first: Callable[[], Any], second: Callable[[], Any]) -> Future[Any]:
    """The second is begun while the first holds the page, and ended after it."""

    def run() -> Any:
        try:
            return second()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            locked(Article.objects.get())
            other = pool.submit(run)
            wait_for(other)
            first()
        return other


def take_down(by: User) -> Takedown:
    return takedown.take_down(Article.objects.get(), reason="It could do harm.", by=by)


def test_a_page_that_is_taken_down_meanwhile_is_found_right_as_it_was_read(
    published: PublishedPage, second_reviewer: User, medical_lead: User
) -> None:
    token = reaffirming.issue_token(second_reviewer, published)
    other = in_turn(
        lambda: take_down(medical_lead),
        lambda: reaffirming.reaffirm(Article.objects.get(), token=token, by=second_reviewer),
    )
    assert other.result().completes
    assert Article.objects.get().live is None


def test_a_page_whose_words_are_withdrawn_meanwhile_is_not_put_back(
    published: PublishedPage, reviewer: User, medical_lead: User, publisher: User
) -> None:
    down = take_down(medical_lead)
    signed = published.revision.sign_offs.latest("pk")
    other = in_turn(
        lambda: safety.withdraw_for_safety(signed, reason="It could do harm.", by=reviewer),
        lambda: takedown.lift(down, by=publisher),
    )
    with pytest.raises(PublishingRefused):
        other.result()
    assert Article.objects.get().live is None


def test_who_reads_a_page_that_is_called_in_meanwhile_is_shown_why(
    published: PublishedPage, second_reviewer: User
) -> None:
    token = reaffirming.issue_token(second_reviewer, published)
    other = in_turn(
        lambda: freshness.due_now(Article.objects.get(), Trigger.DEAD_LINK, subject="https://journal.example/gone"),
        lambda: reaffirming.reaffirm(Article.objects.get(), token=token, by=second_reviewer),
    )
    with pytest.raises(NotWhatWasShown):
        other.result()


def test_two_who_waive_the_same_finding_at_once_make_one_waiver(
    draft: Revision, editor: User, medical_lead: User
) -> None:
    write(draft)
    other = in_turn(lambda: waived(draft, by=editor), lambda: waived(draft, by=medical_lead))
    with pytest.raises(TransitionRefused, match="is waived already"):
        other.result()
    assert Waiver.objects.running().get().made_by == editor
