"""Whatever is killed when: what was acknowledged is stored, once, as it was sent."""

from __future__ import annotations

import http.client
import random
import threading
import time

import pytest

from tests.conftest import Tell
from tests.proofs.running import Product, wait_until
from tests.proofs.visitors import Crowd, Ledger, new_key, send, stored, words_of
from tests.size import SIZE

pytestmark = [pytest.mark.proof, pytest.mark.django_db(transaction=True)]

# Some send once more after they were answered, and some give up after the first try that had no answer.
ONE_IN_TEN, ONE_IN_FIFTY = 10, 50


def test_what_was_acknowledged_is_there_once_whatever_was_killed(running: Product, tell: Tell) -> None:
    requests, clients, kills = (10_000 * SIZE, 32, 20 * SIZE) if SIZE else (30, 6, 3)
    ledger, gave_up = Ledger(), []
    chance = random.Random(20)
    pause = threading.Event()

    def visit(number: int) -> None:
        words = words_of(number, request_key=new_key())
        twice = number % ONE_IN_TEN == 0
        while not ledger.problems:
            try:
                answer = send(running.site.port, words, number=number)
            except (OSError, http.client.HTTPException):
                ledger.count("unanswered")
                if number % ONE_IN_FIFTY == 7:
                    gave_up.append(number)
                    return
            else:
                if answer.is_acknowledged:
                    ledger.acknowledged(number, answer)
                    if not twice:
                        return
                    twice = False
                else:
                    assert answer.status == 503, f"answered with {answer.status}"
                    ledger.count("refused")
            pause.wait(0.05)

    killer = _Killer(running)
    began = time.monotonic()
    with Crowd(clients, range(requests), visit, ledger):
        for kill in range(kills):
            ledger.wait_for(requests * (kill + 1) // (kills + 2) + chance.randrange(max(requests // kills // 2, 1)))
            if ledger.problems:
                break
            killer.kill_next()
    took = time.monotonic() - began
    assert not ledger.problems, ledger.problems[:5]
    running.drained()

    found = stored(running.key)
    assert found.holds(ledger, lambda number: words_of(number)["message"]) == []
    unknown = set(found.messages) - set(ledger.references.values())
    assert {found.messages[reference] for reference in unknown} <= {words_of(one)["message"] for one in gave_up}
    assert set(found.states) == {"queued"}
    assert len(ledger.shown) + len(gave_up) == requests
    tell(
        f"{len(ledger.shown)} of {requests} requests acknowledged to {clients} clients in {took:.0f} s, through "
        f"{sum(killer.killed.values())} kills {killer.killed}: 0 lost, 0 twice. Tries: {ledger.unanswered} without an "
        f"answer, {ledger.refused} refused. {len(gave_up)} gave up, {len(unknown)} of which are stored. "
        f"Up to {killer.most_waiting} waited in the spool."
    )


class _Killer:
    """Kills the site, the database and what drains the spool in turn; each is started again at once."""

    def __init__(self, product: Product) -> None:
        self._product = product
        self.killed = {"site": 0, "database": 0, "drain": 0}
        self.most_waiting = 0

    def kill_next(self) -> None:
        victim = min(self.killed, key=lambda name: self.killed[name])
        if victim == "site":
            self._product.site.kill()
            self._product.site.start()
        elif victim == "database":
            self._product.database.kill()
            self._product.database.start()
        else:
            self._kill_drain_at_work()
        self.killed[victim] += 1

    def _kill_drain_at_work(self) -> None:
        """While it is in the middle of a spool: the database was away before, and it has just brought the first."""
        database = self._product.database
        database.stop()
        wait_until(self._product.waiting, "something waits in the spool")
        before = self._product.waiting()
        database.start()
        wait_until(lambda: bool(before - self._product.waiting()), "the first of the spool is stored")
        self.most_waiting = max(self.most_waiting, len(before))
        self._product.drain.kill()
        self._product.drain.start()
