"""The bench of the bibliography at a small size: it asks what it says, and finds what it should."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import evidence
from citations.models import Notice, Source

pytestmark = [pytest.mark.whole, pytest.mark.django_db]


def test_every_question_is_asked_and_the_dataset_read(tmp_path: Path) -> None:
    evidence.fill(240)
    assert Source.objects.count() == 240
    answers = evidence.ask(3)
    assert len(answers) == 8
    assert all(0 < in_sql <= in_all for took in answers.values() for in_sql, in_all in took)
    _, _, matched = evidence.read_dataset(tmp_path, 600)
    assert matched == 10 == Notice.objects.count()
