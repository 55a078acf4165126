"""Pages are read again in time: the ladder, what calls a page in early, and "checked, still right"."""

from __future__ import annotations

import datetime
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import (
    Article,
    Byline,
    Credential,
    EarlyReview,
    Freshness,
    PublishedPage,
    Reaffirmation,
    Revision,
    Settlement,
    SignOff,
    TransitionRefused,
    Trigger,
)
from articles.models.article import LAPSES_AFTER, REVIEW_INTERVAL
from articles.publishing import emergency, takedown
from articles.publishing.publish import publish
from articles.publishing.safety import withdraw_for_safety
from articles.review import drafting, freshness, notices, reaffirming, signing, suggesting
from articles.review.coverage import reviewed_on
from articles.review.dates import months_after
from articles.review.signing import NotWhatWasShown, SignOffRefused
from citations import merging
from citations.models import Notice, Source
from mesoinfo import outbox
from mesoinfo.models import AuditEntry, OutboxMessage, User
from tests.conftest import PAGE, a_reviewer, a_user, member, publish_one, sign_all, without_triggers

pytestmark = pytest.mark.usefixtures("in_review_once")

COUGH = "Most people cough."
TODAY = timezone.now().date  # asked anew: a run may go over midnight


def days(count: int) -> datetime.timedelta:
    return datetime.timedelta(days=count)


def the_article() -> Article:
    return Article.objects.select_related("live__revision").get(address="mesothelioma/stage-4")


def moved(article: Article, *, due_in: int, **fields: Any) -> None:
    """The clock stands still, so the page's dates move: next due in so many days, reviewed an interval before."""
    Article.objects.filter(pk=article.pk).update(
        next_due=TODAY() + days(due_in), last_reviewed=TODAY() + days(min(due_in, 0) - 700), **fields
    )


def signed_long_ago(article: Article, years: int = 3) -> None:
    """Every signature on the page is so many years old."""
    with without_triggers("articles_signoff"):
        SignOff.objects.filter(article=article).update(signed_at=timezone.now() - days(365 * years))
    moved(article, due_in=-365)


def right(article: Article, by: User) -> Reaffirmation:
    """This person opens the page on the desk, reads it, and finds it right."""
    fresh = Article.objects.select_related("live__revision").get(pk=article.pk)
    assert fresh.live is not None
    return reaffirming.reaffirm(fresh, token=reaffirming.issue_token(by, fresh.live), by=by)


def noticed(kind: str, **fields: Any) -> Notice:
    return Notice.objects.create(source=Source.objects.get(key="trial2020"), kind=kind, on=TODAY(), **fields)


def actions(*wanted: str) -> list[str]:
    found = AuditEntry.objects.order_by("sequence").values_list("action", flat=True)
    return [action for action in found if action in wanted]


STEPS = ("page.due_soon", "page.overdue", "page.lapsed")


# The ladder


@pytest.mark.parametrize(("risk", "months", "lapses"), [("high", 12, 30), ("medium", 24, 90), ("low", 36, 90)])
def test_the_risk_class_says_how_often_a_page_is_read_and_when_it_lapses(
    published: PublishedPage, risk: str, months: int, lapses: int
) -> None:
    assert (REVIEW_INTERVAL[risk], LAPSES_AFTER[risk]) == (months, lapses)  # type: ignore[index]  # as PostgreSQL has it
    for late in (lapses - 1, lapses):
        moved(published.article, due_in=-late, risk_class=risk)
        article = the_article()
        assert article.freshness is (Freshness.LAPSED if late == lapses else Freshness.OVERDUE)
        assert article.next_due is not None
        assert article.lapses_on == article.next_due + days(lapses)
        assert Article.objects.findable().exists() is (late < lapses)


@pytest.mark.parametrize("due_in", [61, 60, 1, 0, -1, -89, -90, -400])
def test_lists_and_pages_agree_on_where_a_page_stands(published: PublishedPage, due_in: int) -> None:
    moved(published.article, due_in=due_in)
    stands = [step for step in Freshness if Article.objects.that_are(step, on=TODAY()).exists()]
    assert stands == [the_article().freshness]


