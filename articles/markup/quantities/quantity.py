"""A quantity: how much of what kind is stated, and what it is a figure of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from ..measures import MEASURES

# Marks among the words that a quantity is about, taken from its whole sentence.
ONE_PERSON = "one person"
ONE_STUDY = "one study"
TYPICAL = "typical"
SPOKEN_STEP = 0.02  # "a third", "one in five": within a percentage point


class Dimension(StrEnum):
    SHARE = "share"  # of 1: 57.7% is 0.577
    DURATION = "duration"  # in months
    COUNT = "count"  # of what `noun` says
    FACTOR = "factor"  # twice is 2
    AGE = "age"  # in years
    MEASURE = "measure"  # in the unit that `noun` says
    RATIO = "ratio"  # of the kind that `noun` says, as "hazard ratio"
    P_VALUE = "p value"


Operator = Literal["=", "<", "<=", ">", ">=", "~", "range"]
Leaning = Literal["below", "", "above"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity stated in a sentence, in the unit of its dimension, and what it is a figure of."""

    dimension: Dimension
    low: float | None  # None: open below
    high: float | None  # None: open above
    operator: Operator
    start: int
    end: int
    step: float  # the worth of the last place given: 0.001 in "57.7%"
    approximate: bool = False
    leaning: Leaning = ""  # "nearly" leans below the number, "just over" above it
    noun: str = ""
    per: str = ""  # "year" in "3,000 cases a year"
    in_words: bool = False  # "all", "most", "none", "always"
    of: tuple[float, float] | None = None  # 19 and 35 in "19 of 35"
    interval: tuple[float, float] | None = None  # of confidence, or the spread around an average
    at: float | None = None  # months after which a share or count was taken
    is_time_point: bool = False  # the "12 weeks" of "at 12 weeks, 57.7% had it"
    denied: bool = False  # "did not come back in 22%"
    about: frozenset[str] = frozenset()

    @property
    def measures(self) -> frozenset[str]:
        """The outcomes it speaks of."""
        return self.about & MEASURES
