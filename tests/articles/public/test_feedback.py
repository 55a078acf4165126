"""Was this page helpful? Sent as a visitor does: counted, the words sealed, nothing typed lost, nobody watched."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from articles.feedback import taking
from articles.models import Feedback, FeedbackMessage, Kind, PublishedPage
from articles.public.feedback import FeedbackForm
from articles.publishing.takedown import take_down
from mesoinfo import vault
from mesoinfo.public_forms import TRAP
from tests.conftest import member

from .conftest import PublishPage, Read

URL = "/feedback/"
OURS = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
WORDS = "Where do I find a doctor\nwho has done this <often>?"

pytestmark = pytest.mark.usefixtures("published_once", "keys", "site_settings")


def send(client: Client, page: object, headers: dict[str, str] = OURS, **changes: Any) -> Any:
    """What the site answers to "no" and some words about the page; `changes` are other answers, None for none."""
    answers: dict[str, Any] = {"page": getattr(page, "pk", page), "helpful": "no", "words": WORDS} | changes
    return client.post(URL, {name: value for name, value in answers.items() if value is not None}, headers=headers)


def text_of(response: Any) -> str:
    return unescape(response.content.decode())


def opened(message: FeedbackMessage, key: vault.PrivateKey) -> str:
    return vault.open_sealed(message.sealed, place=message.place, key=key).decode()


def assert_everything_is_shown_again(response: Any, page: PublishedPage, words: str = WORDS) -> None:
    shown = text_of(response)
    assert f">\n{words}</textarea>" in shown
    assert re.search(r'name="helpful"\s+value="no"[^>]* checked', shown)
    assert f'<input type="hidden" name="page" value="{page.pk}">' in shown
    assert "1-800-555-0100" in shown
    assert response.headers["Cache-Control"] == "no-store"


# Where it stands


def test_the_question_ends_every_page_after_everything_that_is_read(
    read: Read, published: PublishedPage, publish_page: PublishPage
) -> None:
    kinds = {"mesothelioma": Kind.TOPIC_INTRODUCTION, "privacy": Kind.PAGE, "glossary/biopsy": Kind.GLOSSARY_TERM}
    for address, kind in kinds.items():
        publish_page(address, "# A page\n\nA lede.\n\n## One\n\nWords.\n", kind=kind)
    for address in ("mesothelioma/stage-4", *kinds):
        page = read(f"/{address}/")
        assert page.count("Was this page helpful?") == 1
        assert page.index('class="feedback"') > page.index("</article>")
        assert page.index('class="feedback"') > page.index('id="ask"')
        # Nothing is chosen for anybody: a box that stands on yes or no would be an answer nobody gave.
        assert "checked" not in page[page.index('class="feedback"') :]


@pytest.mark.parametrize("address", ["/", "/search/?q=breath", "/free-case-review/", "/people/an-author/", "/nowhere/"])
def test_it_stands_nowhere_else(client: Client, published: PublishedPage, address: str) -> None:
    assert "Was this page helpful?" not in text_of(client.get(address))


def test_everyone_gets_the_same_bytes_and_the_page_they_read(client: Client, published: PublishedPage) -> None:
    first = client.get("/mesothelioma/stage-4/")
    page = text_of(first)
    form = page[page.index('<form class="feedback-form"') :].split("</form>")[0]
    assert f'action="{URL}#answer"' in form
    assert f'name="page" value="{published.pk}"' in form
    assert "csrf" not in form
    assert not first.cookies
    assert client.get("/mesothelioma/stage-4/", headers={"User-Agent": "another"}).content == first.content


def test_the_form_says_what_becomes_of_it_before_anything_is_typed(read: Read, published: PublishedPage) -> None:
    page = " ".join(unescape(read("/mesothelioma/stage-4/")).split())
    form = page[page.index('<form class="feedback-form"') :].split("</form>")[0]
    assert "We read every message, but we cannot answer here." in form
    assert "Please do not write your name or medical details." in form
    assert 'href="tel:18005550100"' in form and 'href="/free-case-review/?need=other"' in form


def test_fields_have_labels_and_both_forms_of_a_page_have_ids_of_their_own(
    read: Read, published: PublishedPage
) -> None:
    page = read("/mesothelioma/stage-4/")
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    form = page[page.index('<form class="feedback-form"') :].split("</form>")[0]
    for name in re.findall(r'<(?:input|textarea)[^>]* id="([^"]+)"', form):
        assert f'<label for="{name}">' in form
    assert "<legend>" in form


def test_the_hidden_field_is_out_of_everybodys_way(read: Read, published: PublishedPage) -> None:
    form = read("/mesothelioma/stage-4/").partition('<form class="feedback-form"')[2]
    (field,) = re.findall(rf'<input [^>]*name="{TRAP}"[^>]*>', form)
    assert 'tabindex="-1"' in field and 'autocomplete="off"' in field and 'value=""' in field


# Sending


def test_an_answer_is_counted_and_its_words_are_sealed(
    client: Client, published: PublishedPage, desk_key: vault.PrivateKey
) -> None:
    response = send(client, published)
    assert response.status_code == 302
    feedback = Feedback.objects.get()
    assert (feedback.page, feedback.helpful, feedback.day) == (published, False, timezone.now().date())
    assert opened(feedback.message, desk_key) == WORDS
    assert len(feedback.message.ciphertext) == vault.ENVELOPE_SIZES[0]


def test_yes_and_nothing_more_is_an_answer(client: Client, published: PublishedPage) -> None:
    assert send(client, published, helpful="yes", words="  \n ").status_code == 302
    assert Feedback.objects.get().helpful
    assert not FeedbackMessage.objects.exists()


def test_the_answer_is_about_the_page_as_it_was_read(
    client: Client, published: PublishedPage, publish_page: PublishPage, second_reviewer: Any
) -> None:
    """Somebody read it yesterday and sends today, when it has been published anew."""
    publish_page("mesothelioma/stage-4", "# Stage 4\n\nNew words.\n\n## One\n\nMore.\n", signed_by=second_reviewer)
    send(client, published)
    assert Feedback.objects.get().page == published


def test_nothing_is_kept_of_who_sent_it(client: Client, published: PublishedPage) -> None:
    fields = {field.name for model in (Feedback, FeedbackMessage) for field in model._meta.get_fields()}
    assert fields == {
        *("id", "page", "helpful", "day", "message"),
        *("feedback", "ciphertext", "wrapped_for_desk", "fingerprint", "dealt_with_by", "dealt_with_at"),
    }
    response = send(client, published, OURS | {"Referer": "http://testserver/mesothelioma/", "User-Agent": "Canary/1"})
    assert not response.cookies
    with connection.cursor() as cursor:
        cursor.execute("SELECT f::text || m::text FROM articles_feedback f, articles_feedbackmessage m")
        ((stored,),) = cursor.fetchall()
    assert "Canary" not in stored and "127.0.0.1" not in stored


def test_the_thank_you_page_says_what_happens_and_leads_back(client: Client, published: PublishedPage) -> None:
    sent = send(client, published)
    response = client.get(sent["Location"])
    page = " ".join(text_of(response).split())
    assert "Your answer helps us make our pages better." in page
    assert "It is kept private, and deleted within 180 days." in page
    assert 'Breathing trouble or chest pain right now? Call <a href="tel:911">911</a>.' in page
    assert '<a href="/mesothelioma/stage-4/">Back to Stage 4 mesothelioma</a>' in page
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies
    # Loading it again sends nothing again.
    client.get(sent["Location"])
    assert Feedback.objects.count() == 1


@pytest.mark.parametrize("page", ["", "0", "x", "9" * 30, "%00", "٣"])
def test_a_thank_you_page_for_nothing_leads_home(client: Client, published: PublishedPage, page: str) -> None:
    response = client.get(f"/feedback/thank-you/?page={page}")
    assert response.status_code == 200
    assert '<a href="/">Go to the home page</a>' in text_of(response)


@pytest.mark.parametrize(
    ("words", "heading", "numbers"),
    [
        ("I want to end it all", "You can talk to somebody now", ["tel:988", "sms:988", "tel:911"]),
        ("I don’t want to live", "You can talk to somebody now", ["tel:988", "sms:988", "tel:911"]),
        ("help, I can't breathe", "Call 911 if this is happening now", ["tel:911", "tel:988", "sms:988"]),
    ],
)
def test_words_of_danger_are_answered_with_the_numbers_first(
    client: Client, published: PublishedPage, words: str, heading: str, numbers: list[str]
) -> None:
    response = send(client, published, words=words)
    assert response.status_code == 200
    page = text_of(response)
    main = page[page.index("<main") :]
    assert f"<title>{heading} - " in page
    assert f"autofocus>{heading}</h1>" in main
    first = main[: main.index("Thank you for telling us")]
    assert re.findall('href="((?:tel|sms):(?:911|988))"', first) == numbers
    assert FeedbackMessage.objects.count() == 1
    assert response["Cache-Control"] == "no-store"


def test_words_of_danger_are_answered_with_the_numbers_even_when_nothing_can_be_saved(
    client: Client, published: PublishedPage, database_away: Callable[[], AbstractContextManager[None]]
) -> None:
    words = "I want to end it all"
    pages = [send(client, published, words=words, helpful=None), send(client, published, {}, words=words)]
    with database_away():
        pages.append(send(client, published, words=words))
    for response in pages:
        page = text_of(response)
        summary = page[page.index('class="error-summary"') :]
        assert summary.index("tel:988") < summary.index("</h2>")
    calm = text_of(send(client, published, helpful=None))
    assert "You can talk to somebody now" not in calm


def test_the_address_after_sending_does_not_say_what_was_written(client: Client, published: PublishedPage) -> None:
    assert send(client, published)["Location"] == f"/feedback/thank-you/?page={published.pk}"


# What cannot be used


def test_no_answer_chosen_is_told_with_every_word_kept(client: Client, published: PublishedPage) -> None:
    response = send(client, published, helpful=None)
    page = text_of(response)
    assert "<title>Error: " in page
    assert '<a href="#feedback-helpful-yes">Choose yes or no.</a>' in page
    assert 'id="feedback-helpful-error"' in page and 'aria-describedby="feedback-helpful-error"' in page
    assert f">\n{WORDS}</textarea>" in page
    assert "Stage 4 mesothelioma</a>" in page
    assert not Feedback.objects.exists()
    assert send(client, published, helpful="perhaps").status_code == 200
    assert not Feedback.objects.exists()


@pytest.mark.parametrize(("length", "sentence"), [(2001, "1 letter too long"), (60_000, "58,000 letters too long")])
def test_too_many_words_are_told_with_every_one_kept(
    client: Client, published: PublishedPage, length: int, sentence: str
) -> None:
    response = send(client, published, words="z" * length)
    assert_everything_is_shown_again(response, published, "z" * length)
    assert f"Your words are {sentence}." in text_of(response)
    assert 'aria-describedby="feedback-words-hint feedback-words-error"' in text_of(response)
    assert not Feedback.objects.exists()


def test_as_many_words_as_fit_are_kept_whatever_their_letters(
    client: Client, published: PublishedPage, desk_key: vault.PrivateKey
) -> None:
    send(client, published, words="😷" * 2000)
    assert opened(FeedbackMessage.objects.get(), desk_key) == "😷" * 2000


def test_letters_that_deceive_the_eye_are_taken_out(
    client: Client, published: PublishedPage, desk_key: vault.PrivateKey
) -> None:
    send(client, published, words="abc\u202edef\x00\x07")
    assert opened(FeedbackMessage.objects.get(), desk_key) == "abcdef"


@pytest.mark.parametrize("page", ["", "0", "x", "-1", "1.0", "9" * 30, "٣", "\x00", None])
def test_a_page_that_is_none_is_told_with_the_words_to_copy(
    client: Client, published: PublishedPage, page: object
) -> None:
    response = send(client, page)
    assert response.status_code == 404
    assert f">\n{WORDS}</textarea>" in text_of(response)
    assert "We do not have that page any more" in text_of(response)
    assert not Feedback.objects.exists()


def test_a_page_that_visitors_cannot_read_gets_no_answers(client: Client, published: PublishedPage) -> None:
    take_down(published.article, reason="It is wrong.", by=member("publisher"))
    assert send(client, published).status_code == 404
    assert not Feedback.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_another_website_cannot_answer_for_anybody(
    client: Client, published: PublishedPage, headers: dict[str, str]
) -> None:
    response = send(client, published, headers)
    assert response.status_code == 403
    assert_everything_is_shown_again(response, published)
    assert "another website" in text_of(response)
    assert not Feedback.objects.exists()


def test_a_program_is_refused_politely_and_nothing_of_it_is_kept(client: Client, published: PublishedPage) -> None:
    response = send(client, published, {})
    assert response.status_code == 403
    assert_everything_is_shown_again(response, published)
    assert "Very old browsers do that. Please try another browser." in text_of(response)
    assert not Feedback.objects.exists()


def test_who_fills_in_the_hidden_field_is_asked_to_send_again_without_it(
    client: Client, published: PublishedPage
) -> None:
    response = send(client, published, OURS, **{TRAP: "http://spam.example"})
    assert response.status_code == 400
    assert_everything_is_shown_again(response, published)
    assert "spam.example" not in text_of(response)
    assert not Feedback.objects.exists()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xff\xfe=%ff&words=%00%zz", "application/x-www-form-urlencoded"),
        (b"--x\r\nContent-Disposition: form-data; na", "multipart/form-data; boundary=x"),
        (b"--x", "multipart/form-data"),
        (b'{"words": "x"}', "application/json"),
        (b"words=x", "application/x-www-form-urlencoded; charset=utf-7"),
        (b"", "application/x-www-form-urlencoded"),
        (b"&".join(b"f%d=x" % number for number in range(2500)), "application/x-www-form-urlencoded"),
    ],
)
def test_nonsense_gets_a_page_not_a_crash(client: Client, published: PublishedPage, body: bytes, kind: str) -> None:
    response = client.generic("POST", URL, body, content_type=kind, headers=OURS)
    assert response.status_code in (400, 404)
    assert "Tell us about a page" in text_of(response)
    assert not Feedback.objects.exists()


def test_a_body_nobody_could_type_is_refused_in_plain_words(client: Client, published: PublishedPage) -> None:
    response = send(client, published, words="z" * 3_000_000)
    assert response.status_code == 413
    assert "more than our form can take in" in text_of(response)


def test_a_file_is_never_kept(client: Client, published: PublishedPage, settings: Settings, tmp_path: Path) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "uploads"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    assert send(client, published, record=SimpleUploadedFile("record.pdf", b"x" * 20_000)).status_code == 302
    assert list(settings.FILE_UPLOAD_TEMP_DIR.iterdir()) == []


def test_who_types_the_address_is_told_where_the_question_stands(client: Client, db: None) -> None:
    response = client.get(URL)
    assert response.status_code == 200
    assert "Each page ends with the question" in text_of(response)
    assert client.put(URL).status_code == 405


# When it cannot be saved


def test_no_database_gives_503_with_everything_shown_again(
    client: Client, published: PublishedPage, database_away: Callable[[], AbstractContextManager[None]]
) -> None:
    client.get("/mesothelioma/stage-4/")  # this process has read the phone number before
    with database_away():
        response = send(client, published)
        thanks = client.get(f"/feedback/thank-you/?page={published.pk}")
    assert response.status_code == 503
    assert response["Retry-After"] == "60"
    assert_everything_is_shown_again(response, published)
    assert "We have not saved this yet. Your words are still below." in text_of(response)
    assert thanks.status_code == 200
    # The database comes back, and they press Send again.
    assert send(client, published).status_code == 302


def test_no_desk_key_gives_503_and_stores_nothing(client: Client, published: PublishedPage, settings: Settings) -> None:
    settings.DESK_PUBLIC_KEY.unlink()
    response = send(client, published)
    assert response.status_code == 503
    assert_everything_is_shown_again(response, published)
    assert not Feedback.objects.exists()
    # Yes or no needs no key.
    assert send(client, published, words="").status_code == 302


# Twice


def test_the_same_words_sent_again_count_once(client: Client, published: PublishedPage) -> None:
    assert [send(client, published).status_code for _ in range(3)] == [302] * 3
    assert Feedback.objects.count() == FeedbackMessage.objects.count() == 1


def test_other_words_another_answer_or_another_page_count_anew(
    client: Client, published: PublishedPage, publish_page: PublishPage
) -> None:
    other = publish_page("mesothelioma/cough", "# Cough\n\nA lede.\n\n## One\n\nWords.\n")
    send(client, published)
    send(client, published, words="Other words")
    send(client, published, helpful="yes")
    send(client, other)
    assert Feedback.objects.count() == 4


def test_a_bare_yes_cannot_be_told_from_another_readers_yes(client: Client, published: PublishedPage) -> None:
    """Telling them apart would need a mark on the reader. We count both, and say so to those who read the counts."""
    send(client, published, helpful="yes", words="")
    send(client, published, helpful="yes", words="")
    assert Feedback.objects.count() == 2


@pytest.mark.parametrize(("minutes", "answers"), [(14, 1), (31, 2)])
def test_after_a_while_the_same_words_are_another_persons(
    client: Client, published: PublishedPage, monkeypatch: pytest.MonkeyPatch, minutes: int, answers: int
) -> None:
    send(client, published)
    later = timezone.now() + timedelta(minutes=minutes)
    monkeypatch.setattr(timezone, "now", lambda: later)
    send(client, published)
    assert Feedback.objects.count() == answers


def test_nowhere_to_keep_the_key_of_repeats_stops_nobody(
    client: Client, published: PublishedPage, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    settings.KEY_DIR = tmp_path / "file"
    assert send(client, published).status_code == send(client, published).status_code == 302
    assert Feedback.objects.count() == 2


# Floods


def test_beyond_the_messages_of_a_day_only_yes_or_no_is_counted_and_the_words_come_back(
    client: Client, published: PublishedPage, publish_page: PublishPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "MOST_MESSAGES_A_DAY", 2)
    for number in range(2):
        send(client, published, words=f"Words {number}")
    response = send(client, published)
    assert response.status_code == 200
    assert "We could not keep your words" in " ".join(text_of(response).split())
    assert f">\n{WORDS}</textarea>" in text_of(response)
    assert (Feedback.objects.count(), FeedbackMessage.objects.count()) == (3, 2)
    # Another page has its own, and so has tomorrow.
    other = publish_page("mesothelioma/cough", "# Cough\n\nA lede.\n\n## One\n\nWords.\n")
    assert send(client, other).status_code == 302
    tomorrow = timezone.now() + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    assert send(client, published).status_code == 302


def test_beyond_the_answers_of_a_day_nothing_is_stored_and_words_come_back(
    client: Client, published: PublishedPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "MOST_ANSWERS_A_DAY", 2)
    for _ in range(3):
        assert send(client, published, words="").status_code == 302
    assert f">\n{WORDS}</textarea>" in text_of(send(client, published))
    assert Feedback.objects.count() == 2


def test_the_form_asks_for_no_more_than_it_uses() -> None:
    assert list(FeedbackForm().fields) == ["page", "helpful", "words"]
