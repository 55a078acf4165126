"""Links to try things on, and a network of hosts that all stand on loopback."""

from __future__ import annotations

import datetime
import socket
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.utils import timezone

from articles.models import Link, LinkReading, LinkUse, PublishedPage
from articles.models.links import LinkKind, LinkState
from citations import fetching
from citations.style import DEFAULT_STYLE
from tests.citations.stub_site import Reply, StubSite
from tests.conftest import member

NOW = timezone.now
A_DAY = datetime.timedelta(days=1)


def days_ago(days: float) -> datetime.datetime:
    return NOW() - days * A_DAY


def a_link(address: str = "https://hospital.example/gone", **fields: Any) -> Link:
    """A link as it is before it was ever asked."""
    return Link.objects.create(address=address, **fields)


# What a link in each state says, and has to say.
WORKING: dict[str, Any] = {"state": LinkState.WORKS, "first_asked_at": days_ago(30), "asked_at": days_ago(3)}
MOVED: dict[str, Any] = WORKING | {"state": LinkState.MOVED, "moved_to": "https://hospital.example/new"}
UNCHECKED: dict[str, Any] = WORKING | {"state": LinkState.UNCHECKED, "reason": "The site turns machines away (403)."}
FAILING: dict[str, Any] = WORKING | {
    "state": LinkState.FAILING,
    "reason": "The site says that nothing is at this address (404).",
    "failures": 2,
    "failing_since": days_ago(4),
    "failed_at": days_ago(3),
}
DEAD: dict[str, Any] = FAILING | {
    "state": LinkState.DEAD,
    "failures": 8,
    "failing_since": days_ago(10),
    "failed_at": days_ago(3),
    "dead_since": days_ago(3),
}


def ignored_until(day: datetime.date) -> dict[str, Any]:
    """What a link says that an editor ignores until this day."""
    return {
        "ignored_reason": "They move house.",
        "ignored_by": member("editor"),
        "ignored_on": day - 30 * A_DAY,
        "ignored_until": day,
    }


def used(link: Link, page: PublishedPage, **fields: Any) -> LinkUse:
    """The link, in the text of a live page."""
    reading, _ = LinkReading.objects.get_or_create(page=page, defaults={"style": DEFAULT_STYLE})
    given = {"kind": LinkKind.TEXT, "words": "a hospital", "sentence": "Ask a hospital.", **fields}
    return LinkUse.objects.create(reading=reading, link=link, place=reading.uses.count() + 1, **given)


@dataclass
class Network:
    """Hosts of any name, all of which answer as the one stub does; those that are `away` have no name."""

    stub: StubSite
    away: set[str] = field(default_factory=set)
    asked_for: list[str] = field(default_factory=list)  # each host, as often as it was connected to

    def at(self, path: str, *replies: Reply, host: str = "hospital.example") -> str:
        """From now on `path` is answered so. Returns its address at this host."""
        self.stub.says(path, *(replies or [Reply(200, b"<title>A page</title>", {"Content-Type": "text/html"})]))
        return f"http://{host}:{self.stub.url.rpartition(':')[2]}{path}"

    def address_of(self, host: str, port: int) -> str:
        self.asked_for.append(host)
        if host in self.away or "*" in self.away:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return "127.0.0.1"

    @property
    def requests(self) -> list[str]:
        """Every request in order, such as: HEAD /page. Addresses that we made up are told as /?."""
        return [f"{one.method} {'/?' if one.path.startswith('/not-a-page-') else one.path}" for one in self.stub.asked]


@pytest.fixture
def network(stub: StubSite, pauses: list[float], monkeypatch: pytest.MonkeyPatch, settings: Any) -> Network:
    """Every host stands on loopback and answers at once; Crossref too."""
    found = Network(stub)
    monkeypatch.setattr(fetching, "public_address", found.address_of)
    settings.CROSSREF_URL = f"http://register.example:{stub.url.rpartition(':')[2]}"
    return found
