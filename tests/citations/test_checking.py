"""The registers are asked again what was later said of our sources; where one is silent, nothing is known."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.db import IntegrityError, transaction
from django.utils import timezone

from citations import checking, lookups, receiving, retractions
from citations.models import Import, NoticeKind, Origin, RegisterCheck, Source
from mesoinfo.schedule import FETCH_SWEEPS
from tests.citations.conftest import a_source
from tests.citations.stub_site import Reply, StubSite, pauses, stub
from tests.citations.test_lookups import DOI, MEDLINE, a_work, crossref_says, pubmed_says, registers

__all__ = ["pauses", "registers", "stub"]
pytestmark = pytest.mark.django_db

RETRACTION = {"type": "retraction", "DOI": "10.1/r", "updated": {"date-parts": [[2023, 5, 1]]}, "source": "publisher"}
TODAY = f"{timezone.now():%-d %B %Y}"


def said_of(source: Source) -> list[str]:
    source.refresh_from_db()
    return list(checking.as_of(source))


def long_ago(days: int) -> None:
    """As if everything that was asked had been asked so many days ago."""
    for check in RegisterCheck.objects.all():
        check.asked_at -= timedelta(days=days)
        check.answered_at = check.answered_at and check.answered_at - timedelta(days=days)
        check.save()


def test_a_retraction_reaches_us_though_nobody_looks_the_work_up(registers: StubSite) -> None:
    source = a_source(DOI=DOI)
    assert said_of(source) == ["Crossref has not been asked yet: not known."]
    crossref_says(registers, a_work(**{"updated-by": [RETRACTION]}))
    checking.sweep()
    notice = source.notices.get()
    assert (notice.kind, notice.dataset, notice.recorded_by) == (NoticeKind.RETRACTED, "crossref", None)
    assert Source.objects.get().is_retracted
    assert said_of(source) == [f"Crossref, asked on {TODAY}, tells of what stands above."]
    # No record waits for anybody.
    assert not Import.objects.exists()


def test_each_register_is_asked_for_what_it_knows_a_work_by(registers: StubSite) -> None:
    source = a_source(DOI=DOI, PMID="33515503")
    a_source(id="other", DOI=None)
    crossref_says(registers, a_work())
    pubmed_says(registers, Reply(body=MEDLINE.encode()))
    checking.sweep()
    assert said_of(source) == [
        f"Crossref, asked on {TODAY}, tells of nothing later.",
        f"PubMed, asked on {TODAY}, tells of nothing later.",
    ]
    assert RegisterCheck.objects.count() == 2


def test_who_answered_is_asked_again_after_a_month(registers: StubSite) -> None:
    source = a_source(DOI=DOI)
    crossref_says(registers, a_work(), a_work(**{"updated-by": [RETRACTION]}))
    checking.sweep()
    long_ago(days=29)
    checking.sweep()
    assert not source.notices.exists()
    long_ago(days=1)
    checking.sweep()
    assert source.notices.count() == 1
    # Once more says nothing new.
    long_ago(days=30)
    checking.sweep()
    assert source.notices.count() == 1


@pytest.mark.parametrize("reply", [Reply(500), Reply(429), Reply(body=b"<html>"), Reply(body=b"{", cut_after=1)])
def test_who_does_not_answer_is_not_known_and_asked_again_a_day_later(registers: StubSite, reply: Reply) -> None:
    source = a_source(DOI=DOI)
    crossref_says(registers, a_work())
    checking.sweep()
    long_ago(days=30)
    before = f"{timezone.now() - timedelta(days=30):%-d %B %Y}"
    crossref_says(registers, reply)
    checking.sweep()
    (sentence,) = said_of(source)
    assert sentence.startswith(f"Crossref gave no answer on {TODAY}, so it is not known: ")
    assert sentence.endswith(f" Its last answer is of {before}.")
    asked = len(registers.asked)
    checking.sweep()
    assert len(registers.asked) == asked
    long_ago(days=1)
    crossref_says(registers, a_work())
    checking.sweep()
    assert said_of(source) == [f"Crossref, asked on {TODAY}, tells of nothing later."]


def test_a_register_that_is_silent_is_left_alone_until_the_next_sweep(registers: StubSite) -> None:
    for number in range(3):
        a_source(id=f"source{number}", DOI=f"10.1234/{number}", PMID=None)
    for number in range(3):
        crossref_says(registers, Reply(503), doi=f"10.1234/{number}")
    checking.sweep()
    assert RegisterCheck.objects.count() == 1
    checking.sweep()
    assert RegisterCheck.objects.count() == 2


def test_an_answer_that_we_stumble_over_is_told_and_stops_no_other_check_or_lookup(
    registers: StubSite, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def stumble(*args: Any, **kwargs: Any) -> None:
        raise ValueError("A fault.")

    monkeypatch.setattr(retractions, "note_what_was_said", stumble)
    source = a_source(DOI=DOI)
    crossref_says(registers, a_work())
    assert checking.check_next("DOI", Origin.CROSSREF)
    assert not checking.check_next("DOI", Origin.CROSSREF)
    (told,) = said_of(source)
    assert "so it is not known: A fault of ours stopped this." in told
    lookups.ask("DOI", DOI, by=None)
    lookups.sweep()
    batch = Import.objects.get()
    assert (batch.state, batch.problem) == ("failed", receiving.FAULT)
    assert caplog.text.count("A fault.") == 2


def test_a_work_that_the_register_does_not_know_is_told(registers: StubSite) -> None:
    source = a_source(DOI=DOI)
    crossref_says(registers, Reply(404))
    checking.sweep()
    assert said_of(source) == [
        f"Crossref, asked on {TODAY}, knows no work with this DOI. Compare it with the original."
    ]


def test_another_identifier_is_asked_for_at_once(registers: StubSite) -> None:
    source = a_source(DOI="10.1234/wrong")
    crossref_says(registers, Reply(404), doi="10.1234/wrong")
    checking.sweep()
    source.csl |= {"DOI": DOI}
    source.save()
    assert said_of(source) == ["Crossref has not been asked yet: not known."]
    crossref_says(registers, a_work())
    checking.sweep()
    assert said_of(source) == [f"Crossref, asked on {TODAY}, tells of nothing later."]


def test_a_lookup_that_somebody_waits_for_goes_first(registers: StubSite) -> None:
    for number in range(2):
        a_source(id=f"source{number}", DOI=f"10.1234/{number}")
        crossref_says(registers, a_work(DOI=f"10.1234/{number}"), doi=f"10.1234/{number}")
    lookups.ask("DOI", DOI, by=None)
    checking.sweep()
    assert RegisterCheck.objects.count() == 1


def test_the_fetch_worker_asks_and_the_desk_shows_what_came_of_it(registers: StubSite) -> None:
    assert "citations.checking.sweep" in FETCH_SWEEPS.values()
    source = a_source(DOI=DOI)
    told: Any = admin.site.get_model_admin(Source)
    assert "Crossref has not been asked yet: not known." in told.later_said(source)


def a_check(**fields: Any) -> RegisterCheck:
    now = timezone.now()
    told = {"register": Origin.CROSSREF, "identifier": DOI, "asked_at": now, "answered_at": now, "knows_it": True}
    return RegisterCheck(source=Source.objects.first() or a_source(), **told | fields)


@pytest.mark.parametrize(
    ("promise", "fields"),
    [
        ("a_check_is_at_a_known_register", {"register": "nowhere"}),
        ("a_check_was_answered_or_says_why_not", {"problem": "Too slow."}),
        ("a_check_was_answered_or_says_why_not", {"answered_at": None, "knows_it": None}),
        ("an_answer_says_whether_the_work_is_known", {"knows_it": None}),
        ("an_answer_says_whether_the_work_is_known", {"answered_at": None, "problem": "Too slow."}),
    ],
)
def test_the_database_refuses_a_check_that_contradicts_itself(promise: str, fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=promise), transaction.atomic():
        a_check(**fields).save()


def test_there_is_one_check_of_a_source_at_a_register() -> None:
    a_check().save()
    with pytest.raises(IntegrityError, match="one_check_of_a_source_at_a_register"), transaction.atomic():
        a_check().save()
