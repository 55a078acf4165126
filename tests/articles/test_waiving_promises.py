"""What PostgreSQL itself promises about waivers and weights: each test goes past the ORM's own rules and is refused."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone

from articles.models import Article, Revision, RuleWeight, Waiver
from articles.models.lint import today
from mesoinfo.models import User
from tests.articles.waived import IN_A_MONTH, RULE, STATISTIC, let_run_out, waived, write
from tests.conftest import member
from tests.refusing import refused

pytestmark = pytest.mark.usefixtures("draft_once")


@pytest.fixture
def with_error(draft: Revision) -> Revision:
    return write(draft)


def make(revision: Revision, **fields: Any) -> None:
    """Past every form and function."""
    given = {
        "article": revision.article,
        "revision": revision,
        "rule": RULE,
        "words": STATISTIC,
        "reason": "Known.",
        "made_by": member("editor"),
        "expires_on": IN_A_MONTH,
        **fields,
    }
    Waiver.objects.bulk_create([Waiver(**given)])


@pytest.mark.parametrize(
    ("fields", "promise"),
    [
        ({"rule": "unknown-key"}, "a_waived_rule_is_one_about_words"),
        ({"reason": " \n"}, "a_waiver_says_why"),
        ({"expires_on": today()}, "a waiver holds at least until tomorrow and at most 12 months"),
        ({"expires_on": today() + datetime.timedelta(days=367)}, "a waiver holds at least until tomorrow"),
        ({"ended_at": timezone.now()}, "a waiver runs when it is made"),
    ],
)
def test_a_waiver_is_of_a_rule_about_words_for_a_reason_and_for_a_time(
    with_error: Revision, fields: dict[str, Any], promise: str
) -> None:
    with refused(promise):
        make(with_error, **fields)


def test_a_waiver_is_of_a_revision_of_its_own_page(with_error: Revision) -> None:
    other = Article.objects.create(address="mesothelioma/other", topic=with_error.article.topic)
    with refused("a waiver is of what was found in a revision of its own page"):
        make(with_error, article=other)


def test_nobody_waives_what_is_found_in_their_own_words(with_error: Revision, writer: User, editor: User) -> None:
    with refused("nobody waives what is found in words that they helped write"):
        make(with_error, made_by=writer)
    block = with_error.blocks.get(canonical__contains=STATISTIC)
    with_error.contributions.create(user=editor, kind="edit", block_key=block.key, digest=block.digest)
    with refused("nobody waives what is found in words that they helped write"):
        make(with_error)


def test_one_waiver_runs_for_a_finding(with_error: Revision) -> None:
    make(with_error)
    with refused("this finding is waived already"):
        make(with_error)
    make(with_error, words="Other words.")
    make(with_error, rule="long-sentence")
    let_run_out(Waiver.objects.get(rule=RULE, words=STATISTIC))
    make(with_error)
    assert Waiver.objects.running().count() == 3


def test_a_waiver_says_when_it_was_made_by_the_clock_of_the_database(with_error: Revision) -> None:
    make(with_error, made_at=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC))
    assert Waiver.objects.get().made_at.year > 2020


@pytest.mark.parametrize(
    "change",
    [
        {"rule": "long-sentence"},
        {"words": "Other words."},
        {"reason": "Another."},
        {"expires_on": IN_A_MONTH + datetime.timedelta(days=1)},
        {"digest": "0" * 64},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_waiver_stays_as_it_was_made(with_error: Revision, change: dict[str, Any]) -> None:
    waiver = waived(with_error)
    with refused("a waiver stays as it was made; it is ended once, and another is made"):
        Waiver.objects.filter(pk=waiver.pk).update(**change)


def test_a_waiver_is_ended_once_and_never_deleted(with_error: Revision, editor: User) -> None:
    waiver = waived(with_error)
    this = Waiver.objects.filter(pk=waiver.pk)
    with refused("an_ended_waiver_says_by_whom_and_when"):
        this.update(ended_at=timezone.now())
    with refused("an_ended_waiver_says_by_whom_and_when"):
        this.update(ended_by=editor)
    this.update(ended_at=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC), ended_by=editor)
    waiver.refresh_from_db()
    assert waiver.ended_at is not None
    assert waiver.ended_at.year > 2020
    with refused("a waiver stays as it was made"):
        this.update(ended_at=None, ended_by=None)
    with refused("a waiver stays as it was made"):
        this._raw_delete(this.db)


@pytest.mark.parametrize(
    ("fields", "promise"),
    [
        ({"rule": "unknown-key"}, "a_rule_weighed_is_one_about_words"),
        ({"weight": "heavy"}, "a_rule_has_a_known_weight"),
        ({"reason": " "}, "a_rule_is_weighed_for_a_reason"),
    ],
)
def test_a_weight_is_a_known_one_of_a_rule_about_words(editor: User, fields: dict[str, Any], promise: str) -> None:
    given = {"rule": RULE, "weight": "off", "reason": "So.", "set_by": editor, **fields}
    with refused(promise):
        RuleWeight.objects.bulk_create([RuleWeight(**given)])


def test_a_rule_has_one_weight(editor: User) -> None:
    given = {"rule": RULE, "weight": "off", "reason": "So.", "set_by": editor}
    RuleWeight.objects.create(**given)
    with refused("articles_ruleweight_pkey"):
        RuleWeight.objects.bulk_create([RuleWeight(**given)])
