"""Whoever takes over the public site reads nothing that anybody sent before, or will send once they are gone.

Site and desk run on one machine, which is worse than docs/operating.md asks for: each as a user of its own, with its
own role and password in the database, and the files that the guide gives it. Then a program tries all it can from
where the site stands. The same program, run as the desk, opens everything: so it could.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

import psycopg2
import pytest
from django.db import connection

from caseintake import triage
from caseintake.models import DataKey, SealedPayload, Submission
from mesoinfo import database_roles, dev_postgres, vault
from mesoinfo.dev_environment import BASE_DIR
from mesoinfo.dev_run import HOST
from mesoinfo.grants import DESK, ROLES, SITE
from mesoinfo.models import SiteSettings
from tests.browser.served import free_port, manage, production, put_static_files
from tests.conftest import Tell, member
from tests.mesoinfo.conftest import directory_all_can_enter
from tests.proofs.at_the_desk import desk_surroundings, keep_private_key
from tests.proofs.canaries import Aviary, Found, Search
from tests.proofs.other_users import free_users, give, running_as
from tests.proofs.running import Database, Site, own_database
from tests.proofs.visitors import HOURS, OURS, PHONE, ask, send, words_of
from tests.size import SIZE

pytestmark = [pytest.mark.proof, pytest.mark.django_db(transaction=True)]

REQUESTS = 100 * SIZE or 6
IN_SPOOL = 20 * SIZE or 2  # more, that came while the database was away
MORE = "/free-case-review/more/"


@dataclass(frozen=True)
class Host:
    """What a process of the product would have on a machine of its own: a user, an environment, a directory."""

    user: int
    surroundings: dict[str, str]

    @property
    def place(self) -> Path:
        return Path(self.surroundings["MESOINFO_VAR"])

    def serving(self) -> Site:
        return Site(self.surroundings, prefix=running_as(self.user))


@dataclass(frozen=True)
class Hosts:
    site: Host
    desk: Host
    key: vault.PrivateKey
    mail: Path


@pytest.fixture(scope="module")
def hosts(django_db_setup: None, django_db_blocker: Any) -> Iterator[Hosts]:
    """Site and desk as the guide has them set up, on a database that is entered with passwords."""
    of_site, of_desk = free_users(2)
    port = free_port()
    with (
        pytest.MonkeyPatch.context() as environment,
        django_db_blocker.unblock(),
        patch.object(dev_postgres, "PORT", port),
        patch.dict(dev_postgres.SERVER_OPTIONS, {"listen_addresses": HOST, "port": str(port)}),
        directory_all_can_enter(environment) as var,
        own_database(),
    ):
        passwords = {role: secrets.token_urlsafe(30) for role in ROLES}
        _let_in_with_passwords(passwords)
        database = {**connection.settings_dict, "HOST": HOST}
        site, desk, key = var.parent / "site", var.parent / "desk", vault.generate()
        for place in (site, desk / "keys"):
            place.mkdir(parents=True)
        own = {"USER": SITE, "PASSWORD": passwords[SITE]}
        around_site = production({**database, **own}, site, key=key.public)
        put_static_files(around_site, "--ignore", "admin")
        own = {"USER": DESK, "PASSWORD": passwords[DESK]}
        private_key, mail = desk / "keys/desk.private", desk / "mail"
        keep_private_key(key, private_key)
        around_desk = desk_surroundings(around_site, {**database, **own}, desk, private_key, f"filemail:///{mail}")
        # The site's directory is closed to the desk, so that it gets a copy, as on a machine of its own.
        around_desk["DESK_PUBLIC_KEY"] = str(shutil.copy(site / "desk.public", desk / "keys"))
        give(site, of_site)
        give(desk, of_desk)
        yield Hosts(Host(of_site, around_site), Host(of_desk, around_desk), key, mail)


def _let_in_with_passwords(passwords: dict[str, str]) -> None:
    """By TCP, with the grants of the product."""
    database_roles.make_roles("default", passwords, tell=lambda sentence: None)
    database_roles.set_grants("default", tell=lambda sentence: None)
    with (dev_postgres.home() / "data/pg_hba.conf").open("a") as people:
        people.write(f"host {connection.settings_dict['NAME']} {','.join(ROLES)} {HOST}/32 scram-sha-256\n")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_reload_conf()")


def test_from_the_site_nothing_can_be_opened_and_from_the_desk_all(
    hosts: Hosts, transactional_db: None, settings: Any, tmp_path: Path, tell: Tell
) -> None:
    settings.DESK_PUBLIC_KEY = Path(hosts.desk.surroundings["DESK_PUBLIC_KEY"])
    SiteSettings.objects.create(publisher_name="Sample Press", phone=PHONE, phone_hours=HOURS, about="About us.")
    words = Aviary(seed=1)
    began = time.monotonic()
    with _running(hosts.site.serving()) as site, _running(hosts.desk.serving()) as desk:
        for number in range(REQUESTS):
            code = _send(site, words, number)
            added = {"code": code, "message": words.word("added"), "family": words.marked("added")}
            assert "We have added it" in ask(site.port, MORE, headers=OURS, body=urlencode(added)).page
        _write_notes(words)
        _send_receipts(hosts)
        with Database().away():
            for number in range(REQUESTS, REQUESTS + IN_SPOOL):
                _send(site, words, number)
        assert len(list((hosts.site.place / "spool").glob("*.parcel"))) == IN_SPOOL
        search = Search(words.kept, tmp_path / "needles")
        plan = _plan(hosts, site, desk)
        prepared = time.monotonic() - began
        with _at_work_in_the_database(hosts.desk, words.word("query")):
            tried = _intrude(hosts.site, plan, search, "everything", "standing in", "opening")
            with _temporary_tables():
                standing_in = _intrude(hosts.site, plan, search, "standing in")
        for outcome in (tried, standing_in):
            assert outcome.opened == [] and outcome.found == [] and outcome.honored == 0
            assert outcome.texts >= IN_SPOOL, "It did not even get what lies in its own spool."
        assert set(tried.ended["read the sealed texts"]) == {"insufficient_privilege"}
        control = _intrude(hosts.desk, plan, search, "opening")
    sealed = SealedPayload.objects.count()
    assert DataKey.objects.count() == sealed >= 2 * REQUESTS + 1
    assert len(control.opened) == sealed and control.found

    took = time.monotonic() - began - prepared
    tell(
        f"{sealed} sealed texts in the database and {IN_SPOOL} files in the spool ({prepared:.0f} s). From the "
        f"site, {tried.tries + standing_in.tries:,} tries: 0 opened. From the desk, {sealed} opened. {took:.0f} s.\n"
        + "\n".join([*tried.lines(), "Where it may make temporary tables:", *standing_in.lines()])
    )


@contextmanager
def _running(pages: Site) -> Iterator[Site]:
    try:
        pages.start()
        pages.wait()
        yield pages
    finally:
        pages.stop()


def _send(site: Site, words: Aviary, number: int) -> str:
    """One request; its private code."""
    name, message = f"{words.word('name')} {words.marked('name')}", f"My father {words.word('message')} is ill."
    typed = words_of(number, name=name, message=message, email=words.email(), phone=words.phone())
    answer = send(site.port, typed, number=number)
    assert answer.is_acknowledged, f"answered with {answer.status}"
    return answer.code


def _write_notes(words: Aviary) -> None:
    advocate = member("advocate")
    for submission in Submission.objects.queued()[: REQUESTS // 2]:
        triage.claim(submission, by=advocate)
        triage.add_note(submission, words.word("note"), by=advocate)


def _send_receipts(hosts: Hosts) -> None:
    """The worker writes them into a directory of the desk's: that is all it has of the addresses in clear."""
    order = "from mesoinfo.outbox import deliver_due; deliver_due()"
    manage("shell", "--command", order, surroundings=hosts.desk.surroundings)
    assert list(hosts.mail.iterdir())
    give(hosts.desk.place, hosts.desk.user)


