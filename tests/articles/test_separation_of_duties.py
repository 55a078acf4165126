"""Nobody answers for their own words: each who had a hand in a revision, by each way to pass it, is refused.

By the screens, and by the database when somebody goes past them: with `bulk_create` and with SQL.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from articles.markup import compile_page
from articles.markup.library import for_text
from articles.models import (
    Article,
    Byline,
    BylineRole,
    Credential,
    Interest,
    Person,
    PublishedPage,
    ReviewScope,
    Revision,
    RevisionStatus,
    Schedule,
    SignOff,
)
from articles.publishing.publish import publish as freeze
from articles.review import drafting, signing
from articles.review.taking_out import TakenOut, taken_out_by
from mesoinfo import roles
from mesoinfo.models import User
from tests.conftest import a_reviewer, a_user, member, sign_all, the_author, the_topic

STARTED = "# Breathing\n\nWhat helps.\n\n## Symptoms\n\nYou may feel short of breath.\n\nMost people cough.\n"
SUBMITTED = STARTED.replace("Most people cough.", "Many people cough.")


def who_could_sign(role: str, email: str) -> User:
    """Somebody in this role who lacks nothing else to sign and to publish."""
    user = a_user(role, email=email, name=email.split("@")[0])
    lead = member("medical lead")
    for more in ("medical reviewer", "publisher"):
        roles.appoint(user, more, by=lead)
    person = Person.objects.create(slug=user.name, name=user.name, job_title="X", employer="X", bio="X", user=user)
    Credential.objects.create(person=person, title="Licensed physician", issuer="A board").verify(by=lead)
    Interest.objects.create(person=person, statement="None to declare.", declared_by=user)
    ReviewScope.objects.create(person=person, granted_by=lead)
    return user


@pytest.fixture(scope="module")
def hands(module_db: None) -> dict[str, User]:
    """Everybody who had a hand in the revision, and a superuser who had none and holds no role."""
    article = Article.objects.create(address="mesothelioma/breathing", topic=the_topic())
    Byline.objects.create(article=article, person=the_author(), role=BylineRole.AUTHOR)
    people = {
        "author": who_could_sign("writer", "author@example.org"),
        "editor": who_could_sign("editor", "the-editor@example.org"),
        "edited and reverted": who_could_sign("editor", "reverter@example.org"),
        "submitter": who_could_sign("writer", "submitter@example.org"),
    }
    draft = drafting.start_draft(article, by=people["author"])
    for name, text in [
        ("author", STARTED),
        ("editor", SUBMITTED),
        ("edited and reverted", SUBMITTED.replace("short of breath", "short of air")),
        ("edited and reverted", SUBMITTED),
    ]:
        draft.refresh_from_db()
        drafting.save_draft(draft, text=text, version=draft.version, by=people[name])
    drafting.submit(draft, change_note="First version.", by=people["submitter"])
    people["superuser"] = User.objects.create_superuser("root@example.org", "a long enough password", name="Root")
    return people


@pytest.fixture
def revision(db: None, hands: dict[str, User]) -> Revision:
    return Revision.objects.get()


WHO = ["author", "editor", "edited and reverted", "submitter", "superuser"]
Tries = Callable[[Client, Revision, User], None]


def screen(revision: Revision, name: str) -> str:
    return f"/admin/articles/revision/{revision.pk}/{name}/"


def sign_one(client: Client, revision: Revision, user: User) -> None:
    block = compile_page(revision.text, for_text(revision.text, revision.article)).blocks[0]
    client.post(screen(revision, "sign"), {"token": signing.issue_token(user, revision, block)})


def sign_all_blocks(client: Client, revision: Revision, user: User) -> None:
    blocks = compile_page(revision.text, for_text(revision.text, revision.article)).blocks
    client.post(screen(revision, "sign"), {"token": [signing.issue_token(user, revision, block) for block in blocks]})


def publish(client: Client, revision: Revision, user: User) -> None:
    client.post(screen(revision, "publish/now"))


def schedule(client: Client, revision: Revision, user: User) -> None:
    client.post(screen(revision, "publish/later"), {"day": "2099-07-01", "time": "09:30", "zone": "UTC"})


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(
    "act", [sign_one, sign_all_blocks, publish, schedule], ids=["sign", "approve", "publish", "schedule"]
)
def test_no_screen_lets_their_words_pass(client: Client, revision: Revision, hands, who: str, act: Tries) -> None:
    client.force_login(hands[who])
    act(client, revision, hands[who])
    revision.refresh_from_db()
    assert revision.status == RevisionStatus.IN_REVIEW
    assert not SignOff.objects.exists()
    assert not PublishedPage.objects.exists()
    assert not Schedule.objects.exists()


def a_signature(revision: Revision, user: User) -> dict[str, Any]:
    digest = revision.blocks.get(key="title").digest
    # Of their own, or for want of one somebody else's.
    credential = Credential.objects.filter(person__user=user).first() or Credential.objects.earliest("pk")
    return {
        "article_id": revision.article_id,
        "revision_id": revision.pk,
        "digest": digest,
        "html_hash": "0" * 64,
        "reviewer_id": user.pk,
        "credential_id": credential.pk,
        "credential_then": "x",
    }


def insert(table: str, row: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values())
        )


def sign_in_bulk(revision: Revision, user: User) -> None:
    SignOff.objects.bulk_create([SignOff(**a_signature(revision, user))])


def sign_in_sql(revision: Revision, user: User) -> None:
    insert("articles_signoff", {**a_signature(revision, user), "signed_at": timezone.now(), "as_specialist": False})


def approve_in_bulk(revision: Revision, user: User) -> None:
    Revision.objects.filter(pk=revision.pk).update(status=RevisionStatus.APPROVED)


def approve_in_sql(revision: Revision, user: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE articles_revision SET status = 'approved' WHERE id = %s", [revision.pk])


def publish_in_bulk(revision: Revision, user: User) -> None:
    PublishedPage.objects.bulk_create(
        [PublishedPage(article=revision.article, revision=revision, title="X", published_by=user)]
    )


def publish_in_sql(revision: Revision, user: User) -> None:
    insert(
        "articles_publishedpage",
        {
            **dict.fromkeys(["title", "lede", "lede_html", "hero_html", "body_html", "words_html"], ""),
            **dict.fromkeys(["headings_text", "plain_text"], ""),
            **dict.fromkeys(["contents", "questions", "term_keys", "source_keys", "cited_sources", "hidden"], "[]"),
            "article_id": revision.article_id,
            "revision_id": revision.pk,
            "research_count": 0,
            "published_by_id": user.pk,
            "published_at": timezone.now(),
        },
    )


def schedule_in_bulk(revision: Revision, user: User) -> None:
    at = timezone.now() + datetime.timedelta(days=1)
    Schedule.objects.bulk_create([Schedule(revision=revision, publish_at=at, zone="UTC", made_by=user)])


def schedule_in_sql(revision: Revision, user: User) -> None:
    at = timezone.now() + datetime.timedelta(days=1)
    row = {"revision_id": revision.pk, "publish_at": at, "zone": "UTC", "made_by_id": user.pk}
    insert("articles_schedule", {**row, "made_at": timezone.now(), "outcome": "", "evidence": ""})


PAST_THE_SCREENS = {
    "sign": (sign_in_bulk, sign_in_sql, "nobody signs a page they helped write|needs a credential of the reviewer"),
    "approve": (approve_in_bulk, approve_in_sql, "a revision is approved once every block is signed"),
    "publish": (publish_in_bulk, publish_in_sql, "only an approved revision of the article can be published"),
    "schedule": (schedule_in_bulk, schedule_in_sql, "only an approved revision is scheduled"),
}


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("act", PAST_THE_SCREENS)
def test_the_database_does_not_let_their_words_pass_either(revision: Revision, hands, who: str, act: str) -> None:
    *ways, sentence = PAST_THE_SCREENS[act]
    for way in ways:
        with pytest.raises(IntegrityError, match=sentence), transaction.atomic():
            way(revision, hands[who])


@pytest.mark.parametrize("who", WHO)
def test_signed_by_somebody_else_it_passes_and_a_superuser_without_a_role_still_does_not_publish(
    client: Client, revision: Revision, hands, who: str
) -> None:
    sign_all(revision, a_reviewer("somebody.else@example.org", verified_by=member("medical lead")))
    client.force_login(hands[who])
    schedule(client, revision, hands[who])
    assert Schedule.objects.exists() == (who != "superuser")
    publish(client, revision, hands[who])
    assert PublishedPage.objects.exists() == (who != "superuser")


# What they took out of a page that readers had


@pytest.fixture
def shorter(revision: Revision, hands: dict[str, User]) -> Revision:
    """A paragraph fewer than readers have, and no new one: each of them had a hand in that."""
    sign_all(revision, a_reviewer("somebody.else@example.org", verified_by=member("medical lead")))
    freeze(revision, by=member("publisher"))
    draft = drafting.start_draft(Article.objects.get(pk=revision.article_id), by=hands["author"])
    without = SUBMITTED.replace("\nMany people cough.\n", "")
    for name, text in [
        ("author", SUBMITTED.replace("cough", "wheeze")),
        ("editor", without),
        ("edited and reverted", without.replace("short of breath", "short of air")),
        ("edited and reverted", without),
    ]:
        draft.refresh_from_db()
        drafting.save_draft(draft, text=text, version=draft.version, by=hands[name])
    drafting.submit(draft, change_note="Shorter.", by=hands["submitter"])
    return draft


def what_is_out(revision: Revision) -> TakenOut:
    [taken_out] = taken_out_by(revision)
    return taken_out


@pytest.mark.parametrize("who", WHO)
def test_no_screen_lets_them_answer_for_what_they_took_out(client: Client, shorter: Revision, hands, who: str) -> None:
    client.force_login(hands[who])
    token = signing.issue_token(hands[who], shorter, what_is_out(shorter))
    assert client.post(screen(shorter, "sign"), {"token": token}).status_code >= 400
    publish(client, shorter, hands[who])
    schedule(client, shorter, hands[who])
    shorter.refresh_from_db()
    assert shorter.status == RevisionStatus.IN_REVIEW
    assert not shorter.sign_offs.exists()
    assert not shorter.schedules.exists()


@pytest.mark.parametrize("who", WHO)
def test_nor_does_the_database(shorter: Revision, hands, who: str) -> None:
    row = {**a_signature(shorter, hands[who]), "digest": what_is_out(shorter).digest}
    sentence = PAST_THE_SCREENS["sign"][2]
    with pytest.raises(IntegrityError, match=sentence), transaction.atomic():
        SignOff.objects.bulk_create([SignOff(**row)])
    with pytest.raises(IntegrityError, match=sentence), transaction.atomic():
        insert("articles_signoff", {**row, "signed_at": timezone.now(), "as_specialist": False})
    for act in ("approve", "publish", "schedule"):
        *ways, sentence = PAST_THE_SCREENS[act]
        for way in ways:
            with pytest.raises(IntegrityError, match=sentence), transaction.atomic():
                way(shorter, hands[who])
