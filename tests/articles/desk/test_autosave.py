"""Autosave: what somebody types is kept by itself, nobody else's words are lost by it, and little is written down."""

from __future__ import annotations

import pytest
from django.test import Client

from articles.models import Contribution, Offer, PublishedPage, Revision
from articles.review import drafting
from articles.review.coverage import contributors
from articles.review.signing import SignOffRefused
from mesoinfo import roles
from mesoinfo.models import AuditEntry, User
from tests.articles.test_signing import token_for
from tests.conftest import PAGE, a_reviewer, a_user, sign_one
from tests.desk_answers import told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("draft_once")]


@pytest.fixture
def at_the_desk(client: Client, writer: User) -> Client:
    client.force_login(writer)
    return client


def typing_into(revision: Revision) -> str:
    return f"/admin/articles/revision/{revision.pk}/autosave/"


def typed(draft: Revision, by: User, *states: str) -> None:
    """Each of these texts was on the page when the editor saved it by itself."""
    for state in states:
        drafting.autosave(draft, text=state, change_note="", version=draft.version, by=by)


def test_it_keeps_text_and_change_note_and_says_the_version_to_go_on_from(
    at_the_desk: Client, draft: Revision, writer: User
) -> None:
    answer = at_the_desk.post(
        typing_into(draft), {"text": PAGE + "\nHalf a wo", "version": draft.version, "change_note": "Because"}
    )
    before = draft.version
    draft.refresh_from_db()
    assert (draft.text, draft.change_note) == (PAGE + "\nHalf a wo", "Because")
    assert answer.json() == {"version": before + 1, "saved_at": draft.saved_at.isoformat()}
    at_the_desk.post(typing_into(draft), {"text": PAGE, "version": draft.version, "change_note": "Because"})
    editor = at_the_desk.get(f"/admin/articles/revision/{draft.pk}/write/").content.decode()
    assert 'value="Because"' in editor
    assert f'name="version" value="{before + 2}"' in editor


def test_it_never_overwrites_what_somebody_else_saved(at_the_desk: Client, draft: Revision, editor: User) -> None:
    began_from = draft.version
    drafting.save_draft(draft, text=PAGE + "\nTheirs.\n", version=began_from, by=editor)
    sent = {"text": PAGE + "\nMine.\n", "version": began_from, "change_note": "Mine"}
    answer = at_the_desk.post(typing_into(draft), sent)
    assert answer.status_code == 409
    sentence = answer.json()["error"]
    assert sentence.startswith("The editor saved this draft at ")
    assert sentence.endswith(" UTC, while you were writing. Press “Save draft” to see both texts.")
    draft.refresh_from_db()
    assert draft.text.endswith("Theirs.\n")
    # As the sentence says.
    both = at_the_desk.post(f"/admin/articles/revision/{draft.pk}/write/", sent)
    assert both.status_code == 409
    assert "Theirs." in told(both) and "Mine." in told(both)


def test_a_second_window_of_the_same_person_is_called_that(at_the_desk: Client, draft: Revision, writer: User) -> None:
    began_from = draft.version
    typed(draft, writer, PAGE + "\nThe other window.\n")
    answer = at_the_desk.post(typing_into(draft), {"text": PAGE + "\nThis window.\n", "version": began_from})
    assert answer.status_code == 409
    assert answer.json()["error"].startswith("You saved this draft in another window at ")


def test_their_change_note_is_shown_beside_both_texts(at_the_desk: Client, draft: Revision, editor: User) -> None:
    began_from = draft.version
    drafting.save_draft(draft, text=PAGE, version=began_from, by=editor, change_note="A mistake of mine mended.")
    answer = at_the_desk.post(
        f"/admin/articles/revision/{draft.pk}/write/", {"text": PAGE, "version": began_from, "change_note": "My reason"}
    )
    assert "The editor wrote: A mistake of mine mended." in told(answer)
    assert 'value="My reason"' in answer.content.decode()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"text": "", "version": "2"}, "There is no text. A page starts with # and its title."),
        (
            {"text": "# T\n\n" + "x" * 200_001, "version": "2"},
            "The text is longer than 200,000 characters. Split the page.",
        ),
        ({"text": "# My words\x00", "version": "2"}, "Null characters are not allowed."),
        ({"text": "# My words"}, "This field is required."),
        (
            {"text": "# My words", "version": "2", "change_note": "n" * 301},
            "The change note is longer than 300 characters. Make it shorter.",
        ),
    ],
)
def test_what_cannot_be_kept_is_told_in_a_sentence(
    at_the_desk: Client, draft: Revision, sent: dict[str, str], sentence: str
) -> None:
    answer = at_the_desk.post(typing_into(draft), sent)
    assert (answer.status_code, answer.json()) == (400, {"error": sentence})
    draft.refresh_from_db()
    assert draft.text == PAGE


def test_the_form_does_not_cut_off_what_is_too_long(at_the_desk: Client, draft: Revision) -> None:
    page = at_the_desk.get(f"/admin/articles/revision/{draft.pk}/write/").content.decode()
    textarea = page[page.index("<textarea") :].split(">")[0]
    assert "maxlength" not in textarea