def _plan(hosts: Hosts, site: Site, desk: Site) -> dict[str, Any]:
    """What whoever took over the site would find out in time."""
    home = dev_postgres.home()
    return {
        "directories": [str(place) for place in (hosts.site.place, hosts.desk.place, hosts.mail, home, home / "data")],
        "files": [hosts.desk.surroundings["DESK_PRIVATE_KEY"], *map(str, hosts.mail.iterdir())],
        "processes": [*desk.family, dev_postgres._server_pid(home), os.getpid()],
        "ports": [desk.port, site.port],
        # All of them, or ours only: those that PostgreSQL has for itself are many.
        "schemas": "%" if SIZE else "public",
        "users": [0, hosts.desk.user, home.stat().st_uid],
    }


@contextmanager
def _at_work_in_the_database(desk: Host, word: str) -> Iterator[None]:
    """Inside, the desk has a session there, whose last query and whose prepared statement hold a word."""
    with closing(psycopg2.connect(desk.surroundings["DATABASE_URL"].partition("?")[0])) as line:
        line.autocommit = True
        with line.cursor() as cursor:
            cursor.execute(f"PREPARE stolen AS SELECT '{word}'")
            cursor.execute(f"SELECT '{word}'")
        yield


@contextmanager
def _temporary_tables() -> Iterator[None]:
    """Inside, everybody may make temporary tables, as in any new database: that must not help either."""
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT TEMPORARY ON DATABASE {connection.settings_dict['NAME']} TO PUBLIC")
    yield
    database_roles.set_grants("default", tell=lambda sentence: None)


@dataclass(frozen=True)
class Outcome:
    """What an intruder's tries came to: what they opened, and what of people's words is in what they got."""

    ended: dict[str, dict[str, int]]
    opened: list[str]
    texts: int
    honored: int
    found: list[Found]

    @property
    def tries(self) -> int:
        return sum(sum(ways.values()) for ways in self.ended.values())

    def lines(self) -> Iterator[str]:
        for way, ends in sorted(self.ended.items()):
            yield f"  {way}: " + ", ".join(f"{count:,} {end}" for end, count in Counter(ends).most_common())


def _intrude(host: Host, plan: dict[str, Any], search: Search, *ways: str) -> Outcome:
    """Run the program as this user, with this environment."""
    with tempfile.TemporaryDirectory(dir=host.place.parent) as place:
        give(Path(place), host.user)
        loot = Path(place, "loot")
        command = [*running_as(host.user), sys.executable, "-m", "tests.proofs.intruder"]
        done = subprocess.run(
            command,
            cwd=BASE_DIR,
            env={**host.surroundings, "DJANGO_SETTINGS_MODULE": "mesoinfo.settings"},
            input=json.dumps({**plan, "ways": ways, "loot": str(loot)}),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"The program broke off: {done.stderr[-2000:]}"
        return Outcome(**json.loads(done.stdout), found=search.through(loot))
