"""The page of a source on the desk: writers pin and retire quotes, editors record notices, nobody changes either."""

from __future__ import annotations

import html
from datetime import date, timedelta
from typing import Any

import pytest
from django.forms import BaseForm
from django.test import Client
from django.utils import timezone

from citations.models import Notice, NoticeKind, Quote, Source
from mesoinfo.models import AuditEntry, User
from tests.citations.conftest import a_source
from tests.citations.test_source_desk import bare, change, signed_in, typed
from tests.conftest import a_user
from tests.desk_answers import told

pytestmark = pytest.mark.django_db

WORDS = "Half of them were alive after a year."


@pytest.fixture
def source(db: None) -> Source:
    return a_source()


@pytest.fixture
def pinned(source: Source, writer: User) -> Quote:
    return Quote.objects.create(source=source, text=WORDS, locator="p. 3", added_by=writer)


def rows(kind: str, *filled: dict[str, Any], there: int = 0) -> dict[str, str]:
    """What a browser sends for rows of this kind, of which the first `there` are kept already."""
    sent = {f"{kind}-TOTAL_FORMS": str(len(filled)), f"{kind}-INITIAL_FORMS": str(there)}
    for number, row in enumerate(filled):
        sent |= {f"{kind}-{number}-{name}": str(value) for name, value in row.items()}
    return sent


def sent(*parts: dict[str, str]) -> dict[str, str]:
    whole = typed(bare(), study_design="phase 2 trial")
    for part in parts:
        whole |= part
    return whole


def send(user: User, source: Source, *parts: dict[str, str]) -> Any:
    return signed_in(user).post(change(source), sent(*parts))


def forms_of(answer: Any, kind: str) -> list[BaseForm]:
    """The rows as they are shown again."""
    (shown,) = [
        formset.formset for formset in answer.context["inline_admin_formsets"] if formset.formset.prefix == kind
    ]
    return list(shown.forms)


def actions() -> list[tuple[str, dict[str, Any]]]:
    return list(
        AuditEntry.objects.exclude(action__startswith="role.").order_by("sequence").values_list("action", "facts")
    )


def test_a_writer_pins_a_quote(source, writer):
    answer = send(writer, source, rows("quotes", {"text": f" {WORDS} ", "locator": "p. 3"}))
    assert answer.status_code == 302
    quote = Quote.objects.pinned().get()
    assert (quote.source, quote.text, quote.locator, quote.added_by) == (source, WORDS, "p. 3", writer)
    assert ("quote.added", {"source": "doe2020trial"}) in actions()


def test_every_change_of_a_source_is_in_the_ledger_with_the_fields_that_changed(source, editor):
    desk = signed_in(editor)
    for design in ("phase 2 trial", "cohort"):
        form = desk.get(change(source)).context["adminform"].form
        as_sent = {name: str(form[name].value()).replace("\n", "\r\n") for name in ("record", "opened_at")}
        assert desk.post(change(source), sent(as_sent, {"study_design": design})).status_code == 302
    assert actions() == [("source.changed", {"fields": ""}), ("source.changed", {"fields": "Study design"})]


def test_words_copied_with_line_ends_are_the_same_words(source, writer):
    send(writer, source, rows("quotes", {"text": "Half of them\r\nwere alive \n after a year."}))
    assert Quote.objects.get().text == WORDS


def test_the_form_says_what_a_quote_is_and_what_it_sets_off(source, editor):
    words = told(signed_in(editor).get(change(source)))
    assert "Verbatim words of the source that a page rests on. Reviewers see them beside the sentence." in words
    assert words.count("re-opens every block that cites") == 2


def test_a_source_is_added_before_its_quotes(writer):
    page = signed_in(writer).get("/admin/citations/source/add/").content.decode()
    assert "quotes-TOTAL_FORMS" not in page