# The tick


def test_a_page_goes_down_the_ladder_and_each_step_is_told_once(
    published: PublishedPage, editor: User, medical_lead: User
) -> None:
    due = the_article().next_due
    assert due is not None
    for at, step in [(due - days(61), None), (due - days(60), 0), (due, 1), (due + days(90), 2)]:
        now = datetime.datetime.combine(at, datetime.time(6), datetime.UTC)
        ticked = freshness.tick(now)
        again = freshness.tick(now)
        assert actions(*STEPS) == list(STEPS[: step + 1] if step is not None else [])
        assert sum(ticked.reached.values()) == (step is not None)
        assert (again.called_in, sum(again.reached.values()), again.mails) == (0, 0, 0)
    mails_go_out()
    told = [message.subject for message in mail.outbox if message.to == [editor.email]]
    assert told.count("Overdue, and readers are told: 1 page") == 1
    assert {message.to[0] for message in mail.outbox} == {editor.email, medical_lead.email}
    assert all("mesothelioma/stage-4" in message.body for message in mail.outbox)


@pytest.mark.whole
def test_reminders_repeat_each_week_until_somebody_acts(
    published: PublishedPage, medical_lead: User, reviewer: User
) -> None:
    signed_long_ago(published.article)
    monday = datetime.datetime.combine(TODAY() - days(TODAY().weekday()), datetime.time(6), datetime.UTC)
    for week in range(3):
        for day in range(7):
            freshness.tick(monday + days(7 * week + day))
    weekly = OutboxMessage.objects.filter(kind="pages-overdue", role="medical lead")
    assert weekly.count() == 3
    right(published.article, reviewer_apart(medical_lead))
    freshness.tick(monday + days(28))
    assert weekly.count() == 3


def reviewer_apart(lead: User) -> User:
    return a_reviewer("another.reviewer@example.org", verified_by=lead)


def mails_go_out() -> None:
    """The hour is over."""
    OutboxMessage.objects.update(available_at=timezone.now())
    outbox.deliver_due()


def test_what_one_tick_does_not_see_to_the_next_does_and_the_mail_has_all(
    published: PublishedPage, editor: User, medical_lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freshness, "AT_ONCE", 1)
    publish_one("mesothelioma/cough", "# Cough\n\nA lede.\n\n## One\n\nWords.\n")
    Article.objects.update(next_due=TODAY(), last_reviewed=TODAY() - days(700))
    assert [freshness.tick().reached["overdue"] for _ in range(3)] == [1, 1, 0]
    mails_go_out()
    told = [message for message in mail.outbox if message.to == [editor.email] and "Overdue" in message.subject]
    assert sum(message.body.count("- mesothelioma/") for message in told) == 2


@pytest.mark.whole
def test_many_pages_make_one_mail_for_each_role(
    published: PublishedPage, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "NAMED_IN_A_MAIL", 2)
    for number in range(4):
        publish_one(f"mesothelioma/a{number}", f"# Page {number}\n\nA lede.\n\n## One\n\nWords.\n")
    Article.objects.update(next_due=TODAY(), last_reviewed=TODAY() - days(700))
    freshness.tick()
    member("medical lead")
    assert OutboxMessage.objects.filter(kind="pages-reached").count() == 2
    assert OutboxMessage.objects.filter(kind="pages-overdue").count() == 2
    assert actions(*STEPS) == ["page.overdue"] * 5
    mails_go_out()
    (first, *_) = [message for message in mail.outbox if message.subject.startswith("Overdue")]
    assert first.body.count("- mesothelioma/") == 2
    assert "and 3 more" in first.body


@pytest.mark.whole
def test_a_tick_asks_the_same_few_questions_whatever_the_number_of_pages(published: PublishedPage) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            freshness.tick()
        return len(asked)

    moved(published.article, due_in=0)
    few = queries()
    for number in range(4):
        publish_one(f"mesothelioma/a{number}", f"# Page {number}\n\nA lede.\n\n## One\n\nWords.\n")
    Article.objects.update(next_due=TODAY(), last_reviewed=TODAY() - days(700))
    assert queries() <= few
    noticed("retracted")
    assert EarlyReview.objects.count() == 0
    queries()
    assert EarlyReview.objects.count() == 1


