"""Whoever takes everything away that lies on disks, but the desk's private key, reads nothing that anybody wrote.

Everybody types words that nobody else does, advocates work on it, and PostgreSQL logs each statement. Then all that
was stored or said is searched for each of these words, in all the forms it may have. Three things are allowed:

- the address for the receipt stands on its envelope and in its `To:`, and nowhere else in the mail;
- an address of a page that somebody made up is looked up, and what a private code is looked up by is shown to the
  database: PostgreSQL's log has both if it is told to log statements, which a start-up check warns of.

Not searched: the memory of processes (with it, Django's cache), and what the desk answers to an advocate who opens a
case. There is no access log: what the processes say is all they log. PostgreSQL is told to compress nothing, and what
is compressed in files and sessions is searched expanded as well.
"""

from __future__ import annotations

import gzip
import os
import random
import subprocess
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import quote, urlencode

import brotli
import psycopg2
import pytest
from django.contrib.sessions.models import Session
from django.core.signing import b64_decode
from django.db import connection
from django.db.models import QuerySet
from django_q.models import Success

from caseintake.models import AccessEvent, ActorKind, DataKey, PayloadKind, SealedPayload, State, Submission
from caseintake.private_code import new_code, read_code
from mesoinfo import dev_postgres
from mesoinfo.dev_run import HOST, THREADS
from mesoinfo.grants import DESK
from mesoinfo.models import OutboxMessage
from tests.conftest import Tell
from tests.mail_server import MailServer, Taken
from tests.mesoinfo.conftest import directory_all_can_enter
from tests.proofs.at_the_desk import QUEUE, Advocate, Desk, an_advocate, desk_surroundings, keep_private_key, open_desk
from tests.proofs.canaries import Aviary, Canary, Found, Search, Secret, secrets_of
from tests.proofs.running import (
    WORKERS,
    Product,
    entering,
    named,
    own_database,
    postgres_programs,
    product,
    wait_until,
)
from tests.proofs.visitors import OURS, Answer, Crowd, Fields, Ledger, ask, send, words_of
from tests.size import SIZE

pytestmark = [pytest.mark.proof, pytest.mark.django_db(transaction=True)]

VISITORS = 1000 * SIZE or 12
MEANWHILE = 60 * SIZE or 3  # of them, while the database is away
CASES = 100 * SIZE or 2  # that an advocate works on
MORE, MY_REQUEST = "/free-case-review/more/", "/my-request/"

# All that can be had.
LOUD = {
    "log_statement": "all",
    "log_min_duration_statement": "0",
    "log_min_error_statement": "debug5",
    "log_min_messages": "debug1",
    "log_error_verbosity": "verbose",
    "log_parameter_max_length": "-1",
    "log_parameter_max_length_on_error": "-1",
    "log_lock_waits": "on",
    "log_temp_files": "0",
    "log_autovacuum_min_duration": "0",
    # Nothing is to hide from the search.
    "wal_compression": "off",
    "wal_keep_size": "16GB",
}
# Kept as they are, so that what lies in the files can be found there; what the statistics quote of columns as well.
NOT_COMPRESSED = """
    SET allow_system_table_mods = on;
    DO $$
    DECLARE
        found record;
    BEGIN
        FOR found IN
            SELECT attrelid::regclass AS owner, attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
            WHERE attstorage IN ('x', 'm') AND attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'm')
                AND (relnamespace = 'public'::regnamespace OR c.oid = 'pg_statistic'::regclass)
        LOOP
            EXECUTE format('ALTER TABLE %s ALTER %I SET STORAGE EXTERNAL', found.owner, found.attname);
        END LOOP;
    END $$;
"""


