"""What PostgreSQL itself promises about reading pages again: each test goes past the ORM's own rules and is refused."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from articles.models import (
    Article,
    Byline,
    Credential,
    EarlyReview,
    EmergencyNotice,
    PublishedPage,
    Reaffirmation,
    StepTold,
    SuggestedBlock,
    Suggestion,
    Takedown,
    Trigger,
)
from articles.publishing import emergency
from articles.review import freshness, signing
from mesoinfo.models import User
from tests.articles.test_promises import raw, refused
from tests.conftest import a_reviewer, a_user, without_triggers

pytestmark = pytest.mark.usefixtures("in_review_once")

COUGH = "Most people cough."


def say(shown: PublishedPage, by: User, **fields: Any) -> None:
    """Past every form and function."""
    given = {"article": shown.article, "page": shown, "reviewer": by, "credential_then": "X", **fields}
    given.setdefault("credential", Credential.objects.filter(person__user=by).first() or Credential.objects.first())
    Reaffirmation.objects.bulk_create([Reaffirmation(**given)])


def test_only_the_page_that_readers_see_or_saw_last_is_found_right(published, reviewer, publish_page, publisher):
    other = publish_page("mesothelioma/cough", "# Cough\n\nAbout it.\n")
    with refused("only the page that readers see, or saw last, is found still right"):
        say(published, reviewer, page=other)
    earlier = published
    with without_triggers("articles_publishedpage"):
        later = PublishedPage.objects.get(pk=published.pk)
        later.pk = None
        later.save(force_insert=True)
    Article.objects.filter(pk=published.article_id).update(live=later)
    with refused("only the page that readers see, or saw last"):
        say(earlier, reviewer)
    Takedown.objects.create(
        article=published.article, page=later, kind="withdrawn", by=publisher, reason="Old.", reader_note="Old."
    )
    Article.objects.filter(pk=published.article_id).update(page_state="withdrawn")
    with refused("only the page that readers see, or saw last"):
        say(later, reviewer)


def test_a_page_is_found_right_while_every_block_is_signed_and_shown(published, reviewer, second_reviewer):
    rule = "a page is found still right while every block of it is signed and shown"
    block = published.revision.blocks.get(canonical__contains=COUGH)
    signing.withdraw(published.article.sign_offs.get(digest=block.digest), reason="Misread.", by=reviewer)
    with refused(rule):
        say(published, second_reviewer)
    officer = a_user("safety officer")
    notice = EmergencyNotice.objects.create(text="We are checking this.", written_by=officer)
    emergency.sign_notice(notice, by=reviewer)
    edit = emergency.hide_blocks(published.article, digests=[block.digest], notice=notice, reason="H.", by=officer)
    with refused(rule):
        say(edit.page, second_reviewer)


def test_nobody_finds_their_own_page_right(published, writer, reviewer, second_reviewer):
    rule = "nobody finds a page right that they helped write or are named on"
    with refused(rule):
        say(published, writer)
    Byline.objects.create(article=published.article, person=second_reviewer.person, role="editor")
    with refused(rule):
        say(published, second_reviewer)


def test_nobody_finds_words_right_that_they_suggested(published, reviewer, second_reviewer):
    block = published.revision.blocks.get(canonical__contains=COUGH)
    suggestion = Suggestion.objects.create(
        article=published.article,
        revision=published.revision,
        block_key=block.key,
        digest=block.digest,
        wording="Other.",
        suggested_by=second_reviewer,
    )
    SuggestedBlock.objects.create(suggestion=suggestion, digest=block.digest)
    with refused("nobody finds words right that they suggested"):
        say(published, second_reviewer)


def test_whoever_is_not_fit_to_sign_finds_nothing_right(published, reviewer, second_reviewer, medical_lead):
    foreign = Credential.objects.get(person__user=second_reviewer)
    with refused("a signature needs a credential of the reviewer, verified and not expired"):
        say(published, reviewer, credential=foreign)
    foreign.revoke(because="Forged.", by=medical_lead)
    with refused("a signature needs a credential"):
        say(published, second_reviewer)
    lapsed = a_reviewer("lapsed@example.org", verified_by=medical_lead)
    with without_triggers("articles_interest"):
        lapsed.person.interests.update(declared_on=timezone.now().date() - datetime.timedelta(days=366))
    with refused("a signature needs interests that the reviewer declared within a year"):
        say(published, lapsed)
    ended = a_reviewer("ended@example.org", verified_by=medical_lead)
    yesterday = timezone.now().date() - datetime.timedelta(days=1)
    ended.person.review_scopes.update(ends_on=yesterday, granted_at=timezone.now())
    with refused("a signature needs a review scope that covers the page"):
        say(published, ended)
    User.objects.filter(pk=reviewer.pk).update(is_active=False)
    with refused("only somebody who works here signs"):
        say(published, reviewer)


def test_when_and_whether_it_completes_is_not_for_its_writer_to_say(published, reviewer):
    Article.objects.update(risk_class="high")
    with without_triggers("articles_signoff"):  # two have signed it
        other = a_reviewer("b@example.org", verified_by=reviewer, is_specialist=True)
        for sign_off in list(published.article.sign_offs.all()):
            sign_off.pk, sign_off.reviewer, sign_off.as_specialist = None, other, True
            sign_off.save(force_insert=True)
    say(published, reviewer, completes=True, at=timezone.now() - datetime.timedelta(days=900), as_specialist=True)
    said = Reaffirmation.objects.get()
    assert not said.completes
    assert not said.as_specialist
    assert said.credential_then == "Licensed physician, A state board"
    assert timezone.now() - said.at < datetime.timedelta(minutes=10)


def test_that_a_page_was_found_right_stays(published, reviewer):
    say(published, reviewer)
    with refused("that a page was found still right is kept as it was said"):
        Reaffirmation.objects.update(completes=False)
    with refused("that a page was found still right is kept as it was said"):
        raw("DELETE FROM articles_reaffirmation")


# What calls a page in


@pytest.fixture
def early(published) -> EarlyReview:
    freshness.due_now(published.article, Trigger.DEAD_LINK, subject="https://journal.example/gone")
    return EarlyReview.objects.get()


def test_a_page_is_called_in_once_for_one_thing(early):
    with refused("a_page_is_called_in_once_for_one_thing"):
        EarlyReview.objects.bulk_create(
            [EarlyReview(article=early.article, trigger=early.trigger, subject=early.subject)]
        )


@pytest.mark.parametrize("fields", [{"trigger": "whim"}, {"subject": ""}])
def test_an_early_review_says_what_called_for_it(published, fields):
    with refused("an_early_review_says_what_called_for_it"):
        EarlyReview.objects.bulk_create(
            [EarlyReview(**{"article": published.article, "trigger": "dead_link", "subject": "x", **fields})]
        )


def test_only_a_live_page_is_called_in(approved):
    with refused("only a live page is called in early"):
        EarlyReview.objects.bulk_create([EarlyReview(article=approved.article, trigger="dead_link", subject="x")])


def test_a_page_is_due_from_the_row_on_whoever_writes_it(published):
    raw(
        "INSERT INTO articles_earlyreview (article_id, trigger, subject, detail, due_on, at, settlement, reason)"
        " VALUES (%s, 'dead_link', 'x', '', current_date, now(), '', '')",
        published.article_id,
    )
    article = Article.objects.get(pk=published.article_id)
    assert article.next_due == timezone.now().date()


def test_a_page_that_was_called_in_stays_due(early):
    with refused("a page that was called in early stays due until that is settled"):
        Article.objects.filter(pk=early.article_id).update(next_due=F("next_due") + datetime.timedelta(days=1))
    Article.objects.filter(pk=early.article_id).update(risk_class="low")


@pytest.mark.parametrize(
    "settled",
    [
        {"settlement": "dismissed", "reason": "No."},
        {"settlement": "dismissed", "reason": "No.", "settled_at": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)},
        {"settled_at": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)},
    ],
)
def test_a_settled_early_review_says_how_when_and_by_whom(early, settled):
    with refused("a_settled_early_review_says_how_when_and_by_whom"):
        EarlyReview.objects.update(**settled)


def test_a_dismissed_early_review_says_why(early, medical_lead):
    with refused("a_dismissed_early_review_says_why"):
        EarlyReview.objects.update(settlement="dismissed", settled_by=medical_lead, settled_at=timezone.now())


@pytest.mark.parametrize("settlement", ["reaffirmed", "published"])
def test_it_is_settled_by_what_came_after_it(published, reviewer, medical_lead, settlement):
    say(published, reviewer)
    freshness.due_now(published.article, Trigger.DEAD_LINK, subject="x")
    with refused("an early review is settled by what was read or submitted after it"):
        EarlyReview.objects.update(settlement=settlement, settled_by=medical_lead, settled_at=timezone.now())
    if settlement == "reaffirmed":
        say(published, reviewer)
        EarlyReview.objects.update(settlement=settlement, settled_by=medical_lead, settled_at=timezone.now())


def test_an_early_review_stays_as_it_was_noted(early, medical_lead):
    rule = "an early review stays as it was noted"
    with refused(rule):
        EarlyReview.objects.update(subject="another")
    with refused(rule):
        raw("DELETE FROM articles_earlyreview")
    freshness.dismiss(early, reason="It is up again.", by=medical_lead)
    with refused(rule):
        EarlyReview.objects.update(settlement="", settled_by=None, settled_at=None, reason="")


# What staff were told


def test_each_step_is_told_once_and_kept(published):
    told = {"article": published.article, "step": "overdue", "due_on": timezone.now().date()}
    StepTold.objects.create(**told)
    with refused("one_step_is_told_once"):
        StepTold.objects.bulk_create([StepTold(**told)])
    with refused("a_step_told_is_known"):
        StepTold.objects.bulk_create([StepTold(**{**told, "step": "rotten"})])
    with refused("what staff were told is kept"):
        StepTold.objects.update(step="lapsed")


def test_a_live_page_is_not_due_before_it_was_reviewed(published):
    with refused("a_live_article_has_a_page_and_its_dates"):
        Article.objects.update(next_due=F("last_reviewed") - datetime.timedelta(days=1))
