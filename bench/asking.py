"""How long people wait who ask for help; and whether the answer to a private code tells a request that was deleted from
one that never was. It must not: neither by its words nor by the time it takes.

The site is asked over loopback, each time over a connection of its own and, for all it can see, from another network.
What is compared takes turns in random order, so that noise is shared.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from statistics import median
from subprocess import DEVNULL
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import brotli
from django.db import connection

from bench import SHORT, Say
from bench.programs import RUN, CannotMeasure
from bench.search import quantiles
from caseintake.private_code import LENGTH, WORDS
from mesoinfo.dev_run import HOST, THREADS
from tests.browser.served import Served, address_of, free_port, granian

if TYPE_CHECKING:
    from tests.proofs.visitors import Answer

TIMES = 500  # of each
ROUNDS = 3
SECONDS = 2.0  # of each round
AT_ONCE = 8  # visitors
RESAMPLES = 2000
SEED = 8
FORM, MORE, MY_REQUEST = "/free-case-review/", "/free-case-review/more/", "/my-request/"
NOBODYS = "that nobody has"
DELETED = "of a request that was deleted"
SLIPPED = "of a request that is there, with one word changed"
# Part B as somebody fills it in who knows a few of the answers.
ADDED = {
    "living": "yes",
    "illness": "mesothelioma",
    "place": "chest",
    "told_month": "5",
    "told_year": "2024",
    "contact": ["work", "service"],
    "contact_work": "Shipyard, pipe fitter",
    "first_year": "1965",
    "last_year": "1979",
    "served": "yes",
    "branch": "navy",
    "message": "He tires quickly, so please call in the morning.",
}


@dataclass
class Sending:
    """One thing that is sent again and again: how, the n-th time; and what the page says that does it."""

    name: str
    send: Callable[[int], Answer]
    told: str
    took: list[float] = field(default_factory=list)  # milliseconds, each time
    answers: list[Answer] = field(default_factory=list)

    def read(self, answer: Answer) -> Answer:
        """The answer, unpacked. Raises CannotMeasure when it is not the one that is measured."""
        if answer.headers.get("content-encoding") == "br":
            answer = replace(answer, body=brotli.decompress(answer.body))
        if answer.status != 200 or self.told not in answer.page:
            raise CannotMeasure(
                f"The site answered {self.name} with {answer.status} and not with “{self.told}”. If a page says it in "
                "other words now, change bench/asking.py."
            )
        return answer


class Visitors:
    """People who ask a site for help, each from a network of their own."""

    def __init__(self, port: int, numbers: Iterator[int]) -> None:
        """`numbers` tell them apart, and from those of another site."""
        self._port = port
        self._numbers = numbers

    def look_at_the_form(self) -> Answer:
        return self._ask(FORM, next(self._numbers), None)

    def ask_for_help(self) -> Answer:
        """All of Part A, with the key that the script of the page draws."""
        from tests.proofs.visitors import new_key, words_of

        number = next(self._numbers)
        return self._ask(FORM, number, words_of(number, request_key=new_key()))

    def add(self, code: str) -> Answer:
        return self._ask(MORE, next(self._numbers), {"code": code, **ADDED})

    def open(self, code: str) -> Answer:
        return self._ask(MY_REQUEST, next(self._numbers), {"code": code})

    def delete(self, code: str) -> Answer:
        return self._ask(MY_REQUEST, next(self._numbers), {"code": code, "do": "erase", "sure": "yes"})

    def _ask(self, path: str, number: int, fields: Mapping[str, Any] | None) -> Answer:
        from tests.proofs.visitors import OURS, ask

        body = urlencode(fields, doseq=True) if fields else ""
        return ask(self._port, path, number=number, headers={**OURS, "Accept-Encoding": "br"}, body=body)


def measure(site: Served, say: Say) -> str:
    """Ask for help in every way, and with codes that open nothing; the sections on both."""
    numbers = count()
    there = Visitors(site.port, numbers)
    form = Sending("the page with the form", lambda n: there.look_at_the_form(), "case-review-form")
    request = Sending("a request (all of Part A)", lambda n: there.ask_for_help(), "Your reference is")
    say(f"  asking: {TIMES} requests come in")
    codes = [answer.code for answer in _at_once(request, TIMES)]
    added = Sending("an addition to a request (Part B)", lambda n: there.add(codes[n]), "It is part of your request")
    opened = Sending("opening a request with its code", lambda n: there.open(codes[n]), "Who has read it")
    with _without_database(site) as port:
        away = Visitors(port, numbers)
        spooled = Sending("a request while the database is away", lambda n: away.ask_for_help(), request.told)
        say(f"  asking: {TIMES} times each way")
        in_turns([form, request, spooled, added, opened])
        rates = rates_of([form, request, spooled], say)
    deleted = [answer.code for answer in request.answers]
    say(f"  asking: {TIMES} requests are deleted")
    _at_once(Sending("deleting a request", lambda n: there.delete(deleted[n]), "Your request is deleted"), TIMES)
    say(f"  asking: {TIMES} codes of each kind that open nothing")
    tried = codes_that_open_nothing(there=codes, deleted=deleted)
    nothing = [_opening(name, there, codes) for name, codes in tried.items()]
    in_turns(nothing)
    return "\n\n".join(
        [
            _section_on_waiting([form, request, spooled, added, opened], rates),
            section_on_codes(nothing, tried),
        ]
    )


def in_turns(sendings: Sequence[Sending]) -> None:
    """Send each of them TIMES times: in each round all of them, in a random order from a fixed seed."""
    chance = random.Random(SEED)
    for n in range(TIMES):
        for sending in chance.sample(sendings, len(sendings)):
            start = time.perf_counter()
            answer = sending.send(n)
            sending.took.append(1000 * (time.perf_counter() - start))
            sending.answers.append(sending.read(answer))


def rates_of(sendings: Sequence[Sending], say: Say) -> dict[tuple[str, int], float]:
    """Answers a second, by the name of what is sent and how many send it at once: the middle of all rounds."""
    found: dict[tuple[str, int], list[float]] = {}
    for number in range(1, ROUNDS + 1):
        say(f"  asking: round {number} of {ROUNDS}")
        for sending in sendings:
            for visitors in (1, AT_ONCE):
                found.setdefault((sending.name, visitors), []).append(rate(sending, visitors))
    return {key: median(rates) for key, rates in found.items()}


def rate(sending: Sending, visitors: int) -> float:
    """Answers a second to so many visitors at once, for SECONDS."""
    start = time.monotonic()

    def visit(_: int) -> int:
        answers = 0
        while time.monotonic() < start + SECONDS:
            sending.read(sending.send(0))
            answers += 1
        return answers

    with ThreadPoolExecutor(visitors) as pool:
        answers = sum(pool.map(visit, range(visitors)))
    return answers / (time.monotonic() - start)


def codes_that_open_nothing(*, there: Iterable[str], deleted: Sequence[str]) -> dict[str, list[str]]:
    """Codes by what they are: `deleted` are of deleted requests, and those of requests that are `there` get a slip."""
    chance = random.Random(SEED)
    return {
        NOBODYS: [" ".join(chance.choices(WORDS, k=LENGTH)) for _ in deleted],
        DELETED: list(deleted),
        SLIPPED: [_with_a_slip(code, chance) for code in there],
    }


def ratio_of_medians(some: Sequence[float], others: Sequence[float]) -> tuple[float, float, float]:
    """How many times as long the median of `some` is as that of `others`, and the bounds of its 95 % interval by
    bootstrap: both are drawn anew, with repetition.
    """
    chance = random.Random(SEED)
    ratios = sorted(
        median(chance.choices(some, k=len(some))) / median(chance.choices(others, k=len(others)))
        for _ in range(RESAMPLES)
    )
    return median(some) / median(others), ratios[int(0.025 * RESAMPLES)], ratios[int(0.975 * RESAMPLES)]


def all_alike(sendings: Iterable[Sending], tried: Mapping[str, Sequence[str]]) -> bool:
    """Whether every answer has the same status, headers and bytes, but for the code itself, which it shows again; of
    the headers, the date is left out, and the length of the packed body.
    """
    seen = set()
    for sending in sendings:
        for answer, code in zip(sending.answers, tried[sending.name], strict=True):
            headers = sorted(
                (name, told) for name, told in answer.headers.items() if name not in ("date", "content-length")
            )
            seen.add((answer.status, tuple(headers), answer.body.replace(code.encode(), b"")))
    return len(seen) == 1


def _opening(name: str, there: Visitors, codes: Sequence[str]) -> Sending:
    return Sending(name, lambda n: there.open(codes[n]), "We found no request with this code.")


def _with_a_slip(code: str, chance: random.Random) -> str:
    words = code.split()
    place = chance.randrange(LENGTH)
    words[place] = chance.choice([word for word in WORDS if word != words[place]])
    return " ".join(words)


def _at_once(sending: Sending, times: int) -> list[Answer]:
    """The answers to so many of it; not timed."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda n: sending.read(sending.send(n)), range(times)))