class Visitor:
    """Somebody who asks for help, all of whose words are canaries, and what a browser of theirs sends along."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.aviary = Aviary(seed=number)
        draw = self.aviary
        self.words = words_of(
            number,
            who="me",
            name=f"{draw.word('name')} {draw.marked('name')}",
            phone=draw.phone(),
            email=draw.email(),
            message=(
                f"My father {draw.word('message')} has mesothelioma.\nHe worked at {draw.marked('message')} for years; "
                f"call {draw.phone()} or write to {draw.email()}."
            ),
        )
        self.headers = {
            **OURS,
            "Referer": f"https://localhost/{draw.word('page')}/?q={draw.word('page')}",
            "User-Agent": f"Browser/{draw.word('browser')}",
            "Accept-Language": draw.word("browser"),
            "Cookie": f"{draw.word('browser')}={draw.word('browser')}",
        }

    def more(self, **changes: str) -> Fields:
        """What they add later, every text of it."""
        draw = self.aviary
        lines = ("told_more", "contact_work", "contact_states", "court_date", "language", "family")
        added = {line: f"{draw.word('added')} {draw.marked('added')}" for line in lines}
        return {**added, "message": f"We forgot {draw.word('added')}:\n{draw.marked('added')}.", **changes}


class Crowds:
    """All visitors, and what they were told."""

    def __init__(self, running: Product) -> None:
        self.port = running.site.port
        self.ledger = Ledger()
        self.visitors = [Visitor(number) for number in range(VISITORS)]
        self.tries: Counter[str] = Counter()

    def visit(self, numbers: range, *, is_away: bool = False) -> None:
        with Crowd(WORKERS * THREADS, numbers, self._visit_away if is_away else self._visit, self.ledger):
            pass
        assert not self.ledger.problems, self.ledger.problems[:5]

    def _visit(self, number: int) -> None:
        visitor, chance = self.visitors[number], random.Random(number)
        if chance.random() < 0.3:
            self._refused(visitor, chance)
        if chance.random() < 0.2:
            self._odd(visitor, chance)
        code = self._sent(visitor)
        if chance.random() < 0.3:
            wrong = self._post(visitor, MORE, visitor.more(code=code, told_year=visitor.aviary.word("added")))
            assert "Please check" in wrong.page
            assert "We have added it" in self._post(visitor, MORE, visitor.more(code=code)).page
            self.tries["additions"] += 1
        if chance.random() < 0.3:
            self._look(visitor, code, chance)

    def _visit_away(self, number: int) -> None:
        visitor = self.visitors[number]
        code = self._sent(visitor)
        if number % 2:
            answer = self._post(visitor, MORE, visitor.more(code=code))
            assert answer.status == 200, f"answered with {answer.status}"
            self.tries["additions"] += 1
        assert self._post(visitor, MY_REQUEST, {"code": code}).status == 503

    def _sent(self, visitor: Visitor) -> str:
        answer = send(self.port, visitor.words, number=visitor.number, headers=visitor.headers)
        assert answer.is_acknowledged, f"answered with {answer.status}"
        self.ledger.acknowledged(visitor.number, answer)
        code = read_code(answer.code)
        visitor.aviary.keep([*secrets_of(code), Secret("lookup", code.lookup.hex())])
        return answer.code

    def _refused(self, visitor: Visitor, chance: random.Random) -> None:
        """Sent in a way that is not taken, and shown again."""
        draw = visitor.aviary
        changes, headers = chance.choice(
            [
                ({"consent_use": ""}, {}),
                ({"email": f"{draw.word('email')} at home"}, {}),
                ({"name": draw.word("name") * 20}, {}),
                ({"message": draw.word("message") * 500}, {}),
                ({}, {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}),
                ({draw.word("field"): draw.word("field")}, {"Content-Type": "multipart/form-data; boundary=none"}),
                ({draw.word("field"): draw.word("field") * 30_000}, {}),
            ]
        )
        answer = send(self.port, visitor.words | changes, number=visitor.number, headers=visitor.headers | headers)
        assert not answer.reference and answer.status < 500, f"answered with {answer.status}"
        self.tries["refusals"] += 1

    def _odd(self, visitor: Visitor, chance: random.Random) -> None:
        """What people type where it does not belong, and what programs try."""
        words = quote(visitor.words["message"])
        path = chance.choice(
            [
                f"/free-case-review/?message={words}&need={words}",
                f"/my-request/?code={words}",
                f"/free-case-review/more/?{words}",
                f"/static/{words}.css",
                f"/images/{words}",
                f"/readyz?{words}",
                f"/free-case-review/%c3%28?{words}",
                f"/{visitor.aviary.word('address')}/{visitor.aviary.word('address')}/",
            ]
        )
        assert ask(self.port, path, number=visitor.number, headers=visitor.headers).status < 500
        self.tries["odd addresses"] += 1

    def _look(self, visitor: Visitor, code: str, chance: random.Random) -> None:
        """Look at their own copy, typing the code as people do; some take a consent back, or erase it all."""
        words = code.split()
        typed = chance.choice(
            [
                code,
                code.upper(),
                "-".join(words),
                "\n".join(f"{number}. {word}" for number, word in enumerate(words, 1)),
                " ".join(word[:4] for word in words),
                ", ".join(words),
            ]
        )
        step = chance.choice(
            [{}, {}, {"do": "download"}, {"do": "withdraw", "kind": "use_to_reply", "sure": "yes"}, {"do": "erase"}]
        )
        sure = {"sure": "yes"} if step.get("do") == "erase" and chance.random() < 0.5 else {}
        answer = self._post(visitor, MY_REQUEST, {"code": typed, **step, **sure})
        assert answer.status == 200, f"answered with {answer.status}"
        wrong = self._post(visitor, MY_REQUEST, {"code": f"{code} {visitor.aviary.word('code')}"})
        assert "Your code has 12 words" in wrong.page
        self.tries["looks"] += 1

    def _post(self, visitor: Visitor, path: str, fields: Fields) -> Answer:
        return ask(self.port, path, number=visitor.number, headers=visitor.headers, body=urlencode(fields))


@pytest.fixture(scope="module")
def product_apart(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    """As for the other proofs, on a server that logs all it can and compresses nothing."""
    with (
        pytest.MonkeyPatch.context() as environment,
        django_db_blocker.unblock(),
        patch.dict(dev_postgres.SERVER_OPTIONS, LOUD),
        directory_all_can_enter(environment),
        own_database(),
        product(tmp_path_factory.mktemp("product")) as running,
    ):
        with connection.cursor() as cursor:
            cursor.execute(NOT_COMPRESSED)
        yield running


@pytest.fixture(scope="module")
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def desk(product_apart: Product, mail_server: MailServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Desk and worker. The private key lies apart: whoever has it as well reads everything."""
    private_key = tmp_path_factory.mktemp("key") / "desk.private"
    keep_private_key(product_apart.key, private_key)
    site, place = product_apart.surroundings, product_apart.place / "desk"
    database = {**connection.settings_dict, "USER": DESK}
    surroundings = desk_surroundings(site, database, place, private_key, f"smtp://{HOST}:{mail_server.port}")
    with open_desk(surroundings) as desk:
        yield desk


