"""What stands in front of the site where real people are served: it ends TLS and says so. It also writes down all
that is asked, so that nothing a browser sends goes uncounted.

Plain HTTP and TLS come to the same port, told apart by their first byte: there is only one port to be free.
"""

from __future__ import annotations

import datetime
import http.client
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"
A_DAY = datetime.timedelta(days=1)
TLS_BEGINS_WITH = b"\x16"
# Of one connection, not of what is sent through it (RFC 9110, 7.6.1).
OF_ONE_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "upgrade"}


@dataclass(frozen=True)
class Exchange:
    """One request and what was sent for it."""

    method: str
    path: str
    status: int
    kind: str  # media type
    size: int  # of the body in bytes, as sent


class Front(ThreadingHTTPServer):
    """Passes every request on to `behind`, the port of the site."""

    request_queue_size = 64

    def __init__(self, behind: int, certificate: Path) -> None:
        super().__init__((HOST, 0), _Visit)
        self.behind = behind
        self.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.tls.load_cert_chain(certificate)
        self.exchanges: list[Exchange] = []

    @property
    def address(self) -> str:
        return f"https://localhost:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that closes a connection half way is nothing to tell."""


@contextmanager
def standing_before(port: int, certificate: Path) -> Iterator[Front]:
    """A front that answers until the end of the block."""
    with Front(port, certificate) as front:
        Thread(target=front.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield front
        front.shutdown()


class _Visit(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Front

    def setup(self) -> None:
        self.scheme = "http"
        if self.request.recv(1, socket.MSG_PEEK) == TLS_BEGINS_WITH:
            self.request = self.server.tls.wrap_socket(self.request, server_side=True)
            self.scheme = "https"
        super().setup()

    def pass_on(self) -> None:
        """Ask the site, say how the request came, and send back what it answers, byte for byte."""
        headers = {name: value for name, value in self.headers.items() if name.lower() not in OF_ONE_CONNECTION}
        headers |= {"X-Forwarded-Proto": self.scheme, "X-Forwarded-For": self.client_address[0]}
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with closing(http.client.HTTPConnection(HOST, self.server.behind, timeout=60)) as line:
            line.request(self.command, self.path, body, headers)
            answer = line.getresponse()
            content = answer.read()
        kind = answer.headers.get_content_type()
        self.server.exchanges.append(Exchange(self.command, self.path, answer.status, kind, len(content)))
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in OF_ONE_CONNECTION:
                self.send_header(name, value)
        if "Content-Length" not in answer.headers:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_HEAD = do_POST = do_PUT = do_OPTIONS = pass_on


def write_certificate(path: Path) -> None:
    """A certificate for localhost with its key, for a day: it signs itself, so only who is told to trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address(HOST))]
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - A_DAY, now + A_DAY)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.touch(mode=0o600)
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
