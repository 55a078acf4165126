"""Urgency: documented rules, every one that fits is named, and the most urgent counts."""

from datetime import UTC, datetime

import pytest

from caseintake.models import Need
from caseintake.more_form import ILLNESSES, URGENT
from caseintake.urgency import DESK_ZONE, OF_TICKED, RULES, after_working_hours, judge, judge_addition


@pytest.mark.parametrize(
    ("need", "message", "priority", "reasons"),
    [
        ("case_review", "", 1, ("time-limit-unknown",)),
        ("find_specialist", "", 2, ("asked-about-treatment",)),
        ("va_claims", "", 2, ("asked-about-benefits",)),
        ("support_group", "", 3, ("general-question",)),
        ("other", "Mum has mesothelioma.", 1, ("illness-words", "general-question")),
        ("other", "He is in HOSPICE now", 0, ("urgent-words", "general-question")),
        (
            "case_review",
            "Court on Friday, lung cancer",
            0,
            ("urgent-words", "illness-words", "time-limit-unknown"),
        ),
        ("support_group", "I don't want to live any more", 0, ("danger-words", "general-question")),
        ("support_group", "She does not want to go on", 0, ("danger-words", "general-question")),
        ("support_group", "I can’t breathe well", 0, ("danger-words", "general-question")),
        ("support_group", "I want to live near my son.", 3, ("general-question",)),
        ("support_group", "We met in the courtyard.", 3, ("general-question",)),
    ],
)
def test_the_rules(need, message, priority, reasons):
    judged = judge(need=need, message=message)
    assert (judged.priority, judged.reasons) == (priority, reasons)


def test_every_need_has_a_rule_and_every_code_has_words():
    for need in Need.values:
        judged = judge(need=need, message="hospice, mesothelioma")
        assert judged.priority == 0
        assert set(judged.reasons) <= set(RULES)


def test_words_in_the_message_only_ever_raise():
    for need in Need.values:
        assert judge(need=need, message="hospice").priority <= judge(need=need, message="").priority


@pytest.mark.parametrize(
    ("added", "priority", "reasons"),
    [
        ({}, 4, ()),
        ({"message": "Thank you.", "lawyer": "yes", "illness": ["tests"]}, 4, ()),
        ({"urgent": ["very_ill"]}, 0, ("very-ill",)),
        ({"urgent": ["court_date"]}, 0, ("court-date",)),
        ({"court_date": "May 3"}, 0, ("court-date",)),
        ({"urgent": ["money"]}, 2, ("asked-about-costs",)),
        (
            {"urgent": ["money", "very_ill"], "illness": ["asbestosis"]},
            0,
            ("very-ill", "illness-words", "asked-about-costs"),
        ),
        ({"illness": ["mesothelioma", "lung_cancer"]}, 1, ("illness-words",)),
        ({"message": "He is in hospice."}, 0, ("urgent-words",)),
        ({"told_more": "Lung cancer in 2020"}, 1, ("illness-words",)),
        ({"family": "My son. I want to end it all."}, 0, ("danger-words",)),
    ],
)
def test_the_rules_for_what_is_added(added, priority, reasons):
    judged = judge_addition(added)
    assert (judged.priority, judged.reasons) == (priority, reasons)


def test_the_rules_stand_in_the_order_of_their_urgency():
    levels = [rule.level for rule in RULES.values()]
    assert levels == sorted(levels)


ANSWERS = {"illness": ILLNESSES, "urgent": URGENT}


def test_every_answer_that_is_a_rule_is_one_of_the_form():
    for (name, answer), code in OF_TICKED.items():
        assert answer in dict(ANSWERS[name]) and code in RULES


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-23 10:00", 4, "2026-11-23 14:00"),  # Monday
        ("2026-11-23 15:30", 4, "2026-11-24 11:30"),
        ("2026-11-23 03:00", 1, "2026-11-23 10:00"),
        ("2026-11-20 16:30", 1, "2026-11-23 09:30"),  # over a weekend
        ("2026-11-21 12:00", 8, "2026-11-23 17:00"),  # Saturday
        ("2026-11-23 17:00", 1, "2026-11-24 10:00"),
        ("2026-11-20 09:00", 24, "2026-11-24 17:00"),
        ("2026-10-30 16:00", 4, "2026-11-02 12:00"),  # the clocks change on the Sunday between
    ],
)
def test_only_working_hours_count(start, hours, due):
    begins = datetime.fromisoformat(start).replace(tzinfo=DESK_ZONE)
    assert after_working_hours(begins.astimezone(UTC), hours) == datetime.fromisoformat(due).replace(tzinfo=DESK_ZONE)


def test_the_more_urgent_is_due_sooner():
    now = datetime(2026, 11, 23, 15, tzinfo=UTC)
    asked = [("other", "hospice"), ("case_review", ""), ("va_claims", ""), ("other", "")]
    due = [judge(need=need, message=message).due_at(now) or now for need, message in asked]
    assert now < due[0] < due[1] < due[2] < due[3]