@contextmanager
def _without_database(site: Served) -> Iterator[int]:
    """The port of a second process of the site, with a spool of its own, that seeks its database where none is."""
    nowhere = address_of({**connection.settings_dict, "HOST": HOST, "PORT": free_port()})
    with TemporaryDirectory(dir=RUN) as spool:
        surroundings = {**site.surroundings, "DATABASE_URL": nowhere, "INTAKE_SPOOL": spool}
        # It says of each request that it went to the spool: thousands of lines.
        with granian(surroundings, messages=DEVNULL) as port:
            yield port


def _section_on_waiting(sendings: Sequence[Sending], rates: Mapping[tuple[str, int], float]) -> str:
    form = median(sendings[0].took)
    return "\n".join(
        [
            "## Asking for help",
            "",
            f"One site process of {THREADS} threads and PostgreSQL, both on this machine, asked over loopback. What is "
            f"taken is on disk (fsync) before it is acknowledged. Each {TIMES} times, by one visitor, in turns; the "
            "database is away in a second process of the site, where nothing answers at its address.",
            "",
            "| what is sent | median, ms | p95, ms | times the page with the form |",
            "| --- | --: | --: | --: |",
            *(_row(sending, f"{median(sending.took) / form:.2f}") for sending in sendings),
            "",
            f"How many a second are answered, to one visitor and to {AT_ONCE} at once, who share the processors; the "
            f"middle of {ROUNDS} rounds of {SECONDS:g} seconds for each in turn.",
            "",
            f"| what is sent | to one | to {AT_ONCE} |",
            "| --- | --: | --: |",
            *(
                f"| {sending.name} | {rates[sending.name, 1]:.0f} | {rates[sending.name, AT_ONCE]:.0f} |"
                for sending in sendings
                if (sending.name, 1) in rates
            ),
        ]
    )