def test_a_writer_retires_a_quote_by_a_tick(source, pinned, writer):
    row = {"id": pinned.pk, "source": source.pk}
    assert send(writer, source, rows("quotes", row | {"retire": "on"}, there=1)).status_code == 302
    pinned.refresh_from_db()
    assert (pinned.retired_by, pinned.text) == (writer, WORDS)
    assert ("quote.retired", {"source": "doe2020trial"}) in actions()
    assert "Retired by The writer, " in told(signed_in(writer).get(change(source)))
    retired_at = pinned.retired_at
    for tick in ({}, {"retire": "on"}):
        assert send(writer, source, rows("quotes", row | tick, there=1)).status_code == 302
        pinned.refresh_from_db()
        assert pinned.retired_at == retired_at


def test_the_words_of_a_pinned_quote_are_not_changed_on_the_desk(source, pinned, editor):
    row = {"id": pinned.pk, "source": source.pk, "text": "Other words.", "locator": "p. 4", "DELETE": "on"}
    assert send(editor, source, rows("quotes", row, there=1)).status_code == 302
    pinned.refresh_from_db()
    assert (pinned.text, pinned.locator, pinned.retired_at) == (WORDS, "p. 3", None)


def test_the_same_words_are_not_pinned_twice(source, pinned, writer):
    kept, new = {"id": pinned.pk, "source": source.pk}, {"text": WORDS, "locator": "p. 4"}
    answer = send(writer, source, rows("quotes", kept, new, there=1))
    assert "These words are pinned already." in told(answer)
    assert forms_of(answer, "quotes")[1]["locator"].value() == "p. 4"
    pinned.retire(by=writer)
    assert send(writer, source, rows("quotes", kept, new, there=1)).status_code == 302
    assert Quote.objects.pinned().get().locator == "p. 4"


def test_the_same_words_typed_twice_at_once_are_told(source, writer):
    answer = send(writer, source, rows("quotes", {"text": WORDS}, {"text": WORDS, "locator": "p. 4"}))
    assert "The same words stand in two new quotes." in told(answer)
    assert not Quote.objects.exists()


def test_whoever_pins_what_a_colleague_pinned_a_moment_ago_is_told_and_keeps_what_they_typed(
    source, pinned, editor, monkeypatch
):
    look, looks = Quote.clean, []

    def look_too_early(quote: Quote) -> None:
        looks.append(quote.text)
        if len(looks) > 1:
            look(quote)

    monkeypatch.setattr(Quote, "clean", look_too_early)
    answer = send(editor, source, rows("quotes", {"text": WORDS, "locator": "p. 4"}))
    assert "These words are pinned already." in told(answer)
    assert forms_of(answer, "quotes")[0]["locator"].value() == "p. 4"
    assert looks == [WORDS, WORDS]
    assert Quote.objects.count() == 1


@pytest.mark.parametrize(
    ("row", "field", "sentence"),
    [
        ({"text": "   ", "locator": "p. 3"}, "text", "This field is required."),
        ({"text": "x" * 601}, "text", "Ensure this value has at most 600 characters (it has 601)."),
        ({"text": "a\0b"}, "text", "Null characters are not allowed."),
    ],
)
def test_a_quote_that_cannot_be_kept_gets_a_sentence(source, writer, row, field, sentence):
    (form,) = forms_of(send(writer, source, rows("quotes", row)), "quotes")
    assert form.errors == {field: [sentence]}
    assert form[field].value() == row[field]


def test_an_editor_records_a_notice(source, editor):
    row = {"kind": "retracted", "on": "2024-03-01", "reference": "10.1234/x", "note": "The data cannot be checked."}
    assert send(editor, source, rows("notices", row)).status_code == 302
    notice = source.notices.get()
    assert (notice.kind, notice.on, notice.recorded_by) == (NoticeKind.RETRACTED, date(2024, 3, 1), editor)
    assert ("notice.added", {"source": "doe2020trial"}) in actions()
    page = told(signed_in(editor).get(change(source)))
    assert "The data cannot be checked." in page
    assert "by The editor, " in page


