"""Requests: due by risk, asked of somebody or open; taken for three days at a time, declined, handed over, arranged."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from articles.models import (
    Absence,
    Article,
    Priority,
    ReviewClaim,
    ReviewRequest,
    Revision,
    Significance,
    TransitionRefused,
)
from articles.models.review import LEASE
from articles.review import claiming, drafting, signing
from mesoinfo import outbox, schedule
from mesoinfo.models import AuditEntry, OutboxMessage, User
from tests.conftest import PAGE, a_reviewer, sign_all

pytestmark = pytest.mark.usefixtures("draft_once")


def days(count: int) -> datetime.date:
    return timezone.now().date() + datetime.timedelta(days=count)


@pytest.fixture
def asked(in_review: Revision) -> ReviewRequest:
    return in_review.review_request


def assign(request: ReviewRequest, user: User, medical_lead: User) -> None:
    claiming.arrange(request, due_on=request.due_on, priority=Priority.NORMAL, assigned_to=user, by=medical_lead)


def lapse(claim: ReviewClaim) -> None:
    then = timezone.now() - datetime.timedelta(days=4)
    ReviewClaim.objects.filter(pk=claim.pk).update(claimed_at=then, lease_until=then + LEASE)


def mails(kind: str) -> list[User | None]:
    return [message.recipient for message in OutboxMessage.objects.filter(kind=kind).order_by("pk")]


# Due dates


@pytest.mark.parametrize(("risk", "within"), [("high", 7), ("medium", 14), ("low", 28)])
def test_it_is_due_by_the_risk_of_the_page(draft, writer, risk, within):
    Article.objects.filter(pk=draft.article_id).update(risk_class=risk)
    asked = drafting.submit(draft, change_note="First.", by=writer)
    assert (asked.due_on, asked.priority, asked.assigned_to) == (days(within), Priority.NORMAL, None)


def test_a_safety_correction_is_urgent_and_due_tomorrow(draft, writer):
    asked = drafting.submit(draft, change_note="The dose.", significance=Significance.SAFETY_CORRECTION, by=writer)
    assert (asked.due_on, asked.priority) == (days(1), Priority.URGENT)
    draft.refresh_from_db()
    assert draft.significance == Significance.SAFETY_CORRECTION


# Taking it


def test_whoever_takes_it_is_seen_for_three_days_and_locks_nobody_out(asked, reviewer, second_reviewer):
    held = claiming.claim(asked, by=reviewer)
    assert held.lease_until - held.claimed_at == datetime.timedelta(hours=72)
    assert [claim.reviewer for claim in asked.claims.held()] == [reviewer]
    sign_all(asked.revision, second_reviewer, except_for=("title",))
    assert {claim.reviewer for claim in asked.claims.held()} == {reviewer, second_reviewer}


def test_a_lease_lapses_by_itself_and_signing_renews_it(asked, reviewer):
    lapse(claiming.claim(asked, by=reviewer))
    assert not asked.claims.held().exists()
    sign_all(asked.revision, reviewer, except_for=("title",))
    assert [claim.reviewer for claim in asked.claims.held()] == [reviewer]
    assert asked.claims.count() == 1
    assert AuditEntry.objects.filter(action="review.claimed").count() == 2


def test_only_who_may_sign_takes_it(asked, writer, medical_lead):
    with pytest.raises(TransitionRefused, match="medical reviewer role"):
        claiming.claim(asked, by=writer)
    with pytest.raises(TransitionRefused, match="credential"):
        claiming.claim(asked, by=medical_lead)


def test_what_is_given_back_is_open_again(asked, reviewer):
    with pytest.raises(TransitionRefused, match="You have not taken this review"):
        claiming.give_back(asked, by=reviewer)
    claiming.claim(asked, by=reviewer)
    claiming.give_back(asked, by=reviewer)
    assert not asked.claims.held().exists()
    claiming.claim(asked, by=reviewer)
    assert asked.claims.held().count() == 1


def test_a_review_that_is_over_is_taken_by_nobody(asked, reviewer, second_reviewer):
    claiming.claim(asked, by=reviewer)
    signing.request_changes(asked.revision, reason="Say who.", by=reviewer)
    for step in (
        lambda: claiming.claim(asked, by=second_reviewer),
        lambda: claiming.give_back(asked, by=reviewer),
        lambda: claiming.decline(asked, reason="No time.", by=reviewer),
        lambda: claiming.hand_over(asked, to=second_reviewer, reason="", by=reviewer),
    ):
        with pytest.raises(TransitionRefused, match="This review is over: changes requested"):
            step()


# Declining and handing over


def test_declining_says_why_tells_who_submitted_and_opens_it(asked, reviewer, medical_lead, writer, mailoutbox):
    assign(asked, reviewer, medical_lead)
    with pytest.raises(TransitionRefused, match="Say in a sentence why"):
        claiming.decline(asked, reason=" ", by=reviewer)
    claiming.decline(asked, reason="I know the author well.", by=reviewer)
    asked.refresh_from_db()
    assert asked.assigned_to is None
    assert asked.claims.get().reason == "I know the author well."
    outbox.deliver_due()
    told = [mail for mail in mailoutbox if "was declined" in mail.subject]
    assert [mail.to for mail in told] == [[writer.email]]
    assert "know the author" not in told[0].body


def test_who_was_not_asked_declines_nothing(asked, reviewer, second_reviewer):
    with pytest.raises(TransitionRefused, match="Nobody has asked you"):
        claiming.decline(asked, reason="No time.", by=reviewer)
    claiming.claim(asked, by=reviewer)
    with pytest.raises(TransitionRefused, match="You do not have this review"):
        claiming.hand_over(asked, to=reviewer, reason="", by=second_reviewer)


def test_handing_over_asks_the_colleague_and_says_so(asked, reviewer, second_reviewer, mailoutbox):
    claiming.claim(asked, by=reviewer)
    claiming.hand_over(asked, to=second_reviewer, reason="Too close to me.", by=reviewer)
    asked.refresh_from_db()
    assert asked.assigned_to == second_reviewer
    assert asked.claims.get().handed_to == second_reviewer
    assert not asked.claims.held().exists()
    outbox.deliver_due()
    assert [mail.to for mail in mailoutbox if "to review" in mail.subject] == [[second_reviewer.email]]


def test_why_it_was_handed_over_is_kept_though_it_was_never_taken(asked, reviewer, second_reviewer, medical_lead):
    assign(asked, reviewer, medical_lead)
    claiming.hand_over(asked, to=second_reviewer, reason="Too close to me.", by=reviewer)
    passed_on = asked.claims.get()
    assert (passed_on.reviewer, passed_on.handed_to, passed_on.reason) == (
        reviewer,
        second_reviewer,
        "Too close to me.",
    )


def test_it_is_handed_to_somebody_else_who_may_sign(asked, reviewer, writer, second_reviewer, medical_lead):
    claiming.claim(asked, by=reviewer)
    with pytest.raises(TransitionRefused, match="Choose a colleague"):
        claiming.hand_over(asked, to=reviewer, reason="", by=reviewer)
    with pytest.raises(TransitionRefused, match="The writer may not sign this page"):
        claiming.hand_over(asked, to=writer, reason="", by=reviewer)
    assign(asked, second_reviewer, medical_lead)
    third = a_reviewer("third@example.org", verified_by=medical_lead)
    with pytest.raises(TransitionRefused, match=r"second.reviewer is asked for this review as well"):
        claiming.hand_over(asked, to=third, reason="", by=reviewer)


# Arranging


def test_the_lead_sets_day_urgency_and_reviewer(asked, reviewer, medical_lead, editor, writer):
    claiming.arrange(asked, due_on=days(2), priority=Priority.URGENT, assigned_to=reviewer, by=medical_lead)
    asked.refresh_from_db()
    assert (asked.due_on, asked.priority, asked.assigned_to) == (days(2), Priority.URGENT, reviewer)
    claiming.arrange(asked, due_on=days(3), priority=Priority.URGENT, assigned_to=reviewer, by=editor)
    assert mails("review-asked") == [reviewer]
    for by, to, day, told in (
        (writer, reviewer, days(3), "medical lead or editor role"),
        (editor, writer, days(3), "may not sign this page"),
        (editor, reviewer, days(-1), "That day is past"),
    ):
        with pytest.raises(TransitionRefused, match=told):
            claiming.arrange(asked, due_on=day, priority=Priority.NORMAL, assigned_to=to, by=by)


def test_an_overdue_review_can_be_given_to_somebody_without_moving_its_day(asked, reviewer, medical_lead):
    ReviewRequest.objects.filter(pk=asked.pk).update(due_on=days(-3))
    asked.refresh_from_db()
    assert asked.is_overdue
    assign(asked, reviewer, medical_lead)
    asked.refresh_from_db()
    assert (asked.assigned_to, asked.due_on) == (reviewer, days(-3))


# The next round


def submit_again(revision: Revision, writer: User) -> ReviewRequest:
    draft = revision.article.revisions.drafts().first() or drafting.start_draft(revision.article, by=writer)
    drafting.save_draft(draft, text=PAGE.replace("Most", "Many"), version=draft.version, by=writer)
    return drafting.submit(draft, change_note="As asked.", by=writer)


def test_who_sent_it_back_is_asked_first_in_the_next_round(in_review, reviewer, second_reviewer, writer):
    claiming.claim(in_review.review_request, by=second_reviewer)
    signing.request_changes(in_review, reason="Say who.", by=reviewer)
    assert submit_again(in_review, writer).assigned_to == reviewer
    assert mails("review-asked") == [reviewer]


def test_after_a_recall_whoever_had_it_is_asked_and_nobody_who_declined(
    in_review, reviewer, second_reviewer, writer, medical_lead
):
    claiming.claim(in_review.review_request, by=reviewer)
    assign(in_review.review_request, second_reviewer, medical_lead)
    claiming.decline(in_review.review_request, reason="No time.", by=second_reviewer)
    drafting.recall(in_review, reason="A mistake.", by=writer)
    assert submit_again(in_review, writer).assigned_to == reviewer


def test_who_may_not_sign_is_not_asked(in_review, reviewer, medical_lead, writer):
    signing.request_changes(in_review, reason="Say who.", by=medical_lead)
    assert submit_again(in_review, writer).assigned_to is None


def test_who_had_the_page_before_it_was_published_is_asked_for_its_next_version(published, reviewer, writer):
    assert submit_again(published.revision, writer).assigned_to == reviewer


# On changes requested


def test_everyone_who_wrote_or_signed_is_told_that_changes_are_asked_for(
    published, next_revision, reviewer, second_reviewer, editor, writer, medical_lead, mailoutbox
):
    draft = drafting.start_draft(published.article, by=editor)
    drafting.save_draft(draft, text=PAGE.replace("Most", "Many"), version=draft.version, by=editor)
    drafting.submit(draft, change_note="A change.", by=writer)
    signing.request_changes(draft, reason="Say who.", by=second_reviewer)
    outbox.deliver_due()
    told = {mail.to[0] for mail in mailoutbox if mail.subject.startswith("Changes requested")}
    assert told == {editor.email, writer.email, reviewer.email}


# Away


def go_away(user: User, stand_in: User, first: int = 0, last: int = 7) -> Absence:
    return claiming.go_away(user, first_day=days(first), last_day=days(last), stand_in=stand_in)


def test_what_the_absent_have_goes_to_who_stands_in_once(asked, reviewer, second_reviewer):
    claiming.claim(asked, by=reviewer)
    go_away(reviewer, second_reviewer)
    assert claiming.hand_over_what_the_absent_have() == 1
    asked.refresh_from_db()
    assert asked.assigned_to == second_reviewer
    assert claiming.hand_over_what_the_absent_have() == 0
    assert mails("review-asked") == [second_reviewer]
    entry = AuditEntry.objects.get(action="review.handed_over")
    assert (entry.actor, entry.facts) == (None, {"of": reviewer.pk, "to": second_reviewer.pk})


def test_nothing_moves_before_the_first_day_or_after_the_last(asked, reviewer, second_reviewer):
    claiming.claim(asked, by=reviewer)
    go_away(reviewer, second_reviewer, first=1)
    absence = go_away(reviewer, second_reviewer)
    Absence.objects.filter(pk=absence.pk).update(first_day=days(-9), last_day=days(-1))
    assert claiming.hand_over_what_the_absent_have() == 0


def test_what_the_stand_in_may_not_sign_stays_where_it_is(asked, reviewer, second_reviewer, medical_lead):
    claiming.claim(asked, by=reviewer)
    go_away(reviewer, medical_lead)  # without a credential
    assert claiming.hand_over_what_the_absent_have() == 0
    assert asked.claims.held().get().reviewer == reviewer


def test_whoever_stands_in_for_the_stand_in_gets_it(asked, reviewer, second_reviewer, medical_lead):
    third = a_reviewer("third@example.org", verified_by=medical_lead)
    claiming.claim(asked, by=reviewer)
    go_away(reviewer, second_reviewer)
    go_away(second_reviewer, third)
    assert claiming.hand_over_what_the_absent_have() == 1
    asked.refresh_from_db()
    assert asked.assigned_to == third


def test_two_who_stand_in_for_each_other_pass_nothing_to_and_fro(asked, reviewer, second_reviewer):
    claiming.claim(asked, by=reviewer)
    go_away(reviewer, second_reviewer)
    go_away(second_reviewer, reviewer)
    assert claiming.hand_over_what_the_absent_have() == 0


def test_the_next_round_is_offered_to_who_stands_in(in_review, reviewer, second_reviewer, writer):
    signing.request_changes(in_review, reason="Say who.", by=reviewer)
    go_away(reviewer, second_reviewer)
    assert submit_again(in_review, writer).assigned_to == second_reviewer


def test_with_nobody_away_the_sweep_asks_the_database_twice(asked, reviewer, django_assert_num_queries):
    claiming.claim(asked, by=reviewer)
    with django_assert_num_queries(2):
        claiming.hand_over_what_the_absent_have()


@pytest.mark.parametrize(("first", "last", "told"), [(3, 1, "before the first"), (-9, -1, "These days are past")])
def test_days_away_are_in_order_and_to_come(reviewer, second_reviewer, first, last, told):
    with pytest.raises(TransitionRefused, match=told):
        go_away(reviewer, second_reviewer, first, last)


def test_another_reviewer_stands_in(reviewer, writer):
    for nobody in (reviewer, writer):
        with pytest.raises(TransitionRefused, match="Choose a colleague who reviews"):
            go_away(reviewer, nobody)


def test_coming_back_is_said_by_who_was_away(asked, reviewer, second_reviewer):
    absence = go_away(reviewer, second_reviewer)
    with pytest.raises(TransitionRefused, match="Only whoever is away"):
        claiming.come_back(absence, by=second_reviewer)
    claiming.come_back(absence, by=reviewer)
    assert not Absence.objects.exists()
    assert claiming.who_is_here(reviewer) == reviewer


def test_the_worker_runs_it() -> None:
    assert "articles.review.claiming.hand_over_what_the_absent_have" in schedule.SWEEPS.values()