def test_nothing_that_anybody_wrote_lies_anywhere(
    running: Product, desk: Desk, mail_server: MailServer, tmp_path: Path, tell: Tell
) -> None:
    began = time.monotonic()
    browser, notes = Advocate(desk.pages.port, an_advocate().email), Aviary(seed=VISITORS)
    crowds = Crowds(running)
    crowds.visit(range(VISITORS - MEANWHILE))
    with running.database.away():
        crowds.visit(range(VISITORS - MEANWHILE, VISITORS), is_away=True)
        assert browser.press(f"{QUEUE}find/", reference=notes.word("note")).status == 500
        in_spool = Search(_canaries(crowds), tmp_path / "needles")
        files = len(running.waiting())
        assert files > MEANWHILE
        spool_bytes = _bytes_below(running.spool)
        assert _leaks(in_spool.through(running.spool)) == []
    running.drained()
    _work_on_cases(browser, notes, crowds)
    _look_for_people(desk, browser, crowds)
    _do_all_that_is_due(desk)
    _is_worth_searching()

    words = [*_canaries(crowds), *notes.kept, Secret("private key", running.key.raw.hex())]
    planted = Planted()
    with _at_rest(running, desk, mail_server.taken, planted) as places:
        sizes = {name: _bytes_below(place) for name, place in places.items()}
        assert all(sizes.values()), f"There is nothing to search: {sizes}"
        planted.into_files(places)
        search = Search([*words, *planted.kept], tmp_path / "needles")
        took = time.monotonic() - began
        found = search.through(dev_postgres.home(), running.place)
        searching = time.monotonic() - began - took
    planted.are_found(found)
    elsewhere = [one for one in found if one.canary not in planted.kept]
    assert _leaks(elsewhere) == []

    total = _bytes_below(dev_postgres.home()) + _bytes_below(running.place)
    tell(
        f"{VISITORS} requests, {MEANWHILE} of them while the database was away ({files} files in the spool, "
        f"{spool_bytes:,} bytes), {dict(crowds.tries)}, {CASES} cases worked on, {len(mail_server.taken)} mails, in "
        f"{took:.0f} s. {len(words):,} canaries, {len(search):,} needles in {total:,} bytes, in {searching:.0f} s: 0 "
        f"found but the planted ones, {len(found) - len(elsewhere)} times. Allowed, in PostgreSQL's log: "
        f"{dict(Counter(one.canary.kind for one in elsewhere))}.\nBytes: "
        + ", ".join(f"{name} {size:,}" for name, size in sizes.items())
    )


def _canaries(crowds: Crowds) -> list[Canary]:
    return [canary for visitor in crowds.visitors for canary in visitor.aviary.kept]


