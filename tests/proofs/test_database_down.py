"""The database is down: everybody is acknowledged through the spool, and what cannot be kept is not acknowledged."""

from __future__ import annotations

import os
import resource
import subprocess
import time
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pytest

from caseintake.views import REQUEST_KEY
from mesoinfo.repeats import WINDOW
from tests.conftest import Tell
from tests.proofs.running import PATIENCE, Product, wait_until
from tests.proofs.visitors import PHONE, Answer, Crowd, Fields, Ledger, ask, new_key, send, stored, words_of
from tests.size import SIZE

pytestmark = [pytest.mark.proof, pytest.mark.django_db(transaction=True)]

CLIENTS = 16 if SIZE else 6
SMALL_DISK = 128  # KiB: room for a handful of requests


class Visitors:
    """Who send the same again and again, before, during and after an outage, and what they were told."""

    def __init__(self, product: Product, *, without_key: bool) -> None:
        """With `without_key`, every third of them has no script that draws a key."""
        self.ledger = Ledger()
        self._product = product
        self._without_key = without_key
        self._keys: dict[int, str] = {}

    def send(self, numbers: Iterable[int]) -> Crowd:
        return Crowd(CLIENTS, numbers, self._visit, self.ledger)

    def words(self, number: int) -> Fields:
        if self._without_key and number % 3 == 0:
            return words_of(number)
        return words_of(number, request_key=self._keys.setdefault(number, new_key()))

    def _visit(self, number: int) -> None:
        answer = send(self._product.site.port, self.words(number), number=number)
        assert answer.is_acknowledged, f"answered with {answer.status}"
        assert PHONE in answer.page
        self.ledger.acknowledged(number, answer)

    @property
    def answers(self) -> int:
        return sum(map(len, self.ledger.shown.values()))


def test_nobody_is_turned_away_and_each_request_is_stored_once(running: Product, tell: Tell) -> None:
    third = 300 * SIZE or 10
    # Without a key, the same words are known again for a quarter of an hour; the next one must not begin meanwhile.
    window = WINDOW.total_seconds()
    visitors = Visitors(running, without_key=window - time.time() % window > PATIENCE * max(SIZE, 1))
    first, second, everybody = range(third), range(third, 2 * third), range(3 * third)
    database = running.database

    with visitors.send(first):
        pass
    with visitors.send(second):
        visitors.ledger.wait_for(third + third // 3)
        database.stop()
    with database.away():
        before = visitors.answers
        with visitors.send(everybody):
            pass
        meanwhile, in_spool = visitors.answers - before, len(running.waiting())
        with visitors.send(everybody):
            database.start()
    running.drained()
    with visitors.send(everybody):
        pass

    assert not visitors.ledger.problems, visitors.ledger.problems[:5]
    assert in_spool >= 3 * third
    references = visitors.ledger.references
    found = stored(running.key)
    assert len(references) == 3 * third
    assert set(found.messages) == set(references.values())
    assert found.holds(visitors.ledger, lambda number: words_of(number)["message"]) == []
    tell(
        f"{3 * third} requests were sent {visitors.answers} times, {meanwhile} of these while the database was down, "
        f"when {in_spool} files waited: all acknowledged, {len(found.messages)} stored, each under one reference, and "
        f"all {len(found.codes)} private codes open theirs."
    )


def test_what_the_spool_has_no_room_for_is_not_acknowledged_and_shown_again(running: Product, tell: Tell) -> None:
    ledger, key = Ledger(), new_key()
    ask(running.site.port)  # so that the site has read its settings
    with running.database.away(), little_room(running) as how:
        answers: list[Answer] = []
        while not answers or answers[-1].is_acknowledged:
            number = len(answers)
            answers.append(send(running.site.port, words_of(number, request_key=key), number=number))
            if answers[-1].is_acknowledged:
                ledger.acknowledged(number, answers[-1])
        words = words_of(number, request_key=key)
        assert REQUEST_KEY.fullmatch(key)
        for again in (answers[-1], send(running.site.port, words, number=number)):
            assert again.status == 503
            assert not again.reference and not again.code
            assert "We have not saved this yet. Your answers are still below." in again.page
            assert again.shows_again(words)
            assert f'name="request_key" value="{key}"' in again.page
            assert PHONE in again.page
        assert not [name for name in os.listdir(running.spool) if name.startswith(".request")], "half a file"
        assert len(running.waiting()) == len(ledger.shown)
        running.database.start()
        running.drained()
    late = send(running.site.port, words, number=number)
    assert late.is_acknowledged
    ledger.acknowledged(number, late)
    found = stored(running.key)
    assert set(found.messages) == set(ledger.references.values())
    assert found.holds(ledger, lambda number: words_of(number)["message"]) == []
    tell(f"{how}: {number} acknowledged and stored, 2 refused with all they typed; sent later it was taken.")


@pytest.mark.whole
def test_a_database_that_hangs_is_away_too(running: Product, tell: Tell) -> None:
    ledger, numbers = Ledger(), range(8)
    ask(running.site.port)
    with running.database.silent():
        for number in numbers:
            answer = send(running.site.port, words_of(number), number=number)
            assert answer.is_acknowledged and PHONE in answer.page
            ledger.acknowledged(number, answer)
    # What it was asked in its sleep, it may do when it wakes: that is the same request.
    running.drained()
    found = stored(running.key)
    assert found.holds(ledger, lambda number: words_of(number)["message"]) == []
    tell(f"While the database hung, {len(numbers)} requests were acknowledged; all are stored once.")


@pytest.mark.whole
def test_a_site_that_starts_meanwhile_takes_requests_and_knows_the_phone_number(running: Product) -> None:
    ledger = Ledger()
    ask(running.site.port)
    with running.database.away():
        for process in (running.site, running.drain):
            process.stop()
            process.start()
        running.site.wait()
        form = ask(running.site.port)
        assert form.status == 200
        assert 'class="case-review-form"' in form.page and PHONE in form.page
        assert "I agree that Sample Press may keep" in form.page
        other = ask(running.site.port, "/about/")
        assert other.status == 503 and PHONE in other.page
        answer = send(running.site.port, words_of(1))
        assert answer.is_acknowledged and PHONE in answer.page
        ledger.acknowledged(1, answer)
    running.drained()
    assert stored(running.key).holds(ledger, lambda number: words_of(number)["message"]) == []


@contextmanager
def little_room(product: Product) -> Iterator[str]:
    """Inside, the spool has room for little or nothing. Says how."""
    product.spool.mkdir(mode=0o700, exist_ok=True)
    size = f"size={SMALL_DISK}k,mode=700"
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", product.spool], capture_output=True)
    if mount.returncode == 0:
        try:
            yield f"The spool on a disk of {SMALL_DISK} KiB that filled up"
        finally:
            unmount = ["umount", str(product.spool)]
            wait_until(lambda: subprocess.run(unmount, capture_output=True).returncode == 0, "the disk is unmounted")
        return
    warnings.warn(
        "NOT PROVEN: a file system that is really full. Only root can mount a small one, so the site was forbidden "
        "to write large files instead.",
        stacklevel=1,
    )
    product.site.limit_files(1024)
    try:
        yield "The site forbidden to write files beyond 1 KiB"
    finally:
        product.site.limit_files(resource.RLIM_INFINITY)
