"""Reviews at random, many at once: written past the triggers, which would ask for the story of each row."""

from __future__ import annotations

import datetime
from contextlib import ExitStack
from random import Random

from django.utils import timezone

from articles.models import (
    Article,
    Credential,
    PageState,
    PublishedPage,
    ReviewClaim,
    ReviewRequest,
    Revision,
    RevisionStatus,
    RiskClass,
    SignOff,
    SignOffWithdrawal,
)
from articles.models.review import ClaimEnding, Outcome
from mesoinfo.models import User
from tests.conftest import the_topic, without_triggers

TABLES = ("article", "revision", "publishedpage", "reviewrequest", "reviewclaim", "signoff", "signoffwithdrawal")
STATUS = {
    "": RevisionStatus.IN_REVIEW,
    Outcome.APPROVED: RevisionStatus.APPROVED,
    Outcome.CHANGES_REQUESTED: RevisionStatus.CHANGES_REQUESTED,
    Outcome.RECALLED: RevisionStatus.ABANDONED,
}


def fill(seed: int, people: list[User], credential: Credential, *, articles: int = 60) -> None:
    """Pages of all risk classes and ages, each with up to three rounds of review by these people."""
    random = Random(seed)
    now = timezone.now()

    def ago(days: float) -> datetime.datetime:
        return now - datetime.timedelta(days=random.uniform(0, days))

    with ExitStack() as asleep:
        for table in TABLES:
            asleep.enter_context(without_triggers(f"articles_{table}"))
        for number in range(articles):
            article = Article.objects.create(
                address=f"mesothelioma/page-{seed}-{number}",
                topic=the_topic(),
                risk_class=random.choice(RiskClass.values),
            )
            for round in range(1, random.randint(1, 3) + 1):
                _a_round(random, article, round, ago(500), people, credential)
            if random.random() < 0.8:
                _live(random, article, people[0])


def _a_round(
    random: Random, article: Article, round: int, opened: datetime.datetime, people: list[User], credential: Credential
) -> None:
    writer, now = people[0], timezone.now()
    outcome = random.choice(["", *Outcome.values]) if round == 1 else random.choice(Outcome.values)
    status = STATUS[outcome] if outcome in ("", Outcome.APPROVED) and round == 1 else RevisionStatus.ABANDONED
    revision = Revision.objects.create(
        article=article,
        number=round,
        status=status,
        abandoned_because="Why." if status == RevisionStatus.ABANDONED else "",
        text="# Title",
        change_note="A change.",
        created_by=writer,
        saved_by=writer,
        submitted_by=writer,
        submitted_at=opened,
    )
    ended = min(now, opened + datetime.timedelta(days=random.choice([0.01, 0.9, 1, 1.5, 2.5, 4, 6, 13, 20, 29, 90])))
    request = ReviewRequest.objects.create(
        revision=revision,
        opened_at=opened,
        due_on=opened.date() + datetime.timedelta(days=random.choice([1, 14, 400, 600])),
        outcome=outcome,
        reason="Why." if outcome else "",
        closed_by=writer if outcome else None,
        closed_at=ended if outcome else None,
        assigned_to=random.choice([None, *people]),
    )
    for reviewer in random.sample(people, random.randint(0, len(people))):
        for block in range(random.randint(0, 4)):
            sign_off = SignOff.objects.create(
                article=article,
                revision=revision,
                digest=f"{block:064x}",
                html_hash="0" * 64,
                reviewer=reviewer,
                credential=credential,
                credential_then="Then",
                signed_at=opened + (ended - opened) * random.random(),
            )
            if random.random() < 0.2:
                SignOffWithdrawal.objects.create(
                    sign_off=sign_off, by=random.choice([reviewer, people[0]]), reason="Why.", at=ended
                )
        if random.random() < 0.5:
            ending = random.choice(["", ClaimEnding.DECLINED, ClaimEnding.RELEASED])
            ReviewClaim.objects.create(
                request=request,
                reviewer=reviewer,
                claimed_at=opened,
                lease_until=opened + datetime.timedelta(days=random.choice([3, 700])),
                ended_at=ended if ending else None,
                ending=ending,
                reason="Away." if ending else "",
            )


def _live(random: Random, article: Article, publisher: User) -> None:
    revision = article.revisions.all()[0]
    page = PublishedPage.objects.create(
        article=article, revision=revision, title="T", lede="L", lede_html="L", body_html="", published_by=publisher
    )
    due = timezone.now().date() + datetime.timedelta(
        days=random.choice([-400, -184, -183, -182, -1, 0, 1, 59, 60, 61, 500])
    )
    Article.objects.filter(pk=article.pk).update(
        page_state=PageState.LIVE,
        live=page,
        first_published_at=timezone.now(),
        last_reviewed=due - datetime.timedelta(days=700),
        next_due=due,
    )
