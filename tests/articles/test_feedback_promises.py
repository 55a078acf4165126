"""What PostgreSQL promises about what readers say, past the ORM."""

from __future__ import annotations

import datetime
import io

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from articles.feedback.taking import take
from articles.models import Feedback, FeedbackMessage, PublishedPage
from articles.publishing.takedown import take_down
from mesoinfo import rotation, vault
from mesoinfo.models import User
from tests.conftest import member

from .test_promises import raw, refused

TODAY = datetime.date(2026, 11, 21)

pytestmark = pytest.mark.usefixtures("published_once", "keys")


@pytest.fixture
def message(published: PublishedPage) -> FeedbackMessage:
    take(published, helpful=False, words="What does it cost?")
    return FeedbackMessage.objects.get()


def a_message_with(message: FeedbackMessage, **fields: object) -> None:
    """A second message, with these fields in place of the first one's."""
    feedback = Feedback.objects.create(page=message.feedback.page, helpful=True, day=TODAY)
    kept = {"ciphertext": message.ciphertext, "wrapped_for_desk": message.wrapped_for_desk}
    FeedbackMessage.objects.bulk_create([FeedbackMessage(feedback=feedback, **(kept | fields))])


def test_only_a_page_that_visitors_can_read_gets_answers(published):
    take_down(published.article, reason="It is wrong.", by=member("publisher"))
    with refused("only a page that visitors can read"):
        Feedback.objects.bulk_create([Feedback(page=published, helpful=True, day=TODAY)])


@pytest.mark.parametrize(
    "change", ["helpful = NOT helpful", "day = day - 1", "id = gen_random_uuid()", "page_id = page_id + 0"]
)
def test_an_answer_is_kept_as_it_was_given(message, change):
    with refused("kept as it was given"):
        raw(f"UPDATE articles_feedback SET {change}")


def test_an_answer_stays_counted(published):
    Feedback.objects.create(page=published, helpful=True, day=TODAY)
    with refused("kept as it was given"):
        raw("DELETE FROM articles_feedback")


@pytest.mark.parametrize(
    "words", [b"I have mesothelioma and my number is 212 555 0199", b"", b"x" * 4096, b"x" * 65581]
)
def test_a_message_is_stored_sealed_and_padded(message, words):
    with refused("a_message_of_a_reader_is_stored_sealed_and_padded"):
        a_message_with(message, ciphertext=words)


@pytest.mark.parametrize("key", [b"", b"words of a reader", b"x" * 32])
def test_the_key_of_a_message_is_stored_wrapped(message, key):
    with refused("the_key_of_a_message_is_stored_wrapped"):
        a_message_with(message, wrapped_for_desk=key)


@pytest.mark.parametrize("fingerprint", [b"", b"words of a reader", b"x" * 31])
def test_a_fingerprint_is_a_hash(message, fingerprint):
    with refused("the_fingerprint_of_a_message_is_a_hash"):
        a_message_with(message, fingerprint=fingerprint)


def test_the_same_words_count_once(message):
    with refused("the_same_words_count_once"):
        a_message_with(message, fingerprint=message.fingerprint)


def test_a_message_dealt_with_says_by_whom_and_when(message, editor):
    for fields in ({"dealt_with_by": editor}, {"dealt_with_at": timezone.now()}):
        with refused("a_message_dealt_with_says_by_whom_and_when"):
            FeedbackMessage.objects.update(**fields)


@pytest.mark.parametrize(
    "change",
    [
        "ciphertext = overlay(ciphertext placing '\\x00' from 100)",
        "wrapped_for_desk = overlay(wrapped_for_desk placing '\\x00' from 100)",
        "fingerprint = sha256('other')",
        "feedback_id = (SELECT id FROM articles_feedback WHERE id <> feedback_id LIMIT 1)",
    ],
)
def test_a_message_never_changes(message, change):
    Feedback.objects.create(page=message.feedback.page, helpful=True, day=TODAY)
    with refused("a message of a reader is dealt with once or erased"):
        raw(f"UPDATE articles_feedbackmessage SET {change}")


def test_a_message_is_dealt_with_once(message, editor: User, writer: User):
    FeedbackMessage.objects.update(dealt_with_by=editor, dealt_with_at=timezone.now())
    for fields in ({"dealt_with_by": writer}, {"dealt_with_by": None, "dealt_with_at": None}):
        with refused("a message of a reader is dealt with once or erased"):
            FeedbackMessage.objects.update(**fields)


def test_its_fingerprint_can_be_forgotten_and_its_words_erased(message):
    FeedbackMessage.objects.update(fingerprint=None)
    raw("DELETE FROM articles_feedbackmessage")
    assert Feedback.objects.count() == 1


def test_its_key_may_be_wrapped_for_another_key_of_the_desk(message):
    before = bytes(message.ciphertext)
    call_command("seal_keygen", "--anew", stdout=io.StringIO())
    assert rotation.rotate(settings.DESK_PRIVATE_KEY).wrapped == 1
    message.refresh_from_db()
    key = vault.read_private_key(settings.DESK_PRIVATE_KEY)
    assert bytes(message.ciphertext) == before
    assert vault.open_sealed(message.sealed, place=message.place, key=key).decode() == "What does it cost?"
