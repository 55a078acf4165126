"""How urgent a request is, decided once from what the form knows. Each rule that fits leaves its code, so that the
queue can say why; the most urgent rule counts. A missing fact never makes a request wait longer. A new rule is a row of
`RULES`, the most urgent first, a line where it is asked whether it fits, and a code in `intake_codes` (intake.sql).

Levels and times to a first try, in working hours (after the field notes on triage):
0: 1 hour · 1: 4 hours · 2: 8 hours · 3 and 4: 24 hours. Only what is added can have level 4: it gives no urgency.
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
WORKING_HOURS = {0: 1, 1: 4, 2: 8, 3: 24, 4: 24}
LEAST_URGENT = 4

# Whole words in the message that cannot wait: somebody may be dying, or a date may be near.
_URGENT_WORDS = re.compile(
    r"\b(hospice|palliative|(?:days|weeks|months) to live|end of life|dying|court|deadline|time limit|"
    r"statute of limitations?)\b",
    re.IGNORECASE,
)
_ILLNESS_WORDS = re.compile(r"\b(mesotheliom\w*|asbestosis|lung cancer)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Rule:
    """How urgent a request is that the rule fits, and what the desk reads of it."""

    level: int
    in_words: str


# By the code that stands with the request.
RULES = {
    "danger-words": Rule(0, "may be in danger: speaks of despair, or of a body that cannot wait"),
    "very-ill": Rule(0, "says that someone is very ill or in hospice"),
    "court-date": Rule(0, "says that a court or claim date is near"),
    "urgent-words": Rule(0, "speaks of hospice, a court or a deadline"),
    "illness-words": Rule(1, "names a serious illness"),
    # A time limit that nobody has told us of counts as near.
    "time-limit-unknown": Rule(1, "wants a case review; time limits may run"),
    "asked-about-treatment": Rule(2, "asks about treatment"),
    "asked-about-costs": Rule(2, "asks about costs"),
    "asked-about-benefits": Rule(2, "asks about benefits"),
    "general-question": Rule(3, "general question"),
}
_OF_NEED = {
    Need.CASE_REVIEW: "time-limit-unknown",
    Need.TREATMENT_GUIDE: "asked-about-treatment",
    Need.FIND_SPECIALIST: "asked-about-treatment",
    Need.HELP_PAYING: "asked-about-costs",
    Need.VA_CLAIMS: "asked-about-benefits",
    Need.SUPPORT_GROUP: "general-question",
    Need.OTHER: "general-question",
}
# Of what is ticked among the further questions.
OF_TICKED = {
    ("urgent", "very_ill"): "very-ill",
    ("urgent", "court_date"): "court-date",
    ("urgent", "money"): "asked-about-costs",
    ("illness", "mesothelioma"): "illness-words",
    ("illness", "lung_cancer"): "illness-words",
    ("illness", "asbestosis"): "illness-words",
}


@dataclass(frozen=True)
class Urgency:
    """0 is the most urgent. The codes name every rule that fitted, the most urgent first."""

    priority: int
    reasons: tuple[str, ...]

    def due_at(self, received_at: datetime) -> datetime:
        """By when somebody should have tried to reach the person."""
        return after_working_hours(received_at, WORKING_HOURS[self.priority])


def judge(*, need: str, message: str) -> Urgency:
    """The urgency of a request that asks for `need` and says `message`."""
    return _urgency({_OF_NEED[Need(need)], *_fitting(message)})


def judge_addition(answers: Mapping[str, Any]) -> Urgency:
    """The urgency that what was added gives a request; the least, without a code, if it gives none."""
    said = words_of(answers)
    ticked = {code for (name, answer), code in OF_TICKED.items() if answer in answers.get(name, [])}
    dated = {"court-date"} if answers.get("court_date") else set()
    return _urgency(ticked | dated | _fitting(said))


def words_of(answers: Mapping[str, Any]) -> str:
    """All that somebody wrote in words of their own."""
    return "\n".join(answer for answer in answers.values() if isinstance(answer, str))


def _fitting(text: str) -> set[str]:
    """The codes of the rules that what somebody wrote fits."""
    found = {
        "danger-words": danger_in(text),
        "urgent-words": _URGENT_WORDS.search(text),
        "illness-words": _ILLNESS_WORDS.search(text),
    }
    return {code for code, fits in found.items() if fits}


def _urgency(codes: set[str]) -> Urgency:
    ordered = tuple(code for code in RULES if code in codes)
    return Urgency(RULES[ordered[0]].level if ordered else LEAST_URGENT, ordered)


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