def test_only_what_readers_see_is_called_in_or_told_of(published: PublishedPage, publisher: User) -> None:
    moved(published.article, due_in=0)
    takedown.withdraw_page(published.article, reason="Old.", reader_note="It is old.", by=publisher)
    noticed("retracted")
    ticked = freshness.tick()
    assert (ticked.called_in, sum(ticked.reached.values()), ticked.mails) == (0, 0, 0)


def test_the_command_ticks_at_the_time_it_is_given(published: PublishedPage) -> None:
    due = the_article().next_due
    assert due is not None
    said = StringIO()
    call_command("freshness_tick", now=due.isoformat(), stdout=said)
    assert said.getvalue().split("\n")[:4] == ["called in early: 0", "due soon: 0", "overdue: 1", "lapsed: 0"]
    assert actions(*STEPS) == ["page.overdue"]
    again = StringIO()
    call_command("freshness_tick", now=due.isoformat(), stdout=again)
    assert "overdue: 0" in again.getvalue()
    with pytest.raises(CommandError, match="Give one such as 2027-01-01"):
        call_command("freshness_tick", now="soon")


# What calls a page in early


@pytest.mark.parametrize(("kind", "trigger"), [("retracted", Trigger.RETRACTION), ("superseded", Trigger.SUPERSEDED)])
def test_a_notice_on_a_source_calls_in_the_pages_that_cite_it_once(
    published: PublishedPage, kind: str, trigger: Trigger
) -> None:
    other = publish_one("mesothelioma/cough", "# Cough\n\nIt cites nothing.\n\n## One\n\nWords.\n").article
    successor = {"successor": Source.objects.create(key="newer", csl={"id": "newer", "type": "book", "title": "N"})}
    noticed(kind, **(successor if kind == "superseded" else {}))
    assert freshness.tick().called_in == 1
    assert freshness.tick().called_in == 0
    early = EarlyReview.objects.get()
    assert (early.article, early.trigger, early.subject) == (published.article, trigger, "trial2020")
    assert the_article().freshness is Freshness.OVERDUE
    assert the_article().next_due == TODAY()
    assert Article.objects.get(pk=other.pk).freshness is Freshness.CURRENT
    assert actions("page.called_in", *STEPS) == ["page.called_in", "page.overdue"]


@pytest.mark.parametrize("said_first", [True, False])
def test_a_page_is_called_in_for_what_is_said_of_the_source_that_its_own_was_merged_into(
    published: PublishedPage, source: Source, editor: User, said_first: bool
) -> None:
    other = Source.objects.create(key="other", csl={"id": "other", "type": "book", "title": "Another"})
    steps = [
        lambda: Notice.objects.create(source=other, kind="retracted", on=TODAY()),
        lambda: merging.merge(source, other, take=frozenset(), stamp=merging.preview(source, other).stamp, by=editor),
    ]
    for step in steps if said_first else reversed(steps):
        assert freshness.tick().called_in == 0
        step()
    assert freshness.tick().called_in == 1
    assert freshness.tick().called_in == 0
    assert EarlyReview.objects.get().subject == "trial2020"


def test_merging_a_source_that_pages_were_called_in_for_calls_nobody_again(
    published: PublishedPage, source: Source, editor: User, reviewer: User
) -> None:
    noticed("retracted")
    freshness.tick()
    right(published.article, reviewer)
    other = Source.objects.create(key="other", csl={"id": "other", "type": "book", "title": "Another"})
    merging.merge(source, other, take=frozenset(), stamp=merging.preview(source, other).stamp, by=editor)
    assert other.notices.count() == 1
    assert freshness.tick().called_in == 0


def test_a_page_that_was_submitted_after_the_notice_knew_of_it(published: PublishedPage, next_revision: Any) -> None:
    noticed("corrected")
    assert freshness.tick().called_in == 0
    with without_triggers("citations_notice"):
        Notice.objects.update(kind="retracted", recorded_at=timezone.now() - days(400))
    assert freshness.tick().called_in == 0


