"""Whatever comes over the line, the server answers it or hangs up, and no answer is an error page.

The other proofs of naughty words ask the product in this process. Here the server that the product runs under takes the
bytes: broken first lines, headers and lengths, and what only a server can let through or stop.
"""

from __future__ import annotations

import socket
from contextlib import closing, suppress

import pytest

from mesoinfo.dev_run import HOST
from tests.conftest import Tell
from tests.proofs.running import Product

pytestmark = pytest.mark.whole

BODY = b"name=Pat&message=hello"
FORM = b"POST /free-case-review/ HTTP/1.1"
TYPES = (
    b"text/plain; charset=hex",
    b"text/plain; charset*=nobody''x",
    b"text/plain; charset*=utf-8''%00",
    b"text/plain; a*=b; a*0=c",
    b"multipart/form-data; boundary=x; charset=unicode_escape",
    b"multipart/form-data; boundary=\xff",
    b"\xff\xfe",
)
HEADERS = (
    b"User-Agent: \x85\x9b31m\xff",
    b"User-Agent: \x1b[31m",
    b"User-Agent: a\0b",
    b"Referer: http://[",
    b"Referer: http://localhost/\xff\x85%00%0d%0a",
    b"Origin: \xff",
    b'Cookie: sessionid="\\000aaaaaaaa"; \xff=\xff',
    b"Accept-Language: " + b"x," * 3000,
    b"Accept-Encoding: \xff, br;q=\xff",
    b"X-Forwarded-For: \xff, ', 1.2.3.4.5",
    b"X-Forwarded-Proto: \xff",
    b"If-None-Match: \xff\"'",
    b"If-Modified-Since: Wed, 99 Nop 99999 99:99:99 GMT",
    b"Range: bytes=9-1,-,x",
    b"Content-Encoding: nobody",
    b"Expect: 100-continue",
    b"Transfer-Encoding: nobody",
    b"No colon here",
    b"Forged: a\nHeader: b",
    b"\xff: a",
    *(b"Content-Type: " + kind for kind in TYPES),
)
LENGTHS = (b"\xb2", b"9" * 5000, b"-1", b"1_0", b"+5", b"0x5", b"five", b"", b"5, 5")
FIRST_LINES = (
    b"GET /%00 HTTP/1.1",
    b"GET /%ff%fe/ HTTP/1.1",
    b"GET /search/?q=%ed%a0%80%00%zz HTTP/1.1",
    b"GET /search/?q=\xff\x85 HTTP/1.1",
    b"GET /\xff HTTP/1.1",
    b"GET //evil.example/ HTTP/1.1",
    b"GET http://evil.example/ HTTP/1.1",
    b"GET /../../etc/passwd HTTP/1.1",
    b"GET /" + b"a" * 9000 + b" HTTP/1.1",
    b"NOBODY / HTTP/1.1",
    b"GET / HTTP/9.9",
    b"\0\r\n",
)


def told(running: Product, sent: bytes) -> int:
    """The status of the answer; 0 when the server hung up without one."""
    with closing(socket.create_connection((HOST, running.site.port), timeout=20)) as line, suppress(ConnectionError):
        line.sendall(sent)
        first = line.makefile("rb").readline()
        return int(first.split()[1]) if first.startswith(b"HTTP/1.") else 0
    return 0


def request(first: bytes, *headers: bytes, body: bytes = b"") -> bytes:
    usual = [b"Host: localhost", b"X-Forwarded-Proto: https", b"Sec-Fetch-Site: same-origin", b"Connection: close"]
    return b"\r\n".join([first, *usual, *headers, b"", body])


def post(*headers: bytes, length: bytes = str(len(BODY)).encode()) -> bytes:
    kind = [] if any(header.startswith(b"Content-Type") for header in headers) else [b"Content-Type: text/plain"]
    return request(FORM, *kind, *headers, b"Content-Length: " + length, body=BODY)


def test_whatever_comes_over_the_line_is_answered_or_hung_up_on(running: Product, tell: Tell) -> None:
    usual = told(running, request(b"GET /free-case-review/ HTTP/1.1"))
    assert usual == 200
    sent = [request(b"GET /free-case-review/ HTTP/1.1", header) for header in HEADERS]
    sent += [post(header) for header in HEADERS]
    sent += [post(length=length) for length in LENGTHS]
    sent += [request(first) for first in FIRST_LINES]
    answers = {one: told(running, one) for one in sent}
    assert not {one[:200]: status for one, status in answers.items() if status >= 500}
    assert sum(status > 0 for status in answers.values()) > len(answers) // 2
    assert told(running, request(b"GET /free-case-review/ HTTP/1.1")) == 200, "nobody else noticed"
    answered = sum(status > 0 for status in answers.values())
    tell(f"{len(answers)} requests that no browser sends: {answered} answered, none with 5xx; on the rest it hung up.")
