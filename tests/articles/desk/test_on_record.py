"""Every step of the desk is on record: who, what, on which record, and never a word of what was written."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from articles.models import Revision, Topic
from citations.models import Source
from mesoinfo import audit
from mesoinfo.models import AuditEntry, User
from tests.citations.test_source_desk import NOTHING_ADDED
from tests.conftest import PAGE


def newest() -> tuple[User | None, str, str, dict[str, object]]:
    entry = AuditEntry.objects.latest("sequence")
    return entry.actor, entry.action, f"{entry.target_type} {entry.target_id}", entry.facts


def test_a_saved_draft_is_on_record(client: Client, draft: Revision, writer: User) -> None:
    client.force_login(writer)
    client.post(
        f"/admin/articles/revision/{draft.pk}/write/",
        {"text": PAGE + "\nCanaryword.\n", "version": draft.version, "change_note": ""},
    )
    assert newest() == (writer, "revision.saved", f"articles.revision {draft.pk}", {"version": draft.version + 1})


def test_a_source_added_and_corrected_is_on_record(client: Client, editor: User) -> None:
    client.force_login(editor)
    record = {"type": "article-journal", "title": "Canaryword", "issued": {"date-parts": [[2020]]}}
    client.post("/admin/citations/source/add/", {"key": "doe2020", "record": json.dumps(record)})
    source = Source.objects.get(key="doe2020")
    assert newest() == (editor, "source.added", f"citations.source {source.pk}", {})
    client.post(
        f"/admin/citations/source/{source.pk}/change/",
        {
            "record": json.dumps({**record, "volume": "7"}),
            "opened_at": source.updated_at.isoformat(),
            **NOTHING_ADDED,
        },
    )
    assert newest() == (editor, "source.changed", f"citations.source {source.pk}", {"fields": "Record (CSL-JSON)"})


def test_sources_from_a_file_are_on_record(writer: User, source: Source) -> None:
    assert newest() == (writer, "source.added", f"citations.source {source.pk}", {})


def test_ones_own_new_password_is_on_record(client: Client, writer: User) -> None:
    client.force_login(writer)
    new = "another password that is long"
    client.post(
        "/admin/password_change/",
        {"old_password": "wrong", "new_password1": new, "new_password2": new},
    )
    assert newest()[1] != "user.changed"
    client.post(
        "/admin/password_change/",
        {"old_password": "a long enough password", "new_password1": new, "new_password2": new},
    )
    assert newest() == (writer, "user.changed", f"mesoinfo.user {writer.pk}", {"fields": "password"})


def test_the_watch_of_all_tests_notices_a_step_that_is_not(
    client: Client, topic: Topic, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(editor)
    monkeypatch.setattr(audit, "record", lambda *args, **facts: None)
    with pytest.raises(AssertionError, match="wrote to articles_topic without an audit entry"):
        client.post(
            f"/admin/articles/topic/{topic.pk}/change/",
            {"name": "Another name", "slug": "mesothelioma", "summary": "About it.", "position": "1"},
        )