def test_a_source_that_was_reinstated_calls_nobody_in(published: PublishedPage) -> None:
    noticed("retracted")
    noticed("reinstated")
    assert freshness.tick().called_in == 0


def test_a_second_notice_on_the_same_source_calls_again(published: PublishedPage, reviewer: User) -> None:
    noticed("retracted")
    freshness.tick()
    right(published.article, reviewer)
    assert freshness.tick().called_in == 0
    noticed("retracted", note="Confirmed.")
    assert freshness.tick().called_in == 1


def test_a_page_that_rests_on_a_revoked_credential_is_called_in(
    published: PublishedPage, reviewer: User, medical_lead: User
) -> None:
    Credential.objects.get(person__user=reviewer).revoke(because="The board withdrew it.", by=medical_lead)
    assert freshness.tick().called_in == 1
    assert EarlyReview.objects.get().trigger == Trigger.REVOKED
    assert freshness.tick().called_in == 0
    right(published.article, reviewer_apart(medical_lead))
    assert freshness.tick().called_in == 0
    assert the_article().freshness is Freshness.CURRENT


def test_a_page_that_somebody_else_signed_as_well_is_not(
    in_review: Revision, reviewer: User, second_reviewer: User, publisher: User, medical_lead: User
) -> None:
    Article.objects.update(risk_class="high")
    sign_all(in_review, reviewer)
    sign_all(in_review, second_reviewer)
    in_review.refresh_from_db()
    publish(in_review, by=publisher)
    Credential.objects.get(person__user=reviewer).revoke(because="The board withdrew it.", by=medical_lead)
    assert freshness.tick().called_in == 0
    Byline.objects.create(article=in_review.article, person=second_reviewer.person, role="editor")
    assert freshness.tick().called_in == 1


def test_a_page_whose_last_reader_was_revoked_is_called_in(
    published: PublishedPage, reviewer: User, medical_lead: User
) -> None:
    other = reviewer_apart(medical_lead)
    right(published.article, other)
    Credential.objects.get(person__user=other).revoke(because="It was forged.", by=medical_lead)
    assert freshness.tick().called_in == 1
    right(published.article, reviewer)
    assert freshness.tick().called_in == 0


def test_the_checker_of_links_can_call_a_page_in(published: PublishedPage) -> None:
    dead = "https://journal.example/gone"
    assert freshness.due_now(published.article, Trigger.DEAD_LINK, subject=dead, detail=dead)
    assert not freshness.due_now(published.article, Trigger.DEAD_LINK, subject=dead, detail=dead)
    assert the_article().next_due == TODAY()
    assert actions("page.called_in") == ["page.called_in"]


def test_a_page_that_was_due_before_stays_due_since_then(published: PublishedPage) -> None:
    moved(published.article, due_in=-10)
    freshness.due_now(published.article, Trigger.DEAD_LINK, subject="https://journal.example/gone")
    assert the_article().next_due == TODAY() - days(10)


def test_a_page_readers_do_not_see_is_not_called_in(approved: Revision) -> None:
    with pytest.raises(TransitionRefused, match="Readers do not see this page"):
        freshness.due_now(approved.article, Trigger.DEAD_LINK, subject="https://journal.example/gone")


# How that is settled


@pytest.fixture
def called_in(published: PublishedPage) -> EarlyReview:
    freshness.due_now(published.article, Trigger.DEAD_LINK, subject="https://journal.example/gone")
    return EarlyReview.objects.get()


def settled(early: EarlyReview) -> str:
    early.refresh_from_db()
    return early.settlement


def test_publishing_what_was_submitted_afterwards_settles_it(
    called_in: EarlyReview, next_revision: Any, reviewer: User, publisher: User
) -> None:
    revision = next_revision(PAGE.replace(COUGH, "Many people cough."))
    sign_all(revision, reviewer)
    revision.refresh_from_db()
    publish(revision, by=publisher)
    assert settled(called_in) == Settlement.PUBLISHED
    assert the_article().freshness is Freshness.CURRENT


