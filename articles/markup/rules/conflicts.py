"""conflicting-figures: two statements of a page give different figures for the same thing, and cannot both be true.

What is the same thing, and what cannot both be true, `articles.markup.proof.contradict` decides. Compared are
shares, lengths of time that say what is usual, counts a year, and median ages; of one person or of one study they
are not, nor of different stages, kinds or treatments. A table cell is read with its head and its row. Not caught: a
stage or a treatment that only a heading names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from ..amounts import word_set
from ..proof import contradict
from ..quantities import Dimension, Quantity, quantities
from ..statements import Statement
from .flaw import Flaw, Text

_OF_ONE = word_set("""
    study studies trial trials report reports review reviews team series registry group groups subgroup
    subgroups their them these those medicare he she his her him
""")
_TYPICAL = word_set("median mean average expectancy usual usually typical typically")
_OUTCOMES = word_set("""
    survival survive survives survived surviving survivors live lives lived living life alive die dies died death
    deaths mortality recur recurs recurred recurrence relapse relapses relapsed back return returns returned
    response respond responds responded remission cases diagnosed progress progressed progresses progression stable
""")
_NUMBERS = word_set("""
    one two three four five six seven eight nine ten twelve eighteen twenty half third quarter fifth year
    month week decade
""")
_WORD = re.compile(r"[a-z]+")
_DIGIT = re.compile(r"\d")
_RATE = re.compile(
    r"%|per ?cent|\b(?:in|out of|of) (?:every )?\d|\bcases\b|\bdiagnosed\b|\b(?:third|quarter|half|fifth)\b",
    re.IGNORECASE,
)
_LONGEST = 600
_SHOWN = 80  # letters of the other statement
_MOST_STATEMENTS = 40
_MOST_FIGURES = 80


def conflicting_figures(text: Text) -> Iterator[Flaw]:
    """Find pairs of figures that cannot both be true; the later one is the finding."""
    readable = [(statement, words) for statement in text.statements if (words := _readable(statement))]
    if len(readable) < 2:
        return
    figures: list[tuple[Quantity, Statement, str]] = []
    for statement, words in readable[:_MOST_STATEMENTS]:
        for figure in _quantities(words):
            if not _is_compared(figure) or len(figures) >= _MOST_FIGURES:
                continue
            told = words[figure.start : figure.end]
            clash = next((each for each in figures if each[1] is not statement and contradict(each[0], figure)), None)
            figures.append((figure, statement, told))
            if clash is not None:
                other = clash[1].sentence
                shown = f"{other[:_SHOWN]}…" if len(other) > _SHOWN else other
                message = (
                    f"“{told}” here and “{clash[2]}” in “{shown}” cannot both be true of the same. Correct one, or "
                    "say of whom each is true."
                )
                offset = max(figure.start - (len(words) - len(statement.text)), 0)
                yield replace(text.flaw("conflicting-figures", statement, offset, message), beside=(other,))


@lru_cache(maxsize=2048)
def _quantities(words: str) -> tuple[Quantity, ...]:
    # A preview comes with every pause in typing, and most sentences are those of the one before.
    return quantities(words)


def _readable(statement: Statement) -> str:
    """The words to read figures from, or "" if none could be compared: a cheap look before an expensive one."""
    if not statement.words.isdisjoint(_OF_ONE) or statement.is_question or len(statement.text) > _LONGEST:
        return ""
    around = statement.words.union(_WORD.findall(statement.context.lower())) if statement.context else statement.words
    if around.isdisjoint(_OUTCOMES) or (statement.words.isdisjoint(_NUMBERS) and not _DIGIT.search(statement.text)):
        return ""
    if around.isdisjoint(_TYPICAL) and not _RATE.search(statement.text):
        return ""
    return f"{statement.context}: {statement.text}" if statement.context else statement.text


def _is_compared(figure: Quantity) -> bool:
    if figure.dimension is Dimension.AGE:
        return "median" in figure.about
    return figure.dimension in (Dimension.SHARE, Dimension.DURATION, Dimension.COUNT)
