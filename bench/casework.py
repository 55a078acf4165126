"""The advocates' desk at ten thousand requests: how long it takes to find a person, to open a case, to see who waits.

Fills a database of its own with requests as the form sends them, has the worker's sweep make them findable, asks each
question many times, and drops the database again.
"""

from __future__ import annotations

import io
import random
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from django.urls import reverse

from bench import Say
from bench.programs import RUN, CannotMeasure
from bench.search import quantiles, tables_read_through
from bench.site import own_database

if TYPE_CHECKING:
    from caseintake.models import Submission

REQUESTS = 10_000
TIMES = 100  # each question
SEED = 6
NAME = "mesoinfo_bench_casework"


@dataclass
class Question:
    """Something an advocate wants: how it is asked the n-th time, and what the page says that answers it."""

    name: str
    ask: Callable[[int], Any]
    told: str
    took: list[float] = field(default_factory=list)  # milliseconds
    read_through: set[str] = field(default_factory=set)

    def row(self) -> str:
        middle, p95 = quantiles(self.took)
        read = ", ".join(f"`{name}`" for name in sorted(self.read_through)) or "none"
        return f"| {self.name} | {middle:.1f} | {p95:.1f} | {read} |"

    def check(self, response: Any) -> None:
        """Raise CannotMeasure when this is not the page that is measured."""
        if response.status_code != 200 or self.told not in response.content.decode():
            raise CannotMeasure(
                f"The desk answered {self.name} with {response.status_code} and not with “{self.told}”. If a page says "
                "it in other words now, change bench/casework.py."
            )


def measure(say: Say) -> str:
    """Ask at full size, and return the section on it."""
    with own_database(NAME), own_keys():
        say(f"  casework: {REQUESTS:,} requests come in")
        fill(REQUESTS)
        start = time.perf_counter()
        swept = make_findable()
        sweep = time.perf_counter() - start
        say(f"  casework: all are findable after {sweep:.0f} s")
        questions = ask(TIMES)
        for question in questions:
            say(f"  {question.name}: {quantiles(question.took)[0]:.1f} ms")
    return "\n".join(
        [
            f"## The advocates' desk at {REQUESTS:,} requests",
            "",
            f"{REQUESTS:,} requests that wait, each of another person and findable by phone number, email address, and "
            f"name with state; each question {TIMES} times in random turns, each time for another person or case, "
            "through all of Django but the network. What goes on record before the answer is on disk. The sweep of the "
            f"worker that makes requests findable opens {swept / sweep:.0f} a second.",
            "",
            "| question | median, ms | p95, ms | big tables read from end to end |",
            "| --- | --: | --: | --- |",
            *(question.row() for question in questions),
        ]
    )


@contextmanager
def own_keys() -> Iterator[None]:
    """Inside, the desk has keys that were made for this run."""
    shutil.rmtree(RUN, ignore_errors=True)
    RUN.mkdir(parents=True)
    keys = RUN / "keys"
    # Files by their own names: to compress and hash all of the admin's takes long.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        VAR_DIR=RUN,
        KEY_DIR=keys,
        DESK_PUBLIC_KEY=keys / "desk.public",
        DESK_PRIVATE_KEY=keys / "desk.private",
        STORAGES={**settings.STORAGES, "staticfiles": plain},
    ):
        call_command("seal_keygen", stdout=io.StringIO())
        yield


def person(number: int) -> dict[str, str]:
    """What one person is found by; nobody else has any of it, and the number is nobody's."""
    area, line = divmod(number, 100)
    return {
        "phone": f"{200 + area} 555 01{line:02}",
        "email": f"person-{number}@example.org",
        "name": f"Person {number}",
        "state": "KY",
    }


def fill(requests: int) -> None:
    """Take in so many requests, as the form gives them."""
    from caseintake import surroundings
    from caseintake.accept import accept
    from caseintake.form import CaseReviewForm
    from tests.proofs.visitors import words_of

    around = surroundings.current()
    for number in range(requests):
        form = CaseReviewForm(words_of(number, **person(number)), around=around)
        if not form.is_valid():
            raise CannotMeasure(f"The form refuses a request: {form.errors.as_json()}. Change bench/casework.py.")
        accept(form.cleaned_data, page="/free-case-review/")


def make_findable() -> int:
    """Sweep as the worker does until all are findable: how many were gone through."""
    from caseintake import finding

    swept = 0
    while found := finding.index_new():
        swept += found
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return swept


def ask(times: int) -> list[Question]:
    """Ask every question so many times, in random turns from a fixed seed, and look at the plans of each once."""
    from django.test import Client

    from caseintake import triage
    from caseintake.models import Submission
    from mesoinfo import sample_accounts

    chance = random.Random(SEED)
    advocate = sample_accounts.ensure()["advocate"]
    desk = Client(headers={"host": "localhost"})
    desk.force_login(advocate)
    held = list(Submission.objects.queued().order_by("id")[: times + 1])
    for submission in held:
        triage.claim(submission, by=advocate)
    people = [person(number) for number in chance.sample(range(Submission.objects.count()), times + 1)]
    questions = [
        Question("the queue", lambda n: desk.get(address("changelist")), "CR-"),
        Question("a case, closed", lambda n: desk.get(address("change", held[n])), "CR-"),
        Question("a case, opened", lambda n: desk.post(address("open", held[n])), "my father was told"),
        *(
            Question(f"a person by {words}", partial(_look, desk, people, names), "Found 1 request")
            for words, names in (
                ("phone number", ("phone",)),
                ("email address", ("email",)),
                ("name and state", ("name", "state")),
                ("all of these", ("phone", "email", "name", "state")),
            )
        ),
    ]
    for n in range(times):
        for question in chance.sample(questions, len(questions)):
            start = time.perf_counter()
            response = question.ask(n)
            question.took.append(1000 * (time.perf_counter() - start))
            question.check(response)
    for question in questions:
        question.read_through = tables_read_through(partial(question.ask, times))
    return questions


def _look(desk: Any, people: list[dict[str, str]], names: tuple[str, ...], n: int) -> Any:
    typed = {name: people[n][name] for name in names}
    return desk.post(address("person"), {"why": "they-turned-to-us", **typed})


def address(screen: str, submission: Submission | None = None) -> str:
    """Of a screen of the desk, or of one of this case."""
    return reverse(f"admin:caseintake_submission_{screen}", args=[submission.ref] if submission else [])
