"""How urgent a request is, decided once from what the form knows. Each rule that fits leaves its code, so that the
queue can say why; the most urgent rule counts. A missing fact never makes a request wait longer.

Levels and times to a first try, in working hours (after the field notes on triage):
0: 1 hour · 1: 4 hours · 2: 8 hours · 3: 24 hours · 4: no set time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from caseintake.models import Need
from mesoinfo.danger import danger_in

# When advocates work. Public holidays are working days here: they only ever make us earlier than we said.
DESK_ZONE = ZoneInfo("America/New_York")
DESK_ZONE_NAME = "Eastern time"
OPENS, CLOSES = time(9), time(17)
WORKING_HOURS = {0: 1, 1: 4, 2: 8, 3: 24}
LEAST_URGENT = 4

# Whole words in the message that cannot wait: somebody may be dying, or a date may be near.
_URGENT_WORDS = re.compile(
    r"\b(hospice|palliative|(?:days|weeks|months) to live|end of life|dying|court|deadline|time limit|"
    r"statute of limitations?)\b",
    re.IGNORECASE,
)
_ILLNESS_WORDS = re.compile(r"\b(mesotheliom\w*|asbestosis|lung cancer)\b", re.IGNORECASE)

# A case review may run against a time limit nobody has told us: unknown counts as near.
_LEVEL_OF_NEED = {
    Need.CASE_REVIEW: (1, "time-limit-unknown"),
    Need.TREATMENT_GUIDE: (2, "asked-about-treatment"),
    Need.FIND_SPECIALIST: (2, "asked-about-treatment"),
    Need.HELP_PAYING: (2, "asked-about-costs"),
    Need.VA_CLAIMS: (2, "asked-about-benefits"),
    Need.SUPPORT_GROUP: (3, "general-question"),
    Need.OTHER: (3, "general-question"),
}

# What the desk reads beside a code.
REASONS = {
    "danger-words": "may be in danger: speaks of despair, or of a body that cannot wait",
    "urgent-words": "speaks of hospice, a court or a deadline",
    "illness-words": "names a serious illness",
    "time-limit-unknown": "wants a case review; time limits may run",
    "asked-about-treatment": "asks about treatment",
    "asked-about-costs": "asks about costs",
    "asked-about-benefits": "asks about benefits",
    "general-question": "general question",
}


@dataclass(frozen=True)
class Urgency:
    """0 is the most urgent. The codes name every rule that fitted, the most urgent first."""

    priority: int
    reasons: tuple[str, ...]

    def due_at(self, received_at: datetime) -> datetime | None:
        """By when somebody should have tried to reach the person."""
        hours = WORKING_HOURS.get(self.priority)
        return None if hours is None else after_working_hours(received_at, hours)


def judge(*, need: str, message: str) -> Urgency:
    """The urgency of a request that asks for `need` and says `message`."""
    found = [_LEVEL_OF_NEED[Need(need)]]
    if danger_in(message):
        found.append((0, "danger-words"))
    if _URGENT_WORDS.search(message):
        found.append((0, "urgent-words"))
    if _ILLNESS_WORDS.search(message):
        found.append((1, "illness-words"))
    found.sort()
    return Urgency(found[0][0], tuple(code for _, code in found))


def judge_addition(answers: Mapping[str, Any]) -> Urgency:
    """The urgency that what was added gives a request; the least if it gives none."""
    said = " ".join(str(answers.get(name, "")) for name in ("message", "told_more", "family"))
    found = []
    if danger_in(said):
        found.append((0, "danger-words"))
    if {"very_ill", "court_date"} & set(answers.get("urgent", [])) or _URGENT_WORDS.search(said):
        found.append((0, "urgent-words"))
    if _ILLNESS_WORDS.search(said) or set(answers.get("illness", [])) & {"mesothelioma", "lung_cancer", "asbestosis"}:
        found.append((1, "illness-words"))
    found.sort()
    return Urgency(found[0][0], tuple(code for _, code in found)) if found else Urgency(LEAST_URGENT, ())


def after_working_hours(start: datetime, hours: int) -> datetime:
    """The moment `hours` working hours after `start`; counted while the desk is open, Monday to Friday."""
    moment = start.astimezone(DESK_ZONE)
    left = timedelta(hours=hours)
    while True:
        opens, closes = (datetime.combine(moment.date(), at, DESK_ZONE) for at in (OPENS, CLOSES))
        if moment.weekday() < 5 and moment < closes:
            begins = max(moment, opens)
            if begins + left <= closes:
                return begins + left
            left -= closes - begins
        moment = datetime.combine(moment.date() + timedelta(days=1), OPENS, DESK_ZONE)
