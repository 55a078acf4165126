"""The site as visitors get it: granian, production settings, hashed and compressed files, TLS ended by a proxy."""

from __future__ import annotations

import http.client
import os
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote, urlencode

from mesoinfo import vault
from mesoinfo.dev_environment import BASE_DIR
from mesoinfo.dev_run import FAREWELL, HOST, PATIENCE, die_with_parent, programs
from tests.browser.front import Front, standing_before, write_certificate


class NotServed(Exception):
    """The site does not start; the message says what it said."""


@dataclass(frozen=True)
class Served:
    """A site that answers: `front` for browsers, `port` without TLS for who asks as the proxy does."""

    front: Front
    port: int
    certificate: Path
    surroundings: Mapping[str, str]

    @property
    def address(self) -> str:
        return self.front.address


@contextmanager
def served(database: Mapping[str, Any], place: Path) -> Iterator[Served]:
    """Serve the pages in this database (one of Django's DATABASES) until the end of the block.

    All that is generated goes into `place`, where `media` has the pictures. Raises NotServed.
    """
    surroundings = production(database, place)
    # The public site shows nothing of the admin's, and compressing all of it takes long.
    put_static_files(surroundings, "--ignore", "admin")
    certificate = place / "localhost.pem"
    write_certificate(certificate)
    with granian(surroundings) as port, standing_before(port, certificate) as front:
        yield Served(front, port, certificate, surroundings)


@contextmanager
def over_http2(site: Served) -> Iterator[str]:
    """The same pages over HTTP/2, as proxies of our day speak it: a server that ends TLS itself, and its address."""
    tls = {"GRANIAN_SSL_CERTIFICATE": str(site.certificate), "GRANIAN_SSL_KEYFILE": str(site.certificate)}
    with granian({**site.surroundings, **tls}, certificate=site.certificate) as port:
        yield f"https://localhost:{port}"


@contextmanager
def granian(
    surroundings: Mapping[str, str],
    application: str = "",
    *,
    certificate: Path | None = None,
    messages: int | None = None,
) -> Iterator[int]:
    """The server as `make run` starts it, with the site or another application; the port it answers on.

    Its messages go where ours go, or where subprocess is told with `messages`.
    """
    port = free_port()
    command = programs(port)["site"]
    process = subprocess.Popen(
        [*command[:-1], application or command[-1]],
        cwd=BASE_DIR,
        env=surroundings,
        stdin=subprocess.DEVNULL,
        stderr=messages,
        start_new_session=True,
        preexec_fn=die_with_parent,
    )
    try:
        wait_until_it_answers(process, port, certificate)
        yield port
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(FAREWELL)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # its workers too, who else answer on for ever
        process.wait()


def production(database: Mapping[str, Any], place: Path, *, key: vault.PublicKey | None = None) -> dict[str, str]:
    """The environment of a site process in production. What it seals, nobody will open, unless `key` is given: of any
    other the private key is not kept.
    """
    public_key = place / "desk.public"
    public_key.write_text(vault.key_text(key or vault.generate().public))
    return {
        "PATH": os.environ["PATH"],
        "MESOINFO_DEVELOPMENT": "0",
        "DEBUG": "0",
        "MESOINFO_TIER": "site",
        "MESOINFO_VAR": str(place),
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "localhost",
        "PUBLIC_ORIGIN": "https://localhost",
        "TRUSTED_PROXIES": HOST,
        "DATABASE_URL": address_of(database),
        "EMAIL_URL": "smtp+tls://nobody:nothing@mail.example:587",
        "DESK_PUBLIC_KEY": str(public_key),
    }


def address_of(database: Mapping[str, Any]) -> str:
    """One of Django's DATABASES as DATABASE_URL. The directory of a socket stands in front of the database's name."""
    user, password, host = (quote(str(database.get(part) or "")) for part in ("USER", "PASSWORD", "HOST"))
    port = f":{database['PORT']}" if database.get("PORT") else ""
    place = f"{port}/{host}" if host.startswith("/") else f"{host}{port}"
    return f"postgres://{user}:{password}@{place}/{quote(database['NAME'])}?{urlencode(database.get('OPTIONS') or {})}"


def manage(*command: str, surroundings: dict[str, str]) -> None:
    """Run one of the commands of manage.py in these surroundings. Raises NotServed with what it said."""
    done = subprocess.run(
        [sys.executable, "manage.py", *command], cwd=BASE_DIR, env=surroundings, capture_output=True, text=True
    )
    if done.returncode:
        raise NotServed(f"manage.py {command[0]} did not succeed: {done.stderr or done.stdout}")


def put_static_files(surroundings: Mapping[str, str], *options: str) -> None:
    """What `collectstatic` writes with these options, where a process in these surroundings looks for it. Once it was
    written it is copied: whatever the surroundings, it is the same. Raises NotServed.
    """
    shutil.copytree(Path(_collected(options).name, "static"), Path(surroundings["MESOINFO_VAR"], "static"))


@cache
def _collected(options: Sequence[str]) -> TemporaryDirectory[str]:
    place = TemporaryDirectory()
    manage("collectstatic", "--noinput", *options, surroundings=production({"NAME": "none"}, Path(place.name)))
    return place


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def wait_until_it_answers(process: subprocess.Popen[bytes], port: int, certificate: Path | None = None) -> None:
    """Come back when the site answers. Raises NotServed when it ended instead, or does neither."""
    for _ in range(PATIENCE * 20):
        with suppress(OSError), closing(_line_to(port, certificate)) as line:
            line.request("GET", "/healthz", headers={"Host": "localhost"})
            line.getresponse()
            return
        with suppress(subprocess.TimeoutExpired):
            raise NotServed(f"The site ended with status {process.wait(0.05)}. Its messages are above.")
    raise NotServed(f"The site has not answered on port {port} for {PATIENCE} seconds. Its messages are above.")


def _line_to(port: int, certificate: Path | None) -> http.client.HTTPConnection:
    if certificate is None:
        return http.client.HTTPConnection(HOST, port, timeout=5)
    trusted = ssl.create_default_context(cafile=str(certificate))
    return http.client.HTTPSConnection("localhost", port, context=trusted, timeout=5)
