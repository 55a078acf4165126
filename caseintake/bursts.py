"""How much was taken in lately from one network, and how many people sent the same words.

Only counts are kept, in the memory of this process, under keyed hashes: no address, no word, nothing on disk or in
a log. The key is made when the process starts and dies with it. A second site process counts for itself.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address, ip_network
from threading import Lock
from typing import Generic, TypeVar

MINUTE, HOUR, DAY = 60, 3600, 86_400
# From one line within a minute. No hospital sends as many; each one beyond is asked to wait.
FLOOD = 300
MOST_KEPT = 10_000  # lines, as many networks, and as many messages
MOST_SENDERS = 10  # told apart for one message

Kept = TypeVar("Kept")


@dataclass(frozen=True)
class Arrivals:
    """How much came in from where a request comes from, this one included."""

    line: int  # within a minute
    minute: int  # from the network around that line
    hour: int  # likewise

    @property
    def is_flood(self) -> bool:
        return self.line > FLOOD


class Bursts:
    """Counts what is taken in. May be called by several threads at once."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, most: int = MOST_KEPT) -> None:
        """`clock` gives seconds; `most` bounds how many lines, networks and messages are remembered, each."""
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._lock = Lock()
        self._lines: _ForADay[_Tally] = _ForADay(lambda: _Tally(MINUTE), most=most)
        self._networks: _ForADay[_Network] = _ForADay(_Network, most=most)
        self._senders: _ForADay[set[bytes]] = _ForADay(set, most=most)

    def arrivals(self, address: str) -> Arrivals:
        """What it would come to if something from this address were taken in now. Counts nothing.

        Raises ValueError when it is no address.
        """
        with self._lock:
            line, network, now = self._seen(address)
            return Arrivals(line.count(now) + 1, network.minute.count(now) + 1, network.hour.count(now) + 1)

    def took_in(self, address: str) -> None:
        """Count what was taken in from this address. What was not taken in does not count: so a full line still gets
        FLOOD a minute through, and the people on it need not wait for whoever floods it to stop.

        Raises ValueError when it is no address.
        """
        with self._lock:
            line, network, now = self._seen(address)
            for tally in (line, network.minute, network.hour):
                tally.add(now)

    def _seen(self, address: str) -> tuple[_Tally, _Network, float]:
        now = self._clock()
        line = self._lines.of(self._hash(line_of(address)), now)
        return line, self._networks.of(self._hash(network_of(address)), now), now

    def senders_of(self, words: str, sender: str) -> int:
        """How many people have sent these words within a day, this sender included. Stops counting at MOST_SENDERS."""
        message, person = self._hash(words), self._hash(sender)
        with self._lock:
            senders = self._senders.of(message, self._clock())
            if len(senders) < MOST_SENDERS:
                senders.add(person)
            return len(senders)

    def _hash(self, text: str) -> bytes:
        return hmac.digest(self._key, text.encode("utf-8", "surrogatepass"), hashlib.sha256)


def line_of(address: str) -> str:
    """What one customer is given: an IPv4 address, or the /56 of an IPv6 one. A hospital may share one such line."""
    return _around(address, of_ipv4=32)


def network_of(address: str) -> str:
    """The /24 of an IPv4 address or the /56 of an IPv6 one: about what one large house is given."""
    return _around(address, of_ipv4=24)


def _around(address: str, *, of_ipv4: int) -> str:
    ip = ip_address(address)
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return str(ip_network(f"{ip}/{of_ipv4 if ip.version == 4 else 56}", strict=False))


@dataclass(slots=True)
class _Tally:
    """What came in the last `seconds`, in constant room: it counts this span of the clock and the one before."""

    seconds: int
    span: int = 0
    here: int = 0
    before: int = 0

    def count(self, now: float) -> int:
        """The span before is taken as spread evenly, and counts by how much of it is still within reach."""
        self._move_to(int(now // self.seconds))
        return self.here + int(self.before * (1 - now % self.seconds / self.seconds))

    def add(self, now: float) -> None:
        self._move_to(int(now // self.seconds))
        self.here += 1

    def _move_to(self, span: int) -> None:
        if span != self.span:
            self.before = self.here if span == self.span + 1 else 0
            self.span, self.here = span, 0


@dataclass(slots=True)
class _Network:
    minute: _Tally = field(default_factory=lambda: _Tally(MINUTE))
    hour: _Tally = field(default_factory=lambda: _Tally(HOUR))


class _ForADay(Generic[Kept]):
    """Things by their key, each for a day from when it was first asked for. The oldest goes when it is full."""

    def __init__(self, new: Callable[[], Kept], *, most: int) -> None:
        self._new = new
        self._most = most
        self._kept: dict[bytes, tuple[float, Kept]] = {}  # the oldest first

    def of(self, key: bytes, now: float) -> Kept:
        """What is kept under this key, made if there is nothing."""
        while self._kept:
            oldest = next(iter(self._kept))
            if self._kept[oldest][0] > now - DAY:
                break
            del self._kept[oldest]
        if key not in self._kept:
            if len(self._kept) >= self._most:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = (now, self._new())
        return self._kept[key][1]