def test_publishing_what_was_submitted_before_leaves_the_page_due(
    published: PublishedPage, next_revision: Any, reviewer: User, publisher: User
) -> None:
    revision = next_revision(PAGE.replace(COUGH, "Many people cough."))
    freshness.due_now(published.article, Trigger.DEAD_LINK, subject="https://journal.example/gone")
    early = EarlyReview.objects.get()
    sign_all(revision, reviewer)
    revision.refresh_from_db()
    publish(revision, by=publisher)
    assert settled(early) == ""
    assert the_article().next_due == TODAY()


def test_falling_back_to_what_was_live_before_calls_it_in_again(
    published: PublishedPage, next_revision: Any, reviewer: User, publisher: User
) -> None:
    successor = Source.objects.create(key="newer", csl={"id": "newer", "type": "book", "title": "N"})
    noticed("superseded", successor=successor)
    freshness.tick()
    revision = next_revision(PAGE.replace(COUGH, "Many people cough."))
    sign_all(revision, reviewer)
    revision.refresh_from_db()
    publish(revision, by=publisher)
    assert the_article().freshness is Freshness.CURRENT
    block = revision.blocks.get(canonical__contains="Many people cough")
    sign_off = published.article.sign_offs.get(digest=block.digest)
    withdraw_for_safety(sign_off, reason="It is wrong.", by=reviewer)
    assert freshness.tick().called_in == 1


def test_publishing_does_not_settle_that_words_rest_on_a_revoked_credential(
    published: PublishedPage, next_revision: Any, reviewer: User, publisher: User, medical_lead: User
) -> None:
    Credential.objects.get(person__user=reviewer).revoke(because="The board withdrew it.", by=medical_lead)
    freshness.tick()
    revision = next_revision(PAGE.replace(COUGH, "Many people cough."))
    sign_all(revision, reviewer_apart(medical_lead))
    revision.refresh_from_db()
    publish(revision, by=publisher)
    assert settled(EarlyReview.objects.get()) == ""
    assert the_article().next_due == TODAY()


def test_the_medical_lead_dismisses_it_with_a_reason(called_in: EarlyReview, editor: User, medical_lead: User) -> None:
    with pytest.raises(TransitionRefused, match="medical lead"):
        freshness.dismiss(called_in, reason="It is up again.", by=editor)
    with pytest.raises(TransitionRefused, match="Say in a sentence why"):
        freshness.dismiss(called_in, reason=" ", by=medical_lead)
    freshness.dismiss(called_in, reason="It is up again.", by=medical_lead)
    assert settled(called_in) == Settlement.DISMISSED
    assert the_article().freshness is Freshness.CURRENT
    assert actions("early_review.dismissed") == ["early_review.dismissed"]
    with pytest.raises(TransitionRefused, match="settled already"):
        freshness.dismiss(called_in, reason="It is up again.", by=medical_lead)


def test_of_two_calls_one_that_is_dismissed_leaves_the_page_due(called_in: EarlyReview, medical_lead: User) -> None:
    freshness.due_now(the_article(), Trigger.DEAD_LINK, subject="https://journal.example/other")
    freshness.dismiss(called_in, reason="It is up again.", by=medical_lead)
    assert the_article().next_due == TODAY()


# Checked, still right


def test_a_page_found_right_counts_as_reviewed_today_and_not_as_updated(
    published: PublishedPage, reviewer: User
) -> None:
    signed_long_ago(published.article)
    before = the_article()
    made = right(published.article, reviewer)
    after = the_article()
    assert made.completes
    assert after.last_reviewed == TODAY()
    assert after.next_due == months_after(TODAY(), 24)
    assert (after.live, after.revisions.count()) == (before.live, before.revisions.count())
    assert after.live is not None
    assert before.live is not None
    assert after.live.published_at == before.live.published_at
    assert actions("page.reaffirmed") == ["page.reaffirmed"]
    assert (made.credential_then, made.as_specialist) == ("Licensed physician, A state board", False)


def test_it_settles_what_called_the_page_in(called_in: EarlyReview, reviewer: User) -> None:
    right(called_in.article, reviewer)
    assert settled(called_in) == Settlement.REAFFIRMED
    assert the_article().freshness is Freshness.CURRENT


