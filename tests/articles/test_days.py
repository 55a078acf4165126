"""Records are called by their day as people write it: 1 March 2026, without a zero in front."""

from __future__ import annotations

import datetime

import pytest
from django.db import models

from articles.models import (
    Absence,
    Article,
    Comment,
    EmergencyEdit,
    Interest,
    Person,
    PublishedPage,
    Reaffirmation,
    SignOff,
    SignOffWithdrawal,
)
from citations.models import Notice
from mesoinfo.models import User

DAY = datetime.date(2026, 3, 1)
MOMENT = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
SOMEBODY = User(name="Somebody")
PAGE = PublishedPage(article=Article(address="mesothelioma/stage-4"), published_at=MOMENT)


@pytest.mark.parametrize(
    "record",
    [
        PAGE,
        SignOff(reviewer=SOMEBODY, signed_at=MOMENT),
        SignOffWithdrawal(at=MOMENT),
        Reaffirmation(reviewer=SOMEBODY, at=MOMENT),
        Comment(author=SOMEBODY, at=MOMENT),
        EmergencyEdit(page=PAGE, at=MOMENT),
        Interest(person=Person(name="Somebody"), declared_on=DAY),
        Absence(user=SOMEBODY, first_day=DAY, last_day=DAY),
        Notice(kind="retracted", on=DAY),
    ],
    ids=lambda record: record._meta.model_name,
)
def test_the_day_has_no_zero_in_front(record: models.Model) -> None:
    assert str(record).endswith("1 March 2026")
    assert "01 March" not in str(record)
