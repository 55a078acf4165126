"""Visitors who ask for help: what they write, how a browser sends it, what they are told, and what became of it."""

from __future__ import annotations

import http.client
import json
import re
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urlencode

from caseintake.models import CaseEvent, PayloadKind, PersonCopy, SealedPayload, Submission
from caseintake.private_code import read_code
from mesoinfo import vault
from mesoinfo.dev_run import HOST
from mesoinfo.models import OutboxMessage

URL = "/free-case-review/"
PHONE, HOURS = "1-800-555-0100", "Monday to Friday, 9 to 5 Eastern"
# As a browser sends a form from one of our pages.
OURS = {"Origin": "https://localhost", "Sec-Fetch-Site": "same-origin"}
PATIENCE = 60  # seconds for an answer
Fields = dict[str, Any]


def words_of(number: int, **changes: Any) -> Fields:
    """What one visitor types; nobody else types the same."""
    return {
        "need": "case_review",
        "who": "parent",
        "name": f"Person {number}",
        "phone": "212 555 0199",
        "email": f"person-{number}@example.org",
        "reply_by": ["call", "email"],
        "voicemail": "no_reason",
        "best_time": "morning",
        "state": "KY",
        "message": f"Request {number}: my father was told last week that he has mesothelioma.",
        "consent_use": "on",
        **changes,
    }


def new_key() -> str:
    """What the script of the page draws for a visitor."""
    return str(uuid.uuid4())


