"""Search at a hundred thousand pages: how long an answer takes, and whether PostgreSQL reads only indexes for it.

    python -m bench.search [PAGES]

Makes a database of its own beside the one of the settings, fills it with made-up pages (from a fixed seed), asks each
question many times as a visitor would, and drops the database again. Interrupted, it begins anew.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from typing import Any
from urllib.parse import urlencode

PAGES = 100_000
RUNS = 30  # of each question
BATCH = 500
NAME = "mesoinfo_bench_search"
BIG = 1000  # rows: to read all of a smaller table is no fault
SEED = 4

# Words that a page on this illness uses, the most frequent first; made-up ones stand between and behind them.
MEDICAL = """
    mesothelioma cancer treatment patients asbestos lung pleural chemotherapy surgery doctor symptoms pain tumor cells
    fluid chest study survival effusion breath diagnosis stage trial therapy radiation care cough immunotherapy
    pemetrexed cisplatin peritoneal exposure biopsy clinical palliative remission nausea fatigue drain nivolumab lining
    hospital nurse family support side effects appetite weight scan imaging drug dose oncologist thoracentesis pleurodesis
    abdomen ascites metastasis recurrence prognosis hospice blood platelets anemia inflammation antibody mutation
""".split()
SMALL = """
    the of and to a in is that it for was on are as with they at be this from or had by but some what there we can out
    other were all your when up use how said an each she which do their if will about many then them would like so these
""".split()
QUESTIONS = {
    "a word on every page": {"q": "mesothelioma"},
    "the last page that is listed": {"q": "mesothelioma", "page": "100"},
    "in one topic": {"q": "mesothelioma", "topic": "topic-7"},
    "two frequent words": {"q": "chest pain"},
    "three frequent words": {"q": "treatment surgery survival"},
    "a rare word": {"q": "{rare}"},
    "a rare word and a frequent one": {"q": "{rare} treatment"},
    "a phrase": {"q": '"pleural effusion"'},
    "a phrase of three words": {"q": '"pleural effusion drain"'},
    "a synonym for a word": {"q": "asbestos cancer"},
    "a synonym for a phrase": {"q": "fluid in the lung"},
    "with a word left out": {"q": "treatment -surgery"},
    "one word or another": {"q": "nausea or fatigue"},
    "a misspelt word": {"q": "mesotheliona"},
    "two misspelt words": {"q": "kemotherapy nausia"},
    "a question": {"q": "how long can people live with stage 4 mesothelioma after chemotherapy"},
    "no page has both words": {"q": "{rare} {other}"},
    "nothing at all": {"q": "xqzvjk"},
}
TYPED = {"two letters typed": "me", "four letters typed": "pleu", "two words typed": "side ef", "nothing begins so": "xqz"}
SYNONYMS = {"asbestos cancer": "mesothelioma", "fluid in the lung": "pleural effusion"}


class Writer:
    """Makes up pages: lengths, repetition and frequent words as in running text, always the same from one seed."""

    def __init__(self, seed: int = SEED) -> None:
        self.random = random.Random(seed)
        self.words = self._vocabulary(30_000)
        self._weights = list(accumulate(1 / (rank + 2.7) for rank in range(len(self.words))))  # Zipf and Mandelbrot
        self._small = list(accumulate(1 / (rank + 2.7) for rank in range(len(SMALL))))

    def _vocabulary(self, size: int) -> list[str]:
        begin, middle = "b c d f g h l m n p r s t v br cl dr fl gr pl st tr".split(), "a e i o u ai ea io ou".split()
        end = ["", "", "n", "r", "s", "l", "t", "nd", "m"]
        made: dict[str, None] = {}
        while len(made) < size:
            syllables = (self.random.choice(begin) + self.random.choice(middle) for _ in range(self.random.randint(2, 4)))
            made["".join(syllables) + self.random.choice(end)] = None
        words = list(made)
        for place, word in enumerate(MEDICAL):
            words.insert(2 * place, word)
        return words

    def some(self, count: int, *, small: bool = True) -> list[str]:
        """So many words, nearly half of them small ones."""
        of_them = int(count * 0.45) if small else 0
        words = self.random.choices(self.words, cum_weights=self._weights, k=count - of_them)
        words += self.random.choices(SMALL, cum_weights=self._small, k=of_them)
        self.random.shuffle(words)
        return words

    def title(self) -> str:
        words = self.some(self.random.randint(1, 4), small=False)
        return " ".join(["mesothelioma", *words] if self.random.random() < 0.5 else words).capitalize()

    def page(self) -> dict[str, str]:
        """Title, lede, headings and text of one page: some 800 words, as a rule between 300 and 2,000."""
        title = self.title()
        lede = f"Mesothelioma {' '.join(self.some(18))}."
        length = max(150, min(4000, int(self.random.lognormvariate(6.6, 0.5))))
        lines, headings, words = [title, lede], [title], self.some(length)
        place = 0
        while place < length:
            if place % 150 < 15:
                headings.append(" ".join(self.some(self.random.randint(2, 6))).capitalize())
                lines.append(headings[-1])
            sentence = words[place : place + self.random.randint(8, 22)]
            place += len(sentence)
            lines.append(" ".join(sentence).capitalize() + ".")
        return {"title": title, "lede": lede, "headings_text": "\n".join(headings), "plain_text": "\n".join(lines)}
