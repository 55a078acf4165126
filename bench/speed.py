"""How many pages a second one site process answers, as a share of what its server can answer at all."""

from __future__ import annotations

import re
import socket
import time
from contextlib import closing
from dataclasses import dataclass, field
from statistics import median
from threading import Thread

from bench import Say
from mesoinfo.dev_run import HOST
from tests.browser.served import Served, granian

PAGE = "/mesothelioma/stage-4/"
ROUNDS = 5
SECONDS = 2.0  # of each round
VISITORS = 4  # at the same time
ALONE = 50  # times, one after another


@dataclass
class Subject:
    """What is asked for, and how many answers a second came in each round."""

    name: str
    port: int
    request: bytes
    rates: list[float] = field(default_factory=list)


def measure(site: Served, say: Say) -> str:
    """The stage 4 page, whole and unchanged, and an answer that costs nothing; in turns, so that noise is shared."""
    with granian({}, "bench.bare:application") as bare_port:
        page = Subject("the stage 4 page", site.port, request(PAGE))
        unchanged = request(PAGE, f"If-None-Match: {tag_of(page)}")
        subjects = [
            Subject("an empty answer of the same server", bare_port, request("/")),
            page,
            Subject("the same page, unchanged since the last visit (304)", site.port, unchanged),
        ]
        for number in range(1, ROUNDS + 1):
            say(f"  speed: round {number} of {ROUNDS}")
            for subject in subjects:
                subject.rates.append(rate(subject))
        alone = median(durations(page))
    bare = median(subjects[0].rates)
    return "\n".join(
        [
            "## How fast it answers",
            "",
            f"One site process, asked over loopback by {VISITORS} visitors at once, who share its processors; the "
            f"middle of {ROUNDS} rounds of {SECONDS:g} seconds for each answer in turn. A visitor alone has the "
            f"stage 4 page after {alone * 1000:.1f} ms.",
            "",
            "| answer | a second | share of the empty answer |",
            "| --- | --: | --: |",
            *(
                f"| {subject.name} | {median(subject.rates):,.0f} | {median(subject.rates) / bare:.1%} |"
                for subject in subjects
            ),
        ]
    )


def request(path: str, *headers: str) -> bytes:
    """As the proxy passes on what a browser asks."""
    lines = [f"GET {path} HTTP/1.1", "Host: localhost", "X-Forwarded-Proto: https", "Accept-Encoding: br", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


def tag_of(subject: Subject) -> str:
    """The tag of the answer."""
    with closing(_line(subject)) as line:
        found = re.search(rb"\r\netag: (.*?)\r\n", ask(line, subject.request), re.IGNORECASE)
    assert found, "every page has a tag"
    return found.group(1).decode()


def rate(subject: Subject) -> float:
    """Answers a second to VISITORS at once."""
    counts: list[int] = []
    end = time.monotonic() + SECONDS

    def visit() -> None:
        count = 0
        with closing(_line(subject)) as line:
            while time.monotonic() < end:
                ask(line, subject.request)
                count += 1
        counts.append(count)

    visitors = [Thread(target=visit) for _ in range(VISITORS)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    return sum(counts) / SECONDS


def durations(subject: Subject) -> list[float]:
    """Seconds that a visitor alone waits for the whole answer, each time."""
    found = []
    with closing(_line(subject)) as line:
        for _ in range(ALONE):
            start = time.monotonic()
            ask(line, subject.request)
            found.append(time.monotonic() - start)
    return found


def ask(line: socket.socket, request: bytes) -> bytes:
    """The headers of the answer; its body is read and dropped.

    By hand: a client from a library would take longer than the server.
    """
    line.sendall(request)
    answer = line.recv(65536)
    while b"\r\n\r\n" not in answer:
        answer += line.recv(65536)
    headers, _, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"\r\ncontent-length: (\d+)", headers, re.IGNORECASE)
    left = (int(length.group(1)) if length else 0) - len(body)
    while left > 0:
        left -= len(line.recv(65536))
    assert headers.startswith((b"HTTP/1.1 200", b"HTTP/1.1 304")), headers
    return headers + b"\r\n"


def _line(subject: Subject) -> socket.socket:
    line = socket.create_connection((HOST, subject.port), timeout=30)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
    return line