def _work_on_cases(browser: Advocate, notes: Aviary, crowds: Crowds) -> None:
    """An advocate finds, claims, opens and closes cases, and writes notes, some of which are refused."""
    references = {reference: number for number, reference in crowds.ledger.references.items()}
    for ref in Submission.objects.queued().order_by("received_at").values_list("ref", flat=True)[:CASES]:
        visitor = crowds.visitors[references[ref]]
        name, message = visitor.words["name"], visitor.words["message"]
        assert browser.look(f"{QUEUE}?q={quote(name)}").status == 200
        assert browser.press(f"{QUEUE}find/", reference=name).status == 404
        assert browser.step(ref, "claim").status == 302
        assert message.splitlines()[0] in browser.press(f"{QUEUE}{ref}/open/").page
        refused = f"{notes.word('note')} {notes.marked('note')}"
        assert refused in browser.step(ref, "contact", channel="call", text=refused).page
        assert browser.press(f"{QUEUE}{ref}/note/", seen="1-1-1", text=notes.word("note")).status == 409
        assert browser.step(ref, "note", text=f"{name}: {notes.word('note')} {notes.marked('note')}").status == 302
        told = notes.word("note")
        assert browser.step(ref, "contact", channel="call", result="reached", text=told).status == 302
        assert browser.step(ref, "close", outcome="helped_information", unreached="yes").status == 302


def _look_for_people(desk: Desk, browser: Advocate, crowds: Crowds) -> None:
    """Requests become findable, and an advocate looks for some of those who sent them."""
    hidden = DataKey.objects.filter(payload__kind=PayloadKind.ORIGINAL, blind_index=None)
    while left := hidden.count():
        desk.work_off("caseintake.finding.index_new")
        _wait_until_fewer(hidden, left, "some requests can be found")
    for visitor in crowds.visitors[:CASES]:
        words = visitor.words
        typed = {"phone": words["phone"], "email": words["email"], "why": "they-turned-to-us"}
        if browser.press(f"{QUEUE}person/", **typed).page.count("Found by") != 1:
            # Erased meanwhile, by the person: then nobody is found.
            assert crowds.ledger.references[visitor.number] in _erased()


def _erased() -> set[str]:
    return set(Submission.objects.filter(state=State.DISPOSED).values_list("ref", flat=True))