def test_the_successor_of_a_superseded_source_is_named_by_its_key(source, editor):
    later = a_source(id="later", DOI=None)
    row = {"kind": "superseded", "on": "2024-03-01", "successor": "later"}
    assert send(editor, source, rows("notices", row)).status_code == 302
    assert source.notices.get().successor == later


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"kind": ""}, "This field is required."),
        ({"on": "soon"}, "Enter a valid date."),
        ({"on": timezone.localdate() + timedelta(days=2)}, "This day has not come yet. Correct the date."),
        ({"reference": "the journal"}, "Say where it is announced by a DOI, such as 10.1234/abc, or by an address"),
        ({"kind": "superseded"}, "A source that was superseded has a successor: give its key."),
        ({"successor": "later"}, "A source that was superseded has a successor: give its key."),
        ({"successor": "nosuch"}, "No source has this key. Add that source first, or correct the key."),
        ({"kind": "superseded", "successor": "doe2020trial"}, "A source cannot be its own successor."),
    ],
)
def test_a_notice_that_cannot_be_kept_gets_one_sentence(source, editor, row, sentence):
    a_source(id="later", DOI=None)
    row = {"kind": "retracted", "on": "2024-03-01", "note": "My words"} | row
    (form,) = forms_of(send(editor, source, rows("notices", row)), "notices")
    (errors,) = form.errors.values()
    assert str(errors[0]).startswith(sentence)
    assert {name: form[name].value() for name in row} == {name: str(value) for name, value in row.items()}
    assert not Notice.objects.exists()


def test_a_notice_is_neither_changed_nor_deleted_on_the_desk(source, editor):
    notice = Notice.objects.create(source=source, kind="retracted", on=date(2024, 3, 1))
    row = {"id": notice.pk, "source": source.pk, "kind": "reinstated", "on": "2024-03-02", "DELETE": "on"}
    boss = User.objects.create_superuser("boss@example.org", "a long enough password", name="Boss")
    for user in (editor, boss):
        assert send(user, source, rows("notices", row, there=1)).status_code == 302
        assert 'name="notices-0-kind"' not in signed_in(user).get(change(source)).content.decode()
    assert list(source.notices.values_list("kind", flat=True)) == ["retracted"]


def test_a_writer_sees_notices_and_records_none(source, writer):
    Notice.objects.create(source=source, kind="concern", on=date(2024, 3, 1), note="Under inquiry.")
    page = signed_in(writer).get(change(source)).content.decode()
    assert "Under inquiry." in page
    assert "notices-1-kind" not in page
    send(writer, source, rows("notices", {"kind": "retracted", "on": "2024-03-01"}))
    assert source.notices.count() == 1


@pytest.mark.parametrize("role", ["medical reviewer", "medical lead", "publisher", "safety officer"])
def test_the_others_read_quotes_and_notices(source, pinned, role):
    Notice.objects.create(source=source, kind="concern", on=date(2024, 3, 1), note="Under inquiry.")
    client: Client = signed_in(a_user(role))
    page = client.get(change(source)).content.decode()
    assert WORDS in html.unescape(page)
    assert "Under inquiry." in page
    assert 'name="quotes-0-retire"' not in page
    assert 'name="quotes-1-text"' not in page
    assert client.post(change(source), sent(rows("quotes", {"text": "Mine."}))).status_code == 403


def test_a_superuser_who_deletes_a_source_with_quotes_is_told_why_not(source, pinned):
    boss = signed_in(User.objects.create_superuser("boss@example.org", "a long enough password", name="Boss"))
    address = f"/admin/citations/source/{source.pk}/delete/"
    assert boss.post(address, {"post": "yes"}).status_code == 200
    assert "would require deleting the following protected related objects" in told(boss.get(address))
    assert Source.objects.filter(pk=source.pk).exists()
