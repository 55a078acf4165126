"""While a citation is typed the editor offers sources: those that the list of sources would find, best first."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from citations.models import Notice, NoticeKind
from mesoinfo.models import User
from tests.citations.conftest import a_source, signed_in
from tests.conftest import a_user

pytestmark = pytest.mark.django_db

COMPLETIONS = reverse("admin:citations_source_completions")


def offered(desk: Client, words: str) -> list[dict[str, Any]]:
    answer = desk.get(COMPLETIONS, {"q": words})
    assert answer.status_code == 200
    return list(answer.json()["sources"])


def keys(desk: Client, words: str) -> list[str]:
    return [source["key"] for source in offered(desk, words)]


def test_it_finds_by_key_title_name_and_year_and_what_begins_so_first(desk: Client) -> None:
    a_source(id="talc2021review", DOI="10.1234/1", title="What talc does")
    a_source(id="doe2020talc", DOI="10.1234/2", title="Asbestos in mines")
    a_source(id="other2019", DOI="10.1234/3", title="A word on talc in powder")
    assert keys(desk, "talc") == ["talc2021review", "doe2020talc", "other2019"]
    assert keys(desk, "powder talc") == ["other2019"]
    assert keys(desk, "Doe 2020 mines") == ["doe2020talc"]
    assert offered(desk, "other")[0] == {
        "key": "other2019",
        "title": "A word on talc in powder",
        "year": 2020,
        "retracted": False,
    }


def test_a_retracted_source_says_so_and_one_that_was_merged_is_not_offered(desk: Client, editor: User) -> None:
    retracted = a_source(id="talc2021", DOI="10.1234/1")
    Notice.objects.create(source=retracted, kind=NoticeKind.RETRACTED, on="2024-01-02")
    merged = a_source(id="talc2020", DOI="10.1234/2")
    merged.merged_into, merged.merged_by, merged.merged_at = retracted, editor, timezone.now()
    merged.save()
    assert [(source["key"], source["retracted"]) for source in offered(desk, "talc")] == [("talc2021", True)]


def test_there_are_six_at_most(desk: Client) -> None:
    for number in range(7):
        a_source(id=f"talc{number}", DOI=f"10.1234/{number}")
    assert keys(desk, "talc") == [f"talc{number}" for number in range(6)]


@pytest.mark.parametrize("words", ["", "  ", "%", "nothing like it", "'; drop table", "x" * 5000, "[@"])
def test_for_nonsense_nothing_is_offered(desk: Client, words: str) -> None:
    a_source()
    assert offered(desk, words) == []


def test_only_those_who_may_see_sources_are_answered(client: Client) -> None:
    assert client.get(COMPLETIONS, {"q": "doe"}).status_code == 302
    assert signed_in(a_user("advocate")).get(COMPLETIONS, {"q": "doe"}).status_code == 403
    assert signed_in(a_user("medical reviewer")).get(COMPLETIONS, {"q": "doe"}).status_code == 200
