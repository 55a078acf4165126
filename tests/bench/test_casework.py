"""The bench of the desk at a small size: it asks what it says, and finds who it should."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.http import HttpResponse

from bench import casework
from bench.casework import Question
from bench.programs import CannotMeasure
from caseintake.models import BlindIndex, Submission


def test_made_up_people_share_nothing_that_they_are_found_by() -> None:
    people = [casework.person(number) for number in range(casework.REQUESTS)]
    for name in ("phone", "email", "name"):
        assert len({person[name] for person in people}) == casework.REQUESTS
    assert casework.person(9_999)["phone"] == "299 555 0199"


def test_a_page_that_is_not_the_one_to_measure_is_no_figure() -> None:
    question = Question("a person", lambda n: HttpResponse("Nobody was found"), "Found 1 request")
    with pytest.raises(CannotMeasure, match="answered a person with 200 and not with “Found 1 request”"):
        question.check(question.ask(0))


@pytest.mark.whole
@pytest.mark.django_db(transaction=True)
def test_every_question_is_asked_and_answered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(casework, "RUN", tmp_path / "run")
    with casework.own_keys():
        casework.fill(12)
        assert casework.make_findable() == 12 == Submission.objects.count() == BlindIndex.objects.count()
        questions = casework.ask(3)
    assert len(questions) == 7
    assert all(len(question.took) == 3 and min(question.took) > 0 for question in questions)
