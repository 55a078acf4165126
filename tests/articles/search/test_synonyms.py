"""Synonyms: what PostgreSQL promises of them, and how editors change them."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.test import Client

from articles.models import Synonym
from mesoinfo.models import AuditEntry, User
from tests.conftest import a_user
from tests.desk_answers import told

LIST = "/admin/articles/synonym/"
PAIR = {"lay": "fluid in the lung", "clinical": "pleural effusion"}


@pytest.fixture
def synonym(db: None) -> Synonym:
    return Synonym.objects.create(**PAIR)


@pytest.fixture
def at_the_desk(client: Client, editor: User) -> Client:
    client.force_login(editor)
    return client


@pytest.mark.parametrize(
    ("lay", "clinical", "refusal"),
    [
        ("", "ascites", "a_synonym_has_words_to_search_for|a_synonym_is_plain_words_in_small_letters"),
        ("Fluid", "ascites", "a_synonym_is_plain_words_in_small_letters"),
        ("fluid", "Ascites", "a_synonym_is_plain_words_in_small_letters"),
        ("two  blanks", "ascites", "a_synonym_is_plain_words_in_small_letters"),
        (" fluid", "ascites", "a_synonym_is_plain_words_in_small_letters"),
        ('"fluid"', "ascites", "a_synonym_is_plain_words_in_small_letters"),
        ("fluid, water", "ascites", "a_synonym_is_plain_words_in_small_letters"),
        ("the", "ascites", "a_synonym_has_words_to_search_for"),
        ("fluid", "of the", "a_synonym_has_words_to_search_for"),
        ("tumor", "tumors", "a_synonym_is_not_its_own"),
        ("fluid in the lung", "pleural effusion", "one_synonym_per_pair"),
        ("pleural effusions", "fluid in lungs", "one_synonym_per_pair"),
    ],
)
def test_what_the_database_refuses(synonym: Synonym, lay: str, clinical: str, refusal: str) -> None:
    with pytest.raises(IntegrityError, match=refusal), transaction.atomic():
        Synonym.objects.bulk_create([Synonym(lay=lay, clinical=clinical)])


@pytest.mark.parametrize(
    ("lay", "clinical"), [("x-ray", "radiograph"), ("crohn's disease", "ileitis"), ("stage iv", "stage 4")]
)
def test_what_it_takes(db: None, lay: str, clinical: str) -> None:
    Synonym.objects.bulk_create([Synonym(lay=lay, clinical=clinical)])


def test_what_was_said_before_is_kept_for_good(synonym: Synonym) -> None:
    synonym.clinical = "hydrothorax"
    synonym.save()
    synonym.delete()
    history = apps.get_model("articles", "SynonymEvent")
    assert list(history.objects.order_by("pgh_id").values_list("pgh_label", "clinical")) == [
        ("insert", "pleural effusion"),
        ("update", "hydrothorax"),
        ("delete", "hydrothorax"),
    ]
    with pytest.raises(Exception, match="Cannot update or delete"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM articles_synonymevent")


def test_an_editor_adds_changes_and_removes_one_and_the_ledger_says_so(at_the_desk: Client) -> None:
    at_the_desk.post(f"{LIST}add/", {"lay": "  Fluid in  the Lung ", "clinical": "Pleural effusion"})
    synonym = Synonym.objects.get()
    assert (synonym.lay, synonym.clinical) == ("fluid in the lung", "pleural effusion")
    at_the_desk.post(f"{LIST}{synonym.pk}/change/", {"lay": "fluid in the lung", "clinical": "hydrothorax"})
    at_the_desk.post(f"{LIST}{synonym.pk}/delete/", {"post": "yes"})
    assert not Synonym.objects.exists()
    entries = AuditEntry.objects.filter(action__startswith="synonym").order_by("sequence")
    assert [entry.action for entry in entries] == ["synonym.added", "synonym.changed", "synonym.deleted"]


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"lay": "fluid in the lung", "clinical": "pleural effusion"}, "These two are synonyms already"),
        ({"lay": "pleural effusion", "clinical": "fluid in the lungs"}, "These two are synonyms already"),
        ({"lay": "tumor", "clinical": "tumors"}, "To search these are the same words already"),
        ({"lay": "with the", "clinical": "ascites"}, "One of these has only small words"),
        ({"lay": "fluid, water", "clinical": "ascites"}, "Write names as people type them"),
        ({"lay": "", "clinical": "ascites"}, "This field is required"),
        ({"lay": "x" * 81, "clinical": "ascites"}, "at most 80 characters"),
        ({"lay": "flu\x00id", "clinical": "ascites"}, "Null characters are not allowed"),
    ],
)
def test_one_that_cannot_be_is_told_in_a_sentence(
    at_the_desk: Client, synonym: Synonym, form: dict[str, str], sentence: str
) -> None:
    answer = at_the_desk.post(f"{LIST}add/", form)
    assert answer.status_code == 200
    assert sentence in told(answer)
    assert Synonym.objects.count() == 1


def test_it_can_be_tried_from_its_record(at_the_desk: Client, synonym: Synonym) -> None:
    for address in (LIST, f"{LIST}{synonym.pk}/change/"):
        record = at_the_desk.get(address).content.decode()
        assert 'href="/search/?q=fluid+in+the+lung&amp;exact=1"' in record
        assert 'href="/search/?q=pleural+effusion&amp;exact=1"' in record


@pytest.mark.parametrize(
    ("role", "reads", "changes"),
    [("editor", True, True), ("writer", True, False), ("medical reviewer", True, False), ("advocate", False, False)],
)
def test_who_reads_and_who_changes(client: Client, synonym: Synonym, role: str, reads: bool, changes: bool) -> None:
    client.force_login(a_user(role))
    assert client.get(LIST).status_code == (200 if reads else 403)
    answers: dict[str, Any] = {
        step: client.get(f"{LIST}{step}").status_code for step in ("add/", f"{synonym.pk}/delete/")
    }
    assert set(answers.values()) == {200 if changes else 403}
