"""A web site on loopback that answers as it is told to, well or badly, and remembers what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from citations import fetching


@dataclass(frozen=True)
class Reply:
    """What is sent. `cut_after`: break off after so many bytes of them. `wait_for`: hold it back until then."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    wait_for: threading.Event | None = None


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]


class StubSite:
    """Answers at `http://stub.example:<port>`. Of several replies to one path each is given once, the last for ever."""

    def __init__(self) -> None:
        self.url = ""
        self.replies: dict[str, list[Reply]] = {}
        self.asked: list[Asked] = []
        self.otherwise = Reply(404, b"Not here.")  # what it says at every other path

    def says(self, path: str, *replies: Reply) -> str:
        """From now on `path`, with its query, is answered so. Returns the whole address."""
        self.replies[path] = list(replies)
        return self.url + path

    def reply_to(self, path: str) -> Reply:
        """What comes next at this path; nothing is there that nobody named."""
        replies = self.replies.get(path) or [self.otherwise]
        return replies.pop(0) if len(replies) > 1 else replies[0]


def _handler(stub: StubSite) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            stub.asked.append(
                Asked(self.command, self.path, {name.lower(): value for name, value in self.headers.items()})
            )
            reply = stub.reply_to(self.path)
            if reply.wait_for is not None:
                reply.wait_for.wait(10)
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                with suppress(ConnectionError):  # whoever has read enough goes
                    self.wfile.write(reply.body[: reply.cut_after])
            self.close_connection = True

        do_GET = do_HEAD = answer  # the names http.server calls

        def log_message(self, *args: object) -> None:
            pass

    return Handler


@contextmanager
def serving() -> Iterator[StubSite]:
    """The site, for as long as the block lasts."""
    site = StubSite()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(site))
    site.url = f"http://stub.example:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Iterator[StubSite]:
    """The site, found under its name; every other name resolves as ever."""
    found = fetching.public_address

    def address_of(host: str, port: int) -> str:
        return "127.0.0.1" if host == "stub.example" else found(host, port)

    monkeypatch.setattr(fetching, "public_address", address_of)
    with serving() as site:
        yield site


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long we would have waited, each time."""
    waited: list[float] = []
    monkeypatch.setattr(fetching, "sleep", waited.append)
    return waited