def _do_all_that_is_due(desk: Desk) -> None:
    """The worker does what it would do within minutes, and says so of what it cannot do."""
    due = OutboxMessage.objects.filter(sent_at__isnull=True)
    while left := due.count():
        mail = ["mesoinfo.outbox.deliver_due"] * (left // 50 + 1)
        desk.work_off(*mail, "mesoinfo.checkpoints.write", "caseintake.erasing.write")
        _wait_until_fewer(due, left, "some mail is sent")
    wait_until(lambda: _bytes_below(Path(desk.surroundings["AUDIT_CHECKPOINT_DIR"])), "the ledgers are copied")
    desk.work_off("caseintake.there_is_no_such_sweep")
    wait_until(lambda: _bytes_below(desk.worker.said), "the worker says what it could not do")


def _wait_until_fewer(rows: QuerySet[Any], before: int, what: str) -> None:
    wait_until(lambda: rows.count() < before, what)


def _is_worth_searching() -> None:
    """All kinds of texts came in and were read, and what may hold words of others holds something."""
    assert set(SealedPayload.objects.values_list("kind", flat=True)) == set(PayloadKind)
    assert set(AccessEvent.objects.values_list("actor_kind", flat=True)) == set(ActorKind)
    assert Submission.objects.filter(state=State.CLOSED).count() >= CASES
    assert Session.objects.exists() and Success.objects.exists()


@contextmanager
def _at_rest(running: Product, desk: Desk, mails: list[Taken], planted: Planted) -> Iterator[dict[str, Path]]:
    """Inside, everything has ended, and lies in these places, dumps and mails too."""
    home, place = dev_postgres.home(), running.place
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    dumps = place / "dumps"
    dumps.mkdir()
    _dump(connection.settings_dict["NAME"], dumps)
    planted.into_the_server(dumps)
    _keep_mails(mails, place / "mail")
    _expand_sessions(place / "sessions")
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
    for process in (desk.pages, desk.worker, running.site, running.drain):
        process.stop()
    with running.database.away():
        _expand(place, to=place / "expanded")
        yield {
            "plain dump": dumps / "plain",
            "custom dump": dumps / "custom",
            "tables": home / "data/base",
            "write-ahead log": home / "data/pg_wal",
            "PostgreSQL's log": home / "log",
            "what the site said": running.site.said,
            "what the drain said": running.drain.said,
            "what the desk said": desk.pages.said,
            "what the worker said": desk.worker.said,
            "mail": place / "mail",
            "sessions": place / "sessions",
            "static files": place / "static",
            "last known": place / "last-known",
            "keys": place / "keys",
            "checkpoints": place / "desk/checkpoints",
        }


def _dump(database: str, to: Path) -> None:
    """As text and as pg_restore takes it, both uncompressed."""
    entered = {**connection.settings_dict, "NAME": database}
    for how in ("plain", "custom"):
        command = [str(postgres_programs() / "pg_dump"), *named(entered), f"--format={how}", "--compress=0"]
        with (to / how).open("ab") as file:
            subprocess.run(command, env=entering(entered), stdout=file, check=True)


def _keep_mails(mails: list[Taken], place: Path) -> None:
    """Each as it was sent and as it is read, without the address of its one recipient in `To:`."""
    place.mkdir()
    for number, taken in enumerate(mails):
        [recipient] = taken.recipients
        assert taken.mail["To"] == recipient
        content = taken.content.replace(f"To: {recipient}\r\n".encode(), b"", 1)
        assert len(content) < len(taken.content)
        (place / str(number)).write_bytes(content + taken.mail.get_content().encode())


def _expand_sessions(to: Path) -> None:
    """What is in the sessions of the desk, which Django compresses."""
    to.mkdir()
    for number, session in enumerate(Session.objects.all()):
        text = session.session_data.partition(":")[0]
        content = b64_decode(text.removeprefix(".").encode())
        (to / str(number)).write_bytes(zlib.decompress(content) if text.startswith(".") else content)


def _expand(place: Path, to: Path) -> None:
    """Beside what is compressed in files, have the same as it was."""
    to.mkdir()
    for number, path in enumerate([*place.rglob("*.gz"), *place.rglob("*.br")]):
        expand = gzip.decompress if path.suffix == ".gz" else brotli.decompress
        (to / str(number)).write_bytes(expand(path.read_bytes()))


def _bytes_below(place: Path) -> int:
    if place.is_file():
        return place.stat().st_size
    return sum((Path(root) / name).lstat().st_size for root, _, names in os.walk(place) for name in names)


def _leaks(found: list[Found]) -> list[str]:
    """What must not be there, the first few."""
    log = dev_postgres.home() / "log"
    return [str(one) for one in found if not (one.path == log and one.canary.kind in ("address", "lookup"))][:5]


class Planted:
    """Canaries that were put everywhere on purpose: a search that misses one of them proves nothing."""

    def __init__(self) -> None:
        aviary = Aviary(seed=VISITORS + 1)
        aviary.word("planted")
        aviary.marked("planted")
        aviary.phone()
        aviary.keep(secrets_of(new_code()))
        self.kept = aviary.kept
        self._everywhere: list[Path] = []
        self._somehow: list[Path] = []

    def into_the_server(self, dumps: Path) -> None:
        """Into tables, logs and dumps: in a database of its own beside ours."""
        home, texts = dev_postgres.home(), [canary.text for canary in self.kept]
        with connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE planted TEMPLATE template0")
        entered = connection.get_connection_params() | {"dbname": "planted"}
        with closing(psycopg2.connect(**entered)) as beside:
            beside.autocommit = True
            with beside.cursor() as cursor:
                cursor.execute("CREATE TABLE planted (words text)")
                cursor.execute("INSERT INTO planted SELECT unnest(%s)", [texts])
        _dump("planted", dumps)
        self._somehow = [home / "data/base", home / "data/pg_wal", home / "log", dumps / "plain", dumps / "custom"]

    def into_files(self, places: dict[str, Path]) -> None:
        """In each of its forms, a line each: a file in each directory, and at the end of each other file of ours."""
        lines = b"".join(b"\n" + form for canary in self.kept for form in canary.forms()) + b"\n"
        for place in places.values():
            if place not in self._somehow:
                path = place / "planted" if place.is_dir() else place
                with path.open("ab") as file:
                    file.write(lines)
                self._everywhere.append(path)

    def are_found(self, found: list[Found]) -> None:
        forms = {(canary, form) for canary in self.kept for form in canary.forms()}
        for path in self._everywhere:
            missed = forms - {(one.canary, one.form) for one in found if one.path == path}
            assert not missed, f"In {path} the search misses {sorted(form for _, form in missed)[:5]}"
        for path in self._somehow:
            missing = self.kept - {one.canary for one in found if one.path.is_relative_to(path)}
            assert not missing, f"In {path} the search misses {missing}"
