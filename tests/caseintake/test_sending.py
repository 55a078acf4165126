"""Sending the form, as a visitor does: nothing typed is lost, and nobody is turned away without the phone number."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import OperationalError, connection
from django.template import Context, Template, TemplateSyntaxError
from django.utils import timezone

from caseintake import surroundings
from caseintake.models import CaseEvent, ConsentEvent, State, Submission
from caseintake.zones import moment_in_words
from mesoinfo.models import OutboxMessage
from mesoinfo.public_forms import TRAP

from .conftest import CANARIES, PHONE, REQUEST

URL = "/free-case-review/"
OURS = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(site):
    """Every page here has a phone number to show."""


def send(client, headers=OURS, **changes):
    data = {name: value for name, value in (REQUEST | changes).items() if value is not None}
    return client.post(URL, data, headers=headers)


def text_of(response):
    return unescape(response.content.decode())


def assert_every_value_is_shown_again(response, values=REQUEST):
    page = text_of(response)
    assert values["message"] in page
    page = re.sub(r"\s+", " ", page)
    for name in ("name", "phone", "email"):
        assert f'value="{values[name]}"' in page
    for name in ("who", "voicemail"):
        assert re.search(rf'name="{name}" value="{values[name]}"[^>]* checked', page)
    for way in values["reply_by"]:
        assert re.search(rf'name="reply_by" value="{way}" checked', page), way
    for name in ("best_time", "state", "need"):
        assert f'<option value="{values[name]}" selected>' in page


# The page


def test_the_page_has_the_form(client):
    page = text_of(client.get(URL))
    assert "<h1" in page and "Ask for a free case review" in page
    for name in ("need", "who", "name", "phone", "email", "reply_by", "voicemail", "best_time", "state", "message"):
        assert f'name="{name}"' in page
    assert "I agree that Sample Press may keep and use what I send, including health details, to reply to me." in page
    assert PHONE in page


def test_it_says_first_what_will_happen(client):
    page = re.sub(r"\s+", " ", text_of(client.get(URL)))
    opening = page[: page.index('class="case-review-form"')]
    assert "A patient advocate will reply. It costs nothing. You are not hiring a lawyer by sending this." in opening
    assert "In a free case review, a lawyer looks at whether you may have a claim because of asbestos." in opening
    assert "No lawyer gets your details unless you agree to that first." in opening
    assert "Attorney advertising." in opening, "in the landmark of the form, before anything is asked"


def test_it_says_before_sending_what_may_be_left_empty(client):
    page = re.sub(r"\s+", " ", text_of(client.get(URL)))
    assert "Give us a phone number or an email address. One of them is enough." in page
    for field in ("phone", "email"):
        assert f'id="case-{field}"' in page and f'aria-describedby="case-reach case-{field}-hint"' in page
    for question in (
        "How may we reply?",
        "may we leave a message?",
        "Best time to reach you",
        "Where do you live?",
        "What would help you most?",
    ):
        assert f'{question} <span class="form-optional">(optional)</span>' in page
    assert '<fieldset class="form-field" aria-describedby="case-reply_by-hint">' in page


def test_every_visitor_gets_the_same_bytes_and_no_cookie(client, django_user_model):
    first = client.get(URL)
    assert not first.cookies
    assert "Cookie" not in first.headers.get("Vary", "")
    assert "csrf" not in text_of(first)
    client.cookies["anything"] = "1"
    assert client.get(URL, headers={"User-Agent": "other"}).content == first.content


def test_boxes_are_never_ticked_for_anyone(client):
    assert " checked" not in text_of(client.get(URL))


def test_a_link_can_say_what_is_asked_for(client):
    assert '<option value="va_claims" selected>' in text_of(client.get(URL, {"need": "va_claims"}))
    assert '<option value="case_review" selected>' in text_of(client.get(URL, {"need": "<script>"}))


def test_the_heading_says_what_is_asked_for(client):
    assert ">Ask us for help</h1>" in text_of(client.get(URL, {"need": "other"}))
    assert ">Ask for a free case review</h1>" in text_of(client.get(URL, {"need": "case_review"}))
    assert ">Ask us for help</h1>" in text_of(send(client, need="va_claims", name=""))


def test_the_form_is_the_same_for_everyone_who_follows_such_a_link(client):
    first = client.get(URL, {"need": "other"})
    assert not first.cookies
    assert "no-store" not in first.headers["Cache-Control"]
    assert client.get(URL, {"need": "other"}, headers={"User-Agent": "other"}).content == first.content


def test_the_form_stands_in_any_page_for_any_need(client):
    page = Template('{% load case_review %}{% case_review_form need="va_claims" %}').render(Context())
    assert '<input type="hidden" name="need" value="va_claims">' in page
    assert f'action="{URL}#answer"' in page
    assert "csrf" not in page
    assert page == Template('{% load case_review %}{% case_review_form need="va_claims" %}').render(Context())


def test_an_unknown_need_in_a_template_is_an_error_of_its_author(client):
    with pytest.raises(TemplateSyntaxError, match="Use one of case_review"):
        Template('{% load case_review %}{% case_review_form need="gold" %}').render(Context())


def test_labels_hints_and_errors_are_tied_to_their_fields(client):
    page = text_of(send(client, name="", phone="1", email="x", message="x" * 4001, consent_use=None, reply_by=[]))
    for name in ("name", "phone", "email", "message", "consent_use"):
        assert f'<label for="case-{name}">' in page
        assert f'id="case-{name}-error"' in page
        assert re.search(rf'id="case-{name}"[^>]*aria-describedby="[^"]*case-{name}-error', page)
        assert f'href="#case-{name}"' in page


# Sending


def test_a_request_is_stored_and_its_reference_shown(client):
    response = send(client)
    submission = Submission.objects.get()
    assert response.status_code == 200
    page = text_of(response)
    assert "We have your request" in page
    assert submission.ref in page
    assert submission.due_at is not None
    assert moment_in_words(submission.due_at, state="KY", now=timezone.now()) in page
    assert 'Breathing trouble or chest pain right now? Call <a href="tel:911">911</a>.' in page
    assert PHONE in page
    assert response.headers["Cache-Control"] == "no-store"
    assert not response.cookies


def test_it_goes_to_the_queue_with_its_events_consent_and_notice(client):
    send(client)
    submission = Submission.objects.get()
    assert submission.state == State.QUEUED
    steps = list(CaseEvent.objects.values_list("version", "from_state", "to_state", "actor"))
    assert steps == [(1, "", "received", None), (2, "received", "queued", None)]
    consent = ConsentEvent.objects.get()
    assert consent.text.body.startswith("I agree that Sample Press may keep")
    assert consent.shown_sha256 == consent.text.sha256
    message = OutboxMessage.objects.get(kind="case-received")
    assert (message.kind, message.role, message.reference) == ("case-received", "advocate", submission.ref)


def test_the_confirmation_repeats_nothing_the_person_wrote(client):
    page = text_of(send(client))
    assert not [canary for canary in CANARIES if canary in page]


def test_the_confirmation_can_be_printed_and_leads_back(client):
    page = text_of(send(client, OURS | {"Referer": "http://testserver/mesothelioma/stage-4/?q=1"}))
    assert '<a href="/mesothelioma/stage-4/">Back to the page you came from</a>' in page
    assert '<a href="/">Back to the home page</a>' in page
    assert "page-print" in page


@pytest.mark.parametrize(
    "referrer",
    [
        "",
        f"http://testserver{URL}",
        "https://evil.example/page/",
        "http://testserver//evil.example/",
        "http://testserver",
    ],
)
def test_it_leads_back_to_no_other_site_and_not_to_the_form(client, referrer):
    assert "the page you came from" not in text_of(send(client, OURS | {"Referer": referrer}))


def test_an_id_number_in_the_message_gets_a_gentle_word(client):
    assert "You never need to send us one" in text_of(send(client, message="SSN 078-05-1120"))
    assert "You never need to send us one" not in text_of(send(client, message="hello there"))


# Errors


def test_errors_come_beside_the_field_and_in_a_summary_that_takes_focus(client):
    response = send(client, who=None, name="")
    page = text_of(response)
    assert "<title>Error: Ask for a free case review" in page
    assert "Please check 2 things" in page
    summary = page[page.index('class="error-summary"') : page.index('<form class="case-review-form"')]
    assert 'id="answer"' in summary and 'tabindex="-1"' in summary and "autofocus" in summary
    assert '<a href="#case-who-me">Choose who needs help.</a>' in summary
    assert '<a href="#case-name">Tell us what to call you.</a>' in summary
    assert page.count("Choose who needs help.") == 2
    nothing = text_of(client.post(URL, {}, headers=OURS))
    fields = re.findall(r'<li>\s*<a href="#case-([a-z_]+)', nothing)
    assert fields == ["who", "name", "phone", "consent_use"], "in the order of the page"
    assert not Submission.objects.exists()


def test_nothing_typed_is_lost_by_an_error(client):
    assert_every_value_is_shown_again(send(client, consent_use=None))
    tricky = {"name": 'A "B" <i>&amp;', "message": "\n\nfirst line empty\n  <script>alert(1)</script> & 'more'"}
    page = send(client, consent_use=None, **tricky).content.decode()
    assert "<script>alert" not in page
    assert_every_value_is_shown_again(send(client, consent_use=None, **tricky), REQUEST | tricky)


def test_a_message_that_is_too_long_is_shown_whole(client):
    message = "y" * 30_000
    assert message in text_of(send(client, message=message))


def test_a_tick_stays_when_something_else_is_wrong(client):
    words = surroundings.current().use_to_reply.sha256
    page = text_of(send(client, name="", consent_use=words))
    assert re.search(r'name="consent_use"[^>]* checked', page)


def test_a_tick_beside_older_words_is_recorded_for_those_and_not_carried_to_newer_ones(client, site):
    old = surroundings.current().use_to_reply.sha256
    site.publisher_name = "Renamed Press"
    site.save()
    page = text_of(send(client, name="", consent_use=old))
    assert "I agree that Renamed Press" in page
    assert not re.search(r'name="consent_use"[^>]* checked', page)
    send(client, consent_use=old)
    assert ConsentEvent.objects.get().text.body.startswith("I agree that Sample Press")


# Words of danger

DESPAIR = ("I can’t go on.", "You can talk to somebody now", ["tel:988", "sms:988", "tel:911"])
BODY = ("He is coughing up blood", "Call 911 if this is happening now", ["tel:911", "tel:988", "sms:988"])


def numbers_in(part):
    return re.findall('href="((?:tel|sms):(?:911|988))"', part)


@pytest.mark.parametrize(("message", "heading", "numbers"), [DESPAIR, BODY])
def test_who_speaks_of_danger_reads_whom_to_call_before_the_reference(client, message, heading, numbers):
    for _ in ("sent", "sent again"):
        page = text_of(send(client, message=message))
        main = page[page.index("<main") :]
        first = main[: main.index(Submission.objects.get().ref)]
        assert f"<title>{heading} - " in page
        assert f"autofocus>{heading}</h1>" in first
        assert numbers_in(first) == numbers


@pytest.mark.parametrize(("message", "heading", "numbers"), [DESPAIR, BODY])
def test_who_speaks_of_danger_and_slips_reads_whom_to_call_above_the_form(client, message, heading, numbers):
    for response in (
        send(client, message=message, name=""),
        send(client, message=message, **{f"extra{i}": "x" for i in range(60)}),
        send(client, {"Sec-Fetch-Site": "cross-site"}, message=message),
    ):
        page = text_of(response)
        summary = page[page.index('class="error-summary"') : page.index('<form class="case-review-form"')]
        assert numbers_in(summary[: summary.index("<h2>")]) == numbers
        assert heading in summary
    calm = text_of(send(client, name=""))
    assert heading not in calm


def test_nothing_the_person_wrote_of_it_is_stored_in_the_clear(client):
    send(client, message=DESPAIR[0])
    with connection.cursor() as cursor:
        cursor.execute("SELECT s::text || p::text FROM caseintake_submission s, caseintake_sealedpayload p")
        ((stored,),) = cursor.fetchall()
    assert "go on" not in stored and "despair" not in stored
    assert Submission.objects.get().priority_reasons[0] == "danger-words"


# Where it comes from


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://testserver"},
        {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"},
    ],
)
def test_our_own_pages_are_believed(client, headers):
    assert send(client, headers).status_code == 200
    assert Submission.objects.get().state == State.QUEUED


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver:81"},
        {"Origin": "https://testserver"},
    ],
)
def test_another_website_cannot_send_it_and_the_person_loses_nothing(client, headers):
    response = send(client, headers)
    assert response.status_code == 403
    assert_every_value_is_shown_again(response)
    assert PHONE in text_of(response)
    assert "another website" in text_of(response)
    assert not Submission.objects.exists()


def test_another_website_cannot_tick_the_box(client):
    page = text_of(send(client, {"Sec-Fetch-Site": "cross-site"}))
    assert not re.search(r'name="consent_use"[^>]* checked', page)


def test_a_sender_without_headers_is_acknowledged_and_quarantined(client):
    response = send(client, {})
    assert response.status_code == 200
    submission = Submission.objects.get()
    assert submission.ref in text_of(response)
    assert (submission.state, submission.suspicions) == (State.QUARANTINED, ["no-browser-headers"])


def test_a_link_in_the_hidden_field_only_raises_a_doubt(client):
    response = send(client, **{TRAP: "http://spam.example"})
    assert "We have your request" in text_of(response)
    submission = Submission.objects.get()
    assert submission.state == State.QUARANTINED
    assert submission.suspicions == ["hidden-field-filled", "link-in-hidden-field"]


@pytest.mark.parametrize("filled", ["Pat Example", "canary.mail@example.org", "212 555 0199", "40202"])
def test_what_a_browser_filled_into_the_hidden_field_holds_nobody_up(client, filled):
    assert "We have your request" in text_of(send(client, **{TRAP: filled}))
    submission = Submission.objects.get()
    assert (submission.state, submission.suspicions) == (State.QUEUED, [])


def test_the_hidden_field_is_out_of_everybodys_way(client):
    (field,) = re.findall(rf'<input [^>]*name="{TRAP}"[^>]*>', text_of(client.get(URL)))
    assert 'tabindex="-1"' in field and 'autocomplete="off"' in field and 'value=""' in field


@pytest.mark.parametrize("referrer", ["http://[::1", "http://testserver/a b?c=d", "https://evil.example", "x" * 9000])
def test_any_referrer_is_survived(client, referrer):
    assert send(client, OURS | {"Referer": referrer}).status_code == 200


# Repeats


def test_a_second_click_gets_the_same_reference_and_makes_no_second_case(client):
    first = send(client)
    again = send(client)
    submission = Submission.objects.get()
    assert submission.ref in text_of(first)
    assert submission.ref in text_of(again)
    assert "We already have this request" in text_of(again)
    assert OutboxMessage.objects.filter(kind="case-received").count() == ConsentEvent.objects.count() == 1


def test_other_words_are_another_request(client):
    send(client)
    send(client, message="I forgot something.")
    assert Submission.objects.count() == 2


def test_the_same_words_a_quarter_of_an_hour_later_are_another_request(client, monkeypatch):
    earlier = timezone.now() - timedelta(minutes=16)
    with monkeypatch.context() as clock:
        clock.setattr(timezone, "now", lambda: earlier)
        send(client)
    send(client)
    assert Submission.objects.count() == 2


# Limits


def test_a_body_over_64_kib_is_refused_with_every_value_shown_again(client):
    response = send(client, message="z" * 70_000)
    assert response.status_code == 413
    page = text_of(response)
    assert "more than our form can hold" in page
    assert "z" * 70_000 in page
    assert_every_value_is_shown_again(response, REQUEST | {"message": "z" * 70_000})


def test_a_body_nobody_could_type_is_refused_in_plain_words(client):
    response = send(client, message="z" * 3_000_000)
    assert response.status_code == 413
    assert "more than our form can take in" in text_of(response)
    assert PHONE in text_of(response)


def test_more_than_60_fields_are_refused_with_every_value_shown_again(client):
    response = send(client, **{f"extra{i}": "x" for i in range(60)})
    assert response.status_code == 400
    assert_every_value_is_shown_again(response)
    assert client.post(URL, {f"f{i}": "x" for i in range(2500)}, headers=OURS).status_code == 400


def test_unknown_fields_are_ignored(client):
    assert send(client, state_of_mind="calm", is_staff="1", state="KY").status_code == 200


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xff\xfe=%ff&name=%00%zz", "application/x-www-form-urlencoded"),
        (b"--x\r\nContent-Disposition: form-data; na", "multipart/form-data; boundary=x"),
        (b"--x\r\nContent-Disposition: form-data; a*=b; a*0=c\r\n\r\nd\r\n--x--", "multipart/form-data; boundary=x"),
        (b"--x", "multipart/form-data"),
        (b'{"name": "Pat"}', "application/json"),
        (b"name=Pat", "application/x-www-form-urlencoded; charset=utf-7"),
        (b"name=Pat", "text/plain"),
        (b"", "application/x-www-form-urlencoded"),
    ],
)
def test_a_broken_body_gets_a_page_not_a_crash(client, body, kind):
    response = client.generic("POST", URL, body, content_type=kind, headers=OURS)
    assert response.status_code in (200, 400)
    assert "Ask for a free case review" in text_of(response)
    assert not Submission.objects.exists()


def test_a_file_is_never_kept(client, settings, tmp_path):
    from django.core.files.uploadedfile import SimpleUploadedFile

    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "uploads"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    response = send(client, record=SimpleUploadedFile("record.pdf", b"x" * 20_000))
    assert response.status_code == 200
    assert list(settings.FILE_UPLOAD_TEMP_DIR.iterdir()) == []


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_only_reading_and_sending(client, method):
    assert getattr(client, method)(URL).status_code == 405


# When it cannot be saved


@pytest.mark.django_db(transaction=True)
def test_neither_database_nor_spool_gives_503_with_every_value_and_the_phone_number(
    client, monkeypatch, settings, tmp_path
):
    (tmp_path / "file").write_text("")
    settings.SPOOL_DIR = tmp_path / "file"
    words = surroundings.current().use_to_reply.sha256
    client.get(URL)  # this process has shown the form before

    def refuse(*args, **kwargs):
        raise OperationalError("connection refused")

    connection.close()
    with monkeypatch.context() as away:
        away.setattr(connection, "connect", refuse)
        response = send(client, consent_use=words)
        foreign = send(client, {"Sec-Fetch-Site": "cross-site"})
    assert_every_value_is_shown_again(foreign)
    assert response.status_code == 503
    page = text_of(response)
    assert "We have not saved this yet. Your answers are still below." in page
    assert PHONE in page
    assert_every_value_is_shown_again(response)
    assert re.search(r'name="consent_use"[^>]* checked', page)
    assert response.headers["Cache-Control"] == "no-store"
    # The database comes back, the person presses Send again.
    assert "We have your request" in text_of(send(client, consent_use=words))


def test_no_desk_key_gives_503_and_stores_nothing(client, settings):
    settings.DESK_PUBLIC_KEY.unlink()
    response = send(client)
    assert response.status_code == 503
    assert_every_value_is_shown_again(response)
    assert not Submission.objects.exists()


def test_nowhere_to_keep_the_key_of_repeats_stops_nobody(client, settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.KEY_DIR = tmp_path / "file"
    assert send(client).status_code == 200
    assert send(client).status_code == 200
    assert Submission.objects.count() == 2
