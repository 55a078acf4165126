"""What readers say, on the desk: counts for who writes, words for editors, opened on record and erased on time."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import Schedule
from pytest_django import Settings

from articles.admin import feedback as screens
from articles.feedback import reading
from articles.feedback.taking import take
from articles.models import Article, Byline, BylineRole, Feedback, FeedbackMessage, PublishedPage, TransitionRefused
from articles.publishing.publish import publish
from articles.review import drafting
from mesoinfo import audit, roles, vault
from mesoinfo.models import AuditEntry, User
from tests.conftest import sign_all, without_triggers
from tests.desk_answers import told

LIST = "/admin/articles/feedback/"
WORDS = "Canarywords: what does it cost?"

pytestmark = pytest.mark.usefixtures("published_once", "keys")


@pytest.fixture
def answered(published: PublishedPage) -> PublishedPage:
    """A page with two readers who wrote something and one who did not."""
    take(published, helpful=False, words=WORDS)
    take(published, helpful=True, words="Thank you.\n\nIt was clear.")
    take(published, helpful=False, words="")
    return published


def at(page: PublishedPage, rest: str = "") -> str:
    return f"{LIST}{page.article_id}/{rest}"


def open_them(client: Client, page: PublishedPage, **sent: Any) -> Any:
    return client.post(at(page, "messages/"), sent)


def waiting() -> list[FeedbackMessage]:
    return list(FeedbackMessage.objects.waiting())


def on_record() -> list[tuple[str, dict[str, Any]]]:
    return list(
        AuditEntry.objects.filter(action__startswith="feedback").order_by("sequence").values_list("action", "facts")
    )


def give_the_day(day: datetime.date) -> None:
    """As if all answers had come on that day."""
    with without_triggers("articles_feedback"):
        Feedback.objects.update(day=day)


def today() -> datetime.date:
    return timezone.now().astimezone(datetime.UTC).date()


# Counts


def test_writers_and_editors_see_what_readers_answered(
    client: Client, answered: PublishedPage, writer: User, editor: User
) -> None:
    for user in (writer, editor):
        client.force_login(user)
        # messages waiting, yes, no, share of no
        assert "mesothelioma/stage-4 2 1 2 66%" in told(client.get(LIST))
        page = told(client.get(at(answered)))
        assert "1 yes, 2 no (66% no). 2 messages waiting, 0 dealt with." in page
        assert "Canarywords" not in page


def test_answers_of_all_versions_of_a_page_are_counted_together(
    client: Client, answered: PublishedPage, next_revision: Any, second_reviewer: User, publisher: User, editor: User
) -> None:
    revision = next_revision("# Stage 4\n\nNew words.\n\n## One\n\nMore.\n")
    sign_all(revision, second_reviewer)
    revision.refresh_from_db()
    take(publish(revision, by=publisher), helpful=True, words="Better")
    client.force_login(editor)
    assert "2 yes, 2 no (50% no)" in told(client.get(at(answered)))
    screen = told(open_them(client, answered))
    assert screen.count("on the page as published on") == 2


def test_counts_are_of_the_last_90_days_and_messages_wait_however_old(
    client: Client, answered: PublishedPage, editor: User
) -> None:
    client.force_login(editor)
    give_the_day(today() - datetime.timedelta(days=90))
    assert "1 yes, 2 no" in told(client.get(at(answered)))
    give_the_day(today() - datetime.timedelta(days=91))
    assert "no answers. 2 messages waiting" in told(client.get(at(answered)))
    assert "mesothelioma/stage-4 2 0 0" in told(client.get(LIST))
    reading.deal_with(answered.article, [message.pk for message in waiting()], by=editor)
    assert "No reader has answered yet." in told(client.get(LIST))


@pytest.fixture
def two_pages(answered: PublishedPage, writer: User, reviewer: User, publisher: User, author: Any) -> PublishedPage:
    """A second page, with one plain no."""
    article = Article.objects.create(address="mesothelioma/ache", topic=answered.article.topic)
    Byline.objects.create(article=article, person=author, role=BylineRole.AUTHOR)
    draft = drafting.start_draft(article, by=writer)
    text = "# Ache\n\nA lede.\n\n## One\n\nWords.\n"
    drafting.save_draft(draft, text=text, version=draft.version, by=writer)
    drafting.submit(draft, change_note="New.", by=writer)
    sign_all(draft, reviewer)
    draft.refresh_from_db()
    page = publish(draft, by=publisher)
    take(page, helpful=False, words="")
    return page


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("", "stage-4"),
        ("waiting", "stage-4"),
        ("share", "ache"),
        ("answers", "stage-4"),
        ("page", "ache"),
        ("x'", "stage-4"),
    ],
)
def test_the_list_can_be_sorted(client: Client, two_pages: PublishedPage, writer: User, sort: str, first: str) -> None:
    client.force_login(writer)
    page = told(client.get(f"{LIST}?sort={sort}"))
    order = sorted(("stage-4", "ache"), key=lambda name: page.index(f"mesothelioma/{name}"))
    assert order[0] == first


def test_the_list_is_paged_in_the_database_and_asks_the_same_few_questions(
    client: Client, two_pages: PublishedPage, writer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(writer)
    with CaptureQueriesContext(connection) as both:
        assert "Page 1 of" not in told(client.get(LIST))
    monkeypatch.setattr(screens, "PER_PAGE", 1)
    with CaptureQueriesContext(connection) as one:
        first = told(client.get(f"{LIST}?sort=page"))
    assert "mesothelioma/ache" in first and "mesothelioma/stage-4" not in first
    assert "mesothelioma/stage-4" in told(client.get(f"{LIST}?sort=page&page=2"))
    assert len(one) == len(both)
    assert client.get(f"{LIST}?page=nonsense").status_code == 200


def test_the_front_page_tells_editors_what_waits(client: Client, answered: PublishedPage, editor: User) -> None:
    client.force_login(editor)
    page = told(client.get("/admin/"))
    assert "What readers wrote 1 mesothelioma/stage-4 2 messages waiting" in page
    reading.deal_with(answered.article, [message.pk for message in waiting()], by=editor)
    assert "Nothing waits to be read." in told(client.get("/admin/"))


def test_the_front_page_of_others_has_no_such_card(client: Client, answered: PublishedPage, writer: User) -> None:
    client.force_login(writer)
    assert "What readers wrote" not in told(client.get("/admin/"))


# Opening


def test_an_editor_opens_the_messages_and_the_record_says_so(
    client: Client, answered: PublishedPage, editor: User
) -> None:
    client.force_login(editor)
    response = open_them(client, answered)
    assert "Canarywords: what does it cost?" in told(response)
    assert "Thank you.\n\nIt was clear." in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    entry = AuditEntry.objects.latest("sequence")
    assert (entry.action, entry.actor, entry.facts) == ("feedback.opened", editor, {"messages": 2})
    assert (entry.target_type, entry.target_id) == ("articles.article", str(answered.article_id))


def test_every_opening_is_on_record_not_only_the_first(client: Client, answered: PublishedPage, editor: User) -> None:
    client.force_login(editor)
    for _ in range(3):
        open_them(client, answered)
    assert len(on_record()) == 3


@pytest.mark.parametrize("role", [role for role in roles.ROLES if role != "editor"])
def test_other_roles_open_nothing(answered: PublishedPage, everyone: dict[str, Any], role: str) -> None:
    client = Client()
    client.force_login(everyone[role])
    response = open_them(client, answered)
    assert response.status_code == 403
    assert "This needs the role of editor." in told(response)
    assert "Canarywords" not in told(response)
    with pytest.raises(TransitionRefused, match="needs the editor role"):
        reading.open_messages(answered.article, by=everyone[role])
    assert on_record() == []


def test_being_superuser_opens_and_erases_nothing(client: Client, answered: PublishedPage, superuser: User) -> None:
    client.force_login(superuser)
    assert client.get(at(answered)).status_code == 200
    assert open_them(client, answered, erase=str(waiting()[0].pk)).status_code == 403
    for step in (
        lambda: reading.open_messages(answered.article, by=superuser),
        lambda: reading.deal_with(answered.article, [waiting()[0].pk], by=superuser),
        lambda: reading.erase(answered.article, waiting()[0].pk, by=superuser),
    ):
        with pytest.raises(TransitionRefused, match="needs the editor role"):
            step()
    assert len(waiting()) == 2


def test_without_a_record_nothing_is_opened(
    client: Client, answered: PublishedPage, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise DatabaseError("the ledger is locked")

    client.force_login(editor)
    monkeypatch.setattr(audit, "record", refuse)
    response = open_them(client, answered)
    assert response.status_code == 503
    assert "could not be put on record, so nothing was opened" in told(response)
    assert "Canarywords" not in told(response)


def test_the_record_is_committed_before_anything_is_opened(
    answered: PublishedPage, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def look(*args: Any, **kwargs: Any) -> bytes:
        seen.append((on_record(), connection.in_atomic_block and len(connection.savepoint_ids)))
        return b"opened"

    monkeypatch.setattr(vault, "open_sealed", look)
    outside = len(connection.savepoint_ids)
    reading.open_messages(answered.article, by=editor)
    assert seen == [([("feedback.opened", {"messages": 2})], outside)] * 2


def test_without_the_private_key_nothing_opens_and_the_desk_says_so(
    client: Client, answered: PublishedPage, editor: User, settings: Settings
) -> None:
    settings.DESK_PRIVATE_KEY.unlink()
    client.force_login(editor)
    response = open_them(client, answered)
    assert response.status_code == 503
    assert "Nothing could be opened. There is no private desk key" in told(response)


def test_a_message_for_another_key_does_not_hide_the_others(
    client: Client, answered: PublishedPage, editor: User, keys: Path
) -> None:
    public = (keys / "desk.public").read_text()
    (keys / "desk.public").write_text(vault.key_text(vault.generate().public))
    take(answered, helpful=False, words="Canarylost")
    (keys / "desk.public").write_text(public)
    client.force_login(editor)
    page = told(open_them(client, answered))
    assert "Canarywords" in page
    assert "This record was sealed for the desk key" in page


def test_words_moved_to_another_answer_do_not_open(answered: PublishedPage, editor: User) -> None:
    one, other = waiting()
    with without_triggers("articles_feedbackmessage"):
        FeedbackMessage.objects.filter(pk=other.pk).update(
            ciphertext=one.ciphertext, wrapped_for_desk=one.wrapped_for_desk
        )
    opening = reading.open_messages(answered.article, by=editor)
    assert sorted(bool(opened.problem) for opened in opening.messages) == [False, True]


def test_bytes_that_are_no_text_keep_no_editor_from_the_rest(
    client: Client, answered: PublishedPage, editor: User, desk_key: vault.PrivateKey
) -> None:
    odd = waiting()[0]
    sealed = vault.seal(b"\xff\xfe odd", place=odd.place, key=desk_key.public)
    with without_triggers("articles_feedbackmessage"):
        FeedbackMessage.objects.filter(pk=odd.pk).update(
            ciphertext=sealed.envelope, wrapped_for_desk=sealed.wrapped_key
        )
    client.force_login(editor)
    assert "\ufffd\ufffd odd" in told(open_them(client, answered))


def test_messages_are_opened_in_parts(
    client: Client, answered: PublishedPage, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PER_OPENING", 1)
    client.force_login(editor)
    parts = [told(open_them(client, answered, part=part)) for part in ("1", "2", "nonsense")]
    assert "Part 1 of 2" in parts[0] and "Part 2 of 2" in parts[1]
    assert ["Canarywords" in part for part in parts].count(True) in (1, 2)
    assert ("Canarywords" in parts[0]) != ("Canarywords" in parts[1])
    assert on_record() == [("feedback.opened", {"messages": 1})] * 3


def test_words_are_shown_as_words(client: Client, published: PublishedPage, editor: User) -> None:
    take(published, helpful=False, words="<script>alert(1)</script>")
    client.force_login(editor)
    assert "<script>alert" not in open_them(client, published).content.decode()


# Dealing with them


def test_a_message_is_dealt_with_and_the_rest_stay_open(client: Client, answered: PublishedPage, editor: User) -> None:
    client.force_login(editor)
    first = waiting()[0]
    page = told(open_them(client, answered, dealt_with=str(first.pk)))
    assert "1 message dealt with." in page
    assert "1 message waiting, 1 dealt with" in page
    first.refresh_from_db()
    assert first.dealt_with_by == editor and first.dealt_with_at is not None
    assert on_record() == [("feedback.dealt-with", {"messages": 1}), ("feedback.opened", {"messages": 1})]
    assert "Dealt with by" in told(open_them(client, answered, earlier="1"))


def test_all_that_were_shown_are_dealt_with_at_once_and_the_page_closes(
    client: Client, answered: PublishedPage, editor: User
) -> None:
    client.force_login(editor)
    response = open_them(client, answered, dealt_with=[str(message.pk) for message in waiting()], close="1")
    assert response.status_code == 302
    assert "0 messages waiting, 2 dealt with" in told(client.get(response["Location"]))
    assert on_record() == [("feedback.dealt-with", {"messages": 2})]


@pytest.mark.parametrize("ids", [["nonsense"], ["00000000-0000-4000-8000-000000000000"], ["\x00", ""]])
def test_a_message_that_is_not_there_is_no_error(
    client: Client, answered: PublishedPage, editor: User, ids: list[str]
) -> None:
    client.force_login(editor)
    for name in ("dealt_with", "erase"):
        assert open_them(client, answered, **{name: ids}).status_code == 200
    assert len(waiting()) == 2


def test_messages_of_another_page_are_left_alone(
    client: Client, answered: PublishedPage, two_pages: PublishedPage, editor: User
) -> None:
    client.force_login(editor)
    ids = [str(message.pk) for message in waiting()]
    open_them(client, two_pages, dealt_with=ids)
    open_them(client, two_pages, erase=ids)
    assert len(waiting()) == 2
    assert client.post(f"{LIST}999999/messages/").status_code == 404


# Erasing


def test_words_are_erased_at_once_and_the_answer_stays_counted(
    client: Client, answered: PublishedPage, editor: User
) -> None:
    client.force_login(editor)
    message = next(opened.message for opened in reading.open_messages(answered.article, by=editor).messages)
    page = told(open_them(client, answered, erase=str(message.pk)))
    assert "The words are erased for good." in page
    assert "1 yes, 2 no" in page
    assert [left.pk for left in FeedbackMessage.objects.all()] != [message.pk]
    assert FeedbackMessage.objects.count() == 1
    assert ("feedback.erased", {"message": str(message.pk)}) in on_record()
    assert "They were erased already." in told(open_them(client, answered, erase=str(message.pk)))


def test_words_stay_when_their_erasure_cannot_be_put_on_record(
    client: Client, answered: PublishedPage, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise DatabaseError("the ledger is locked")

    client.force_login(editor)
    monkeypatch.setattr(audit, "record", refuse)
    response = open_them(client, answered, erase=str(waiting()[0].pk))
    assert response.status_code == 503
    assert "nothing was changed, and nothing opened" in told(response)
    assert len(waiting()) == 2


def test_words_are_erased_after_180_days_and_the_counts_stay(answered: PublishedPage) -> None:
    give_the_day(today() - datetime.timedelta(days=179))
    assert reading.erase_old() == 0
    assert FeedbackMessage.objects.count() == 2
    give_the_day(today() - datetime.timedelta(days=180))
    assert reading.erase_old() == 2
    assert not FeedbackMessage.objects.exists()
    assert Feedback.objects.count() == 3
    entry = AuditEntry.objects.get(action="feedback.erased-on-time")
    assert (entry.actor, entry.facts) == (None, {"messages": 2})


def test_a_second_sweep_finds_nothing_to_do(answered: PublishedPage) -> None:
    give_the_day(today() - datetime.timedelta(days=200))
    assert [reading.erase_old(), reading.erase_old()] == [2, 0]
    assert AuditEntry.objects.filter(action="feedback.erased-on-time").count() == 1


def test_words_dealt_with_are_erased_on_time_too(answered: PublishedPage, editor: User) -> None:
    reading.deal_with(answered.article, [message.pk for message in waiting()], by=editor)
    give_the_day(today() - datetime.timedelta(days=180))
    assert reading.erase_old() == 2


def test_how_a_repeat_would_be_known_is_forgotten_within_two_days(answered: PublishedPage, keys: Path) -> None:
    assert all(message.fingerprint for message in waiting())
    reading.erase_old()
    assert all(message.fingerprint for message in waiting())
    give_the_day(today() - datetime.timedelta(days=2))
    reading.erase_old()
    assert not any(message.fingerprint for message in waiting())


def test_the_worker_runs_the_sweep_each_minute(db: None) -> None:
    schedule = Schedule.objects.get(func="articles.feedback.reading.erase_old")
    assert (schedule.schedule_type, schedule.minutes) == (Schedule.MINUTES, 1)