def test_publishing_a_changed_block_later_does_not_lose_it(
    published: PublishedPage, next_revision: Any, reviewer: User, second_reviewer: User, publisher: User
) -> None:
    signed_long_ago(published.article)
    right(published.article, second_reviewer)
    revision = next_revision(PAGE.replace(COUGH, "Many people cough."))
    sign_all(revision, reviewer)
    revision.refresh_from_db()
    assert reviewed_on(revision) == TODAY()
    publish(revision, by=publisher)
    assert the_article().last_reviewed == TODAY()


def test_it_counts_for_the_blocks_it_was_said_of_and_for_nobody_who_is_named_later(
    published: PublishedPage, second_reviewer: User
) -> None:
    signed_long_ago(published.article)
    right(published.article, second_reviewer)
    revision = published.revision
    assert reviewed_on(revision) == TODAY()
    Byline.objects.create(article=published.article, person=second_reviewer.person, role="editor")
    assert reviewed_on(revision) == TODAY() - days(365 * 3)


@pytest.fixture
def of_high_risk(in_review: Revision, reviewer: User, second_reviewer: User, publisher: User) -> Article:
    Article.objects.update(risk_class="high")
    sign_all(in_review, reviewer)
    sign_all(in_review, second_reviewer)
    in_review.refresh_from_db()
    publish(in_review, by=publisher)
    signed_long_ago(in_review.article, years=2)
    return the_article()


def test_a_page_of_high_risk_takes_two_people_one_of_them_a_specialist(
    of_high_risk: Article, reviewer: User, second_reviewer: User, medical_lead: User
) -> None:
    assert not right(of_high_risk, reviewer).completes
    assert not right(of_high_risk, reviewer_apart(medical_lead)).completes
    assert the_article().freshness is Freshness.LAPSED
    assert right(of_high_risk, second_reviewer).completes
    assert the_article().last_reviewed == TODAY()


def test_the_same_person_is_not_two(of_high_risk: Article, second_reviewer: User) -> None:
    right(of_high_risk, second_reviewer)
    with pytest.raises(SignOffRefused, match="Somebody else reads it too"):
        right(of_high_risk, second_reviewer)


@pytest.mark.parametrize(("ago", "completes"), [(29, True), (31, False)])
def test_two_read_within_thirty_days(
    of_high_risk: Article, reviewer: User, second_reviewer: User, ago: int, completes: bool
) -> None:
    first = right(of_high_risk, second_reviewer)
    with without_triggers("articles_reaffirmation"):
        Reaffirmation.objects.filter(pk=first.pk).update(at=timezone.now() - days(ago))
    assert right(of_high_risk, reviewer).completes is completes


def test_whoever_read_it_before_it_was_called_in_does_not_count(
    of_high_risk: Article, reviewer: User, second_reviewer: User
) -> None:
    right(of_high_risk, second_reviewer)
    freshness.due_now(of_high_risk, Trigger.DEAD_LINK, subject="https://journal.example/gone")
    assert not right(of_high_risk, reviewer).completes
    assert right(of_high_risk, second_reviewer).completes


def test_only_what_was_shown_is_found_right(
    published: PublishedPage, next_revision: Any, reviewer: User, second_reviewer: User, publisher: User
) -> None:
    token = reaffirming.issue_token(reviewer, published)
    with pytest.raises(NotWhatWasShown, match="shown to somebody else"):
        reaffirming.reaffirm(published.article, token=token, by=second_reviewer)
    with pytest.raises(NotWhatWasShown, match="Only a page you were shown"):
        reaffirming.reaffirm(published.article, token=f"{token}x", by=reviewer)
    freshness.due_now(published.article, Trigger.DEAD_LINK, subject="https://journal.example/gone")
    with pytest.raises(NotWhatWasShown, match="Something has called this page in"):
        reaffirming.reaffirm(published.article, token=token, by=reviewer)
    revision = next_revision(PAGE.replace(COUGH, "Many people cough."))
    sign_all(revision, second_reviewer)
    revision.refresh_from_db()
    publish(revision, by=publisher)
    with pytest.raises(NotWhatWasShown, match="changed since you opened it"):
        reaffirming.reaffirm(published.article, token=token, by=reviewer)