def test_a_draft_that_was_submitted_meanwhile_is_left_alone(at_the_desk: Client, in_review: Revision) -> None:
    answer = at_the_desk.post(typing_into(in_review), {"text": "# Late", "version": in_review.version})
    assert answer.status_code == 409
    assert answer.json()["error"].startswith("This revision is no longer a draft.")


def test_somebody_who_is_signed_out_is_told_so_in_json(client: Client, draft: Revision) -> None:
    answer = client.post(typing_into(draft), {"text": "# Mine", "version": draft.version})
    assert answer.status_code == 403
    assert answer.json()["error"].startswith("Sign in as a writer or an editor. Keep this page open")


def test_a_page_older_than_the_sign_in_is_told_so_in_json(draft: Revision, writer: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(writer)
    answer = client.post(typing_into(draft), {"text": "# Mine", "version": draft.version})
    assert answer.status_code == 403
    assert answer.json()["error"].startswith("This page is older than your sign-in.")


def test_a_save_keeps_the_change_note_that_was_typed_so_far(at_the_desk: Client, draft: Revision) -> None:
    at_the_desk.post(
        f"/admin/articles/revision/{draft.pk}/write/",
        {"text": PAGE, "version": draft.version, "change_note": "Half a reason", "save": "1"},
    )
    assert 'value="Half a reason"' in at_the_desk.get(f"/admin/articles/revision/{draft.pk}/write/").content.decode()


def test_typing_for_an_hour_is_one_contribution_until_the_words_rest(draft: Revision, editor: User) -> None:
    words = "\nA paragraph that takes an hour, heading and all, since every second word is put back again."
    typed(draft, editor, *(PAGE + words[:length] for length in range(1, len(words))))
    assert draft.contributions.filter(user=editor).count() == 1
    drafting.save_draft(draft, text=PAGE + words, version=draft.version, by=editor)
    added = draft.contributions.filter(user=editor).exclude(digest="")
    assert [contribution.block_key for contribution in added] == ["treatment/p-2"]
    assert added[0].digest == draft.blocks.get(key="treatment/p-2").digest


def test_typing_leaves_no_entry_in_the_ledger(draft: Revision, writer: User) -> None:
    before = AuditEntry.objects.count()
    typed(draft, writer, PAGE + "\nOne.", PAGE + "\nOne. Two.")
    assert AuditEntry.objects.count() == before


def test_who_typed_and_took_it_back_cannot_sign(draft: Revision, writer: User, medical_lead: User) -> None:
    meddler = a_reviewer("meddler@example.org", verified_by=medical_lead)
    roles.appoint(meddler, "writer", by=None)
    typed(draft, meddler, PAGE + "\nA word too many.\n", PAGE)
    drafting.save_draft(draft, text=PAGE, version=draft.version, by=writer)
    drafting.submit(draft, change_note="Ready.", by=writer)
    with pytest.raises(SignOffRefused, match="helped write"):
        sign_one(draft, token=token_for(meddler, draft), by=meddler)


def test_half_typed_words_are_theirs_who_typed_them_when_somebody_else_goes_on(
    draft: Revision, editor: User, writer: User
) -> None:
    typed(draft, editor, PAGE + "\nThe editor's.\n")
    drafting.save_draft(draft, text=PAGE + "\nThe editor's.\n\nThe writer's.\n", version=draft.version, by=writer)
    keys = {
        person: set(draft.contributions.filter(user=person, at__gt=draft.created_at).values_list("block_key", "digest"))
        for person in (editor, writer)
    }
    blocks = {block.key: block.digest for block in draft.blocks.all()}
    assert ("treatment/p-2", blocks["treatment/p-2"]) in keys[editor]
    assert ("treatment/p-3", blocks["treatment/p-3"]) in keys[writer]
    assert ("treatment/p-2", blocks["treatment/p-2"]) not in keys[writer]


def test_what_is_submitted_or_given_up_half_typed_has_its_blocks(draft: Revision, editor: User, writer: User) -> None:
    typed(draft, editor, PAGE + "\nThe editor's.\n")
    drafting.submit(draft, change_note="Ready.", by=writer)
    block = draft.blocks.get(key="treatment/p-2")
    assert Contribution.objects.filter(revision=draft, user=editor, digest=block.digest).exists()
    second = drafting.recall(draft, reason="Not ready.", by=writer)
    typed(second, editor, second.text + "\nMore.\n")
    drafting.abandon(second, reason="Another page says it.", by=writer)
    block = second.blocks.get(key="treatment/p-3")
    assert Contribution.objects.filter(revision=second, user=editor, digest=block.digest).exists()


def test_nobody_becomes_a_contributor_by_an_offer_that_changed_while_others_typed(
    published: PublishedPage, offer: Offer, editor: User, writer: User
) -> None:
    starter = a_user("editor", email="starter@example.org")
    draft = drafting.start_draft(published.article, by=starter)
    offer.heading = "Ask about your case"
    offer.save()
    typed(draft, writer, PAGE + "\nMore.\n")
    drafting.save_draft(draft, text=PAGE + "\nMore.\n", version=draft.version, by=editor)
    assert starter.pk not in contributors(draft)
