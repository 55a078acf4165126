"""Asking other sites, politely and with care: the only way out of this product to the network.

Each host is asked at most once in so many seconds, by all our processes together: PostgreSQL hands out the turns. A
request says who we are and how to reach us, waits as long as the other side asks for (within reason), and gives up in a
plain sentence. It goes to public addresses only, through every redirect, whatever a name resolves to at that moment:
the bibliography is no way into the network that the server stands in.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from threading import Event, Timer
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import urllib3
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.http import parse_http_date_safe
from urllib3.connection import HTTPConnection, HTTPSConnection

TRIES = 3
FIRST_PAUSE = 1.0  # seconds before the second try; twice as long before each further one
# Nobody is waited for longer than this; the lookup is tried again later.
LONGEST_PAUSE = 30.0
CONNECT, READ, WHOLE = 5.0, 20.0, 60.0  # seconds
SHORTEST = 0.1  # what is left of them for a request whose time is all but over
LARGEST = 5_000_000  # bytes
MOST_REDIRECTS = 5
TRY_AGAIN = frozenset([429, 500, 502, 503, 504])
REDIRECTS = frozenset([301, 302, 303, 307, 308])
# All that IPv6 hands out to the public (RFC 4291, 2.4). Python takes for public also what networks use within
# themselves, and addresses of IPv4 in other dress.
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")


@dataclass(frozen=True)
class Answer:
    """What came back: the status, the address it came from in the end, and how often it led elsewhere for good."""

    status: int
    url: str
    body: bytes
    headers: Mapping[str, str]
    moved_to: str = ""

    @property
    def text(self) -> str:
        """The body as UTF-8; what is none is marked."""
        return self.body.decode("utf-8", "replace")


class NoAnswer(Exception):
    """Nothing came back. The text says why, for the person who asked."""


class NoSuchHost(NoAnswer):
    """Nobody is found under that name."""


class NotAsked(NoAnswer):
    """We ask no such address: it is none of the web, or none of the public network."""


def fetch(
    url: str,
    *,
    method: str = "GET",
    accept: str = "*/*",
    fields: Mapping[str, str] | None = None,
    every: float = 1.0,
    tries: int = TRIES,
    patience: float | None = None,
    enough: int | None = None,
) -> Answer:
    """Ask for `url`, with `fields` as its query. `every`: seconds between two requests to one host.

    Any status is an answer, the last of `tries` where the other side was busy or broken; redirects are followed. Raises
    NoAnswer when there is none: no network, no such host, too slow (after `patience`, in seconds), too large, in a
    circle, not on the public network. With `enough`, nothing is too large: so many bytes are read and no more.
    """
    url = f"{url}?{urlencode(fields)}" if fields else url
    deadline = monotonic() + (WHOLE if patience is None else patience)
    moved_to, for_good = "", True
    for _ in range(MOST_REDIRECTS + 1):
        answer = _ask_patiently(_Request(method, url, accept, enough), every, tries, deadline)
        target = answer.headers.get("location", "")
        if answer.status not in REDIRECTS or not target:
            return Answer(answer.status, url, answer.body, answer.headers, moved_to)
        url = _leads_to(url, target)
        # Where it leads for the moment only, the old address stays the right one.
        for_good = for_good and answer.status in (301, 308)
        moved_to = url if for_good else moved_to
    raise NoAnswer(f"{_host(url)} leads from one address to the next without end.")


def _leads_to(url: str, target: str) -> str:
    try:
        # So it is asked anyway, and PostgreSQL could not keep it otherwise.
        return urljoin(url, target.replace("\0", "%00"))
    except ValueError as error:
        raise NoAnswer(f"{_host(url)} leads to what is no web address.") from error


@dataclass(frozen=True)
class _Request:
    method: str
    url: str
    accept: str
    enough: int | None


def _ask_patiently(request: _Request, every: float, tries: int, deadline: float) -> Answer:
    pause = FIRST_PAUSE
    for left in reversed(range(tries)):
        _wait_for_a_turn(_host(request.url), every)
        answer = _ask(request, deadline)
        if answer.status not in TRY_AGAIN or not left:
            return answer
        asked_for = _asked_to_wait(answer.headers.get("retry-after", ""))
        pause_now = pause if asked_for is None else asked_for
        if pause_now > LONGEST_PAUSE or monotonic() + pause_now > deadline:
            return answer
        sleep(pause_now)
        pause *= 2
    raise AssertionError("the last try returns")


def _ask(request: _Request, deadline: float) -> Answer:
    host = _host(request.url)
    left = max(deadline - monotonic(), SHORTEST)
    try:
        with _POOL.request(
            request.method,
            request.url,
            headers={"User-Agent": _who_we_are(), "Accept": request.accept},
            timeout=urllib3.Timeout(connect=min(CONNECT, left), read=min(READ, left)),
            redirect=False,
            retries=False,
            preload_content=False,
        ) as response:
            body = _read(response, request, host, deadline)
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status, request.url, body, headers)
    except NotPublic as error:
        raise NotAsked(f"{host} is not on the public network, so it is not asked.") from error
    except urllib3.exceptions.NameResolutionError as error:
        kind = NoSuchHost if _is_no_name(error) else NoAnswer
        raise kind(f"{host} cannot be found. There is no network, or the name is wrong.") from error
    except urllib3.exceptions.NewConnectionError as error:
        raise NoAnswer(f"{host} cannot be reached.") from error
    except urllib3.exceptions.TimeoutError as error:
        raise NoAnswer(f"{host} did not answer in time. Try again later.") from error
    except urllib3.exceptions.SSLError as error:
        raise NoAnswer(f"{host} cannot prove that it is {host}: its certificate is not good.") from error
    except (urllib3.exceptions.HTTPError, OSError, UnicodeError, ValueError) as error:
        raise NoAnswer(f"{host} cannot be reached.") from error


def _is_no_name(error: urllib3.exceptions.NameResolutionError) -> bool:
    """Whether whoever knows the names was asked and knows none such. Else they did not answer."""
    cause = error.__cause__
    return isinstance(cause, socket.gaierror) and cause.errno in (socket.EAI_NONAME, socket.EAI_NODATA)


def _read(response: urllib3.BaseHTTPResponse, request: _Request, host: str, deadline: float) -> bytes:
    body = bytearray()
    while request.method != "HEAD" and (chunk := response.read1(65_536, decode_content=True)):
        body += chunk
        if request.enough is not None and len(body) >= request.enough:
            return bytes(body[: request.enough])
        if len(body) > LARGEST:
            raise NoAnswer(f"{host} sent more than {LARGEST // 1_000_000} MB.")
        if monotonic() > deadline:
            raise NoAnswer(f"{host} was too slow. Try again later.")
    return bytes(body)


def _asked_to_wait(given: str) -> float | None:
    """The seconds that a Retry-After header asks for, as a number or as a date (RFC 9110, 10.2.3)."""
    if given.isdecimal():
        return float(given)
    date = parse_http_date_safe(given)
    return None if date is None else max(0.0, date - timezone.now().timestamp())


def _who_we_are() -> str:
    """Both registers ask for an address to write to, and let those who give one ask more."""
    contact = f"; mailto:{settings.REGISTERS_CONTACT}" if settings.REGISTERS_CONTACT else ""
    return f"mesoinfo (+{settings.PUBLIC_ORIGIN or 'https://localhost'}{contact})"


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError as error:
        raise NotAsked("This is not a web address.") from error
    if parts.scheme not in ("http", "https") or not host:
        raise NotAsked("This is not a web address: one starts with https:// or http://.")
    return host


def _wait_for_a_turn(host: str, every: float) -> None:
    """Sleep until this host may be asked. In one statement, so that turns are handed out one after the other."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO citations_turn (host, free_at) VALUES (%(host)s, clock_timestamp() + %(gap)s::interval)
            ON CONFLICT (host) DO UPDATE
                SET free_at = greatest(citations_turn.free_at, clock_timestamp()) + %(gap)s::interval
            RETURNING free_at - %(gap)s::interval
            """,
            {"host": host[:253], "gap": f"{every} seconds"},
        )
        turn: datetime = cursor.fetchone()[0]
    wait = (turn - timezone.now()).total_seconds()
    if wait > 0:
        sleep(wait)


class NotPublic(urllib3.exceptions.HTTPError):
    """A name that resolves to no public address."""


def public_address(host: str, port: int) -> str:
    """The first public address of this host. Raises NotPublic when it has none, socket.gaierror for no such host."""
    for *_, (address, *_rest) in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        if is_public(str(address)):
            return str(address)
    raise NotPublic(host)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public network, in whatever dress it comes."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return is_public(str(ip.ipv4_mapped))
        if ip.sixtofour or ip.teredo or ip not in GLOBAL_UNICAST:
            return False
    return ip.is_global and not ip.is_multicast


class _Careful(HTTPConnection):
    """Connects to the very address that was looked at, so that a name cannot resolve to another in between."""

    def _new_conn(self) -> socket.socket:
        named = self._dns_host
        try:
            address = public_address(self.host, self.port or self.default_port)
        except socket.gaierror as error:
            raise urllib3.exceptions.NameResolutionError(self.host, self, error) from error
        self._dns_host = address
        try:
            return super()._new_conn()
        finally:
            self._dns_host = named

    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override]  # as urllib3 itself has it
        """The head of the answer, all of it within `timeout`. Raises TimeoutError."""
        # The timeout of a socket begins anew with each byte: a head that comes drop by drop would take days.
        late = Event()

        def hang_up(sock: socket.socket) -> None:
            late.set()
            with suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

        clock = Timer(self.timeout or READ, hang_up, [self.sock])
        clock.start()
        try:
            return super().getresponse()
        finally:
            clock.cancel()
            if late.is_set():
                raise TimeoutError("The head of the answer took too long.")


class _CarefulWithTls(_Careful, HTTPSConnection):
    pass


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Careful


class _PoolWithTls(urllib3.HTTPSConnectionPool):
    ConnectionCls = _CarefulWithTls


def _careful_pool(**settings: Any) -> urllib3.PoolManager:
    pool = urllib3.PoolManager(num_pools=20, maxsize=1, **settings)
    pool.pool_classes_by_scheme = {"http": _Pool, "https": _PoolWithTls}
    return pool


_POOL = _careful_pool()