def test_a_screen_open_too_long_finds_nothing_right(
    published: PublishedPage, reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = reaffirming.issue_token(reviewer, published)
    monkeypatch.setattr(reaffirming, "TOKEN_LIFETIME", -1)
    with pytest.raises(NotWhatWasShown, match="open too long"):
        reaffirming.reaffirm(published.article, token=token, by=reviewer)


def unfit(article: Article, user: User) -> str:
    sentence = reaffirming.why_not(user, the_article())
    with pytest.raises(SignOffRefused) as refusal:
        right(article, user)
    assert str(refusal.value) == sentence
    return sentence


def test_whoever_may_not_sign_may_not_find_it_right_either(
    published: PublishedPage, writer: User, publisher: User, reviewer: User, medical_lead: User
) -> None:
    article = published.article
    assert "needs the medical reviewer role" in unfit(article, publisher)
    assert "needs the medical reviewer role" in unfit(article, User.objects.create_superuser("r@e.org", "p", name="R"))
    drafted = a_reviewer("also.writes@example.org", verified_by=medical_lead)
    Byline.objects.create(article=article, person=drafted.person, role="editor")
    assert "You helped write this page" in unfit(article, drafted)
    expired = a_reviewer("expired@example.org", verified_by=medical_lead, valid_until=TODAY() - days(1))
    assert "credential" in unfit(article, expired)
    elsewhere = a_reviewer("elsewhere@example.org", verified_by=medical_lead)
    elsewhere.person.review_scopes.update(ends_on=TODAY() - days(1), granted_at=timezone.now())
    assert "review scope" in unfit(article, elsewhere)
    with without_triggers("articles_interest"):
        reviewer.person.interests.update(declared_on=TODAY() - days(366))
    assert "Declare your interests" in unfit(article, reviewer)


def test_nobody_finds_words_right_that_they_suggested(
    in_review: Revision, writer: User, reviewer: User, second_reviewer: User, publisher: User
) -> None:
    block = in_review.blocks.get(canonical__contains=COUGH)
    made = suggesting.suggest(in_review, block=block, wording="Many people cough.", reason="", by=second_reviewer)
    signing.request_changes(in_review, reason="See the suggestion.", by=second_reviewer)
    draft = drafting.start_draft(in_review.article, by=writer)
    text = draft.text.replace(COUGH, "Many people cough.")
    drafting.save_draft(draft, text=text, version=draft.version, by=writer)
    drafting.submit(draft, change_note="As suggested.", by=writer)
    sign_all(draft, reviewer)
    draft.refresh_from_db()
    publish(draft, by=publisher)
    made.refresh_from_db()
    assert made.accepted
    assert "wrote or suggested" in unfit(draft.article, second_reviewer)
    assert right(draft.article, reviewer).completes


def test_a_page_with_a_withdrawn_signature_or_hidden_blocks_is_not_found_right(
    published: PublishedPage, reviewer: User, second_reviewer: User
) -> None:
    from articles.models import EmergencyNotice

    block = published.revision.blocks.get(canonical__contains=COUGH)
    sign_off = published.article.sign_offs.get(digest=block.digest)
    signing.withdraw(sign_off, reason="I misread it.", by=reviewer)
    assert "A signature on this page was withdrawn" in unfit(published.article, second_reviewer)
    officer = a_user("safety officer")
    notice = EmergencyNotice.objects.create(text="We are checking this part of the page.", written_by=officer)
    emergency.sign_notice(notice, by=reviewer)
    emergency.hide_blocks(published.article, digests=[block.digest], notice=notice, reason="Harm.", by=officer)
    assert "hidden from readers" in unfit(published.article, second_reviewer)


def test_a_withdrawn_page_is_not_found_right(published: PublishedPage, reviewer: User, publisher: User) -> None:
    token = reaffirming.issue_token(reviewer, published)
    takedown.withdraw_page(published.article, reason="Old.", reader_note="It is old.", by=publisher)
    with pytest.raises(SignOffRefused, match="Only a live page is read again"):
        reaffirming.reaffirm(published.article, token=token, by=reviewer)
