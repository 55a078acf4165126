"""The quantities of an English medical sentence: how much, of what kind, and what it is a figure of.

Shares, durations, counts, factors, ages, doses, hazard ratios and p values are read, with "about", "at least" and
ranges; "all", "most" and "never" are shares too. An interval of confidence belongs to the estimate before it.
Stages, dates, calendar years, telephone numbers, numbers of trials and citations are no quantities.
"""

from __future__ import annotations

from .quantity import ONE_PERSON, ONE_STUDY, SPOKEN_STEP, TYPICAL, Dimension, Operator, Quantity
from .reading import LONGEST_TEXT, quantities, years

__all__ = [
    "LONGEST_TEXT",
    "ONE_PERSON",
    "ONE_STUDY",
    "SPOKEN_STEP",
    "TYPICAL",
    "Dimension",
    "Operator",
    "Quantity",
    "quantities",
    "years",
]