@dataclass(frozen=True)
class Answer:
    """What came back, whole; the names of headers in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def page(self) -> str:
        return unescape(self.body.decode())

    @property
    def reference(self) -> str:
        """Empty when the visitor was not told that we have it."""
        found = re.search(r"Your reference is <strong>(CR-[0-9A-Z]{5}-[0-9A-Z]{5})</strong>", self.page)
        return found[1] if found else ""

    @property
    def code(self) -> str:
        """The private code that was shown; empty when none was."""
        found = re.search(r'name="code" value="([a-z]+(?: [a-z]+){11})"', self.page)
        return found[1] if found else ""

    @property
    def is_acknowledged(self) -> bool:
        assert bool(self.reference) == bool(self.code) == (self.status == 200), f"{self.status} {self.reference}"
        return bool(self.reference)

    def shows_again(self, words: Fields) -> bool:
        """Whether every value that was typed or chosen is in the form of this page."""
        page = re.sub(r"\s+", " ", self.page)
        typed = [f'name="{name}" value="{words[name]}"' for name in ("name", "phone", "email")]
        chosen = [("who", words["who"]), ("voicemail", words["voicemail"])]
        chosen += [("reply_by", way) for way in words["reply_by"]]
        return (
            words["message"] in page
            and all(value in page for value in typed)
            and all(re.search(rf'name="{name}" value="{value}"[^>]* checked', page) for name, value in chosen)
            and all(f'<option value="{words[name]}" selected>' in page for name in ("need", "best_time", "state"))
        )


def ask(port: int, path: str = URL, *, number: int = 0, headers: Mapping[str, str] = {}, body: str = "") -> Answer:
    """What the site answers the visitor of this number, whose network is theirs alone; with `body` given, a POST.

    Raises OSError or http.client.HTTPException when no whole answer came.
    """
    with closing(http.client.HTTPConnection(HOST, port, timeout=PATIENCE)) as line:
        as_the_proxy_says = {
            "Host": "localhost",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": f"10.{number // 256 % 256}.{number % 256}.{number // 65_536 % 256}",
        }
        if body:
            as_the_proxy_says["Content-Type"] = "application/x-www-form-urlencoded"
        line.request("POST" if body else "GET", path, body or None, {**as_the_proxy_says, **headers})
        answer = line.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, told, answer.read())


def send(port: int, words: Fields, *, number: int = 0, headers: Mapping[str, str] = OURS) -> Answer:
    """Post the form. Raises what `ask` does."""
    return ask(port, number=number, headers=headers, body=urlencode(words, doseq=True))


@dataclass
class Ledger:
    """What visitors were told: each number with the references and codes that its visitor was shown."""

    shown: dict[int, list[tuple[str, str]]] = field(default_factory=dict)
    refused: int = 0  # 503: please send it again
    unanswered: int = 0
    problems: list[str] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def acknowledged(self, number: int, answer: Answer) -> None:
        with self._changed:
            self.shown.setdefault(number, []).append((answer.reference, answer.code))
            self._changed.notify_all()

    def count(self, what: str) -> None:
        """One more that was `refused` or `unanswered`."""
        with self._changed:
            setattr(self, what, getattr(self, what) + 1)

    def wait_for(self, count: int) -> None:
        """Until so many visitors were told that we have their request, or something went wrong."""
        with self._changed:
            self._changed.wait_for(lambda: len(self.shown) >= count or bool(self.problems))

    def fail(self, problem: str) -> None:
        with self._changed:
            self.problems.append(problem)
            self._changed.notify_all()

    @property
    def references(self) -> dict[int, str]:
        """The reference that each visitor has. Nobody was ever shown two."""
        told = {number: {reference for reference, _ in shown} for number, shown in self.shown.items()}
        assert all(len(references) == 1 for references in told.values()), "one request, two references"
        return {number: references.pop() for number, references in told.items()}


class Crowd:
    """Visitors that send at the same time, so many of them, until each of the numbers had its turn."""

    def __init__(self, size: int, numbers: Iterable[int], visit: Callable[[int], None], ledger: Ledger) -> None:
        """`visit` is called with each number once, by any of the threads; what it raises goes to the ledger."""
        self._numbers = iter(numbers)
        self._lock = threading.Lock()
        self._visit = visit
        self._ledger = ledger
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(size)]

    def __enter__(self) -> Crowd:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        if exception[0] is not None:
            self._ledger.fail("The proof broke off.")
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while not self._ledger.problems:
            with self._lock:
                number = next(self._numbers, None)
            if number is None:
                return
            try:
                self._visit(number)
            except Exception as problem:
                self._ledger.fail(f"Visitor {number}: {type(problem).__name__} {problem}")


@dataclass(frozen=True)
class Stored:
    """All that the database has, opened with the desk's key."""

    messages: dict[str, str]  # by reference
    codes: dict[bytes, str]  # the reference that each private code opens, by the hash that is stored of it
    states: Counter[str]

    def holds(self, ledger: Ledger, message_of: Callable[[int], str]) -> list[str]:
        """What is not as it was promised to somebody; empty when every promise was kept."""
        broken = []
        for number, reference in ledger.references.items():
            if self.messages.get(reference) != message_of(number):
                broken.append(f"{reference} of visitor {number} is not there as it was sent.")
        for number, shown in ledger.shown.items():
            for reference, code in shown:
                if self.codes.get(read_code(code).lookup_hash) != reference:
                    broken.append(f"A private code of visitor {number} does not open {reference}.")
        return broken


def stored(key: vault.PrivateKey) -> Stored:
    """Read and open everything. Fails the test where a request is there in parts, or twice."""
    requests = {request.pk: request for request in Submission.objects.all()}
    messages = {}
    for payload in SealedPayload.objects.select_related("data_key"):
        assert payload.kind == PayloadKind.ORIGINAL
        words = json.loads(vault.open_sealed(payload.sealed, place=payload.place, key=key))
        messages[requests[payload.submission_id].ref] = words["answers"]["message"]
    twice = [message for message, count in Counter(messages.values()).items() if count > 1]
    assert not twice, f"stored twice: {twice}"
    assert len(messages) == len(requests)
    # Each came into being in two steps, and advocates are told of it once.
    assert CaseEvent.objects.count() == 2 * len(requests)
    assert OutboxMessage.objects.filter(kind="case-received").count() == len(requests)
    return Stored(
        messages,
        {bytes(copy.lookup_hash): requests[copy.submission_id].ref for copy in PersonCopy.objects.all()},
        Counter(request.state for request in requests.values()),
    )