def section_on_codes(sendings: Sequence[Sending], tried: Mapping[str, Sequence[str]]) -> str:
    """What `sendings`, the first of them of codes that nobody has, say of the codes that were tried."""
    base, *others = sendings
    ratios = {sending.name: ratio_of_medians(sending.took, base.took) for sending in others}
    alike = all_alike(sendings, tried)
    same = "All answers are" if alike else "Not all answers are"
    short = [] if alike else [f"{SHORT}: the answers to codes that open nothing are not the same."]
    short += [
        f"{SHORT}: the answer to a code {name} takes another time. If it does so again, the site tells them apart."
        for name, (_, low, high) in ratios.items()
        if not low <= 1 <= high
    ]
    return "\n".join(
        [
            "## A private code that opens nothing",
            "",
            f"{len(base.took)} codes of each kind, made from a fixed seed or taken from the requests above, typed once "
            f"each at `{MY_REQUEST}` in random turns. {same} the same byte for byte, headers included, but for the "
            "code that was typed, the date and the packed length. The aim is that they are, and that each interval "
            "holds 1; of intervals like these, one in twenty misses it by chance.",
            "",
            "| a code | median, ms | p95, ms | ratio of the medians | its 95 % interval (bootstrap) |",
            "| --- | --: | --: | --: | --: |",
            _row(base, "1", ""),
            *(
                _row(sending, f"{ratio:.3f}", f"{low:.3f} to {high:.3f}")
                for sending, (ratio, low, high) in zip(others, ratios.values(), strict=True)
            ),
            *(line for sentence in short for line in ("", sentence)),
        ]
    )


def _row(sending: Sending, *cells: str) -> str:
    middle, p95 = quantiles(sending.took)
    return f"| {' | '.join([sending.name, f'{middle:.1f}', f'{p95:.1f}', *cells])} |"
