"""The desk and its worker in processes of their own, and an advocate who works there as a browser does."""

from __future__ import annotations

import http.client
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from html import unescape
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django_q.conf import Conf
from django_q.tasks import async_task

from mesoinfo import vault
from mesoinfo.dev_run import HOST, programs
from mesoinfo.models import User
from tests.browser.served import address_of, put_static_files
from tests.conftest import PASSWORD, member
from tests.proofs.running import Process, Site
from tests.proofs.visitors import PATIENCE

QUEUE = "/admin/caseintake/submission/"


def keep_private_key(key: vault.PrivateKey, path: Path) -> None:
    """As `seal_keygen` keeps it."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(vault.key_text(key))


def desk_surroundings(
    site: Mapping[str, str], database: Mapping[str, Any], place: Path, private_key: Path, mail: str
) -> dict[str, str]:
    """The environment of desk and worker in production, beside this one of the site; they keep their files in `place`.

    `database` is one of Django's DATABASES, `mail` what EMAIL_URL is to be.
    """
    checkpoints = place / "checkpoints"
    checkpoints.mkdir(parents=True)
    return {
        **site,
        "MESOINFO_TIER": "desk",
        "MESOINFO_VAR": str(place),
        "SECRET_KEY": secrets.token_urlsafe(50),
        "DATABASE_URL": address_of(database),
        "DESK_PRIVATE_KEY": str(private_key),
        "AUDIT_CHECKPOINT_DIR": str(checkpoints),
        "EMAIL_URL": mail,
    }


class Desk:
    """Its pages, and the worker."""

    def __init__(self, surroundings: dict[str, str]) -> None:
        self.surroundings = surroundings
        self.pages = Site(surroundings)
        self.worker = Process("worker", programs(self.pages.port)["worker"], surroundings)

    def work_off(self, *sweeps: str) -> None:
        """Have the worker do these now, and not at their next turns."""
        # It takes only what was signed with its own key.
        with patch.object(Conf, "SECRET_KEY", self.surroundings["SECRET_KEY"]):
            for sweep in sweeps:
                async_task(sweep)


@contextmanager
def open_desk(surroundings: dict[str, str]) -> Iterator[Desk]:
    """The desk, running."""
    put_static_files(surroundings)
    desk = Desk(surroundings)
    try:
        desk.pages.start()
        desk.worker.start()
        desk.pages.wait()
        yield desk
    finally:
        desk.pages.stop()
        desk.worker.stop()


def an_advocate() -> User:
    """One whose password the desk can check: the tests have a quicker way to keep theirs."""
    advocate = member("advocate")
    hasher = PBKDF2PasswordHasher()
    advocate.password = hasher.encode(PASSWORD, hasher.salt())
    advocate.save(update_fields=["password"])
    return advocate


class Screen:
    """What the desk answered."""

    def __init__(self, status: int, page: str) -> None:
        self.status = status
        self.page = unescape(page)

    @property
    def seen(self) -> str:
        """What its forms say that this screen knew of a case."""
        found = re.search(r'name="seen" value="([0-9-]+)"', self.page)
        assert found, "The screen shows no case that could be worked on."
        return found[1]


class Advocate:
    """A browser in which an advocate is signed in. Cookies are kept, and shown at each request."""

    def __init__(self, port: int, email: str) -> None:
        self._port = port
        self._cookies: SimpleCookie = SimpleCookie()
        self.look("/admin/login/")
        signed_in = self.press("/admin/login/", username=email, password=PASSWORD, next="/admin/")
        assert signed_in.status == 302, f"The sign-in was answered with {signed_in.status}."

    def look(self, path: str) -> Screen:
        return self._ask("GET", path)

    def press(self, path: str, **fields: Any) -> Screen:
        """Send a form of the page that was looked at before."""
        token = self._cookies["csrftoken"].value
        return self._ask("POST", path, urlencode({"csrfmiddlewaretoken": token, **fields}))

    def step(self, ref: str, step: str, **fields: str) -> Screen:
        """Take a step on a case, from its screen."""
        return self.press(f"{QUEUE}{ref}/{step}/", seen=self.look(f"{QUEUE}{ref}/").seen, **fields)

    def _ask(self, method: str, path: str, body: str = "") -> Screen:
        with closing(http.client.HTTPConnection(HOST, self._port, timeout=PATIENCE)) as line:
            headers = {
                "Host": "localhost",
                "Origin": "https://localhost",
                "Referer": "https://localhost/admin/",
                "X-Forwarded-Proto": "https",
                "X-Forwarded-For": "10.1.1.1",
                "Cookie": "; ".join(f"{name}={cookie.value}" for name, cookie in self._cookies.items()),
            }
            if body:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            line.request(method, path, body or None, headers)
            answer = line.getresponse()
            for _, cookie in filter(lambda header: header[0].lower() == "set-cookie", answer.getheaders()):
                self._cookies.load(cookie)
            return Screen(answer.status, answer.read().decode())
